//! The named points of the distal femur.

use super::{
    bones::Bone,
    landmark::{Landmark, LandmarkName, Landmarks},
    model::Sphere,
};
use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Point3, Vector3};

/// The condyles and epicondyles lie in the last part of the femur, mm above its lowest point.
pub(super) const DISTAL_MM: f64 = 55.0;
/// Which way the points of the knee stand out: anterior, superior, lateral. The small parts were chosen on the raters' means on four
/// femora (Fischer 2023, 10.1038/s41597-023-02669-z).
pub(super) const MEDIAL_EPICONDYLE: [f64; 3] = [0.1, 0.0, -1.0];
pub(super) const LATERAL_EPICONDYLE: [f64; 3] = [0.0, 0.0, 1.0];
pub(super) const POSTERIOR: [f64; 3] = [-1.0, 0.0, -0.1];
/// The notch is looked for in a strip about the mid-plane, shares of the width over the epicondyles: its middle (lateral) and half width.
const NOTCH_STRIP: [f64; 2] = [0.02, 0.02];

/// The points, and along each axis the distance from the same raters' means, mm.
const POINTS: [(LandmarkName, Half, [f64; 3], f64, &str); 7] = [
    (LandmarkName::MedialEpicondyle, Half::Medial, MEDIAL_EPICONDYLE, 2.2, "most medial point of the distal femur"),
    (LandmarkName::LateralEpicondyle, Half::Lateral, LATERAL_EPICONDYLE, 1.0, "most lateral point of the distal femur"),
    (LandmarkName::MedialPosteriorCondyle, Half::Medial, POSTERIOR, 1.7, "most posterior point of the medial condyle"),
    (LandmarkName::LateralPosteriorCondyle, Half::Lateral, POSTERIOR, 1.2, "most posterior point of the lateral condyle"),
    (LandmarkName::MedialDistalCondyle, Half::Medial, [0.0, -1.0, 0.0], 1.4, "most distal point of the medial condyle"),
    (LandmarkName::LateralDistalCondyle, Half::Lateral, [0.0, -1.0, 0.0], 1.5, "most distal point of the lateral condyle"),
    (LandmarkName::IntercondylarNotch, Half::Notch, [-0.3, -1.0, 0.0], 1.2, "lowest point of the groove between the condyles"),
];

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Medial,
    Lateral,
    Notch,
}

/// Epicondyles, condyles, notch and knee centre in the mechanical frame of a femur whose knee is in the mesh.
pub(super) fn condyles(femur: &Bone, head: &Sphere, frame: &AnatomicalFrame, side: Side, found: &mut Landmarks) {
    let local = |p: &Point3<f64>| as_right_hip(side, &frame.local_vector(&(p - head.centre)));
    let all: Vec<Vector3<f64>> = femur.mesh.vertices.iter().map(local).collect();
    let lowest = all.iter().map(|p| p.y).fold(f64::INFINITY, f64::min);
    let distal: Vec<Vector3<f64>> = all.into_iter().filter(|p| p.y < lowest + DISTAL_MM).collect();
    let (medial, lateral) =
        distal.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| (low.min(p.z), high.max(p.z)));
    let (middle, width) = ((medial + lateral) / 2.0, lateral - medial);
    let belongs = |p: &Vector3<f64>, half: Half| match half {
        Half::Medial => p.z < middle,
        Half::Lateral => p.z > middle,
        Half::Notch => (p.z - middle - NOTCH_STRIP[0] * width).abs() < NOTCH_STRIP[1] * width,
    };
    let lps = |p: &Vector3<f64>| head.centre + frame.lps_vector(&as_right_hip(side, p));
    let mut tips = Vec::new();
    for (name, half, outwards, sd_mm, method) in POINTS {
        let outwards = Vector3::from(outwards);
        let best = distal.iter().filter(|p| belongs(p, half)).max_by(|a, b| a.dot(&outwards).total_cmp(&b.dot(&outwards)));
        let Some(best) = best else { continue };
        if matches!(name, LandmarkName::MedialEpicondyle | LandmarkName::LateralEpicondyle) {
            tips.push(lps(best));
        }
        found.insert(
            name,
            side,
            Landmark {
                position: lps(best),
                sd_mm: Some(sd_mm),
                method: format!("{method} in the mechanical frame"),
                doubt: None,
            },
        );
    }
    if let [medial, lateral] = tips[..] {
        found.insert(
            LandmarkName::KneeCentre,
            side,
            Landmark {
                position: nalgebra::center(&medial, &lateral),
                sd_mm: Some(1.2),
                method: "midway between the epicondyles".into(),
                doubt: None,
            },
        );
    }
}
