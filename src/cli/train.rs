//! `coxa train`.

use super::Outcome;
use std::path::PathBuf;

/// Arguments of `coxa train`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which of the two networks.
    #[arg(long, value_enum)]
    network: Network,
    /// Folder for weights, manifest, curves and checkpoint.
    #[arg(long)]
    out: PathBuf,
    /// For the fine network: manifest (.ron) of the coarse network that goes before it, if not the one that ships with Coxa.
    #[arg(long)]
    coarse: Option<PathBuf>,
    /// Steps in all, one phantom CT or piece of one each.
    #[arg(long, default_value_t = 3000)]
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

/// Which network is trained.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Network {
    /// Which bone is where, on a grid of 6 mm.
    Coarse,
    /// Where a bone ends, on a grid of 1.5 mm.
    Fine,
}

/// Runs the command.
#[cfg(feature = "neural")]
pub fn run(arguments: Arguments) -> Outcome {
    use crate::labels::neural::{Model, Networks, TrainOptions, train, training_device};
    let mut options = match arguments.network {
        Network::Coarse => TrainOptions::coarse(arguments.out),
        Network::Fine => {
            let coarse = match &arguments.coarse {
                Some(path) => Model::read(path)?,
                None => Networks::shipped()?.coarse,
            };
            TrainOptions::fine(arguments.out, coarse)
        }
    };
    options.steps = arguments.steps;
    options.minutes = arguments.minutes;
    options.seed = arguments.seed;
    options.resume = arguments.resume;
    if let Some(channels) = arguments.channels {
        options.shape.channels = channels;
    }
    let name = if arguments.network == Network::Fine { "fine" } else { "coarse" };
    options.command = command(name, &options);
    let device = training_device(arguments.device.into())?;
    let bar = super::bar::Bar::new();
    let (manifest, curve) = train(&options, &device, &bar)?;
    drop(bar);
    println!("{} after {} steps and {} minutes", manifest.name, manifest.trained.steps, manifest.trained.minutes);
    for (label, dice) in &manifest.trained.validation_dice {
        println!("  {:<18} Dice {dice:.3} on the network's grid", label.name());
    }
    println!("{} points of the curve in {}", curve.len(), options.out.display());
    Ok(())
}

/// What repeats this run, for the manifest.
#[cfg(feature = "neural")]
fn command(network: &str, options: &crate::labels::neural::TrainOptions) -> String {
    let minutes = options.minutes.map_or_else(String::new, |m| format!(" --minutes {m}"));
    let channels: Vec<String> = options.shape.channels.iter().map(ToString::to_string).collect();
    format!(
        "coxa train --network {network} --out DIR --steps {}{minutes} --seed {} --channels {}",
        options.steps,
        options.seed,
        channels.join(",")
    )
}

/// Runs the command.
#[cfg(not(feature = "neural"))]
pub fn run(_arguments: Arguments) -> Outcome {
    Err("this build has no network: build with the feature 'neural'".into())
}
