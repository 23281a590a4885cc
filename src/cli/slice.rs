//! `coxa slice`.

use super::Outcome;
use crate::{
    anatomy::SliceKind,
    files::write_atomically,
    i18n::Language,
    pipeline::{SliceRequest, slice_of_case},
    plan::storage::CaseFolder,
    volume::WindowPreset,
};
use serde_json::json;
use std::{io::Write as _, path::PathBuf};

/// Sides of a picture, pixels, and what is seen of the patient, mm.
const PIXELS: std::ops::RangeInclusive<usize> = 64..=8192;
const FIELD_MM: std::ops::RangeInclusive<f64> = 5.0..=2000.0;

/// Arguments of `coxa slice`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    /// The plane: axial, coronal, sagittal, or of the planned femur neck, canal, canal-lateral, canal-across.
    #[arg(long)]
    plane: SliceKind,
    /// Where, mm: the LPS coordinate across an axial (z), coronal (y) or sagittal (x) plane; of the femur's planes how far before its axis.
    /// Without it through the planned cup or the head, and through the femur's axis.
    #[arg(long, value_name = "MM", allow_hyphen_values = true)]
    at: Option<f64>,
    /// The greys: bone, soft, metal or full.
    #[arg(long, default_value = "bone")]
    window: WindowPreset,
    /// What is seen along the shorter side, mm.
    #[arg(long, value_name = "MM", default_value_t = 240.0)]
    field: f64,
    /// Width and height, pixels.
    #[arg(long, value_name = "WxH", default_value = "900x900", value_parser = size)]
    size: [usize; 2],
    /// Number of the plan whose implants are outlined; without it the newest.
    #[arg(long, conflicts_with = "before")]
    plan: Option<u32>,
    /// As scanned, without implants.
    #[arg(long)]
    before: bool,
    /// The picture to write: .png, or .svg in true size with outlines that stay lines.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Language of what is written on it: en or zh.
    #[arg(long, default_value = "en")]
    language: Language,
    /// The implant catalogue of the plan; without it the one that ships with Coxa.
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

fn size(text: &str) -> Result<[usize; 2], String> {
    let numbers: Vec<usize> = text.split('x').filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [width, height] if [width, height].iter().all(|side| PIXELS.contains(side)) => Ok([width, height]),
        _ => Err(format!("two numbers from {} to {} are expected, as in 900x900; found '{text}'", PIXELS.start(), PIXELS.end())),
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { plane: kind, at: at_mm, window, field: field_mm, size: pixels, out, language, .. } = arguments;
    let extension = out.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let svg = match extension.as_deref() {
        Some("svg") => true,
        Some("png") => false,
        _ => return Err(format!("'{}': a slice is written as .png or .svg", out.display()).into()),
    };
    if !FIELD_MM.contains(&field_mm) || at_mm.is_some_and(|mm| !mm.is_finite()) {
        return Err(format!("--field must lie from {} to {} mm, and --at be a number", FIELD_MM.start(), FIELD_MM.end()).into());
    }
    let folder = CaseFolder::open(&arguments.case)?;
    super::warn_if_stale(&folder)?;
    if !folder.has_volume() {
        return Err(format!("{}: the case has no CT to cut (volume.nii.gz)", folder.path().display()).into());
    }
    let number = if arguments.before { None } else { arguments.plan.or(folder.plan_numbers()?.last().copied()) };
    let plan = number.map(|number| folder.read_plan(number)).transpose()?;
    let path = arguments.catalogue.as_deref();
    let catalogue = plan.as_ref().map(|plan| super::catalogue_of(plan, path)).transpose()?;
    let plan = plan.as_ref().zip(catalogue.as_ref());
    let request = SliceRequest { kind, at_mm, window, pixels, field_mm, plan, svg, language };
    let slice = slice_of_case(&folder, &request)?;
    write_atomically(&out, |file| file.write_all(&slice.bytes)).map_err(|error| format!("{}: {error}", out.display()))?;
    let vector = |v: &[f64]| v.to_vec();
    if arguments.json {
        let told = json!({
            "file": out.display().to_string(),
            "plane": kind.name(),
            "plan": number,
            "columns": slice.size.pixels[0],
            "rows": slice.size.pixels[1],
            "pixel_spacing_mm": slice.size.mm_per_pixel,
            "middle_lps_mm": vector(slice.plane.point.coords.as_slice()),
            "right_lps": vector(slice.plane.right.as_slice()),
            "up_lps": vector(slice.plane.up.as_slice()),
            "letters_left_right_top_bottom": slice.letters,
            "disclaimer": crate::DISCLAIMER,
        });
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        let [width, height] = slice.size.pixels;
        let mm = slice.size.mm_per_pixel;
        println!("{}: {width} × {height} pixels of {mm:.3} mm, {}\n{}", out.display(), kind.name(), crate::DISCLAIMER);
    }
    Ok(())
}
