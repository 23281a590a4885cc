//! What the surgeon must know about a plan, whoever made it.

use super::{Change, Plan, finding};
use crate::{
    anatomy::{Anatomy, Finding, Hip},
    frames::Side,
    implants::Catalogue,
};
use nalgebra::Point3;

/// Half the width of Lewinnek's zone (1978) about 40° of inclination and 15° of anteversion, degrees.
const LEWINNEK_DEG: f64 = 10.0;
/// Cup centres further from the native one are worth a word, mm.
const CENTRE_MM: f64 = 5.0;
/// Changes of leg length or offset beyond this are felt, mm.
const CHANGE_MM: f64 = 5.0;
/// Lengthening beyond this endangers the sciatic nerve, mm (Edwards et al. 1987, Clin Orthop 218:136).
const NERVE_MM: f64 = 40.0;
/// Covered part of the cup below which a cementless one may not hold.
const COVERAGE: f64 = 0.7;
/// A stem further from the shaft axis stands in varus or valgus, degrees.
const ALIGNMENT_DEG: f64 = 3.0;
/// A head further before or behind the native one changes the version that is felt, mm.
const ANTEROPOSTERIOR_MM: f64 = 5.0;
/// Stored and recomputed numbers agree within this, mm.
const ROUNDING_MM: f64 = 0.01;

/// Checks a plan against the catalogue and the anatomy it is for; empty when nothing speaks against it.
#[must_use]
pub fn validate(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy) -> Vec<Finding> {
    let side = plan.side;
    let mut findings = Vec::new();
    let mut tell = |key: &str, text: String| findings.push(finding(key, side, text));
    if plan.catalogue_sha256 != catalogue.sha256 {
        tell(
            "finding-catalogue-changed",
            format!(
                "The plan was made with the implant catalogue '{}', the one in use is '{}' or has other content.",
                plan.catalogue,
                catalogue.title()
            ),
        );
    }
    let chosen = match plan.chosen(catalogue) {
        Ok(chosen) => chosen,
        Err(error) => {
            tell("finding-unknown-implant", format!("{error}."));
            return findings;
        }
    };
    let refused = [
        ("finding-liner-cup", chosen.liner.and_then(|liner| catalogue.liner_refused(chosen.cup, liner))),
        ("finding-head-liner", chosen.stem.and_then(|(_, head)| chosen.cup.head_refused(chosen.liner, head))),
        ("finding-head-taper", chosen.stem.and_then(|(stem, head)| stem.head_refused(head))),
    ];
    for (key, why) in refused {
        if let Some(why) = why {
            tell(key, sentence(&why.to_string()));
        }
    }
    let Some(hip) = anatomy.hip(side) else {
        tell("finding-side", format!("The plan is for the {side} hip, but no {side} hip was measured in this scan."));
        return findings;
    };
    if let Some(augment) = chosen.augment
        && !catalogue.augments_for(chosen.cup).any(|other| other.id == augment.id)
    {
        let text = format!("The augment '{}' does not go onto the cup '{}'.", augment.id, chosen.cup.id);
        let values = [("augment", augment.id.clone()), ("cup", chosen.cup.id.clone())];
        findings.push(with(finding("finding-augment-cup", side, text), &values));
    }
    findings.extend(cup(plan, &plan.cup.shell_centre(chosen.liner), anatomy, hip));
    findings.extend(femur(plan, catalogue, anatomy, hip));
    findings
}

fn cup(plan: &Plan, shell_centre: &Point3<f64>, anatomy: &Anatomy, hip: &Hip) -> Vec<Finding> {
    let (side, app) = (plan.side, &anatomy.pelvis.app);
    let mut findings = Vec::new();
    let mut tell = |key: &str, text: String, values: &[(&str, String)]| findings.push(with(finding(key, side, text), values));
    let outward = match side {
        Side::Right => app.right().into_inner(),
        Side::Left => -app.right().into_inner(),
    };
    let from_midline = (plan.cup.centre - app.origin).dot(&outward);
    if from_midline <= 0.0 || plan.cup.axis.dot(&outward) <= 0.0 {
        tell(
            "finding-side",
            format!("The plan is for the {side} hip, but its cup lies on or opens to the other side of the pelvis."),
            &[],
        );
    }
    let angles = plan.cup.angles(app, side);
    if (angles.inclination_deg - 40.0).abs() > LEWINNEK_DEG || (angles.anteversion_deg - 15.0).abs() > LEWINNEK_DEG {
        tell(
            "finding-cup-angles",
            format!(
                "The cup has {:.1}° of inclination and {:.1}° of anteversion (radiographic, anterior pelvic plane): outside Lewinnek's zone of 40° ± 10° and 15° ± 10°.",
                angles.inclination_deg, angles.anteversion_deg
            ),
            &[
                ("inclination", format!("{:.1}", angles.inclination_deg)),
                ("anteversion", format!("{:.1}", angles.anteversion_deg)),
            ],
        );
    }
    let moved = (shell_centre - hip.acetabulum.sphere.centre).norm();
    if moved > CENTRE_MM {
        let text = format!("The cup's centre lies {moved:.1} mm from the native centre of the socket.");
        tell("finding-cup-centre", text, &[("moved", format!("{moved:.1}"))]);
    }
    if let Some(coverage) = plan.cup.bone_coverage
        && coverage < COVERAGE
    {
        let [covered, usual] = [coverage, COVERAGE].map(|share| format!("{:.0}", 100.0 * share));
        let text = format!("Bone covers {covered} % of the cup; at least {usual} % are usual without cement.");
        tell("finding-cup-coverage", text, &[("covered", covered), ("usual", usual)]);
    }
    findings
}

