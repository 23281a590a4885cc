//! What the automatic plan aims at, what it allows itself, and what each departure weighs: data, not code.

use super::{Centre, Restore};
use crate::{
    files::shipped,
    implants::{Catalogue, CatalogueError},
    plan::{Augment, OsteotomyChoice},
};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Where the shipped settings lie below the program's data folder.
const SHIPPED: &str = "assets/planning/objectives.ron";

/// Aims, allowances and weights of the automatic plan. Whatever a file leaves out is as in [`PlanSettings::default`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanSettings {
    /// The implant library to plan with, from the working folder; without it the one that ships with Coxa.
    pub catalogue: Option<PathBuf>,
    /// Families of the catalogue to choose from; of the kinds that none of them is of, the catalogue's usual ones. A cup's usual liner comes
    /// with it.
    pub families: Vec<String>,
    /// Where the lip of a liner is put, or the side on which its face stands out: hours, 12 superior and 3 anterior on both sides.
    pub lip_hour: f64,
    /// Radiographic inclination of the cup in the anterior pelvic plane's frame, degrees (middle of Lewinnek's zone, 1978).
    pub inclination_deg: f64,
    /// Radiographic anteversion of the cup in the anterior pelvic plane's frame, degrees (middle of Lewinnek's zone, 1978).
    pub anteversion_deg: f64,
    /// How far the reamer goes beyond the sphere through the bony lunate surface, mm.
    pub reaming_mm: f64,
    /// Part of the cup that bone should cover, 0 to 1.
    pub coverage_goal: f64,
    /// Least thickness of bone that should remain behind the cup medially, mm.
    pub medial_wall_mm: f64,
    /// Least thickness of the anterior and of the posterior wall that should remain, mm; a wall that is thinner as it is counts as it is.
    pub wall_mm: f64,
    /// How many catalogue sizes the cup may be smaller than the socket asks for, to spare the walls.
    pub smaller_cups: usize,
    /// How far from the native centre the cup may be put, mm.
    pub cup_shift_mm: f64,
    /// How much higher it may be put where no place within `cup_shift_mm` reaches the coverage goal, mm.
    pub high_centre_mm: f64,
    /// Whether the cup is put into the true socket, above it, or where it is covered.
    pub centre: Centre,
    /// Distance that is wanted between the stem and the inner border of the cortex where it is least, mm.
    pub cortical_clearance_mm: f64,
    /// A stem that comes nearer to the cortex than this does not go in, mm.
    pub least_clearance_mm: f64,
    /// Least thickness of cortex between the stem and the outside of the bone, mm.
    pub least_cortex_mm: f64,
    /// The stem is held against the canal from here to its tip, mm below the lesser trochanter: further up spongy bone fills the canal.
    pub fit_from_mm: f64,
    /// Share of the canal's radius that the stem should fill where it is tightest.
    pub fill_target: f64,
    /// How far above or below the native crossing of neck and shaft the stem may sit, mm.
    pub depth_range_mm: f64,
    /// How far the stem's axis may be turned from the canal's in the frontal plane, degrees.
    pub varus_range_deg: f64,
    /// How far the stem may be turned about its axis from the native version, degrees.
    pub turn_range_deg: f64,
    /// Lowest and highest sum of the cup's anteversion and the stem's version, degrees (Dorr et al. 2009, 10.1007/s11999-008-0598-4).
    pub combined_anteversion_deg: (f64, f64),
    /// Which leg length and offset are aimed at.
    pub restore: Restore,
    /// Within this leg length and offset count as restored, mm.
    pub restored_mm: f64,
    /// Longer than this the leg must not become without the femur being shortened, mm (sciatic nerve; Edwards et al. 1987, Clin Orthop 218:136).
    pub most_lengthening_mm: f64,
    /// Whether and how the femur is cut below the lesser trochanter.
    pub osteotomy: OsteotomyChoice,
    /// Where it is cut when the plan decides that it must be shortened, mm below the tip of the lesser trochanter (our choice).
    pub osteotomy_level_mm: f64,
    /// How far the stem should reach beyond the cut, in diameters of the canal there (our choice).
    pub bridging_diameters: f64,
    /// How far outside the cup an augment or a graft reaches at most, mm (our choice).
    pub graft_depth_mm: f64,
    /// Part of the patient's own head that is counted as usable for a graft, 0 to 1 (our choice: without cartilage, soft and lost bone).
    pub graft_usable: f64,
    /// A generic series of augments for the defect over a cup; none of them is a vendor's.
    pub augments: Vec<Augment>,
    /// What each departure weighs.
    pub weights: Weights,
    /// How sure the measurements are that the sizes rest on.
    pub spread: Spread,
}

