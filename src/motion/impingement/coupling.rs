//! Neck and liner of a theoretical case as meshes: the closed form's geometry for the engine that knows no formula.

use super::{
    SceneBody,
    body::Body,
    prepared::{Fixed, Moving, pair},
    sweep::Path,
    tree::Shells,
    work::Work,
};
use crate::{
    implants::geometry,
    mesh::TriMesh,
    motion::{Limit, Motion, RomCase},
};
use nalgebra::{Isometry3, Point3, Translation3, Unit, UnitQuaternion, Vector3};
use std::{
    f64::consts::{FRAC_PI_2, PI},
    sync::Arc,
};

/// Radius of the bearing that is drawn, mm. Only angles come out, so any would do.
const BEARING_MM: f64 = 16.0;
/// Thickness of the liner that is drawn, mm.
const WALL_MM: f64 = 4.0;
/// Chord error of the meshes, mm. Where the neck glances along the rim a limit moves six times as far as the neck leans: 0.002 mm of
/// rim, neck and resolution each come to less than 0.1° there.
const CHORD_MM: f64 = 0.002;

/// The limits of a case from meshes: a hemispherical liner of head radius R and a neck cylinder of radius r = R cos(θ/2), turned in
/// the frame of a right hip until they touch. Searched up to a whole turn.
#[must_use]
pub fn mesh_limits(case: &RomCase) -> [Limit; 8] {
    let (liner, neck) = (liner(case), neck(case));
    let (Some(liner), Some(neck)) = (Body::new(&liner), Body::new(&neck)) else {
        return [Limit::Unlimited; 8];
    };
    let (liner, neck) = (Arc::new(liner), Arc::new(neck));
    let fixed = Fixed::new(liner, &Point3::origin(), None);
    let moving = Moving { shells: Shells::new(&neck.tree, &Point3::origin()), body: neck };
    let pair = pair(&moving, &fixed, [SceneBody::Stem, SceneBody::Cup]);
    Motion::ALL.map(|motion| {
        let start = UnitQuaternion::from_rotation_matrix(&motion.start().right_hip_rotation());
        let path = Path {
            centre: Point3::origin(),
            axis: Unit::new_normalize(motion.axis()),
            start: Isometry3::from_parts(Translation3::identity(), start),
            range_deg: 360.0,
        };
        // A neck lies on no liner all along a motion.
        path.follow(std::slice::from_ref(&pair), &mut Work::any()).map_or(Limit::Unlimited, |touch| touch.limit)
    })
}

/// A hemispherical shell whose rim is fine and whose depth, which no neck reaches, is coarse.
fn liner(case: &RomCase) -> TriMesh {
    const RINGS: u32 = 8;
    let quarter = |radius: f64| {
        let angles = (0..=RINGS).map(|ring| f64::from(ring) / f64::from(RINGS) * FRAC_PI_2);
        angles.map(move |angle| (radius * angle.sin(), -radius * angle.cos()))
    };
    let inside: Vec<_> = quarter(BEARING_MM).collect();
    let profile: Vec<_> = quarter(BEARING_MM + WALL_MM).chain(inside.into_iter().rev()).collect();
    geometry::revolve(&profile, geometry::circle_segments(BEARING_MM, CHORD_MM))
        .transformed(&from_z_to(&case.cup.right_hip_axis()))
}

fn neck(case: &RomCase) -> TriMesh {
    let radius = BEARING_MM * (case.oscillation_deg.to_radians() / 2.0).cos();
    let profile = [(0.0, 0.0), (radius, 0.0), (radius, 2.0 * BEARING_MM), (0.0, 2.0 * BEARING_MM)];
    geometry::revolve(&profile, geometry::circle_segments(radius, CHORD_MM)).transformed(&from_z_to(&case.neck.right_hip_axis()))
}

/// A turn about the origin that brings +Z onto a direction.
fn from_z_to(direction: &Unit<Vector3<f64>>) -> Isometry3<f64> {
    let half_turn = || UnitQuaternion::from_axis_angle(&Vector3::x_axis(), PI);
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), direction).unwrap_or_else(half_turn);
    Isometry3::from_parts(Translation3::identity(), turn)
}
