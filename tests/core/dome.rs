//! What lacks over a cup against spheres and planes in closed form, and what fills it.

use crate::support::shapes::{cuboid, sphere};
use coxa::{
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
    plan::{Augment, Dome, PlanSettings, ResectionPlane, StemPlacement, resected_femur},
};
use nalgebra::{Isometry3, Point3, Unit, Vector3};
use std::f64::consts::PI;

const RADIUS_MM: f64 = 26.0;

/// Bone of a block between two corners; the pelvis stands upright in the scanner.
fn dome(axis: Vector3<f64>, low: [f64; 3], high: [f64; 3], depth_mm: f64) -> Dome {
    let bone = cuboid(low.into(), high.into());
    assert!(bone.volume_mm3() > 0.0);
    Dome::over(
        (&Point3::origin(), &Unit::new_normalize(axis)),
        RADIUS_MM,
        Side::Right,
        [&Vector3::z(), &-Vector3::y()],
        &bone,
        depth_mm,
    )
}

#[track_caller]
fn near(found: f64, expected: f64, share: f64) {
    assert!((found / expected - 1.0).abs() < share, "{found} instead of {expected}");
}

/// Volume of a cap of a sphere.
fn cap(radius: f64, height: f64) -> f64 {
    PI * height.powi(2) * (3.0 * radius - height) / 3.0
}

#[test]
fn a_cup_without_bone_lacks_the_upper_half_of_its_shell() {
    // Bone far below.
    let found = dome(-Vector3::x(), [-90.0, -90.0, -110.0], [90.0, 90.0, -100.0], 12.0);
    let quarter = PI / 3.0 * ((RADIUS_MM + 12.0).powi(3) - RADIUS_MM.powi(3));
    near(found.volume_ml, quarter / 1000.0, 0.01);
    assert_eq!((found.uncovered, found.hours), (1.0, Some([-3.0, 3.0])));
    assert!((found.deepest_mm - 12.0).abs() < 1e-9 && found.height_deg > 65.0);
}

#[test]
fn bone_beyond_a_plane_bounds_it_by_a_cap_of_the_sphere() {
    // The bone begins behind a plane across the axis, beyond the pole: within the region it cuts a cap off the outer sphere. By symmetry the
    // upper half is half of it.
    for (plane, depth) in [(34.0, 12.0), (36.0, 20.0), (33.0, 9.0)] {
        let found = dome(-Vector3::x(), [plane, -400.0, -400.0], [plane + 300.0, 400.0, 400.0], depth);
        let outer = RADIUS_MM + depth;
        let shell = 2.0 / 3.0 * PI * (outer.powi(3) - RADIUS_MM.powi(3));
        near(found.volume_ml, (shell - cap(outer, outer - plane)) / 2.0 / 1000.0, 0.01);
        assert_eq!(found.uncovered, 1.0, "bone further than 6 mm covers nothing");
    }
    // 30 mm: within 6 mm of the cup up to where the plane leaves that shell; there it covers. In that cone nothing lacks.
    let (plane, depth) = (30.0, 12.0);
    let found = dome(-Vector3::x(), [plane, -400.0, -400.0], [plane + 300.0, 400.0, 400.0], depth);
    let (outer, edge) = (RADIUS_MM + depth, RADIUS_MM + 6.0);
    let cosine: f64 = plane / edge;
    // Between sphere and plane beyond the cone: the shell outside the cone, less what of the outer sphere lies beyond the plane there.
    let shell = 2.0 / 3.0 * PI * cosine * (outer.powi(3) - RADIUS_MM.powi(3));
    let cone_of_outer = 2.0 / 3.0 * PI * outer.powi(3) * (1.0 - cosine);
    let cone_to_plane = PI / 3.0 * plane * plane.powi(2) * (1.0 / cosine.powi(2) - 1.0);
    let beyond = cap(outer, outer - plane) - (cone_of_outer - cone_to_plane);
    near(found.volume_ml, (shell - beyond) / 2.0 / 1000.0, 0.01);
    near(found.uncovered, cosine, 0.01);
}

