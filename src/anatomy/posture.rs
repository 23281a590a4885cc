//! The pelvis in a posture: turned about its transverse axis from how it lay in the scanner.

use super::{
    examination::Examination,
    measurement::{Measurement, Quantity},
    named_frames::NamedFrame,
    pelvic::{PELVIC_INCIDENCE, anterior_pelvic_plane, incidence_deg, slope_deg, spinopelvic_deg, tilt_deg},
    propagate::Points,
    socket_in_posture::{self, SocketQuantities, of_sockets},
};
use crate::frames::AnatomicalFrame;
use nalgebra::Vector3;

/// Sacral slope and spinopelvic tilt, two readings of a radiograph, add up to the pelvic incidence within this, degrees, and within what the
/// incidence measured in the scan is uncertain by.
const INCIDENCE_TOLERANCE_DEG: f64 = 5.0;
/// No angle of a pelvis goes beyond this, degrees.
const LARGEST_DEG: f64 = 90.0;

/// A posture other than that in the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posture {
    /// Upright.
    Standing,
    /// On a chair.
    Sitting,
}

/// What is known of a posture from a lateral radiograph, degrees. Either the tilt, or slope or spinopelvic tilt or both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SagittalValues {
    /// Angle of the anterior pelvic plane to the vertical, posterior tilt positive.
    pub tilt_deg: Option<f64>,
    /// Sacral slope (SS).
    pub sacral_slope_deg: Option<f64>,
    /// Spinopelvic tilt (PT), the endplate behind the hips positive.
    pub spinopelvic_tilt_deg: Option<f64>,
}

/// Why a posture cannot be reckoned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PostureError {
    /// Not an angle of a pelvis.
    #[error("{posture}: {value}° is no angle of a pelvis; expected a number from -90 to 90")]
    Range {
        /// Which posture.
        posture: &'static str,
        /// What was given.
        value: f64,
    },
    /// Nothing to reckon from, or two things that need not agree.
    #[error("{posture}: give either the tilt of the anterior pelvic plane, or sacral slope or spinopelvic tilt or both")]
    Values {
        /// Which posture.
        posture: &'static str,
    },
    /// The landmarks are missing.
    #[error(
        "{posture}: the pelvis cannot be turned, because {missing} not measured; a tilt needs both hip bones, sacral slope and \
         spinopelvic tilt also the sacrum and both hip centres"
    )]
    NotMeasured {
        /// Which posture.
        posture: &'static str,
        /// What is missing.
        missing: &'static str,
    },
    /// PI is not SS + PT.
    #[error(
        "{posture}: sacral slope {slope:.1}° and spinopelvic tilt {tilt:.1}° add up to {:.1}°, but the pelvic incidence measured is \
         {incidence:.1}°: they must agree within {within:.0}°; check both numbers", slope + tilt
    )]
    Incidence {
        /// Which posture.
        posture: &'static str,
        /// Sacral slope given, degrees.
        slope: f64,
        /// Spinopelvic tilt given, degrees.
        tilt: f64,
        /// Pelvic incidence measured, degrees.
        incidence: f64,
        /// By how much they may differ, degrees.
        within: f64,
    },
}

struct PostureQuantities {
    frame: &'static str,
    name: &'static str,
    tilt: Quantity,
    slope: Quantity,
    spinopelvic: Quantity,
    socket: &'static SocketQuantities,
}

macro_rules! quantities {
    ($static:ident, $posture:literal, $socket:expr) => {
        static $static: PostureQuantities = PostureQuantities {
            frame: concat!("pelvis_", $posture),
            name: $posture,
            tilt: Quantity::new(
                concat!("pelvic_tilt_app_", $posture),
                super::measurement::Unit::Degrees,
                None,
                concat!("Angle of the anterior pelvic plane to the vertical, seen along the line of the anterior superior iliac spines, ", $posture, ", from the sagittal values given; posterior tilt positive."),
                "Lewinnek 1978; sign as in Komiyama, PMC6029136",
            ),
            slope: Quantity::new(
                concat!("sacral_slope_", $posture),
                super::measurement::Unit::Degrees,
                None,
                concat!("Angle of the S1 endplate to the horizontal, seen along the line of the anterior superior iliac spines, ", $posture, ", from the sagittal values given."),
                "Legaye 1998, 10.1007/s005860050038",
            ),
            spinopelvic: Quantity::new(
                concat!("spinopelvic_tilt_", $posture),
                super::measurement::Unit::Degrees,
                None,
                concat!("Angle of the line from the mid-point of the hip centres to the middle of the S1 endplate to the vertical, seen along the line of the anterior superior iliac spines, ", $posture, ", from the sagittal values given; the endplate behind the hips is positive."),
                "Legaye 1998, 10.1007/s005860050038",
            ),
            socket: $socket,
        };
    };
}
quantities!(STANDING, "standing", &socket_in_posture::STANDING);
quantities!(SITTING, "sitting", &socket_in_posture::SITTING);

