//! A planned hip that is always at hand: a patient of the shape model with its first plan, for timing what a plan is asked.

use crate::{
    anatomy::{Anatomy, Bones, measure},
    frames::Side,
    implants::Catalogue,
    labels::{
        Label,
        synthesis::{DrawOptions, Phantom, ShapeModel},
    },
    mesh::TriMesh,
    plan::{Plan, PlanSettings, first_plan},
    progress::Silent,
};
use std::{collections::BTreeMap, error::Error};

const SEED: u64 = 6_000_000;

/// A drawn patient with a plan.
pub struct DrawnHip {
    /// The first plan of the right hip.
    pub plan: Plan,
    /// What it was planned with.
    pub catalogue: Catalogue,
    /// The patient.
    pub anatomy: Anatomy,
    /// Its bones.
    pub bones: BTreeMap<Label, TriMesh>,
}

impl DrawnHip {
    /// Draws and plans it; the same every time.
    ///
    /// # Errors
    /// When shape model or library are not there, or nothing can be planned.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let phantom = Phantom::draw(&ShapeModel::load()?, SEED, &DrawOptions::default());
        let bones = Bones { meshes: phantom.meshes, ..Bones::default() };
        let (anatomy, catalogue) = (measure(&bones, None, &Silent)?, Catalogue::shipped()?);
        let plan = first_plan(&anatomy, &catalogue, Side::Right, &bones.meshes, &PlanSettings::shipped()?)?;
        Ok(Self { plan, catalogue, anatomy, bones: bones.meshes })
    }
}
