//! Planes of a phantom's pelvis: of the shape model's landmarks, and the anterior pelvic plane by the definition that measurements follow.

use super::socket::parted;
use crate::{frames::AnatomicalFrame, mesh::TriMesh};
use nalgebra::{Point3, Vector3};
use std::collections::BTreeMap;

/// The pubis, and what tells it from the ischium, lies within this share of the hip bones' half distance from the midline.
const PUBIS: f64 = 0.6;
/// Which way the iliac spine and the pubic tubercle of a right hip bone stand out: anterior, superior, right.
const SPINE: [f64; 3] = [1.0, -0.16, 0.3];
const TUBERCLE: [f64; 3] = [1.0, -0.28, 0.45];
/// The middle of what lies this little below the furthest point is taken, mm.
const BLUNT_MM: f64 = 1.0;

/// The plane of the shape model's landmarks.
pub(super) fn landmark_plane(landmarks: &BTreeMap<String, Point3<f64>>) -> Option<AnatomicalFrame> {
    let [left, right, lpt, rpt] = ["LASIS", "RASIS", "LPT", "RPT"].map(|name| landmarks.get(name));
    let (left, right, tubercles) = (left?, right?, nalgebra::center(lpt?, rpt?));
    let origin = nalgebra::center(left, right);
    AnatomicalFrame::from_right_and_superior(origin, &(right - left), &(origin - tubercles))
}

/// The anterior pelvic plane and its four points: left and right spine, left and right tubercle.
///
/// The plane that a prone pelvis rests on, with both wings and the foremost of the pubis, by iteration from that of the landmarks; in its
/// frame the points stand out furthest in their own directions. `anatomy::pelvis` tells the definition; nothing but its words and figures
/// is shared.
pub(super) fn anterior_pelvic_plane(
    landmark_plane: &AnatomicalFrame,
    hip_bones: [&TriMesh; 2],
) -> Option<(AnatomicalFrame, [Point3<f64>; 4])> {
    let half_width = {
        let [left, right] =
            hip_bones.map(|bone| bone.vertices.iter().map(|p| p.coords).sum::<Vector3<f64>>() / bone.vertices.len() as f64);
        (right - left).norm() / 2.0
    };
    let mut frame = *landmark_plane;
    // Left and right, in the frame; the wings above, the pubis below the middle between spines and tubercles, 45 mm under the origin.
    let lateral = |side: usize| if side == 0 { -1.0 } else { 1.0 };
    let belongs = |l: &Point3<f64>, side: usize, wing: bool| {
        if wing { l.y > -45.0 } else { l.y < -45.0 && (0.0..PUBIS * half_width).contains(&(l.z * lateral(side))) }
    };
    let furthest = |frame: &AnatomicalFrame, side: usize, wing: bool| {
        let places = hip_bones[side].vertices.iter().map(|p| (frame.local_point(p), *p));
        places.filter(|(l, _)| belongs(l, side, wing)).max_by(|(a, _), (b, _)| a.x.total_cmp(&b.x)).map(|(_, p)| p)
    };
    let corner = |frame: &AnatomicalFrame, side: usize, [x, y, z]: [f64; 3], wing: bool| {
        let outwards = Vector3::new(x, y, z * lateral(side)).normalize();
        let height = |l: &Point3<f64>| l.coords.dot(&outwards);
        let bone = hip_bones[side];
        let local: Vec<Point3<f64>> = bone.vertices.iter().map(|p| frame.local_point(p)).collect();
        let highest = local.iter().filter(|l| belongs(l, side, wing)).map(&height).max_by(f64::total_cmp)?;
        let (mut sum, mut weights) = (Vector3::zeros(), 0.0);
        let corners = bone.triangles.iter().map(|triangle| triangle.map(|v| local[v as usize]));
        for triangle in corners.filter(|t| t.iter().any(|l| height(l) > highest - BLUNT_MM && belongs(l, side, wing))) {
            let area = (triangle[1] - triangle[0]).cross(&(triangle[2] - triangle[0])).norm();
            for l in parted(&triangle) {
                let weight = area * (height(&l) - highest + BLUNT_MM).max(0.0);
                (sum, weights) = (sum + l.coords * weight, weights + weight);
            }
        }
        let middle = sum / weights;
        weights.is_normal().then(|| frame.origin + frame.lps_vector(&(middle + outwards * (highest - middle.dot(&outwards)))))
    };
    let through = |spines: [Point3<f64>; 2], pubis: &Point3<f64>| {
        let origin = nalgebra::center(&spines[0], &spines[1]);
        AnatomicalFrame::from_right_and_superior(origin, &(spines[1] - spines[0]), &(origin - pubis))
    };
    let mut touched = None;
    for _ in 0..30 {
        let spines = [furthest(&frame, 0, true)?, furthest(&frame, 1, true)?];
        let pubis = [furthest(&frame, 0, false)?, furthest(&frame, 1, false)?];
        let foremost = pubis.into_iter().max_by(|a, b| frame.local_point(a).x.total_cmp(&frame.local_point(b).x))?;
        frame = through(spines, &foremost)?;
        if touched.replace((spines, foremost)) == Some((spines, foremost)) {
            break;
        }
    }
    let spines = [corner(&frame, 0, SPINE, true)?, corner(&frame, 1, SPINE, true)?];
    let tubercles = [corner(&frame, 0, TUBERCLE, false)?, corner(&frame, 1, TUBERCLE, false)?];
    let app = through(spines, &nalgebra::center(&tubercles[0], &tubercles[1]))?;
    Some((app, [spines[0], spines[1], tubercles[0], tubercles[1]]))
}

/// (tilt, obliquity) of a pelvic frame against the table, degrees: posterior positive; left side higher positive.
pub(super) fn tilt_and_obliquity_deg(app: &AnatomicalFrame) -> (f64, f64) {
    let (superior, right) = (app.superior(), app.right());
    // Posterior tilt carries the spines back (+y) over the tubercles.
    (superior.y.atan2(superior.z).to_degrees(), (-right.z).atan2(right.xy().norm()).to_degrees())
}
