//! The command line: argument parsing over the stages, one file a command.
#![expect(clippy::print_stdout, reason = "results of a command belong on standard output")]

mod accuracy;
mod activities;
mod bar;
mod bench;
mod bench_motion;
mod bench_zone;
mod calibrate;
mod demo;
mod dislocate;
mod dislocate_told;
mod edit;
mod error_table;
mod evaluate;
mod export;
mod figure;
mod hip;
mod implants;
mod import;
mod landmark;
mod measure;
mod phantom;
mod plan;
mod plans;
mod report;
mod rom;
mod rom_suite;
mod rom_surface;
mod segment;
mod slice;
mod stock;
mod suite;
mod template;
mod train;
mod uncertainty;
mod view;
mod xray;
mod zone;

use crate::{
    implants::{Catalogue, CatalogueError},
    plan::{Plan, storage::CaseFolder},
};
use bar::Bar;
use clap::{Parser, Subcommand};
use std::{error::Error, path::Path, process::ExitCode};

/// What a command ends with; the message of an error is what the user reads.
type Outcome = Result<(), Box<dyn Error>>;

#[derive(Parser)]
#[command(
    name = "coxa",
    version,
    about = "Rehearse a hip replacement on the patient's own bones.\nFor research, education and rehearsal; not a medical device; the surgeon decides."
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Read a CT (DICOM folder, zip or NIfTI), check its geometry and write it as a NIfTI volume.
    Import(import::Arguments),
    /// Label the bones of a CT.
    Segment(segment::Arguments),
    /// Correct the labels of a case by hand: brush, erase, region, split, reassign and more, with undo, redo and a list.
    #[command(visible_alias = "repair")]
    Edit(edit::Arguments),
    /// Hold labels against the truth, or Coxa's own labels against the truth of whole sets of scans.
    Evaluate(evaluate::Arguments),
    /// Measure how often the networks' labels of a stated confidence are right.
    Calibrate(calibrate::Arguments),
    /// Measure pelvis and femora: landmarks, frames, measurements and what is out of the ordinary.
    Measure(measure::Arguments),
    /// Set landmarks of a case by hand, take them back, list them.
    Landmark(landmark::Arguments),
    /// The whole road: CT to labels, measurements, first plan, range of motion and report.
    Plan(plan::Arguments),
    /// The implants of a catalogue: list them, show one, check a catalogue, draw it.
    Implants(implants::Arguments),
    /// The plans of a case: list, compare, approve, take up again.
    Plans(plans::Arguments),
    /// Which sizes to bring to the operation, and how likely each is.
    Stock(stock::Arguments),
    /// Open a case in the window.
    View(view::Arguments),
    /// Draw a synthetic patient from the shape model and simulate its CT, with the truth beside it.
    Phantom(phantom::Arguments),
    /// Train the segmentation network on phantoms drawn on the fly.
    Train(train::Arguments),
    /// Range of motion of a planned hip in activities, or of cup and neck positions in a table.
    Rom(rom::Arguments),
    /// The target zone: how much room neck and liner have in activities, over all inclinations and anteversions of the cup.
    Zone(zone::Arguments),
    /// Rehearse a dislocation: what happens to the head when an activity is driven past impingement.
    Dislocate(dislocate::Arguments),
    /// What scatter of placement, measurement and posture does to a plan.
    Uncertainty(uncertainty::Arguments),
    /// How fast parts of the program answer on this machine.
    Bench(bench::Arguments),
    /// Write the report of a planned case again.
    Report(report::Arguments),
    /// Export bones and implants of a case as STL, OBJ or DICOM.
    Export(export::Arguments),
    /// A virtual radiograph of a case as a picture: as scanned, or after the planned operation.
    Xray(xray::Arguments),
    /// A slice of the CT of a case as a picture, with the outlines of bones and implants: across the body, or along neck and canal.
    Slice(slice::Arguments),
    /// Template on a plain film where there is no CT: leg length, offset and implants over an antero-posterior radiograph.
    Template(template::Arguments),
}

/// Runs the command line; without a command, the demonstration case.
#[must_use]
pub fn run() -> ExitCode {
    let command = Arguments::parse().command;
    // Who reads only the beginning (`coxa measure … | head`) ends the program quietly, as other programs do; Rust would panic. Not the
    // window, which talks to the display through such pipes too.
    if !matches!(command, None | Some(Command::View(_))) {
        sigpipe::reset();
    }
    let outcome = match command {
        Some(Command::Import(arguments)) => import::run(arguments),
        Some(Command::Segment(arguments)) => segment::run(arguments),
        Some(Command::Edit(arguments)) => edit::run(arguments),
        Some(Command::Evaluate(arguments)) => evaluate::run(arguments),
        Some(Command::Calibrate(arguments)) => calibrate::run(arguments),
        Some(Command::Measure(arguments)) => measure::run(arguments),
        Some(Command::Landmark(arguments)) => landmark::run(arguments),
        Some(Command::Plan(arguments)) => plan::run(arguments),
        Some(Command::Implants(arguments)) => implants::run(arguments),
        Some(Command::Plans(arguments)) => plans::run(arguments),
        Some(Command::Stock(arguments)) => stock::run(arguments),
        Some(Command::View(arguments)) => view::run(arguments),
        Some(Command::Phantom(arguments)) => phantom::run(arguments),
        Some(Command::Train(arguments)) => train::run(arguments),
        Some(Command::Rom(arguments)) => rom::run(arguments),
        Some(Command::Zone(arguments)) => zone::run(arguments),
        Some(Command::Dislocate(arguments)) => dislocate::run(arguments),
        Some(Command::Uncertainty(arguments)) => uncertainty::run(arguments),
        Some(Command::Bench(arguments)) => bench::run(arguments),
        Some(Command::Report(arguments)) => report::run(arguments),
        Some(Command::Export(arguments)) => export::run(arguments),
        Some(Command::Xray(arguments)) => xray::run(arguments),
        Some(Command::Slice(arguments)) => slice::run(arguments),
        Some(Command::Template(arguments)) => template::run(arguments),
        None => demo::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(inner) = cause {
                eprintln!("  because: {inner}");
                cause = inner.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// The catalogue that a person names, or the one that ships with Coxa.
fn catalogue(path: Option<&Path>) -> Result<Catalogue, CatalogueError> {
    path.map_or_else(Catalogue::shipped, Catalogue::load)
}

/// The catalogue that a person names, or of those beside the shipped one that which a plan was made with.
fn catalogue_of(plan: &Plan, path: Option<&Path>) -> Result<Catalogue, Box<dyn Error>> {
    let catalogue = path.map_or_else(|| Catalogue::known_as(&plan.catalogue_sha256), Catalogue::load)?;
    plan.refuse_other(&catalogue)?;
    Ok(catalogue)
}

/// Warns of what a case holds that was made from labels which were corrected since.
fn warn_if_stale(folder: &CaseFolder) -> Outcome {
    if let Some(finding) = folder.stale_finding()? {
        eprintln!("warning: {}", finding.text);
    }
    Ok(())
}
