//! The four skeletons of `../shared/data/vsd_bones` and where raters clicked on them.

use super::read_ply;
use coxa::{anatomy::Bones, labels::Label};
use nalgebra::Point3;
use std::{collections::BTreeMap, fs, path::Path};

/// The subjects.
pub const SUBJECTS: [&str; 4] = ["z001", "z019", "z023", "z056"];

/// Its bones, LPS mm.
pub fn subject(folder: &Path, name: &str) -> Bones {
    let files = [
        (Label::Sacrum, "Sacrum"),
        (Label::HipLeft, "Hip_L"),
        (Label::HipRight, "Hip_R"),
        (Label::FemurLeft, "Femur_L"),
        (Label::FemurRight, "Femur_R"),
    ];
    let meshes = files.map(|(label, file)| (label, read_ply(&folder.join(name).join(format!("{file}.ply"))))).into();
    Bones { meshes, ..Bones::default() }
}

/// Mean of the raters' clicks and their spread (RMS, mm), by landmark, LPS mm; the femur's carry its side.
pub type Clicks = BTreeMap<String, (Point3<f64>, f64)>;

/// The raters' means in a file, for one subject.
pub fn clicks(file: &Path, subject: &str) -> Clicks {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|field| field[0] == subject)
        .map(|field| {
            let number = |i: usize| field[i].trim().parse::<f64>().unwrap();
            (format!("{}{}", field[1], field[2]), (Point3::new(-number(4), -number(5), number(6)), number(7)))
        })
        .collect()
}

/// The mirror image of a patient: left bones where the right ones were.
pub fn mirrored(bones: &Bones) -> Bones {
    let swapped = |label| match label {
        Label::HipLeft => Label::HipRight,
        Label::HipRight => Label::HipLeft,
        Label::FemurLeft => Label::FemurRight,
        Label::FemurRight => Label::FemurLeft,
        other => other,
    };
    let meshes = bones.meshes.iter().map(|(label, mesh)| (swapped(*label), mesh.mirrored_x())).collect();
    Bones { meshes, ..Bones::default() }
}
