//! Reads the bone surfaces of `../shared/data/vsd_bones`: binary little-endian PLY, float vertices, triangles, mm, RAS.

use coxa::mesh::TriMesh;
use nalgebra::Point3;
use std::{fs, path::Path};

/// Bytes of a vertex (three `float`) and of a face (a `uchar` 3 and three `int`).
const VERTEX: usize = 12;
const FACE: usize = 13;

/// Reads one bone, turned from RAS into LPS mm.
pub fn read_ply(path: &Path) -> TriMesh {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let end = b"end_header\n";
    let body = bytes.windows(end.len()).position(|window| window == end).expect("a PLY header ends with end_header") + end.len();
    let header = std::str::from_utf8(&bytes[..body]).expect("a PLY header is text");
    assert!(header.contains("format binary_little_endian 1.0") && header.contains("RAS"), "{}: {header}", path.display());
    let count = |element: &str| -> usize {
        let line = header.lines().find_map(|line| line.strip_prefix("element ")?.strip_prefix(element)).expect("element");
        line.trim().parse().expect("a count")
    };
    let (vertices, faces) = bytes[body..].split_at(count("vertex") * VERTEX);
    assert_eq!(faces.len(), count("face") * FACE, "{}: length of the face list", path.display());
    let word = |chunk: &[u8], at: usize| -> [u8; 4] { chunk[at..at + 4].try_into().expect("four bytes") };
    TriMesh {
        vertices: vertices
            .chunks_exact(VERTEX)
            .map(|chunk| {
                let [r, a, s] = [0, 4, 8].map(|at| f64::from(f32::from_le_bytes(word(chunk, at))));
                Point3::new(-r, -a, s)
            })
            .collect(),
        triangles: faces
            .chunks_exact(FACE)
            .map(|chunk| {
                assert_eq!(chunk[0], 3, "{}: only triangles are read", path.display());
                [1, 5, 9].map(|at| u32::from_le_bytes(word(chunk, at)))
            })
            .collect(),
    }
}
