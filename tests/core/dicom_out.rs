//! What leaves as DICOM is read by others exactly as it was meant: every voxel in its place, every surface byte for byte.
//!
//! Oracles are highdicom and pydicom (`read_dicom.py`) and dciodvfy.

use crate::export::{case, export, names};
use crate::support::{dicom::oblique_grid, has_programs, python};
use coxa::{
    dicom::{
        Segmentation, SeriesDescription, SourceSeries, StlModel, Study, read_ct, read_stl_model, write_segmentation,
        write_stl_model,
    },
    labels::Label,
    progress::Silent,
    volume::{Grid, Volume, nifti},
};
use dicom_dictionary_std::tags;
use nalgebra::{Matrix4, Point3, Rotation3, Vector3};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{fs, path::Path, process::Command};

/// Slices of 37 × 29 pixels do not fill whole bytes; no two spacings are equal, and no axis is one of the patient's.
fn grid() -> Grid {
    let direction = *Rotation3::from_euler_angles(0.15, -0.25, 0.35).matrix();
    Grid { size: [37, 29, 11], spacing: [0.7, 0.9, 1.5], origin: Point3::new(-20.25, -50.5, 800.125), direction }
}

/// Balls of bone. The left femur has a gap of three slices, the sacrum only one voxel, no slice holds every bone.
fn ids(grid: &Grid) -> Vec<u8> {
    let centre = grid.lps(&Vector3::new(18.0, 14.0, 5.0));
    let balls = [
        (Label::HipLeft, [8.0, -6.0, 2.0], 3.5),
        (Label::HipRight, [-7.0, -6.0, 1.0], 3.0),
        (Label::FemurLeft, [7.0, 4.0, 0.0], 7.0),
        (Label::FemurRight, [-7.0, 5.0, -1.0], 4.0),
        (Label::Metal, [-7.0, 5.0, -1.0], 1.0),
    ];
    let mut ids: Vec<u8> = (0..grid.len())
        .map(|index| {
            let voxel = grid.voxel(index);
            let inside = |&&(label, at, radius): &&(Label, [f64; 3], f64)| {
                (grid.centre(voxel) - centre - Vector3::from(at)).norm() < radius
                    && !(label == Label::FemurLeft && (4..7).contains(&voxel[2]))
            };
            // The last wins: metal in the femur.
            balls.iter().rev().find(inside).map_or(0, |(label, ..)| label.id())
        })
        .collect();
    ids[grid.index([36, 28, 10])] = Label::Sacrum.id();
    ids
}

fn study() -> Study {
    Study { seed: "a case".into(), pseudonym: "CX-0F0F0F".into(), date: Study::NO_DATE.into() }
}

/// The CT that the labels lie on, as it would be written.
fn source(grid: &Grid) -> SourceSeries {
    let Study { seed, pseudonym, date } = study();
    SeriesDescription { seed, pseudonym, date, ..SeriesDescription::default() }.source(grid)
}

fn write(path: &Path, grid: &Grid, ids: &[u8], source: Option<&SourceSeries>) {
    let segments = Label::segments(ids).unwrap();
    let (study, algorithm) = (study(), Some("bones 1.2.3"));
    write_segmentation(
        &Segmentation { study: &study, grid, ids, segments: &segments, algorithm, corrected: false, source },
        path,
    )
    .unwrap();
}

