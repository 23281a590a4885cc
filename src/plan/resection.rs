//! The femur after the neck is cut.

use super::ResectionPlane;
use crate::{
    mesh::TriMesh,
    surface::{SurfaceError, components, plane_cut},
};
use nalgebra::Point3;

/// The femur without its head: of what lies beyond the plane, only the piece that holds the head is taken away, so that a greater
/// trochanter which reaches above the plane stays. LPS mm; closed pieces, which touch along the plane where one stays.
///
/// # Errors
/// When the femur's surface is empty or not closed.
pub fn resected_femur(femur: &TriMesh, resection: &ResectionPlane, head_centre: &Point3<f64>) -> Result<TriMesh, SurfaceError> {
    let mut rest = plane_cut(femur, &resection.point, &resection.normal)?;
    let beyond = components(&plane_cut(femur, &resection.point, &-resection.normal.into_inner())?);
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
