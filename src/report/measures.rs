//! The measurements of a hip as the report lists them: a key for name and definition, and a value with its unit.

use super::deformity::of_deformity;
use crate::{
    anatomy::{Anatomy, CupAngles, Femur, Hip, ShaftSource},
    frames::Side,
    implants::Catalogue,
    plan::{Plan, assessment::placement_numbers},
    units::{Degrees, Millimetres},
};

/// One line of a table. `key` names the quantity in the language files, `key-definition` its definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Key in the language files.
    pub key: &'static str,
    /// Value with unit.
    pub value: String,
    /// True when it rests on something that is not in the scan.
    pub estimated: bool,
}

impl Measure {
    fn certain(key: &'static str, value: impl ToString) -> Self {
        Self { key, value: value.to_string(), estimated: false }
    }
}

/// What was measured on the bones, for the hip of `side`.
#[must_use]
pub fn of_anatomy(anatomy: &Anatomy, side: Side) -> Vec<Measure> {
    let pelvis = &anatomy.pelvis;
    let mut measures = vec![
        Measure::certain("measure-pelvic-tilt", Degrees(pelvis.tilt_deg)),
        Measure::certain("measure-obliquity", Degrees(pelvis.obliquity_deg)),
    ];
    if let Some(hip) = anatomy.hip(side) {
        measures.extend(of_hip(hip, &CupAngles::of_axis(&hip.acetabulum.axis, &pelvis.app, side)));
        if let Some(femur) = &hip.femur {
            measures.extend(of_femur(femur));
        }
    }
    measures
}

fn of_hip(hip: &Hip, native: &CupAngles) -> Vec<Measure> {
    let apart = (hip.head.centre - hip.acetabulum.sphere.centre).norm();
    vec![
        Measure::certain("measure-head-diameter", Millimetres(2.0 * hip.head.radius_mm)),
        Measure::certain("measure-socket-diameter", Millimetres(2.0 * hip.acetabulum.sphere.radius_mm)),
        Measure::certain("measure-head-socket", Millimetres(apart)),
        Measure::certain("measure-native-inclination", definitions(native, |(inclination, _)| inclination)),
        Measure::certain("measure-native-anteversion", definitions(native, |(_, anteversion)| anteversion)),
    ]
}

/// "radiographic / operative / anatomic", in this order.
fn definitions(angles: &CupAngles, pick: impl Fn((f64, f64)) -> f64) -> String {
    let radiographic = (angles.inclination_deg, angles.anteversion_deg);
    [radiographic, angles.operative_deg(), angles.anatomic_deg()].map(|pair| Degrees(pick(pair)).to_string()).join(" / ")
}

fn of_femur(femur: &Femur) -> Vec<Measure> {
    let estimated = femur.shaft_source == ShaftSource::FittedShapeModel;
    let mut measures = vec![
        Measure { key: "measure-neck-shaft-angle", value: Degrees(femur.neck_shaft_angle_deg).to_string(), estimated },
        Measure { key: "measure-femoral-offset", value: Millimetres(femur.femoral_offset_mm).to_string(), estimated },
    ];
    if let Some(version) = femur.version_murphy_deg {
        measures.push(Measure::certain("measure-version-murphy", Degrees(version)));
    }
    measures
}

/// What is implanted.
#[must_use]
pub fn of_implants(plan: &Plan, catalogue: &Catalogue) -> Vec<Measure> {
    let mut measures = Vec::new();
    if let Some(cup) = catalogue.cup(&plan.cup.cup) {
        measures.push(Measure::certain("measure-cup", format!("{} · Ø {}", cup.id, Millimetres(cup.outer_diameter_mm))));
    }
    if let Some(liner) = &plan.cup.liner {
        measures.push(Measure::certain("measure-liner", &liner.liner));
    }
    if let Some(placed) = &plan.deformity.augment {
        measures.push(Measure::certain("measure-augment", &placed.augment));
    }
    if let Some(placement) = &plan.stem {
        let estimated = placement.estimated;
        measures.push(Measure { key: "measure-stem", value: placement.stem.clone(), estimated });
        measures.push(Measure { key: "measure-head", value: placement.head.clone(), estimated });
    }
    measures.extend(of_deformity(plan));
    measures
}

/// What was planned, as far as it can be told without the bones' surfaces.
#[must_use]
pub fn of_plan(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy) -> Vec<Measure> {
    // Of implants that the catalogue does not know nothing is told.
    let numbers = placement_numbers(plan, catalogue, anatomy).unwrap_or_default();
    let value = |key: &str| numbers.iter().find(|number| number.quantity.key == key).map(|number| number.value);
    let all = |keys: &[&str]| keys.iter().map(|key| value(key)).collect::<Option<Vec<_>>>();
    let degrees = |keys: &[&str]| {
        all(keys).map(|values| values.into_iter().map(|deg| Degrees(deg).to_string()).collect::<Vec<_>>().join(" / "))
    };
    let way = |keys: &[&str]| all(keys).map(|values| values.into_iter().map(signed).collect::<Vec<_>>().join(" / ") + " mm");
    let estimated = plan.stem.as_ref().is_some_and(|stem| stem.estimated);
    let measure = |key, value: Option<String>, estimated| value.map(|value| Measure { key, value, estimated });
    let of_cup = [
        measure("measure-cup-inclination", degrees(&["cup_inclination"]), false),
        measure("measure-cup-anteversion", degrees(&["cup_anteversion"]), false),
        measure("measure-cup-supine", degrees(&["cup_inclination_supine", "cup_anteversion_supine"]), false),
        measure("measure-cup-coverage", plan.cup.bone_coverage.map(|part| format!("{:.0} %", 100.0 * part)), false),
        measure("measure-centre-shift", way(&["centre_shift_medial", "centre_shift_superior", "centre_shift_anterior"]), false),
    ];
    let of_leg = [
        measure("measure-leg-length", way(&["leg_length_change"]), estimated),
        measure("measure-offset", way(&["global_offset_change"]), estimated),
        measure("measure-leg-other-side", way(&["leg_length_to_other_side"]), estimated),
        measure("measure-offset-other-side", way(&["global_offset_to_other_side"]), estimated),
        measure(
            "measure-resection-height",
            value("resection_over_lesser_trochanter").map(|mm| Millimetres(mm).to_string()),
            estimated,
        ),
    ];
    of_implants(plan, catalogue).into_iter().chain(of_cup.into_iter().chain(of_leg).flatten()).collect()
}

/// A tenth of a millimetre with its sign, and no sign of a nought that came from below.
fn signed(mm: f64) -> String {
    format!("{:+.1}", (mm * 10.0).round() / 10.0 + 0.0)
}
