//! The door through which a CT enters.

use super::{
    error::{ImportError, SliceError},
    geometry,
    header::{Header, Slice},
    inputs::{Inputs, file_name},
    layout::{self, Layout},
    pixels,
    series::{self, Stack},
    uid,
};
use crate::{
    progress::Progress,
    volume::{Volume, nifti, not_hounsfield},
};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::{
    fmt, fs,
    io::Read,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

/// What the CT came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A DICOM series.
    Dicom,
    /// A NIfTI file.
    Nifti,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dicom => "DICOM",
            Self::Nifti => "NIfTI",
        })
    }
}

/// Something the user should know about an import that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A sentence without the patient's identity.
    pub text: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A CT in memory, and where it came from.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The volume, in Hounsfield units.
    pub volume: Volume,
    /// DICOM or NIfTI.
    pub source: SourceKind,
    /// The series in words, without the patient's identity.
    pub series_label: String,
    /// SHA-256 over the sorted SHA-256 of the files the volume was made of, hexadecimal.
    pub inputs_sha256: String,
    /// Slices along k.
    pub slices: usize,
    /// PatientPosition (HFS, FFS, …), where the series names it.
    pub patient_position: Option<String>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

/// Reads a CT: a DICOM folder (with the folders below), a zip archive, one file of a DICOM series (its folder is searched for the
/// rest), or a NIfTI file. `series` chooses one of several series: its number in the list that the error shows, the hash shown
/// there, or (the beginning of) its SeriesInstanceUID.
///
/// # Errors
/// Whatever keeps the CT from being trustworthy: see [`ImportError`]. Nothing is repaired silently.
pub fn read_ct(path: &Path, series: Option<&str>, progress: &dyn Progress) -> Result<Imported, ImportError> {
    if nifti::is_nifti(path) {
        return read_nifti(path);
    }
    let (inputs, file) = if path.is_file() && starts_as_dicom(path)? {
        let inputs = Inputs::beside(path)?;
        let index = inputs.position(path);
        (inputs, index)
    } else {
        (Inputs::open(path)?, None)
    };
    let (headers, mut notes) = read_headers(&inputs, progress)?;
    let own_series = file.and_then(|file| headers.iter().find(|(input, _)| *input == file)).map(|(_, h)| h.series_uid.clone());
    let headers = headers.into_iter().map(|(input, header)| (inputs.name(input).to_owned(), header)).collect();
    let found = series::stacks(&inputs.name, headers)?;
    notes.extend(found.notes);
    let mut stack = series::choose(found.stacks, series.or(own_series.as_deref()))?;
    series::check_body_part(&stack)?;
    geometry::sort(&mut stack.slices);
    drop_duplicates(&inputs, &mut stack, &mut notes)?;
    let grid = geometry::grid(&stack.slices)?;
    let lossy = stack.slices.iter().filter(|slice| slice.lossy).count();
    if lossy > 0 {
        notes.push(format!("{} compressed with loss: values and edges may be off", series::plural(lossy, "slice")));
    }
    let hu = decode(&inputs, &stack.slices, progress)?;
    if let Some(reason) = not_hounsfield(&hu) {
        return Err(ImportError::NotHounsfield { reason });
    }
    Ok(Imported {
        series_label: format!("{} [{}]", series::describe(&stack), uid::short(&stack.series_uid)),
        inputs_sha256: hash_of_hashes(stack.slices.iter().map(|slice| slice.hash).collect()),
        slices: stack.slices.len(),
        patient_position: stack.slices[0].patient_position.clone(),
        volume: Volume { grid, hu },
        source: SourceKind::Dicom,
        warnings: notes.into_iter().map(|text| Warning { text }).collect(),
    })
}

fn read_nifti(path: &Path) -> Result<Imported, ImportError> {
    let name = file_name(path);
    let unreadable = |source| ImportError::Unreadable { name: name.clone(), source };
    let mut hasher = Sha256::new();
    let mut file = fs::File::open(path).map_err(unreadable)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => break,
            n => hasher.update(&buffer[..n]),
        }
    }
    let volume = nifti::read_volume(path)?;
    let [width, height, slices] = volume.grid.size;
    Ok(Imported {
        series_label: format!("NIfTI CT, {}, {width} × {height} pixels", series::plural(slices, "slice")),
        inputs_sha256: hash_of_hashes(vec![hasher.finalize().into()]),
        slices,
        patient_position: None,
        volume,
        source: SourceKind::Nifti,
        warnings: Vec::new(),
    })
}

fn starts_as_dicom(path: &Path) -> Result<bool, ImportError> {
    let unreadable = |source| ImportError::Unreadable { name: file_name(path), source };
    let mut start = Vec::new();
    fs::File::open(path).map_err(unreadable)?.take(132).read_to_end(&mut start).map_err(unreadable)?;
    if !layout::is_dicom(&start) && !start.starts_with(b"PK") {
        let why = "is neither DICOM, a zip archive nor NIfTI (.nii, .nii.gz)";
        return Err(ImportError::NoDicom { name: file_name(path), files: "1 file".into(), first: file_name(path), why });
    }
    Ok(layout::is_dicom(&start))
}

