//! Why the road ended early.

use crate::{
    anatomy::{AnatomyError, BoneFault, InputError, PostureError},
    dicom::ImportError,
    files::FolderError,
    frames::Side,
    implants::CatalogueError,
    labels::synthesis::ShapeModelError,
    motion::MotionError,
    plan::{PlanError, SettingsError, storage::StorageError},
    report::ReportError,
    surface::SurfaceError,
    volume::nifti::NiftiError,
    xray::{BeamError, ExposureError, FilmError},
};
use std::path::PathBuf;
use thiserror::Error;

/// Why the road ended early: the stage's own error, unchanged.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "each variant is the error of the stage it names")]
pub enum PipelineError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[cfg(feature = "neural")]
    #[error(transparent)]
    Segment(#[from] crate::labels::SegmentError),
    #[error(transparent)]
    Nifti(#[from] NiftiError),
    #[error(transparent)]
    Surface(#[from] SurfaceError),
    #[error(transparent)]
    Anatomy(#[from] AnatomyError),
    #[error(transparent)]
    Posture(#[from] PostureError),
    #[error(transparent)]
    BoneFiles(#[from] InputError),
    #[error("nothing is measured, because {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(";\nand "))]
    Bones(Vec<BoneFault>),
    #[error(transparent)]
    Landmark(#[from] super::LandmarkError),
    #[error(transparent)]
    ShapeModel(#[from] ShapeModelError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Motion(#[from] MotionError),
    #[error(transparent)]
    Beam(#[from] BeamError),
    #[error(transparent)]
    Film(#[from] FilmError),
    #[error(transparent)]
    Exposure(#[from] ExposureError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("a file cannot be written: {0}; check permissions and free space")]
    Io(#[from] std::io::Error),
    #[error("{} does not lie on the CT's grid: size, spacing, origin and direction of labels and CT must be the same", .path.display())]
    LabelsOnAnotherGrid { path: PathBuf },
    #[error("the axes of the {side} femur were not measured, so that there is no plane along it")]
    NoSlicePlane { side: Side },
    #[error(
        "the labels of the {side} hip are too doubtful to plan on: {}; look at them (coxa segment), correct them or choose another series, or accept \
         them with --accept-doubtful; nothing was written",
        .reasons.join("; ")
    )]
    Doubtful { side: Side, reasons: Vec<String> },
    #[error(
        "{} holds the surface of {bone}, which its labels no longer do; nothing was written. Plan it into another folder: coxa plan \
         CASE/volume.nii.gz --labels CASE/labels.nii.gz --side … --out NEW",
        .case.display()
    )]
    BoneGone { bone: &'static str, case: PathBuf },
    #[cfg(not(feature = "neural"))]
    #[error("this build of Coxa has no segmentation network; give labels with --labels, or build with the feature 'neural'")]
    NoNetwork,
    #[error("cancelled; nothing was written")]
    Cancelled,
}
