//! What is told of a plan against answers that are known in closed form.

use super::plan::Patient;
use crate::support::shapes::{cuboid, sphere};
use coxa::{
    anatomy::{Along, Anatomy, CupAngles, Hip},
    frames::{AnatomicalFrame, Side},
    implants::{Catalogue, OffsetOption, Stem, StemSection, geometry::revolve},
    labels::Label,
    mesh::TriMesh,
    plan::{
        CupPlacement, Plan, PlanSettings, ResectionPlane, Spread, StemPlacement,
        assessment::{Assessment, Detail, Prepared, Quadrant},
    },
    volume::{Grid, Volume},
};
use nalgebra::{Isometry3, Point3, Rotation3, Translation3, Unit, UnitQuaternion, Vector3};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::BTreeMap,
    f64::consts::{PI, TAU},
};

/// Hips without pelvic tilt, 90 mm from the midline, the neck in the frontal plane, and knees that tell the version.
pub fn patient() -> Anatomy {
    let mut anatomy = Patient { tilt_deg: 0.0, version_deg: 0.0, ..Patient::default() }.anatomy();
    for hip in [&mut anatomy.left, &mut anatomy.right].into_iter().flatten() {
        hip.femur.as_mut().unwrap().knee_in_scan = true;
    }
    anatomy
}

fn hip_mut(anatomy: &mut Anatomy, side: Side) -> &mut Hip {
    if side == Side::Left { anatomy.left.as_mut().unwrap() } else { anatomy.right.as_mut().unwrap() }
}

/// A plan with a cup of the shipped catalogue and no stem.
pub fn cup_plan(anatomy: &Anatomy, side: Side, cup: &str, angles: CupAngles) -> Plan {
    Plan {
        format_version: Plan::FORMAT_VERSION,
        number: 1,
        side,
        catalogue: String::new(),
        catalogue_sha256: String::new(),
        cup: CupPlacement {
            cup: cup.into(),
            centre: Point3::new(90.0 * side.lps_sign(), 0.0, 0.0),
            axis: angles.axis(&anatomy.pelvis.app, side),
            liner: None,
            bone_coverage: None,
        },
        stem: None,
        leg_length_change_mm: None,
        offset_change_mm: None,
        terms: Vec::new(),
        runners_up: Vec::new(),
        aim: None,
        revision_of: None,
        deformity: Default::default(),
        findings: Vec::new(),
        overrides: Vec::new(),
        review: None,
        approval: None,
    }
}

pub const ANGLES: CupAngles = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };

pub fn told(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy, hip_bone: Option<TriMesh>, ct: Option<&Volume>) -> Assessment {
    told_by(plan, catalogue, anatomy, hip_bone, ct, &PlanSettings::default())
}

fn told_by(
    plan: &Plan,
    catalogue: &Catalogue,
    anatomy: &Anatomy,
    hip_bone: Option<TriMesh>,
    ct: Option<&Volume>,
    settings: &PlanSettings,
) -> Assessment {
    let bones: BTreeMap<Label, TriMesh> = hip_bone.into_iter().map(|mesh| (Label::hip(plan.side), mesh)).collect();
    let prepared = Prepared::new(anatomy, plan.side, &bones, settings).unwrap();
    prepared.assess(plan, catalogue, ct, Detail::Maps).unwrap()
}

pub fn value(found: &Assessment, key: &str) -> f64 {
    found.value(key).unwrap_or_else(|| panic!("{key} is not told"))
}

/// A direction by the clock face about a cup's axis, written down once more from its definition: LPS.
pub fn by_clock(angles: &CupAngles, side: Side, hour: f64, from_pole_deg: f64) -> Vector3<f64> {
    let axis = angles.right_hip_axis().into_inner();
    let twelve = (Vector3::y() - axis * axis.y).normalize();
    let three = twelve.cross(&axis);
    let (sin, cos) = (hour / 12.0 * TAU).sin_cos();
    let (out, down) = from_pole_deg.to_radians().sin_cos();
    let seen = (twelve * cos + three * sin) * out - axis * down;
    // X anterior, Y superior, Z lateral of a hip whose pelvis lies square.
    Vector3::new(seen.z * side.lps_sign(), -seen.x, seen.y)
}

/// Bone between two distances medial of the cup's centre, wide and high as the reach of what is asked.
pub fn medial_slab(side: Side, from_mm: f64, to_mm: f64, half_mm: f64) -> TriMesh {
    let medial = -side.lps_sign();
    let x = [from_mm, to_mm].map(|mm| 90.0 * side.lps_sign() + medial * mm);
    cuboid(Point3::new(x[0].min(x[1]), -half_mm, -half_mm), Point3::new(x[0].max(x[1]), half_mm, half_mm))
}

