//! What leaves the program for a reader: the report.

mod assessed;
mod catalogue_sheet;
mod clock_plot;
mod contact_plot;
mod cup_plot;
mod danger_words;
mod deformity;
mod html;
mod lettering;
mod measures;
mod pictures;
mod rehearsal_frames;
mod rehearsal_words;
mod render;
mod rom_plot;
mod standing;
mod why;
mod zone_plot;

pub use assessed::{NumberLine, NumberTable, hour_row, level_row, number_tables, screw_row, zone_row};
pub use catalogue_sheet::catalogue_sheets;
pub use clock_plot::clock_plot;
pub use contact_plot::contact_plot;
pub use cup_plot::cup_plot;
pub use danger_words::{danger_in_words, name_in, offer_in_words, posture_in_words};
pub use deformity::side_by_side;
pub use html::{Report, ReportError};
pub use lettering::{LetteringError, width, write};
pub use measures::{Measure, of_anatomy, of_implants, of_plan};
pub use pictures::{Paint, PictureSource, three_views};
pub use rehearsal_frames::{femur_at, rehearsal_frame};
pub use rehearsal_words::rehearsal_in_words;
pub use render::{Body, Picture, View, render};
pub use standing::{AnsweredLine, answered, state};
pub use why::{WhyLine, judged_by, runners_up};
pub use zone_plot::{ZonePicture, zone_plot};
