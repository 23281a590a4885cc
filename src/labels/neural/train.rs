//! Training: one phantom CT a step, AdamW (Loshchilov & Hutter, ICLR 2019), learning rate warmed up and then lowered along a cosine.

use super::{
    checkpoint::{self, Checkpoint},
    curve,
    examples::{Cut, Patient, Ward, validation_seed},
    input::{INPUTS, WINDOWS_HU},
    loss::{loss_and_gradient, softmax},
    manifest::{FORMAT_VERSION, Manifest, ModelError, Trained},
    unet::{UNet, UNetShape},
    weights,
};
use crate::{
    files,
    labels::{
        Label, metrics,
        synthesis::{ShapeModel, ShapeModelError},
    },
    progress::Progress,
};
use burn::{
    grad_clipping::GradientClippingConfig,
    module::Module,
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor, TensorData},
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::{
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
    time::Instant,
};
use thiserror::Error;

/// Choices for a training run.
#[derive(Clone, Debug)]
pub struct TrainOptions {
    /// Folder for weights, manifest, curves and the checkpoint.
    pub out: PathBuf,
    /// Name of the network and of its files.
    pub name: String,
    /// Steps in all.
    pub steps: usize,
    /// Stops after this many minutes even if steps remain; the learning rate then follows the clock where that is ahead.
    pub minutes: Option<f64>,
    /// Seed of weights, phantoms and variations.
    pub seed: u64,
    /// Goes on from the checkpoint in `out`.
    pub resume: bool,
    /// Shape of the network.
    pub shape: UNetShape,
    /// How examples are cut.
    pub cut: Cut,
    /// Largest learning rate.
    pub learning_rate: f64,
    /// A new phantom joins every so many steps.
    pub steps_per_phantom: usize,
    /// Phantoms kept at hand.
    pub phantoms: usize,
    /// Phantoms for validation.
    pub validation: usize,
    /// Steps between validations (and checkpoints).
    pub steps_per_validation: usize,
    /// Command to note in the manifest.
    pub command: String,
}

impl TrainOptions {
    /// The settings of the network that ships with Coxa.
    #[must_use]
    pub fn pelvis(out: PathBuf) -> Self {
        use Label::{Background, FemurLeft, FemurRight, HipLeft, HipRight, LumbarVertebra, Sacrum};
        let classes = vec![Background, Sacrum, HipLeft, HipRight, FemurLeft, FemurRight, LumbarVertebra];
        Self {
            out,
            name: "pelvis".into(),
            steps: 1200,
            minutes: None,
            seed: 1,
            resume: false,
            shape: UNetShape { inputs: INPUTS, channels: vec![8, 24, 48, 64], classes: classes.len() },
            cut: Cut { spacing_mm: 6.0, patch: [64, 48, 64], classes },
            learning_rate: 4e-3,
            steps_per_phantom: 6,
            phantoms: 80,
            validation: 4,
            steps_per_validation: 100,
            command: String::new(),
        }
    }
}

/// One point of the curves.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CurvePoint {
    /// Steps taken.
    pub step: usize,
    /// Mean training loss since the point before.
    pub loss: f64,
    /// Dice of every class but the background on the validation phantoms, coarse grid.
    pub dice: Vec<f64>,
}

