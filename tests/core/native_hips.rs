//! Native hips as scanned: where the femur meets the hip bone, held against FCL.

use crate::support::shared;
use coxa::{motion::impingement::TurningSurfaces, surface::io::ply};
use nalgebra::{Point3, Unit, Vector3};
use std::f64::consts::TAU;

/// Turned about this point in the coordinates of the files, a sphere through landmarks of the head, to 0.1 mm.
const Z001_LEFT: [f64; 3] = [201.2, -266.7, -623.8];
const Z019_RIGHT: [f64; 3] = [376.3, -308.5, -610.7];

/// Degrees until FCL (python-fcl 0.7.0.11, `fcl.collide` on two `BVHModel`s, the femur's pose set anew each time) first says that the
/// surfaces touch, searched in steps of 0.1° and bisected to 0.0001°: about axes every 15° from the files' x towards their y, then about z
/// and against it.
const FCL_Z001_LEFT_DEG: [f64; 26] = [
    103.2210, 106.2130, 107.4559, 72.7763, 52.7038, 40.6382, 34.0755, 31.5058, 27.5592, 21.4605, 18.0171, 16.3097, 15.8283,
    16.4140, 18.2800, 22.2268, 23.2146, 22.1094, 23.9551, 34.9162, 35.2704, 44.2021, 75.1324, 90.8513, 21.1681, 55.1113,
];
const FCL_Z019_RIGHT_DEG: [f64; 26] = [
    86.6870, 76.0676, 67.4786, 70.8593, 50.5242, 24.3028, 17.1202, 13.9185, 12.2016, 11.6034, 11.6108, 12.8738, 13.4276, 14.3017,
    16.3835, 17.9935, 21.2940, 27.9292, 29.4414, 32.8026, 40.0805, 55.1209, 91.0843, 112.7809, 54.1272, 11.2227,
];

fn axis(number: usize) -> Unit<Vector3<f64>> {
    match number {
        24 => Vector3::z_axis(),
        25 => -Vector3::z_axis(),
        _ => {
            let angle = TAU * number as f64 / 24.0;
            Unit::new_normalize(Vector3::new(angle.cos(), angle.sin(), 0.0))
        }
    }
}

fn surfaces(subject: &str, side: &str, centre: [f64; 3]) -> Option<TurningSurfaces> {
    let folder = shared("data/vsd_bones")?.join(subject);
    let triangles = |bone: &str| {
        let mesh = ply::read(&folder.join(format!("{bone}_{side}.ply"))).unwrap();
        let about = |p: Point3<f64>| p - Vector3::from(centre);
        (0..mesh.triangles.len()).map(|t| mesh.corners(t).map(about)).collect::<Vec<_>>()
    };
    Some(TurningSurfaces::new(triangles("Femur"), triangles("Hip")).unwrap())
}

#[test]
fn limits_of_bone_on_bone_are_those_of_fcl() {
    for (subject, side, centre, expected) in
        [("z001", "L", Z001_LEFT, FCL_Z001_LEFT_DEG), ("z019", "R", Z019_RIGHT, FCL_Z019_RIGHT_DEG)]
    {
        let Some(surfaces) = surfaces(subject, side, centre) else { return };
        let mut worst = 0.0_f64;
        for (number, expected) in expected.into_iter().enumerate() {
            let found = surfaces.first_touch_deg(&axis(number), 180.0).unwrap();
            assert!((found - expected).abs() < 0.1, "{subject} {side}, axis {number}: {found} instead of {expected}");
            worst = worst.max((found - expected).abs());
            // In whole degrees, as collision libraries are asked: the next one is in contact, none before it.
            let whole = surfaces.first_crossing(&axis(number), 1.0, 180).unwrap();
            assert!(f64::from(whole) >= found && f64::from(whole) < found + 1.0, "{subject} {side}, axis {number}: {whole}°");
        }
        eprintln!("{subject} {side}: no more than {worst:.5}° from FCL");
    }
}
