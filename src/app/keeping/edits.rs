//! What is tried as edits of the plan: the same commands as those of `coxa plans CASE edit`.

use crate::{
    anatomy::CupDefinition,
    app::trial::{PlannedHip, Trial},
    motion::MotionError,
    plan::edit::{Command, PelvicFrame},
};

/// Two places nearer to each other than this are one, mm.
const SAME_MM: f64 = 1e-9;

/// The commands that make the plan what is tried, in the order in which they are carried out; none where nothing else than the plan is tried.
///
/// # Errors
/// As [`PlannedHip::plan_of`].
pub fn edits(hip: &PlannedHip, trial: &Trial) -> Result<Vec<Command>, MotionError> {
    let (planned, mut commands) = (hip.planned(), Vec::new());
    let head = trial.head.clone().filter(|_| trial.head != planned.head);
    match (trial.liner.clone().filter(|_| trial.liner != planned.liner), head) {
        (Some(id), head) => commands.push(Command::ChooseLiner { id, head }),
        (None, Some(id)) => commands.push(Command::ChooseHead { id }),
        (None, None) => {}
    }
    if trial.cup != planned.cup {
        commands.push(Command::OrientCup {
            inclination_deg: Some(trial.cup.inclination_deg),
            anteversion_deg: Some(trial.cup.anteversion_deg),
            definition: CupDefinition::Radiographic,
            frame: PelvicFrame::AnteriorPelvicPlane,
        });
        // An edit turns the cup about the centre of the bearing; what is tried turns in its place in the bone, where the shell is.
        let centre = hip.plan_of(trial)?.cup.centre;
        let about = hip.variant(trial).plan(&hip.plan, &hip.catalogue)?.cup.centre;
        if (centre - about).norm() > SAME_MM {
            commands.push(Command::PlaceCup { centre });
        }
    }
    if trial.liner_positions != 0 {
        commands.push(Command::TurnLiner { positions: trial.liner_positions });
    }
    if trial.stem_version_deg != 0.0 {
        commands.push(Command::TurnStem { deg: trial.stem_version_deg });
    }
    Ok(commands)
}