/// Why training stopped.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The shape model that phantoms are drawn from is missing or damaged.
    #[error(transparent)]
    ShapeModel(#[from] ShapeModelError),
    /// The weights could not be written.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A file could not be read or written.
    #[error("'{}': {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The checkpoint belongs to other settings or is damaged.
    #[error("the checkpoint in '{}' cannot be continued: {reason}", path.display())]
    Checkpoint {
        /// The checkpoint.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The loss is no number any more.
    #[error("training diverged at step {step}: the loss is {loss}; lower the learning rate")]
    Diverged {
        /// The step.
        step: usize,
        /// The loss.
        loss: f64,
    },
    /// The thread that draws phantoms ended.
    #[error("no phantom could be drawn for step {step}")]
    NoPhantom {
        /// The step.
        step: usize,
    },
    /// Someone wanted it to stop; the last checkpoint stands.
    #[error("training was stopped")]
    Cancelled,
}

/// The state that a run carries from step to step.
pub(super) struct Run {
    pub(super) network: UNet,
    pub(super) optimizer: ModuleOptimizer,
    pub(super) step: usize,
    pub(super) minutes: f64,
    pub(super) curve: Vec<CurvePoint>,
}

/// Trains a network on phantoms and writes weights, manifest, curves and a checkpoint into `options.out`.
///
/// # Errors
/// See [`TrainError`]. On any error the last checkpoint remains and `resume` goes on from it.
pub fn train(
    options: &TrainOptions,
    device: &Device,
    progress: &dyn Progress,
) -> Result<(Manifest, Vec<CurvePoint>), TrainError> {
    let model = Arc::new(ShapeModel::load()?);
    let device = device.clone().autodiff();
    let mut run = if options.resume { checkpoint::load(options, &device)? } else { fresh(options, &device) };
    let mut ward = Ward::open(Arc::clone(&model), options.seed, run.step, options.steps_per_phantom, options.phantoms);
    let validation: Vec<Patient> = (0..options.validation).map(|n| Patient::draw(&model, validation_seed(n))).collect();
    let (start, minutes_before) = (Instant::now(), run.minutes);
    let mut losses = Vec::new();
    loop {
        run.minutes = minutes_before + start.elapsed().as_secs_f64() / 60.0;
        let by_clock = options.minutes.map_or(0.0, |minutes| run.minutes / minutes);
        let done = (run.step as f64 / options.steps as f64).max(by_clock);
        let finished = done >= 1.0;
        if !losses.is_empty() && (finished || run.step % options.steps_per_validation == 0) {
            let dice = validate(&run.network.valid(), &options.cut, &validation, &device.clone().inner());
            run.curve.push(CurvePoint { step: run.step, loss: mean(&losses), dice });
            losses.clear();
            checkpoint::save(options, &run)?;
            progress.report(&status(&run), done.min(1.0));
        }
        if finished {
            break;
        }
        if progress.cancelled() {
            return Err(TrainError::Cancelled);
        }
        let rate = learning_rate(options.learning_rate, done, run.step);
        let loss = one_step(&mut run, options, &mut ward, rate, &device)?;
        losses.push(loss);
        progress.report(&format!("step {} loss {loss:.3}", run.step), done);
    }
    let manifest = weights::write(&run.network.valid(), manifest(options, &run), &options.out)?;
    draw_curve(options, &run.curve)?;
    Ok((manifest, run.curve))
}

fn draw_curve(options: &TrainOptions, curve: &[CurvePoint]) -> Result<(), TrainError> {
    let path = options.out.join(format!("{}.svg", options.name));
    curve::svg(curve, &options.cut.classes)
        .map_err(io::Error::other)
        .and_then(|picture| files::write_atomically(&path, |w| w.write_all(picture.as_bytes())))
        .map_err(|source| TrainError::Io { path, source })
}

fn fresh(options: &TrainOptions, device: &Device) -> Run {
    device.seed(options.seed);
    Run { network: UNet::new(&options.shape, device), optimizer: optimizer(), step: 0, minutes: 0.0, curve: Vec::new() }
}

pub(super) fn optimizer() -> ModuleOptimizer {
    AdamWConfig::new().with_weight_decay(1e-4).with_grad_clipping(Some(GradientClippingConfig::Norm(1.0))).init()
}

/// Warm-up over the first 40 steps, then half a cosine down to a hundredth.
fn learning_rate(largest: f64, done: f64, step: usize) -> f64 {
    let cosine = 0.01 + 0.99 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos()) / 2.0;
    largest * cosine * ((step + 1) as f64 / 40.0).min(1.0)
}

