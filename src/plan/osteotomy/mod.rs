//! An osteotomy of the proximal femur: where it is cut, and where its distal piece goes.

mod alignment;
mod contact;
mod correction;
mod pieces;

pub use alignment::{Alignment, Mechanical, alignment};
pub use contact::{Contact, contact};
pub use correction::{Correction, CutForm, Hinge, OsteotomyChoice, OsteotomyFault};
pub use pieces::{FemurPieces, femur_pieces, operated_femur};

use super::PlanError;
use crate::{
    anatomy::{CanalSection, Femur, Hip},
    frames::{AnatomicalFrame, Side, as_right_hip},
    mesh::TriMesh,
    surface::cross_section,
};
use nalgebra::{Isometry3, Point3, Quaternion, Translation3, Unit, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};

/// An osteotomy in one femur.
///
/// The proximal piece, with the stem in it, stays where it is in the femur as scanned; the distal piece is moved to it by
/// [`Osteotomy::motion`]. Both are cut along the same surface once the distal piece is in its place, so that of a femur that is shortened,
/// turned and tilted at once the distal cut is the proximal one carried back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Osteotomy {
    /// What was asked for.
    pub correction: Correction,
    /// Origin where the cut crosses the shaft axis, Y along that axis proximally, Z as near as may be to the right of the femur's frame.
    pub frame: AnatomicalFrame,
    /// The hinge from the origin: anterior and lateral, mm.
    pub hinge_mm: [f64; 2],
    /// How far the distal piece is shifted across the shaft, so that both canals meet: anterior and lateral, mm.
    pub shift_mm: [f64; 2],
}

/// A piece of the femur that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Above the cut.
    Proximal,
    /// The segment or wedge that is taken out.
    Removed,
    /// Below.
    Distal,
}

impl Osteotomy {
    /// Lays the osteotomy into a femur. `bone` is its surface (LPS mm); without it a hinge at its border cannot be found, and where the canal
    /// was not measured either, nothing is shifted.
    ///
    /// # Errors
    /// [`PlanError::Osteotomy`] when it makes no sense, or the femur does not show where it would be.
    pub fn new(correction: Correction, hip: &Hip, bone: Option<&TriMesh>) -> Result<Self, PlanError> {
        let side = hip.side;
        Self::laid(correction, hip, bone).map_err(|fault| PlanError::Osteotomy { side, fault })
    }

    fn laid(correction: Correction, hip: &Hip, bone: Option<&TriMesh>) -> Result<Self, OsteotomyFault> {
        correction.check()?;
        let femur = hip.femur.as_ref().ok_or(OsteotomyFault::NoFemur)?;
        let tip = femur.lesser_trochanter.as_ref().ok_or(OsteotomyFault::NoTrochanter)?.position;
        let (proximal, on_shaft) = (femur.shaft.direction.into_inner(), femur.shaft.point);
        let origin = on_shaft + proximal * ((tip - on_shaft).dot(&proximal) - correction.level_mm);
        let frame = AnatomicalFrame::from_superior_and_right(origin, &proximal, &femur.frame.right());
        let frame = frame.ok_or(OsteotomyFault::NoFemur)?;
        let mut laid = Self { correction, frame, hinge_mm: [0.0; 2], shift_mm: [0.0; 2] };
        let bone = bone.filter(|mesh| !mesh.is_empty());
        laid.hinge_mm = laid.hinge(hip.side, bone)?;
        let below = laid.motion(hip.side).inverse() * origin;
        if bone.is_some_and(|bone| cross_section(bone, &below, &proximal).is_empty()) {
            return Err(OsteotomyFault::ScanEnds { level_mm: correction.level_mm + correction.shortening_mm });
        }
        if !correction.tilts() {
            let middles = [origin, below].map(|at| middle(femur, bone, &at));
            if let [Some(above), Some(below)] = middles {
                let away = laid.local(hip.side, &above) - laid.local(hip.side, &(laid.motion(hip.side) * below));
                laid.shift_mm = [away.x, away.z];
            }
        }
        Ok(laid)
    }

    /// Where the border of the bone is that the distal piece is tilted about.
    fn hinge(&self, side: Side, bone: Option<&TriMesh>) -> Result<[f64; 2], OsteotomyFault> {
        let way = match self.correction.hinge {
            Hinge::Axis => return Ok([0.0; 2]),
            Hinge::Medial => -Vector3::z(),
            Hinge::Lateral => Vector3::z(),
            Hinge::Anterior => Vector3::x(),
            Hinge::Posterior => -Vector3::x(),
        };
        let bone = bone.ok_or(OsteotomyFault::NoBorder)?;
        let outline = cross_section(bone, &self.frame.origin, &self.frame.superior());
        let reach = outline.iter().flatten().map(|p| self.local(side, p).coords.dot(&way)).max_by(f64::total_cmp);
        let border = way * reach.ok_or(OsteotomyFault::ScanEnds { level_mm: self.correction.level_mm })?;
        Ok([border.x, border.z])
    }

