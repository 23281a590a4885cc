//! Why a rehearsal cannot be made.

use crate::{
    i18n::{Said, Texts},
    risk::dislocation::RehearsalError,
};

impl Said for RehearsalError {
    fn find(&self, texts: &Texts) -> Option<String> {
        match self {
            Self::Read { path, source } => {
                texts.find("error-rehearsal-read", &[("path", &path.display().to_string()), ("reason", &source.to_string())])
            }
            // What is wrong with an entry, and with its form, is told in English.
            Self::Syntax { path, line, column, reason } => texts.find(
                "error-rehearsal-syntax",
                &[
                    ("path", &path.display().to_string()),
                    ("line", &line.to_string()),
                    ("column", &column.to_string()),
                    ("reason", reason),
                ],
            ),
            Self::Content { path, problem } => {
                texts.find("error-rehearsal-content", &[("path", &path.display().to_string()), ("problem", problem)])
            }
            Self::UnknownApproach { wanted, known } => {
                texts.find("error-rehearsal-approach", &[("wanted", wanted), ("known", known)])
            }
            Self::UnknownStructure { wanted, known } => {
                texts.find("error-rehearsal-structure", &[("wanted", wanted), ("known", known)])
            }
            Self::NoStem { plan } => texts.find("error-rehearsal-no-stem", &[("plan", &plan.to_string())]),
            Self::Weight { found } => texts.find("error-rehearsal-weight", &[("found", &found.to_string())]),
            Self::NoPath { activity } => texts.find("error-rehearsal-no-path", &[("activity", activity)]),
            Self::Plan(error) => error.find(texts),
            // What motion and activities refuse is told in English.
            Self::Motion(_) | Self::Activity(_) => None,
        }
    }
}
