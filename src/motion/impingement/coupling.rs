//! Neck and liner of a theoretical case as meshes: the closed form's geometry for the engine that knows no formula.

use super::{
    body::Body,
    engine::SceneBody,
    mesh_field::MeshField,
    sweep::{Pair, Path},
};
use crate::{
    implants::{Cup, geometry},
    mesh::TriMesh,
    motion::{Couple, Limit, Motion, RomCase},
};
use nalgebra::{Isometry3, Point3, Translation3, Unit, UnitQuaternion, Vector3};

/// Radius of the bearing that is drawn, mm. Only angles come out, so any would do.
const BEARING_MM: f64 = 16.0;
/// Thickness of the liner that is drawn, mm.
const WALL_MM: f64 = 4.0;
/// Chord error of the meshes, mm: 0.01 mm at the rim is 0.04°.
const CHORD_MM: f64 = 0.01;

/// The limits of a case from meshes: a hemispherical liner of head radius R and a neck cylinder of radius r = R cos(θ/2), turned in
/// the frame of a right hip until they touch. Searched up to a whole turn.
#[must_use]
pub fn mesh_limits(case: &RomCase) -> [Limit; 8] {
    let (liner, neck) = (liner(case), neck(case));
    let (Some(field), Some(body)) = (MeshField::new(&liner), Body::new(&neck)) else {
        return [Limit::Unlimited; 8];
    };
    let pair = Pair {
        body: &body,
        field: &field,
        probes: &liner.vertices[..1],
        bodies: [SceneBody::Stem, SceneBody::Cup],
        couple: Couple::ImplantImplant,
        resolution_mm: CHORD_MM / 2.0,
    };
    Motion::ALL.map(|motion| {
        let start = UnitQuaternion::from_rotation_matrix(&motion.start().right_hip_rotation());
        let path = Path {
            centre: Point3::origin(),
            axis: Unit::new_normalize(motion.axis()),
            start: Isometry3::from_parts(Translation3::identity(), start),
            range_deg: 360.0,
        };
        path.follow(std::slice::from_ref(&pair)).limit
    })
}

fn liner(case: &RomCase) -> TriMesh {
    let cup = Cup {
        id: String::new(),
        outer_diameter_mm: 2.0 * (BEARING_MM + WALL_MM),
        head_diameter_mm: 2.0 * BEARING_MM,
        rim_height_mm: 0.0,
        chamfer_mm: 0.0,
        shell_thickness_mm: WALL_MM / 2.0,
    };
    geometry::cup_mesh(&cup, CHORD_MM).transformed(&from_z_to(&case.cup.right_hip_axis()))
}

fn neck(case: &RomCase) -> TriMesh {
    let radius = BEARING_MM * (case.oscillation_deg.to_radians() / 2.0).cos();
    let profile = [(0.0, 0.0), (radius, 0.0), (radius, 2.0 * BEARING_MM), (0.0, 2.0 * BEARING_MM)];
    let segments = (std::f64::consts::PI / (1.0 - (CHORD_MM / radius).min(1.0)).acos()).ceil().max(8.0);
    geometry::revolve(&profile, segments as u32).transformed(&from_z_to(&case.neck.right_hip_axis()))
}

/// A turn about the origin that brings +Z onto a direction.
fn from_z_to(direction: &Unit<Vector3<f64>>) -> Isometry3<f64> {
    let half_turn = || UnitQuaternion::from_axis_angle(&Vector3::x_axis(), std::f64::consts::PI);
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), direction).unwrap_or_else(half_turn);
    Isometry3::from_parts(Translation3::identity(), turn)
}
