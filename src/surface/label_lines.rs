//! The borders of labels in a slice, as the voxels have them: while labels are corrected there is no surface yet that could be cut.

use super::FlatLine;
use crate::{
    labels::{Label, LabelMap},
    volume::{
        Grid,
        slice::{SlicePlane, SliceSize, step_mm},
    },
};
use nalgebra::{Matrix3, Vector3};
use rayon::prelude::*;

/// Half a voxel between two slices belongs to the upper one, whatever rounding makes of it.
const ROUNDING: f64 = 1e-6;

/// The voxel index that a place between voxels belongs to.
#[must_use]
pub fn nearest_index(fraction: f64) -> f64 {
    (fraction + 0.5 + ROUNDING).floor()
}

/// The borders of every label but background within a picture, mm right of and above its middle: closed, counter-clockwise around the label
/// and clockwise around holes. Along an axis of the scan they run between its voxels; across them in steps as long as voxels.
#[must_use]
pub fn label_lines(map: &LabelMap, plane: &SlicePlane, size: &SliceSize) -> Vec<(Label, Vec<FlatLine>)> {
    if map.ids.len() != map.grid.len() || map.grid.is_empty() {
        return Vec::new();
    }
    let raster = Raster::new(&map.grid, plane, size);
    let ids = raster.sampled(map);
    let mut borders: Vec<Vec<Edge>> = vec![Vec::new(); Label::ALL.len()];
    for row in 0..raster.rows {
        for column in 0..raster.columns {
            let id = ids[row * raster.columns + column];
            // What lies outside the picture counts as another label, so that every line is closed.
            let same = |away: [isize; 2]| {
                let at = [column.checked_add_signed(away[0]), row.checked_add_signed(away[1])];
                matches!(at, [Some(c), Some(r)] if c < raster.columns && r < raster.rows && ids[r * raster.columns + c] == id)
            };
            let Some(border) = borders.get_mut(usize::from(id)).filter(|_| id != Label::Background.id()) else { continue };
            let corner = |right: usize, up: usize| ((row + up) * (raster.columns + 1) + column + right) as u32;
            let sides =
                [([0, -1], [0, 0], [1, 0]), ([1, 0], [1, 0], [1, 1]), ([0, 1], [1, 1], [0, 1]), ([-1, 0], [0, 1], [0, 0])];
            let open = sides.into_iter().filter(|(away, ..)| !same(*away));
            border.extend(open.map(|(_, [a, b], [c, d])| (corner(a, b), corner(c, d))));
        }
    }
    let lines = Label::ALL.into_iter().zip(borders).filter(|(_, border)| !border.is_empty());
    lines.map(|(label, border)| (label, raster.chained(border))).collect()
}

/// From one corner of a voxel to the next, with the label on the left.
type Edge = (u32, u32);

/// Where a slice is looked at: at places as far apart as voxels, and in their middles where it runs along the scan's axes.
struct Raster {
    columns: usize,
    rows: usize,
    /// Of the first place, mm right of and above the picture's middle.
    first: [f64; 2],
    step: [f64; 2],
    plane: SlicePlane,
}

impl Raster {
    fn new(grid: &Grid, plane: &SlicePlane, size: &SliceSize) -> Self {
        let step = [step_mm(grid, &plane.right), step_mm(grid, &plane.up)];
        let origin = plane.place(&grid.origin);
        let (mut first, mut count) = ([0.0; 2], [0; 2]);
        for axis in 0..2 {
            let half = size.pixels[axis] as f64 * size.mm_per_pixel / 2.0;
            let at = |mm: f64| (mm - origin[axis]) / step[axis];
            let from = at(-half).floor() - 1.0;
            first[axis] = origin[axis] + from * step[axis];
            count[axis] = (at(half).ceil() + 1.0 - from) as usize + 1;
        }
        Self { columns: count[0], rows: count[1], first, step, plane: *plane }
    }

    fn sampled(&self, map: &LabelMap) -> Vec<u8> {
        let grid = &map.grid;
        let into = Matrix3::from_diagonal(&Vector3::from(grid.spacing.map(f64::recip))) * grid.direction.transpose();
        let start = grid.fractional(&self.plane.at(self.first));
        let along = into * self.plane.right.into_inner() * self.step[0];
        let up = into * self.plane.up.into_inner() * self.step[1];
        let mut ids = vec![Label::Background.id(); self.columns * self.rows];
        ids.par_chunks_exact_mut(self.columns).enumerate().for_each(|(row, line)| {
            let start = start + up * row as f64;
            for (column, id) in line.iter_mut().enumerate() {
                let voxel = (start + along * column as f64).map(nearest_index);
                if (0..3).all(|axis| voxel[axis] >= 0.0 && voxel[axis] < grid.size[axis] as f64) {
                    *id = map.ids[grid.index([voxel.x as usize, voxel.y as usize, voxel.z as usize])];
                }
            }
        });
        ids
    }

