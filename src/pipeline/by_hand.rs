//! Landmarks set by hand: where they may lie, and a case examined with them. The window and `coxa landmark` both ask here.

use super::{
    PipelineError,
    measurement::{checked, of_case},
};
use crate::{
    anatomy::{Bones, Examination, Finding, LandmarkName, Landmarks, examine, examine_with},
    frames::Side,
    plan::storage::CaseFolder,
    progress::Progress,
    surface::MeshIndex,
    volume::Volume,
};
use nalgebra::Point3;
use std::fmt;
use thiserror::Error;

/// A landmark set further than this from where it was found, or from its bone, is a mistake, mm: no landmark of a whole bone is found that
/// far off, and the width of a hip bone's wing is more.
pub(super) const FURTHEST_MM: f64 = 30.0;

/// Why a landmark may not be set.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum LandmarkError {
    /// One of two.
    #[error("there are two landmarks '{}': say which with the side, left or right", .name.key())]
    SideMissing {
        /// Which landmark.
        name: LandmarkName,
    },
    /// One in the midline.
    #[error("the landmark '{}' lies in the midline: leave the side out", .name.key())]
    SideGiven {
        /// Which landmark.
        name: LandmarkName,
    },
    /// Not a place.
    #[error("the position {position:?} is no place: give three finite numbers, LPS mm")]
    NotFinite {
        /// What was given.
        position: [f64; 3],
    },
    /// There is nothing that it could lie on.
    #[error("the landmark '{}' cannot be set: its bone is not in the scan", .name.key())]
    NoBone {
        /// Which landmark.
        name: LandmarkName,
    },
    /// Elsewhere.
    #[error("the landmark '{}' cannot be set {distance_mm:.1} mm from {from}: at most {FURTHEST_MM:.0} mm are accepted", .name.key())]
    TooFar {
        /// Which landmark.
        name: LandmarkName,
        /// How far.
        distance_mm: f64,
        /// From what.
        from: FarFrom,
    },
}

/// What a landmark must be near.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FarFrom {
    /// Where the program found it.
    Found,
    /// Its bone.
    Bone,
}

impl FarFrom {
    /// The name in language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Bone => "bone",
        }
    }
}

impl fmt::Display for FarFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Found => "where it was found",
            Self::Bone => "its bone",
        })
    }
}

/// Refuses a side where there is none, and none where there are two.
///
/// # Errors
/// [`LandmarkError::SideMissing`] or [`LandmarkError::SideGiven`].
pub const fn check_side(name: LandmarkName, side: Option<Side>) -> Result<(), LandmarkError> {
    match (name.has_side(), side.is_some()) {
        (true, false) => Err(LandmarkError::SideMissing { name }),
        (false, true) => Err(LandmarkError::SideGiven { name }),
        _ => Ok(()),
    }
}

/// A case as it was found, ready to be examined again with landmarks set by hand.
#[derive(Debug)]
pub struct CaseExaminer {
    bones: Bones,
    volume: Volume,
    findings: Vec<Finding>,
    found: Examination,
}

impl CaseExaminer {
    /// Reads a case and examines it as if nobody had set a landmark.
    ///
    /// # Errors
    /// When the case cannot be read, a bone is not what it is said to be, or as [`examine`].
    pub fn open(folder: &CaseFolder, progress: &dyn Progress) -> Result<Self, PipelineError> {
        let (bones, volume) = of_case(folder)?;
        let findings = checked(&bones)?;
        let found = examine(&bones, Some(&volume), progress)?;
        Ok(Self { bones, volume, findings, found })
    }

    /// What the program found by itself.
    #[must_use]
    pub const fn found(&self) -> &Examination {
        &self.found
    }

    /// What was said of the bones before they were measured.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The examination with these landmarks in place of those that were found.
    ///
    /// # Errors
    /// As [`examine_with`].
    pub fn examine(&self, by_hand: &Landmarks, progress: &dyn Progress) -> Result<Examination, PipelineError> {
        if by_hand.is_empty() {
            return Ok(self.found.clone());
        }
        Ok(examine_with(&self.bones, Some(&self.volume), by_hand, progress)?)
    }

    /// Whether a landmark may be set somewhere.
    ///
    /// # Errors
    /// With the numbers, when not.
    pub fn check(&self, name: LandmarkName, side: Option<Side>, position: &Point3<f64>) -> Result<(), LandmarkError> {
        check_side(name, side)?;
        if !position.iter().all(|x| x.is_finite()) {
            return Err(LandmarkError::NotFinite { position: (*position).into() });
        }
        if let Some(found) = self.found.landmarks.position(name, side) {
            refuse_beyond(name, (position - found).norm(), FarFrom::Found)?;
        }
        let meshes = self.bones.meshes.iter().filter(|(label, _)| name.bone(side).is_none_or(|bone| bone == **label));
        let to_bone = meshes.map(|(_, mesh)| MeshIndex::new(mesh).distance_mm(position)).min_by(f64::total_cmp);
        refuse_beyond(name, to_bone.ok_or(LandmarkError::NoBone { name })?, FarFrom::Bone)
    }
}

fn refuse_beyond(name: LandmarkName, distance_mm: f64, from: FarFrom) -> Result<(), LandmarkError> {
    if distance_mm > FURTHEST_MM { Err(LandmarkError::TooFar { name, distance_mm, from }) } else { Ok(()) }
}

/// What a reader of the numbers must know of landmarks set by hand; `None` when there are none.
#[must_use]
pub fn by_hand_finding(by_hand: &Landmarks) -> Option<Finding> {
    let names: Vec<String> = by_hand.iter().map(|(name, side, _)| name.with_side(side)).collect();
    let text = format!("Landmarks set by hand, not found by the program: {}.", names.join(", "));
    (!names.is_empty()).then(|| Finding::new("finding-landmarks-by-hand", None, text))
}
