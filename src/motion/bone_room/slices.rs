//! A surface as the lines in which it crosses spheres about the joint's centre, one a millimetre.
//!
//! Turning about the centre keeps every point on its sphere: what can meet there can be looked at sphere by sphere.

use nalgebra::Vector3;
use rayon::prelude::*;

/// Points of a line are no further apart, mm.
pub(super) const APART_MM: f64 = 0.6;
/// Triangles with longer sides are cut, mm.
const LONGEST_MM: f64 = 4.0;
/// So many facets are cut by one core.
const PART: usize = 2048;

/// A point of such a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossing {
    /// Direction from the centre, a unit vector.
    pub at: Vector3<f64>,
    /// Out of the body along the sphere, a unit vector; zero where the surface touches the sphere.
    pub outward: Vector3<f64>,
}

/// A triangle about the joint's centre, mm, and the direction out of its body.
#[derive(Clone, Copy)]
pub(super) struct Facet {
    pub corners: [Vector3<f64>; 3],
    pub outward: Vector3<f64>,
}

/// The lines of a surface: those of the sphere of radius n mm in place n.
pub(super) fn slices(facets: impl Iterator<Item = Facet>, furthest_mm: f64) -> Vec<Vec<Crossing>> {
    let mut small = Vec::new();
    facets.for_each(|facet| cut_small(facet, &mut small));
    // On all cores; the points of a line stay in the order of the facets.
    let parts: Vec<Vec<Vec<Crossing>>> = small.par_chunks(PART).map(|part| part_slices(part, furthest_mm)).collect();
    let count = parts.iter().map(Vec::len).max().unwrap_or(0);
    let line = |radius: usize| parts.iter().filter_map(|part| part.get(radius)).flatten().copied().collect();
    (0..count).into_par_iter().map(line).collect()
}

/// The lines of some small facets.
fn part_slices(facets: &[Facet], furthest_mm: f64) -> Vec<Vec<Crossing>> {
    let mut slices: Vec<Vec<Crossing>> = Vec::new();
    for facet in facets {
        let radii = facet.corners.map(|corner| corner.norm());
        let most = radii.iter().copied().fold(0.0, f64::max).min(furthest_mm);
        let longest = (0..3).map(|i| (facet.corners[i] - facet.corners[(i + 1) % 3]).norm()).fold(0.0, f64::max);
        // An edge may come nearer to the centre than both its ends.
        let least = (radii.iter().copied().fold(f64::INFINITY, f64::min) - longest).max(1.0);
        for radius in least.ceil() as usize..=most.floor() as usize {
            let Some([from, to]) = crossings(&facet.corners, radius as f64) else { continue };
            if slices.len() <= radius {
                slices.resize_with(radius + 1, Vec::new);
            }
            let count = ((to - from).norm() / APART_MM).ceil().max(1.0) as usize;
            for step in 0..count {
                let at = (from + (to - from) * ((step as f64 + 0.5) / count as f64)).normalize();
                let along = facet.outward - at * at.dot(&facet.outward);
                slices[radius].push(Crossing { at, outward: along.try_normalize(1e-6).unwrap_or_default() });
            }
        }
    }
    slices
}

/// Cuts a triangle in halves until no sphere can bulge through it between its edges by more than a tenth of a millimetre or so.
fn cut_small(facet: Facet, small: &mut Vec<Facet>) {
    let [a, b, c] = facet.corners;
    let side = |from: &Vector3<f64>, to: &Vector3<f64>| (to - from).norm_squared();
    let (longest, [a, b, c]) = [(side(&a, &b), [a, b, c]), (side(&b, &c), [b, c, a]), (side(&c, &a), [c, a, b])]
        .into_iter()
        .fold((0.0, [a, b, c]), |most, next| if next.0 > most.0 { next } else { most });
    if longest <= LONGEST_MM * LONGEST_MM {
        small.push(facet);
        return;
    }
    let middle = (a + b) / 2.0;
    for corners in [[a, middle, c], [middle, b, c]] {
        cut_small(Facet { corners, ..facet }, small);
    }
}

/// Where the edges of a triangle cross a sphere, when they do so twice.
fn crossings(corners: &[Vector3<f64>; 3], radius: f64) -> Option<[Vector3<f64>; 2]> {
    let (mut found, mut count) = ([Vector3::zeros(); 2], 0);
    for i in 0..3 {
        let (from, way) = (corners[i], corners[(i + 1) % 3] - corners[i]);
        let (a, b, c) = (way.norm_squared(), from.dot(&way), from.norm_squared() - radius * radius);
        let root = b * b - a * c;
        if a > 0.0 && root > 0.0 {
            let root = root.sqrt();
            for part in [(-b - root) / a, (-b + root) / a].into_iter().filter(|part| (0.0..1.0).contains(part)) {
                if let Some(place) = found.get_mut(count) {
                    *place = from + way * part;
                }
                count += 1;
            }
        }
    }
    (count == 2).then_some(found)
}

/// The angle between two unit vectors, radians.
pub(super) fn angle(a: &Vector3<f64>, b: &Vector3<f64>) -> f64 {
    2.0 * ((a - b).norm() / 2.0).min(1.0).asin()
}
