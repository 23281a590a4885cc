//! Sockets whose measures are known in closed form: a thick shell, cut by a plane through its centre.

use super::{SocketMeasures, of_socket};
use crate::{
    anatomy::{
        bones::Bone,
        model::{Acetabulum, Hip, Sphere},
        murray::CupAngles,
        parts::HipParts,
    },
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
};
use nalgebra::{Isometry3, Point3, Translation3, Unit, UnitQuaternion, Vector3};
use std::f64::consts::{FRAC_PI_2, TAU};

const RADIUS: f64 = 25.0;
const HEAD_RADIUS: f64 = 22.0;
const FOSSA_DEG: f64 = 40.0;
const AROUND: usize = 144;

fn centre() -> Point3<f64> {
    Point3::new(-90.0, 12.0, -35.0)
}

/// A right hip: half a shell of 8 mm about the axis with a fossa of 5 mm around its bottom, and a concentric head.
fn hip(cup: CupAngles) -> (Hip, TriMesh, AnatomicalFrame) {
    let frame = AnatomicalFrame::scanner(Point3::new(3.0, -60.0, 40.0));
    let axis = cup.axis(&frame, Side::Right);
    let u = axis.cross(&Vector3::new(0.3, 0.9, 0.1)).normalize();
    let v = axis.cross(&u);
    // Rings from the inner bottom to the rim and back outside to the outer bottom.
    let inside = (1..=90).map(|deg| (f64::from(deg), if f64::from(deg) < FOSSA_DEG { RADIUS + 5.0 } else { RADIUS }));
    let rings: Vec<(f64, f64)> = inside.chain((1..=90).rev().map(|deg| (f64::from(deg), RADIUS + 8.0))).collect();
    let mut mesh = TriMesh::default();
    for (deg, radius) in &rings {
        let (sin, cos) = deg.to_radians().sin_cos();
        mesh.vertices.extend((0..AROUND).map(|i| {
            let (s, c) = (i as f64 / AROUND as f64 * TAU).sin_cos();
            centre() + (-axis.into_inner() * cos + (u * c + v * s) * sin) * *radius
        }));
    }
    let at = |ring: usize, i: usize| (ring * AROUND + i % AROUND) as u32;
    for (ring, i) in (1..rings.len()).flat_map(|ring| (0..AROUND).map(move |i| (ring, i))) {
        let [a, b, c, d] = [at(ring - 1, i), at(ring - 1, i + 1), at(ring, i + 1), at(ring, i)];
        mesh.triangles.extend([[a, c, b], [a, d, c]]);
    }
    for (ring, radius, flip) in [(0, RADIUS + 5.0, false), (rings.len() - 1, RADIUS + 8.0, true)] {
        let pole = mesh.vertices.len() as u32;
        mesh.vertices.push(centre() - axis.into_inner() * radius);
        mesh.triangles.extend((0..AROUND).map(|i| {
            let (a, b) = (at(ring, i), at(ring, i + 1));
            if flip { [pole, b, a] } else { [pole, a, b] }
        }));
    }
    if mesh.volume_mm3() < 0.0 {
        mesh.triangles.iter_mut().for_each(|t| t.swap(1, 2));
    }
    let sphere = |radius_mm| Sphere { centre: centre(), radius_mm, rms_mm: 0.2 };
    let acetabulum = Acetabulum { sphere: sphere(RADIUS), axis };
    (Hip { side: Side::Right, acetabulum, head: sphere(HEAD_RADIUS), femur: None }, mesh, frame)
}

fn measured(hip: &Hip, mesh: &TriMesh, frame: &AnatomicalFrame) -> SocketMeasures {
    let parts = HipParts { side: hip.side, acetabulum: Some(hip.acetabulum), head: Some(hip.head), femur: None, joined: true };
    of_socket(&parts, &Bone::new(mesh, None), frame, [0.5; 3]).unwrap()
}

