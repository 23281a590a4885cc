//! The tibia: both plateaus, the ankle, and its frame.

use super::{
    bones::Bone,
    inspection::{Kind, Samples, Starts, Template},
    landmark::{
        Landmark,
        LandmarkName::{AnkleCentre, LateralPlateau, MedialPlateau, TibialKneeCentre},
        Landmarks,
    },
    propagate::Points,
    section::contour_at,
};
use crate::{
    frames::{AnatomicalFrame, Side, as_right_hip},
    labels::synthesis::{Bone as Part, ShapeModel},
    mesh::TriMesh,
    surface::components,
};
use nalgebra::{Matrix2, Point3, Vector2, Vector3};

/// The plateaus are looked for in the last part of the tibia, above its tuberosity, mm below its highest point.
const PROXIMAL_MM: f64 = 16.0;
/// Of each half of the plateau's width the part between spine and edge, and of its depth the middle, shares from the centre.
const ACROSS: std::ops::Range<f64> = 0.3..0.8;
const DEPTH: f64 = 0.5;
/// The plateaus look up: cosine.
const UP: f64 = 0.8;
/// The ankle is looked for in the last part of the tibia, mm above its lowest point.
const DISTAL_MM: f64 = 45.0;
/// Below the plafond only the malleolus is left: less than this share of the largest section.
const PLAFOND: f64 = 0.6;
/// Above the plafond the malleolus has become part of the shaft, mm.
const ABOVE_PLAFOND_MM: f64 = 8.0;
/// A tibia that ends further than this from where the shape model's would is cut off, mm.
const CUT_MM: f64 = 25.0;
/// Most rounds in which points and axes are found in turn.
const ROUNDS: usize = 40;
/// Spread along each axis of the mean of a plateau, of a joint centre, mm: taken, not measured.
const PLATEAU_SD_MM: f64 = 1.5;
const ANKLE_SD_MM: f64 = 2.0;

/// The landmarks of a tibia, alone or with its fibula; those of an end that is cut off are not there.
pub(super) fn landmarks_of(mesh: &TriMesh, side: Side, found: &mut Landmarks) -> Option<()> {
    let bodies = components(mesh);
    let largest = bodies.iter().max_by(|a, b| a.volume_mm3().total_cmp(&b.volume_mm3()))?;
    let tibia = &Bone::new(largest, None);
    let model = ShapeModel::load().ok()?;
    let fitted = Template::left(&model, Kind::Tibia)?.fit(&Samples::of(tibia.mesh), side, Starts::HalfTurns)?;
    let lateral = fitted.turn * Vector3::x() * side.lps_sign();
    let mut frame =
        AnatomicalFrame::from_superior_and_right(tibia.centroid(), &(fitted.turn * Vector3::z()), &(lateral * -side.lps_sign()))?;
    let levels = |frame: &AnatomicalFrame| ends(tibia.mesh.vertices.iter().map(|p| frame.local_point(p).y));
    let expected = ends(model.part(Part::TibiaLeft).mean.iter().map(|p| frame.local_point(&fitted.on_surface(p)).y));
    let [low, high] = levels(&frame);
    let (ankle_in_scan, knee_in_scan) = (low < expected[0] + CUT_MM, high > expected[1] - CUT_MM);
    let (mut plateaus, mut ankle) = (None, None);
    // The fitted axes first, then those of the bone itself until they settle.
    for _ in 0..ROUNDS {
        let [low, high] = levels(&frame);
        plateaus = if knee_in_scan { self::plateaus(tibia, &frame, side, high) } else { None };
        ankle = if ankle_in_scan { self::ankle(tibia, &frame, low) } else { None };
        if let (Some([medial, lateral]), Some(ankle)) = (plateaus, ankle) {
            let knee = nalgebra::center(&medial, &lateral);
            let next = AnatomicalFrame::from_superior_and_right(knee, &(knee - ankle), &widest(tibia, &frame, high)?)?;
            let turned = (next.rotation.matrix() - frame.rotation.matrix()).norm();
            frame = next;
            if turned < 1e-12 {
                break;
            }
        }
    }
    let mut say = |name, position: Point3<f64>, sd_mm: f64, method: &str| {
        found.insert(name, side, Landmark { position, sd_mm: Some(sd_mm), along: None, method: method.into(), doubt: None });
    };
    if let Some([medial, lateral]) = plateaus {
        let method = "mean of the surface that faces up between the spine and the edge";
        say(MedialPlateau, medial, PLATEAU_SD_MM, method);
        say(LateralPlateau, lateral, PLATEAU_SD_MM, method);
        say(TibialKneeCentre, nalgebra::center(&medial, &lateral), PLATEAU_SD_MM, "midway between the centres of the plateaus");
    }
    if let Some(ankle) = ankle {
        say(AnkleCentre, ankle, ANKLE_SD_MM, "centroid of the section 8 mm above the plafond, at the level of the plafond");
    }
    Some(())
}