    /// Edges as closed lines with a point at every turn.
    fn chained(&self, mut edges: Vec<Edge>) -> Vec<FlatLine> {
        edges.sort_unstable();
        let mut used = vec![false; edges.len()];
        let next = |from: u32, used: &[bool]| {
            let first = edges.partition_point(|edge| edge.0 < from);
            (first..edges.len()).take_while(|&at| edges[at].0 == from).find(|&at| !used[at])
        };
        let mut lines = Vec::new();
        for begin in 0..edges.len() {
            let mut at = (!used[begin]).then_some(begin);
            let (mut line, mut way) = (Vec::new(), None);
            while let Some(edge) = at {
                used[edge] = true;
                let (from, to) = edges[edge];
                let now = to.wrapping_sub(from);
                if way != Some(now) {
                    line.push(self.corner(from));
                }
                (way, at) = (Some(now), next(to, &used));
            }
            if !line.is_empty() {
                lines.push((line, true));
            }
        }
        lines
    }

    fn corner(&self, corner: u32) -> [f64; 2] {
        let across = self.columns as u32 + 1;
        let at = [f64::from(corner % across), f64::from(corner / across)];
        std::array::from_fn(|axis| self.first[axis] + (at[axis] - 0.5) * self.step[axis])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    fn area((line, _): &FlatLine) -> f64 {
        let cross = |at: usize| {
            let ([a, b], [c, d]) = (line[at], line[(at + 1) % line.len()]);
            a * d - b * c
        };
        (0..line.len()).map(cross).sum::<f64>() / 2.0
    }

    fn map(label: impl Fn([usize; 3]) -> Label) -> LabelMap {
        let grid = Grid::axis_aligned([20, 16, 12], [0.5, 2.0, 3.0], Point3::new(-4.0, 7.0, 100.0));
        let ids = (0..grid.len()).map(|at| label(grid.voxel(at)).id()).collect();
        LabelMap::certain(grid, ids)
    }

    fn axial(map: &LabelMap, k: f64, pixels: usize) -> (SlicePlane, SliceSize) {
        let point = map.grid.lps(&Vector3::new(9.5, 7.5, k));
        let plane = SlicePlane::new(point, &Vector3::x(), &-Vector3::y()).unwrap();
        (plane, SliceSize { pixels: [pixels; 2], mm_per_pixel: 0.5 })
    }

    /// A box with a hole: the lines enclose exactly the area of its voxels, the hole the other way round.
    #[test]
    fn lines_enclose_the_area_of_the_voxels() {
        let map =
            map(|[i, j, k]| match ((4..14).contains(&i) && (3..11).contains(&j) && k == 5, (7..9).contains(&i) && j == 6) {
                (true, false) => Label::FemurRight,
                (true, true) => Label::Metal,
                _ => Label::Background,
            });
        // Anywhere within the slice's thickness it is the same.
        for k in [4.6, 5.0, 5.4, 4.5] {
            let (plane, size) = axial(&map, k, 120);
            let lines = label_lines(&map, &plane, &size);
            assert_eq!(lines.iter().map(|(label, _)| *label).collect::<Vec<_>>(), [Label::FemurRight, Label::Metal]);
            let mut femur: Vec<f64> = lines[0].1.iter().map(area).collect();
            femur.sort_by(f64::total_cmp);
            assert!((femur[0] + 2.0).abs() < 1e-9 && (femur[1] - 80.0).abs() < 1e-9, "{femur:?}");
            assert!((area(&lines[1].1[0]) - 2.0).abs() < 1e-9);
            // Its left edge lies between voxels 3 and 4.
            let left = lines[0].1.iter().flat_map(|(line, _)| line).map(|[x, _]| *x).fold(f64::INFINITY, f64::min);
            assert!((left + 9.5 * 0.5 - 3.5 * 0.5).abs() < 1e-9, "{left}");
        }
        let (plane, size) = axial(&map, 6.0, 120);
        assert!(label_lines(&map, &plane, &size).is_empty());
    }

    /// Cut obliquely, a ball's border is a circle to within a voxel.
    #[test]
    fn an_oblique_cut_of_a_ball_is_a_circle() {
        let grid = Grid::axis_aligned([60; 3], [1.0; 3], Point3::new(-29.5, -29.5, -29.5));
        let ball = |at: usize| grid.centre(grid.voxel(at)).coords.norm() <= 20.0;
        let ids = (0..grid.len()).map(|at| if ball(at) { Label::Sacrum.id() } else { 0 }).collect();
        let map = LabelMap::certain(grid.clone(), ids);
        let plane = SlicePlane::new(Point3::origin(), &Vector3::new(1.0, 1.0, 0.2), &Vector3::new(0.1, -0.3, 1.0)).unwrap();
        let lines = label_lines(&map, &plane, &SliceSize { pixels: [100; 2], mm_per_pixel: 0.6 });
        let around = lines[0].1.iter().map(area).sum::<f64>();
        assert!((around / (std::f64::consts::PI * 400.0) - 1.0).abs() < 0.02, "{around}");
        let furthest = lines[0].1.iter().flat_map(|(line, _)| line).map(|[x, y]| (x.hypot(*y) - 20.0).abs());
        assert!(furthest.fold(0.0, f64::max) < 1.5);
    }

    #[test]
    fn what_leaves_the_picture_is_closed_outside_it() {
        let map = map(|_| Label::HipLeft);
        let (plane, size) = axial(&map, 5.0, 8);
        let lines = label_lines(&map, &plane, &size);
        let (line, closed) = &lines[0].1[0];
        assert!(*closed && line.iter().all(|[x, y]| x.abs() > 2.0 && y.abs() > 2.0), "{line:?}");
    }
}
