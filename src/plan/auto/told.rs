//! What the surgeon must know about a plan: what its cup and stem leave of the bone, and how they came to be there.

use super::{
    cup::{CupWay, Socket},
    settings::PlanSettings,
    stem::Way,
    term::{Term, TermKind},
};
use crate::{
    anatomy::{Finding, Pelvis},
    frames::Side,
    implants::{self, Catalogue, Cup, StemFixation},
    plan::{Augment, CupPlacement, Dome, Osteotomy, Plan, clock, finding, room::Canal},
};

/// Largest difference between the wanted and the nearest outer diameter that is not worth a word, mm.
const SIZE_STEP_MM: f64 = 2.0;
/// Differences between the two measures of version beyond this are worth a word, degrees.
const VERSION_DEG: f64 = 5.0;
/// How far the canal may end above the stem's tip without a word, mm.
const TIP_MM: f64 = 4.0;

/// Who put the implants where they are: of what a search chose it can be said that nothing else was better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    Search,
    Person,
}

/// About the cup: its angles as the patient lay, and what its size and place leave of the bone.
pub(super) fn cup(
    pelvis: &Pelvis,
    placed: &CupPlacement,
    chosen: &CupWay,
    socket: &Socket,
    (settings, maker): (&PlanSettings, Maker),
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
    if maker == Maker::Person && size != nearest_mm {
        let text = format!(
            "The cup has {size} mm; the socket asks for {wanted_mm:.1} mm, and {nearest_mm} mm is the nearest in the catalogue."
        );
        let other = finding("finding-cup-other-size", side, text).with("chosen", size).with("nearest", nearest_mm);
        findings.push(other.with("wanted", format!("{wanted_mm:.1}")));
    } else if size < nearest_mm {
        let text = format!("A cup of {size} mm was chosen instead of {nearest_mm} mm, to leave more of the walls of the socket.");
        findings.push(finding("finding-cup-smaller", side, text).with("chosen", size).with("nearest", nearest_mm));
    }
    match chosen.medial_wall_mm {
        None => findings.push(finding(
            "finding-cup-wall-unknown",
            side,
            "The medial wall behind the cup could not be measured: check on the slices that the cup does not breach it.".into(),
        )),
        Some(wall) if wall < 0.0 && maker == Maker::Person => {
            let breach = format!("{:.1}", -wall);
            let text = format!("The cup breaches the medial wall by {breach} mm.");
            findings.push(finding("finding-cup-breached", side, text).with("breach", breach));
        }
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
    way: &Way,
    canal: &Canal,
    estimated: bool,
    more_anteverted_deg: f64,
    (settings, maker): (&PlanSettings, Maker),
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (id, fit) = (&way.stem.id, &way.fit);
    // With its mantle of cement, where it has one.
    let clearance_mm = fit.clearance_mm - way.stem.mantle_mm;
    if estimated {
        let text =
            format!("The stem '{id}' is an estimate: it was sized by {}. Do not choose an implant by it.", canal.source.told());
        findings.push(finding("finding-stem-estimated", side, text));
    }
    if clearance_mm < settings.least_clearance_mm {
        let lacking = format!("{:.1}", settings.cortical_clearance_mm - clearance_mm);
        let (key, text) = match maker {
            Maker::Search => (
                "finding-canal-narrow",
                format!(
                    "The canal is too narrow for every stem in the catalogue: '{id}' lacks {lacking} mm at the tightest place."
                ),
            ),
            Maker::Person => {
                ("finding-stem-tight", format!("The stem '{id}' does not go in: it lacks {lacking} mm at the tightest place."))
            }
        };
        findings.push(finding(key, side, text).with("stem", id).with("lacking", lacking));
    } else if fit.fill < settings.fill_target && way.stem.fixation() == StemFixation::Cementless {
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
    if let Some(turn) = degrees(turn) {
        let text = format!("The stem is turned by {turn}° from the native version (anteversion positive).");
        findings.push(finding("finding-stem-turned", side, text).with("turn", turn));
    }
    if let Some(varus) = degrees(varus) {
        let text = format!("The stem leans by {varus}° against the canal's axis in the frontal plane (varus positive).");
        findings.push(finding("finding-stem-leans", side, text).with("varus", varus));
    }
    findings
}

/// That the femur is shortened, so that the leg becomes no longer than allowed. Lengthening without it, with it and at most, mm.
pub(super) fn shortened(side: Side, osteotomy: &Osteotomy, change_mm: [f64; 3]) -> Finding {
    let [without, with, most] = change_mm.map(|mm| format!("{mm:.0}"));
    let [length, level] = [osteotomy.correction.shortening_mm, osteotomy.correction.level_mm].map(|mm| format!("{mm:.0}"));
    let text = format!(
        "The femur is shortened by {length} mm, cut {level} mm below the lesser trochanter: the leg becomes {with} mm longer and not {without}, as beyond {most} mm the sciatic nerve is in danger."
    );
    let told = finding("finding-osteotomy-proposed", side, text).with("length", length).with("level", level);
    told.with("with", with).with("without", without).with("most", most)
}

/// Less room over a cup is not worth a word, ml.
const DOME_ML: f64 = 0.5;
/// Pieces that meet with less of their cut surfaces heal badly (our choice).
const CONTACT: f64 = 0.5;

/// What lacks over a cup that is not covered as it should be, and what could fill it.
pub(super) fn dome(plan: &Plan, cup: &Cup, catalogue: &Catalogue, settings: &PlanSettings) -> Vec<Finding> {
    let side = plan.side;
    let covered = plan.cup.bone_coverage.is_none_or(|coverage| coverage >= settings.coverage_goal);
    let lacks = plan.deformity.dome.filter(|dome| !covered && dome.volume_ml >= DOME_ML);
    let lacks = lacks.and_then(|dome| Some((dome, dome.hours?)));
    let Some((dome, hours @ [from, to])) = lacks else { return Vec::new() };
    let [volume, height, depth, deepest] = [
        format!("{:.1}", dome.volume_ml),
        format!("{:.0}", dome.height_deg),
        format!("{:.0}", dome.depth_mm),
        format!("{:.0}", dome.deepest_mm),
    ];
    let [from, to] = [from, to].map(clock);
    let text = format!(
        "Bone lacks over the cup from {from} to {to} o'clock and up to {height}° from its rim: {volume} ml up to {depth} mm outside the cup, {deepest} mm where it is deepest. An augment or a graft must fill it."
    );
    let mut findings = vec![
        finding("finding-dome", side, text)
            .with("from", from)
            .with("to", to)
            .with("height", height)
            .with("volume", &volume)
            .with("depth", depth)
            .with("deepest", deepest),
    ];
    if let Some(head_ml) = dome.head_ml {
        let [head, usable, share] = [
            format!("{head_ml:.1}"),
            format!("{:.1}", settings.graft_usable * head_ml),
            format!("{:.0}", 100.0 * settings.graft_usable),
        ];
        let of_head =
            format!("The patient's own head has {head} ml, of which {usable} ml ({share} %) are counted as usable for a graft");
        let (key, text) = match settings.graft_usable * head_ml >= dome.volume_ml {
            true => ("finding-graft-enough", format!("{of_head}: enough for the {volume} ml that lack.")),
            false => ("finding-graft-short", format!("{of_head}: less than the {volume} ml that lack.")),
        };
        findings.push(
            finding(key, side, text).with("head", head).with("usable", usable).with("share", share).with("volume", &volume),
        );
    }
    if plan.deformity.augment.is_some() {
        return findings;
    }
    if let Some(suggested) = suggested(side, &dome, hours, cup, catalogue) {
        findings.push(suggested);
        return findings;
    }
    findings.push(match Augment::for_dome(&settings.augments, &dome) {
        Some(augment) => {
            let text = format!("Of the generic augments the smallest that fills it is '{}'.", augment.id);
            finding("finding-augment", side, text).with("augment", &augment.id)
        }
        None => finding("finding-augment-none", side, "None of the generic augments fills it by itself.".into()),
    });
    findings
}

/// The smallest augment of the catalogue that fills the room over a cup, and where on the cup; where it takes none that does, the one for
/// another cup of its diameter. `None` where none fills it.
fn suggested(side: Side, dome: &Dome, [from, to]: [f64; 2], cup: &Cup, catalogue: &Catalogue) -> Option<Finding> {
    let fills = |augment: &&implants::Augment| {
        let reaches = -augment.latitudes_deg.0 >= dome.height_deg && augment.arc_deg >= 30.0 * (to - from);
        reaches && augment.thickness_mm >= dome.deepest_mm
    };
    let smallest = |cup| catalogue.augments_for(cup).filter(fills).min_by(|a, b| a.volume_mm3().total_cmp(&b.volume_mm3()));
    // To half an hour, as it can be put by eye.
    let hour = clock(((from + to) / 2.0 * 2.0).round() / 2.0);
    if let Some(augment) = smallest(cup) {
        let text = format!(
            "Of the augments for this cup the smallest that fills it is '{}', with its middle at {hour} o'clock; it is not placed unasked.",
            augment.id
        );
        return Some(finding("finding-augment-suggested", side, text).with("augment", &augment.id).with("hour", hour));
    }
    let alike = |other: &&Cup| (other.outer_diameter_mm - cup.outer_diameter_mm).abs() < 1e-6 && other.family != cup.family;
    let (other, augment) = catalogue.all_cups().filter(alike).find_map(|other| Some((other, smallest(other)?)))?;
    let text = format!(
        "This cup takes no augment that fills it; on the cup '{}' of the same diameter '{}' would, with its middle at {hour} o'clock.",
        other.id, augment.id
    );
    let told = finding("finding-augment-other-cup", side, text).with("cup", &other.id);
    Some(told.with("augment", &augment.id).with("hour", hour))
}

/// How an osteotomy is, whoever asked for it.
pub(super) fn osteotomy(plan: &Plan, settings: &PlanSettings) -> Vec<Finding> {
    let side = plan.side;
    let Some(osteotomy) = &plan.deformity.osteotomy else { return Vec::new() };
    let asked = &osteotomy.correction;
    let [level, length] = [asked.level_mm, asked.shortening_mm].map(|mm| format!("{mm:.0}"));
    let [turn, valgus, flexion] =
        [asked.derotation_deg, asked.valgus_deg, asked.flexion_deg].map(|deg| format!("{:+.0}", deg + 0.0));
    let text = format!(
        "The femur is cut {level} mm below the lesser trochanter and {length} mm are taken out; its distal piece is turned by {turn}° (outwards positive), tilted by {valgus}° (valgus positive) and flexed by {flexion}°."
    );
    let told = finding("finding-osteotomy", side, text).with("level", level).with("length", length);
    let mut findings = vec![told.with("turn", turn).with("valgus", valgus).with("flexion", flexion)];
    let Some(junction) = &plan.deformity.junction else { return findings };
    if let Some(contact) = junction.contact.filter(|contact| contact.share() < CONTACT) {
        let [share, area, usual] =
            [format!("{:.0}", 100.0 * contact.share()), format!("{:.0}", contact.contact_mm2), format!("{:.0}", 100.0 * CONTACT)];
        let text =
            format!("Only {share} % of the smaller cut surface meets the other ({area} mm²); at least {usual} % are wanted.");
        findings
            .push(finding("finding-osteotomy-contact", side, text).with("share", share).with("area", area).with("usual", usual));
    }
    if junction.bridging_mm < junction.bridging_asked_mm {
        let [reached, wanted] = [junction.bridging_mm, junction.bridging_asked_mm].map(|mm| format!("{mm:.0}"));
        let text = format!(
            "The stem reaches {reached} mm beyond the osteotomy, {wanted} mm ({} diameters of the canal) were asked for: take a longer one, or secure it.",
            settings.bridging_diameters
        );
        let told = finding("finding-osteotomy-bridging", side, text).with("reached", reached).with("wanted", wanted);
        findings.push(told.with("diameters", settings.bridging_diameters));
    }
    for (key, where_, fit) in
        [("finding-osteotomy-tight-above", "above", junction.above), ("finding-osteotomy-tight-below", "below", junction.below)]
    {
        if let Some(fit) = fit.filter(|fit| fit.clearance_mm < settings.least_clearance_mm) {
            let clearance = format!("{:.1}", fit.clearance_mm);
            let text = format!(
                "The stem does not go into the canal {where_} the osteotomy: {clearance} mm of room at the tightest place."
            );
            findings.push(finding(key, side, text).with("clearance", clearance));
        }
    }
    findings
}

/// An angle with its sign, to a tenth of a degree where it is not a whole one; `None` for nothing.
fn degrees(angle: f64) -> Option<String> {
    let tenths = (angle * 10.0).round();
    (tenths != 0.0)
        .then(|| if tenths % 10.0 == 0.0 { format!("{:+.0}", tenths / 10.0) } else { format!("{:+.1}", tenths / 10.0) })
}
