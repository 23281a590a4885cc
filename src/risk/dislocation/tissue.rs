//! Capsule, muscles and joint loads that a rehearsal reckons with: data, not code, and each number says what it rests on.

use super::RehearsalError;
use crate::{
    files::shipped,
    motion::{Posture, activity::Name},
    risk::Basis,
};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

const FORMAT_VERSION: u32 = 1;
/// Where the shipped settings lie below the program's data folder.
const SHIPPED: &str = "assets/risk/soft_tissue.ron";

/// A number with what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The number, in the unit of the field's name.
    pub value: f64,
    /// What it rests on.
    pub basis: Basis,
}

/// Where a structure arises on the pelvis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Origin {
    /// On the bony rim of the native socket.
    Rim {
        /// Place on the rim, degrees: 0 above, 90 in front, 180 below, 270 behind.
        clock_deg: f64,
    },
    /// From the native hip centre, mm of the reference pelvis: anterior, superior, lateral.
    Pelvis(f64, f64, f64),
}

/// Where a structure inserts on the femur.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Insertion {
    /// On the native neck.
    Neck {
        /// Part of the way from the head's centre to the shaft's axis.
        part: f64,
        /// Place about the neck, degrees: 0 above, 90 in front, 180 below, 270 behind.
        clock_deg: f64,
        /// Distance from the neck's axis in radii of the native head.
        heads: f64,
    },
    /// From the native head's centre, mm of the reference femur: anterior, superior, lateral.
    Femur(f64, f64, f64),
}

/// How stiff a structure is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Stiffness {
    /// Elastic modulus times cross-section: the force that would stretch it to twice its slack length, N.
    Axial(Figure),
    /// N/mm.
    PerMillimetre(Figure),
}

/// A ligament, or part of a muscle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Structure {
    /// Unique id, e.g. `ischiofemoral`.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// A part of the capsule: it lies on the head.
    #[serde(default)]
    pub capsule: bool,
    /// Where it arises.
    pub origin: Origin,
    /// Where it inserts.
    pub insertion: Insertion,
    /// How stiff it is.
    pub stiffness: Stiffness,
}

/// A surgical approach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approach {
    /// Its name on the command line.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// What it releases, where nothing is repaired.
    pub releases: Vec<String>,
    /// What that rests on.
    pub basis: Basis,
}

/// The load with which an activity presses the head into the socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Ids of the activities; of the load without any, all others.
    #[serde(default)]
    pub activities: Vec<String>,
    /// Its size in body weights.
    pub body_weights: Figure,
    /// Direction in which the head is pressed: anterior, superior, lateral in the frame of the anterior pelvic plane.
    pub direction: (f64, f64, f64),
    /// What the direction rests on.
    pub direction_basis: Basis,
}

/// The settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftTissue {
    /// Version of the format.
    pub format_version: u32,
    /// Distance of the hip centres of the reference pelvis, mm: places are scaled by the patient's.
    pub hip_centres_mm: Figure,
    /// Postures that a hip reaches without any structure being tight: each is just long enough for all of them on the native hip.
    pub slack_in: Vec<Posture>,
    /// What they rest on.
    pub slack_basis: Basis,
    /// Ligaments and muscles.
    pub structures: Vec<Structure>,
    /// Approaches.
    pub approaches: Vec<Approach>,
    /// Joint loads.
    pub loads: Vec<Load>,
}

impl SoftTissue {
    /// Reads and checks settings.
    ///
    /// # Errors
    /// When the file cannot be read, is not well formed, of another version, or holds what makes no sense.
    pub fn load_file(path: &Path) -> Result<Self, RehearsalError> {
        let text = fs::read_to_string(path).map_err(|source| RehearsalError::Read { path: path.into(), source })?;
        let settings: Self = ron::from_str(&text).map_err(|error| RehearsalError::Syntax {
            path: path.into(),
            line: error.span.start.line,
            column: error.span.start.col,
            reason: error.code.to_string(),
        })?;
        match settings.problem() {
            Some(problem) => Err(RehearsalError::Content { path: path.into(), problem }),
            None => Ok(settings),
        }
    }

