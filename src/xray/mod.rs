//! Virtual radiographs: the CT, as it is or after the planned operation, through a cone of rays on a film.

mod after;
mod attenuation;
mod beam;
#[cfg(feature = "card")]
mod card;
mod equalise;
mod exposure;
mod film;
mod metal;

pub use after::after_operation;
pub use attenuation::{Attenuation, METAL_PER_MM, WATER_PER_MM, attenuation};
pub use beam::{Beam, BeamError, BeamSettings, Projection};
#[cfg(feature = "card")]
pub use card::attenuation_on_card;
pub use exposure::{Exposure, ExposureError, expose};
pub use film::{FilmError, Inscription, film};
pub use metal::metal;
