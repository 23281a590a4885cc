//! Named frames and how sure they are, and the pelvis in postures other than that in the scanner.

use crate::support::vsd::{mirrored, skeletons, subject};
use coxa::{
    anatomy::{Examination, Landmark, LandmarkName, NamedFrame, Posture, PostureError, SagittalValues, examine},
    frames::{Side, angle_between},
    progress::Silent,
};
use nalgebra::{Rotation3, Vector3};

fn value(found: &Examination, key: &str, side: Option<Side>) -> f64 {
    let m = found.measurements.iter().find(|m| m.quantity.key == key && m.side == side);
    m.unwrap_or_else(|| panic!("no {key}")).value
}

fn frame<'a>(found: &'a Examination, name: &str) -> &'a NamedFrame {
    found.frames.iter().find(|named| named.name == name).unwrap_or_else(|| panic!("no {name}"))
}

const TILT: SagittalValues = SagittalValues { tilt_deg: None, sacral_slope_deg: None, spinopelvic_tilt_deg: None };

#[test]
fn a_patient_has_eleven_frames_each_with_its_spread() {
    for skeleton in skeletons() {
        let found = examine(&skeleton.bones, None, &Silent).unwrap();
        eprintln!("{}: {:.2}° between the planes", skeleton.name, value(&found, "app_to_symphysis_plane", None));
        assert_eq!(found.frames.len(), 11, "{:?}", found.frames.iter().map(|named| &named.name).collect::<Vec<_>>());
        for named in &found.frames {
            let spread = named.spread.unwrap();
            eprintln!("{} {}: {:.2?}° {:.2?} mm", skeleton.name, named.name, spread.rotation_deg, spread.origin_mm);
            assert!(spread.rotation_deg.iter().all(|sd| (0.0..3.0).contains(sd)), "{} {:?}", named.name, spread);
            assert!(spread.origin_mm.iter().all(|sd| (0.0..2.0).contains(sd)), "{} {:?}", named.name, spread);
            assert!((named.frame.rotation.matrix().determinant() - 1.0).abs() < 1e-9);
        }
        let turn =
            |a: &str, b: &str| angle_between(&frame(&found, a).frame.rotation, &frame(&found, b).frame.rotation).to_degrees();
        assert!(turn("app", "app_symphysis") < 8.0);
        let app = found.anatomy.pelvis.as_ref().unwrap().app;
        assert!((frame(&found, "app").frame.rotation.matrix() - app.rotation.matrix()).norm() < 1e-9);
        for side in Side::BOTH {
            let own = found.anatomy.hip(side).femur.as_ref().unwrap();
            let mechanical = frame(&found, &format!("femur_{side}")).frame.rotation;
            assert!((mechanical.matrix() - own.frame.rotation.matrix()).norm() < 1e-9);
            let anatomical = frame(&found, &format!("femur_{side}_anatomical")).frame;
            assert!(anatomical.superior().angle(&own.shaft.direction) < 1e-6);
            // In the frontal plane of the femur the shaft leans by the angle that is measured by itself, elsewhere by its bow besides.
            let lean = anatomical.superior().angle(&frame(&found, &format!("femur_{side}")).frame.superior()).to_degrees();
            let frontal = value(&found, "anatomical_mechanical_angle", Some(side));
            eprintln!("{} {side}: shaft and mechanical axis {lean:.2}°, {frontal:.2}° of it frontal", skeleton.name);
            let up = coxa::frames::as_right_hip(side, &own.frame.local_vector(&anatomical.superior()));
            assert!((up.z.atan2(up.y).to_degrees() - frontal).abs() < 1e-6, "{frontal}");
            touches(&found, &skeleton.bones.meshes[&coxa::labels::Label::femur(side)], side);
        }
    }
}

