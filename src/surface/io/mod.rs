//! Surfaces as files: STL and OBJ, LPS mm, without identity, written whole or not at all.

pub mod obj;
pub mod stl;

use super::error::SurfaceError;
use crate::mesh::TriMesh;
use std::{io, path::Path};

/// What every file says about itself.
pub const NOTE: &str = "mm LPS, Coxa, not a medical device";

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