/// What departures weigh: the cost of a plan is the sum of the squares of (departure × weight), and 1 is what a millimetre of leg length costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Outer diameter of the cup away from what the socket asks for, per mm.
    pub cup_size: f64,
    /// Centre of the cup away from the native one, per mm.
    pub cup_shift: f64,
    /// Coverage that lacks to the goal, per percent.
    pub cup_coverage: f64,
    /// Thickness that a wall lacks, per mm.
    pub wall: f64,
    /// Leg length away from the aim, per mm.
    pub leg_length: f64,
    /// Global offset away from the aim, per mm.
    pub offset: f64,
    /// Leg length or offset further from the aim than what counts as restored, per mm beyond, on top of the above.
    pub unrestored: f64,
    /// Room beyond the wanted clearance at the tightest place, per mm: a size smaller (half a millimetre) is worth taking for 2 mm of leg.
    pub unused_room: f64,
    /// Room that lacks to the wanted clearance, per mm.
    pub missing_room: f64,
    /// Head away from the standard one, per mm: of two equal plans the one with the standard head is better.
    pub head_offset: f64,
    /// Stem turned from the canal's axis, per degree.
    pub varus: f64,
    /// Stem turned from the native version, per degree.
    pub turn: f64,
    /// Combined anteversion outside its range, per degree.
    pub combined_anteversion: f64,
    /// Stem that is too short beyond an osteotomy, per mm.
    pub bridging: f64,
}

/// Standard deviations of what the sizes rest on, as `coxa plan --suite` finds them, mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spread {
    /// Of the socket's radius.
    pub socket_radius_mm: f64,
    /// Of the canal's radius, the same at all levels.
    pub canal_radius_mm: f64,
    /// Of leg length and offset.
    pub leg_mm: f64,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            catalogue: None,
            families: Vec::new(),
            lip_hour: 10.0,
            inclination_deg: 40.0,
            anteversion_deg: 15.0,
            reaming_mm: 0.0,
            coverage_goal: 0.7,
            medial_wall_mm: 2.0,
            wall_mm: 2.0,
            smaller_cups: 2,
            cup_shift_mm: 5.0,
            high_centre_mm: 20.0,
            centre: Centre::Automatic,
            cortical_clearance_mm: 0.3,
            least_clearance_mm: 0.1,
            least_cortex_mm: 1.0,
            fit_from_mm: 20.0,
            fill_target: 0.8,
            depth_range_mm: 15.0,
            varus_range_deg: 2.0,
            turn_range_deg: 10.0,
            combined_anteversion_deg: (25.0, 50.0),
            restore: Restore::AsScanned,
            restored_mm: 2.0,
            most_lengthening_mm: 40.0,
            osteotomy: OsteotomyChoice::Automatic,
            osteotomy_level_mm: 30.0,
            bridging_diameters: 2.0,
            graft_depth_mm: 15.0,
            graft_usable: 0.5,
            augments: generic_augments(),
            weights: Weights::default(),
            spread: Spread::default(),
        }
    }
}

