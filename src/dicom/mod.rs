//! DICOM CT series: found, checked, decoded and written; and the one door through which any CT enters ([`read_ct`]).
//!
//! Nothing is assumed: order and spacing of the slices come from ImagePositionPatient along the slice normal, never from names or
//! InstanceNumber; a series whose geometry is not that of a regular stack is refused with the two files it breaks between.

mod error;
mod geometry;
mod header;
mod inputs;
mod jpeg_ls;
mod layout;
mod pixels;
mod read;
mod series;
mod uid;
mod write;

pub use error::{ImportError, Listed, SliceError};
pub use read::{Imported, SourceKind, Warning, read_ct};
pub use write::{SeriesDescription, WriteError, write_series};
