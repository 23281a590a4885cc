//! The bone around a cup: how much of the cup it covers, and how much of it remains behind the cup.

use crate::{mesh::TriMesh, surface::MeshIndex};
use nalgebra::{Point3, Rotation3, Unit, Vector3};
use rayon::prelude::*;
use std::{
    f64::consts::PI,
    sync::{Arc, LazyLock},
};

/// Bone that begins within this distance outside the cup covers it, mm: the floor of the acetabular fossa lies that much deeper than
/// the lunate surface on which the cup rests.
pub(in crate::plan) const FOSSA_MM: f64 = 6.0;
/// How far from the centre bone is looked for, mm.
pub(in crate::plan) const REACH_MM: f64 = 75.0;
/// Share of the sampled wall that may be thinner than the stated thickness: single holes of a segmentation are no wall.
const WALL_QUANTILE: f64 = 0.1;

/// Rays over a hemisphere that tell centres a millimetre apart, and those that look for the far side of a wall.
const SEARCH_RAYS: usize = 500;
/// Rays over a hemisphere for the coverage that is told, to a tenth of a percent.
const FINE_RAYS: usize = 20_000;
/// Rays that are asked first: of the fine ones only those are asked between which these disagree.
const FIRST_RAYS: usize = 2_000;

/// A hip bone's surface, looked at from within its socket.
#[derive(Clone)]
pub(in crate::plan) struct SocketBone {
    index: Arc<MeshIndex>,
}

impl SocketBone {
    /// Prepares a closed surface (LPS mm) for questions.
    pub fn new(mesh: &TriMesh) -> Self {
        Self { index: Arc::new(MeshIndex::new(mesh)) }
    }

    /// Stretches of bone along rays from a centre, mm from it, one list a direction (unit vectors).
    pub fn stretches(&self, centre: &Point3<f64>, directions: &[Vector3<f64>]) -> Vec<Vec<(f64, f64)>> {
        directions.par_iter().map(|direction| self.along(centre, direction, REACH_MM)).collect()
    }

    /// Parts of hemispheres of these radii about `centre` (pole opposite to `axis`) that are covered by bone, the fossa included, 0 to 1: fast
    /// enough for a search, to a percent.
    pub fn coverages(&self, centre: &Point3<f64>, axis: &Unit<Vector3<f64>>, radii_mm: &[f64]) -> Vec<f64> {
        let stretches = self.stretches(centre, &directions(&-*axis, 0.0, SEARCH_RAYS));
        let part = |radius_mm: f64| {
            let covered = stretches.iter().filter(|stretches| covering(stretches, radius_mm).is_some()).count();
            covered as f64 / SEARCH_RAYS as f64
        };
        radii_mm.iter().map(|&radius_mm| part(radius_mm)).collect()
    }

    /// The part of one hemisphere as it is told, 0 to 1. Where all the first rays about a fine one agree, it is not asked itself: coverage
    /// changes only along the border of the bone.
    pub fn coverage(&self, centre: &Point3<f64>, axis: &Unit<Vector3<f64>>, radius_mm: f64) -> f64 {
        let covered = |way: &Vector3<f64>| self.gap_mm(centre, way, radius_mm) <= FOSSA_MM;
        let pole = -*axis;
        let first: Vec<bool> = directions(&pole, 0.0, FIRST_RAYS).par_iter().map(covered).collect();
        let fine = directions(&pole, 0.0, FINE_RAYS);
        let part = |(way, about): (&Vector3<f64>, &[u16; 4])| match about.map(|at| first[usize::from(at)]) {
            [true, true, true, true] => true,
            [false, false, false, false] => false,
            _ => covered(way),
        };
        let count = fine.par_iter().zip(ABOUT_FINE.par_iter()).filter(|both| part(*both)).count();
        count as f64 / FINE_RAYS as f64
    }

    /// How far outside a sphere about `centre` bone begins in a direction (unit vector), mm: nought where the sphere lies in bone, infinite
    /// where there is none further out.
    pub fn gap_mm(&self, centre: &Point3<f64>, way: &Vector3<f64>, radius_mm: f64) -> f64 {
        match self.index.ray(&(centre + way * radius_mm), way) {
            Some(hit) if hit.from_outside => hit.distance,
            Some(_) => 0.0,
            None => f64::INFINITY,
        }
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
        self.wall_end_along(centre, &directions(direction, half_angle.cos(), SEARCH_RAYS), socket_radius_mm)
    }

    /// The same along given directions.
    pub fn wall_end_along(&self, centre: &Point3<f64>, directions: &[Vector3<f64>], socket_radius_mm: f64) -> Option<f64> {
        let stretches = self.stretches(centre, directions);
        let end = |stretches: &Vec<(f64, f64)>| stretches.iter().map(|&(_, to)| to).find(|to| *to > 0.8 * socket_radius_mm);
        let mut ends: Vec<f64> = stretches.iter().filter_map(end).collect();
        ends.sort_by(f64::total_cmp);
        (!ends.is_empty() && 2 * ends.len() >= directions.len()).then(|| ends[(WALL_QUANTILE * ends.len() as f64) as usize])
    }

