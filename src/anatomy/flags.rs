//! What is out of the ordinary in the measurements, in plain words with the numbers that say so.

use super::{findings::finding, measurement::Measurement, model::Finding};
use crate::frames::Side;

/// When a number is worth a word.
struct Flag {
    /// Which number.
    quantity: &'static str,
    /// Raised below this …
    below: f64,
    /// … or above this.
    above: f64,
    /// Key of the sentence in the language files, without `finding-`, below and above.
    keys: [&'static str; 2],
    /// What it means below and above.
    words: [&'static str; 2],
    /// The number in words.
    name: &'static str,
    /// Raised only when the number passes its limit by more than its standard deviation: where healthy hips often come near.
    surely: bool,
}

const NEVER: f64 = f64::INFINITY;

/// Limits as in the norms of the quantities (see there for sources); dysplasia by Tannast 2015, PMC4353515.
const FLAGS: [Flag; 9] = [
    Flag {
        quantity: "lateral_centre_edge_angle",
        below: 20.0,
        above: NEVER,
        keys: ["dysplasia", ""],
        words: ["a dysplastic socket", ""],
        name: "lateral centre edge angle",
        surely: false,
    },
    Flag {
        quantity: "lateral_centre_edge_angle",
        below: -NEVER,
        above: 45.0,
        keys: ["", "pincer"],
        words: ["", "a deep socket that may pinch (pincer)"],
        name: "lateral centre edge angle",
        surely: true,
    },
    Flag {
        quantity: "neck_shaft_angle",
        below: 115.0,
        above: 140.0,
        keys: ["coxa-vara", "coxa-valga"],
        words: ["coxa vara", "coxa valga"],
        name: "neck–shaft angle",
        surely: false,
    },
    Flag {
        quantity: "femoral_version_murphy",
        below: 0.0,
        above: 35.0,
        keys: ["femoral-retroversion", "femoral-anteversion"],
        words: ["retroversion of the femur", "excessive anteversion of the femur"],
        name: "femoral version (Murphy)",
        surely: false,
    },
    Flag {
        quantity: "alpha_angle_maximum",
        below: -NEVER,
        above: 65.0,
        keys: ["", "cam"],
        words: ["", "a bump at the head–neck junction (cam)"],
        name: "largest alpha angle",
        surely: true,
    },
    Flag {
        quantity: "leg_length_difference_ischial",
        below: -10.0,
        above: 10.0,
        keys: ["leg-length-scanned", "leg-length-scanned"],
        words: ["a shorter left leg, as the legs lay in the scanner", "a shorter right leg, as the legs lay in the scanner"],
        name: "leg length difference by the ischial line",
        surely: false,
    },
    Flag {
        quantity: "femoral_length_difference",
        below: -10.0,
        above: 10.0,
        keys: ["femoral-length", "femoral-length"],
        words: ["a shorter left femur", "a shorter right femur"],
        name: "difference of the femora",
        surely: false,
    },
    Flag {
        quantity: "pelvic_incidence",
        below: 30.0,
        above: 80.0,
        keys: ["pelvic-incidence", "pelvic-incidence"],
        words: ["a pelvis that can hardly tilt", "a pelvis that stands very steep"],
        name: "pelvic incidence",
        surely: false,
    },
    // Yeung 2006, 10.1016/j.arth.2005.04.037; every femur of Dorr's type C is among them.
    Flag {
        quantity: "canal_bone_ratio",
        below: -NEVER,
        above: 0.49,
        keys: ["", "osteoporotic-canal"],
        words: ["", "a wide canal in a thin cortex, likely in osteoporotic bone"],
        name: "canal–bone ratio",
        surely: false,
    },
];

/// The flags that the measurements raise, in the order of the list, left before right.
pub(super) fn raised(measurements: &[Measurement]) -> Vec<Finding> {
    let mut found = Vec::new();
    for flag in &FLAGS {
        for m in measurements.iter().filter(|m| m.quantity.key == flag.quantity) {
            let which = match m.value {
                value if value < flag.below => 0,
                value if value > flag.above => 1,
                _ => continue,
            };
            let limit = [flag.below, flag.above][which];
            let within = (m.value - limit).abs() < m.sd;
            if within && flag.surely {
                continue;
            }
            let side = m.side.map_or_else(String::new, |side: Side| format!(" on the {side}"));
            let unit = match m.quantity.unit.symbol() {
                "deg" => "°",
                "mm" => " mm",
                _ => "",
            };
            let decimals = if unit.is_empty() { 2 } else { 0 };
            let beyond = ["below", "above"][which];
            // A limit within the spread of the number is not surely passed.
            let surely = if within { ", within its spread" } else { "" };
            let text = format!(
                "The {}{side} is {:.decimals$}{unit} ± {:.decimals$}{unit}, {beyond} {limit:.decimals$}{unit}{surely}: {}.",
                flag.name, m.value, m.sd, flag.words[which]
            );
            found.push(finding(flag.keys[which], m.side, text));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::measurement::{Quantity, Unit};
    use super::*;

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
