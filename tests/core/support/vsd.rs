//! The four skeletons of `../shared/data/vsd_bones`.

use super::shared;
use coxa::{accuracy::skeletons::Skeleton, anatomy::Bones};

/// All four; none, with the reason printed, where they are not at hand.
pub fn skeletons() -> Vec<Skeleton> {
    shared("data/vsd_bones").map(|folder| Skeleton::four(&folder).unwrap()).unwrap_or_default()
}

/// The bones of one; `None`, with the reason printed, where they are not at hand.
pub fn subject(name: &str) -> Option<Bones> {
    skeletons().into_iter().find(|skeleton| skeleton.name == name).map(|skeleton| skeleton.bones)
}

/// The mirror image of a patient: left bones where the right ones were.
pub fn mirrored(bones: &Bones) -> Bones {
    let meshes = bones.meshes.iter().map(|(label, mesh)| (label.mirrored(), mesh.mirrored_x())).collect();
    Bones { meshes, ..Bones::default() }
}
