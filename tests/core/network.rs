//! The network computes what it should, its files are checked, and training goes on where it stopped.

use burn::tensor::{Device, Tensor, TensorData, module::conv3d, ops::ConvOptions};
use coxa::{
    labels::neural::{Model, ModelError, Networks, Role, TrainError, TrainOptions, UNet, UNetShape, train},
    progress::{Progress, Silent},
};
use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

#[test]
fn a_small_convolution_is_that_computed_by_hand() {
    let device = Device::flex();
    let counting =
        |n: usize, shape: [usize; 5]| Tensor::<5>::from_data(TensorData::new((0..n).map(|v| v as f32).collect(), shape), &device);
    // Two channels of 2×2×2 and a kernel of two channels that weighs corner (0,0,0) of channel 0 by 2 and corner (1,1,1) of channel 1 by 3.
    let x = counting(16, [1, 2, 2, 2, 2]);
    let mut kernel = vec![0.0f32; 16];
    kernel[0] = 2.0;
    kernel[15] = 3.0;
    let kernel = Tensor::<5>::from_data(TensorData::new(kernel, [1, 2, 2, 2, 2]), &device);
    let y = conv3d(x, kernel, None, ConvOptions::new([1; 3], [1; 3], [1; 3], 1));
    assert_eq!(y.dims(), [1, 1, 3, 3, 3]);
    let found: Vec<f32> = y.into_data().iter::<f32>().collect();
    // In the middle both corners lie inside: 2·0 + 3·15. At the first corner only the kernel's last weight meets voxel 0 of channel 1.
    assert_eq!(found[13], 45.0);
    assert_eq!(found[0], 3.0 * 8.0);
    // At the last corner only the kernel's first weight meets the last voxel of channel 0.
    assert_eq!(found[26], 2.0 * 7.0);
    assert_eq!(found.iter().filter(|v| **v != 0.0).count(), 15);
}

#[test]
fn the_network_answers_every_voxel_with_every_class() {
    let shape = UNetShape { inputs: 5, channels: vec![4, 8, 16], classes: 7 };
    let network = UNet::blank(&shape, &Device::flex());
    let input = Tensor::<5>::zeros([1, 5, 8, 12, 16], &Device::flex());
    assert_eq!(network.forward(input).dims(), [1, 7, 8, 12, 16]);
    assert_eq!(shape.multiple(), 4);
}

/// Settings of a run that takes a second.
fn tiny(out: &Path) -> TrainOptions {
    let mut options = TrainOptions::coarse(out.into());
    options.shape.channels = vec![4, 8];
    options.cut.spacing_mm = 16.0;
    options.cut.patch = [24, 16, 24];
    options.steps = 12;
    options.steps_per_phantom = 6;
    options.validation = 1;
    options.steps_per_validation = 6;
    options
}

/// Wants no more after so many reports.
struct Impatient(AtomicUsize);

impl Progress for Impatient {
    fn report(&self, stage: &str, _fraction: f64) {
        if stage.starts_with("step") {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

#[test]
fn a_run_that_was_stopped_goes_on_as_if_it_had_not_been() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    let (manifest, straight) = train(&tiny(&whole), &Device::flex(), &Silent).unwrap();
    assert_eq!(straight.iter().map(|p| p.step).collect::<Vec<_>>(), [6, 12]);
    assert!(straight[1].loss < straight[0].loss, "{straight:?}");

    let stopped = train(&tiny(&parts), &Device::flex(), &Impatient(AtomicUsize::new(8)));
    assert!(matches!(stopped, Err(TrainError::Cancelled)));
    assert!(!parts.join("pelvis-coarse.safetensors").exists());
    let mut options = tiny(&parts);
    options.resume = true;
    let (resumed, curve) = train(&options, &Device::flex(), &Silent).unwrap();
    assert_eq!(resumed.trained.steps, 12);
    for (a, b) in straight.iter().zip(&curve) {
        assert_eq!(a.step, b.step);
        assert!((a.loss - b.loss).abs() < 1e-4, "{a:?} {b:?}");
    }
    assert_eq!(manifest.shape, resumed.shape);
    assert!(fs::read_to_string(parts.join("pelvis-coarse.svg")).unwrap().contains("hip_left"));

    options.seed = 2;
    let foreign = train(&options, &Device::flex(), &Silent).unwrap_err();
    assert!(foreign.to_string().contains("another seed"), "{foreign}");
    the_files_are_checked(&parts);
}

#[test]
fn a_fine_network_learns_with_the_coarse_ones_opinion() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = TrainOptions::fine(folder.path().into(), Networks::shipped().unwrap().coarse);
    options.shape.channels = vec![4, 8];
    options.cut.patch = [24; 3];
    options.cut.spacing_mm = 4.0;
    options.steps = 24;
    options.steps_per_phantom = 24;
    options.validation = 1;
    options.steps_per_validation = 8;
    let (manifest, curve) = train(&options, &Device::flex(), &Silent).unwrap();
    assert_eq!((manifest.role, manifest.shape.classes), (Role::Fine, 5));
    assert!(curve[2].loss < curve[0].loss, "{curve:?}");
    let read = Model::read(&folder.path().join("pelvis-fine.ron")).unwrap();
    assert_eq!(read.manifest, manifest);
    // A fine network in the place of the coarse one would answer without a word.
    for extension in ["ron", "safetensors"] {
        let [fine, coarse] = ["pelvis-fine", "pelvis-coarse"].map(|name| folder.path().join(name).with_extension(extension));
        fs::copy(fine, coarse).unwrap();
    }
    let refused = Networks::read_uncalibrated(folder.path()).unwrap_err();
    assert!(refused.to_string().contains("expected a Coarse one"), "{refused}");
}

/// A network that was written is read again; exchanged, damaged or senseless weights are refused.
fn the_files_are_checked(folder: &Path) {
    let manifest = folder.join("pelvis-coarse.ron");
    let weights = folder.join("pelvis-coarse.safetensors");
    let model = Model::read(&manifest).unwrap();
    model.load(&Device::flex()).unwrap();

    let whole = fs::read(&weights).unwrap();
    let mut changed = whole.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    fs::write(&weights, &changed).unwrap();
    let refused = Model::read(&manifest).unwrap_err();
    assert!(matches!(refused, ModelError::Hash { .. }), "{refused}");
    assert!(refused.to_string().contains("damaged or was exchanged"));

    // The same with a manifest that fits: only the values are wrong.
    changed[last - 3..].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(&weights, &changed).unwrap();
    let text = fs::read_to_string(&manifest).unwrap();
    let fitting = text.replace(&model.manifest.sha256, &coxa::labels::neural::sha256(&changed));
    fs::write(&manifest, &fitting).unwrap();
    let refused = Model::read(&manifest).unwrap_err();
    assert!(refused.to_string().contains("not finite"), "{refused}");

    fs::write(&weights, &whole).unwrap();
    fs::write(&manifest, text.replace("channels: [\n            4,", "channels: [\n            6,")).unwrap();
    let refused = Model::read(&manifest).unwrap().load(&Device::flex()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, ModelError::Weights { .. }), "{refused}");
}
