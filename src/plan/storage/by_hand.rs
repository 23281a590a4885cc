//! `landmarks-by-hand.ron`: the landmarks of a case that a person has set. All others are found anew whenever the case is measured.

use super::{CaseFolder, Document, StorageError, document::to_text, sha256};
use crate::{
    anatomy::{Landmark, LandmarkName, Landmarks},
    frames::Side,
};
use nalgebra::Point3;
use serde::{Deserialize, Serialize};
use std::path::Path;

pub(super) const BY_HAND: &str = "landmarks-by-hand.ron";

#[derive(Serialize, Deserialize)]
struct LandmarksByHand {
    landmarks: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    name: String,
    side: Option<Side>,
    lps_mm: [f64; 3],
}

impl Document for LandmarksByHand {
    const KIND: &'static str = "landmarks by hand";
}

/// Hash of the document when the last landmark was taken back: then it says no more than one that is not there.
pub(super) fn none_by_hand_sha256() -> Result<String, StorageError> {
    let none = LandmarksByHand { landmarks: Vec::new() };
    Ok(sha256(to_text(Path::new(BY_HAND), &none)?.as_bytes()))
}

impl CaseFolder {
    /// Reads the landmarks that a person has set; none where the document is not there.
    ///
    /// # Errors
    /// As [`CaseFolder::read_document`], and when an entry names no landmark, has no finite position, or lacks its side.
    pub fn read_landmarks_by_hand(&self) -> Result<Landmarks, StorageError> {
        let mut landmarks = Landmarks::default();
        if !self.path().join(BY_HAND).is_file() {
            return Ok(landmarks);
        }
        let document: LandmarksByHand = self.read_document(BY_HAND)?;
        for entry in document.landmarks {
            let wrong = |reason: String| StorageError::Landmark { path: self.path().join(BY_HAND), reason };
            let name: LandmarkName = entry.name.parse().map_err(|error| wrong(format!("{error}")))?;
            if entry.side.is_some() != name.has_side() {
                let fault = if name.has_side() { "has no side" } else { "has a side, but lies in the midline" };
                return Err(wrong(format!("'{}' {fault}", entry.name)));
            }
            if !entry.lps_mm.iter().all(|x| x.is_finite()) {
                return Err(wrong(format!("the position of '{}' is not finite", entry.name)));
            }
            landmarks.insert(name, entry.side, Landmark::by_hand(Point3::from(entry.lps_mm)));
        }
        Ok(landmarks)
    }

    /// Writes them, whole or not at all.
    ///
    /// # Errors
    /// As [`CaseFolder::write_document`].
    pub fn write_landmarks_by_hand(&self, landmarks: &Landmarks) -> Result<(), StorageError> {
        let entry = |(name, side, landmark): (LandmarkName, Option<Side>, &Landmark)| Entry {
            name: name.key().into(),
            side,
            lps_mm: landmark.position.into(),
        };
        self.write_document(BY_HAND, &LandmarksByHand { landmarks: landmarks.iter().map(entry).collect() })
    }

    /// Writes them where the case still holds those that they were changed from: for a program that keeps them in memory meanwhile.
    ///
    /// # Errors
    /// [`StorageError::Meanwhile`] when it does not, and as [`CaseFolder::write_landmarks_by_hand`].
    pub fn change_landmarks_by_hand(&self, from: &Landmarks, to: &Landmarks) -> Result<(), StorageError> {
        let case = self.locked()?;
        if case.read_landmarks_by_hand()? != *from {
            return Err(StorageError::Meanwhile { path: self.path().join(BY_HAND) });
        }
        case.write_landmarks_by_hand(to)
    }
}
