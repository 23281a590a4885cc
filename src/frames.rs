//! Sides, and rigid frames in patient space.
//!
//! Patient space is DICOM's **LPS** (x to the patient's left, y posterior, z superior), millimetres, `f64`.
//! Anatomical frames follow ISB (Wu et al. 2002, 10.1016/S0021-9290(01)00222-6): **X anterior, Y superior, Z to the patient's right**.
//! A left hip is computed as the right hip it mirrors: [`as_right_hip`] is the one place where that mirroring is written down.

use nalgebra::{Matrix3, Point3, Rotation3, Unit, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A side of the patient's body. Never a bool, never a bare string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Side {
    /// The patient's left.
    Left,
    /// The patient's right.
    Right,
}

impl Side {
    /// Both sides, left first.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// DICOM's letter for the side (Image Laterality): `L` or `R`.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Left => 'L',
            Self::Right => 'R',
        }
    }

    /// The direction from the midline to this side along LPS x: +1 for left, −1 for right.
    #[must_use]
    pub const fn lps_sign(self) -> f64 {
        match self {
            Self::Left => 1.0,
            Self::Right => -1.0,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Left => "left",
            Self::Right => "right",
        })
    }
}

impl FromStr for Side {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "left" => Ok(Self::Left),
            "right" => Ok(Self::Right),
            other => Err(format!("the side must be 'left' or 'right', found '{other}'")),
        }
    }
}

/// A right-handed orthonormal frame in LPS with ISB's axes: X anterior, Y superior, Z to the patient's right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnatomicalFrame {
    /// Origin, LPS mm.
    pub origin: Point3<f64>,
    /// Columns are the frame's X, Y and Z axes in LPS.
    pub rotation: Rotation3<f64>,
}

impl AnatomicalFrame {
    /// The frame of a patient lying square in the scanner: X = −y, Y = +z, Z = −x of LPS.
    #[must_use]
    pub fn scanner(origin: Point3<f64>) -> Self {
        let axes = Matrix3::from_columns(&[-Vector3::y(), Vector3::z(), -Vector3::x()]);
        Self { origin, rotation: Rotation3::from_matrix_unchecked(axes) }
    }

    /// A frame whose Z axis is exactly `right` and whose Y axis is `superior` made perpendicular to it (both LPS, any length).
    ///
    /// Returns `None` when the two are parallel or not finite.
    #[must_use]
    pub fn from_right_and_superior(origin: Point3<f64>, right: &Vector3<f64>, superior: &Vector3<f64>) -> Option<Self> {
        let z = right.try_normalize(1e-9)?;
        let y = (superior - z * z.dot(superior)).try_normalize(1e-9)?;
        Self::from_columns(origin, y.cross(&z), y, z)
    }

    /// A frame whose Y axis is exactly `superior` and whose Z axis is `right` made perpendicular to it (both LPS, any length).
    ///
    /// Returns `None` when the two are parallel or not finite.
    #[must_use]
    pub fn from_superior_and_right(origin: Point3<f64>, superior: &Vector3<f64>, right: &Vector3<f64>) -> Option<Self> {
        let y = superior.try_normalize(1e-9)?;
        let z = (right - y * y.dot(right)).try_normalize(1e-9)?;
        Self::from_columns(origin, y.cross(&z), y, z)
    }

    fn from_columns(origin: Point3<f64>, x: Vector3<f64>, y: Vector3<f64>, z: Vector3<f64>) -> Option<Self> {
        let axes = Matrix3::from_columns(&[x, y, z]);
        axes.iter().all(|value| value.is_finite()).then(|| Self { origin, rotation: Rotation3::from_matrix_unchecked(axes) })
    }

    /// The anterior axis X in LPS.
    #[must_use]
    pub fn anterior(&self) -> Unit<Vector3<f64>> {
        Unit::new_unchecked(self.rotation.matrix().column(0).into_owned())
    }

    /// The superior axis Y in LPS.
    #[must_use]
    pub fn superior(&self) -> Unit<Vector3<f64>> {
        Unit::new_unchecked(self.rotation.matrix().column(1).into_owned())
    }

    /// The axis Z towards the patient's right, in LPS.
    #[must_use]
    pub fn right(&self) -> Unit<Vector3<f64>> {
        Unit::new_unchecked(self.rotation.matrix().column(2).into_owned())
    }

    /// A direction in LPS, expressed in this frame.
    #[must_use]
    pub fn local_vector(&self, lps: &Vector3<f64>) -> Vector3<f64> {
        self.rotation.inverse_transform_vector(lps)
    }

    /// A direction of this frame, expressed in LPS.
    #[must_use]
    pub fn lps_vector(&self, local: &Vector3<f64>) -> Vector3<f64> {
        self.rotation * local
    }

    /// A point in LPS mm, expressed in this frame (mm).
    #[must_use]
    pub fn local_point(&self, lps: &Point3<f64>) -> Point3<f64> {
        Point3::from(self.local_vector(&(lps - self.origin)))
    }

