//! `coxa rom CASE`: what a plan has left in activities, and the list of activities.

use super::{
    Outcome,
    hip::{Hip, Options},
};
use crate::{
    i18n::{Language, Texts},
    motion::{Activity, ActivityMargin, ImpingementEngine, MotionError, RomRow, RomScene, RomTable, activity::margins},
    progress::Silent,
    report::{danger_in_words, name_in, posture_in_words, steep_in_words},
    risk::{Danger, SteepCup, Variant, dangers, dangers_on_bones, margin_sd_deg},
};
use serde_json::{Value, json};
use std::{error::Error, path::Path};

/// Prints the activities with what they rest on.
pub fn list(options: &Options, json: bool) -> Outcome {
    let all = options.all_activities()?;
    if json {
        println!("{}", serde_json::to_string_pretty(&json!({ "activities": all, "disclaimer": crate::DISCLAIMER }))?);
        return Ok(());
    }
    let texts = Texts::new(options.language);
    for activity in &all {
        let grade = texts.get(activity.evidence.grade.key());
        let recalled = if activity.evidence.recalled { texts.get("evidence-recalled") } else { String::new() };
        println!("{:<30} {:<10} {}", activity.id, activity.group.name(), name_in(&activity.name, &texts));
        println!("    {grade}{recalled}: {}", activity.evidence.source);
    }
    println!("{}", texts.get("activity-scope"));
    Ok(())
}

