//! The tibia: told apart, measured against an expert, and the angles of limbs that were set to known ones.

use crate::support::vsd::mirrored;
use coxa::{
    accuracy::skeletons::{LHDL_ANKLE_CENTRE, LHDL_KNEE_CENTRE, lhdl as bones_of_lhdl},
    anatomy::{BoneFault, Bones, Examination, LandmarkName, examine, inspect},
    frames::Side,
    labels::{
        Label,
        synthesis::{Bone as Part, ShapeModel},
    },
    mesh::TriMesh,
    progress::Silent,
    surface::components,
};
use nalgebra::{Isometry3, Point3, Translation3, Unit, UnitQuaternion, Vector3};
use std::path::PathBuf;

fn value(found: &Examination, key: &str, side: Side) -> Option<f64> {
    found.measurements.iter().find(|m| m.quantity.key == key && m.side == Some(side)).map(|m| m.value)
}

fn flagged(found: &Examination, key: &str) -> bool {
    found.flags.iter().any(|flag| flag.key == key && flag.side == Some(Side::Left))
}

fn examined(bones: &Bones) -> Examination {
    examine(bones, None, &Silent).unwrap()
}

/// The mean femur and tibia of the shape model, the knees about 20 mm apart.
fn limb() -> Bones {
    let model = ShapeModel::load().unwrap();
    let mesh = |part: Part| {
        let part = model.part(part);
        TriMesh { vertices: part.mean.clone(), triangles: part.triangles.clone() }
    };
    let (femur, tibia) = (mesh(Part::FemurLeft), mesh(Part::TibiaLeft));
    let apart: Bones =
        Bones { meshes: [(Label::FemurLeft, femur.clone()), (Label::TibiaLeft, tibia.clone())].into(), ..Bones::default() };
    let found = examined(&apart);
    let at = |name| found.landmarks.position(name, Side::Left).unwrap();
    let shift = at(LandmarkName::KneeCentre) - Vector3::z() * 20.0 - at(LandmarkName::TibialKneeCentre);
    let tibia = tibia.transformed(&Translation3::from(shift).into());
    Bones { meshes: [(Label::FemurLeft, femur), (Label::TibiaLeft, tibia)].into(), ..Bones::default() }
}

/// The tibia turned about an axis through the femoral knee centre.
fn turned(bones: &Bones, axis: &Unit<Vector3<f64>>, deg: f64) -> Bones {
    let knee = examined(bones).landmarks.position(LandmarkName::KneeCentre, Side::Left).unwrap();
    let turn = UnitQuaternion::from_axis_angle(axis, deg.to_radians());
    let pose = Translation3::from(knee) * turn * Translation3::from(-knee.coords);
    let mut bones = bones.clone();
    let tibia = bones.meshes.get_mut(&Label::TibiaLeft).unwrap();
    *tibia = tibia.transformed(&pose);
    bones
}

#[test]
fn a_limb_set_to_a_known_angle_has_it() {
    let bones = limb();
    let straight = examined(&bones);
    let frame = straight.frames.iter().find(|named| named.name == "femur_left").unwrap().frame;
    let of = |found: &Examination, key| value(found, key, Side::Left).unwrap();
    eprintln!("{:.1?}", ["hka", "mpta", "ldfa", "jlca", "knee_flexion_scanned"].map(|key| of(&straight, key)));
    assert!((80.0..95.0).contains(&of(&straight, "mpta")));
    // What the parts say is what the whole says: in one plane, hip–knee–ankle = 180° + MPTA − LDFA − convergence.
    let parts = 180.0 + of(&straight, "mpta") - of(&straight, "ldfa") - of(&straight, "jlca");
    // The two bones are turned against each other about their length by some degrees.
    assert!((of(&straight, "hka") - parts).abs() < 1.5, "{} {parts}", of(&straight, "hka"));
    // Turned about the femur's front-to-back axis; on the left the foot goes medially when it is turned to the patient's right.
    for varus in [-8.0, -3.0, 5.0, 12.0] {
        let found = examined(&turned(&bones, &frame.anterior(), -varus));
        let sizes = ["hka", "jlca", "mpta"].map(|key| of(&found, key) - of(&straight, key));
        assert!((sizes[0] + varus).abs() < 0.1 && (sizes[1] - varus).abs() < 0.1, "{varus}: {sizes:?}");
        assert!(sizes[2].abs() < 0.05, "the tibia is what it was: {sizes:?}");
    }
    // Z points to the right: a positive turn about it takes the foot forwards.
    let flexed = examined(&turned(&bones, &frame.right(), -25.0));
    let flexion = of(&flexed, "knee_flexion_scanned") - of(&straight, "knee_flexion_scanned");
    assert!((flexion - 25.0).abs() < 0.1, "{flexion}");
    // A flexed knee makes the angle doubtful: the less sure the frontal plane, the more so.
    let sd = |found: &Examination| found.measurements.iter().find(|m| m.quantity.key == "hka").unwrap().sd;
    eprintln!("HKA ± {:.2}°, flexed ± {:.2}°", sd(&straight), sd(&flexed));
    assert!(sd(&flexed) > sd(&straight));
    assert!(flagged(&flexed, "finding-knee-flexed") && !flagged(&straight, "finding-knee-flexed"));
    assert!(!flagged(&straight, "finding-tibia-cut-off"));

    let mirror = examined(&mirrored(&bones));
    for key in ["hka", "mpta", "jlca", "knee_flexion_scanned"] {
        let (left, right) = (of(&straight, key), value(&mirror, key, Side::Right).unwrap());
        assert!((left - right).abs() < 1e-9, "{key}: {left} {right}");
    }
    let pose = Isometry3::new(Vector3::new(30.0, -70.0, 500.0), Vector3::new(0.1, -0.2, 0.3));
    let mut moved = bones.clone();
    moved.meshes.values_mut().for_each(|mesh| *mesh = mesh.transformed(&pose));
    let moved = examined(&moved);
    for key in ["hka", "mpta", "jlca"] {
        assert!((of(&moved, key) - of(&straight, key)).abs() < 1e-6, "{key}: {} {}", of(&moved, key), of(&straight, key));
    }
}

