//! Wavefront OBJ: vertices once, with every digit.

use super::{NOTE, failed, finite, malformed};
use crate::{files::write_atomically, mesh::TriMesh, surface::SurfaceError};
use nalgebra::Point3;
use std::{fs, io::Write, path::Path};

/// Writes a mesh in LPS mm.
///
/// # Errors
/// [`SurfaceError::NotFinite`], [`SurfaceError::Io`]; an old file is then untouched.
pub fn write(mesh: &TriMesh, path: &Path) -> Result<(), SurfaceError> {
    finite(mesh, path)?;
    write_atomically(path, |file| {
        writeln!(file, "# {NOTE}")?;
        mesh.vertices.iter().try_for_each(|v| writeln!(file, "v {} {} {}", v.x, v.y, v.z))?;
        mesh.triangles.iter().map(|t| t.map(|v| v + 1)).try_for_each(|[a, b, c]| writeln!(file, "f {a} {b} {c}"))
    })
    .map_err(failed(path))
}

/// Reads vertices and faces of an OBJ, taking its numbers as mm in LPS; polygons become fans, and everything else (normals,
/// texture, groups, materials) is passed over.
///
/// # Errors
/// [`SurfaceError::Io`]; [`SurfaceError::Malformed`], naming the line, for a vertex or face that cannot be read or a face of
/// vertices that do not exist, and when there is no face; [`SurfaceError::NotFinite`].
pub fn read(path: &Path) -> Result<TriMesh, SurfaceError> {
    let bytes = fs::read(path).map_err(failed(path))?;
    let text = str::from_utf8(&bytes).map_err(|_| malformed(path, "not an OBJ file: it is not text"))?;
    let mut mesh = TriMesh::default();
    for (number, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        let bad = |what: &str| malformed(path, format!("line {}: {what}, found '{}'", number + 1, line.trim()));
        match words.next() {
            Some("v") => {
                let values: Vec<f64> = words.map_while(|word| word.parse().ok()).collect();
                let [x, y, z, ..] = values[..] else { return Err(bad("a vertex needs three numbers")) };
                mesh.vertices.push(Point3::new(x, y, z));
            }
            Some("f") => {
                let corners: Option<Vec<u32>> = words.map(|word| corner(word, mesh.vertices.len())).collect();
                let corners = corners.ok_or_else(|| bad("a face must name vertices that come before it"))?;
                if corners.len() < 3 {
                    return Err(bad("a face needs three vertices or more"));
                }
                mesh.triangles.extend(corners[1..].windows(2).map(|pair| [corners[0], pair[0], pair[1]]));
            }
            _ => {}
        }
    }
    finite(&mesh, path)?;
    if mesh.is_empty() {
        return Err(malformed(path, "the OBJ file has no face"));
    }
    Ok(mesh)
}

/// The vertex that a corner such as `7`, `7/1/3` or `-1` names.
fn corner(word: &str, vertices: usize) -> Option<u32> {
    let number: i64 = word.split('/').next()?.parse().ok()?;
    let position = if number < 0 { vertices as i64 + number } else { number - 1 };
    (0..vertices as i64).contains(&position).then_some(position as u32)
}
