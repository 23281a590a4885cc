//! How far a point is from a fixed surface: exactly, and at once from below.
//!
//! From below by a grid whose nodes are measured when they are first asked for. Where nothing is nearer than δ no distance to a surface
//! bends upwards by more than 1/δ, so that between nodes h apart it falls below their interpolation by no more than 3h²/8δ.

use super::{corners::Corners, sweep::Surface, tree::BallTree};
use crate::surface::closest_on_triangle;
use nalgebra::{Point3, Vector3};
use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

/// Nodes are this far apart, mm.
const STEP_MM: f64 = 4.0;
/// The grid reaches so far beyond the surface, mm; further out the way to its box is bound enough.
const BEYOND_MM: f64 = 24.0;
/// Nodes that are at least so far are measured by corners, mm.
const FAR_MM: f64 = 8.0;
/// A node's distance is kept a little shorter than it is, so that no rounding makes a bound too high.
const SHORTER: f64 = 1.0 - 1e-6;

/// The grid about a fixed surface.
pub(super) struct Nearness {
    low: Point3<f64>,
    high: Point3<f64>,
    counts: [usize; 3],
    /// Distances as the bits of an `f32`; 0 where not yet measured. Each is the same whoever measures it.
    nodes: Vec<AtomicU32>,
    /// Made when the first node is measured, if not before.
    corners: OnceLock<Corners>,
}

