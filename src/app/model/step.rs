//! The straight path through a case: eight steps, each with a mark that says how it stands.

use crate::{
    anatomy::Finding,
    plan::{Severity, severity},
};
use std::str::FromStr;

use super::Layer;

/// A step of the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Whose hip this is, and where its images come from.
    #[default]
    Case,
    /// The bones as they were segmented.
    Bones,
    /// Points, planes and axes on them.
    Landmarks,
    /// What is measured on both hips, and what is out of the ordinary.
    Diagnosis,
    /// The cup.
    Cup,
    /// Stem and head.
    Stem,
    /// Motion, impingement, dislocation.
    Motion,
    /// Review, approval, report.
    Report,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 8] =
        [Self::Case, Self::Bones, Self::Landmarks, Self::Diagnosis, Self::Cup, Self::Stem, Self::Motion, Self::Report];

    /// From 1.
    #[must_use]
    pub fn number(self) -> usize {
        1 + Self::ALL.iter().position(|step| *step == self).unwrap_or(0)
    }

    /// The name on the command line; behind `step-` it is the key of its title, with `-look` of the sentence that says what to look at.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Bones => "bones",
            Self::Landmarks => "landmarks",
            Self::Diagnosis => "diagnosis",
            Self::Cup => "cup",
            Self::Stem => "stem",
            Self::Motion => "motion",
            Self::Report => "report",
        }
    }

    /// The step before.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        Self::ALL[..self.number() - 1].last().copied()
    }

    /// The step after.
    #[must_use]
    pub fn after(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    /// What is drawn over the bones while one is at this step.
    #[must_use]
    pub const fn layers(self) -> &'static [Layer] {
        match self {
            Self::Landmarks => &[Layer::Landmarks],
            Self::Diagnosis => &[Layer::Angles],
            _ => &[],
        }
    }

    /// True where what is tried, and the target zone, are on screen.
    #[must_use]
    pub const fn shows_zone(self) -> bool {
        matches!(self, Self::Cup | Self::Motion)
    }

    /// True where the risks of what is tried are on screen.
    #[must_use]
    pub const fn shows_risks(self) -> bool {
        matches!(self, Self::Cup | Self::Stem | Self::Motion)
    }

    /// True where the bones are judged as they were scanned, and no implants are in the way.
    #[must_use]
    pub const fn shows_as_scanned(self) -> bool {
        matches!(self, Self::Bones | Self::Landmarks | Self::Diagnosis)
    }

    /// The step at which a finding is told; `None` for one that is not known.
    #[must_use]
    pub fn of(finding: &Finding) -> Option<Self> {
        let key = finding.key.strip_prefix("finding-")?;
        FINDINGS.iter().find(|(keys, _)| keys.iter().any(|known| matches(known, key))).map(|(_, step)| *step)
    }
}

/// A key, or the beginning of one where it ends in a star.
fn matches(known: &str, key: &str) -> bool {
    known.strip_suffix('*').map_or(known == key, |beginning| key.starts_with(beginning))
}

/// Which findings are told where; the first line that names one counts.
const FINDINGS: [(&[&str], Step); 7] = [
    (&["import", "stale", "side", "file-ignored", "catalogue-changed", "unknown-implant"], Step::Case),
    (
        &[
            "segmentation",
            "hip-bone-cut-off",
            "hip-missing",
            "hip-bone-missing",
            "sacrum-missing",
            "femur-missing",
            "femur-cut-off",
            "femur-too-short",
            "femur-short",
            "bone-strange",
            "side-unsure",
            "knee-not-in-scan",
            "tibia-cut-off",
            "metal-near",
        ],
        Step::Bones,
    ),
    (
        &["landmarks-by-hand", "hip-not-measured", "hip-not-joined", "pelvis-not-measured", "knee-estimated", "head-not-round"],
        Step::Landmarks,
    ),
    (
        &[
            "head-not-concentric",
            "dysplasia",
            "pincer",
            "protrusio",
            "coxa-*",
            "femoral-*",
            "cam",
            "leg-length-scanned",
            "knee-flexed",
            "pelvic-incidence",
            "osteoporotic-canal",
        ],
        Step::Diagnosis,
    ),
    (
        &[
            "cup-*",
            "dome",
            "graft-*",
            "augment*",
            "screw-*",
            "liner-cup",
            "hardware-cup",
            "hardware-screws",
            "hardware-near-cup",
            "change-stale",
        ],
        Step::Cup,
    ),
    (&["stem-*", "canal-*", "head-*", "leg-length", "offset", "nerve*", "osteotomy*", "hardware-*"], Step::Stem),
    (&["motion-*"], Step::Motion),
];

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nothing is open here.
    Done,
    /// Something is worked out, or waits for a person.
    Open,
    /// So many things should be looked at.
    Look(usize),
    /// So many things may not be as they are.
    Hard(usize),
    /// There is nothing of this in the case.
    Missing,
}

impl Mark {
    /// How many things are to be looked at or changed.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Look(count) | Self::Hard(count) => count,
            Self::Done | Self::Open | Self::Missing => 0,
        }
    }

    /// Of a step at which these are told: notes do not count.
    #[must_use]
    pub fn of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Self {
        let (mut look, mut hard) = (0, 0);
        for finding in findings {
            match severity(&finding.key) {
                Severity::Note => {}
                Severity::Warning => look += 1,
                Severity::Hard => hard += 1,
            }
        }
        match (look, hard) {
            (0, 0) => Self::Done,
            (look, 0) => Self::Look(look),
            (_, hard) => Self::Hard(hard),
        }
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|step| step.name() == text || step.number().to_string() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.map(|step| format!("{} {}", step.number(), step.name())).into();
            format!("'{text}' is no step; the steps are: {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_told_at_a_step() {
        let keys =
            include_str!("../../../assets/i18n/en.ftl").lines().filter_map(|line| line.split_once(" = ").map(|(key, _)| key));
        let findings: Vec<_> = keys.filter(|key| key.starts_with("finding-")).collect();
        assert!(findings.len() > 90, "only {} findings were found", findings.len());
        for key in findings {
            assert!(Step::of(&Finding::new(key, None, "")).is_some(), "{key} is told nowhere");
        }
    }

    #[test]
    fn the_path_is_straight() {
        assert_eq!(Step::Case.before(), None);
        assert_eq!(Step::Report.after(), None);
        for pair in Step::ALL.windows(2) {
            assert_eq!((pair[0].after(), pair[1].before()), (Some(pair[1]), Some(pair[0])));
        }
        assert_eq!("5".parse(), Ok(Step::Cup));
        assert_eq!("cup".parse(), Ok(Step::Cup));
        assert!("hat".parse::<Step>().is_err_and(|why| why.contains("8 report")));
    }

    #[test]
    fn what_weighs_most_marks_the_step() {
        let finding = |key| Finding::new(key, None, "");
        let note = finding("finding-cup-functional");
        let [warning, hard] = ["finding-cup-coverage", "finding-cup-breach"].map(finding);
        assert_eq!(Mark::of([&note].into_iter()), Mark::Done);
        assert_eq!(Mark::of([&note, &warning].into_iter()), Mark::Look(1));
        assert_eq!(Mark::of([&warning, &hard].into_iter()), Mark::Hard(1));
    }
}
