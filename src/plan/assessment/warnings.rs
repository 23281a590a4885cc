//! What a surgeon is warned of, with the numbers that say so. Limits without a source are rules of thumb, and the sentences say so.

use super::{Assessment, CoverageHour, Quadrant};
use crate::{
    anatomy::Finding,
    plan::{Plan, finding},
};

/// Less than this of the cup covered, percent.
const COVERED_PERCENT: f64 = 70.0;
/// Less of the medial wall left, mm.
const WALL_MM: f64 = 2.0;
/// More of the cup's edge before the anterior wall, mm.
const OVERHANG_MM: f64 = 8.0;
/// Screws in the anterior quadrants that find less bone than this leave it when they are of a usual length, mm.
const SCREW_MM: f64 = 25.0;
/// Less cortex left beside the stem, mm.
const CORTEX_MM: f64 = 2.0;
/// Less of the canal's width filled, percent.
const FILL_PERCENT: f64 = 80.0;
/// A femur whose cortical index is lower has a thin cortex: the mean of type C of Dorr et al. (1993, Bone 14:231).
const CORTICAL_INDEX: f64 = 0.42;

pub(super) fn raised(found: &Assessment, plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(uncovered(found));
    // The automatic plan says the same in its own words.
    let said = |key: &str| plan.findings.iter().any(|finding| finding.key == key);
    if !said("finding-cup-breach") && !said("finding-cup-wall") {
        findings.extend(medial_wall(found));
    }
    findings.extend(overhang(found));
    findings.extend(screws(found));
    findings.extend(cortex(found));
    findings.extend(fill(found));
    findings
}

fn uncovered(found: &Assessment) -> Option<Finding> {
    let covered = found.value("cup_coverage").filter(|percent| *percent < COVERED_PERCENT)?;
    let barest = |a: &&CoverageHour, b: &&CoverageHour| a.covered_percent.total_cmp(&b.covered_percent);
    let worst = found.cup.as_ref()?.hours.iter().min_by(barest)?;
    let [uncovered, most] = [100.0 - covered, 100.0 - COVERED_PERCENT].map(|percent| format!("{percent:.0}"));
    let (hour, there) = (worst.hour, format!("{:.0}", 100.0 - worst.covered_percent));
    let text = format!(
        "{uncovered} % of the cup have no bone under them (more than {most} % is a rule of thumb for a cup without cement that may not hold), most at \
         {hour} o'clock (12 superior, 3 anterior): {there} % there."
    );
    let said = finding("finding-cup-uncovered", found.side, text).with("uncovered", uncovered).with("most", most);
    Some(said.with("hour", hour).with("there", there))
}

fn medial_wall(found: &Assessment) -> Option<Finding> {
    let wall = found.value("cup_wall_medial").filter(|mm| *mm < WALL_MM)?;
    let [wall, least] = [wall, WALL_MM].map(|mm| format!("{mm:.1}"));
    let text = format!(
        "Medially of the cup {wall} mm of bone remain (negative: breached); less than {least} mm is a rule of thumb for a wall that may break."
    );
    Some(finding("finding-cup-wall-thin", found.side, text).with("wall", wall).with("least", least))
}

fn overhang(found: &Assessment) -> Option<Finding> {
    let overhang = found.value("cup_overhang_anterior").filter(|mm| *mm > OVERHANG_MM)?;
    let [overhang, most] = [overhang, OVERHANG_MM].map(|mm| format!("{mm:.1}"));
    let hour = clock(found.value("cup_overhang_anterior_hour")?);
    let text = format!(
        "The cup's edge stands out {overhang} mm beyond the anterior wall at {hour} (12 superior, 3 anterior): it may rub the iliopsoas. More than {most} mm is \
         a rule of thumb."
    );
    Some(finding("finding-cup-overhang", found.side, text).with("overhang", overhang).with("most", most).with("hour", hour))
}

/// An hour as a clock shows it.
fn clock(hours: f64) -> String {
    let minutes = (hours * 60.0).round() as i64;
    let hour = minutes.div_euclid(60).rem_euclid(12);
    format!("{}:{:02}", if hour == 0 { 12 } else { hour }, minutes.rem_euclid(60))
}

