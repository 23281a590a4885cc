//! What is out of the ordinary in the measurements, in plain words with the numbers that say so.

use super::{findings::finding, measurement::Measurement, model::Finding};
/// A limit, and what lies beyond it.
enum Limit {
    Below(f64),
    Above(f64),
}
use Limit::{Above, Below};

/// When a number is worth a word.
struct Flag {
    /// Which number.
    quantity: &'static str,
    /// The number in words.
    name: &'static str,
    /// When it is raised.
    limit: Limit,
    /// Raised only when the number passes its limit by more than its standard deviation: where healthy hips often come near.
    surely: bool,
    /// Key of the sentence in the language files, without `finding-`.
    key: &'static str,
    /// What it means.
    words: &'static str,
}

const fn flag(quantity: &'static str, name: &'static str, limit: Limit, key: &'static str, words: &'static str) -> Flag {
    Flag { quantity, name, limit, surely: false, key, words }
}

const fn sure(flag: Flag) -> Flag {
    Flag { surely: true, ..flag }
}

const LCE: (&str, &str) = ("lateral_centre_edge_angle", "lateral centre edge angle");
const NECK_SHAFT: (&str, &str) = ("neck_shaft_angle", "neck–shaft angle");
const VERSION: (&str, &str) = ("femoral_version_murphy", "femoral version (Murphy)");
const LEGS: (&str, &str) = ("leg_length_difference_ischial", "leg length difference by the ischial line");
const FEMORA: (&str, &str) = ("femoral_length_difference", "difference of the femora");
const INCIDENCE: (&str, &str) = ("pelvic_incidence", "pelvic incidence");

/// Limits as in the norms of the quantities (see there for sources); dysplasia by Tannast 2015, PMC4353515.
const FLAGS: [Flag; 16] = [
    flag(LCE.0, LCE.1, Below(20.0), "dysplasia", "a dysplastic socket"),
    sure(flag(LCE.0, LCE.1, Above(45.0), "pincer", "a deep socket that may pinch (pincer)")),
    flag(
        "head_to_ilioischial_line",
        "distance of the head from the ilioischial line",
        Below(0.0),
        "protrusio",
        "a head that stands in the pelvis (protrusio)",
    ),
    flag(NECK_SHAFT.0, NECK_SHAFT.1, Below(115.0), "coxa-vara", "coxa vara"),
    flag(NECK_SHAFT.0, NECK_SHAFT.1, Above(140.0), "coxa-valga", "coxa valga"),
    flag(VERSION.0, VERSION.1, Below(0.0), "femoral-retroversion", "retroversion of the femur"),
    flag(VERSION.0, VERSION.1, Above(35.0), "femoral-anteversion", "excessive anteversion of the femur"),
    sure(flag("alpha_angle_maximum", "largest alpha angle", Above(65.0), "cam", "a bump at the head–neck junction (cam)")),
    flag(LEGS.0, LEGS.1, Below(-10.0), "leg-length-scanned", "a shorter left leg, as the legs lay in the scanner"),
    flag(LEGS.0, LEGS.1, Above(10.0), "leg-length-scanned", "a shorter right leg, as the legs lay in the scanner"),
    flag(FEMORA.0, FEMORA.1, Below(-10.0), "femoral-length", "a shorter left femur"),
    flag(FEMORA.0, FEMORA.1, Above(10.0), "femoral-length", "a shorter right femur"),
    flag(INCIDENCE.0, INCIDENCE.1, Below(30.0), "pelvic-incidence", "a pelvis that can hardly tilt"),
    flag(INCIDENCE.0, INCIDENCE.1, Above(80.0), "pelvic-incidence", "a pelvis that stands very steep"),
    flag(
        "knee_flexion_scanned",
        "flexion of the knee, as the leg lay in the scanner,",
        Above(10.0),
        "knee-flexed",
        "hip–knee–ankle angle and joint line convergence are not those of a straight leg",
    ),
    // Yeung 2006, 10.1016/j.arth.2005.04.037; every femur of Dorr's type C is among them.
    sure(flag(
        "canal_bone_ratio",
        "canal–bone ratio",
        Above(0.49),
        "osteoporotic-canal",
        "a wide canal in a thin cortex, likely in osteoporotic bone",
    )),
];

/// The flags that the measurements raise, in the order of the list, left before right.
pub(super) fn raised(measurements: &[Measurement]) -> Vec<Finding> {
    let mut found = Vec::new();
    for flag in &FLAGS {
        found.extend(measurements.iter().filter(|m| m.quantity.key == flag.quantity).filter_map(|m| flag.raised_by(m)));
    }
    found
}

impl Flag {
    fn raised_by(&self, m: &Measurement) -> Option<Finding> {
        let (limit, past, beyond) = match self.limit {
            Below(limit) => (limit, limit - m.value, "below"),
            Above(limit) => (limit, m.value - limit, "above"),
        };
        let within = past < m.sd;
        if past <= 0.0 || (within && self.surely) {
            return None;
        }
        let side = m.side.map_or_else(String::new, |side| format!(" on the {side}"));
        let unit = match m.quantity.unit.symbol() {
            "deg" => "°",
            "mm" => " mm",
            _ => "",
        };
        let decimals = if unit.is_empty() { 2 } else { 0 };
        // A limit within the spread of the number is not surely passed.
        let surely = if within { ", within its spread" } else { "" };
        let text = format!(
            "The {}{side} is {:.decimals$}{unit} ± {:.decimals$}{unit}, {beyond} {limit:.decimals$}{unit}{surely}: {}.",
            self.name, m.value, m.sd, self.words
        );
        Some(finding(self.key, m.side, text))
    }
}

#[cfg(test)]
mod tests {
    use super::super::measurement::{Quantity, Unit};
    use super::*;
    use crate::frames::Side;

    static ANGLE: Quantity = Quantity { key: "neck_shaft_angle", unit: Unit::Degrees, definition: "", norm: None, citation: "" };

    #[test]
    fn a_flag_says_which_side_what_number_and_how_sure() {
        let with = |value, sd| raised(&[Measurement { quantity: &ANGLE, side: Some(Side::Left), value, sd }]);
        assert!(with(126.0, 1.0).is_empty());
        let vara = with(104.0, 1.5);
        assert_eq!(vara[0].key, "finding-coxa-vara");
        assert_eq!(vara[0].text, "The neck–shaft angle on the left is 104° ± 2°, below 115°: coxa vara.");
        assert!(with(140.5, 2.0)[0].text.contains("within its spread"), "{}", with(140.5, 2.0)[0].text);
    }
}
