//! What a target zone does not know, in words.

use crate::{i18n::Texts, risk::ZoneHold};

/// How well the plan and the cup with the most room hold the head, and whether most room is least risk.
#[must_use]
pub fn hold_in_words(hold: &ZoneHold, texts: &Texts) -> Vec<String> {
    let Some((plan, most_room)) = hold.plan_mm.zip(hold.most_room_mm) else { return vec![texts.get("zone-jump-held")] };
    let values = [plan, most_room].map(|mm| format!("{mm:.1}"));
    let jump = texts.with("zone-jump", &[("plan", &values[0]), ("best", &values[1])]);
    let key = if hold.most_room_costs_hold() { "zone-not-least-risk" } else { "zone-no-wear" };
    vec![jump, texts.get(key)]
}
