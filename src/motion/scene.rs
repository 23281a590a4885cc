//! What can touch what: a planned hip as the motion stage sees it.

use super::{MotionError, NeckAngles, RomCase};
use crate::{
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
};
use nalgebra::{Isometry3, Point3, Translation3, Unit, Vector3};

/// A planned hip: frames, coupling, and the bodies on either side of the joint. Everything LPS, mm.
///
/// The head is in none of the bodies: it turns in the liner about its own centre and never changes its contact.
#[derive(Clone, Debug)]
pub struct RomScene {
    /// The hip.
    pub side: Side,
    /// The frame that angles are counted in: the anterior pelvic plane, or a posture's functional frame.
    pub pelvic_frame: AnatomicalFrame,
    /// The femoral frame on the femur as scanned; of a femur that is cut that of its distal piece, put to the proximal one.
    pub femoral_frame: AnatomicalFrame,
    /// Centre of the planned bearing: the fixed point of every motion.
    pub cup_centre: Point3<f64>,
    /// Out of the opening of cup and liner.
    pub cup_axis: Unit<Vector3<f64>>,
    /// Centre of the cup's outside: that of the bearing, unless a liner puts the bearing further out.
    pub shell_centre: Point3<f64>,
    /// Radius of the cup's outside, mm. Pelvic bone within it (and [`Self::reaming_clearance_mm`] more) is taken to be reamed away.
    pub cup_outer_radius_mm: f64,
    /// From the head centre to the shaft, along the planned neck, on the femur as scanned.
    pub neck_axis: Unit<Vector3<f64>>,
    /// Oscillation angle of neck and liner, degrees.
    pub oscillation_deg: f64,
    /// What the stem does to the femur: brings it, as scanned, to where the planned head centre is the cup's centre.
    pub reduction: Isometry3<f64>,
    /// Pelvic bones as scanned, one closed mesh a bone; may be empty.
    pub pelvis: Vec<TriMesh>,
    /// Cup and liner in their planned place.
    pub cup: Option<TriMesh>,
    /// The femur as scanned, without the head that is resected; cut and put together where an osteotomy is planned.
    pub femur: Option<TriMesh>,
    /// Stem and neck, without head, in their planned place on the femur as scanned.
    pub stem: Option<TriMesh>,
    /// Bone this much outside the cup still counts as reamed away, mm. It keeps the cup's own seat from being counted as contact.
    pub reaming_clearance_mm: f64,
}

impl RomScene {
    /// Usual [`Self::reaming_clearance_mm`].
    pub const REAMING_CLEARANCE_MM: f64 = 1.0;

    /// The hip as far as the closed form knows it: cup in the pelvic frame, neck in the femoral one.
    ///
    /// # Errors
    /// [`MotionError::OutOfRange`] for an oscillation angle that is not between 0° and 180°.
    pub fn case(&self) -> Result<RomCase, MotionError> {
        let cup = CupAngles::of_axis(&self.cup_axis, &self.pelvic_frame, self.side);
        RomCase::new(cup, NeckAngles::of_axis(&self.neck_axis, &self.femoral_frame, self.side), self.oscillation_deg)
    }

    /// Every number is one.
    ///
    /// # Errors
    /// [`MotionError::OutOfRange`] for a corner of a mesh or a centre that is not finite.
    pub(super) fn check(&self) -> Result<(), MotionError> {
        let meshes = self.pelvis.iter().chain(&self.cup).chain(&self.femur).chain(&self.stem);
        let points = meshes.flat_map(|mesh| &mesh.vertices).chain([&self.cup_centre, &self.shell_centre]);
        points.flat_map(|point| point.iter()).find(|number| !number.is_finite()).map_or(Ok(()), |found| {
            let what = "every corner of a bone or implant and the joint's centre";
            Err(MotionError::OutOfRange { what, expected: "a finite number of mm", found: *found })
        })
    }

    /// The hip with its cup elsewhere: the cavity, the head in it and with it the leg go along.
    #[must_use]
    pub fn with_cup_moved(&self, shift: &Translation3<f64>) -> Self {
        Self {
            cup_centre: shift * self.cup_centre,
            shell_centre: shift * self.shell_centre,
            reduction: shift * self.reduction,
            cup: self.cup.as_ref().map(|mesh| mesh.transformed(&(*shift).into())),
            ..self.clone()
        }
    }

    /// The translation that brings the planned head centre, on the femur as scanned, to the cup's centre.
    #[must_use]
    pub fn reduction_of(head_centre: &Point3<f64>, cup_centre: &Point3<f64>) -> Isometry3<f64> {
        Isometry3::from_parts((cup_centre - head_centre).into(), nalgebra::UnitQuaternion::identity())
    }
}
