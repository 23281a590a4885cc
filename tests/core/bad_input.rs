//! Bad input: each fault has its own sentence, a non-zero exit, and writes nothing.

use crate::support::dicom::{CANARY, Series, edit, refused, set, set_number, straight_grid, volume};
use coxa::{dicom::read_ct, progress::Silent, volume::Grid};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{fs, io::Write, path::Path};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

#[test]
fn an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), &["holds no files"]);
}

#[test]
fn a_path_that_does_not_exist() {
    refused(Path::new("/no/such/folder"), &["'folder' cannot be read"]);
}

#[test]
fn a_text_file_named_dcm() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.dcm"), "these are notes, not an image ".repeat(20)).unwrap();
    refused(folder.path(), &["holds no DICOM images", "'notes.dcm' is not a DICOM file"]);
    refused(&folder.path().join("notes.dcm"), &["'notes.dcm' is neither DICOM"]);
}

#[test]
fn files_that_are_not_dicom_among_slices_are_told() {
    let series = Series::new();
    fs::write(series.folder.join("empty.dcm"), "").unwrap();
    fs::write(series.folder.join("noise.dcm"), [0xa5; 4096]).unwrap();
    let imported = series.read().unwrap();
    assert_eq!(imported.slices, 12);
    assert!(imported.warnings.iter().any(|warning| warning.text.contains("2 files not DICOM")), "{:?}", imported.warnings);
}

#[test]
fn a_truncated_slice() {
    let series = Series::new();
    let file = &series.files()[5];
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() - 300]).unwrap();
    series.refused(&["'IM0006.dcm'", "truncated", "864 bytes, 564 are there"]);
    // The last slice is no exception, though the stack would be regular without it.
    let series = Series::new();
    let file = &series.files()[11];
    fs::write(file, &fs::read(file).unwrap()[..400]).unwrap();
    series.refused(&["'IM0012.dcm'", "damaged"]);
}

#[test]
fn a_missing_slice_in_the_middle() {
    let series = Series::new();
    fs::remove_file(&series.files()[5]).unwrap();
    series.refused(&["expected 1.500 mm, found 3.000 mm between 'IM0005.dcm' and 'IM0007.dcm'", "one slice is missing"]);
    fs::remove_file(&series.files()[5]).unwrap();
    series.refused(&["found 4.500 mm between 'IM0005.dcm' and 'IM0008.dcm'", "2 slices are missing"]);
}

