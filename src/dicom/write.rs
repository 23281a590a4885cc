//! Writing a volume as a classic CT series: CT Image Storage, Explicit VR Little Endian, one slice a file.

use super::{
    attributes::Attributes,
    study::{SourceSeries, Study},
};
use crate::{
    files::whole_folder,
    progress::Progress,
    volume::{Grid, Volume},
};
use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use rayon::prelude::*;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};
use thiserror::Error;

/// Intercept of files with unsigned values, HU.
const INTERCEPT: i16 = -1024;

/// What a written series says about itself. Nothing here may come from a real patient's identity.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesDescription {
    /// Identifiers are derived from this by hash: the same seed and volume size give the same UIDs.
    pub seed: String,
    /// Stands for the patient's name and id.
    pub pseudonym: String,
    /// SeriesDescription.
    pub title: String,
    /// BodyPartExamined, e.g. `PELVIS`.
    pub body_part: String,
    /// ConvolutionKernel.
    pub kernel: String,
    /// KVP, kV; empty where `None`.
    pub tube_kv: Option<f64>,
    /// PatientPosition, such as `HFS`; empty where it is not known.
    pub patient_position: String,
    /// SliceThickness, mm; the slice spacing where `None`.
    pub thickness_mm: Option<f64>,
    /// Study, series and content date, `YYYYMMDD`.
    pub date: String,
}

impl Default for SeriesDescription {
    fn default() -> Self {
        Self {
            seed: "coxa".into(),
            pseudonym: "COXA".into(),
            title: "Simulated CT".into(),
            body_part: "PELVIS".into(),
            kernel: "SIMULATED".into(),
            tube_kv: Some(120.0),
            patient_position: "HFS".into(),
            thickness_mm: None,
            date: "20260101".into(),
        }
    }
}

/// Why a series was not written; then nothing is left behind.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The folder exists and holds something.
    #[error("the folder '{0}' is not empty; choose another or remove it first")]
    NotEmpty(PathBuf),
    /// The volume cannot be a CT series.
    #[error("the volume cannot be written as DICOM: {0}")]
    Volume(&'static str),
    /// The disk or the system refused.
    #[error("'{0}' cannot be written: {1}")]
    Io(PathBuf, io::Error),
    /// The caller no longer wants the result.
    #[error("writing the series was cancelled")]
    Cancelled,
}

/// Writes a volume as a CT series into `folder`, which must not exist or be empty. The folder appears whole or not at all.
///
/// Values from −1024 to 3071 HU are stored in 12 bits, others in 16; HU are kept exactly.
///
/// # Errors
/// See [`WriteError`].
pub fn write_series(
    volume: &Volume,
    description: &SeriesDescription,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(), WriteError> {
    let [columns, rows, slices] = volume.grid.size;
    if volume.grid.is_empty() || volume.hu.len() != volume.grid.len() {
        return Err(WriteError::Volume("its values do not fill its grid"));
    }
    if rows > 0xffff || columns > 0xffff {
        return Err(WriteError::Volume("a slice has more than 65535 rows or columns"));
    }
    let io = |error| WriteError::Io(folder.into(), error);
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(WriteError::NotEmpty(folder.into()));
    }
    let series = Series { volume, description, study: description.study(), encoding: Encoding::of(&volume.hu) };
    let written = AtomicUsize::new(0);
    whole_folder(folder, io, |temporary| {
        (0..slices).into_par_iter().try_for_each(|k| {
            if progress.cancelled() {
                return Err(WriteError::Cancelled);
            }
            series.write(k, &temporary.join(format!("IM{:04}.dcm", k + 1))).map_err(io)?;
            progress.report("writing DICOM", (written.fetch_add(1, Ordering::Relaxed) + 1) as f64 / slices as f64);
            Ok(())
        })
    })
}

impl SeriesDescription {
    fn study(&self) -> Study {
        Study { seed: self.seed.clone(), pseudonym: self.pseudonym.clone(), date: self.date.clone() }
    }

    /// How other objects of the same study refer to the series of a volume on this grid, written with this description.
    #[must_use]
    pub fn source(&self, grid: &Grid) -> SourceSeries {
        let study = self.study();
        SourceSeries {
            series_uid: series_uid(&study, grid),
            instance_uids: (0..grid.size[2]).map(|k| instance_uid(&study, grid, k)).collect(),
        }
    }
}

