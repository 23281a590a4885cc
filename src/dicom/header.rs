//! What a slice says about itself, read strictly: what is needed and missing is an error, never a default.

use super::{
    error::SliceError,
    layout::{self, Layout, PixelData},
    uid,
};
use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::TransferSyntaxIndex;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use nalgebra::{Point3, Vector3};

const CT_IMAGE: &str = "1.2.840.10008.5.1.4.1.1.2";
const ENHANCED_CT: [&str; 2] = ["1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2"];
/// Larger than any CT matrix.
const LARGEST_SIDE: usize = 16_384;
/// Pixel spacings outside this range are not those of a patient, mm.
const PIXEL_MM: std::ops::RangeInclusive<f64> = 0.01..=20.0;

/// What any DICOM file says.
pub(super) struct Header {
    pub modality: String,
    pub series_uid: String,
    pub localizer: bool,
    /// The slice, where the file is a CT image.
    pub slice: Option<Result<Slice, SliceError>>,
}

/// One CT slice without its pixels.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    /// The file among the inputs, and its name.
    pub input: usize,
    pub file: String,
    /// SHA-256 of the file.
    pub hash: [u8; 32],
    pub instance_uid: String,
    /// Hash of the patient's id: tells patients apart without keeping who they are.
    pub patient: String,
    pub frame_of_reference: String,
    pub body_parts: Vec<String>,
    pub kernel: String,
    pub patient_position: Option<String>,
    pub rows: usize,
    pub columns: usize,
    /// Distance between columns and between rows, mm: along i and j.
    pub spacing: [f64; 2],
    /// Direction of increasing column index (i) and of increasing row index (j), LPS.
    pub axes: [Vector3<f64>; 2],
    /// Centre of the first pixel, LPS mm.
    pub position: Point3<f64>,
    pub format: Format,
    pub lossy: bool,
}

/// How stored values become Hounsfield units.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub bits_allocated: u32,
    pub bits_stored: u32,
    pub high_bit: u32,
    pub signed: bool,
    pub slope: f64,
    pub intercept: f64,
    /// Stored words that mean "no data", as a range.
    pub padding: Option<[i64; 2]>,
}

impl Header {
    /// Parses the part of a file in front of its pixel data.
    pub(super) fn of(layout: &Layout<'_>) -> Result<Self, SliceError> {
        let attributes = Attributes::of(layout)?;
        let class = attributes.text(tags::SOP_CLASS_UID);
        let modality = attributes.text(tags::MODALITY);
        let is_ct = modality == "CT" && (class == CT_IMAGE || ENHANCED_CT.contains(&class.as_str()));
        Ok(Self {
            series_uid: attributes.text(tags::SERIES_INSTANCE_UID),
            localizer: attributes.texts(tags::IMAGE_TYPE).iter().any(|value| value == "LOCALIZER"),
            slice: is_ct.then(|| attributes.slice(layout, &class)),
            modality: match (modality.as_str(), is_ct) {
                ("", _) => "of unknown modality".into(),
                ("CT", false) => "CT without being a CT image (secondary capture or similar)".into(),
                _ => modality,
            },
        })
    }
}

/// The attributes in front of the pixel data.
pub(super) struct Attributes(InMemDicomObject);

impl Attributes {
    pub(super) fn of(layout: &Layout<'_>) -> Result<Self, SliceError> {
        // Compressed syntaxes have their header in explicit little endian, and deflated ones arrive here inflated.
        let encoding = match layout.syntax.as_str() {
            uncompressed @ (layout::IMPLICIT | layout::BIG_ENDIAN) => uncompressed,
            _ => uids::EXPLICIT_VR_LITTLE_ENDIAN,
        };
        let syntax = TransferSyntaxRegistry.get(encoding).ok_or_else(|| SliceError::TransferSyntax(layout.syntax.clone()))?;
        let header = &layout.dataset[layout.header.clone()];
        InMemDicomObject::read_dataset_with_ts(header, syntax)
            .map(Self)
            .map_err(|error| SliceError::Damaged(format!("its header cannot be read ({error})")))
    }

    /// The values of a text attribute, trimmed, printable ASCII only, cut at 64 characters.
    pub(super) fn texts(&self, tag: Tag) -> Vec<String> {
        let Ok(Some(element)) = self.0.element_opt(tag) else { return Vec::new() };
        let Ok(values) = element.value().to_multi_str() else { return Vec::new() };
        let clean = |value: &String| {
            value.trim_matches(['\0', ' ']).chars().filter(|c| matches!(c, ' '..='~')).take(64).collect::<String>()
        };
        values.iter().map(clean).collect()
    }

    pub(super) fn text(&self, tag: Tag) -> String {
        self.texts(tag).into_iter().next().unwrap_or_default()
    }