    /// A point of this frame (mm), expressed in LPS mm.
    #[must_use]
    pub fn lps_point(&self, local: &Point3<f64>) -> Point3<f64> {
        self.origin + self.lps_vector(&local.coords)
    }

    /// The same frame turned about its own Z axis by a posterior pelvic tilt in degrees (**posterior positive**).
    #[must_use]
    pub fn tilted_posteriorly(&self, tilt_deg: f64) -> Self {
        // Posterior tilt of the pelvis is +t about Z for the *bone*; the functional frame sees the bone turned, so it turns by −t.
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), -tilt_deg.to_radians());
        Self { origin: self.origin, rotation: self.rotation * turn }
    }
}

/// The angle of a rotation, radians, from 0 to π. nalgebra's own is an arc cosine of the trace, which rounding carries beyond 1: then a turn by
/// nothing, or by almost nothing, is no number.
#[must_use]
pub fn angle_of(rotation: &Rotation3<f64>) -> f64 {
    UnitQuaternion::from_rotation_matrix(rotation).angle()
}

/// The angle between two rotations, radians; see [`angle_of`].
#[must_use]
pub fn angle_between(one: &Rotation3<f64>, other: &Rotation3<f64>) -> f64 {
    angle_of(&(one.inverse() * other))
}

/// A vector in an anatomical frame, seen as that of a right hip: a left hip is mirrored in Z. Its own inverse.
#[must_use]
pub fn as_right_hip(side: Side, local: &Vector3<f64>) -> Vector3<f64> {
    match side {
        Side::Right => *local,
        Side::Left => Vector3::new(local.x, local.y, -local.z),
    }
}

/// The letters of a direction in LPS, the largest part first: `S`, `LA`, … as DICOM's Patient Orientation. Parts below a third
/// of the whole are left out.
#[must_use]
pub fn orientation_letters(lps: &Vector3<f64>) -> String {
    let names = [['L', 'R'], ['P', 'A'], ['S', 'I']];
    let mut parts: Vec<(f64, char)> =
        lps.iter().zip(names).map(|(&v, [plus, minus])| (v.abs(), if v > 0.0 { plus } else { minus })).collect();
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let least = lps.norm() / 3.0;
    parts.iter().filter(|(size, _)| *size > least).map(|(_, letter)| letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_by_nothing_has_an_angle_and_a_small_one_its_own() {
        for step in 0..2000 {
            let turn = Rotation3::from_euler_angles(0.013 * f64::from(step), -0.7, 0.0031 * f64::from(step));
            assert!(angle_between(&turn, &turn) < 1e-15);
            let further = turn * Rotation3::from_axis_angle(&Vector3::y_axis(), 1e-9);
            assert!((angle_between(&turn, &further) - 1e-9).abs() < 1e-15);
        }
    }

    #[test]
    fn the_scanner_frame_points_anterior_superior_and_right() {
        let frame = AnatomicalFrame::scanner(Point3::origin());
        assert_eq!(frame.anterior().into_inner(), Vector3::new(0.0, -1.0, 0.0));
        assert_eq!(frame.superior().into_inner(), Vector3::new(0.0, 0.0, 1.0));
        assert_eq!(frame.right().into_inner(), Vector3::new(-1.0, 0.0, 0.0));
        assert!((frame.rotation.matrix().determinant() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn points_and_vectors_survive_the_round_trip() {
        let frame = AnatomicalFrame::from_right_and_superior(
            Point3::new(10.0, -20.0, 30.0),
            &Vector3::new(-1.0, 0.1, 0.05),
            &Vector3::new(0.0, 0.2, 1.0),
        )
        .unwrap();
        let point = Point3::new(1.0, 2.0, 3.0);
        assert!((frame.lps_point(&frame.local_point(&point)) - point).norm() < 1e-12);
        assert!(frame.anterior().dot(&-Vector3::y()) > 0.9);
    }

    #[test]
    fn parallel_axes_are_refused() {
        assert!(AnatomicalFrame::from_right_and_superior(Point3::origin(), &Vector3::z(), &Vector3::z()).is_none());
    }

    #[test]
    fn left_is_plus_x_in_lps_and_mirroring_is_its_own_inverse() {
        assert_eq!(Side::Left.lps_sign(), 1.0);
        let v = Vector3::new(1.0, 2.0, 3.0);
        assert_eq!(as_right_hip(Side::Left, &as_right_hip(Side::Left, &v)), v);
        assert!("Left".parse::<Side>().is_err());
    }

    #[test]
    fn the_largest_part_of_a_direction_comes_first() {
        assert_eq!(orientation_letters(&Vector3::x()), "L");
        assert_eq!(orientation_letters(&-Vector3::x()), "R");
        assert_eq!(orientation_letters(&Vector3::y()), "P");
        assert_eq!(orientation_letters(&Vector3::new(0.2, -0.4, 0.8)), "SA");
        assert_eq!(orientation_letters(&Vector3::new(-0.7, -0.6, -0.4)), "RAI");
    }
}
