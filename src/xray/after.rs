//! The CT as it would be after the operation.

use crate::{
    implants::Catalogue,
    labels::{Label, components::neighbours},
    plan::{Piece, Plan, PlanError},
    volume::{Volume, resample::trilinear},
};
use nalgebra::{Isometry3, Point3, Vector3};
use rayon::prelude::*;

/// What is left where the femur was, HU: muscle.
const SOFT_HU: i16 = 40;
/// Inside the shell, HU: polyethylene.
const LINER_HU: i16 = -90;

/// What becomes of a voxel of the femur.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    /// With the part of the femur that holds the stem.
    Moves,
    /// With the part below an osteotomy.
    MovesBelow,
    Removed,
}

/// The CT after the neck is cut, the head removed, the femur brought to where its new head is in the cup, and the socket reamed. The metal
/// itself is not in it: see [`metal`](super::metal).
///
/// `ids` are the labels, one a voxel; `native_head` is the centre of the femoral head, LPS mm. Where the femur was there is muscle. The
/// femur takes a seam of one voxel with it, in which the scan mixed bone and what lies beside it. The leg is not turned; of a femur that is cut
/// the part with the stem is, where the osteotomy turns or tilts.
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn after_operation(
    volume: &Volume,
    ids: &[u8],
    plan: &Plan,
    catalogue: &Catalogue,
    native_head: &Point3<f64>,
) -> Result<Volume, PlanError> {
    let mut hu = volume.hu.clone();
    if let (Some(stem), Some(reduction)) = (&plan.stem, plan.reduction(catalogue)?) {
        let femur = Label::femur(plan.side).id();
        let beyond = |p: &Point3<f64>| stem.beyond_cuts(plan.side, p);
        let mut fates = fates(volume, ids, femur, &beyond, native_head);
        cut_below(volume, &mut fates, plan);
        let back = [(Fate::Moves, reduction.inverse()), (Fate::MovesBelow, (reduction * plan.distal_motion()).inverse())];
        let moved = |at: usize| brought(volume, &fates, &back, &volume.grid.centre(volume.grid.voxel(at)));
        hu = (0..hu.len())
            .into_par_iter()
            .map(|at| match (moved(at), fates[at]) {
                (Some(value), _) => value,
                (None, Fate::Stays) => hu[at],
                (None, _) => hu[at].min(SOFT_HU),
            })
            .collect();
    }
    let chosen = plan.chosen(catalogue)?;
    let (radius, centre) = (chosen.cup.outer_diameter_mm / 2.0, plan.cup.shell_centre(chosen.liner));
    let reamed = |p: &Point3<f64>| {
        let from: Vector3<f64> = p - centre;
        from.norm() < radius && from.dot(&plan.cup.axis) < chosen.cup.rim_height_mm
    };
    hu.par_iter_mut().enumerate().for_each(|(at, value)| {
        if reamed(&volume.grid.centre(volume.grid.voxel(at))) {
            *value = LINER_HU;
        }
    });
    Ok(Volume { grid: volume.grid.clone(), hu })
}

/// The value that a piece of the femur brings to a place, from where it was.
fn brought(volume: &Volume, fates: &[Fate], back: &[(Fate, Isometry3<f64>)], place: &Point3<f64>) -> Option<i16> {
    back.iter().find_map(|(fate, back)| {
        let from = back * place;
        let nearest = volume.grid.nearest(&from)?;
        (fates[volume.grid.index(nearest)] == *fate).then(|| trilinear(volume, &from).map(|hu| hu.round() as i16)).flatten()
    })
}

/// Of what moves, what lies between the cuts of an osteotomy is taken out, and what lies below goes its own way.
fn cut_below(volume: &Volume, fates: &mut [Fate], plan: &Plan) {
    let Some(osteotomy) = plan.deformity.osteotomy else { return };
    fates.par_iter_mut().enumerate().filter(|(_, fate)| **fate == Fate::Moves).for_each(|(at, fate)| {
        *fate = match osteotomy.piece(plan.side, &volume.grid.centre(volume.grid.voxel(at))) {
            Piece::Proximal => Fate::Moves,
            Piece::Removed => Fate::Removed,
            Piece::Distal => Fate::MovesBelow,
        };
    });
}

/// Sorts the voxels: of the femur's beyond the cuts, those that hang together with the head are removed; its other voxels move; what
/// is not bone and touches either goes with it.
fn fates(volume: &Volume, ids: &[u8], femur: u8, beyond: &dyn Fn(&Point3<f64>) -> bool, head: &Point3<f64>) -> Vec<Fate> {
    let grid = &volume.grid;
    let cut: Vec<usize> = (0..ids.len()).filter(|&at| ids[at] == femur && beyond(&grid.centre(grid.voxel(at)))).collect();
    let distance = |at: usize| (grid.centre(grid.voxel(at)) - head).norm_squared();
    let seed = cut.iter().copied().min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
    let mut fates: Vec<Fate> = ids.iter().map(|&id| if id == femur { Fate::Moves } else { Fate::Stays }).collect();
    let mut candidate = vec![false; ids.len()];
    cut.iter().for_each(|&at| candidate[at] = true);
    let mut open: Vec<usize> = seed.into_iter().collect();
    while let Some(at) = open.pop() {
        if std::mem::take(&mut candidate[at]) {
            fates[at] = Fate::Removed;
            open.extend(neighbours(at, grid.size).filter(|&n| candidate[n]));
        }
    }
    let mut seam: Vec<(usize, Fate)> = Vec::new();
    for at in (0..ids.len()).filter(|&at| ids[at] == femur) {
        let beside = neighbours(at, grid.size);
        seam.extend(beside.filter(|&n| ids[n] == Label::Background.id()).map(|n| (n, fates[at])));
    }
    for (at, fate) in seam {
        if fates[at] != Fate::Moves {
            fates[at] = fate;
        }
    }
    fates
}
