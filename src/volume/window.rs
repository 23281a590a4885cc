//! Which Hounsfield units are black and which are white.

use super::Volume;
use rayon::prelude::*;
use std::str::FromStr;

/// A range of Hounsfield units from black to white, as DICOM's Window Center and Window Width (PS3.3 C.11.2.1.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreyWindow {
    /// What is half way between black and white, HU.
    pub centre_hu: f64,
    /// From black to white, HU; 1 at least.
    pub width_hu: f64,
}

impl GreyWindow {
    /// The narrowest, HU.
    pub const NARROWEST_HU: f64 = 1.0;

    /// The brightness of a value, 0 to 255, by DICOM's linear function.
    #[must_use]
    pub fn grey(&self, hu: i16) -> u8 {
        let width = self.width_hu.max(Self::NARROWEST_HU);
        // A width of 1 is a threshold; the function of the standard would divide by zero.
        let share = (f64::from(hu) - (self.centre_hu - 0.5)) / (width - 1.0).max(1e-9) + 0.5;
        (255.0 * share.clamp(0.0, 1.0)).round() as u8
    }
}

/// Windows with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowPreset {
    /// Cortex and spongiosa.
    Bone,
    /// Muscle, fat, effusions.
    Soft,
    /// Implants and what lies next to them.
    Metal,
    /// From the least value of the scan to the greatest.
    Full,
}

impl WindowPreset {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Bone, Self::Soft, Self::Metal, Self::Full];

    /// Its name on the command line, and in the keys of the language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bone => "bone",
            Self::Soft => "soft",
            Self::Metal => "metal",
            Self::Full => "full",
        }
    }

    /// The window; `range` are the least and greatest value of the scan, HU.
    #[must_use]
    pub fn window(self, range: [i16; 2]) -> GreyWindow {
        let (centre_hu, width_hu) = match self {
            Self::Bone => (400.0, 1800.0),
            Self::Soft => (40.0, 400.0),
            Self::Metal => (2000.0, 6000.0),
            Self::Full => {
                let [least, greatest] = range.map(f64::from);
                ((least + greatest + 1.0) / 2.0, greatest - least + 1.0)
            }
        };
        GreyWindow { centre_hu, width_hu }
    }
}

impl FromStr for WindowPreset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|preset| preset.name() == text);
        named.ok_or_else(|| format!("unknown window '{text}'; known: {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// The least and greatest value of a scan, HU; of an empty one those of air and water.
#[must_use]
pub fn range_hu(volume: &Volume) -> [i16; 2] {
    let part = |part: &[i16]| part.iter().fold([i16::MAX, i16::MIN], |[least, most], &hu| [least.min(hu), most.max(hu)]);
    let joined = |[a, b]: [i16; 2], [c, d]: [i16; 2]| [a.min(c), b.max(d)];
    let [least, most] = volume.hu.par_chunks(1 << 16).map(part).reduce(|| [i16::MAX, i16::MIN], joined);
    if least > most { [-1000, 0] } else { [least, most] }
}
