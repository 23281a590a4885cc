//! A CT of a phantom.
//!
//! Across a surface the density of a bone is soft tissue, then cortex, then spongy bone: two steps. Blurred by the scanner's point
//! spread and by the size of a voxel, a step becomes a normal distribution function of the depth, so a cortex thinner than a voxel
//! gets its right partial density at any spacing, from one exact distance a voxel and without supersampling.

use super::{
    body::{Body, Row},
    bone_tissue::BoneTissue,
    nearest::NearestSurface,
    noise,
    phantom::Phantom,
    sacral::Foramen,
    settings::CtSettings,
    streaks,
    voxelise::{Spans, by_slice, in_voxels, voxelise},
};
use crate::{
    labels::{Label, LabelMap},
    mesh::TriMesh,
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

/// Later labels are painted over earlier ones where bones overlap, as they do in the sacroiliac joint.
const ORDER: [Label; 7] =
    [Label::LumbarVertebra, Label::Sacrum, Label::HipLeft, Label::HipRight, Label::FemurLeft, Label::FemurRight, Label::Metal];

/// Behind any cortex and its blur.
const DEEP_MM: f64 = 14.0;
/// Voxels wider than this are simulated at half their width and averaged.
const WIDEST_SIMULATED_MM: f64 = 4.2;

impl Phantom {
    /// The label of every voxel whose centre a bone encloses.
    #[must_use]
    pub fn label_map(&self, grid: &Grid) -> LabelMap {
        let mut ids = vec![0; grid.len()];
        for (label, mesh) in self.ordered() {
            paint(&mut ids, grid, &voxelise(mesh, grid), label.id());
            if label == Label::Sacrum {
                pierce(&mut ids, grid, &self.extras.foramina);
            }
        }
        LabelMap::certain(grid.clone(), ids)
    }

    /// The scan and its true labels on an axis-aligned grid; the same seed and settings give the same scan.
    #[must_use]
    pub fn ct(&self, grid: &Grid, settings: &CtSettings, seed: u64) -> (Volume, LabelMap) {
        let factor = grid.spacing.map(|s| if s > WIDEST_SIMULATED_MM { 2 } else { 1 });
        let mut field = average(&self.densities(&finer(grid, factor), settings, seed), grid.size, factor);
        if let Some(metal) = self.meshes.get(&Label::Metal).filter(|_| settings.metal_artefact > 0.0) {
            streaks::add(&mut field, grid, &voxelise(metal, grid), settings, seed);
        }
        noise::add(&mut field, grid, settings, seed);
        if settings.sharpening > 0.0 {
            noise::sharpen(&mut field, grid, settings.sharpening);
        }
        let hu = field.into_par_iter().map(|value| value.round().clamp(-1024.0, 3071.0) as i16).collect();
        (Volume { grid: grid.clone(), hu }, self.label_map(grid))
    }

    fn ordered(&self) -> impl Iterator<Item = (Label, &TriMesh)> {
        ORDER.into_iter().filter_map(|label| Some((label, self.meshes.get(&label)?)))
    }

    /// Noise-free HU.
    fn densities(&self, grid: &Grid, settings: &CtSettings, seed: u64) -> Vec<f32> {
        let body = Body::new(self, settings, seed);
        let bones: Vec<_> = self.ordered().collect();
        let layers: Vec<_> =
            bones.par_iter().filter_map(|&(label, mesh)| BoneLayer::new(self, label, mesh, grid, settings, seed)).collect();
        let [ni, nj, _] = grid.size;
        let mut field = vec![0.0_f32; grid.len()];
        field.par_chunks_mut(ni * nj).enumerate().for_each_init(Row::default, |work, (k, slice)| {
            let soft = body.slice(grid.centre([0, 0, k]).z, grid.spacing[0]);
            for (j, row) in slice.chunks_mut(ni).enumerate() {
                let start = grid.centre([0, j, k]);
                soft.paint(start.x, grid.spacing[0], start.y, row, work);
            }
            for layer in &layers {
                layer.paint(slice, k, grid);
            }
        });
        field
    }
}

fn paint(ids: &mut [u8], grid: &Grid, spans: &Spans, id: u8) {
    let [ni, nj, _] = grid.size;
    for (slice, runs) in ids.chunks_mut(ni * nj).zip(&spans.slices) {
        for &(j, first, last) in runs {
            slice[j as usize * ni + first as usize..j as usize * ni + last as usize].fill(id);
        }
    }
}

/// Takes what lies in a foramen from the sacrum.
fn pierce(ids: &mut [u8], grid: &Grid, foramina: &[Foramen]) {
    for foramen in foramina {
        let ends = [grid.fractional(&foramen.from), grid.fractional(&foramen.to)];
        let range = |axis: usize| {
            let reach = foramen.radius_mm / grid.spacing[axis];
            let (low, high) = (ends[0][axis].min(ends[1][axis]) - reach, ends[0][axis].max(ends[1][axis]) + reach);
            (low.ceil().max(0.0) as usize)..((high.floor() + 1.0).max(0.0) as usize).min(grid.size[axis])
        };
        for (k, j, i) in range(2).flat_map(|k| range(1).flat_map(move |j| range(0).map(move |i| (k, j, i)))) {
            let at = grid.index([i, j, k]);
            if ids[at] == Label::Sacrum.id() && foramen.distance_mm(&grid.centre([i, j, k])) < 0.0 {
                ids[at] = 0;
            }
        }
    }
}

/// The same space in voxels smaller by a whole factor along each axis.
fn finer(grid: &Grid, factor: [usize; 3]) -> Grid {
    let spacing = [0, 1, 2].map(|a| grid.spacing[a] / factor[a] as f64);
    let shift = Vector3::from([0, 1, 2].map(|a| (1.0 / factor[a] as f64 - 1.0) / 2.0));
    Grid { size: [0, 1, 2].map(|a| grid.size[a] * factor[a]), spacing, origin: grid.lps(&shift), direction: grid.direction }
}

fn average(fine: &[f32], size: [usize; 3], factor: [usize; 3]) -> Vec<f32> {
    if factor == [1; 3] {
        return fine.to_vec();
    }
    let [ni, nj, nk] = size;
    let (fi, fj) = (ni * factor[0], nj * factor[1]);
    let share = 1.0 / factor.iter().product::<usize>() as f32;
    let mut coarse = vec![0.0_f32; ni * nj * nk];
    coarse.par_chunks_mut(ni * nj).enumerate().for_each(|(k, slice)| {
        for (dk, dj) in (0..factor[2]).flat_map(|dk| (0..factor[1]).map(move |dj| (dk, dj))) {
            for j in 0..nj {
                let row = ((k * factor[2] + dk) * fj + j * factor[1] + dj) * fi;
                for (i, value) in slice[j * ni..(j + 1) * ni].iter_mut().enumerate() {
                    *value += fine[row + i * factor[0]..row + (i + 1) * factor[0]].iter().sum::<f32>() * share;
                }
            }
        }
    });
    coarse
}

/// One bone, ready to be painted over the soft tissue.
struct BoneLayer<'a> {
    mesh: &'a TriMesh,
    voxels: Vec<Vector3<f64>>,
    spans: Spans,
    near: Vec<Vec<u32>>,
    surface: NearestSurface<'a>,
    tissue: BoneTissue<'a>,
    cortex_mm: Vec<f32>,
    /// Variance of the blur along i, j and k, mm².
    blur: Vector3<f64>,
    margin_mm: f64,
    /// Holes through the bone, and what fills them, HU.
    foramina: &'a [Foramen],
    filling_hu: f64,
}

