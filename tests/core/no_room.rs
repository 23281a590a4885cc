//! A full disk and a folder that may not be written to are told as what they are, and nothing is lost.

use crate::{
    storage::{case, made, plan},
    support::{child, has_programs},
};
use coxa::{
    anatomy::Finding,
    plan::{
        Plan,
        storage::{CaseFolder, StorageError},
    },
};
use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Output},
};

/// A plan of some 100 KiB.
fn large(number: u32) -> Plan {
    let findings = vec![Finding::new("finding-large", None, "large ".repeat(17_000))];
    Plan { number, findings, ..plan() }
}

/// Runs a test as a program of its own inside a shell command, where `"$@"` stands for it.
fn in_shell(script: &str, test: &str, case: &Path) -> Output {
    let shell = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(child::arguments(test))
        .env(child::CASE, case)
        .output();
    shell.unwrap()
}

fn passed(output: &Output) {
    let told = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success() && told[0].contains("1 passed"), "{}{}", told[0], told[1]);
}

fn assert_full(outcome: Result<(), StorageError>) {
    let error = outcome.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StorageError::Full { .. }) && text.contains("no free space") && text.contains("as it was"), "{text}");
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let root = tempfile::tempdir().unwrap();
    // A disk of one MiB that only the child sees.
    let disk = format!("mount -t tmpfs -o size=1m none '{}' || exit 77; exec \"$@\"", root.path().display());
    if !has_programs(&["unshare", "mount"]) {
        return;
    }
    let output = in_shell(
        &format!("exec unshare --map-root-user --mount sh -c {} sh \"$@\"", quoted(&disk)),
        "no_room::child_on_a_small_disk",
        &root.path().join("case"),
    );
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) || told.contains("unshare:") {
        eprintln!("skipped: no small disk can be made here: {told}");
        return;
    }
    passed(&output);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "all of it was on the small disk");
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[test]
#[ignore = "a program that other tests start"]
fn child_on_a_small_disk() {
    let Some(place) = child::case() else { return };
    let folder = made(&place);
    let ballast = place.with_file_name("ballast");
    fs::write(&ballast, vec![1; 300_000]).unwrap();
    let mut written = 1;
    let full = loop {
        match folder.write_plan(&large(written + 1)) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 20, "the disk is not small");
    };
    assert!(written >= 3, "a few plans have room: {written}");
    assert_full(Err(full));
    // Again and again, over what is there too: all stays as it was.
    for number in [written + 1, 1, 2] {
        let other = Plan { side: coxa::frames::Side::Left, ..large(number) };
        assert_full(folder.write_plan(&other));
        assert_eq!(folder.plan_numbers().unwrap(), (1..=written).collect::<Vec<_>>());
        assert_eq!(folder.read_plan(1).unwrap(), plan());
        assert!((2..=written).all(|number| folder.read_plan(number).unwrap() == large(number)));
        folder.verify_journal().unwrap();
    }
    // A new case finds no room either, and the old one stays.
    let draft = CaseFolder::create(&place).unwrap();
    assert_full(draft.write_case(&case()).and_then(|()| (2..9).try_for_each(|number| draft.write_plan(&large(number)))));
    drop(draft);
    // With room again it goes on.
    fs::remove_file(ballast).unwrap();
    folder.write_plan(&large(written + 1)).unwrap();
    assert_eq!(folder.read_plan(written + 1).unwrap(), large(written + 1));
    assert_eq!(folder.verify_journal().unwrap().interrupted, Vec::<String>::new());
}

#[test]
fn a_limit_on_the_size_of_files_is_told_and_loses_nothing() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    // Files may have 16 KiB, or twice that where the shell counts otherwise; who writes more is told instead of ended.
    let script = "trap '' XFSZ; ulimit -f 32; exec \"$@\"";
    passed(&in_shell(script, "no_room::child_that_writes_too_much", folder.path()));
    assert_eq!((folder.read_plan(1).unwrap(), folder.plan_numbers().unwrap()), (plan(), vec![1]));
    folder.write_plan(&large(1)).unwrap();
    assert_eq!(folder.verify_journal().unwrap().interrupted, Vec::<String>::new());
}

#[test]
#[ignore = "a program that other tests start"]
fn child_that_writes_too_much() {
    let Some(place) = child::case() else { return };
    let folder = CaseFolder::open(place).unwrap();
    for number in [1, 2] {
        assert_full(folder.write_plan(&large(number)));
        folder.verify_journal().unwrap();
    }
}

#[test]
fn a_folder_that_may_not_be_written_to_is_read_and_told() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let reviewed = folder.review_plan(1, "registrar").unwrap();
    let chmod = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    chmod(root.path(), 0o755);
    // To root nothing is forbidden: then somebody else tries, with a program that they may run.
    let program = root.path().join("coxa");
    fs::copy(env!("CARGO_BIN_EXE_coxa"), &program).unwrap();
    chmod(&program, 0o755);
    let is_root = fs::metadata(root.path()).unwrap().uid() == 0;
    let coxa = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        if is_root {
            command.uid(65_534).gid(65_534);
        }
        let output = command.arg("plans").arg(folder.path()).args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let all = |folders, files| {
        for place in [folder.path().to_path_buf(), folder.path().join("plans")] {
            let entries: Vec<_> = fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()).collect();
            entries.iter().filter(|path| path.is_file()).for_each(|path| chmod(path, files));
            chmod(&place, folders);
        }
    };
    let before = fs::read(folder.path().join("journal.ron")).unwrap();
    for lock_is_there in [true, false] {
        if !lock_is_there {
            fs::remove_file(folder.path().join(".lock")).unwrap();
        }
        all(0o555, 0o444);
        assert!(coxa(&["list"]).0, "it can be read");
        for arguments in [&["approve", "1", "--by", "attending"][..], &["revise", "1"]] {
            let (good, told) = coxa(arguments);
            assert!(!good && told.contains("may not be written") && told.contains("as it was"), "{told}");
        }
        all(0o755, 0o644);
        assert!(fs::read(folder.path().join("journal.ron")).unwrap() == before);
        folder.verify_journal().unwrap();
    }
    assert_eq!((folder.read_plan(1).unwrap(), folder.plan_numbers().unwrap()), (reviewed, vec![1]));
    folder.approve_plan(1, "attending").unwrap();
}
