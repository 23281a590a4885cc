//! Osteotomies of femora that are tubes: cut surfaces, volumes, lengths and angles in closed form.

use super::plan::{Patient, planned};
use coxa::{
    anatomy::{Anatomy, Hip},
    frames::{AnatomicalFrame, Side},
    implants::{
        Catalogue,
        geometry::{Ellipse, loft},
    },
    labels::Label,
    mesh::TriMesh,
    plan::{
        Change, Correction, CutForm, Hinge, Osteotomy, OsteotomyChoice, Piece, PlanError, PlanSettings, Restore, alignment,
        contact, femur_pieces, first_plan,
    },
};
use nalgebra::{Isometry3, Point3, Rotation3, Vector3};
use std::{collections::BTreeMap, f64::consts::PI};

const OUTER_MM: f64 = 15.0;
const INNER_MM: f64 = 7.0;

/// A patient whose canal is a straight tube, and whose femur is one as well, of these semi-axes (frontal, sagittal).
fn tube(side: Side, semi: [f64; 2], known: bool) -> (Anatomy, TriMesh) {
    let mut anatomy = Patient { version_deg: 0.0, ..Patient::default() }.anatomy();
    let hip = match side {
        Side::Left => anatomy.left.as_mut().unwrap(),
        Side::Right => anatomy.right.as_mut().unwrap(),
    };
    let femur = hip.femur.as_mut().unwrap();
    if known {
        femur.canal.iter_mut().for_each(|section| section.inscribed_radius_mm = INNER_MM);
    } else {
        femur.canal.clear();
    }
    let axis = femur.shaft.point;
    let ring = |y: f64| Ellipse { centre: Point3::new(0.0, y, 0.0), semi_z_mm: semi[0], semi_x_mm: semi[1] };
    let rings: Vec<Ellipse> = (0..=40).map(|i| ring(40.0 - 10.0 * f64::from(i))).collect();
    let pose = Isometry3::from_parts(axis.coords.into(), nalgebra::UnitQuaternion::from_rotation_matrix(&upright()));
    (anatomy, loft(&rings, 360).transformed(&pose))
}

/// The turn that takes Y to z and Z to x.
fn upright() -> Rotation3<f64> {
    Rotation3::from_matrix_unchecked(nalgebra::Matrix3::from_columns(&[Vector3::y(), Vector3::z(), Vector3::x()]))
}

fn hip(anatomy: &Anatomy, side: Side) -> &Hip {
    anatomy.hip(side).unwrap()
}

fn laid(correction: Correction, anatomy: &Anatomy, side: Side, bone: &TriMesh) -> Osteotomy {
    Osteotomy::new(correction, hip(anatomy, side), Some(bone)).unwrap()
}

/// Area that two equal circles share.
fn lens(radius: f64, apart: f64) -> f64 {
    2.0 * radius.powi(2) * (apart / 2.0 / radius).acos() - apart / 2.0 * (4.0 * radius.powi(2) - apart.powi(2)).sqrt()
}

#[track_caller]
fn near(found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() < share, "{found} instead of {expected}");
}

#[test]
fn tubes_meet_in_the_area_of_the_closed_form() {
    let ring = PI * (OUTER_MM.powi(2) - INNER_MM.powi(2));
    for side in Side::BOTH {
        let (anatomy, bone) = tube(side, [OUTER_MM; 2], true);
        assert!(bone.is_watertight() && bone.volume_mm3() > 0.0);
        let straight = laid(Correction::shortening(25.0, 30.0), &anatomy, side, &bone);
        let found = contact(&straight, hip(&anatomy, side), &bone).unwrap();
        assert!(found.cortical);
        for area in [found.proximal_mm2, found.distal_mm2, found.contact_mm2] {
            near(area, ring, 0.005);
        }
        // Shifted across by hand: two rings.
        for apart in [2.0, 5.0, 7.5] {
            let shifted = Osteotomy { shift_mm: [0.6 * apart, 0.8 * apart], ..straight };
            let expected = lens(OUTER_MM, apart) - (2.0 * PI * INNER_MM.powi(2) - lens(INNER_MM, apart));
            let found = contact(&shifted, hip(&anatomy, side), &bone).unwrap();
            near(found.contact_mm2, expected, 0.005);
            near(found.share(), expected / ring, 0.005);
        }
        // Further than both rings reach.
        let away = contact(&Osteotomy { shift_mm: [40.0, 0.0], ..straight }, hip(&anatomy, side), &bone).unwrap();
        assert_eq!((away.contact_mm2, away.share()), (0.0, 0.0));
        // An oblique cut is larger by its slant, whichever way it rises.
        for towards_deg in [0.0, 75.0, 200.0] {
            let form = CutForm::Oblique { tilt_deg: 35.0, towards_deg };
            let oblique = laid(Correction { form, ..Correction::shortening(40.0, 20.0) }, &anatomy, side, &bone);
            let found = contact(&oblique, hip(&anatomy, side), &bone).unwrap();
            near(found.contact_mm2, ring / 35.0_f64.to_radians().cos(), 0.005);
        }
        let form = CutForm::Step { height_mm: 15.0, towards_deg: 90.0 };
        let step = laid(Correction { form, ..Correction::shortening(30.0, 25.0) }, &anatomy, side, &bone);
        near(contact(&step, hip(&anatomy, side), &bone).unwrap().contact_mm2, ring, 0.005);
    }
    // Without its canal the whole section counts.
    let (anatomy, bone) = tube(Side::Right, [OUTER_MM; 2], false);
    let found =
        contact(&laid(Correction::shortening(25.0, 30.0), &anatomy, Side::Right, &bone), hip(&anatomy, Side::Right), &bone);
    assert!(!found.unwrap().cortical);
    near(found.unwrap().contact_mm2, PI * OUTER_MM.powi(2), 0.005);
}

