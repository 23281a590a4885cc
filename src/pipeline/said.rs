//! Errors of the road in other languages than English, by their own fields.

use super::{LandmarkError, PipelineError, by_hand::FURTHEST_MM};
use crate::{
    anatomy::LandmarkName,
    i18n::{Said, Texts},
};

impl Said for LandmarkError {
    fn find(&self, texts: &Texts) -> Option<String> {
        let of = |key, name: &LandmarkName| texts.find(key, &[("landmark", &texts.of("landmark", name.key(), name.key()))]);
        match self {
            Self::SideMissing { name } => of("error-landmark-side-missing", name),
            Self::SideGiven { name } => of("error-landmark-side-given", name),
            Self::NotFinite { position } => texts.find("error-landmark-not-finite", &[("position", &format!("{position:?}"))]),
            Self::NoBone { name } => of("error-landmark-no-bone", name),
            Self::TooFar { name, distance_mm, from } => texts.find(
                "error-landmark-too-far",
                &[
                    ("landmark", &texts.of("landmark", name.key(), name.key())),
                    ("distance", &format!("{distance_mm:.1}")),
                    ("from", &texts.of("landmark-far-from", from.key(), &from.to_string())),
                    ("furthest", &format!("{FURTHEST_MM:.0}")),
                ],
            ),
        }
    }
}

impl Said for PipelineError {
    fn find(&self, texts: &Texts) -> Option<String> {
        match self {
            Self::Anatomy(error) => error.find(texts),
            Self::Landmark(error) => error.find(texts),
            Self::Plan(error) => error.find(texts),
            Self::Storage(error) => error.find(texts),
            Self::Bones(faults) => {
                let faults: Vec<_> = faults.iter().map(|fault| texts.say(fault)).collect();
                texts.find("error-bones", &[("faults", &faults.join("；\n"))])
            }
            Self::Io(error) => texts.find("error-file-not-written", &[("reason", &error.to_string())]),
            Self::LabelsOnAnotherGrid { path } => {
                texts.find("error-labels-on-another-grid", &[("path", &path.display().to_string())])
            }
            // What made the labels doubtful is told in English.
            Self::Doubtful { side, reasons } => {
                texts.find("error-doubtful", &[("side", &texts.side(*side)), ("reasons", &reasons.join("; "))])
            }
            Self::BoneGone { bone, case } => {
                let bone = texts.of("bone", bone, bone);
                texts.find("error-bone-gone", &[("bone", &bone), ("case", &case.display().to_string())])
            }
            Self::NoSlicePlane { side } => texts.find("error-no-slice-plane", &[("side", &texts.side(*side))]),
            Self::Cancelled => texts.find("error-cancelled", &[]),
            _ => None,
        }
    }
}
