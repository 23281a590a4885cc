//! Landmarks set by hand: frames, spheres and axes that rest on them follow.

use super::{
    bones::Bones,
    femoral::{mechanical_frame, version_murphy},
    femur::frame_of_usual_torsion,
    landmark::{
        LandmarkName::{self, *},
        Landmarks,
    },
    model::{Axis, Femur},
    opening::opening_axis,
    parts::{HipParts, Parts},
    pelvis::through,
    propagate::Points,
};
use crate::{frames::Side, labels::Label};
use nalgebra::Unit;

/// Puts landmarks that a person has set in the place of those that were found, and lets the anatomy follow. Landmarks that the bone alone
/// shows stay where they are.
pub(super) fn follow(anatomy: &mut Parts, landmarks: &mut Landmarks, by_hand: &Landmarks, bones: &Bones) {
    by_hand.iter().for_each(|(name, side, landmark)| landmarks.insert(name, side, landmark.clone()));
    let set = |names: &[LandmarkName], side| names.iter().any(|name| by_hand.get(*name, side).is_some());
    if Side::BOTH.into_iter().any(|side| set(&[Asis, PubicTubercle], side)) {
        anatomy.pelvis = pelvis(landmarks).or_else(|| anatomy.pelvis.take());
    }
    for (hip, side) in [(&mut anatomy.left, Side::Left), (&mut anatomy.right, Side::Right)] {
        if set(&[AcetabularCentre], side) {
            socket(hip, landmarks, bones);
        }
        if let (Some(head), Some(centre)) = (&mut hip.head, landmarks.position(FemoralHeadCentre, side)) {
            head.centre = centre;
        }
        if let Some(femur) = &mut hip.femur {
            if set(&[MedialEpicondyle, LateralEpicondyle], side) && !set(&[KneeCentre], side) {
                knee_between_epicondyles(landmarks, side);
            }
            if set(&FEMORAL, side) {
                follow_femur(femur, landmarks, by_hand, side);
            }
        }
    }
}

/// What a femur's axes and frame rest on.
const FEMORAL: [LandmarkName; 12] = [
    FemoralHeadCentre,
    NeckIsthmus,
    NeckBase,
    ShaftProximal,
    ShaftDistal,
    LesserTrochanter,
    GreaterTrochanter,
    MedialEpicondyle,
    LateralEpicondyle,
    MedialPosteriorCondyle,
    LateralPosteriorCondyle,
    KneeCentre,
];

fn pelvis(landmarks: &Landmarks) -> Option<super::Pelvis> {
    let pair = |name| Some([landmarks.get(name, Side::Left)?.clone(), landmarks.get(name, Side::Right)?.clone()]);
    through(pair(Asis)?, pair(PubicTubercle)?)
}

fn socket(hip: &mut HipParts, landmarks: &Landmarks, bones: &Bones) {
    let side = hip.side;
    let (Some(socket), Some(centre)) = (&mut hip.acetabulum, landmarks.position(AcetabularCentre, side)) else { return };
    socket.sphere.centre = centre;
    // Who sets the socket knows where it is.
    hip.joined = true;
    if let Some(bone) = bones.bone(Label::hip(side)) {
        socket.axis = opening_axis(&bone, &socket.sphere, &socket.axis, side).unwrap_or(socket.axis);
    }
}

fn knee_between_epicondyles(landmarks: &mut Landmarks, side: Side) {
    let (Some(middle), Some(knee)) = (Points::new(landmarks).knee_centre(side), landmarks.get(KneeCentre, side)) else { return };
    let knee = super::Landmark { position: middle, ..knee.clone() };
    landmarks.insert(KneeCentre, side, knee);
}

fn follow_femur(femur: &mut Femur, landmarks: &Landmarks, by_hand: &Landmarks, side: Side) {
    let points = Points::new(landmarks);
    let Some(head) = points.at(FemoralHeadCentre, side) else { return };
    let set = |names: &[LandmarkName]| names.iter().any(|name| by_hand.get(*name, side).is_some());
    if set(&[FemoralHeadCentre, NeckIsthmus])
        && let Some(direction) = points.at(NeckIsthmus, side).and_then(|isthmus| Unit::try_new(isthmus - head, 1e-6))
    {
        femur.neck_axis = Axis { point: head, direction };
    }
    if set(&[ShaftProximal, ShaftDistal])
        && let (Some(point), Some(distal)) = (points.at(ShaftProximal, side), points.at(ShaftDistal, side))
        && let Some(direction) = Unit::try_new(point - distal, 1e-6)
    {
        femur.shaft = Axis { point, direction };
    }
    for (name, tip) in [(LesserTrochanter, &mut femur.lesser_trochanter), (GreaterTrochanter, &mut femur.greater_trochanter)] {
        if let Some(landmark) = by_hand.get(name, side) {
            *tip = Some(landmark.clone());
        }
    }
    let shaft_frame = || frame_of_usual_torsion(&head, &femur.shaft.direction, &femur.neck_axis.direction, side);
    let frame = if femur.knee_in_scan { mechanical_frame(&points, side) } else { shaft_frame() };
    femur.frame = frame.unwrap_or(femur.frame);
    femur.neck_shaft_angle_deg = femur.neck_axis.direction.angle(&femur.shaft.direction).to_degrees();
    femur.femoral_offset_mm = (head - femur.shaft.point).cross(&femur.shaft.direction).norm();
    femur.version_murphy_deg = version_murphy(&points, side).or(femur.version_murphy_deg);
}