#[test]
fn two_series_mixed_are_listed_and_one_can_be_chosen() {
    let series = Series::new();
    let mut other = volume(straight_grid());
    other.hu.iter_mut().for_each(|hu| *hu = -*hu / 2);
    let second = Series::of(&other);
    second.edit_all(|object| {
        set(object, tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.4");
        set(object, tags::CONVOLUTION_KERNEL, VR::SH, "BONE");
        set(object, tags::SERIES_DESCRIPTION, VR::LO, CANARY);
        let uid = format!("1.2.3.4.{}", object.element(tags::INSTANCE_NUMBER).unwrap().to_str().unwrap());
        set(object, tags::SOP_INSTANCE_UID, VR::UI, &uid);
    });
    for file in second.files() {
        fs::copy(&file, series.folder.join(format!("B{}", file.file_name().unwrap().to_string_lossy()))).unwrap();
    }
    series.refused(&[
        "2 CT series found",
        "1: CT, 12 slices, 24 × 18 pixels of 0.700 × 0.900 mm, kernel BONE",
        "kernel SIMULATED",
    ]);
    let chosen = read_ct(&series.folder, Some("1.2.3"), &Silent).unwrap();
    assert!(chosen.volume.hu == other.hu);
    assert!(read_ct(&series.folder, Some("1"), &Silent).unwrap().volume.hu == other.hu);
    assert!(read_ct(&series.folder, Some("2"), &Silent).unwrap().volume.hu == volume(straight_grid()).hu);
    // One file stands for its series.
    assert!(read_ct(&series.folder.join("BIM0003.dcm"), None, &Silent).unwrap().volume.hu == other.hu);
    let error = read_ct(&series.folder, Some("9"), &Silent).unwrap_err().to_string();
    assert!(error.contains("no CT series is called '9'"), "{error}");
}

#[test]
fn a_head_ct() {
    for part in ["HEAD", "BRAIN", "HEADNECK"] {
        let series = Series::new();
        series.edit_all(|object| set(object, tags::BODY_PART_EXAMINED, VR::CS, part));
        series.refused(&[&format!("body part '{part}'"), "pelvis"]);
    }
    let series = Series::new();
    series.edit_all(|object| {
        object.remove_element(tags::BODY_PART_EXAMINED);
    });
    assert!(series.read().is_ok());
}

#[test]
fn an_mr() {
    let series = Series::new();
    series.edit_all(|object| {
        set(object, tags::MODALITY, VR::CS, "MR");
        set(object, tags::SOP_CLASS_UID, VR::UI, uids::MR_IMAGE_STORAGE);
    });
    series.refused(&["no CT images found", "12 images of modality MR", "'IM0001.dcm' is MR"]);
}

#[test]
fn pixel_spacing_missing_zero_or_nonsense() {
    let series = Series::new();
    series.edit(3, |object| {
        object.remove_element(tags::PIXEL_SPACING);
    });
    series.refused(&["'IM0004.dcm': PixelSpacing (0028,0030) is missing"]);
    for value in ["0\\0", "-0.7\\0.7", "NaN\\0.7", "0.8", "0,8\\0,8", "0.7\\0.7\\0.7", "1e9\\1"] {
        let series = Series::new();
        series.edit_all(|object| set(object, tags::PIXEL_SPACING, VR::DS, value));
        series.refused(&["'IM0001.dcm': PixelSpacing (0028,0030) is ", "expected two positive numbers in mm"]);
    }
}

#[test]
fn an_orientation_that_is_missing_or_not_perpendicular() {
    let series = Series::new();
    series.edit_all(|object| {
        object.remove_element(tags::IMAGE_ORIENTATION_PATIENT);
    });
    series.refused(&["ImageOrientationPatient (0020,0037) is missing"]);
    for value in ["1\\0\\0\\1\\0\\0", "2\\0\\0\\0\\1\\0", "1\\0\\0\\0\\1"] {
        let series = Series::new();
        series.edit_all(|object| set(object, tags::IMAGE_ORIENTATION_PATIENT, VR::DS, value));
        series.refused(&["ImageOrientationPatient (0020,0037) is ", "two perpendicular unit vectors"]);
    }
}

#[test]
fn a_tilted_gantry() {
    let series = Series::new();
    for k in 0..12 {
        let shear = 15f64.to_radians().tan() * 1.5 * k as f64;
        let position = format!("-100.25\\{:.4}\\{:.4}", -50.5 + shear, 800.125 + 1.5 * k as f64);
        series.edit(k, |object| set(object, tags::IMAGE_POSITION_PATIENT, VR::DS, &position));
    }
    series.refused(&["sheared by 15.00°", "tilted gantry"]);
}

#[test]
fn a_spacing_that_varies() {
    let series = Series::new();
    for k in 0..12 {
        let z = if k < 6 { 1.5 * k as f64 } else { 7.5 + 2.0 * (k - 5) as f64 };
        series.edit(k, |object| set(object, tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("-100.25\\-50.5\\{}", 800.0 + z)));
    }
    series.refused(&["slice spacing varies", "2.000 mm"]);
}

#[test]
fn repeated_slices_are_dropped_but_contradicting_ones_refused() {
    let series = Series::new();
    fs::copy(&series.files()[4], series.folder.join("again.dcm")).unwrap();
    let imported = series.read().unwrap();
    assert!(imported.volume == volume(straight_grid()));
    assert!(imported.warnings.iter().any(|warning| warning.text.contains("1 repeated slice")), "{:?}", imported.warnings);
    edit(&series.folder.join("again.dcm"), |object| set(object, tags::RESCALE_INTERCEPT, VR::DS, "-1000"));
    series.refused(&["'IM0005.dcm'", "'again.dcm'", "same position but show different pixels"]);
}

#[test]
fn two_patients_or_two_frames_of_reference_in_one_series() {
    let series = Series::new();
    (6..12).for_each(|k| series.edit(k, |object| set(object, tags::PATIENT_ID, VR::LO, "ZZCANARY-2")));
    series.refused(&["images of 2 different patients"]);
    let series = Series::new();
    (6..12).for_each(|k| series.edit(k, |object| set(object, tags::FRAME_OF_REFERENCE_UID, VR::UI, "1.2.3")));
    series.refused(&["2 different frames of reference"]);
}

#[test]
fn a_localizer_is_left_out_and_told() {
    let series = Series::new();
    let scout = series.folder.join("SCOUT.dcm");
    fs::copy(&series.files()[0], &scout).unwrap();
    edit(&scout, |object| {
        set(object, tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\LOCALIZER");
        set(object, tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\0\\-1");
        object.remove_element(tags::PIXEL_SPACING);
    });
    let imported = series.read().unwrap();
    assert!(imported.volume == volume(straight_grid()));
    assert!(imported.warnings.iter().any(|warning| warning.text.contains("1 localizer image")), "{:?}", imported.warnings);
}

#[test]
fn slices_of_another_size_leave_a_gap_that_is_refused() {
    let series = Series::new();
    series.edit(5, |object| {
        set_number(object, tags::ROWS, 9);
        object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(vec![0; 9 * 24].into())));
    });
    series.refused(&["one slice is missing"]);
}

#[test]
fn sizes_are_held_against_the_bytes_before_anything_is_allocated() {
    let series = Series::new();
    series.edit_all(|object| {
        set_number(object, tags::ROWS, 16_000);
        set_number(object, tags::COLUMNS, 16_000);
    });
    series.refused(&["an image of 16000 × 16000 needs 512000000 bytes of pixel data, 864 were found"]);
    let series = Series::new();
    series.edit_all(|object| {
        object.put(DataElement::new(tags::ROWS, VR::UL, PrimitiveValue::from(4_000_000_000_u32)));
    });
    series.refused(&["Rows (0028,0010) is 4000000000"]);
}

#[test]
fn what_is_not_a_plain_ct_image_is_refused_by_name() {
    type Change = (Tag, VR, &'static str, &'static str);
    let changes: [Change; 6] = [
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1", "PhotometricInterpretation (0028,0004) is 'MONOCHROME1'"),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB", "PhotometricInterpretation (0028,0004) is 'RGB'"),
        (tags::RESCALE_SLOPE, VR::DS, "0", "RescaleSlope (0028,1053) is 0"),
        (tags::RESCALE_INTERCEPT, VR::DS, "", "RescaleIntercept (0028,1052) is missing"),
        (tags::RESCALE_TYPE, VR::LO, "OD", "RescaleType (0028,1054) is 'OD'"),
        (tags::NUMBER_OF_FRAMES, VR::IS, "12", "enhanced multi-frame CT (12 frames in one file)"),
    ];
    for (tag, vr, value, phrase) in changes {
        let series = Series::new();
        series.edit_all(|object| set(object, tag, vr, value));
        series.refused(&[phrase]);
    }
    let series = Series::new();
    series.edit_all(|object| {
        object.remove_element(tags::PIXEL_DATA);
    });
    series.refused(&["PixelData (7FE0,0010) is missing"]);
}