/// Thicknesses and extents of a made-up series: three thicknesses in a short and a long form.
fn generic_augments() -> Vec<Augment> {
    let of = |thickness_mm: f64, form: &str, arc_deg: f64, height_deg: f64| Augment {
        id: format!("augment-{thickness_mm}-{form}"),
        thickness_mm,
        arc_deg,
        height_deg,
    };
    [10.0, 15.0, 20.0].into_iter().flat_map(|mm| [of(mm, "short", 90.0, 45.0), of(mm, "long", 150.0, 60.0)]).collect()
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            cup_size: 4.0,
            cup_shift: 1.0,
            cup_coverage: 0.5,
            wall: 6.0,
            leg_length: 1.0,
            offset: 1.0,
            unrestored: 8.0,
            unused_room: 4.0,
            missing_room: 12.0,
            head_offset: 0.2,
            varus: 3.0,
            turn: 0.6,
            combined_anteversion: 0.5,
            bridging: 1.0,
        }
    }
}

impl Default for Spread {
    fn default() -> Self {
        Self { socket_radius_mm: 0.3, canal_radius_mm: 0.15, leg_mm: 0.5 }
    }
}

/// Why a file of settings cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the planning settings {} cannot be read: {source}; check the path and the permissions", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is no settings.
    #[error("the planning settings {} are not well formed at line {line}, column {column}: {reason}; correct that line", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found and expected.
        reason: String,
    },
    /// What was typed does not go together with the settings.
    #[error("what is asked for does not go together with the planning settings: {}", .problems.join("; "))]
    Together {
        /// One sentence a problem, each naming its entry.
        problems: Vec<String>,
    },
    /// A number makes no sense.
    #[error("the planning settings {} cannot be used: {}; correct these entries", .path.display(), .problems.join("; "))]
    Content {
        /// The file.
        path: PathBuf,
        /// One sentence a problem, each naming its entry.
        problems: Vec<String>,
    },
}

