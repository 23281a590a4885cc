//! Binary STL. The format knows neither unit nor frame, so the header says both; positions are f32.

use super::{NOTE, failed, finite, malformed};
use crate::{
    files::write_atomically,
    mesh::TriMesh,
    surface::{SurfaceError, repair::weld},
};
use nalgebra::Point3;
use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};
use stl_io::{Normal, Triangle, Vertex};

/// Bytes before the count of triangles, with the count, and of a triangle.
const HEADER: usize = 80;
const BODY: usize = 84;
const TRIANGLE: usize = 50;

/// Writes a mesh in LPS mm.
///
/// # Errors
/// [`SurfaceError::NotFinite`] for a position that f32 cannot hold, [`SurfaceError::Io`]; an old file is then untouched.
pub fn write(mesh: &TriMesh, path: &Path) -> Result<(), SurfaceError> {
    let bytes = to_bytes(mesh, path)?;
    write_atomically(path, |file| file.write_all(&bytes)).map_err(failed(path))
}

/// What [`write`] writes; `path` is where it will be.
///
/// # Errors
/// [`SurfaceError::NotFinite`].
pub fn to_bytes(mesh: &TriMesh, path: &Path) -> Result<Vec<u8>, SurfaceError> {
    finite(mesh, path)?;
    let triangles = (0..mesh.triangles.len()).map(|t| {
        let corners = mesh.corners(t);
        let normal = (corners[1] - corners[0]).cross(&(corners[2] - corners[0])).try_normalize(0.0).unwrap_or_default();
        // Adding zero turns −0 into +0, so that equal positions have equal bytes.
        let vertices = corners.map(|p| Vertex::new([p.x, p.y, p.z].map(|x| x as f32 + 0.0)));
        Triangle { normal: Normal::new(normal.cast::<f32>().into()), vertices }
    });
    let mut bytes = Vec::with_capacity(BODY + mesh.triangles.len() * TRIANGLE);
    stl_io::write_stl(&mut bytes, triangles).map_err(failed(path))?;
    bytes[..HEADER].fill(b' ');
    bytes[..NOTE.len()].copy_from_slice(NOTE.as_bytes());
    Ok(bytes)
}

/// Reads a binary or text STL, taking its numbers as mm in LPS. Corners at the same position become one vertex, and triangles
/// that this collapses are left out.
///
/// # Errors
/// [`SurfaceError::Io`], [`SurfaceError::Malformed`] for what is not an STL, is cut off or has no triangle,
/// [`SurfaceError::NotFinite`].
pub fn read(path: &Path) -> Result<TriMesh, SurfaceError> {
    from_bytes(&fs::read(path).map_err(failed(path))?, path)
}

/// As [`read`], of bytes that came from `path`.
///
/// # Errors
/// As [`read`].
pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<TriMesh, SurfaceError> {
    let corners = triangles(bytes, path)?;
    let count = corners.len() as u32;
    let soup = TriMesh {
        vertices: corners.into_iter().flatten().collect(),
        triangles: (0..count).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect(),
    };
    Ok(weld(&soup))
}

/// The triangles as the file has them, joined to nothing: quicker where only positions count.
///
/// # Errors
/// As [`read`].
pub fn read_triangles(path: &Path) -> Result<Vec<[Point3<f64>; 3]>, SurfaceError> {
    triangles(&fs::read(path).map_err(failed(path))?, path)
}

fn triangles(bytes: &[u8], path: &Path) -> Result<Vec<[Point3<f64>; 3]>, SurfaceError> {
    // Text begins with "solid"; so do the headers of some binary files, whose length then gives them away.
    let binary = bytes.get(HEADER..BODY).map(|count| {
        let count = u32::from_le_bytes([count[0], count[1], count[2], count[3]]) as usize;
        (count, BODY + count * TRIANGLE)
    });
    let text = bytes.starts_with(b"solid") && binary.is_none_or(|(_, length)| length != bytes.len());
    if !text {
        let Some((count, length)) = binary else {
            return Err(malformed(path, format!("{} bytes are too few for an STL file, whose header has {BODY}", bytes.len())));
        };
        if length != bytes.len() {
            let what = format!("the header announces {count} triangles, {length} bytes, but the file has {} bytes", bytes.len());
            return Err(malformed(path, what));
        }
    }
    let found: Vec<[Point3<f64>; 3]> = if text {
        let bad = |error: std::io::Error| malformed(path, format!("not a readable STL file: {error}"));
        let mut reader = Cursor::new(bytes);
        let triangles = stl_io::create_stl_reader(&mut reader).map_err(bad)?;
        let corners = |t: Triangle| t.vertices.map(|v| Point3::from(v.0.map(f64::from)));
        triangles.map(|triangle| triangle.map(corners).map_err(bad)).collect::<Result<_, _>>()?
    } else {
        // A record is a normal and three corners of three f32 each, and two bytes more.
        let number = |four: &[u8]| f64::from(f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let corner = |twelve: &[u8]| Point3::new(number(twelve), number(&twelve[4..]), number(&twelve[8..]));
        let record = |t: &[u8]| [corner(&t[12..]), corner(&t[24..]), corner(&t[36..])];
        bytes[BODY..].chunks_exact(TRIANGLE).map(record).collect()
    };
    if let Some(vertex) = found.iter().flatten().position(|p| !p.iter().all(|x| x.is_finite())) {
        return Err(SurfaceError::NotFinite { path: path.to_owned(), vertex });
    }
    if found.is_empty() {
        return Err(malformed(path, "the STL file has no triangle"));
    }
    Ok(found)
}
