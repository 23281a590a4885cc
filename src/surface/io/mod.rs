//! Surfaces as files: STL and OBJ, LPS mm, without identity, written whole or not at all; PLY is read, too.

pub mod obj;
pub mod ply;
pub mod stl;

use super::error::SurfaceError;
use crate::mesh::TriMesh;
use std::{io, path::Path};

/// What every file says about itself.
pub const NOTE: &str = "mm LPS, Coxa, not a medical device";

/// Endings of the names of the files that [`read`] reads.
pub const READABLE: [&str; 3] = ["stl", "obj", "ply"];

/// Reads an STL, OBJ or PLY, told apart by the ending of its name; its numbers are taken as mm in LPS.
///
/// # Errors
/// [`SurfaceError::Malformed`] for another ending; as [`stl::read`], [`obj::read`] and [`ply::read`].
pub fn read(path: &Path) -> Result<TriMesh, SurfaceError> {
    match ending(path).as_str() {
        "stl" => stl::read(path),
        "obj" => obj::read(path),
        "ply" => ply::read(path),
        other => Err(malformed(path, format!("a surface ends in .stl, .obj or .ply, found '.{other}'"))),
    }
}

/// What follows the last dot of a file's name, in lower case; empty without a dot.
#[must_use]
pub fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// Refuses positions that no file can hold.
fn finite(mesh: &TriMesh, path: &Path) -> Result<(), SurfaceError> {
    let holds = |x: &f64| (*x as f32).is_finite();
    match mesh.vertices.iter().position(|vertex| !vertex.iter().all(holds)) {
        None => Ok(()),
        Some(vertex) => Err(SurfaceError::NotFinite { path: path.to_owned(), vertex }),
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> SurfaceError + '_ {
    |source| SurfaceError::Io { path: path.to_owned(), source }
}

fn malformed(path: &Path, what: impl Into<String>) -> SurfaceError {
    SurfaceError::Malformed { path: path.to_owned(), what: what.into() }
}
