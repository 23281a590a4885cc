//! What leaves the program for a reader: the report.

mod catalogue_sheet;
mod clock_plot;
mod deformity;
mod html;
mod measures;
mod pictures;
mod render;
mod rom_plot;
mod why;

pub use catalogue_sheet::catalogue_sheets;
pub use clock_plot::clock_plot;
pub use deformity::side_by_side;
pub use html::{Report, ReportError};
pub use measures::{Measure, of_anatomy, of_plan};
pub use pictures::{Paint, PictureSource, three_views};
pub use render::{Body, Picture, View, render};
pub use why::{WhyLine, judged_by, runners_up};
