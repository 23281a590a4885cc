//! `coxa edit`: the labels of a case corrected by hand.

mod typed;

use super::Outcome;
use crate::{
    labels::edit::Change,
    plan::storage::{CaseFolder, LabelEditing},
};
use serde_json::{Value, json};
use std::path::PathBuf;
use typed::Typed;

/// Arguments of `coxa edit`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    #[command(subcommand)]
    typed: Typed,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
}

/// An edit as it is told: what became of it, its name, what it changed.
type Told = (&'static str, String, Change);

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let folder = CaseFolder::open(&arguments.case)?;
    let mut labels = folder.edit_labels()?;
    let told: Vec<Told> = match arguments.typed {
        Typed::Undo => {
            let step = labels.undo()?.ok_or("there is no edit to take back")?;
            vec![("taken back", step.edit.name(), step.change)]
        }
        Typed::Redo => {
            let step = labels.redo()?.ok_or("there is no edit to do again")?;
            vec![("done again", step.edit.name(), step.change)]
        }
        Typed::List => list(&labels),
        typed => {
            let edits = typed.edits()?;
            let changes = labels.apply(&edits)?;
            let done = |change: &Change| if change.is_empty() { "changed nothing" } else { "done" };
            edits.iter().zip(changes).map(|(edit, change)| (done(&change), edit.name(), change)).collect()
        }
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
