//! Dangers and the changes that take them away, as sentences.

use crate::{
    i18n::{Language, Texts},
    motion::{Activity, Couple, Posture, activity::Name},
    risk::{BoneAfter, Danger, Offer, RANGE_DEG, RESERVE_DEG},
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
            let rim = texts.get(if danger.lip { "rim-lip" } else { "rim-plain" });
            let place = danger.place.map_or_else(String::new, |place| texts.get(place.key()));
            let short = format!("{:.1}", danger.short_deg.unwrap_or(0.0));
            let margin = format!("{:.1}", danger.margin_deg);
            let values = [
                ("activity", activity),
                ("pose", &pose),
                ("rim", &rim),
                ("place", &place),
                ("short", &short),
                ("margin", &margin),
            ];
            texts.with(key, &values)
        }
    };
    let remedy = match (&danger.offer, danger.clearance_mm) {
        (Some(offer), Some(_)) => bone_offer_in_words(offer, texts),
        (Some(offer), None) => offer_in_words(offer, texts),
        (None, Some(_)) if danger.searched => texts.get("remedy-bone-none"),
        (None, Some(_)) => texts.get("remedy-bone"),
        (None, None) => texts.with("remedy-none", &[("range", &RANGE_DEG.to_string())]),
    };
    texts.with("danger-sentence", &[("danger", &what), ("remedy", &remedy)])
}

/// A change with what it leaves to the neck; where bone still meets after it, that is said.
#[must_use]
pub fn offer_in_words(offer: &Offer, texts: &Texts) -> String {
    let values = [("change", changes(offer, texts)), ("margin", degrees(offer.margin_deg)), ("least", degrees(offer.least_deg))];
    let said = texts.with("remedy", &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    match offer.bone.filter(BoneAfter::meets).and_then(|bone| bone.least) {
        Some(bone) => {
            let (couple, pose) = (texts.get(bone.couple.key()), posture_in_words(&bone.posture, texts));
            texts.with("remedy-but-bone", &[("remedy", &said), ("couple", &couple), ("pose", &pose)])
        }
        None => said,
    }
}

/// A change for bone with what it leaves.
fn bone_offer_in_words(offer: &Offer, texts: &Texts) -> String {
    let left = offer.bone.and_then(|bone| bone.least).map_or(RESERVE_DEG, |least| least.margin_deg.min(RESERVE_DEG));
    let key = if left < RESERVE_DEG { "remedy-for-bone" } else { "remedy-for-bone-well" };
    let values = [("change", changes(offer, texts)), ("bone", degrees(left)), ("least", degrees(offer.least_deg))];
    texts.with(key, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

fn degrees(value: f64) -> String {
    format!("{value:.1}")
}

/// What a remedy changes.
fn changes(offer: &Offer, texts: &Texts) -> String {
    let by = |degrees: f64| format!("{degrees:+.0}");
    let remedy = &offer.remedy;
    let mut changes = Vec::new();
    if let Some(head) = &remedy.head {
        let diameter = head.diameter_mm.to_string();
        changes.push(match &head.liner {
            Some(liner) => texts.with("remedy-head-liner", &[("head", &head.head), ("liner", liner), ("diameter", &diameter)]),
            None => texts.with("remedy-head", &[("head", &head.head), ("diameter", &diameter)]),
        });
    }
    if let Some(longer) = &remedy.longer_head {
        changes.push(texts.with("remedy-longer-head", &[("head", &longer.head), ("mm", &format!("{:+.1}", longer.by_mm))]));
    }
    for (mm, key) in [(remedy.offset_mm, "remedy-offset"), (remedy.leg_length_mm, "remedy-leg-length")] {
        if mm != 0.0 {
            changes.push(texts.with(key, &[("mm", &format!("{mm:+.0}"))]));
        }
    }
    if remedy.liner_positions != 0 {
        let positions = remedy.liner_positions;
        let key = if positions > 0 { "remedy-liner-forwards" } else { "remedy-liner-backwards" };
        changes.push(
            texts.with(key, &[("positions", &positions.abs().to_string()), ("degrees", &(30 * positions.abs()).to_string())]),
        );
    }
    for (change, after, key) in [
        (remedy.inclination_deg, offer.inclination_deg, "remedy-inclination"),
        (remedy.anteversion_deg, offer.anteversion_deg, "remedy-anteversion"),
    ] {
        if change != 0.0 {
            changes.push(texts.with(key, &[("by", &by(change)), ("to", &degrees(after))]));
        }
    }
    if remedy.stem_version_deg != 0.0 {
        changes.push(texts.with("remedy-stem-version", &[("by", &by(remedy.stem_version_deg))]));
    }
    changes.join(&texts.get("pose-and"))
}
