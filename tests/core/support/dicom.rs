//! Small CT series, written by Coxa and then changed element by element.

use coxa::{
    dicom::{ImportError, Imported, SeriesDescription, read_ct, write_series},
    progress::Silent,
    volume::{Grid, Volume},
};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_object::DefaultDicomObject;
use nalgebra::{Point3, Rotation3};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Stands for a patient's name; it must never come out of the program.
pub const CANARY: &str = "ZZCANARY^PHI";

/// A grid with three different sizes and spacings, turned out of the axes.
pub fn oblique_grid() -> Grid {
    let direction = *Rotation3::from_euler_angles(0.1, -0.2, 0.3).matrix();
    Grid { size: [24, 18, 12], spacing: [0.7, 0.9, 1.5], origin: Point3::new(-100.25, -50.5, 800.125), direction }
}

pub fn straight_grid() -> Grid {
    Grid::axis_aligned([24, 18, 12], [0.7, 0.9, 1.5], Point3::new(-100.25, -50.5, 800.125))
}

/// A volume in which every voxel differs from its neighbours in every direction; −1024 to 3071 HU.
pub fn volume(grid: Grid) -> Volume {
    let value = |index: usize| {
        let [i, j, k] = grid.voxel(index);
        ((i * 37 + j * 101 + k * 257 + i * j * k) % 4096) as i16 - 1024
    };
    let hu = (0..grid.len()).map(value).collect();
    Volume { grid, hu }
}

/// A folder with one small series in it, named like a patient, removed at the end of the test.
pub struct Series {
    temporary: tempfile::TempDir,
    pub folder: PathBuf,
}

impl Series {
    pub fn new() -> Self {
        Self::of(&volume(straight_grid()))
    }

    pub fn of(volume: &Volume) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("scan");
        let description = SeriesDescription { pseudonym: CANARY.into(), ..Default::default() };
        write_series(volume, &description, &folder, &Silent).unwrap();
        Self { temporary, folder }
    }

    /// The files of the series, in the order of its slices.
    pub fn files(&self) -> Vec<PathBuf> {
        files(&self.folder)
    }

    /// Another place that is removed with the series.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    /// Changes one slice.
    pub fn edit(&self, slice: usize, change: impl Fn(&mut DefaultDicomObject)) {
        edit(&self.files()[slice], change);
    }

    /// Changes all slices.
    pub fn edit_all(&self, change: impl Fn(&mut DefaultDicomObject)) {
        self.files().iter().for_each(|file| edit(file, &change));
    }

    pub fn read(&self) -> Result<Imported, ImportError> {
        read_ct(&self.folder, None, &Silent)
    }

    /// Imports it through the library and through the binary, and holds both against the promise of a refusal: a sentence with all
    /// of `phrases`, a non-zero exit, nothing written, no patient's name.
    #[track_caller]
    pub fn refused(&self, phrases: &[&str]) {
        refused(&self.folder, phrases);
    }
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    files.sort();
    files
}

pub fn edit(file: &Path, change: impl Fn(&mut DefaultDicomObject)) {
    let mut object = dicom_object::open_file(file).unwrap();
    change(&mut object);
    object.write_to_file(file).unwrap();
}

pub fn set(object: &mut DefaultDicomObject, tag: Tag, vr: VR, value: &str) {
    object.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
}

pub fn set_number(object: &mut DefaultDicomObject, tag: Tag, value: u16) {
    object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
}

/// See [`Series::refused`].
#[track_caller]
pub fn refused(source: &Path, phrases: &[&str]) {
    let error = read_ct(source, None, &Silent).expect_err("the import must be refused").to_string();
    for phrase in phrases {
        assert!(error.contains(phrase), "'{phrase}' is not in: {error}");
    }
    let target = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_coxa"))
        .args(["import".as_ref(), source.as_os_str(), "--out".as_ref(), target.path().join("volume.nii.gz").as_os_str()])
        .output()
        .unwrap();
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(!output.status.success(), "{out}");
    assert!(err.contains(&error), "the binary says: {err}");
    assert!(!err.contains("panicked"), "{err}");
    assert!(!err.contains("ZZCANARY") && !out.contains("ZZCANARY"), "the patient's name is told: {err}{out}");
    assert_eq!(fs::read_dir(target.path()).unwrap().count(), 0, "something was written");
}
