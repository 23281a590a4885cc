//! What was tried one after another: every change has a name, and can be taken back.

use super::Trial;
use crate::{anatomy::CupAngles, i18n::Texts};

/// One thing that a trial changes: the key of its name, and its values as they are told.
pub struct Change {
    /// Key in the language files.
    pub key: &'static str,
    /// Before.
    pub was: String,
    /// Now.
    pub now: String,
}

/// All that differs between two trials, in the order of the panels; the spine is no part of it.
#[must_use]
pub fn changes(from: &Trial, to: &Trial) -> Vec<Change> {
    let id = |trial: &Trial, of: fn(&Trial) -> Option<&String>| of(trial).cloned().unwrap_or_else(|| "–".into());
    let part = |key, of: fn(&Trial) -> Option<&String>| (key, id(from, of), id(to, of));
    let number = |key, of: fn(&Trial) -> f64, told: fn(f64) -> String| (key, told(of(from)), told(of(to)));
    let angle = |value: f64| format!("{:.1}°", tenth(value));
    let length = |value: f64| format!("{:+.1} mm", tenth(value));
    let all = [
        part("cup", |trial| Some(&trial.cup_id)),
        number("cup-inclination", |trial| trial.cup.inclination_deg, angle),
        number("cup-anteversion", |trial| trial.cup.anteversion_deg, angle),
        number("cup-medial", |trial| trial.cup_shift_mm[0], length),
        number("cup-superior", |trial| trial.cup_shift_mm[1], length),
        number("cup-anterior", |trial| trial.cup_shift_mm[2], length),
        part("liner", |trial| trial.liner.as_ref()),
        number("liner-position", |trial| f64::from(trial.liner_positions), |value| format!("{value:+.0} / 12")),
        part("head", |trial| trial.head.as_ref()),
        part("stem", |trial| trial.stem_id.as_ref()),
        number("stem-version", |trial| trial.stem_version_deg, angle),
        number("stem-depth", |trial| trial.stem_depth_mm, length),
        number("stem-lean", |trial| trial.stem_lean_deg, angle),
        number("cut", |trial| trial.cut_mm, length),
    ];
    let differ = differences(from, to);
    all.into_iter().zip(differ).filter(|(_, differs)| *differs).map(|((key, was, now), _)| Change { key, was, now }).collect()
}

/// Which of them differ; what is told alike may differ in what is not told.
fn differences(from: &Trial, to: &Trial) -> [bool; 14] {
    let CupAngles { inclination_deg, anteversion_deg } = to.cup;
    let [medial, superior, anterior] = std::array::from_fn(|at| from.cup_shift_mm[at] != to.cup_shift_mm[at]);
    [
        from.cup_id != to.cup_id,
        from.cup.inclination_deg != inclination_deg,
        from.cup.anteversion_deg != anteversion_deg,
        medial,
        superior,
        anterior,
        from.liner != to.liner,
        from.liner_positions != to.liner_positions,
        from.head != to.head,
        from.stem_id != to.stem_id,
        from.stem_version_deg != to.stem_version_deg,
        from.stem_depth_mm != to.stem_depth_mm,
        from.stem_lean_deg != to.stem_lean_deg,
        from.cut_mm != to.cut_mm,
    ]
}

/// True when one change goes on with what another began: it concerns nothing else.
pub(super) fn goes_on(begun: &[Change], next: &[Change]) -> bool {
    next.iter().all(|change| begun.iter().any(|known| known.key == change.key))
}

/// The name of a step, as it stands on the button that takes it back: "cup inclination 42.0° → 44.5°".
#[must_use]
pub fn named(texts: &Texts, from: &Trial, to: &Trial) -> String {
    let name = |Change { key, was, now }: Change| format!("{} {was} → {now}", texts.get(&format!("changed-{key}")));
    changes(from, to).into_iter().map(name).collect::<Vec<_>>().join("\n")
}

/// Rounded first, so that −0.04 does not become "-0.0".
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}
