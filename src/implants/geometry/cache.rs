//! A mesh is drawn once and kept.

use crate::mesh::TriMesh;
use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// So many are kept; a whole plan needs three.
const KEPT: usize = 256;

static MESHES: LazyLock<Mutex<BTreeMap<String, Arc<TriMesh>>>> = LazyLock::new(Mutex::default);

/// The mesh of a part in its own frame, drawn when it is asked for first. `part` is all that it is drawn from: parts of equal dimensions
/// share a mesh, and a part of the same id with other dimensions has its own.
pub fn cached(part: &impl Debug, draw: impl FnOnce() -> TriMesh) -> Arc<TriMesh> {
    let key = format!("{part:?}");
    let kept = || MESHES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(mesh) = kept().get(&key) {
        return Arc::clone(mesh);
    }
    // Not under the lock: others draw meanwhile.
    let mesh = Arc::new(draw());
    let mut meshes = kept();
    if meshes.len() >= KEPT {
        meshes.clear();
    }
    Arc::clone(meshes.entry(key).or_insert(mesh))
}
