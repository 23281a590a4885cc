//! What `coxa rom --suite` holds motion against that no other test does: shapes known in closed form, real hips, FCL, and that a miss is told.

use crate::support::shared;
use coxa::{
    accuracy::{
        Errors, Held,
        moved::{
            Fcl,
            known_shapes::{cylinder_on_plane_deg, sphere_in_sphere_deg},
            native::bony_roms,
            sweep::{Sweep, SweepMeshes},
        },
    },
    motion::{Motion, impingement::TurningSurfaces},
};
use nalgebra::{Rotation3, Vector3};
use std::path::Path;

#[test]
fn a_sphere_in_a_sphere_meets_its_rim_and_a_cylinder_its_plane_where_the_formulas_say() {
    for radius in [6.0, 10.0] {
        let (found, expected) = sphere_in_sphere_deg(radius, 0.7);
        assert!((found.unwrap() - expected).abs() < 0.01, "{found:?} instead of {expected}");
    }
    let (found, expected) = cylinder_on_plane_deg(9.0, 80.0, 35.0);
    assert!((found.unwrap() - expected).abs() < 1e-6, "{found:?} instead of {expected}");
}

/// Bones alone go further than living hips, and less far than a shoulder. Both sides of a person are alike to a dozen degrees or so.
#[test]
fn bones_of_native_hips_move_as_far_as_is_published() {
    let Some(folder) = shared("data/vsd_bones") else { return };
    let found = bony_roms(&folder).unwrap();
    assert_eq!(found.len(), 8);
    let of = |motion: Motion| {
        let at = Motion::ALL.iter().position(|other| *other == motion).unwrap();
        found.iter().map(move |hip| (hip, hip.limits_deg[at].unwrap_or(180.0)))
    };
    for (motion, least, most) in [
        (Motion::Flexion, 90.0, 160.0),
        (Motion::Extension, 20.0, 110.0),
        (Motion::Abduction, 30.0, 110.0),
        (Motion::InternalRotation90, 5.0, 80.0),
    ] {
        for (hip, degrees) in of(motion) {
            assert!((least..=most).contains(&degrees), "{motion} of {} {}: {degrees}°", hip.subject, hip.side);
        }
    }
}

/// The meshes that stand in for the peers' are of their size and closed, and what turns first meets in both ways of asking.
#[test]
fn drawn_meshes_are_of_the_benchmark_s_size_and_meet_alike() {
    let meshes = SweepMeshes::of(Path::new("no/such/folder")).unwrap();
    assert!(!meshes.are_the_peers());
    for triangles in [&meshes.socket, &meshes.ball] {
        assert!((60_000..110_000).contains(&triangles.len()), "{}", triangles.len());
        // Closed: the areas' normals add up to nothing.
        let sum: Vector3<f64> = triangles.iter().map(|[a, b, c]| (b - a).cross(&(c - a))).sum();
        assert!(sum.norm() < 1e-6, "{sum}");
    }
    let surfaces = TurningSurfaces::new(meshes.ball.clone(), meshes.socket.clone()).unwrap();
    let found = Sweep::of(&surfaces);
    // The same, all turned by half a turn about the opening.
    let half = Rotation3::from_axis_angle(&Vector3::z_axis(), std::f64::consts::PI);
    let turned = |all: &[[nalgebra::Point3<f64>; 3]]| all.iter().map(|triangle| triangle.map(|p| half * p)).collect::<Vec<_>>();
    let again = Sweep::of(&TurningSurfaces::new(turned(&meshes.ball), turned(&meshes.socket)).unwrap());
    assert_eq!([&found.angles[32..], &found.angles[..32]].concat(), again.angles);
    assert!(found.queries() > 64 && found.angles.iter().any(|angle| *angle < 60), "{found:?}");
}

#[test]
fn what_lies_beyond_its_bar_is_a_miss_and_so_is_nothing() {
    let held = |error: f64| Held { case: "one".into(), error, limit: 0.1, stated_sd: 0.0, reference_error: 0.0 };
    let errors = |each: Vec<Held>| Errors { set: "any", what: "any".into(), unit: "deg", each };
    assert!(errors(vec![held(0.05), held(-0.1)]).reached());
    assert!(!errors(vec![held(0.05), held(-0.11)]).reached() && !errors(vec![held(f64::NAN)]).reached());
    assert!(!errors(vec![held(f64::INFINITY)]).reached() && !errors(Vec::new()).reached());
}

#[test]
fn an_interpreter_without_fcl_is_told() {
    assert!(Fcl::of(Path::new("no-such-python")).unwrap_err().contains("no-such-python cannot be started"));
    // Something that starts and has no FCL.
    assert_eq!(Fcl::of(Path::new("true")).unwrap_err(), "FCL: its Python package is not installed");
}
