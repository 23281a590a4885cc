//! The report of a case, in both languages, from what the case holds.

use super::{PipelineError, plan_editing::rom_of};
use crate::{
    anatomy::Anatomy,
    i18n::Language,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    motion::RomTable,
    plan::{
        ImplantPart, Plan, PlanSettings,
        assessment::{self, Assessment},
        operated_femur, placed,
        storage::{Case, CaseFolder},
    },
    progress::Silent,
    report::{Paint, PictureSource, Report},
};
use std::{collections::BTreeMap, path::Path};

/// What the reports of a case are made from.
#[derive(Clone, Copy)]
pub struct Reported<'a> {
    /// The case.
    pub case: &'a Case,
    /// What was measured.
    pub anatomy: &'a Anatomy,
    /// The plan.
    pub plan: &'a Plan,
    /// The catalogue of its implants.
    pub catalogue: &'a Catalogue,
    /// What can be told of it.
    pub assessment: &'a Assessment,
    /// Its range of motion, when there is a femur to move.
    pub rom: Option<&'a RomTable>,
    /// The bones, LPS mm.
    pub bones: &'a BTreeMap<Label, TriMesh>,
}

/// Writes `report.html` (English) and `report.zh-CN.html` into the case.
///
/// # Errors
/// When an implant is not in the catalogue, or a file cannot be written.
pub fn write_reports(folder: &CaseFolder, reported: &Reported) -> Result<(), PipelineError> {
    let &Reported { case, anatomy, plan, catalogue, assessment, rom, bones } = reported;
    // The joint is shown reduced: femur, stem and head move together until the new head is in the cup.
    let reduction = plan.reduction(catalogue)?;
    let reduced = |mesh: TriMesh| reduction.as_ref().map_or_else(|| mesh.clone(), |pose| mesh.transformed(pose));
    let implants: BTreeMap<ImplantPart, TriMesh> = placed(plan, catalogue)?
        .into_iter()
        .map(|(part, mesh)| match part {
            ImplantPart::Cup | ImplantPart::Augment => (part, mesh),
            ImplantPart::Head | ImplantPart::Stem => (part, reduced(mesh)),
        })
        .collect();
    let resected = resection(anatomy, plan, bones)?.map(reduced);
    let mut bodies: Vec<PictureSource<'_>> = Vec::new();
    for (label, mesh) in bones {
        let paint = match label {
            Label::FemurLeft | Label::FemurRight => Paint::Femur,
            Label::Metal => Paint::OldMetal,
            _ => Paint::Pelvis,
        };
        let mesh = if *label == Label::femur(plan.side) { resected.as_ref().unwrap_or(mesh) } else { mesh };
        bodies.push(PictureSource { mesh, paint });
    }
    for (part, mesh) in &implants {
        let paint = match part {
            ImplantPart::Cup | ImplantPart::Augment => Paint::Cup,
            ImplantPart::Head => Paint::Head,
            ImplantPart::Stem => Paint::Stem,
        };
        bodies.push(PictureSource { mesh, paint });
    }
    let from = &case.provenance;
    let provenance = [
        ("provenance-source", from.input.clone()),
        ("provenance-inputs", from.inputs_sha256.clone()),
        ("provenance-software", from.software_version.clone()),
        ("provenance-model", format!("{} · {}", from.segmentation_model, from.segmentation_sha256)),
        ("provenance-device", from.device.clone()),
        ("provenance-catalogue", format!("{} · {}", from.catalogue, from.catalogue_sha256)),
    ];
    let report = Report {
        pseudonym: &case.pseudonym,
        provenance: &provenance,
        anatomy,
        plan,
        catalogue,
        assessment,
        rom,
        bodies: &bodies,
    };
    for (language, name) in [(Language::English, "report.html"), (Language::Chinese, "report.zh-CN.html")] {
        folder.write_bytes(name, report.html(language)?.as_bytes())?;
    }
    Ok(())
}

/// The femur as it is after the neck cut and the osteotomy, for the planned side.
fn resection(anatomy: &Anatomy, plan: &Plan, bones: &BTreeMap<Label, TriMesh>) -> Result<Option<TriMesh>, PipelineError> {
    let (Some(hip), Some(femur)) = (anatomy.hip(plan.side), bones.get(&Label::femur(plan.side))) else { return Ok(None) };
    Ok(Some(operated_femur(femur, plan, &hip.head.centre)?))
}

/// Writes the reports of a case that is on disk again.
///
/// # Errors
/// When the case cannot be read or written.
pub fn rewrite_reports(case: &Path) -> Result<(), PipelineError> {
    let folder = CaseFolder::open(case)?.locked()?;
    let number = folder.plan_numbers()?.into_iter().max().unwrap_or(1);
    let plan = folder.read_plan(number)?;
    let catalogue = Catalogue::known_as(&plan.catalogue_sha256)?;
    let mut anatomy = folder.read_anatomy()?;
    let bones = folder.read_bones()?;
    let rom = rom_of(&folder, &plan, &catalogue, &anatomy, &bones, &Silent)?;
    let assessment = assessed(&folder, &plan, &catalogue, &anatomy, &bones)?;
    anatomy.findings.splice(0..0, folder.stale_finding()?);
    let about = folder.read_case()?;
    let reported = Reported {
        case: &about,
        anatomy: &anatomy,
        plan: &plan,
        catalogue: &catalogue,
        assessment: &assessment,
        rom: rom.as_ref(),
        bones: &bones,
    };
    write_reports(&folder, &reported)
}

/// Everything that can be told of a plan of a case.
///
/// # Errors
/// When the case cannot be read, or the catalogue does not list an implant of the plan.
pub fn assess_plan(folder: &CaseFolder, plan: &Plan, catalogue: &Catalogue) -> Result<Assessment, PipelineError> {
    assessed(folder, plan, catalogue, &folder.read_anatomy()?, &folder.read_bones()?)
}

/// The same with what was read already.
fn assessed(
    folder: &CaseFolder,
    plan: &Plan,
    catalogue: &Catalogue,
    anatomy: &Anatomy,
    bones: &BTreeMap<Label, TriMesh>,
) -> Result<Assessment, PipelineError> {
    // Without its CT, which may have been left behind for its size, a case has no Hounsfield units to tell.
    let ct = folder.has_volume().then(|| folder.read_volume()).transpose()?;
    Ok(assessment::assess(plan, catalogue, anatomy, bones, ct.as_ref(), &PlanSettings::default())?)
}