fn ends(levels: impl Iterator<Item = f64>) -> [f64; 2] {
    levels.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], y| [low.min(y), high.max(y)])
}

/// The direction to the right in which the proximal tibia is widest: the larger principal axis of its surface across the frame's Y.
fn widest(tibia: &Bone, frame: &AnatomicalFrame, high: f64) -> Option<Vector3<f64>> {
    let places: Vec<(Vector2<f64>, f64)> = tibia
        .vertices()
        .map(|v| (frame.local_point(&tibia.position(v)), tibia.areas[v]))
        .filter(|(p, _)| p.y > high - PROXIMAL_MM)
        .map(|(p, area)| (Vector2::new(p.x, p.z), area))
        .collect();
    let area: f64 = places.iter().map(|place| place.1).sum();
    let middle = places.iter().map(|(p, area)| p * *area).sum::<Vector2<f64>>() / area;
    let spread: Matrix2<f64> = places.iter().map(|(p, area)| (p - middle) * (p - middle).transpose() * *area).sum();
    let eigen = spread.symmetric_eigen();
    let axis = eigen.eigenvectors.column(if eigen.eigenvalues.x > eigen.eigenvalues.y { 0 } else { 1 }).into_owned();
    // The frame before tells right from left.
    let axis = axis * axis.y.signum();
    Some(frame.lps_vector(&Vector3::new(axis.x, 0.0, axis.y)))
}

/// Centres of the medial and the lateral plateau, LPS.
fn plateaus(tibia: &Bone, frame: &AnatomicalFrame, side: Side, high: f64) -> Option<[Point3<f64>; 2]> {
    let local = |v: usize| Point3::from(as_right_hip(side, &frame.local_point(&tibia.position(v)).coords));
    let proximal: Vec<usize> = tibia.vertices().filter(|&v| local(v).y > high - PROXIMAL_MM).collect();
    let [medial, lateral] = ends(proximal.iter().map(|&v| local(v).z));
    let [back, front] = ends(proximal.iter().map(|&v| local(v).x));
    let (middle, half) = (f64::midpoint(medial, lateral), (lateral - medial) / 2.0);
    let (centre, depth) = (f64::midpoint(back, front), (front - back) / 2.0);
    let mean = |sign: f64| {
        let belongs = |v: &&usize| {
            let p = local(**v);
            ACROSS.contains(&((p.z - middle) / half * sign))
                && (p.x - centre).abs() < DEPTH * depth
                && tibia.normals[**v].dot(&frame.superior()) > UP
        };
        let (mut sum, mut area) = (Vector3::zeros(), 0.0);
        for &v in proximal.iter().filter(belongs) {
            sum += tibia.position(v).coords * tibia.areas[v];
            area += tibia.areas[v];
        }
        (area > 0.0).then(|| Point3::from(sum / area))
    };
    Some([mean(-1.0)?, mean(1.0)?])
}

/// Centre of the ankle, LPS.
fn ankle(tibia: &Bone, frame: &AnatomicalFrame, low: f64) -> Option<Point3<f64>> {
    let axis = frame.superior();
    let distal: Vec<Point3<f64>> =
        tibia.mesh.vertices.iter().map(|p| frame.local_point(p)).filter(|p| p.y < low + DISTAL_MM).collect();
    let mut near = Point3::from(distal.iter().map(|p| p.coords).sum::<Vector3<f64>>() / distal.len().max(1) as f64);
    let mut sections = Vec::new();
    // From the shaft downwards each section leads to the next.
    for below in 0..DISTAL_MM as usize {
        near.y = low + DISTAL_MM - below as f64;
        let Some(contour) = contour_at(tibia.mesh, &frame.lps_point(&near), &axis) else { break };
        near = frame.local_point(&contour.centroid);
        sections.push((near, contour.area_mm2));
    }
    let largest = sections.iter().map(|section| section.1).fold(0.0, f64::max);
    let plafond = sections.iter().rev().find(|section| section.1 > PLAFOND * largest)?.0.y;
    let (above, _) = sections.iter().min_by(|a, b| {
        let off = |section: &(Point3<f64>, f64)| (section.0.y - plafond - ABOVE_PLAFOND_MM).abs();
        off(a).total_cmp(&off(b))
    })?;
    Some(frame.lps_point(&Point3::new(above.x, plafond, above.z)))
}

/// The frame of a tibia: origin at the tibial knee centre, Y from the ankle, Z along the line of the plateaus to the patient's right.
pub(super) fn tibial_frame(p: &Points, side: Side) -> Option<AnatomicalFrame> {
    let knee = p.tibial_knee_centre(side)?;
    let to_the_right = (p.at(LateralPlateau, side)? - p.at(MedialPlateau, side)?) * -side.lps_sign();
    AnatomicalFrame::from_superior_and_right(knee, &(knee - p.at(AnkleCentre, side)?), &to_the_right)
}
