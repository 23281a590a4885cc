//! All landmarks of a patient, from the anatomy and the bones.

use super::{
    bones::{Bone, Bones},
    condyles::condyles,
    femur::level_below_head,
    inferior_spine::inferior_spine,
    knee::neck_base,
    landmark::{Along, Landmark, LandmarkName, Landmarks},
    model::{Acetabulum, Femur, Pelvis, Sphere},
    neck::neck_isthmus,
    parts::{HipParts, Parts},
    sacrum::endplate,
    saddle::saddle,
    shaft::{extent, on_axis},
    spines::{spines, symphysis, symphysis_front},
    table_top::posterior_trochanter,
    tibia,
};
use crate::{
    frames::{AnatomicalFrame, Side},
    labels::Label,
};
use nalgebra::Point3;

/// The measured shaft, mm below the lesser trochanter: where its two points are set.
pub(crate) const SHAFT_BELOW_LESSER_TROCHANTER_MM: [f64; 2] = [20.0, 100.0];
/// Error of a point of the shaft axis along each axis, mm.
pub(crate) const SHAFT_SD_MM: f64 = 0.15;
/// Error of the narrowest place of the neck, across its axis, mm.
pub(crate) const ISTHMUS_SD_MM: f64 = 0.15;
/// … and along it, where the neck is nearly as narrow over some length, mm.
const ISTHMUS_ALONG_MM: f64 = 1.0;
/// Error of the saddle along each axis, mm.
pub(crate) const SADDLE_SD_MM: f64 = 1.5;

/// Every landmark that the bones show.
pub(super) fn landmarks(bones: &Bones, anatomy: &Parts) -> Landmarks {
    let mut found = Landmarks::default();
    for hip in [&anatomy.left, &anatomy.right] {
        of_hip(hip, bones.bone(Label::femur(hip.side)).as_ref(), &mut found);
    }
    for side in Side::BOTH {
        // What is cut off or unlike any tibia has no landmarks.
        bones.meshes.get(&Label::tibia(side)).and_then(|tibia| tibia::landmarks_of(tibia, side, &mut found));
    }
    if let Some(pelvis) = &anatomy.pelvis {
        of_pelvis(pelvis, anatomy, bones, &mut found);
    }
    found
}

fn of_pelvis(pelvis: &Pelvis, anatomy: &Parts, bones: &Bones, found: &mut Landmarks) {
    for (name, side, landmark) in [
        (LandmarkName::Asis, Side::Left, &pelvis.asis_left),
        (LandmarkName::Asis, Side::Right, &pelvis.asis_right),
        (LandmarkName::PubicTubercle, Side::Left, &pelvis.tubercle_left),
        (LandmarkName::PubicTubercle, Side::Right, &pelvis.tubercle_right),
    ] {
        found.insert(name, side, landmark.clone());
    }
    let [left, right] = Side::BOTH.map(|side| bones.bone(Label::hip(side)));
    let (Some(left), Some(right)) = (left, right) else { return };
    let sockets = Side::BOTH.map(|side| socket_of(anatomy, &pelvis.app, side));
    let asis = [&pelvis.asis_left, &pelvis.asis_right];
    for (((side, hip_bone), socket), asis) in Side::BOTH.into_iter().zip([&left, &right]).zip(&sockets).zip(asis) {
        if let Some(socket) = socket {
            spines(hip_bone, socket, &pelvis.app, side, found);
            if let Some(spine) = inferior_spine(hip_bone, &asis.position, socket, &pelvis.app, side) {
                found.insert(LandmarkName::Aiis, side, spine);
            }
        }
    }
    if let Some(middle) = symphysis(&left, &right, &pelvis.app) {
        if let Some(front) = symphysis_front(&left, &right, &pelvis.app, &middle.position) {
            found.insert(LandmarkName::PubicSymphysisFront, None, front);
        }
        found.insert(LandmarkName::PubicSymphysis, None, middle);
    }
    if let (Some(sacrum), [Some(left), Some(right)]) = (bones.bone(Label::Sacrum), sockets) {
        let middle = nalgebra::center(&left.centre, &right.centre);
        endplate(&sacrum, &pelvis.app, &middle, (left.radius_mm + right.radius_mm) / 2.0, found);
    }
}

