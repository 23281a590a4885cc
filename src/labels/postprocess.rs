//! What is checked and said about labels before anyone relies on them: metal, sides, missing and cut bones, confidence.

use super::{
    Label,
    components::{components, neighbours},
    refine_prior::Prior,
    segment::BoneReport,
};
use crate::{
    frames::Side,
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Bone never reaches this; surgical steel, cobalt-chrome and titanium do.
const METAL_HU: i16 = 2500;
/// A smaller bright spot is noise or a tooth of the histogram, mm³.
const LEAST_METAL_MM3: f64 = 40.0;
/// The blurred edge of metal: its neighbours above this belong to it.
const METAL_EDGE_HU: i16 = 1800;
/// A scan without anything as dense as this shows no bone, and neither does a part of it, HU.
pub const LEAST_BONE_HU: i16 = 200;
/// A scrap of a hip bone or femur, less than this many mm³, …
const SCRAP_MM3: f64 = 40_000.0;
/// … of which no more than this share is as dense as bone, is none: 0.002 of a filled bowel that the network took for a hip bone, 0.01 of
/// hip bones with a third of their cortex in slices of 3 mm.
const LEAST_CORTEX: f64 = 0.005;
/// A bone of which less is seen is not named, mm³.
const LEAST_BONE_MM3: f64 = 15_000.0;
/// The network must believe in a bone this much on average.
const LEAST_CONFIDENCE: f64 = 0.5;

/// Marks metal and returns its volume in mm³.
pub fn mark_metal(ids: &mut [u8], volume: &Volume) -> f64 {
    let size = volume.grid.size;
    let bright: Vec<bool> = volume.hu.iter().map(|&hu| hu >= METAL_HU).collect();
    if !bright.contains(&true) {
        return 0.0;
    }
    let found = components(&bright, size);
    let least = (LEAST_METAL_MM3 / volume.grid.voxel_mm3()).ceil() as usize;
    let mut metal: Vec<bool> = found.piece.iter().map(|&p| p > 0 && found.voxels[p as usize] >= least).collect();
    let edge: Vec<usize> = (0..metal.len())
        .filter(|&at| !metal[at] && volume.hu[at] >= METAL_EDGE_HU && neighbours(at, size).any(|n| metal[n]))
        .collect();
    edge.into_iter().for_each(|at| metal[at] = true);
    let mut count = 0;
    for (id, _) in ids.iter_mut().zip(&metal).filter(|(_, m)| **m) {
        *id = Label::Metal.id();
        count += 1;
    }
    count as f64 * volume.grid.voxel_mm3()
}

/// The bones that touch metal, in the order of their labels.
#[must_use]
pub fn beside_metal(ids: &[u8], size: [usize; 3]) -> Vec<Label> {
    let metal = (0..ids.len()).filter(|&at| ids[at] == Label::Metal.id());
    let touched: BTreeSet<Label> = metal.flat_map(|at| neighbours(at, size)).filter_map(|at| Label::from_id(ids[at])).collect();
    touched.into_iter().filter(|label| !matches!(label, Label::Background | Label::Metal)).collect()
}

/// Confidence of every voxel: the network's probability of its label and how clearly its density says bone or not, in equal parts
/// (geometric mean); inside a bone, where density says nothing, the probability alone.
#[must_use]
pub fn confidence(ids: &[u8], volume: &Volume, prior: &Prior, threshold_hu: f32) -> Vec<u8> {
    let size = volume.grid.size;
    (0..ids.len())
        .into_par_iter()
        .map(|at| {
            let id = ids[at];
            if id == Label::Metal.id() {
                return 255;
            }
            let believed = prior.of(id, at);
            let edge = neighbours(at, size).any(|n| ids[n] != id);
            let clear = 1.0 / (1.0 + (-(f32::from(volume.hu[at]) - threshold_hu) / 60.0).exp());
            let physics = match (id, edge) {
                (0, _) => 1.0 - clear * (1.0 - believed),
                (_, true) => clear,
                (_, false) => believed.max(clear),
            };
            ((believed * physics).sqrt() * 255.0).round() as u8
        })
        .collect()
}

/// Removes bones of which too little was seen or believed, and scraps without a cortex; reports the others and warns in plain words.
pub fn report(
    ids: &mut [u8],
    confidence: &mut [u8],
    volume: &Volume,
    bones: &[Label],
    warnings: &mut Vec<String>,
) -> Vec<BoneReport> {
    let grid = &volume.grid;
    let mut reports = Vec::new();
    for &label in bones {
        let (mut voxels, mut dense, mut sum) = (0usize, 0usize, 0.0);
        let mut touches_border = false;
        for at in (0..ids.len()).filter(|&at| ids[at] == label.id()) {
            voxels += 1;
            sum += f64::from(confidence[at]) / 255.0;
            dense += usize::from(volume.hu[at] >= LEAST_BONE_HU);
            let voxel = grid.voxel(at);
            touches_border |= (0..3).any(|a| voxel[a] == 0 || voxel[a] + 1 == grid.size[a]);
        }
        let mean_confidence = if voxels > 0 { sum / voxels as f64 } else { 0.0 };
        let seen_mm3 = voxels as f64 * grid.voxel_mm3();
        let of_the_hip = Side::BOTH.iter().any(|&side| [Label::hip(side), Label::femur(side)].contains(&label));
        let has_cortex = !of_the_hip || seen_mm3 >= SCRAP_MM3 || dense as f64 >= LEAST_CORTEX * voxels as f64;
        if seen_mm3 >= LEAST_BONE_MM3 && mean_confidence >= LEAST_CONFIDENCE && has_cortex {
            let volume_ml = seen_mm3 / 1000.0;
            reports.push(BoneReport { label, voxels, volume_ml, mean_confidence, touches_border, warnings: Vec::new() });
            continue;
        }
        for (id, confidence) in ids.iter_mut().zip(confidence.iter_mut()).filter(|(id, _)| **id == label.id()) {
            (*id, *confidence) = (Label::Background.id(), 128);
        }
        if voxels > 0 {
            let reason = if has_cortex {
                format!("only {:.0} ml were seen, with a confidence of {mean_confidence:.2}", seen_mm3 / 1000.0)
            } else {
                format!("nothing of the {:.0} ml that were taken for it is as dense as a cortex", seen_mm3 / 1000.0)
            };
            warnings.push(format!("{} was not labelled: {reason}", label.name()));
        }
    }
    reports
}

/// Mean x (LPS mm, left is larger) of a label's voxels.
fn mean_x(ids: &[u8], grid: &Grid, label: Label) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0usize);
    for at in (0..ids.len()).filter(|&at| ids[at] == label.id()) {
        sum += grid.centre(grid.voxel(at)).x;
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}

