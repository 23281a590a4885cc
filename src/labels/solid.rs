//! Bones are solid: one piece each, with their cancellous inside and their canal.

use super::{
    Label,
    components::{components, fill_holes, fill_slices, keep_largest, neighbours},
    refine::DARKEST_MARROW_HU,
    squared_edt,
};
use crate::{
    frames::Side,
    volume::{Grid, Volume},
};

/// Gaps in a thin cortex up to twice this wide do not let the outside in, mm.
const CLOSING_MM: f64 = 2.5;
/// What is filled keeps this distance from the closed outline, so that closing does not thicken the bone, mm.
const SKIN_MM: f64 = 1.3;

/// A femur is thicker than twice this wherever it is not within [`SHOULDER_MM`] of such a place, mm.
const CORE_MM: f64 = 3.0;
/// How far corners and ridges of a femur stand out of its thick parts, mm.
const SHOULDER_MM: f64 = 4.5;

/// Keeps the largest piece of every bone and fills it, wherever `may_fill` allows it: a bone must not fill the joint space in its
/// socket.
///
/// Femora come first: where a plate of hip bone hangs on one by a thin bridge, the hip bone gets it back before it is filled.
pub fn make_solid(ids: &mut [u8], volume: &Volume, bones: &[Label], may_fill: &dyn Fn(Label, usize) -> bool) {
    let side_of = |bone: Label| Side::BOTH.into_iter().find(|&side| Label::femur(side) == bone);
    let (femora, others): (Vec<Label>, Vec<Label>) = bones.iter().partition(|&&bone| side_of(bone).is_some());
    for bone in femora.into_iter().chain(others) {
        let Some(mut part) = Part::cut(ids, volume, bone) else { continue };
        keep_largest(&mut part.mask, part.grid.size);
        let filled = part.filled();
        part.paste(ids, volume, bone, &filled, &|at| may_fill(bone, at));
        if let Some(side) = side_of(bone) {
            return_plates(ids, volume, bone, Label::hip(side));
        }
    }
}

/// Drops all but the largest piece of every bone.
pub fn keep_one_piece(ids: &mut [u8], volume: &Volume, bones: &[Label]) {
    for &bone in bones {
        let Some(part) = Part::cut(ids, volume, bone) else { continue };
        let mut largest = part.mask.clone();
        keep_largest(&mut largest, part.grid.size);
        for at in (0..largest.len()).filter(|&at| part.mask[at] && !largest[at]) {
            ids[whole(&volume.grid, part.low, part.grid.voxel(at))] = Label::Background.id();
        }
    }
}

/// Gives back to the hip bone what is too thin for a femur, stands off from its thick parts, and lies more on the hip bone.
fn return_plates(ids: &mut [u8], volume: &Volume, femur: Label, hip: Label) {
    let Some(part) = Part::cut(ids, volume, femur) else { return };
    let beyond = |mask: &[bool], mm: f64| squared_edt(mask, &part.grid).into_iter().map(move |d| d > (mm * mm) as f32);
    let outside: Vec<bool> = part.mask.iter().map(|&inside| !inside).collect();
    let mut core: Vec<bool> = beyond(&outside, CORE_MM).collect();
    keep_largest(&mut core, part.grid.size);
    if !core.contains(&true) {
        return;
    }
    let off: Vec<bool> = beyond(&core, CORE_MM + SHOULDER_MM).zip(&part.mask).map(|(far, &inside)| far && inside).collect();
    let pieces = components(&off, part.grid.size);
    let mut touching = vec![[0usize; 2]; pieces.voxels.len()];
    let id_at = |at: usize| ids[whole(&volume.grid, part.low, part.grid.voxel(at))];
    for at in (0..off.len()).filter(|&at| off[at]) {
        for beside in neighbours(at, part.grid.size).filter(|&beside| !off[beside]) {
            let faces = &mut touching[pieces.piece[at] as usize];
            faces[0] += usize::from(id_at(beside) == femur.id());
            faces[1] += usize::from(id_at(beside) == hip.id());
        }
    }
    for at in (0..off.len()).filter(|&at| off[at]) {
        let [on_femur, on_hip] = touching[pieces.piece[at] as usize];
        if on_hip > on_femur {
            ids[whole(&volume.grid, part.low, part.grid.voxel(at))] = hip.id();
        }
    }
}

/// The box around one bone.
struct Part {
    low: [usize; 3],
    grid: Grid,
    mask: Vec<bool>,
}

impl Part {
    fn cut(ids: &[u8], volume: &Volume, bone: Label) -> Option<Self> {
        let grid = &volume.grid;
        let (mut low, mut high) = (grid.size, [0; 3]);
        for at in (0..ids.len()).filter(|&at| ids[at] == bone.id()) {
            let voxel = grid.voxel(at);
            for a in 0..3 {
                low[a] = low[a].min(voxel[a]);
                high[a] = high[a].max(voxel[a]);
            }
        }
        if low[0] > high[0] {
            return None;
        }
        for a in 0..3 {
            let margin = (CLOSING_MM / grid.spacing[a]).ceil() as usize + 2;
            low[a] = low[a].saturating_sub(margin);
            high[a] = (high[a] + margin).min(grid.size[a] - 1);
        }
        let size = [0, 1, 2].map(|a| high[a] + 1 - low[a]);
        let part = Grid { size, origin: grid.centre(low), ..grid.clone() };
        let mask = (0..part.len()).map(|at| ids[whole(grid, low, part.voxel(at))] == bone.id()).collect();
        Some(Self { low, grid: part, mask })
    }

