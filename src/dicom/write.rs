//! Writing a volume as a classic CT series: CT Image Storage, Explicit VR Little Endian, one slice a file.

use super::uid;
use crate::{
    progress::Progress,
    volume::{Grid, Volume},
};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR, dicom_value};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
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
    /// KVP, kV.
    pub tube_kv: f64,
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
            tube_kv: 120.0,
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
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(io)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let temporary = parent.join(format!(".{name}.{}.tmp", std::process::id()));
    let series = Series { volume, description, encoding: Encoding::of(&volume.hu) };
    let written = AtomicUsize::new(0);
    let result = fs::create_dir(&temporary).map_err(io).and_then(|()| {
        (0..slices).into_par_iter().try_for_each(|k| {
            if progress.cancelled() {
                return Err(WriteError::Cancelled);
            }
            series.write(k, &temporary.join(format!("IM{:04}.dcm", k + 1))).map_err(io)?;
            progress.report("writing DICOM", (written.fetch_add(1, Ordering::Relaxed) + 1) as f64 / slices as f64);
            Ok(())
        })?;
        fs::rename(&temporary, folder).map_err(io)?;
        File::open(parent).and_then(|parent| parent.sync_all()).map_err(io)
    });
    if result.is_err() {
        // Best effort: the error worth telling is the first one.
        fs::remove_dir_all(&temporary).ok();
    }
    result
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
    encoding: Encoding,
}

impl Series<'_> {
    fn uid(&self, of: &str) -> String {
        let size = format!("{:?}", self.volume.grid.size);
        uid::derived(&[&self.description.seed, &self.description.pseudonym, &size, of])
    }

    fn write(&self, k: usize, path: &Path) -> io::Result<()> {
        let object = self.object(k);
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
            .implementation_class_uid(uid::derived(&["coxa", "implementation"]))
            .implementation_version_name(concat!("COXA_", env!("CARGO_PKG_VERSION")));
        let file = object.with_meta(meta).map_err(io::Error::other)?;
        let mut out = BufWriter::new(File::create(path)?);
        file.write_all(&mut out).map_err(io::Error::other)?;
        out.flush()?;
        out.get_ref().sync_all()
    }

    fn object(&self, k: usize) -> InMemDicomObject {
        let mut object = InMemDicomObject::new_empty();
        let mut put = |tag: Tag, vr: VR, value: PrimitiveValue| {
            object.put(DataElement::new(tag, vr, value));
        };
        let mut text = |tag, vr, value: &str| put(tag, vr, PrimitiveValue::from(value));
        let Self { description, volume: Volume { grid, .. }, .. } = self;
        text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
        text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY\\AXIAL");
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE);
        text(tags::SOP_INSTANCE_UID, VR::UI, &self.uid(&format!("slice {k}")));
        for tag in [tags::STUDY_DATE, tags::SERIES_DATE, tags::CONTENT_DATE] {
            text(tag, VR::DA, &description.date);
        }
        for tag in [tags::STUDY_TIME, tags::SERIES_TIME, tags::CONTENT_TIME] {
            text(tag, VR::TM, "120000");
        }
        text(tags::ACCESSION_NUMBER, VR::SH, "");
        text(tags::MODALITY, VR::CS, "CT");
        text(tags::MANUFACTURER, VR::LO, "Coxa");
        text(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Coxa");
        text(tags::SOFTWARE_VERSIONS, VR::LO, env!("CARGO_PKG_VERSION"));
        text(tags::REFERRING_PHYSICIAN_NAME, VR::PN, "");
        text(tags::STUDY_DESCRIPTION, VR::LO, &description.title);
        text(tags::SERIES_DESCRIPTION, VR::LO, &description.title);
        text(tags::PATIENT_NAME, VR::PN, &description.pseudonym);
        text(tags::PATIENT_ID, VR::LO, &description.pseudonym);
        text(tags::PATIENT_BIRTH_DATE, VR::DA, "");
        text(tags::PATIENT_SEX, VR::CS, "");
        text(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES");
        text(tags::DEIDENTIFICATION_METHOD, VR::LO, "Synthetic or pseudonymous");
        text(tags::BODY_PART_EXAMINED, VR::CS, &description.body_part);
        text(tags::SLICE_THICKNESS, VR::DS, &decimal(description.thickness_mm.unwrap_or(grid.spacing[2])));
        text(tags::KVP, VR::DS, &decimal(description.tube_kv));
        text(tags::SPACING_BETWEEN_SLICES, VR::DS, &decimal(grid.spacing[2]));
        text(tags::CONVOLUTION_KERNEL, VR::SH, &description.kernel);
        text(tags::PATIENT_POSITION, VR::CS, "HFS");
        text(tags::STUDY_INSTANCE_UID, VR::UI, &self.uid("study"));
        text(tags::SERIES_INSTANCE_UID, VR::UI, &self.uid("series"));
        text(tags::STUDY_ID, VR::SH, "1");
        text(tags::SERIES_NUMBER, VR::IS, "1");
        text(tags::ACQUISITION_NUMBER, VR::IS, "1");
        text(tags::INSTANCE_NUMBER, VR::IS, &(k + 1).to_string());
        text(tags::FRAME_OF_REFERENCE_UID, VR::UI, &self.uid("frame of reference"));
        text(tags::POSITION_REFERENCE_INDICATOR, VR::LO, "");
        place(grid, k, &mut text);
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
        text(tags::WINDOW_CENTER, VR::DS, "300");
        text(tags::WINDOW_WIDTH, VR::DS, "1500");
        text(tags::RESCALE_INTERCEPT, VR::DS, &self.encoding.intercept.to_string());
        text(tags::RESCALE_SLOPE, VR::DS, "1");
        text(tags::RESCALE_TYPE, VR::LO, "HU");
        let mut number = |tag, value: u16| put(tag, VR::US, dicom_value!(U16, value));
        number(tags::SAMPLES_PER_PIXEL, 1);
        number(tags::ROWS, grid.size[1] as u16);
        number(tags::COLUMNS, grid.size[0] as u16);
        number(tags::BITS_ALLOCATED, 16);
        number(tags::BITS_STORED, self.encoding.bits);
        number(tags::HIGH_BIT, self.encoding.bits - 1);
        number(tags::PIXEL_REPRESENTATION, u16::from(self.encoding.signed));
        let pixels = grid.size[0] * grid.size[1];
        let words = self.volume.hu[k * pixels..(k + 1) * pixels].iter().map(|&hu| self.encoding.word(hu));
        put(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(words.collect()));
        object
    }
}

