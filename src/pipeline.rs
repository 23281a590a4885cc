//! The whole road, from a CT to a planned case on disk: what `coxa plan` and the window's background work both run.

mod again;
mod by_hand;
mod error;
mod measurement;
mod plan_editing;
mod planning;
mod report;
mod said;
#[cfg(feature = "neural")]
mod segmentation;
mod slice;
mod stage;
mod xray;

pub use crate::plan::storage::ROM;
pub use again::plan_again;
pub use by_hand::{CaseExaminer, FarFrom, LandmarkError, by_hand_finding, check_side};
pub use error::PipelineError;
pub use measurement::{MeasureSource, measure_source};
pub use plan_editing::{edit_plan, edited, judge_of, reckon_rom, would_be};
pub use report::{Reported, assess_plan, rewrite_reports, write_reports};
#[cfg(feature = "neural")]
pub use segmentation::{Bone, Input, Network, SegmentRequest, SegmentationDocument, segment_ct};
pub use slice::{SliceFile, SliceRequest, slice_of_case};
pub use stage::StageTime;
pub use xray::{Xray, XrayRequest, xray, xray_of};

use crate::{
    anatomy::{self, Anatomy, Bones, Finding},
    dicom::{self, Imported, SourceKind},
    frames::Side,
    implants::Catalogue,
    labels::{Label, LabelMap},
    mesh::TriMesh,
    motion::{self, RomScene, RomTable},
    plan::{
        self, Plan, PlanSettings,
        assessment::Assessment,
        storage::{Case, CaseFolder, Provenance, inputs_sha256, pseudonym},
    },
    progress::Progress,
    surface::{self, SurfaceSettings},
    volume::{Volume, nifti},
};
use stage::Clock;
use std::{collections::BTreeMap, path::PathBuf};

/// What to plan, and where to put it.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// DICOM folder, zip or NIfTI file.
    pub source: PathBuf,
    /// Which series, when the source holds several: the beginning of its SeriesInstanceUID or its number in the list.
    pub series: Option<String>,
    /// The hip to plan.
    pub side: Side,
    /// The case folder to write.
    pub case: PathBuf,
    /// Labels made elsewhere (NIfTI on the CT's grid, Coxa's label ids) instead of the network's.
    pub labels: Option<PathBuf>,
    /// What the plan aims at.
    pub settings: PlanSettings,
    /// A person has seen and accepted that the labels, or where the socket of a dislocated hip is, are doubtful.
    pub accept_doubtful: bool,
    /// Where the network runs.
    #[cfg(feature = "neural")]
    pub device: crate::device::DeviceChoice,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct PlannedCase {
    /// The case on disk.
    pub case: PathBuf,
    /// Its pseudonym.
    pub pseudonym: String,
    /// The measurements.
    pub anatomy: Anatomy,
    /// The plan.
    pub plan: Plan,
    /// What can be told of it.
    pub assessment: Assessment,
    /// The range of motion; `None` without a stem.
    pub rom: Option<RomTable>,
}

/// Labels with where they come from.
struct Labelled {
    map: LabelMap,
    model: (String, String),
    device: String,
    warnings: Vec<String>,
    /// Reasons not to plan on the asked side's bones unless someone accepts them.
    doubts: Vec<String>,
}

