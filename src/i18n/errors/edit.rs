//! Edits of a plan, and why they are refused.

use crate::{
    i18n::{Said, Texts},
    plan::edit::{Command, EditError, PelvicFrame, listed},
};

impl Said for Command {
    fn find(&self, texts: &Texts) -> Option<String> {
        let (key, values) = self.message();
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let said = texts.find(key, &values)?;
        let Some((definition, frame)) = self.meant() else { return Some(said) };
        let definition = texts.of("definition-of-cup", definition.name(), definition.name());
        texts.find("command-meant", &[("command", &said), ("definition", &definition), ("frame", &texts.say(frame))])
    }
}

impl Said for PelvicFrame {
    fn find(&self, texts: &Texts) -> Option<String> {
        let tilt = match self {
            Self::Tilted(tilt_deg) => format!("{tilt_deg:+}"),
            _ => String::new(),
        };
        texts.find(self.key(), &[("tilt", &tilt)])
    }
}

impl Said for EditError {
    fn find(&self, texts: &Texts) -> Option<String> {
        match self {
            Self::Approved { number } => texts.find("error-edit-approved", &[("number", &number.to_string())]),
            Self::NotFinite { what } => texts.find("error-edit-not-finite", &[("what", what)]),
            Self::Beyond { limit, found, least, most } => {
                let [found, least, most] = [found, least, most].map(|value| format!("{value:.1}"));
                let limit_name = texts.of("limit", limit.name(), limit.name());
                texts.find(
                    "error-edit-beyond",
                    &[("limit", &limit_name), ("found", &found), ("least", &least), ("most", &most), ("unit", limit.unit())],
                )
            }
            Self::HeadLiner { head, head_mm, cup, liner_mm, allowed } => texts.find(
                "error-edit-head-liner",
                &[
                    ("head", head),
                    ("head-mm", &head_mm.to_string()),
                    ("cup", cup),
                    ("liner-mm", &liner_mm.to_string()),
                    ("allowed", &allowed.join("、")),
                ],
            ),
            Self::Liner { liner, cup, allowed } => {
                texts.find("error-edit-liner", &[("liner", liner), ("cup", cup), ("allowed", &allowed.join("、"))])
            }
            Self::Augment { augment, cup, allowed } => {
                texts.find("error-edit-augment", &[("augment", augment), ("cup", cup), ("allowed", &listed(allowed))])
            }
            Self::NoClockFace => texts.find("error-edit-no-clock-face", &[]),
            Self::NoLiner => texts.find("error-edit-no-liner", &[]),
            Self::NoStem => texts.find("error-edit-no-stem", &[]),
            Self::NoTrochanter => texts.find("error-edit-no-trochanter", &[]),
            Self::NoAngle => texts.find("error-edit-no-angle", &[]),
            Self::NoFinding { key, known } => texts.find("error-edit-no-finding", &[("key", key), ("known", &listed(known))]),
            Self::Empty { what } => texts.find("error-edit-empty", &[("what", what)]),
            Self::Plan(error) => error.find(texts),
        }
    }
}
