//! How a plan stands: its state in words, and who answers for which finding.

use crate::{
    i18n::Texts,
    plan::{Override, Plan},
};

/// Draft, reviewed or approved, by whom and when; in words.
#[must_use]
pub fn state(plan: &Plan, texts: &Texts) -> String {
    match (&plan.approval, &plan.review) {
        (Some(approval), _) => {
            let hash = &approval.sha256[..12.min(approval.sha256.len())];
            texts.with("plans-approved", &[("by", &approval.by), ("hash", hash)])
        }
        (None, Some(review)) => texts.with("plans-reviewed", &[("by", &review.by), ("when", &review.when)]),
        (None, None) => texts.get("plans-draft"),
    }
}

/// One finding that somebody answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredLine {
    /// What the finding said then.
    pub finding: String,
    /// Why the plan is right nevertheless; that the reason has lapsed is said.
    pub reason: String,
    /// Who answers.
    pub by: String,
    /// True when the finding says something else now.
    pub lapsed: bool,
}

/// All reasons that were given, lapsed ones too.
#[must_use]
pub fn answered(plan: &Plan, texts: &Texts) -> Vec<AnsweredLine> {
    let line = |given: &Override| AnsweredLine {
        finding: texts.say(&given.finding),
        reason: match given.lapsed {
            true => format!("{} ({})", given.reason, texts.get("report-lapsed")),
            false => given.reason.clone(),
        },
        by: given.by.clone(),
        lapsed: given.lapsed,
    };
    plan.overrides.iter().map(line).collect()
}