/// A contradiction between a bone's named side and its place in the patient, in words.
#[must_use]
pub fn contradicted_side(ids: &[u8], grid: &Grid) -> Option<String> {
    let sacrum = mean_x(ids, grid, Label::Sacrum);
    for of in [Label::hip as fn(Side) -> Label, Label::femur] {
        let [left, right] = Side::BOTH.map(|side| mean_x(ids, grid, of(side)));
        if let (Some(l), Some(r)) = (left, right)
            && l <= r
        {
            return Some(format!("{} lies {:.0} mm to the right of {}", of(Side::Left).name(), r - l, of(Side::Right).name()));
        }
        for (side, x) in Side::BOTH.into_iter().zip([left, right]) {
            if let (Some(x), Some(middle)) = (x, sacrum)
                && (x - middle) * side.lps_sign() < 0.0
            {
                return Some(format!("{} lies on the other side of the sacrum", of(side).name()));
            }
        }
    }
    None
}

/// Femur and hip bone that face each other across no more than this meet in a joint, mm.
const JOINT_GAP_MM: f64 = 8.0;
/// Further apart than this are the joints of shoulders, not of hips, mm: centres of hips lie 150 to 220 mm apart, 240 mm where both are
/// dislocated upwards, and the places where the bones meet lie some 10 mm further in.
pub const FARTHEST_HIPS_MM: f64 = 240.0;

/// Distance between the places where femur and hip bone meet on the left and on the right, mm; `None` unless they meet on both sides.
#[must_use]
pub fn joints_apart_mm(ids: &[u8], grid: &Grid) -> Option<f64> {
    let [left, right] = Side::BOTH.map(|side| joint_place(ids, grid, side));
    Some((left? - right?).norm())
}