/// The headers of all DICOM files with their index among the inputs, and notes about the others.
type Headers = (Vec<(usize, Header)>, Vec<String>);

fn read_headers(inputs: &Inputs, progress: &dyn Progress) -> Result<Headers, ImportError> {
    let read = Counter::new("reading headers", inputs.len(), progress);
    let headers = (0..inputs.len())
        .into_par_iter()
        .map(|input| {
            read.step()?;
            let bytes = inputs.bytes(input)?;
            let file = inputs.name(input);
            if !layout::is_dicom(&bytes) {
                return Ok(None);
            }
            let header = pixels::quietly(|| Layout::of(&bytes).and_then(|layout| Header::of(&layout)));
            let mut header = header.unwrap_or_else(|why| Err(SliceError::Damaged(why))).map_err(|problem| problem.at(file))?;
            if let Some(Ok(slice)) = &mut header.slice {
                slice.input = input;
                slice.file = file.into();
                slice.hash = Sha256::digest(&bytes).into();
            }
            Ok(Some((input, header)))
        })
        .collect::<Vec<Result<_, ImportError>>>();
    let mut dicom = Vec::new();
    let mut others = Vec::new();
    for (input, header) in headers.into_iter().enumerate() {
        match header? {
            Some(header) => dicom.push(header),
            None => others.push(inputs.name(input)),
        }
    }
    if dicom.is_empty() {
        return Err(ImportError::NoDicom {
            name: inputs.name.clone(),
            files: series::plural(inputs.len(), "file"),
            first: others.first().copied().unwrap_or_default().into(),
            why: "is not a DICOM file (it lacks the mark 'DICM' at byte 128)",
        });
    }
    let note = others.first().map(|first| format!("{} not DICOM, left out ('{first}')", series::plural(others.len(), "file")));
    Ok((dicom, note.into_iter().collect()))
}

/// Drops repeated slices with a note; two different images at one position are an error.
fn drop_duplicates(inputs: &Inputs, stack: &mut Stack, notes: &mut Vec<String>) -> Result<(), ImportError> {
    let mut kept = Vec::<Slice>::with_capacity(stack.slices.len());
    let mut dropped = 0;
    for slice in stack.slices.drain(..) {
        match kept.last() {
            Some(last) if geometry::same_position(last, &slice) => {
                if last.hash != slice.hash && decode_one(inputs, last)? != decode_one(inputs, &slice)? {
                    return Err(ImportError::Overlapping { first: last.file.clone(), second: slice.file });
                }
                dropped += 1;
            }
            _ => kept.push(slice),
        }
    }
    stack.slices = kept;
    if dropped > 0 {
        notes.push(format!("{} left out (same position, same pixels)", series::plural(dropped, "repeated slice")));
    }
    Ok(())
}

fn decode(inputs: &Inputs, slices: &[Slice], progress: &dyn Progress) -> Result<Vec<i16>, ImportError> {
    let pixels = slices[0].rows * slices[0].columns;
    let decoded = Counter::new("decoding slices", slices.len(), progress);
    let mut hu = vec![0; pixels * slices.len()];
    let results = hu.par_chunks_exact_mut(pixels).zip(slices).map(|(out, slice)| {
        decoded.step()?;
        decode_into(inputs, slice, out)
    });
    // Of several broken slices always the same one is told: the first.
    results.collect::<Vec<_>>().into_iter().collect::<Result<(), _>>()?;
    Ok(hu)
}

fn decode_one(inputs: &Inputs, slice: &Slice) -> Result<Vec<i16>, ImportError> {
    let mut out = vec![0; slice.rows * slice.columns];
    decode_into(inputs, slice, &mut out)?;
    Ok(out)
}

fn decode_into(inputs: &Inputs, slice: &Slice, out: &mut [i16]) -> Result<(), ImportError> {
    let bytes = inputs.bytes(slice.input)?;
    pixels::decode(&bytes, slice, out).map_err(|problem| problem.at(&slice.file))
}

fn hash_of_hashes(mut hashes: Vec<[u8; 32]>) -> String {
    hashes.sort_unstable();
    uid::hex(&Sha256::digest(hashes.concat()))
}

/// Counts parallel work for the caller's progress, and stops it when the caller cancels.
struct Counter<'a> {
    stage: &'static str,
    total: usize,
    done: AtomicUsize,
    progress: &'a dyn Progress,
}

impl<'a> Counter<'a> {
    fn new(stage: &'static str, total: usize, progress: &'a dyn Progress) -> Self {
        Self { stage, total, done: AtomicUsize::new(0), progress }
    }

    fn step(&self) -> Result<(), ImportError> {
        if self.progress.cancelled() {
            return Err(ImportError::Cancelled);
        }
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.progress.report(self.stage, done as f64 / self.total as f64);
        Ok(())
    }
}
