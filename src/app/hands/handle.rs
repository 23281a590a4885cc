//! The handles of cup and stem: arrows along which they move, arcs on which they turn, drawn where the bones are now.

use super::Tool;
use crate::{
    app::joint::Joint,
    frames::{AnatomicalFrame, Side, as_right_hip},
    motion::Posture,
};
use nalgebra::{Isometry3, Point3, Unit, Vector3};

/// Length of arrows, and radius of arcs, mm.
const ARROW_MM: f64 = 48.0;
pub(super) const CUP_ARC_MM: f64 = 62.0;
const VERSION_ARC_MM: f64 = 34.0;
pub(super) const LEAN_ARC_MM: f64 = 95.0;
/// Half of what is drawn of an arc, degrees, and how finely.
const HALF_ARC_DEG: f64 = 28.0;
const PIECES: usize = 24;

/// Something of cup or stem that can be taken hold of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// The tip of the cup's axis: inclination and anteversion together.
    CupAxis,
    /// Inclination alone.
    Inclination,
    /// Anteversion alone.
    Anteversion,
    /// The cup's shift medially (0), superiorly (1), anteriorly (2).
    CupShift(usize),
    /// The cup along its axis.
    CupDepth,
    /// The stem about its axis.
    Version,
    /// The stem along its axis.
    StemDepth,
    /// The stem in the frontal plane.
    Lean,
}

impl Handle {
    /// Key of its name in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::CupAxis => "handle-cup-axis",
            Self::Inclination => "handle-inclination",
            Self::Anteversion => "handle-anteversion",
            Self::CupShift(0) => "handle-cup-medial",
            Self::CupShift(1) => "handle-cup-superior",
            Self::CupShift(_) => "handle-cup-anterior",
            Self::CupDepth => "handle-cup-depth",
            Self::Version => "handle-stem-version",
            Self::StemDepth => "handle-stem-depth",
            Self::Lean => "handle-stem-lean",
        }
    }
}

/// Where cup and stem stand in the picture, LPS mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Which hip.
    pub side: Side,
    /// Frame of the pelvis.
    pub pelvis: AnatomicalFrame,
    /// Centre of the bearing.
    pub centre: Point3<f64>,
    /// Out of the cup's opening.
    pub axis: Unit<Vector3<f64>>,
    /// Pose of the stem in its bone, where the femur is now.
    pub stem: Option<Isometry3<f64>>,
    /// Frame of the femur, where it is now.
    pub femur: AnatomicalFrame,
}

impl Standing {
    /// Of a joint in a posture, with the cup's axis and the pose of the stem in the scan.
    #[must_use]
    pub fn of(joint: &Joint, axis: Unit<Vector3<f64>>, stem: Option<Isometry3<f64>>, posture: &Posture) -> Self {
        let motion = joint.motion(posture);
        let rotation = motion.rotation.to_rotation_matrix() * joint.femoral.rotation;
        Self {
            side: joint.side,
            pelvis: joint.pelvic,
            centre: joint.centre,
            axis,
            stem: stem.map(|pose| motion * pose),
            femur: AnatomicalFrame { origin: motion * joint.femoral.origin, rotation },
        }
    }

    /// A direction of the pelvis of a right hip (anterior, superior, lateral), LPS.
    pub(super) fn of_pelvis(&self, right: &Vector3<f64>) -> Vector3<f64> {
        self.pelvis.lps_vector(&as_right_hip(self.side, right))
    }

    /// The same, the other way.
    pub(super) fn in_pelvis(&self, lps: &Vector3<f64>) -> Vector3<f64> {
        as_right_hip(self.side, &self.pelvis.local_vector(lps))
    }

    /// A direction in the femur's frame of a right hip.
    pub(super) fn in_femur(&self, lps: &Vector3<f64>) -> Vector3<f64> {
        as_right_hip(self.side, &self.femur.local_vector(lps))
    }

    /// Medial, superior, anterior.
    pub(super) fn way(&self, at: usize) -> Unit<Vector3<f64>> {
        let right = [-Vector3::z(), Vector3::y(), Vector3::x()][at.min(2)];
        Unit::new_normalize(self.of_pelvis(&right))
    }

    /// Where the stem's axes meet, and its own axis distally.
    pub(super) fn stem_line(&self) -> Option<(Point3<f64>, Unit<Vector3<f64>>)> {
        let pose = self.stem?;
        Some((pose.translation.vector.into(), Unit::new_normalize(pose * -Vector3::y())))
    }
}

/// A handle as it is drawn and taken hold of.
#[derive(Clone, Debug, PartialEq)]
pub struct HandleShape {
    /// Which.
    pub handle: Handle,
    /// Its line.
    pub line: Vec<Point3<f64>>,
    /// Ends in a tip at its last point; otherwise it is an arc.
    pub arrow: bool,
}

/// The handles of what is in hand.
#[must_use]
pub fn shapes(tool: Tool, standing: &Standing) -> Vec<HandleShape> {
    match tool {
        Tool::Cup => cup(standing),
        Tool::Stem => stem(standing).unwrap_or_default(),
    }
}

fn arrow(handle: Handle, from: Point3<f64>, way: &Vector3<f64>) -> HandleShape {
    HandleShape { handle, line: vec![from + way * (0.2 * ARROW_MM), from + way * ARROW_MM], arrow: true }
}

/// The arc that a point at `radius` about `centre` goes along when it turns about an axis.
fn arc(handle: Handle, centre: Point3<f64>, from: &Vector3<f64>, about: &Unit<Vector3<f64>>, radius_mm: f64) -> HandleShape {
    let at = |piece: usize| {
        let deg = HALF_ARC_DEG * (2.0 * piece as f64 / PIECES as f64 - 1.0);
        let turn = nalgebra::UnitQuaternion::from_axis_angle(about, deg.to_radians());
        centre + turn * from * radius_mm
    };
    HandleShape { handle, line: (0..=PIECES).map(at).collect(), arrow: false }
}

fn cup(standing: &Standing) -> Vec<HandleShape> {
    let (centre, axis) = (standing.centre, standing.axis.into_inner());
    // Inclination turns about the anterior direction, anteversion about what is across it and the axis.
    let anterior = standing.way(2);
    let across = Unit::try_new(axis.cross(&anterior), 1e-6).unwrap_or_else(|| standing.way(1));
    let tip = HandleShape { handle: Handle::CupAxis, line: vec![centre + axis * 30.0, centre + axis * CUP_ARC_MM], arrow: true };
    let inwards =
        HandleShape { handle: Handle::CupDepth, line: vec![centre - axis * 12.0, centre - axis * ARROW_MM], arrow: true };
    let mut all = vec![
        tip,
        arc(Handle::Inclination, centre, &axis, &anterior, CUP_ARC_MM),
        arc(Handle::Anteversion, centre, &axis, &across, CUP_ARC_MM),
        inwards,
    ];
    all.extend((0..3).map(|at| arrow(Handle::CupShift(at), centre, &standing.way(at))));
    all
}

fn stem(standing: &Standing) -> Option<Vec<HandleShape>> {
    let (origin, distal) = standing.stem_line()?;
    let pose = standing.stem?;
    // Towards the head: −Z of a right stem, and +Z of a left one.
    let medial = pose * as_right_hip(standing.side, &-Vector3::z());
    let anterior = Unit::new_normalize(standing.femur.anterior().into_inner());
    Some(vec![
        arrow(Handle::StemDepth, origin, &distal),
        arc(Handle::Version, origin, &medial, &distal, VERSION_ARC_MM),
        arc(Handle::Lean, origin, &distal, &anterior, LEAN_ARC_MM),
    ])
}
