//! Whether the bones are what they are said to be: unit, surface, kind and side of each, before anything is measured on them.

mod fault;
mod pose;
mod samples;
mod shape;
mod size;
mod surface;
mod template;

pub use fault::BoneFault;
pub(super) use samples::Samples;
pub(super) use template::{Kind, Starts, Template};

use super::{bones::Bones, model::Finding};
use crate::{
    frames::Side,
    labels::{
        Label,
        synthesis::{ShapeModel, ShapeModelError},
    },
    mesh::TriMesh,
};
use rayon::prelude::*;
use shape::{Given, Seen, Templates};

/// What was seen of the bones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inspection {
    /// What forbids measuring, in the order of the bones' labels.
    pub faults: Vec<BoneFault>,
    /// What a reader of the measurements must know.
    pub findings: Vec<Finding>,
}

/// Looks whether each bone is closed, faces outwards, is in millimetres, alone in its surface, and the bone and side that it is given as.
///
/// Kind and side are told by the shape alone: the shape model's mean bones and their mirror images are fitted to the surface; where none
/// fits clearly better, that is said instead of guessed. Bones of a scan (with a field of view) are taken to be in millimetres.
///
/// # Errors
/// When the shape model cannot be read.
pub fn inspect(bones: &Bones) -> Result<Inspection, ShapeModelError> {
    let given: Vec<Given> = bones.meshes.iter().filter_map(|(bone, mesh)| Given::new(*bone, mesh)).collect();
    let model = ShapeModel::load()?;
    let templates = Templates::new(&model);
    let in_scan = bones.field_of_view.is_some();
    let seen: Vec<Seen> = given.par_iter().map(|given| given.look(&templates, in_scan)).collect();
    let mut inspection = Inspection::default();
    for seen in &seen {
        inspection.faults.extend(seen.fault.clone());
        inspection.findings.extend(seen.findings.clone());
    }
    if inspection.faults.is_empty() {
        inspection.faults.extend(swapped(bones, Label::hip(Side::Left), Label::hip(Side::Right)));
        inspection.faults.extend(swapped(bones, Label::femur(Side::Left), Label::femur(Side::Right)));
        inspection.faults.extend(swapped(bones, Label::tibia(Side::Left), Label::tibia(Side::Right)));
    }
    Ok(inspection)
}

/// A left bone to the right of the right one.
fn swapped(bones: &Bones, left: Label, right: Label) -> Option<BoneFault> {
    let middle = |label| bones.meshes.get(&label).and_then(TriMesh::bounds).map(|(low, high)| nalgebra::center(&low, &high));
    let apart_mm = middle(right)?.x - middle(left)?.x;
    (apart_mm > 0.0).then_some(BoneFault::SidesSwapped { left, right, apart_mm })
}
