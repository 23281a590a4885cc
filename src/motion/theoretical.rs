//! The theoretical range of motion: a cylindrical neck against the circular rim of the liner, in closed form.
//!
//! The geometry of Yoshimine and Ginbayashi (2002, J Biomech 35:1315), derived anew. With the cup axis `c` out of the opening, the
//! neck axis `n` from the head centre to the shaft and the oscillation angle θ, the neck is free exactly while
//! `c · (R n) ≥ cos(θ/2)`. Turning `n` by φ about an axis `u` gives `P cos φ + Q sin φ + S = cos(θ/2)`, which is solved for φ.
//!
//! Only neck and liner are in it: no bone, no soft tissue. A limit here is where the implant certainly stops the motion, never a
//! motion that is safe; extension and rotation at 0° of flexion in particular end earlier, in the capsule.

use super::{Motion, Posture};
use crate::{
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side, as_right_hip},
};
use nalgebra::{Unit, Vector3};
use serde::{Deserialize, Serialize};

/// Direction of the prosthetic neck in the femoral frame, degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeckAngles {
    /// Elevation `a` of the neck above the transverse plane of the femoral frame. With the shaft vertical it is the neck–shaft angle
    /// less 90°; with the mechanical axis vertical (ours, when the knee is in the scan) the angle between the axes comes on top.
    pub elevation_deg: f64,
    /// Anteversion `b` of the neck in that transverse plane, against the frame's Z axis.
    pub anteversion_deg: f64,
}

impl NeckAngles {
    /// The angles of an axis from the head centre to the shaft (LPS), in the given femoral frame.
    #[must_use]
    pub fn of_axis(axis: &Unit<Vector3<f64>>, femoral: &AnatomicalFrame, side: Side) -> Self {
        let local = as_right_hip(side, &femoral.local_vector(axis));
        Self {
            elevation_deg: (-local.y).clamp(-1.0, 1.0).asin().to_degrees(),
            anteversion_deg: (-local.x).atan2(local.z).to_degrees(),
        }
    }

    /// The axis from the head centre to the shaft in the femoral frame of a right hip: (−cos a sin b, −sin a, cos a cos b).
    #[must_use]
    pub fn right_hip_axis(&self) -> Unit<Vector3<f64>> {
        let (sin_a, cos_a) = self.elevation_deg.to_radians().sin_cos();
        let (sin_b, cos_b) = self.anteversion_deg.to_radians().sin_cos();
        Unit::new_unchecked(Vector3::new(-cos_a * sin_b, -sin_a, cos_a * cos_b))
    }

    /// The axis from the head centre to the shaft in LPS.
    #[must_use]
    pub fn axis(&self, femoral: &AnatomicalFrame, side: Side) -> Unit<Vector3<f64>> {
        Unit::new_normalize(femoral.lps_vector(&as_right_hip(side, &self.right_hip_axis())))
    }
}

/// How far a motion goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Limit {
    /// There is contact before the motion begins.
    AlreadyTouching,
    /// First contact after so many degrees.
    At(f64),
    /// No contact however far it turns (closed form), or within the searched range (meshes).
    Unlimited,
}

impl Limit {
    /// Degrees until contact: 0 when already touching, `None` when there is no limit.
    #[must_use]
    pub const fn degrees(self) -> Option<f64> {
        match self {
            Self::AlreadyTouching => Some(0.0),
            Self::At(degrees) => Some(degrees),
            Self::Unlimited => None,
        }
    }
}

/// Oscillation angle θ in degrees of a neck of radius `r` in a liner whose rim is a circle of radius ρ at height h above the bearing
/// centre: `2 [atan2(ρ, h) − asin(r / √(ρ² + h²))]`; a plain hemisphere (h = 0) gives `2 acos(neck diameter / head diameter)`.
///
/// `None` when the neck does not fit through the rim, or a number is not finite or not positive where it must be.
#[must_use]
pub fn oscillation_deg(rim_radius_mm: f64, rim_height_mm: f64, neck_radius_mm: f64) -> Option<f64> {
    let reach = rim_radius_mm.hypot(rim_height_mm);
    let theta = 2.0 * (rim_radius_mm.atan2(rim_height_mm) - (neck_radius_mm / reach).asin()).to_degrees();
    (rim_radius_mm > 0.0 && neck_radius_mm > 0.0 && theta > 0.0).then_some(theta)
}

/// The limits of all eight motions, in the order of [`Motion::ALL`].
#[must_use]
pub fn limits(cup: &CupAngles, neck: &NeckAngles, oscillation_deg: f64) -> [Limit; 8] {
    Motion::ALL.map(|motion| limit(&cup.right_hip_axis(), &neck.right_hip_axis(), oscillation_deg, motion))
}

