//! What is known of a patient's hips once the bones have been measured. All positions LPS mm.

use super::landmark::Landmark;
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::{Point3, Unit, Vector3};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A sphere fitted to a surface.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sphere {
    /// Centre, LPS mm.
    pub centre: Point3<f64>,
    /// Radius, mm.
    pub radius_mm: f64,
    /// Root mean square distance of the points used from the sphere, mm.
    pub rms_mm: f64,
}

/// A straight line with a direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// A point on the line, LPS mm.
    pub point: Point3<f64>,
    /// Direction, LPS.
    pub direction: Unit<Vector3<f64>>,
}

/// The pelvis and its anterior pelvic plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pelvis {
    /// Left anterior superior iliac spine.
    pub asis_left: Landmark,
    /// Right anterior superior iliac spine.
    pub asis_right: Landmark,
    /// Left pubic tubercle.
    pub tubercle_left: Landmark,
    /// Right pubic tubercle.
    pub tubercle_right: Landmark,
    /// Anterior pelvic plane frame (Lewinnek 1978): Z along left → right ASIS, X normal to the plane of both ASIS and the
    /// mid-point of the tubercles (anterior), origin midway between the ASIS.
    pub app: AnatomicalFrame,
    /// Pelvic tilt as scanned: angle of the anterior pelvic plane to the table's coronal plane, **posterior positive**, degrees.
    pub tilt_deg: f64,
    /// Pelvic obliquity as scanned, degrees; positive when the left ASIS is higher.
    pub obliquity_deg: f64,
}

/// The socket.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acetabulum {
    /// Sphere through the lunate surface.
    pub sphere: Sphere,
    /// Out of the opening (normal of the rim plane), LPS.
    pub axis: Unit<Vector3<f64>>,
}

/// Where the shaft axis comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShaftSource {
    /// Measured on the shaft that is in the scan.
    Measured,
    /// Estimated by the shape model fitted to the part that is in the scan: every measure that rests on it is an estimate.
    FittedShapeModel,
}

/// A cross-section of the femoral canal, perpendicular to the shaft axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CanalSection {
    /// Distance along the shaft axis from the lesser trochanter, mm; distal positive.
    pub distal_of_lesser_trochanter_mm: f64,
    /// Centre of the canal, LPS mm.
    pub centre: Point3<f64>,
    /// Radius of the largest circle inside the endosteal contour, mm.
    pub inscribed_radius_mm: f64,
    /// Mean radius of the periosteal contour about `centre`, mm.
    pub outer_radius_mm: f64,
    /// Distances of the endosteal contour from `centre` in evenly spaced directions, mm, the first towards the head and on by way of the
    /// posterior one (see [`Hip::canal_directions`]). Empty in documents written before, and where only circles are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endosteal_mm: Vec<f64>,
    /// The same of the periosteal contour.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub periosteal_mm: Vec<f64>,
}

/// The proximal (or whole) femur of one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Femur {
    /// Neck axis through the head centre, pointing from the head centre to the shaft.
    pub neck_axis: Axis,
    /// Shaft axis, pointing proximally.
    pub shaft: Axis,
    /// Where the shaft axis comes from.
    pub shaft_source: ShaftSource,
    /// Femoral frame, origin at the head centre: Y along the mechanical axis when the knee is in the scan, else along the shaft.
    pub frame: AnatomicalFrame,
    /// True when `frame` rests on the epicondyles and posterior condyles; false when it is the shaft-axis estimate.
    pub knee_in_scan: bool,
    /// Tip of the lesser trochanter, when it was found.
    pub lesser_trochanter: Option<Landmark>,
    /// Tip of the greater trochanter, when it was found.
    pub greater_trochanter: Option<Landmark>,
    /// Angle between neck axis and shaft axis in space, degrees.
    pub neck_shaft_angle_deg: f64,
    /// Distance of the head centre from the shaft axis, mm.
    pub femoral_offset_mm: f64,
    /// Femoral version by the method of Murphy (1987) against the posterior condyles, degrees, anteversion positive; needs the knee.
    pub version_murphy_deg: Option<f64>,
    /// The knee centre that the shape model gives a femur whose knee is not in the scan.
    #[serde(default)]
    pub estimated_knee: Option<Landmark>,
    /// Canal sections from proximal to distal; empty when the CT was not given or the shaft is not in the scan.
    pub canal: Vec<CanalSection>,
}

/// One hip: socket, head and femur.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hip {
    /// Which side.
    pub side: Side,
    /// The socket.
    pub acetabulum: Acetabulum,
    /// The femoral head.
    pub head: Sphere,
    /// The femur; `None` when too little of it is in the scan even for an estimate.
    pub femur: Option<Femur>,
}

/// Something the surgeon must know, in plain words, with the numbers behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Key of the sentence in the interface's language files, e.g. `finding-femur-cut-off`.
    pub key: String,
    /// The sentence in English, numbers and units included.
    pub text: String,
    /// The side it concerns, if one.
    pub side: Option<Side>,
    /// The numbers of the sentence by name, written as in it but without units: other languages have sentences of their own for them.
    /// Empty in documents written before, and where there are none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

impl Finding {
    /// A finding without numbers.
    #[must_use]
    pub fn new(key: impl Into<String>, side: Option<Side>, text: impl Into<String>) -> Self {
        Self { key: key.into(), text: text.into(), side, values: BTreeMap::new() }
    }

    /// With one of its numbers.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

/// Everything measured on one patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anatomy {
    /// The pelvis.
    pub pelvis: Pelvis,
    /// The left hip, when it is in the scan.
    pub left: Option<Hip>,
    /// The right hip, when it is in the scan.
    pub right: Option<Hip>,
    /// What the surgeon must know.
    pub findings: Vec<Finding>,
}

impl Anatomy {
    /// The hip of a side, when it is in the scan.
    #[must_use]
    pub const fn hip(&self, side: Side) -> Option<&Hip> {
        match side {
            Side::Left => self.left.as_ref(),
            Side::Right => self.right.as_ref(),
        }
    }
}
