//! The joint of a bone whose partner is missing: where the shape model says it is, and then the bone itself.

use super::{
    bones::Bone,
    fit::fit_sphere,
    inspection::{Kind, Samples, Starts, Template},
    model::Sphere,
    socket::{lunate_mm2, lunate_sphere},
};
use crate::{
    frames::Side,
    labels::synthesis::{Bone as Part, HEAD, LUNATE, ShapeModel},
    mesh::TriMesh,
};
use nalgebra::Vector3;

/// The joint space that is taken for granted between a socket and the head that is not there, mm.
const JOINT_SPACE_MM: f64 = 3.0;
/// The model's place for a socket is this uncertain, mm: on eight real hip bones it was 0.5 to 7.6 mm off.
const START_MM: f64 = 6.0;

/// About where the head of a femur without hip bone is. `None` when the shape model cannot be read or fitted.
pub(super) fn expected_head(femur: &Bone, side: Side) -> Option<Sphere> {
    expected(femur, side, Kind::Femur, Part::FemurLeft, HEAD)
}

/// The head that would fit the socket of a hip bone without femur, likewise: of the spheres found from starts around the model's place,
/// that on which most of the bone lies best.
pub(super) fn expected_in_socket(hip_bone: &Bone, side: Side) -> Option<Sphere> {
    let within = |socket: Sphere| Sphere { radius_mm: socket.radius_mm - JOINT_SPACE_MM, ..socket };
    let expected = within(expected(hip_bone, side, Kind::HipBone, Part::HipLeft, LUNATE)?);
    let steps = [Vector3::x(), Vector3::y(), Vector3::z()].into_iter().flat_map(|axis| [axis * START_MM, axis * -START_MM]);
    let starts = std::iter::once(Vector3::zeros()).chain(steps);
    starts
        .filter_map(|step| lunate_sphere(hip_bone, &Sphere { centre: expected.centre + step, ..expected }))
        .map(|sphere| (lunate_mm2(hip_bone, &sphere) / sphere.rms_mm.max(1e-3), sphere))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, sphere)| sphere)
        .map(within)
}

/// A sphere of the model's mean left bone, where that bone lies when it is fitted to the surface.
fn expected(bone: &Bone, side: Side, kind: Kind, part: Part, region: u8) -> Option<Sphere> {
    let model = ShapeModel::load().ok()?;
    let fitted = Template::left(&model, kind)?.fit(&Samples::of(bone.mesh), side, Starts::HalfTurns)?;
    let part = model.part(part);
    let mean = TriMesh { vertices: part.mean.clone(), triangles: part.triangles.clone() };
    let (points, areas) = Bone::new(&mean, None).choose(&part.region(region).collect::<Vec<_>>());
    let sphere = fit_sphere(&points, &areas)?;
    Some(Sphere { centre: fitted.on_surface(&sphere.centre), radius_mm: sphere.radius_mm / fitted.pose.size, ..sphere })
}
