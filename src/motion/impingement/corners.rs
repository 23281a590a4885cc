//! How far a point is from surfaces by their triangles' corners alone: much quicker than exactly, and nearly as well where they are far.
//!
//! What a triangle has nearest to a point lies in its face, on an edge or at a corner. From there to a corner of that face or edge it is
//! square to the way from the point, and no further than a longest edge over √3: of the three corners about a point of a face two are seen at
//! 120° or more. So the square of the distance from the corners is larger by no more than a third of the longest edge's square.

use super::{
    sweep::Surface,
    tree::spread,
    triangle::{self, Triangle},
};
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use nalgebra::{Point3, Vector3};

/// Triangles with longer edges are cut, mm: at 8 mm the distance is then known to less than 0.1 mm.
const LONGEST_MM: f64 = 2.0;
/// Steps along each side of the box in which corners that are the same are brought together.
const STEPS: f64 = 1023.0;

/// The corners of some surfaces.
pub(super) struct Corners {
    index: Option<ImmutableKdTree<f64, 3>>,
    /// A third of the square of the longest edge, mm².
    beside_mm2: f64,
}

impl Corners {
    pub fn new(surfaces: &[Surface<'_>]) -> Self {
        let mut pieces: Vec<Triangle> = Vec::new();
        for surface in surfaces {
            let left = |corners: &&Triangle| surface.gone.is_none_or(|gone| !gone.holds_one_of(corners));
            surface.tree.triangles.iter().filter(left).for_each(|corners| cut_short(*corners, &mut pieces));
        }
        let longest_mm = pieces.iter().map(triangle::longest_edge_mm).fold(0.0, f64::max);
        let corners = once_each(pieces.as_flattened());
        let index = if corners.is_empty() { None } else { ImmutableKdTree::new_from_slice(&corners).ok() };
        Self { index, beside_mm2: longest_mm * longest_mm / 3.0 }
    }

    /// Between these, mm, is how far a point is from the surfaces; `None` without surfaces.
    pub fn distance_mm(&self, point: &Point3<f64>) -> Option<[f64; 2]> {
        let place: [f64; 3] = point.coords.into();
        let square = self.index.as_ref()?.query(&place).nearest_one::<SquaredEuclidean<f64>>().execute().distance;
        Some([square - self.beside_mm2, square].map(|square| square.max(0.0).sqrt()))
    }
}

fn cut_short(corners: Triangle, pieces: &mut Vec<Triangle>) {
    if triangle::longest_edge_mm(&corners) > LONGEST_MM {
        triangle::halves(&corners).into_iter().for_each(|half| cut_short(half, pieces));
    } else {
        pieces.push(corners);
    }
}

/// The points in the order of a space-filling curve, each once.
fn once_each(points: &[Point3<f64>]) -> Vec<[f64; 3]> {
    let far = Point3::from(Vector3::repeat(f64::INFINITY));
    let (low, high) = points.iter().fold((far, -far), |(low, high), p| (low.inf(p), high.sup(p)));
    let scale = (high - low).map(|side| STEPS / side.max(1e-9));
    let code = |(number, point): (u64, &Point3<f64>)| {
        let [x, y, z]: [f64; 3] = (point - low).component_mul(&scale).into();
        (spread(x as u64) << 2 | spread(y as u64) << 1 | spread(z as u64)) << 32 | number
    };
    let mut codes: Vec<u64> = (0..).zip(points).map(code).collect();
    codes.sort_unstable();
    let mut once: Vec<[f64; 3]> = Vec::with_capacity(points.len() / 4);
    for same in codes.chunk_by(|one, other| one >> 32 == other >> 32) {
        let first = once.len();
        for code in same {
            let point: [f64; 3] = points[(code & 0xffff_ffff) as usize].coords.into();
            if !once[first..].contains(&point) {
                once.push(point);
            }
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            nearness::nearest,
            tree::{BallTree, Shells},
        },
        *,
    };
    use crate::implants::geometry::revolve;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Beside faces, edges and corners the distance lies between the two that are told.
    #[test]
    fn the_distance_lies_between_those_of_the_corners() {
        let mesh = revolve(&[(0.0, -15.0), (10.0, -15.0), (14.0, 0.0), (10.0, 15.0), (0.0, 15.0)], 24);
        let tree = BallTree::new((0..mesh.triangles.len()).map(|t| mesh.corners(t))).unwrap();
        let shells = Shells::new(&tree, &Point3::origin());
        let surfaces = [Surface { tree: &tree, shells: &shells, gone: None }];
        let corners = Corners::new(&surfaces);
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        for _ in 0..5_000 {
            let mut side = || rng.random_range(-50.0..50.0_f64);
            let point = Point3::new(side(), side(), side());
            let (distance, _) = nearest(&surfaces, &point, f64::INFINITY).unwrap();
            let [least, most] = corners.distance_mm(&point).unwrap();
            assert!(least <= distance + 1e-9 && distance <= most + 1e-9, "{distance} beside {least} and {most}");
            assert!(distance < 20.0 || least > distance - 0.2, "{least} far below {distance}");
        }
        assert!(Corners::new(&[]).distance_mm(&Point3::origin()).is_none());
    }

    #[test]
    fn every_point_is_kept_once() {
        let points = [[0.0; 3], [1.0, 2.0, 3.0], [0.0; 3], [1.0, 2.0, 3.0 + 1e-9], [1.0, 2.0, 3.0]].map(Point3::from);
        let mut once = once_each(&points);
        once.sort_by(|a, b| a[2].total_cmp(&b[2]));
        assert_eq!(once, [[0.0; 3], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0 + 1e-9]]);
    }
}
