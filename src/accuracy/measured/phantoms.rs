//! Phantoms: the generator's own answers.

use super::{Gathered, Segmenter};
use crate::{
    anatomy::{Bones, CupAngles, Examination, LandmarkName, examine},
    frames::Side,
    labels::{
        Label, LabelMap,
        synthesis::{
            DrawOptions, FemoralTruth, FieldOfView, Phantom, Preset, ShapeModel, SocketTruth, Truth, femoral_truth, scan,
            socket_truth,
        },
    },
    progress::Silent,
    surface::SurfaceSettings,
};
use nalgebra::Vector3;

const SET: &str = "phantoms, 0.8 × 0.8 × 1.25 mm";
const SEGMENTED: &str = "phantoms, labels of the network";
/// Voxels of a usual CT of the hips, mm.
const SPACING_MM: [f64; 3] = [0.8, 0.8, 1.25];
/// First seed: no constant was chosen on these.
const FIRST_SEED: u64 = 5_000_000;
const FIRST_SEGMENTED: u64 = 5_100_000;
/// The aim of the stage, mm and degrees.
const AIM: f64 = 1.0;

pub(super) fn measure(count: u64, gathered: &mut Gathered) -> Result<(), String> {
    let model = ShapeModel::load().map_err(|error| error.to_string())?;
    let options = DrawOptions { field_of_view: FieldOfView::WholeFemora, ..DrawOptions::default() };
    for seed in FIRST_SEED..FIRST_SEED + count {
        let phantom = Phantom::draw(&model, seed, &options);
        let map = phantom.label_map(&phantom.grid(SPACING_MM));
        let failed = |error: String| format!("{SET}, seed {seed}: {error}");
        let bones = Bones::from_labels(&map, &SurfaceSettings::default()).map_err(|error| failed(error.to_string()))?;
        let found = examine(&bones, None, &Silent).map_err(|error| failed(error.to_string()))?;
        let answers = answers(&phantom).map_err(failed)?;
        hold(SET, &found, &phantom.truth, &answers, seed, gathered);
        let noise_free = Bones { meshes: phantom.meshes.clone(), ..Bones::default() };
        let exact = examine(&noise_free, None, &Silent).map_err(|error| failed(error.to_string()))?;
        hold_to_noise_free(&found, &exact, seed, gathered);
        hold_as_drawn(&exact, &phantom.truth, &answers, seed, gathered);
    }
    Ok(())
}

/// Patients whose bones the network finds in their simulated CT: what a person gets who measures a CT.
pub(super) fn segmented(count: u64, segment: Segmenter, gathered: &mut Gathered) -> Result<(), String> {
    let model = ShapeModel::load().map_err(|error| error.to_string())?;
    for seed in FIRST_SEGMENTED..FIRST_SEGMENTED + count {
        let drawn = scan(&model, Preset::Normal, seed, Some(SPACING_MM));
        let failed = |error: String| format!("{SEGMENTED}, seed {seed}: {error}");
        let map = LabelMap::certain(drawn.volume.grid.clone(), segment(&drawn.volume).map_err(failed)?);
        let bones = Bones::from_labels(&map, &SurfaceSettings::default()).map_err(|error| failed(error.to_string()))?;
        let found = examine(&bones, Some(&drawn.volume), &Silent).map_err(|error| failed(error.to_string()))?;
        hold(SEGMENTED, &found, &drawn.phantom.truth, &answers(&drawn.phantom).map_err(failed)?, seed, gathered);
    }
    Ok(())
}

/// What the sockets and the femora of left and right are held against.
type Answers = [(SocketTruth, FemoralTruth); 2];

fn answers(phantom: &Phantom) -> Result<Answers, String> {
    let of = |side: Side| {
        let truth = phantom.truth.hip(side);
        let socket = socket_truth(&phantom.meshes[&Label::hip(side)], truth).ok_or("a socket has no answer")?;
        Ok::<_, String>((
            socket,
            femoral_truth(&phantom.meshes[&Label::femur(side)], truth, side).ok_or("a femur has no answer")?,
        ))
    };
    Ok([of(Side::Left)?, of(Side::Right)?])
}

fn case(seed: u64, side: Option<Side>) -> String {
    side.map_or_else(|| seed.to_string(), |side| format!("{seed} {side}"))
}

