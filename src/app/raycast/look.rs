//! How a CT looks as a solid: plain data.

use std::str::FromStr;

/// What of it is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SolidLook {
    /// Bone and metal.
    #[default]
    Bone,
    /// Soft tissue as a veil over it.
    Skin,
    /// The greatest value along each ray.
    Greatest,
    /// What each ray loses on its way, as on a radiograph from where the eye is.
    Xray,
}

impl SolidLook {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bone, Self::Skin, Self::Greatest, Self::Xray];

    /// The name on the command line; behind `solid-` the key of its sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bone => "bone",
            Self::Skin => "skin",
            Self::Greatest => "mip",
            Self::Xray => "xray",
        }
    }

    /// As the shader has it.
    pub(super) const fn number(self) -> f32 {
        match self {
            Self::Bone => 0.0,
            Self::Skin => 1.0,
            Self::Greatest => 2.0,
            Self::Xray => 3.0,
        }
    }
}

/// What is cut away, through the cross-hair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SolidCut {
    /// Nothing.
    #[default]
    None,
    /// What lies in front.
    Coronal,
    /// What lies above.
    Axial,
    /// What lies lateral on the planned side.
    Sagittal,
}

impl SolidCut {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::Coronal, Self::Axial, Self::Sagittal];

    /// The name on the command line; behind `solid-cut-` the key of its sentence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Coronal => "coronal",
            Self::Axial => "axial",
            Self::Sagittal => "sagittal",
        }
    }
}

/// Whether and how it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolidView {
    /// On screen.
    pub shown: bool,
    /// What is seen.
    pub look: SolidLook,
    /// What is cut away.
    pub cut: SolidCut,
    /// How dense matter is, 0.1 to 2; 1 as the look has it.
    pub density: f32,
}

impl SolidView {
    /// True where bones are seen as an X-ray, and their surfaces are not drawn.
    #[must_use]
    pub fn through_bones(&self) -> bool {
        self.shown && self.look == SolidLook::Xray
    }
}

impl Default for SolidView {
    fn default() -> Self {
        Self { shown: false, look: SolidLook::Bone, cut: SolidCut::None, density: 1.0 }
    }
}

/// A look, and behind a comma a cut: `bone`, `skin,coronal`.
impl FromStr for SolidView {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (look, cut) = text.split_once(',').unwrap_or((text, "none"));
        let looks = SolidLook::ALL.into_iter().find(|known| known.name() == look);
        let cuts = SolidCut::ALL.into_iter().find(|known| known.name() == cut);
        match (looks, cuts) {
            (Some(look), Some(cut)) => Ok(Self { shown: true, look, cut, ..Self::default() }),
            _ => Err(format!(
                "'{text}' is no look of a CT; expected bone, skin, mip or xray, and behind a comma coronal, axial or sagittal"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_and_cuts_are_named() {
        let view = |text: &str| text.parse::<SolidView>();
        assert_eq!(view("bone"), Ok(SolidView { shown: true, ..SolidView::default() }));
        let cut = view("skin,sagittal").unwrap();
        assert_eq!((cut.look, cut.cut), (SolidLook::Skin, SolidCut::Sagittal));
        assert!(view("xray").unwrap().through_bones() && !view("mip").unwrap().through_bones());
        assert!(view("bone,slanted").is_err() && view("").is_err());
    }
}
