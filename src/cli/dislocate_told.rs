//! What `coxa dislocate` prints.

use super::hip::Hip;
use crate::{
    i18n::{Language, Texts},
    motion::{Activity, PelvicPosture},
    report::{name_in, posture_in_words, rehearsal_in_words},
    risk::{
        RimPlace,
        dislocation::{Approach, Load, Rehearsal, SoftTissue, Structure},
    },
};
use nalgebra::Vector3;
use serde_json::{Value, json};

/// What the rigid bodies made of the motion.
pub struct Physics {
    /// The head's centre at each step, mm from its seat.
    pub heads_mm: Vec<[f64; 3]>,
    /// Angle at which the head was out, degrees from the beginning.
    pub out_deg: Option<f64>,
    /// Hash of the trajectory.
    pub sha256: String,
}

/// All that is told.
pub struct Told<'a> {
    pub activity: &'a Activity,
    pub approach: Option<&'a Approach>,
    pub tissue: &'a SoftTissue,
    pub holding: &'a [&'a Structure],
    pub load: &'a Load,
    pub weight_kg: f64,
    /// Steps within the activity and driven on at which bone first meets.
    pub bones: [Option<usize>; 2],
    /// Jump distance by the closed form and over the liner's rim.
    pub jumps: Vec<(PelvicPosture, f64, Option<f64>)>,
    pub weakest: Option<(f64, Vector3<f64>)>,
    pub physics: Result<Physics, String>,
    pub within: &'a Rehearsal,
    pub further: &'a Rehearsal,
}

impl Told<'_> {
    fn released(&self) -> impl Iterator<Item = &Structure> {
        let all = self.tissue.structures.iter();
        all.filter(|structure| self.holding.iter().all(|held| held.id != structure.id))
    }

    /// Largest distance of the two engines' heads while both have them in the socket, mm, and the angle of the lever-out that the balance of
    /// forces ends at.
    fn apart_mm(&self) -> Option<f64> {
        let physics = self.physics.as_ref().ok()?;
        let until = self.further.dislocation.unwrap_or(self.further.steps.len());
        let pairs = self.further.steps[..until].iter().zip(&physics.heads_mm);
        Some(pairs.map(|(step, head)| (Vector3::from(step.head_mm) - Vector3::from(*head)).norm()).fold(0.0, f64::max))
    }
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

fn names<'a>(structures: impl Iterator<Item = &'a Structure>, texts: &Texts) -> String {
    let names: Vec<&str> = structures.map(|structure| name_in(&structure.name, texts)).collect();
    if names.is_empty() { texts.get("dislocate-nothing") } else { names.join(&texts.get("dislocate-and")) }
}

fn place(towards: &Vector3<f64>) -> RimPlace {
    let eighths = towards.y.atan2(towards.x).to_degrees() / 45.0;
    RimPlace::ALL[eighths.round().rem_euclid(8.0) as usize % 8]
}

/// Where bone meets, before the neck or after it.
fn bone(found: &Rehearsal, at: Option<usize>, texts: &Texts) -> Option<String> {
    let at = at?;
    let before = found.first_contact.is_none_or(|contact| at < contact);
    let key = if before { "dislocate-bone-first" } else { "dislocate-bone-later" };
    Some(format!("  {}", texts.with(key, &[("pose", &posture_in_words(&found.steps[at].posture, texts))])))
}

