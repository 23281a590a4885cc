//! What the thigh can reach at one rotation of it, as a cone about the joint: from the joint's centre to where its axis stands at the limit, in
//! the colour of what meets there.

use crate::{
    app::joint::Joint,
    frames::as_right_hip,
    motion::{Couple, Posture},
    report::SurfacePlane,
};
use nalgebra::{Point3, Vector3};

/// How far the cone reaches along the thigh, mm.
pub const LENGTH_MM: f64 = 130.0;
/// Where it begins, so that the bearing is seen, mm.
const FROM_MM: f64 = 34.0;
/// Two places of the rim are no further apart than this, degrees.
const APART_DEG: f64 = 2.5;

/// A piece of the cone that one couple ends.
#[derive(Clone, Debug, PartialEq)]
pub struct ConePiece {
    /// What meets there.
    pub couple: Option<Couple>,
    /// Its outer edge, LPS mm.
    pub rim: Vec<Point3<f64>>,
    /// Its inner edge, a place for each of the rim's.
    pub inner: Vec<Point3<f64>>,
}

/// Where the long axis of the thigh points to in a posture, LPS, from the joint's centre.
#[must_use]
pub fn thigh(joint: &Joint, posture: &Posture) -> Vector3<f64> {
    let local = posture.right_hip_rotation() * -Vector3::y();
    joint.pelvic.lps_vector(&as_right_hip(joint.side, &local))
}

/// The cone over the limit of the plane of flexion and adduction. It is open where nothing meets within what was looked at.
#[must_use]
pub fn cone(joint: &Joint, plane: &SurfacePlane) -> Vec<ConePiece> {
    let piece = |(couple, places): &(Option<Couple>, Vec<[f64; 2]>)| {
        let directions: Vec<Vector3<f64>> =
            apart(places).iter().map(|[along, across]| thigh(joint, &plane.posture(*along, *across))).collect();
        let at = |mm: f64| directions.iter().map(|direction| joint.centre + direction * mm).collect();
        ConePiece { couple: *couple, rim: at(LENGTH_MM), inner: at(FROM_MM) }
    };
    plane.limit.iter().map(piece).collect()
}

/// Places along a line, with more between those that are far from each other.
fn apart(places: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut all: Vec<[f64; 2]> = places.first().copied().into_iter().collect();
    for pair in places.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        let way = [to[0] - from[0], to[1] - from[1]];
        let steps = (way[0].hypot(way[1]) / APART_DEG).ceil().max(1.0) as usize;
        all.extend((1..=steps).map(|step| {
            let part = step as f64 / steps as f64;
            [from[0] + way[0] * part, from[1] + way[1] * part]
        }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        anatomy::CupAngles,
        frames::{AnatomicalFrame, Side},
        motion::{FreeHip, NeckAngles, NeckInLiner, PostureBox, RomCase, RomSurface},
    };
    use nalgebra::Isometry3;

    /// The rim is where the thigh of that side is when the closed form says that neck and liner meet.
    #[test]
    fn the_rim_is_where_the_thigh_is_when_neck_and_liner_meet() {
        let cup = CupAngles { inclination_deg: 42.0, anteversion_deg: 16.0 };
        let case = RomCase::new(cup, NeckAngles { elevation_deg: 44.0, anteversion_deg: 12.0 }, 118.0).unwrap();
        let neck = NeckInLiner::from(&case);
        let postures = PostureBox::default();
        let surface = RomSurface::of(&FreeHip { joint: &neck, bones: None }, &postures, 5.0).unwrap();
        let plane = SurfacePlane::of(&surface, &postures, SurfacePlane::ALL[1], 10.0, 1.0);
        for side in Side::BOTH {
            let centre = Point3::new(-90.0, 20.0, 700.0);
            let frame = AnatomicalFrame::scanner(centre);
            let joint = Joint { side, pelvic: frame, femoral: frame, centre, reduction: Isometry3::identity() };
            let pieces = cone(&joint, &plane);
            assert!(pieces.iter().map(|piece| piece.rim.len()).sum::<usize>() > 60, "{side:?}");
            for piece in &pieces {
                assert_eq!((piece.couple, piece.rim.len()), (Some(Couple::ImplantImplant), piece.inner.len()));
                for (rim, inner) in piece.rim.iter().zip(&piece.inner) {
                    assert!(((rim - centre).norm() - LENGTH_MM).abs() < 1e-9 && ((inner - centre).norm() - FROM_MM).abs() < 1e-9);
                    assert!((rim - centre).normalize().dot(&(inner - centre).normalize()) > 1.0 - 1e-12);
                }
            }
            for (_, places) in &plane.limit {
                for [flexion, adduction] in places {
                    let posture = plane.posture(*flexion, *adduction);
                    // The bone goes where the drawn direction goes.
                    let hanging = centre - Vector3::z() * LENGTH_MM;
                    let moved = joint.motion(&posture) * hanging;
                    assert!((centre + thigh(&joint, &posture) * LENGTH_MM - moved).norm() < 1e-6, "{side:?} {posture:?}");
                    assert!(neck.margin_deg(&posture).abs() < 2.5, "{posture:?}: {}", neck.margin_deg(&posture));
                }
            }
        }
    }
}
