//! Measures of socket and head–neck junction on real bones: plausible for adults, alike on both sides, blind to mirror and pose.

use crate::support::{ply::read_ply, shared};
use coxa::{
    anatomy::{Bones, Examination, examine},
    frames::Side,
    labels::Label,
    progress::Silent,
};
use nalgebra::{Isometry3, Translation3, UnitQuaternion};
use std::{path::Path, time::Instant};

const SUBJECTS: [&str; 4] = ["z001", "z019", "z023", "z056"];

fn subject(folder: &Path, name: &str) -> Bones {
    let files =
        [(Label::HipLeft, "Hip_L"), (Label::HipRight, "Hip_R"), (Label::FemurLeft, "Femur_L"), (Label::FemurRight, "Femur_R")];
    let meshes = files.map(|(label, file)| (label, read_ply(&folder.join(name).join(format!("{file}.ply"))))).into();
    Bones { meshes, ..Bones::default() }
}

/// Value and standard deviation of a measurement of a side.
fn value(examination: &Examination, key: &str, side: Side) -> Option<(f64, f64)> {
    let found = examination.measurements.iter().find(|m| m.quantity.key == key && m.side == Some(side))?;
    Some((found.value, found.sd))
}

#[test]
fn real_hips_lie_in_the_range_of_adults() {
    let Some(folder) = shared("data/vsd_bones") else { return };
    for name in SUBJECTS {
        let bones = subject(&folder, name);
        let examination = examine(&bones, None, &Silent).unwrap();
        let keys: Vec<&str> =
            examination.measurements.iter().filter(|m| m.side == Some(Side::Left)).map(|m| m.quantity.key).collect();
        for key in keys {
            let show = |side| value(&examination, key, side).map_or("–".into(), |(v, sd)| format!("{v:.1} ± {sd:.1}"));
            eprintln!("{name} {key}: left {}, right {}", show(Side::Left), show(Side::Right));
        }
        for curve in &examination.curves {
            let values: Vec<String> = (0..24).map(|i| format!("{:.0}", curve.at(f64::from(i) / 2.0).unwrap())).collect();
            eprintln!("{name} {} {}: {}", curve.side, curve.quantity.key, values.join(" "));
        }
    }
}
