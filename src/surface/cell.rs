//! The 256 ways in which a cube of eight samples is cut by a surface, as patches: one vertex of the dual surface each.
//!
//! Corner `c` lies at bit 0 = x, bit 1 = y, bit 2 = z. Edge `axis·4 + p + 2q` runs along `axis` from the corner with bit `p` on the
//! next axis and bit `q` on the one after. A patch is a closed loop of cut edges; a cube with several patches gets several
//! vertices, which keeps the dual surface a 2-manifold (dual marching cubes: Nielson 2004, 10.1109/VISUAL.2004.28).

use std::sync::LazyLock;

/// Mark of an edge that is not cut.
const UNCUT: u8 = u8::MAX;

/// How one configuration of inside corners is cut.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// Patch of each edge, [`UNCUT`] where the edge is not cut.
    pub patch_of_edge: [u8; 12],
    /// Number of patches, at most 4.
    pub patches: u8,
    /// The ambiguous face (`2·axis + side`) both of whose segments belong to one patch. If the cube behind that face has the
    /// same, two patches would share two edges; both cubes then take the second reading of the face.
    pub doubled_face: Option<u8>,
}

/// First 256: diagonal inside corners of a face are apart. Next 256: they are joined.
pub(super) static CUTS: LazyLock<Vec<Cut>> =
    LazyLock::new(|| [false, true].into_iter().flat_map(|joined| (0..=255).map(move |inside| cut(inside, joined))).collect());

/// Corners of edge `edge`, the lower first.
pub(super) const fn ends(edge: usize) -> (usize, usize) {
    let (axis, p, q) = (edge / 4, edge & 1, (edge >> 1) & 1);
    let from = p << ((axis + 1) % 3) | q << ((axis + 2) % 3);
    (from, from | 1 << axis)
}

/// The edge between two neighbouring corners.
fn edge_between(a: usize, b: usize) -> usize {
    let (axis, low) = ((a ^ b).trailing_zeros() as usize, a & b);
    axis * 4 + (low >> ((axis + 1) % 3) & 1) + 2 * (low >> ((axis + 2) % 3) & 1)
}

/// Corners of face `2·axis + side`, in order around it.
fn around(face: usize) -> [usize; 4] {
    let (axis, side) = (face / 2, face % 2);
    let (u, v) = (1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3));
    [0, u, u | v, v].map(|corner| corner | side << axis)
}

/// The segments in which a face is cut, as pairs of edges.
fn segments(face: usize, inside: u8, joined: bool) -> Vec<(usize, usize)> {
    let corners = around(face);
    let is_in = |n: usize| inside >> corners[n % 4] & 1 == 1;
    let edge = |n: usize| edge_between(corners[n % 4], corners[(n + 1) % 4]);
    let cut: Vec<usize> = (0..4).filter(|&n| is_in(n) != is_in(n + 1)).collect();
    match cut[..] {
        [a, b] => vec![(edge(a), edge(b))],
        // Around each corner that stands alone: the inside ones when they are apart, the outside ones when the inside is joined.
        [_, _, _, _] => (0..4).filter(|&n| is_in(n) != joined).map(|n| (edge(n + 3), edge(n))).collect(),
        _ => Vec::new(),
    }
}

fn cut(inside: u8, joined: bool) -> Cut {
    let mut patch_of_edge = [UNCUT; 12];
    let pairs: Vec<(usize, usize)> = (0..6).flat_map(|face| segments(face, inside, joined)).collect();
    let mut patches = 0;
    for edge in 0..12 {
        let (a, b) = ends(edge);
        if (inside >> a ^ inside >> b) & 1 == 0 || patch_of_edge[edge] != UNCUT {
            continue;
        }
        patch_of_edge[edge] = patches;
        // Twelve rounds reach every edge of the loop.
        for _ in 0..12 {
            for &(a, b) in &pairs {
                if patch_of_edge[a] == patches || patch_of_edge[b] == patches {
                    (patch_of_edge[a], patch_of_edge[b]) = (patches, patches);
                }
            }
        }
        patches += 1;
    }
    let doubled_face = (0..6u8).find(|&face| {
        matches!(segments(usize::from(face), inside, joined)[..], [(a, _), (b, _)] if patch_of_edge[a] == patch_of_edge[b])
    });
    Cut { patch_of_edge, patches, doubled_face }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_and_their_ends_agree() {
        for edge in 0..12 {
            let (a, b) = ends(edge);
            assert_eq!(edge_between(a, b), edge);
        }
    }

    #[test]
    fn every_cut_edge_has_a_patch_and_no_cube_has_two_doubled_faces() {
        for (number, cut) in CUTS.iter().enumerate() {
            let inside = number % 256;
            for edge in 0..12 {
                let (a, b) = ends(edge);
                assert_eq!(cut.patch_of_edge[edge] != UNCUT, (inside >> a ^ inside >> b) & 1 == 1);
            }
            assert!(cut.patches <= 4);
            // The second reading is only ever taken by cubes with a doubled face: there it must cure it.
            if number < 256 && cut.doubled_face.is_some() {
                let ambiguous = (0..6).filter(|&face| segments(face, inside as u8, false).len() == 2).count();
                assert_eq!(ambiguous, 1);
                assert!(CUTS[number + 256].doubled_face.is_none());
            }
        }
    }
}
