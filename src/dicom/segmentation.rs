//! Writing labels as a DICOM segmentation: Segmentation Storage, BINARY, one segment a bone (PS3.3 A.51).

use super::{
    WriteError,
    attributes::{Attributes, Code},
    study::{Series, SourceSeries, Study},
    uid,
};
use crate::{DISCLAIMER, files::write_atomically, volume::Grid};
use dicom_core::{PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use sha2::{Digest, Sha256};
use std::{fmt::Debug, path::Path};

const SOURCE_IMAGE: Code = Code { value: "121322", scheme: "DCM", meaning: "Source image for image processing operation" };
const SEGMENTATION: Code = Code { value: "113076", scheme: "DCM", meaning: "Segmentation" };

/// One segment: the voxels of a label map that carry one id.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// The id in the label map.
    pub id: u8,
    /// SegmentLabel.
    pub name: String,
    /// SegmentedPropertyCategory, such as an anatomical structure.
    pub category: Code,
    /// SegmentedPropertyType, such as a femur.
    pub kind: Code,
    /// SegmentedPropertyTypeModifier: the side, where there are two.
    pub modifier: Option<Code>,
    /// RecommendedDisplayCIELabValue: L* 0 to 100, a* and b* −128 to 127.
    pub cielab: [f64; 3],
}

/// A label map and all that is said about it.
#[derive(Clone, Copy, Debug)]
pub struct Segmentation<'a> {
    /// Whose it is.
    pub study: &'a Study,
    /// Where the voxels lie, LPS mm.
    pub grid: &'a Grid,
    /// One id a voxel, `i` fastest; ids of no segment are background.
    pub ids: &'a [u8],
    /// The segments, numbered from 1 in this order.
    pub segments: &'a [Segment],
    /// Name of the program that drew them; `None` where a person did.
    pub algorithm: Option<&'a str>,
    /// True when a person corrected what the program drew.
    pub corrected: bool,
    /// The images it was drawn on, slice for slice those of the grid, where they are at hand as DICOM.
    pub source: Option<&'a SourceSeries>,
}

/// A slice of a segment that holds at least one of its voxels; others are not written.
#[derive(Clone, Copy)]
struct Frame {
    /// Position among the segments.
    segment: usize,
    /// Slice of the grid.
    k: usize,
}

/// Writes a segmentation into one file, which appears whole or not at all.
///
/// # Errors
/// [`WriteError::Volume`] when the ids do not fill the grid, a slice is too large for DICOM, or no voxel is in a segment;
/// [`WriteError::Io`].
pub fn write_segmentation(segmentation: &Segmentation<'_>, path: &Path) -> Result<(), WriteError> {
    let Segmentation { grid, ids, segments, source, .. } = segmentation;
    let [columns, rows, slices] = grid.size;
    if grid.is_empty() || ids.len() != grid.len() {
        return Err(WriteError::Volume("its labels do not fill its grid"));
    }
    if rows > 0xffff || columns > 0xffff {
        return Err(WriteError::Volume("a slice has more than 65535 rows or columns"));
    }
    if source.is_some_and(|source| source.instance_uids.len() != slices) {
        return Err(WriteError::Volume("it has not as many slices as the images it refers to"));
    }
    let frames = frames(grid, ids, segments);
    if frames.is_empty() {
        return Err(WriteError::Volume("none of its voxels belongs to a segment"));
    }
    let object = segmentation.object(&frames);
    write_atomically(path, |file| object.write(file)).map_err(|error| WriteError::Io(path.into(), error))
}

/// Segment for segment, the slices that are not empty.
fn frames(grid: &Grid, ids: &[u8], segments: &[Segment]) -> Vec<Frame> {
    let present: Vec<[bool; 256]> = ids
        .chunks_exact(grid.size[0] * grid.size[1])
        .map(|slice| {
            let mut present = [false; 256];
            slice.iter().for_each(|&id| present[usize::from(id)] = true);
            present
        })
        .collect();
    let of = |(segment, Segment { id, .. }): (usize, &Segment)| {
        let id = usize::from(*id);
        let slices = present.iter().enumerate().filter(move |(_, present)| present[id]);
        slices.map(move |(k, _)| Frame { segment, k }).collect::<Vec<_>>()
    };
    segments.iter().enumerate().flat_map(of).collect()
}

