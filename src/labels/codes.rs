//! What a label is called in DICOM: SNOMED CT codes and colours.
//!
//! Codes of context groups 7150, 244 and 7151 or 7193 (PS3.16) where these have one. They have none for the hip bone as a bone (only
//! for the hip as a region) and for a lumbar vertebra of unknown level; those two are SNOMED CT's own.

use super::Label;
use crate::{
    dicom::{Code, Segment},
    frames::Side,
};

const fn sct(value: &'static str, meaning: &'static str) -> Code {
    Code { value, scheme: "SCT", meaning }
}

const ANATOMICAL_STRUCTURE: Code = sct("91723000", "Anatomical Structure");
const PHYSICAL_OBJECT: Code = sct("260787004", "Physical object");
const LEFT: Code = sct("7771000", "Left");
const RIGHT: Code = sct("24028007", "Right");

impl Label {
    /// The segment of a DICOM segmentation that holds this label; `None` for the background.
    #[must_use]
    pub fn segment(self) -> Option<Segment> {
        // Bones of one side have one lightness, those of the other another, so that a swap of the sides would be seen.
        let (kind, lightness, [a, b]) = match self {
            Self::Background => return None,
            Self::Sacrum => (sct("54735007", "Sacrum"), 70.0, [35.0, 45.0]),
            Self::HipLeft | Self::HipRight => (sct("28254004", "Innominate bone"), 80.0, [5.0, 45.0]),
            Self::FemurLeft | Self::FemurRight => (sct("71341001", "Femur"), 80.0, [-30.0, 10.0]),
            Self::LumbarVertebra => (sct("73903008", "Lumbar vertebra"), 70.0, [25.0, 0.0]),
            Self::TibiaLeft | Self::TibiaRight => (sct("12611008", "Tibia"), 80.0, [-10.0, -30.0]),
            Self::FibulaLeft | Self::FibulaRight => (sct("87342007", "Fibula"), 80.0, [20.0, -30.0]),
            Self::PatellaLeft | Self::PatellaRight => (sct("64234005", "Patella"), 80.0, [-45.0, 45.0]),
            Self::Metal => (sct("40388003", "Implant"), 60.0, [0.0, 0.0]),
        };
        let category = if self == Self::Metal { PHYSICAL_OBJECT } else { ANATOMICAL_STRUCTURE };
        let (modifier, lightness) = match self.side() {
            Some(Side::Left) => (Some(LEFT), lightness),
            Some(Side::Right) => (Some(RIGHT), lightness - 25.0),
            None => (None, lightness),
        };
        Some(Segment { id: self.id(), name: self.spoken(), category, kind, modifier, cielab: [lightness, a, b] })
    }

    /// The segments of a label map, in the order of their ids.
    ///
    /// # Errors
    /// An id that is no label's.
    pub fn segments(ids: &[u8]) -> Result<Vec<Segment>, u8> {
        let mut present = [false; 256];
        ids.iter().for_each(|&id| present[usize::from(id)] = true);
        let ids = (0..=u8::MAX).filter(|&id| present[usize::from(id)]);
        let labels = ids.map(|id| Self::from_id(id).ok_or(id)).collect::<Result<Vec<_>, u8>>()?;
        Ok(labels.into_iter().filter_map(Self::segment).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_but_the_background_has_a_segment_of_its_own() {
        let segments: Vec<Segment> = Label::ALL.into_iter().filter_map(Label::segment).collect();
        assert_eq!(segments.len(), Label::ALL.len() - 1);
        for (position, one) in segments.iter().enumerate() {
            for other in &segments[position + 1..] {
                assert_ne!((one.kind, one.modifier), (other.kind, other.modifier));
                assert_ne!(one.cielab, other.cielab, "{} and {}", one.name, other.name);
            }
        }
    }

    #[test]
    fn an_id_that_is_no_label_is_told() {
        let ids = |labels: &[u8]| Label::segments(labels).map(|found| found.iter().map(|s| s.id).collect::<Vec<_>>());
        assert_eq!(ids(&[5, 0, 1, 5]), Ok(vec![1, 5]));
        assert_eq!(ids(&[5, 99]), Err(99));
    }
}