/// Where a slice lies. PixelSpacing is [between rows, between columns]: j before i.
fn place(grid: &Grid, k: usize, text: &mut impl FnMut(Tag, VR, &str)) {
    let join = |values: &[f64]| values.iter().map(|&value| decimal(value)).collect::<Vec<_>>().join("\\");
    let position = grid.centre([0, 0, k]);
    text(tags::IMAGE_POSITION_PATIENT, VR::DS, &join(position.coords.as_slice()));
    text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, &join(&grid.direction.as_slice()[..6]));
    text(tags::SLICE_LOCATION, VR::DS, &decimal(position.coords.dot(&grid.direction.column(2))));
    text(tags::PIXEL_SPACING, VR::DS, &join(&[grid.spacing[1], grid.spacing[0]]));
}

/// A decimal string: as many digits as fit into the sixteen characters of a DS.
fn decimal(value: f64) -> String {
    let plain = format!("{value}");
    if plain.len() <= 16 {
        return plain;
    }
    // Fixed notation: tiny values round to 0, which is what they mean in mm and in unit vectors.
    let fixed = (0..=14).rev().map(|digits| format!("{value:.digits$}")).find(|text| text.len() <= 16).unwrap_or(plain);
    fixed.trim_end_matches('0').trim_end_matches('.').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_fit_into_sixteen_characters_and_keep_a_nanometre() {
        for value in [0.1 + 0.2, -1.0 / 3.0, -1_234.567_890_123_456, 1e-17, -0.999_999_999_999_999, 0.7, 1500.0] {
            let text = decimal(value);
            assert!(text.len() <= 16, "{text}");
            assert!((text.parse::<f64>().unwrap() - value).abs() < 1e-9, "{text}");
        }
    }
}
