//! How a stem can be seated: pushed up and down along the canal, turned about it, and leaned in the frontal plane.

use crate::{anatomy::Axis, frames::Side, implants::Stem};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, Unit, UnitQuaternion, Vector3};

/// A leaning stem turns about the point at this part of its length above its tip: the middle of what the cortex holds. It is a point of the
/// body, the same whichever neck is on it.
const PIVOT: f64 = 0.28;

/// Where a stem stands in its seat.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Seating {
    /// How far its origin lies distal of the native crossing of neck and shaft, mm.
    pub depth_mm: f64,
    /// Angle to the canal's axis in the frontal plane, degrees; varus (tip lateral) is positive.
    pub varus_deg: f64,
    /// Turn about its axis from the native version, degrees; more anteversion is positive.
    pub turn_deg: f64,
}

/// The directions in which a stem is seated: its axis, the native version, and the native crossing of neck and shaft.
pub(super) struct Seat {
    side: Side,
    /// Nearest point of the stem axis to the native neck axis.
    crossing: Point3<f64>,
    proximal: Unit<Vector3<f64>>,
    medial: Vector3<f64>,
}

impl Seat {
    /// The native version is that of the line from the shaft to the head's centre (Murphy et al. 1987, 10.2106/00004623-198769080-00011), so
    /// that the new head stands neither before nor behind the native one.
    ///
    /// `None` when neck and shaft are parallel, or the head lies on the shaft.
    pub fn new(side: Side, head: &Point3<f64>, neck: &Axis, shaft: &Axis) -> Option<Self> {
        let (n, y) = (neck.direction.into_inner(), shaft.direction.into_inner());
        let medial = across(&(head - shaft.point), &y).try_normalize(1.0)?;
        across(&n, &y).try_normalize(1e-3)?;
        // Both lines' common perpendicular: the foot on the stem axis.
        let between = neck.point - shaft.point;
        let along = (between.dot(&y) - between.dot(&n) * n.dot(&y)) / (1.0 - n.dot(&y).powi(2));
        Some(Self { side, crossing: shaft.point + y * along, proximal: shaft.direction, medial })
    }

    /// How much more a stem in native version is anteverted than an axis from the head to the shaft, degrees.
    pub fn more_anteverted_deg(&self, neck: &Axis) -> f64 {
        let native = across(&-neck.direction.into_inner(), &self.proximal);
        let turn = self.proximal.dot(&native.cross(&self.medial)).atan2(native.dot(&self.medial)).to_degrees();
        turn * self.side.lps_sign()
    }

    /// About it a stem leans in the frontal plane: positive turns bring the tip laterally, on both sides.
    pub fn lean_axis(&self) -> Vector3<f64> {
        self.proximal.cross(&self.medial)
    }

    /// Where a stem stands that has this pose.
    pub fn seating(&self, pose: &Isometry3<f64>) -> Seating {
        let (sign, own) = (self.side.lps_sign(), pose * Vector3::y());
        let varus = own.dot(&self.medial).atan2(own.dot(&self.proximal));
        let upright = UnitQuaternion::new(self.lean_axis() * -varus) * (pose * (Vector3::z() * sign));
        let turn = self.proximal.dot(&self.medial.cross(&upright)).atan2(upright.dot(&self.medial)) * sign;
        Seating {
            depth_mm: (self.crossing - Point3::from(pose.translation.vector)).dot(&self.proximal),
            varus_deg: varus.to_degrees(),
            turn_deg: turn.to_degrees(),
        }
    }

    /// The pose of a stem: from its own frame (a left one mirrored in Z first) to LPS mm.
    pub fn pose(&self, stem: &Stem, seating: &Seating) -> Isometry3<f64> {
        let (proximal, sign) = (self.proximal.into_inner(), self.side.lps_sign());
        // A right stem's −Z points medially; a left one is mirrored in Z before it is placed, so there +Z does.
        let z = self.medial * sign;
        let axes = Matrix3::from_columns(&[proximal.cross(&z), proximal, z]);
        let native = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
        let turn = UnitQuaternion::from_axis_angle(&self.proximal, (seating.turn_deg * sign).to_radians());
        let origin = self.crossing - proximal * seating.depth_mm;
        let lean = UnitQuaternion::new(self.lean_axis() * seating.varus_deg.to_radians());
        let top_mm = stem.sections.first().map_or(0.0, |section| section.distal_mm);
        let pivot = origin - proximal * (stem.tip_mm() - PIVOT * (stem.tip_mm() - top_mm));
        Isometry3::from_parts(Translation3::from(pivot + lean * (origin - pivot)), lean * turn * native)
    }
}

/// The part of a vector across an axis.
fn across(vector: &Vector3<f64>, axis: &Vector3<f64>) -> Vector3<f64> {
    vector - axis * vector.dot(axis)
}