impl<'a> BoneLayer<'a> {
    fn new(
        phantom: &'a Phantom,
        label: Label,
        mesh: &'a TriMesh,
        grid: &Grid,
        settings: &'a CtSettings,
        seed: u64,
    ) -> Option<Self> {
        let kernel = settings.kernel_mm * settings.kernel_mm;
        let voxel = grid.spacing.map(|s| s * s / 12.0);
        let thickness = settings.slice_thickness_mm.max(grid.spacing[2]);
        let blur = Vector3::new(kernel + voxel[0], kernel + voxel[1], thickness * thickness / 12.0);
        let margin_mm = 2.2 * blur.max().sqrt();
        // Only bones put together from overlapping solids have surface inside them.
        let buried = if matches!(label, Label::Sacrum | Label::LumbarVertebra | Label::Metal) {
            buried(mesh)
        } else {
            vec![false; mesh.vertices.len()]
        };
        let tissue = BoneTissue::new(label, mesh, &phantom.truth, settings, seed);
        let regions = phantom.regions.get(&label);
        let cortex_mm = (0..mesh.vertices.len())
            .map(|v| tissue.cortex_mm(&mesh.vertices[v], regions.and_then(|r| r.get(v)).copied().unwrap_or(0)) as f32)
            .collect();
        let voxels = in_voxels(mesh, grid);
        let near = by_slice(mesh, &voxels, grid.size[2], margin_mm / grid.spacing[2]);
        let reach = |v: usize| (-20.0..grid.size[2] as f64 * grid.spacing[2] + 20.0).contains(&(voxels[v].z * grid.spacing[2]));
        let surface = NearestSurface::new(mesh, |v| !buried[v] && reach(v))?;
        let foramina: &[Foramen] = if label == Label::Sacrum { &phantom.extras.foramina } else { &[] };
        let filling_hu = f64::midpoint(settings.fat_hu, settings.muscle_hu) + 15.0;
        let spans = voxelise(mesh, grid);
        Some(Self { mesh, spans, near, voxels, surface, tissue, cortex_mm, blur, margin_mm, foramina, filling_hu })
    }