    pub(super) fn whole(&self, tag: Tag, name: &'static str) -> Result<i64, SliceError> {
        let element = self.0.element_opt(tag).ok().flatten().ok_or(SliceError::Missing(name))?;
        element.value().to_int::<i64>().map_err(|_| SliceError::Invalid {
            attribute: name,
            found: "not a number".into(),
            expected: "a whole number",
        })
    }

    /// Exactly `N` finite decimal numbers.
    pub(super) fn decimals<const N: usize>(
        &self,
        tag: Tag,
        name: &'static str,
        expected: &'static str,
    ) -> Result<[f64; N], SliceError> {
        let texts = self.texts(tag);
        if texts.iter().all(String::is_empty) {
            return Err(SliceError::Missing(name));
        }
        let invalid = || SliceError::Invalid { attribute: name, found: format!("'{}'", texts.join("\\")), expected };
        let values = texts.iter().map(|text| text.trim().parse::<f64>()).collect::<Result<Vec<_>, _>>().map_err(|_| invalid())?;
        let values: [f64; N] = values.try_into().map_err(|_| invalid())?;
        if values.iter().all(|value| value.is_finite()) { Ok(values) } else { Err(invalid()) }
    }

    fn slice(&self, layout: &Layout<'_>, class: &str) -> Result<Slice, SliceError> {
        let frames = self.text(tags::NUMBER_OF_FRAMES);
        if class != CT_IMAGE || !matches!(frames.trim(), "" | "1") {
            return Err(SliceError::MultiFrame(if frames.is_empty() { "several".into() } else { frames }));
        }
        let format = self.format()?;
        let [rows, columns] = self.size(layout, &format)?;
        let compression = self.text(tags::LOSSY_IMAGE_COMPRESSION);
        let optional = |text: String| (!text.is_empty()).then_some(text);
        Ok(Slice {
            input: 0,
            file: String::new(),
            hash: [0; 32],
            instance_uid: self.text(tags::SOP_INSTANCE_UID),
            patient: self.patient(),
            frame_of_reference: self.text(tags::FRAME_OF_REFERENCE_UID),
            body_parts: self.body_parts(),
            kernel: self.texts(tags::CONVOLUTION_KERNEL).join("/").chars().take(16).collect(),
            patient_position: optional(self.text(tags::PATIENT_POSITION)),
            rows,
            columns,
            spacing: self.spacing()?,
            axes: self.axes()?,
            position: Point3::from(self.decimals(
                tags::IMAGE_POSITION_PATIENT,
                "ImagePositionPatient (0020,0032)",
                "three finite numbers in mm",
            )?),
            format,
            lossy: compression == "01" || super::pixels::is_lossy(&layout.syntax),
        })
    }

    /// Rows and columns, held against the pixel data that is there.
    pub(super) fn size(&self, layout: &Layout<'_>, format: &Format) -> Result<[usize; 2], SliceError> {
        match layout.pixels {
            PixelData::Truncated { expected, found } => return Err(SliceError::Truncated { expected, found }),
            PixelData::Absent => return Err(SliceError::Missing("PixelData (7FE0,0010)")),
            PixelData::Native(_) | PixelData::Fragments(_) => {}
        }
        let [rows, columns] = [(tags::ROWS, "Rows (0028,0010)"), (tags::COLUMNS, "Columns (0028,0011)")].map(|(tag, name)| {
            let value = self.whole(tag, name)?;
            usize::try_from(value).ok().filter(|n| (1..=LARGEST_SIDE).contains(n)).ok_or(SliceError::Invalid {
                attribute: name,
                found: value.to_string(),
                expected: "1 to 16384",
            })
        });
        let (rows, columns) = (rows?, columns?);
        let needed = (rows * columns) as u64 * u64::from(format.bits_allocated / 8);
        if let PixelData::Native(place) = &layout.pixels {
            let found = place.len() as u64;
            // A single byte of padding makes an odd length even.
            if found != needed && found != needed + needed % 2 {
                return Err(SliceError::WrongSize { rows, columns, expected: needed, found });
            }
        }
        Ok([rows, columns])
    }

    /// The id tells patients apart; names are spelt differently by different machines and count only where there is no id.
    fn patient(&self) -> String {
        let (id, name) = (self.text(tags::PATIENT_ID), self.text(tags::PATIENT_NAME));
        uid::short(if id.is_empty() { &name } else { &id })
    }

    /// PixelSpacing is [distance between rows, distance between columns]; here it is turned into [along i, along j].
    fn spacing(&self) -> Result<[f64; 2], SliceError> {
        const NAME: &str = "PixelSpacing (0028,0030)";
        const EXPECTED: &str = "two positive numbers in mm (row spacing\\column spacing)";
        let [between_rows, between_columns] = self.decimals(tags::PIXEL_SPACING, NAME, EXPECTED)?;
        if PIXEL_MM.contains(&between_rows) && PIXEL_MM.contains(&between_columns) {
            Ok([between_columns, between_rows])
        } else {
            let found = format!("'{between_rows}\\{between_columns}'");
            Err(SliceError::Invalid { attribute: NAME, found, expected: EXPECTED })
        }
    }

