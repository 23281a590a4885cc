//! The measurements of a hip as the report lists them: a key for name and definition, and a value with its unit.

use super::deformity::of_deformity;
use crate::{
    anatomy::{Anatomy, CupAngles, Femur, Hip, ShaftSource},
    frames::Side,
    implants::Catalogue,
    plan::{Change, Plan},
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

/// What was planned.
#[must_use]
pub fn of_plan(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy) -> Vec<Measure> {
    let angles = plan.cup.angles(&anatomy.pelvis.app, plan.side);
    let supine = plan.cup.angles(&anatomy.pelvis.app.tilted_posteriorly(anatomy.pelvis.tilt_deg), plan.side);
    let mut measures = Vec::new();
    if let Some(cup) = catalogue.cup(&plan.cup.cup) {
        measures.push(Measure::certain("measure-cup", format!("{} · Ø {}", cup.id, Millimetres(cup.outer_diameter_mm))));
    }
    measures.push(Measure::certain("measure-cup-inclination", Degrees(angles.inclination_deg)));
    measures.push(Measure::certain("measure-cup-anteversion", Degrees(angles.anteversion_deg)));
    measures.push(Measure::certain(
        "measure-cup-supine",
        format!("{} / {}", Degrees(supine.inclination_deg), Degrees(supine.anteversion_deg)),
    ));
    if let Some(coverage) = plan.cup.bone_coverage {
        measures.push(Measure::certain("measure-cup-coverage", format!("{:.0} %", 100.0 * coverage)));
    }
    if let Some(placement) = &plan.stem {
        let estimated = placement.estimated;
        measures.push(Measure { key: "measure-stem", value: placement.stem.clone(), estimated });
        measures.push(Measure { key: "measure-head", value: placement.head.clone(), estimated });
    }
    measures.extend(centre_shift(plan, anatomy));
    let estimated = plan.stem.as_ref().is_some_and(|stem| stem.estimated);
    for (key, change) in [("measure-leg-length", plan.leg_length_change_mm), ("measure-offset", plan.offset_change_mm)] {
        if let Some(mm) = change {
            measures.push(Measure { key, value: format!("{mm:+.1} mm"), estimated });
        }
    }
    measures.extend(against_other_side(plan, anatomy, estimated));
    measures.extend(resection_height(plan, anatomy, estimated));
    measures.extend(of_deformity(plan));
    measures
}

/// Where the cup's centre lies from the native one, in the frame of the anterior pelvic plane.
fn centre_shift(plan: &Plan, anatomy: &Anatomy) -> Option<Measure> {
    let (app, hip) = (&anatomy.pelvis.app, anatomy.hip(plan.side)?);
    let way = plan.cup.centre - hip.acetabulum.sphere.centre;
    let medial = app.right().into_inner() * plan.side.lps_sign();
    let parts = [way.dot(&medial), way.dot(&app.superior()), way.dot(&app.anterior())];
    Some(Measure::certain("measure-centre-shift", parts.map(signed).join(" / ") + " mm"))
}

/// A tenth of a millimetre with its sign, and no sign of a nought that came from below.
fn signed(mm: f64) -> String {
    format!("{:+.1}", (mm * 10.0).round() / 10.0 + 0.0)
}

/// How leg length and offset stand to the other side after the operation; nothing where that was not measured.
fn against_other_side(plan: &Plan, anatomy: &Anatomy, estimated: bool) -> Vec<Measure> {
    let Some(wanted) = Change::to_other_side(anatomy, plan.side) else { return Vec::new() };
    let pairs = [
        ("measure-leg-other-side", plan.leg_length_change_mm, wanted.leg_length_mm),
        ("measure-offset-other-side", plan.offset_change_mm, wanted.offset_mm),
    ];
    let measure = |(key, change, wanted): (&'static str, Option<f64>, f64)| {
        Some(Measure { key, value: signed(change? - wanted) + " mm", estimated })
    };
    pairs.into_iter().filter_map(measure).collect()
}

/// How far above the tip of the lesser trochanter the neck is cut.
fn resection_height(plan: &Plan, anatomy: &Anatomy, estimated: bool) -> Option<Measure> {
    let cut = plan.stem.as_ref()?.resection;
    let femur = anatomy.hip(plan.side)?.femur.as_ref()?;
    let tip = femur.lesser_trochanter.as_ref()?.position;
    let height_mm = (cut.point - tip).dot(&cut.normal) / femur.shaft.direction.dot(&cut.normal);
    Some(Measure { key: "measure-resection-height", value: Millimetres(height_mm).to_string(), estimated })
}
