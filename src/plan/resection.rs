//! The femur after the neck is cut.

use super::{ResectionPlane, StemPlacement};
use crate::{
    frames::Side,
    mesh::TriMesh,
    surface::{SurfaceError, components, plane_cut},
};
use nalgebra::{Point3, Unit, Vector3};

impl StemPlacement {
    /// The second cut of the osteotomy, along the stem's axis: the greater trochanter, which stands lateral of it and may hang together with
    /// the neck above the first cut, stays. The axis of the canal leaves the femur in the piriformis fossa, where both cuts meet.
    #[must_use]
    pub fn longitudinal_cut(&self, side: Side) -> ResectionPlane {
        let medial = self.lps_vector(side, &-Vector3::z());
        ResectionPlane { point: self.lps_point(side, &Point3::origin()), normal: Unit::new_normalize(medial) }
    }

    /// True for what lies beyond both cuts. Of the bone there, what hangs together with the head is removed.
    #[must_use]
    pub fn beyond_cuts(&self, side: Side, point: &Point3<f64>) -> bool {
        [self.resection, self.longitudinal_cut(side)].iter().all(|cut| (point - cut.point).dot(&cut.normal) > 0.0)
    }
}

/// The femur without its head: of what lies beyond the neck's cut and medial of the longitudinal one, only the piece that holds the head is
/// taken away. LPS mm; closed pieces, which touch along the planes where more than one stays.
///
/// # Errors
/// When the femur's surface is empty or not closed.
pub fn resected_femur(
    femur: &TriMesh,
    placement: &StemPlacement,
    side: Side,
    head_centre: &Point3<f64>,
) -> Result<TriMesh, SurfaceError> {
    let (neck, along) = (placement.resection, placement.longitudinal_cut(side));
    let mut rest = plane_cut(femur, &neck.point, &neck.normal)?;
    let above = plane_cut(femur, &neck.point, &-neck.normal.into_inner())?;
    if above.is_empty() {
        return Ok(rest);
    }
    rest.append(&plane_cut(&above, &along.point, &along.normal)?);
    let beyond = components(&plane_cut(&above, &along.point, &-along.normal.into_inner())?);
    // The head's piece is the one whose surface comes nearest to being a shell about the head centre.
    let nearest =
        |piece: &TriMesh| piece.vertices.iter().map(|p| (p - head_centre).norm()).min_by(f64::total_cmp).unwrap_or(f64::INFINITY);
    let head = (0..beyond.len()).min_by(|&a, &b| nearest(&beyond[a]).total_cmp(&nearest(&beyond[b])));
    for (index, piece) in beyond.iter().enumerate() {
        if Some(index) != head {
            rest.append(piece);
        }
    }
    Ok(rest)
}
