//! Frames by their names, and how sure each is.

use super::{
    femoral::{anatomical_frame, mechanical_frame, table_top_frame},
    landmark::{
        LandmarkName::{FemoralHeadCentre, KneeCentre},
        Landmarks,
    },
    parts::Parts,
    pelvic::{anterior_pelvic_plane, isb_pelvis, symphysis_plane},
    posture::supine_frame,
    propagate::Points,
    tibia::tibial_frame,
};
use crate::frames::{AnatomicalFrame, Side};

/// How sure a frame is, along its own axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameSpread {
    /// Standard deviation of the rotation about X, Y and Z, degrees.
    pub rotation_deg: [f64; 3],
    /// Standard deviation of the origin along X, Y and Z, mm.
    pub origin_mm: [f64; 3],
}

/// A frame with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedFrame {
    /// The name in documents, snake case, e.g. `femur_left_table_top`; stays as it is.
    pub name: String,
    /// The frame: X anterior, Y superior, Z to the patient's right, LPS mm.
    pub frame: AnatomicalFrame,
    /// What the spread of the landmarks gives it; `None` where it does not rest on landmarks alone.
    pub spread: Option<FrameSpread>,
}

impl NamedFrame {
    /// The frame that `compute` makes of the landmarks, with the spread that theirs gives it.
    pub(super) fn of(name: String, points: &Points, compute: impl Fn(&Points) -> Option<AnatomicalFrame>) -> Option<Self> {
        let frame = compute(points)?;
        let [rx, ry, rz, x, y, z] = points
            .variances(|moved| {
                let moved = compute(moved)?;
                let turn = (frame.rotation.inverse() * moved.rotation).scaled_axis().map(f64::to_degrees);
                let shift = frame.local_point(&moved.origin);
                Some([turn.x, turn.y, turn.z, shift.x, shift.y, shift.z])
            })
            .map(f64::sqrt);
        Some(Self { name, frame, spread: Some(FrameSpread { rotation_deg: [rx, ry, rz], origin_mm: [x, y, z] }) })
    }
}

/// The frame of the anterior pelvic plane.
pub(super) fn pelvic_frame(landmarks: &Landmarks) -> Option<NamedFrame> {
    NamedFrame::of("app".to_owned(), &Points::new(landmarks), anterior_pelvic_plane)
}

/// Every frame that the landmarks allow: what follows when one of them is moved by hand. A femur without its knee has the frame of the
/// anatomy, whose rotation is no property of the bone.
pub(super) fn named_frames(landmarks: &Landmarks, anatomy: &Parts) -> Vec<NamedFrame> {
    let points = Points::new(landmarks);
    let mut found = Vec::new();
    let mut say = |name: &str, compute: &dyn Fn(&Points) -> Option<AnatomicalFrame>| {
        let named = NamedFrame::of(name.to_owned(), &points, compute);
        let there = named.is_some();
        found.extend(named);
        there
    };
    say("app", &anterior_pelvic_plane);
    say("app_symphysis", &symphysis_plane);
    say("pelvis_supine", &supine_frame);
    let mut unsure = Vec::new();
    for side in Side::BOTH {
        say(&format!("isb_pelvis_{side}"), &|p| isb_pelvis(p, side));
        say(&format!("femur_{side}_anatomical"), &|p| anatomical_frame(p, side));
        say(&format!("femur_{side}_table_top"), &|p| table_top_frame(p, side));
        say(&format!("tibia_{side}"), &|p| tibial_frame(p, side));
        let name = format!("femur_{side}");
        let by_landmarks = say(&name, &|p| mechanical_frame(p, side));
        let by_shaft = anatomy.hip(side).femur.as_ref().filter(|_| !by_landmarks);
        if let Some(femur) = by_shaft {
            // The shape model knows about where the knee is, and nothing of how the femur is turned about its axis.
            let right = femur.frame.right();
            say(&format!("femur_{side}_mechanical_estimate"), &|p| {
                let head = p.at(FemoralHeadCentre, side)?;
                AnatomicalFrame::from_superior_and_right(head, &(head - p.at(KneeCentre, side)?), &right)
            });
        }
        unsure.extend(by_shaft.map(|femur| NamedFrame { name, frame: femur.frame, spread: None }));
    }
    found.extend(unsure);
    found
}
