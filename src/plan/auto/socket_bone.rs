//! The bone around a cup: how much of the cup it covers, and how much of it remains behind the cup.

use crate::{mesh::TriMesh, surface::MeshIndex};
use nalgebra::{Point3, Rotation3, Unit, Vector3};
use rayon::prelude::*;
use std::f64::consts::PI;

/// Bone that begins within this distance outside the cup covers it, mm: the floor of the acetabular fossa lies that much deeper than
/// the lunate surface on which the cup rests.
pub(in crate::plan) const FOSSA_MM: f64 = 6.0;
/// How far from the centre bone is looked for, mm.
const REACH_MM: f64 = 75.0;
/// Share of the sampled wall that may be thinner than the stated thickness: single holes of a segmentation are no wall.
const WALL_QUANTILE: f64 = 0.1;

/// A hip bone's surface, looked at from within its socket.
pub(super) struct SocketBone {
    index: MeshIndex,
    /// Rays a question.
    rays: usize,
}

impl SocketBone {
    /// Enough rays for a coverage to a tenth of a percent.
    pub const FINE: usize = 20_000;
    /// Enough to tell centres a millimetre apart.
    pub const COARSE: usize = 500;

    /// Prepares a closed surface (LPS mm) for questions.
    pub fn new(mesh: &TriMesh, rays: usize) -> Self {
        Self { index: MeshIndex::new(mesh), rays }
    }

    /// The same bone asked with another number of rays.
    pub fn with_rays(self, rays: usize) -> Self {
        Self { rays, ..self }
    }

    /// Parts of hemispheres of these radii about `centre` (pole opposite to `axis`) that are covered by bone, the fossa included, 0 to 1.
    pub fn coverage(&self, centre: &Point3<f64>, axis: &Unit<Vector3<f64>>, radii_mm: &[f64]) -> Vec<f64> {
        let pole = -*axis;
        let stretches: Vec<_> = directions(&pole, 0.0, self.rays)
            .into_par_iter()
            .map(|direction| self.index.inside(centre, &direction, REACH_MM))
            .collect();
        let part = |radius_mm: f64| {
            let covers = |&(from, to): &(f64, f64)| from <= radius_mm + FOSSA_MM && to >= radius_mm;
            stretches.iter().filter(|stretches| stretches.iter().any(covers)).count() as f64 / self.rays as f64
        };
        radii_mm.iter().map(|&radius_mm| part(radius_mm)).collect()
    }

    /// Distance from a centre to the far side of the wall in a direction, mm: where bone that begins no nearer than the socket's
    /// surface ends, within `half_angle` (radians) of the direction. `None` when half of the rays meet no such bone.
    pub fn wall_end_mm(
        &self,
        centre: &Point3<f64>,
        direction: &Unit<Vector3<f64>>,
        half_angle: f64,
        socket_radius_mm: f64,
    ) -> Option<f64> {
        let mut ends: Vec<f64> = directions(direction, half_angle.cos(), self.rays)
            .into_par_iter()
            .filter_map(|direction| {
                let stretches = self.index.inside(centre, &direction, REACH_MM);
                stretches.iter().find(|&&(_, to)| to > 0.8 * socket_radius_mm).map(|&(_, to)| to)
            })
            .collect();
        ends.sort_by(f64::total_cmp);
        (2 * ends.len() >= self.rays).then(|| ends[(WALL_QUANTILE * ends.len() as f64) as usize])
    }
}

/// Evenly spread unit vectors of the cap about `pole` whose cosine with it is at least `least_cosine` (Fibonacci lattice).
pub(in crate::plan) fn directions(pole: &Unit<Vector3<f64>>, least_cosine: f64, count: usize) -> Vec<Vector3<f64>> {
    let golden = PI * (3.0 - 5.0_f64.sqrt());
    let turn =
        Rotation3::rotation_between(&Vector3::z(), pole).unwrap_or_else(|| Rotation3::from_axis_angle(&Vector3::x_axis(), PI));
    (0..count)
        .map(|i| {
            let z = least_cosine + (1.0 - least_cosine) * (i as f64 + 0.5) / count as f64;
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
    use std::f64::consts::FRAC_PI_4;

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
        let around = SocketBone::new(&bone, SocketBone::FINE);
        let frame = AnatomicalFrame::scanner(Point3::origin());
        for (inclination_deg, anteversion_deg) in [(40.0, 15.0), (30.0, 5.0), (50.0, 25.0)] {
            let angles = CupAngles { inclination_deg, anteversion_deg };
            let expected = (90.0 + angles.operative_deg().0) / 180.0;
            let axis = angles.axis(&frame, Side::Right);
            let found = around.coverage(&Point3::origin(), &axis, &[26.0])[0];
            assert!((found - expected).abs() < 0.002, "{inclination_deg}/{anteversion_deg}: {found} instead of {expected}");
            // Bone that begins half a millimetre further medially is met within the fossa's depth, but for a band of the sphere of which half
            // lies in the hemisphere.
            let shy = SocketBone::new(&block([0.5, -70.0, -70.0], [70.0, 70.0, 70.0]), SocketBone::FINE);
            let (found, expected) =
                (shy.coverage(&Point3::origin(), &axis, &[26.0])[0], expected - 0.5 / (26.0 + FOSSA_MM) / 2.0);
            assert!((found - expected).abs() < 0.002, "{inclination_deg}/{anteversion_deg}: {found} instead of {expected}");
        }
    }

    #[test]
    fn the_medial_wall_is_measured_to_its_pelvic_side() {
        // A plate from 27 to 31 mm medial of the centre: its inner side is nearest straight medially.
        let bone = block([27.0, -70.0, -70.0], [31.0, 70.0, 70.0]);
        let around = SocketBone::new(&bone, SocketBone::FINE);
        let found = around.wall_end_mm(&Point3::origin(), &Vector3::x_axis(), FRAC_PI_4, 25.0).unwrap();
        assert!((31.0..32.5).contains(&found), "{found}");
        assert_eq!(around.wall_end_mm(&Point3::origin(), &-Vector3::x_axis(), FRAC_PI_4, 25.0), None);
    }
}
