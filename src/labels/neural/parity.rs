//! A graphics card is believed once it computes what the processor computes.

use super::{engine::Engine, loss::best_class, weights::Model};
use crate::labels::SegmentError;
use burn::tensor::Device;

/// Least cosine between the outputs of graphics card and processor.
const LEAST_COSINE: f64 = 0.9999;
/// Least share of voxels that get the same class.
const LEAST_AGREEMENT: f64 = 0.999;

/// The first real graphics card; a software driver is none.
#[cfg(feature = "gpu")]
pub(super) fn graphics_card() -> Result<Device, String> {
    use crate::graphics_card::{NONE, is_plugged_in};
    use burn::tensor::DeviceKind;
    use std::sync::OnceLock;
    // A runtime can be set up only once in a process.
    static FOUND: OnceLock<Result<Device, String>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            if !is_plugged_in() {
                return Err(NONE.into());
            }
            [DeviceKind::DiscreteGpu(0), DeviceKind::IntegratedGpu(0)]
                .into_iter()
                .find_map(|kind| Device::wgpu_options().device_kind(kind).init().ok())
                .ok_or_else(|| NONE.into())
        })
        .clone()
}

/// Runs a small fixed patch and one of the real size through both and compares.
pub(super) fn check(model: &Model, card: &Device) -> Result<(), SegmentError> {
    let classes = model.manifest.classes.len();
    let inputs = model.manifest.shape.inputs;
    let (here, there) = (Engine::on_processor(model)?, Engine::on_device(model, card)?);
    let small = [4 * model.manifest.shape.multiple(); 3];
    for patch in [small, model.manifest.patch] {
        let voxels: usize = patch.iter().product();
        let input: Vec<f32> = (0..inputs * voxels).map(|n| (n as f32 * 0.37).sin() * (n as f32 * 0.0011).cos()).collect();
        let expected = here.logits(input.clone(), inputs, patch);
        let found = there.logits(input, inputs, patch);
        let (cosine, agreement) = compare(&expected, &found, voxels, classes);
        // Written so that a NaN fails.
        if !(cosine >= LEAST_COSINE && agreement >= LEAST_AGREEMENT) {
            return Err(SegmentError::Device(format!(
                "the graphics card computes something else than the processor (cosine {cosine:.5}, {:.2} % of voxels agree)",
                100.0 * agreement
            )));
        }
    }
    Ok(())
}

/// Cosine between two outputs, and the share of voxels whose most probable class agrees.
fn compare(a: &[f32], b: &[f32], voxels: usize, classes: usize) -> (f64, f64) {
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum::<f64>();
    let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    let same = best_class(a, voxels, classes).iter().zip(best_class(b, voxels, classes)).filter(|(x, y)| **x == *y).count();
    (cosine, same as f64 / voxels as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::neural::Networks;

    #[test]
    fn our_convolutions_on_the_processor_agree_with_burns() {
        let networks = Networks::shipped().unwrap();
        check(&networks.coarse, &Device::flex()).unwrap();
        check(&networks.fine, &Device::flex()).unwrap();
    }

    #[test]
    fn a_card_that_answers_zeros_or_nan_does_not_pass() {
        let right: Vec<f32> = (0..40).map(|n| (n as f32).sin()).collect();
        let (cosine, agreement) = compare(&right, &right, 10, 4);
        assert!(cosine > 0.999_999 && agreement == 1.0);
        let (cosine, _) = compare(&right, &[0.0; 40], 10, 4);
        assert!(cosine.is_nan());
        let shifted: Vec<f32> = right.iter().map(|v| v + 0.3).collect();
        assert!(compare(&right, &shifted, 10, 4).0 < LEAST_COSINE);
    }
}