/// What an error says, as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default() + "."
}

fn with(finding: Finding, values: &[(&str, String)]) -> Finding {
    values.iter().fold(finding, |finding, (name, value)| finding.with(name, value))
}

fn femur(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy, hip: &Hip) -> Vec<Finding> {
    let side = plan.side;
    let mut findings = Vec::new();
    let mut tell = |key: &str, text: String, values: &[(&str, String)]| findings.push(with(finding(key, side, text), values));
    let Some(placed) = &plan.stem else { return findings };
    // The catalogue knows its implants: that was asked before.
    let Ok(Some(head)) = plan.head_centre(catalogue) else { return findings };
    let Ok(Some(from_below)) = plan.head_centre_from_below(catalogue) else { return findings };
    let Some(femur) = &hip.femur else {
        tell("finding-side", format!("The plan has a stem, but no {side} femur was measured in this scan."), &[]);
        return findings;
    };
    let change = Change::of(&anatomy.pelvis, hip, femur, &plan.cup.centre, &from_below);
    for (key, what, stored, found) in [
        ("finding-leg-length", "leg length", plan.leg_length_change_mm, change.leg_length_mm),
        ("finding-offset", "global offset", plan.offset_change_mm, change.offset_mm),
    ] {
        if !stored.is_some_and(|stored| (stored - found).abs() <= ROUNDING_MM) {
            let stated = stored.map_or_else(|| "nothing".into(), |stored| format!("{stored:+.2} mm"));
            tell(
                "finding-change-stale",
                format!("The plan states {stated} of change of the {what}, its implants make {found:+.2} mm."),
                &[],
            );
        }
        if found.abs() > CHANGE_MM {
            let change = format!("{found:+.1}");
            tell(key, format!("The {what} changes by {change} mm against the scan."), &[("change", change)]);
        }
    }
    if change.leg_length_mm > NERVE_MM {
        let [change, shortening] =
            [format!("{:.0}", change.leg_length_mm), format!("{:.0}", (change.leg_length_mm - NERVE_MM).ceil())];
        let danger = format!("The leg becomes {change} mm longer: beyond {NERVE_MM} mm the sciatic nerve is in danger.");
        let removed_mm = plan.deformity.osteotomy.map_or(0.0, |osteotomy| osteotomy.correction.shortening_mm);
        let values = [("change", change), ("most", NERVE_MM.to_string()), ("shortening", shortening.clone())];
        if removed_mm > 0.0 {
            let removed = format!("{removed_mm:.0}");
            let text =
                format!("{danger} The {removed} mm that are taken out of the femur do not suffice; {shortening} mm more would.");
            let [change, most, shortening] = values;
            tell("finding-nerve-shortened", text, &[change, most, shortening, ("removed", removed)]);
        } else {
            let text = format!("{danger} Shortening the femur by {shortening} mm would keep to that.");
            tell("finding-nerve", text, &values);
        }
    }
    let proximal = placed.lps_vector(side, &nalgebra::Vector3::y());
    // After a corrective osteotomy the stem follows the shaft as it stands then.
    let shaft = plan.distal_motion() * femur.shaft.direction;
    let tilt = proximal.angle(&shaft).to_degrees();
    if tilt > ALIGNMENT_DEG {
        let text = format!("The stem's axis is turned {tilt:.1}° from the shaft axis.");
        tell("finding-stem-alignment", text, &[("tilt", format!("{tilt:.1}"))]);
    }
    let forward = (head - hip.head.centre).dot(&femur.frame.anterior());
    if forward.abs() > ANTEROPOSTERIOR_MM {
        let way = if forward > 0.0 { "before" } else { "behind" };
        let text = format!("The new head lies {:.1} mm {way} the native one.", forward.abs());
        tell("finding-head-anteroposterior", text, &[("forward", format!("{forward:+.1}"))]);
    }
    findings
}
