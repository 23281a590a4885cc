//! A femur for tests: an elliptical tube that is known in closed form, in a CT.

use super::{
    bones::Bone,
    landmark::Landmark,
    model::{Acetabulum, Axis, Femur, Hip, ShaftSource, Sphere},
};
use crate::{
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Vector3};
use std::f64::consts::TAU;

/// How far the tube reaches above and below the lesser trochanter, mm.
const REACH_MM: [f64; 2] = [-40.0, 170.0];
/// Corners of a cross-section.
const CORNERS: u32 = 180;

pub(super) struct Tube {
    pub side: Side,
    /// How far the frontal plane is turned from the plane through shaft and head, degrees; anteversion of the head positive.
    pub version_deg: f64,
    /// Half widths of the surface at a level below the lesser trochanter: lateral, anterior, mm.
    pub outer_mm: fn(f64) -> [f64; 2],
    /// Of what it is made, by place: x lateral, y anterior, z distal of the lesser trochanter, mm.
    pub hu: fn(&Vector3<f64>) -> f64,
    /// Distance of voxels, mm; their centres lie at its odd multiples' halves.
    pub voxel_mm: f64,
}

impl Tube {
    /// A place as `hu` sees it, in LPS mm: the lesser trochanter at the origin, the shaft along z.
    pub fn lps(&self, place: &Vector3<f64>) -> Point3<f64> {
        Point3::new(place.x * self.side.lps_sign(), -place.y, -place.z)
    }

    pub fn mesh(&self) -> TriMesh {
        let [top, bottom] = REACH_MM;
        let rings = (bottom - top) as u32;
        let mut vertices = vec![self.lps(&(Vector3::z() * top)), self.lps(&(Vector3::z() * bottom))];
        for ring in 0..=rings {
            let level = top + f64::from(ring);
            let [lateral, anterior] = (self.outer_mm)(level);
            vertices.extend((0..CORNERS).map(|i| {
                let angle = f64::from(i) * TAU / f64::from(CORNERS);
                self.lps(&Vector3::new(lateral * angle.cos(), anterior * angle.sin(), level))
            }));
        }
        let at = |ring: u32, i: u32| 2 + ring * CORNERS + i % CORNERS;
        let mut triangles = Vec::new();
        for i in 0..CORNERS {
            triangles.extend([[0, at(0, i + 1), at(0, i)], [1, at(rings, i), at(rings, i + 1)]]);
            for ring in 0..rings {
                let [a, b, c, d] = [at(ring, i), at(ring, i + 1), at(ring + 1, i), at(ring + 1, i + 1)];
                triangles.extend([[a, b, d], [a, d, c]]);
            }
        }
        if self.side == Side::Right {
            triangles.iter_mut().for_each(|t| t.swap(0, 1));
        }
        let mesh = TriMesh { vertices, triangles };
        assert!(mesh.is_watertight() && mesh.volume_mm3() > 0.0);
        mesh
    }

    pub fn ct(&self) -> Volume {
        let half = (36.0 / self.voxel_mm).ceil();
        let levels = ((REACH_MM[1] - REACH_MM[0]) / self.voxel_mm).ceil();
        let low = Vector3::new(-half + 0.5, -half + 0.5, (-REACH_MM[1] / self.voxel_mm).floor() + 0.5) * self.voxel_mm;
        let grid = Grid::axis_aligned([2 * half as usize, 2 * half as usize, levels as usize], [self.voxel_mm; 3], low.into());
        let hu = (0..grid.len())
            .map(|i| {
                let p = grid.centre(grid.voxel(i));
                (self.hu)(&Vector3::new(p.x * self.side.lps_sign(), -p.y, -p.z)).round() as i16
            })
            .collect();
        Volume { grid, hu }
    }

    pub fn hip(&self) -> (Hip, Femur) {
        let (sin, cos) = self.version_deg.to_radians().sin_cos();
        let head = Sphere { centre: self.lps(&Vector3::new(-42.0 * cos, 42.0 * sin, -55.0)), radius_mm: 24.0, rms_mm: 0.1 };
        let shaft = Axis { point: self.lps(&(Vector3::z() * 60.0)), direction: Vector3::z_axis() };
        let tip = Landmark {
            position: self.lps(&Vector3::new(-20.0, -12.0, 0.0)),
            sd_mm: Some(1.6),
            along: None,
            method: String::new(),
            doubt: None,
        };
        let femur = Femur {
            neck_axis: Axis { point: head.centre, direction: -Vector3::z_axis() },
            shaft,
            shaft_source: ShaftSource::Measured,
            frame: AnatomicalFrame::scanner(head.centre),
            knee_in_scan: true,
            lesser_trochanter: Some(tip),
            greater_trochanter: None,
            neck_shaft_angle_deg: 127.0,
            femoral_offset_mm: 42.0,
            version_murphy_deg: None,
            estimated_knee: None,
            canal: Vec::new(),
        };
        let acetabulum = Acetabulum { sphere: head, axis: -Vector3::z_axis() };
        (Hip { side: self.side, acetabulum, head, femur: None }, femur)
    }

    pub fn bone<'a>(&self, mesh: &'a TriMesh) -> Bone<'a> {
        Bone::new(mesh, None)
    }
}

/// How far inside an ellipse a place lies, mm, to first order at its border; negative outside.
pub(super) fn inside_mm(half_widths: [f64; 2], x: f64, y: f64) -> f64 {
    let [a, b] = half_widths;
    let q = (x / a).hypot(y / b);
    if q < 1e-9 { a.min(b) } else { q * (1.0 - q) / (x / (a * a)).hypot(y / (b * b)) }
}

/// A border as a scanner blurs it: from 0 outside to 1 inside.
pub(super) fn blurred(inside_mm: f64) -> f64 {
    1.0 / (1.0 + (-inside_mm / 0.4).exp())
}