impl Nearness {
    /// An unmeasured grid about some trees.
    pub fn new<'a>(trees: impl Iterator<Item = &'a BallTree>) -> Self {
        let far = Point3::from(Vector3::repeat(f64::INFINITY));
        let corners = trees.flat_map(|tree| tree.triangles.iter().flatten());
        let (low, high) = corners.fold((far, -far), |(low, high), p| (low.inf(p), high.sup(p)));
        let count = |side: f64| ((side + 2.0 * BEYOND_MM) / STEP_MM).ceil().max(0.0) as usize + 2;
        let counts: [usize; 3] = (high - low).map(count).into();
        let nodes = (0..counts.iter().product()).map(|_| AtomicU32::new(0)).collect();
        Self { low, high, counts, nodes, corners: OnceLock::new() }
    }

    /// No more than the distance of a point, and about what it is, mm. `open_mm` is how exactly that need be known.
    pub fn at_least(&self, surfaces: &[Surface<'_>], point: &Point3<f64>, open_mm: f64) -> (f64, f64) {
        let outside = (self.low - point).sup(&(point - self.high)).sup(&Vector3::zeros()).norm();
        let place = (point - self.low).add_scalar(BEYOND_MM) / STEP_MM;
        let cell = place.map(f64::floor);
        let inside = (0..3).all(|axis| cell[axis] >= 0.0 && cell[axis] < (self.counts[axis] - 1) as f64);
        if !inside {
            return (outside, outside);
        }
        // The nearest node is enough, or of every second, fourth or eighth.
        let level = (0..4).take_while(|level| f64::from(1 << level) * STEP_MM <= open_mm).last();
        if let Some(level) = level {
            let apart = f64::from(1 << level);
            let nearest = Vector3::from_fn(|axis, _| {
                let most = ((self.counts[axis] - 1) >> level << level) as f64;
                ((place[axis] / apart).round() * apart).min(most)
            });
            let distance = self.node(surfaces, [0, 1, 2].map(|axis| nearest[axis] as usize));
            return ((distance - (place - nearest).norm() * STEP_MM).max(outside), distance);
        }
        let part = place - cell;
        let cell = [cell.x as usize, cell.y as usize, cell.z as usize];
        let (mut between, mut least, mut nearest) = (0.0, f64::INFINITY, (f64::INFINITY, 0.0));
        for corner in 0..8 {
            let offset = [corner & 1, corner >> 1 & 1, corner >> 2 & 1];
            let distance = self.node(surfaces, [0, 1, 2].map(|axis| cell[axis] + offset[axis]));
            let aside = Vector3::from_fn(|axis, _| part[axis] - offset[axis] as f64);
            between += distance * aside.iter().map(|way| 1.0 - way.abs()).product::<f64>();
            least = f64::min(least, distance);
            let way = aside.norm_squared();
            if way < nearest.0 {
                nearest = (way, distance);
            }
        }
        let by_way = nearest.1 - nearest.0.sqrt() * STEP_MM;
        // No point of a cell is further from its nearest node than half its diagonal.
        let free = least - STEP_MM * 3.0_f64.sqrt() / 2.0;
        let bend = part.iter().map(|t| t * (1.0 - t)).sum::<f64>() * STEP_MM * STEP_MM / 2.0;
        let smooth = if free > 0.0 { between - bend / free } else { 0.0 };
        (by_way.max(smooth).max(outside), between)
    }

    /// Makes ready what nodes are measured by.
    pub fn make_ready(&self, surfaces: &[Surface<'_>]) -> &Corners {
        self.corners.get_or_init(|| Corners::new(surfaces))
    }

    const fn number(&self, [x, y, z]: [usize; 3]) -> usize {
        (z * self.counts[1] + y) * self.counts[0] + x
    }

    fn node(&self, surfaces: &[Surface<'_>], at: [usize; 3]) -> f64 {
        let node = &self.nodes[self.number(at)];
        let known = f32::from_bits(node.load(Ordering::Relaxed));
        if known > 0.0 {
            return f64::from(known);
        }
        let point = self.low + Vector3::from_fn(|axis, _| at[axis] as f64 * STEP_MM - BEYOND_MM);
        let [least, most] = self.make_ready(surfaces).distance_mm(&point).unwrap_or([f64::MAX; 2]);
        let distance = if least >= FAR_MM {
            least
        } else {
            nearest(surfaces, &point, most * (1.0 + 1e-9) + 1e-9).map_or(least, |(distance, _)| distance)
        };
        let kept = ((distance * SHORTER) as f32).max(f32::MIN_POSITIVE);
        node.store(kept.to_bits(), Ordering::Relaxed);
        f64::from(kept)
    }
}

/// The nearest point of some surfaces that is nearer than a limit, mm, and its distance.
pub(super) fn nearest(surfaces: &[Surface<'_>], point: &Point3<f64>, limit_mm: f64) -> Option<(f64, Point3<f64>)> {
    let (mut best, mut found) = (limit_mm, None);
    let mut open: Vec<(f64, u32)> = Vec::with_capacity(64);
    for surface in surfaces {
        let nodes = &surface.tree.nodes;
        let bound = |place: u32| {
            let node = &nodes[place as usize];
            ((node.centre - point).norm() - node.radius_mm, place)
        };
        open.push(bound(0));
        while let Some((least, place)) = open.pop() {
            let node = &nodes[place as usize];
            if least >= best || surface.gone.is_some_and(|gone| gone.holds_ball(node)) {
                continue;
            }
            if node.leaf {
                let corners = &surface.tree.triangles[node.link as usize];
                let closest = closest_on_triangle(point, corners);
                let distance = (closest - point).norm();
                if distance < best && surface.gone.is_none_or(|gone| gone.spares(corners)) {
                    (best, found) = (distance, Some((distance, closest)));
                }
                continue;
            }
            let (one, two) = (bound(place + 1), bound(node.link));
            let (far, near) = if one.0 < two.0 { (two, one) } else { (one, two) };
            if far.0 < best {
                open.push(far);
            }
            if near.0 < best {
                open.push(near);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{super::tree::Shells, *};
    use crate::implants::geometry::revolve;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// A bound that is never above the distance, and close to it where that is some way off.
    #[test]
    fn the_grid_is_never_above_the_distance_and_close_to_it() {
        let mesh = revolve(&[(0.0, -15.0), (10.0, -15.0), (14.0, 0.0), (10.0, 15.0), (0.0, 15.0)], 60);
        let tree = BallTree::new((0..mesh.triangles.len()).map(|t| mesh.corners(t))).unwrap();
        let shells = Shells::new(&tree, &Point3::origin());
        let surfaces = [Surface { tree: &tree, shells: &shells, gone: None }];
        let grid = Nearness::new(std::iter::once(&tree));
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for _ in 0..20_000 {
            let mut side = || rng.random_range(-60.0..60.0_f64);
            let point = Point3::new(side(), side(), side());
            let (distance, at) = nearest(&surfaces, &point, f64::INFINITY).unwrap();
            assert!(((point - at).norm() - distance).abs() < 1e-9);
            for open_mm in [0.0, 7.0, 13.0, 50.0] {
                let (bound, _) = grid.at_least(&surfaces, &point, open_mm);
                assert!(bound <= distance, "{point}: {bound} above {distance}");
            }
            let (bound, _) = grid.at_least(&surfaces, &point, 0.0);
            let outside = point.x.hypot(point.y) > 14.0 || point.z.abs() > 15.0;
            if outside && (12.0..20.0).contains(&distance) && point.coords.amax() < 30.0 {
                assert!(bound > distance - 1.2, "{point}: {bound} far below {distance}");
            }
        }
    }
}
