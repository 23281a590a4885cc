//! `coxa view`.

use super::Outcome;
use std::path::PathBuf;

/// Arguments of `coxa view`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    /// Render without a window, write this PNG and end.
    #[arg(long, value_name = "FILE")]
    screenshot: Option<PathBuf>,
    /// Frames to draw before the picture is taken; without --screenshot, before the window closes by itself.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    frames: Option<u32>,
    /// Language to begin with: en or zh.
    #[arg(long, default_value = "en")]
    language: crate::i18n::Language,
}

/// Runs the command.
#[cfg(feature = "app")]
pub fn run(arguments: Arguments) -> Outcome {
    let options =
        crate::app::ViewOptions { language: arguments.language, screenshot: arguments.screenshot, frames: arguments.frames };
    Ok(crate::app::open(&arguments.case, options)?)
}

/// Runs the command.
#[cfg(not(feature = "app"))]
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { case, screenshot: _, frames: _, language: _ } = arguments;
    Err(format!("'{}' cannot be shown: this build has no window (feature 'app')", case.display()).into())
}
