//! Bones are solid: one piece each, with their cancellous inside and their canal.

use super::{
    Label,
    components::{fill_holes, fill_slices, keep_largest},
    refine::DARKEST_MARROW_HU,
    squared_edt,
};
use crate::volume::{Grid, Volume};
use nalgebra::Point3;

/// Gaps in a thin cortex up to twice this wide do not let the outside in, mm.
const CLOSING_MM: f64 = 2.5;
/// What is filled keeps this distance from the closed outline, so that closing does not thicken the bone, mm.
const SKIN_MM: f64 = 1.3;

/// Keeps the largest piece of every bone and fills it. `keep_out` names a ball (centre, radius in mm) that a bone must not fill:
/// the joint space in its socket.
pub fn make_solid(ids: &mut [u8], volume: &Volume, bones: &[Label], keep_out: &dyn Fn(Label) -> Option<(Point3<f64>, f64)>) {
    for &bone in bones {
        let Some(mut part) = Part::cut(ids, volume, bone) else { continue };
        keep_largest(&mut part.mask, part.grid.size);
        let filled = part.filled();
        part.paste(ids, volume, bone, &filled, keep_out(bone));
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

    fn paste(&self, ids: &mut [u8], volume: &Volume, bone: Label, filled: &[bool], keep_out: Option<(Point3<f64>, f64)>) {
        for (at, &inside) in filled.iter().enumerate() {
            let voxel = self.grid.voxel(at);
            let whole = whole(&volume.grid, self.low, voxel);
            if self.mask[at] {
                continue;
            }
            if ids[whole] == bone.id() {
                ids[whole] = Label::Background.id();
            }
            let kept_out = || keep_out.is_some_and(|(centre, radius)| (self.grid.centre(voxel) - centre).norm() < radius);
            if inside && ids[whole] == Label::Background.id() && volume.hu[whole] > DARKEST_MARROW_HU && !kept_out() {
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
        make_solid(&mut ids, &volume, &[Label::HipLeft], &|_| Some((Point3::origin(), 5.0)));
        for (at, &id) in ids.iter().enumerate() {
            let r = from_middle(at).norm();
            if !(5.0..=17.0).contains(&r) {
                assert_eq!(id, 0, "at {r} mm");
            } else if (5.0..14.0).contains(&r) {
                assert_eq!(id, Label::HipLeft.id(), "at {r} mm");
            }
        }
    }
}
