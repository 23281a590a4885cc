//! What a person should look at before relying on labels.

use super::Label;
use crate::{frames::Side, volume::Grid};
use rayon::prelude::*;

/// Where femur and hip bone of a side touch without anything between them, mm²: in a healthy joint cartilage keeps them apart, so this is
/// where head and socket cannot be told apart.
#[must_use]
pub fn touching_mm2(ids: &[u8], grid: &Grid, side: Side) -> f64 {
    let (femur, hip) = (Label::femur(side).id(), Label::hip(side).id());
    let [ni, nj, nk] = grid.size;
    let steps = [1, ni, ni * nj];
    let [si, sj, sk] = grid.spacing;
    let areas = [sj * sk, si * sk, si * sj];
    let joined = |a: u8, b: u8| (a == femur && b == hip) || (a == hip && b == femur);
    let faces: Vec<[usize; 3]> = (0..nk)
        .into_par_iter()
        .map(|k| {
            let mut count = [0; 3];
            for at in k * ni * nj..(k + 1) * ni * nj {
                if ids[at] != femur && ids[at] != hip {
                    continue;
                }
                let voxel = grid.voxel(at);
                for axis in 0..3 {
                    let inside = voxel[axis] + 1 < grid.size[axis];
                    count[axis] += usize::from(inside && joined(ids[at], ids[at + steps[axis]]));
                }
            }
            count
        })
        .collect();
    (0..3).map(|axis| faces.iter().map(|count| count[axis]).sum::<usize>() as f64 * areas[axis]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn two_boxes_touch_over_the_face_they_share() {
        let grid = Grid::axis_aligned([20, 10, 10], [1.0, 2.0, 3.0], Point3::origin());
        let touching = |gap: usize| {
            let ids: Vec<u8> = (0..grid.len())
                .map(|at| {
                    let [i, j, k] = grid.voxel(at);
                    let inside = (2..6).contains(&j) && (3..8).contains(&k);
                    if !inside {
                        0
                    } else if i < 10 {
                        Label::FemurLeft.id()
                    } else if i >= 10 + gap {
                        Label::HipLeft.id()
                    } else {
                        0
                    }
                })
                .collect();
            (touching_mm2(&ids, &grid, Side::Left), touching_mm2(&ids, &grid, Side::Right))
        };
        assert_eq!(touching(0), (4.0 * 2.0 * 5.0 * 3.0, 0.0));
        assert_eq!(touching(1), (0.0, 0.0));
    }
}