    fn paint(&self, slice: &mut [f32], k: usize, grid: &Grid) {
        let [ni, nj, _] = grid.size;
        if self.near[k].is_empty() && self.spans.slices[k].is_empty() {
            return;
        }
        const NEAR: u8 = 1;
        const INSIDE: u8 = 2;
        let mut place = vec![0_u8; ni * nj];
        let margin = [self.margin_mm / grid.spacing[0], self.margin_mm / grid.spacing[1]];
        for &t in &self.near[k] {
            let corners = self.mesh.triangles[t as usize].map(|v| self.voxels[v as usize]);
            let range = |axis: usize, size: usize| {
                let low = corners.iter().map(|c| c[axis]).fold(f64::INFINITY, f64::min) - margin[axis];
                let high = corners.iter().map(|c| c[axis]).fold(f64::NEG_INFINITY, f64::max) + margin[axis];
                (low.ceil().max(0.0) as usize).min(size)..((high.floor() + 1.0).max(0.0) as usize).min(size)
            };
            for j in range(1, nj) {
                place[j * ni..][range(0, ni)].fill(NEAR);
            }
        }
        for &(j, first, last) in &self.spans.slices[k] {
            place[j as usize * ni..][first as usize..last as usize].fill(INSIDE);
        }
        for (v, value) in slice.iter_mut().enumerate().filter(|(v, _)| place[*v] != 0) {
            let p = grid.centre([v % ni, v / ni, k]);
            let solid = self.density(&p, place[v] == INSIDE, f64::from(*value));
            *value = self.pierced(&p, solid) as f32;
        }
    }

    /// HU at a point where the bone is `solid`, or what fills a hole there.
    fn pierced(&self, p: &Point3<f64>, solid: f64) -> f64 {
        let depth = self.foramina.iter().map(|f| -f.distance_mm(p)).fold(f64::NEG_INFINITY, f64::max);
        if depth < -4.0 { solid } else { solid + (self.filling_hu - solid) * step(depth / self.blur.max().sqrt()) }
    }

    /// HU at a point over the density `around` of what surrounds the bone.
    fn density(&self, p: &Point3<f64>, inside: bool, around: f64) -> f64 {
        if inside && self.surface.vertex(p).1 > DEEP_MM {
            return self.tissue.core_hu(p);
        }
        let found = self.surface.query(p);
        let sigma = self.blur.dot(&found.away.component_mul(&found.away)).max(0.01).sqrt();
        let depth = if inside { found.distance_mm } else { -found.distance_mm };
        if depth < -3.0 * sigma {
            return around;
        }
        let core = self.tissue.core_hu(p);
        let cortex = self.tissue.cortex_hu();
        let covered = step(depth / sigma);
        let behind = step((depth - f64::from(self.cortex_mm[found.vertex])) / sigma);
        around + (cortex - around) * covered + (core - cortex) * behind
    }
}

/// The normal distribution function, within 2e-4 (Page 1977, 10.2307/2346872).
fn step(x: f64) -> f64 {
    0.5 + 0.5 * (0.797_884_56 * x * (1.0 + 0.044_715 * x * x)).tanh()
}

/// Vertices that lie inside their own bone, where solids overlap or the surface cuts itself: there is no cortex there.
fn buried(mesh: &TriMesh) -> Vec<bool> {
    const STEP_MM: f64 = 1.0;
    let Some((low, high)) = mesh.bounds() else { return Vec::new() };
    let size = [0, 1, 2].map(|a| ((high[a] - low[a]) / STEP_MM).ceil() as usize + 4);
    let grid = Grid::axis_aligned(size, [STEP_MM; 3], low - Vector3::repeat(2.0 * STEP_MM));
    let spans = voxelise(mesh, &grid);
    let outwards = mesh.vertex_normals();
    let inside = |p: &Point3<f64>| {
        grid.nearest(p).is_some_and(|[i, j, k]| {
            spans.slices[k].iter().any(|&(row, first, last)| row as usize == j && (first as usize..last as usize).contains(&i))
        })
    };
    (0..mesh.vertices.len()).map(|v| inside(&(mesh.vertices[v] + outwards[v] * (1.5 * STEP_MM)))).collect()
}
