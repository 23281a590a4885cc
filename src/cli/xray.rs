//! `coxa xray`.

use super::{Outcome, segment::Device};
use crate::{
    files::write_atomically,
    i18n::Language,
    pipeline::{XrayRequest, xray},
    plan::storage::CaseFolder,
    xray::BeamSettings,
};
use serde_json::json;
use std::{io::Write as _, path::PathBuf};

/// Arguments of `coxa xray`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    /// Number of the plan after whose operation the patient is seen; without it the newest.
    #[arg(long, conflicts_with = "before")]
    plan: Option<u32>,
    /// As scanned, before any operation.
    #[arg(long)]
    before: bool,
    /// From where.
    #[arg(long, value_enum, default_value_t = View::Ap)]
    view: View,
    /// The picture to write (PNG).
    #[arg(long, value_name = "FILE.png")]
    out: PathBuf,
    /// Distance from the focus of the tube to the film, mm.
    #[arg(long, value_name = "MM", default_value_t = BeamSettings::default().source_to_detector_mm)]
    source_to_detector: f64,
    /// Distance from the focus to the plane of the hip, mm; the magnification is the ratio of both.
    #[arg(long, value_name = "MM", default_value_t = BeamSettings::default().source_to_patient_mm)]
    source_to_patient: f64,
    /// Size of a pixel on the film, mm.
    #[arg(long, value_name = "MM", default_value_t = BeamSettings::default().pixel_mm)]
    pixel: f64,
    /// Where it is computed.
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    device: Device,
    /// Language of what is written on the film: en or zh.
    #[arg(long, default_value = "en")]
    language: Language,
    /// The implant catalogue of the plan; without it the one that ships with Coxa.
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum View {
    /// Antero-posterior, of the whole pelvis.
    Ap,
    /// Lateral, of the planned hip.
    Lateral,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let folder = CaseFolder::open(&arguments.case)?;
    super::warn_if_stale(&folder)?;
    let number = if arguments.before { None } else { arguments.plan.or(folder.plan_numbers()?.last().copied()) };
    if number.is_none() && !arguments.before {
        let case = arguments.case.display();
        return Err(format!("{case}: the case has no plan; `--before` shows it as scanned, `coxa plan {case}` makes one").into());
    }
    let plan = number.map(|number| folder.read_plan(number)).transpose()?;
    let path = arguments.catalogue.as_deref();
    let catalogue = plan.as_ref().map_or_else(|| Ok(super::catalogue(path)?), |plan| super::catalogue_of(plan, path))?;
    let settings = BeamSettings {
        source_to_detector_mm: arguments.source_to_detector,
        source_to_patient_mm: arguments.source_to_patient,
        pixel_mm: arguments.pixel,
        ..BeamSettings::default()
    };
    let request = XrayRequest {
        plan: plan.as_ref().map(|plan| (plan, &catalogue)),
        lateral: arguments.view == View::Lateral,
        settings,
        device: arguments.device.into(),
        language: arguments.language,
    };
    let shot = xray(&folder, &request)?;
    let bytes = shot.picture.png()?;
    write_atomically(&arguments.out, |file| file.write_all(&bytes))
        .map_err(|error| format!("{}: {error}", arguments.out.display()))?;
    let (beam, magnification) = (&shot.beam, settings.magnification());
    if arguments.json {
        let told = json!({
            "file": arguments.out.display().to_string(),
            "plan": number,
            "columns": beam.columns,
            "rows": beam.rows,
            "distance_source_to_detector_mm": settings.source_to_detector_mm,
            "distance_source_to_patient_mm": settings.source_to_patient_mm,
            "estimated_radiographic_magnification_factor": magnification,
            "device": shot.device,
            "imager_pixel_spacing_mm": settings.pixel_mm,
            "letters_left_and_right": beam.projection.letters().map(String::from),
            "disclaimer": crate::DISCLAIMER,
        });
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        println!(
            "{}: {} × {} pixels of {} mm on the film, magnification {magnification:.3} in the plane of the hip; computed by {}\n{}",
            arguments.out.display(),
            beam.columns,
            beam.rows,
            settings.pixel_mm,
            shot.device,
            crate::DISCLAIMER
        );
    }
    Ok(())
}
