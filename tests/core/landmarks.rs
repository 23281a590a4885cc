//! Landmarks, frames and measurements against raters and phantoms, and against themselves in the mirror.

use crate::support::vsd::{mirrored, subject};
use coxa::{
    accuracy::measure_suite,
    anatomy::{Bones, examine},
    frames::Side,
    mesh::TriMesh,
    progress::Silent,
};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion};
use std::{collections::BTreeMap, path::PathBuf};

/// Aims that are missed: how often, and the largest error that is known.
const KNOWN: [(&str, usize, f64); 5] = [
    // The mean of clicks that slide along the neck slides with them, and the centre of an ellipse lies below that of an egg. Against the
    // area that the clicks enclose, which is the same definition, every bar is kept.
    ("four skeletons (VSD): neck axis (smallest section), mean of clicks", 1, 2.6),
    ("four skeletons (VSD): neck axis (smallest section), ellipse of clicks", 1, 2.6),
    ("four skeletons (VSD): neck axis (isthmus), ellipse of clicks", 1, 2.75),
    ("four skeletons (VSD): version (Reikerås), mean of clicks", 1, 3.5),
    ("four skeletons (VSD): neck axis (isthmus), mean of clicks", 1, 2.7),
];

/// The bars of `coxa measure --suite`: what lies outside its limit is counted, and by how much.
#[test]
fn the_accuracy_table_keeps_its_bars() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let suite = measure_suite(&data, 3, None);
    suite.skipped.iter().for_each(|why| eprintln!("skipped: {why}"));
    let mut beyond = Vec::new();
    for errors in &suite.errors {
        let (name, missed) = (format!("{}: {}", errors.set, errors.what), errors.each.len() - errors.within());
        eprintln!(
            "{name}: mean {:.2}, largest {:.2} {}, {missed} of {} missed; reference ± {:.2}",
            errors.mean(),
            errors.largest(),
            errors.unit,
            errors.each.len(),
            errors.reference_error()
        );
        let (allowed, largest) =
            KNOWN.iter().find(|(known, ..)| *known == name).map_or((0, f64::INFINITY), |(_, n, size)| (*n, *size));
        if missed > allowed || errors.largest() > largest {
            beyond.push(name);
        }
    }
    assert!(beyond.is_empty(), "{beyond:?}");
}

/// Whom the network labels before they are measured, as a person's CT is: the stated intervals are neither too narrow nor too wide.
#[cfg(feature = "neural")]
#[test]
fn the_stated_intervals_hold_as_often_as_they_say() {
    use coxa::{
        device::DeviceChoice,
        labels::{SegmentOptions, neural::Networks, segment_with},
    };
    let networks = Networks::shipped().unwrap();
    let options = SegmentOptions { device: DeviceChoice::Cpu };
    let segment = |volume: &_| {
        segment_with(&networks, volume, &options, &Silent).map(|found| found.map.ids).map_err(|error| error.to_string())
    };
    let suite = measure_suite(&PathBuf::from("no real bones"), 0, Some((2, &segment)));
    let stated: Vec<_> = suite.errors.iter().flat_map(|errors| &errors.each).filter(|held| held.stated_sd > 0.0).collect();
    assert_eq!(stated.len(), 56);
    let (covered, _) = suite.coverage();
    let squares: f64 = stated.iter().map(|held| (held.error / held.stated_sd).powi(2)).sum();
    let ratio = (squares / stated.len() as f64).sqrt();
    eprintln!("{covered} of {} within 1.96 sd, errors {ratio:.2} sd", stated.len());
    assert!(covered * 100 >= 90 * stated.len() && (0.6..1.4).contains(&ratio), "{covered} of {}, {ratio}", stated.len());
}

/// What depends on how the patient lay, and so may change when the scan is turned.
const AS_SCANNED: [&str; 6] = [
    "pelvic_tilt_app",
    "pelvic_obliquity",
    "sacral_slope_supine",
    "spinopelvic_tilt_supine",
    "acetabular_inclination_radiographic_supine",
    "acetabular_anteversion_radiographic_supine",
];

/// Differences of left and right, which change their sign in the mirror, as does obliquity.
fn changes_sign(key: &str) -> bool {
    key.contains("difference") || key == "pelvic_obliquity"
}

