//! Everything that can be said of a patient's hips: anatomy, landmarks, measurements and what is out of the ordinary.

use super::{
    acetabular::of_socket,
    alpha::of_head_and_neck,
    bones::Bones,
    canal_indices::of_canal,
    clock::ClockCurve,
    error::AnatomyError,
    femoral::of_femur,
    flags::raised,
    landmark::{LandmarkName, Landmarks},
    measure::survey,
    measurement::Measurement,
    model::Finding,
    named_frames::{NamedFrame, named_frames},
    parts::Parts,
    pelvic::of_pelvis,
    points::landmarks,
    posture::supine,
};
use crate::{frames::Side, labels::Label, progress::Progress, volume::Volume};

/// What an examination found.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// Frames, spheres and axes, as far as the bones at hand show them.
    pub anatomy: Parts,
    /// Named points.
    pub landmarks: Landmarks,
    /// Named frames.
    pub frames: Vec<NamedFrame>,
    /// Named numbers.
    pub measurements: Vec<Measurement>,
    /// Measures all round socket and head.
    pub curves: Vec<ClockCurve>,
    /// What is out of the ordinary, in plain words, with the numbers that say so.
    pub flags: Vec<Finding>,
}

/// Standard deviation of the anterior pelvic plane about each of its axes, degrees: what it differs by from raters' planes.
const APP_SD_DEG: f64 = 0.7;

/// Examines the bones of a patient, whichever of them are at hand; with the CT also canal and densities.
///
/// # Errors
/// When the caller cancels. What cannot be measured is left out and said in the findings.
pub fn examine(bones: &Bones, ct: Option<&Volume>, progress: &dyn Progress) -> Result<Examination, AnatomyError> {
    let anatomy = survey(bones, ct, progress)?;
    let landmarks = landmarks(bones, &anatomy);
    let mut found =
        Examination { anatomy, landmarks, frames: Vec::new(), measurements: Vec::new(), curves: Vec::new(), flags: Vec::new() };
    for side in Side::BOTH {
        of_surfaces(&mut found, bones, side);
    }
    // After the surfaces, which give landmarks of their own.
    found.measurements.splice(0..0, measurements(&found.landmarks));
    found.frames = named_frames(&found.landmarks, &found.anatomy);
    supine(&mut found);
    found.flags = raised(&found.measurements);
    Ok(found)
}

/// Everything that landmarks alone tell: what follows when one of them is moved by hand.
#[must_use]
pub fn measurements(landmarks: &Landmarks) -> Vec<Measurement> {
    let mut found = Vec::new();
    of_pelvis(landmarks, &mut found);
    Side::BOTH.into_iter().for_each(|side| of_femur(landmarks, side, &mut found));
    found
}

/// What needs more than points: the socket in the anterior pelvic plane, head and neck, and the canal.
fn of_surfaces(found: &mut Examination, bones: &Bones, side: Side) {
    let hip = found.anatomy.hip(side).clone();
    let socket = bones.bone(Label::hip(side)).zip(found.anatomy.pelvis.as_ref());
    if let Some(socket) = socket.and_then(|(bone, pelvis)| of_socket(&hip, &bone, &pelvis.app, APP_SD_DEG)) {
        found.measurements.extend(socket.measurements);
        found.curves.extend(socket.coverage);
        found.landmarks.extend(socket.teardrop.map(|teardrop| (LandmarkName::Teardrop, teardrop)), side);
    }
    let (Some(head), Some(femur)) = (&hip.head, &hip.femur) else { return };
    found.landmarks.extend(of_canal(femur, side, &mut found.measurements), side);
    let bone = bones.bone(Label::femur(side));
    if let Some(junction) = bone.and_then(|bone| of_head_and_neck(side, head, femur, &bone)) {
        found.measurements.extend(junction.measurements);
        found.curves.push(junction.alpha);
    }
}
