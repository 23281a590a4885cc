//! What is imported is what was scanned: every voxel at its place, with its value, on its side.

use crate::support::{
    dicom::{CANARY, Series, edit, oblique_grid, set, straight_grid, volume},
    has_programs, shared,
};
use coxa::{
    dicom::{SourceKind, read_ct},
    progress::{Progress, Silent},
    volume::{Grid, Volume, nifti},
};
use dicom_core::{DataElement, PrimitiveValue, VR, value::PixelFragmentSequence};
use dicom_dictionary_std::{tags, uids};
use dicom_object::DefaultDicomObject;
use nalgebra::{Matrix3, Point3};
use std::{fs, io::Write, path::Path, process::Command};

#[test]
fn a_written_series_is_read_back_voxel_for_voxel() {
    // Oblique, straight, and lying on the stomach with the feet first (i to the patient's right, k to the feet).
    let prone = Grid { direction: Matrix3::new(-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0), ..straight_grid() };
    for grid in [oblique_grid(), straight_grid(), prone] {
        let truth = volume(grid);
        let imported = Series::of(&truth).read().unwrap();
        assert!(imported.volume.hu == truth.hu);
        assert_eq!(imported.volume.grid.spacing, truth.grid.spacing);
        assert!(imported.volume.grid.same_place(&truth.grid, 1e-6), "{:?}", imported.volume.grid);
        assert_eq!((imported.source, imported.slices), (SourceKind::Dicom, 12));
        assert_eq!(imported.patient_position.as_deref(), Some("HFS"));
        assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    }
}

#[test]
fn values_of_sixteen_bits_survive_the_series() {
    for low in [-1024, -32768] {
        let mut truth = volume(straight_grid());
        truth.hu[7] = low;
        truth.hu[8] = 32767;
        let mut expected = truth.hu.clone();
        expected[7] = low.max(-32767);
        assert!(Series::of(&truth).read().unwrap().volume.hu == expected);
    }
}

#[test]
fn names_and_instance_numbers_do_not_matter() {
    let series = Series::new();
    let whole = series.read().unwrap();
    for (k, file) in series.files().iter().enumerate() {
        edit(file, |object| set(object, tags::INSTANCE_NUMBER, VR::IS, &(100 - k).to_string()));
        let inside = series.folder.join(if k % 2 == 0 { "even" } else { "odd" });
        fs::create_dir_all(&inside).unwrap();
        fs::rename(file, inside.join(format!("{}", (k * 7) % 12))).unwrap();
    }
    assert!(series.read().unwrap().volume == whole.volume);
}

#[test]
fn the_hash_follows_the_content_and_nothing_else() {
    let series = Series::new();
    let before = series.read().unwrap().inputs_sha256;
    assert_eq!(before.len(), 64);
    fs::rename(&series.files()[0], series.folder.join("ZZ.dcm")).unwrap();
    assert_eq!(series.read().unwrap().inputs_sha256, before);
    series.edit(3, |object| set(object, tags::KVP, VR::DS, "100"));
    assert_ne!(series.read().unwrap().inputs_sha256, before);
}

#[test]
fn rescale_is_applied_slice_by_slice_and_padding_becomes_air() {
    let series = Series::new();
    // Slice 4 stores its values half as large and shifted; slice 5 marks the stored value 77 as padding.
    let truth = volume(straight_grid());
    series.edit(4, |object| {
        let words = object.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap();
        let halves = words.iter().map(|word| word / 2).collect();
        object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(halves)));
        set(object, tags::RESCALE_SLOPE, VR::DS, "2.0");
    });
    let padded = truth.hu[5 * 24 * 18];
    series.edit(5, |object| {
        object.put(DataElement::new(tags::PIXEL_PADDING_VALUE, VR::US, PrimitiveValue::from((padded + 1024) as u16)));
    });
    let hu = series.read().unwrap().volume.hu;
    for (index, (&found, &true_hu)) in hu.iter().zip(&truth.hu).enumerate() {
        let expected = match index / (24 * 18) {
            4 => (true_hu + 1024) / 2 * 2 - 1024,
            5 if true_hu == padded => -1024,
            _ => true_hu,
        };
        assert_eq!(found, expected, "voxel {index}");
    }
}