#[test]
fn a_roof_that_lacks_in_front_lacks_from_twelve_to_three_oclock() {
    // Bone behind the frontal plane through the cup's axis (posterior: LPS y > 0) covers; before it there is none.
    let found = dome(-Vector3::x(), [-100.0, 0.0, -100.0], [100.0, 100.0, 100.0], 15.0);
    let [from, to] = found.hours.unwrap();
    assert!(from.abs() < 0.26 && (to - 3.0).abs() < 1e-9, "{from} {to}");
    let eighth = PI / 6.0 * ((RADIUS_MM + 15.0).powi(3) - RADIUS_MM.powi(3));
    near(found.volume_ml, eighth / 1000.0, 0.01);
    near(found.uncovered, 0.5, 0.01);
}

#[test]
fn a_left_hip_lacks_what_the_right_one_it_mirrors_lacks() {
    let frame = AnatomicalFrame::scanner(Point3::origin());
    let angles = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };
    let bone = cuboid(Point3::new(-4.0, -60.0, -60.0), Point3::new(90.0, 45.0, 28.0));
    let of = |side: Side, bone: &TriMesh| {
        let axis = angles.axis(&frame, side);
        Dome::over((&Point3::origin(), &axis), RADIUS_MM, side, [&Vector3::z(), &-Vector3::y()], bone, 15.0)
    };
    let (right, left) = (of(Side::Right, &bone), of(Side::Left, &bone.mirrored_x()));
    near(left.volume_ml, right.volume_ml, 1e-9);
    assert_eq!((left.hours, left.uncovered), (right.hours, right.uncovered));
    assert!(right.volume_ml > 1.0);
}

#[test]
fn the_smallest_augment_that_fills_is_named() {
    let series = PlanSettings::default().augments;
    let room = |deepest_mm: f64, hours: [f64; 2], height_deg: f64| Dome {
        volume_ml: 5.0,
        depth_mm: 15.0,
        uncovered: 0.3,
        hours: Some(hours),
        height_deg,
        deepest_mm,
        head_ml: None,
    };
    let named = |dome: Dome| Augment::for_dome(&series, &dome).map(|augment| augment.id.as_str());
    assert_eq!(named(room(8.0, [-1.0, 2.0], 40.0)), Some("augment-10-short"));
    assert_eq!(named(room(8.0, [-2.0, 2.0], 40.0)), Some("augment-10-long"));
    assert_eq!(named(room(12.0, [0.0, 2.5], 50.0)), Some("augment-15-long"));
    assert_eq!(named(room(12.0, [-3.0, 3.0], 50.0)), None);
}

#[test]
fn the_head_that_is_cut_off_has_the_volume_of_its_cap() {
    // A ball for a head, whose lower third stays: the longitudinal cut lies far lateral of it.
    let (centre, radius) = (Point3::new(-80.0, 5.0, 20.0), 22.0);
    let ball = sphere(centre, radius, 120);
    for height in [-12.0, 0.0, 7.0] {
        let normal = Unit::new_normalize(Vector3::new(0.7, 0.1, 0.6));
        let placement = StemPlacement {
            stem: "made".into(),
            head: "made".into(),
            // Its axis along LPS z, 60 mm lateral; medial is +x of a right hip.
            pose: Isometry3::from_parts(
                Vector3::new(-140.0, 5.0, 0.0).into(),
                AnatomicalFrame::scanner(Point3::origin()).rotation.into(),
            ),
            resection: ResectionPlane { point: centre + normal.into_inner() * height, normal },
            estimated: false,
        };
        let rest = resected_femur(&ball, &placement, Side::Right, &centre).unwrap();
        near(ball.volume_mm3() - rest.volume_mm3(), cap(radius, radius - height), 0.005);
    }
}
