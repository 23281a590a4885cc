//! Surface nets: one vertex for each patch in which the surface cuts a cube of eight samples, one quad for each cut edge.
//!
//! After Gibson 1998 (constrained elastic surface nets, 10.1007/BFb0056277), with the vertices of dual marching cubes so that the
//! result is closed and 2-manifold on every input, diagonally touching voxels included.

use super::{
    cell::{CUTS, Cut, ends},
    samples::Samples,
};
use crate::{
    labels::{Label, LabelMap},
    mesh::TriMesh,
    volume::Grid,
};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

/// The boundary of the voxels that carry `label`, LPS mm: closed (the outside of the field of view counts as background), facing
/// outwards, empty when the label is absent. Vertices lie midway between voxels; see [`super::bone_surface`] for a smooth one.
#[must_use]
pub fn surface_nets(map: &LabelMap, label: Label) -> TriMesh {
    in_lps(&map.grid, label_nets(map, label))
}

/// [`surface_nets`] in voxel indices instead of mm.
pub(super) fn label_nets(map: &LabelMap, label: Label) -> TriMesh {
    let id = label.id();
    Samples::new(map.grid.size, &map.ids, |&voxel| voxel == id).map(|samples| dual(&samples, |_, _| 0.5)).unwrap_or_default()
}

/// The surface on which `values` (one a voxel, `i` fastest) equals `level`, LPS mm, with linear interpolation along voxel edges.
/// Values at or above the level, such as an occupancy of at least one half, are inside; NaN and the outside of the grid are not.
/// Closed, 2-manifold and facing outwards; empty when no value reaches the level.
#[must_use]
pub fn isosurface_from_field(grid: &Grid, values: &[f32], level: f32) -> TriMesh {
    let Some(samples) = Samples::new(grid.size, values, |&value| value >= level) else { return TriMesh::default() };
    let low = samples.low;
    let value = |sample: [usize; 3]| {
        let mut voxel = [0; 3];
        for axis in 0..3 {
            voxel[axis] = (low[axis] + sample[axis]).checked_sub(1).filter(|&v| v < grid.size[axis])?;
        }
        Some(f64::from(values[grid.index(voxel)]))
    };
    let fraction = |sample: [usize; 3], axis: usize| {
        let mut next = sample;
        next[axis] += 1;
        let (Some(from), Some(to)) = (value(sample), value(next)) else { return 0.5 };
        let fraction = (f64::from(level) - from) / (to - from);
        // Off the samples by a hair, so that no two vertices ever coincide; without a neighbour's value, half way.
        if fraction.is_finite() { fraction.clamp(1e-3, 1.0 - 1e-3) } else { 0.5 }
    };
    in_lps(grid, dual(&samples, fraction))
}

/// From voxel indices to LPS mm.
pub(super) fn in_lps(grid: &Grid, mut mesh: TriMesh) -> TriMesh {
    mesh.vertices.par_iter_mut().for_each(|vertex| *vertex = grid.lps(&vertex.coords));
    mesh
}

/// A cut cell: its entry in [`CUTS`] and its first vertex within the layer.
struct Cell {
    cut: u16,
    first: u32,
}

/// The cut cells between two neighbouring planes of samples.
struct Layer {
    /// One bit a cell, rows one after the other.
    mixed: Vec<u64>,
    /// Number of cut cells before each word of `mixed`.
    rank: Vec<u32>,
    cells: Vec<Cell>,
    vertices: u32,
}

impl Layer {
    fn new(samples: &Samples, k: usize) -> Self {
        let words = samples.words;
        let mut layer = Self { mixed: vec![0; (samples.size[1] - 1) * words], rank: Vec::new(), cells: Vec::new(), vertices: 0 };
        layer.rank.reserve_exact(layer.mixed.len());
        for j in 0..samples.size[1] - 1 {
            samples.mixed(j, k, &mut layer.mixed[j * words..(j + 1) * words]);
            for w in 0..words {
                layer.rank.push(layer.cells.len() as u32);
                let mut bits = layer.mixed[j * words + w];
                while bits != 0 {
                    let cut = reading(samples, [w * 64 + bits.trailing_zeros() as usize, j, k]);
                    layer.cells.push(Cell { cut: cut as u16, first: layer.vertices });
                    layer.vertices += u32::from(CUTS[cut].patches);
                    bits &= bits - 1;
                }
            }
        }
        layer
    }

    /// The cut cell (i, j): only asked for where there is one.
    fn cell(&self, words: usize, i: usize, j: usize) -> &Cell {
        let word = j * words + i / 64;
        &self.cells[(self.rank[word] + (self.mixed[word] & ((1 << (i % 64)) - 1)).count_ones()) as usize]
    }

