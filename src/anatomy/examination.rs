//! Everything that can be said of a patient's hips: anatomy, landmarks, measurements and what is out of the ordinary.

use super::{
    acetabular::of_socket,
    alpha::of_head_and_neck,
    bones::{Bone, Bones},
    clock::ClockCurve,
    error::AnatomyError,
    landmark::{LandmarkName, Landmarks},
    measure::measure,
    measurement::Measurement,
    model::{Anatomy, Finding},
};
use crate::{frames::Side, labels::Label, progress::Progress, volume::Volume};

/// What an examination found.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// Frames, spheres and axes that the plan rests on.
    pub anatomy: Anatomy,
    /// Named points.
    pub landmarks: Landmarks,
    /// Named numbers.
    pub measurements: Vec<Measurement>,
    /// Measures all round socket and head.
    pub curves: Vec<ClockCurve>,
    /// What is out of the ordinary, in plain words, with the numbers that say so.
    pub flags: Vec<Finding>,
}

/// Standard deviation of the anterior pelvic plane about each of its axes, degrees: what it differs by from raters' planes.
const APP_SD_DEG: f64 = 0.7;

/// Examines the bones of a patient; with the CT also canal and densities.
///
/// # Errors
/// As [`measure`].
pub fn examine(bones: &Bones, ct: Option<&Volume>, progress: &dyn Progress) -> Result<Examination, AnatomyError> {
    let anatomy = measure(bones, ct, progress)?;
    let mut examination =
        Examination { anatomy, landmarks: Landmarks::default(), measurements: Vec::new(), curves: Vec::new(), flags: Vec::new() };
    for side in Side::BOTH {
        socket_and_junction(&mut examination, bones, side);
    }
    Ok(examination)
}

/// The socket in the anterior pelvic plane, and head and neck.
fn socket_and_junction(examination: &mut Examination, bones: &Bones, side: Side) {
    let bone = |label| bones.meshes.get(&label).map(|mesh| Bone::new(mesh, bones.field_of_view.as_ref()));
    let Some(hip) = examination.anatomy.hip(side) else { return };
    let socket = bone(Label::hip(side)).and_then(|bone| of_socket(hip, &bone, &examination.anatomy.pelvis.app, APP_SD_DEG));
    let junction = hip.femur.as_ref().zip(bone(Label::femur(side))).and_then(|(femur, bone)| of_head_and_neck(hip, femur, &bone));
    if let Some(socket) = socket {
        examination.measurements.extend(socket.measurements);
        examination.curves.push(socket.coverage);
        if let Some(teardrop) = socket.teardrop {
            examination.landmarks.insert(LandmarkName::Teardrop, side, teardrop);
        }
    }
    if let Some(junction) = junction {
        examination.measurements.extend(junction.measurements);
        examination.curves.push(junction.alpha);
    }
}
