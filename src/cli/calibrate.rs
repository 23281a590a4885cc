//! `coxa calibrate`.

use super::Outcome;
use std::path::PathBuf;

/// Arguments of `coxa calibrate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder with pelvis-coarse and pelvis-fine; pelvis-confidence.ron is written beside them.
    folder: PathBuf,
    /// Phantoms to measure on; a third of them is kept for checking.
    #[arg(long, default_value_t = 24)]
    phantoms: usize,
}

/// Runs the command.
#[cfg(feature = "neural")]
pub fn run(arguments: Arguments) -> Outcome {
    use crate::{accuracy::calibrate, files, labels::neural::Networks, progress::Progress};
    use std::io::Write;
    let networks = Networks::read_uncalibrated(&arguments.folder)?;
    let bar = super::bar::Bar::new();
    let mut done = 0;
    let found = calibrate(&networks, arguments.phantoms, &mut |name, left_out| {
        done += 1;
        bar.report(name, done as f64 / arguments.phantoms as f64);
        if let Some(why) = left_out {
            bar.above(|| println!("{name} was left out: {why}"));
        }
    })?;
    drop(bar);
    let text = ron::ser::to_string_pretty(&found, ron::ser::PrettyConfig::default().compact_arrays(true))?;
    let path = arguments.folder.join("pelvis-confidence.ron");
    files::write_atomically(&path, |w| w.write_all(text.as_bytes()))?;
    println!(
        "expected calibration error {:.3} before, {:.3} after, on {} phantoms it was not made from; written to {}",
        found.error_before,
        found.error_after,
        found.phantoms[1],
        path.display()
    );
    Ok(())
}

/// Runs the command.
#[cfg(not(feature = "neural"))]
pub fn run(_arguments: Arguments) -> Outcome {
    Err("this build has no network: build with the feature 'neural'".into())
}