/// As lines of text.
pub fn lines(hip: &Hip, told: &Told<'_>, language: &Language) -> Vec<String> {
    let texts = &Texts::new(*language);
    let mut lines = hip.lines(texts);
    lines.push(String::new());
    let approach =
        told.approach.map_or_else(|| texts.get("dislocate-no-approach"), |found| name_in(&found.name, texts).to_owned());
    let load = [format!("{:.2}", told.load.body_weights.value), number(told.weight_kg)];
    let activity = name_in(&told.activity.name, texts);
    lines.push(texts.with("dislocate-title", &[("activity", activity), ("approach", &approach)]));
    lines.push(texts.with("dislocate-load", &[("weights", &load[0]), ("kg", &load[1])]));
    lines.push(texts.with("dislocate-released", &[("names", &names(told.released(), texts))]));
    lines.push(texts.with("dislocate-holding", &[("names", &names(told.holding.iter().copied(), texts))]));
    lines.push(String::new());
    lines.push(texts.get("dislocate-within"));
    lines.extend(rehearsal_in_words(told.within, &hip.case, false, texts).into_iter().map(|line| format!("  {line}")));
    lines.extend(bone(told.within, told.bones[0], texts));
    lines.push(texts.get("dislocate-further"));
    lines.extend(rehearsal_in_words(told.further, &hip.case, true, texts).into_iter().map(|line| format!("  {line}")));
    lines.extend(bone(told.further, told.bones[1], texts));
    lines.push(String::new());
    for (posture, closed, form) in &told.jumps {
        let values = [number(*closed), form.map_or_else(|| "–".into(), number)];
        let key = format!("dislocate-jump-{}", posture.name());
        lines.push(texts.with(&key, &[("closed", &values[0]), ("form", &values[1])]));
    }
    if let Some((distance, towards)) = &told.weakest {
        let values = [number(*distance), texts.get(place(towards).key())];
        lines.push(texts.with("dislocate-weakest", &[("mm", &values[0]), ("place", &values[1])]));
    }
    match (&told.physics, told.apart_mm()) {
        (Ok(physics), Some(apart)) => {
            let apart = format!("{apart:.2}");
            lines.push(match physics.out_deg.zip(told.further.dislocation.map(|at| told.further.steps[at].turned_deg)) {
                Some((out, balance)) => {
                    let values = [number(out), number(balance)];
                    texts.with("dislocate-physics", &[("apart", &apart), ("out", &values[0]), ("balance", &values[1])])
                }
                None => texts.with("dislocate-physics-in", &[("apart", &apart)]),
            });
        }
        _ => lines.push(texts.get("dislocate-no-physics")),
    }
    lines.extend(["dislocate-assumed", "dislocate-scope", "disclaimer"].map(|key| texts.get(key)));
    lines
}

/// As a document.
pub fn document(hip: &Hip, told: &Told<'_>) -> Value {
    let english = Texts::new(Language::English);
    let rehearsal = |found: &Rehearsal, bone: Option<usize>, driven_on: bool| {
        let words = Language::ALL.map(|language| rehearsal_in_words(found, &hip.case, driven_on, &Texts::new(language)));
        let [en, zh] = words;
        json!({
            "state": found.worst(),
            "first_contact": found.first_contact.map(|at| &found.steps[at]),
            "bone_contact": bone.map(|at| &found.steps[at]),
            "dislocation": found.dislocation.map(|at| &found.steps[at]),
            "impingement_to_dislocation_deg": found.impingement_to_dislocation_deg(),
            "furthest_mm": found.furthest_mm(),
            "peak_resisting_nm": found.peak_moment().map(|(moment, _)| moment),
            "en": en,
            "zh": zh,
            "steps": found.steps,
        })
    };
    let jumps = told.jumps.iter().map(|(posture, closed, form)| {
        (posture.name().to_owned(), json!({ "closed_form_mm": closed, "liner_form_mm": form, "closed_form": "Sariali 2009" }))
    });
    let mut value = hip.head();
    value["activity"] = json!({ "id": told.activity.id, "name": told.activity.name, "evidence": told.activity.evidence });
    value["approach"] = json!(told.approach);
    value["holding"] = json!(told.holding);
    value["released"] = told.released().map(|structure| json!(structure.id)).collect();
    value["load"] = json!(told.load);
    value["weight_kg"] = json!(told.weight_kg);
    value["within_activity"] = rehearsal(told.within, told.bones[0], false);
    value["driven_on"] = rehearsal(told.further, told.bones[1], true);
    value["jump_distance"] = Value::Object(jumps.collect());
    value["shortest_way_out"] = told.weakest.map_or(Value::Null, |(distance, towards)| {
        json!({ "mm": distance, "towards": [towards.x, towards.y, towards.z], "frame": "right hip: anterior, superior, lateral" })
    });
    value["physics"] = match &told.physics {
        Ok(physics) => json!({
            "engine": "Rapier, for what is seen; not reported", "head_apart_mm": told.apart_mm(), "out_deg": physics.out_deg,
            "trajectory_sha256": physics.sha256, "heads_mm": physics.heads_mm,
        }),
        Err(why) => json!({ "absent": why }),
    };
    value["assumed"] = json!(english.get("dislocate-assumed"));
    value["scope"] = json!(english.get("dislocate-scope"));
    value
}