#[test]
fn bytes_changed_at_random_never_take_the_process_with_them() {
    let whole = Series::of(&volume(Grid { size: [5, 4, 3], ..straight_grid() }));
    let file = &whole.files()[1];
    let bytes = fs::read(file).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut refusals = 0;
    for _ in 0..400 {
        let mut changed = bytes.clone();
        for _ in 0..random.random_range(1..6) {
            let at = random.random_range(132..changed.len());
            changed[at] = random.random();
        }
        changed.truncate(random.random_range(changed.len() / 2..2 * changed.len()));
        fs::write(file, changed).unwrap();
        refusals += usize::from(whole.read().is_err());
    }
    assert!((200..400).contains(&refusals), "{refusals} of 400 refused");
}

#[test]
fn too_few_slices() {
    let series = Series::new();
    series.files()[1..].iter().for_each(|file| fs::remove_file(file).unwrap());
    series.refused(&["1 usable slice; at least 3"]);
}

#[test]
fn archives_that_are_not_to_be_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let archive = |name: &str, entry: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        let mut zip = ZipWriter::new(fs::File::create(&path).unwrap());
        zip.start_file(entry, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        zip.write_all(bytes).unwrap();
        zip.finish().unwrap();
        path
    };
    refused(&archive("bomb.zip", "IM1.dcm", &vec![0; 50_000_000]), &["the archive 'bomb.zip' is refused", "200-fold"]);
    refused(&archive("slip.zip", "../../IM1.dcm", b"x"), &["leaves the archive"]);
    refused(&archive("text.zip", "notes.txt", b"notes"), &["holds no DICOM images"]);
    let broken = folder.path().join("broken.zip");
    fs::write(&broken, b"PK\x03\x04 and nothing more").unwrap();
    refused(&broken, &["not a readable zip"]);
}

#[test]
fn a_nifti_file_that_is_not_a_ct() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.nii.gz");
    coxa::volume::nifti::write_labels(&path, &straight_grid(), &vec![5; straight_grid().len()]).unwrap();
    refused(&path, &["'labels.nii.gz'", "5 to 5", "not the Hounsfield units"]);
    fs::write(&path, "not a gzip file at all, but long enough to be looked at").unwrap();
    refused(&path, &["not compressed with gzip"]);
    let path = folder.path().join("cut.nii");
    coxa::volume::nifti::write_volume(&path, &volume(straight_grid())).unwrap();
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 2]).unwrap();
    refused(&path, &["breaks off"]);
}
