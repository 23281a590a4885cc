//! Real bones: four skeletons with raters' clicks, one with an expert's joint centre.

use super::Gathered;
use crate::{
    anatomy::{
        Bones, Examination,
        LandmarkName::{self, *},
        examine,
    },
    frames::Side,
    labels::Label,
    mesh::TriMesh,
    progress::Silent,
    surface::{components, io},
};
use nalgebra::{Point3, Vector3};
use std::{collections::BTreeMap, fs, path::Path};

const FOUR: &str = "four skeletons (VSD)";
const LHDL: &str = "one skeleton (LHDL)";
/// The four skeletons and the side whose femur was clicked.
const SUBJECTS: [(&str, Side); 4] = [("z001", Side::Left), ("z019", Side::Right), ("z023", Side::Left), ("z056", Side::Left)];
/// Landmarks and the end of their names in the raters' files. Those of the pelvis with a side begin with it.
const PELVIS: [(LandmarkName, &str); 8] = [
    (Asis, "ASIS"),
    (Aiis, "AIIS"),
    (Psis, "PSIS"),
    (Piis, "PIIS"),
    (IschialSpine, "Ischial Spine (IS)"),
    (PubicTubercle, "Pubic Tubercle (PT)"),
    (SacralEndplate, "Sacral Center (SC)"),
    (SacralPromontory, "Sacral Promontory (SP)"),
];
const FEMUR: [(LandmarkName, &str); 9] = [
    (GreaterTrochanter, "(SGT)"),
    (LesserTrochanter, "(LT)"),
    (MedialEpicondyle, "(MEC)"),
    (LateralEpicondyle, "(LEC)"),
    (MedialPosteriorCondyle, "(PMC)"),
    (LateralPosteriorCondyle, "(PLC)"),
    (MedialDistalCondyle, "(DMC)"),
    (LateralDistalCondyle, "(DLC)"),
    (IntercondylarNotch, "(ICN)"),
];
/// A landmark is to lie this near to the raters' mean, or within this many of their own spreads where that is more.
const NEAR_MM: f64 = 3.0;
const SPREADS: f64 = 1.5;

pub(super) fn four_skeletons(data: &Path, gathered: &mut Gathered) -> Result<(), String> {
    let folder = data.join("vsd_bones");
    if !folder.exists() {
        return Err(format!("{FOUR}: {} is not at hand", folder.display()));
    }
    for (subject, side) in SUBJECTS {
        let mut meshes = BTreeMap::new();
        for (label, file) in [
            (Label::Sacrum, "Sacrum"),
            (Label::HipLeft, "Hip_L"),
            (Label::HipRight, "Hip_R"),
            (Label::FemurLeft, "Femur_L"),
            (Label::FemurRight, "Femur_R"),
        ] {
            meshes.insert(label, from_ras(&read(&folder.join(subject).join(format!("{file}.ply")))?));
        }
        let found =
            examine(&Bones { meshes, ..Bones::default() }, None, &Silent).map_err(|e| format!("{FOUR}, {subject}: {e}"))?;
        let pelvis = raters(&folder.join("landmarks_pelvis_mean.csv"), subject)?;
        let femur = raters(&folder.join("landmarks_femur_mean.csv"), subject)?;
        for (name, key) in PELVIS {
            for (word, side) in [("Left ", Some(Side::Left)), ("Right ", Some(Side::Right)), ("", None)] {
                hold(&found, name, side, pelvis.get(&format!("{word}{key}")), gathered);
            }
        }
        for (name, key) in FEMUR {
            hold(&found, name, Some(side), femur.iter().find(|(name, _)| name.ends_with(key)).map(|(_, v)| v), gathered);
        }
        frames(&found, side, &pelvis, &femur, gathered);
    }
    Ok(())
}

fn hold(found: &Examination, name: LandmarkName, side: Option<Side>, raters: Option<&Click>, gathered: &mut Gathered) {
    let (Some(click), Some(landmark)) = (raters, found.landmarks.get(name, side)) else { return };
    let limit = (SPREADS * click.spread_mm).max(NEAR_MM);
    gathered.add(FOUR, name.key(), "mm", (landmark.position - click.position).norm(), limit, 0.0);
}