/// The limit of one motion; both axes as those of a right hip, cup in the pelvic and neck in the femoral frame.
#[must_use]
pub fn limit(cup: &Unit<Vector3<f64>>, neck: &Unit<Vector3<f64>>, oscillation_deg: f64, motion: Motion) -> Limit {
    let start = motion.start().right_hip_rotation() * neck.into_inner();
    let axis = motion.axis();
    let k = (oscillation_deg.to_radians() / 2.0).cos();
    let s = cup.dot(&axis) * start.dot(&axis);
    let p = cup.dot(&start) - s;
    let q = cup.dot(&axis.cross(&start));
    let ratio = (k - s) / p.hypot(q);
    if p + s < k {
        Limit::AlreadyTouching
    } else if ratio > -1.0 {
        // Rounding may lift the ratio of a start that just touches above 1.
        Limit::At((q.atan2(p) + ratio.min(1.0).acos()).to_degrees().max(0.0))
    } else {
        Limit::Unlimited
    }
}

/// Degrees that the neck can still lean in a posture before it meets the rim, θ/2 − ∠(c, R n); negative beyond contact.
/// Axes as in [`limit`].
#[must_use]
pub fn margin_deg(cup: &Unit<Vector3<f64>>, neck: &Unit<Vector3<f64>>, oscillation_deg: f64, posture: &Posture) -> f64 {
    let turned = posture.right_hip_rotation() * neck.into_inner();
    // atan2 keeps its precision where acos loses it, near parallel axes.
    let lean = cup.cross(&turned).norm().atan2(cup.dot(&turned));
    oscillation_deg / 2.0 - lean.to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cup(inclination_deg: f64, anteversion_deg: f64) -> CupAngles {
        CupAngles { inclination_deg, anteversion_deg }
    }

    fn neck(elevation_deg: f64, anteversion_deg: f64) -> NeckAngles {
        NeckAngles { elevation_deg, anteversion_deg }
    }

    #[test]
    fn oscillation_angles_are_those_of_the_published_table() {
        for (head, neck, expected) in [(22.225, 10.0, 126.52), (28.0, 12.0, 129.25), (32.0, 12.5, 134.01), (40.0, 14.0, 139.03)] {
            assert!((oscillation_deg(head / 2.0, 0.0, neck / 2.0).unwrap() - expected).abs() < 5e-3);
        }
        let (deep, shallow) = (oscillation_deg(16.0, 2.0, 6.0).unwrap(), oscillation_deg(16.0, -2.0, 6.0).unwrap());
        assert!(deep < 135.95 && shallow > 135.96, "a higher rim takes motion away");
        assert_eq!(oscillation_deg(5.0, 0.0, 6.0), None, "a neck thicker than the rim");
    }

    #[test]
    fn pose_margins_are_those_worked_out_by_hand() {
        let (cup, neck) = (cup(40.0, 20.0).right_hip_axis(), neck(45.0, 15.0).right_hip_axis());
        let theta = oscillation_deg(16.0, 0.0, 6.0).unwrap();
        for (f, a, r, expected) in [
            (0.0, 0.0, 0.0, 37.177),
            (100.0, 10.0, 10.0, 12.421),
            (90.0, -20.0, -25.0, 48.817),
            (90.0, 10.0, 30.0, 6.603),
            (-15.0, 10.0, -30.0, 4.089),
        ] {
            let posture = Posture { flexion_deg: f, adduction_deg: a, internal_rotation_deg: r };
            let found = margin_deg(&cup, &neck, theta, &posture);
            assert!((found - expected).abs() < 6e-4, "{posture:?}: {found} instead of {expected}");
        }
    }

    #[test]
    fn contact_before_the_start_and_no_contact_at_all_are_told_apart() {
        // A vertical, retroverted cup: at 90° of flexion the neck is already on the rim.
        let touching = limits(&cup(40.0, -40.0), &neck(45.0, 0.0), 110.0);
        assert_eq!(touching[6], Limit::AlreadyTouching);
        assert_eq!(touching[6].degrees(), Some(0.0));
        // A cup that opens straight to the side and a neck along it: flexion only spins the neck about itself.
        let free = limits(&cup(90.0, 0.0), &neck(0.0, 0.0), 120.0);
        assert_eq!(free[0], Limit::Unlimited);
        assert!((free[2].degrees().unwrap() - 60.0).abs() < 1e-9 && (free[3].degrees().unwrap() - 60.0).abs() < 1e-9);
    }

    #[test]
    fn neck_angles_and_axis_are_inverse_on_both_sides() {
        let femur = AnatomicalFrame::scanner(nalgebra::Point3::origin()).tilted_posteriorly(5.0);
        for side in Side::BOTH {
            let axis = neck(43.0, 17.0).axis(&femur, side);
            assert!(axis.x * side.lps_sign() > 0.0 && axis.z < 0.0, "a neck runs outwards and down from the head");
            let back = NeckAngles::of_axis(&axis, &femur, side);
            assert!((back.elevation_deg - 43.0).abs() < 1e-9 && (back.anteversion_deg - 17.0).abs() < 1e-9);
        }
    }
}
