//! From bones, in files or in a case, to everything measured on them: what `coxa measure` runs.

use super::{PipelineError, by_hand_finding};
use crate::{
    anatomy::{
        Bones, ClockCurve, ExaminationDocument, Finding, Landmarks, Posture, SagittalValues, Space, examine_with, inspect,
        read_bones,
    },
    labels::LabelMap,
    plan::storage::CaseFolder,
    progress::Progress,
    surface::SurfaceSettings,
    volume::Volume,
};
use std::path::PathBuf;

/// What to measure.
#[derive(Clone, Debug)]
pub enum MeasureSource {
    /// A case folder.
    Case(PathBuf),
    /// A folder of surfaces, mm, and the axes of their coordinates.
    Bones(PathBuf, Space),
}

/// Measures bones once they were seen to be what they are said to be, also in the postures of which something is known: the document,
/// and the curves all round sockets and heads for plots. A case is read and left as it is.
///
/// # Errors
/// When the source cannot be read, a bone is not what it is said to be, a posture does not fit the pelvis, or as [`examine_with`].
pub fn measure_source(
    source: &MeasureSource,
    postures: &[(Posture, SagittalValues)],
    progress: &dyn Progress,
) -> Result<(ExaminationDocument, Vec<ClockCurve>), PipelineError> {
    let (bones, volume, by_hand, mut findings) = match source {
        MeasureSource::Bones(folder, space) => {
            let read = read_bones(folder, *space)?;
            (read.bones, None, Landmarks::default(), read.findings)
        }
        MeasureSource::Case(path) => {
            let folder = CaseFolder::open(path)?;
            let by_hand = folder.read_landmarks_by_hand()?;
            let (bones, volume) = of_case(&folder)?;
            (bones, Some(volume), by_hand, Vec::new())
        }
    };
    findings.extend(checked(&bones)?);
    findings.extend(by_hand_finding(&by_hand));
    let mut examination = examine_with(&bones, volume.as_ref(), &by_hand, progress)?;
    for (posture, values) in postures {
        examination.add_posture(*posture, values)?;
    }
    Ok((ExaminationDocument::new(&bones, &examination, &findings), examination.curves))
}

/// What is to be said of bones that are what they are said to be; an error where they are not.
pub(super) fn checked(bones: &Bones) -> Result<Vec<Finding>, PipelineError> {
    let seen = inspect(bones)?;
    if seen.faults.is_empty() { Ok(seen.findings) } else { Err(PipelineError::Bones(seen.faults)) }
}

/// The bones of a case with the bounds of its scan and its metal, and its CT. Its surfaces are taken as they are unless the labels were
/// corrected since, or there are none: then they are made anew from the labels.
pub(super) fn of_case(folder: &CaseFolder) -> Result<(Bones, Volume), PipelineError> {
    let volume = folder.read_volume()?;
    let (grid, ids) = folder.read_labels()?;
    let map = LabelMap::certain(grid, ids);
    let meshes = folder.read_bones()?;
    if meshes.is_empty() || folder.stale()?.iter().any(|path| path.starts_with("bones/")) {
        return Ok((Bones::from_labels(&map, &SurfaceSettings::default())?, volume));
    }
    Ok((Bones::in_scan(meshes, &map), volume))
}