    /// Calls `visit(cell, [i, j])` for each cut cell in order.
    fn for_each(&self, words: usize, mut visit: impl FnMut(&Cell, [usize; 2])) {
        let mut cells = self.cells.iter();
        for (word, &bits) in self.mixed.iter().enumerate() {
            let mut bits = bits;
            while bits != 0 {
                let i = word % words * 64 + bits.trailing_zeros() as usize;
                cells.by_ref().take(1).for_each(|cell| visit(cell, [i, word / words]));
                bits &= bits - 1;
            }
        }
    }
}

/// Which entry of [`CUTS`] a cell takes.
fn reading(samples: &Samples, cell: [usize; 3]) -> usize {
    let corners = usize::from(samples.corners(cell));
    let Some(face) = CUTS[corners].doubled_face else { return corners };
    let mut behind = cell;
    let axis = usize::from(face / 2);
    // An ambiguous face has inside corners, so it is not on the padding's outer wall and there is a cell behind it.
    behind[axis] = if face % 2 == 1 { cell[axis] + 1 } else { cell[axis] - 1 };
    let doubled = CUTS[usize::from(samples.corners(behind))].doubled_face == Some(face ^ 1);
    corners + if doubled { 256 } else { 0 }
}

/// The dual surface in voxel indices; `fraction(sample, axis)` says where the edge from a sample along an axis is cut.
fn dual(samples: &Samples, fraction: impl Fn([usize; 3], usize) -> f64 + Sync) -> TriMesh {
    let words = samples.words;
    let layers: Vec<Layer> = (0..samples.size[2] - 1).into_par_iter().map(|k| Layer::new(samples, k)).collect();
    let bases: Vec<u32> = layers
        .iter()
        .scan(0, |base, layer| {
            let this = *base;
            *base += layer.vertices;
            Some(this)
        })
        .collect();
    let offset = Vector3::from(samples.low.map(|low| low as f64 - 1.0));
    let vertices: Vec<Vec<Point3<f64>>> = layers
        .par_iter()
        .enumerate()
        .map(|(k, layer)| {
            let mut vertices = Vec::with_capacity(layer.vertices as usize);
            layer
                .for_each(words, |cell, [i, j]| place(&CUTS[usize::from(cell.cut)], [i, j, k], offset, &fraction, &mut vertices));
            vertices
        })
        .collect();
    let vertices = vertices.concat();
    let triangles: Vec<Vec<[u32; 3]>> = layers
        .par_iter()
        .enumerate()
        .map(|(k, layer)| {
            let mut triangles = Vec::with_capacity(layer.cells.len() * 2);
            layer.for_each(words, |cell, [i, j]| {
                let cut = &CUTS[usize::from(cell.cut)];
                let corners = samples.corners([i, j, k]);
                for axis in 0..3 {
                    if cut.patch_of_edge[axis * 4] == u8::MAX {
                        continue;
                    }
                    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
                    let corner = |du: usize, dv: usize| {
                        let mut at = [i, j, k];
                        at[u] -= du;
                        at[v] -= dv;
                        let cell = layers[at[2]].cell(words, at[0], at[1]);
                        let patch = CUTS[usize::from(cell.cut)].patch_of_edge[axis * 4 + du + 2 * dv];
                        bases[at[2]] + cell.first + u32::from(patch)
                    };
                    let mut quad = [corner(1, 1), corner(0, 1), corner(0, 0), corner(1, 0)];
                    if corners & 1 == 0 {
                        quad.reverse();
                    }
                    split(quad, &vertices, &mut triangles);
                }
            });
            triangles
        })
        .collect();
    TriMesh { vertices, triangles: triangles.concat() }
}

/// Adds the vertices of one cell: each the mean of the points in which its patch cuts the cell's edges.
fn place(
    cut: &Cut,
    cell: [usize; 3],
    offset: Vector3<f64>,
    fraction: &impl Fn([usize; 3], usize) -> f64,
    vertices: &mut Vec<Point3<f64>>,
) {
    let (mut sums, mut counts) = ([Vector3::zeros(); 4], [0.0; 4]);
    for (edge, &patch) in cut.patch_of_edge.iter().enumerate().filter(|(_, patch)| **patch != u8::MAX) {
        let corner = ends(edge).0;
        let sample = std::array::from_fn(|axis| cell[axis] + (corner >> axis & 1));
        let mut point = Vector3::from(sample.map(|s| s as f64));
        point[edge / 4] += fraction(sample, edge / 4);
        sums[usize::from(patch)] += point;
        counts[usize::from(patch)] += 1.0;
    }
    vertices.extend((0..usize::from(cut.patches)).map(|patch| Point3::from(sums[patch] / counts[patch] + offset)));
}

/// Splits a quad along its shorter diagonal.
fn split(quad: [u32; 4], vertices: &[Point3<f64>], triangles: &mut Vec<[u32; 3]>) {
    let [a, b, c, d] = quad;
    let length = |from: u32, to: u32| (vertices[from as usize] - vertices[to as usize]).norm_squared();
    let halves = if length(a, c) <= length(b, d) { [[a, b, c], [a, c, d]] } else { [[a, b, d], [b, c, d]] };
    triangles.extend(halves);
}
