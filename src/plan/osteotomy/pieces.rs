//! The femur after the operation, in its pieces.

use super::{CutForm, Osteotomy, across};
use crate::{
    frames::Side,
    mesh::TriMesh,
    plan::{Plan, resected_femur},
    surface::{SurfaceError, plane_cut},
};
use nalgebra::{Point3, Vector3};

/// The pieces of an operated femur as closed meshes, LPS mm; each may itself be of several that touch along planes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FemurPieces {
    /// Without its head, down to the osteotomy; all there is without one. As scanned.
    pub proximal: TriMesh,
    /// Below the osteotomy, moved to the proximal piece. Empty without one.
    pub distal: TriMesh,
    /// What is taken out between them, as scanned.
    pub removed: TriMesh,
}

/// The femur as a plan leaves it, before the joint is reduced: the neck cut where there is a stem, then the osteotomy.
///
/// # Errors
/// When the femur's surface is empty or not closed.
pub fn femur_pieces(femur: &TriMesh, plan: &Plan, head_centre: &Point3<f64>) -> Result<FemurPieces, SurfaceError> {
    let rest = match &plan.stem {
        Some(stem) => resected_femur(femur, stem, plan.side, head_centre)?,
        None => femur.clone(),
    };
    match &plan.deformity.osteotomy {
        Some(osteotomy) => osteotomy.pieces(&rest, plan.side),
        None => Ok(FemurPieces { proximal: rest, ..FemurPieces::default() }),
    }
}

/// What stays of the femur, as one mesh: see [`femur_pieces`].
///
/// # Errors
/// When the femur's surface is empty or not closed.
pub fn operated_femur(femur: &TriMesh, plan: &Plan, head_centre: &Point3<f64>) -> Result<TriMesh, SurfaceError> {
    let FemurPieces { proximal: mut whole, distal, .. } = femur_pieces(femur, plan, head_centre)?;
    whole.append(&distal);
    Ok(whole)
}

impl Osteotomy {
    /// Cuts a femur as scanned, and moves its distal piece to where it heals.
    ///
    /// # Errors
    /// When the surface is empty or not closed.
    pub fn pieces(&self, femur: &TriMesh, side: Side) -> Result<FemurPieces, SurfaceError> {
        let motion = self.motion(side);
        let [proximal, below] = self.split(femur, side)?;
        let [above, distal] = self.split(&below.transformed(&motion), side)?;
        Ok(FemurPieces { proximal, distal, removed: above.transformed(&motion.inverse()) })
    }

    /// What lies above the cut, and what below.
    fn split(&self, mesh: &TriMesh, side: Side) -> Result<[TriMesh; 2], SurfaceError> {
        let halves = |mesh: &TriMesh, at: &Vector3<f64>, normal: &Vector3<f64>| {
            if mesh.is_empty() {
                return Ok([TriMesh::default(), TriMesh::default()]);
            }
            let (point, normal) = (self.lps_point(side, at), self.lps_vector(side, normal));
            Ok([plane_cut(mesh, &point, &-normal)?, plane_cut(mesh, &point, &normal)?])
        };
        let [mut above, below] = halves(mesh, &Vector3::zeros(), &self.normal())?;
        let CutForm::Step { height_mm, towards_deg } = self.correction.form else { return Ok([above, below]) };
        let [longer, mut shorter] = halves(&below, &Vector3::zeros(), &across(towards_deg))?;
        let [step, rest] = halves(&longer, &(Vector3::y() * -height_mm), &Vector3::y())?;
        above.append(&step);
        shorter.append(&rest);
        Ok([above, shorter])
    }
}
