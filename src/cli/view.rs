//! `coxa view`.

use super::Outcome;
use crate::{motion::Posture, volume::WindowPreset};
use std::{ops::RangeInclusive, path::PathBuf};

/// Sides of a picture, pixels: what panels fit into, and what a graphics card draws at once.
const SIZES: RangeInclusive<u32> = 480..=8192;

/// Arguments of `coxa view`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder; without one the window asks for it.
    case: Option<PathBuf>,
    /// Render without a window, write this PNG and end.
    #[arg(long, value_name = "FILE", requires = "case")]
    screenshot: Option<PathBuf>,
    /// Width and height of the picture, e.g. 1600x2400: high enough, a whole page is seen. Without --screenshot, of the window.
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<[u32; 2]>,
    /// Play a script of clicks, keys and drags in the window, and close it: a list in RON, see the README.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["screenshot", "frames"])]
    script: Option<PathBuf>,
    /// What {NAME} stands for in the script, e.g. ct=scan/dicom.
    #[arg(long, value_name = "NAME=VALUE", value_parser = given, requires = "script")]
    set: Vec<(String, String)>,
    /// Where the script writes its pictures, what the document says, and the times of all frames.
    #[arg(long, value_name = "FOLDER", requires = "script", default_value = ".")]
    out: PathBuf,
    /// How long an action of the script may wait for what it needs, seconds.
    #[arg(long, value_name = "SECONDS", requires = "script", default_value_t = 120)]
    patience: u64,
    /// Frames to draw before the picture is taken; without --screenshot, before the window closes by itself.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    frames: Option<u32>,
    /// Language to begin with: en or zh.
    #[arg(long, default_value = "en")]
    language: crate::i18n::Language,
    /// Where the hip stands at first: flexion, adduction and internal rotation in degrees, e.g. 90,10,20.
    #[arg(long, value_name = "F,A,R", value_parser = posture, default_value = "0,0,0", allow_hyphen_values = true)]
    posture: Posture,
    /// The step at which the window opens, by its name or number: case, bones, landmarks, diagnosis, cup, stem, motion, report.
    #[arg(long, default_value = "case")]
    step: String,
    /// A dark or a light window.
    #[arg(long, default_value = "dark")]
    look: String,
    /// Draw the CT as a solid at first: bone, skin, mip or xray, and behind a comma what is cut through the hip: coronal, axial or sagittal.
    #[arg(long, value_name = "LOOK[,CUT]")]
    solid: Option<String>,
    /// What of the measurements is on screen at first: landmarks, planes, axes, angles, rims, limits, distance, reach, ghost (the femur as scanned, see-through), native (the planned one see-through).
    #[arg(long, value_name = "WHAT,…", value_delimiter = ',')]
    show: Vec<String>,
    /// What stands beside the plan at first, in a view that turns with it: native, for the hip as scanned, or the number of a plan.
    #[arg(long, value_name = "WHAT")]
    beside: Option<String>,
    /// What is in hand at first, with its handles in the view: cup or stem.
    #[arg(long, value_name = "WHAT")]
    hand: Option<String>,
    /// What of the segmentation's repair is in hand at first, at step bones: brush, eraser, region, sphere, plane or piece.
    #[arg(long, value_name = "TOOL", conflicts_with = "hand")]
    repair: Option<String>,
    /// The activity that the hip is in at first, by its id (`coxa rom --list` names them).
    #[arg(long, value_name = "ID", conflicts_with = "posture")]
    activity: Option<String>,
    /// Place on its path, from 0 to 1.
    #[arg(long, value_name = "PART", default_value_t = 0.0, requires = "activity", value_parser = part)]
    at: f64,
    /// The views at first: 3d, 1+3, 2x2, a virtual radiograph (film, film-lateral, film-before, film-lateral-before), or one slice alone: axial, coronal, sagittal, neck, canal, canal-lateral, canal-across.
    #[arg(long, value_name = "LAYOUT", default_value = "3d")]
    layout: String,
    /// The greys of the slices: bone, soft, metal or full.
    #[arg(long, value_name = "WINDOW", default_value = "bone")]
    window: WindowPreset,
}

fn given(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    parts.ok_or_else(|| format!("a name and a value are expected, as in ct=scan/dicom; found '{text}'"))
}

fn part(text: &str) -> Result<f64, String> {
    let part = text.parse().ok().filter(|part| (0.0..=1.0).contains(part));
    part.ok_or_else(|| format!("a number from 0 to 1 is expected, found '{text}'"))
}

fn size(text: &str) -> Result<[u32; 2], String> {
    let numbers: Vec<u32> = text.split('x').filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [width, height] if [width, height].iter().all(|side| SIZES.contains(side)) => Ok([width, height]),
        _ => Err(format!("two numbers from {} to {} are expected, as in 1600x1000; found '{text}'", SIZES.start(), SIZES.end())),
    }
}

fn posture(text: &str) -> Result<Posture, String> {
    let number = |part: &str| part.trim().parse().map_err(|_| format!("'{part}' is not a number"));
    let angles: Vec<f64> = text.split(',').map(number).collect::<Result<_, String>>()?;
    match angles[..] {
        [flexion_deg, adduction_deg, internal_rotation_deg] if angles.iter().all(|angle| angle.is_finite()) => {
            Ok(Posture { flexion_deg, adduction_deg, internal_rotation_deg })
        }
        _ => Err(format!("three angles in degrees are expected, as in 90,10,20; found '{text}'")),
    }
}

/// Runs the command.
#[cfg(feature = "app")]
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments {
        case,
        screenshot,
        size,
        script,
        set,
        out,
        patience,
        frames,
        language,
        posture,
        step,
        show,
        beside,
        hand,
        repair,
        activity,
        at,
        layout,
        window,
        solid,
        look,
    } = arguments;
    let step = step.parse::<crate::app::model::Step>()?;
    let slices = crate::app::slices::SlicesStart { preset: Some(window), ..layout.parse()? };
    let beside = beside.map(|other| other.parse()).transpose()?;
    let hand = hand.map(|hand| hand.parse()).transpose()?;
    let repair = repair.map(|tool| tool.parse()).transpose()?;
    let layers = show.iter().map(|layer| layer.parse()).collect::<Result<_, String>>()?;
    // What cannot be opened is told by the window.
    if let Some(Ok(folder)) = case.as_deref().map(crate::plan::storage::CaseFolder::open) {
        super::warn_if_stale(&folder)?;
    }
    let values = set.into_iter().collect();
    let patience = std::time::Duration::from_secs(patience);
    let script = script.map(|file| crate::app::script::Script::read(&file, values, out, patience)).transpose()?;
    let activity = activity.map(|id| (id, at));
    let options = crate::app::ViewOptions {
        language,
        screenshot,
        picture_size: size,
        frames,
        posture,
        solid: solid.map_or(Ok(Default::default()), |solid| solid.parse())?,
        look: look.parse()?,
        tour: false,
        step,
        layers,
        hand,
        beside,
        repair,
        activity,
        slices,
        script,
    };
    match case {
        Some(case) => crate::app::open(&case, options)?,
        None => crate::app::ask(options)?,
    }
    Ok(())
}

/// Runs the command.
#[cfg(not(feature = "app"))]
pub fn run(arguments: Arguments) -> Outcome {
    let what = arguments.case.map_or_else(|| "a case".into(), |case| format!("'{}'", case.display()));
    Err(format!("{what} cannot be shown: this build has no window (feature 'app')").into())
}