#[test]
fn ovals_turned_against_each_other_meet_in_the_area_of_the_closed_form() {
    let (a, b) = (17.0_f64, 12.0_f64);
    let (anatomy, bone) = tube(Side::Left, [a, b], false);
    for turn_deg in [10.0_f64, 30.0, 60.0, -45.0] {
        let asked = Correction { derotation_deg: turn_deg, ..Correction::shortening(25.0, 30.0) };
        let found = contact(&laid(asked, &anatomy, Side::Left, &bone), hip(&anatomy, Side::Left), &bone).unwrap();
        // Four equal sectors from the bisector of both long axes on, each bounded by the ellipse whose long axis is the further.
        let swept = |angle: f64| (a / b * angle.sin()).atan2(angle.cos());
        let from = turn_deg.abs().to_radians() / 2.0;
        let expected = 4.0 * a * b / 2.0 * (swept(from + PI / 2.0) - swept(from));
        near(found.contact_mm2, expected, 0.005);
        near(found.proximal_mm2, PI * a * b, 0.005);
    }
}

#[test]
fn what_is_taken_out_has_the_volume_of_the_closed_form_and_every_piece_is_closed() {
    let (radius, area) = (OUTER_MM, PI * OUTER_MM.powi(2));
    for side in Side::BOTH {
        let (anatomy, bone) = tube(side, [OUTER_MM; 2], true);
        let step = CutForm::Step { height_mm: 15.0, towards_deg: 30.0 };
        let oblique = CutForm::Oblique { tilt_deg: 30.0, towards_deg: 120.0 };
        let shortening = Correction::shortening(40.0, 30.0);
        let tilted = |valgus_deg, hinge| Correction { level_mm: 40.0, valgus_deg, hinge, ..Correction::default() };
        let slope = 18.0_f64.to_radians().tan();
        for (asked, removed) in [
            (shortening, area * 30.0),
            (Correction { form: oblique, ..shortening }, area * 30.0),
            (Correction { form: step, ..shortening }, area * 30.0),
            (Correction { derotation_deg: 25.0, ..shortening }, area * 30.0),
            // A wedge closed towards the hinge, one opened from it, and half of each about the middle.
            (tilted(18.0, Hinge::Medial), area * radius * slope),
            (tilted(18.0, Hinge::Lateral), 0.0),
            (tilted(18.0, Hinge::Axis), 2.0 / 3.0 * radius.powi(3) * slope),
            (tilted(-18.0, Hinge::Lateral), area * radius * slope),
        ] {
            let osteotomy = laid(asked, &anatomy, side, &bone);
            let pieces = osteotomy.pieces(&bone, side).unwrap();
            let sum = pieces.proximal.volume_mm3() + pieces.distal.volume_mm3() + pieces.removed.volume_mm3();
            near(sum, bone.volume_mm3(), 1e-4);
            assert!(
                (pieces.removed.volume_mm3() - removed).abs() < 0.005 * removed.max(100.0),
                "{asked:?}: {}",
                pieces.removed.volume_mm3()
            );
            for piece in [&pieces.proximal, &pieces.distal] {
                assert!(!piece.is_empty() && coxa::surface::components(piece).iter().all(TriMesh::is_watertight), "{asked:?}");
            }
            // Points tell the same pieces as planes.
            let motion = osteotomy.motion(side);
            let distal = pieces.distal.vertices.iter().map(|p| motion.inverse() * p);
            assert!(
                distal
                    .filter(|p| (osteotomy.motion(side) * p - osteotomy.frame.origin).norm() > 60.0)
                    .all(|p| osteotomy.piece(side, &p) == Piece::Distal)
            );
        }
        // What an opened wedge leaves apart does not meet; half of it does about the middle.
        let touching = |hinge| contact(&laid(tilted(18.0, hinge), &anatomy, side, &bone), hip(&anatomy, side), &bone).unwrap();
        assert!(touching(Hinge::Lateral).contact_mm2 < 1.0);
        // The canal of the tilted piece is the larger in the plane of the cut.
        let canal = PI * INNER_MM.powi(2) / 18.0_f64.to_radians().cos();
        near(touching(Hinge::Axis).contact_mm2, (area - canal) / 2.0, 0.005);
    }
}

