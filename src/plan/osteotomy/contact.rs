//! How much of two cut surfaces meets.

use super::{CutForm, Osteotomy, across};
use crate::{anatomy::Hip, frames::Side, mesh::TriMesh, surface::cross_section};
use nalgebra::{Isometry3, Point3, Vector2, Vector3};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// Lines across a surface along which it is measured: an area to some hundred-thousandths.
const LINES: usize = 2000;
/// Corners of a circular canal.
const CORNERS: usize = 72;
/// What the distal piece reaches beyond the plane by rounding, mm.
const ROUNDING_MM: f64 = 1e-6;

/// The surfaces of an osteotomy once its pieces are put together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Bone of the proximal piece in the cut, mm².
    pub proximal_mm2: f64,
    /// Bone of the distal piece in the cut, mm².
    pub distal_mm2: f64,
    /// Where both are, mm².
    pub contact_mm2: f64,
    /// True where the canal is known and only the cortex counts; false where the whole cross-section does.
    pub cortical: bool,
}

impl Contact {
    /// Part of the smaller surface that meets the other, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.contact_mm2 / self.proximal_mm2.min(self.distal_mm2).max(1e-9)
    }
}

/// How much bone meets at an osteotomy, on the transverse or oblique faces of the cut (the face along a step is not counted). The outer
/// outline is the bone's surface, the inner one the canal as it was measured; where that is not known the whole cross-section counts.
///
/// `None` when the femur was not measured.
#[must_use]
pub fn contact(osteotomy: &Osteotomy, hip: &Hip, bone: &TriMesh) -> Option<Contact> {
    let side = hip.side;
    let motion = osteotomy.motion(side);
    let canal = canal_tube(hip)?;
    let shape = Shape { bone, canal: &canal };
    let mut sum = Contact { proximal_mm2: 0.0, distal_mm2: 0.0, contact_mm2: 0.0, cortical: true };
    for face in osteotomy.faces(side) {
        let (above, above_known) = face.region(&shape, &Isometry3::identity());
        let (below, below_known) = face.region(&shape, &motion);
        sum.cortical &= above_known && below_known;
        let own = face.half.map(|way| face.half_plane(0.0, &way));
        // Where a wedge opens, what would lie in the plane belongs to the other piece.
        let carried = motion.inverse() * face.point;
        let gap = face.half_plane((face.point - carried).dot(&face.normal), &-(motion.rotation * face.normal));
        let open = face.half.is_none().then_some(gap);
        let area = |regions: &[&Region], clips: &[Option<[f64; 3]>]| common_area(regions, clips);
        sum.proximal_mm2 += area(&[&above], &[own]);
        sum.distal_mm2 += area(&[&below], &[own]);
        sum.contact_mm2 += area(&[&above, &below], &[own, open]);
    }
    Some(sum)
}

/// A bone and the canal in it.
struct Shape<'a> {
    bone: &'a TriMesh,
    canal: &'a TriMesh,
}

/// Closed lines in a plane; inside is what an odd number of them surrounds.
type Region = Vec<Vec<Vector2<f64>>>;

/// A flat face of a cut, LPS.
struct Face {
    point: Point3<f64>,
    normal: Vector3<f64>,
    /// Two axes in it.
    u: Vector3<f64>,
    v: Vector3<f64>,
    /// Only this side of it belongs to the cut.
    half: Option<Vector3<f64>>,
}

impl Osteotomy {
    fn faces(&self, side: Side) -> Vec<Face> {
        let face = |at: Vector3<f64>, normal: &Vector3<f64>, half: Option<Vector3<f64>>| {
            let u = normal.cross(&Vector3::x()).normalize();
            let [normal_lps, u, v] = [*normal, u, normal.cross(&u)].map(|way| self.lps_vector(side, &way));
            let half = half.map(|way| self.lps_vector(side, &way));
            Face { point: self.lps_point(side, &at), normal: normal_lps, u, v, half }
        };
        match self.correction.form {
            CutForm::Step { height_mm, towards_deg } => {
                let way = across(towards_deg);
                let down = Vector3::y() * -height_mm;
                vec![face(Vector3::zeros(), &Vector3::y(), Some(-way)), face(down, &Vector3::y(), Some(way))]
            }
            _ => vec![face(Vector3::zeros(), &self.normal(), None)],
        }
    }
}

impl Face {
    /// The section of a bone that was moved, and whether its canal is known there.
    fn region(&self, shape: &Shape, motion: &Isometry3<f64>) -> (Region, bool) {
        let back = motion.inverse();
        let (point, normal) = (back * self.point, back * self.normal);
        let flat = |mesh: &TriMesh| -> Region {
            let lines = cross_section(mesh, &point, &normal);
            lines.iter().map(|line| line.iter().map(|p| self.flat(&(motion * p))).collect()).collect()
        };
        let (mut outline, canal) = (flat(shape.bone), flat(shape.canal));
        let known = !canal.is_empty();
        outline.extend(canal);
        (outline, known)
    }