/// A limb of whose tibia only what lies above (`proximal`) or below the level is in the scan, a share of its length from the top.
fn cut(bones: &Bones, proximal: bool, share: f64) -> Bones {
    let mut bones = bones.clone();
    let tibia = bones.meshes.get_mut(&Label::TibiaLeft).unwrap();
    let (low, high) = tibia.bounds().unwrap();
    let level = high.z - (high.z - low.z) * share;
    // Squeezed flat at the level of the cut, so that it stays closed.
    tibia.vertices.iter_mut().for_each(|p| p.z = if proximal { p.z.max(level) } else { p.z.min(level) });
    bones
}

#[test]
fn a_tibia_cut_off_has_the_end_that_is_there_and_says_what_is_missing() {
    let bones = limb();
    let whole = examined(&bones);
    for (proximal, share) in [(true, 0.7), (true, 0.4), (true, 0.2), (false, 0.4)] {
        let found = examined(&cut(&bones, proximal, share));
        let has = |name| found.landmarks.get(name, Side::Left).is_some();
        let seen = (has(LandmarkName::MedialPlateau), has(LandmarkName::AnkleCentre));
        assert_eq!(seen, (proximal, !proximal), "cut at {share}");
        let left = if proximal { LandmarkName::TibialKneeCentre } else { LandmarkName::AnkleCentre };
        let at = |found: &Examination| found.landmarks.position(left, Side::Left).unwrap();
        let off = (at(&found) - at(&whole)).norm();
        eprintln!("cut at {share}: {off:.1} mm");
        assert!(off < 4.0, "cut at {share}: {off} mm");
        for key in ["hka", "mpta", "knee_flexion_scanned"] {
            assert_eq!(value(&found, key, Side::Left), None, "{key}, cut at {share}");
        }
        assert!(flagged(&found, "finding-tibia-cut-off"));
    }
}

/// An expert's joint centres (Modenese and Renault 2021, 10.1016/j.jbiomech.2020.110186): the ankle is in the talus, below the plafond.
#[test]
fn the_mechanical_axis_of_a_real_tibia_is_the_experts_and_its_side_is_told() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/staple_lhdl");
    if !folder.exists() {
        eprintln!("skipped: {} is not at hand", folder.display());
        return;
    }
    let bones = bones_of_lhdl(&folder).unwrap();
    let found = examined(&bones);
    let at = |name| found.landmarks.position(name, Side::Right).unwrap();
    let (knee, ankle) = (Point3::from(LHDL_KNEE_CENTRE), Point3::from(LHDL_ANKLE_CENTRE));
    let axis = (at(LandmarkName::TibialKneeCentre) - at(LandmarkName::AnkleCentre)).angle(&(knee - ankle)).to_degrees();
    let off = at(LandmarkName::AnkleCentre) - ankle;
    let down = (ankle - knee).normalize();
    let (along, across) = (-off.dot(&down), off.cross(&down).norm());
    let sizes = ["hka", "mpta", "ldfa", "jlca", "knee_flexion_scanned"].map(|key| value(&found, key, Side::Right));
    eprintln!(
        "axis {axis:.2}°, ankle {along:.1} mm above, {across:.1} mm beside, {off:.1?} knee {:.1?}, {sizes:.1?}",
        at(LandmarkName::TibialKneeCentre) - knee
    );
    // The expert's knee is the femur's; this tibia stands 5 mm lateral of it, as its spines show.
    assert!(axis < 2.0 && across < 3.0 && (5.0..25.0).contains(&along), "{axis}° {along} {across} mm");
    let seen = inspect(&bones).unwrap();
    assert!(seen.faults.is_empty() && seen.findings.is_empty(), "{seen:?}");

    // The file holds the fibula as well.
    let both = bones.meshes[&Label::TibiaRight].clone();
    let tibia = components(&both).into_iter().max_by(|a, b| a.volume_mm3().total_cmp(&b.volume_mm3())).unwrap();
    let alone = |label, mesh: TriMesh| {
        let bones = Bones { meshes: [(label, mesh)].into(), ..Bones::default() };
        inspect(&bones).unwrap().faults.into_iter().next()
    };
    for surface in [both, tibia.clone()] {
        let named_left = alone(Label::TibiaLeft, surface);
        assert!(matches!(&named_left, Some(BoneFault::OtherBone { found, .. }) if found == "right tibia"), "{named_left:?}");
    }
    assert!(alone(Label::FemurRight, tibia.clone()).is_some(), "a tibia is no femur");
    assert!(alone(Label::TibiaRight, bones.meshes[&Label::FemurRight].clone()).is_some(), "a femur is no tibia");
    let mut metres = tibia;
    metres.vertices.iter_mut().for_each(|p| *p /= 1000.0);
    assert!(matches!(alone(Label::TibiaRight, metres), Some(BoneFault::Unit { .. })));
}
