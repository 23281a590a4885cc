//! What is written as STL or OBJ is read back the same, PLY in each of its kinds is read, and a bad file is refused with its name and its fault.

use crate::support::{has_programs, shapes::torus};
use coxa::{
    mesh::TriMesh,
    surface::{
        SurfaceError,
        io::{obj, ply, stl},
    },
};
use nalgebra::{Isometry3, Point3};
use proptest::prelude::*;
use std::{fs, path::Path, process::Command};

fn bone() -> TriMesh {
    torus(20.0, 7.3, 40).transformed(&Isometry3::translation(-312.7, 88.1, 1204.3))
}

#[test]
fn stl_keeps_closedness_and_positions_to_f32() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("femur_left.stl");
    let mesh = bone();
    stl::write(&mesh, &path).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!(bytes.len(), 84 + 50 * mesh.triangles.len());
    assert_eq!(str::from_utf8(&bytes[..80]).unwrap().trim_end(), "mm LPS, Coxa, not a medical device");
    let back = stl::read(&path).unwrap();
    assert!(back.is_watertight());
    assert_eq!((back.vertices.len(), back.triangles.len()), (mesh.vertices.len(), mesh.triangles.len()));
    for t in 0..mesh.triangles.len() {
        // 2⁻¹³ mm is half a unit in the last place of f32 at 1300 mm.
        assert!(mesh.corners(t).iter().zip(back.corners(t)).all(|(a, b)| (a - b).amax() <= 6.2e-5));
    }
    if has_programs(&["admesh"]) {
        let said = Command::new("admesh").arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.contains("Total disconnected facets :     0              0"), "{said}");
    }
}

#[test]
fn obj_keeps_every_digit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("femur_left.obj");
    let mesh = bone();
    obj::write(&mesh, &path).unwrap();
    assert_eq!(obj::read(&path).unwrap(), mesh);
    fs::write(&path, "o x\nv 0 0 0\nv 1 0 0 1.0\nv 1 1 0\nvn 0 0 1\nv 0 1 0\nf 1/1/1 2//1 3 -1\n").unwrap();
    let square = obj::read(&path).unwrap();
    assert_eq!(square.triangles, [[0, 1, 2], [0, 2, 3]]);
}

#[test]
fn text_stl_and_binary_stl_that_begins_like_text_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.stl");
    let facet = "facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex -0 1 0\nendloop\nendfacet\n";
    fs::write(&path, format!("solid a\n{facet}{facet}endsolid a\n")).unwrap();
    assert_eq!((stl::read(&path).unwrap().vertices.len(), stl::read(&path).unwrap().triangles.len()), (3, 2));
    stl::write(&bone(), &path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[..6].copy_from_slice(b"solid ");
    fs::write(&path, bytes).unwrap();
    assert!(stl::read(&path).unwrap().is_watertight());
}

/// A square of four double vertices with colours, an element that concerns nobody, and one polygon.
fn square_ply(format: &str) -> Vec<u8> {
    let header = format!(
        "ply\nformat {format} 1.0\ncomment mm\nelement vertex 4\nproperty double x\nproperty double y\nproperty double z\nproperty uchar red\n\
         element patch 1\nproperty list uchar float weights\nelement face 1\nproperty list uchar int vertex_index\nend_header\n"
    );
    if format == "ascii" {
        return format!("{header}0 0 0 1\n1 0 0 2\n1 1.25 0 3\n0 1 0 4\n2 0.5 0.5\n4 0 1 2 3").into_bytes();
    }
    let little = format == "binary_little_endian";
    let double = |x: f64| if little { x.to_le_bytes() } else { x.to_be_bytes() };
    let word = |x: u32| if little { x.to_le_bytes() } else { x.to_be_bytes() };
    let mut bytes = header.into_bytes();
    for corner in [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.25, 0.0], [0.0, 1.0, 0.0]] {
        corner.map(double).iter().for_each(|x| bytes.extend(x));
        bytes.push(7);
    }
    bytes.push(2);
    [0.5_f32; 2].map(|x| word(x.to_bits())).iter().for_each(|x| bytes.extend(x));
    bytes.push(4);
    [0, 1, 2, 3].map(word).iter().for_each(|x| bytes.extend(x));
    bytes
}

#[test]
fn ply_is_read_as_text_and_in_both_byte_orders() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("square.ply");
    for format in ["ascii", "binary_little_endian", "binary_big_endian"] {
        fs::write(&path, square_ply(format)).unwrap();
        let square = ply::read(&path).unwrap_or_else(|error| panic!("{format}: {error}"));
        assert_eq!(square.triangles, [[0, 1, 2], [0, 2, 3]], "{format}");
        assert_eq!(square.vertices[2], Point3::new(1.0, 1.25, 0.0), "{format}");
    }
}