/// Prints what a plan has left in activities.
pub fn of_case(case: &Path, options: &Options, implants_only: bool, json: bool) -> Outcome {
    let hip = options.hip(case)?;
    let engine = if implants_only { None } else { engine(&hip)? };
    let margins = margins(&hip.activities, &hip.joint, engine.as_ref())?;
    let passive = match engine.as_ref().map(|engine| engine.range_of_motion(&Silent)).transpose() {
        // As of an activity: what else is known is told nevertheless.
        Err(MotionError::Undecided { .. }) => Passive::Undecided,
        passive => passive?.map_or(Passive::NotAsked, Passive::Known),
    };
    let (side, heads) = (hip.plan.side, hip.heads()?);
    let dangers = if implants_only {
        dangers(side, &hip.activities, &margins, &hip.joint, &heads)?
    } else {
        let room = hip.room(&Variant::default())?;
        dangers_on_bones(side, &hip.activities, &margins, &room, &heads, &hip.longer_heads()?)?
    };
    let spread = hip.settings.spread(&hip.preset);
    let sds =
        hip.activities.iter().map(|activity| margin_sd_deg(activity, &hip.joint, &spread)).collect::<Result<Vec<_>, _>>()?;
    let steep = SteepCup::of(&hip.plan.chosen(&hip.catalogue)?.bearing(), &hip.joint.cup);
    if json {
        let mut value = document(&hip, &margins, &sds, &dangers, &passive);
        value["steep_cup"] = json!(steep);
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    let texts = Texts::new(options.language);
    let mut lines = hip.lines(&texts);
    lines.push(String::new());
    lines.extend(table(&hip, &margins, &sds, &texts));
    lines.push(String::new());
    match &passive {
        Passive::Known(passive) => {
            lines.extend(limits(passive, &texts));
            lines.extend(passive.findings.iter().map(|finding| format!("! {}", texts.say(finding))));
            lines.push(String::new());
        }
        Passive::Undecided => lines.extend([format!("! {}", texts.get("passive-undecided")), String::new()]),
        Passive::NotAsked => {}
    }
    let undecided = hip.activities.iter().zip(&margins).filter(|(_, margin)| margin.undecided.is_some());
    let undecided: Vec<String> = undecided
        .map(|(activity, _)| texts.with("activity-undecided-named", &[("activity", name_in(&activity.name, &texts))]))
        .collect();
    lines.extend(undecided.iter().map(|line| format!("! {line}")));
    lines.extend(dangers.iter().map(|danger| format!("! {}", danger_in_words(danger, &hip.activities, &texts))));
    // Of what is not decided nobody may read that nothing is in danger.
    if dangers.is_empty() && undecided.is_empty() {
        lines.push(texts.get("danger-none"));
    }
    lines.extend(steep.map(|steep| format!("! {}", steep_in_words(&steep, &texts))));
    let preset = name_in(&hip.preset.name, &texts);
    lines.push(String::new());
    lines.push(texts.with("activity-sd", &[("preset", preset)]));
    lines.extend(["activity-bones", "activity-scope", "disclaimer"].map(|key| texts.get(key)));
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// How far the passive motions go.
enum Passive {
    Known(RomTable),
    /// Surfaces lie on each other.
    Undecided,
    /// Bones were left aside.
    NotAsked,
}

fn engine(hip: &Hip) -> Result<Option<ImpingementEngine>, Box<dyn Error>> {
    let bones = hip.folder.read_bones()?;
    let scene = RomScene::of_plan(&hip.plan, &hip.catalogue, &hip.anatomy, &bones)?;
    Ok(scene.map(|scene| ImpingementEngine::new(&scene)).transpose()?)
}

fn table(hip: &Hip, margins: &[ActivityMargin], sds: &[f64], texts: &Texts) -> Vec<String> {
    let heading = ["activity-margin", "activity-sd-short", "activity-bone-mm"].map(|key| texts.get(key));
    let mut lines =
        vec![format!("{:>9} {:>7} {:>9} {:>7}   {}", heading[0], heading[1], heading[2], "", texts.get("activity-name"))];
    for ((activity, margin), sd) in hip.activities.iter().zip(margins).zip(sds) {
        let turn = margin.bone.and_then(|bone| bone.turn).map_or_else(|| "–".to_owned(), |turn| format!("{:.1}°", turn.value));
        let unknown = || if margin.undecided.is_some() { "?" } else { "–" }.to_owned();
        let bone = margin.bone.map_or_else(unknown, |bone| format!("{:.1} mm", bone.clearance_mm));
        let mark = if margin.exceeded { "!" } else { " " };
        let posture = margin.contact.map_or(margin.posture, |contact| contact.posture);
        let pose = posture_in_words(&posture, texts);
        let (couple, grade) = (texts.get(margin.couple.key()), texts.get(activity.evidence.grade.key()));
        let values = [("name", name_in(&activity.name, texts)), ("pose", &pose), ("couple", &couple), ("evidence", &grade)];
        let row = texts.with("activity-row", &values);
        lines.push(format!("{mark}{:>7.1}° {sd:>6.1}° {bone:>9} {turn:>7}   {row}", margin.margin_deg));
    }
    lines
}

/// How far each passive motion goes, what touches first and what would touch next.
fn limits(table: &RomTable, texts: &Texts) -> Vec<String> {
    let heading = ["rom-motion", "rom-first", "rom-next"].map(|key| texts.get(key));
    let row = |row: &RomRow| {
        let told = row.limits.iter().map(|limit| {
            let values = [("couple", texts.get(limit.couple.key())), ("degrees", format!("{:.1}", limit.degrees))];
            texts.with("rom-next-value", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
        });
        let told: Vec<String> = told.collect();
        let told = if told.is_empty() { texts.get("rom-unlimited") } else { told.join("  ›  ") };
        format!("{}: {told}", texts.get(row.motion.key()))
    };
    std::iter::once(heading.join("  ›  ")).chain(table.rows.iter().map(row)).collect()
}

fn document(hip: &Hip, margins: &[ActivityMargin], sds: &[f64], dangers: &[Danger], passive: &Passive) -> Value {
    let of = |((activity, margin), sd): ((&Activity, &ActivityMargin), &f64)| {
        json!({
            "id": activity.id, "name": activity.name, "group": activity.group, "posture": activity.posture,
            "evidence": activity.evidence, "margin_sd_deg": sd, "result": margin,
        })
    };
    let [english, chinese] = Language::ALL.map(Texts::new);
    let said = |danger: &Danger| {
        json!({
            "danger": danger,
            "en": danger_in_words(danger, &hip.activities, &english),
            "zh": danger_in_words(danger, &hip.activities, &chinese),
        })
    };
    let mut value = hip.head();
    value["bones"] = json!(!matches!(passive, Passive::NotAsked));
    value["passive"] = if let Passive::Known(passive) = passive { json!(passive) } else { Value::Null };
    value["passive_undecided"] = json!(matches!(passive, Passive::Undecided));
    value["preset"] = json!(hip.preset.id);
    value["activities"] = hip.activities.iter().zip(margins).zip(sds).map(of).collect();
    value["dangers"] = dangers.iter().map(said).collect();
    value["scope"] = json!(english.get("activity-scope"));
    value
}
