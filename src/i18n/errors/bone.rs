//! What forbids measuring a bone as it was given.

use crate::{
    anatomy::BoneFault,
    i18n::{Said, Texts},
};

impl Said for BoneFault {
    fn find(&self, texts: &Texts) -> Option<String> {
        match self {
            Self::Empty { bone } => texts.find("error-bone-empty", &[("bone", &texts.bone(*bone))]),
            Self::Open { bone, edges } => {
                texts.find("error-bone-open", &[("bone", &texts.bone(*bone)), ("edges", &edges.to_string())])
            }
            Self::Inverted { bone, volume_ml } => {
                texts.find("error-bone-inverted", &[("bone", &texts.bone(*bone)), ("volume", &format!("{volume_ml:.0}"))])
            }
            Self::Turned { bone, turn_deg, about_z } => {
                let key = if *about_z { "error-bone-turned-about-z" } else { "error-bone-turned" };
                texts.find(key, &[("bone", &texts.bone(*bone)), ("turn", &format!("{turn_deg:.0}"))])
            }
            Self::SidesSwapped { left, right, apart_mm } => texts.find(
                "error-bone-sides-swapped",
                &[("left", &texts.bone(*left)), ("right", &texts.bone(*right)), ("apart", &format!("{apart_mm:.0}"))],
            ),
            // These say in English what gave them away.
            Self::Unit { .. } | Self::SeveralBones { .. } | Self::OtherBone { .. } => None,
        }
    }
}