/// The socket of a side, or the mirror image of the other's where this one could not be measured.
fn socket_of(anatomy: &Parts, app: &AnatomicalFrame, side: Side) -> Option<Sphere> {
    let own = |side| anatomy.hip(side).acetabulum.map(|socket| socket.sphere);
    own(side).or_else(|| {
        let other = own(side.opposite())?;
        let mut local = app.local_point(&other.centre);
        local.z = -local.z;
        Some(Sphere { centre: app.lps_point(&local), ..other })
    })
}

/// The error of a sphere's centre along each axis, mm: a share of its residuals, most of which average out over its surface. (The centres
/// of twenty heads that the network had labelled in phantoms' CT were 0.08 mm off at residuals of 0.6 mm, those of sockets 0.16 mm.)
pub(crate) fn centre_sd_mm(sphere: &Sphere) -> f64 {
    (0.2 * sphere.rms_mm).max(0.1)
}

fn of_hip(hip: &HipParts, femur: Option<&Bone>, found: &mut Landmarks) {
    let mut say = |name, position: Point3<f64>, sd_mm: f64, method: &str| {
        found.insert(name, hip.side, Landmark { position, sd_mm: Some(sd_mm), along: None, method: method.into(), doubt: None });
    };
    if let Some(Acetabulum { sphere, .. }) = &hip.acetabulum {
        let method = "centre of the sphere through the lunate surface";
        say(LandmarkName::AcetabularCentre, sphere.centre, centre_sd_mm(sphere), method);
    }
    let Some(head) = &hip.head else { return };
    let method = "centre of the sphere through the femoral head";
    say(LandmarkName::FemoralHeadCentre, head.centre, centre_sd_mm(head), method);
    let (Some(bone), Some(measured)) = (femur, &hip.femur) else { return };
    if let Some(place) = saddle(bone, head, measured) {
        let method = "lowest point of the upper border between head and greater trochanter, in the plane of neck and shaft";
        say(LandmarkName::Saddle, place, SADDLE_SD_MM, method);
    }
    for (name, place, sd_mm, method) in shaft_points(measured, bone, head) {
        say(name, place, sd_mm, method);
    }
    if let Some(isthmus) = neck_isthmus(bone, head, &measured.neck_axis) {
        let isthmus = Landmark {
            position: isthmus,
            sd_mm: Some(ISTHMUS_SD_MM),
            along: Some(Along { direction: measured.neck_axis.direction, sd_mm: ISTHMUS_ALONG_MM }),
            method: "centroid of the neck's smallest section across its axis".into(),
            doubt: None,
        };
        found.insert(LandmarkName::NeckIsthmus, hip.side, isthmus);
    }
    for (name, tip) in [
        (LandmarkName::LesserTrochanter, &measured.lesser_trochanter),
        (LandmarkName::GreaterTrochanter, &measured.greater_trochanter),
    ] {
        if let Some(tip) = tip {
            found.insert(name, hip.side, tip.clone());
        }
    }
    if let Some(knee) = &measured.estimated_knee {
        found.insert(LandmarkName::KneeCentre, hip.side, knee.clone());
    }
    if measured.knee_in_scan {
        condyles(bone, head, &measured.frame, hip.side, found);
        if let Some(touching) = posterior_trochanter(bone, &measured.frame, hip.side, found) {
            found.insert(LandmarkName::PosteriorTrochanter, hip.side, touching);
        }
    }
}

/// Name, position, spread in mm and method.
type Place = (LandmarkName, Point3<f64>, f64, &'static str);

/// The base of the neck and two points of the shaft axis, as far as the shaft is in the mesh.
fn shaft_points(femur: &Femur, bone: &Bone, head: &Sphere) -> Vec<Place> {
    let Some(tip) = &femur.lesser_trochanter else { return Vec::new() };
    let level = level_below_head(head, &femur.shaft, tip);
    let reach = extent(bone, head, &-femur.shaft.direction).below_head_mm;
    let [first, last] = SHAFT_BELOW_LESSER_TROCHANTER_MM.map(|below| on_axis(&femur.shaft, head, (level + below).min(reach)));
    let base = neck_base(bone, head, &femur.shaft, level);
    base.map(|base| (LandmarkName::NeckBase, base, 0.7, "centroid of the section 10 mm above the tip of the lesser trochanter"))
        .into_iter()
        .chain([
            (LandmarkName::ShaftProximal, first, SHAFT_SD_MM, "on the shaft axis below the lesser trochanter"),
            (LandmarkName::ShaftDistal, last, SHAFT_SD_MM, "on the shaft axis towards its isthmus"),
        ])
        .collect()
}