/// Mean place of the femur's voxels from which the hip bone lies right ahead along an axis of the grid, LPS mm.
fn joint_place(ids: &[u8], grid: &Grid, side: Side) -> Option<Point3<f64>> {
    let (hip, femur) = (Label::hip(side).id(), Label::femur(side).id());
    let reach = grid.spacing.map(|mm| (JOINT_GAP_MM / mm).ceil() as usize);
    let meets = |at: usize| {
        let voxel = grid.voxel(at);
        (0..3).any(|axis| {
            let stride: usize = grid.size[..axis].iter().product();
            let back = (1..=reach[axis].min(voxel[axis])).map(|n| at - n * stride);
            let ahead = (1..=reach[axis].min(grid.size[axis] - 1 - voxel[axis])).map(|n| at + n * stride);
            back.chain(ahead).any(|other| ids[other] == hip)
        })
    };
    let facing = (0..ids.len()).filter(|&at| ids[at] == femur && meets(at));
    let (sum, count) = facing.fold((Vector3::zeros(), 0.0), |(sum, n), at| (sum + grid.centre(grid.voxel(at)).coords, n + 1.0));
    (count > 0.0).then(|| Point3::from(sum / count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::axis_aligned([40, 20, 20], [2.0; 3], Point3::origin())
    }

    fn boxes(left: [usize; 2], right: [usize; 2]) -> Vec<u8> {
        let grid = grid();
        let between = |x: usize, [low, high]: [usize; 2]| x >= low && x < high;
        (0..grid.len())
            .map(|at| {
                let x = grid.voxel(at)[0];
                if between(x, left) {
                    Label::HipLeft.id()
                } else if between(x, right) {
                    Label::HipRight.id()
                } else {
                    0
                }
            })
            .collect()
    }

    #[test]
    fn left_must_lie_to_the_left() {
        assert_eq!(contradicted_side(&boxes([25, 40], [0, 15]), &grid()), None);
        let swapped = contradicted_side(&boxes([0, 15], [25, 40]), &grid()).unwrap();
        assert!(swapped.contains("50 mm to the right"), "{swapped}");
    }

    #[test]
    fn joints_are_where_the_bones_meet() {
        let grid = Grid::axis_aligned([100, 4, 4], [4.0; 3], Point3::origin());
        // From right to left: femur, one empty voxel, hip bone; and the same in the mirror.
        let draw = |apart: usize| {
            let label = |at: usize| match grid.voxel(at)[0] {
                x if x < 10 => 5,
                x if (11..14).contains(&x) => 3,
                x if (10 + apart - 4..10 + apart - 1).contains(&x) => 2,
                x if x >= 10 + apart => 4,
                _ => 0,
            };
            (0..grid.len()).map(label).collect::<Vec<u8>>()
        };
        // Only the last voxel of each femur sees the hip bone within 8 mm: columns 9 and 10 + 40.
        assert_eq!(joints_apart_mm(&draw(40), &grid), Some(41.0 * 4.0));
        let mut without_a_femur = draw(40);
        without_a_femur.iter_mut().filter(|id| **id == 4).for_each(|id| *id = 0);
        assert_eq!(joints_apart_mm(&without_a_femur, &grid), None);
    }

    #[test]
    fn a_cluster_of_metal_is_marked_and_a_bright_speck_is_not() {
        let grid = grid();
        let mut hu = vec![100i16; grid.len()];
        for i in 10..14 {
            for j in 5..8 {
                hu[grid.index([i, j, 9])] = 3000;
            }
        }
        hu[grid.index([14, 6, 9])] = 2000;
        hu[grid.index([30, 10, 10])] = 3000;
        let mut ids = vec![0; grid.len()];
        let volume = Volume { grid, hu };
        assert!((mark_metal(&mut ids, &volume) - 13.0 * 8.0).abs() < 1e-9);
        assert_eq!(ids.iter().filter(|&&id| id == 13).count(), 13);
        assert_eq!(ids[volume.grid.index([30, 10, 10])], 0);
        assert_eq!(beside_metal(&ids, volume.grid.size), []);
        ids[volume.grid.index([12, 6, 8])] = Label::HipRight.id();
        ids[volume.grid.index([30, 10, 9])] = Label::FemurLeft.id();
        assert_eq!(beside_metal(&ids, volume.grid.size), [Label::HipRight]);
    }

    #[test]
    fn a_doubtful_scrap_is_reported_and_not_labelled() {
        let grid = grid();
        let mut ids = boxes([25, 40], [0, 3]);
        let mut confidence = vec![200; ids.len()];
        let mut warnings = Vec::new();
        let volume = Volume { hu: vec![300; ids.len()], grid };
        let found = report(&mut ids, &mut confidence, &volume, &[Label::HipLeft, Label::HipRight], &mut warnings);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].label, found[0].voxels, found[0].touches_border), (Label::HipLeft, 15 * 400, true));
        assert!((found[0].mean_confidence - 200.0 / 255.0).abs() < 1e-9);
        assert!(!ids.contains(&Label::HipRight.id()));
        assert!(warnings[0].contains("hip_right was not labelled: only 10 ml"), "{warnings:?}");
    }
    #[test]
    fn what_has_no_cortex_is_no_bone() {
        let mut ids = boxes([25, 40], [0, 12]);
        let mut confidence = vec![200; ids.len()];
        let mut volume = Volume { hu: vec![300; ids.len()], grid: grid() };
        (0..ids.len()).filter(|&at| ids[at] == Label::HipRight.id()).for_each(|at| volume.hu[at] = 160);
        let mut warnings = Vec::new();
        let found = report(&mut ids, &mut confidence, &volume, &[Label::HipLeft, Label::HipRight], &mut warnings);
        assert_eq!(found.iter().map(|bone| bone.label).collect::<Vec<_>>(), [Label::HipLeft]);
        assert_eq!(warnings, ["hip_right was not labelled: nothing of the 38 ml that were taken for it is as dense as a cortex"]);
    }
}
