//! A plan of an older format is read, and kept beside when a newer program first writes it. There is only one format of plans yet; the
//! second is made up here.

use crate::storage::{made, names, plan};
use coxa::plan::{
    Plan,
    storage::{CaseFolder, Document, OlderReader, StorageError, older_content},
};
use serde::{Deserialize, Serialize};
use std::fs;

/// Plans as a later version might have them: the plan, and the angle that the surgeon wants to be asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct LaterPlan {
    plan: Plan,
    ask_beyond_deg: f64,
}

impl Document for LaterPlan {
    const KIND: &'static str = "plan";
    const FORMAT_VERSION: u32 = 2;
    const OLDER: &'static [(u32, OlderReader<Self>)] =
        &[(1, |text| older_content::<Plan>(text).map(|plan| Self { plan, ask_beyond_deg: 10.0 }))];
}

const PLAN: &str = "plans/0001.ron";

fn text(folder: &CaseFolder, relative: &str) -> String {
    fs::read_to_string(folder.path().join(relative)).unwrap()
}

#[test]
fn the_older_plan_is_read_and_kept_when_it_is_first_written() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let old = text(&folder, PLAN);
    let read: LaterPlan = folder.read_document(PLAN).unwrap();
    assert_eq!(read, LaterPlan { plan: plan(), ask_beyond_deg: 10.0 });
    assert_eq!((text(&folder, PLAN), names(&folder.path().join("plans"))), (old.clone(), vec!["0001.ron".into()]));

    // Written: what the older program wrote is kept, and is no plan of its own.
    let changed = LaterPlan { ask_beyond_deg: 12.0, ..read };
    folder.write_document(PLAN, &changed).unwrap();
    assert_eq!(folder.read_document::<LaterPlan>(PLAN).unwrap(), changed);
    assert_eq!(text(&folder, "plans/0001.v1.ron"), old, "byte by byte");
    assert_eq!(names(&folder.path().join("plans")), ["0001.ron", "0001.v1.ron"]);
    assert_eq!(folder.plan_numbers().unwrap(), [1]);
    let state = folder.verify_journal().unwrap();
    assert_eq!((state.entries, state.interrupted.len()), (2, 0), "both under one entry");
    // This program, which is the older one then, neither uses nor replaces the newer plan.
    assert!(matches!(folder.read_plan(1), Err(StorageError::Newer { found: 2, known: 1, .. })));
    assert!(matches!(folder.write_plan(&plan()), Err(StorageError::Newer { .. })));
}

/// What is kept is kept once, and guarded by the journal; shown on a document that this program may write over again.
#[test]
fn what_is_kept_is_never_written_over() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Note {
        length_mm: f64,
    }
    #[derive(Deserialize)]
    struct NoteVersion1 {
        length_cm: f64,
    }
    impl Document for Note {
        const KIND: &'static str = "note";
        const FORMAT_VERSION: u32 = 2;
        const OLDER: &'static [(u32, OlderReader<Self>)] =
            &[(1, |text| older_content::<NoteVersion1>(text).map(|old| Self { length_mm: 10.0 * old.length_cm }))];
    }
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let old = r#"(kind: "note", format_version: 1, content: (length_cm: 1.25))"#;
    folder.write_bytes("note.ron", old.as_bytes()).unwrap();
    for length_mm in [1.0, 2.0] {
        folder.write_document("note.ron", &Note { length_mm }).unwrap();
        assert_eq!(text(&folder, "note.v1.ron"), old);
    }
    assert_eq!(folder.read_document::<Note>("note.ron").unwrap(), Note { length_mm: 2.0 });
    // Taken back from a copy and written again: still what came first.
    folder.write_bytes("note.ron", old.replace("1.25", "7.5").as_bytes()).unwrap();
    folder.write_document("note.ron", &Note { length_mm: 3.0 }).unwrap();
    assert_eq!(text(&folder, "note.v1.ron"), old);
    folder.verify_journal().unwrap();
    fs::write(folder.path().join("note.v1.ron"), old.replace("1.25", "7.5")).unwrap();
    let error = folder.verify_journal().unwrap_err().to_string();
    assert!(error.contains("note.v1.ron is not what entry 3 wrote"), "{error}");
}

#[test]
fn a_kill_between_the_two_files_loses_neither() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"));
    let old = text(&folder, PLAN);
    let changed = LaterPlan { ask_beyond_deg: 12.0, plan: plan() };
    folder.write_document(PLAN, &changed).unwrap();
    // Stopped after the old one was kept; then, before even that.
    fs::write(folder.path().join(PLAN), &old).unwrap();
    assert_eq!(folder.verify_journal().unwrap().interrupted, [PLAN]);
    assert_eq!(folder.read_plan(1).unwrap(), plan());
    fs::remove_file(folder.path().join("plans/0001.v1.ron")).unwrap();
    assert_eq!(folder.verify_journal().unwrap().interrupted, [PLAN, "plans/0001.v1.ron"]);
    folder.write_document(PLAN, &changed).unwrap();
    assert_eq!(text(&folder, "plans/0001.v1.ron"), old);
    assert_eq!(folder.verify_journal().unwrap().interrupted, Vec::<String>::new());
}