#[test]
fn a_shortening_takes_its_length_from_the_leg_and_nothing_else() {
    let catalogue = Catalogue::shipped().unwrap();
    for side in Side::BOTH {
        let (anatomy, bone) = tube(side, [OUTER_MM; 2], true);
        let mut plan = planned(&anatomy, side);
        let before = plan.change(&catalogue, &anatomy).unwrap().unwrap();
        for length in [1.0, 17.5, 40.0] {
            plan.deformity.osteotomy = Some(laid(Correction::shortening(20.0, length), &anatomy, side, &bone));
            let after: Change = plan.change(&catalogue, &anatomy).unwrap().unwrap();
            assert!((after.leg_length_mm - before.leg_length_mm + length).abs() < 1e-9, "{after:?} {before:?}");
            assert!((after.offset_mm - before.offset_mm).abs() < 1e-9);
            let femur = hip(&anatomy, side).femur.as_ref().unwrap();
            assert!((plan.deformity.osteotomy.unwrap().shortens_leg_by_mm(side, femur) - length).abs() < 1e-9);
            let pieces = femur_pieces(&bone, &plan, &hip(&anatomy, side).head.centre).unwrap();
            let lowest = |mesh: &TriMesh| mesh.bounds().unwrap().0.z;
            assert!((lowest(&pieces.distal) - lowest(&bone) - length).abs() < 1e-9);
            // The reduction takes the head into the cup and turns nothing.
            let reduction = plan.reduction(&catalogue).unwrap().unwrap();
            assert!((reduction * plan.head_centre(&catalogue).unwrap().unwrap() - plan.cup.centre).norm() < 1e-9);
            assert!(reduction.rotation.angle() < 1e-12);
        }
        // Where the leg's axis leans 6° from the shaft, a millimetre of the shaft is cos 6° of the leg.
        let mut leaning = anatomy.clone();
        let of_side = if side == Side::Left { leaning.left.as_mut() } else { leaning.right.as_mut() };
        let femur = of_side.unwrap().femur.as_mut().unwrap();
        let lean = Rotation3::from_axis_angle(&Vector3::y_axis(), 6.0_f64.to_radians());
        femur.frame = AnatomicalFrame { rotation: lean * femur.frame.rotation, ..femur.frame };
        let osteotomy = laid(Correction::shortening(20.0, 30.0), &leaning, side, &bone);
        let femur = hip(&leaning, side).femur.as_ref().unwrap();
        assert!((osteotomy.shortens_leg_by_mm(side, femur) - 30.0 * 6.0_f64.to_radians().cos()).abs() < 1e-9);
    }
}

