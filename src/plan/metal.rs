//! Metal that is in the patient already, as the scan shows it.

use crate::{
    anatomy::Bones,
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Vector3};
use std::collections::BTreeMap;

/// Denser than any bone, HU: metal, whatever its label (our choice; cortex stays below 2000).
const METAL_HU: i16 = 2500;
/// Smaller pieces are noise, mm³.
const LEAST_MM3: f64 = 20.0;
/// A piece of metal in the scan.
#[derive(Clone, Debug, PartialEq)]
pub struct MetalPiece {
    /// Centres of its voxels, LPS mm.
    pub voxels: Vec<Point3<f64>>,
    /// Volume of a voxel, mm³.
    pub voxel_mm3: f64,
}

impl MetalPiece {
    /// Its volume, mm³.
    #[must_use]
    pub fn volume_mm3(&self) -> f64 {
        self.voxels.len() as f64 * self.voxel_mm3
    }

    /// Its middle, LPS mm.
    #[must_use]
    pub fn middle(&self) -> Point3<f64> {
        Point3::from(self.voxels.iter().map(|p| p.coords).sum::<Vector3<f64>>() / self.voxels.len().max(1) as f64)
    }

    /// Half the edge of a cube as large as a voxel, mm: how far its metal may reach beyond the centre.
    pub(super) fn half_voxel_mm(&self) -> f64 {
        self.voxel_mm3.cbrt() / 2.0
    }
}

/// The metal of a scan in pieces that hang together, largest first: what is labelled so, and what is denser than any bone.
#[must_use]
pub fn metal_pieces(bones: &Bones, ct: Option<&Volume>) -> Vec<MetalPiece> {
    let Some(grid) = &bones.field_of_view else { return Vec::new() };
    let labelled = bones.metal.iter().filter_map(|p| grid.nearest(p)).map(|voxel| grid.index(voxel));
    let dense = ct.filter(|ct| ct.grid.same_place(grid, 0.01)).into_iter();
    let dense = dense.flat_map(|ct| ct.hu.iter().enumerate().filter(|(_, hu)| **hu >= METAL_HU).map(|(at, _)| at));
    pieces(grid, labelled.chain(dense).map(|at| (at, 0)).collect())
}

/// Voxels by the number of their piece, from 1; 0 before they were reached.
fn pieces(grid: &Grid, mut voxels: BTreeMap<usize, usize>) -> Vec<MetalPiece> {
    let all: Vec<usize> = voxels.keys().copied().collect();
    let mut found: Vec<MetalPiece> = Vec::new();
    for start in all {
        if voxels.get(&start).is_none_or(|piece| *piece > 0) {
            continue;
        }
        let number = found.len() + 1;
        let (mut open, mut members) = (vec![start], Vec::new());
        while let Some(at) = open.pop() {
            let Some(piece) = voxels.get_mut(&at).filter(|piece| **piece == 0) else { continue };
            *piece = number;
            members.push(at);
            open.extend(around(grid, at));
        }
        members.sort_unstable();
        let centres = members.into_iter().map(|at| grid.centre(grid.voxel(at))).collect();
        found.push(MetalPiece { voxels: centres, voxel_mm3: grid.voxel_mm3() });
    }
    found.retain(|piece| piece.volume_mm3() >= LEAST_MM3);
    found.sort_by_key(|piece| std::cmp::Reverse(piece.voxels.len()));
    found
}

/// The 26 voxels about one.
fn around(grid: &Grid, at: usize) -> impl Iterator<Item = usize> {
    let [i, j, k] = grid.voxel(at);
    let size = grid.size;
    let near = |x: usize, size: usize| x.saturating_sub(1)..=(x + 1).min(size - 1);
    near(k, size[2])
        .flat_map(move |k| near(j, size[1]).map(move |j| (j, k)))
        .flat_map(move |(j, k)| near(i, size[0]).map(move |i| [i, j, k]))
        .map(|voxel| grid.index(voxel))
        .collect::<Vec<_>>()
        .into_iter()
}
