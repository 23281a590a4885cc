//! How a plan stands: draft, reviewed or approved, and what of its findings somebody answers for.

use super::{Plan, Severity, severity};
use crate::anatomy::Finding;
use serde::{Deserialize, Serialize};

/// How far a plan has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PlanState {
    /// Nobody has looked at it as it is.
    Draft,
    /// Somebody has.
    Reviewed,
    /// It is never changed again.
    Approved,
}

impl PlanState {
    /// Its name in JSON, and behind `plans-` in the language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Reviewed => "reviewed",
            Self::Approved => "approved",
        }
    }
}

/// That somebody has looked at a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Role or initials, never a patient's name.
    pub by: String,
    /// When, UTC (RFC 3339), by the computer's clock.
    pub when: String,
}

/// A finding that somebody answers for, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// What it said when it was overridden, numbers included.
    pub finding: Finding,
    /// Why the plan is right nevertheless.
    pub reason: String,
    /// Role or initials, never a patient's name.
    pub by: String,
    /// True once an edit has changed what the finding says, or taken it away: the reason was given for something else.
    #[serde(default, skip_serializing_if = "is_false")]
    pub lapsed: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// What the search and a person's edit say of the same thing.
const ALIKE: [[&str; 2]; 2] = [["finding-cup-breach", "finding-cup-breached"], ["finding-canal-narrow", "finding-stem-tight"]];

impl Override {
    /// True when the reason was given for what this finding says: the same thing with the same numbers.
    #[must_use]
    pub fn answers(&self, finding: &Finding) -> bool {
        let known = &self.finding;
        let alike = known.key == finding.key
            || ALIKE.iter().any(|keys| [&known.key, &finding.key].iter().all(|key| keys.contains(&key.as_str())));
        let said = if known.values.is_empty() { known.text == finding.text } else { known.values == finding.values };
        !self.lapsed && alike && said && known.side == finding.side
    }
}

impl Plan {
    /// How far it has come.
    #[must_use]
    pub const fn state(&self) -> PlanState {
        if self.approval.is_some() {
            PlanState::Approved
        } else if self.review.is_some() {
            PlanState::Reviewed
        } else {
            PlanState::Draft
        }
    }

    /// The override that stands for a finding.
    #[must_use]
    pub fn overridden(&self, finding: &Finding) -> Option<&Override> {
        self.overrides.iter().find(|given| given.answers(finding))
    }

    /// What may not be and nobody answers for: with it the plan is not approved.
    #[must_use]
    pub fn unanswered(&self) -> Vec<&Finding> {
        let hard = self.findings.iter().filter(|finding| severity(&finding.key) == Severity::Hard);
        hard.filter(|finding| self.overridden(finding).is_none()).collect()
    }

    /// Marks the reasons whose findings say something else now. One that has lapsed stays so.
    pub(super) fn lapse(&mut self) {
        for given in &mut self.overrides {
            given.lapsed = !self.findings.iter().any(|finding| given.answers(finding));
        }
    }
}
