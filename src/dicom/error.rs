//! Why a CT was not imported. Files are told by name only; no message carries the patient's identity.

use crate::volume::nifti::NiftiError;
use std::{fmt, io};
use thiserror::Error;

/// Why a CT was not imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The path does not exist or cannot be read.
    #[error("'{name}' cannot be read: {source}")]
    Unreadable {
        /// Name of the file or folder.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// A folder or archive without any file.
    #[error("'{name}' holds no files; a folder, zip or NIfTI file with a CT is expected")]
    Empty {
        /// Name of the folder or archive.
        name: String,
    },
    /// Files, but none of them DICOM.
    #[error("'{name}' holds no DICOM images: {files} looked at, and '{first}' {why}")]
    NoDicom {
        /// Name of the folder or archive.
        name: String,
        /// How many files were looked at.
        files: String,
        /// The first of them.
        first: String,
        /// Why it is not DICOM.
        why: &'static str,
    },
    /// An archive that is not to be trusted.
    #[error("the archive '{name}' is refused: {problem}")]
    Archive {
        /// Name of the archive.
        name: String,
        /// What was found, what was expected.
        problem: String,
    },
    /// DICOM, but no CT images.
    #[error(
        "no CT images found: the folder holds {found}; a series of modality CT is expected (for example, '{file}' is {example})"
    )]
    NotCt {
        /// What was found, counted by modality.
        found: String,
        /// A file.
        file: String,
        /// Its modality or kind.
        example: String,
    },
    /// More than one series would do.
    #[error("{count} CT series found, and they are not blended; choose one with --series N:\n{list}", count = .0.len(), list = lines(.0))]
    SeveralSeries(Vec<Listed>),
    /// None of the series is the chosen one.
    #[error("no CT series is called '{wanted}'; the series are:\n{list}", list = lines(.series))]
    NoSuchSeries {
        /// What was asked for.
        wanted: String,
        /// What there is.
        series: Vec<Listed>,
    },
    /// One series, images of several patients.
    #[error(
        "one series holds images of {patients} different patients ('{first}' and '{other}', for example); separate them first"
    )]
    SeveralPatients {
        /// How many.
        patients: usize,
        /// A file of one.
        first: String,
        /// A file of another.
        other: String,
    },
    /// One series, several frames of reference.
    #[error(
        "one series holds images in {frames} different frames of reference ('{first}' and '{other}', for example), \
         so their positions cannot be compared; separate them first"
    )]
    SeveralFrames {
        /// How many.
        frames: usize,
        /// A file of one.
        first: String,
        /// A file of another.
        other: String,
    },
    /// The scan is of another part of the body.
    #[error("the images say that they show the body part '{found}'; a CT of the pelvis and hips is expected")]
    WrongBodyPart {
        /// The body part found.
        found: String,
    },
    /// Too few slices for a volume.
    #[error("the series has {found} usable {noun}; at least {least} are needed for a volume", noun = if *.found == 1 { "slice" } else { "slices" })]
    TooFewSlices {
        /// Slices found.
        found: usize,
        /// Slices needed.
        least: usize,
    },
    /// Slices are missing from the stack.
    #[error(
        "expected {expected:.3} mm, found {found:.3} mm between '{before}' and '{after}': {slices}; \
         export the series again or add what is missing", slices = missing_slices(*.missing)
    )]
    MissingSlices {
        /// The series' spacing, mm.
        expected: f64,
        /// The gap, mm.
        found: f64,
        /// The slice before the gap.
        before: String,
        /// The slice after the gap.
        after: String,
        /// How many slices fit into it.
        missing: usize,
    },
    /// The slices are not equally spaced.
    #[error(
        "the slice spacing varies: mostly {expected:.3} mm, but {found:.3} mm between '{before}' and '{after}'; \
         a series with equal spacing (within 1 %) is expected"
    )]
    VaryingSpacing {
        /// The series' spacing, mm.
        expected: f64,
        /// The deviating distance, mm.
        found: f64,
        /// The slice before it.
        before: String,
        /// The slice after it.
        after: String,
    },
    /// The stack is sheared.
    #[error(
        "the stack is sheared by {degrees:.2}° ({lateral:.2} mm sideways between '{first}' and '{last}'), as by a tilted gantry; \
         a series with straight (reformatted) slices is expected"
    )]
    Sheared {
        /// Angle between the slice normal and the line through the slice positions, degrees.
        degrees: f64,
        /// Sideways offset, mm.
        lateral: f64,
        /// The first slice.
        first: String,
        /// The most offset slice.
        last: String,
    },
    /// Two different slices in one place.
    #[error(
        "'{first}' and '{second}' lie at the same position but show different pixels; two series are mixed, separate them first"
    )]
    Overlapping {
        /// One slice.
        first: String,
        /// The other.
        second: String,
    },
    /// The values are not those of a CT.
    #[error("this is no CT, whatever its modality says: its values {reason}")]
    NotHounsfield {
        /// What they are instead.
        reason: String,
    },
    /// One file cannot be used.
    #[error("'{file}': {problem}")]
    Slice {
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: SliceError,
    },
    /// A NIfTI file cannot be used.
    #[error(transparent)]
    Nifti(#[from] NiftiError),
    /// The caller no longer wants the result.
    #[error("the import was cancelled")]
    Cancelled,
}

/// What is wrong with one DICOM file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SliceError {
    /// The file ends in the middle of its header, or its lengths contradict its size.
    #[error("the file is damaged: {0}; copy or export it again")]
    Damaged(String),
    /// Fewer bytes of pixel data than announced.
    #[error("the file is truncated: its pixel data should have {expected} bytes, {found} are there; copy or export it again")]
    Truncated {
        /// Bytes announced.
        expected: u64,
        /// Bytes present.
        found: u64,
    },
    /// An attribute that is needed is missing.
    #[error("{0} is missing; it is needed and not guessed")]
    Missing(&'static str),
    /// An attribute has a value that cannot be used.
    #[error("{attribute} is {found}; expected {expected}")]
    Invalid {
        /// DICOM's name of the attribute.
        attribute: &'static str,
        /// Its value.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Size of image and amount of pixel data disagree.
    #[error("an image of {rows} × {columns} needs {expected} bytes of pixel data, {found} were found")]
    WrongSize {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
        /// Bytes needed.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// Enhanced CT.
    #[error(
        "an enhanced multi-frame CT ({0} frames in one file); frames positioned by Per-frame Functional Groups are not read: \
         export the series as classic CT images, one slice a file"
    )]
    MultiFrame(String),
    /// A compression that is not read.
    #[error("its transfer syntax {0} is not read; export it uncompressed or as JPEG lossless, JPEG-LS, JPEG 2000 or RLE")]
    TransferSyntax(String),
    /// The decoder refused the compressed pixels.
    #[error("its compressed pixel data ({syntax}) cannot be decoded: {why}")]
    Codec {
        /// Name of the compression.
        syntax: &'static str,
        /// What the decoder says.
        why: String,
    },
}

impl SliceError {
    pub(super) fn at(self, file: &str) -> ImportError {
        ImportError::Slice { file: file.into(), problem: self }
    }
}

/// One of several series, described without the patient's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number, from 1; what `--series` takes.
    pub number: usize,
    /// The first digits of a hash of its SeriesInstanceUID; `--series` takes this too.
    pub short: String,
    /// Slices, size, spacing and kernel.
    pub text: String,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>4}: {} [{}]", self.number, self.text, self.short)
    }
}

fn lines(list: &[Listed]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn missing_slices(missing: usize) -> String {
    match missing {
        1 => "one slice is missing".into(),
        n => format!("{n} slices are missing"),
    }
}
