//! The numbers that follow from where the implants are and where the measured points are: no surface is asked.

use super::{
    inputs::{Inputs, Known},
    leg, orientation, resection,
};
use crate::{
    anatomy::{Measurement, Quantity},
    implants::{Head, Stem},
    plan::{Plan, ResectionPlane},
};
use nalgebra::{Point3, Unit, Vector3};

/// Where the implants of a plan are, LPS mm.
pub(super) struct Placed {
    pub cup_centre: Point3<f64>,
    /// Out of the opening.
    pub cup_axis: Unit<Vector3<f64>>,
    pub stem: Option<PlacedStem>,
}

/// Where its stem is, LPS mm.
pub(super) struct PlacedStem {
    /// Centre of the new head, before it is reduced into the cup.
    pub head: Point3<f64>,
    /// Along the stem's axis.
    pub proximal: Vector3<f64>,
    /// Along its neck.
    pub towards_head: Vector3<f64>,
    /// Where the neck is cut.
    pub cut: ResectionPlane,
}

impl Placed {
    pub fn of(plan: &Plan, stem: Option<(&Stem, &Head)>) -> Self {
        let stem = plan.stem.as_ref().zip(stem).map(|(placed, (stem, head))| PlacedStem {
            head: placed.lps_point(plan.side, &stem.head_centre(head)),
            proximal: placed.lps_vector(plan.side, &Vector3::y()),
            towards_head: placed.lps_vector(plan.side, &stem.towards_head()),
            cut: placed.resection,
        });
        Self { cup_centre: plan.cup.centre, cup_axis: plan.cup.axis, stem }
    }
}

type NumberOf = fn(&Inputs, &Placed) -> Option<f64>;

/// Quantity and function, in the order in which they are told.
pub(super) const PLACEMENT: [(&Quantity, NumberOf); 22] = [
    (&leg::LEG_LENGTH, leg::leg_length),
    (&leg::FEMORAL_OFFSET, leg::femoral_offset),
    (&leg::ACETABULAR_OFFSET, leg::acetabular_offset),
    (&leg::GLOBAL_OFFSET, leg::global_offset),
    (&leg::LEG_LENGTH_OTHER, leg::leg_length_other),
    (&leg::FEMORAL_OFFSET_OTHER, leg::femoral_offset_other),
    (&leg::ACETABULAR_OFFSET_OTHER, leg::acetabular_offset_other),
    (&leg::GLOBAL_OFFSET_OTHER, leg::global_offset_other),
    (&leg::SHIFT_MEDIAL, |inputs, placed| Some(leg::centre_shift(inputs, placed)[0])),
    (&leg::SHIFT_SUPERIOR, |inputs, placed| Some(leg::centre_shift(inputs, placed)[1])),
    (&leg::SHIFT_ANTERIOR, |inputs, placed| Some(leg::centre_shift(inputs, placed)[2])),
    (&orientation::INCLINATION, |inputs, placed| Some(orientation::of_cup(inputs, placed).inclination_deg)),
    (&orientation::ANTEVERSION, |inputs, placed| Some(orientation::of_cup(inputs, placed).anteversion_deg)),
    (&orientation::INCLINATION_SUPINE, |inputs, placed| Some(orientation::of_cup_supine(inputs, placed).inclination_deg)),
    (&orientation::ANTEVERSION_SUPINE, |inputs, placed| Some(orientation::of_cup_supine(inputs, placed).anteversion_deg)),
    (&orientation::STEM_VERSION, orientation::stem_version),
    (&orientation::VERSION_TO_NECK, orientation::version_to_neck),
    (&orientation::COMBINED, orientation::combined),
    (&orientation::VARUS, |inputs, placed| Some(orientation::stem_lean(inputs, placed)?[0])),
    (&orientation::TIP_ANTERIOR, |inputs, placed| Some(orientation::stem_lean(inputs, placed)?[1])),
    (&resection::OVER_LESSER_TROCHANTER, resection::over_lesser_trochanter),
    (&resection::OVER_SADDLE, resection::over_saddle),
];

/// Every number that can be told, with its standard deviation.
pub(super) fn numbers(known: &Known, placed: &Placed) -> Vec<Measurement> {
    let compute = |inputs: &Inputs| PLACEMENT.map(|(_, number)| number(inputs, placed).filter(|value| value.is_finite()));
    let variances = known.variances(compute);
    let values = compute(&known.inputs).into_iter().zip(variances);
    let number = |((quantity, _), (value, variance)): ((&'static Quantity, NumberOf), (Option<f64>, f64))| {
        Some(Measurement { quantity, side: Some(known.inputs.side), value: value?, sd: variance.sqrt() })
    };
    PLACEMENT.into_iter().zip(values).filter_map(number).collect()
}