fn get(measures: &SocketMeasures, key: &str) -> f64 {
    measures.measurements.iter().find(|m| m.quantity.key == key).unwrap_or_else(|| panic!("no {key}")).value
}

#[test]
fn half_a_shell_has_the_measures_of_its_plane() {
    for (ri, ra) in [(40.0, 15.0), (45.0, 20.0), (55.0, 5.0), (69.0, 21.0)] {
        let cup = CupAngles { inclination_deg: ri, anteversion_deg: ra };
        let (hip, mesh, frame) = hip(cup);
        assert!(mesh.is_watertight());
        let measures = measured(&hip, &mesh, &frame);
        let c = cup.right_hip_axis();
        let (sin65, cos65) = 65.0_f64.to_radians().sin_cos();
        let (oi, oa) = cup.operative_deg();
        let (ai, aa) = cup.anatomic_deg();
        for (key, expected, tolerance) in [
            ("lateral_centre_edge_angle", 90.0 - ri, 0.01),
            ("anterior_centre_edge_angle", (-c.y).atan2(c.x * sin65 + c.z * cos65).to_degrees(), 0.01),
            ("posterior_centre_edge_angle", (-c.y).atan2(-c.x).to_degrees(), 0.01),
            ("acetabular_inclination_radiographic", ri, 1e-9),
            ("acetabular_anteversion_radiographic", ra, 1e-9),
            ("acetabular_inclination_operative", oi, 1e-9),
            ("acetabular_anteversion_operative", oa, 1e-9),
            ("acetabular_inclination_anatomic", ai, 1e-9),
            ("acetabular_anteversion_anatomic", aa, 1e-9),
            ("acetabular_version_1_oclock", aa, 0.05),
            ("acetabular_version_2_oclock", aa, 0.05),
            ("acetabular_version_3_oclock", aa, 0.05),
            ("acetabular_version_central", aa, 0.05),
            ("acetabular_crossover", 0.0, 1e-9),
            ("acetabular_diameter", 2.0 * RADIUS, 1e-9),
            ("acetabular_depth", RADIUS + 5.0, 0.01),
            ("acetabular_width", 2.0 * RADIUS, 0.03),
            ("acetabular_depth_to_width", (RADIUS + 5.0) / (2.0 * RADIUS), 0.001),
            ("acetabular_rim_angle", 90.0, 0.01),
            ("acetabular_reach_12_oclock", 90.0, 0.01),
            ("acetabular_reach_10_30", 90.0, 0.01),
            // Half the disc, and the half ellipse of the rim's circle seen from there.
            ("head_coverage_total", 50.0 * (1.0 - c.y), 0.1),
            ("head_coverage_anterior", 50.0 * (1.0 - c.x), 0.1),
            ("head_coverage_posterior", 50.0 * (1.0 + c.x), 0.1),
            ("extrusion_index", 50.0 * (1.0 - RADIUS / HEAD_RADIUS * ri.to_radians().cos()), 0.1),
            ("head_socket_distance", 0.0, 1e-9),
        ] {
            let found = get(&measures, key);
            assert!((found - expected).abs() < tolerance, "{ri}/{ra} {key}: {found} instead of {expected}");
        }
        assert!(measures.teardrop.is_none() && measures.coverage.unwrap().points.iter().all(|p| (p.value - 90.0).abs() < 0.01));
        let sd = measures.measurements.iter().find(|m| m.quantity.key == "lateral_centre_edge_angle").unwrap().sd;
        assert!((1.0..4.0).contains(&sd), "{sd}");
    }
}