/// In each anterior quadrant the hole whose screw leaves the bone first.
fn screws(found: &Assessment) -> Vec<Finding> {
    let Some(cup) = &found.cup else { return Vec::new() };
    let shortest = |quadrant| {
        let there = cup.screws.iter().filter(|screw| screw.quadrant == quadrant && screw.bone.value < SCREW_MM);
        there.min_by(|a, b| a.bone.value.total_cmp(&b.bone.value))
    };
    [
        (Quadrant::AnteriorSuperior, "finding-screw-anterior-superior", "anterosuperior", "the external iliac vessels"),
        (Quadrant::AnteriorInferior, "finding-screw-anterior-inferior", "anteroinferior", "the obturator nerve and vessels"),
    ]
    .into_iter()
    .filter_map(|(quadrant, key, name, behind)| {
        let screw = shortest(quadrant)?;
        let (hour, from_pole, bone) =
            (clock(screw.hole.hour), format!("{:.0}", screw.hole.from_pole_deg), format!("{:.0}", screw.bone.value));
        let text = format!(
            "A screw through the hole at {hour}, {from_pole}° from the pole, points into the {name} quadrant and finds {bone} mm of bone: a longer one endangers \
             {behind} (Wasielewski 1990)."
        );
        Some(finding(key, found.side, text).with("hour", hour).with("pole", from_pole).with("bone", bone))
    })
    .collect()
}

fn cortex(found: &Assessment) -> Option<Finding> {
    let cortex = found.value("stem_cortex_least").filter(|mm| *mm < CORTEX_MM)?;
    let [level, turn] = found.stem.as_ref()?.thinnest?;
    let (key, side) = match ((turn + 45.0) / 90.0).floor() as i64 % 4 {
        0 => ("finding-stem-cortex-lateral", "laterally"),
        1 => ("finding-stem-cortex-anterior", "anteriorly"),
        2 => ("finding-stem-cortex-medial", "medially"),
        _ => ("finding-stem-cortex-posterior", "posteriorly"),
    };
    let [cortex, least] = [cortex, CORTEX_MM].map(|mm| format!("{mm:.1}"));
    let level = format!("{level:.0}");
    let text = format!(
        "{cortex} mm of bone remain {side} of the stem {level} mm below the lesser trochanter; less than {least} mm is a rule of thumb for a femur that may \
         break there."
    );
    Some(finding(key, found.side, text).with("cortex", cortex).with("least", least).with("level", level))
}

fn fill(found: &Assessment) -> Vec<Finding> {
    let Some(fill) = found.value("stem_fill_frontal") else { return Vec::new() };
    let index = found.value("cortical_index_100");
    let thin = index.filter(|index| *index < CORTICAL_INDEX);
    let mut findings = Vec::new();
    let [filled, wanted] = [fill, FILL_PERCENT].map(|percent| format!("{percent:.0}"));
    let low = fill < FILL_PERCENT;
    if let (true, None) = (low, thin) {
        let text = format!(
            "The stem fills {filled} % of the canal's width at best; less than {wanted} % is a rule of thumb for a stem that may subside."
        );
        findings.push(finding("finding-stem-subsidence", found.side, text).with("fill", &filled).with("wanted", &wanted));
    }
    if let Some(index) = thin {
        let [index, mean] = [index, CORTICAL_INDEX].map(|index| format!("{index:.2}"));
        let text = format!(
            "The cortex is thin (cortical index {index}, the mean of Dorr's type C is {mean}): a stem pressed in without cement may break the femur. A rule of thumb."
        );
        findings.push(finding("finding-stem-fracture", found.side, text).with("index", &index).with("mean", &mean));
        if low {
            let text = format!(
                "In this thin cortex (cortical index {index}) the stem fills {filled} % of the canal's width at best, less than {wanted} %: it may subside. A rule \
                 of thumb."
            );
            let said = finding("finding-stem-subsidence-thin", found.side, text).with("index", &index);
            findings.push(said.with("fill", &filled).with("wanted", &wanted));
        }
    }
    findings
}
