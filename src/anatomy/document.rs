//! Everything measured, as one document for other programs: what `coxa measure --json` prints. Its keys stay as they are.

use super::{
    bones::Bones,
    clock::ClockCurve,
    document_shapes::{AxisEntry, CanalEntry, axes, canals},
    examination::Examination,
    grade::Grade,
    landmark::Landmark,
    measurement::Measurement,
    model::Finding,
    named_frames::FrameSpread,
};
use crate::{
    DISCLAIMER,
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the document that this program writes.
const FORMAT_VERSION: u32 = 1;

/// Things by their names, then by their sides: `left`, `right`, or empty for what has none.
pub type BySide<T> = BTreeMap<&'static str, BTreeMap<&'static str, T>>;

/// The document. Positions are LPS mm.
#[derive(Clone, Debug, Serialize)]
pub struct ExaminationDocument {
    /// Version of this document's form.
    pub format_version: u32,
    /// What this is not.
    pub disclaimer: &'static str,
    /// Coxa's version.
    pub software_version: &'static str,
    /// Axes and unit of every position.
    pub space: &'static str,
    /// The bones that were measured.
    pub bones: Vec<BoneEntry>,
    /// Points.
    pub landmarks: BySide<LandmarkEntry>,
    /// Homogeneous matrices, row by row, from the frame (X anterior, Y superior, Z to the patient's right, mm) to LPS mm: `app`,
    /// `femur_left`, `femur_right` and more.
    pub frames: BTreeMap<String, [[f64; 4]; 4]>,
    /// Standard deviations of the frames whose landmarks state theirs, by the same names.
    pub frame_sd: BTreeMap<String, FrameSpreadEntry>,
    /// Lines with a direction.
    pub axes: BySide<AxisEntry>,
    /// Sections of the femoral canals every 5 mm, by side, from proximal to distal; none without a CT.
    pub canals: BTreeMap<&'static str, Vec<CanalEntry>>,
    /// Numbers.
    pub measurements: BySide<MeasurementEntry>,
    /// Grades on published scales.
    pub grades: BySide<GradeEntry>,
    /// Numbers all round a socket or a head.
    pub curves: BySide<CurveEntry>,
    /// What is out of the ordinary, and what a reader of the numbers must know.
    pub flags: Vec<FlagEntry>,
}

/// A bone that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct BoneEntry {
    /// The name of its label.
    pub name: &'static str,
    /// Triangles of its surface.
    pub triangles: usize,
    /// Enclosed volume, ml.
    pub volume_ml: f64,
    /// Corners of its bounding box, LPS mm.
    pub low_lps_mm: [f64; 3],
    /// The other corner.
    pub high_lps_mm: [f64; 3],
}

/// A point.
#[derive(Clone, Debug, Serialize)]
pub struct LandmarkEntry {
    /// Position, LPS mm.
    pub lps_mm: [f64; 3],
    /// Standard deviation of a coordinate, mm (root mean square over all directions); null where it is not stated.
    pub sd_mm: Option<f64>,
    /// The direction in which it is another, and what it is that way and across it; left out when it is the same in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<SpreadEntry>,
    /// How it was found.
    pub method: String,
    /// Why it may be wrong; left out when nothing speaks against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
}

/// How sure a point is, where that differs between directions.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SpreadEntry {
    /// The direction, LPS, a unit vector.
    pub direction_lps: [f64; 3],
    /// Standard deviation that way, mm.
    pub along_mm: f64,
    /// Standard deviation in every direction across it, mm.
    pub across_mm: f64,
}

/// How sure a frame is.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FrameSpreadEntry {
    /// Standard deviation of its rotation about its own X, Y and Z, degrees.
    pub rotation_deg: [f64; 3],
    /// Standard deviation of its origin along its own X, Y and Z, mm.
    pub origin_mm: [f64; 3],
}

/// A number.
#[derive(Clone, Debug, Serialize)]
pub struct MeasurementEntry {
    /// The number, in `unit`.
    pub value: f64,
    /// `deg`, `mm`, `1`, `%` or `HU`.
    pub unit: &'static str,
    /// Standard deviation, in `unit`.
    pub sd: f64,
    /// How it is defined.
    pub definition: &'static str,
    /// Range of healthy adults; null where none is published for this definition.
    pub norm: Option<[f64; 2]>,
    /// Where definition and norm come from.
    pub citation: &'static str,
}

/// A grade.
#[derive(Clone, Debug, Serialize)]
pub struct GradeEntry {
    /// The grade as the scale's author writes it.
    pub grade: &'static str,
    /// How the grades of the scale are told apart.
    pub definition: &'static str,
    /// Where the scale comes from.
    pub citation: &'static str,
    /// The numbers that say so.
    pub because: String,
}

/// A number all round the clock.
#[derive(Clone, Debug, Serialize)]
pub struct CurveEntry {
    /// Unit of the values.
    pub unit: &'static str,
    /// How it is defined.
    pub definition: &'static str,
    /// Clock position in hours (12 superior, 3 anterior on both sides) and value.
    pub points: Vec<[f64; 2]>,
    /// The place on the bone that each comes from, LPS mm: of the reach of a socket its rim, from which a notch is not left out.
    pub lps_mm: Vec<[f64; 3]>,
}