#[test]
fn overlay_bits_above_the_stored_ones_are_ignored() {
    let series = Series::new();
    series.edit_all(|object| {
        let words = object.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap();
        let junk = words.iter().enumerate().map(|(index, word)| word | if index % 3 == 0 { 0xf000 } else { 0 }).collect();
        object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(junk)));
    });
    assert!(series.read().unwrap().volume == volume(straight_grid()));
}

#[test]
fn a_zip_archive_is_read_as_its_folder() {
    let series = Series::new();
    let path = series.beside("scan.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for file in series.files() {
        let name = format!("{CANARY}/{}", file.file_name().unwrap().to_string_lossy());
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&fs::read(file).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    let (zipped, folder) = (read_ct(&path, None, &Silent).unwrap(), series.read().unwrap());
    assert!(zipped.volume == folder.volume);
    assert_eq!(zipped.inputs_sha256, folder.inputs_sha256);
}

#[test]
fn an_import_can_be_cancelled() {
    struct Impatient;
    impl Progress for Impatient {
        fn report(&self, _: &str, _: f64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    let error = read_ct(&Series::new().folder, None, &Impatient).unwrap_err();
    assert!(matches!(error, coxa::dicom::ImportError::Cancelled));
}

/// Puts a compressed stream in the place of a slice's pixels.
fn compress(object: &mut DefaultDicomObject, syntax: &str, stream: &[u8]) {
    let mut stream = stream.to_vec();
    stream.resize(stream.len().next_multiple_of(2), 0);
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, PixelFragmentSequence::new_fragments(vec![stream])));
    object.meta_mut().transfer_syntax = syntax.to_owned();
}

/// The streams hold slice 7 of [`volume`] with air (−1024 HU) in its first six rows, compressed by CharLS, OpenJPEG and dcmtk.
const STREAMS: [(&str, &[u8]); 4] = [
    (uids::JPEGLS_LOSSLESS, include_bytes!("support/streams/slice.jls")),
    (uids::JPEG2000_LOSSLESS, include_bytes!("support/streams/slice.j2k")),
    (uids::JPEG_LOSSLESS_SV1, include_bytes!("support/streams/slice.jpg")),
    (uids::RLE_LOSSLESS, include_bytes!("support/streams/slice.rle")),
];

fn volume_of_streams() -> Volume {
    let mut truth = volume(straight_grid());
    let first = truth.grid.index([0, 0, 7]);
    truth.hu[first..first + 6 * 24].fill(-1024);
    truth
}

#[test]
fn every_lossless_compression_is_voxel_exact_without_other_programs() {
    for (syntax, stream) in STREAMS {
        let series = Series::new();
        series.edit(7, |object| compress(object, syntax, stream));
        let imported = series.read().unwrap();
        assert!(imported.volume == volume_of_streams(), "{syntax}");
        assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    }
}

#[test]
fn near_lossless_jpeg_ls_stays_within_its_bound_and_is_told() {
    let series = Series::new();
    series.edit(7, |object| compress(object, uids::JPEGLS_NEAR_LOSSLESS, include_bytes!("support/streams/slice_near3.jls")));
    let imported = series.read().unwrap();
    let worst = imported.volume.hu.iter().zip(volume_of_streams().hu).map(|(a, b)| (a - b).abs()).max();
    assert_eq!(worst, Some(3));
    assert!(
        imported.warnings.iter().any(|warning| warning.text.contains("1 slice compressed with loss")),
        "{:?}",
        imported.warnings
    );
}

#[test]
fn every_uncompressed_encoding_is_voxel_exact() {
    for syntax in [uids::IMPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.2", uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN] {
        let series = Series::new();
        series.edit_all(|object| object.meta_mut().transfer_syntax = syntax.to_owned());
        assert!(series.read().unwrap().volume == volume(straight_grid()), "{syntax}");
    }
}

#[test]
fn damaged_compressed_slices_are_refused_by_name_and_the_process_lives() {
    for (syntax, stream) in STREAMS {
        let series = Series::new();
        series.edit(7, |object| compress(object, syntax, &stream[..stream.len() / 2]));
        series.refused(&["'IM0008.dcm'", "cannot be decoded"]);
        // Whatever a flipped byte does, it does not take the process with it.
        for at in (0..stream.len()).step_by(stream.len() / 16) {
            let mut flipped = stream.to_vec();
            flipped[at] ^= 0x55;
            series.edit(7, |object| compress(object, syntax, &flipped));
            series.read().ok();
        }
    }
    // A stream that announces more pixels than the header is refused before the decoder allocates them.
    let series = Series::new();
    let mut large = include_bytes!("support/streams/slice.jls").to_vec();
    let frame = large.windows(2).position(|marker| marker == [0xff, 0xf7]).unwrap();
    large[frame + 5..frame + 7].copy_from_slice(&[0xff, 0xff]);
    series.edit(2, |object| compress(object, uids::JPEGLS_LOSSLESS, &large));
    series.refused(&["'IM0003.dcm'", "announces 65535 × 24 pixels, the header 18 × 24"]);
    let series = Series::new();
    series.edit(2, |object| compress(object, uids::JPEG_LOSSLESS_SV1, &[0x5a; 600]));
    series.refused(&["'IM0003.dcm'", "no frame header"]);
    let series = Series::new();
    series.edit_all(|object| compress(object, uids::MPEG2MPML, &[0x5a; 600]));
    series.refused(&["'IM0001.dcm'", "transfer syntax 1.2.840.10008.1.2.4.100 is not read"]);
}

/// Runs a program of dcmtk over every slice and reads the result.
fn converted(program: &str, options: &[&str], truth: &Volume) -> Volume {
    let series = Series::of(truth);
    for file in series.files() {
        let output = Command::new(program).args(options).arg(&file).arg(&file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    series.read().unwrap().volume
}

#[test]
fn what_dcmtk_writes_is_read_voxel_exact() {
    if !has_programs(&["dcmcjpeg", "dcmcrle", "dcmcjpls", "dcmconv"]) {
        return;
    }
    // Few slices: every one costs a process.
    let twelve_bits = volume(Grid { size: [24, 18, 3], ..oblique_grid() });
    let mut signed = twelve_bits.clone();
    signed.hu.iter_mut().for_each(|hu| *hu -= 1000);
    let conversions: [(&str, &[&str]); 9] = [
        ("dcmcjpeg", &["+e1"]),
        ("dcmcjpeg", &["+el", "+sv", "1"]),
        ("dcmcjpeg", &["+el", "+sv", "4"]),
        ("dcmcjpeg", &["+el", "+sv", "7"]),
        ("dcmcrle", &[]),
        ("dcmcjpls", &[]),
        ("dcmconv", &["+ti"]),
        ("dcmconv", &["+tb"]),
        ("dcmconv", &["+td"]),
    ];
    for (program, options) in conversions {
        for truth in [&twelve_bits, &signed] {
            assert!(converted(program, options, truth).hu == truth.hu, "{program} {options:?}");
        }
    }
}

#[test]
fn dciodvfy_finds_no_error_in_what_is_written() {
    if !has_programs(&["dciodvfy"]) {
        return;
    }
    let mut low = volume(oblique_grid());
    low.hu[0] = -3000;
    for truth in [volume(oblique_grid()), low] {
        for file in Series::of(&truth).files().iter().take(1) {
            let output = Command::new("dciodvfy").arg(file).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            assert!(said.contains("CTImage"), "{said}");
            assert!(!said.lines().any(|line| line.starts_with("Error")), "{said}");
        }
    }
}

#[test]
fn a_folder_of_slices_is_never_overwritten() {
    let series = Series::new();
    let again = coxa::dicom::write_series(&volume(straight_grid()), &Default::default(), &series.folder, &Silent);
    assert!(again.unwrap_err().to_string().contains("not empty"));
}

#[test]
fn a_volume_survives_nifti() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["volume.nii.gz", "volume.nii"] {
        let truth = volume(oblique_grid());
        let path = folder.path().join(name);
        nifti::write_volume(&path, &truth).unwrap();
        let read = nifti::read_volume(&path).unwrap();
        assert!(read.hu == truth.hu);
        // Positions are f32 in the file.
        assert!(read.grid.same_place(&truth.grid, 1e-3), "{:?}", read.grid);
        let ids = truth.hu.iter().map(|&hu| (hu & 15) as u8).collect::<Vec<_>>();
        nifti::write_labels(&path, &truth.grid, &ids).unwrap();
        assert!(nifti::read_labels(&path).unwrap() == (read.grid, ids));
    }
    let straight = volume(straight_grid());
    let path = folder.path().join("straight.nii.gz");
    nifti::write_volume(&path, &straight).unwrap();
    assert!(nifti::read_volume(&path).unwrap() == straight);
}

#[test]
fn the_binary_imports_and_tells_it_as_json() {
    let series = Series::new();
    let out = series.beside("volume.nii.gz");
    let output = Command::new(env!("CARGO_BIN_EXE_coxa"))
        .args(["import".as_ref(), series.folder.as_os_str(), "--out".as_ref(), out.as_os_str(), "--json".as_ref()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["size"], serde_json::json!([24, 18, 12]));
    assert_eq!(told["spacing_mm"], serde_json::json!([0.7, 0.9, 1.5]));
    assert_eq!(told["source"], "DICOM");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("ZZCANARY"));
    assert!(nifti::read_volume(&out).unwrap() == volume(straight_grid()));
    assert!(!fs::read(&out).unwrap().windows(8).any(|window| window == b"ZZCANARY"));
}

fn grid_of_truth(folder: &Path) -> Grid {
    let truth: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
    let three = |name: &str| [0, 1, 2].map(|axis| truth["grid"][name][axis].as_f64().unwrap());
    Grid::axis_aligned(three("size").map(|n| n as usize), three("spacing"), Point3::from(three("first_lps")))
}

#[test]
fn the_four_subjects_lie_where_their_truth_says_and_on_their_labels() {
    let Some(folder) = shared("data/vsd_ct") else { return };
    for subject in ["z001", "z019", "z023", "z056"] {
        let subject = folder.join(subject);
        let imported = read_ct(&subject.join("dicom"), None, &Silent).unwrap();
        assert!(imported.volume.grid.same_place(&grid_of_truth(&subject), 1e-3), "{:?}", imported.volume.grid);
        let (labels, ids) = nifti::read_labels(&subject.join("labels.nii.gz")).unwrap();
        assert!(imported.volume.grid.same_place(&labels, 1e-3), "{labels:?}");
        // Femora (4, 5) are bone, background is not: the labels lie on the same voxels.
        let mean = |wanted: &[u8]| {
            let of = ids.iter().zip(&imported.volume.hu).filter(|(id, _)| wanted.contains(id)).map(|(_, &hu)| f64::from(hu));
            let (sum, count) = of.fold((0.0, 0.0), |(sum, count), hu| (sum + hu, count + 1.0));
            sum / count
        };
        assert!(mean(&[4, 5]) > 300.0 && mean(&[0]) < 0.0, "{} {}", mean(&[4, 5]), mean(&[0]));
    }
}

#[test]
fn left_is_left_in_the_real_ct() {
    let Some(folder) = shared("data/totalsegmentator_pelvis_ct") else { return };
    let imported = read_ct(&folder.join("example_ct_3mm.nii.gz"), None, &Silent).unwrap();
    assert_eq!(imported.source, SourceKind::Nifti);
    let (grid, ids) = nifti::read_labels(&folder.join("example_ct_3mm_pelvis_labels.nii.gz")).unwrap();
    assert_eq!(imported.volume.grid, grid);
    assert!((grid.direction.determinant() - 1.0).abs() < 1e-9);
    let centre = |label: u8| {
        let of = ids.iter().enumerate().filter(|(_, id)| **id == label).map(|(index, _)| grid.centre(grid.voxel(index)).coords);
        let (sum, count) = of.fold((nalgebra::Vector3::zeros(), 0.0), |(sum, count), p| (sum + p, count + 1.0));
        sum / count
    };
    // LPS: x grows to the patient's left, z to the head. Hip bones are 2 (left) and 3, femora 4 (left) and 5, the sacrum is 1.
    assert!(centre(2).x > centre(3).x + 50.0, "hips {} {}", centre(2), centre(3));
    assert!(centre(4).x > centre(5).x + 50.0, "femora {} {}", centre(4), centre(5));
    assert!(centre(1).z > centre(4).z, "the sacrum lies above the femora");
    assert!(centre(1).y > centre(4).y, "the sacrum lies behind the femora");
}
