//! The edits of a plan as they are typed.

use crate::{
    anatomy::CupDefinition,
    plan::{
        OsteotomyChoice,
        edit::{Command, PelvicFrame},
        storage::CaseFolder,
    },
};
use nalgebra::Point3;
use std::{error::Error, fs, path::PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Change {
    /// Choose another cup, at the same place.
    Cup {
        /// Its id in the catalogue.
        id: String,
        /// A head for it, where its liner does not take the present one.
        #[arg(long)]
        head: Option<String>,
    },
    /// Choose another liner; the shell stays where it is.
    Liner {
        /// Its id in the catalogue.
        id: String,
        /// A head for it, where it does not take the present one.
        #[arg(long)]
        head: Option<String>,
    },
    /// Turn the liner by so many of its twelve positions; from superior to anterior is positive.
    TurnLiner {
        /// How many.
        #[arg(allow_negative_numbers = true)]
        positions: i32,
    },
    /// Choose another head.
    Head {
        /// Its id in the catalogue.
        id: String,
    },
    /// Choose another stem: its shoulder stays where that of the present one is.
    Stem {
        /// Its id in the catalogue.
        id: String,
        /// Another head with it.
        #[arg(long)]
        head: Option<String>,
    },
    /// Put an augment on the cup, or another one, or elsewhere on it; it goes with the shell.
    Augment {
        /// Its id in the catalogue.
        id: String,
        /// Clock position of its middle: 12 superior, 3 anterior, on both sides.
        #[arg(long)]
        hour: f64,
        /// How far it is turned towards the cup's pole, degrees.
        #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
        tilt: f64,
    },
    /// Take the augment off the cup.
    RemoveAugment,
    /// Move the cup's centre along the axes of the anterior pelvic plane, mm.
    MoveCup {
        /// Towards the midline; away from it is negative.
        #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
        medial: f64,
        /// Upwards; downwards is negative.
        #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
        superior: f64,
        /// Forwards; backwards is negative.
        #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
        anterior: f64,
    },
    /// Put the cup's centre at a point of the scan, LPS mm.
    PlaceCup {
        /// To the patient's left.
        #[arg(allow_negative_numbers = true)]
        x: f64,
        /// To the back.
        #[arg(allow_negative_numbers = true)]
        y: f64,
        /// Upwards.
        #[arg(allow_negative_numbers = true)]
        z: f64,
    },
    /// Put the cup's centre into that of the socket.
    NativeCentre,
    /// Move the cup into the bone along its own axis, mm; out of it is negative.
    DeepenCup {
        /// How far.
        #[arg(allow_negative_numbers = true)]
        mm: f64,
    },
    /// Give the cup an inclination, an anteversion, or both, degrees; what is left out stays.
    OrientCup {
        /// Inclination.
        #[arg(long, allow_negative_numbers = true)]
        inclination: Option<f64>,
        /// Anteversion.
        #[arg(long, allow_negative_numbers = true)]
        anteversion: Option<f64>,
        #[command(flatten)]
        meant: Meant,
    },
    /// Add to the cup's inclination and anteversion, degrees.
    TurnCup {
        /// More inclination; less is negative.
        #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
        inclination: f64,
        /// More anteversion; less is negative.
        #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
        anteversion: f64,
        #[command(flatten)]
        meant: Meant,
    },
    /// Move the stem distally along its axis, mm; proximally is negative. The neck's cut goes with it.
    DeepenStem {
        /// How far.
        #[arg(allow_negative_numbers = true)]
        mm: f64,
    },
    /// Turn the stem about its axis, degrees; more anteversion is positive.
    TurnStem {
        /// How far.
        #[arg(allow_negative_numbers = true)]
        deg: f64,
    },
    /// Lean the stem in the frontal plane about its origin, where the axes of neck and stem meet, degrees; varus is positive.
    LeanStem {
        /// How far.
        #[arg(allow_negative_numbers = true)]
        deg: f64,
    },
    /// Move the neck's cut proximally along the shaft, mm; distally is negative.
    MoveCut {
        /// How far.
        #[arg(allow_negative_numbers = true)]
        mm: f64,
    },
    /// Cut the neck so far above the tip of the lesser trochanter, along the shaft, mm.
    CutHeight {
        /// How far above.
        #[arg(allow_negative_numbers = true)]
        mm: f64,
    },
    /// Cut the femur below the lesser trochanter, or no longer: never, shorten:LEVEL,LENGTH[,ROTATION] (mm, mm, degrees outwards) or
    /// correct:LEVEL,VALGUS[,FLEXION[,ROTATION[,HINGE]]]; behind it @oblique:TILT,TOWARDS or @step:HEIGHT,TOWARDS.
    Osteotomy {
        /// How; the stem stays where it is in the proximal piece.
        how: OsteotomyChoice,
    },
    /// Go back to the plan as the search made it; this can be taken back like any edit.
    Reset,
    /// Take over the implants of a snapshot, where they are there.
    Take {
        /// Its name.
        name: String,
    },
    /// Carry out a RON file with a list of edits, e.g. [MoveCup(superior_mm: 3.0), ChooseHead(id: "head-32+0")]; all are done, or none.
    Script {
        /// The file.
        file: PathBuf,
    },
}

/// What angles mean.
#[derive(clap::Args)]
pub(super) struct Meant {
    /// Whose definition: radiographic, operative or anatomic (Murray 1993).
    #[arg(long, default_value = "radiographic")]
    definition: CupDefinition,
    /// In which frame of the pelvis: app (anterior pelvic plane), as-scanned, or a pelvic tilt in degrees, posterior positive.
    #[arg(long, default_value = "app", allow_hyphen_values = true)]
    frame: PelvicFrame,
}

impl Change {
    /// The same as commands.
    pub fn commands(self, folder: &CaseFolder) -> Result<Vec<Command>, Box<dyn Error>> {
        let one = match self {
            Self::Cup { id, head } => Command::ChooseCup { id, head },
            Self::Liner { id, head } => Command::ChooseLiner { id, head },
            Self::TurnLiner { positions } => Command::TurnLiner { positions },
            Self::Head { id } => Command::ChooseHead { id },
            Self::Stem { id, head } => Command::ChooseStem { id, head },
            Self::Augment { id, hour, tilt } => Command::PutAugment { id, hour, tilt_deg: tilt },
            Self::RemoveAugment => Command::RemoveAugment,
            Self::MoveCup { medial, superior, anterior } => {
                Command::MoveCup { medial_mm: medial, superior_mm: superior, anterior_mm: anterior }
            }
            Self::PlaceCup { x, y, z } => Command::PlaceCup { centre: Point3::new(x, y, z) },
            Self::NativeCentre => Command::CupToNativeCentre,
            Self::DeepenCup { mm } => Command::DeepenCup { mm },
            Self::OrientCup { inclination, anteversion, meant: Meant { definition, frame } } => {
                Command::OrientCup { inclination_deg: inclination, anteversion_deg: anteversion, definition, frame }
            }
            Self::TurnCup { inclination, anteversion, meant: Meant { definition, frame } } => {
                Command::TurnCup { inclination_deg: inclination, anteversion_deg: anteversion, definition, frame }
            }
            Self::DeepenStem { mm } => Command::DeepenStem { mm },
            Self::TurnStem { deg } => Command::TurnStem { deg },
            Self::LeanStem { deg } => Command::LeanStem { deg },
            Self::MoveCut { mm } => Command::MoveCut { mm },
            Self::CutHeight { mm } => Command::SetCutHeight { mm },
            Self::Osteotomy { how: OsteotomyChoice::Typed(correction) } => Command::SetOsteotomy { correction },
            Self::Osteotomy { how: OsteotomyChoice::Never } => Command::RemoveOsteotomy,
            Self::Osteotomy { how: OsteotomyChoice::Automatic } => {
                return Err(
                    "an edit cuts the femur as it is told: write never, shorten:… or correct:…; coxa plan CASE chooses by itself"
                        .into(),
                );
            }
            Self::Reset => Command::Reset,
            Self::Take { name } => Command::Take { plan: Box::new(folder.snapshot(&name)?.plan), from: name },
            Self::Script { file } => {
                let text = fs::read_to_string(&file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
                return ron::from_str(&text).map_err(|error| {
                    let at = error.span.start;
                    format!("{} is no list of edits: line {}, column {}: {}", file.display(), at.line, at.col, error.code).into()
                });
            }
        };
        Ok(vec![one])
    }
}