#[test]
fn corrections_turn_the_femur_by_exactly_their_angles() {
    for side in Side::BOTH {
        let (mut anatomy, bone) = tube(side, [OUTER_MM; 2], true);
        let of_side = if side == Side::Left { anatomy.left.as_mut() } else { anatomy.right.as_mut() };
        of_side.unwrap().femur.as_mut().unwrap().version_murphy_deg = Some(31.0);
        let hip = hip(&anatomy, side);
        let native = hip.femur.as_ref().unwrap().neck_shaft_angle_deg;
        let of = |asked: Correction| {
            let osteotomy = Osteotomy::new(asked, hip, Some(&bone)).unwrap();
            let head = osteotomy.motion(side).inverse() * hip.head.centre;
            let knee = hip.head.centre - Vector3::z() * 400.0;
            let ankle = knee - Vector3::z() * 380.0;
            (alignment(&osteotomy, hip, &head, Some(&knee), Some(&ankle)).unwrap(), head)
        };
        // The made-up neck lies in the frontal plane: valgus adds to the angle between neck and shaft.
        for valgus_deg in [-20.0, -7.5, 12.0, 25.0] {
            for hinge in [Hinge::Axis, Hinge::Medial, Hinge::Lateral] {
                let (found, head) = of(Correction { level_mm: 10.0, valgus_deg, hinge, ..Correction::default() });
                assert!((found.neck_shaft_angle_deg[0] - native).abs() < 1e-6);
                assert!((found.neck_shaft_angle_deg[1] - native - valgus_deg).abs() < 1e-6, "{found:?}");
                assert!(found.version_change_deg.abs() < 1e-9);
                // The head goes about the hinge: laterally with valgus, and so does the mechanical axis.
                let lateral = (head - hip.head.centre).x * side.lps_sign();
                let up = 400.0 + (head - hip.head.centre).z;
                let mechanical = found.mechanical.unwrap();
                assert!((mechanical.hip_knee_ankle_change_deg - lateral.atan2(up).to_degrees()).abs() < 1e-9);
                assert_eq!(mechanical.hip_knee_ankle_change_deg > 0.0, valgus_deg > 0.0);
                let [before, after] = mechanical.knee_medial_of_axis_mm.unwrap();
                let expected = 380.0 * lateral / lateral.hypot(up + 380.0);
                assert!(before.abs() < 1e-9 && (after - expected).abs() < 1e-9, "{after} {expected}");
                assert!(!mechanical.estimated);
            }
        }
        for derotation_deg in [-15.0, 8.0, 30.0] {
            let (found, _) = of(Correction { derotation_deg, ..Correction::shortening(20.0, 10.0) });
            assert!((found.version_change_deg + derotation_deg).abs() < 1e-9, "{side}: {found:?}");
            assert!((found.version_deg.unwrap()[1] - 31.0 + derotation_deg).abs() < 1e-9);
            assert!((found.neck_shaft_angle_deg[1] - native).abs() < 1e-6);
        }
        // Flexion of the distal piece: it points forwards by exactly that.
        let flexed =
            Osteotomy::new(Correction { level_mm: 10.0, flexion_deg: 14.0, ..Correction::default() }, hip, Some(&bone)).unwrap();
        let down = flexed.motion(side) * -Vector3::z();
        assert!((down.y.atan2(-down.z).to_degrees() + 14.0).abs() < 1e-9 && down.x.abs() < 1e-12, "{down}");
    }
}

#[test]
fn a_left_femur_is_cut_as_the_right_one_it_mirrors() {
    let mirror = |p: &Point3<f64>| Point3::new(-p.x, p.y, p.z);
    let asked = Correction {
        level_mm: 22.0,
        shortening_mm: 31.0,
        derotation_deg: 17.0,
        valgus_deg: 9.0,
        flexion_deg: -6.0,
        hinge: Hinge::Medial,
        form: CutForm::Oblique { tilt_deg: 25.0, towards_deg: 60.0 },
    };
    let of = |side| {
        let (anatomy, bone) = tube(side, [17.0, 13.0], true);
        let osteotomy = laid(asked, &anatomy, side, &bone);
        (osteotomy.motion(side), osteotomy.pieces(&bone, side).unwrap(), contact(&osteotomy, hip(&anatomy, side), &bone).unwrap())
    };
    let ((left, left_pieces, left_contact), (right, right_pieces, right_contact)) = (of(Side::Left), of(Side::Right));
    for p in [Point3::new(-120.0, 3.0, -90.0), Point3::new(-140.0, -20.0, -300.0)] {
        assert!((left * mirror(&p) - mirror(&(right * p))).norm() < 1e-9);
    }
    near(left_pieces.removed.volume_mm3(), right_pieces.removed.volume_mm3(), 1e-3);
    near(left_pieces.distal.volume_mm3(), right_pieces.distal.volume_mm3(), 1e-4);
    near(left_contact.contact_mm2, right_contact.contact_mm2, 1e-3);
}

