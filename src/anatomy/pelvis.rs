//! The anterior pelvic plane.

use super::{
    bones::Bone,
    error::{AnatomyError, PlaneFault},
    landmark::Landmark,
    model::Pelvis,
    prominence::{Blunt, prominence},
};
use crate::frames::AnatomicalFrame;
use nalgebra::{Point3, Vector3};

/// The pubis lies within this share of the hip bones' half distance from the midline.
const PUBIS: f64 = 0.6;
/// A pubic tubercle is the corner of the pubis towards the front and the side: this much lateral and caudal for 1 anterior. (Chosen on
/// the raters' landmarks of eight hip bones; the most anterior point itself often lies on the symphysis.)
const TUBERCLE_LATERAL: f64 = 0.45;
const TUBERCLE_CAUDAL: f64 = 0.28;
/// A spine stands out to the front, a little to the side and downwards, likewise.
const SPINE_LATERAL: f64 = 0.3;
const SPINE_CAUDAL: f64 = 0.16;
/// Such a corner is blunt: the middle of what lies this little below its furthest point is taken, mm; beyond the scatter of a CT's surface.
const BLUNT_MM: f64 = 1.0;
/// How far ten phantoms' corners lay off when the network had labelled their CT (0.4 mm along each axis, most of it along the surface; a
/// plane of 0.2°). The raters' means of eight hip bones lie 0.7 mm further in and 1.5 mm along the corner, on both sides alike, so that the
/// plane through them differs by 0.2° as well.
const SPINE_SD: Blunt = Blunt { outwards_mm: 0.25, along_mm: 0.45 };
const TUBERCLE_SD: Blunt = SPINE_SD;

/// Both ASIS and pubic tubercles by the iterative tangential plane (Fischer et al. 2019, 10.1038/s41598-019-49573-4).
///
/// Starting from the scanner's axes, the plane through the most anterior points of the two iliac wings and of the pubis turns what
/// "anterior" means, until it touches the same three points again: each round moves it forwards, so it settles. In its frame the ASIS
/// are the most anterior points of the wings and the tubercles the anterolateral corners of either pubis; through them goes the anterior
/// pelvic plane.
pub(super) fn pelvis(left: &Bone, right: &Bone) -> Result<Pelvis, AnatomyError> {
    let fail = |reason| AnatomyError::PelvicPlane { reason };
    let centroids = [left.centroid(), right.centroid()];
    let middle = nalgebra::center(&centroids[0], &centroids[1]);
    let half_width = (centroids[1] - centroids[0]).norm() / 2.0;
    let mut frame = AnatomicalFrame::from_right_and_superior(middle, &(centroids[1] - centroids[0]), &Vector3::z())
        .filter(|frame| frame.right().x < -0.5)
        .ok_or_else(|| fail(PlaneFault::Sides))?;
    let mut touched = None;
    for _ in 0..100 {
        let asis = [left, right].map(|bone| foremost_along(bone, &frame, Vector3::x(), |p| p.y > 0.0));
        let pubis =
            [left, right].map(|bone| foremost_along(bone, &frame, Vector3::x(), |p| p.y < 0.0 && p.z.abs() < PUBIS * half_width));
        let ([Some(asis_left), Some(asis_right)], [Some(pubis_left), Some(pubis_right)]) = (asis, pubis) else {
            return Err(fail(PlaneFault::NoWingOrPubis));
        };
        let foremost =
            if frame.local_point(&pubis_left).x > frame.local_point(&pubis_right).x { pubis_left } else { pubis_right };
        let next = app_frame(&asis_left, &asis_right, &foremost, middle).ok_or_else(|| fail(PlaneFault::OneLine))?;
        frame = next;
        if touched.replace([asis_left, asis_right, foremost]) == Some([asis_left, asis_right, foremost]) {
            let tubercles = [(left, -1.0), (right, 1.0)].map(|(bone, lateral)| {
                let direction = Vector3::new(1.0, -TUBERCLE_CAUDAL, TUBERCLE_LATERAL * lateral);
                let place =
                    corner(bone, &frame, direction, |p| p.y < 0.0 && (0.0..PUBIS * half_width).contains(&(p.z * lateral)));
                Some(landmark(place?, TUBERCLE_SD, frame.lps_vector(&direction), "anterolateral corner of the pubis"))
            });
            let [Some(tubercle_left), Some(tubercle_right)] = tubercles else { return Err(fail(PlaneFault::NoPubis)) };
            let spines = [(left, -1.0), (right, 1.0)].map(|(bone, lateral)| {
                let direction = Vector3::new(1.0, -SPINE_CAUDAL, SPINE_LATERAL * lateral);
                let place = corner(bone, &frame, direction, |p| p.y > 0.0);
                Some(landmark(place?, SPINE_SD, frame.lps_vector(&direction), "anterior corner of the iliac wing"))
            });
            let [Some(asis_left), Some(asis_right)] = spines else { return Err(fail(PlaneFault::NoWing)) };
            let (asis, tubercles) = ([asis_left, asis_right], [tubercle_left, tubercle_right]);
            return through(asis, tubercles).ok_or_else(|| fail(PlaneFault::OneLine));
        }
    }
    Err(fail(PlaneFault::Unsettled))
}

