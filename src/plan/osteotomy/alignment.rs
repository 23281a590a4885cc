//! What an osteotomy makes of the femur's angles.

use super::Osteotomy;
use crate::{
    anatomy::{Femur, Hip},
    frames::as_right_hip,
};
use nalgebra::{Point3, Vector3};
use serde::{Deserialize, Serialize};

/// Angles of a femur, each before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alignment {
    /// Angle between neck axis and shaft axis in space, degrees.
    pub neck_shaft_angle_deg: [f64; 2],
    /// Version after Murphy, degrees, anteversion positive: as measured, and with the change of the neck axis about the femur's long axis;
    /// `None` without the knee.
    pub version_deg: Option<[f64; 2]>,
    /// That change, degrees: more anteversion is positive.
    pub version_change_deg: f64,
    /// What it does to the mechanical axis; `None` where the place of the knee is not known.
    pub mechanical: Option<Mechanical>,
}

/// The mechanical axis of the leg in the frontal plane of the distal femur.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mechanical {
    /// Change of the hip–knee–ankle angle, degrees: towards valgus is positive.
    pub hip_knee_ankle_change_deg: f64,
    /// How far the knee centre lies medial of the line from hip to ankle before and after, mm (valgus: medial); `None` without the ankle.
    pub knee_medial_of_axis_mm: Option<[f64; 2]>,
    /// True when the knee is the shape model's, not the scan's.
    pub estimated: bool,
}

/// The alignment that an osteotomy gives a femur whose new head centre, as the distal piece sees it, is `head` (LPS mm, on the femur as
/// scanned): the native one carried back by the osteotomy, or a stem's. `knee` and `ankle` are centres in the scan, LPS mm.
///
/// `None` without a femur.
#[must_use]
pub fn alignment(
    osteotomy: &Osteotomy,
    hip: &Hip,
    head: &Point3<f64>,
    knee: Option<&Point3<f64>>,
    ankle: Option<&Point3<f64>>,
) -> Option<Alignment> {
    let femur = hip.femur.as_ref()?;
    let neck = -femur.neck_axis.direction.into_inner();
    let carried = osteotomy.motion(hip.side).inverse() * neck;
    let to_shaft = |neck: &Vector3<f64>| neck.angle(&-femur.shaft.direction.into_inner()).to_degrees();
    let version = |neck: &Vector3<f64>| {
        // From the shaft to the head: medially, and forwards by the version.
        let local = as_right_hip(hip.side, &femur.frame.local_vector(neck));
        local.x.atan2(-local.z).to_degrees()
    };
    let turned = version(&carried) - version(&neck);
    let version_change_deg = turned - 360.0 * (turned / 360.0).round();
    let estimated = knee.is_none();
    let knee = knee.copied().or_else(|| femur.estimated_knee.as_ref().map(|knee| knee.position));
    Some(Alignment {
        neck_shaft_angle_deg: [neck, carried].map(|neck| to_shaft(&neck)),
        version_deg: femur.version_murphy_deg.map(|before| [before, before + version_change_deg]),
        version_change_deg,
        mechanical: knee.map(|knee| mechanical(femur, hip, head, &knee, ankle, estimated)),
    })
}

fn mechanical(
    femur: &Femur,
    hip: &Hip,
    head: &Point3<f64>,
    knee: &Point3<f64>,
    ankle: Option<&Point3<f64>>,
    estimated: bool,
) -> Mechanical {
    // In the frontal plane: lateral and superior.
    let flat = |p: &Point3<f64>| {
        let local = as_right_hip(hip.side, &femur.frame.local_vector(&(p - knee)));
        (local.z, local.y)
    };
    let lean = |p: &Point3<f64>| {
        let (lateral, up) = flat(p);
        lateral.atan2(up).to_degrees()
    };
    let medial_of_axis = |hip: &Point3<f64>, ankle: &Point3<f64>| {
        let ((hip_lateral, hip_up), (ankle_lateral, ankle_up)) = (flat(hip), flat(ankle));
        let (across, along) = (hip_lateral - ankle_lateral, hip_up - ankle_up);
        // Distance of the origin, the knee, from the line; positive where the line passes lateral of it.
        (ankle_lateral * along - ankle_up * across) / across.hypot(along)
    };
    let heads = [&hip.head.centre, head];
    Mechanical {
        hip_knee_ankle_change_deg: lean(head) - lean(&hip.head.centre),
        knee_medial_of_axis_mm: ankle.map(|ankle| heads.map(|head| medial_of_axis(head, ankle))),
        estimated,
    }
}
