//! Osteotomy, defect over the cup, and both centres side by side, as the report and the command line show them.

use super::measures::Measure;
use crate::{
    i18n::Texts,
    plan::{Alternative, Centre, Plan},
    units::{Degrees, Millimetres},
};

/// The lines of a plan's table that only dysplastic and deformed hips have.
pub(super) fn of_deformity(plan: &Plan) -> Vec<Measure> {
    let estimated = plan.stem.as_ref().is_some_and(|stem| stem.estimated);
    let mut measures = Vec::new();
    let mut tell = |key: &'static str, value: String, estimated: bool| measures.push(Measure { key, value, estimated });
    if let Some(dome) = &plan.deformity.dome {
        tell("measure-dome", format!("{:.1} ml", dome.volume_ml), false);
        if let Some(ml) = dome.head_ml {
            tell("measure-head-volume", format!("{ml:.1} ml"), false);
        }
    }
    if let Some(osteotomy) = &plan.deformity.osteotomy {
        let asked = osteotomy.correction;
        tell("measure-osteotomy-level", Millimetres(asked.level_mm).to_string(), false);
        tell("measure-osteotomy-shortening", Millimetres(asked.shortening_mm).to_string(), false);
        let turns = [asked.derotation_deg, asked.valgus_deg, asked.flexion_deg].map(|deg| signed(deg, "°"));
        tell("measure-osteotomy-correction", turns.join(" / "), false);
    }
    if let Some(junction) = &plan.deformity.junction {
        if let Some(contact) = &junction.contact {
            let key = if contact.cortical { "measure-osteotomy-contact" } else { "measure-osteotomy-outline" };
            tell(key, format!("{:.0} mm² · {:.0} %", contact.contact_mm2, 100.0 * contact.share()), false);
        }
        if let Some(ml) = junction.removed_ml {
            tell("measure-osteotomy-removed", format!("{ml:.1} ml"), false);
        }
        let bridged = [junction.bridging_mm, junction.bridging_asked_mm].map(|mm| Millimetres(mm).to_string());
        tell("measure-osteotomy-bridging", bridged.join(" / "), estimated);
        let room = [junction.above, junction.below];
        let room = room.map(|fit| fit.map_or_else(|| "–".to_owned(), |fit| signed(fit.clearance_mm, " mm")));
        tell("measure-osteotomy-room", room.join(" / "), estimated);
    }
    if let Some(alignment) = &plan.deformity.alignment {
        let arrow = |pair: [f64; 2]| pair.map(|deg| Degrees(deg).to_string()).join(" → ");
        tell("measure-neck-shaft-after", arrow(alignment.neck_shaft_angle_deg), false);
        match alignment.version_deg {
            Some(version) => tell("measure-version-after", arrow(version), false),
            None => tell("measure-version-change", signed(alignment.version_change_deg, "°"), false),
        }
        if let Some(mechanical) = &alignment.mechanical {
            tell("measure-hip-knee-ankle-change", signed(mechanical.hip_knee_ankle_change_deg, "°"), mechanical.estimated);
            if let Some(pair) = mechanical.knee_medial_of_axis_mm {
                tell("measure-knee-medial-of-axis", pair.map(|mm| signed(mm, " mm")).join(" → "), mechanical.estimated);
            }
        }
    }
    measures
}

/// Both centres side by side: a heading (the two centres), then a line a quantity: its name, and its value at each centre.
#[must_use]
pub fn side_by_side(plan: &Plan, texts: &Texts) -> Vec<[String; 3]> {
    let [a, b] = &plan.deformity.alternatives[..] else { return Vec::new() };
    let name = |alternative: &Alternative| {
        let key = if alternative.centre == Centre::High { "centre-high" } else { "centre-true" };
        let chosen = if alternative.chosen { format!(" ({})", texts.get("centre-chosen")) } else { String::new() };
        texts.get(key) + &chosen
    };
    let some = |value: Option<f64>, unit: &str| value.map_or_else(|| "–".to_owned(), |value| signed(value, unit));
    let shift = |alternative: &Alternative| alternative.shift_mm.map(|mm| signed(mm, "")).join(" / ") + " mm";
    let percent = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |part| format!("{:.0} %", 100.0 * part));
    let cost = |alternative: &Alternative| {
        let avoid = if alternative.hard { format!(" ({})", texts.get("plan-avoid")) } else { String::new() };
        format!("{:.1}{avoid}", alternative.cost)
    };
    let row = |key: &str, of: &dyn Fn(&Alternative) -> String| [texts.get(key), of(a), of(b)];
    vec![
        [texts.get("centre"), name(a), name(b)],
        row("measure-cup", &|one| one.cup.clone()),
        row("measure-stem", &|one| one.stem.clone().unwrap_or_else(|| "–".into())),
        row("measure-centre-shift", &shift),
        row("measure-cup-coverage", &|one| percent(one.coverage)),
        row("measure-dome", &|one| one.dome_ml.map_or_else(|| "–".into(), |ml| format!("{ml:.1} ml"))),
        row("measure-leg-length", &|one| some(one.leg_length_change_mm, " mm")),
        row("measure-offset", &|one| some(one.offset_change_mm, " mm")),
        row("measure-osteotomy-shortening", &|one| Millimetres(one.shortening_mm).to_string()),
        row("plan-term-cost", &cost),
    ]
}

/// With its sign, and no sign of a nought that came from below.
fn signed(value: f64, unit: &str) -> String {
    format!("{:+.1}{unit}", (value * 10.0).round() / 10.0 + 0.0)
}
