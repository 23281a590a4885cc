//! The joint coordinate system of the hip and the femur's place in it.
//!
//! `R = Rz(flexion) · Rx(adduction) · Ry(internal rotation)`, intrinsic: the order of ISB (Wu et al. 2002,
//! 10.1016/S0021-9290(01)00222-6) after Grood and Suntay (1983, 10.1115/1.3138397). Flexion, adduction and internal rotation are
//! positive. Written for a right hip; a left hip is the right hip it mirrors ([`as_right_hip`]).

use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};

/// The order of rotations in words; printed wherever combined angles are shown, since another order is another posture.
pub const JOINT_ORDER: &str = "flexion about the pelvic Z axis, then adduction about the floating X axis, then internal rotation \
                               about the femoral Y axis (intrinsic; ISB, Grood and Suntay)";

/// Where the femur stands relative to the pelvis, degrees. Zero is the **neutral** posture: femoral and pelvic frame aligned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Posture {
    /// Flexion; extension is negative.
    pub flexion_deg: f64,
    /// Adduction; abduction is negative.
    pub adduction_deg: f64,
    /// Internal rotation; external rotation is negative.
    pub internal_rotation_deg: f64,
}

/// A matrix times a vector, for inner loops: nalgebra's own product is a call there, which took a fifth of a search along a path.
#[inline]
pub(super) fn turned(matrix: &Matrix3<f64>, vector: &Vector3<f64>) -> Vector3<f64> {
    let [x, y, z] = matrix.data.0;
    let row = |i: usize| x[i] * vector.x + y[i] * vector.y + z[i] * vector.z;
    Vector3::new(row(0), row(1), row(2))
}

impl Posture {
    /// Femoral and pelvic frame aligned.
    pub const NEUTRAL: Self = Self { flexion_deg: 0.0, adduction_deg: 0.0, internal_rotation_deg: 0.0 };

    /// The joint rotation in the pelvic frame of a **right** hip.
    #[must_use]
    pub fn right_hip_rotation(&self) -> Rotation3<f64> {
        Rotation3::from_axis_angle(&Vector3::z_axis(), self.flexion_deg.to_radians())
            * Rotation3::from_axis_angle(&Vector3::x_axis(), self.adduction_deg.to_radians())
            * Rotation3::from_axis_angle(&Vector3::y_axis(), self.internal_rotation_deg.to_radians())
    }

    /// The joint rotation in the pelvic frame of a hip of this side.
    #[must_use]
    pub fn rotation(&self, side: Side) -> Rotation3<f64> {
        of_side(side, &self.right_hip_rotation())
    }

    /// The posture of a joint rotation in the pelvic frame of a hip of this side; the inverse of [`Posture::rotation`].
    ///
    /// Adduction comes out within ±90°. At ±90° flexion and rotation turn about the same axis (gimbal lock): the whole turn is
    /// then given as flexion and internal rotation as zero.
    #[must_use]
    pub fn of_rotation(rotation: &Rotation3<f64>, side: Side) -> Self {
        let right = of_side(side, rotation);
        let m = right.matrix();
        let adduction = m[(2, 1)].clamp(-1.0, 1.0).asin();
        let locked = m[(2, 0)].hypot(m[(2, 2)]) < 1e-9;
        let (flexion, rotation) = if locked {
            (m[(1, 0)].atan2(m[(0, 0)]), 0.0)
        } else {
            ((-m[(0, 1)]).atan2(m[(1, 1)]), (-m[(2, 0)]).atan2(m[(2, 2)]))
        };
        Self {
            flexion_deg: flexion.to_degrees(),
            adduction_deg: adduction.to_degrees(),
            internal_rotation_deg: rotation.to_degrees(),
        }
    }
}

/// A rotation of a right hip as that of the hip of this side, and back: its own inverse.
fn of_side(side: Side, rotation: &Rotation3<f64>) -> Rotation3<f64> {
    let columns =
        [Vector3::x(), Vector3::y(), Vector3::z()].map(|axis| as_right_hip(side, &(rotation * as_right_hip(side, &axis))));
    Rotation3::from_matrix_unchecked(Matrix3::from_columns(&columns))
}

/// Moves the femur **as scanned** (LPS mm) into a posture, turning it about the (planned) hip centre.
///
/// After it the femoral frame, seen from the pelvic frame, is turned by exactly the posture; in the neutral posture the two are
/// aligned. The hip centre is a fixed point: where a stem moves the femur bodily, bring its head to the planned centre first.
#[must_use]
pub fn femur_transform(
    pelvic_frame: &AnatomicalFrame,
    femoral_frame: &AnatomicalFrame,
    centre: &Point3<f64>,
    posture: &Posture,
    side: Side,
) -> Isometry3<f64> {
    let turn = pelvic_frame.rotation * posture.rotation(side) * femoral_frame.rotation.inverse();
    about(centre, &turn)
}

