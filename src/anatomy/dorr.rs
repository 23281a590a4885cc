//! The type of a proximal femur by Dorr.

use super::{
    canal_indices::CORTICAL,
    grade::{Grade, Scale},
    measurement::Measurement,
};

static TYPE: Scale = Scale {
    key: "dorr_type",
    definition: "Type of the proximal femur by the cortical thickness index of the frontal plane 100 mm below the lesser trochanter, to two \
                 decimals: A from 0.58, C up to 0.48, B between. Dorr also looks at the fin of the posterior cortex in a lateral radiograph, \
                 which does not count here.",
    citation: "Dorr 1993, Bone 14:231; limits of Nakaya as in bio-protocol.org minidetail 16111570",
};

/// The cortical thickness index from which on a femur is of type A, and up to which of type C.
const A_FROM: f64 = 0.58;
const C_TO: f64 = 0.48;

/// The type for an index.
fn type_of(index: f64) -> &'static str {
    // The limits are stated to two decimals, with nothing between 0.48 and 0.49.
    match (index * 100.0).round() / 100.0 {
        index if index >= A_FROM => "A",
        index if index <= C_TO => "C",
        _ => "B",
    }
}

/// The type of every femur whose cortical thickness index was measured.
pub(super) fn of_measurements(measurements: &[Measurement]) -> Vec<Grade> {
    measurements
        .iter()
        .filter(|m| m.quantity.key == CORTICAL.key)
        .map(|m| {
            let index = format!("cortical thickness index {:.2} ± {:.2}", m.value, m.sd);
            Grade::of(&TYPE, type_of, m, &format!("{index}, type A from {A_FROM:.2}, C up to {C_TO:.2}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::Side;

    #[test]
    fn the_limits_are_those_published() {
        for (index, expected) in [
            (0.70, "A"),
            (0.58, "A"),
            (0.576, "A"),
            (0.574, "B"),
            (0.49, "B"),
            (0.486, "B"),
            (0.484, "C"),
            (0.48, "C"),
            (0.3, "C"),
        ] {
            assert_eq!(type_of(index), expected, "{index}");
        }
    }

    #[test]
    fn a_grade_says_its_numbers_and_what_else_it_may_be() {
        let with =
            |value, sd| of_measurements(&[Measurement { quantity: &CORTICAL, side: Some(Side::Left), value, sd }]).remove(0);
        let sure = with(0.42, 0.02);
        assert_eq!((sure.grade, sure.side), ("C", Some(Side::Left)));
        assert_eq!(sure.because, "cortical thickness index 0.42 ± 0.02, type A from 0.58, C up to 0.48");
        assert!(with(0.56, 0.03).because.ends_with("within its spread also A"), "{}", with(0.56, 0.03).because);
        assert!(with(0.53, 0.06).because.ends_with("within its spread also C or A"));
    }
}
