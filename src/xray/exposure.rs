//! Exposing a film: by a graphics card that proves to compute the same, otherwise by the processor.

use super::{Attenuation, Beam, attenuation};
use crate::{device::DeviceChoice, surface::MeshIndex, volume::Volume};
use thiserror::Error;

/// The graphics card was asked for and cannot do it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the film cannot be exposed on the graphics card: {0}; leave the device to Coxa (auto) or choose the processor (cpu)")]
pub struct ExposureError(String);

/// What the rays lost, and where that was computed.
pub struct Exposure {
    /// One a pixel, row by row from the top of the film.
    pub lost: Vec<Attenuation>,
    /// The processor, or the name of the graphics card.
    pub device: String,
}

/// What the ray to every pixel loses; see [`attenuation`]. A graphics card is only believed after it computed a few hundred stretches of these
/// very rays like the processor.
///
/// # Errors
/// When the graphics card is asked for and there is none, or it fails or disagrees.
pub fn expose(beam: &Beam, volume: &Volume, metal: &[MeshIndex], choice: DeviceChoice) -> Result<Exposure, ExposureError> {
    let mut device = "CPU".to_owned();
    if choice != DeviceChoice::Cpu {
        match on_card(beam, volume, metal) {
            Ok(exposure) => return Ok(exposure),
            Err(reason) if choice == DeviceChoice::Gpu => return Err(ExposureError(reason)),
            Err(reason) => {
                tracing::info!("the film is exposed on the CPU: {reason}");
                device = format!("CPU ({reason})");
            }
        }
    }
    Ok(Exposure { lost: attenuation(beam, volume, metal), device })
}

#[cfg(feature = "card")]
fn on_card(beam: &Beam, volume: &Volume, metal: &[MeshIndex]) -> Result<Exposure, String> {
    use crate::graphics_card::{GraphicsCard, Kind};
    let card = GraphicsCard::open(Kind::Real)?;
    let lost = super::attenuation_on_card(&card, beam, volume, metal)?;
    Ok(Exposure { lost, device: format!("{}, checked against the CPU", card.title) })
}

#[cfg(not(feature = "card"))]
fn on_card(_: &Beam, _: &Volume, _: &[MeshIndex]) -> Result<Exposure, String> {
    Err("this build cannot use a graphics card".into())
}
