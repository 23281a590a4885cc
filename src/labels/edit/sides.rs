//! A bone of one side painted on the other side of the body is a slip, unless it is said to be meant.

use super::{Change, EditError};
use crate::{
    frames::Side,
    labels::{Label, LabelMap},
};
use nalgebra::Vector3;
use rayon::prelude::*;

/// Bones may reach over the middle by so much: the pubic symphysis does, in a pelvis that lies obliquely.
const OVERLAP_MM: f64 = 15.0;

/// Refuses a change that gives voxels the label of a side when all of them lie on the other side.
pub fn check(change: &Change, map: &LabelMap, label: Label) -> Result<(), EditError> {
    let Some(side) = label.side().filter(|_| !change.is_empty()) else { return Ok(()) };
    let Some((middle, landmark)) = middle(map, side) else { return Ok(()) };
    // Along a run x changes linearly: the voxel furthest to the label's own side is an end of a run.
    let own_side = |at: usize| (map.grid.centre(map.grid.voxel(at)).x - middle) * side.lps_sign();
    let beyond_mm = -change.ends().map(own_side).fold(f64::NEG_INFINITY, f64::max);
    if beyond_mm > OVERLAP_MM { Err(EditError::OtherSide { label, beyond_mm, landmark }) } else { Ok(()) }
}

/// The x (LPS mm) beyond which no bone of this side is expected as a whole, and what that is taken from.
fn middle(map: &LabelMap, side: Side) -> Option<(f64, &'static str)> {
    let sums = sums(map);
    let mean = |of: &dyn Fn(Label) -> bool| {
        let wanted = Label::ALL.into_iter().filter(|&label| of(label)).map(|label| sums[usize::from(label.id())]);
        let [voxels, i, j, k] = wanted.fold([0; 4], added);
        let place = || map.grid.lps(&(Vector3::new(i as f64, j as f64, k as f64) / voxels as f64)).x;
        (voxels > 0).then(place)
    };
    if let Some(x) = mean(&|label| label == Label::Sacrum) {
        return Some((x, "the sacrum"));
    }
    let of_side = |side: Side| mean(&|label| label.side() == Some(side));
    match (of_side(side), of_side(side.opposite())) {
        (Some(own), Some(other)) => Some(((own + other) / 2.0, "the bones of both sides")),
        // In a scan of one hip only this much is certain.
        (None, Some(other)) => Some((other, "the bones of the other side")),
        _ => None,
    }
}

/// Number of voxels and sums of i, j and k of every label: whole numbers, the same in whatever order they are added.
fn sums(map: &LabelMap) -> [[u64; 4]; Label::ALL.len()] {
    let [ni, nj, _] = map.grid.size;
    let empty = || [[0; 4]; Label::ALL.len()];
    let rows = map.ids.par_chunks(ni.max(1)).enumerate();
    let summed = rows.fold(empty, |mut sums, (row, ids)| {
        for (i, &id) in ids.iter().enumerate().filter(|(_, id)| usize::from(**id) < Label::ALL.len()) {
            sums[usize::from(id)] = added(sums[usize::from(id)], [1, i as u64, (row % nj) as u64, (row / nj) as u64]);
        }
        sums
    });
    summed.reduce(empty, |a, b| std::array::from_fn(|label| added(a[label], b[label])))
}

fn added(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    std::array::from_fn(|n| a[n] + b[n])
}
