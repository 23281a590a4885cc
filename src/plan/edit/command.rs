//! What a person can do to a plan.

use super::PelvicFrame;
use crate::{
    anatomy::CupDefinition,
    plan::{Correction, Plan},
};
use nalgebra::Point3;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One change of a plan: plain data. Lengths in mm, angles in degrees; directions are those of the pelvis (anterior pelvic plane) for the cup
/// and of the stem itself for the stem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Command {
    /// Another cup at the same place.
    ChooseCup {
        /// Id in the catalogue.
        id: String,
        /// A head for it, where its liner does not take the present one.
        #[serde(default)]
        head: Option<String>,
    },
    /// Another liner; the shell stays where it is.
    ChooseLiner {
        /// Id in the catalogue.
        id: String,
        /// A head for it, where it does not take the present one.
        #[serde(default)]
        head: Option<String>,
    },
    /// Turns the liner about the cup's axis; from superior to anterior is positive, on both sides.
    TurnLiner {
        /// By how many of the positions in which it can be locked, twelve to a turn.
        positions: i32,
    },
    /// Another head.
    ChooseHead {
        /// Id in the catalogue.
        id: String,
    },
    /// Another stem, its shoulder where that of the present one is; a first stem in its native place.
    ChooseStem {
        /// Id in the catalogue.
        id: String,
        /// A head with it; without it the present one stays.
        #[serde(default)]
        head: Option<String>,
    },
    /// Puts an augment on the cup, or another one, or elsewhere on it; it goes with the shell.
    PutAugment {
        /// Id in the catalogue.
        id: String,
        /// Where its middle is on the clock face about the cup's axis: 12 superior, 3 anterior, on both sides.
        hour: f64,
        /// How far it is turned towards the cup's pole, degrees.
        #[serde(default)]
        tilt_deg: f64,
    },
    /// Takes the augment off the cup.
    RemoveAugment,
    /// Moves the cup's centre along the axes of the pelvis.
    MoveCup {
        /// Towards the midline.
        #[serde(default)]
        medial_mm: f64,
        /// Upwards.
        #[serde(default)]
        superior_mm: f64,
        /// Forwards.
        #[serde(default)]
        anterior_mm: f64,
    },
    /// Puts the cup's centre somewhere.
    PlaceCup {
        /// LPS mm.
        centre: Point3<f64>,
    },
    /// Puts the cup's centre back into that of the socket.
    CupToNativeCentre,
    /// Moves the cup along its own axis; deeper into the bone is positive.
    DeepenCup {
        /// How far.
        mm: f64,
    },
    /// Gives the cup an inclination, an anteversion, or both; what is left out stays, in the same definition and frame.
    OrientCup {
        /// Inclination.
        #[serde(default)]
        inclination_deg: Option<f64>,
        /// Anteversion.
        #[serde(default)]
        anteversion_deg: Option<f64>,
        /// Whose angles these are.
        #[serde(default)]
        definition: CupDefinition,
        /// In which frame of the pelvis.
        #[serde(default)]
        frame: PelvicFrame,
    },
    /// Adds to the cup's inclination and anteversion.
    TurnCup {
        /// More inclination.
        #[serde(default)]
        inclination_deg: f64,
        /// More anteversion.
        #[serde(default)]
        anteversion_deg: f64,
        /// Whose angles these are.
        #[serde(default)]
        definition: CupDefinition,
        /// In which frame of the pelvis.
        #[serde(default)]
        frame: PelvicFrame,
    },
    /// Moves the stem along its axis; deeper (distally) is positive. The neck's cut goes with it.
    DeepenStem {
        /// How far.
        mm: f64,
    },
    /// Turns the stem about its axis; more anteversion is positive.
    TurnStem {
        /// How far.
        deg: f64,
    },
    /// Leans the stem in the frontal plane about its origin, where the axes of neck and stem meet; varus (tip lateral) is positive.
    LeanStem {
        /// How far.
        deg: f64,
    },
    /// Moves the neck's cut along the shaft; higher (proximally) is positive.
    MoveCut {
        /// How far.
        mm: f64,
    },
    /// Puts the neck's cut so far above the tip of the lesser trochanter, along the shaft.
    SetCutHeight {
        /// How far above.
        mm: f64,
    },
    /// Cuts the femur below the lesser trochanter, or otherwise than it is cut; the stem stays where it is in the proximal piece.
    SetOsteotomy {
        /// How.
        correction: Correction,
    },
    /// Does not cut the femur below its neck.
    RemoveOsteotomy,
    /// Answers for a finding, which is not told again as long as it says the same.
    Override {
        /// Its key, with or without `finding-`.
        finding: String,
        /// Why the plan is right nevertheless.
        reason: String,
        /// Role or initials, never a patient's name.
        by: String,
    },
    /// Back to the plan as the search made it.
    Reset,
    /// Takes over the implants of a snapshot, or of another plan, where they are there.
    Take {
        /// Its name.
        from: String,
        /// What it holds.
        plan: Box<Plan>,
    },
}

