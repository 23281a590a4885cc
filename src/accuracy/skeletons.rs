//! Real skeletons, and what people who know found on them. Never part of the project: read where they lie.

use crate::{
    anatomy::{Bones, Space},
    frames::Side,
    labels::Label,
    mesh::TriMesh,
    surface::{components, io},
};
use nalgebra::Point3;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The four skeletons and the side whose femur was clicked.
const SUBJECTS: [(&str, Side); 4] = [("z001", Side::Left), ("z019", Side::Right), ("z023", Side::Left), ("z056", Side::Left)];
const FILES: [(Label, &str); 5] = [
    (Label::Sacrum, "Sacrum.ply"),
    (Label::HipLeft, "Hip_L.ply"),
    (Label::HipRight, "Hip_R.ply"),
    (Label::FemurLeft, "Femur_L.ply"),
    (Label::FemurRight, "Femur_R.ply"),
];

/// One skeleton on which five raters clicked four times (Fischer 2023, 10.1038/s41597-023-02669-z).
#[derive(Clone, Debug)]
pub struct Skeleton {
    /// Its name in the set.
    pub name: &'static str,
    /// Its bones, LPS mm.
    pub bones: Bones,
    /// The side whose femur was clicked.
    pub femur_side: Side,
    /// By the names in the files, e.g. `Left ASIS`.
    clicks: BTreeMap<String, Click>,
    /// Every click on the femur.
    each: Vec<OneClick>,
}

/// One click of one rater.
#[derive(Clone, Debug)]
struct OneClick {
    landmark: String,
    rater: String,
    /// LPS mm.
    position: Point3<f64>,
}

/// A landmark as the raters saw it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Click {
    /// Mean of their clicks, LPS mm.
    pub position: Point3<f64>,
    /// Their root mean square distance from it, mm.
    pub spread_mm: f64,
}

impl Skeleton {
    /// The four skeletons of a folder like `vsd_bones`.
    ///
    /// # Errors
    /// The file that cannot be read, in words.
    pub fn four(folder: &Path) -> Result<Vec<Self>, String> {
        SUBJECTS.into_iter().map(|(name, femur_side)| Self::read(folder, name, femur_side)).collect()
    }

    fn read(folder: &Path, name: &'static str, femur_side: Side) -> Result<Self, String> {
        let mesh = |(label, file): (Label, &str)| Ok((label, Space::Ras.in_lps(surface(&folder.join(name).join(file))?)));
        let meshes = FILES.into_iter().map(mesh).collect::<Result<_, String>>()?;
        let mut clicks = BTreeMap::new();
        for file in ["landmarks_pelvis_mean.csv", "landmarks_femur_mean.csv"] {
            clicks.extend(table(&folder.join(file))?.lines().filter_map(|line| row(line, name)));
        }
        let each = table(&folder.join("landmarks_femur_raw.csv"))?.lines().filter_map(|line| one(line, name)).collect();
        Ok(Self { name, bones: Bones { meshes, ..Bones::default() }, femur_side, clicks, each })
    }

    /// A landmark of the pelvis by its name, e.g. `Left ASIS`, or of the femur by its letters in brackets, e.g. `(MEC)`.
    #[must_use]
    pub fn click(&self, name: &str) -> Option<Click> {
        self.clicks.iter().find(|(own, _)| own.ends_with(name)).map(|(_, click)| *click)
    }

    /// Every click of every rater on some landmarks of the femur, by the letters in brackets.
    #[must_use]
    pub fn each_click(&self, names: &[&str]) -> Vec<Point3<f64>> {
        self.each.iter().filter(|click| click.is_on(names)).map(|click| click.position).collect()
    }

    /// Those of all raters but one.
    #[must_use]
    pub fn clicks_without(&self, rater: &str, names: &[&str]) -> Vec<Point3<f64>> {
        self.each.iter().filter(|click| click.rater != rater && click.is_on(names)).map(|click| click.position).collect()
    }

