//! What the surgeon must know about an automatic plan.

use super::{
    choice::Combination,
    cup::{CupWay, Socket},
    settings::PlanSettings,
    term::{Term, TermKind},
};
use crate::{
    anatomy::{Finding, Pelvis},
    frames::Side,
    implants::StemFixation,
    plan::{CupPlacement, finding, room::Canal},
};

/// Largest difference between the wanted and the nearest outer diameter that is not worth a word, mm.
const SIZE_STEP_MM: f64 = 2.0;
/// Differences between the two measures of version beyond this are worth a word, degrees.
const VERSION_DEG: f64 = 5.0;
/// How far the canal may end above the stem's tip without a word, mm.
const TIP_MM: f64 = 4.0;

/// About the cup: its angles as the patient lay, and what its size and place leave of the bone.
pub(super) fn cup(
    pelvis: &Pelvis,
    placed: &CupPlacement,
    chosen: &CupWay,
    socket: &Socket,
    settings: &PlanSettings,
) -> Vec<Finding> {
    let side = socket.side();
    let mut findings = vec![functional(pelvis, side, placed)];
    let (size, wanted_mm, nearest_mm) = (chosen.cup.reamed_diameter_mm(), socket.wanted_mm, socket.nearest_mm);
    if (nearest_mm - wanted_mm).abs() > SIZE_STEP_MM {
        let text = format!("The socket asks for a cup of {wanted_mm:.1} mm; the nearest in the catalogue has {nearest_mm} mm.");
        let outside = finding("finding-cup-size-range", side, text);
        findings.push(outside.with("wanted", format!("{wanted_mm:.1}")).with("nearest", nearest_mm));
    }
    let wall_asked = settings.medial_wall_mm;
    if size < nearest_mm {
        let text = format!("A cup of {size} mm was chosen instead of {nearest_mm} mm, to leave more of the walls of the socket.");
        findings.push(finding("finding-cup-smaller", side, text).with("chosen", size).with("nearest", nearest_mm));
    }
    match chosen.medial_wall_mm {
        None => findings.push(finding(
            "finding-cup-wall-unknown",
            side,
            "The medial wall behind the cup could not be measured: check on the slices that the cup does not breach it.".into(),
        )),
        Some(wall) if wall < 0.0 => {
            let text = format!(
                "The cup breaches the medial wall by {:.1} mm, and no size or place within the allowance avoids it.",
                -wall
            );
            findings.push(finding("finding-cup-breach", side, text).with("breach", format!("{:.1}", -wall)));
        }
        Some(wall) if wall < wall_asked => {
            let text = format!("Behind the cup {wall:.1} mm of the medial wall remain, {wall_asked} mm were asked for.");
            findings.push(finding("finding-cup-wall", side, text).with("wall", format!("{wall:.1}")).with("asked", wall_asked));
        }
        Some(_) => {}
    }
    findings
}

/// The same cup as the patient lay: the anterior pelvic plane is not the table's.
fn functional(pelvis: &Pelvis, side: Side, cup: &CupPlacement) -> Finding {
    let (app, supine) = (cup.angles(&pelvis.app, side), cup.angles(&pelvis.app.tilted_posteriorly(pelvis.tilt_deg), side));
    finding(
        "finding-cup-functional",
        side,
        format!(
            "The cup has {:.1}° of inclination and {:.1}° of anteversion (radiographic) in the frame of the anterior pelvic plane; with the pelvis as it lay in the scanner ({:.1}° of posterior tilt) that is {:.1}° and {:.1}°.",
            app.inclination_deg, app.anteversion_deg, pelvis.tilt_deg, supine.inclination_deg, supine.anteversion_deg
        ),
    )
    .with("inclination", format!("{:.1}", app.inclination_deg))
    .with("anteversion", format!("{:.1}", app.anteversion_deg))
    .with("tilt", format!("{:.1}", pelvis.tilt_deg))
    .with("supine-inclination", format!("{:.1}", supine.inclination_deg))
    .with("supine-anteversion", format!("{:.1}", supine.anteversion_deg))
}

