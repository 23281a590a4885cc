//! Asking a hip about the postures of a grid: all of a coarse one, and of a fine one those that may lie near a limit.

use super::{FreeHip, PostureBox, RomSurface};
use crate::{
    motion::{Couple, MotionError, Posture},
    progress::Progress,
    volume::Grid,
};
use nalgebra::Point3;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Coarse steps hold so many fine ones.
const FINER: usize = 2;
/// Progress is told after so many postures.
const TOLD: usize = 512;

pub(super) fn sample(
    hip: &FreeHip<'_>,
    postures: &PostureBox,
    step_deg: f64,
    progress: &dyn Progress,
) -> Result<RomSurface, MotionError> {
    let fine_deg = step_deg / FINER as f64;
    let coarse = postures.spans().map(|[from, to]| ((to - from) / step_deg - 1e-9).ceil() as usize);
    let origin = Point3::from(postures.spans().map(|[from, _]| from));
    let grid = Grid::axis_aligned(coarse.map(|steps| FINER * steps + 1), [fine_deg; 3], origin);
    // A cell that a limit crosses has no corner further from it than its three sides together; a fine node between coarse ones is no further
    // from them than three fine steps.
    let near_deg = 3.0 * fine_deg;
    let enough_deg = (2.0 * near_deg + 1.0).max(20.0);
    // Both rounds go over all nodes; what is asked of them lies where it lies, so that this is how far it is to no more than a rough part.
    let seen = AtomicUsize::new(0);
    let watched = || {
        let before = seen.fetch_add(1, Ordering::Relaxed);
        if before.is_multiple_of(TOLD) {
            progress.report("range of motion", before as f64 / (2 * grid.len()) as f64);
        }
        if progress.cancelled() { Err(MotionError::Cancelled) } else { Ok(()) }
    };
    let ask = |index: usize| {
        let at = grid.centre(grid.voxel(index));
        hip.margin_deg(&Posture { flexion_deg: at.x, adduction_deg: at.y, internal_rotation_deg: at.z }, enough_deg)
    };
    let is_coarse = |index: usize| grid.voxel(index).iter().all(|at| at.is_multiple_of(FINER));
    let coarsely = |index: usize| watched().map(|()| is_coarse(index).then(|| ask(index)));
    let known: Vec<Option<(f64, Couple)>> = (0..grid.len()).into_par_iter().map(coarsely).collect::<Result<_, _>>()?;
    let far = |index: usize| -> Option<(f64, Couple)> {
        let corners: Vec<(f64, Couple)> = around(&grid, index).into_iter().filter_map(|corner| known[corner]).collect();
        let furthest = corners.iter().max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))?;
        let mean = corners.iter().map(|corner| corner.0).sum::<f64>() / corners.len() as f64;
        // Its sign is that of the furthest, and it is further from a limit than what a cell could reach.
        let value = if mean * furthest.0 > 0.0 { mean.abs().max(near_deg) } else { near_deg };
        (furthest.0.abs() > 2.0 * near_deg).then_some((value.copysign(furthest.0), furthest.1))
    };
    let found: Vec<(f64, Couple, bool)> = (0..grid.len())
        .into_par_iter()
        .map(|index| {
            watched()?;
            let told = |asked: bool| move |(margin, couple): (f64, Couple)| (margin, couple, asked);
            let without = known[index].map(told(true)).or_else(|| far(index).map(told(false)));
            Ok(without.unwrap_or_else(|| told(true)(ask(index))))
        })
        .collect::<Result<_, MotionError>>()?;
    let asked = found.iter().filter(|node| node.2).count();
    let nodes: Vec<(f64, Couple)> = found.into_iter().map(|(margin, couple, _)| (margin, couple)).collect();
    let margins_deg: Vec<f64> = nodes.iter().map(|node| node.0).collect();
    Ok(RomSurface {
        reachable: reachable(&grid, &margins_deg),
        couples: nodes.iter().map(|node| node.1).collect(),
        asked,
        margins_deg,
        enough_deg,
        grid,
    })
}

/// The coarse nodes about a fine one.
fn around(grid: &Grid, index: usize) -> Vec<usize> {
    let node = grid.voxel(index);
    let mut corners = vec![node];
    for axis in 0..3 {
        let past = node[axis] % FINER;
        if past > 0 {
            let moved = |corner: &[usize; 3], to: usize| {
                let mut moved = *corner;
                moved[axis] = to;
                moved
            };
            let (low, high) = (node[axis] - past, node[axis] - past + FINER);
            corners = corners.iter().flat_map(|corner| [moved(corner, low), moved(corner, high)]).collect();
        }
    }
    corners.into_iter().map(|corner| grid.index(corner)).collect()
}

/// What is joined to neutral from node to neighbouring node without contact; nothing where neutral is in contact or outside.
fn reachable(grid: &Grid, margins_deg: &[f64]) -> Vec<bool> {
    let mut reached = vec![false; margins_deg.len()];
    let mut open: Vec<usize> = grid.nearest(&Point3::origin()).map(|node| grid.index(node)).into_iter().collect();
    while let Some(index) = open.pop() {
        if reached[index] || margins_deg[index] < 0.0 {
            continue;
        }
        reached[index] = true;
        let node = grid.voxel(index);
        for axis in 0..3 {
            for to in [node[axis].wrapping_sub(1), node[axis] + 1] {
                if to < grid.size[axis] {
                    let mut next = node;
                    next[axis] = to;
                    open.push(grid.index(next));
                }
            }
        }
    }
    reached
}
