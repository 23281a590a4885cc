//! Shaft and knee of a femur that is cut off too near for them to be measured.

use super::{
    bones::Bone,
    completed::completed_femur,
    condyles::condyles,
    femur::{Shaft, measured_shaft},
    findings::finding,
    knee::knee,
    landmark::{Along, Landmark, LandmarkName, Landmarks},
    model::{Finding, ShaftSource, Sphere},
    shaft::extent,
};
use crate::{frames::Side, labels::synthesis::ShapeModel, mesh::TriMesh};
use nalgebra::{Rotation3, Unit, Vector3};
use std::cell::OnceCell;

/// With less femur than this below the head centre there is no estimate, mm.
const LEAST_BELOW_HEAD_MM: f64 = 40.0;

/// Angle of the estimated to the measured shaft axis, degrees, median and 95th percentile, on eight real femora (VSD) cut off 45 to
/// 100 mm below the head centre, before the model's varus bias is taken away: what is said to the surgeon errs on the safe side.
const ERROR_MEDIAN_DEG: f64 = 4.3;
const ERROR_95_DEG: f64 = 10.4;

/// The model's shafts stand this much more in varus than real ones over the same proximal femur: mean over nine femora of five subjects
/// (VSD and LHDL), degrees.
const VARUS_BIAS_DEG: f64 = 2.5;

/// Angle of the head–knee line to the true one, degrees, and error of the knee centre along and across it, mm: root mean squares over
/// eight real femora (VSD) cut off 60 to 250 mm below the head centre; on a shaft that is measured, and on one that is not.
const KNEE_MEASURED: KneeError = KneeError { axis_deg: 1.2, across_mm: 8.0, along_mm: 15.0 };
const KNEE_ESTIMATED: KneeError = KneeError { axis_deg: 3.6, across_mm: 26.0, along_mm: 18.0 };

const NOT_FITTED: &str = "the shape model could not be fitted to it";

struct KneeError {
    axis_deg: f64,
    across_mm: f64,
    along_mm: f64,
}

/// The femur that the shape model makes of the part in the scan; fitted when it is first asked for.
pub(super) struct Completion<'a> {
    femur: &'a Bone<'a>,
    head: &'a Sphere,
    side: Side,
    up: Unit<Vector3<f64>>,
    whole: OnceCell<Result<TriMesh, String>>,
}

impl<'a> Completion<'a> {
    /// `up` is superior of the pelvis: the direction along which the visible length is measured and from which the fit starts.
    pub fn new(femur: &'a Bone, head: &'a Sphere, side: Side, up: Unit<Vector3<f64>>) -> Self {
        Self { femur, head, side, up, whole: OnceCell::new() }
    }

    fn whole(&self) -> Result<Bone<'_>, &str> {
        let fit = || {
            let model = ShapeModel::load().map_err(|error| error.to_string())?;
            let fitted = completed_femur(self.femur, self.head, self.side, &self.up, &model);
            fitted.ok_or_else(|| NOT_FITTED.to_owned())
        };
        self.whole.get_or_init(fit).as_ref().map(|mesh| Bone::new(mesh, None)).map_err(String::as_str)
    }

    /// The knee centre of a femur whose knee is not in the scan, and what is to be said of it. Neither femoral version nor anything else
    /// about the knee's rotation is taken from the model: on the same femora that missed by up to 15°, no less than femora differ. `None`
    /// when the model cannot be fitted.
    pub fn knee(&self, source: ShaftSource) -> Option<(Landmark, Finding)> {
        let Self { head, side, .. } = *self;
        let whole = self.whole().ok()?;
        let shaft = measured_shaft(&whole, head, side)?.axis;
        let mut found = Landmarks::default();
        condyles(&whole, head, &knee(&whole, head, &shaft, side)?, side, &mut found);
        let position = found.position(LandmarkName::KneeCentre, side)?;
        let error = if source == ShaftSource::Measured { KNEE_MEASURED } else { KNEE_ESTIMATED };
        let KneeError { axis_deg, across_mm, along_mm } = error;
        let text = format!(
            "The {side} knee is not in the scan: its centre is an estimate from a statistical shape model fitted to the femur that is there, \
             uncertain by {across_mm:.0} mm across and {along_mm:.0} mm along the leg, the mechanical axis by {axis_deg:.1}° (one standard \
             deviation)."
        );
        let landmark = Landmark {
            position,
            sd_mm: Some(across_mm),
            along: Some(Along { direction: shaft.direction, sd_mm: along_mm }),
            method: "midway between the epicondyles of the shape model fitted to the femur in the scan".into(),
            doubt: Some("the knee is not in the scan".into()),
        };
        let said = finding("knee-estimated", Some(side), text)
            .with("across", format!("{across_mm:.0}"))
            .with("along", format!("{along_mm:.0}"))
            .with("axis", format!("{axis_deg:.1}"));
        Some((landmark, said))
    }

    /// The shaft, and what is to be said of it.
    pub fn shaft(&self) -> (Option<Shaft>, Finding) {
        let Self { head, side, .. } = *self;
        let below_mm = extent(self.femur, head, &-self.up).below_head_mm;
        let start = format!("The scan holds {below_mm:.0} mm of the {side} femur below the centre of its head");
        let without = |why: &str| {
            let text = format!("{start}: {why}. Neither shaft axis nor stem can be given for this side.");
            (None, finding("femur-too-short", Some(side), text))
        };
        if below_mm < LEAST_BELOW_HEAD_MM {
            return without(&format!("too little even for an estimate, which needs {LEAST_BELOW_HEAD_MM:.0} mm"));
        }
        let shaft = self.whole().and_then(|whole| measured_shaft(&whole, head, side).ok_or(NOT_FITTED));
        match shaft {
            Err(why) => without(why),
            Ok(shaft) => {
                let text = format!(
                    "{start}. Its shaft axis is an estimate from a statistical shape model fitted to that part, in half of the femora within \
                     {ERROR_MEDIAN_DEG:.1}° and in 19 of 20 femora within {ERROR_95_DEG:.0}° of the true one: every measure that rests on \
                     it, and the stem, is an estimate too."
                );
                let said = finding("femur-cut-off", Some(side), text)
                    .with("below", format!("{below_mm:.0}"))
                    .with("half", format!("{ERROR_MEDIAN_DEG:.1}"))
                    .with("most", format!("{ERROR_95_DEG:.0}"));
                (Some(shaft.read_off_model(head)), said)
            }
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
