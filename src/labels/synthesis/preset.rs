//! Kinds of patients and scans that can be drawn by name.

use super::random::{Dice, hash};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A kind of patient and scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "`about` says in one sentence what each of them is")]
pub enum Preset {
    Normal,
    Varied,
    Wild,
    Osteoarthritis,
    Dysplasia,
    Subluxation,
    #[serde(rename = "crowe-2")]
    Crowe2,
    #[serde(rename = "crowe-3")]
    Crowe3,
    #[serde(rename = "crowe-4")]
    Crowe4,
    Osteoporosis,
    Cam,
    NeckFracture,
    ShortFemur,
    OneSided,
    Cropped,
    Stem,
    TotalHip,
    Plate,
    Nail,
    Screws,
    Contrast,
    BowelGas,
    ArmsOnBelly,
    Cast,
    NoTable,
    Noisy,
    ThickSlices,
    SharpKernel,
    FeetFirst,
    Rotated,
    Varus,
    Stovepipe,
}

impl Preset {
    /// Every preset, in the order in which they are listed.
    pub const ALL: [Self; 32] = [
        Self::Normal,
        Self::Varied,
        Self::Wild,
        Self::Osteoarthritis,
        Self::Dysplasia,
        Self::Subluxation,
        Self::Crowe2,
        Self::Crowe3,
        Self::Crowe4,
        Self::Osteoporosis,
        Self::Cam,
        Self::NeckFracture,
        Self::ShortFemur,
        Self::OneSided,
        Self::Cropped,
        Self::Stem,
        Self::TotalHip,
        Self::Plate,
        Self::Nail,
        Self::Screws,
        Self::Contrast,
        Self::BowelGas,
        Self::ArmsOnBelly,
        Self::Cast,
        Self::NoTable,
        Self::Noisy,
        Self::ThickSlices,
        Self::SharpKernel,
        Self::FeetFirst,
        Self::Rotated,
        Self::Varus,
        Self::Stovepipe,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Varied => "varied",
            Self::Wild => "wild",
            Self::Osteoarthritis => "osteoarthritis",
            Self::Dysplasia => "dysplasia",
            Self::Subluxation => "subluxation",
            Self::Crowe2 => "crowe-2",
            Self::Crowe3 => "crowe-3",
            Self::Crowe4 => "crowe-4",
            Self::Osteoporosis => "osteoporosis",
            Self::Cam => "cam",
            Self::NeckFracture => "neck-fracture",
            Self::ShortFemur => "short-femur",
            Self::OneSided => "one-sided",
            Self::Cropped => "cropped",
            Self::Stem => "stem",
            Self::TotalHip => "total-hip",
            Self::Plate => "plate",
            Self::Nail => "nail",
            Self::Screws => "screws",
            Self::Contrast => "contrast",
            Self::BowelGas => "bowel-gas",
            Self::ArmsOnBelly => "arms-on-belly",
            Self::Cast => "cast",
            Self::NoTable => "no-table",
            Self::Noisy => "noisy",
            Self::ThickSlices => "thick-slices",
            Self::SharpKernel => "sharp-kernel",
            Self::FeetFirst => "feet-first",
            Self::Rotated => "rotated",
            Self::Varus => "varus",
            Self::Stovepipe => "stovepipe",
        }
    }

    /// The preset of a name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// True when every patient of it has metal in one hip; a `wild` one may have some.
    #[must_use]
    pub const fn has_metal(self) -> bool {
        matches!(self, Self::Stem | Self::TotalHip | Self::Plate | Self::Nail | Self::Screws)
    }

    /// What it draws, in one sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Normal => "An ordinary patient within 2 standard deviations of the shape model, on an ordinary scanner.",
            Self::Varied => {
                "Shapes beyond the model with a smooth free-form deformation, any pose, any bone density, an own spine."
            }
            Self::Wild => "Everything at once and more varied than reality: what a network should be trained on.",
            Self::Osteoarthritis => {
                "Joint spaces narrow to absent, the roof sclerotic, osteophytes on rim and head–neck junction."
            }
            Self::Dysplasia => "A shallow, steep socket and a valgus, anteverted neck, the head a little lateral.",
            Self::Subluxation => "A dysplastic hip whose head has slipped up by 15 to 45 % of its diameter (Crowe I).",
            Self::Crowe2 => "A dysplastic hip whose head stands 50 to 75 % of its diameter too high.",
            Self::Crowe3 => "A dysplastic hip whose head stands 75 to 100 % of its diameter too high.",
            Self::Crowe4 => "A dislocated hip whose head stands 105 to 150 % of its diameter too high.",
            Self::Osteoporosis => "Thin cortices and soft spongy bone, down to −50 HU.",
            Self::Cam => "A bump of 2 to 6 mm on the front and top of the head–neck junction.",
            Self::NeckFracture => "A femoral neck broken across, with a gap and a step; both pieces are femur.",
            Self::ShortFemur => "A scan that ends just below or even above the lesser trochanters.",
            Self::OneSided => "A scan that holds one hip, with or without the symphysis and the sacrum.",
            Self::Cropped => "A scan from just above the hip joints to just below them.",
            Self::Stem => "One femoral head replaced by a stem with a large ball.",
            Self::TotalHip => "One hip replaced by cup, ball and stem.",
            Self::Plate => "A plate with screws on one femur.",
            Self::Nail => "A nail in one femur with a lag screw up its neck.",
            Self::Screws => "Two to four screws up one femoral neck.",
            Self::Contrast => "Contrast medium in vessels, bladder and bowel, arteries calcified.",
            Self::BowelGas => "Bowel full of gas.",
            Self::ArmsOnBelly => "Forearms and hands upon the belly.",
            Self::Cast => "A plaster cast about pelvis and thighs, no table.",
            Self::NoTable => "No table in the field of view, and nothing reconstructed outside a circle.",
            Self::Noisy => "Four to eight times the usual noise.",
            Self::ThickSlices => "Slices 3 to 5 mm thick.",
            Self::SharpKernel => "A sharp kernel: edges overshoot, noise is strong.",
            Self::FeetFirst => "Stored as a feet-first series: first slice at the head end, rows from left to right.",
            Self::Rotated => "A patient who lies turned by 10 to 20° about all three axes.",
            Self::Varus => "Femoral necks bent down by 8 to 18°, with high offset.",
            Self::Stovepipe => {
                "Femora with a wide canal that hardly narrows (Dorr C): cortices a quarter to two fifths as thick as usual."
            }
        }
    }

    /// A preset for training: half of them wild, the rest by how much a network has to learn from them.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        const SHARES: [(Preset, f64); 18] = [
            (Preset::Wild, 50.0),
            (Preset::Varied, 12.0),
            (Preset::Normal, 3.0),
            (Preset::Osteoarthritis, 6.0),
            (Preset::Osteoporosis, 4.0),
            (Preset::Dysplasia, 3.0),
            (Preset::Subluxation, 2.0),
            (Preset::Crowe2, 1.0),
            (Preset::Crowe3, 1.0),
            (Preset::Crowe4, 2.0),
            (Preset::NeckFracture, 2.0),
            (Preset::Cam, 1.0),
            (Preset::Stem, 3.0),
            (Preset::TotalHip, 4.0),
            (Preset::Plate, 2.0),
            (Preset::Nail, 1.5),
            (Preset::Screws, 1.5),
            (Preset::Rotated, 1.0),
        ];
        let total: f64 = SHARES.iter().map(|(_, share)| share).sum();
        let mut left = Dice::new(hash(seed), 9).uniform(0.0..=total);
        for (preset, share) in SHARES {
            left -= share;
            if left < 0.0 {
                return preset;
            }
        }
        Self::Wild
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_name(text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.into_iter().map(Self::name).collect();
            format!("there is no preset '{text}'; choose one of {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_lead_back() {
        for preset in Preset::ALL {
            assert_eq!(Preset::from_name(preset.name()), Some(preset));
            assert_eq!(serde_json::to_string(&preset).unwrap(), format!("\"{preset}\""));
            assert!(preset.about().ends_with('.'));
        }
        assert!("hip".parse::<Preset>().unwrap_err().contains("crowe-4"));
    }

    #[test]
    fn training_sees_every_kind_of_disease_and_half_of_it_wild() {
        let drawn: Vec<_> = (0..2000).map(Preset::random).collect();
        let share = |preset| drawn.iter().filter(|p| **p == preset).count() as f64 / 2000.0;
        assert!((0.45..0.55).contains(&share(Preset::Wild)));
        assert!(share(Preset::Crowe2) > 0.002 && share(Preset::TotalHip) > 0.02);
    }
}