    /// Where the distal piece goes, LPS mm: from where it was scanned to where it meets the proximal piece as scanned.
    ///
    /// In the osteotomy's own frame (of a right hip) it is turned about the shaft axis, tilted about the hinge (R = Rz(flexion) · Rx(−valgus),
    /// as joints turn), and moved up by the shortening and across by the shift.
    #[must_use]
    pub fn motion(&self, side: Side) -> Isometry3<f64> {
        let asked = &self.correction;
        let about = |axis: &Unit<Vector3<f64>>, degrees: f64| UnitQuaternion::from_axis_angle(axis, degrees.to_radians());
        let tilt = about(&Vector3::z_axis(), asked.flexion_deg) * about(&Vector3::x_axis(), -asked.valgus_deg);
        let turn = tilt * about(&Vector3::y_axis(), -asked.derotation_deg);
        let hinge = Vector3::new(self.hinge_mm[0], 0.0, self.hinge_mm[1]);
        let up = Vector3::new(self.shift_mm[0], asked.shortening_mm, self.shift_mm[1]);
        let way = as_right_hip(side, &(up + hinge - tilt * hinge));
        let turn = match side {
            Side::Right => turn,
            // Mirrored in Z: an axis of rotation keeps its Z and turns its X and Y about.
            Side::Left => UnitQuaternion::new_unchecked(Quaternion::new(turn.w, -turn.i, -turn.j, turn.k)),
        };
        let frame = self.pose();
        frame * Isometry3::from_parts(Translation3::from(way), turn) * frame.inverse()
    }

    /// By how much the leg becomes shorter, mm, measured along a femur's own superior axis.
    #[must_use]
    pub fn shortens_leg_by_mm(&self, side: Side, femur: &Femur) -> f64 {
        let head = femur.frame.origin;
        (head - self.motion(side).inverse() * head).dot(&femur.frame.superior())
    }

    /// The piece that a point of the femur as scanned belongs to.
    #[must_use]
    pub fn piece(&self, side: Side, point: &Point3<f64>) -> Piece {
        match (self.is_above(side, point), self.is_above(side, &(self.motion(side) * point))) {
            (true, _) => Piece::Proximal,
            (false, true) => Piece::Removed,
            (false, false) => Piece::Distal,
        }
    }

    /// How far a point lies below the place where the cut ends, along the shaft axis, mm.
    #[must_use]
    pub fn below_mm(&self, side: Side, point: &Point3<f64>) -> f64 {
        let height_mm = if let CutForm::Step { height_mm, .. } = self.correction.form { height_mm } else { 0.0 };
        -self.local(side, point).y - height_mm
    }

    /// How high a point lies over the cut, across it, mm.
    pub(super) fn height_mm(&self, side: Side, point: &Point3<f64>) -> f64 {
        let local = self.local(side, point).coords;
        match self.correction.form {
            CutForm::Step { height_mm, towards_deg } if local.dot(&across(towards_deg)) > 0.0 => local.y + height_mm,
            _ => local.dot(&self.normal()),
        }
    }

    fn is_above(&self, side: Side, point: &Point3<f64>) -> bool {
        self.height_mm(side, point) > 0.0
    }

    /// Normal of the cut towards the proximal piece, in the osteotomy's frame of a right hip.
    fn normal(&self) -> Vector3<f64> {
        match self.correction.form {
            CutForm::Oblique { tilt_deg, towards_deg } => {
                let (sin, cos) = tilt_deg.to_radians().sin_cos();
                Vector3::y() * cos - across(towards_deg) * sin
            }
            _ => Vector3::y(),
        }
    }

    fn pose(&self) -> Isometry3<f64> {
        Isometry3::from_parts(Translation3::from(self.frame.origin), self.frame.rotation.into())
    }

    /// A point in the osteotomy's frame of a right hip.
    fn local(&self, side: Side, point: &Point3<f64>) -> Point3<f64> {
        Point3::from(as_right_hip(side, &self.frame.local_point(point).coords))
    }

    /// A point of the osteotomy's frame of a right hip, LPS mm.
    fn lps_point(&self, side: Side, local: &Vector3<f64>) -> Point3<f64> {
        self.frame.lps_point(&Point3::from(as_right_hip(side, local)))
    }

    /// A direction of the osteotomy's frame of a right hip, LPS.
    fn lps_vector(&self, side: Side, local: &Vector3<f64>) -> Vector3<f64> {
        self.frame.lps_vector(&as_right_hip(side, local))
    }
}

/// A direction across the shaft in the frame of a right hip: 0° lateral, 90° anterior.
fn across(towards_deg: f64) -> Vector3<f64> {
    let (sin, cos) = towards_deg.to_radians().sin_cos();
    Vector3::new(sin, 0.0, cos)
}

/// The middle of the canal at the level of a point, or of the bone's outline where the canal was not measured.
fn middle(femur: &Femur, bone: Option<&TriMesh>, at: &Point3<f64>) -> Option<Point3<f64>> {
    let direction = femur.shaft.direction.into_inner();
    let above = |section: &CanalSection| (section.centre - at).dot(&direction);
    let between = femur.canal.array_windows().find(|[upper, lower]| above(upper) >= 0.0 && above(lower) <= 0.0);
    if let Some([upper, lower]) = between {
        let part = above(upper) / (above(upper) - above(lower)).max(1e-9);
        return Some(upper.centre + (lower.centre - upper.centre) * part);
    }
    contact::centroid(&cross_section(bone?, at, &direction), &direction)
}
