//! Connected pieces of a binary volume (6-neighbourhood), and the holes in it.

use rayon::prelude::*;

/// The voxels that share a face with one (`i` fastest).
pub fn neighbours(at: usize, [ni, nj, nk]: [usize; 3]) -> impl Iterator<Item = usize> {
    let (i, j, k) = (at % ni, at / ni % nj, at / (ni * nj));
    let there = [
        (i > 0, at.wrapping_sub(1)),
        (i + 1 < ni, at + 1),
        (j > 0, at.wrapping_sub(ni)),
        (j + 1 < nj, at + ni),
        (k > 0, at.wrapping_sub(ni * nj)),
        (k + 1 < nk, at + ni * nj),
    ];
    there.into_iter().filter(|(inside, _)| *inside).map(|(_, at)| at)
}

/// The connected pieces of a mask.
#[derive(Clone, Debug)]
pub struct Components {
    /// Piece of every voxel, counted from 1; 0 outside the mask.
    pub piece: Vec<u32>,
    /// Voxels of every piece; entry 0 counts the voxels outside the mask.
    pub voxels: Vec<usize>,
}

impl Components {
    /// The piece with most voxels (the first of equals), or `None` for an empty mask.
    #[must_use]
    pub fn largest(&self) -> Option<u32> {
        let best = (1..self.voxels.len()).max_by_key(|&p| (self.voxels[p], std::cmp::Reverse(p)))?;
        u32::try_from(best).ok()
    }
}

/// Finds the connected pieces of `mask` (`i` fastest) with a union-find over rows (Rosenfeld and Pfaltz 1966, doi:10.1145/321356.321357).
#[must_use]
pub fn components(mask: &[bool], [ni, nj, _nk]: [usize; 3]) -> Components {
    let mut piece = vec![0u32; mask.len()];
    let mut parent = vec![0u32];
    for at in 0..mask.len() {
        if !mask[at] {
            continue;
        }
        let (i, j, behind) = (at % ni, at / ni % nj, at >= ni * nj);
        let mut root = 0;
        let before = [(i > 0, 1), (j > 0, ni), (behind, ni * nj)];
        for neighbour in before.into_iter().filter(|(there, _)| *there).map(|(_, step)| piece[at - step]) {
            if neighbour == 0 {
                continue;
            }
            let other = find(&mut parent, neighbour);
            if root == 0 || other == root {
                root = other;
            } else {
                let (low, high) = (root.min(other), root.max(other));
                parent[high as usize] = low;
                root = low;
            }
        }
        if root == 0 {
            root = parent.len() as u32;
            parent.push(root);
        }
        piece[at] = root;
    }
    // Roots become consecutive numbers in the order of their first voxel.
    let mut number = vec![0u32; parent.len()];
    let mut voxels = vec![0usize];
    for at in piece.iter_mut() {
        if *at > 0 {
            let root = find(&mut parent, *at) as usize;
            if number[root] == 0 {
                number[root] = voxels.len() as u32;
                voxels.push(0);
            }
            *at = number[root];
        }
        voxels[*at as usize] += 1;
    }
    Components { piece, voxels }
}

fn find(parent: &mut [u32], mut at: u32) -> u32 {
    while parent[at as usize] != at {
        parent[at as usize] = parent[parent[at as usize] as usize];
        at = parent[at as usize];
    }
    at
}

/// Keeps only the largest piece of `mask`; returns how many voxels were dropped.
pub fn keep_largest(mask: &mut [bool], size: [usize; 3]) -> usize {
    let found = components(mask, size);
    let Some(largest) = found.largest() else { return 0 };
    for (voxel, &piece) in mask.iter_mut().zip(&found.piece) {
        *voxel = piece == largest;
    }
    found.voxels[1..].iter().sum::<usize>() - found.voxels[largest as usize]
}

