//! The axis of the socket's opening.

use super::{bones::Bone, clock::ClockFace, meridian::Surroundings, model::Sphere, rim::Rim, view::View};
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::{Unit, Vector3};

/// How far from the sphere the rim may lie, mm.
const AROUND_MM: f64 = 12.0;
/// Most rounds in which rim and axis are found in turn.
const ROUNDS: usize = 12;
/// An axis that turns less has settled, radians.
const SETTLED: f64 = 1e-4;

/// The normal of the plane through the rim, out of the opening, LPS: rim and axis are found in turn from a first guess. `None` when a
/// third of the rim or more is not in the scan.
pub(super) fn opening_axis(
    hip_bone: &Bone,
    sphere: &Sphere,
    guess: &Unit<Vector3<f64>>,
    frame: &AnatomicalFrame,
    side: Side,
) -> Option<Unit<Vector3<f64>>> {
    let view = View { frame, side };
    let around = Surroundings::new(hip_bone, &sphere.centre, sphere.radius_mm + AROUND_MM, &view);
    let centre = view.point(&sphere.centre);
    let mut axis = Unit::new_normalize(view.vector(guess));
    for _ in 0..ROUNDS {
        let rim = Rim::of(&around, &centre, sphere.radius_mm, &ClockFace::new(axis, &Vector3::y())?)?;
        // Half steps: the rim is sampled, and full steps may swing between two samples.
        let next = Unit::new_normalize(axis.into_inner() + rim.normal(&axis)?.into_inner());
        let turned = (next.into_inner() - axis.into_inner()).norm();
        axis = next;
        if turned < SETTLED {
            break;
        }
    }
    Some(Unit::new_normalize(view.lps_vector(&axis)))
}
