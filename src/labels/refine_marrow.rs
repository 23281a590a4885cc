//! Marrow lies behind a cortex: what is as soft as muscle and open to the outside is no bone, however sure the network is of it.

use super::{components::components, squared_edt};
use crate::volume::Volume;
use rayon::prelude::*;

/// Marrow sees its cortex in more of the six directions along the axes than this.
const OPEN: usize = 2;
/// A cortex too thin for the voxels still shows as dense voxels here and there: this near to one, nothing is taken away, mm.
const NEAR_MM: f32 = 3.0;

/// Takes away pieces of muscle far from any cortex that look out of their bone without seeing one. `cortex_hu` is the least density of
/// cortex, `muscle_hu` the least of muscle: fat may be marrow behind a cortex too thin to show.
pub fn open_to_the_outside(ids: &mut [u8], volume: &Volume, muscle_hu: f32, cortex_hu: f32) {
    let size = volume.grid.size;
    let dense = |at: usize| f32::from(volume.hu[at]) >= cortex_hu;
    let cortex: Vec<bool> = (0..ids.len()).map(|at| ids[at] != 0 && dense(at)).collect();
    let away = squared_edt(&cortex, &volume.grid);
    let sees_cortex = |at: usize, axis: usize, forwards: bool| {
        let (voxel, stride) = (volume.grid.voxel(at), size[..axis].iter().product::<usize>());
        let steps = if forwards { size[axis] - 1 - voxel[axis] } else { voxel[axis] };
        let mut along = (1..=steps).map(|n| if forwards { at + n * stride } else { at - n * stride });
        // Where the scan ends a bone may go on: that counts as its cortex.
        along.find(|&n| ids[n] != ids[at] || dense(n)).is_none_or(|n| ids[n] == ids[at])
    };
    let is_open = |at: usize| {
        let far = ids[at] != 0 && away[at] > NEAR_MM * NEAR_MM;
        far && (0..6).filter(|&n| sees_cortex(at, n / 2, n % 2 == 0)).count() <= OPEN
    };
    let open: Vec<bool> = (0..ids.len()).into_par_iter().map(is_open).collect();
    let pieces = components(&open, size);
    let mut sums = vec![0.0f64; pieces.voxels.len()];
    (0..ids.len()).for_each(|at| sums[pieces.piece[at] as usize] += f64::from(volume.hu[at]));
    for (at, id) in ids.iter_mut().enumerate().filter(|(at, _)| open[*at]) {
        let piece = pieces.piece[at] as usize;
        if sums[piece] >= f64::from(muscle_hu) * pieces.voxels[piece] as f64 {
            *id = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Grid;
    use nalgebra::Point3;

    #[test]
    fn marrow_stays_and_muscle_that_hangs_on_a_bone_goes() {
        let grid = Grid::axis_aligned([40, 20, 20], [1.0; 3], Point3::origin());
        // A box of cortex around marrow, with a gap in one face, and a block of muscle on another.
        let within = |v: [usize; 3], low: [usize; 3], high: [usize; 3]| (0..3).all(|a| (low[a]..high[a]).contains(&v[a]));
        let bone = |v| within(v, [2, 2, 2], [18, 18, 18]);
        let marrow = |v| within(v, [4, 4, 4], [16, 16, 16]) || within(v, [8, 8, 16], [10, 10, 18]);
        let muscle = |v| within(v, [18, 5, 5], [34, 15, 15]);
        let mut ids: Vec<u8> =
            (0..grid.len()).map(|at| if bone(grid.voxel(at)) || muscle(grid.voxel(at)) { 2 } else { 0 }).collect();
        let hu = |at: usize| if bone(grid.voxel(at)) && !marrow(grid.voxel(at)) { 600 } else { 40 };
        let volume = Volume { hu: (0..grid.len()).map(hu).collect(), grid: grid.clone() };
        open_to_the_outside(&mut ids, &volume, 20.0, 110.0);
        for (at, &id) in ids.iter().enumerate() {
            let voxel = grid.voxel(at);
            // The first 3 mm of the muscle are too near to the cortex to tell.
            assert_eq!(id == 2, bone(voxel) || muscle(voxel) && voxel[0] < 21, "{voxel:?}");
        }
        // Fat may be marrow.
        let mut fatty = volume.clone();
        fatty.hu.iter_mut().filter(|hu| **hu == 40).for_each(|hu| *hu = -30);
        let mut ids: Vec<u8> =
            (0..grid.len()).map(|at| if bone(grid.voxel(at)) || muscle(grid.voxel(at)) { 2 } else { 0 }).collect();
        let before = ids.clone();
        open_to_the_outside(&mut ids, &fatty, 20.0, 110.0);
        assert_eq!(ids, before);
        // What the edge of the scan cuts open stays.
        let mut ids = vec![2; 8];
        let cut = Volume { hu: vec![40; 8], grid: Grid::axis_aligned([2; 3], [1.0; 3], Point3::origin()) };
        open_to_the_outside(&mut ids, &cut, 20.0, 110.0);
        assert_eq!(ids, [2; 8]);
    }
}
