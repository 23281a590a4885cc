//! Why an edit of the labels is refused.

use crate::{
    i18n::{Said, Texts},
    labels::{Label, edit::EditError},
};

impl Said for EditError {
    fn find(&self, texts: &Texts) -> Option<String> {
        let bone = |label: Label| texts.get(&format!("bone-{}", label.name().replace('_', "-")));
        match self {
            Self::NotFinite { found, .. } => {
                let [x, y, z] = [found.x, found.y, found.z].map(|value| value.to_string());
                texts.find("error-labels-not-finite", &[("x", &x), ("y", &y), ("z", &z)])
            }
            Self::Radius { found, most } => {
                texts.find("error-labels-radius", &[("found", &found.to_string()), ("most", &most.to_string())])
            }
            Self::Sigma { found, most } => {
                texts.find("error-labels-sigma", &[("found", &found.to_string()), ("most", &most.to_string())])
            }
            Self::NoStroke => texts.find("error-labels-no-stroke", &[]),
            Self::EmptyBox => texts.find("error-labels-empty-box", &[]),
            Self::NoNormal => texts.find("error-labels-no-normal", &[]),
            Self::LeavesSlice { first, other } => {
                texts.find("error-labels-leaves-slice", &[("first", &first.to_string()), ("other", &other.to_string())])
            }
            Self::Range { low, high } => {
                texts.find("error-labels-range", &[("low", &low.to_string()), ("high", &high.to_string())])
            }
            Self::Outside => texts.find("error-labels-outside", &[]),
            Self::NoBone => texts.find("error-labels-no-bone", &[]),
            Self::SameLabel { label } => texts.find("error-labels-same", &[("label", &bone(*label))]),
            Self::OtherLabel { found, expected } => {
                let found = Label::from_id(*found).map_or_else(|| found.to_string(), bone);
                texts.find("error-labels-other", &[("found", &found), ("expected", &bone(*expected))])
            }
            Self::SeedBarred { hu } => texts.find("error-labels-seed", &[("hu", &hu.to_string())]),
            Self::OtherSide { label, beyond_mm, landmark } => {
                let middle = match *landmark {
                    "the sacrum" => "middle-sacrum",
                    "the bones of both sides" => "middle-both-sides",
                    _ => "middle-other-side",
                };
                let (beyond, middle) = (format!("{beyond_mm:.0}"), texts.get(middle));
                texts.find("error-labels-side", &[("label", &bone(*label)), ("beyond", &beyond), ("middle", &middle)])
            }
            Self::UnknownLabel { id } => texts.find("error-labels-unknown", &[("id", &id.to_string())]),
            Self::OtherGrid => texts.find("error-labels-grid", &[]),
            Self::OtherState { .. } => texts.find("error-labels-state", &[]),
        }
    }
}