fn one_step(run: &mut Run, options: &TrainOptions, ward: &mut Ward, rate: f64, device: &Device) -> Result<f64, TrainError> {
    // Every step has its own dice, so that a resumed run goes on exactly where the first stopped.
    let mut dice = ChaCha8Rng::seed_from_u64(options.seed);
    dice.set_stream(run.step as u64 + 1);
    let patient = ward.patient(run.step, &mut dice).ok_or(TrainError::NoPhantom { step: run.step })?;
    let example = options.cut.varied(&patient, &mut dice);
    let classes = options.shape.classes;
    let logits = run.network.forward(to_tensor(example.input, INPUTS, options.cut.patch, device));
    let (loss, gradient) = loss_and_gradient(&values(logits.clone().inner()), &example.target, classes);
    if !loss.is_finite() {
        return Err(TrainError::Diverged { step: run.step, loss });
    }
    // The sum of logits times the loss's gradient has that very gradient: it carries it into the network.
    let carrier = (logits * to_tensor(gradient, classes, options.cut.patch, device)).sum();
    let gradients = GradientsParams::from_grads(carrier.backward(), &run.network);
    run.network = run.optimizer.step(rate, run.network.clone(), gradients);
    run.step += 1;
    Ok(loss)
}

pub(super) fn to_tensor(values: Vec<f32>, channels: usize, [ni, nj, nk]: [usize; 3], device: &Device) -> Tensor<5> {
    Tensor::from_data(TensorData::new(values, [1, channels, nk, nj, ni]), device)
}

/// The numbers of a tensor; they are f32 throughout this module.
pub(super) fn values(tensor: Tensor<5>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

fn validate(network: &UNet, cut: &Cut, patients: &[Patient], device: &Device) -> Vec<f64> {
    let classes = cut.classes.len();
    let mut sums = vec![(0.0, 0usize); classes];
    for patient in patients {
        let example = cut.plain(patient);
        let logits = values(network.forward(to_tensor(example.input, INPUTS, cut.patch, device)));
        let probabilities = softmax(&logits, example.target.len(), classes);
        let best = best_class(&probabilities, example.target.len(), classes);
        for (class, sum) in sums.iter_mut().enumerate() {
            // Class numbers stand in for label ids: Dice only compares them.
            if let Some(dice) = metrics::dice_of(&best, &example.target, class as u8) {
                *sum = (sum.0 + dice, sum.1 + 1);
            }
        }
    }
    sums.iter().skip(1).map(|&(sum, count)| if count > 0 { sum / count as f64 } else { 0.0 }).collect()
}

/// The most probable class of every voxel.
pub(super) fn best_class(probabilities: &[f32], voxels: usize, classes: usize) -> Vec<u8> {
    (0..voxels)
        .map(|at| {
            let p = |c: usize| probabilities[c * voxels + at];
            (0..classes).fold(0, |best, c| if p(c) > p(best) { c } else { best }) as u8
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn status(run: &Run) -> String {
    run.curve.last().map_or_else(String::new, |point| {
        let dice: Vec<String> = point.dice.iter().map(|d| format!("{d:.2}")).collect();
        format!("validated at step {} after {:.1} min: loss {:.3}, Dice {}", point.step, run.minutes, point.loss, dice.join(" "))
    })
}

fn manifest(options: &TrainOptions, run: &Run) -> Manifest {
    let dice = run.curve.last().map(|point| point.dice.clone()).unwrap_or_default();
    let round = |d: f64| (d * 1000.0).round() / 1000.0;
    Manifest {
        format_version: FORMAT_VERSION,
        name: options.name.clone(),
        sha256: String::new(),
        spacing_mm: options.cut.spacing_mm,
        patch: options.cut.patch,
        windows_hu: WINDOWS_HU,
        shape: options.shape.clone(),
        classes: options.cut.classes.clone(),
        trained: Trained {
            seed: options.seed,
            steps: run.step,
            minutes: (run.minutes * 10.0).round() / 10.0,
            command: options.command.clone(),
            validation_dice: options.cut.classes.iter().skip(1).copied().zip(dice.into_iter().map(round)).collect(),
        },
    }
}

impl Checkpoint {
    /// True when a run with these options may go on from here.
    pub(super) fn fits(&self, options: &TrainOptions) -> bool {
        self.seed == options.seed && self.shape == options.shape
    }
}