impl Command {
    /// Key in the language files, and its values.
    #[must_use]
    pub fn message(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::ChooseCup { id, head: None } => ("command-choose-cup", vec![("id", id.clone())]),
            Self::ChooseCup { id, head: Some(head) } => {
                ("command-choose-cup-and-head", vec![("id", id.clone()), ("head", head.clone())])
            }
            Self::ChooseLiner { id, head: None } => ("command-choose-liner", vec![("id", id.clone())]),
            Self::ChooseLiner { id, head: Some(head) } => {
                ("command-choose-liner-and-head", vec![("id", id.clone()), ("head", head.clone())])
            }
            Self::TurnLiner { positions } => ("command-turn-liner", vec![("by", format!("{positions:+}"))]),
            Self::ChooseHead { id } => ("command-choose-head", vec![("id", id.clone())]),
            Self::ChooseStem { id, head: None } => ("command-choose-stem", vec![("id", id.clone())]),
            Self::ChooseStem { id, head: Some(head) } => {
                ("command-choose-stem-and-head", vec![("id", id.clone()), ("head", head.clone())])
            }
            Self::PutAugment { id, hour, tilt_deg } => {
                ("command-put-augment", vec![("id", id.clone()), ("hour", plain(*hour)), ("tilt", signed(*tilt_deg))])
            }
            Self::RemoveAugment => ("command-remove-augment", Vec::new()),
            Self::MoveCup { medial_mm, superior_mm, anterior_mm } => (
                "command-move-cup",
                vec![("medial", signed(*medial_mm)), ("superior", signed(*superior_mm)), ("anterior", signed(*anterior_mm))],
            ),
            Self::PlaceCup { centre } => {
                ("command-place-cup", vec![("x", plain(centre.x)), ("y", plain(centre.y)), ("z", plain(centre.z))])
            }
            Self::CupToNativeCentre => ("command-cup-to-native-centre", Vec::new()),
            Self::DeepenCup { mm } => ("command-deepen-cup", vec![("by", signed(*mm))]),
            Self::OrientCup { inclination_deg, anteversion_deg, .. } => {
                let given = |angle: &Option<f64>| angle.map_or_else(|| "–".to_owned(), plain);
                ("command-orient-cup", vec![("inclination", given(inclination_deg)), ("anteversion", given(anteversion_deg))])
            }
            Self::TurnCup { inclination_deg, anteversion_deg, .. } => {
                ("command-turn-cup", vec![("inclination", signed(*inclination_deg)), ("anteversion", signed(*anteversion_deg))])
            }
            Self::DeepenStem { mm } => ("command-deepen-stem", vec![("by", signed(*mm))]),
            Self::TurnStem { deg } => ("command-turn-stem", vec![("by", signed(*deg))]),
            Self::LeanStem { deg } => ("command-lean-stem", vec![("by", signed(*deg))]),
            Self::MoveCut { mm } => ("command-move-cut", vec![("by", signed(*mm))]),
            Self::SetCutHeight { mm } => ("command-set-cut-height", vec![("height", plain(*mm))]),
            Self::SetOsteotomy { correction } => ("command-set-osteotomy", vec![("osteotomy", correction.to_string())]),
            Self::RemoveOsteotomy => ("command-remove-osteotomy", Vec::new()),
            Self::Override { finding, by, .. } => ("command-override", vec![("finding", finding.clone()), ("by", by.clone())]),
            Self::Reset => ("command-reset", Vec::new()),
            Self::Take { from, .. } => ("command-take", vec![("from", from.clone())]),
        }
    }

    /// Definition and frame of the angles, where there are any.
    #[must_use]
    pub const fn meant(&self) -> Option<(CupDefinition, &PelvicFrame)> {
        match self {
            Self::OrientCup { definition, frame, .. } | Self::TurnCup { definition, frame, .. } => Some((*definition, frame)),
            _ => None,
        }
    }
}

