//! Everything that can be said of a patient's hips: anatomy, landmarks, measurements and what is out of the ordinary.

use super::{
    bones::Bones,
    error::AnatomyError,
    femoral::of_femur,
    landmark::Landmarks,
    measure::measure,
    measurement::Measurement,
    model::{Anatomy, Finding},
    pelvic::of_pelvis,
    points::landmarks,
};
use crate::{frames::Side, progress::Progress, volume::Volume};

/// What an examination found.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// Frames, spheres and axes that the plan rests on.
    pub anatomy: Anatomy,
    /// Named points.
    pub landmarks: Landmarks,
    /// Named numbers.
    pub measurements: Vec<Measurement>,
    /// What is out of the ordinary, in plain words, with the numbers that say so.
    pub flags: Vec<Finding>,
}

/// Examines the bones of a patient; with the CT also canal and densities.
///
/// # Errors
/// As [`measure`].
pub fn examine(bones: &Bones, ct: Option<&Volume>, progress: &dyn Progress) -> Result<Examination, AnatomyError> {
    let anatomy = measure(bones, ct, progress)?;
    let landmarks = landmarks(bones, &anatomy);
    let measurements = measurements(&landmarks);
    Ok(Examination { anatomy, landmarks, measurements, flags: Vec::new() })
}

/// Everything that landmarks alone tell: what follows when one of them is moved by hand.
#[must_use]
pub fn measurements(landmarks: &Landmarks) -> Vec<Measurement> {
    let mut found = Vec::new();
    of_pelvis(landmarks, &mut found);
    Side::BOTH.into_iter().for_each(|side| of_femur(landmarks, side, &mut found));
    found
}
