//! How far a femoral head stands above where it belongs.

use super::{
    landmark::{LandmarkName, Landmarks},
    measurement::{Measurement, Quantity, Unit},
};
use crate::frames::{AnatomicalFrame, Side};

pub(super) static DISPLACEMENT: Quantity = Quantity::new(
    "crowe_displacement",
    Unit::Ratio,
    None,
    "height of the femoral head centre over the line through both teardrops, in the pelvic frame, as a share of the diameter of the larger \
     femoral head (a dysplastic head is often the smaller), less 0.33, at which the centres of healthy hips stand; so it is that of the medial \
     head–neck junction, which there stands on the line",
    "Crowe, Mani and Ranawat 1979, 10.2106/00004623-197961010-00004; height of healthy centres: 4 skeletons and 10 phantoms",
);

/// Height of healthy head centres over the teardrops in diameters, and its standard deviation: 0.26 to 0.36 in both hips of four
/// skeletons, 0.33 to 0.40 in those of five phantoms.
const HEALTHY: f64 = 0.33;
const HEALTHY_SD: f64 = 0.04;
/// Teardrops that differ more than this in height were not both found, mm.
const TEARDROPS_MM: f64 = 12.0;

/// The displacement of a head of known place; `diameter_mm` is that of the larger head. `None` where a teardrop was not found.
pub(super) fn displacement(landmarks: &Landmarks, frame: &AnatomicalFrame, side: Side, diameter_mm: f64) -> Option<Measurement> {
    let at = |name, side| Some(frame.local_point(&landmarks.position(name, Some(side))?));
    let [here, there] = [side, side.opposite()].map(|side| at(LandmarkName::Teardrop, side));
    let (here, there) = (here?, there?);
    let head = at(LandmarkName::FemoralHeadCentre, side)?;
    if (here.y - there.y).abs() > TEARDROPS_MM {
        return None;
    }
    let line = here.y + (there.y - here.y) * (head.z - here.z) / (there.z - here.z);
    let sd = |name| landmarks.get(name, side).and_then(|landmark| landmark.sd_mm).unwrap_or_default();
    let sd_mm = sd(LandmarkName::Teardrop).hypot(sd(LandmarkName::FemoralHeadCentre));
    Some(Measurement {
        quantity: &DISPLACEMENT,
        side: Some(side),
        value: (head.y - line) / diameter_mm - HEALTHY,
        sd: (sd_mm / diameter_mm).hypot(HEALTHY_SD),
    })
}
