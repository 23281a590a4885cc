//! A case planned again from what it holds now: labels corrected and landmarks set by hand. What `coxa plan CASE` and the window run.

use super::{
    PipelineError, PlannedCase, ROM, Reported, StageTime, by_hand_finding, measurement::checked, moved, planning::planned,
    stage::Clock, surfaces, write_reports,
};
use crate::{
    anatomy::{Bones, Finding, examine_with},
    labels::LabelMap,
    plan::{PlanSettings, assessment, storage::CaseFolder},
    progress::Progress,
};
use std::path::Path;

/// What is said of the scan itself, and so holds however often the case is planned.
const OF_THE_SCAN: [&str; 2] = ["finding-import", "finding-segmentation"];

/// Plans the hip of a case again, as a new plan with the next number: older plans, approved or not, stay as they are. Landmarks that a
/// person has set take the place of those found, and surfaces older than the labels are made anew. `told` hears of each stage.
///
/// Everything is computed before anything is written. If the program is stopped between two documents, what is then old is told by
/// [`CaseFolder::stale_finding`].
///
/// # Errors
/// When the case cannot be read or written, another program is writing to it, a bone is not what it is said to be or no longer among the labels, or the first stage that
/// cannot go on says why.
pub fn plan_again(
    case: &Path,
    settings: &PlanSettings,
    progress: &dyn Progress,
    told: &mut dyn FnMut(&StageTime),
) -> Result<PlannedCase, PipelineError> {
    // Nobody else changes what this is made from, or takes the plan's number.
    let folder = CaseFolder::open(case)?.locked()?;
    let about = folder.read_case()?;
    let catalogue = settings.library()?;
    let by_hand = folder.read_landmarks_by_hand()?;
    let mut clock = Clock::new(progress, told);

    let old_bones = folder.read_bones()?;
    let volume = folder.read_volume()?;
    let (grid, ids) = folder.read_labels()?;
    let map = LabelMap::certain(grid, ids);
    let stale = folder.stale()?.iter().any(|path| path.starts_with("bones/"));
    let bones = Bones::in_scan(if stale { surfaces(&map)? } else { old_bones.clone() }, &map);
    if let Some(gone) = old_bones.keys().find(|label| !bones.meshes.contains_key(label)) {
        return Err(PipelineError::BoneGone { bone: gone.name(), case: case.into() });
    }
    clock.stage("surface", format!("{} bones", bones.meshes.len()))?;

    // What was doubtful was accepted when the case was made.
    let mut findings = checked(&bones)?;
    findings.extend(by_hand_finding(&by_hand));
    let examined = examine_with(&bones, Some(&volume), &by_hand, progress)?;
    let mut anatomy = examined.anatomy.accepting(about.side).whole()?;
    findings.extend(said_of_the_scan(&folder)?);
    findings.retain(|finding| !anatomy.findings.contains(finding));
    anatomy.findings.extend(findings);
    clock.stage("anatomy", format!("{} landmarks set by hand", by_hand.iter().count()))?;

    let task = (&catalogue, about.side, settings);
    let mut plan = planned(&anatomy, &bones, &volume, task, || Ok(examined.landmarks))?;
    plan.number = folder.plan_numbers()?.into_iter().max().unwrap_or(0) + 1;
    clock.stage("plan", format!("number {}, {}", plan.number, plan.cup.cup))?;
    let rom = moved(&plan, &catalogue, &anatomy, &bones.meshes, progress)?;
    clock.stage("motion", rom.as_ref().map_or("no femur to move".into(), |rom| format!("{} motions", rom.rows.len())))?;

    let assessment = assessment::assess(&plan, &catalogue, &anatomy, &bones.meshes, Some(&volume), settings)?;
    clock.stage("assessment", format!("{} numbers", assessment.numbers.len()))?;

    if stale {
        folder.write_bones(&bones.meshes)?;
    }
    folder.write_anatomy(&anatomy)?;
    folder.write_plan(&plan)?;
    if let Some(rom) = &rom {
        folder.write_document(ROM, rom)?;
    }
    let reported = Reported {
        case: &about,
        anatomy: &anatomy,
        plan: &plan,
        catalogue: &catalogue,
        assessment: &assessment,
        rom: rom.as_ref(),
        bones: &bones.meshes,
    };
    write_reports(&folder, &reported)?;
    clock.stage("report", "report.html".into())?;
    Ok(PlannedCase { case: case.into(), pseudonym: about.pseudonym, anatomy, plan, assessment, rom })
}

/// What was said of the scan when the case was made.
fn said_of_the_scan(folder: &CaseFolder) -> Result<Vec<Finding>, PipelineError> {
    let mut findings = folder.read_anatomy()?.findings;
    findings.retain(|finding| OF_THE_SCAN.contains(&finding.key.as_str()));
    Ok(findings)
}
