//! What a script says: a list of actions in RON, one after the other.

use crate::app::model::{Mark, Step};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// What is done, or waited for. In texts `{name}` stands for a value that is given beside the script, or for a sentence of the window in
/// the language that it speaks: `Click("5 {step-cup}")`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub enum Action {
    /// Clicks on the widget of this name: exactly, or else the only one whose name contains it.
    Click(String),
    /// Clicks into the field of this name and types over what is in it.
    Fill(String, String),
    /// Presses a key, held ones before it: `Escape`, `Ctrl+O`, `ArrowUp`.
    Press(String),
    /// Drags with the left button, from a place to another.
    Drag(Place, Place),
    /// Moves the pointer.
    Point(Place),
    /// Turns the wheel over a place by so many notches, away from the hand.
    Wheel(Place, f32),
    /// Drops a file or folder onto the window.
    Drop(String),
    /// Until this is to be read on the window.
    See(String),
    /// Until it is not.
    Gone(String),
    /// Until a case is open and no work of opening one is under way.
    Open,
    /// Until nothing is being worked out or written any more.
    Calm,
    /// Until a step has this mark: done, open, look, hard or missing.
    Mark(String, String),
    /// Writes what the window looks like: a PNG of this name.
    Picture(String),
    /// Writes what the window's document says: a JSON file of this name.
    Tell(String),
    /// Does these again and again, so many seconds long.
    For(f64, Vec<Self>),
}

/// A place on the window, in parts of a rectangle from its left upper corner.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub enum Place {
    /// Of the view of the bones.
    View(f32, f32),
    /// Of the whole window.
    Window(f32, f32),
    /// Of the widget of this name.
    Of(String, f32, f32),
}

/// A script, with what it needs.
#[derive(Clone, Debug)]
pub struct Script {
    /// In their order.
    pub actions: VecDeque<Action>,
    /// What `{name}` stands for.
    pub values: BTreeMap<String, String>,
    /// Where pictures, what is told, and the times of all frames are written.
    pub out: PathBuf,
    /// How long an action may wait for what it needs.
    pub patience: Duration,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// When the file cannot be read, or an action is none, with its line.
    pub fn read(file: &Path, values: BTreeMap<String, String>, out: PathBuf, patience: Duration) -> Result<Self, String> {
        let because = |why: String| format!("the script '{}' cannot be used: {why}", file.display());
        let text = fs::read_to_string(file).map_err(|error| because(error.to_string()))?;
        let actions: VecDeque<Action> = ron::from_str(&text).map_err(|error| because(error.to_string()))?;
        actions.iter().try_for_each(checked).map_err(because)?;
        Ok(Self { actions, values, out, patience })
    }
}

/// Refuses what could only be found out after minutes.
fn checked(action: &Action) -> Result<(), String> {
    match action {
        Action::Press(keys) => super::hand::chord(keys).map(|_| ()),
        Action::Mark(step, mark) => step.parse::<Step>().and_then(|_| is_mark(Mark::Done, mark)).map(|_| ()),
        Action::Picture(name) | Action::Tell(name) if name.contains(['/', '\\']) || name.starts_with('.') => {
            Err(format!("'{name}' is no name of a file without its ending"))
        }
        Action::For(_, actions) => actions.iter().try_for_each(|action| match action {
            Action::For(..) => Err("what is repeated cannot hold a repetition".into()),
            _ => checked(action),
        }),
        _ => Ok(()),
    }
}

/// Whether a mark is the one that a script names.
pub fn is_mark(mark: Mark, name: &str) -> Result<bool, String> {
    match name {
        "done" => Ok(mark == Mark::Done),
        "open" => Ok(mark == Mark::Open),
        "look" => Ok(matches!(mark, Mark::Look(_))),
        "hard" => Ok(matches!(mark, Mark::Hard(_))),
        "missing" => Ok(mark == Mark::Missing),
        _ => Err(format!("'{name}' is no mark; marks are: done, open, look, hard, missing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Script, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script.ron");
        fs::write(&file, text).unwrap();
        Script::read(&file, BTreeMap::new(), "out".into(), Duration::from_secs(1))
    }

    #[test]
    fn what_is_wrong_in_a_script_is_said_before_it_begins() {
        let script =
            read(r#"[Click("5 {step-cup}"), Drag(View(0.2, 0.5), View(0.8, 0.5)), For(2.0, [Press("Ctrl+1")])]"#).unwrap();
        assert_eq!(script.actions.len(), 3);
        let refused = |text: &str| read(text).unwrap_err();
        assert!(refused("[Click(\"a\"),\n Clik(\"b\")]").contains("2:"), "{}", refused("[Click(\"a\"),\n Clik(\"b\")]"));
        assert!(refused(r#"[For(1.0, [Press("Ctrl+Nothing")])]"#).contains("Nothing"));
        assert!(refused(r#"[Mark("cup", "good")]"#).contains("'good' is no mark"));
        assert!(refused(r#"[Mark("cups", "done")]"#).contains("'cups' is no step"));
        assert!(refused(r#"[Picture("../x")]"#).contains("no name of a file"));
    }
}
