//! What leg length and offset are counted from, bone by bone, so that how the leg lay in the scanner does not matter.

use crate::{
    anatomy::{Axis, Femur, Hip},
    frames::{AnatomicalFrame, Side},
};
use nalgebra::{Point3, Vector3};

/// One hip with its femur.
#[derive(Clone, Copy)]
pub(super) struct Leg {
    pub side: Side,
    /// Centre of the native head, LPS mm.
    pub head: Point3<f64>,
    /// Pointing proximally.
    pub shaft: Axis,
    /// The femoral frame.
    pub frame: AnatomicalFrame,
    /// Tip of the lesser trochanter, LPS mm.
    pub lesser_trochanter: Option<Point3<f64>>,
}

/// How far one hip reaches down and outwards, mm.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    /// The tip of the lesser trochanter below the origin of the pelvic frame.
    pub length_mm: f64,
    /// The head centre from the shaft axis.
    pub femoral_offset_mm: f64,
    /// The head centre from the midline of the pelvis.
    pub acetabular_offset_mm: f64,
}

impl Leg {
    pub fn of(hip: &Hip, femur: &Femur) -> Self {
        Self {
            side: hip.side,
            head: hip.head.centre,
            shaft: femur.shaft,
            frame: femur.frame,
            lesser_trochanter: femur.lesser_trochanter.as_ref().map(|tip| tip.position),
        }
    }

    /// The direction away from the midline in a pelvic frame, LPS.
    pub fn lateral(&self, app: &AnatomicalFrame) -> Vector3<f64> {
        -app.right().into_inner() * self.side.lps_sign()
    }

    /// How much longer the leg becomes when a head whose centre is at `head` on the femur is seated at `cup` in the pelvis, mm.
    pub fn lengthened_mm(&self, app: &AnatomicalFrame, cup: &Point3<f64>, head: &Point3<f64>) -> f64 {
        (head - self.head).dot(&self.frame.superior()) - (cup - self.head).dot(&app.superior())
    }

    /// How much further from the shaft axis a head's centre is than the native one, mm.
    pub fn more_femoral_offset_mm(&self, head: &Point3<f64>) -> f64 {
        self.offset_mm(head) - self.offset_mm(&self.head)
    }

    /// How much further from the midline a cup's centre is than the native head's, mm.
    pub fn more_acetabular_offset_mm(&self, app: &AnatomicalFrame, cup: &Point3<f64>) -> f64 {
        (cup - self.head).dot(&self.lateral(app))
    }

    fn offset_mm(&self, point: &Point3<f64>) -> f64 {
        (point - self.shaft.point).cross(&self.shaft.direction).norm()
    }

    /// How far the hip reaches as scanned; `None` without a lesser trochanter.
    ///
    /// The leg's length down to the lesser trochanter is how far the head centre lies below the origin of the pelvic frame (along the
    /// pelvis), and the trochanter below the head centre (along the femur): a femur that is shorter further down is not seen.
    pub fn extent(&self, app: &AnatomicalFrame) -> Option<Extent> {
        let in_pelvis = self.head - app.origin;
        Some(Extent {
            length_mm: (self.head - self.lesser_trochanter?).dot(&self.frame.superior()) - in_pelvis.dot(&app.superior()),
            femoral_offset_mm: self.offset_mm(&self.head),
            acetabular_offset_mm: in_pelvis.dot(&self.lateral(app)),
        })
    }
}
