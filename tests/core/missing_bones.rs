//! Any bone may be missing: what is left is measured as in the whole patient, and what cannot be measured is said.

use crate::support::vsd::skeletons;
use coxa::{
    anatomy::{Bones, Examination, LandmarkName, Quantity, examine, measure},
    frames::Side,
    labels::{
        Label,
        synthesis::{Preset, ShapeModel, scan},
    },
    progress::Silent,
};

fn only(bones: &Bones, kept: &[Label]) -> Examination {
    let meshes = bones.meshes.iter().filter(|(label, _)| kept.contains(label)).map(|(label, mesh)| (*label, mesh.clone()));
    examine(&Bones { meshes: meshes.collect(), ..Bones::default() }, None, &Silent).unwrap()
}

fn said(found: &Examination, key: &str, side: Side) -> bool {
    found.anatomy.findings.iter().any(|finding| finding.key == key && finding.side == Some(side))
}

/// Every number of the part is that of the whole to this tolerance, in millimetres, degrees and percent alike.
fn compare(part: &Examination, whole: &Examination, tolerance: f64, what: &str) {
    for m in &part.measurements {
        let same = |n: &&coxa::anatomy::Measurement| n.side == m.side && std::ptr::eq::<Quantity>(n.quantity, m.quantity);
        let n = whole.measurements.iter().find(same).unwrap_or_else(|| panic!("{what}: {} only in the part", m.quantity.key));
        let off = (m.value - n.value).abs();
        assert!(off < tolerance.max(0.2 * n.sd), "{what}: {} {:?} {} for {}", m.quantity.key, m.side, m.value, n.value);
    }
}

#[test]
fn a_femur_alone_has_its_own_measures() {
    for skeleton in skeletons() {
        let whole = examine(&skeleton.bones, None, &Silent).unwrap();
        for side in Side::BOTH {
            let alone = only(&skeleton.bones, &[Label::femur(side)]);
            let what = format!("{} {side}", skeleton.name);
            let centre = |found: &Examination| found.landmarks.position(LandmarkName::FemoralHeadCentre, side).unwrap();
            let off = (centre(&alone) - centre(&whole)).norm();
            assert!(off < 0.05, "{what}: head centre {off} mm");
            compare(&alone, &whole, 0.1, &what);
            let has = |key: &str| alone.measurements.iter().any(|m| m.quantity.key == key && m.side == Some(side));
            for key in
                ["neck_shaft_angle", "femoral_version_murphy", "femoral_offset", "femoral_length", "ldfa", "alpha_angle_maximum"]
            {
                assert!(has(key), "{what}: no {key}");
            }
            assert!(!has("lateral_centre_edge_angle") && !has("global_offset"));
            assert!(alone.anatomy.pelvis.is_none() && said(&alone, "finding-hip-bone-missing", side));
            assert!(said(&alone, "finding-hip-missing", side.opposite()));
        }
    }
}

#[test]
fn a_pelvis_alone_has_its_landmarks_and_its_sockets() {
    for skeleton in skeletons() {
        let whole = examine(&skeleton.bones, None, &Silent).unwrap();
        let pelvis = only(&skeleton.bones, &[Label::HipLeft, Label::HipRight, Label::Sacrum]);
        for (name, side, landmark) in pelvis.landmarks.iter() {
            let off = (landmark.position - whole.landmarks.position(name, side).unwrap()).norm();
            assert!(off < 1.0, "{} {side:?}: {off} mm", name.key());
        }
        assert!(pelvis.landmarks.iter().count() >= 18, "{}", pelvis.landmarks.iter().count());
        compare(&pelvis, &whole, 1.0, skeleton.name);
        for side in Side::BOTH {
            let has = |key: &str| pelvis.measurements.iter().any(|m| m.quantity.key == key && m.side == Some(side));
            assert!(has("acetabular_inclination_radiographic") && has("acetabular_diameter"));
            assert!(!has("lateral_centre_edge_angle") && said(&pelvis, "finding-femur-missing", side));
        }
    }
}

#[test]
fn one_hip_without_the_other_side_has_its_joint_but_no_pelvic_plane() {
    for skeleton in skeletons() {
        let whole = examine(&skeleton.bones, None, &Silent).unwrap();
        let half = only(&skeleton.bones, &[Label::HipLeft, Label::FemurLeft]);
        assert!(half.anatomy.pelvis.is_none() && said(&half, "finding-hip-missing", Side::Right));
        for name in [LandmarkName::AcetabularCentre, LandmarkName::FemoralHeadCentre, LandmarkName::GreaterTrochanter] {
            let at = |found: &Examination| found.landmarks.position(name, Side::Left).unwrap();
            let off = (at(&half) - at(&whole)).norm();
            assert!(off < 1e-6, "{}: {off} mm", name.key());
        }
        compare(&half, &whole, 1e-6, skeleton.name);
        assert!(half.landmarks.get(LandmarkName::Asis, Side::Left).is_none());
    }
}

/// Heads that stand too high, up to a full dislocation: the head is found, the socket that it has left about, and nothing is planned.
#[test]
fn a_dislocated_hip_is_measured_and_not_planned() {
    let model = ShapeModel::load().unwrap();
    for (preset, seed) in [Preset::Subluxation, Preset::Crowe2, Preset::Crowe3, Preset::Crowe4].into_iter().zip(11..) {
        let phantom = scan(&model, preset, seed, Some([3.0; 3])).phantom;
        let bones = Bones { meshes: phantom.meshes.clone(), ..Bones::default() };
        let found = examine(&bones, None, &Silent).unwrap();
        let planned = measure(&bones, None, &Silent);
        let mut displaced = 0;
        for side in Side::BOTH {
            let (hip, truth) = (found.anatomy.hip(side), phantom.truth.hip(side));
            let apart_mm = (truth.head.centre - truth.acetabulum.centre).norm();
            let head_mm = (hip.head.unwrap().centre - truth.head.centre).norm();
            let socket_mm = (hip.acetabulum.unwrap().sphere.centre - truth.acetabulum.centre).norm();
            eprintln!("{preset} {seed} {side}: {apart_mm:.1} mm apart; head {head_mm:.2} mm, socket {socket_mm:.2} mm off");
            assert!(head_mm < 0.5, "{preset} {seed} {side}: {head_mm} mm");
            if apart_mm > 20.0 {
                displaced += 1;
                assert!(!hip.joined && said(&found, "finding-hip-not-joined", side));
                assert!(!planned.as_ref().is_ok_and(|anatomy| anatomy.hip(side).is_some()));
                assert!(socket_mm < 12.0, "{preset} {seed} {side}: {socket_mm} mm");
            }
        }
        assert!(displaced > 0, "{preset} {seed}");
    }
}