#[test]
fn a_half_space_covers_the_cup_as_the_closed_form_says_all_round_the_clock() {
    let (anatomy, catalogue) = (patient(), Catalogue::shipped().unwrap());
    for side in Side::BOTH {
        for (inclination_deg, anteversion_deg) in [(40.0, 15.0), (30.0, 5.0), (50.0, 25.0)] {
            let angles = CupAngles { inclination_deg, anteversion_deg };
            let plan = cup_plan(&anatomy, side, "cup-hemi-52", angles);
            let found = told(&plan, &catalogue, &anatomy, Some(medial_slab(side, 0.0, 60.0, 60.0)), None);
            let expected = 100.0 * (90.0 + angles.operative_deg().0) / 180.0;
            let coverage = value(&found, "cup_coverage");
            assert!((coverage - expected).abs() < 0.2, "{side} {angles:?}: {coverage} for {expected}");
            let medial = Vector3::x() * -side.lps_sign();
            let axis = plan.cup.axis.dot(&medial).abs();
            // From the rim inwards the first covered direction of an hour lies in the plane.
            let edge_deg = |hour: f64| (-by_clock(&angles, side, hour, 90.0).dot(&medial) / axis).max(0.0).atan().to_degrees();
            let cup = found.cup.as_ref().unwrap();
            assert_eq!(cup.hours.iter().map(|hour| hour.hour).collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
            for at in &cup.hours {
                let hour = f64::from(at.hour);
                assert!(
                    (at.uncovered_deg - edge_deg(hour)).abs() < 0.05,
                    "{side} {hour}: {} for {}",
                    at.uncovered_deg,
                    edge_deg(hour)
                );
                assert!((at.overhang_mm - 26.0 * at.uncovered_deg.to_radians()).abs() < 1e-9);
                let sector = (0..200).map(|i| 1.0 - edge_deg(hour - 0.5 + (f64::from(i) + 0.5) / 200.0).to_radians().sin());
                let share = 100.0 * sector.sum::<f64>() / 200.0;
                assert!((at.covered_percent - share).abs() < 1.5, "{side} {hour}: {} % for {share} %", at.covered_percent);
            }
            let worst = (0..=10).map(|step| 1.5 + 0.25 * f64::from(step)).map(edge_deg).fold(0.0, f64::max);
            assert!((value(&found, "cup_overhang_anterior") - 26.0 * worst.to_radians()).abs() < 0.03);
            let map = cup.map.as_ref().unwrap();
            for (row, from_pole) in map.from_pole_deg.iter().enumerate() {
                for (column, hour) in map.hours.iter().enumerate() {
                    let (cell, towards) = (map.at(row, column).unwrap(), by_clock(&angles, side, *hour, *from_pole));
                    let into = towards.dot(&medial);
                    if into.abs() < 1e-6 {
                        continue;
                    }
                    assert_eq!(cell.covered, into > 0.0, "{side} {hour} {from_pole}");
                    // The ray leaves the block through its nearest face, or ends where bone is no longer looked for.
                    let end = (60.0 / into).min(60.0 / towards.y.abs()).min(60.0 / towards.z.abs()).min(75.0);
                    let (gap, depth) = if into > 0.0 { (Some(-26.0), end - 26.0) } else { (None, 0.0) };
                    assert!((cell.depth_mm - depth).abs() < 1e-6, "{side} {hour} {from_pole}: {cell:?} for {depth}");
                    assert!(
                        cell.gap_mm.zip(gap).is_none_or(|(a, b)| (a - b).abs() < 1e-6) && cell.gap_mm.is_some() == gap.is_some()
                    );
                }
            }
        }
    }
}

/// Bone between two spheres about the right hip's centre.
fn shell(inner: f64, outer: f64, n: u32) -> TriMesh {
    let centre = Point3::new(-90.0, 0.0, 0.0);
    let mut hole = sphere(centre, inner, n);
    hole.triangles.iter_mut().for_each(|triangle| triangle.swap(0, 1));
    let mut mesh = sphere(centre, outer, n);
    mesh.append(&hole);
    mesh
}

#[test]
fn a_spherical_shell_is_reamed_as_deep_as_the_closed_form_says() {
    let (anatomy, catalogue) = (patient(), Catalogue::shipped().unwrap());
    let plan = cup_plan(&anatomy, Side::Right, "cup-hemi-52", ANGLES);
    let found = told(&plan, &catalogue, &anatomy, Some(shell(24.0, 31.0, 120)), None);
    for (key, expected, bound) in [
        ("reaming_depth_axial", 2.0, 0.02),
        ("reaming_depth_medial", 2.0, 0.02),
        ("cup_wall_medial", 5.0, 0.02),
        ("cup_wall_anterior", 5.0, 0.02),
        ("cup_wall_posterior", 5.0, 0.02),
        ("reamed_bone", 2.0 * PI / 3.0 * (26.0_f64.powi(3) - 24.0_f64.powi(3)) / 1000.0, 0.01),
        ("cup_coverage", 100.0, 1e-9),
        ("cup_overhang_anterior", 0.0, 1e-9),
    ] {
        assert!((value(&found, key) - expected).abs() < bound, "{key}: {} for {expected}", value(&found, key));
    }
    // Before the opening: a cylinder of the cup's radius through the shell, its first 30 mm.
    let height = |rho: f64| (31.0_f64.powi(2) - rho * rho).sqrt().min(30.0) - (24.0_f64.powi(2) - rho * rho).max(0.0).sqrt();
    let rim = (0..20_000).map(|i| (f64::from(i) + 0.5) * 26.0 / 20_000.0).map(|rho| TAU * rho * height(rho) * 26.0 / 20_000.0);
    let rim = rim.sum::<f64>() / 1000.0;
    assert!((value(&found, "reamed_rim") / rim - 1.0).abs() < 0.01, "{} for {rim}", value(&found, "reamed_rim"));
    // A smaller cup does not reach the bone.
    let plan = cup_plan(&anatomy, Side::Right, "cup-hemi-46", ANGLES);
    let found = told(&plan, &catalogue, &anatomy, Some(shell(24.0, 31.0, 120)), None);
    assert!((value(&found, "reaming_depth_axial") + 1.0).abs() < 0.02 && value(&found, "reamed_bone") == 0.0);
    // A wall of 1 mm is warned of, one of 5 mm is not.
    let warned = |outer: f64| {
        let found = told(
            &cup_plan(&anatomy, Side::Right, "cup-hemi-52", ANGLES),
            &catalogue,
            &anatomy,
            Some(shell(24.0, outer, 60)),
            None,
        );
        found.findings.iter().any(|finding| finding.key == "finding-cup-wall-thin")
    };
    assert!(warned(27.0) && !warned(31.0));
}

#[test]
fn screws_in_a_slab_find_its_thickness_over_the_cosine() {
    let (anatomy, catalogue) = (patient(), Catalogue::shipped().unwrap());
    for side in Side::BOTH {
        let plan = cup_plan(&anatomy, side, "cup-hemi-52", ANGLES);
        let found = told(&plan, &catalogue, &anatomy, Some(medial_slab(side, 2.0, 45.0, 200.0)), None);
        let screws = found.cup.unwrap().screws;
        let holes = screws.len();
        assert!(holes >= 3 && holes == catalogue.cup("cup-hemi-52").unwrap().screw_holes.len(), "{holes} holes");
        let mut reached = 0;
        for screw in screws {
            let direction = by_clock(&ANGLES, side, screw.hole.hour, screw.hole.from_pole_deg);
            assert!((screw.direction - direction).norm() < 1e-9, "{side} {:?}", screw.hole);
            let cosine = direction.x * -side.lps_sign();
            let gap = (2.0 / cosine - 26.0).max(0.0);
            // Bone is looked for up to 75 mm from the centre.
            let expected = if cosine > 0.0 && gap <= 6.0 { (45.0 / cosine).min(75.0) - 26.0 - gap } else { 0.0 };
            assert!((screw.bone.value - expected).abs() < 1e-6, "{side} {:?}: {} for {expected}", screw.hole, screw.bone.value);
            assert!(screw.gap_mm.is_none_or(|found| (found - gap).abs() < 1e-6));
            reached += usize::from(screw.bone.value > 0.0);
        }
        assert!(2 * reached >= holes, "{reached} of {holes}");
    }
}

#[test]
fn directions_have_their_quadrants() {
    let (axis, spine) = (Vector3::z(), Vector3::new(0.0, 80.0, 20.0));
    for (x, y, expected) in [
        (1.0, 1.0, Quadrant::AnteriorSuperior),
        (1.0, -1.0, Quadrant::AnteriorInferior),
        (-1.0, 1.0, Quadrant::PosteriorSuperior),
        (-1.0, -1.0, Quadrant::PosteriorInferior),
    ] {
        assert_eq!(Quadrant::of(&Vector3::new(x, y, -1.0), &spine, &axis), expected);
    }
    // With the spine at 1 o'clock what points to 12:30 lies behind the line, what points to 1:30 before it.
    let at = |hour: f64| Vector3::new((hour / 12.0 * TAU).sin(), (hour / 12.0 * TAU).cos(), 0.0);
    assert_eq!(Quadrant::of(&at(0.5), &at(1.0), &axis), Quadrant::PosteriorSuperior);
    assert_eq!(Quadrant::of(&at(1.5), &at(1.0), &axis), Quadrant::AnteriorSuperior);
    assert_eq!(Quadrant::of(&at(4.5), &at(1.0), &axis), Quadrant::AnteriorInferior);
    assert_eq!(Quadrant::of(&at(9.5), &at(1.0), &axis), Quadrant::PosteriorInferior);
}

#[test]
fn a_left_hip_is_told_as_the_right_one_that_it_mirrors() {
    let (anatomy, catalogue) = (patient(), with_stem(cylinder(12.0, 10.0)));
    let [left, right] = Side::BOTH.map(|side| {
        // Neither symmetric to the cup nor to the planes.
        let mut bone = medial_slab(side, 4.0, 40.0, 60.0);
        bone.append(&cuboid(Point3::new(-10.0, 12.0, 30.0), Point3::new(10.0, 25.0, 45.0)).mirrored_to(side));
        let mut plan = cup_plan(&anatomy, side, "cup-hemi-52", ANGLES);
        plan.cup.centre += Vector3::new(1.0 * side.lps_sign(), 2.0, 3.0);
        plan.stem = Some(posed(&anatomy, &catalogue, side, [1.5, 2.0, 12.0]));
        told(&plan, &catalogue, &anatomy, Some(bone), None)
    });
    assert_eq!(left.numbers.len(), right.numbers.len());
    for (a, b) in left.numbers.iter().zip(&right.numbers) {
        assert_eq!(a.quantity.key, b.quantity.key);
        assert!(
            (a.value - b.value).abs() < 1e-9 && (a.sd - b.sd).abs() < 1e-9,
            "{}: {} and {}",
            a.quantity.key,
            a.value,
            b.value
        );
    }
    let ([a, b], [c, d]) =
        ([&left.cup, &right.cup].map(|cup| cup.as_ref().unwrap()), [&left.stem, &right.stem].map(|stem| stem.as_ref().unwrap()));
    for (a, b) in a.screws.iter().zip(&b.screws) {
        assert_eq!(a.quadrant, b.quadrant);
        assert!((a.bone.value - b.bone.value).abs() < 1e-9 && (a.direction.x + b.direction.x).abs() < 1e-9);
    }
    for (a, b) in a.map.as_ref().unwrap().cells.iter().zip(&b.map.as_ref().unwrap().cells) {
        assert!((a.depth_mm - b.depth_mm).abs() < 1e-9 && a.covered == b.covered);
    }
    for (a, b) in c.map.as_ref().unwrap().cells.iter().zip(&d.map.as_ref().unwrap().cells) {
        assert!(a.is_some() == b.is_some() && a.zip(*b).is_none_or(|(a, b)| (a.gap_mm - b.gap_mm).abs() < 1e-9));
    }
}

trait Mirrored {
    fn mirrored_to(self, side: Side) -> Self;
}

impl Mirrored for TriMesh {
    /// About a hip's centre; as it is for the right one.
    fn mirrored_to(self, side: Side) -> Self {
        let seen = if side == Side::Left { self.mirrored_x() } else { self };
        seen.transformed(&Isometry3::translation(90.0 * side.lps_sign(), 0.0, 0.0))
    }
}

/// A straight stem of one elliptical section from 20 mm above its origin to 120 mm below.
fn cylinder(width_mm: f64, depth_mm: f64) -> Stem {
    let section = |distal_mm| StemSection { distal_mm, width_mm, depth_mm, medial_shift_mm: 0.0 };
    Stem {
        id: "cylinder".into(),
        size: 1,
        offset_option: OffsetOption::Standard,
        neck_shaft_angle_deg: 132.0,
        neck_length_mm: 50.0,
        neck_diameter_mm: 12.0,
        resection_mm: 15.0,
        sections: vec![section(-20.0), section(120.0)],
        ..Stem::default()
    }
}

fn with_stem(stem: Stem) -> Catalogue {
    Catalogue { stems: vec![stem], ..Catalogue::shipped().unwrap() }
}

/// The stem on the shaft axis with its origin 20 mm above the lesser trochanter: varus, tip anterior and anteversion in degrees.
fn posed(anatomy: &Anatomy, catalogue: &Catalogue, side: Side, [varus, tip_anterior, version]: [f64; 3]) -> StemPlacement {
    let femur = anatomy.hip(side).unwrap().femur.as_ref().unwrap();
    let stem = &catalogue.stems[0];
    // In the frame of a right femur (X anterior, Y proximal, Z lateral), then mirrored for a left one.
    let (varus, tip_anterior) = (f64::tan(f64::to_radians(varus)), f64::tan(f64::to_radians(tip_anterior)));
    let proximal = Vector3::new(-tip_anterior, 1.0, -varus).normalize();
    let (sin, cos) = f64::to_radians(version).sin_cos();
    let medial = Vector3::new(sin, 0.0, -cos);
    let lateral = -(medial - proximal * medial.dot(&proximal)).normalize();
    let axes = nalgebra::Matrix3::from_columns(&[proximal.cross(&lateral), proximal, lateral]);
    let right = Rotation3::from_matrix_unchecked(axes);
    let frame = AnatomicalFrame::scanner(Point3::origin());
    // A left stem is mirrored in Z before it is placed, and so are the directions.
    let mirror = nalgebra::Matrix3::from_diagonal(&Vector3::new(1.0, 1.0, -side.lps_sign()));
    let turn = Rotation3::from_matrix_unchecked(frame.rotation.matrix() * mirror * right.matrix() * mirror);
    let origin = Point3::new(femur.shaft.point.x, femur.shaft.point.y, -30.0);
    let pose = Isometry3::from_parts(Translation3::from(origin), UnitQuaternion::from_rotation_matrix(&turn));
    let mut placed = StemPlacement {
        stem: stem.id.clone(),
        head: "head-36+0".into(),
        pose,
        resection: ResectionPlane { point: origin, normal: Vector3::z_axis() },
        estimated: false,
    };
    placed.resection = ResectionPlane {
        point: placed.lps_point(side, &Point3::from(stem.towards_head() * stem.resection_mm)),
        normal: Unit::new_normalize(placed.lps_vector(side, &stem.towards_head())),
    };
    placed
}

/// A canal of one radius in a bone of another.
fn tube(anatomy: &mut Anatomy, side: Side, inner_mm: f64, outer_mm: f64) {
    for section in &mut hip_mut(anatomy, side).femur.as_mut().unwrap().canal {
        (section.inscribed_radius_mm, section.outer_radius_mm) = (inner_mm, outer_mm);
    }
}

#[test]
fn a_stem_in_a_tube_fills_and_touches_it_as_the_radii_say() {
    for side in Side::BOTH {
        let (mut anatomy, catalogue) = (patient(), with_stem(cylinder(12.0, 10.0)));
        tube(&mut anatomy, side, 8.0, 13.0);
        let mut plan = cup_plan(&anatomy, side, "cup-hemi-52", ANGLES);
        plan.stem = Some(posed(&anatomy, &catalogue, side, [0.0; 3]));
        let found = told(&plan, &catalogue, &anatomy, None, None);
        let stem = found.stem.as_ref().unwrap();
        // From the lesser trochanter, where the canal begins, to the tip 100 mm below it.
        assert_eq!(
            stem.levels.iter().map(|level| level.level_mm).collect::<Vec<_>>(),
            (0..=10).map(|i| f64::from(i) * 10.0).collect::<Vec<_>>()
        );
        for level in &stem.levels {
            assert!(
                (level.frontal_percent[0] - 75.0).abs() < 1e-6 && (level.sagittal_percent[0] - 62.5).abs() < 1e-6,
                "{level:?}"
            );
            assert!((level.area_percent[0] - 100.0 * 30.0 / 64.0).abs() < 1e-6, "{level:?}");
            assert!((level.frontal_mm[1] - 16.0).abs() < 1e-9 && (level.frontal_mm[0] - 12.0).abs() < 1e-9, "{level:?}");
        }
        for (key, expected) in [
            ("stem_fill_frontal", 75.0),
            ("stem_clearance_least", 2.0),
            ("stem_cortex_least", 7.0),
            ("stem_contact", 0.0),
            ("cortical_index_100", 5.0 / 13.0),
        ] {
            // Borders are polygons of 72 corners, whose sides lie up to 0.013 mm inside a circle of 13 mm.
            assert!((value(&found, key) - expected).abs() < 0.013, "{key}: {} for {expected}", value(&found, key));
        }
        // Both warnings of a thin cortex with little fill, and not the plain one.
        let keys: Vec<_> = found.findings.iter().map(|finding| finding.key.as_str()).collect();
        assert!(keys.contains(&"finding-stem-fracture") && keys.contains(&"finding-stem-subsidence-thin"), "{keys:?}");
        // 1.7 mm laterally: it touches where the gap to the circle is half a millimetre at most, and the cortex is thinnest laterally.
        let placed = plan.stem.as_mut().unwrap();
        placed.pose.translation.vector.x += 1.7 * side.lps_sign();
        let found = told(&plan, &catalogue, &anatomy, None, None);
        let map = found.stem.as_ref().unwrap().map.as_ref().unwrap();
        let (mut touching, mut all) = (0.0, 0.0);
        for (row, level) in map.level_mm.iter().enumerate() {
            for (column, turn) in map.turn_deg.iter().enumerate() {
                let (sin, cos) = turn.to_radians().sin_cos();
                let gap = 8.0 - (6.0 * cos + 1.7).hypot(5.0 * sin);
                let cell = map.at(row, column);
                assert_eq!(cell.is_some(), *level > -0.3, "{level}");
                let Some(cell) = cell else { continue };
                assert!((cell.gap_mm - gap).abs() < 0.009, "{turn}: {} for {gap}", cell.gap_mm);
                assert!((cell.cortex_mm.unwrap() - gap - 5.0).abs() < 0.015);
                let around = |turn: f64| (12.0 / 2.0 * turn.to_radians().cos(), 10.0 / 2.0 * turn.to_radians().sin());
                let ((a, b), (c, d)) = (around(turn + 10.0), around(turn - 10.0));
                let length = (a - c).hypot(b - d);
                all += length;
                touching += if gap <= 0.5 { length } else { 0.0 };
            }
        }
        assert!((value(&found, "stem_contact") - 100.0 * touching / all).abs() < 1e-6 && touching > 0.0);
        assert!(
            (value(&found, "stem_clearance_least") - 0.3).abs() < 0.009
                && (value(&found, "stem_cortex_least") - 5.3).abs() < 0.02
        );
        assert_eq!(found.stem.as_ref().unwrap().thinnest.unwrap()[1], 0.0, "laterally");
    }
}

#[test]
fn a_leaning_stem_has_the_outline_of_its_cut() {
    // A cylinder that leans by 4° in the frontal plane is cut in an ellipse 1/cos 4° wide, and its centre wanders by tan 4°.
    let (mut anatomy, catalogue) = (patient(), with_stem(cylinder(10.0, 10.0)));
    tube(&mut anatomy, Side::Right, 16.0, 20.0);
    let mut plan = cup_plan(&anatomy, Side::Right, "cup-hemi-52", ANGLES);
    plan.stem = Some(posed(&anatomy, &catalogue, Side::Right, [4.0, 0.0, 0.0]));
    let found = told(&plan, &catalogue, &anatomy, None, None);
    for level in &found.stem.as_ref().unwrap().levels {
        assert!((level.frontal_mm[0] - 10.0 / 4.0_f64.to_radians().cos()).abs() < 1e-6, "{level:?}");
        assert!((level.sagittal_mm[0] - 10.0).abs() < 1e-6, "{level:?}");
    }
    // At the level of the last row the axis lies 120 mm · sin 4° aside.
    let aside = 120.0 * 4.0_f64.to_radians().sin();
    let expected = 16.0 - aside - 5.0;
    assert!(
        (value(&found, "stem_clearance_least") - expected).abs() < 0.1,
        "{} {expected}",
        value(&found, "stem_clearance_least")
    );
}

#[test]
fn a_stem_has_the_version_and_the_lean_that_it_was_given() {
    let (anatomy, catalogue) = (patient(), with_stem(cylinder(10.0, 10.0)));
    for side in Side::BOTH {
        for [varus, tip_anterior, version] in
            [[0.0, 0.0, 0.0], [3.5, 0.0, 0.0], [-2.0, 1.5, 0.0], [0.0, 0.0, 21.0], [0.0, 0.0, -8.0]]
        {
            let mut plan = cup_plan(&anatomy, side, "cup-hemi-52", ANGLES);
            plan.stem = Some(posed(&anatomy, &catalogue, side, [varus, tip_anterior, version]));
            let found = told(&plan, &catalogue, &anatomy, None, None);
            assert!((value(&found, "stem_varus") - varus).abs() < 1e-9, "{side} {varus}: {}", value(&found, "stem_varus"));
            assert!((value(&found, "stem_tip_anterior") - tip_anterior).abs() < 1e-9);
            if varus == 0.0 {
                // The native neck lies in the frontal plane, the posterior condylar line along it.
                assert!(
                    (value(&found, "stem_version") - version).abs() < 1e-9,
                    "{side} {version}: {}",
                    value(&found, "stem_version")
                );
                assert!((value(&found, "stem_version_to_native_neck") - version).abs() < 1e-9);
                assert!((value(&found, "combined_anteversion") - version - 15.0).abs() < 1e-9);
            }
        }
    }
    // Without the knee there is no version against the condyles.
    let mut blind = patient();
    hip_mut(&mut blind, Side::Right).femur.as_mut().unwrap().knee_in_scan = false;
    let mut plan = cup_plan(&blind, Side::Right, "cup-hemi-52", ANGLES);
    plan.stem = Some(posed(&blind, &catalogue, Side::Right, [0.0, 0.0, 9.0]));
    let found = told(&plan, &catalogue, &blind, None, None);
    assert!(found.value("stem_version").is_none() && found.value("combined_anteversion").is_none());
    assert!((value(&found, "stem_version_to_native_neck") - 9.0).abs() < 1e-9);
}

#[test]
fn the_way_of_the_centre_and_of_the_leg_is_told_in_parts() {
    let (mut anatomy, catalogue) = (patient(), with_stem(cylinder(10.0, 10.0)));
    for side in Side::BOTH {
        let mut plan = cup_plan(&anatomy, side, "cup-hemi-52", ANGLES);
        let lateral = Vector3::x() * side.lps_sign();
        plan.cup.centre += lateral * -3.0 + Vector3::new(0.0, -2.0, 4.0);
        plan.stem = Some(posed(&anatomy, &catalogue, side, [0.0; 3]));
        let head = plan.head_centre(&catalogue).unwrap().unwrap();
        let native = anatomy.hip(side).unwrap().head.centre;
        let found = told(&plan, &catalogue, &anatomy, None, None);
        let femoral = 50.0 * 132.0_f64.to_radians().sin() - 40.0;
        for (key, expected) in [
            ("centre_shift_medial", 3.0),
            ("centre_shift_superior", 4.0),
            ("centre_shift_anterior", 2.0),
            ("acetabular_offset_change", -3.0),
            ("femoral_offset_change", femoral),
            ("global_offset_change", femoral - 3.0),
            ("leg_length_change", (head.z - native.z) - 4.0),
            ("leg_length_to_other_side", (head.z - native.z) - 4.0),
            ("femoral_offset_to_other_side", femoral),
            ("acetabular_offset_to_other_side", -3.0),
            ("global_offset_to_other_side", femoral - 3.0),
            ("cup_inclination", 40.0),
            ("cup_anteversion_supine", 15.0),
        ] {
            assert!((value(&found, key) - expected).abs() < 1e-9, "{side} {key}: {} for {expected}", value(&found, key));
        }
        // The plane lies 15 mm up the neck from the origin, 20 mm above the lesser trochanter; along the shaft that is 15 / cos 48° higher.
        let expected = 20.0 + 15.0 / 48.0_f64.to_radians().cos() - resection_at_trochanter(&anatomy, &plan, side);
        assert!((value(&found, "resection_over_lesser_trochanter") - expected).abs() < 1e-9);
    }
    anatomy.left = None;
    let found = told(&cup_plan(&anatomy, Side::Right, "cup-hemi-52", ANGLES), &catalogue, &anatomy, None, None);
    assert!(found.value("leg_length_to_other_side").is_none() && found.cup.is_none() && found.stem.is_none());
    assert!(Prepared::new(&anatomy, Side::Left, &BTreeMap::new(), &PlanSettings::default()).is_err());
}

/// How much lower the plane of the cut lies at the lesser trochanter than on the shaft axis, along the shaft: the trochanter lies aside of it.
fn resection_at_trochanter(anatomy: &Anatomy, plan: &Plan, side: Side) -> f64 {
    let femur = anatomy.hip(side).unwrap().femur.as_ref().unwrap();
    let (tip, normal) = (femur.lesser_trochanter.as_ref().unwrap().position, plan.stem.as_ref().unwrap().resection.normal);
    let aside = Vector3::new(tip.x - femur.shaft.point.x, tip.y - femur.shaft.point.y, 0.0);
    aside.dot(&normal) / normal.z
}

/// A CT of 1 mm about a point, painted by a function of the place.
fn painted(centre: Point3<f64>, half: [usize; 3], hu: impl Fn(&Point3<f64>) -> i16) -> Volume {
    let low = centre - Vector3::from(half.map(|n| n as f64 - 0.5));
    let grid = Grid::axis_aligned(half.map(|n| 2 * n), [1.0; 3], low);
    let hu = (0..grid.len()).map(|i| hu(&grid.centre(grid.voxel(i)))).collect();
    Volume { grid, hu }
}

#[test]
fn painted_zones_have_their_density_under_cup_and_stem() {
    for side in Side::BOTH {
        let (mut anatomy, catalogue) = (patient(), with_stem(cylinder(12.0, 10.0)));
        tube(&mut anatomy, side, 8.0, 13.0);
        let flat = CupAngles { inclination_deg: 45.0, anteversion_deg: 0.0 };
        let mut plan = cup_plan(&anatomy, side, "cup-hemi-52", flat);
        plan.stem = Some(posed(&anatomy, &catalogue, side, [0.0; 3]));
        let centre = plan.cup.centre;
        // From straight up, positive towards the midline; the pole lies at 45°, the zones' borders 30° beside it.
        let of_cup = |p: &Point3<f64>| match ((centre.x - p.x) * side.lps_sign()).atan2(p.z - centre.z).to_degrees() {
            medial if medial < 15.0 => 350,
            medial if medial < 75.0 => 210,
            _ => 80,
        };
        let bone = sphere(centre, 45.0, 60);
        let ct = painted(centre, [48; 3], of_cup);
        let found = told(&plan, &catalogue, &anatomy, Some(bone), Some(&ct));
        // Where zones meet, a voxel is between them: some 2 % of the samples, by a hundred units.
        for (key, hu) in [("density_cup_zone_1", 350.0), ("density_cup_zone_2", 210.0), ("density_cup_zone_3", 80.0)] {
            assert!((value(&found, key) - hu).abs() < 3.0, "{side} {key}: {}", value(&found, key));
        }
        assert!(found.value("density_stem_zone_5").is_none(), "the stem's end is not in this CT");
        let shaft = anatomy.hip(side).unwrap().femur.as_ref().unwrap().shaft.point;
        let of_stem = |p: &Point3<f64>| {
            let (below, lateral) = (-30.0 - p.z, (p.x - shaft.x) * side.lps_sign() > 0.0);
            let third = ((below + 20.0) / 140.0 * 3.0).clamp(0.0, 2.999) as i16;
            if below > 120.0 { 400 } else { 100 * if lateral { 1 + third } else { 7 - third } }
        };
        let ct = painted(Point3::new(shaft.x, shaft.y, -90.0), [20, 20, 90], of_stem);
        let found = told(&plan, &catalogue, &anatomy, None, Some(&ct));
        for zone in 1..=7 {
            let (key, hu) = (format!("density_stem_zone_{zone}"), 100.0 * f64::from(zone));
            let bound = if [4, 5, 3].contains(&zone) { 12.0 } else { 25.0 };
            assert!((value(&found, &key) - hu).abs() < bound, "{side} {key}: {}", value(&found, &key));
        }
    }
}

/// Standard normal numbers.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    let [a, b]: [f64; 2] = [random.random_range(0.0..1.0), random.random_range(0.0..1.0)];
    (-2.0 * (1.0 - a).ln()).sqrt() * (TAU * b).cos()
}