    fn flat(&self, p: &Point3<f64>) -> Vector2<f64> {
        let from = p - self.point;
        Vector2::new(from.dot(&self.u), from.dot(&self.v))
    }

    /// Where a height over a plane, `at` the face's point and growing along `way`, is not below nought, as the three numbers of a line.
    fn half_plane(&self, at: f64, way: &Vector3<f64>) -> [f64; 3] {
        [at, way.dot(&self.u), way.dot(&self.v)]
    }
}

/// The measured canal as an open tube along the shaft; empty where it was not measured.
fn canal_tube(hip: &Hip) -> Option<TriMesh> {
    let femur = hip.femur.as_ref()?;
    let [x, y] = hip.canal_directions(femur)?;
    let mut tube = TriMesh::default();
    for section in &femur.canal {
        let radius = |corner: usize| match section.endosteal_mm.len() {
            0 => section.inscribed_radius_mm,
            count => section.endosteal_mm[corner * count / CORNERS],
        };
        tube.vertices.extend((0..CORNERS).map(|corner| {
            let (sin, cos) = (TAU * corner as f64 / CORNERS as f64).sin_cos();
            section.centre + (x * cos + y * sin) * radius(corner)
        }));
    }
    let corners = CORNERS as u32;
    for ring in 1..femur.canal.len() as u32 {
        for corner in 0..corners {
            let (a, b) = ((ring - 1) * corners, ring * corners);
            let next = (corner + 1) % corners;
            tube.triangles.push([a + corner, b + corner, b + next]);
            tube.triangles.push([a + corner, b + next, a + next]);
        }
    }
    Some(tube)
}

/// Area that lies in all of the regions and in all of the half planes `a + b·x + c·y ≥ 0`, mm²: even lines along x, exact on each.
fn common_area(regions: &[&Region], clips: &[Option<[f64; 3]>]) -> f64 {
    let rows = regions.iter().map(|region| {
        let rows = region.iter().flatten().map(|p| p.y);
        rows.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)))
    });
    let (low, high) = rows.fold((f64::NEG_INFINITY, f64::INFINITY), |(low, high), row| (low.max(row.0), high.min(row.1)));
    if low >= high {
        return 0.0;
    }
    let step = (high - low) / LINES as f64;
    let length = |line: usize| {
        let y = low + (line as f64 + 0.5) * step;
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        for [a, b, c] in clips.iter().flatten() {
            let height = a + c * y + ROUNDING_MM;
            match *b {
                b if b.abs() < 1e-12 && height < 0.0 => to = f64::NEG_INFINITY,
                b if b.abs() < 1e-12 => {}
                b if b > 0.0 => from = from.max(-height / b),
                b => to = to.min(-height / b),
            }
        }
        let mut inside = vec![(from, to)];
        for region in regions {
            inside = both(&inside, &stretches(region, y));
        }
        inside.iter().map(|(from, to)| (to - from).max(0.0)).sum::<f64>()
    };
    (0..LINES).map(length).sum::<f64>() * step
}

/// Where a line along x lies inside a region.
fn stretches(region: &Region, y: f64) -> Vec<(f64, f64)> {
    let edges = region.iter().flat_map(|line| line.iter().zip(line.iter().cycle().skip(1)));
    let crossed = edges.filter(|(a, b)| (a.y > y) != (b.y > y));
    let mut at: Vec<f64> = crossed.map(|(a, b)| a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y)).collect();
    at.sort_by(f64::total_cmp);
    at.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

/// What two rows of stretches share.
fn both(a: &[(f64, f64)], b: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))));
    pairs.filter(|(from, to)| from < to).collect()
}

/// Centroid of the largest of some closed flat lines; `None` without one.
pub(super) fn centroid(lines: &[Vec<Point3<f64>>], normal: &Vector3<f64>) -> Option<Point3<f64>> {
    let moments = lines.iter().map(|line| {
        let first = line[0];
        line.windows(2).fold((0.0, Vector3::zeros()), |(area, moment), pair| {
            let part = (pair[0] - first).cross(&(pair[1] - first)).dot(normal) / 2.0;
            (area + part, moment + ((pair[0] - first) + (pair[1] - first)) * (part / 3.0))
        })
    });
    let largest = moments.zip(lines).max_by(|(a, _), (b, _)| a.0.abs().total_cmp(&b.0.abs()));
    largest.filter(|((area, _), _)| area.abs() > 1e-9).map(|((area, moment), line)| line[0] + moment / area)
}
