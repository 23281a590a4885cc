//! One triangle: its features, a ball around it, and its halves.

use nalgebra::Point3;

/// Three corners, mm.
pub type Triangle = [Point3<f64>; 3];

/// Part of a triangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// The corner of this number.
    Corner(usize),
    /// The edge from the corner of this number to the next.
    Edge(usize),
    /// The inside.
    Face,
}

/// The feature of a triangle that a point of it lies on.
#[must_use]
#[inline]
pub fn feature(corners: &Triangle, point: &Point3<f64>) -> Feature {
    const ON_MM: f64 = 1e-9;
    if let Some(corner) = (0..3).find(|&i| (corners[i] - point).norm() < ON_MM) {
        return Feature::Corner(corner);
    }
    let beside = |i: usize| {
        let (edge, way) = (corners[(i + 1) % 3] - corners[i], point - corners[i]);
        edge.cross(&way).norm() < ON_MM * edge.norm()
    };
    (0..3).find(|&i| beside(i)).map_or(Feature::Face, Feature::Edge)
}

/// Twice the area below which a triangle counts as none, mm².
pub const NO_AREA_MM2: f64 = 1e-10;

/// Twice a triangle's area, mm².
#[must_use]
#[inline]
pub fn double_area_mm2(&[a, b, c]: &Triangle) -> f64 {
    (b - a).cross(&(c - a)).norm()
}

/// The length of a triangle's longest edge, mm.
#[must_use]
#[inline]
pub fn longest_edge_mm(&[a, b, c]: &Triangle) -> f64 {
    (b - a).norm_squared().max((c - b).norm_squared()).max((a - c).norm_squared()).sqrt()
}

/// Cuts a triangle in two through the middle of its longest edge.
#[must_use]
#[inline]
pub fn halves(&[a, b, c]: &Triangle) -> [Triangle; 2] {
    let [a, b, c] = longest_first([a, b, c]);
    let middle = nalgebra::center(&a, &b);
    [[c, a, middle], [b, c, middle]]
}

/// A ball around a triangle: its centre is on the triangle, in the middle of the longest edge.
#[must_use]
#[inline]
pub fn ball(triangle: &Triangle) -> (Point3<f64>, f64) {
    let [a, b, c] = longest_first(*triangle);
    let centre = nalgebra::center(&a, &b);
    (centre, (a - centre).norm().max((c - centre).norm()))
}

/// The corners in the same order, turned so that the longest edge runs from the first to the second.
#[inline]
fn longest_first([a, b, c]: Triangle) -> Triangle {
    let (ab, bc, ca) = ((b - a).norm_squared(), (c - b).norm_squared(), (a - c).norm_squared());
    if ab >= bc && ab >= ca {
        [a, b, c]
    } else if bc >= ca {
        [b, c, a]
    } else {
        [c, a, b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Point3<f64>> {
        (-5.0..5.0, -5.0..5.0, -5.0..5.0).prop_map(|(x, y, z)| Point3::new(x, y, z))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The ball holds the triangle, and the halves have its area.
        #[test]
        fn halves_and_ball(a in point(), b in point(), c in point()) {
            let (centre, radius) = ball(&[a, b, c]);
            prop_assert!([a, b, c].iter().all(|corner| (corner - centre).norm() <= radius * (1.0 + 1e-12)));
            let [one, two] = halves(&[a, b, c]);
            prop_assert!((double_area_mm2(&one) + double_area_mm2(&two) - double_area_mm2(&[a, b, c])).abs() < 1e-9);
        }
    }

    #[test]
    fn points_of_a_triangle_know_their_feature() {
        let corners = [Point3::origin(), Point3::new(4.0, 0.0, 0.0), Point3::new(0.0, 3.0, 0.0)];
        assert_eq!(feature(&corners, &corners[2]), Feature::Corner(2));
        assert_eq!(feature(&corners, &Point3::new(1.0, 0.0, 0.0)), Feature::Edge(0));
        assert_eq!(feature(&corners, &Point3::new(2.0, 1.5, 0.0)), Feature::Edge(1));
        assert_eq!(feature(&corners, &Point3::new(1.0, 1.0, 0.0)), Feature::Face);
    }
}