/// A number with its sign, as short as it can be.
fn signed(value: f64) -> String {
    format!("{:+}", value + 0.0)
}

fn plain(value: f64) -> String {
    value.to_string()
}

/// What is done, in English, for lists and the journal.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, values) = self.message();
        let value = |name: &str| values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value.as_str());
        match self {
            Self::ChooseCup { head: None, .. } => write!(f, "choose the cup {}", value("id"))?,
            Self::ChooseCup { .. } => write!(f, "choose the cup {} with the head {}", value("id"), value("head"))?,
            Self::ChooseLiner { head: None, .. } => write!(f, "choose the liner {}", value("id"))?,
            Self::ChooseLiner { .. } => write!(f, "choose the liner {} with the head {}", value("id"), value("head"))?,
            Self::TurnLiner { .. } => write!(f, "turn the liner by {} of 12 positions forwards", value("by"))?,
            Self::ChooseHead { .. } => write!(f, "choose the head {}", value("id"))?,
            Self::ChooseStem { head: None, .. } => write!(f, "choose the stem {}", value("id"))?,
            Self::ChooseStem { .. } => write!(f, "choose the stem {} with the head {}", value("id"), value("head"))?,
            Self::PutAugment { .. } => write!(
                f,
                "put the augment {} on the cup at {} o'clock, turned by {}° towards the pole",
                value("id"),
                value("hour"),
                value("tilt")
            )?,
            Self::RemoveAugment => f.write_str("take the augment off the cup")?,
            Self::MoveCup { .. } => write!(
                f,
                "move the cup by {} mm medially, {} mm superiorly, {} mm anteriorly",
                value("medial"),
                value("superior"),
                value("anterior")
            )?,
            Self::PlaceCup { .. } => {
                write!(f, "put the cup's centre at ({}, {}, {}) LPS mm", value("x"), value("y"), value("z"))?;
            }
            Self::CupToNativeCentre => f.write_str("put the cup into the native centre")?,
            Self::DeepenCup { .. } => write!(f, "move the cup by {} mm into the bone along its axis", value("by"))?,
            Self::OrientCup { .. } => {
                write!(f, "orient the cup: inclination {}°, anteversion {}°", value("inclination"), value("anteversion"))?;
            }
            Self::TurnCup { .. } => {
                write!(f, "turn the cup: inclination {}°, anteversion {}°", value("inclination"), value("anteversion"))?;
            }
            Self::DeepenStem { .. } => write!(f, "move the stem by {} mm distally along its axis", value("by"))?,
            Self::TurnStem { .. } => write!(f, "turn the stem by {}° of anteversion", value("by"))?,
            Self::LeanStem { .. } => write!(f, "lean the stem by {}° of varus", value("by"))?,
            Self::MoveCut { .. } => write!(f, "move the neck's cut by {} mm proximally", value("by"))?,
            Self::SetCutHeight { .. } => write!(f, "cut the neck {} mm above the lesser trochanter", value("height"))?,
            Self::SetOsteotomy { .. } => write!(f, "cut the femur: {}", value("osteotomy"))?,
            Self::RemoveOsteotomy => f.write_str("do not cut the femur below its neck")?,
            Self::Override { .. } => write!(f, "{} answers for {}", value("by"), value("finding"))?,
            Self::Reset => f.write_str("back to the automatic plan")?,
            Self::Take { .. } => write!(f, "take over {}", value("from"))?,
        }
        match self.meant() {
            Some((definition, frame)) => write!(f, " ({}, {frame})", definition.name()),
            None => Ok(()),
        }
    }
}