/// Plans a hip. `told` hears of each stage as it ends. Nothing is left at the case's place when it fails or is cancelled.
///
/// # Errors
/// The first stage that cannot go on says why.
pub fn plan_case(
    request: &PlanRequest,
    progress: &dyn Progress,
    told: &mut dyn FnMut(&StageTime),
) -> Result<PlannedCase, PipelineError> {
    // A place that cannot be written to is worth knowing before the minutes of work.
    let draft = CaseFolder::create(&request.case)?;
    let catalogue = request.settings.library()?;
    let mut clock = Clock::new(progress, told);

    let imported = dicom::read_ct(&request.source, request.series.as_deref(), progress)?;
    clock.stage("import", format!("{} slices, {}", imported.slices, voxels(&imported.volume)))?;

    let labelled = label(request, &imported.volume, progress)?;
    if !labelled.doubts.is_empty() && !request.accept_doubtful {
        return Err(PipelineError::Doubtful { side: request.side, reasons: labelled.doubts });
    }
    let metal = labelled.map.count(Label::Metal);
    clock.stage("segment", format!("{} on {}", labelled.model.0, labelled.device))?;

    let meshes = surfaces(&labelled.map)?;
    let triangles: usize = meshes.values().map(|mesh| mesh.triangles.len()).sum();
    clock.stage("surface", format!("{} bones, {triangles} triangles", meshes.len()))?;

    let grid = &imported.volume.grid;
    let metal_points = labelled.map.ids.iter().enumerate().filter(|(_, id)| **id == Label::Metal.id());
    let bones = Bones {
        meshes,
        field_of_view: Some(grid.clone()),
        metal: metal_points.map(|(index, _)| grid.centre(grid.voxel(index))).collect(),
    };
    let volume = Some(&imported.volume);
    let mut anatomy = match request.accept_doubtful {
        true => anatomy::measure_accepting(&bones, volume, request.side, progress)?,
        false => anatomy::measure(&bones, volume, progress)?,
    };
    let mut warned = warnings(&imported, &labelled);
    warned.retain(|warning| anatomy.findings.iter().all(|found| found.text != warning.text));
    anatomy.findings.extend(warned);
    clock.stage("anatomy", format!("{} findings", anatomy.findings.len()))?;

    let plan = planning::planned(&anatomy, &bones, &imported.volume, (&catalogue, request.side, &request.settings), || {
        Ok(anatomy::examine(&bones, volume, progress)?.landmarks)
    })?;
    let stem = plan.stem.as_ref().map_or("no stem", |stem| stem.stem.as_str());
    clock.stage("plan", format!("{}, {stem}", plan.cup.cup))?;

    let rom = moved(&plan, &catalogue, &anatomy, &bones.meshes, progress)?;
    clock.stage("motion", rom.as_ref().map_or("no femur to move".into(), |rom| format!("{} motions", rom.rows.len())))?;

    let assessment = plan::assessment::assess(&plan, &catalogue, &anatomy, &bones.meshes, volume, &request.settings)?;
    clock.stage("assessment", format!("{} numbers", assessment.numbers.len()))?;

    let case = Case {
        pseudonym: pseudonym(&inputs_sha256(&imported.volume)),
        side: request.side,
        provenance: provenance(&imported, &labelled, &catalogue),
    };
    draft.write_case(&case)?;
    draft.write_volume(&imported.volume)?;
    draft.write_labels(grid, &labelled.map.ids)?;
    draft.write_bones(&bones.meshes)?;
    draft.write_anatomy(&anatomy)?;
    draft.write_plan(&plan)?;
    if let Some(rom) = &rom {
        draft.write_document(ROM, rom)?;
    }
    let reported = Reported {
        case: &case,
        anatomy: &anatomy,
        plan: &plan,
        catalogue: &catalogue,
        assessment: &assessment,
        rom: rom.as_ref(),
        bones: &bones.meshes,
    };
    write_reports(&draft, &reported)?;
    let folder = draft.commit()?;
    clock.stage("report", if metal > 0 { "metal found, see the report".into() } else { "report.html".into() })?;
    Ok(PlannedCase { case: folder.path().into(), pseudonym: case.pseudonym, anatomy, plan, assessment, rom })
}

/// The range of motion of a plan; `None` without a stem.
fn moved(
    plan: &Plan,
    catalogue: &Catalogue,
    anatomy: &Anatomy,
    bones: &BTreeMap<Label, TriMesh>,
    progress: &dyn Progress,
) -> Result<Option<RomTable>, PipelineError> {
    let scene = RomScene::of_plan(plan, catalogue, anatomy, bones)?;
    Ok(scene.map(|scene| motion::range_of_motion(&scene, progress)).transpose()?)
}

