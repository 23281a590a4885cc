//! The bone around a cup: how much of the cup it covers, and how much of it remains behind the cup.

use crate::{mesh::TriMesh, surface::MeshIndex};
use nalgebra::{Point3, Rotation3, Unit, Vector3};
use rayon::prelude::*;
use std::f64::consts::{FRAC_PI_4, PI};

/// Directions that are sampled: enough for a coverage to a tenth of a percent.
const DIRECTIONS: usize = 20_000;
/// Bone that begins within this distance outside the cup covers it, mm: the floor of the acetabular fossa lies that much deeper than
/// the lunate surface on which the cup rests.
const FOSSA_MM: f64 = 6.0;
/// How far from the centre bone is looked for, mm.
const REACH_MM: f64 = 75.0;
/// Share of the sampled wall that may be thinner than the stated thickness: single holes of a segmentation are no wall.
const WALL_QUANTILE: f64 = 0.1;

/// A hip bone's surface, looked at from the centre of its socket.
pub(super) struct SocketBone {
    index: MeshIndex,
    centre: Point3<f64>,
}

impl SocketBone {
    /// Prepares a closed surface (LPS mm) for questions from a centre.
    pub fn around(mesh: &TriMesh, centre: Point3<f64>) -> Self {
        Self { index: MeshIndex::new(mesh), centre }
    }

    /// Part of a hemisphere (pole opposite to `axis`) that is covered by bone, the fossa included, 0 to 1.
    pub fn coverage(&self, axis: &Unit<Vector3<f64>>, radius_mm: f64) -> f64 {
        let pole = -*axis;
        let covered = directions(&pole, 0.0).into_par_iter().filter(|direction| {
            self.index
                .inside(&self.centre, direction, REACH_MM)
                .iter()
                .any(|&(from, to)| from <= radius_mm + FOSSA_MM && to >= radius_mm)
        });
        covered.count() as f64 / DIRECTIONS as f64
    }

    /// Distance from the centre to the pelvic side of the medial wall, mm: where bone that begins no nearer than the socket's
    /// surface ends, within 45° of the medial direction. `None` when half of the directions meet no such bone.
    pub fn inner_wall_mm(&self, medial: &Unit<Vector3<f64>>, socket_radius_mm: f64) -> Option<f64> {
        let mut ends: Vec<f64> = directions(medial, FRAC_PI_4.cos())
            .into_par_iter()
            .filter_map(|direction| {
                self.index
                    .inside(&self.centre, &direction, REACH_MM)
                    .iter()
                    .find(|&&(_, to)| to > 0.8 * socket_radius_mm)
                    .map(|&(_, to)| to)
            })
            .collect();
        ends.sort_by(f64::total_cmp);
        (2 * ends.len() >= DIRECTIONS).then(|| ends[(WALL_QUANTILE * ends.len() as f64) as usize])
    }
}

/// Evenly spread unit vectors of the cap about `pole` whose cosine with it is at least `least_cosine` (Fibonacci lattice).
fn directions(pole: &Unit<Vector3<f64>>, least_cosine: f64) -> Vec<Vector3<f64>> {
    let golden = PI * (3.0 - 5.0_f64.sqrt());
    let turn =
        Rotation3::rotation_between(&Vector3::z(), pole).unwrap_or_else(|| Rotation3::from_axis_angle(&Vector3::x_axis(), PI));
    (0..DIRECTIONS)
        .map(|i| {
            let z = least_cosine + (1.0 - least_cosine) * (i as f64 + 0.5) / DIRECTIONS as f64;
            let (sin, cos) = (golden * i as f64).sin_cos();
            let r = (1.0 - z * z).sqrt();
            turn * Vector3::new(r * cos, r * sin, z)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        anatomy::CupAngles,
        frames::{AnatomicalFrame, Side},
    };

    /// A block between two corners.
    fn block(low: [f64; 3], high: [f64; 3]) -> TriMesh {
        let corner = |i: usize| Point3::from([0, 1, 2].map(|axis| if i >> axis & 1 == 1 { high[axis] } else { low[axis] }));
        let faces = [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];
        TriMesh {
            vertices: (0..8).map(corner).collect(),
            triangles: faces.iter().flat_map(|&[a, b, c, d]: &[u32; 4]| [[a, b, c], [a, c, d]]).collect(),
        }
    }

    #[test]
    fn coverage_by_a_half_space_is_that_of_the_closed_form() {
        // Bone medial to the sagittal plane through the centre covers (90° + operative inclination) / 180° of the hemisphere.
        let bone = block([0.0, -70.0, -70.0], [70.0, 70.0, 70.0]);
        assert!(bone.is_watertight() && bone.volume_mm3() > 0.0);
        let around = SocketBone::around(&bone, Point3::origin());
        let frame = AnatomicalFrame::scanner(Point3::origin());
        for (inclination_deg, anteversion_deg) in [(40.0, 15.0), (30.0, 5.0), (50.0, 25.0)] {
            let angles = CupAngles { inclination_deg, anteversion_deg };
            let expected = (90.0 + angles.operative_deg().0) / 180.0;
            let axis = angles.axis(&frame, Side::Right);
            let found = around.coverage(&axis, 26.0);
            assert!((found - expected).abs() < 0.002, "{inclination_deg}/{anteversion_deg}: {found} instead of {expected}");
            // Bone that begins half a millimetre further medially is met within the fossa's depth, but for a band of the sphere of which half
            // lies in the hemisphere.
            let shy = SocketBone::around(&block([0.5, -70.0, -70.0], [70.0, 70.0, 70.0]), Point3::origin());
            let (found, expected) = (shy.coverage(&axis, 26.0), expected - 0.5 / (26.0 + FOSSA_MM) / 2.0);
            assert!((found - expected).abs() < 0.002, "{inclination_deg}/{anteversion_deg}: {found} instead of {expected}");
        }
    }

    #[test]
    fn the_medial_wall_is_measured_to_its_pelvic_side() {
        // A plate from 27 to 31 mm medial of the centre: its inner side is nearest straight medially.
        let bone = block([27.0, -70.0, -70.0], [31.0, 70.0, 70.0]);
        let around = SocketBone::around(&bone, Point3::origin());
        let found = around.inner_wall_mm(&Vector3::x_axis(), 25.0).unwrap();
        assert!((31.0..32.5).contains(&found), "{found}");
        assert_eq!(around.inner_wall_mm(&-Vector3::x_axis(), 25.0), None);
    }
}
