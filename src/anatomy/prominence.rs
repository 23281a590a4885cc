//! The place where a bone stands out furthest in a direction.

use super::{bones::Bone, landmark::Along};
use nalgebra::{Unit, Vector3};

/// How sure the place of a blunt prominence is: it slides along the surface further than the surface itself is off. Standard deviations.
#[derive(Clone, Copy)]
pub(super) struct Blunt {
    /// The way it stands out, mm.
    pub outwards_mm: f64,
    /// In either direction along the surface, mm.
    pub along_mm: f64,
}

impl Blunt {
    /// The spread the way it stands out, a direction in LPS.
    pub(super) fn outwards(self, direction: Vector3<f64>) -> Option<Along> {
        Some(Along { direction: Unit::try_new(direction, 1e-9)?, sd_mm: self.outwards_mm })
    }
}

/// How far below the furthest point the surface still cannot be told from it, mm: its scatter on either side.
pub(super) fn blunt_mm(bone: &Bone) -> f64 {
    2.0 * bone.scatter_mm
}

/// Where a plane across `outwards` that is moved up to the points from outside touches them; `points` each with the area it stands for.
///
/// A blunt prominence touches it with more than a point: the middle of all that lies within `blunt_mm` of the plane is taken, the more of
/// each the nearer it lies. So the place depends on the surface, little on its noise and little on how it is cut into triangles; the height
/// of the furthest point is kept. `None` without points.
pub(super) fn prominence(
    points: impl Iterator<Item = (Vector3<f64>, f64)> + Clone,
    outwards: &Vector3<f64>,
    blunt_mm: f64,
) -> Option<Vector3<f64>> {
    let outwards = outwards.try_normalize(1e-12)?;
    let (furthest, height) = points.clone().map(|(p, _)| (p, p.dot(&outwards))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let (mut sum, mut weights) = (Vector3::zeros(), 0.0);
    for (p, area) in points {
        let weight = area * (p.dot(&outwards) - height + blunt_mm).max(0.0);
        sum += (p - furthest) * weight;
        weights += weight;
    }
    if weights <= 0.0 {
        return Some(furthest);
    }
    let middle = furthest + sum / weights;
    Some(middle + outwards * (height - middle.dot(&outwards)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_blunt_end_is_found_and_a_sharp_one_stays_where_it_is() {
        // A plateau about (3, 0) that ripples by a tenth, and a spike.
        let plateau = |i: i32, j: i32| {
            let ripple = if (i + 2 * j).rem_euclid(5) == 0 { 0.1 } else { 0.0 };
            (Vector3::new(3.0 + f64::from(i), f64::from(j), 10.0 + ripple), 1.0)
        };
        let blunt: Vec<_> = (-4..=4).flat_map(|i| (-4..=4).map(move |j| plateau(i, j))).collect();
        let found = prominence(blunt.iter().copied(), &Vector3::z(), 0.6).unwrap();
        assert!((found.xy() - nalgebra::Vector2::new(3.0, 0.0)).norm() < 0.1 && (found.z - 10.1).abs() < 1e-12, "{found}");
        let spike = (Vector3::new(-2.0, 1.0, 12.0), 1.0);
        let found = prominence(blunt.iter().copied().chain([spike]), &(Vector3::z() * 7.0), 0.6).unwrap();
        assert!((found - spike.0).norm() < 1e-12, "{found}");
        assert!(prominence(std::iter::empty(), &Vector3::z(), 0.6).is_none());
    }
}