/// A remark.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct FlagEntry {
    /// Its kind, e.g. `finding-femur-missing`.
    pub key: String,
    /// `left`, `right` or empty.
    pub side: &'static str,
    /// The sentence, with its numbers.
    pub text: String,
}

impl ExaminationDocument {
    /// The document of an examination of `bones`; `more` was found before measuring.
    #[must_use]
    pub fn new(bones: &Bones, examination: &Examination, more: &[Finding]) -> Self {
        let mut landmarks: BySide<LandmarkEntry> = BTreeMap::new();
        for (name, side, landmark) in examination.landmarks.iter() {
            landmarks.entry(name.key()).or_default().insert(key(side), landmark.into());
        }
        let mut measurements: BySide<MeasurementEntry> = BTreeMap::new();
        for measurement in &examination.measurements {
            measurements.entry(measurement.quantity.key).or_default().insert(key(measurement.side), measurement.into());
        }
        let mut grades: BySide<GradeEntry> = BTreeMap::new();
        for grade in &examination.grades {
            grades.entry(grade.scale.key).or_default().insert(key(grade.side), grade.into());
        }
        let mut curves: BySide<CurveEntry> = BTreeMap::new();
        for curve in &examination.curves {
            curves.entry(curve.quantity.key).or_default().insert(key(Some(curve.side)), curve.into());
        }
        let mut flags: Vec<FlagEntry> = Vec::new();
        for finding in more.iter().chain(&examination.anatomy.findings).chain(&examination.flags) {
            let flag = FlagEntry { key: finding.key.clone(), side: key(finding.side), text: finding.text.clone() };
            if !flags.contains(&flag) {
                flags.push(flag);
            }
        }
        Self {
            format_version: FORMAT_VERSION,
            disclaimer: DISCLAIMER,
            software_version: env!("CARGO_PKG_VERSION"),
            space: "LPS, mm",
            bones: bones.meshes.iter().map(|(bone, mesh)| BoneEntry::new(bone.name(), mesh)).collect(),
            landmarks,
            frames: examination.frames.iter().map(|named| (named.name.clone(), matrix(&named.frame))).collect(),
            frame_sd: examination.frames.iter().filter_map(|named| Some((named.name.clone(), named.spread?.into()))).collect(),
            axes: axes(examination),
            canals: canals(examination),
            measurements,
            grades,
            curves,
            flags,
        }
    }
}

/// The name of a side in the document.
const fn key(side: Option<Side>) -> &'static str {
    match side {
        Some(Side::Left) => "left",
        Some(Side::Right) => "right",
        None => "",
    }
}

fn matrix(frame: &AnatomicalFrame) -> [[f64; 4]; 4] {
    let (r, o) = (frame.rotation.matrix(), frame.origin);
    let row = |i: usize| [r[(i, 0)], r[(i, 1)], r[(i, 2)], o[i]];
    [row(0), row(1), row(2), [0.0, 0.0, 0.0, 1.0]]
}

impl BoneEntry {
    fn new(name: &'static str, mesh: &TriMesh) -> Self {
        let (low, high) = mesh.bounds().unwrap_or_default();
        Self {
            name,
            triangles: mesh.triangles.len(),
            volume_ml: mesh.volume_mm3() / 1000.0,
            low_lps_mm: low.into(),
            high_lps_mm: high.into(),
        }
    }
}

impl From<&Landmark> for LandmarkEntry {
    fn from(landmark: &Landmark) -> Self {
        Self {
            lps_mm: landmark.position.into(),
            sd_mm: landmark.sd_per_axis_mm(),
            spread: landmark.along.zip(landmark.sd_mm).map(|(along, across_mm)| SpreadEntry {
                direction_lps: along.direction.into_inner().into(),
                along_mm: along.sd_mm,
                across_mm,
            }),
            method: landmark.method.clone(),
            doubt: landmark.doubt.clone(),
        }
    }
}

impl From<FrameSpread> for FrameSpreadEntry {
    fn from(spread: FrameSpread) -> Self {
        Self { rotation_deg: spread.rotation_deg, origin_mm: spread.origin_mm }
    }
}

impl From<&ClockCurve> for CurveEntry {
    fn from(curve: &ClockCurve) -> Self {
        Self {
            unit: curve.quantity.unit.symbol(),
            definition: curve.quantity.definition,
            points: curve.points.iter().map(|point| [point.hour, point.value]).collect(),
            lps_mm: curve.points.iter().map(|point| point.position.into()).collect(),
        }
    }
}

impl From<&Measurement> for MeasurementEntry {
    fn from(measurement: &Measurement) -> Self {
        let quantity = measurement.quantity;
        Self {
            value: measurement.value,
            unit: quantity.unit.symbol(),
            sd: measurement.sd,
            definition: quantity.definition,
            norm: quantity.norm,
            citation: quantity.citation,
        }
    }
}

impl From<&Grade> for GradeEntry {
    fn from(grade: &Grade) -> Self {
        let scale = grade.scale;
        Self { grade: grade.grade, definition: scale.definition, citation: scale.citation, because: grade.because.clone() }
    }
}