    /// Reach of closing: at least one voxel.
    fn closing_mm(&self) -> f64 {
        self.grid.spacing.iter().fold(CLOSING_MM, |reach, &spacing| reach.max(1.05 * spacing))
    }

    /// Inside of the bone: closed, filled in space and slice by slice, without the skin that closing may have added.
    fn filled(&self) -> Vec<bool> {
        let far = |mask: &[bool], mm: f64| -> Vec<bool> {
            let limit = (mm * mm) as f32;
            squared_edt(mask, &self.grid).into_iter().map(|d| d > limit).collect()
        };
        let outside = far(&self.mask, self.closing_mm());
        let mut closed = far(&outside, self.closing_mm());
        fill_slices(&mut closed, self.grid.size);
        fill_holes(&mut closed, self.grid.size);
        let open: Vec<bool> = closed.iter().map(|&inside| !inside).collect();
        far(&open, SKIN_MM)
    }

    fn paste(&self, ids: &mut [u8], volume: &Volume, bone: Label, filled: &[bool], may_fill: &dyn Fn(usize) -> bool) {
        for (at, &inside) in filled.iter().enumerate() {
            let voxel = self.grid.voxel(at);
            let whole = whole(&volume.grid, self.low, voxel);
            if self.mask[at] {
                continue;
            }
            if ids[whole] == bone.id() {
                ids[whole] = Label::Background.id();
            }
            if inside && ids[whole] == Label::Background.id() && volume.hu[whole] > DARKEST_MARROW_HU && may_fill(whole) {
                ids[whole] = bone.id();
            }
        }
    }
}

fn whole(grid: &Grid, low: [usize; 3], voxel: [usize; 3]) -> usize {
    grid.index([0, 1, 2].map(|a| low[a] + voxel[a]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn a_thin_shell_with_a_hole_is_filled_but_not_the_joint_space_it_holds() {
        let grid = Grid::axis_aligned([40, 40, 40], [1.0; 3], Point3::new(-19.5, -19.5, -19.5));
        let from_middle = |at: usize| grid.centre(grid.voxel(at)) - Point3::origin();
        // A shell of radius 14 to 16 mm with a hole of 3 mm in it, and a scrap elsewhere.
        let mut ids: Vec<u8> = (0..grid.len())
            .map(|at| {
                let p = from_middle(at);
                let shell = (14.0..16.0).contains(&p.norm()) && !(p.xy().norm() < 1.5 && p.z > 0.0);
                u8::from(shell) * Label::HipLeft.id()
            })
            .collect();
        ids[grid.index([1, 1, 1])] = Label::HipLeft.id();
        let volume = Volume { grid: grid.clone(), hu: vec![60; grid.len()] };
        make_solid(&mut ids, &volume, &[Label::HipLeft], &|_, at| from_middle(at).norm() >= 5.0);
        for (at, &id) in ids.iter().enumerate() {
            let r = from_middle(at).norm();
            if !(5.0..=17.0).contains(&r) {
                assert_eq!(id, 0, "at {r} mm");
            } else if (5.0..14.0).contains(&r) {
                assert_eq!(id, Label::HipLeft.id(), "at {r} mm");
            }
        }
    }
    #[test]
    fn a_plate_of_hip_bone_that_hangs_on_the_femur_is_given_back() {
        let grid = Grid::axis_aligned([60, 40, 40], [1.0; 3], Point3::origin());
        let (femur, hip) = (Label::FemurRight.id(), Label::HipRight.id());
        // A shaft with a ridge, a block of hip bone, the plate on its face towards the shaft, and a bridge of two voxels.
        let truth = |[i, j, k]: [usize; 3]| {
            let from_shaft = (i as f64 - 15.0).hypot(j as f64 - 20.0);
            let ridge = (24..29).contains(&i) && (19..22).contains(&j);
            match (from_shaft < 10.0 || ridge, (40..58).contains(&i) && (6..34).contains(&j) && (6..34).contains(&k)) {
                (true, _) => femur,
                (_, true) => hip,
                _ => 0,
            }
        };
        let mislabelled = |v: [usize; 3]| match truth(v) {
            id if id == hip && v[0] < 43 && (10..30).contains(&v[1]) && (10..30).contains(&v[2]) => femur,
            0 if (29..40).contains(&v[0]) && v[1] == 20 && (20..22).contains(&v[2]) => femur,
            id => id,
        };
        let mut ids: Vec<u8> = (0..grid.len()).map(|at| mislabelled(grid.voxel(at))).collect();
        let volume = Volume { hu: vec![300; grid.len()], grid: grid.clone() };
        make_solid(&mut ids, &volume, &[Label::HipRight, Label::FemurRight], &|_, _| true);
        // A scrap that came off afterwards goes.
        ids[grid.index([30, 2, 2])] = femur;
        keep_one_piece(&mut ids, &volume, &[Label::HipRight, Label::FemurRight]);
        assert_eq!(ids[grid.index([30, 2, 2])], 0);
        let wrong = (0..grid.len()).filter(|&at| truth(grid.voxel(at)) != 0 && ids[at] != truth(grid.voxel(at))).count();
        assert_eq!(wrong, 0, "every voxel of bone carries its bone's label again");
    }
}