#[test]
fn the_mirrored_patient_has_the_same_numbers_on_the_other_side() {
    let Some(bones) = subject("z019") else { return };
    let (a, b) = (examine(&bones, None, &Silent).unwrap(), examine(&mirrored(&bones), None, &Silent).unwrap());
    let other = |side: Option<Side>| side.map(Side::opposite);
    assert!(a.landmarks.iter().count() >= 45, "{}", a.landmarks.iter().count());
    for (name, side, landmark) in a.landmarks.iter() {
        let twin = b.landmarks.get(name, other(side)).unwrap();
        let p = landmark.position;
        let off = (Point3::new(-p.x, p.y, p.z) - twin.position).norm();
        assert!(off < 1e-9, "{} {side:?}: {off} mm", name.key());
    }
    assert_eq!(a.measurements.len(), b.measurements.len());
    for m in &a.measurements {
        let key = m.quantity.key;
        let twin = b.measurements.iter().find(|n| n.quantity.key == key && n.side == other(m.side)).unwrap();
        let sign = if changes_sign(key) { -1.0 } else { 1.0 };
        eprintln!("{key} {:?}: {:.2} ± {:.2} {}", m.side, m.value, m.sd, m.quantity.unit.symbol());
        assert!((m.value - sign * twin.value).abs() < 1e-9, "{key}: {} {}", m.value, twin.value);
        assert!((m.sd - twin.sd).abs() < 1e-9, "{key}: {} {}", m.sd, twin.sd);
    }
}

#[test]
fn a_patient_who_lies_otherwise_has_the_same_landmarks_and_numbers() {
    let Some(bones) = subject("z023") else { return };
    let pose = Isometry3::from_parts(Translation3::new(-30.0, 50.0, 200.0), UnitQuaternion::from_euler_angles(-0.15, 0.2, -0.1));
    let meshes = bones.meshes.iter().map(|(label, mesh)| (*label, mesh.transformed(&pose))).collect();
    let moved = Bones { meshes, ..Bones::default() };
    let (a, b) = (examine(&bones, None, &Silent).unwrap(), examine(&moved, None, &Silent).unwrap());
    for (name, side, landmark) in a.landmarks.iter() {
        let off = (pose * landmark.position - b.landmarks.position(name, side).unwrap()).norm();
        assert!(off < 1e-6, "{} {side:?}: {off} mm", name.key());
    }
    for (m, n) in a.measurements.iter().zip(&b.measurements).filter(|(m, _)| !AS_SCANNED.contains(&m.quantity.key)) {
        assert_eq!((m.quantity.key, m.side), (n.quantity.key, n.side));
        assert!((m.value - n.value).abs() < 1e-6, "{} {:?}: {} {}", m.quantity.key, m.side, m.value, n.value);
        // The spread is taken along the axes of the scan: the same to first order.
        assert!((m.sd - n.sd).abs() < 0.05 * m.sd + 1e-6, "{}: {} {}", m.quantity.key, m.sd, n.sd);
    }
}

/// The same surface with every triangle cut into four.
fn cut_finer(mesh: &TriMesh) -> TriMesh {
    let mut finer = TriMesh { vertices: mesh.vertices.clone(), triangles: Vec::new() };
    let mut middles = BTreeMap::new();
    for &[a, b, c] in &mesh.triangles {
        let mut middle = |p: u32, q: u32| {
            *middles.entry((p.min(q), p.max(q))).or_insert_with(|| {
                finer.vertices.push(nalgebra::center(&mesh.vertices[p as usize], &mesh.vertices[q as usize]));
                finer.vertices.len() as u32 - 1
            })
        };
        let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
        finer.triangles.extend([[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]);
    }
    finer
}

#[test]
fn how_a_surface_is_cut_into_triangles_matters_less_than_what_is_stated_as_uncertain() {
    for name in ["z023", "z056"] {
        let Some(bones) = subject(name) else { return };
        let meshes = bones.meshes.iter().map(|(label, mesh)| (*label, cut_finer(mesh))).collect();
        let finer = Bones { meshes, ..Bones::default() };
        let (a, b) = (examine(&bones, None, &Silent).unwrap(), examine(&finer, None, &Silent).unwrap());
        for (name, side, landmark) in a.landmarks.iter() {
            let off = (landmark.position - b.landmarks.position(name, side).unwrap()).norm();
            assert!(off < landmark.sd_mm.unwrap(), "{} {side:?}: {off} mm", name.key());
        }
        assert_eq!(a.measurements.len(), b.measurements.len());
        for (m, n) in a.measurements.iter().zip(&b.measurements) {
            assert_eq!((m.quantity.key, m.side), (n.quantity.key, n.side));
            assert!((m.value - n.value).abs() <= m.sd, "{} {:?}: {} ± {} {}", m.quantity.key, m.side, m.value, m.sd, n.value);
        }
    }
}
