//! Axes and angles of a femur.

use super::{Figure, arc::Angle, axes, value};
use crate::{
    anatomy::{
        Examination,
        LandmarkName::{self, *},
    },
    app::{examination::Shown, model::Layer},
    frames::Side,
};
use nalgebra::{Point3, Vector3};

/// Length of the drawn axes of the femoral frame, mm.
const AXIS_MM: f64 = 45.0;
/// How far axes are drawn beyond what they rest on, mm.
const BEYOND_MM: f64 = 25.0;
/// Radii of the arcs, mm.
const NECK_SHAFT_MM: f64 = 38.0;
const VERSION_MM: f64 = 55.0;

/// Neck, shaft and mechanical axis, the axes of the frame, neck–shaft angle and version.
pub(super) fn draw(examination: &Examination, shown: &Shown, side: Side, found: &mut Vec<Figure>) {
    let at = |name: LandmarkName| shown.landmarks.position(name, side);
    let mut lines = Vec::new();
    let shaft = at(ShaftDistal).zip(at(ShaftProximal));
    let neck = at(FemoralHeadCentre).zip(at(NeckIsthmus));
    if let Some((low, high)) = shaft {
        lines.push(beyond(low, high));
    }
    let vertex =
        shaft.zip(neck).and_then(|((low, high), (head, isthmus))| nearest(&head, &(isthmus - head), &high, &(high - low)));
    if let Some((head, isthmus)) = neck {
        lines.push(beyond(vertex.unwrap_or(isthmus), head));
    }
    let knee = at(MedialEpicondyle).zip(at(LateralEpicondyle)).map(|(medial, lateral)| nalgebra::center(&medial, &lateral));
    lines.extend(knee.zip(at(FemoralHeadCentre)).map(|(knee, head)| [knee, head]));
    lines.extend(at(MedialPosteriorCondyle).zip(at(LateralPosteriorCondyle)).map(|(medial, lateral)| [medial, lateral]));
    found.extend(lines.into_iter().map(|line| Figure::line(Layer::Axes, Some(side), line).on_femur()));
    let femur = examination.anatomy.hip(side).femur.as_ref();
    if let Some(femur) = femur {
        found.extend(axes(&femur.frame, Some(side), AXIS_MM).map(Figure::on_femur));
    }
    if let (Some(vertex), Some((low, high)), Some((head, _)), Some(value_deg)) =
        (vertex, shaft, neck, value(shown, "neck_shaft_angle", side))
    {
        let (from, to) = (head - vertex, low - high);
        let angle = Angle { side, vertex, from, to, radius_mm: NECK_SHAFT_MM, key: "arc-neck-shaft-angle", value_deg };
        found.extend(angle.draw().map(Figure::on_femur));
    }
    // In the plane across the mechanical axis: from the condylar line, carried up to the base of the neck, to the line to the head.
    if let (Some(femur), Some(base), Some(head), Some(value_deg)) =
        (femur, at(NeckBase), at(FemoralHeadCentre), value(shown, "femoral_version_murphy", side))
    {
        let up = femur.frame.superior();
        let to = head - base;
        let from = femur.frame.right().into_inner() * side.lps_sign();
        let angle = Angle {
            side,
            vertex: base,
            from,
            to: to - up.into_inner() * up.dot(&to),
            radius_mm: VERSION_MM,
            key: "arc-femoral-version",
            value_deg,
        };
        found.extend(angle.draw().map(Figure::on_femur));
    }
}

/// A line drawn on beyond its upper end.
fn beyond(low: Point3<f64>, high: Point3<f64>) -> [Point3<f64>; 2] {
    let direction = (high - low).try_normalize(1e-9).unwrap_or_default();
    [low, high + direction * BEYOND_MM]
}

/// The point of a line that is nearest to another line; `None` for parallel ones.
fn nearest(a: &Point3<f64>, along_a: &Vector3<f64>, b: &Point3<f64>, along_b: &Vector3<f64>) -> Option<Point3<f64>> {
    let across = along_a.cross(along_b);
    let square = across.norm_squared();
    (square > 1e-9).then(|| a + along_a * ((b - a).cross(along_b).dot(&across) / square))
}
