//! From bones, in files or in a case, to everything measured on them: what `coxa measure` runs.

use super::PipelineError;
use crate::{
    anatomy::{Bones, ClockCurve, ExaminationDocument, Finding, Posture, SagittalValues, Space, examine, inspect, read_bones},
    labels::{Label, LabelMap},
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
/// When the source cannot be read, a bone is not what it is said to be, a posture does not fit the pelvis, or as
/// [`examine`].
pub fn measure_source(
    source: &MeasureSource,
    postures: &[(Posture, SagittalValues)],
    progress: &dyn Progress,
) -> Result<(ExaminationDocument, Vec<ClockCurve>), PipelineError> {
    let (bones, volume, mut findings) = match source {
        MeasureSource::Bones(folder, space) => {
            let read = read_bones(folder, *space)?;
            (read.bones, None, read.findings)
        }
        MeasureSource::Case(path) => {
            let (bones, volume) = of_case(&CaseFolder::open(path)?)?;
            (bones, Some(volume), Vec::<Finding>::new())
        }
    };
    let seen = inspect(&bones)?;
    if !seen.faults.is_empty() {
        return Err(PipelineError::Bones(seen.faults));
    }
    findings.extend(seen.findings);
    let mut examination = examine(&bones, volume.as_ref(), progress)?;
    for (posture, values) in postures {
        examination.add_posture(*posture, values)?;
    }
    Ok((ExaminationDocument::new(&bones, &examination, &findings), examination.curves))
}

/// The bones of a case with the bounds of its scan and its metal, and its CT. Its surfaces are taken as they are unless the labels were
/// corrected since, or there are none: then they are made anew from the labels.
fn of_case(folder: &CaseFolder) -> Result<(Bones, Volume), PipelineError> {
    let volume = folder.read_volume()?;
    let (grid, ids) = folder.read_labels()?;
    let map = LabelMap::certain(grid, ids);
    let meshes = folder.read_bones()?;
    if meshes.is_empty() || folder.stale()?.iter().any(|path| path.starts_with("bones/")) {
        return Ok((Bones::from_labels(&map, &SurfaceSettings::default())?, volume));
    }
    let metal = (0..map.ids.len()).filter(|&i| map.ids[i] == Label::Metal.id());
    let metal = metal.map(|i| map.grid.centre(map.grid.voxel(i))).collect();
    Ok((Bones { meshes, metal, field_of_view: Some(map.grid.clone()) }, volume))
}
