//! The results of a long suite, kept as they come, so that it may be stopped and taken up again.

use crate::{accuracy::PlannedTwice, cli::Outcome};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    error::Error,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
};

/// A file of results: what they were made with in its first line, a patient in each further one.
pub struct Kept {
    file: File,
    known: BTreeMap<u64, Result<PlannedTwice, String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    made_with: String,
    disclaimer: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patient {
    seed: u64,
    planned: Result<PlannedTwice, String>,
}

impl Kept {
    /// Reads what a file holds, or begins it. `made_with` names everything that the results depend on.
    ///
    /// # Errors
    /// When it cannot be read or written, holds something else, or holds results that were made with something else.
    pub fn open(path: &Path, made_with: String) -> Result<Self, Box<dyn Error>> {
        let name = path.display();
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|error| format!("'{name}' cannot be read: {error}"))?,
        };
        // A line without an end was being written when the program was stopped.
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let mut lines = whole.lines();
        let wrong = |line: usize, error| format!("'{name}', line {line}: not a result of this suite: {error}");
        if let Some(head) = lines.next() {
            let head: Head = serde_json::from_str(head).map_err(|error| wrong(1, error))?;
            if head.made_with != made_with {
                return Err(format!(
                    "'{name}' holds results of [{}], now it would be [{made_with}]: name another file",
                    head.made_with
                )
                .into());
            }
        }
        let patient = |(n, line)| serde_json::from_str::<Patient>(line).map_err(|error| wrong(n + 2, error));
        let known = lines.enumerate().map(patient).map(|p| p.map(|p| (p.seed, p.planned))).collect::<Result<_, _>>()?;
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(|error| format!("'{name}' cannot be written: {error}"))?;
        if whole.len() < text.len() {
            file.set_len(whole.len() as u64)?;
        }
        if whole.is_empty() {
            append(&mut file, &Head { made_with, disclaimer: crate::DISCLAIMER.to_owned() })?;
        }
        Ok(Self { file, known })
    }

    /// What is known of a patient.
    pub fn of(&self, seed: u64) -> Option<&Result<PlannedTwice, String>> {
        self.known.get(&seed)
    }

    /// Adds a patient.
    pub fn add(&mut self, seed: u64, planned: &Result<PlannedTwice, String>) -> Outcome {
        append(&mut self.file, &Patient { seed, planned: planned.clone() })
    }
}

fn append(file: &mut File, line: &impl Serialize) -> Outcome {
    let line = serde_json::to_string(line)? + "\n";
    file.write_all(line.as_bytes())
        .and_then(|()| file.flush())
        .map_err(|error| format!("the result cannot be kept: {error}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_suite_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.jsonl");
        let mut kept = Kept::open(&path, "these".into()).unwrap();
        kept.add(7, &Err("no femur".into())).unwrap();
        // Stopped in the middle of a line.
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"seed\":8,\"pla").unwrap();
        let mut kept = Kept::open(&path, "these".into()).unwrap();
        assert_eq!(kept.of(7).unwrap().as_ref().unwrap_err(), "no femur");
        assert!(kept.of(8).is_none());
        kept.add(8, &Err("no hip".into())).unwrap();
        assert!(Kept::open(&path, "these".into()).unwrap().of(8).is_some());
        let other = Kept::open(&path, "those".into()).err().unwrap().to_string();
        assert!(other.contains("these") && other.contains("those"), "{other}");
        fs::write(&path, "something else\n").unwrap();
        assert!(Kept::open(&path, "these".into()).err().unwrap().to_string().contains("line 1"));
    }
}
