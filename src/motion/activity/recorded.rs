//! Recorded motions as activities.

use super::{Activity, ActivityError, Demand, Evidence, Grade, Group, Keyframe, Name, table::Table};
use crate::{frames::Side, motion::PelvicPosture};
use std::{
    f64::consts::{PI, TAU},
    fs,
    path::Path,
};

/// Reads a recording of one hip: OpenSim's `.mot`, or a `.csv` in degrees with the columns `flexion_deg`, `adduction_deg`,
/// `internal_rotation_deg` and, where it is known, `pelvic_tilt_deg` (posterior positive).
///
/// Of a `.mot` the columns `hip_flexion_r`, `hip_adduction_r` and `hip_rotation_r` (or `_l`) are read, and `pelvis_tilt` where there is
/// one; radians become degrees where the header says so, and what the numbers contradict is refused, never guessed. Signs are those of OpenSim's models, which are the project's: flexion, adduction,
/// internal rotation and posterior tilt positive, on both sides. The activity is called `name`, since the file may bear a patient's.
///
/// # Errors
/// When it cannot be read, lacks a column (all that are missing are named), does not say its unit, says one that its numbers cannot have, is
/// not whole, or holds what is no angle of a hip.
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
    let places_of_angles: Vec<usize> = places.iter().flatten().copied().collect();
    if let Some(problem) = contradicted_unit(table, &places_of_angles) {
        return Err(problem);
    }
    let unit = if table.in_degrees.is_some_and(|(_, degrees)| !degrees) { 1.0_f64.to_degrees() } else { 1.0 };
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

/// What is wrong with the unit that a `.mot` states, where its angles cannot have it: degrees of which none is larger than half a turn in
/// radians, radians of more than a whole turn.
fn contradicted_unit(table: &Table, angles: &[usize]) -> Option<String> {
    let (header, degrees) = table.in_degrees?;
    let cells = table.rows.iter().flat_map(|(line, row)| angles.iter().map(move |column| (*line, *column, row[*column])));
    // What is no number is told elsewhere.
    let (line, column, most) = cells.filter(|cell| cell.2.is_finite()).max_by(|a, b| a.2.abs().total_cmp(&b.2.abs()))?;
    let name = &table.columns[column];
    if degrees && (1e-9..=PI).contains(&most.abs()) {
        return Some(format!(
            "line {header} says inDegrees=yes, but no hip angle is larger than that on line {line}, {name} = {most}: these look like radians. \
             Correct line {header} to inDegrees=no; if this hip really moves so little, give the motion as .csv with the columns flexion_deg, \
             adduction_deg and internal_rotation_deg"
        ));
    }
    (!degrees && most.abs() > TAU).then(|| {
        format!(
            "line {header} says inDegrees=no, but on line {line} {name} is {most}, which would be {:.0}°: these look like degrees. \
             Correct line {header} to inDegrees=yes",
            most.to_degrees()
        )
    })
}
