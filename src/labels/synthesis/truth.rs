//! What is exactly known of a phantom: the figures that measurements on its CT are held against.

use super::{
    section::{outline_nearest, outlines},
    shape_model::{BoneModel, FOSSA, HEAD, LUNATE, NECK},
    sphere::{FittedSphere, robust_sphere},
};
use crate::{
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
};
use nalgebra::{Matrix3, Point3, Unit, Vector3};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A straight line with a direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// A point on the line, LPS mm.
    pub point: Point3<f64>,
    /// Direction, LPS.
    pub direction: Unit<Vector3<f64>>,
}

impl Line {
    /// Distance of a point from the line, mm.
    #[must_use]
    pub fn distance_mm(&self, p: &Point3<f64>) -> f64 {
        self.direction.cross(&(p - self.point)).norm()
    }
}

/// One hip of a phantom. Every position LPS mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HipTruth {
    /// Robust least-squares sphere through the vertices of the femoral head.
    pub head: FittedSphere,
    /// Robust least-squares sphere through the vertices of the lunate surface.
    pub acetabulum: FittedSphere,
    /// Out of the opening: normal of the least-squares plane through the outer border of the lunate surface.
    pub acetabular_axis: Unit<Vector3<f64>>,
    /// Vertices of that border.
    pub acetabular_rim: Vec<Point3<f64>>,
    /// From the head centre through the centroid of the smallest cross-section of the neck perpendicular to the axis itself.
    pub neck_axis: Line,
    /// Area of that cross-section, mm².
    pub neck_isthmus_mm2: f64,
    /// Least-squares line through the centroids of the cross-sections 20 to 80 mm below the lesser trochanter; points proximally.
    pub shaft: Line,
    /// Angle between neck and shaft in space, degrees.
    pub neck_shaft_angle_deg: f64,
    /// Distance of the head centre from the shaft line, mm.
    pub femoral_offset_mm: f64,
    /// Version by the epicondyles: angle of the neck axis to the line of the epicondyles about the mechanical axis, degrees, anteversion positive.
    pub version_epicondylar_deg: f64,
    /// Medial epicondyle.
    pub medial_epicondyle: Point3<f64>,
    /// Lateral epicondyle.
    pub lateral_epicondyle: Point3<f64>,
    /// Tip of the greater trochanter (the model's landmark).
    pub greater_trochanter: Point3<f64>,
    /// Lesser trochanter (the model's landmark).
    pub lesser_trochanter: Point3<f64>,
    /// Femoral frame: origin head centre, Y along the mechanical axis, Z as near as possible to the line of the epicondyles.
    pub frame: AnatomicalFrame,
}

/// What is exactly known of a phantom. Every position LPS mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Seed the phantom was drawn from.
    pub seed: u64,
    /// Left hip.
    pub left: HipTruth,
    /// Right hip.
    pub right: HipTruth,
    /// The pelvic landmarks of the shape model: `LASIS`, `RASIS` spines; `LPT`, `RPT` pubic tubercles; `LPS`, `RPS` symphysis;
    /// `LPSIS`, `RPSIS` posterior spines; `LIS`, `RIS` ischial spines; `LIT`, `RIT` ischial tuberosities; `SACRAL_PLATEAU`.
    pub landmarks: BTreeMap<String, Point3<f64>>,
    /// Anterior pelvic plane (Lewinnek 1978): Z along left → right ASIS, X normal to the plane of both ASIS and the mid-point
    /// of the pubic tubercles (anterior), origin midway between the ASIS.
    pub app: AnatomicalFrame,
    /// Angle of the anterior pelvic plane to the table's coronal plane, posterior positive, degrees.
    pub pelvic_tilt_deg: f64,
    /// Pelvic obliquity, degrees; positive when the left ASIS is higher.
    pub obliquity_deg: f64,
}