fn series_uid(study: &Study, grid: &Grid) -> String {
    study.uid(&format!("CT {:?}", grid.size))
}

fn instance_uid(study: &Study, grid: &Grid, k: usize) -> String {
    study.uid(&format!("CT {:?} slice {k}", grid.size))
}

/// How HU are stored.
#[derive(Clone, Copy)]
struct Encoding {
    bits: u16,
    signed: bool,
    intercept: i16,
}

impl Encoding {
    fn of(hu: &[i16]) -> Self {
        let (low, high) = hu
            .par_iter()
            .fold(|| (0, 0), |(l, h), &v| (v.min(l), v.max(h)))
            .reduce(|| (0, 0), |a, b| (a.0.min(b.0), a.1.max(b.1)));
        match (low >= INTERCEPT, high < 4096 + INTERCEPT) {
            (true, true) => Self { bits: 12, signed: false, intercept: INTERCEPT },
            (true, false) => Self { bits: 16, signed: false, intercept: INTERCEPT },
            // With an intercept of 0 every i16 has its place.
            (false, _) => Self { bits: 16, signed: true, intercept: 0 },
        }
    }

    fn word(self, hu: i16) -> u16 {
        (i32::from(hu) - i32::from(self.intercept)) as u16
    }
}

struct Series<'a> {
    volume: &'a Volume,
    description: &'a SeriesDescription,
    study: Study,
    encoding: Encoding,
}

impl Series<'_> {
    fn write(&self, k: usize, path: &Path) -> io::Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        self.object(k).write(&mut out)?;
        out.flush()?;
        out.get_ref().sync_all()
    }

    fn object(&self, k: usize) -> Attributes {
        let Self { description, volume: Volume { grid, hu }, study, encoding } = self;
        let mut object = Attributes::new();
        study.describe(uids::CT_IMAGE_STORAGE, &instance_uid(study, grid, k), &mut object);
        object.text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY\\AXIAL");
        object.text(tags::MODALITY, VR::CS, "CT");
        object.line(tags::STUDY_DESCRIPTION, &description.title);
        object.line(tags::SERIES_DESCRIPTION, &description.title);
        object.text(tags::BODY_PART_EXAMINED, VR::CS, &description.body_part);
        object.decimals(tags::KVP, description.tube_kv.as_slice());
        object.text(tags::CONVOLUTION_KERNEL, VR::SH, &description.kernel);
        object.text(tags::PATIENT_POSITION, VR::CS, &description.patient_position);
        object.text(tags::SERIES_INSTANCE_UID, VR::UI, &series_uid(study, grid));
        object.text(tags::SERIES_NUMBER, VR::IS, "1");
        object.text(tags::ACQUISITION_NUMBER, VR::IS, "1");
        object.text(tags::INSTANCE_NUMBER, VR::IS, &(k + 1).to_string());
        object.position(grid, k);
        object.orientation(grid);
        object.spacing(grid, description.thickness_mm.unwrap_or(grid.spacing[2]));
        object.decimals(tags::SLICE_LOCATION, &[grid.centre([0, 0, k]).coords.dot(&grid.direction.column(2))]);
        object.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
        object.text(tags::WINDOW_CENTER, VR::DS, "300");
        object.text(tags::WINDOW_WIDTH, VR::DS, "1500");
        object.text(tags::RESCALE_INTERCEPT, VR::DS, &encoding.intercept.to_string());
        object.text(tags::RESCALE_SLOPE, VR::DS, "1");
        object.line(tags::RESCALE_TYPE, "HU");
        for (tag, value) in [
            (tags::SAMPLES_PER_PIXEL, 1),
            (tags::ROWS, grid.size[1] as u16),
            (tags::COLUMNS, grid.size[0] as u16),
            (tags::BITS_ALLOCATED, 16),
            (tags::BITS_STORED, encoding.bits),
            (tags::HIGH_BIT, encoding.bits - 1),
            (tags::PIXEL_REPRESENTATION, u16::from(encoding.signed)),
        ] {
            object.numbers(tag, &[value]);
        }
        let pixels = grid.size[0] * grid.size[1];
        let words = hu[k * pixels..(k + 1) * pixels].iter().map(|&hu| encoding.word(hu));
        object.value(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(words.collect()));
        object
    }
}