    /// Stretches of bone along one ray (unit vector), mm from its origin.
    pub fn along(&self, origin: &Point3<f64>, direction: &Vector3<f64>, reach_mm: f64) -> Vec<(f64, f64)> {
        self.index.inside(origin, direction, reach_mm)
    }
}

/// The bone along a ray that covers a cup of this radius there, the fossa included: where it begins and ends, mm from the centre.
pub(in crate::plan) fn covering(stretches: &[(f64, f64)], radius_mm: f64) -> Option<(f64, f64)> {
    stretches.iter().copied().find(|&(from, to)| from <= radius_mm + FOSSA_MM && to >= radius_mm)
}

/// For each fine ray the four first ones next to it: the same however the hemisphere is turned.
static ABOUT_FINE: LazyLock<Vec<[u16; 4]>> = LazyLock::new(|| {
    let [first, fine] = [FIRST_RAYS, FINE_RAYS].map(|count| directions(&Vector3::z_axis(), 0.0, count));
    // The lattice rises evenly in z: what is near lies within some rays' spacing of it.
    let reach = (3.0 * (2.0 * PI / FIRST_RAYS as f64).sqrt() * FIRST_RAYS as f64) as usize;
    let about = |way: &Vector3<f64>| {
        let level = (way.z * FIRST_RAYS as f64) as usize;
        let mut nearest = [(f64::NEG_INFINITY, 0_u16); 4];
        for (at, ray) in first.iter().enumerate().take(level + reach).skip(level.saturating_sub(reach)) {
            let found = (ray.dot(way), at as u16);
            if let Some(place) = nearest.iter().position(|known| found.0 > known.0) {
                nearest[place..].rotate_right(1);
                nearest[place] = found;
            }
        }
        nearest.map(|(_, at)| at)
    };
    // By one thread: whoever waits for others in here may be given work that needs this very table, and waits for ever.
    fine.iter().map(about).collect()
});

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
        let around = SocketBone::new(&bone);
        let frame = AnatomicalFrame::scanner(Point3::origin());
        for (inclination_deg, anteversion_deg) in [(40.0, 15.0), (30.0, 5.0), (50.0, 25.0)] {
            let angles = CupAngles { inclination_deg, anteversion_deg };
            let expected = (90.0 + angles.operative_deg().0) / 180.0;
            let axis = angles.axis(&frame, Side::Right);
            let found = around.coverage(&Point3::origin(), &axis, 26.0);
            assert!((found - expected).abs() < 0.002, "{inclination_deg}/{anteversion_deg}: {found} instead of {expected}");
            // Bone that begins half a millimetre further medially is met within the fossa's depth, but for a band of the sphere of which half
            // lies in the hemisphere.
            let shy = SocketBone::new(&block([0.5, -70.0, -70.0], [70.0, 70.0, 70.0]));
            let (found, expected) = (shy.coverage(&Point3::origin(), &axis, 26.0), expected - 0.5 / (26.0 + FOSSA_MM) / 2.0);
            assert!((found - expected).abs() < 0.002, "{inclination_deg}/{anteversion_deg}: {found} instead of {expected}");
        }
    }

    #[test]
    fn what_is_not_asked_is_what_asking_every_ray_says() {
        // Blocks side by side, with gaps of 4 mm and more between them and an uneven front: many borders.
        let mut bone = TriMesh::default();
        for (i, j) in (-4..4).flat_map(|i| (-4..4).map(move |j| (f64::from(i), f64::from(j)))) {
            let front = 18.0 + 2.0 * (i + 2.0 * j).rem_euclid(5.0);
            bone.append(&block([front, 14.0 * i, 13.0 * j], [70.0, 14.0 * i + 10.0, 13.0 * j + 9.0]));
        }
        let around = SocketBone::new(&bone);
        for axis in [[-1.0, 0.1, -0.5], [-0.8, -0.4, -0.3], [-0.2, 0.5, -0.9]].map(|axis| Unit::new_normalize(axis.into())) {
            let every = directions(&-axis, 0.0, FINE_RAYS);
            let stretches = around.stretches(&Point3::origin(), &every);
            let all = stretches.iter().filter(|stretches| covering(stretches, 26.0).is_some()).count() as f64 / FINE_RAYS as f64;
            let found = around.coverage(&Point3::origin(), &axis, 26.0);
            assert!((found - all).abs() < 0.001 && (0.05..0.95).contains(&all), "{found} instead of {all}");
        }
    }

    #[test]
    fn the_medial_wall_is_measured_to_its_pelvic_side() {
        // A plate from 27 to 31 mm medial of the centre: its inner side is nearest straight medially.
        let bone = block([27.0, -70.0, -70.0], [31.0, 70.0, 70.0]);
        let around = SocketBone::new(&bone);
        let found = around.wall_end_mm(&Point3::origin(), &Vector3::x_axis(), FRAC_PI_4, 25.0).unwrap();
        assert!((31.0..32.5).contains(&found), "{found}");
        assert_eq!(around.wall_end_mm(&Point3::origin(), &-Vector3::x_axis(), FRAC_PI_4, 25.0), None);
    }
}