fn hold(set: &'static str, found: &Examination, truth: &Truth, answers: &Answers, seed: u64, gathered: &mut Gathered) {
    let angle = |a: &Vector3<f64>, b: &Vector3<f64>| a.angle(b).to_degrees();
    let stated = |key: &str, side: Option<Side>| found.measurements.iter().find(|m| m.quantity.key == key && m.side == side);
    let mut value = |what: &str, unit, key: &str, side: Option<Side>, exact: f64| {
        gathered.case = case(seed, side);
        if let Some(m) = stated(key, side) {
            gathered.add(set, what, unit, m.value - exact, AIM, m.sd);
        }
    };
    value("pelvic tilt", "deg", "pelvic_tilt_app", None, truth.pelvic_tilt_deg);
    value("pelvic obliquity", "deg", "pelvic_obliquity", None, truth.obliquity_deg);
    for (side, (socket, hip)) in Side::BOTH.into_iter().zip(answers) {
        value("neck–shaft angle", "deg", "neck_shaft_angle", Some(side), hip.neck_shaft_angle_deg);
        value("version (Reikerås)", "deg", "femoral_version_reikeras", Some(side), hip.version_condylar_deg);
        let opening = CupAngles::of_axis(&socket.axis, &truth.app, side);
        value("socket inclination", "deg", "acetabular_inclination_radiographic", Some(side), opening.inclination_deg);
        value("socket anteversion", "deg", "acetabular_anteversion_radiographic", Some(side), opening.anteversion_deg);
        value("femoral offset", "mm", "femoral_offset", Some(side), hip.femoral_offset_mm);
    }
    if let Some(pelvis) = &found.anatomy.pelvis {
        gathered.case = case(seed, None);
        let off = angle(&pelvis.app.anterior(), &truth.app.anterior());
        gathered.add(set, "anterior pelvic plane", "deg", off, AIM, 0.0);
    }
    for (n, (name, side)) in [LandmarkName::Asis, LandmarkName::PubicTubercle]
        .into_iter()
        .flat_map(|name| Side::BOTH.map(|side| (name, side)))
        .enumerate()
    {
        let Some(landmark) = found.landmarks.get(name, side) else { continue };
        let off = landmark.position - truth.app_points[n];
        gathered.case = case(seed, Some(side));
        gathered.add(set, name.key(), "mm", off.norm(), AIM, 0.0);
        for axis in 0..3 {
            let what = format!("{}, along each axis", name.key());
            let sd = landmark.sd_towards_mm(&Vector3::ith_axis(axis)).unwrap_or_default();
            gathered.add(set, &what, "mm", off[axis], AIM, sd);
        }
    }
    for (side, (true_socket, exact)) in Side::BOTH.into_iter().zip(answers) {
        let (hip, drawn) = (found.anatomy.hip(side), truth.hip(side));
        let (Some(head), Some(socket)) = (&hip.head, &hip.acetabulum) else { continue };
        gathered.case = case(seed, Some(side));
        let sd = found.landmarks.get(LandmarkName::FemoralHeadCentre, side).and_then(|l| l.sd_mm).unwrap_or_default();
        for axis in 0..3 {
            let off = head.centre[axis] - exact.head.centre[axis];
            gathered.add(set, "head centre, along each axis", "mm", off, AIM, sd);
        }
        gathered.add(set, "head centre", "mm", (head.centre - exact.head.centre).norm(), AIM, 0.0);
        gathered.add(set, "socket centre", "mm", (socket.sphere.centre - true_socket.sphere.centre).norm(), AIM, 0.0);
        gathered.add(set, "socket axis", "deg", angle(&socket.axis, &true_socket.axis), AIM, 0.0);
        if let Some(femur) = &hip.femur {
            gathered.add(set, "neck axis", "deg", angle(&femur.neck_axis.direction, &exact.neck_axis.direction), AIM, 0.0);
            gathered.add(set, "shaft axis", "deg", angle(&femur.shaft.direction, &drawn.shaft.direction), AIM, 0.0);
            if femur.knee_in_scan {
                gathered.add(set, "mechanical axis", "deg", angle(&femur.frame.superior(), &drawn.frame.superior()), AIM, 0.0);
            }
        }
    }
}

/// What the CT alone costs: the same method on the surfaces the CT was made of.
fn hold_to_noise_free(found: &Examination, exact: &Examination, seed: u64, gathered: &mut Gathered) {
    for side in Side::BOTH {
        let [Some(a), Some(b)] = [found, exact].map(|e| e.anatomy.hip(side).acetabulum.as_ref()) else { continue };
        gathered.case = case(seed, Some(side));
        let off = (a.sphere.centre - b.sphere.centre).norm();
        gathered.add(SET, "socket centre, noise-free", "mm", off, AIM, 0.0);
        for (what, key) in [
            ("inclination, noise-free", "acetabular_inclination_radiographic"),
            ("anteversion, noise-free", "acetabular_anteversion_radiographic"),
        ] {
            let value =
                |e: &Examination| e.measurements.iter().find(|m| m.quantity.key == key && m.side == Some(side)).map(|m| m.value);
            if let (Some(value), Some(exact)) = (value(found), value(exact)) {
                gathered.add(SET, what, "deg", value - exact, AIM, 0.0);
            }
        }
    }
}

/// What the definitions alone cost: the femora as they were drawn, without CT or labels.
fn hold_as_drawn(exact: &Examination, truth: &Truth, answers: &Answers, seed: u64, gathered: &mut Gathered) {
    let angle = |a: &Vector3<f64>, b: &Vector3<f64>| a.angle(b).to_degrees();
    if let Some(pelvis) = &exact.anatomy.pelvis {
        gathered.case = case(seed, None);
        let off = angle(&pelvis.app.anterior(), &truth.app.anterior());
        gathered.add(SET, "anterior pelvic plane, as drawn", "deg", off, AIM, 0.0);
    }
    for (side, (_, answer)) in Side::BOTH.into_iter().zip(answers) {
        gathered.case = case(seed, Some(side));
        let (hip, drawn) = (exact.anatomy.hip(side), truth.hip(side));
        let (Some(head), Some(femur)) = (&hip.head, &hip.femur) else { continue };
        gathered.add(SET, "head centre, as drawn", "mm", (head.centre - answer.head.centre).norm(), AIM, 0.0);
        gathered.add(SET, "neck axis, as drawn", "deg", angle(&femur.neck_axis.direction, &answer.neck_axis.direction), AIM, 0.0);
        gathered.add(SET, "shaft axis, as drawn", "deg", angle(&femur.shaft.direction, &drawn.shaft.direction), AIM, 0.0);
        for (what, key, answer) in [
            ("neck–shaft angle, as drawn", "neck_shaft_angle", answer.neck_shaft_angle_deg),
            ("version (Reikerås), as drawn", "femoral_version_reikeras", answer.version_condylar_deg),
        ] {
            if let Some(m) = exact.measurements.iter().find(|m| m.quantity.key == key && m.side == Some(side)) {
                gathered.add(SET, what, "deg", m.value - answer, AIM, 0.0);
            }
        }
    }
}
