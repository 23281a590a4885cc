//! `coxa landmark`: landmarks of a case set by hand.

use super::{Bar, Outcome};
use crate::{
    anatomy::{Examination, Landmark, LandmarkName, Landmarks, Measurement},
    frames::Side,
    pipeline::{CaseExaminer, check_side},
    plan::storage::CaseFolder,
};
use nalgebra::Point3;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `coxa landmark`.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").args(["set", "reset", "list"]).required(true)))]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    /// The landmark as `coxa measure` names it, e.g. asis.
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    name: Option<LandmarkName>,
    /// left or right, for a landmark that is there twice.
    #[arg(long, conflicts_with = "list")]
    side: Option<Side>,
    /// Set it here, LPS mm.
    #[arg(long, num_args = 3, value_names = ["X", "Y", "Z"], allow_negative_numbers = true)]
    set: Option<Vec<f64>>,
    /// Take it back to where the program finds it.
    #[arg(long)]
    reset: bool,
    /// List the landmarks set by hand.
    #[arg(long)]
    list: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let folder = CaseFolder::open(&arguments.case)?;
    let Some(name) = arguments.name else {
        print_all(&folder.read_landmarks_by_hand()?, arguments.json);
        return Ok(());
    };
    // What is read here is written back below.
    let folder = folder.locked()?;
    let before = folder.read_landmarks_by_hand()?;
    let side = arguments.side;
    check_side(name, side)?;
    let mut after = before.clone();
    let bar = Bar::new();
    let examiner = CaseExaminer::open(&folder, &bar)?;
    if let Some([x, y, z]) = arguments.set.as_deref() {
        let position = Point3::new(*x, *y, *z);
        examiner.check(name, side, &position)?;
        after.insert(name, side, Landmark::by_hand(position));
    } else if after.remove(name, side).is_none() {
        return Err(format!("'{}' was not set by hand: it lies where the program found it", name.key()).into());
    }
    let was = examiner.examine(&before, &bar)?;
    let is = examiner.examine(&after, &bar)?;
    drop(bar);
    folder.write_landmarks_by_hand(&after)?;
    let moved_mm = is.landmarks.position(name, side).zip(was.landmarks.position(name, side)).map(|(a, b)| (a - b).norm());
    if arguments.json {
        let changes: Vec<Value> = changes(&was, &is).into_iter().map(|change| change_value(&change)).collect();
        println!(
            "{}",
            json!({ "moved_mm": moved_mm, "changes": changes, "by_hand": entries(&after), "note": crate::DISCLAIMER })
        );
        return Ok(());
    }
    let verb = if arguments.reset { "is again where the program found it" } else { "is set by hand" };
    println!("{} {verb}{}", name.with_side(side), moved_mm.map_or_else(String::new, |mm| format!(", moved by {mm:.1} mm")));
    for (before, after) in changes(&was, &is) {
        let unit = after.quantity.unit.symbol();
        let side = after.side.map_or_else(String::new, |side| side.to_string());
        println!("{:<40} {side:<5} {:>9.2} -> {:>9.2} {unit}", after.quantity.key, before.value, after.value);
    }
    println!("{}", crate::DISCLAIMER);
    Ok(())
}

/// Numbers that are no longer what they were, before and after. A hundredth of a unit is not told.
fn changes(was: &Examination, is: &Examination) -> Vec<(Measurement, Measurement)> {
    let before = |m: &Measurement| {
        was.measurements.iter().find(|n| (n.quantity.key, n.side) == (m.quantity.key, m.side)).map(|n| (*n, *m))
    };
    is.measurements.iter().filter_map(before).filter(|(a, b)| (a.value - b.value).abs() >= 0.01).collect()
}

fn change_value((before, after): &(Measurement, Measurement)) -> Value {
    let side = after.side.map(|side| side.to_string());
    let quantity = after.quantity;
    json!({ "quantity": quantity.key, "side": side, "before": before.value, "after": after.value, "unit": quantity.unit.symbol() })
}

fn entries(landmarks: &Landmarks) -> Vec<Value> {
    let entry = |(name, side, landmark): (LandmarkName, Option<Side>, &Landmark)| {
        let lps_mm: [f64; 3] = landmark.position.into();
        json!({ "name": name.key(), "side": side.map(|side| side.to_string()), "lps_mm": lps_mm })
    };
    landmarks.iter().map(entry).collect()
}

fn print_all(landmarks: &Landmarks, as_json: bool) {
    if as_json {
        println!("{}", json!({ "by_hand": entries(landmarks), "note": crate::DISCLAIMER }));
        return;
    }
    if landmarks.is_empty() {
        println!("no landmark of this case was set by hand");
    }
    for (name, side, Landmark { position: p, .. }) in landmarks.iter() {
        println!("{:<32} {:>9.2}{:>9.2}{:>9.2}", name.with_side(side), p.x, p.y, p.z);
    }
}
