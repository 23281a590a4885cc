//! Everything that can be said of a patient's hips: anatomy, landmarks, measurements and what is out of the ordinary.

use super::{
    acetabular::of_socket,
    alpha::of_head_and_neck,
    bones::Bones,
    bow,
    by_hand::follow,
    canal_contours::CanalScan,
    canal_indices::{of_isthmus, of_widths},
    clock::ClockCurve,
    crowe::is_of_dysplasia,
    delee_charnley,
    displacement::displacement,
    error::AnatomyError,
    femoral::of_femur,
    findings::sacrum_missing,
    flags::raised,
    grade::{Grade, graded},
    gruen,
    landmark::{LandmarkName, Landmarks},
    limb::{cut_off, of_limb},
    measure::survey,
    measurement::Measurement,
    metal::Metal,
    model::{Finding, ShaftSource},
    named_frames::{NamedFrame, named_frames, pelvic_frame},
    parts::Parts,
    pelvic::of_pelvis,
    points::landmarks,
    posture::supine,
    view::View,
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
    /// Grades on published scales.
    pub grades: Vec<Grade>,
    /// Measures all round socket and head.
    pub curves: Vec<ClockCurve>,
    /// What is out of the ordinary, in plain words, with the numbers that say so.
    pub flags: Vec<Finding>,
}

/// Examines the bones of a patient, whichever of them are at hand; with the CT also canal and densities.
///
/// # Errors
/// When the caller cancels. What cannot be measured is left out and said in the findings.
pub fn examine(bones: &Bones, ct: Option<&Volume>, progress: &dyn Progress) -> Result<Examination, AnatomyError> {
    examine_with(bones, ct, &Landmarks::default(), progress)
}

/// The same with landmarks that a person has set in place of those that were found: frames, axes and numbers follow them.
///
/// # Errors
/// As [`examine`].
pub fn examine_with(
    bones: &Bones,
    ct: Option<&Volume>,
    by_hand: &Landmarks,
    progress: &dyn Progress,
) -> Result<Examination, AnatomyError> {
    let mut anatomy = survey(bones, ct, progress)?;
    let mut landmarks = landmarks(bones, &anatomy);
    follow(&mut anatomy, &mut landmarks, by_hand, bones);
    let mut found = Examination {
        anatomy,
        landmarks,
        frames: Vec::new(),
        measurements: Vec::new(),
        grades: Vec::new(),
        curves: Vec::new(),
        flags: Vec::new(),
    };
    let metal = Metal::new(&bones.metal);
    for side in Side::BOTH {
        of_surfaces(&mut found, bones, side);
        if let Some(ct) = ct {
            of_scan(&mut found, bones, ct, &metal, side);
        }
    }
    // What the surfaces show last, the teardrop and the isthmus of the canal, is in a person's hand as well.
    by_hand.iter().for_each(|(name, side, landmark)| found.landmarks.insert(name, side, landmark.clone()));
    // After the surfaces, which give landmarks of their own.
    found.measurements.splice(0..0, measurements(&found.landmarks));
    displaced(&mut found);
    found.frames = named_frames(&found.landmarks, &found.anatomy);
    supine(&mut found);
    found.grades = graded(&found.measurements);
    // Metal beside the head makes and unmakes the roof of its socket in a CT: a dysplasia that is seen there may be none.
    let beside_metal =
        |side: Side| found.anatomy.hip(side).head.is_some_and(|head| metal.disturbs_ball(&head.centre, head.radius_mm));
    found.grades.retain(|grade| !(is_of_dysplasia(grade.scale) && grade.side.is_some_and(beside_metal)));
    found.flags = raised(&found.measurements);
    if found.anatomy.pelvis.is_some() && bones.bone(Label::Sacrum).is_none() {
        found.flags.push(sacrum_missing());
    }
    found.flags.extend(Side::BOTH.into_iter().filter_map(|side| cut_off(bones, &found.landmarks, side)));
    Ok(found)
}

/// How far each head stands too high; needs the teardrops, which the surfaces show last.
fn displaced(found: &mut Examination) {
    let Some(pelvis) = &found.anatomy.pelvis else { return };
    let heads = Side::BOTH.iter().filter_map(|side| found.anatomy.hip(*side).head);
    let Some(diameter_mm) = heads.map(|head| 2.0 * head.radius_mm).max_by(f64::total_cmp) else { return };
    let of = |side| displacement(&found.landmarks, &pelvis.app, side, diameter_mm);
    found.measurements.extend(Side::BOTH.into_iter().filter_map(of));
}

/// Everything that landmarks alone tell: what follows when one of them is moved by hand.
#[must_use]
pub fn measurements(landmarks: &Landmarks) -> Vec<Measurement> {
    let mut found = Vec::new();
    of_pelvis(landmarks, &mut found);
    for side in Side::BOTH {
        of_femur(landmarks, side, &mut found);
        of_limb(landmarks, side, &mut found);
    }
    found
}

/// What needs more than points: the socket in the anterior pelvic plane, head and neck, and the canal.
fn of_surfaces(found: &mut Examination, bones: &Bones, side: Side) {
    let hip = found.anatomy.hip(side).clone();
    let socket = bones.bone(Label::hip(side)).zip(pelvic_frame(&found.landmarks));
    if let Some(socket) = socket.and_then(|(bone, app)| of_socket(&hip, &bone, &app.frame, app.spread?.rotation_deg)) {
        found.measurements.extend(socket.measurements);
        found.curves.extend(socket.coverage);
        found.landmarks.extend(socket.teardrop.map(|teardrop| (LandmarkName::Teardrop, teardrop)), side);
    }
    let (Some(head), Some(femur)) = (&hip.head, &hip.femur) else { return };
    found.landmarks.extend(of_isthmus(femur, side, &mut found.measurements), side);
    let bone = bones.bone(Label::femur(side));
    if let Some(junction) = bone.as_ref().and_then(|bone| of_head_and_neck(side, head, femur, bone)) {
        found.measurements.extend(junction.measurements);
        found.curves.push(junction.alpha);
    }
    let place = |name| found.landmarks.position(name, Some(side));
    let (lesser, knee) = (place(LandmarkName::LesserTrochanter), place(LandmarkName::KneeCentre));
    if let (true, Some(bone), Some(lesser), Some(knee)) = (femur.knee_in_scan, bone, lesser, knee) {
        found.measurements.extend(bow::of_shaft(&bone, &femur.frame, side, &lesser, &knee));
    }
}

/// What needs the CT itself: widths of canal and cortex, and the density of the bones.
fn of_scan(found: &mut Examination, bones: &Bones, ct: &Volume, metal: &Metal, side: Side) {
    let hip = found.anatomy.hip(side);
    let femur = hip.femur.as_ref().zip(hip.head.as_ref()).zip(bones.bone(Label::femur(side)));
    if let Some(((femur, head), bone)) = femur {
        if let (ShaftSource::Measured, Some(scan)) = (femur.shaft_source, CanalScan::new(&bone, ct, head, side, femur)) {
            of_widths(&scan, metal, femur, side, &mut found.measurements);
        }
        found.measurements.extend(gruen::of_femur(side, head, femur, &bone, ct, metal).unwrap_or_default());
    }
    let socket = hip.acetabulum.as_ref().zip(bones.bone(Label::hip(side))).zip(found.anatomy.pelvis.as_ref());
    if let Some(((socket, bone), pelvis)) = socket {
        let view = View { frame: &pelvis.app, side };
        found.measurements.extend(delee_charnley::of_socket(socket, &bone, &view, ct, metal));
    }
}