fn spread_of(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

/// The stated spread of landmarks, spheres and shaft, drawn 1500 times, scatters every number as much as its standard deviation says.
#[test]
fn landmarks_that_are_off_scatter_the_numbers_as_stated() {
    let (mut anatomy, catalogue) = (patient(), with_stem(cylinder(10.0, 10.0)));
    let pelvis = &mut anatomy.pelvis;
    for (landmark, sd) in [
        (&mut pelvis.asis_left, 1.2),
        (&mut pelvis.asis_right, 1.2),
        (&mut pelvis.tubercle_left, 0.8),
        (&mut pelvis.tubercle_right, 0.8),
    ] {
        landmark.sd_mm = Some(sd);
        let outwards = Unit::new_normalize(Vector3::new(0.2, -1.0, -0.3));
        landmark.along = Some(Along { direction: outwards, sd_mm: sd / 4.0 });
    }
    for hip in [&mut anatomy.left, &mut anatomy.right].into_iter().flatten() {
        hip.femur.as_mut().unwrap().lesser_trochanter.as_mut().unwrap().sd_mm = Some(1.6);
        hip.head.rms_mm = 0.9;
        hip.acetabulum.sphere.rms_mm = 0.8;
    }
    let side = Side::Right;
    let mut plan = cup_plan(&anatomy, side, "cup-hemi-52", ANGLES);
    plan.cup.centre += Vector3::new(2.0, 1.0, 3.0);
    plan.stem = Some(posed(&anatomy, &catalogue, side, [1.0, 1.0, 10.0]));
    let nominal = told(&plan, &catalogue, &anatomy, None, None);
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut drawn: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..1500 {
        let off = off(&anatomy, &mut random);
        for number in &told(&plan, &catalogue, &off, None, None).numbers {
            drawn.entry(number.quantity.key).or_default().push(number.value);
        }
    }
    let mut judged = 0;
    for number in &nominal.numbers {
        let key = number.quantity.key;
        // The neck's narrowest place is no part of an anatomy, and a canal has its own spread.
        if key.starts_with("stem_fill")
            || key.starts_with("stem_c")
            || key.starts_with("cortical")
            || key == "stem_version_to_native_neck"
        {
            continue;
        }
        let found = spread_of(&drawn[key]);
        assert!((found / number.sd - 1.0).abs() < 0.1, "{key}: ± {found} drawn, ± {} told", number.sd);
        judged += 1;
    }
    assert!(judged >= 18, "{judged}");
}

/// The patient as measured by someone whose landmarks are off by as much as is stated.
fn off(anatomy: &Anatomy, random: &mut ChaCha8Rng) -> Anatomy {
    let mut moved = anatomy.clone();
    let mut shift = |sd: f64| Vector3::from_fn(|_, _| normal(random)) * sd;
    let pelvis = &mut moved.pelvis;
    for landmark in [&mut pelvis.asis_left, &mut pelvis.asis_right, &mut pelvis.tubercle_left, &mut pelvis.tubercle_right] {
        let (way, any) = (landmark.along.unwrap(), shift(landmark.sd_mm.unwrap()));
        let along = way.direction.into_inner();
        landmark.position += any - along * any.dot(&along) * (1.0 - way.sd_mm / landmark.sd_mm.unwrap());
    }
    let (left, right) = (pelvis.asis_left.position, pelvis.asis_right.position);
    let origin = nalgebra::center(&left, &right);
    let tubercles = nalgebra::center(&pelvis.tubercle_left.position, &pelvis.tubercle_right.position);
    pelvis.app = AnatomicalFrame::from_right_and_superior(origin, &(right - left), &(origin - tubercles)).unwrap();
    let up = AnatomicalFrame::scanner(origin).local_vector(&pelvis.app.superior());
    pelvis.tilt_deg = (-up.x).atan2(up.y).to_degrees();
    for hip in [&mut moved.left, &mut moved.right].into_iter().flatten() {
        let femur = hip.femur.as_mut().unwrap();
        let tip = femur.lesser_trochanter.as_mut().unwrap();
        let level = tip.position.z;
        tip.position += shift(tip.sd_mm.unwrap());
        let ends = [20.0, 100.0].map(|below| Point3::new(femur.shaft.point.x, femur.shaft.point.y, level - below));
        let [a, b] = ends.map(|end| end + shift(0.15));
        (femur.shaft.point, femur.shaft.direction) = (a, Unit::new_normalize(a - b));
        hip.head.centre += shift(0.18);
        hip.acetabulum.sphere.centre += shift(0.16);
        let turn = Rotation3::from_axis_angle(&femur.frame.superior(), (shift(2.0).x).to_radians());
        femur.frame.rotation = turn * femur.frame.rotation;
    }
    moved
}

/// Evenly spread quantiles of a normal distribution: a Monte Carlo draw without its noise.
fn quantiles(sd: f64, count: usize) -> Vec<f64> {
    // By bisection of the error integral, summed up.
    let below = |x: f64| {
        (0..4000).map(|i| (-0.5 * (-8.0 + (x + 8.0) * (f64::from(i) + 0.5) / 4000.0).powi(2)).exp()).sum::<f64>() * (x + 8.0)
            / 4000.0
            / TAU.sqrt()
    };
    let at = |part: f64| {
        let (mut low, mut high) = (-6.0, 6.0);
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            if below(middle) < part { low = middle } else { high = middle }
        }
        low * sd
    };
    (0..count).map(|i| at((i as f64 + 0.5) / count as f64)).collect()
}

