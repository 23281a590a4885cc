//! Cup orientation in the three definitions of Murray (1993, 10.1302/0301-620X.75B2.8444942).

use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Rotation3, Unit, Vector3};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// **Radiographic** inclination and anteversion of a cup or socket axis, degrees; the other definitions follow from these.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CupAngles {
    /// Radiographic inclination: between the patient's long axis and the cup axis projected on the coronal plane.
    pub inclination_deg: f64,
    /// Radiographic anteversion: between the cup axis and the coronal plane.
    pub anteversion_deg: f64,
}

/// Which of Murray's three definitions angles are given in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CupDefinition {
    /// As an antero-posterior radiograph shows them.
    #[default]
    Radiographic,
    /// As the impactor is held: inclination from the sagittal plane, anteversion about the transverse axis.
    Operative,
    /// As the socket itself has them: inclination from the long axis, anteversion about it.
    Anatomic,
}

impl CupDefinition {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Radiographic, Self::Operative, Self::Anatomic];

    /// Its name in documents, on the command line and in language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Radiographic => "radiographic",
            Self::Operative => "operative",
            Self::Anatomic => "anatomic",
        }
    }
}

impl FromStr for CupDefinition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|definition| definition.name() == text);
        found.ok_or_else(|| format!("'{text}' is no definition of cup angles: write radiographic, operative or anatomic"))
    }
}

impl CupAngles {
    /// Angles that are given in any of the definitions, degrees.
    #[must_use]
    pub fn given(definition: CupDefinition, inclination_deg: f64, anteversion_deg: f64) -> Self {
        let (sin_i, cos_i) = inclination_deg.to_radians().sin_cos();
        let (sin_a, cos_a) = anteversion_deg.to_radians().sin_cos();
        match definition {
            CupDefinition::Radiographic => Self { inclination_deg, anteversion_deg },
            CupDefinition::Operative => Self::of_right_hip_axis(&Vector3::new(cos_i * sin_a, -cos_i * cos_a, sin_i)),
            CupDefinition::Anatomic => Self::of_right_hip_axis(&Vector3::new(sin_i * sin_a, -cos_i, sin_i * cos_a)),
        }
    }

    /// (inclination, anteversion) in a definition, degrees.
    #[must_use]
    pub fn as_given(&self, definition: CupDefinition) -> (f64, f64) {
        match definition {
            CupDefinition::Radiographic => (self.inclination_deg, self.anteversion_deg),
            CupDefinition::Operative => self.operative_deg(),
            CupDefinition::Anatomic => self.anatomic_deg(),
        }
    }

    /// The angles of an axis that points out of the opening (LPS), in the given pelvic frame.
    #[must_use]
    pub fn of_axis(axis: &Unit<Vector3<f64>>, pelvic: &AnatomicalFrame, side: Side) -> Self {
        Self::of_right_hip_axis(&as_right_hip(side, &pelvic.local_vector(axis)))
    }

    /// The angles of a unit axis that points out of the opening, in the frame of a right hip.
    pub(super) fn of_right_hip_axis(axis: &Vector3<f64>) -> Self {
        Self { inclination_deg: axis.z.atan2(-axis.y).to_degrees(), anteversion_deg: axis.x.clamp(-1.0, 1.0).asin().to_degrees() }
    }

