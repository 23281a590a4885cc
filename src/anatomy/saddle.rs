//! The saddle between neck and greater trochanter.

use super::{
    bones::Bone,
    model::{Femur, Hip, Sphere},
};
use crate::mesh::TriMesh;
use nalgebra::Point3;

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
    let tip = measured.greater_trochanter.as_ref()?.position;
    let from = 0.5 * head.radius_mm;
    let columns = ((tip - head.centre).dot(&lateral) - from).max(0.0) as usize;
    // Of each millimetre from medial to lateral the highest point is the upper border; of these the lowest is the saddle.
    let mut border: Vec<Option<(f64, Point3<f64>)>> = vec![None; columns];
    for p in femur.vertices().map(|v| femur.position(v)) {
        let (out, height) = ((p - head.centre).dot(&lateral) - from, (p - head.centre).dot(&up));
        if out >= 0.0
            && (out as usize) < columns
            && let highest = &mut border[out as usize]
            && highest.is_none_or(|(other, _)| height > other)
        {
            *highest = Some((height, p));
        }
    }
    border.into_iter().flatten().min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, p)| p)
}