/// Planes and axes through the raters' means, by the same definitions.
fn frames(found: &Examination, side: Side, pelvis: &Clicks, femur: &Clicks, gathered: &mut Gathered) {
    let of_pelvis = |key: &str| pelvis.get(key).map(|click| click.position);
    let of_femur =
        |key: &str| femur.iter().find(|(name, _)| name.ends_with(&format!("({key})"))).map(|(_, click)| click.position);
    let mean = |keys: &[&str]| -> Option<Point3<f64>> {
        let points: Option<Vec<Vector3<f64>>> = keys.iter().map(|key| of_femur(key).map(|p| p.coords)).collect();
        Some(Point3::from(points?.iter().sum::<Vector3<f64>>() / keys.len() as f64))
    };
    if let (Some(left), Some(right), Some(lower), Some(other)) = (
        of_pelvis("Left ASIS"),
        of_pelvis("Right ASIS"),
        of_pelvis("Left Pubic Tubercle (PT)"),
        of_pelvis("Right Pubic Tubercle (PT)"),
    ) {
        let normal = (right - left).cross(&(nalgebra::center(&left, &right) - nalgebra::center(&lower, &other)));
        let off = normal.angle(&found.anatomy.pelvis.app.anterior()).to_degrees();
        gathered.add(FOUR, "anterior pelvic plane", "deg", off.min(180.0 - off), 1.0, 0.0);
    }
    let Some(hip) = found.anatomy.hip(side) else { return };
    if let (Some(isthmus), Some(measured)) = (mean(&["ANI", "PNI", "INI", "SNI"]), &hip.femur) {
        let off = (isthmus - hip.head.centre).angle(&measured.neck_axis.direction).to_degrees();
        gathered.add(FOUR, "neck axis", "deg", off, 2.5, 0.0);
    }
    if let (Some(knee), Some(measured)) = (mean(&["MEC", "LEC"]), &hip.femur) {
        let off = (hip.head.centre - knee).angle(&measured.frame.superior()).to_degrees();
        gathered.add(FOUR, "mechanical axis", "deg", off, 1.0, 0.0);
    }
}

/// A landmark as the raters saw it, LPS mm.
struct Click {
    position: Point3<f64>,
    spread_mm: f64,
}

type Clicks = BTreeMap<String, Click>;

/// The raters' means of one subject, RAS in the file.
fn raters(file: &Path, subject: &str) -> Result<Clicks, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.trim().parse::<f64>().ok());
        let click = Click { position: Point3::new(-number(4)?, -number(5)?, number(6)?), spread_mm: number(7)? };
        (fields[0] == subject).then(|| (fields[2].to_owned(), click))
    };
    Ok(text.lines().filter_map(row).collect())
}

fn read(path: &Path) -> Result<TriMesh, String> {
    io::read(path).map_err(|error| error.to_string())
}

fn from_ras(mesh: &TriMesh) -> TriMesh {
    let vertices = mesh.vertices.iter().map(|p| Point3::new(-p.x, -p.y, p.z)).collect();
    TriMesh { vertices, triangles: mesh.triangles.clone() }
}

/// Right hip centre by an expert (Modenese and Renault 2021, 10.1016/j.jbiomech.2020.110186), LPS mm.
const EXPERT_HIP_CENTRE: [f64; 3] = [143.645_797, 243.260_498, -432.355_713];

pub(super) fn lhdl(data: &Path, gathered: &mut Gathered) -> Result<(), String> {
    let folder = data.join("staple_lhdl").join("bones");
    if !folder.exists() {
        return Err(format!("{LHDL}: {} is not at hand", folder.display()));
    }
    // Both hip bones lie in one file; the left one has the larger x.
    let mut halves = components(&read(&folder.join("pelvis_no_sacrum.obj"))?);
    halves.sort_by_key(|half| std::cmp::Reverse(half.triangles.len()));
    halves.truncate(2);
    let x = |mesh: &TriMesh| mesh.vertices.iter().map(|p| p.x).sum::<f64>() / mesh.vertices.len() as f64;
    halves.sort_by(|a, b| x(b).total_cmp(&x(a)));
    let [left, right] = <[TriMesh; 2]>::try_from(halves).map_err(|_| format!("{LHDL}: the pelvis is not in two pieces"))?;
    let femur = read(&folder.join("femur_r.obj"))?;
    let meshes = BTreeMap::from([(Label::HipLeft, left), (Label::HipRight, right), (Label::FemurRight, femur)]);
    let found = examine(&Bones { meshes, ..Bones::default() }, None, &Silent).map_err(|error| format!("{LHDL}: {error}"))?;
    let expert = Point3::from(EXPERT_HIP_CENTRE);
    if let Some(hip) = found.anatomy.hip(Side::Right) {
        gathered.add(LHDL, "head centre", "mm", (hip.head.centre - expert).norm(), 1.0, 0.0);
        gathered.add(LHDL, "socket centre", "mm", (hip.acetabulum.sphere.centre - expert).norm(), 3.0, 0.0);
    }
    Ok(())
}
