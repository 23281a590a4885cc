//! Recorded motions as activities.

use super::{Activity, ActivityError, Demand, Evidence, Grade, Group, Keyframe, Name, table::Table};
use crate::{frames::Side, motion::PelvicPosture};
use std::{fs, path::Path};

/// Reads a recording of one hip: OpenSim's `.mot`, or a `.csv` in degrees with the columns `flexion_deg`, `adduction_deg`,
/// `internal_rotation_deg` and, where it is known, `pelvic_tilt_deg` (posterior positive).
///
/// Of a `.mot` the columns `hip_flexion_r`, `hip_adduction_r` and `hip_rotation_r` (or `_l`) are read, and `pelvis_tilt` where there is
/// one; radians become degrees where the header says so. Signs are those of OpenSim's models, which are the project's: flexion, adduction,
/// internal rotation and posterior tilt positive, on both sides. The activity is called `name`, since the file may bear a patient's.
///
/// # Errors
/// When it cannot be read, lacks a column (all that are missing are named), does not say its unit, is not whole, or holds what is no angle
/// of a hip.
pub fn read_recording(path: &Path, side: Side, posture: PelvicPosture, name: Name) -> Result<Activity, ActivityError> {
    let text = fs::read_to_string(path).map_err(|source| ActivityError::Read { path: path.into(), source })?;
    let refused = |problem: String| ActivityError::Recording { path: path.into(), problem };
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let (table, names) = match extension.as_deref() {
        Some("mot") => {
            let letter = side.letter().to_ascii_lowercase();
            let of_side = ["hip_flexion", "hip_adduction", "hip_rotation"].map(|name| format!("{name}_{letter}"));
            (Table::of_mot(&text), [of_side.as_slice(), &["pelvis_tilt".to_owned()]].concat())
        }
        Some("csv") => {
            let names = ["flexion_deg", "adduction_deg", "internal_rotation_deg", "pelvic_tilt_deg"];
            (Table::of_csv(&text), names.map(str::to_owned).to_vec())
        }
        _ => return Err(refused("its name must end in .mot (OpenSim) or .csv".into())),
    };
    let keyframes = table.and_then(|table| keyframes(&table, &names)).map_err(refused)?;
    Ok(Activity {
        id: format!("recorded-{side}"),
        name,
        group: Group::Daily,
        posture,
        demand: Demand::Path(keyframes),
        evidence: Evidence { grade: Grade::Recorded, recalled: false, source: "a recording named on the command line".into() },
    })
}

fn keyframes(table: &Table, names: &[String]) -> Result<Vec<Keyframe>, String> {
    let places: Vec<Option<usize>> = names.iter().map(|name| table.column(name)).collect();
    let missing: Vec<&str> = names[..3].iter().filter(|name| table.column(name).is_none()).map(String::as_str).collect();
    if !missing.is_empty() {
        return Err(format!("the columns {} are missing; it has {}", missing.join(", "), table.columns.join(", ")));
    }
    let unit = if table.in_degrees == Some(false) { 1.0_f64.to_degrees() } else { 1.0 };
    let keyframe = |(line, row): &(usize, Vec<f64>)| {
        let value = |place: usize| places[place].map_or(0.0, |column| row[column] * unit);
        let keyframe = Keyframe {
            flexion_deg: value(0),
            adduction_deg: value(1),
            internal_rotation_deg: value(2),
            pelvic_tilt_deg: value(3),
        };
        match keyframe.problem() {
            Some(problem) => Err(format!("line {line}: {problem}")),
            None => Ok(keyframe),
        }
    };
    table.rows.iter().map(keyframe).collect()
}