    fn axes(&self) -> Result<[Vector3<f64>; 2], SliceError> {
        const NAME: &str = "ImageOrientationPatient (0020,0037)";
        const EXPECTED: &str = "two perpendicular unit vectors";
        let v: [f64; 6] = self.decimals(tags::IMAGE_ORIENTATION_PATIENT, NAME, EXPECTED)?;
        let (i, j) = (Vector3::new(v[0], v[1], v[2]), Vector3::new(v[3], v[4], v[5]));
        let unit = |v: &Vector3<f64>| (v.norm() - 1.0).abs() < 1e-3;
        if unit(&i) && unit(&j) && i.dot(&j).abs() < 1e-3 {
            Ok([i, j])
        } else {
            Err(SliceError::Invalid { attribute: NAME, found: format!("{v:?}"), expected: EXPECTED })
        }
    }

    fn format(&self) -> Result<Format, SliceError> {
        let invalid = |attribute, found: String, expected| Err(SliceError::Invalid { attribute, found, expected });
        let photometric = self.text(tags::PHOTOMETRIC_INTERPRETATION);
        let samples = self.whole(tags::SAMPLES_PER_PIXEL, "SamplesPerPixel (0028,0002)")?;
        if photometric != "MONOCHROME2" || samples != 1 {
            let found = format!("'{photometric}' with {samples} samples a pixel");
            return invalid("PhotometricInterpretation (0028,0004)", found, "MONOCHROME2 with one sample a pixel");
        }
        let [slope] = self.decimals(tags::RESCALE_SLOPE, "RescaleSlope (0028,1053)", "a number that is not 0")?;
        let [intercept] = self.decimals(tags::RESCALE_INTERCEPT, "RescaleIntercept (0028,1052)", "a finite number")?;
        if slope == 0.0 {
            return invalid("RescaleSlope (0028,1053)", "0".into(), "a number that is not 0");
        }
        let unit = self.text(tags::RESCALE_TYPE);
        if !matches!(unit.as_str(), "" | "US") && !unit.starts_with("HU") {
            return invalid("RescaleType (0028,1054)", format!("'{unit}'"), "HU (Hounsfield units)");
        }
        self.stored(slope, intercept)
    }

    /// How values are stored, with what is to become of them.
    pub(super) fn stored(&self, slope: f64, intercept: f64) -> Result<Format, SliceError> {
        let invalid = |attribute, found: String, expected| Err(SliceError::Invalid { attribute, found, expected });
        let allocated = self.whole(tags::BITS_ALLOCATED, "BitsAllocated (0028,0100)")?;
        let stored = self.whole(tags::BITS_STORED, "BitsStored (0028,0101)")?;
        let high = self.whole(tags::HIGH_BIT, "HighBit (0028,0102)")?;
        if !matches!(allocated, 8 | 16) || !(1..=allocated).contains(&stored) || !(stored - 1..allocated).contains(&high) {
            let found = format!("{stored} of {allocated} with high bit {high}");
            return invalid("BitsStored (0028,0101)", found, "1 to 16 bits of 8 or 16");
        }
        let signed = match self.whole(tags::PIXEL_REPRESENTATION, "PixelRepresentation (0028,0103)")? {
            0 => false,
            1 => true,
            other => return invalid("PixelRepresentation (0028,0103)", other.to_string(), "0 or 1"),
        };
        let padding = self.whole(tags::PIXEL_PADDING_VALUE, "").ok().map(|value| {
            let limit = self.whole(tags::PIXEL_PADDING_RANGE_LIMIT, "").unwrap_or(value);
            // Whether the reader took it for signed or unsigned depends on the encoding; the 16 bits are the same.
            let [a, b] = [value, limit].map(|v| if signed { i64::from(v as u16 as i16) } else { i64::from(v as u16) });
            [a.min(b), a.max(b)]
        });
        let (bits_allocated, bits_stored, high_bit) = (allocated as u32, stored as u32, high as u32);
        Ok(Format { bits_allocated, bits_stored, high_bit, signed, slope, intercept, padding })
    }

    /// BodyPartExamined and the meaning of the anatomic region codes.
    fn body_parts(&self) -> Vec<String> {
        let mut parts = self.texts(tags::BODY_PART_EXAMINED);
        if let Ok(Some(sequence)) = self.0.element_opt(tags::ANATOMIC_REGION_SEQUENCE) {
            let items = sequence.items().unwrap_or_default().iter().cloned();
            parts.extend(items.map(|item| Attributes(item).text(tags::CODE_MEANING)));
        }
        parts.retain(|part| !part.is_empty());
        parts
    }
}
