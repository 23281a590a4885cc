//! Templating on a plain film, where there is no CT: landmarks by hand, lengths by a stated calibration, implants in true size over the
//! picture. Two dimensions of three: what a film cannot show is said, not guessed.
//!
//! Pixels are counted as on the virtual radiographs: x to the right, y down, the centre of the first pixel is (0, 0). Lengths are mm in the
//! plane for which the calibration holds.

mod calibration;
mod choice;
mod circle;
mod document;
mod error;
mod example;
mod figures;
mod landmarks;
mod marker;
mod marker_fit;
mod marker_search;
mod overlay;
mod picture;
mod plane;
mod propagate;
mod shades;
mod words;

pub use calibration::{Calibration, CalibrationSource};
pub use choice::{Choice, Fit, Option2d, Seating, Wanted, choose};
pub use circle::{Circle, fit_circle};
pub use document::{Template, TemplateRequest, make};
pub use error::TemplateError;
pub use example::example;
pub use figures::{Figure, Figures};
pub use landmarks::{FilmLandmarks, SideLandmarks};
pub use marker::{Ball, find_ball};
pub use overlay::overlay;
pub use picture::Radiograph;
pub use plane::{FilmPlane, Planned};
pub use propagate::{Spread, with_spread};
pub use words::{calibration as calibration_in_words, limits, lines};
