//! Everything that can be told of a given plan in given bones, whoever made it: numbers with definition, unit, source and spread, where the
//! cup is covered, where its screws go, how the stem fits, and what to be warned of.
//!
//! Nothing here chooses anything, and nothing depends on how the plan came about: the same plan in the same bones has the same numbers.
//! [`Prepared`] holds what is the same for all plans of a hip.

mod augment;
mod canal_fit;
mod contact;
mod coverage;
mod cup_map;
mod densities;
mod fill;
mod inputs;
mod leg;
mod look;
mod orientation;
mod placement;
mod prepared;
mod reaming;
mod resection;
mod screws;
mod warnings;

pub use contact::{ContactCell, ContactMap};
pub use coverage::CoverageHour;
pub use cup_map::{CupMap, CupMapCell};
pub use densities::Zone;
pub use fill::CanalLevel;
pub use prepared::Prepared;
pub use screws::{Quadrant, STANDARD_HOLES, Screw, ScrewHole};

use super::{Plan, PlanError, PlanSettings};
use crate::{
    anatomy::{Anatomy, Finding, Measurement, MeasurementEntry, Quantity},
    frames::Side,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    volume::Volume,
};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// How much is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Numbers, tables and findings.
    Numbers,
    /// The maps of cup and stem as well.
    Maps,
}

/// What can be told of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessment {
    /// The hip.
    pub side: Side,
    /// Numbers, in a fixed order; what cannot be told is not there.
    #[serde(serialize_with = "by_key")]
    pub numbers: Vec<Measurement>,
    /// The cup in its bone; `None` without the hip bone's surface.
    pub cup: Option<CupAssessment>,
    /// The stem in its canal; `None` without stem or canal.
    pub stem: Option<StemAssessment>,
    /// What to be warned of, with the numbers that say so.
    pub findings: Vec<Finding>,
}

/// A cup in its bone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CupAssessment {
    /// Where it is covered: 1 to 12 o'clock.
    pub hours: Vec<CoverageHour>,
    /// Where screws through its holes go.
    pub screws: Vec<Screw>,
    /// The bone in the zones of DeLee and Charnley.
    pub zones: Vec<Zone>,
    /// The bone over its hemisphere, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<CupMap>,
}

/// A stem in its canal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StemAssessment {
    /// True when the canal, or the shaft, is not the scan's but an estimate.
    pub estimated: bool,
    /// How it fills the canal, every 10 mm.
    pub levels: Vec<CanalLevel>,
    /// The bone in Gruen's zones.
    pub zones: Vec<Zone>,
    /// Where least bone remains beside it: level below the lesser trochanter, mm, and angle round its axis, degrees (0 lateral, 90 anterior).
    pub thinnest: Option<[f64; 2]>,
    /// Its distance from the cortex all over, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<ContactMap>,
}

impl Assessment {
    /// The number of a quantity.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<&Measurement> {
        self.numbers.iter().find(|number| number.quantity.key == key)
    }

    /// The value of a quantity, in its unit.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<f64> {
        self.number(key).map(|number| number.value)
    }
}

fn by_key<S: Serializer>(numbers: &[Measurement], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(numbers.iter().map(|number| (number.quantity.key, MeasurementEntry::from(number))))
}

/// Everything that can be told of one plan, maps included; for many plans of the same hip see [`Prepared`].
///
/// # Errors
/// When the hip was not measured, or the catalogue does not list an implant of the plan.
pub fn assess(
    plan: &Plan,
    catalogue: &Catalogue,
    anatomy: &Anatomy,
    bones: &BTreeMap<Label, TriMesh>,
    ct: Option<&Volume>,
    settings: &PlanSettings,
) -> Result<Assessment, PlanError> {
    Prepared::new(anatomy, plan.side, bones, settings)?.assess(plan, catalogue, ct, Detail::Maps)
}

/// The numbers that follow from where implants and measured points are, without the surfaces of bones.
///
/// # Errors
/// As [`assess`].
pub fn placement_numbers(plan: &Plan, catalogue: &Catalogue, anatomy: &Anatomy) -> Result<Vec<Measurement>, PlanError> {
    let known = inputs::Known::new(anatomy, plan.side, None).ok_or_else(|| PlanError::no_hip(anatomy, plan.side))?;
    Ok(placement::numbers(&known, &placement::Placed::of(plan, plan.chosen(catalogue)?.stem)))
}

/// Every quantity that an assessment can tell.
pub fn quantities() -> impl Iterator<Item = &'static Quantity> {
    let cup = [&coverage::COVERAGE, &coverage::OVERHANG, &coverage::OVERHANG_HOUR];
    let reaming = [
        &reaming::DEPTH_AXIAL,
        &reaming::DEPTH_MEDIAL,
        &reaming::REAMED,
        &reaming::REAMED_RIM,
        &reaming::WALL_MEDIAL,
        &reaming::WALL_ANTERIOR,
        &reaming::WALL_POSTERIOR,
    ];
    let augment = [&augment::CONTACT, &augment::REMOVED, &augment::FILLED, &augment::COVERED];
    let stem = [
        &screws::BONE_LENGTH,
        &fill::FILL_FRONTAL,
        &fill::CORTICAL_INDEX,
        &contact::CONTACT,
        &contact::CLEARANCE,
        &contact::CORTEX,
        &contact::CORTEX_LEVEL,
    ];
    let zones = densities::CUP_ZONES.iter().chain(&densities::STEM_ZONES);
    placement::PLACEMENT.iter().map(|(quantity, _)| *quantity).chain(cup).chain(reaming).chain(augment).chain(stem).chain(zones)
}
