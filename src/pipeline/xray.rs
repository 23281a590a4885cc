//! A virtual radiograph of a case.

use super::PipelineError;
use crate::{
    anatomy::{Anatomy, Hip},
    device::DeviceChoice,
    frames::Side,
    i18n::{Language, Texts},
    implants::Catalogue,
    plan::{Plan, PlanError, storage::CaseFolder},
    report::Picture,
    surface::MeshIndex,
    volume::Volume,
    xray::{Beam, BeamSettings, Exposure, Inscription, Projection, after_operation, expose, film, metal},
};
use nalgebra::Point3;
use std::borrow::Cow;

/// Which radiograph is wanted.
pub struct XrayRequest<'a> {
    /// The plan after whose operation the patient is seen, with its catalogue; `None`: as scanned.
    pub plan: Option<(&'a Plan, &'a Catalogue)>,
    /// True for a lateral film of the planned hip, false for an antero-posterior one of the pelvis.
    pub lateral: bool,
    /// The cone and its film.
    pub settings: BeamSettings,
    /// Where it is computed.
    pub device: DeviceChoice,
    /// The language of what is written on it.
    pub language: Language,
}

/// A film and the cone it was exposed in.
pub struct Xray {
    /// The film.
    pub picture: Picture,
    /// The cone.
    pub beam: Beam,
    /// Where it was computed, and why not elsewhere.
    pub device: String,
}

/// Exposes a film of a case. An antero-posterior one is aimed at the midline at the height of the planned hip, as both hips are compared on
/// it; a lateral one at the hip itself, which is where the sizes of the film hold.
///
/// # Errors
/// When the case cannot be read, has no such hip, or the film cannot be exposed.
pub fn xray(folder: &CaseFolder, request: &XrayRequest) -> Result<Xray, PipelineError> {
    xray_of(folder, &folder.read_volume()?, request)
}

/// The same of a case whose CT is in memory.
///
/// # Errors
/// As [`xray`].
pub fn xray_of(folder: &CaseFolder, volume: &Volume, request: &XrayRequest) -> Result<Xray, PipelineError> {
    let case = folder.read_case()?;
    let anatomy = folder.read_anatomy()?;
    let side = request.plan.map_or(case.side, |(plan, _)| plan.side);
    let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(&anatomy, side))?;
    let mut volume = Cow::Borrowed(volume);
    let mut bodies = Vec::new();
    if let Some((plan, catalogue)) = request.plan {
        let (grid, ids) = folder.read_labels()?;
        if !grid.same_place(&volume.grid, 1e-3) {
            return Err(PipelineError::LabelsOnAnotherGrid { path: folder.path().join("labels.nii.gz") });
        }
        volume = Cow::Owned(after_operation(&volume, &ids, plan, catalogue, &hip.head.centre)?);
        bodies = metal(plan, catalogue)?.iter().map(MeshIndex::new).collect();
    }
    let (projection, aim) = match request.lateral {
        true => (Projection::Lateral(side), hip.head.centre),
        false => (Projection::AnteroPosterior, midline(&anatomy, hip)),
    };
    let beam = Beam::new(projection, &aim, request.settings)?;
    let Exposure { lost, device } = expose(&beam, &volume, &bodies, request.device)?;
    let inscription = inscription(&case.pseudonym, request, &beam, side);
    Ok(Xray { picture: film(&beam, &lost, &inscription)?, beam, device })
}

/// The point of the midsagittal plane beside a hip.
fn midline(anatomy: &Anatomy, hip: &Hip) -> Point3<f64> {
    let right = anatomy.pelvis.app.right();
    let centre = hip.head.centre;
    centre - right.into_inner() * (centre - anatomy.pelvis.app.origin).dot(&right)
}

fn inscription(pseudonym: &str, request: &XrayRequest, beam: &Beam, side: Side) -> Inscription {
    let texts = Texts::new(request.language);
    let what = if request.plan.is_some() { "xray-after" } else { "xray-before" };
    let view = if request.lateral { "xray-lateral" } else { "xray-ap" };
    let number = request.plan.map(|(plan, _)| plan.number.to_string()).unwrap_or_default();
    let (distance, factor) =
        (format!("{:.0}", beam.settings.source_to_detector_mm), format!("{:.2}", beam.settings.magnification()));
    let say = |key: &str| {
        texts.with(
            key,
            &[
                ("case", pseudonym),
                ("plan", &number),
                ("side", &texts.side(side)),
                ("distance", &distance),
                ("magnification", &factor),
            ],
        )
    };
    let disclaimer = texts.get("disclaimer");
    Inscription {
        letters: beam.projection.letters(),
        lines: vec![format!("{} · {}", say(what), say(view)), say("xray-cone"), disclaimer],
    }
}