/// The pelvis as it lay: Z along both anterior superior iliac spines, Y the table's long axis made perpendicular to it, origin midway
/// between the spines.
pub(super) fn supine_frame(p: &Points) -> Option<AnatomicalFrame> {
    let app = anterior_pelvic_plane(p)?;
    AnatomicalFrame::from_right_and_superior(app.origin, &app.right(), &Vector3::z())
}

/// Sockets as the pelvis lay.
pub(super) fn supine(found: &mut Examination) {
    let tilt = Points::new(&found.landmarks).measure(&STANDING.tilt, None, |p| tilt_deg(p, &supine_frame(p)?));
    let sockets = tilt.map(|tilt| of_sockets(&found.measurements, &tilt, &socket_in_posture::SUPINE));
    found.measurements.extend(sockets.unwrap_or_default());
}

impl SagittalValues {
    /// The pelvic frame in the posture: the pelvis as it lay, turned about its own transverse axis by what the values say, by their mean
    /// where slope and spinopelvic tilt are both given.
    fn frame(&self, p: &Points) -> Option<AnatomicalFrame> {
        let supine = supine_frame(p)?;
        let mut turns = Vec::new();
        if let Some(tilt) = self.tilt_deg {
            turns.push(tilt - tilt_deg(p, &supine)?);
        }
        if let Some(slope) = self.sacral_slope_deg {
            turns.push(slope_deg(p, &supine)? - slope);
        }
        if let Some(tilt) = self.spinopelvic_tilt_deg {
            turns.push(tilt - spinopelvic_deg(p, &supine)?);
        }
        Some(supine.tilted_posteriorly(turns.iter().sum::<f64>() / turns.len() as f64))
    }

    fn check(&self, p: &Points, posture: &'static str) -> Result<(), PostureError> {
        let given = [self.tilt_deg, self.sacral_slope_deg, self.spinopelvic_tilt_deg];
        if let Some(value) = given.into_iter().flatten().find(|value| !value.is_finite() || value.abs() > LARGEST_DEG) {
            return Err(PostureError::Range { posture, value });
        }
        let sacral = self.sacral_slope_deg.is_some() || self.spinopelvic_tilt_deg.is_some();
        if self.tilt_deg.is_some() == sacral {
            return Err(PostureError::Values { posture });
        }
        if anterior_pelvic_plane(p).is_none() {
            return Err(PostureError::NotMeasured { posture, missing: "the anterior pelvic plane is" });
        }
        let incidence = p.measure(&PELVIC_INCIDENCE, None, incidence_deg);
        if sacral && incidence.is_none() {
            return Err(PostureError::NotMeasured { posture, missing: "the S1 endplate and the hip centres are" });
        }
        match (self.sacral_slope_deg, self.spinopelvic_tilt_deg, incidence) {
            (Some(slope), Some(tilt), Some(Measurement { value: incidence, sd, .. })) => {
                let within = INCIDENCE_TOLERANCE_DEG + 1.96 * sd;
                let agree = (slope + tilt - incidence).abs() <= within;
                if agree { Ok(()) } else { Err(PostureError::Incidence { posture, slope, tilt, incidence, within }) }
            }
            _ => Ok(()),
        }
    }
}

impl Examination {
    /// Adds the pelvic frame of a posture, and how pelvis and sockets stand in it. The values given count as exact.
    ///
    /// # Errors
    /// When the values are no angles of a pelvis, contradict each other or the pelvic incidence, or the pelvis was not measured.
    pub fn add_posture(&mut self, posture: Posture, values: &SagittalValues) -> Result<(), PostureError> {
        let of = match posture {
            Posture::Standing => &STANDING,
            Posture::Sitting => &SITTING,
        };
        let points = Points::new(&self.landmarks);
        values.check(&points, of.name)?;
        self.frames.extend(NamedFrame::of(of.frame.to_owned(), &points, |p| values.frame(p)));
        let tilt = points.measure(&of.tilt, None, |p| tilt_deg(p, &values.frame(p)?));
        let slope = points.measure(&of.slope, None, |p| slope_deg(p, &values.frame(p)?));
        let spinopelvic = points.measure(&of.spinopelvic, None, |p| spinopelvic_deg(p, &values.frame(p)?));
        let sockets: Vec<Measurement> = tilt.iter().flat_map(|tilt| of_sockets(&self.measurements, tilt, of.socket)).collect();
        self.measurements.extend([tilt, slope, spinopelvic].into_iter().flatten().chain(sockets));
        Ok(())
    }
}
