//! Pits and specks of single voxels, which noise leaves on the surface of bones, taken out.

use super::refine_edge::change_together;

/// A background voxel with at least so many of one bone among the 27 of its cube is a pit in that bone.
const PIT: usize = 16;
/// A bone's voxel with at most so many of its own kind (itself included) is a speck; in a plate one voxel thick there are nine.
const SPECK: usize = 8;
/// How often the surface is gone over.
const ROUNDS: usize = 2;

/// Fills pits and removes specks. `may_fill` tells where a voxel may become bone.
pub fn smooth(ids: &mut [u8], size: [usize; 3], may_fill: &(dyn Fn(usize) -> bool + Sync)) {
    change_together(ids, ROUNDS, may_fill, |ids, at| changed(ids, size, at));
}

fn changed(ids: &[u8], [ni, nj, nk]: [usize; 3], at: usize) -> Option<u8> {
    let (i, j, k) = (at % ni, at / ni % nj, at / (ni * nj));
    if i == 0 || j == 0 || k == 0 || i + 1 == ni || j + 1 == nj || k + 1 == nk {
        return None;
    }
    let id = ids[at];
    let beside = [at - 1, at + 1, at - ni, at + ni, at - ni * nj, at + ni * nj];
    let other = beside.iter().map(|&n| ids[n]).find(|&n| n != id)?;
    let bone = if id == 0 { other } else { id };
    let rows = (0..9).map(|row| at + row % 3 * ni + row / 3 * ni * nj - ni - ni * nj);
    let count = rows.flat_map(|row| &ids[row - 1..=row + 1]).filter(|&&n| n == bone).count();
    match id {
        0 => (count >= PIT).then_some(bone),
        _ => (count <= SPECK).then_some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pit_is_filled_a_speck_goes_and_a_thin_plate_stays() {
        let size = [12, 12, 12];
        let at = |i: usize, j: usize, k: usize| (k * 12 + j) * 12 + i;
        // A block with a pit in a face, a speck off it, and a plate one voxel thick.
        let mut truth = vec![0u8; 12 * 12 * 12];
        for (j, k) in (0..12).flat_map(|j| (0..12).map(move |k| (j, k))) {
            (2..6).for_each(|i| truth[at(i, j, k)] = 2);
            truth[at(9, j, k)] = 4;
        }
        let mut ids = truth.clone();
        (ids[at(5, 6, 6)], ids[at(7, 3, 3)]) = (0, 2);
        smooth(&mut ids, size, &|_| true);
        assert!(ids == truth);
        ids[at(5, 6, 6)] = 0;
        smooth(&mut ids, size, &|_| false);
        assert_eq!(ids[at(5, 6, 6)], 0, "not where it may not be filled");
    }
}
