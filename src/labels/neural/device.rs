//! Where the network computes: on the processor, or on a graphics card that has proved to compute the same.

use super::{
    input::Coarse,
    predict::{Probabilities, field, predict},
    weights::Model,
};
use crate::{labels::SegmentError, progress::Progress, volume::Volume};
pub use burn::tensor::Device;

/// Where the caller wants the network to compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// A graphics card that passes the parity check, otherwise the processor.
    #[default]
    Auto,
    /// The graphics card, or an error.
    Gpu,
    /// The processor.
    Cpu,
}

/// The device to train on: the processor unless the graphics card is asked for.
///
/// # Errors
/// [`SegmentError::Device`] when there is none.
pub fn training_device(choice: DeviceChoice) -> Result<Device, SegmentError> {
    match choice {
        DeviceChoice::Auto | DeviceChoice::Cpu => Ok(Device::flex()),
        #[cfg(feature = "gpu")]
        DeviceChoice::Gpu => super::parity::graphics_card().map_err(SegmentError::Device),
        #[cfg(not(feature = "gpu"))]
        DeviceChoice::Gpu => Err(SegmentError::Device("this build cannot use a graphics card".into())),
    }
}

/// Runs the network over a CT; says where it ran, and why not on a graphics card.
///
/// # Errors
/// [`SegmentError::Model`], [`SegmentError::Device`] and [`SegmentError::Cancelled`].
pub fn run_network(
    model: &Model,
    volume: &Volume,
    choice: DeviceChoice,
    progress: &dyn Progress,
) -> Result<(Probabilities, String), SegmentError> {
    let coarse = field(volume, &model.manifest);
    let mut title = "CPU".to_owned();
    if choice != DeviceChoice::Cpu {
        match on_one_thread(|| on_gpu(model, &coarse, progress)) {
            Ok(found) => return Ok((found, "GPU, checked against the CPU".into())),
            Err(error @ SegmentError::Cancelled) => return Err(error),
            Err(error) if choice == DeviceChoice::Gpu => return Err(error),
            Err(reason) => {
                tracing::info!("the network runs on the CPU: {reason}");
                title = format!("CPU ({reason})");
            }
        }
    }
    let found = on_one_thread(|| on_device(model, &coarse, &Device::flex(), progress))?;
    Ok((found, title))
}

fn on_device(model: &Model, coarse: &Coarse, device: &Device, progress: &dyn Progress) -> Result<Probabilities, SegmentError> {
    let network = model.load(device)?;
    predict(&network, &model.manifest, coarse, device, progress).ok_or(SegmentError::Cancelled)
}

/// Runs everything that touches a device on a thread of its own: streams of a graphics card belong to the calling thread, and using
/// several has given corrupted values (burn pull request 5181). A panic of a driver ends this thread only.
fn on_one_thread<T: Send>(work: impl FnOnce() -> Result<T, SegmentError> + Send) -> Result<T, SegmentError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("network".into()).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| SegmentError::Device(format!("no thread could be started: {error}")))?;
        thread.join().unwrap_or_else(|_| Err(SegmentError::Device("the computation broke off; see the log".into())))
    })
}

#[cfg(not(feature = "gpu"))]
fn on_gpu(_: &Model, _: &Coarse, _: &dyn Progress) -> Result<Probabilities, SegmentError> {
    Err(SegmentError::Device("this build cannot use a graphics card".into()))
}

#[cfg(feature = "gpu")]
fn on_gpu(model: &Model, coarse: &Coarse, progress: &dyn Progress) -> Result<Probabilities, SegmentError> {
    let device = super::parity::graphics_card().map_err(SegmentError::Device)?;
    super::parity::check(model, &device)?;
    on_device(model, coarse, &device, progress)
}