/// The anterior pelvic plane frame through both ASIS and the mid-point of the tubercles (Lewinnek et al. 1978), with a chosen origin.
pub(crate) fn app_frame(
    asis_left: &Point3<f64>,
    asis_right: &Point3<f64>,
    tubercles: &Point3<f64>,
    origin: Point3<f64>,
) -> Option<AnatomicalFrame> {
    AnatomicalFrame::from_right_and_superior(
        origin,
        &(asis_right - asis_left),
        &(nalgebra::center(asis_left, asis_right) - tubercles),
    )
}

/// The vertex furthest along a direction of the frame, in a region of the frame.
fn foremost_along(
    bone: &Bone,
    frame: &AnatomicalFrame,
    direction: Vector3<f64>,
    region: impl Fn(&Point3<f64>) -> bool,
) -> Option<Point3<f64>> {
    bone.vertices()
        .map(|v| (frame.local_point(&bone.position(v)), v))
        .filter(|(local, _)| region(local))
        .max_by(|a, b| a.0.coords.dot(&direction).total_cmp(&b.0.coords.dot(&direction)))
        .map(|(_, v)| bone.position(v))
}

/// The corner that stands out furthest in a direction of the frame, in a region of the frame.
fn corner(
    bone: &Bone,
    frame: &AnatomicalFrame,
    direction: Vector3<f64>,
    region: impl Fn(&Point3<f64>) -> bool,
) -> Option<Point3<f64>> {
    let places = bone.vertices().map(|v| (frame.local_point(&bone.position(v)), bone.areas[v]));
    let within: Vec<_> = places.filter(|(local, _)| region(local)).map(|(local, area)| (local.coords, area)).collect();
    let found = prominence(within.iter().copied(), &direction, BLUNT_MM)?;
    Some(frame.origin + frame.lps_vector(&found))
}

fn landmark(position: Point3<f64>, sd: Blunt, outwards: Vector3<f64>, what: &str) -> Landmark {
    Landmark {
        position,
        sd_mm: Some(sd.along_mm),
        along: sd.outwards(outwards),
        method: format!("{what} in the frame of the iterative tangential plane (Fischer 2019)"),
        doubt: None,
    }
}

/// The pelvis through both ASIS and pubic tubercles, left before right. `None` when they lie on one line.
pub(super) fn through(asis: [Landmark; 2], tubercles: [Landmark; 2]) -> Option<Pelvis> {
    let ([asis_left, asis_right], [tubercle_left, tubercle_right]) = (asis, tubercles);
    let origin = nalgebra::center(&asis_left.position, &asis_right.position);
    let pubis = nalgebra::center(&tubercle_left.position, &tubercle_right.position);
    let app = app_frame(&asis_left.position, &asis_right.position, &pubis, origin)?;
    let table = AnatomicalFrame::scanner(origin);
    Some(Pelvis {
        asis_left,
        asis_right,
        tubercle_left,
        tubercle_right,
        app,
        tilt_deg: lean_deg(&table, &app.superior()),
        obliquity_deg: obliquity_deg(&table, &app.right()),
    })
}

/// Backward lean of a direction that is upright, in the sagittal plane of a frame, degrees.
pub(crate) fn lean_deg(frame: &AnatomicalFrame, up: &Vector3<f64>) -> f64 {
    let up = frame.local_vector(up);
    (-up.x).atan2(up.y).to_degrees()
}

/// How much higher the left end of a direction to the right lies, in the frontal plane of a frame, degrees.
pub(super) fn obliquity_deg(frame: &AnatomicalFrame, right: &Vector3<f64>) -> f64 {
    let right = frame.local_vector(right);
    (-right.y).atan2(right.z).to_degrees()
}