/// What the Python script finds in a file; `None`, with the reason printed, without Python.
fn read(arguments: &[&str]) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/read_dicom.py");
    let output = Command::new(python()?).arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn read_segmentation(path: &Path, grid: &Grid) -> Option<Value> {
    let mut affine = Matrix4::identity();
    for axis in 0..3 {
        affine.fixed_view_mut::<3, 1>(0, axis).copy_from(&(grid.direction.column(axis) * grid.spacing[axis]));
    }
    affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&grid.origin.coords);
    let rows: Vec<Vec<f64>> = affine.row_iter().map(|row| row.iter().copied().collect()).collect();
    read(&["seg", path.to_str().unwrap(), &json!({"size": grid.size, "affine": rows}).to_string()])
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The masks that were read are those of the label map, voxel for voxel in patient space.
fn assert_same_masks(told: &Value, ids: &[u8]) {
    let expected = Label::segments(ids).unwrap();
    let segments = told["segments"].as_array().unwrap();
    assert_eq!(segments.len(), expected.len());
    for (segment, found) in expected.iter().zip(segments) {
        let mask: Vec<u8> = ids.iter().map(|&id| u8::from(id == segment.id)).collect();
        assert_eq!(found["label"], segment.name);
        assert_eq!(found["voxels"], mask.iter().filter(|&&inside| inside == 1).count(), "{}", segment.name);
        assert_eq!(found["sha256"], hex(&mask), "{}", segment.name);
        let code = |code: coxa::dicom::Code| json!([[code.scheme, code.value, code.meaning]]);
        assert_eq!(found["category"], code(segment.category));
        assert_eq!(found["type"], code(segment.kind));
        assert_eq!(found["modifier"], segment.modifier.map_or(json!([]), code));
        for axis in 0..3 {
            // 16 bits a channel.
            assert!((found["cielab"][axis].as_f64().unwrap() - segment.cielab[axis]).abs() < 0.01);
        }
    }
    let x = |label: Label| {
        let found = segments.iter().find(|found| found["label"] == label.spoken());
        found.unwrap()["centroid"][0].as_f64().unwrap()
    };
    let (left, right) = (x(Label::FemurLeft), x(Label::FemurRight));
    assert!(left > right + 10.0, "the left femur is at x = {left}, the right at {right}");
}

#[test]
fn highdicom_reads_every_voxel_where_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.dcm");
    let grid = grid();
    let ids = ids(&grid);
    for source in [None, Some(source(&grid))] {
        write(&path, &grid, &ids, source.as_ref());
        let Some(told) = read_segmentation(&path, &grid) else { return };
        assert_same_masks(&told, &ids);
        assert_eq!(told["sop_class"], "1.2.840.10008.5.1.4.1.1.66.4");
        assert_eq!(told["modality"], "SEG");
        assert_eq!(told["patient"], json!(["CX-0F0F0F", "CX-0F0F0F", "", ""]));
        assert_eq!(told["segments"][0]["algorithm"], json!(["AUTOMATIC", "bones 1.2.3"]));
        let text = told["text"].as_str().unwrap();
        assert!(text.contains(coxa::DISCLAIMER) && text.contains("RESEARCH"), "{text}");
        let frames = told["frames"].as_u64().unwrap() as usize;
        assert!(frames < Label::segments(&ids).unwrap().len() * grid.size[2], "empty frames are left out");
        match source {
            None => assert_eq!((&told["referenced_instances"], &told["frame_sources"]), (&json!([]), &json!([]))),
            Some(source) => {
                let of_frames = told["frame_sources"].as_array().unwrap();
                assert_eq!(of_frames.len(), frames);
                assert_eq!(of_frames[0], source.instance_uids[first_slice(&ids, &grid)]);
            }
        }
    }
}

/// The first slice of the first segment.
fn first_slice(ids: &[u8], grid: &Grid) -> usize {
    let first = Label::segments(ids).unwrap()[0].id;
    grid.voxel(ids.iter().position(|&id| id == first).unwrap())[2]
}

#[test]
fn frames_follow_each_other_bit_by_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.dcm");
    let grid = grid();
    let ids = ids(&grid);
    write(&path, &grid, &ids, None);
    let file = dicom_object::open_file(&path).unwrap();
    let bits = file.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap();
    let frames = file.element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).unwrap().items().unwrap();
    let pixels = grid.size[0] * grid.size[1];
    assert!(!pixels.is_multiple_of(8));
    assert_eq!(bits.len(), (frames.len() * pixels).div_ceil(8).next_multiple_of(2));
    let segments = Label::segments(&ids).unwrap();
    let mut seen = 0;
    for (number, frame) in frames.iter().enumerate() {
        let item = |tag| &frame.element(tag).unwrap().items().unwrap()[0];
        let segment = item(tags::SEGMENT_IDENTIFICATION_SEQUENCE).element(tags::REFERENCED_SEGMENT_NUMBER).unwrap();
        let segment: usize = segment.to_int().unwrap();
        let position = item(tags::PLANE_POSITION_SEQUENCE).element(tags::IMAGE_POSITION_PATIENT).unwrap();
        let [x, y, z] = position.to_multi_float64().unwrap().try_into().unwrap();
        let k = grid.nearest(&Point3::new(x, y, z)).unwrap()[2];
        assert!((grid.centre([0, 0, k]) - Point3::new(x, y, z)).norm() < 1e-9);
        let slice = &ids[k * pixels..(k + 1) * pixels];
        for (pixel, &id) in slice.iter().enumerate() {
            let bit = number * pixels + pixel;
            assert_eq!(bits[bit / 8] >> (bit % 8) & 1 == 1, id == segments[segment - 1].id, "frame {number}, pixel {pixel}");
        }
        seen += slice.iter().filter(|&&id| id == segments[segment - 1].id).count();
    }
    assert_eq!(seen, ids.iter().filter(|&&id| id != 0).count(), "no voxel is missing");
}

