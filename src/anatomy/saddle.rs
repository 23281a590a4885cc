//! The saddle between neck and greater trochanter.

use super::{
    bones::Bone,
    model::{Femur, Hip, Sphere},
    outline::outline,
};
use crate::mesh::TriMesh;
use nalgebra::{Point3, Vector3};

/// The border is looked at from this far lateral of the head centre, head radii: from the head's own slope.
const FROM: f64 = 0.5;

/// What lies no higher than this above the lowest place belongs to the saddle, mm: where it is flat, its middle is taken.
const FLAT_MM: f64 = 0.5;

impl Hip {
    /// The saddle between neck and greater trochanter on the surface of the hip's femur (LPS mm); `None` when trochanter or neck are not in
    /// the mesh.
    #[must_use]
    pub fn saddle(&self, femur: &TriMesh) -> Option<Point3<f64>> {
        saddle(&Bone::new(femur, None), &self.head, self.femur.as_ref()?)
    }
}

/// The lowest point, along the shaft, of the upper border of the proximal femur between head and tip of the greater trochanter, seen
/// across the plane of neck and shaft. `None` when trochanter or neck are not in the mesh.
pub(super) fn saddle(femur: &Bone, head: &Sphere, measured: &Femur) -> Option<Point3<f64>> {
    let up = measured.shaft.direction.into_inner();
    let neck = measured.neck_axis.direction.into_inner();
    let lateral = (neck - up * up.dot(&neck)).try_normalize(1e-6)?;
    let across = up.cross(&lateral);
    let tip = measured.greater_trochanter.as_ref()?.position;
    let start = head.centre + lateral * (FROM * head.radius_mm);
    // From medial to lateral the levels, upwards the outside.
    let seen = |p: &Point3<f64>| Vector3::new((p - start).dot(&up), -(p - start).dot(&lateral), (p - start).dot(&across));
    let points: Vec<Vector3<f64>> = femur.mesh.vertices.iter().map(seen).collect();
    let border: Vec<Vector3<f64>> = outline(femur, &points, seen(&tip).y).into_iter().flatten().collect();
    let deepest = (0..border.len()).min_by(|&a, &b| border[a].x.total_cmp(&border[b].x))?;
    let belongs = |at: &usize| border[*at].x <= border[deepest].x + FLAT_MM;
    let medial = (0..=deepest).rev().take_while(belongs).last()?;
    let lateral_end = (deepest..border.len()).take_while(belongs).last()?;
    let lowest = border[(medial + lateral_end) / 2];
    Some(start + up * lowest.x - lateral * lowest.y + across * lowest.z)
}
