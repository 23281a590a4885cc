//! The attributes of an object that is being written, and how they become a file.

use super::uid;
use crate::volume::Grid;
use dicom_core::{
    DataElement, PrimitiveValue, Tag, VR,
    value::{C, DataSetSequence},
};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use std::io::{self, Write};

/// A concept of a coding scheme, such as SNOMED CT (`SCT`), DICOM's own (`DCM`), LOINC (`LN`) or UCUM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// CodeValue.
    pub value: &'static str,
    /// CodingSchemeDesignator.
    pub scheme: &'static str,
    /// CodeMeaning.
    pub meaning: &'static str,
}

/// Attributes of an object, or of an item in one of its sequences.
pub(super) struct Attributes(InMemDicomObject);

impl Attributes {
    pub(super) fn new() -> Self {
        Self(InMemDicomObject::new_empty())
    }

    pub(super) fn value(&mut self, tag: Tag, vr: VR, value: PrimitiveValue) {
        self.0.put(DataElement::new(tag, vr, value));
    }

    pub(super) fn text(&mut self, tag: Tag, vr: VR, value: &str) {
        self.value(tag, vr, PrimitiveValue::from(value));
    }

    /// A long string (LO), cut to the 64 characters that it may have.
    pub(super) fn line(&mut self, tag: Tag, value: &str) {
        let value: String = value.chars().map(|c| if c == '\\' { '/' } else { c }).take(64).collect();
        self.text(tag, VR::LO, value.trim_end());
    }

    pub(super) fn decimals(&mut self, tag: Tag, values: &[f64]) {
        self.text(tag, VR::DS, &values.iter().map(|&value| decimal(value)).collect::<Vec<_>>().join("\\"));
    }

    pub(super) fn numbers(&mut self, tag: Tag, values: &[u16]) {
        self.value(tag, VR::US, PrimitiveValue::U16(values.iter().copied().collect()));
    }

    /// Bytes, padded to the even length that every value has.
    pub(super) fn bytes(&mut self, tag: Tag, mut bytes: Vec<u8>) {
        if !bytes.len().is_multiple_of(2) {
            bytes.push(0);
        }
        self.value(tag, VR::OB, PrimitiveValue::U8(C::from_vec(bytes)));
    }

    pub(super) fn items(&mut self, tag: Tag, items: impl IntoIterator<Item = Self>) {
        let items: Vec<InMemDicomObject> = items.into_iter().map(|item| item.0).collect();
        self.0.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
    }

    pub(super) fn codes(&mut self, tag: Tag, codes: &[Code]) {
        self.items(tag, codes.iter().map(Self::code));
    }

    pub(super) fn code(code: &Code) -> Self {
        let mut item = Self::new();
        item.text(tags::CODE_VALUE, VR::SH, code.value);
        item.text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, code.scheme);
        item.line(tags::CODE_MEANING, code.meaning);
        item
    }

    /// An item that holds nothing but a reference to an instance.
    pub(super) fn reference(class: &str, instance: &str) -> Self {
        let mut item = Self::new();
        item.text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, class);
        item.text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, instance);
        item
    }

    /// A colour (L* 0 to 100, a* and b* −128 to 127, white point D50) as PS3.3 C.10.7.1.1 scales it.
    pub(super) fn colour(&mut self, [l, a, b]: [f64; 3]) {
        let scaled = |share: f64| (share * 65535.0).round() as u16;
        let values = [scaled(l / 100.0), scaled((a + 128.0) / 255.0), scaled((b + 128.0) / 255.0)];
        self.numbers(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE, &values);
    }

    /// ImageOrientationPatient: where columns and rows run.
    pub(super) fn orientation(&mut self, grid: &Grid) {
        self.decimals(tags::IMAGE_ORIENTATION_PATIENT, &grid.direction.as_slice()[..6]);
    }

    /// ImagePositionPatient of slice `k`.
    pub(super) fn position(&mut self, grid: &Grid, k: usize) {
        self.decimals(tags::IMAGE_POSITION_PATIENT, grid.centre([0, 0, k]).coords.as_slice());
    }

    /// PixelSpacing is [between rows, between columns]: j before i.
    pub(super) fn spacing(&mut self, grid: &Grid, thickness_mm: f64) {
        self.decimals(tags::PIXEL_SPACING, &[grid.spacing[1], grid.spacing[0]]);
        self.decimals(tags::SLICE_THICKNESS, &[thickness_mm]);
        self.decimals(tags::SPACING_BETWEEN_SLICES, &[grid.spacing[2]]);
    }

    /// Writes a file in Explicit VR Little Endian.
    pub(super) fn write(self, mut out: impl Write) -> io::Result<()> {
        // Class and instance of the file's header are those of the object.
        let meta = FileMetaTableBuilder::new()
            .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .implementation_class_uid(uid::derived(&["coxa", "implementation"]))
            .implementation_version_name(concat!("COXA_", env!("CARGO_PKG_VERSION")));
        let file = self.0.with_meta(meta).map_err(io::Error::other)?;
        file.write_all(&mut out).map_err(io::Error::other)
    }
}

/// A decimal string: as many digits as fit into the sixteen characters of a DS.
fn decimal(value: f64) -> String {
    let plain = format!("{value}");
    if plain.len() <= 16 {
        return plain;
    }
    // Fixed notation: tiny values round to 0, which is what they mean in mm and in unit vectors.
    let fixed = (0..=14).rev().map(|digits| format!("{value:.digits$}")).find(|text| text.len() <= 16).unwrap_or(plain);
    fixed.trim_end_matches('0').trim_end_matches('.').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_fit_into_sixteen_characters_and_keep_a_nanometre() {
        for value in [0.1 + 0.2, -1.0 / 3.0, -1_234.567_890_123_456, 1e-17, -0.999_999_999_999_999, 0.7, 1500.0] {
            let text = decimal(value);
            assert!(text.len() <= 16, "{text}");
            assert!((text.parse::<f64>().unwrap() - value).abs() < 1e-9, "{text}");
        }
    }
}
