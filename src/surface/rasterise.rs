//! Fills a grid with the signed distance to a closed mesh.
//!
//! Near the surface every triangle writes its exact distance to the voxels around it. From there voxels hand the number of their
//! nearest triangle to their neighbours along the axes, and each keeps the nearest it has heard of (a vector distance transform:
//! Danielsson 1980, 10.1016/0146-664X(80)90054-4). The sign counts the triangles crossed along each row in integers, so that a row
//! through an edge or a corner is counted exactly once. The result does not depend on the number of threads.

use super::{error::SurfaceError, index::closest_on_triangle};
use crate::{mesh::TriMesh, progress::Progress, volume::Grid};
use nalgebra::{Point3, Vector2};
use rayon::prelude::*;

/// Voxels on either side of a triangle that it writes to.
const BAND: f64 = 2.0;
/// How often nearest triangles are handed on.
const ROUNDS: u32 = 2;
/// Planes of voxels that are worked on together.
const SLAB: usize = 8;
/// Parts of a voxel in which positions are counted for the sign.
const PARTS: f64 = (1 << 20) as f64;
/// Name of the stage in progress reports.
const STAGE: &str = "distance field";

/// The nearest triangle that a voxel knows of.
#[derive(Clone, Copy)]
struct Nearest {
    /// Squared distance in voxels.
    squared: f32,
    triangle: u32,
}

/// Distance in mm at every voxel of an isotropic, axis-aligned grid.
pub(super) fn fill(grid: &Grid, mesh: &TriMesh, progress: &dyn Progress) -> Result<Vec<f32>, SurfaceError> {
    let spacing = grid.spacing[0];
    let voxels: Vec<Point3<f64>> = mesh.vertices.iter().map(|v| Point3::from((v - grid.origin) / spacing)).collect();
    let triangles: Vec<[Point3<f64>; 3]> = mesh.triangles.iter().map(|t| t.map(|v| voxels[v as usize])).collect();
    let go_on = |fraction: f64| {
        progress.report(STAGE, fraction);
        if progress.cancelled() { Err(SurfaceError::Cancelled) } else { Ok(()) }
    };
    let (plane, slabs) = (grid.size[0] * grid.size[1], by_slab(&triangles, grid.size[2]));
    let mut nearest = vec![Nearest { squared: f32::INFINITY, triangle: u32::MAX }; grid.len()];
    nearest.par_chunks_mut(plane * SLAB).zip(&slabs).enumerate().try_for_each(|(slab, (nearest, near))| {
        near.iter().for_each(|&t| spread(&triangles, t, grid.size, slab * SLAB, nearest));
        go_on(0.4 * slab as f64 / slabs.len() as f64)
    })?;
    for round in 0..ROUNDS {
        hand_on(grid.size, &triangles, &mut nearest);
        go_on(0.4 + 0.5 * f64::from(round + 1) / f64::from(ROUNDS))?;
    }
    let mut distance: Vec<f32> = nearest.into_par_iter().map(|nearest| nearest.squared.sqrt() * spacing as f32).collect();
    distance.par_chunks_mut(plane * SLAB).zip(&slabs).enumerate().for_each(|(slab, (values, near))| {
        sign(near.iter().map(|&t| &triangles[t as usize]), grid.size, slab * SLAB, values);
    });
    go_on(1.0)?;
    Ok(distance)
}

/// The triangles that come near each slab, in their order.
fn by_slab(triangles: &[[Point3<f64>; 3]], planes: usize) -> Vec<Vec<u32>> {
    let mut slabs = vec![Vec::new(); planes.div_ceil(SLAB)];
    for (number, corners) in triangles.iter().enumerate() {
        if let Some((from, to)) = span(corners.map(|c| c.z), BAND, planes) {
            slabs[from / SLAB..=to / SLAB].iter_mut().for_each(|slab| slab.push(number as u32));
        }
    }
    slabs
}

/// The whole numbers below `count` within `margin` of the interval of three values.
fn span(values: [f64; 3], margin: f64, count: usize) -> Option<(usize, usize)> {
    let low = (values.into_iter().fold(f64::INFINITY, f64::min) - margin).ceil().max(0.0);
    let high = (values.into_iter().fold(f64::NEG_INFINITY, f64::max) + margin).floor().min((count - 1) as f64);
    (low <= high).then_some((low as usize, high as usize))
}

/// Tells the voxels around a triangle of it.
fn spread(triangles: &[[Point3<f64>; 3]], number: u32, [nx, ny, nz]: [usize; 3], first: usize, nearest: &mut [Nearest]) {
    let corners @ [a, b, c] = &triangles[number as usize];
    let of = |axis: usize| corners.map(|corner| corner[axis]);
    let (Some(i), Some(j), Some(k)) = (span(of(0), BAND, nx), span(of(1), BAND, ny), span(of(2), BAND, nz)) else { return };
    // On a collapsed triangle the normal is zero and no voxel is left out.
    let normal = (b - a).cross(&(c - a)).try_normalize(1e-12).unwrap_or_default();
    for k in k.0.max(first)..=k.1.min(first + nearest.len() / (nx * ny) - 1) {
        for j in j.0..=j.1 {
            let row = ((k - first) * ny + j) * nx;
            for i in i.0..=i.1 {
                let voxel = Point3::new(i as f64, j as f64, k as f64);
                if normal.dot(&(voxel - a)).abs() <= BAND {
                    hear(&mut nearest[row + i], &voxel, triangles, number);
                }
            }
        }
    }
}

