//! Density of the bone round the socket in the zones of DeLee and Charnley.

use super::{
    bones::Bone,
    density::{Density, Planes},
    measurement::{Measurement, Quantity, Unit},
    metal::Metal,
    model::Acetabulum,
    view::View,
};
use crate::volume::Volume;
use nalgebra::{Unit as UnitVector, Vector2, Vector3};

/// The bone looked at lies this much deeper than the sphere through the lunate surface, mm: behind the subchondral plate's surface, where
/// a cup is reamed into.
const BEYOND_SPHERE_MM: [f64; 2] = [2.0, 12.0];
/// … and within this distance of the frontal plane through the sphere's centre, mm.
const NEAR_PLANE_MM: f64 = 10.0;

macro_rules! zone {
    ($number:literal, $place:literal) => {
        Quantity::new(
            concat!("density_delee_charnley_", $number),
            Unit::Hounsfield,
            None,
            concat!(
                "Mean Hounsfield units of the hip bone 2 to 12 mm beyond the sphere through the lunate surface, within 10 mm of the frontal plane ",
                "(anterior pelvic plane's frame) through its centre, in DeLee–Charnley zone ",
                $number,
                ": the ",
                $place,
                " third of the socket's half circle in that plane, 60° each about the direction against its opening axis. Not given where more ",
                "than a fifth lies within 10 mm of metal."
            ),
            "Zones after DeLee and Charnley 1976, CORR 121:20",
        )
    };
}

static ZONES: [Quantity; 3] = [zone!("1", "superolateral"), zone!("2", "middle"), zone!("3", "inferomedial")];

/// Densities of the zones, seen in a pelvic frame.
pub(super) fn of_socket(socket: &Acetabulum, bone: &Bone, view: &View, ct: &Volume, metal: &Metal) -> Vec<Measurement> {
    let sphere = &socket.sphere;
    let axis = |seen: Vector3<f64>| UnitVector::new_normalize(view.lps_vector(&seen));
    let planes = Planes { origin: sphere.centre, axes: [axis(Vector3::z()), axis(Vector3::y()), axis(Vector3::x())] };
    let opening = view.vector(&socket.axis);
    let floor = -Vector2::new(opening.z, opening.y);
    let shell = sphere.radius_mm + BEYOND_SPHERE_MM[0]..sphere.radius_mm + BEYOND_SPHERE_MM[1];
    let zone_of = |place: &Vector3<f64>| {
        // From the floor of the socket, negative towards its lateral edge.
        let turn_deg = floor.perp(&place.xy()).atan2(floor.dot(&place.xy())).to_degrees();
        let third = ((turn_deg + 90.0) / 60.0).floor();
        (shell.contains(&place.norm()) && (0.0..3.0).contains(&third)).then_some(third as usize)
    };
    let density = Density::new(bone, ct, metal, &planes, &(-NEAR_PLANE_MM..NEAR_PLANE_MM));
    // The sphere's centre is known much better than the surface.
    let measure = |zone: usize| density.measure(&ZONES[zone], view.side, &Vector3::zeros(), |place| zone_of(place) == Some(zone));
    (0..ZONES.len()).filter_map(measure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        anatomy::{CupAngles, model::Sphere},
        frames::{AnatomicalFrame, Side},
        mesh::TriMesh,
        volume::Grid,
    };
    use nalgebra::Point3;

    const INCLINATION_DEG: f64 = 48.0;

    /// A block of bone about the origin.
    fn block(half_mm: f64) -> TriMesh {
        let corner = |n: u32| Point3::from([0, 1, 2].map(|axis| if n >> axis & 1 == 1 { half_mm } else { -half_mm }));
        let faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        TriMesh {
            vertices: (0..8).map(corner).collect(),
            triangles: faces.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
        }
    }

    fn zones(side: Side, metal: &[Point3<f64>]) -> Vec<Measurement> {
        let frame = AnatomicalFrame::scanner(Point3::origin());
        let axis = CupAngles { inclination_deg: INCLINATION_DEG, anteversion_deg: 0.0 }.axis(&frame, side);
        let sphere = Sphere { centre: Point3::origin(), radius_mm: 26.0, rms_mm: 0.1 };
        let socket = Acetabulum { sphere, axis };
        let grid = Grid::axis_aligned([100; 3], [1.0; 3], Point3::new(-49.5, -49.5, -49.5));
        let hu = (0..grid.len())
            .map(|i| {
                let p = grid.centre(grid.voxel(i));
                // From straight up, positive towards the middle of the body; the floor lies at 48°, the zones' bounds 30° beside it.
                let medial_deg = (-p.x * side.lps_sign()).atan2(p.z).to_degrees();
                if medial_deg < INCLINATION_DEG - 30.0 {
                    350
                } else if medial_deg < INCLINATION_DEG + 30.0 {
                    210
                } else {
                    80
                }
            })
            .collect();
        let mesh = block(45.0);
        let view = View { frame: &frame, side };
        of_socket(&socket, &Bone::new(&mesh, None), &view, &Volume { grid, hu }, &Metal::new(metal))
    }

    #[test]
    fn every_zone_has_its_density_on_both_sides() {
        for side in Side::BOTH {
            let found = zones(side, &[]);
            assert_eq!(found.len(), 3);
            for (m, (key, expected)) in found.iter().zip([("1", 350.0), ("2", 210.0), ("3", 80.0)]) {
                assert_eq!(m.quantity.key, format!("density_delee_charnley_{key}"));
                assert!((m.value - expected).abs() < 1e-9 && m.sd < 1e-6, "{side} {key}: {} ± {}", m.value, m.sd);
            }
        }
    }

    #[test]
    fn a_zone_beside_metal_is_not_given() {
        let above: Vec<_> = (-8..8).map(|y| Point3::new(0.0, f64::from(y), 33.0)).collect();
        let found: Vec<_> = zones(Side::Right, &above).iter().map(|m| m.quantity.key).collect();
        assert_eq!(found, ["density_delee_charnley_2", "density_delee_charnley_3"]);
    }
}