/// No vertex of the bone lies behind the table by more than the condyles' most posterior points do in another frame: 1 mm.
fn touches(found: &Examination, femur: &coxa::mesh::TriMesh, side: Side) {
    let table = frame(found, &format!("femur_{side}_table_top")).frame;
    let behind = |p: &nalgebra::Point3<f64>| -table.local_point(p).x;
    let on = |name| behind(&found.landmarks.position(name, side).unwrap());
    let level = on(LandmarkName::MedialPosteriorCondyle);
    for name in [LandmarkName::LateralPosteriorCondyle, LandmarkName::PosteriorTrochanter] {
        assert!((on(name) - level).abs() < 1e-9, "{}", name.key());
    }
    let furthest = femur.vertices.iter().map(behind).fold(f64::NEG_INFINITY, f64::max);
    eprintln!("{side}: the bone reaches {:.2} mm through the table", furthest - level);
    assert!(furthest - level < 1.0, "{side}: {:.2} mm through the table", furthest - level);
}

#[test]
fn frames_are_those_of_the_mirrored_patient() {
    let Some(bones) = subject("z056") else { return };
    let (mut a, mut b) = (examine(&bones, None, &Silent).unwrap(), examine(&mirrored(&bones), None, &Silent).unwrap());
    for found in [&mut a, &mut b] {
        found.add_posture(Posture::Standing, &SagittalValues { tilt_deg: Some(6.0), ..TILT }).unwrap();
    }
    for named in &a.frames {
        let twin = match named.name.as_str() {
            name if name.contains("left") => name.replace("left", "right"),
            name => name.replace("right", "left"),
        };
        let twin = frame(&b, &twin);
        let flip = |v: Vector3<f64>| Vector3::new(-v.x, v.y, v.z);
        let (f, g) = (named.frame, twin.frame);
        assert!((flip(f.anterior().into_inner()) - g.anterior().into_inner()).norm() < 1e-8, "{}", named.name);
        assert!((flip(f.superior().into_inner()) - g.superior().into_inner()).norm() < 1e-8, "{}", named.name);
        assert!((flip(f.right().into_inner()) + g.right().into_inner()).norm() < 1e-8, "{}", named.name);
        assert!((flip(f.origin.coords) - g.origin.coords).norm() < 1e-6, "{}", named.name);
        let (s, t) = (named.spread.unwrap(), twin.spread.unwrap());
        for (s, t) in s.rotation_deg.iter().chain(&s.origin_mm).zip(t.rotation_deg.iter().chain(&t.origin_mm)) {
            assert!((s - t).abs() < 1e-7, "{}: {s} {t}", named.name);
        }
    }
}

/// The formula of `tilt` in Murray's radiographic angles: sin RA' = sin RA cos t + cos RA cos RI sin t.
fn tilted_anteversion(ri: f64, ra: f64, tilt: f64) -> f64 {
    let [ri, ra, t] = [ri, ra, tilt].map(f64::to_radians);
    (ra.sin() * t.cos() + ra.cos() * ri.cos() * t.sin()).asin().to_degrees()
}

#[test]
fn sockets_turn_with_the_pelvis_as_the_formula_says() {
    let Some(bones) = subject("z023") else { return };
    let mut found = examine(&bones, None, &Silent).unwrap();
    let incidence = value(&found, "pelvic_incidence", None);
    found.add_posture(Posture::Standing, &SagittalValues { tilt_deg: Some(7.5), ..TILT }).unwrap();
    found.add_posture(Posture::Sitting, &SagittalValues { sacral_slope_deg: Some(21.0), ..TILT }).unwrap();
    assert!((value(&found, "pelvic_tilt_app_standing", None) - 7.5).abs() < 1e-9);
    assert!((value(&found, "sacral_slope_sitting", None) - 21.0).abs() < 1e-9);
    for posture in ["standing", "sitting"] {
        let tilt = value(&found, &format!("pelvic_tilt_app_{posture}"), None);
        // Slope and spinopelvic tilt make the incidence but for the obliquity of the spines to the hips.
        let sum = ["sacral_slope", "spinopelvic_tilt"].map(|key| value(&found, &format!("{key}_{posture}"), None));
        assert!((sum[0] + sum[1] - incidence).abs() < 0.5, "{posture}: {sum:?} {incidence}");
        for side in Side::BOTH.map(Some) {
            let ri = value(&found, "acetabular_inclination_radiographic", side);
            let ra = value(&found, "acetabular_anteversion_radiographic", side);
            let seen = value(&found, &format!("acetabular_anteversion_radiographic_{posture}"), side);
            assert!((seen - tilted_anteversion(ri, ra, tilt)).abs() < 1e-9, "{posture}: {seen}");
            // The frame and the angles say the same.
            let axis = found.anatomy.hip(side.unwrap()).acetabulum.unwrap().axis;
            let frame = frame(&found, &format!("pelvis_{posture}")).frame;
            let angles = coxa::anatomy::CupAngles::of_axis(&axis, &frame, side.unwrap());
            assert!((angles.anteversion_deg - seen).abs() < 1e-9, "{posture}: {} {seen}", angles.anteversion_deg);
        }
    }
    let table = value(&found, "pelvic_tilt_app", None);
    let supine = value(&found, "acetabular_anteversion_radiographic_supine", Some(Side::Left));
    let expected = tilted_anteversion(
        value(&found, "acetabular_inclination_radiographic", Some(Side::Left)),
        value(&found, "acetabular_anteversion_radiographic", Some(Side::Left)),
        table,
    );
    assert!((supine - expected).abs() < 0.2, "{supine} {expected}");
}