/// Keeps the triangle where it is nearer than the one known.
fn hear(nearest: &mut Nearest, voxel: &Point3<f64>, triangles: &[[Point3<f64>; 3]], number: u32) {
    let squared = (closest_on_triangle(voxel, &triangles[number as usize]) - voxel).norm_squared() as f32;
    if squared < nearest.squared {
        *nearest = Nearest { squared, triangle: number };
    }
}

/// Hands nearest triangles on along every row to and fro, then across rows, then across planes.
fn hand_on([nx, ny, nz]: [usize; 3], triangles: &[[Point3<f64>; 3]], nearest: &mut [Nearest]) {
    let plane = nx * ny;
    let tell = |from: Nearest, to: &mut Nearest, i: usize, j: usize, k: usize| {
        if from.triangle != to.triangle && from.triangle != u32::MAX {
            hear(to, &Point3::new(i as f64, j as f64, k as f64), triangles, from.triangle);
        }
    };
    nearest.par_chunks_mut(plane).enumerate().for_each(|(k, plane)| {
        for (j, row) in plane.chunks_mut(nx).enumerate() {
            (1..nx).for_each(|i| tell(row[i - 1], &mut row[i], i, j, k));
            (0..nx - 1).rev().for_each(|i| tell(row[i + 1], &mut row[i], i, j, k));
        }
        let mut across =
            |from: usize, to: usize| (0..nx).for_each(|i| tell(plane[from * nx + i], &mut plane[to * nx + i], i, to, k));
        (1..ny).for_each(|j| across(j - 1, j));
        (0..ny - 1).rev().for_each(|j| across(j + 1, j));
    });
    let between = |from: &[Nearest], to: &mut [Nearest], k: usize| {
        let rows = to.par_chunks_mut(nx).zip(from.par_chunks(nx)).enumerate().with_min_len(16);
        rows.for_each(|(j, (to, from))| to.iter_mut().zip(from).enumerate().for_each(|(i, (to, from))| tell(*from, to, i, j, k)));
    };
    for k in 1..nz {
        let (below, above) = nearest.split_at_mut(k * plane);
        between(&below[(k - 1) * plane..], &mut above[..plane], k);
    }
    for k in (0..nz - 1).rev() {
        let (below, above) = nearest.split_at_mut((k + 1) * plane);
        between(&above[..plane], &mut below[k * plane..], k);
    }
}

/// Makes the values inside the mesh negative.
fn sign<'a>(triangles: impl Iterator<Item = &'a [Point3<f64>; 3]>, [nx, ny, nz]: [usize; 3], first: usize, values: &mut [f32]) {
    let planes = values.len() / (nx * ny);
    let mut crossings: Vec<(usize, f64, i32)> = Vec::new();
    for corners in triangles {
        let of = |axis: usize| corners.map(|corner| corner[axis]);
        let (Some(j), Some(k)) = (span(of(1), 1e-3, ny), span(of(2), 1e-3, nz)) else { continue };
        for k in k.0.max(first)..=k.1.min(first + planes - 1) {
            for j in j.0..=j.1 {
                if let Some((i, turn)) = crossing(corners, j, k) {
                    crossings.push(((k - first) * ny + j, i, turn));
                }
            }
        }
    }
    crossings.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    for row in crossings.chunk_by(|a, b| a.0 == b.0) {
        let mut turns = 0;
        for pair in row.windows(2) {
            turns += pair[0].2;
            if turns > 0 {
                // Voxels from the first crossing up to, not including, the second.
                let [from, to] = [pair[0].1, pair[1].1].map(|i| i.ceil().clamp(0.0, nx as f64) as usize);
                let start = row[0].0 * nx;
                values[start + from..start + to].iter_mut().for_each(|value| *value = -*value);
            }
        }
    }
}

/// Where the row (j, k) crosses a triangle: position along it, and +1 when it enters there, −1 when it leaves.
///
/// Corners are rounded to millionths of a voxel and the tests are exact. A row that meets an edge or a corner counts as
/// shifted by an infinitely small step along j and a yet smaller one along k.
fn crossing(corners: &[Point3<f64>; 3], j: usize, k: usize) -> Option<(f64, i32)> {
    let fixed = |value: f64| (value * PARTS).round() as i128;
    let here = Vector2::new(fixed(j as f64), fixed(k as f64));
    let [a, b, c] = corners.map(|corner| Vector2::new(fixed(corner.y), fixed(corner.z)));
    let edge = |from: Vector2<i128>, to: Vector2<i128>| (to.x - from.x) * (here.y - from.y) - (to.y - from.y) * (here.x - from.x);
    let left = |value: i128, from: Vector2<i128>, to: Vector2<i128>| match value {
        0 if to.y != from.y => to.y < from.y,
        0 => to.x > from.x,
        value => value > 0,
    };
    let weights = [edge(b, c), edge(c, a), edge(a, b)];
    let whole: i128 = weights.iter().sum();
    let sides = [left(weights[0], b, c), left(weights[1], c, a), left(weights[2], a, b)];
    if whole == 0 || sides != [whole > 0; 3] {
        return None;
    }
    let i = (0..3).map(|n| weights[n] as f64 / whole as f64 * corners[n].x).sum();
    // Facing along +i: the row leaves the solid.
    Some((i, if whole > 0 { -1 } else { 1 }))
}
