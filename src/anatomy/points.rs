//! All landmarks of a patient, from the anatomy and the bones.

use super::{
    bones::{Bone, Bones},
    condyles::condyles,
    femur::level_below_head,
    knee::neck_base,
    landmark::{Landmark, LandmarkName, Landmarks},
    model::{Anatomy, Femur, Hip, Sphere},
    neck::neck_isthmus,
    sacrum::endplate,
    saddle::saddle,
    shaft::{extent, on_axis},
    spines::{spines, symphysis},
};
use crate::{frames::Side, labels::Label};
use nalgebra::Point3;

/// The measured shaft, mm below the lesser trochanter: where its two points are set.
const SHAFT_BELOW_LESSER_TROCHANTER_MM: [f64; 2] = [20.0, 100.0];

/// Every landmark that the bones show.
pub(super) fn landmarks(bones: &Bones, anatomy: &Anatomy) -> Landmarks {
    let mut found = Landmarks::default();
    let pelvis = &anatomy.pelvis;
    for (name, side, landmark) in [
        (LandmarkName::Asis, Side::Left, &pelvis.asis_left),
        (LandmarkName::Asis, Side::Right, &pelvis.asis_right),
        (LandmarkName::PubicTubercle, Side::Left, &pelvis.tubercle_left),
        (LandmarkName::PubicTubercle, Side::Right, &pelvis.tubercle_right),
    ] {
        found.insert(name, side, landmark.clone());
    }
    let hip_bones = Side::BOTH.map(|side| bones.bone(Label::hip(side)));
    for (side, hip_bone) in Side::BOTH.into_iter().zip(&hip_bones) {
        let (Some(hip_bone), Some((socket, mirrored))) = (hip_bone, socket_of(anatomy, side)) else { continue };
        spines(hip_bone, &socket, &pelvis.app, side, &mut found);
        if let (false, Some(hip)) = (mirrored, anatomy.hip(side)) {
            of_hip(hip, bones.bone(Label::femur(side)).as_ref(), &mut found);
        }
    }
    if let [Some(left), Some(right)] = &hip_bones
        && let Some(middle) = symphysis(left, right, &pelvis.app)
    {
        found.insert(LandmarkName::PubicSymphysis, None, middle);
    }
    if let (Some(sacrum), [Some((left, _)), Some((right, _))]) =
        (bones.bone(Label::Sacrum), Side::BOTH.map(|side| socket_of(anatomy, side)))
    {
        let middle = nalgebra::center(&left.centre, &right.centre);
        endplate(&sacrum, &pelvis.app, &middle, (left.radius_mm + right.radius_mm) / 2.0, &mut found);
    }
    found
}

/// The socket of a side, or the mirror image of the other's (then true) where this hip could not be measured.
fn socket_of(anatomy: &Anatomy, side: Side) -> Option<(Sphere, bool)> {
    if let Some(hip) = anatomy.hip(side) {
        return Some((hip.acetabulum.sphere, false));
    }
    let other = anatomy.hip(side.opposite())?.acetabulum.sphere;
    let app = &anatomy.pelvis.app;
    let mut local = app.local_point(&other.centre);
    local.z = -local.z;
    Some((Sphere { centre: app.lps_point(&local), ..other }, true))
}

/// The error of a sphere's centre along each axis, mm: its own scatter, over the fifth of a sphere that is seen at least.
fn centre_sd_mm(sphere: &Sphere) -> f64 {
    (0.5 * sphere.rms_mm).max(0.2)
}

fn of_hip(hip: &Hip, femur: Option<&Bone>, found: &mut Landmarks) {
    let mut say = |name, position: Point3<f64>, sd_mm: f64, method: &str| {
        found.insert(name, hip.side, Landmark { position, sd_mm: Some(sd_mm), method: method.into(), doubt: None });
    };
    let socket = &hip.acetabulum.sphere;
    say(LandmarkName::AcetabularCentre, socket.centre, centre_sd_mm(socket), "centre of the sphere through the lunate surface");
    say(
        LandmarkName::FemoralHeadCentre,
        hip.head.centre,
        centre_sd_mm(&hip.head),
        "centre of the sphere through the femoral head",
    );
    let (Some(bone), Some(measured)) = (femur, &hip.femur) else { return };
    if let Some(place) = saddle(bone, &hip.head, measured) {
        say(
            LandmarkName::Saddle,
            place,
            1.5,
            "lowest point of the upper border between head and greater trochanter, in the plane of neck and shaft",
        );
    }
    if let Some(isthmus) = neck_isthmus(bone, &hip.head, &measured.neck_axis) {
        say(LandmarkName::NeckIsthmus, isthmus, 0.5, "centroid of the neck's smallest section across its axis");
    }
    for (name, place, sd_mm, method) in shaft_points(measured, bone, hip) {
        say(name, place, sd_mm, method);
    }
    for (name, tip) in [
        (LandmarkName::LesserTrochanter, &measured.lesser_trochanter),
        (LandmarkName::GreaterTrochanter, &measured.greater_trochanter),
    ] {
        if let Some(tip) = tip {
            found.insert(name, hip.side, tip.clone());
        }
    }
    if measured.knee_in_scan {
        condyles(bone, &hip.head, &measured.frame, hip.side, found);
    }
}

/// Name, position, spread in mm and method.
type Place = (LandmarkName, Point3<f64>, f64, &'static str);

/// The base of the neck and two points of the shaft axis, as far as the shaft is in the mesh.
fn shaft_points(femur: &Femur, bone: &Bone, hip: &Hip) -> Vec<Place> {
    let Some(tip) = &femur.lesser_trochanter else { return Vec::new() };
    let level = level_below_head(&hip.head, &femur.shaft, tip);
    let reach = extent(bone, &hip.head, &-femur.shaft.direction).below_head_mm;
    let [first, last] =
        SHAFT_BELOW_LESSER_TROCHANTER_MM.map(|below| on_axis(&femur.shaft, &hip.head, (level + below).min(reach)));
    let base = neck_base(bone, &hip.head, &femur.shaft, level);
    base.map(|base| (LandmarkName::NeckBase, base, 0.7, "centroid of the section 10 mm above the tip of the lesser trochanter"))
        .into_iter()
        .chain([
            (LandmarkName::ShaftProximal, first, 0.7, "on the shaft axis below the lesser trochanter"),
            (LandmarkName::ShaftDistal, last, 0.7, "on the shaft axis towards its isthmus"),
        ])
        .collect()
}
