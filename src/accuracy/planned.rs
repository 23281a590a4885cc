//! How good the plans are: patients planned twice, on their true bones and on the bones segmented from their CT.

use super::Segmenter;
use crate::{
    anatomy::{Anatomy, Bones, measure},
    frames::Side,
    implants::Catalogue,
    labels::{
        Label, LabelMap,
        synthesis::{Preset, Scan, ShapeModel, scan},
    },
    plan::{Change, Plan, PlanSettings, first_plan, stock},
    progress::Silent,
    surface::{SurfaceSettings, plane_cut},
    volume::Volume,
};
use nalgebra::{Point3, Vector3};
use serde::{Deserialize, Serialize};
use std::{error::Error, ops::Range, time::Instant};

/// First seed: neither training nor calibration nor the other tables have seen these patients.
const FIRST_SEED: u64 = 6_000_000;
/// Voxels of a usual CT of the hips, mm.
const SPACING_MM: [f64; 3] = [0.8, 0.8, 1.25];
/// Leg length and offset count as restored within this, mm.
pub const RESTORED_MM: f64 = 2.0;

/// One hip planned twice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlannedTwice {
    /// The patient's seed.
    pub seed: u64,
    /// The hip.
    pub side: Side,
    /// Cup, stem and head on the true bones.
    pub truth: [String; 3],
    /// The same on the segmented ones.
    pub found: [String; 3],
    /// How many catalogue sizes the cup differs.
    pub cup_sizes: usize,
    /// How many sizes the stem differs; its offset option does not count.
    pub stem_sizes: usize,
    /// What the plan on segmented bones does to the true leg, mm: it aims at no change.
    pub leg_length_mm: f64,
    /// What it does to the true offset, mm.
    pub offset_mm: f64,
    /// What of it may not be, by the language key of its term.
    pub violations: Vec<String>,
    /// The chance that its stock list gave the true cup, and the true stem.
    pub chances: [f64; 2],
    /// True when everything that the true plan needs is among what was to be brought.
    pub stocked: bool,
    /// How long the plan on segmented bones took, once they were measured, s.
    pub seconds: f64,
}

/// The patients whom `coxa plan --suite` plans.
pub struct Cohort {
    model: ShapeModel,
    /// What they are planned with.
    pub catalogue: Catalogue,
}

impl Cohort {
    /// Shape model and implant library as shipped.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn load() -> Result<Self, Box<dyn Error>> {
        Ok(Self { model: ShapeModel::load()?, catalogue: Catalogue::shipped()? })
    }

    /// Seeds of the first `count` patients.
    #[must_use]
    pub const fn seeds(count: u64) -> Range<u64> {
        FIRST_SEED..FIRST_SEED + count
    }

    /// Plans one of them twice; a patient with an even seed on the right.
    ///
    /// # Errors
    /// Why this patient could not be planned.
    pub fn plan(&self, seed: u64, segment: Segmenter, settings: &PlanSettings) -> Result<PlannedTwice, String> {
        let side = if seed.is_multiple_of(2) { Side::Right } else { Side::Left };
        let drawn = scan(&self.model, Preset::Normal, seed, Some(SPACING_MM));
        planned_twice(&drawn, side, &self.catalogue, segment, settings).map_err(|error| format!("{seed} {side}: {error}"))
    }
}

fn planned_twice(
    drawn: &Scan,
    side: Side,
    catalogue: &Catalogue,
    segment: Segmenter,
    settings: &PlanSettings,
) -> Result<PlannedTwice, Box<dyn Error>> {
    let plan_of = |bones: &Bones| -> Result<(Anatomy, Plan, f64), Box<dyn Error>> {
        let anatomy = measure(bones, Some(&drawn.volume), &Silent)?;
        let start = Instant::now();
        let plan = first_plan(&anatomy, catalogue, side, &bones.meshes, settings)?;
        Ok((anatomy, plan, start.elapsed().as_secs_f64()))
    };
    let (true_anatomy, true_plan, _) = plan_of(&true_bones(drawn)?)?;
    let segmented = segmented_bones(&drawn.volume, segment)?;
    let (anatomy, plan, seconds) = plan_of(&segmented)?;
    let ids = |plan: &Plan| {
        let stem = plan.stem.as_ref().ok_or("no stem was planned")?;
        Ok::<_, Box<dyn Error>>([plan.cup.cup.clone(), stem.stem.clone(), stem.head.clone()])
    };
    let (truth, found) = (ids(&true_plan)?, ids(&plan)?);
    let place = |id: &str| catalogue.cups.iter().position(|cup| cup.id == id).unwrap_or_default();
    let size = |id: &str| catalogue.stem(id).map_or(0, |stem| stem.size);
    let change = on_true_bones(&plan, catalogue, &true_anatomy)?;
    let stock = stock(&anatomy, catalogue, side, &segmented.meshes, settings)?;
    let lists = [&stock.cups, &stock.stems, &stock.heads];
    let chance = |kind: usize| lists[kind].iter().find(|item| item.id == truth[kind]).map_or(0.0, |item| item.probability);
    Ok(PlannedTwice {
        seed: drawn.seed,
        side,
        cup_sizes: place(&truth[0]).abs_diff(place(&found[0])),
        stem_sizes: size(&truth[1]).abs_diff(size(&found[1])) as usize,
        leg_length_mm: change.leg_length_mm,
        offset_mm: change.offset_mm,
        violations: plan.terms.iter().filter(|term| term.hard).map(|term| term.kind.key().to_owned()).collect(),
        chances: [chance(0), chance(1)],
        stocked: (0..3).all(|kind| lists[kind].iter().any(|item| item.bring && item.id == truth[kind])),
        seconds,
        truth,
        found,
    })
}

/// The bones that the CT was made of, cut off where the scan ends: otherwise the knee would be known to one plan and not to the other.
fn true_bones(drawn: &Scan) -> Result<Bones, Box<dyn Error>> {
    let mut meshes = drawn.phantom.meshes.clone();
    let [bottom, _] = drawn.phantom.z_range_mm;
    for side in Side::BOTH {
        if let Some(femur) = meshes.get_mut(&Label::femur(side)) {
            *femur = plane_cut(femur, &Point3::new(0.0, 0.0, bottom), &-Vector3::z())?;
        }
    }
    Ok(Bones::in_scan(meshes, &drawn.labels))
}

fn segmented_bones(volume: &Volume, segment: Segmenter) -> Result<Bones, Box<dyn Error>> {
    let map = LabelMap::certain(volume.grid.clone(), segment(volume)?);
    Ok(Bones::from_labels(&map, &SurfaceSettings::default())?)
}

/// What a plan changes when the true bones are what they are.
fn on_true_bones(plan: &Plan, catalogue: &Catalogue, truth: &Anatomy) -> Result<Change, Box<dyn Error>> {
    let hip = truth.hip(plan.side).ok_or("the true hip was not measured")?;
    let femur = hip.femur.as_ref().ok_or("the true femur was not measured")?;
    let head = plan.head_centre(catalogue)?.ok_or("no stem was planned")?;
    Ok(Change::of(&truth.pelvis, hip, femur, &plan.cup.centre, &head))
}