#[test]
fn slope_and_tilt_must_give_the_incidence() {
    let Some(bones) = subject("z023") else { return };
    let mut found = examine(&bones, None, &Silent).unwrap();
    let incidence = value(&found, "pelvic_incidence", None);
    let with = |slope, tilt| SagittalValues { sacral_slope_deg: Some(slope), spinopelvic_tilt_deg: Some(tilt), ..TILT };
    let error = found.add_posture(Posture::Standing, &with(38.0, incidence - 38.0 + 25.0)).unwrap_err();
    assert!(matches!(error, PostureError::Incidence { .. }));
    assert!(error.to_string().contains(&format!("{incidence:.1}°")) && error.to_string().contains("38.0°"), "{error}");
    found.add_posture(Posture::Standing, &with(38.0, incidence - 38.0 + 4.0)).unwrap();
    // Half of the 4° by which they disagree; the rest by the obliquity of the spines to the hips.
    assert!((value(&found, "sacral_slope_standing", None) - 36.0).abs() < 0.5);
    let mut refused = |values| found.add_posture(Posture::Sitting, &values).unwrap_err();
    assert!(matches!(refused(TILT), PostureError::Values { .. }));
    assert!(matches!(refused(SagittalValues { tilt_deg: Some(f64::NAN), ..TILT }), PostureError::Range { .. }));
    assert!(matches!(refused(SagittalValues { tilt_deg: Some(1.0), ..with(1.0, 2.0) }), PostureError::Values { .. }));
    let mut headless = examine(&bones, None, &Silent).unwrap();
    headless.landmarks = Default::default();
    let error = headless.add_posture(Posture::Sitting, &SagittalValues { tilt_deg: Some(1.0), ..TILT }).unwrap_err();
    assert!(matches!(error, PostureError::NotMeasured { .. }), "{error}");
}

#[test]
fn a_landmark_that_is_moved_takes_its_frame_along() {
    let Some(bones) = subject("z019") else { return };
    let found = examine(&bones, None, &Silent).unwrap();
    let mut moved = found.clone();
    let tubercles: Vec<Landmark> =
        Side::BOTH.iter().map(|side| found.landmarks.get(LandmarkName::PubicTubercle, *side).unwrap().clone()).collect();
    let app = frame(&found, "app").frame;
    for (side, mut tubercle) in Side::BOTH.into_iter().zip(tubercles) {
        // Turned about the line of the spines by 3°: the anterior pelvic plane turns with them.
        let turn = Rotation3::from_axis_angle(&app.right(), 3.0_f64.to_radians());
        tubercle.position = app.origin + turn * (tubercle.position - app.origin);
        moved.landmarks.insert(LandmarkName::PubicTubercle, side, tubercle);
    }
    moved.add_posture(Posture::Standing, &SagittalValues { tilt_deg: Some(0.0), ..TILT }).unwrap();
    let mut still = found.clone();
    still.add_posture(Posture::Standing, &SagittalValues { tilt_deg: Some(0.0), ..TILT }).unwrap();
    let turned =
        angle_between(&frame(&moved, "pelvis_standing").frame.rotation, &frame(&still, "pelvis_standing").frame.rotation);
    assert!((turned.to_degrees() - 3.0).abs() < 1e-6, "{}", turned.to_degrees());
}
