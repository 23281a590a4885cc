//! What a target zone does not know, in words.

use crate::{
    i18n::Texts,
    risk::{STEEP_DEG, SteepCup, ZoneHold},
};

/// How well the plan and the cup with the most room hold the head, and whether most room is least risk.
#[must_use]
pub fn hold_in_words(hold: &ZoneHold, texts: &Texts) -> Vec<String> {
    let Some((plan, most_room)) = hold.plan_mm.zip(hold.most_room_mm) else { return vec![texts.get("zone-jump-held")] };
    let values = [plan, most_room].map(|mm| format!("{mm:.1}"));
    let jump = texts.with("zone-jump", &[("plan", &values[0]), ("best", &values[1])]);
    let key = if hold.most_room_costs_hold() { "zone-not-least-risk" } else { "zone-no-wear" };
    vec![jump, texts.get(key)]
}

/// What a steep cup costs.
#[must_use]
pub fn steep_in_words(steep: &SteepCup, texts: &Texts) -> String {
    let (inclination, limit) = (format!("{:.1}", steep.inclination_deg), format!("{STEEP_DEG:.0}"));
    let values = [("inclination", inclination.as_str()), ("limit", limit.as_str())];
    let Some((jump, usual)) = steep.jump_mm.zip(steep.usual_mm) else { return texts.with("steep-cup-held", &values) };
    let [jump, usual] = [jump, usual].map(|mm| format!("{mm:.1}"));
    texts.with("steep-cup", &[values[0], values[1], ("jump", &jump), ("usual", &usual)])
}
