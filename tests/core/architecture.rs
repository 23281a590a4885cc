//! The arrows of the README's *Architecture* hold: a module imports only what stands to its left, and only `app` knows Bevy.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// From left to right. What stands in one row may not import its neighbours in the row, except where said.
const ORDER: [&[&str]; 17] = [
    &["units", "frames", "mesh", "files", "history", "progress", "device", "graphics_card"],
    &["volume"],
    &["dicom"],
    &["labels"],
    &["surface"],
    &["anatomy"],
    &["implants"],
    &["plan"],
    &["motion"],
    &["risk"],
    &["i18n"],
    &["report"],
    &["xray"],
    &["template"],
    &["pipeline", "accuracy"],
    &["app"],
    &["cli"],
];

/// Crates that only `app` may mention.
const WINDOW_ONLY: [&str; 5] = ["bevy", "bevy_egui", "bevy_rapier3d", "egui", "glam"];

fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
                let module = Path::new(first.as_os_str()).file_stem().unwrap().to_string_lossy().into_owned();
                files.push((module, path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Modules named after `crate::` in a source text, comments left aside.
fn imported(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.push(word(rest));
            continue;
        };
        // The names at depth one of `use crate::{a, b::{c}, d}`.
        let (mut depth, mut start) = (1, true);
        for (place, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => start = true,
                c if start && (c.is_alphabetic()) => {
                    found.push(word(&group[place..]));
                    start = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|row| row.contains(&module))
}

#[test]
fn imports_point_to_the_left() {
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        if module == "lib" || module == "main" {
            continue;
        }
        let own = rank(&module).unwrap_or_else(|| panic!("module '{module}' has no place in the architecture"));
        for import in imported(&text) {
            if import != module && rank(&import).is_some_and(|other| other > own) {
                wrong.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "against the arrows:\n{}", wrong.join("\n"));
}

#[test]
fn only_the_window_knows_its_libraries() {
    let mut wrong = Vec::new();
    for (module, path, text) in sources() {
        for library in WINDOW_ONLY {
            let used = |line: &str| line.contains(&format!("{library}::")) && !line.contains(&format!("_{library}::"));
            if module != "app" && text.lines().any(|line| !line.trim_start().starts_with("//") && used(line)) {
                wrong.push(format!("{} uses {library}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "outside src/app:\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_groups_and_single_paths() {
    let text = "use crate::{\n    anatomy::{self, Bones},\n    frames::Side,\n};\n// crate::motion\nlet x = crate::plan::f();";
    assert_eq!(imported(text), ["anatomy", "frames", "plan"]);
}