/// The posture that a femoral frame has relative to a pelvic frame, e.g. as scanned.
#[must_use]
pub fn posture_of(pelvic_frame: &AnatomicalFrame, femoral_frame: &AnatomicalFrame, side: Side) -> Posture {
    Posture::of_rotation(&(pelvic_frame.rotation.inverse() * femoral_frame.rotation), side)
}

/// The axis of a right hip's rotation as that of the hip of this side. An axis of rotation is mirrored with its sense reversed.
pub(super) fn axis_of_side(side: Side, axis: &Vector3<f64>) -> Vector3<f64> {
    match side {
        Side::Right => *axis,
        Side::Left => -as_right_hip(side, axis),
    }
}

/// A rotation about a point.
pub(super) fn about(centre: &Point3<f64>, turn: &Rotation3<f64>) -> Isometry3<f64> {
    let rotation = UnitQuaternion::from_rotation_matrix(turn);
    Isometry3::from_parts(Translation3::from(centre.coords - rotation * centre.coords), rotation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(seed: f64) -> AnatomicalFrame {
        let right = Vector3::new(-1.0, 0.1 * seed, 0.05);
        AnatomicalFrame::from_right_and_superior(Point3::new(seed, 2.0, 3.0), &right, &Vector3::new(0.1, 0.2 * seed, 1.0))
            .unwrap()
    }

    #[test]
    fn angles_survive_the_round_trip_on_both_sides() {
        for side in Side::BOTH {
            for (f, a, r) in [(0.0, 0.0, 0.0), (95.0, -20.0, 33.0), (-15.0, 10.0, -30.0), (140.0, 89.0, -170.0)] {
                let posture = Posture { flexion_deg: f, adduction_deg: a, internal_rotation_deg: r };
                let back = Posture::of_rotation(&posture.rotation(side), side);
                for (found, expected) in [(back.flexion_deg, f), (back.adduction_deg, a), (back.internal_rotation_deg, r)] {
                    assert!((found - expected).abs() < 1e-9, "{posture:?} came back as {back:?}");
                }
            }
        }
    }

    #[test]
    fn in_gimbal_lock_the_rotation_is_still_the_same() {
        for adduction_deg in [90.0, -90.0] {
            let posture = Posture { flexion_deg: 30.0, adduction_deg, internal_rotation_deg: 20.0 };
            let back = Posture::of_rotation(&posture.rotation(Side::Right), Side::Right);
            assert_eq!(back.internal_rotation_deg, 0.0);
            assert!(back.rotation(Side::Right).angle_to(&posture.rotation(Side::Right)) < 1e-7);
        }
    }

    #[test]
    fn positive_angles_move_the_thigh_as_their_names_say() {
        let pelvis = AnatomicalFrame::scanner(Point3::origin());
        let (shaft, toes) = (-Vector3::y(), Vector3::x());
        for side in Side::BOTH {
            let lps = |posture: Posture, local: Vector3<f64>| pelvis.lps_vector(&(posture.rotation(side) * local));
            let flexed = lps(Posture { flexion_deg: 30.0, ..Posture::NEUTRAL }, shaft);
            assert!(flexed.y < -0.4, "flexion brings the knee forward (LPS −y)");
            let adducted = lps(Posture { adduction_deg: 30.0, ..Posture::NEUTRAL }, shaft);
            assert!(adducted.x * side.lps_sign() < -0.4, "adduction brings the knee towards the other side");
            let turned = lps(Posture { internal_rotation_deg: 30.0, ..Posture::NEUTRAL }, toes);
            assert!(turned.x * side.lps_sign() < -0.4, "internal rotation turns the toes towards the other side");
        }
    }

    #[test]
    fn the_femur_takes_the_posture_and_its_centre_stays() {
        let (pelvis, femur, centre) = (frame(0.3), frame(-0.8), Point3::new(-90.0, 10.0, 40.0));
        for side in Side::BOTH {
            let posture = Posture { flexion_deg: 80.0, adduction_deg: 12.0, internal_rotation_deg: -25.0 };
            let pose = femur_transform(&pelvis, &femur, &centre, &posture, side);
            assert!((pose * centre - centre).norm() < 1e-12);
            let moved = AnatomicalFrame { origin: femur.origin, rotation: pose.rotation.to_rotation_matrix() * femur.rotation };
            let back = posture_of(&pelvis, &moved, side);
            assert!((back.flexion_deg - 80.0).abs() < 1e-9 && (back.adduction_deg - 12.0).abs() < 1e-9);
            assert!((back.internal_rotation_deg + 25.0).abs() < 1e-9);
            let neutral = femur_transform(&pelvis, &femur, &centre, &Posture::NEUTRAL, side);
            assert!((neutral * femur.anterior().into_inner() - pelvis.anterior().into_inner()).norm() < 1e-12);
        }
    }
}
