//! The named points of the distal femur.

use super::{
    bones::Bone,
    landmark::{Landmark, LandmarkName, Landmarks},
    model::Sphere,
    outline::outline,
    prominence::{Blunt, blunt_mm, prominence},
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

/// A point, and how sure it is: root mean square of its distances from the same raters' means.
struct Point {
    name: LandmarkName,
    half: Half,
    outwards: [f64; 3],
    sd: Blunt,
    method: &'static str,
}

const POINTS: [Point; 6] = [
    Point {
        name: LandmarkName::MedialEpicondyle,
        half: Half::Medial,
        outwards: MEDIAL_EPICONDYLE,
        sd: Blunt { outwards_mm: 0.7, along_mm: 1.9 },
        method: "most medial point of the distal femur",
    },
    Point {
        name: LandmarkName::LateralEpicondyle,
        half: Half::Lateral,
        outwards: LATERAL_EPICONDYLE,
        sd: Blunt { outwards_mm: 0.5, along_mm: 1.2 },
        method: "most lateral point of the distal femur",
    },
    Point {
        name: LandmarkName::MedialPosteriorCondyle,
        half: Half::Medial,
        outwards: POSTERIOR,
        sd: Blunt { outwards_mm: 0.3, along_mm: 1.3 },
        method: "most posterior point of the medial condyle",
    },
    Point {
        name: LandmarkName::LateralPosteriorCondyle,
        half: Half::Lateral,
        outwards: POSTERIOR,
        sd: Blunt { outwards_mm: 0.3, along_mm: 1.1 },
        method: "most posterior point of the lateral condyle",
    },
    Point {
        name: LandmarkName::MedialDistalCondyle,
        half: Half::Medial,
        outwards: [0.0, -1.0, 0.0],
        sd: Blunt { outwards_mm: 0.3, along_mm: 1.1 },
        method: "most distal point of the medial condyle",
    },
    Point {
        name: LandmarkName::LateralDistalCondyle,
        half: Half::Lateral,
        outwards: [0.0, -1.0, 0.0],
        sd: Blunt { outwards_mm: 0.5, along_mm: 1.8 },
        method: "most distal point of the lateral condyle",
    },
];

/// Which way the condyles stand out about the notch: anterior, superior. Along each axis its distance from the same raters' means, mm.
const NOTCH_OUTWARDS: [f64; 2] = [-0.3, -1.0];
const NOTCH_SD_MM: f64 = 1.2;

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Medial,
    Lateral,
}

/// Epicondyles, condyles, notch and knee centre in the mechanical frame of a femur whose knee is in the mesh.
pub(super) fn condyles(femur: &Bone, head: &Sphere, frame: &AnatomicalFrame, side: Side, found: &mut Landmarks) {
    let local = |p: &Point3<f64>| as_right_hip(side, &frame.local_vector(&(p - head.centre)));
    let all: Vec<Vector3<f64>> = femur.mesh.vertices.iter().map(local).collect();
    let lowest = all.iter().map(|p| p.y).fold(f64::INFINITY, f64::min);
    let distal: Vec<(Vector3<f64>, f64)> =
        all.iter().copied().zip(femur.areas.iter().copied()).filter(|(p, _)| p.y < lowest + DISTAL_MM).collect();
    let (medial, lateral) =
        distal.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (p, _)| (low.min(p.z), high.max(p.z)));
    let middle = (medial + lateral) / 2.0;
    let belongs = |p: &Vector3<f64>, half: Half| match half {
        Half::Medial => p.z < middle,
        Half::Lateral => p.z > middle,
    };
    let lps = |p: &Vector3<f64>| head.centre + frame.lps_vector(&as_right_hip(side, p));
    let (mut tips, mut lowest_of_each) = (Vec::new(), Vec::new());
    for Point { name, half, outwards, sd, method } in POINTS {
        let half = distal.iter().copied().filter(|(p, _)| belongs(p, half));
        let outwards = Vector3::from(outwards);
        let Some(best) = prominence(half, &outwards, blunt_mm(femur)) else { continue };
        if matches!(name, LandmarkName::MedialEpicondyle | LandmarkName::LateralEpicondyle) {
            tips.push(lps(&best));
        }
        if matches!(name, LandmarkName::MedialDistalCondyle | LandmarkName::LateralDistalCondyle) {
            lowest_of_each.push(best);
        }
        found.insert(
            name,
            side,
            Landmark {
                position: lps(&best),
                sd_mm: Some(sd.along_mm),
                along: sd.outwards(frame.lps_vector(&as_right_hip(side, &outwards))),
                method: format!("{method} in the mechanical frame"),
                doubt: None,
            },
        );
    }
    if let [medial, lateral] = lowest_of_each[..]
        && let Some(apex) = notch(femur, &all, medial.z, lateral.z)
    {
        let method = "apex of the groove between the condyles' most distal points in the mechanical frame";
        let apex = Landmark { position: lps(&apex), sd_mm: Some(NOTCH_SD_MM), along: None, method: method.into(), doubt: None };
        found.insert(LandmarkName::IntercondylarNotch, side, apex);
    }
    if let [medial, lateral] = tips[..] {
        found.insert(
            LandmarkName::KneeCentre,
            side,
            Landmark {
                position: nalgebra::center(&medial, &lateral),
                sd_mm: Some(1.2),
                along: None,
                method: "midway between the epicondyles".into(),
                doubt: None,
            },
        );
    }
}

/// Where the distal outline of the femur, from one condyle's most distal point to the other's, stands out least; `all` are its vertices.
fn notch(femur: &Bone, all: &[Vector3<f64>], medial: f64, lateral: f64) -> Option<Vector3<f64>> {
    let outwards = Vector3::new(NOTCH_OUTWARDS[0], NOTCH_OUTWARDS[1], 0.0).normalize();
    let across = outwards.cross(&Vector3::z());
    let seen: Vec<Vector3<f64>> = all.iter().map(|p| Vector3::new(p.dot(&outwards), medial - p.z, p.dot(&across))).collect();
    let outline = outline(femur, &seen, medial - lateral);
    let apex = outline.into_iter().flatten().min_by(|a, b| a.x.total_cmp(&b.x))?;
    Some(outwards * apex.x + across * apex.z + Vector3::z() * (medial - apex.y))
}
