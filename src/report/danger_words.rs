//! Dangers and the changes that take them away, as sentences.

use crate::{
    i18n::{Language, Texts},
    motion::{Activity, Couple, Posture, activity::Name},
    risk::{Danger, Offer, RANGE_DEG},
};

/// A name in the language of the texts.
#[must_use]
pub fn name_in<'a>(name: &'a Name, texts: &Texts) -> &'a str {
    match texts.language() {
        Language::English => &name.en,
        Language::Chinese => &name.zh,
    }
}

/// A posture of the joint in words: the angles that are not zero, or that all are.
#[must_use]
pub fn posture_in_words(posture: &Posture, texts: &Texts) -> String {
    let angles = [
        (posture.flexion_deg, ["pose-flexion", "pose-extension"]),
        (posture.adduction_deg, ["pose-adduction", "pose-abduction"]),
        (posture.internal_rotation_deg, ["pose-internal-rotation", "pose-external-rotation"]),
    ];
    let said = angles.into_iter().filter(|(degrees, _)| degrees.abs() >= 0.5).map(|(degrees, [positive, negative])| {
        let key = if degrees > 0.0 { positive } else { negative };
        texts.with(key, &[("degrees", &format!("{:.0}", degrees.abs()))])
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { texts.get("pose-neutral") } else { said.join(&texts.get("pose-and")) }
}

/// One sentence: what happens in which activity, where, by how much, and the cheapest change that takes it away.
#[must_use]
pub fn danger_in_words(danger: &Danger, activities: &[Activity], texts: &Texts) -> String {
    let activity = activities.iter().find(|activity| activity.id == danger.activity);
    let activity = activity.map_or(danger.activity.as_str(), |activity| name_in(&activity.name, texts));
    let pose = posture_in_words(&danger.posture, texts);
    let what = match (danger.couple, danger.clearance_mm) {
        (Couple::ImplantBone | Couple::BoneBone, Some(clearance)) => {
            let key = if danger.exceeded { "danger-bone-touches" } else { "danger-bone-close" };
            let couple = texts.get(danger.couple.key());
            let millimetres = format!("{:.1}", clearance.abs());
            texts.with(key, &[("activity", activity), ("pose", &pose), ("couple", &couple), ("mm", &millimetres)])
        }
        _ => {
            let key = if danger.exceeded { "danger-neck-touches" } else { "danger-neck-close" };
            let place = danger.place.map_or_else(String::new, |place| texts.get(place.key()));
            let short = format!("{:.1}", danger.short_deg.unwrap_or(0.0));
            let margin = format!("{:.1}", danger.margin_deg);
            let values = [("activity", activity), ("pose", &pose), ("place", &place), ("short", &short), ("margin", &margin)];
            texts.with(key, &values)
        }
    };
    let remedy = match (&danger.offer, danger.clearance_mm) {
        (Some(offer), _) => offer_in_words(offer, texts),
        (None, Some(_)) => texts.get("remedy-bone"),
        (None, None) => texts.with("remedy-none", &[("range", &RANGE_DEG.to_string())]),
    };
    texts.with("danger-sentence", &[("danger", &what), ("remedy", &remedy)])
}

/// A change with what it leaves.
#[must_use]
pub fn offer_in_words(offer: &Offer, texts: &Texts) -> String {
    let by = |degrees: f64| format!("{degrees:+.0}");
    let to = |degrees: f64| format!("{degrees:.1}");
    let mut changes = Vec::new();
    if let Some(head) = &offer.remedy.head {
        let diameter = head.diameter_mm.to_string();
        changes.push(match &head.liner {
            Some(liner) => texts.with("remedy-head-liner", &[("head", &head.head), ("liner", liner), ("diameter", &diameter)]),
            None => texts.with("remedy-head", &[("head", &head.head), ("diameter", &diameter)]),
        });
    }
    for (change, after, key) in [
        (offer.remedy.inclination_deg, offer.inclination_deg, "remedy-inclination"),
        (offer.remedy.anteversion_deg, offer.anteversion_deg, "remedy-anteversion"),
    ] {
        if change != 0.0 {
            changes.push(texts.with(key, &[("by", &by(change)), ("to", &to(after))]));
        }
    }
    if offer.remedy.stem_version_deg != 0.0 {
        changes.push(texts.with("remedy-stem-version", &[("by", &by(offer.remedy.stem_version_deg))]));
    }
    let values =
        [("change", changes.join(&texts.get("pose-and"))), ("margin", to(offer.margin_deg)), ("least", to(offer.least_deg))];
    texts.with("remedy", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}