/// Fills what the mask encloses in three dimensions: pieces of the outside that do not reach the volume's border.
pub fn fill_holes(mask: &mut [bool], size @ [ni, nj, nk]: [usize; 3]) {
    let outside: Vec<bool> = mask.iter().map(|&m| !m).collect();
    let found = components(&outside, size);
    let mut open = vec![false; found.voxels.len()];
    for (at, &piece) in found.piece.iter().enumerate() {
        let [i, j, k] = [at % ni, at / ni % nj, at / (ni * nj)];
        if i == 0 || j == 0 || k == 0 || i + 1 == ni || j + 1 == nj || k + 1 == nk {
            open[piece as usize] = true;
        }
    }
    for (voxel, &piece) in mask.iter_mut().zip(&found.piece) {
        *voxel |= piece > 0 && !open[piece as usize];
    }
}

/// Fills what the mask encloses within each slice (constant k): the medullary canal is open in three dimensions where the scan cuts it.
pub fn fill_slices(mask: &mut [bool], [ni, nj, _]: [usize; 3]) {
    mask.par_chunks_mut(ni * nj).for_each(|slice| {
        if slice.iter().any(|&m| m) {
            fill_slice(slice, ni, nj);
        }
    });
}

fn fill_slice(slice: &mut [bool], ni: usize, nj: usize) {
    let mut outside = vec![false; slice.len()];
    let mut stack: Vec<usize> =
        (0..slice.len()).filter(|at| at % ni == 0 || at % ni == ni - 1 || at / ni == 0 || at / ni == nj - 1).collect();
    while let Some(at) = stack.pop() {
        if outside[at] || slice[at] {
            continue;
        }
        outside[at] = true;
        let (i, j) = (at % ni, at / ni);
        if i > 0 {
            stack.push(at - 1);
        }
        if i + 1 < ni {
            stack.push(at + 1);
        }
        if j > 0 {
            stack.push(at - ni);
        }
        if j + 1 < nj {
            stack.push(at + ni);
        }
    }
    for (voxel, outside) in slice.iter_mut().zip(outside) {
        *voxel = !outside;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_boxes_are_two_pieces_and_a_bridge_makes_them_one() {
        let size = [9, 4, 4];
        let mut mask: Vec<bool> = (0..144).map(|at| at % 9 != 4 && at % 9 != 3).collect();
        let found = components(&mask, size);
        assert_eq!(found.voxels[1..], [48, 64]);
        assert_eq!(found.largest(), Some(2));
        mask[3] = true;
        mask[4] = true;
        assert_eq!(components(&mask, size).voxels[1..], [114]);
    }

    #[test]
    fn a_u_shape_is_one_piece() {
        // Two arms that meet only in the last row: the union comes late.
        let mask = [1, 0, 1, 1, 0, 1, 1, 1, 1].map(|v| v == 1);
        assert_eq!(components(&mask, [3, 3, 1]).voxels, [2, 7]);
    }

    #[test]
    fn a_hollow_box_is_filled_and_a_tube_only_by_slices() {
        let size = [7, 7, 7];
        let shell = |at: usize, tube: bool| {
            let v = [at % 7, at / 7 % 7, at / 49];
            let inside = |x: usize| (1..6).contains(&x);
            let core = |x: usize| (2..5).contains(&x);
            if tube {
                inside(v[0]) && inside(v[1]) && !(core(v[0]) && core(v[1]))
            } else {
                v.iter().all(|&x| inside(x)) && !v.iter().all(|&x| core(x))
            }
        };
        let mut hollow: Vec<bool> = (0..343).map(|at| shell(at, false)).collect();
        fill_holes(&mut hollow, size);
        assert_eq!(hollow.iter().filter(|&&m| m).count(), 125);
        let mut tube: Vec<bool> = (0..343).map(|at| shell(at, true)).collect();
        fill_holes(&mut tube, size);
        assert_eq!(tube.iter().filter(|&&m| m).count(), 16 * 7);
        fill_slices(&mut tube, size);
        assert_eq!(tube.iter().filter(|&&m| m).count(), 25 * 7);
    }
}