impl PlanSettings {
    /// Reads and checks settings.
    ///
    /// # Errors
    /// When the file cannot be read, is not well formed, or holds a number that makes no sense.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = fs::read_to_string(path).map_err(|source| SettingsError::Read { path: path.into(), source })?;
        let settings: Self = ron::from_str(&text).map_err(|error| SettingsError::Syntax {
            path: path.into(),
            line: error.span.start.line,
            column: error.span.start.col,
            reason: error.code.to_string(),
        })?;
        let problems = settings.problems();
        if problems.is_empty() { Ok(settings) } else { Err(SettingsError::Content { path: path.into(), problems }) }
    }

    /// Refuses settings that were changed after they were read and make no sense.
    ///
    /// # Errors
    /// [`SettingsError::Together`] with a sentence a problem.
    pub fn refuse_nonsense(&self) -> Result<(), SettingsError> {
        let problems = self.problems();
        if problems.is_empty() { Ok(()) } else { Err(SettingsError::Together { problems }) }
    }

    /// The settings that ship with the program.
    ///
    /// # Errors
    /// As [`PlanSettings::load`].
    pub fn shipped() -> Result<Self, SettingsError> {
        let path = shipped(SHIPPED).map_err(|source| SettingsError::Read { path: SHIPPED.into(), source })?;
        Self::load(&path)
    }

    /// The implant library to plan with.
    ///
    /// # Errors
    /// As [`Catalogue::load`].
    pub fn library(&self) -> Result<Catalogue, CatalogueError> {
        self.catalogue.as_deref().map_or_else(Catalogue::shipped, Catalogue::load)
    }

    /// Numbers that are out of what they can be, one sentence each.
    fn problems(&self) -> Vec<String> {
        let (low, high) = self.combined_anteversion_deg;
        let w = &self.weights;
        let ranges = [
            ("lip_hour", self.lip_hour, 0.0, 12.0),
            ("inclination_deg", self.inclination_deg, 0.0, 90.0),
            ("anteversion_deg", self.anteversion_deg, -45.0, 60.0),
            ("reaming_mm", self.reaming_mm, -2.0, 5.0),
            ("coverage_goal", self.coverage_goal, 0.0, 1.0),
            ("medial_wall_mm", self.medial_wall_mm, 0.0, 10.0),
            ("wall_mm", self.wall_mm, 0.0, 10.0),
            ("cup_shift_mm", self.cup_shift_mm, 0.0, 15.0),
            ("high_centre_mm", self.high_centre_mm, 0.0, 40.0),
            ("most_lengthening_mm", self.most_lengthening_mm, 0.0, 80.0),
            ("osteotomy_level_mm", self.osteotomy_level_mm, 0.0, 100.0),
            ("bridging_diameters", self.bridging_diameters, 0.0, 6.0),
            ("graft_depth_mm", self.graft_depth_mm, 1.0, 50.0),
            ("graft_usable", self.graft_usable, 0.0, 1.0),
            ("cortical_clearance_mm", self.cortical_clearance_mm, 0.0, 5.0),
            ("least_clearance_mm", self.least_clearance_mm, -1.0, self.cortical_clearance_mm),
            ("least_cortex_mm", self.least_cortex_mm, 0.0, 5.0),
            ("fit_from_mm", self.fit_from_mm, -20.0, 100.0),
            ("fill_target", self.fill_target, 0.0, 1.0),
            ("depth_range_mm", self.depth_range_mm, 0.0, 40.0),
            ("varus_range_deg", self.varus_range_deg, 0.0, 5.0),
            ("turn_range_deg", self.turn_range_deg, 0.0, 30.0),
            ("restored_mm", self.restored_mm, 0.0, 20.0),
            ("combined_anteversion_deg", low, -30.0, high),
            ("combined_anteversion_deg", high, low, 90.0),
            ("spread.socket_radius_mm", self.spread.socket_radius_mm, 0.0, 5.0),
            ("spread.canal_radius_mm", self.spread.canal_radius_mm, 0.0, 5.0),
            ("spread.leg_mm", self.spread.leg_mm, 0.0, 20.0),
        ];
        let weights = [
            ("cup_size", w.cup_size),
            ("cup_shift", w.cup_shift),
            ("cup_coverage", w.cup_coverage),
            ("wall", w.wall),
            ("leg_length", w.leg_length),
            ("offset", w.offset),
            ("unrestored", w.unrestored),
            ("unused_room", w.unused_room),
            ("missing_room", w.missing_room),
            ("head_offset", w.head_offset),
            ("varus", w.varus),
            ("turn", w.turn),
            ("combined_anteversion", w.combined_anteversion),
            ("bridging", w.bridging),
        ];
        // What is no number lies in no range.
        let outside = |value: f64, from: f64, to: f64| !(from..=to).contains(&value);
        let ranges = ranges.into_iter().filter(|&(_, value, from, to)| outside(value, from, to));
        let weights = weights.into_iter().filter(|&(_, value)| outside(value, 0.0, 1e6));
        let augments = self.augments.iter().flat_map(|augment| {
            let numbers = [
                ("thickness_mm", augment.thickness_mm, 1.0, 60.0),
                ("arc_deg", augment.arc_deg, 1.0, 360.0),
                ("height_deg", augment.height_deg, 1.0, 90.0),
            ];
            let wrong = numbers.into_iter().filter(|&(_, value, from, to)| outside(value, from, to));
            wrong.map(|(name, value, from, to)| {
                format!("augments '{}': {name} is {value}, it must lie between {from} and {to}", augment.id)
            })
        });
        let osteotomy = match &self.osteotomy {
            OsteotomyChoice::Typed(correction) => correction.check().err().map(|fault| format!("osteotomy: {fault}")),
            _ => None,
        };
        let high = self.centre == Centre::High && self.high_centre_mm < super::cup::HIGH_STEP_MM;
        let high = high.then(|| format!("centre is High, but high_centre_mm is {}: allow at least 2 mm", self.high_centre_mm));
        ranges
            .map(|(name, value, from, to)| format!("{name} is {value}, it must lie between {from} and {to}"))
            .chain(weights.map(|(name, value)| format!("weights.{name} is {value}, it must be a number from 0 on")))
            .chain(augments)
            .chain(osteotomy)
            .chain(high)
            .collect()
    }
}