#[test]
fn nan_is_neither_written_nor_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut mesh = bone();
    mesh.vertices[7].y = f64::NAN;
    for path in [folder.path().join("a.stl"), folder.path().join("a.obj")] {
        let written = if path.extension().unwrap() == "stl" { stl::write(&mesh, &path) } else { obj::write(&mesh, &path) };
        assert!(matches!(written, Err(SurfaceError::NotFinite { vertex: 7, .. })));
        assert!(!path.exists());
    }
    let path = folder.path().join("b.stl");
    stl::write(&bone(), &path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[84 + 12..84 + 16].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    assert!(matches!(stl::read(&path), Err(SurfaceError::NotFinite { vertex: 0, .. })));
    let path = folder.path().join("b.obj");
    fs::write(&path, "v 0 0 NaN\nv 1 0 0\nv 0 1 0\nf 1 2 3\n").unwrap();
    assert!(matches!(obj::read(&path), Err(SurfaceError::NotFinite { vertex: 0, .. })));
}

#[test]
fn each_bad_file_is_named_with_its_fault() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let result = coxa::surface::io::read(&path);
        let error = result.unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        error
    };
    stl::write(&bone(), &folder.path().join("whole.stl")).unwrap();
    let whole = fs::read(folder.path().join("whole.stl")).unwrap();
    assert!(read("empty.stl", b"").contains("too few"));
    assert!(read("short.stl", &whole[..5000]).contains("announces 3200 triangles, 160084 bytes, but the file has 5000 bytes"));
    assert!(read("none.stl", &[&whole[..80], &[0; 4]].concat()).contains("no triangle"));
    assert!(read("text.stl", b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 zero\n").contains("not a readable STL"));
    assert!(read("vertex.obj", b"v 0 0 0\nv 1 0\n").contains("line 2: a vertex needs three numbers, found 'v 1 0'"));
    assert!(read("face.obj", b"v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 4\n").contains("line 4"));
    assert!(read("face0.obj", b"v 0 0 0\nv 1 0 0\nv 1 1 0\nf 0 1 2\n").contains("line 4"));
    assert!(read("two.obj", b"v 0 0 0\nv 1 0 0\nf 1 2\n").contains("three vertices"));
    assert!(read("none.obj", b"# nothing\n").contains("no face"));
    assert!(read("binary.obj", &[0xff, 0xfe, 0x00]).contains("not text"));
    let binary = square_ply("binary_little_endian");
    let text = String::from_utf8(square_ply("ascii")).unwrap();
    let changed = |from: &str, to: &str| text.replace(from, to).into_bytes();
    assert!(read("empty.ply", b"").contains("does not begin with the line 'ply'"));
    assert!(read("header.ply", b"ply\nformat ascii 1.0\n").contains("not a readable PLY header"));
    assert!(read("short.ply", &binary[..binary.len() - 3]).contains("announces 1 rows of 'face', but they cannot be read"));
    assert!(read("long.ply", &[&binary[..], &[1, 2]].concat()).contains("2 bytes follow"));
    assert!(read("many.ply", &changed("vertex 4", "vertex 4000000000000")).contains("4000000000000 rows of 'vertex'"));
    assert!(read("flat.ply", &changed("property double z\n", "")).contains("no x, y and z"));
    assert!(read("list.ply", &changed("vertex_index", "corners")).contains("no list of vertices"));
    assert!(read("bare.ply", &changed("element patch 1", "element void 9\nelement patch 1")).contains("'void' no property"));
    assert!(read("two.ply", &changed("4 0 1 2 3", "2 0 1")).contains("face 0 has 2 vertices"));
    assert!(read("beyond.ply", &changed("4 0 1 2 3", "3 0 1 4")).contains("face 0 names vertex 4, but there are 4"));
    assert!(read("minus.ply", &changed("4 0 1 2 3", "3 0 1 -2")).contains("'face'"));
    assert!(read("none.ply", &changed("face 1", "face 0")[..text.len() - "4 0 1 2 3".len()]).contains("no face"));
    assert!(read("other.step", b"").contains("found '.step'"));
    let absent = stl::read(Path::new("no/such.stl")).unwrap_err();
    assert!(matches!(absent, SurfaceError::Io { .. }) && absent.to_string().contains("no/such.stl"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_a_reader_down(mut bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0..6) {
        let start: &[u8] = match kind {
            0 => b"solid x\nfacet normal 0 0 1\nouter loop\nvertex 1 2 3\n",
            1 => b"v 1 2 3\nf 1 1 1\n",
            2 => b"f -1 -2 99999999999999999999\n",
            3 => b"ply\nformat ascii 1.0\nelement vertex 99999999\nproperty double x\nproperty float y\nproperty char z\nend_header\n",
            4 => b"ply\nformat binary_big_endian 1.0\nelement face 9999999999\nproperty list int int vertex_indices\nend_header\n",
            _ => b"",
        };
        bytes.splice(0..0, start.iter().copied());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, &bytes).unwrap();
        for mesh in [stl::read(&path), obj::read(&path), ply::read(&path)].into_iter().flatten() {
            prop_assert!(mesh.triangles.iter().flatten().all(|&v| (v as usize) < mesh.vertices.len()));
        }
    }
}