impl Truth {
    /// The hip of a side.
    #[must_use]
    pub const fn hip(&self, side: Side) -> &HipTruth {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}

/// The anterior pelvic plane of these landmarks.
pub(super) fn anterior_pelvic_plane(landmarks: &BTreeMap<String, Point3<f64>>) -> Option<AnatomicalFrame> {
    let [left, right, lpt, rpt] = ["LASIS", "RASIS", "LPT", "RPT"].map(|name| landmarks.get(name));
    let (left, right, tubercles) = (left?, right?, nalgebra::center(lpt?, rpt?));
    let origin = nalgebra::center(left, right);
    AnatomicalFrame::from_right_and_superior(origin, &(right - left), &(origin - tubercles))
}

/// (tilt, obliquity) of a pelvic frame against the table, degrees: posterior positive; left side higher positive.
pub(super) fn tilt_and_obliquity_deg(app: &AnatomicalFrame) -> (f64, f64) {
    let (superior, right) = (app.superior(), app.right());
    // Posterior tilt carries the spines back (+y) over the tubercles.
    (superior.y.atan2(superior.z).to_degrees(), (-right.z).atan2(right.xy().norm()).to_degrees())
}

/// Everything known of one hip whose bones are in place; `None` when the shape is too deformed to have it.
pub(super) fn hip_truth(hip: &TriMesh, hip_part: &BoneModel, femur: &TriMesh, part: &BoneModel, side: Side) -> Option<HipTruth> {
    let head = region_sphere(femur, part, HEAD)?;
    let acetabulum = region_sphere(hip, hip_part, LUNATE)?;
    let acetabular_rim = rim(hip, hip_part);
    let lunate: Vec<_> = hip_part.region(LUNATE).map(|v| hip.vertices[v]).collect();
    let acetabular_axis = opening(&acetabular_rim, &principal_axes(&lunate)?.0)?;
    let landmark = |name: &str| part.landmarks.get(name).map(|&v| femur.vertices[v]);
    let (medial, lateral) = (landmark("MEC")?, landmark("LEC")?);
    let (greater, lesser) = (landmark("GT")?, landmark("LT")?);
    let right = (medial - lateral) * side.lps_sign();
    let superior = head.centre - nalgebra::center(&medial, &lateral);
    let frame = AnatomicalFrame::from_superior_and_right(head.centre, &superior, &right)?;
    let (neck_axis, neck_isthmus_mm2) = neck_axis(femur, part, &head)?;
    let shaft = shaft_axis(femur, &lesser, &superior.normalize())?;
    let neck = frame.local_vector(&neck_axis.direction);
    Some(HipTruth {
        head,
        acetabulum,
        acetabular_axis,
        acetabular_rim,
        neck_axis,
        neck_isthmus_mm2,
        shaft,
        neck_shaft_angle_deg: 180.0 - neck_axis.direction.angle(&-shaft.direction.into_inner()).to_degrees(),
        femoral_offset_mm: shaft.distance_mm(&head.centre),
        // The neck runs laterally and, with anteversion, backwards from the head; lateral is +Z on the right, −Z on the left.
        version_epicondylar_deg: (-neck.x).atan2(-neck.z * side.lps_sign()).to_degrees(),
        medial_epicondyle: medial,
        lateral_epicondyle: lateral,
        greater_trochanter: greater,
        lesser_trochanter: lesser,
        frame,
    })
}

pub(super) fn region_sphere(mesh: &TriMesh, part: &BoneModel, region: u8) -> Option<FittedSphere> {
    robust_sphere(&part.region(region).map(|v| mesh.vertices[v]).collect::<Vec<_>>())
}

/// Vertices where the lunate surface ends at anything but the fossa.
fn rim(hip: &TriMesh, part: &BoneModel) -> Vec<Point3<f64>> {
    let mut border: BTreeSet<u32> = BTreeSet::new();
    for t in &part.triangles {
        let regions = t.map(|v| part.regions[v as usize]);
        if regions.contains(&LUNATE) && regions.contains(&0) && !regions.contains(&FOSSA) {
            border.extend(t.iter().copied().filter(|v| part.regions[*v as usize] == LUNATE));
        }
    }
    border.into_iter().map(|v| hip.vertices[v as usize]).collect()
}

/// Normal of the least-squares plane through the rim, on the side away from the lunate surface that it borders.
fn opening(rim: &[Point3<f64>], lunate: &Point3<f64>) -> Option<Unit<Vector3<f64>>> {
    let (mean, [normal, ..]) = principal_axes(rim)?;
    let outwards = if normal.dot(&(mean - lunate)) < 0.0 { -normal } else { normal };
    Unit::try_new(outwards, 1e-9)
}

/// Centroid and principal directions (ascending variance) of points.
fn principal_axes(points: &[Point3<f64>]) -> Option<(Point3<f64>, [Vector3<f64>; 3])> {
    if points.len() < 3 {
        return None;
    }
    let mean = points.iter().map(|p| p.coords).sum::<Vector3<f64>>() / points.len() as f64;
    let spread = points.iter().map(|p| (p.coords - mean) * (p.coords - mean).transpose()).sum::<Matrix3<f64>>();
    let eigen = spread.symmetric_eigen();
    let mut order = [0, 1, 2];
    order.sort_by(|&a, &b| eigen.eigenvalues[a].total_cmp(&eigen.eigenvalues[b]));
    Some((Point3::from(mean), order.map(|c| eigen.eigenvectors.column(c).into_owned())))
}

/// The axis through the head centre that meets the smallest cross-section perpendicular to it in its centroid.
fn neck_axis(femur: &TriMesh, part: &BoneModel, head: &FittedSphere) -> Option<(Line, f64)> {
    let neck: Vec<_> = part.region(NECK).map(|v| femur.vertices[v]).collect();
    let middle = Point3::from(neck.iter().map(|p| p.coords).sum::<Vector3<f64>>() / neck.len().max(1) as f64);
    let mut direction = (middle - head.centre).try_normalize(1e-9)?;
    let mut isthmus = None;
    for _ in 0..8 {
        let reach = neck.iter().map(|p| (p - head.centre).dot(&direction));
        let far = reach.fold(0.0, f64::max);
        let smallest = (0..=40)
            .map(|step| head.radius_mm * 0.8 + (far - head.radius_mm * 0.8) * f64::from(step) / 40.0)
            .filter_map(|along| {
                let on_axis = head.centre + direction * along;
                outline_nearest(femur, &on_axis, &direction, &on_axis)
            })
            .min_by(|a, b| a.area_mm2.total_cmp(&b.area_mm2))?;
        isthmus = Some(smallest.area_mm2);
        direction = (smallest.centroid - head.centre).try_normalize(1e-9)?;
    }
    Some((Line { point: head.centre, direction: Unit::new_normalize(direction) }, isthmus?))
}

/// Least-squares line through the centroids of shaft cross-sections, perpendicular to the line itself.
fn shaft_axis(femur: &TriMesh, lesser: &Point3<f64>, superior: &Vector3<f64>) -> Option<Line> {
    let mut direction = *superior;
    let mut point = *lesser;
    for _ in 0..3 {
        let centroids: Vec<_> = (0..=12)
            .filter_map(|step| {
                let origin = lesser - direction * (20.0 + 5.0 * f64::from(step));
                let largest = outlines(femur, &origin, &direction).into_iter().max_by(|a, b| a.area_mm2.total_cmp(&b.area_mm2));
                largest.map(|o| o.centroid)
            })
            .collect();
        let (mean, axes) = principal_axes(&centroids)?;
        direction = if axes[2].dot(superior) < 0.0 { -axes[2] } else { axes[2] };
        point = mean;
    }
    Some(Line { point, direction: Unit::try_new(direction, 1e-9)? })
}