#[test]
fn a_plan_with_a_typed_osteotomy_bridges_it_and_says_what_it_is() {
    let catalogue = Catalogue::shipped().unwrap();
    let (anatomy, bone) = tube(Side::Right, [OUTER_MM + 2.0; 2], false);
    let (mut anatomy, bones) = (anatomy, BTreeMap::from([(Label::FemurRight, bone)]));
    let femur = anatomy.right.as_mut().unwrap().femur.as_mut().unwrap();
    femur.canal = Patient::default().anatomy().right.unwrap().femur.unwrap().canal;
    for section in &mut femur.canal {
        // The canal of the tube's place: version 0.
        section.centre = Point3::new(femur.shaft.point.x, femur.shaft.point.y, section.centre.z);
    }
    let plan = |osteotomy, restore| {
        let settings = PlanSettings { osteotomy, restore, ..PlanSettings::default() };
        first_plan(&anatomy, &catalogue, Side::Right, &bones, &settings)
    };
    let uncut = plan(OsteotomyChoice::Never, Restore::AsScanned).unwrap();
    let cut = plan(OsteotomyChoice::Typed(Correction::shortening(30.0, 30.0)), Restore::AsScanned).unwrap();
    let (before, after) = (uncut.leg_length_change_mm.unwrap(), cut.leg_length_change_mm.unwrap());
    assert!((after - before + 30.0).abs() < 4.0, "{before} {after}");
    let junction = cut.deformity.junction.unwrap();
    assert!(junction.bridging_mm >= junction.bridging_asked_mm, "{junction:?}");
    // Two diameters of the canal 60 mm below the trochanter: its radius is 10.5 − 0.04 · 40.
    near(junction.bridging_asked_mm, 4.0 * (10.5 - 0.04 * 40.0), 1e-6);
    assert!(junction.above.unwrap().clearance_mm > 0.0 && junction.below.unwrap().clearance_mm > 0.0, "{junction:?}");
    let tip = cut.stem.as_ref().unwrap().pose * Point3::new(0.0, -cut.chosen(&catalogue).unwrap().stem.unwrap().0.tip_mm(), 0.0);
    assert!((junction.bridging_mm - (-50.0 - 30.0 - tip.z)).abs() < 0.2, "{junction:?} {tip}");
    let told = |key: &str| cut.findings.iter().find(|finding| finding.key == key).map(|finding| finding.text.clone());
    assert!(told("finding-osteotomy").unwrap().contains("30 mm below the lesser trochanter and 30 mm are taken out"));
    // A head that stands 70 mm above its socket: the femur is shortened until the leg becomes 40 mm longer, and that is said.
    let mut high = anatomy.clone();
    high.right.as_mut().unwrap().acetabulum.sphere.centre.z -= 70.0;
    let longer = first_plan(&high, &catalogue, Side::Right, &bones, &PlanSettings::default()).unwrap();
    let length = longer.deformity.osteotomy.unwrap().correction.shortening_mm;
    let change = longer.leg_length_change_mm.unwrap();
    assert!((28.0..=33.0).contains(&length) && (37.0..=40.0).contains(&change), "{length} {change}");
    let keys: Vec<&str> = longer.findings.iter().map(|finding| finding.key.as_str()).collect();
    assert!(keys.contains(&"finding-osteotomy-proposed") && !keys.contains(&"finding-nerve"), "{keys:?}");
    // Not cut, it is said by how much it should be; cut too little, by how much more.
    let with = |osteotomy| {
        let settings = PlanSettings { osteotomy, ..PlanSettings::default() };
        let plan = first_plan(&high, &catalogue, Side::Right, &bones, &settings).unwrap();
        let nerve = plan.findings.iter().find(|finding| finding.key.starts_with("finding-nerve")).unwrap();
        let beyond = (plan.leg_length_change_mm.unwrap() - 40.0).ceil();
        assert_eq!(nerve.values["shortening"], format!("{beyond:.0}"));
        nerve.key.clone()
    };
    assert_eq!(with(OsteotomyChoice::Never), "finding-nerve");
    assert_eq!(with(OsteotomyChoice::Typed(Correction::shortening(30.0, 10.0))), "finding-nerve-shortened");
    // What cannot be is refused with the reason.
    let refused = |correction| plan(OsteotomyChoice::Typed(correction), Restore::AsScanned).unwrap_err();
    let error = refused(Correction::shortening(20.0, 95.0));
    assert!(matches!(error, PlanError::Osteotomy { .. }) && error.to_string().contains("shortening_mm is 95"), "{error}");
    let beyond = refused(Correction { level_mm: 200.0, ..Correction::shortening(200.0, 80.0) }).to_string();
    assert!(beyond.contains("the scan ends above the cut"), "{beyond}");
}
