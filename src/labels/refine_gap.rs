//! A gap between femoral head and socket, a voxel wide, along the darkest voxels where their labels touch.

use super::{Label, components::neighbours};
use crate::{frames::Side, volume::Volume};

/// In larger voxels a gap would be wider than the joint space itself: there labels touch because nothing else can be drawn, mm (side of
/// a cube as large as a voxel). Phantoms and skeletons at 0.8 × 0.8 × 3 mm gain from a gap, those at 3 × 3 × 3 mm lose.
const WIDEST_VOXEL_MM: f64 = 2.0;

/// Takes away the darker of every two voxels of a side's femur and hip bone that share a face.
///
/// In a living joint cartilage lies between the two: where labels touch, the CT blurs it over or the voxels are too long to show it.
pub(super) fn open_gap(ids: &mut [u8], volume: &Volume, side: Side) {
    if volume.grid.voxel_mm3() > WIDEST_VOXEL_MM.powi(3) {
        return;
    }
    let size = volume.grid.size;
    let both = [Label::femur(side).id(), Label::hip(side).id()];
    let touches = |ids: &[u8], at: usize| {
        let other = both[usize::from(ids[at] == both[0])];
        neighbours(at, size).any(|n| ids[n] == other)
    };
    let mut touching: Vec<usize> = (0..ids.len()).filter(|&at| both.contains(&ids[at]) && touches(ids, at)).collect();
    // The darkest first; of two that are alike the earlier, so that the answer is always the same.
    touching.sort_unstable_by_key(|&at| (volume.hu[at], at));
    for at in touching {
        if touches(ids, at) {
            ids[at] = Label::Background.id();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::touching_mm2, *};
    use crate::volume::Grid;
    use nalgebra::Point3;

    /// Two boxes that share a face at x = 10 voxels, whose darkest layer lies on one side of it or the other.
    fn boxes(spacing_mm: f64, darkest: usize) -> (Vec<u8>, Volume) {
        let grid = Grid::axis_aligned([20, 8, 6], [spacing_mm; 3], Point3::origin());
        let label = |x: usize| if x < 10 { Label::FemurRight } else { Label::HipRight };
        let ids = (0..grid.len()).map(|at| label(grid.voxel(at)[0]).id()).collect();
        let hu = (0..grid.len()).map(|at| if grid.voxel(at)[0] == darkest { 150 } else { 600 }).collect();
        (ids, Volume { grid, hu })
    }

    #[test]
    fn the_darkest_layer_becomes_the_gap() {
        for darkest in [9, 10] {
            let (mut ids, volume) = boxes(1.0, darkest);
            open_gap(&mut ids, &volume, Side::Left);
            assert!(!ids.contains(&0), "the other side's labels are not asked for");
            open_gap(&mut ids, &volume, Side::Right);
            for (at, &id) in ids.iter().enumerate() {
                assert_eq!(id == 0, volume.grid.voxel(at)[0] == darkest, "{:?}", volume.grid.voxel(at));
            }
            assert_eq!(touching_mm2(&ids, &volume.grid, Side::Right), 0.0);
        }
    }

    #[test]
    fn voxels_wider_than_a_joint_space_are_left_alone() {
        let (mut ids, volume) = boxes(3.0, 9);
        open_gap(&mut ids, &volume, Side::Right);
        assert!(!ids.contains(&0));
    }
}
