//! What a body is, without any Bevy: the vocabulary that panels, systems and documents share.

use crate::{frames::Side, labels::Label, plan::ImplantPart};

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BodyKind {
    /// A bone, or metal that was there before.
    Bone(Label),
    /// A part of the planned implant.
    Implant(ImplantPart),
}

impl BodyKind {
    /// Key of its name in the language files.
    #[must_use]
    pub fn text_key(self) -> String {
        match self {
            Self::Bone(label) => format!("bone-{}", label.name().replace('_', "-")),
            Self::Implant(ImplantPart::Cup) => "implant-cup".into(),
            Self::Implant(ImplantPart::Head) => "implant-head".into(),
            Self::Implant(ImplantPart::Stem) => "implant-stem".into(),
            Self::Implant(ImplantPart::Augment) => "implant-augment".into(),
        }
    }

    /// The side of the body it belongs to, where it has one of its own.
    #[must_use]
    pub const fn side(self) -> Option<Side> {
        match self {
            Self::Bone(label) => label.side(),
            Self::Implant(_) => None,
        }
    }

    /// True for what follows the femur of `operated` when its hip moves. The shank is left out: a knee is not simulated.
    #[must_use]
    pub fn follows_femur(self, operated: Side) -> bool {
        match self {
            Self::Bone(label) => label == Label::femur(operated),
            Self::Implant(part) => matches!(part, ImplantPart::Head | ImplantPart::Stem),
        }
    }

    /// Linear-light base colour, metallic, roughness.
    #[must_use]
    pub const fn surface(self) -> ([f32; 3], f32, f32) {
        match self {
            Self::Bone(Label::Sacrum | Label::LumbarVertebra) => ([0.66, 0.52, 0.36], 0.0, 0.75),
            Self::Bone(Label::FemurLeft | Label::FemurRight) => ([0.83, 0.75, 0.60], 0.0, 0.7),
            Self::Bone(Label::Metal) => ([0.45, 0.48, 0.55], 0.6, 0.4),
            Self::Bone(_) => ([0.77, 0.65, 0.47], 0.0, 0.75),
            Self::Implant(ImplantPart::Cup) => ([0.42, 0.50, 0.60], 0.5, 0.45),
            Self::Implant(ImplantPart::Head) => ([0.82, 0.60, 0.66], 0.1, 0.2),
            Self::Implant(ImplantPart::Stem) => ([0.50, 0.56, 0.63], 0.6, 0.4),
            Self::Implant(ImplantPart::Augment) => ([0.36, 0.42, 0.50], 0.4, 0.7),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_operated_femur_with_head_and_stem_follows_the_hip() {
        assert!(BodyKind::Bone(Label::FemurLeft).follows_femur(Side::Left));
        assert!(!BodyKind::Bone(Label::FemurRight).follows_femur(Side::Left));
        assert!(!BodyKind::Bone(Label::HipLeft).follows_femur(Side::Left));
        assert!(BodyKind::Implant(ImplantPart::Stem).follows_femur(Side::Right));
        assert!(!BodyKind::Implant(ImplantPart::Cup).follows_femur(Side::Right));
    }
}
