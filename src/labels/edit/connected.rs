//! What hangs together with a picked point.

use super::EditError;
use crate::{labels::components::neighbours, volume::Grid};
use nalgebra::Point3;

/// The voxel under a point.
pub fn seed(grid: &Grid, point: &Point3<f64>) -> Result<usize, EditError> {
    grid.nearest(point).map(|voxel| grid.index(voxel)).ok_or(EditError::Outside)
}

/// The open voxels that hang together with one of them by faces, ascending.
pub fn piece(mut open: Vec<bool>, start: usize, size: [usize; 3]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut stack = vec![start];
    open[start] = false;
    while let Some(at) = stack.pop() {
        found.push(at);
        for next in neighbours(at, size) {
            if open[next] {
                open[next] = false;
                stack.push(next);
            }
        }
    }
    found.sort_unstable();
    found
}