/// The fossa is a cone of 40° about the bottom of the axis; the roof lies between it and the rim. The mesh resolves it to 1°.
#[test]
fn the_roof_ends_at_the_fossa() {
    let cup = CupAngles { inclination_deg: 45.0, anteversion_deg: 0.0 };
    let (hip, mesh, frame) = hip(cup);
    let measures = measured(&hip, &mesh, &frame);
    // Without anteversion all lies in the frontal plane: the roof reaches 50° medially of the lateral edge.
    let medial = 90.0 - FOSSA_DEG - (90.0 - 45.0);
    assert!((get(&measures, "medial_centre_edge_angle") - medial).abs() < 1.0);
    let tonnis = (90.0 - 45.0 - medial) / 2.0;
    assert!((get(&measures, "tonnis_angle") + tonnis).abs() < 1.0, "{}", get(&measures, "tonnis_angle"));
}

#[test]
fn a_retroverted_socket_crosses_over_and_a_moved_head_is_told() {
    let (mut hip, mesh, frame) = hip(CupAngles { inclination_deg: 45.0, anteversion_deg: -8.0 });
    hip.head.centre = frame.lps_point(&(frame.local_point(&centre()) + Vector3::new(0.5, 1.0, 2.0)));
    let measures = measured(&hip, &mesh, &frame);
    assert!((get(&measures, "acetabular_crossover") - 100.0).abs() < 1e-9);
    for (key, expected) in [("head_anterior_of_socket", 0.5), ("head_superior_of_socket", 1.0), ("head_lateral_of_socket", 2.0)] {
        assert!((get(&measures, key) - expected).abs() < 1e-9, "{key}");
    }
    // The lateral edge as the moved head sees it.
    let edge = Vector3::new(0.0, 1.0, 1.0).normalize() * RADIUS;
    let lce = (edge.z - 2.0).atan2(edge.y - 1.0).to_degrees();
    assert!((get(&measures, "lateral_centre_edge_angle") - lce).abs() < 0.2, "{lce}");
}

fn assert_same(a: &SocketMeasures, b: &SocketMeasures, tolerance: f64) {
    assert_eq!(a.measurements.len(), b.measurements.len());
    for (x, y) in a.measurements.iter().zip(&b.measurements) {
        assert!((x.value - y.value).abs() < tolerance, "{}: {} and {}", x.quantity.key, x.value, y.value);
        assert!((x.sd - y.sd).abs() < 1e3 * tolerance, "{}: ± {} and {}", x.quantity.key, x.sd, y.sd);
    }
}

#[test]
fn the_mirrored_hip_measures_the_same() {
    let (hip, mesh, frame) = hip(CupAngles { inclination_deg: 43.0, anteversion_deg: 17.0 });
    let mirror = |p: &Point3<f64>| Point3::new(-p.x, p.y, p.z);
    let mut left = hip.clone();
    left.side = Side::Left;
    left.head.centre = mirror(&hip.head.centre);
    left.acetabulum.sphere.centre = mirror(&hip.acetabulum.sphere.centre);
    let axis = hip.acetabulum.axis;
    left.acetabulum.axis = Unit::new_unchecked(Vector3::new(-axis.x, axis.y, axis.z));
    let other = AnatomicalFrame { origin: mirror(&frame.origin), ..frame };
    assert_same(&measured(&hip, &mesh, &frame), &measured(&left, &mesh.mirrored_x(), &other), 1e-9);
}

#[test]
fn a_turned_patient_measures_the_same() {
    let (hip, mesh, frame) = hip(CupAngles { inclination_deg: 43.0, anteversion_deg: 17.0 });
    let pose =
        Isometry3::from_parts(Translation3::new(40.0, -70.0, 300.0), UnitQuaternion::from_euler_angles(0.2, -0.15, FRAC_PI_2));
    let mut moved = hip.clone();
    moved.head.centre = pose * hip.head.centre;
    moved.acetabulum.sphere.centre = pose * hip.acetabulum.sphere.centre;
    moved.acetabulum.axis = pose.rotation * hip.acetabulum.axis;
    let turned = AnatomicalFrame { origin: pose * frame.origin, rotation: pose.rotation.to_rotation_matrix() * frame.rotation };
    assert_same(&measured(&hip, &mesh, &frame), &measured(&moved, &mesh.transformed(&pose), &turned), 1e-6);
}
