//! Training: one phantom CT, or a piece of one, a step; AdamW (Loshchilov & Hutter, ICLR 2019), learning rate warmed up and then lowered along a cosine.

use super::{
    checkpoint::{self, Checkpoint},
    cpu::{Field, Network, values_of, with_values},
    curve,
    engine::{Engine, to_tensor, values},
    examples::{Cut, Example, Patient},
    fine_examples::FinePatient,
    input,
    loss::loss_and_gradient,
    manifest::{FORMAT_VERSION, Manifest, ModelError, Role, Trained},
    unet::{UNet, UNetShape},
    validation::validate,
    ward::{Ward, training_seed, validation_seed},
    weights::{self, Model},
};
use crate::{
    files,
    labels::{
        Label, SegmentError,
        synthesis::{ShapeModel, ShapeModelError},
    },
    progress::Progress,
};
use burn::{
    grad_clipping::GradientClippingConfig,
    module::Module,
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer},
    tensor::Device,
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

/// What a network learns to do.
#[derive(Clone, Debug)]
pub enum Task {
    /// To tell which bone is where.
    Coarse,
    /// To tell where a bone ends, with the opinion of this coarse network.
    Fine(Box<Model>),
}

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
    /// What the network learns to do.
    pub task: Task,
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
    /// The settings of the coarse network that ships with Coxa.
    #[must_use]
    pub fn coarse(out: PathBuf) -> Self {
        use Label::{Background, FemurLeft, FemurRight, HipLeft, HipRight, LumbarVertebra, Sacrum};
        let classes = vec![Background, Sacrum, HipLeft, HipRight, FemurLeft, FemurRight, LumbarVertebra];
        Self {
            out,
            name: "pelvis-coarse".into(),
            steps: 3000,
            minutes: None,
            seed: 1,
            resume: false,
            task: Task::Coarse,
            shape: UNetShape { inputs: input::INPUTS, channels: vec![8, 24, 48, 64], classes: classes.len() },
            cut: Cut { spacing_mm: 6.0, patch: [64, 48, 64], classes },
            learning_rate: 4e-3,
            steps_per_phantom: 6,
            phantoms: 80,
            validation: 6,
            steps_per_validation: 100,
            command: String::new(),
        }
    }

    /// The settings of the fine network that ships with Coxa; `coarse` goes before it.
    #[must_use]
    pub fn fine(out: PathBuf, coarse: Model) -> Self {
        use Label::{Background, FemurLeft, HipLeft, LumbarVertebra, Sacrum};
        let classes = vec![Background, Sacrum, HipLeft, FemurLeft, LumbarVertebra];
        Self {
            name: "pelvis-fine".into(),
            task: Task::Fine(Box::new(coarse)),
            shape: UNetShape { inputs: Role::Fine.input().1, channels: vec![16, 32, 48, 64], classes: classes.len() },
            cut: Cut { spacing_mm: 1.5, patch: [64; 3], classes },
            learning_rate: 2e-3,
            steps_per_phantom: 10,
            phantoms: 48,
            ..Self::coarse(out)
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
    /// Dice of every class but the background over all validation phantoms together, on the network's grid.
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
    /// The coarse network cannot be used.
    #[error(transparent)]
    Network(#[from] SegmentError),
    /// Someone wanted it to stop; the last checkpoint stands.
    #[error("training was stopped")]
    Cancelled,
}

/// The state that a run carries from step to step.
pub(super) struct Run {
    pub(super) network: UNet,
    pub(super) optimizer: ModuleOptimizer,
    /// Moving average of all weights: what is validated and shipped.
    pub(super) average: Vec<Vec<f32>>,
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
    let (seed, cut) = (options.seed, &options.cut);
    match &options.task {
        Task::Coarse => {
            let draw = move |seed: u64| Patient::draw(&model, seed);
            let validation = (0..options.validation).map(|n| cut.plain(&draw(validation_seed(n)))).collect();
            let draw = move |number| draw(training_seed(seed, number));
            run(options, device, draw, |patient, dice| cut.varied(patient, dice), validation, progress)
        }
        Task::Fine(coarse) => {
            let (engine, manifest) = (Engine::on_processor(coarse)?, coarse.manifest.clone());
            let draw = move |seed: u64| FinePatient::draw(&model, &engine, &manifest, seed);
            let validation = (0..options.validation).flat_map(|n| cut.plain_pieces(&draw(validation_seed(n)))).collect();
            let draw = move |number| draw(training_seed(seed, number));
            run(options, device, draw, |patient, dice| cut.varied_piece(patient, dice), validation, progress)
        }
    }
}

fn run<P: Send + 'static>(
    options: &TrainOptions,
    device: &Device,
    draw: impl Fn(usize) -> P + Send + 'static,
    vary: impl Fn(&P, &mut ChaCha8Rng) -> Example,
    validation: Vec<Example>,
    progress: &dyn Progress,
) -> Result<(Manifest, Vec<CurvePoint>), TrainError> {
    let on_processor = *device == Device::flex();
    let device = device.clone().autodiff();
    let mut run = if options.resume { checkpoint::load(options, &device)? } else { fresh(options, &device) };
    let mut ward = Ward::open(run.step, options.steps_per_phantom, options.phantoms, draw);
    let (start, minutes_before) = (Instant::now(), run.minutes);
    let mut losses = Vec::new();
    loop {
        run.minutes = minutes_before + start.elapsed().as_secs_f64() / 60.0;
        let by_clock = options.minutes.map_or(0.0, |minutes| run.minutes / minutes);
        let done = (run.step as f64 / options.steps as f64).max(by_clock);
        let finished = done >= 1.0;
        if !losses.is_empty() && (finished || run.step % options.steps_per_validation == 0) {
            let dice = validate(&Engine::of(&run.averaged(), &options.shape), &options.shape, options.cut.patch, &validation);
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
        // Every step has its own dice, so that a resumed run goes on exactly where the first stopped.
        let mut dice = ChaCha8Rng::seed_from_u64(options.seed);
        dice.set_stream(run.step as u64 + 1);
        let patient = ward.patient(run.step, &mut dice).ok_or(TrainError::NoPhantom { step: run.step })?;
        let example = vary(&patient, &mut dice);
        let rate = learning_rate(options.learning_rate, done, run.step);
        let loss = run.learn(example, options, rate, &device, on_processor)?;
        losses.push(loss);
        progress.report(&format!("step {} loss {loss:.3}", run.step), done);
    }
    let manifest = weights::write(&run.averaged(), manifest(options, &run), &options.out)?;
    draw_curve(options, &run.curve)?;
    Ok((manifest, run.curve))
}

impl Run {
    /// The network with the average of its weights.
    pub(super) fn averaged(&self) -> UNet {
        with_values(self.network.valid(), self.average.clone())
    }

    /// One step: loss, gradients, new weights. Returns the loss.
    fn learn(
        &mut self,
        example: Example,
        options: &TrainOptions,
        rate: f64,
        device: &Device,
        on_processor: bool,
    ) -> Result<f64, TrainError> {
        let (inputs, classes, patch) = (options.shape.inputs, options.shape.classes, options.cut.patch);
        let loss_of = |logits: &[f32]| {
            let (loss, gradient) = loss_and_gradient(logits, &example.target, &example.weights, classes);
            if loss.is_finite() { Ok((loss, gradient)) } else { Err(TrainError::Diverged { step: self.step, loss }) }
        };
        let (loss, gradients) = if on_processor {
            let matrices = Network::of(&self.network, &options.shape);
            let (logits, trace) = matrices.traced(Field::from_planar(&example.input, inputs, patch));
            let (loss, gradient) = loss_of(&logits.to_planar())?;
            let gradients = matrices.backward(&trace, &Field::from_planar(&gradient, classes, patch));
            (loss, gradients.gradients_for(&self.network, &device.clone().inner()))
        } else {
            let logits = self.network.forward(to_tensor(example.input, inputs, patch, device));
            let (loss, gradient) = loss_of(&values(logits.clone().inner()))?;
            // The sum of logits times the loss's gradient has that very gradient: it carries it into the network.
            let carrier = (logits * to_tensor(gradient, classes, patch, device)).sum();
            (loss, GradientsParams::from_grads(carrier.backward(), &self.network))
        };
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        self.step += 1;
        // Young averages forget quickly, so that the random beginning leaves no trace.
        let keep = (self.step as f32 / (self.step as f32 + 10.0)).min(0.995);
        for (average, now) in self.average.iter_mut().zip(values_of(&self.network)) {
            average.iter_mut().zip(now).for_each(|(average, now)| *average += (1.0 - keep) * (now - *average));
        }
        Ok(loss)
    }
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
    let network = UNet::new(&options.shape, device);
    Run { average: values_of(&network), network, optimizer: optimizer(), step: 0, minutes: 0.0, curve: Vec::new() }
}

pub(super) fn optimizer() -> ModuleOptimizer {
    AdamWConfig::new().with_weight_decay(1e-4).with_grad_clipping(Some(GradientClippingConfig::Norm(1.0))).init()
}

/// Warm-up over the first 40 steps, then half a cosine down to a hundredth.
fn learning_rate(largest: f64, done: f64, step: usize) -> f64 {
    let cosine = 0.01 + 0.99 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos()) / 2.0;
    largest * cosine * ((step + 1) as f64 / 40.0).min(1.0)
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
    let role = match options.task {
        Task::Coarse => Role::Coarse,
        Task::Fine(_) => Role::Fine,
    };
    Manifest {
        format_version: FORMAT_VERSION,
        name: options.name.clone(),
        sha256: String::new(),
        role,
        spacing_mm: options.cut.spacing_mm,
        patch: options.cut.patch,
        windows_hu: role.input().0,
        shape: options.shape.clone(),
        classes: options.cut.classes.clone(),
        trained: Trained {
            seed: options.seed,
            steps: run.step,
            minutes: (run.minutes * 10.0).round() / 10.0,
            command: options.command.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
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
