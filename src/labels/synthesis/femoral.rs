//! Head and neck of a phantom's femur by the definitions that measurements follow, worked out on the true surface.
//!
//! `anatomy::head` and `anatomy::neck` tell the definitions; nothing but their words and figures is shared. Here the head is integrated over
//! parts of the triangles and the neck cut four times as often. The shape model's own head vertices cannot answer: they have a density of
//! their own and end where the model's region does, which moves the centre by up to a millimetre, and a neck that is narrowest just beyond
//! the head then turns by a degree.

use super::{
    section::outline_nearest,
    socket::parted,
    sphere::{FittedSphere, tukey_sphere},
    truth::{HipTruth, Line},
};
use crate::{frames::Side, mesh::TriMesh};
use nalgebra::{Point3, Unit, Vector3};

/// What a femur's measurements are held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FemoralTruth {
    /// Through all of the head's surface that lies within 2 mm of it and looks outwards, LPS mm.
    pub head: FittedSphere,
    /// From the head's centre through the sections of the neck, across the axis itself, whose area is within 5 % of the smallest.
    pub neck_axis: Line,
    /// Centroid of the smallest section across that axis.
    pub neck_isthmus: Point3<f64>,
    /// Angle between the line from the head's centre to the isthmus and the shaft, in space, degrees.
    pub neck_shaft_angle_deg: f64,
    /// Version (Reikerås): that line against the line that touches both condyles from behind, about the mechanical axis, degrees,
    /// anteversion positive.
    pub version_condylar_deg: f64,
    /// Distance of the head's centre from the shaft line, mm.
    pub femoral_offset_mm: f64,
}

const SHELL_MM: f64 = 2.0;
const OUTWARDS: f64 = 0.9;
/// Where the neck is cut, in radii of the head from its centre.
const NECK: [f64; 2] = [0.9, 2.1];
const SECTIONS: usize = 121;
const ISTHMUS_AREA: f64 = 1.05;

/// The femur of a hip that is known about; `None` when it has no head or no neck.
#[must_use]
pub fn femoral_truth(femur: &TriMesh, about: &HipTruth, side: Side) -> Option<FemoralTruth> {
    let head = head(femur, about.head)?;
    let (neck_axis, neck_isthmus) = neck(femur, &head, about.neck_axis.direction)?;
    let neck = neck_isthmus - head.centre;
    // The neck runs laterally and, with anteversion, backwards from the head; lateral is +Z on the right, −Z on the left.
    let backwards_deg = |v: &Vector3<f64>| {
        let v = about.frame.local_vector(v);
        (-v.x).atan2(-v.z * side.lps_sign()).to_degrees()
    };
    let [medial, lateral] = about.posterior_condyles;
    Some(FemoralTruth {
        head,
        neck_axis,
        neck_isthmus,
        neck_shaft_angle_deg: 180.0 - neck.angle(&-about.shaft.direction.into_inner()).to_degrees(),
        version_condylar_deg: backwards_deg(&neck) - backwards_deg(&(lateral - medial)),
        femoral_offset_mm: about.shaft.distance_mm(&head.centre),
    })
}

fn head(femur: &TriMesh, start: FittedSphere) -> Option<FittedSphere> {
    let mut sphere = start;
    for _ in 0..60 {
        let corners = femur.triangles.iter().map(|triangle| triangle.map(|v| femur.vertices[v as usize]));
        let near = corners.filter(|t| t.iter().any(|p| off(p, &sphere) < 3.0 * SHELL_MM));
        let surface = near.flat_map(|triangle| {
            let normal = (triangle[1] - triangle[0]).cross(&(triangle[2] - triangle[0]));
            let (area, normal) = (normal.norm(), normal.try_normalize(1e-12).unwrap_or_default());
            let belongs = move |p: &Point3<f64>| {
                let ray = p - sphere.centre;
                off(p, &sphere) < SHELL_MM && ray.dot(&normal) > OUTWARDS * ray.norm()
            };
            parted(&triangle).filter(belongs).map(move |p| (p, area)).collect::<Vec<_>>()
        });
        let next = tukey_sphere(&sphere, &surface.collect::<Vec<_>>())?;
        let moved = (next.centre - sphere.centre).norm();
        sphere = next;
        if moved < 1e-6 {
            break;
        }
    }
    Some(sphere)
}

fn off(p: &Point3<f64>, sphere: &FittedSphere) -> f64 {
    ((p - sphere.centre).norm() - sphere.radius_mm).abs()
}

fn neck(femur: &TriMesh, head: &FittedSphere, start: Unit<Vector3<f64>>) -> Option<(Line, Point3<f64>)> {
    let mut direction = start;
    let mut isthmus = None;
    for _ in 0..12 {
        let sections: Vec<_> = (0..SECTIONS)
            .filter_map(|n| {
                let along = head.radius_mm * (NECK[0] + (NECK[1] - NECK[0]) * n as f64 / (SECTIONS - 1) as f64);
                let on_axis = head.centre + direction.scale(along);
                outline_nearest(femur, &on_axis, &direction, &on_axis)
            })
            .collect();
        let smallest = sections.iter().min_by(|a, b| a.area_mm2.total_cmp(&b.area_mm2))?;
        let share = |area_mm2: f64| (ISTHMUS_AREA - area_mm2 / smallest.area_mm2).max(0.0);
        let towards: Vector3<f64> = sections.iter().map(|s| (s.centroid - head.centre) * share(s.area_mm2)).sum();
        isthmus = Some(smallest.centroid);
        direction = Unit::try_new(towards, 1e-9)?;
    }
    Some((Line { point: head.centre, direction }, isthmus?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ball of 24 mm on a neck of 10 mm, which is thinnest 20 mm beyond it, as a surface of revolution about z.
    #[test]
    fn the_head_of_a_ball_on_a_neck_is_the_ball() {
        let radius = |z: f64| {
            let ball = (24.0_f64.powi(2) - z * z).max(0.0).sqrt();
            let neck = 10.0 + ((z - 38.0) / 20.0).powi(2);
            if z > 0.0 { ball.max(neck) } else { ball }
        };
        let turns = 120;
        let heights: Vec<f64> = (0..=170).map(|n| -23.99 + 0.5 * f64::from(n)).collect();
        let mut mesh = TriMesh::default();
        for z in &heights {
            mesh.vertices.extend((0..turns).map(|turn| {
                let (sin, cos) = (std::f64::consts::TAU * f64::from(turn) / f64::from(turns)).sin_cos();
                Point3::new(radius(*z) * cos, radius(*z) * sin, *z)
            }));
        }
        let at = |row: u32, turn: i32| row * turns as u32 + turn.rem_euclid(turns) as u32;
        for row in 0..heights.len() as u32 - 1 {
            for turn in 0..turns {
                let [a, b, c, d] = [at(row, turn), at(row, turn + 1), at(row + 1, turn + 1), at(row + 1, turn)];
                mesh.triangles.extend([[a, b, c], [a, c, d]]);
            }
        }
        let start = FittedSphere { centre: Point3::new(0.6, -0.4, 0.8), radius_mm: 23.5, rms_mm: 0.0 };
        let head = head(&mesh, start).unwrap();
        assert!(head.centre.coords.norm() < 0.03 && (head.radius_mm - 24.0).abs() < 0.03, "{head:?}");
        let (axis, isthmus) = neck(&mesh, &head, Unit::new_normalize(Vector3::new(0.05, 0.0, 1.0))).unwrap();
        assert!(axis.direction.angle(&Vector3::z()) < 1e-3 && (isthmus.z - 38.0).abs() < 0.5, "{axis:?} {isthmus}");
    }
}