impl Segmentation<'_> {
    fn object(&self, frames: &[Frame]) -> Attributes {
        let bits = self.bits(frames);
        let instance = self.uid("segmentation", &bits);
        let series = Series { modality: "SEG", uid: self.uid("segmentation series", &bits), number: "101", title: "Bones" };
        let mut object = Attributes::new();
        self.study.describe_derived(uids::SEGMENTATION_STORAGE, &instance, &series, &mut object);
        object.text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY");
        object.text(tags::INSTANCE_NUMBER, VR::IS, "1");
        object.text(tags::IMAGE_COMMENTS, VR::LT, DISCLAIMER);
        object.text(tags::CONTENT_LABEL, VR::CS, "BONES");
        object.text(tags::CONTENT_CREATOR_NAME, VR::PN, "");
        object.text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00");
        object.text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY");
        object.text(tags::SEGMENTS_OVERLAP, VR::CS, "NO");
        object.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
        object.text(tags::NUMBER_OF_FRAMES, VR::IS, &frames.len().to_string());
        let [columns, rows, _] = self.grid.size;
        for (tag, value) in [
            (tags::SAMPLES_PER_PIXEL, 1),
            (tags::ROWS, rows as u16),
            (tags::COLUMNS, columns as u16),
            (tags::BITS_ALLOCATED, 1),
            (tags::BITS_STORED, 1),
            (tags::HIGH_BIT, 0),
            (tags::PIXEL_REPRESENTATION, 0),
        ] {
            object.numbers(tag, &[value]);
        }
        object.items(tags::SEGMENT_SEQUENCE, (1..).zip(self.segments).map(|(number, segment)| self.segment(number, segment)));
        dimensions(&self.study.uid("dimensions of the segmentation"), &mut object);
        object.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, [self.shared()]);
        let used = slices(frames);
        let groups = frames.iter().map(|&frame| self.per_frame(frame, &used));
        object.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, groups);
        if let Some(source) = self.source {
            source.refer(used.iter().copied(), &mut object);
        }
        object.bytes(tags::PIXEL_DATA, bits);
        object
    }

    /// An identifier of exactly this content: equal files have equal identifiers, different ones different.
    fn uid(&self, of: &str, bits: &[u8]) -> String {
        let Self { grid, segments, algorithm, corrected, source, .. } = self;
        let said: &dyn Debug = &(grid, segments, algorithm, corrected, source, env!("CARGO_PKG_VERSION"));
        let hash = Sha256::new().chain_update(bits).chain_update(format!("{said:?}")).finalize();
        self.study.uid(&format!("{of} {}", uid::hex(&hash)))
    }

    /// The frames one bit a pixel, one after another without a gap, the first pixel in the lowest bit (PS3.5 D).
    fn bits(&self, frames: &[Frame]) -> Vec<u8> {
        let pixels = self.grid.size[0] * self.grid.size[1];
        let mut bits = vec![0; (frames.len() * pixels).div_ceil(8)];
        for (number, frame) in frames.iter().enumerate() {
            let id = self.segments[frame.segment].id;
            let slice = &self.ids[frame.k * pixels..(frame.k + 1) * pixels];
            for (bit, _) in (number * pixels..).zip(slice).filter(|(_, found)| **found == id) {
                bits[bit / 8] |= 1 << (bit % 8);
            }
        }
        bits
    }

    fn segment(&self, number: u16, segment: &Segment) -> Attributes {
        let mut kind = Attributes::code(&segment.kind);
        if let Some(modifier) = &segment.modifier {
            kind.codes(tags::SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE, &[*modifier]);
        }
        let mut item = Attributes::new();
        item.numbers(tags::SEGMENT_NUMBER, &[number]);
        item.line(tags::SEGMENT_LABEL, &segment.name);
        item.text(tags::SEGMENT_DESCRIPTION, VR::ST, DISCLAIMER);
        item.codes(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, &[segment.category]);
        item.items(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, [kind]);
        let kind = match (self.algorithm, self.corrected) {
            (Some(_), false) => "AUTOMATIC",
            (Some(_), true) => "SEMIAUTOMATIC",
            (None, _) => "MANUAL",
        };
        item.text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, kind);
        if let Some(algorithm) = self.algorithm {
            item.line(tags::SEGMENT_ALGORITHM_NAME, algorithm);
        }
        item.colour(segment.cielab);
        item
    }

    /// What is the same for all frames.
    fn shared(&self) -> Attributes {
        let mut measures = Attributes::new();
        measures.spacing(self.grid, self.grid.spacing[2]);
        let mut orientation = Attributes::new();
        orientation.orientation(self.grid);
        let mut shared = Attributes::new();
        shared.items(tags::PIXEL_MEASURES_SEQUENCE, [measures]);
        shared.items(tags::PLANE_ORIENTATION_SEQUENCE, [orientation]);
        shared
    }

    /// What is said of one frame; `used` are the slices that any frame shows.
    fn per_frame(&self, Frame { segment, k }: Frame, used: &[usize]) -> Attributes {
        let number = segment as u16 + 1;
        // The second index counts the positions that occur.
        let place = used.partition_point(|&slice| slice < k) as u32 + 1;
        let mut content = Attributes::new();
        let indices = PrimitiveValue::U32([u32::from(number), place].into_iter().collect());
        content.value(tags::DIMENSION_INDEX_VALUES, VR::UL, indices);
        let mut position = Attributes::new();
        position.position(self.grid, k);
        let mut identification = Attributes::new();
        identification.numbers(tags::REFERENCED_SEGMENT_NUMBER, &[number]);
        let mut frame = Attributes::new();
        frame.items(tags::FRAME_CONTENT_SEQUENCE, [content]);
        frame.items(tags::PLANE_POSITION_SEQUENCE, [position]);
        frame.items(tags::SEGMENT_IDENTIFICATION_SEQUENCE, [identification]);
        if let Some(source) = self.source {
            let mut images = source.references([k]);
            for image in &mut images {
                image.codes(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, &[SOURCE_IMAGE]);
                image.text(tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES");
            }
            let mut derivation = Attributes::new();
            derivation.codes(tags::DERIVATION_CODE_SEQUENCE, &[SEGMENTATION]);
            derivation.items(tags::SOURCE_IMAGE_SEQUENCE, images);
            frame.items(tags::DERIVATION_IMAGE_SEQUENCE, [derivation]);
        }
        frame
    }
}

/// The slices that any frame shows, ascending.
fn slices(frames: &[Frame]) -> Vec<usize> {
    let mut slices: Vec<usize> = frames.iter().map(|frame| frame.k).collect();
    slices.sort_unstable();
    slices.dedup();
    slices
}

/// Frames are ordered by segment, then by position.
fn dimensions(uid: &str, object: &mut Attributes) {
    let mut organization = Attributes::new();
    organization.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, uid);
    let index = |pointer: Tag, group: Tag| {
        let mut index = Attributes::new();
        index.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, uid);
        index.value(tags::DIMENSION_INDEX_POINTER, VR::AT, PrimitiveValue::from(pointer));
        index.value(tags::FUNCTIONAL_GROUP_POINTER, VR::AT, PrimitiveValue::from(group));
        index
    };
    object.items(tags::DIMENSION_ORGANIZATION_SEQUENCE, [organization]);
    let segment = index(tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE);
    let position = index(tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE);
    object.items(tags::DIMENSION_INDEX_SEQUENCE, [segment, position]);
}