    /// The same cup after the pelvis has tilted posteriorly by so many degrees, in the frame that stayed:
    /// sin RA' = sin RA cos t + cos RA cos RI sin t, and operative anteversion grows by exactly t.
    #[must_use]
    pub fn tilted_posteriorly(&self, tilt_deg: f64) -> Self {
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), tilt_deg.to_radians());
        Self::of_right_hip_axis(&(turn * self.right_hip_axis().into_inner()))
    }

    /// The axis out of the opening in the frame of a right hip: (sin RA, −cos RA cos RI, cos RA sin RI).
    #[must_use]
    pub fn right_hip_axis(&self) -> Unit<Vector3<f64>> {
        let (sin_ri, cos_ri) = self.inclination_deg.to_radians().sin_cos();
        let (sin_ra, cos_ra) = self.anteversion_deg.to_radians().sin_cos();
        Unit::new_unchecked(Vector3::new(sin_ra, -cos_ra * cos_ri, cos_ra * sin_ri))
    }

    /// The axis out of the opening in LPS.
    #[must_use]
    pub fn axis(&self, pelvic: &AnatomicalFrame, side: Side) -> Unit<Vector3<f64>> {
        Unit::new_normalize(pelvic.lps_vector(&as_right_hip(side, &self.right_hip_axis())))
    }

    /// (inclination, anteversion) in the **operative** definition, degrees.
    #[must_use]
    pub fn operative_deg(&self) -> (f64, f64) {
        let (ri, ra) = (self.inclination_deg.to_radians(), self.anteversion_deg.to_radians());
        let inclination = (ri.sin() * ra.cos()).asin();
        let anteversion = ra.tan().atan2(ri.cos());
        (inclination.to_degrees(), anteversion.to_degrees())
    }

    /// (inclination, anteversion) in the **anatomic** definition, degrees.
    #[must_use]
    pub fn anatomic_deg(&self) -> (f64, f64) {
        let (ri, ra) = (self.inclination_deg.to_radians(), self.anteversion_deg.to_radians());
        let inclination = (ri.cos() * ra.cos()).acos();
        let anteversion = ra.tan().atan2(ri.sin());
        (inclination.to_degrees(), anteversion.to_degrees())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn the_three_definitions_agree_with_the_published_conversions() {
        // RI, RA, OI, OA, AI, AA
        for [ri, ra, oi, oa, ai, aa] in [
            [40.0, 15.0, 38.381, 19.279, 42.274, 22.629],
            [45.0, 20.0, 41.641, 27.236, 48.359, 27.236],
            [30.0, 5.0, 29.874, 5.769, 30.376, 9.925],
            [50.0, 25.0, 43.969, 35.959, 54.369, 31.330],
            [45.0, 30.0, 37.761, 39.232, 52.239, 39.232],
        ] {
            let cup = CupAngles { inclination_deg: ri, anteversion_deg: ra };
            let (o, a) = (cup.operative_deg(), cup.anatomic_deg());
            for definition in CupDefinition::ALL {
                let (inclination, anteversion) = cup.as_given(definition);
                let back = CupAngles::given(definition, inclination, anteversion);
                let off = (back.inclination_deg - ri).abs().max((back.anteversion_deg - ra).abs());
                assert!(off < 1e-9, "{definition:?}: {back:?} instead of {cup:?}");
            }
            for (found, expected) in [(o.0, oi), (o.1, oa), (a.0, ai), (a.1, aa)] {
                assert!((found - expected).abs() < 6e-4, "{ri}/{ra}: {found} instead of {expected}");
            }
        }
    }

    #[test]
    fn axis_and_angles_are_inverse_on_both_sides() {
        let frame = AnatomicalFrame::scanner(Point3::origin()).tilted_posteriorly(7.0);
        for side in Side::BOTH {
            let cup = CupAngles { inclination_deg: 41.0, anteversion_deg: 17.0 };
            let axis = cup.axis(&frame, side);
            assert!(axis.x * side.lps_sign() > 0.0, "a cup opens to its own side");
            let back = CupAngles::of_axis(&axis, &frame, side);
            assert!((back.inclination_deg - 41.0).abs() < 1e-9 && (back.anteversion_deg - 17.0).abs() < 1e-9);
        }
    }

    #[test]
    fn thirteen_degrees_of_posterior_tilt_add_ten_of_anteversion() {
        let app = AnatomicalFrame::scanner(Point3::origin());
        let axis = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 }.axis(&app, Side::Right);
        let functional = CupAngles::of_axis(&axis, &app.tilted_posteriorly(13.0), Side::Right);
        assert!((functional.anteversion_deg - 24.749).abs() < 5e-4, "{}", functional.anteversion_deg);
    }
}