/// An STL file of odd length, as text has it: it must be padded, and come back without the padding.
const STL: &[u8] =
    b"solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid x\n";

fn write_model(path: &Path, from_ct: bool, source: Option<&SourceSeries>) {
    let cielab = Label::FemurLeft.segment().map(|segment| segment.cielab);
    let model = StlModel { study: &study(), name: "left femur", number: 7, stl: STL, from_ct, cielab, source };
    write_stl_model(&model, path).unwrap();
}

#[test]
fn pydicom_takes_out_the_surface_that_was_put_in() {
    assert!(!STL.len().is_multiple_of(2));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("femur_left.dcm");
    for (from_ct, source) in [(true, None), (true, Some(source(&grid()))), (false, None)] {
        write_model(&path, from_ct, source.as_ref());
        assert_eq!(read_stl_model(&path).unwrap(), STL);
        let Some(told) = read(&["stl", path.to_str().unwrap()]) else { continue };
        assert_eq!(told["sha256"], hex(STL));
        assert_eq!((&told["length"], &told["padded"]), (&json!(STL.len()), &json!(STL.len() + 1)));
        assert_eq!(told["unit"], json!([["UCUM", "mm", "mm"]]));
        assert_eq!((told["mime"].as_str(), told["modality"].as_str()), (Some("model/stl"), Some("M3D")));
        assert_eq!(told["sop_class"], "1.2.840.10008.5.1.4.1.1.104.3");
        assert_eq!(told["concept"].as_array().unwrap().len(), usize::from(from_ct));
        assert_eq!(told["title"], format!("left femur. {}", coxa::DISCLAIMER));
        assert_eq!(told["referenced_instances"].as_array().unwrap().len(), source.map_or(0, |s| s.instance_uids.len()));
    }
    let labels = folder.path().join("labels.dcm");
    write(&labels, &grid(), &ids(&grid()), None);
    assert!(read_stl_model(&labels).unwrap_err().to_string().contains("an encapsulated model/stl in mm was expected"));
}