/// About the stem: how it fills the canal, what of it is not known, and how it is turned.
pub(super) fn stem(
    side: Side,
    best: &Combination,
    canal: &Canal,
    estimated: bool,
    more_anteverted_deg: f64,
    settings: &PlanSettings,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (id, fit) = (&best.way.stem.id, &best.way.fit);
    // With its mantle of cement, where it has one.
    let clearance_mm = fit.clearance_mm - best.way.stem.mantle_mm;
    if estimated {
        let text =
            format!("The stem '{id}' is an estimate: it was sized by {}. Do not choose an implant by it.", canal.source.told());
        findings.push(finding("finding-stem-estimated", side, text));
    }
    if clearance_mm < settings.least_clearance_mm {
        let lacking = format!("{:.1}", settings.cortical_clearance_mm - clearance_mm);
        let text =
            format!("The canal is too narrow for every stem in the catalogue: '{id}' lacks {lacking} mm at the tightest place.");
        findings.push(finding("finding-canal-narrow", side, text).with("stem", id).with("lacking", lacking));
    } else if fit.fill < settings.fill_target && best.way.stem.fixation() == StemFixation::Cementless {
        let [fill, target] = [fit.fill, settings.fill_target].map(|share| format!("{:.0}", 100.0 * share));
        let text = format!("The stem '{id}' fills {fill} % of the canal's width where it is tightest, {target} % were aimed at.");
        findings.push(finding("finding-canal-wide", side, text).with("stem", id).with("fill", fill).with("target", target));
    }
    if let Some(cortex) = fit.cortex_mm.filter(|mm| *mm < settings.least_cortex_mm) {
        let [left, asked] = [cortex, settings.least_cortex_mm].map(|mm| format!("{mm:.1}"));
        let text =
            format!("The stem '{id}' comes within {left} mm of the outside of the femur, at least {asked} mm were asked for.");
        findings.push(finding("finding-stem-perforation", side, text).with("stem", id).with("left", left).with("asked", asked));
    }
    let (tip_mm, known_mm) = (fit.tip_level_mm, canal.known_mm().1);
    if tip_mm > known_mm + TIP_MM {
        let [tip, known] = [tip_mm, known_mm].map(|mm| format!("{mm:.0}"));
        let text = format!(
            "The stem's tip lies {tip} mm below the lesser trochanter, but the canal is known only to {known} mm: further down the fit is not checked."
        );
        findings.push(finding("finding-stem-tip-unseen", side, text).with("tip", tip).with("known", known));
    }
    if more_anteverted_deg.abs() > VERSION_DEG {
        let way = if more_anteverted_deg > 0.0 { "more" } else { "less" };
        let text = format!(
            "The stem is turned towards the native head's centre (version after Murphy); that is {:.0}° {way} anteversion than the native neck axis has, which passes beside the shaft axis.",
            more_anteverted_deg.abs()
        );
        findings.push(finding("finding-stem-version", side, text).with("more", format!("{more_anteverted_deg:+.0}")));
    }
    findings
}

/// That the stem was turned from the native version, or leans.
pub(super) fn turned(side: Side, terms: &[Term]) -> Vec<Finding> {
    let value = |kind: TermKind| terms.iter().find(|term| term.kind == kind).map_or(0.0, |term| term.value);
    let mut findings = Vec::new();
    let (turn, varus) = (value(TermKind::Turn), value(TermKind::Varus));
    if turn != 0.0 {
        let text = format!("The stem is turned by {turn:+.0}° from the native version (anteversion positive).");
        findings.push(finding("finding-stem-turned", side, text).with("turn", format!("{turn:+.0}")));
    }
    if varus != 0.0 {
        let text = format!("The stem leans by {varus:+.0}° against the canal's axis in the frontal plane (varus positive).");
        findings.push(finding("finding-stem-leans", side, text).with("varus", format!("{varus:+.0}")));
    }
    findings
}