    /// The settings that ship with the program.
    ///
    /// # Errors
    /// As [`SoftTissue::load_file`].
    pub fn shipped() -> Result<Self, RehearsalError> {
        let path = shipped(SHIPPED).map_err(|source| RehearsalError::Read { path: SHIPPED.into(), source })?;
        Self::load_file(&path)
    }

    /// The structures that hold after an approach and what is released besides.
    ///
    /// # Errors
    /// When an approach or a structure is not known; the message lists those that are.
    pub fn holding(&self, approach: Option<&str>, released: &[String]) -> Result<Vec<&Structure>, RehearsalError> {
        let mut gone: Vec<&str> = Vec::new();
        if let Some(wanted) = approach {
            let found = self.approaches.iter().find(|approach| approach.id == wanted);
            let known = || listed(self.approaches.iter().map(|approach| &approach.id));
            let found = found.ok_or_else(|| RehearsalError::UnknownApproach { wanted: wanted.into(), known: known() })?;
            gone.extend(found.releases.iter().map(String::as_str));
        }
        for wanted in released {
            let known = || listed(self.structures.iter().map(|structure| &structure.id));
            if self.structures.iter().all(|structure| structure.id != *wanted) {
                return Err(RehearsalError::UnknownStructure { wanted: wanted.clone(), known: known() });
            }
            gone.push(wanted);
        }
        Ok(self.structures.iter().filter(|structure| !gone.contains(&structure.id.as_str())).collect())
    }

    /// The load of an activity; the one for all others when it has none of its own.
    #[must_use]
    pub fn load_of(&self, activity: &str) -> Option<&Load> {
        let own = self.loads.iter().find(|load| load.activities.iter().any(|id| id == activity));
        own.or_else(|| self.loads.iter().find(|load| load.activities.is_empty()))
    }

    fn problem(&self) -> Option<String> {
        if self.format_version != FORMAT_VERSION {
            return Some(format!("format_version is {}, this program reads version {FORMAT_VERSION}", self.format_version));
        }
        if self.slack_in.is_empty() {
            return Some("slack_in names no posture".into());
        }
        // What is no number lies in no range.
        if !(50.0..=400.0).contains(&self.hip_centres_mm.value) {
            return Some(format!("hip_centres_mm is {}, expected 50 to 400", self.hip_centres_mm.value));
        }
        for (index, structure) in self.structures.iter().enumerate() {
            let id = &structure.id;
            if self.structures[..index].iter().any(|other| other.id == *id) {
                return Some(format!("the structure '{id}' is there twice"));
            }
            let (found, most) = match &structure.stiffness {
                Stiffness::Axial(figure) => (figure.value, 1e5),
                Stiffness::PerMillimetre(figure) => (figure.value, 1e4),
            };
            if !(0.0..=most).contains(&found) {
                return Some(format!("structure '{id}': stiffness is {found}, expected 0 to {most}"));
            }
        }
        for approach in &self.approaches {
            if let Some(unknown) = approach.releases.iter().find(|id| self.structures.iter().all(|s| s.id != **id)) {
                return Some(format!("approach '{}' releases '{unknown}', which is no structure", approach.id));
            }
        }
        for load in &self.loads {
            let (x, y, z) = load.direction;
            let length = (x * x + y * y + z * z).sqrt();
            if !(0.0..=10.0).contains(&load.body_weights.value) || !(0.5..=2.0).contains(&length) {
                return Some(format!(
                    "the load of {:?} is {} body weights along {:?}",
                    load.activities, load.body_weights.value, load.direction
                ));
            }
        }
        let others = self.loads.iter().filter(|load| load.activities.is_empty()).count();
        (others != 1).then(|| format!("{others} loads are for all other activities, expected one"))
    }
}

fn listed<'a>(ids: impl Iterator<Item = &'a String>) -> String {
    ids.map(String::as_str).collect::<Vec<_>>().join(", ")
}
