//! Everything that can be said of a patient's hips: anatomy, landmarks, measurements and what is out of the ordinary.

use super::{
    acetabular::of_socket,
    alpha::of_head_and_neck,
    bones::{Bone, Bones},
    canal_contours::CanalScan,
    canal_indices::{of_isthmus, of_widths},
    clock::ClockCurve,
    delee_charnley,
    error::AnatomyError,
    femoral::of_femur,
    flags::raised,
    grade::{Grade, graded},
    gruen,
    landmark::{LandmarkName, Landmarks},
    measure::measure,
    measurement::Measurement,
    metal::Metal,
    model::{Anatomy, Finding, ShaftSource},
    pelvic::of_pelvis,
    points::landmarks,
    view::View,
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
    /// Grades on published scales.
    pub grades: Vec<Grade>,
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
    let landmarks = landmarks(bones, &anatomy);
    let mut found = Examination {
        measurements: measurements(&landmarks),
        anatomy,
        landmarks,
        grades: Vec::new(),
        curves: Vec::new(),
        flags: Vec::new(),
    };
    for side in Side::BOTH {
        of_surfaces(&mut found, bones, side);
        if let Some(ct) = ct {
            of_scan(&mut found, bones, ct, side);
        }
    }
    found.grades = graded(&found.measurements);
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
    let bone = |label| bones.meshes.get(&label).map(|mesh| Bone::new(mesh, bones.field_of_view.as_ref()));
    let Some(hip) = found.anatomy.hip(side) else { return };
    let socket = bone(Label::hip(side)).and_then(|bone| of_socket(hip, &bone, &found.anatomy.pelvis.app, APP_SD_DEG));
    let junction = hip.femur.as_ref().zip(bone(Label::femur(side))).and_then(|(femur, bone)| of_head_and_neck(hip, femur, &bone));
    let isthmus = hip.femur.as_ref().and_then(|femur| of_isthmus(femur, side, &mut found.measurements));
    if let Some(socket) = socket {
        found.measurements.extend(socket.measurements);
        found.curves.push(socket.coverage);
        found.landmarks.extend(socket.teardrop.map(|teardrop| (LandmarkName::Teardrop, teardrop)), side);
    }
    found.landmarks.extend(isthmus, side);
    if let Some(junction) = junction {
        found.measurements.extend(junction.measurements);
        found.curves.push(junction.alpha);
    }
}

/// What needs the CT itself: widths of canal and cortex, and the density of the bones.
fn of_scan(found: &mut Examination, bones: &Bones, ct: &Volume, side: Side) {
    let bone = |label| bones.meshes.get(&label).map(|mesh| Bone::new(mesh, bones.field_of_view.as_ref()));
    let Some(hip) = found.anatomy.hip(side) else { return };
    let metal = Metal::new(&bones.metal);
    if let Some((femur, bone)) = hip.femur.as_ref().zip(bone(Label::femur(side))) {
        if let (ShaftSource::Measured, Some(scan)) = (femur.shaft_source, CanalScan::new(&bone, ct, &hip.head, side, femur)) {
            of_widths(&scan, &metal, femur, side, &mut found.measurements);
        }
        found.measurements.extend(gruen::of_femur(hip, femur, &bone, ct, &metal).unwrap_or_default());
    }
    if let Some(bone) = bone(Label::hip(side)) {
        let view = View { frame: &found.anatomy.pelvis.app, side };
        found.measurements.extend(delee_charnley::of_socket(hip, &bone, &view, ct, &metal));
    }
}
