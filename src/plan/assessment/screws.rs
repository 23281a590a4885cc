//! Where screws through the holes of a shell go, and how much bone they find.

use super::look::{Look, bone_beyond};
use crate::{
    anatomy::{Measurement, Quantity, Unit},
    frames::Side,
    plan::room::FOSSA_MM,
};
use nalgebra::{Point3, Vector3};
use serde::{Serialize, Serializer};

pub(super) static BONE_LENGTH: Quantity = Quantity::new(
    "screw_bone_length",
    Unit::Millimetres,
    None,
    "Bone along the axis of a screw through the shell's centre and hole, from the shell's outer surface, or from where bone begins within 6 mm outside it, to the \
     far side of the cortex.",
    "Coxa",
);

/// A hole in a shell, by the clock face about the cup's axis (12 superior, 3 anterior, on both sides) and the angle from the pole. Its screw
/// runs through the centre of the shell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ScrewHole {
    /// Clock position, hours.
    pub hour: f64,
    /// Angle from the pole, degrees; the rim is at 90.
    pub from_pole_deg: f64,
}

/// Where nothing is known of a shell's holes: an inner ring at 25° and an outer one at 50° from the pole, over the dome and the posterior
/// half, where holes of a cluster are turned to, and one hole before that.
pub const STANDARD_HOLES: [ScrewHole; 8] = [
    ScrewHole { hour: 12.0, from_pole_deg: 25.0 },
    ScrewHole { hour: 10.0, from_pole_deg: 25.0 },
    ScrewHole { hour: 8.0, from_pole_deg: 25.0 },
    ScrewHole { hour: 12.5, from_pole_deg: 50.0 },
    ScrewHole { hour: 11.5, from_pole_deg: 50.0 },
    ScrewHole { hour: 10.5, from_pole_deg: 50.0 },
    ScrewHole { hour: 9.0, from_pole_deg: 50.0 },
    ScrewHole { hour: 2.0, from_pole_deg: 50.0 },
];

/// The quadrants of the socket of Wasielewski et al. (1990, JBJS Am 72:501): the line from the anterior superior iliac spine through the
/// centre parts anterior from posterior, its perpendicular through the centre superior from inferior, seen along the cup's axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Quadrant {
    /// External iliac vessels lie behind the bone.
    AnteriorSuperior,
    /// Obturator nerve and vessels lie behind the bone.
    AnteriorInferior,
    /// The best bone; sciatic nerve and superior gluteal vessels lie behind it.
    PosteriorSuperior,
    /// Good bone, but short; sciatic nerve, inferior gluteal and internal pudendal vessels lie behind it.
    PosteriorInferior,
}

impl Quadrant {
    /// Key in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::AnteriorSuperior => "quadrant-anterior-superior",
            Self::AnteriorInferior => "quadrant-anterior-inferior",
            Self::PosteriorSuperior => "quadrant-posterior-superior",
            Self::PosteriorInferior => "quadrant-posterior-inferior",
        }
    }

    /// True for those in which screws endanger large vessels.
    #[must_use]
    pub const fn is_anterior(self) -> bool {
        matches!(self, Self::AnteriorSuperior | Self::AnteriorInferior)
    }

    /// Of a direction, all as a right hip's (X anterior, Y superior, Z lateral): the way from the centre to the anterior superior iliac spine
    /// and the cup's axis out of its opening.
    #[must_use]
    pub fn of(direction: &Vector3<f64>, to_spine: &Vector3<f64>, axis: &Vector3<f64>) -> Self {
        // Superior × lateral is anterior.
        let anterior = to_spine.cross(axis);
        let superior = to_spine - axis * (to_spine.dot(axis) / axis.norm_squared());
        match (direction.dot(&anterior) >= 0.0, direction.dot(&superior) >= 0.0) {
            (true, true) => Self::AnteriorSuperior,
            (true, false) => Self::AnteriorInferior,
            (false, true) => Self::PosteriorSuperior,
            (false, false) => Self::PosteriorInferior,
        }
    }
}

/// A screw through a hole.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Screw {
    /// Its hole.
    pub hole: ScrewHole,
    /// Direction away from the cup's centre, LPS unit vector.
    pub direction: Vector3<f64>,
    /// Where it goes.
    pub quadrant: Quadrant,
    /// Where bone begins outside the shell, mm; 0 where the shell lies in bone, `None` where there is none within 6 mm.
    pub gap_mm: Option<f64>,
    /// Bone along it.
    #[serde(rename = "bone_mm", serialize_with = "with_spread")]
    pub bone: Measurement,
}

fn with_spread<S: Serializer>(bone: &Measurement, serializer: S) -> Result<S::Ok, S::Error> {
    [bone.value, bone.sd].serialize(serializer)
}

/// The screws of holes, in their order; `spine` is the anterior superior iliac spine of the side, LPS mm.
pub(super) fn screws(look: &Look, holes: &[ScrewHole], spine: &Point3<f64>, side: Side) -> Vec<Screw> {
    let to_spine = look.as_seen(&(spine - look.centre));
    let screw = |&hole: &ScrewHole| {
        let seen = look.direction(hole.hour, hole.from_pole_deg);
        let bone = bone_beyond(&look.along(&seen), look.radius_mm).filter(|(from, _)| from - look.radius_mm <= FOSSA_MM);
        let length = bone.map_or(0.0, |(from, to)| to - from.max(look.radius_mm));
        Screw {
            hole,
            direction: look.lps(&seen),
            quadrant: Quadrant::of(&seen, &to_spine, &look.face.axis),
            gap_mm: bone.map(|(from, _)| (from - look.radius_mm).max(0.0)),
            bone: Measurement { quantity: &BONE_LENGTH, side: Some(side), value: length, sd: look.surface_sd_mm },
        }
    };
    holes.iter().map(screw).collect()
}
