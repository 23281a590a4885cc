//! Where the network computes: on the processor, or on a graphics card that has proved to compute the same.

use super::{
    engine::Engine,
    fine::sharpen,
    predict::{Probabilities, field, predict},
    weights::Networks,
};
use crate::{device::DeviceChoice, labels::SegmentError, progress::Progress, volume::Volume};
pub use burn::tensor::Device;

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

/// What the networks say about a CT.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// Which bone is where, over the whole body.
    pub coarse: Probabilities,
    /// Where the bones end, around them; `None` where the coarse network saw no bone.
    pub fine: Option<Probabilities>,
    /// Where the networks ran, and why not elsewhere.
    pub device: String,
}

/// Runs the networks over a CT; says where they ran, and why not on a graphics card.
///
/// # Errors
/// [`SegmentError::Model`], [`SegmentError::Device`] and [`SegmentError::Cancelled`].
pub fn run_networks(
    networks: &Networks,
    volume: &Volume,
    choice: DeviceChoice,
    progress: &dyn Progress,
) -> Result<Opinion, SegmentError> {
    let mut title = "CPU".to_owned();
    if choice != DeviceChoice::Cpu {
        match on_one_thread(|| on_gpu(networks, volume, progress)) {
            Ok(found) => return Ok(found),
            Err(error @ SegmentError::Cancelled) => return Err(error),
            Err(error) if choice == DeviceChoice::Gpu => return Err(error),
            Err(reason) => {
                tracing::info!("the networks run on the CPU: {reason}");
                title = format!("CPU ({reason})");
            }
        }
    }
    let engines = [&networks.coarse, &networks.fine].map(Engine::on_processor);
    on_engines(networks, engines, volume, title, progress)
}

fn on_engines(
    networks: &Networks,
    engines: [Result<Engine, SegmentError>; 2],
    volume: &Volume,
    device: String,
    progress: &dyn Progress,
) -> Result<Opinion, SegmentError> {
    let [coarse_engine, fine_engine] = engines;
    let (coarse_engine, fine_engine) = (coarse_engine?, fine_engine?);
    let manifest = &networks.coarse.manifest;
    let coarse = predict(&coarse_engine, manifest, &field(volume, manifest), progress).ok_or(SegmentError::Cancelled)?;
    let fine = sharpen(&fine_engine, &networks.fine.manifest, volume, &coarse, progress);
    if progress.cancelled() {
        return Err(SegmentError::Cancelled);
    }
    Ok(Opinion { coarse, fine, device })
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
fn on_gpu(_: &Networks, _: &Volume, _: &dyn Progress) -> Result<Opinion, SegmentError> {
    Err(SegmentError::Device("this build cannot use a graphics card".into()))
}

#[cfg(feature = "gpu")]
fn on_gpu(networks: &Networks, volume: &Volume, progress: &dyn Progress) -> Result<Opinion, SegmentError> {
    let device = super::parity::graphics_card().map_err(SegmentError::Device)?;
    let models = [&networks.coarse, &networks.fine];
    models.into_iter().try_for_each(|model| super::parity::check(model, &device))?;
    let engines = models.map(|model| Engine::on_device(model, &device));
    on_engines(networks, engines, volume, "GPU, checked against the CPU".into(), progress)
}