#[test]
fn dciodvfy_finds_no_error_in_segmentations_and_surfaces() {
    if !has_programs(&["dciodvfy"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (labels, surface) = (folder.path().join("labels.dcm"), folder.path().join("surface.dcm"));
    let grid = grid();
    let ids = ids(&grid);
    for source in [None, Some(source(&grid))] {
        write(&labels, &grid, &ids, source.as_ref());
        assert_valid(&labels, "Segmentation");
        for from_ct in [true, false] {
            write_model(&surface, from_ct, source.as_ref());
            assert_valid(&surface, "EncapsulatedSTL");
        }
    }
}

fn assert_valid(path: &Path, kind: &str) {
    let output = Command::new("dciodvfy").arg(path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(said.lines().any(|line| line.trim() == kind), "{said}");
    assert!(!said.lines().any(|line| line.starts_with("Error")), "{said}");
}

#[test]
fn the_same_labels_are_the_same_object_and_others_another() {
    let folder = tempfile::tempdir().unwrap();
    let grid = grid();
    let mut ids = ids(&grid);
    let written = |ids: &[u8]| {
        let path = folder.path().join("labels.dcm");
        write(&path, &grid, ids, None);
        let uid = dicom_object::open_file(&path).unwrap().element(tags::SOP_INSTANCE_UID).unwrap().to_str().unwrap().into_owned();
        (fs::read(&path).unwrap(), uid)
    };
    let (bytes, uid) = written(&ids);
    assert!(written(&ids) == (bytes, uid.clone()));
    ids[0] = Label::Sacrum.id();
    assert_ne!(written(&ids).1, uid);
}

#[test]
fn labels_that_cannot_be_a_segmentation_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.dcm");
    let (grid, study) = (grid(), study());
    let segments = Label::segments(&[4]).unwrap();
    let refused = |ids: &[u8], source: Option<&SourceSeries>, because: &str| {
        let labels =
            Segmentation { study: &study, grid: &grid, ids, segments: &segments, algorithm: None, corrected: false, source };
        let error = write_segmentation(&labels, &path).unwrap_err().to_string();
        assert!(error.contains(because), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing half-written");
    };
    refused(&[4; 7], None, "do not fill its grid");
    refused(&vec![0; grid.len()], None, "none of its voxels belongs to a segment");
    refused(&vec![4; grid.len()], Some(&source(&oblique_grid())), "not as many slices");
}

#[test]
fn a_case_becomes_one_study() {
    let root = tempfile::tempdir().unwrap();
    let (place, out) = (root.path().join("case"), root.path().join("dicom"));
    case(&place);
    let refused = |more: &[&str], because: &str| {
        let output = export(&place, &out, more);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(because), "{said}");
        assert_eq!(names(root.path()), ["case"], "nothing half-written");
    };
    refused(&["--with-ct"], "--with-ct goes with --format dicom");
    refused(&["--format", "dicom"], "labels.nii.gz");
    let written = grid();
    let labels = ids(&written);
    let hu = labels.iter().enumerate().map(|(index, &id)| i16::from(id) * 100 + (index % 50) as i16 - 1000).collect();
    let place_of = |name: &str| place.join(name);
    nifti::write_labels(&place_of("labels.nii.gz"), &written, &vec![77; labels.len()]).unwrap();
    refused(&["--format", "dicom"], "the number 77, which is none of Coxa's labels");
    nifti::write_labels(&place_of("labels.nii.gz"), &written, &labels).unwrap();
    let volume = Volume { grid: written, hu };
    nifti::write_volume(&place_of("volume.nii.gz"), &volume).unwrap();

    let output = export(&place, &out, &["--format", "dicom", "--with-ct", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["segmentation"], &told["ct"]), (&json!("labels.dcm"), &json!("ct")));
    let surfaces = ["femur_right", "hip_right", "implant_cup", "implant_head", "implant_stem"];
    let mut expected: Vec<String> = surfaces.iter().map(|name| format!("{name}.dcm")).collect();
    expected.extend(["README.txt", "ct", "labels.dcm"].map(String::from));
    expected.sort();
    assert_eq!(names(&out), expected);
    let readme = fs::read_to_string(out.join("README.txt")).unwrap();
    assert!(readme.contains("DICOM segmentation: sacrum, left hip bone") && readme.contains("11 slices of the CT"), "{readme}");

    // The files' grid: that of the case, whose affine is stored in f32.
    let (grid, _) = nifti::read_labels(&place_of("labels.nii.gz")).unwrap();
    let ct = read_ct(&out.join("ct"), None, &Silent).unwrap();
    assert_eq!(ct.volume.hu, volume.hu);
    assert!(ct.volume.grid.same_place(&grid, 1e-6));
    if has_programs(&["dciodvfy"]) {
        assert_valid(&out.join("labels.dcm"), "Segmentation");
        assert_valid(&out.join("implant_cup.dcm"), "EncapsulatedSTL");
        assert_valid(&out.join("ct/IM0001.dcm"), "CTImage");
    }
    let Some(segmentation) = read_segmentation(&out.join("labels.dcm"), &grid) else { return };
    assert_same_masks(&segmentation, &labels);
    let ct = dicom_object::open_file(out.join("ct/IM0011.dcm")).unwrap();
    let of_ct = |tag| ct.element(tag).unwrap().to_str().unwrap().trim_end_matches('\0').to_owned();
    let last = of_ct(tags::SOP_INSTANCE_UID);
    assert!(segmentation["referenced_instances"].as_array().unwrap().iter().any(|uid| *uid == last));
    for name in surfaces {
        let told = read(&["stl", out.join(format!("{name}.dcm")).to_str().unwrap()]).unwrap();
        assert_eq!(told["study"], of_ct(tags::STUDY_INSTANCE_UID));
        assert_eq!(told["frame_of_reference"], of_ct(tags::FRAME_OF_REFERENCE_UID));
        assert_eq!(told["frame_of_reference"], segmentation["frame_of_reference"]);
        assert_eq!(told["patient"], json!(["CX-012345", "CX-012345", "", ""]));
        assert_eq!(told["referenced_instances"].as_array().unwrap().len(), if name.starts_with("implant") { 0 } else { 11 });
    }
}
