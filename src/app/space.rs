//! The one place where patient space (LPS, mm, `f64`) becomes view space (metres, `f32`).
//!
//! View axes: x to the patient's left, y superior, z anterior; right-handed like LPS, so nothing is ever mirrored. Seen from the
//! front the patient's left is on the viewer's right, as when he faces his surgeon.

use bevy::prelude::*;
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, UnitQuaternion, Vector3};

/// View units (metres) per millimetre.
pub const MM_TO_VIEW: f64 = 0.001;

/// Where the view's origin lies in the patient: near what is looked at, so that `f32` is exact enough.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct ViewSpace {
    /// LPS mm.
    pub origin: Point3<f64>,
}

impl Default for ViewSpace {
    fn default() -> Self {
        Self { origin: Point3::origin() }
    }
}

/// LPS axes to view axes.
fn axes() -> Rotation3<f64> {
    Rotation3::from_matrix_unchecked(Matrix3::new(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0))
}

/// A direction of patient space in view space.
#[must_use]
pub fn view_direction(lps: &Vector3<f64>) -> Vec3 {
    let v = axes() * lps;
    Vec3::new(v.x as f32, v.y as f32, v.z as f32)
}

/// A direction of view space in patient space.
#[must_use]
pub fn lps_direction(view: Vec3) -> Vector3<f64> {
    axes().inverse() * Vector3::new(f64::from(view.x), f64::from(view.y), f64::from(view.z))
}

impl ViewSpace {
    /// A point of patient space (LPS mm) in view space.
    #[must_use]
    pub fn point(&self, lps: &Point3<f64>) -> Vec3 {
        view_direction(&((lps - self.origin) * MM_TO_VIEW))
    }

    /// A point of view space in patient space, LPS mm.
    #[must_use]
    pub fn lps_point(&self, view: Vec3) -> Point3<f64> {
        self.origin + lps_direction(view) / MM_TO_VIEW
    }

    /// A rigid motion of patient space (mm) as that of things whose vertices are given in view space.
    #[must_use]
    pub fn motion(&self, lps: &Isometry3<f64>) -> Transform {
        self.scaled_motion(lps, MM_TO_VIEW)
    }

    /// The same with `scale` units a millimetre.
    #[must_use]
    pub fn scaled_motion(&self, lps: &Isometry3<f64>, scale: f64) -> Transform {
        let turn = axes() * lps.rotation.to_rotation_matrix() * axes().inverse();
        let q = UnitQuaternion::from_rotation_matrix(&turn);
        let moved_origin = axes() * ((lps * self.origin - self.origin) * scale);
        Transform {
            translation: Vec3::new(moved_origin.x as f32, moved_origin.y as f32, moved_origin.z as f32),
            rotation: Quat::from_xyzw(q.i as f32, q.j as f32, q.k as f32, q.w as f32).normalize(),
            scale: Vec3::ONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Translation3;

    #[test]
    fn left_is_left_and_up_is_up() {
        // The camera in front of the patient looks along −z; its right is +x.
        assert_eq!(view_direction(&Vector3::x()), Vec3::X, "the patient's left is on the viewer's right");
        assert_eq!(view_direction(&Vector3::z()), Vec3::Y, "superior is up");
        assert_eq!(view_direction(&-Vector3::y()), Vec3::Z, "anterior is towards the viewer");
        assert!((axes().matrix().determinant() - 1.0).abs() < 1e-15, "nothing is mirrored");
        assert!((lps_direction(view_direction(&Vector3::new(1.0, 2.0, 3.0))) - Vector3::new(1.0, 2.0, 3.0)).norm() < 1e-6);
    }

    #[test]
    fn moving_then_viewing_is_viewing_then_moving() {
        let space = ViewSpace { origin: Point3::new(90.0, -40.0, 800.0) };
        let motion = Isometry3::from_parts(Translation3::new(3.0, -2.0, 5.0), UnitQuaternion::from_euler_angles(0.4, -1.1, 0.3));
        let p = Point3::new(120.0, -10.0, 760.0);
        let one_way = space.point(&(motion * p));
        let other_way = space.motion(&motion).transform_point(space.point(&p));
        assert!((one_way - other_way).length() < 1e-6, "{one_way} {other_way}");
    }
}
