//! The angles of the limb, when its tibia is there.

use super::{
    bones::Bones,
    femoral::{frontal, mechanical_frame},
    findings::finding,
    landmark::{
        LandmarkName::{self, AnkleCentre, LateralDistalCondyle, LateralPlateau, MedialDistalCondyle, MedialPlateau},
        Landmarks,
    },
    measurement::{Measurement, Quantity, Unit},
    model::Finding,
    propagate::Points,
};
use crate::{frames::Side, labels::Label};
use nalgebra::Vector3;

const PALEY: &str = "Paley 2002, Principles of Deformity Correction, 10.1007/978-3-642-59373-4";
static HKA: Quantity = Quantity::new(
    "hka",
    Unit::Degrees,
    Some([177.0, 183.0]),
    "Hip–knee–ankle angle as the leg lay: 180° and the turn, in the frontal plane of the femur, from its mechanical axis to that of the tibia; \
     less than 180° in varus, more in valgus. A knee that was flexed is not measured as it stands.",
    PALEY,
);
static MPTA: Quantity = Quantity::new(
    "mpta",
    Unit::Degrees,
    Some([85.0, 90.0]),
    "Medial proximal tibial angle: on the medial side between the mechanical axis of the tibia and the line through the centres of both \
     plateaus.",
    PALEY,
);
static JLCA: Quantity = Quantity::new(
    "jlca",
    Unit::Degrees,
    None,
    "Joint line convergence angle as the leg lay: in the frontal plane of the femur between the line of both condyles' most distal points and \
     the line through the centres of both plateaus; positive when it opens laterally.",
    PALEY,
);
static FLEXION: Quantity = Quantity::new(
    "knee_flexion_scanned",
    Unit::Degrees,
    None,
    "Flexion of the knee as the leg lay: angle in the sagittal plane of the femur between the mechanical axes of femur and tibia; negative when \
     overextended.",
    "As the scan shows it; no norm",
);

/// From the tibial knee centre to the ankle.
fn downwards(p: &Points, side: Side) -> Option<Vector3<f64>> {
    Some(p.at(AnkleCentre, side)? - p.tibial_knee_centre(side)?)
}

/// Slope of a line from medial to lateral in the frontal plane of the femur, degrees; positive when the lateral end is higher.
fn slope_deg(p: &Points, side: Side, medial: LandmarkName, lateral: LandmarkName) -> Option<f64> {
    let [up, out] = frontal(p, side, &(p.at(lateral, side)? - p.at(medial, side)?))?;
    Some(up.atan2(out).to_degrees())
}

/// All measurements of a side that need its tibia.
pub(super) fn of_limb(landmarks: &Landmarks, side: Side, found: &mut Vec<Measurement>) {
    let points = Points::new(landmarks);
    let mut say = |quantity, compute: &dyn Fn(&Points) -> Option<f64>| {
        found.extend(points.measure(quantity, Some(side), compute));
    };
    say(&HKA, &|p| {
        // Only a knee that is in the scan has condyles, and so a frontal plane.
        let [up, out] = frontal(p, side, &downwards(p, side)?)?;
        Some(180.0 + out.atan2(-up).to_degrees())
    });
    say(&MPTA, &|p| {
        let medially = p.at(MedialPlateau, side)? - p.at(LateralPlateau, side)?;
        Some(medially.angle(&downwards(p, side)?).to_degrees())
    });
    say(&JLCA, &|p| {
        let femoral = slope_deg(p, side, MedialDistalCondyle, LateralDistalCondyle)?;
        Some(femoral - slope_deg(p, side, MedialPlateau, LateralPlateau)?)
    });
    say(&FLEXION, &|p| {
        let down = mechanical_frame(p, side)?.local_vector(&downwards(p, side)?);
        Some((-down.x).atan2(-down.y).to_degrees())
    });
}

/// A tibia of which an end is not in the scan, and what cannot be measured for it.
pub(super) fn cut_off(bones: &Bones, landmarks: &Landmarks, side: Side) -> Option<Finding> {
    bones.meshes.get(&Label::tibia(side))?;
    let has = |name| landmarks.get(name, side).is_some();
    let missing = match (has(MedialPlateau) && has(LateralPlateau), has(AnkleCentre)) {
        (true, true) => return None,
        (true, false) => "ankle is",
        (false, true) => "plateaus are",
        (false, false) => "plateaus and ankle are",
    };
    let text = format!(
        "Of the {side} tibia the {missing} not in the scan, or not to be found: without them there is no mechanical axis of the tibia, and so \
         no hip–knee–ankle angle and no medial proximal tibial angle."
    );
    Some(finding("tibia-cut-off", Some(side), text))
}
