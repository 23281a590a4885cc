//! `coxa edit`: the labels of a case corrected by hand.

use super::Outcome;
use crate::{
    labels::edit::{Change, Edit},
    plan::storage::{CaseFolder, LabelEditing},
};
use serde_json::{Value, json};
use std::{error::Error, fs, path::PathBuf};

/// Arguments of `coxa edit`.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").args(["edits", "undo", "redo", "list"]).required(true)))]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    /// A RON file with a list of edits, positions in LPS mm, e.g.
    /// [Brush(region: Ball(centre: (-90.0, 5.0, 20.0), radius_mm: 4.0), over: Some(HipRight), to: FemurRight)]; all are done, or none.
    edits: Option<PathBuf>,
    /// Take the newest edit back.
    #[arg(long)]
    undo: bool,
    /// Do the edit again that was taken back last.
    #[arg(long)]
    redo: bool,
    /// List the edits that stand, and those taken back.
    #[arg(long)]
    list: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// An edit as it is told: what became of it, its name, what it changed.
type Told = (&'static str, String, Change);

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let folder = CaseFolder::open(&arguments.case)?;
    let edits = arguments.edits.as_deref().map(read).transpose()?.unwrap_or_default();
    let mut labels = folder.edit_labels()?;
    let told: Vec<Told> = if arguments.undo {
        let step = labels.undo()?.ok_or("there is no edit to take back")?;
        vec![("taken back", step.edit.name(), step.change)]
    } else if arguments.redo {
        let step = labels.redo()?.ok_or("there is no edit to do again")?;
        vec![("done again", step.edit.name(), step.change)]
    } else if arguments.list {
        list(&labels)
    } else {
        let changes = labels.apply(&edits)?;
        let done = |change: &Change| if change.is_empty() { "changed nothing" } else { "done" };
        edits.iter().zip(changes).map(|(edit, change)| (done(&change), edit.name(), change)).collect()
    };
    let stale = folder.stale()?;
    if arguments.json {
        let edits: Vec<Value> = told.iter().map(value).collect();
        println!("{}", serde_json::to_string(&json!({ "edits": edits, "stale": stale, "note": crate::DISCLAIMER }))?);
    } else {
        told.iter().for_each(print);
        if !stale.is_empty() {
            eprintln!(
                "warning: not made from the present labels: {}; plan the case again, or take the edits back",
                stale.join(", ")
            );
        }
        println!("{}", crate::DISCLAIMER);
    }
    Ok(())
}

fn read(path: &std::path::Path) -> Result<Vec<Edit>, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    ron::from_str(&text).map_err(|error| {
        let at = error.span.start;
        format!("{} is no list of edits: line {}, column {}: {}", path.display(), at.line, at.col, error.code).into()
    })
}

fn list(labels: &LabelEditing) -> Vec<Told> {
    let history = labels.history();
    let stand = history.done().iter().map(|step| ("stands", step));
    let back = history.undone().iter().rev().map(|step| ("taken back", step));
    stand.chain(back).map(|(state, step)| (state, step.edit.name(), step.change.clone())).collect()
}

fn print((state, name, change): &Told) {
    println!("{state:<15} {name}");
    for label in change.labels() {
        println!(
            "{:15} {:<16} {:>+9} voxels {:>+9.2} ml",
            "",
            label.label.name(),
            label.gained as i64 - label.lost as i64,
            label.ml
        );
    }
}

fn value((state, name, change): &Told) -> Value {
    let labels: Vec<Value> = (change.labels().iter())
        .map(|label| json!({ "label": label.label.name(), "gained_voxels": label.gained, "lost_voxels": label.lost, "ml": label.ml }))
        .collect();
    json!({ "state": state, "name": name, "voxels": change.voxels(), "labels": labels })
}
