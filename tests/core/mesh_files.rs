//! What is written as STL or OBJ is read back the same, and a bad file is refused with its name and its fault.

use crate::support::{has_programs, shapes::torus};
use coxa::{
    mesh::TriMesh,
    surface::{
        SurfaceError,
        io::{obj, stl},
    },
};
use nalgebra::Isometry3;
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
        let result = if name.ends_with("stl") { stl::read(&path) } else { obj::read(&path) };
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
    let absent = stl::read(Path::new("no/such.stl")).unwrap_err();
    assert!(matches!(absent, SurfaceError::Io { .. }) && absent.to_string().contains("no/such.stl"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_a_reader_down(mut bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0..4) {
        let start: &[u8] = match kind {
            0 => b"solid x\nfacet normal 0 0 1\nouter loop\nvertex 1 2 3\n",
            1 => b"v 1 2 3\nf 1 1 1\n",
            2 => b"f -1 -2 99999999999999999999\n",
            _ => b"",
        };
        bytes.splice(0..0, start.iter().copied());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, &bytes).unwrap();
        for mesh in [stl::read(&path), obj::read(&path)].into_iter().flatten() {
            prop_assert!(mesh.triangles.iter().flatten().all(|&v| (v as usize) < mesh.vertices.len()));
        }
    }
}
