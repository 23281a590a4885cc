//! Coxa: a hip replacement rehearsed on the patient's own bones.
//!
//! ```text
//! dicom ─► volume ─► labels ─► surface ─► anatomy ─► implants ─► plan ─► motion ─► risk ─► report · xray · template · print · teaching
//!                                                                                  ▲
//!                                 app (Bevy) and cli show and drive every stage ───┘
//! ```
//!
//! Each stage is plain types and pure functions, and imports only what stands to its left.

pub mod accuracy;
pub mod anatomy;
#[cfg(feature = "app")]
pub mod app;
pub mod cli;
pub mod device;
pub mod dicom;
pub mod files;
pub mod frames;
#[cfg(feature = "card")]
pub mod graphics_card;
pub mod history;
pub mod i18n;
pub mod implants;
pub mod labels;
pub mod mesh;
pub mod motion;
pub mod pipeline;
pub mod plan;
pub mod progress;
pub mod report;
pub mod risk;
pub mod surface;
pub mod template;
pub mod units;
pub mod volume;
pub mod xray;

/// What every window, report and export says.
pub const DISCLAIMER: &str = "For research, education and rehearsal; not a medical device; the surgeon decides.";
