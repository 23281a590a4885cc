//! The shaft of a femur that is cut off too near to be measured.

use super::{
    bones::Bone,
    completed::completed_femur,
    femur::{Shaft, measured_shaft},
    findings::finding,
    model::{Finding, ShaftSource, Sphere},
    shaft::extent,
};
use crate::{frames::Side, labels::synthesis::ShapeModel};
use nalgebra::{Rotation3, Unit, Vector3};

/// With less femur than this below the head centre there is no estimate, mm.
const LEAST_BELOW_HEAD_MM: f64 = 40.0;

/// Angle of the estimated to the measured shaft axis, degrees, median and 95th percentile, on eight real femora (VSD) cut off 45 to
/// 100 mm below the head centre, before the model's varus bias is taken away: what is said to the surgeon errs on the safe side.
const ERROR_MEDIAN_DEG: f64 = 4.3;
const ERROR_95_DEG: f64 = 10.4;

/// The model's shafts stand this much more in varus than real ones over the same proximal femur: mean over nine femora of five subjects
/// (VSD and LHDL), degrees.
const VARUS_BIAS_DEG: f64 = 2.5;

/// The shaft of the femur that the shape model makes of the visible part, and what is to be said of it.
///
/// `up` is superior of the pelvis: the direction along which the visible length is measured and from which the fit starts.
pub(super) fn estimated_shaft(femur: &Bone, head: &Sphere, side: Side, up: &Unit<Vector3<f64>>) -> (Option<Shaft>, Finding) {
    let below_mm = extent(femur, head, &-*up).below_head_mm;
    let start = format!("The scan holds {below_mm:.0} mm of the {side} femur below the centre of its head");
    let without = |why: &str| {
        let text = format!("{start}: {why}. Neither shaft axis nor stem can be given for this side.");
        (None, finding("femur-too-short", Some(side), text))
    };
    if below_mm < LEAST_BELOW_HEAD_MM {
        return without(&format!("too little even for an estimate, which needs {LEAST_BELOW_HEAD_MM:.0} mm"));
    }
    let model = match ShapeModel::load() {
        Ok(model) => model,
        Err(error) => return without(&error.to_string()),
    };
    let fitted = completed_femur(femur, head, side, up, &model)
        .and_then(|mesh| measured_shaft(&Bone::new(&mesh, None), head, side))
        .map(|shaft| shaft.read_off_model(head));
    match fitted {
        None => without("the shape model could not be fitted to it"),
        Some(shaft) => {
            let text = format!(
                "{start}. Its shaft axis is an estimate from a statistical shape model fitted to that part, in half of the femora within \
                 {ERROR_MEDIAN_DEG:.1}° and in 19 of 20 femora within {ERROR_95_DEG:.0}° of the true one: every measure that rests on it, \
                 and the stem, is an estimate too."
            );
            (Some(shaft), finding("femur-cut-off", Some(side), text))
        }
    }
}

impl Shaft {
    /// Marked as the model's, its varus bias taken away by a turn about the lesser trochanter in the plane of head centre and shaft.
    fn read_off_model(mut self, head: &Sphere) -> Self {
        self.source = ShaftSource::FittedShapeModel;
        let proximal = self.axis.direction;
        let to_head = head.centre - self.axis.point;
        if let Some(hinge) = Unit::try_new(to_head.cross(&proximal), 1e-6) {
            let level = self.lesser_trochanter.as_ref().map_or(0.0, |tip| (tip.position - self.axis.point).dot(&proximal));
            self.axis.point += proximal.into_inner() * level;
            self.axis.direction = Rotation3::from_axis_angle(&-hinge, VARUS_BIAS_DEG.to_radians()) * proximal;
        }
        if let Some(tip) = &mut self.lesser_trochanter {
            tip.doubt = Some("taken from the shape model fitted to the part of the femur in the scan".into());
        }
        self
    }
}