fn voxels(volume: &Volume) -> String {
    let ([i, j, k], [x, y, z]) = (volume.grid.size, volume.grid.spacing);
    format!("{i} × {j} × {k} voxels of {x:.2} × {y:.2} × {z:.2} mm")
}

fn label(request: &PlanRequest, volume: &Volume, progress: &dyn Progress) -> Result<Labelled, PipelineError> {
    if let Some(path) = &request.labels {
        let (grid, ids) = nifti::read_labels(path)?;
        // The files' affine has six digits or so.
        if !grid.same_place(&volume.grid, 0.01) {
            return Err(PipelineError::LabelsOnAnotherGrid { path: path.clone() });
        }
        let model = ("labels given by hand".into(), plan::storage::sha256(&ids));
        return Ok(Labelled {
            map: LabelMap::certain(grid, ids),
            model,
            device: Provenance::NO_NETWORK.into(),
            warnings: Vec::new(),
            doubts: Vec::new(),
        });
    }
    segmented(request, volume, progress)
}

#[cfg(feature = "neural")]
fn segmented(request: &PlanRequest, volume: &Volume, progress: &dyn Progress) -> Result<Labelled, PipelineError> {
    let options = crate::labels::SegmentOptions { device: request.device };
    let found = crate::labels::segment(volume, &options, progress)?;
    let concerned = [Label::hip(request.side), Label::femur(request.side)];
    let doubts = found.doubts.into_iter().filter(|doubt| doubt.bones.iter().any(|bone| concerned.contains(bone)));
    Ok(Labelled {
        doubts: doubts.map(|doubt| doubt.text).collect(),
        map: found.map,
        model: (found.model, found.model_sha256),
        device: found.device,
        warnings: found.warnings,
    })
}

#[cfg(not(feature = "neural"))]
fn segmented(_: &PlanRequest, _: &Volume, _: &dyn Progress) -> Result<Labelled, PipelineError> {
    Err(PipelineError::NoNetwork)
}

fn surfaces(map: &LabelMap) -> Result<BTreeMap<Label, TriMesh>, PipelineError> {
    Label::ALL
        .into_iter()
        .filter(|label| !matches!(label, Label::Background | Label::Metal) && map.count(*label) > 0)
        .map(|label| Ok((label, surface::bone_surface(map, label, &SurfaceSettings::default())?)))
        .collect()
}

fn warnings(imported: &Imported, labelled: &Labelled) -> Vec<Finding> {
    let finding = |key: &str, text: &str| Finding::new(key, None, sentence(text));
    let imports = imported.warnings.iter().map(|warning| finding("finding-import", &warning.text));
    imports.chain(labelled.warnings.iter().map(|text| finding("finding-segmentation", text))).collect()
}

/// A remark as a sentence among others.
fn sentence(remark: &str) -> String {
    let mut letters = remark.chars();
    let first = letters.next().map(char::to_uppercase);
    let stop = if remark.ends_with('.') { "" } else { "." };
    first.into_iter().flatten().chain(letters).collect::<String>() + stop
}

fn provenance(imported: &Imported, labelled: &Labelled, catalogue: &Catalogue) -> Provenance {
    Provenance {
        input: match imported.source {
            SourceKind::Dicom => "DICOM series".into(),
            SourceKind::Nifti => "NIfTI volume".into(),
        },
        inputs_sha256: inputs_sha256(&imported.volume),
        software_version: env!("CARGO_PKG_VERSION").into(),
        segmentation_model: labelled.model.0.clone(),
        segmentation_sha256: labelled.model.1.clone(),
        device: labelled.device.clone(),
        catalogue: catalogue.title(),
        catalogue_sha256: catalogue.sha256.clone(),
        warnings: imported.warnings.iter().map(|warning| warning.text.clone()).chain(labelled.warnings.clone()).collect(),
    }
}