#[test]
fn surfaces_and_canals_that_are_off_scatter_the_numbers_as_stated() {
    let settings =
        PlanSettings { spread: Spread { socket_radius_mm: 0.3, canal_radius_mm: 0.15, leg_mm: 0.5 }, ..PlanSettings::default() };
    let (anatomy, catalogue) = (patient(), with_stem(cylinder(12.0, 10.0)));
    let mut plan = cup_plan(&anatomy, Side::Right, "cup-hemi-52", ANGLES);
    // A socket of 24 mm in a block whose lateral face lies 6 mm lateral of the centre.
    let socket = |off: f64| {
        let (radius, face) = (24.0 - off, -6.0 - off);
        let from = (-face / radius).asin();
        let arc = (0..=60)
            .map(|i| PI / 2.0 - (PI / 2.0 + from) * f64::from(i) / 60.0)
            .map(|angle| (radius * angle.cos(), radius * angle.sin()));
        let profile: Vec<_> = arc.chain([(60.0, face), (60.0, 60.0), (0.0, 60.0)]).collect();
        let medially = UnitQuaternion::rotation_between(&Vector3::z(), &Vector3::x()).unwrap();
        let mesh = revolve(&profile, 120).transformed(&Isometry3::from_parts(Translation3::new(-90.0, 0.0, 0.0), medially));
        assert!(mesh.volume_mm3() > 0.0);
        mesh
    };
    let nominal = told_by(&plan, &catalogue, &anatomy, Some(socket(0.0)), None, &settings);
    let draws: Vec<_> = quantiles(0.3, 24)
        .into_iter()
        .map(|off| told_by(&plan, &catalogue, &anatomy, Some(socket(off)), None, &settings))
        .collect();
    for key in ["reaming_depth_axial", "reaming_depth_medial", "reamed_bone", "cup_coverage"] {
        let found = spread_of(&draws.iter().map(|told| value(told, key)).collect::<Vec<_>>());
        let sd = nominal.number(key).unwrap().sd;
        assert!((found / sd - 1.0).abs() < 0.1, "{key}: ± {found} drawn, ± {sd} told");
    }
    plan.stem = Some(posed(&anatomy, &catalogue, Side::Right, [0.0; 3]));
    let in_tube = |off: f64| {
        let mut anatomy = anatomy.clone();
        tube(&mut anatomy, Side::Right, 8.0 + off, 13.0 + off);
        told_by(&plan, &catalogue, &anatomy, None, None, &settings)
    };
    let (nominal, draws) = (in_tube(0.0), quantiles(0.15, 100).into_iter().map(in_tube).collect::<Vec<_>>());
    for key in ["stem_fill_frontal", "stem_clearance_least", "stem_cortex_least"] {
        let found = spread_of(&draws.iter().map(|told| value(told, key)).collect::<Vec<_>>());
        let sd = nominal.number(key).unwrap().sd;
        assert!((found / sd - 1.0).abs() < 0.1, "{key}: ± {found} drawn, ± {sd} told");
    }
}