    /// The raters who clicked, in order.
    #[must_use]
    pub fn raters(&self) -> BTreeSet<&str> {
        self.each.iter().map(|click| click.rater.as_str()).collect()
    }

    /// The mean of several.
    #[must_use]
    pub fn middle(&self, names: &[&str]) -> Option<Point3<f64>> {
        let positions: Option<Vec<_>> = names.iter().map(|name| Some(self.click(name)?.position.coords)).collect();
        Some(Point3::from(positions?.iter().sum::<nalgebra::Vector3<f64>>() / names.len() as f64))
    }
}

impl OneClick {
    fn is_on(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.landmark.ends_with(name))
    }
}

fn table(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A line of the single clicks, when it is of this subject.
fn one(line: &str, subject: &str) -> Option<OneClick> {
    let (landmark, position, _) = named(line, subject, 5)?;
    let rater = line.split(',').nth(3)?.to_owned();
    Some(OneClick { landmark, rater, position })
}

/// A line of the raters' means, when it is of this subject.
fn row(line: &str, subject: &str) -> Option<(String, Click)> {
    let (name, position, spread_mm) = named(line, subject, 4)?;
    Some((name, Click { position, spread_mm: spread_mm? }))
}

/// Name, position (RAS in the file, from the column `first` on) and the number after it of a line, when it is of this subject.
fn named(line: &str, subject: &str, first: usize) -> Option<(String, Point3<f64>, Option<f64>)> {
    let fields: Vec<&str> = line.split(',').collect();
    let number = |at: usize| fields.get(first + at).and_then(|field| field.trim().parse::<f64>().ok());
    let position = Point3::new(-number(0)?, -number(1)?, number(2)?);
    (fields[0] == subject).then(|| (fields[2].to_owned(), position, number(3)))
}

fn surface(path: &Path) -> Result<TriMesh, String> {
    io::read(path).map_err(|error| error.to_string())
}

/// Right hip centre of the skeleton of `staple_lhdl` by an expert (Modenese and Renault 2021, 10.1016/j.jbiomech.2020.110186), LPS mm.
pub const LHDL_HIP_CENTRE: [f64; 3] = [143.645_797, 243.260_498, -432.355_713];
/// The centres of the right knee (the femur's) and ankle (in the talus) by the same expert, LPS mm.
pub const LHDL_KNEE_CENTRE: [f64; 3] = [122.349_602, 292.326_294, -830.006_897];
/// See [`LHDL_KNEE_CENTRE`].
pub const LHDL_ANKLE_CENTRE: [f64; 3] = [122.989_700, 303.239_014, -1_235.349_731];

/// Both hip bones, the right femur and the right tibia of a folder like `staple_lhdl`, LPS mm.
///
/// # Errors
/// The file that cannot be read, or that the pelvis is not in two pieces.
pub fn lhdl(folder: &Path) -> Result<Bones, String> {
    // Both hip bones lie in one file; the left one has the larger x.
    let mut halves = components(&surface(&folder.join("bones/pelvis_no_sacrum.obj"))?);
    halves.sort_by_key(|half| std::cmp::Reverse(half.triangles.len()));
    halves.truncate(2);
    let x = |mesh: &TriMesh| mesh.vertices.iter().map(|p| p.x).sum::<f64>() / mesh.vertices.len() as f64;
    halves.sort_by(|a, b| x(b).total_cmp(&x(a)));
    let [left, right] = <[TriMesh; 2]>::try_from(halves).map_err(|_| "the pelvis is not in two pieces".to_owned())?;
    let femur = surface(&folder.join("bones/femur_r.obj"))?;
    let tibia = surface(&folder.join("bones/tibia_r.obj"))?;
    let meshes = [(Label::HipLeft, left), (Label::HipRight, right), (Label::FemurRight, femur), (Label::TibiaRight, tibia)];
    let meshes = BTreeMap::from(meshes);
    Ok(Bones { meshes, ..Bones::default() })
}
