//! From a CT to a folder of labels: what `coxa segment` runs.

use super::{PipelineError, StageTime, stage::Clock, surfaces};
use crate::{
    DISCLAIMER,
    device::DeviceChoice,
    dicom::{self, Imported},
    files,
    labels::{BoneReport, Label, SegmentOptions, Segmentation, neural::Networks, segment_with},
    mesh::TriMesh,
    progress::Progress,
    surface::io::stl,
    volume::nifti,
};
use serde::Serialize;
use std::{collections::BTreeMap, io::Write, path::PathBuf};

/// Version of the document that this program writes.
const FORMAT_VERSION: u32 = 1;
/// Files in the folder.
const LABELS: &str = "labels.nii.gz";
const CONFIDENCE: &str = "confidence.nii.gz";
const DOCUMENT: &str = "segmentation.json";

/// What to label, and where to put it.
#[derive(Clone, Debug)]
pub struct SegmentRequest {
    /// DICOM folder, zip or NIfTI file.
    pub source: PathBuf,
    /// Which series, when the source holds several.
    pub series: Option<String>,
    /// Another network than the one that ships with Coxa: its manifest.
    pub model: Option<PathBuf>,
    /// Where the network runs.
    pub device: DeviceChoice,
    /// A folder that is new or empty, or a NIfTI file for the labels alone.
    pub out: PathBuf,
}

/// What was found: the contents of `segmentation.json`.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentationDocument {
    /// Version of this document's form.
    pub format_version: u32,
    /// What this is not.
    pub disclaimer: &'static str,
    /// Coxa's version.
    pub software_version: &'static str,
    /// What was labelled.
    pub input: Input,
    /// What labelled it.
    pub network: Network,
    /// The files beside this one, by what they hold.
    pub files: BTreeMap<&'static str, &'static str>,
    /// The bones that were found.
    pub bones: Vec<Bone>,
    /// Volume of metal, ml.
    pub metal_ml: f64,
    /// What a reader of the labels must know, in plain words.
    pub warnings: Vec<String>,
    /// Wall-clock time of each stage, s.
    pub seconds: BTreeMap<&'static str, f64>,
}

/// The scan, without the patient's identity.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    /// DICOM or NIfTI.
    pub kind: String,
    /// SHA-256 over the files read.
    pub inputs_sha256: String,
    /// Voxels along i, j, k.
    pub size: [usize; 3],
    /// Distance between voxels along i, j, k, mm.
    pub spacing_mm: [f64; 3],
}

/// The network and where it ran.
#[derive(Clone, Debug, Serialize)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// SHA-256 of its weights.
    pub sha256: String,
    /// The backend it ran on, and why not on another.
    pub device: String,
}

/// One bone.
#[derive(Clone, Debug, Serialize)]
pub struct Bone {
    /// Name of the label.
    pub label: &'static str,
    /// Its number in the label map.
    pub id: u8,
    /// Voxels that carry it.
    pub voxels: usize,
    /// Their volume, ml.
    pub volume_ml: f64,
    /// Mean confidence of these voxels, percent.
    pub mean_confidence_percent: f64,
    /// True when the scan ends within the bone.
    pub cut_by_field_of_view: bool,
    /// The surface's file: LPS mm.
    pub surface: Option<String>,
    /// What concerns this bone.
    pub warnings: Vec<String>,
}

/// Labels a CT. A folder gets labels, confidence, a surface a bone and the document; it appears whole or not at all.
///
/// # Errors
/// The first stage that cannot go on says why; a folder that holds files is refused before any work.
pub fn segment_ct(request: &SegmentRequest, progress: &dyn Progress) -> Result<SegmentationDocument, PipelineError> {
    let labels_only = nifti::is_nifti(&request.out);
    if !labels_only {
        files::refuse_used_folder(&request.out)?;
    }
    let networks = request.model.as_deref().map_or_else(Networks::shipped, Networks::read);
    let networks = networks.map_err(crate::labels::SegmentError::from)?;
    let mut seconds = BTreeMap::new();
    let mut told = |time: &StageTime| {
        seconds.insert(time.stage, time.seconds);
    };
    let mut clock = Clock::new(progress, &mut told);
    let imported = dicom::read_ct(&request.source, request.series.as_deref(), progress)?;
    clock.stage("import", String::new())?;
    let found = segment_with(&networks, &imported.volume, &SegmentOptions { device: request.device }, progress)?;
    clock.stage("segment", String::new())?;
    if labels_only {
        nifti::write_labels(&request.out, &found.map.grid, &found.map.ids)?;
        return Ok(document(&imported, &found, &BTreeMap::new(), seconds));
    }
    let meshes = surfaces(&found.map)?;
    clock.stage("surface", String::new())?;
    let document = document(&imported, &found, &meshes, seconds);
    files::write_folder(&request.out, |folder| {
        nifti::write_labels(&folder.join(LABELS), &found.map.grid, &found.map.ids)?;
        nifti::write_labels(&folder.join(CONFIDENCE), &found.map.grid, &percent(&found.map.confidence))?;
        meshes.iter().try_for_each(|(&label, mesh)| stl::write(mesh, &folder.join(surface_path(label))))?;
        let text = serde_json::to_vec_pretty(&document).map_err(std::io::Error::other)?;
        Ok::<_, PipelineError>(files::write_atomically(&folder.join(DOCUMENT), |file| file.write_all(&text))?)
    })?;
    Ok(document)
}

/// Confidence as whole percent, 0 to 100: a number that needs no key in whatever program shows it.
fn percent(confidence: &[u8]) -> Vec<u8> {
    confidence.iter().map(|&of_255| (f64::from(of_255) / 2.55).round() as u8).collect()
}

fn surface_path(label: Label) -> String {
    format!("bones/{}.stl", label.name())
}

fn document(
    imported: &Imported,
    found: &Segmentation,
    meshes: &BTreeMap<Label, TriMesh>,
    seconds: BTreeMap<&'static str, f64>,
) -> SegmentationDocument {
    let grid = &imported.volume.grid;
    let bone = |bone: &BoneReport| Bone {
        label: bone.label.name(),
        id: bone.label.id(),
        voxels: bone.voxels,
        volume_ml: bone.volume_ml,
        mean_confidence_percent: bone.mean_confidence * 100.0,
        cut_by_field_of_view: bone.touches_border,
        surface: meshes.contains_key(&bone.label).then(|| surface_path(bone.label)),
        warnings: bone.warnings.clone(),
    };
    SegmentationDocument {
        format_version: FORMAT_VERSION,
        disclaimer: DISCLAIMER,
        software_version: env!("CARGO_PKG_VERSION"),
        input: Input {
            kind: imported.source.to_string(),
            inputs_sha256: imported.inputs_sha256.clone(),
            size: grid.size,
            spacing_mm: grid.spacing,
        },
        network: Network { name: found.model.clone(), sha256: found.model_sha256.clone(), device: found.device.clone() },
        files: if meshes.is_empty() {
            BTreeMap::new()
        } else {
            BTreeMap::from([("labels", LABELS), ("confidence_percent", CONFIDENCE), ("surfaces_lps_mm", "bones/*.stl")])
        },
        bones: found.bones.iter().map(bone).collect(),
        metal_ml: found.map.count(Label::Metal) as f64 * grid.voxel_mm3() / 1000.0,
        warnings: imported.warnings.iter().map(|warning| warning.text.clone()).chain(found.warnings.clone()).collect(),
        seconds,
    }
}
