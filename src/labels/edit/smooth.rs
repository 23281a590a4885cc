//! Noise taken off the surface of a bone.
//!
//! A voxel is bone when a Gaussian lays more than half of its weight on bone. That leaves flat surfaces in place, but would dissolve a
//! wall thinner than 1.35 σ and close a gap as narrow. So a wall is told from a bump first: both are too thin to hold a ball, but a bump
//! sits on something thick and rises less than σ and a voxel from it.

use super::{Wanted, crop::Crop};
use crate::{
    labels::{Label, LabelMap, squared_edt},
    volume::Grid,
};
use rayon::prelude::*;

/// The Gaussian is cut off at so many σ.
const CUT_OFF: f64 = 3.0;

/// What becomes the label and what becomes background when the label is smoothed.
pub fn smoothed(map: &LabelMap, label: Label, sigma_mm: f64) -> Wanted {
    let margin = map.grid.spacing.map(|s| ((CUT_OFF + 1.0) * sigma_mm / s).ceil() as usize + 2);
    let Some(crop) = Crop::around(map, label, margin) else { return Wanted::new() };
    let bone = &crop.mask;
    let around: Vec<bool> = bone.iter().map(|inside| !inside).collect();
    let share = blurred(bone, &crop.grid, sigma_mm);
    let (wall, gap) = (thin(bone, &crop.grid, sigma_mm), thin(&around, &crop.grid, sigma_mm));
    let bump = |at: &usize| bone[*at] && share[*at] < 0.5 && !wall[*at];
    let pit = |at: &usize| around[*at] && share[*at] > 0.5 && !gap[*at] && map.ids[crop.in_map(*at)] == Label::Background.id();
    let positions = |chosen: &dyn Fn(&usize) -> bool| (0..bone.len()).filter(chosen).map(|at| crop.in_map(at)).collect();
    vec![(label, positions(&pit)), (Label::Background, positions(&bump))]
}

/// The share of a Gaussian's weight that lies on the mask. At the border of the scan the mask is continued by turning it about the last
/// voxel, which leaves a surface that leaves the scan aslant where it is.
fn blurred(mask: &[bool], grid: &Grid, sigma_mm: f64) -> Vec<f32> {
    let mut field: Vec<f32> = mask.iter().map(|&inside| f32::from(u8::from(inside))).collect();
    let mut stride = 1;
    for (n, spacing) in grid.size.into_iter().zip(grid.spacing) {
        let reach = (CUT_OFF * sigma_mm / spacing).ceil() as isize;
        let weights: Vec<f32> = (-reach..=reach).map(|d| (-0.5 * (d as f64 * spacing / sigma_mm).powi(2)).exp() as f32).collect();
        let (sum, last) = (weights.iter().sum::<f32>(), n as isize - 1);
        let at_place = |at: usize| {
            let along = (at / stride % n) as isize;
            let value = |place: isize| field[at.wrapping_add_signed((place - along) * stride as isize)];
            let continued = |place: isize| match place {
                ..0 => 2.0 * value(0) - value((-place).min(last)),
                _ if place > last => 2.0 * value(last) - value((2 * last - place).max(0)),
                _ => value(place),
            };
            (-reach..=reach).zip(&weights).map(|(d, weight)| weight * continued(along + d)).sum::<f32>() / sum
        };
        field = (0..field.len()).into_par_iter().map(at_place).collect();
        stride *= n;
    }
    field
}

/// The parts of a mask that are walls, spines or pieces of their own: too thin for a ball of radius σ, and reaching further than a bump
/// does from where there is room for one.
fn thin(mask: &[bool], grid: &Grid, sigma_mm: f64) -> Vec<bool> {
    let longest = grid.spacing.into_iter().fold(0.0, f64::max);
    // From centre to centre, half a voxel more than to the surface.
    let radius = sigma_mm + longest / 2.0;
    // Noise around a bump takes a voxel from what it stands on.
    let rise = sigma_mm + longest;
    let within =
        |of: &[bool], mm: f64| -> Vec<bool> { squared_edt(of, grid).into_iter().map(|d| f64::from(d) <= mm * mm).collect() };
    let outside: Vec<bool> = mask.iter().map(|inside| !inside).collect();
    let room: Vec<bool> = within(&outside, radius).into_iter().map(|near| !near).collect();
    let thick = within(&room, radius);
    let reached = within(&both(mask, &thick), rise);
    let far: Vec<bool> = mask.iter().zip(reached).map(|(&inside, near)| inside && !near).collect();
    // What joins a wall to the rest belongs to the wall.
    let joined = within(&far, rise + longest);
    (0..mask.len()).map(|at| mask[at] && !thick[at] && joined[at]).collect()
}

fn both(a: &[bool], b: &[bool]) -> Vec<bool> {
    a.iter().zip(b).map(|(&a, &b)| a && b).collect()
}
