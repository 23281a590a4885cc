//! `coxa train`.

use super::Outcome;
use std::path::PathBuf;

/// Arguments of `coxa train`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder for weights, manifest, curves and checkpoint.
    #[arg(long)]
    out: PathBuf,
    /// Steps in all, one phantom CT each.
    #[arg(long, default_value_t = 1200)]
    steps: usize,
    /// Stop after this many minutes.
    #[arg(long)]
    minutes: Option<f64>,
    /// Seed of weights, phantoms and variations.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Go on from the checkpoint in the folder.
    #[arg(long)]
    resume: bool,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t = super::segment::Device::Cpu)]
    device: super::segment::Device,
    /// Channels of the network at full resolution and after each halving.
    #[arg(long, value_delimiter = ',')]
    channels: Option<Vec<usize>>,
}

/// Runs the command.
#[cfg(feature = "neural")]
pub fn run(arguments: Arguments) -> Outcome {
    use crate::labels::neural::{TrainOptions, train, training_device};
    let mut options = TrainOptions::pelvis(arguments.out);
    options.steps = arguments.steps;
    options.minutes = arguments.minutes;
    options.seed = arguments.seed;
    options.resume = arguments.resume;
    if let Some(channels) = arguments.channels {
        options.shape.channels = channels;
    }
    options.command = command(&options);
    let device = training_device(arguments.device.into())?;
    let bar = super::bar::Bar::new();
    let (manifest, curve) = train(&options, &device, &bar)?;
    drop(bar);
    println!("{} after {} steps and {} minutes", manifest.name, manifest.trained.steps, manifest.trained.minutes);
    for (label, dice) in &manifest.trained.validation_dice {
        println!("  {:<18} Dice {dice:.3} on the coarse grid", label.name());
    }
    println!("{} points of the curve in {}", curve.len(), options.out.display());
    Ok(())
}

/// What repeats this run, for the manifest.
#[cfg(feature = "neural")]
fn command(options: &crate::labels::neural::TrainOptions) -> String {
    let minutes = options.minutes.map_or_else(String::new, |m| format!(" --minutes {m}"));
    let channels: Vec<String> = options.shape.channels.iter().map(ToString::to_string).collect();
    format!("coxa train --out DIR --steps {}{minutes} --seed {} --channels {}", options.steps, options.seed, channels.join(","))
}

/// Runs the command.
#[cfg(not(feature = "neural"))]
pub fn run(_arguments: Arguments) -> Outcome {
    Err("this build has no network: build with the feature 'neural'".into())
}
