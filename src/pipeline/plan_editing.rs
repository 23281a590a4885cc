//! A plan of a case in somebody's hand: opened with all that it is judged against, and what is made from it made again.

use super::{PipelineError, ROM, moved, planning::scan_of};
use crate::{
    anatomy::Anatomy,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    motion::{MotionError, RomTable},
    plan::{
        Judge, Plan, PlanSettings,
        edit::{self, Command, Context},
        storage::{CaseFolder, PlanEditing, StorageError},
    },
    progress::Progress,
};
use std::collections::BTreeMap;

/// Opens a plan for editing with these commands. It is judged by `settings`, but aims at what the plan was made to aim at.
///
/// # Errors
/// When the plan is approved, damaged or of another catalogue, or the case cannot be read.
pub fn edit_plan(
    folder: &CaseFolder,
    number: u32,
    catalogue: &Catalogue,
    settings: &PlanSettings,
    commands: &[Command],
) -> Result<(PlanEditing, Judge), PipelineError> {
    let editing = folder.edit_plan(number)?;
    let judge = judge(folder, [editing.plan(), editing.automatic()], catalogue, settings, commands)?;
    Ok((editing, judge))
}

/// What commands would make of a plan, approved or not; nothing is written.
///
/// # Errors
/// As [`edit_plan`], but for the approval; and when a command is refused, naming it.
pub fn would_be(
    folder: &CaseFolder,
    plan: &Plan,
    catalogue: &Catalogue,
    settings: &PlanSettings,
    commands: &[Command],
) -> Result<Plan, PipelineError> {
    edited(plan, &judge(folder, [plan, plan], catalogue, settings, commands)?, commands)
}

/// The same with a judge that is at hand already.
///
/// # Errors
/// When a command is refused, naming it.
pub fn edited(plan: &Plan, judge: &Judge, commands: &[Command]) -> Result<Plan, PipelineError> {
    let mut changed = Plan { review: None, approval: None, ..plan.clone() };
    let automatic = changed.clone();
    for (at, command) in commands.iter().enumerate() {
        let refused = |source| StorageError::PlanEdit {
            number: at + 1,
            of: commands.len(),
            name: command.to_string(),
            source: Box::new(source),
        };
        changed = edit::apply(&changed, command, &Context { judge, automatic: &automatic }).map_err(refused)?;
    }
    Ok(changed)
}

/// What edits of a plan that leave its osteotomy alone are judged against, as [`edit_plan`] makes it, made ready once for many of them.
///
/// # Errors
/// As [`edit_plan`], but for the approval.
pub fn judge_of(folder: &CaseFolder, plan: &Plan, catalogue: &Catalogue) -> Result<Judge, PipelineError> {
    judge(folder, [plan, plan], catalogue, &PlanSettings::shipped()?, &[])
}

/// What a plan, and the automatic one that it may go back to, are judged against under some commands.
fn judge(
    folder: &CaseFolder,
    [plan, automatic]: [&Plan; 2],
    catalogue: &Catalogue,
    settings: &PlanSettings,
    commands: &[Command],
) -> Result<Judge, PipelineError> {
    plan.refuse_other(catalogue)?;
    let settings = PlanSettings { restore: plan.aim.unwrap_or(settings.restore), ..settings.clone() };
    let cut = |plan: &Plan| plan.deformity.osteotomy.is_some();
    let cuts = cut(plan)
        || commands.iter().any(|command| match command {
            Command::SetOsteotomy { .. } => true,
            Command::Take { plan, .. } => cut(plan),
            Command::Reset => cut(automatic),
            _ => false,
        });
    let scan = scan_of(folder, plan.side, cuts)?;
    Ok(Judge::new(&folder.read_anatomy()?, catalogue, plan.side, &folder.read_bones()?, &settings, scan)?)
}

/// The range of motion of the newest plan, reckoned and written where it is missing: after an edit it is. `None` without a stem, and where
/// there is no bone to move.
///
/// # Errors
/// When the case cannot be read or written, the plan is of another catalogue, or its bones are no closed surfaces.
pub fn reckon_rom(
    folder: &CaseFolder,
    catalogue: &Catalogue,
    progress: &dyn Progress,
) -> Result<Option<RomTable>, PipelineError> {
    let case = folder.locked()?;
    let Some(number) = case.plan_numbers()?.into_iter().max() else { return Ok(None) };
    rom_of(&case, &case.read_plan(number)?, catalogue, &case.read_anatomy()?, &case.read_bones()?, progress)
}

/// The same with what was read already; the lock is held.
pub(super) fn rom_of(
    case: &CaseFolder,
    newest: &Plan,
    catalogue: &Catalogue,
    anatomy: &Anatomy,
    bones: &BTreeMap<Label, TriMesh>,
    progress: &dyn Progress,
) -> Result<Option<RomTable>, PipelineError> {
    if case.path().join(ROM).is_file() {
        return Ok(Some(case.read_document(ROM)?));
    }
    if bones.is_empty() {
        return Ok(None);
    }
    let rom = match moved(newest, catalogue, anatomy, bones, progress) {
        // Of a bone that is no longer there, as its labels were edited, nothing can be moved.
        Err(PipelineError::Motion(MotionError::EmptyBody(_))) => return Ok(None),
        rom => rom?,
    };
    if let Some(rom) = &rom {
        case.write_document(ROM, rom)?;
    }
    Ok(rom)
}
