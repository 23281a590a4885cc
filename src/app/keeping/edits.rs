//! What is tried as edits of the plan: the same commands as those of `coxa plans CASE edit`.

use crate::{
    anatomy::CupDefinition,
    app::trial::{PlannedHip, Trial},
    implants::{Cup, Liner},
    plan::edit::{Command, PelvicFrame, liner_with},
};
use nalgebra::Vector3;

/// Lengths in commands are told to a millionth of a millimetre: what lies below is rounding.
const STEPS_A_MM: f64 = 1e6;

/// The commands that make the plan what is tried, in the order in which they are carried out; none where nothing else than the plan is tried.
#[must_use]
pub fn edits(hip: &PlannedHip, trial: &Trial) -> Vec<Command> {
    let planned = hip.planned();
    let mut commands = parts(hip, trial, &planned);
    if trial.cup != planned.cup {
        commands.push(Command::OrientCup {
            inclination_deg: Some(trial.cup.inclination_deg),
            anteversion_deg: Some(trial.cup.anteversion_deg),
            definition: CupDefinition::Radiographic,
            frame: PelvicFrame::AnteriorPelvicPlane,
        });
    }
    let [medial_mm, superior_mm, anterior_mm] = way(hip, trial, &planned);
    if [medial_mm, superior_mm, anterior_mm] != [0.0; 3] {
        commands.push(Command::MoveCup { medial_mm, superior_mm, anterior_mm });
    }
    if trial.liner_positions != 0 {
        commands.push(Command::TurnLiner { positions: trial.liner_positions });
    }
    if trial.stem_lean_deg != 0.0 {
        commands.push(Command::LeanStem { deg: trial.stem_lean_deg });
    }
    if trial.stem_version_deg != 0.0 {
        commands.push(Command::TurnStem { deg: trial.stem_version_deg });
    }
    if trial.stem_depth_mm != 0.0 {
        commands.push(Command::DeepenStem { mm: trial.stem_depth_mm });
    }
    if trial.cut_mm != 0.0 {
        commands.push(Command::MoveCut { mm: trial.cut_mm });
    }
    commands
}

/// Other parts: cup, liner and head, then the stem.
fn parts(hip: &PlannedHip, trial: &Trial, planned: &Trial) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut head = trial.head.clone().filter(|_| trial.head != planned.head);
    let mut liner = trial.liner.clone().filter(|_| trial.liner != planned.liner);
    if trial.cup_id != planned.cup_id {
        let (passing, comes) = coming_with(hip, trial, planned);
        if comes == trial.liner {
            commands.push(Command::ChooseCup { id: trial.cup_id.clone(), head: head.take() });
            liner = None;
        } else {
            // The liner that comes with it is not the one that is tried, and may take another head.
            commands.push(Command::ChooseCup { id: trial.cup_id.clone(), head: passing });
            (liner, head) = (trial.liner.clone(), trial.head.clone());
        }
    }
    match (liner, head) {
        (Some(id), head) => commands.push(Command::ChooseLiner { id, head }),
        (None, Some(id)) => commands.push(Command::ChooseHead { id }),
        (None, None) => {}
    }
    if let Some(id) = trial.stem_id.clone().filter(|_| trial.stem_id != planned.stem_id) {
        commands.push(Command::ChooseStem { id, head: None });
    }
    commands
}

/// The liner that comes with the cup that is tried, and a head for it where it does not take the planned one.
fn coming_with(hip: &PlannedHip, trial: &Trial, planned: &Trial) -> (Option<String>, Option<String>) {
    let catalogue = &hip.catalogue;
    let head = |id: &Option<String>| id.as_deref().and_then(|id| catalogue.head(id));
    let present = planned.liner.as_deref().and_then(|id| catalogue.liner(id));
    let Some(cup) = catalogue.cup(&trial.cup_id) else { return (None, trial.liner.clone()) };
    let named_mm = head(&trial.head).filter(|_| trial.head != planned.head).map(|head| head.diameter_mm);
    let head_mm = |named: Option<f64>| named.or(present.map(|liner| liner.head_diameter_mm));
    let comes = |named| liner_with(catalogue, cup, present, head_mm(named));
    if comes(named_mm).map(|liner| &liner.id) == trial.liner.as_ref() {
        return (None, trial.liner.clone());
    }
    let passes = |cup: &Cup, liner: Option<&Liner>| {
        let fits = head(&planned.head).is_some_and(|head| cup.head_refused(liner, head).is_none());
        let bearing_mm = liner.map_or(cup.head_diameter_mm, |liner| liner.head_diameter_mm);
        if fits { None } else { catalogue.heads_of(bearing_mm).next().map(|head| head.id.clone()) }
    };
    let unnamed = comes(None);
    (passes(cup, unnamed), unnamed.map(|liner| liner.id.clone()))
}

/// How far the bearing's centre goes medially, superiorly and anteriorly once the cup is turned, mm. An edit turns a cup about that centre; what
/// is tried turns in its place in the bone, about the shell, so that a bearing which stands out of its shell goes with the axis.
fn way(hip: &PlannedHip, trial: &Trial, planned: &Trial) -> [f64; 3] {
    let (app, side) = (&hip.anatomy.pelvis.app, hip.side());
    let liner = trial.liner.as_deref().and_then(|id| hip.catalogue.liner(id));
    let turned = if trial.cup == planned.cup {
        Vector3::zeros()
    } else {
        trial.cup.axis(app, side).into_inner() - hip.plan.cup.axis.into_inner()
    };
    let out = turned * liner.map_or(0.0, |liner| liner.lateral_mm);
    let out = [out.dot(&app.right()) * side.lps_sign(), out.dot(&app.superior()), out.dot(&app.anterior())];
    std::array::from_fn(|at| ((trial.cup_shift_mm[at] + out[at]) * STEPS_A_MM).round() / STEPS_A_MM + 0.0)
}
