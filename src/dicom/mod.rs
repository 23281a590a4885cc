//! DICOM CT series: found, checked, decoded and written; the one door through which any CT enters ([`read_ct`]); and labels and
//! surfaces on their way out. Plain films are read one by one ([`read_radiograph`]).
//!
//! Nothing is assumed: order and spacing of the slices come from ImagePositionPatient along the slice normal, never from names or
//! InstanceNumber; a series whose geometry is not that of a regular stack is refused with the two files it breaks between.

mod attributes;
mod error;
mod geometry;
mod header;
mod inputs;
mod jpeg_ls;
mod layout;
mod model;
mod pixels;
mod radiograph;
mod read;
mod segmentation;
mod series;
mod study;
mod uid;
mod write;

pub use attributes::Code;
pub use error::{ImportError, Listed, SliceError};
pub use model::{StlModel, read_stl_model, write_stl_model};
pub use radiograph::{DicomRadiograph, RadiographError, Stated, read_radiograph};
pub use read::{Imported, SourceKind, Warning, read_ct};
pub use segmentation::{Segment, Segmentation, write_segmentation};
pub use study::{SourceSeries, Study};
pub use write::{SeriesDescription, WriteError, write_series};
