//! `coxa view`.

use super::Outcome;
use crate::{motion::Posture, volume::WindowPreset};
use std::{ops::RangeInclusive, path::PathBuf};

/// Sides of a picture, pixels: what panels fit into, and what a graphics card draws at once.
const SIZES: RangeInclusive<u32> = 480..=8192;

/// Arguments of `coxa view`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    /// Render without a window, write this PNG and end.
    #[arg(long, value_name = "FILE")]
    screenshot: Option<PathBuf>,
    /// Width and height of the picture, e.g. 1600x2400: high enough, a whole page is seen.
    #[arg(long, value_name = "WxH", value_parser = size, requires = "screenshot")]
    size: Option<[u32; 2]>,
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
        frames,
        language,
        posture,
        step,
        show,
        beside,
        hand,
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
    let layers = show.iter().map(|layer| layer.parse()).collect::<Result<_, String>>()?;
    // What cannot be opened is told by the window.
    if let Ok(folder) = crate::plan::storage::CaseFolder::open(&case) {
        super::warn_if_stale(&folder)?;
    }
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
        activity,
        slices,
    };
    Ok(crate::app::open(&case, options)?)
}

/// Runs the command.
#[cfg(not(feature = "app"))]
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { case, .. } = arguments;
    Err(format!("'{}' cannot be shown: this build has no window (feature 'app')", case.display()).into())
}
