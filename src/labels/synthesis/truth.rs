//! What is exactly known of a phantom: the figures that measurements on its CT are held against.

use super::{
    section::{outline_nearest, outlines},
    shape_model::{BoneModel, HEAD, LATERAL_CONDYLE, LUNATE, MEDIAL_CONDYLE, NECK},
    sphere::{FittedSphere, robust_sphere},
};
use crate::{
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
};
use nalgebra::{Matrix3, Point3, Unit, Vector3};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Robust least-squares sphere through the shape model's lunate vertices. The joint is drawn about it; as those vertices are not quite the
    /// lunate surface, measurements are held against [`socket_truth`](super::socket_truth).
    pub acetabulum: FittedSphere,
    /// Out of the opening: normal of the least-squares plane through the rim of that sphere, without the notch.
    pub acetabular_axis: Unit<Vector3<f64>>,
    /// That rim, every 5° about the axis: the edge of the bone as seen from the socket's centre.
    pub acetabular_rim: Vec<Point3<f64>>,
    /// From the head centre through the centroid of the smallest cross-section of the neck perpendicular to the axis itself.
    pub neck_axis: Line,
    /// Area of that cross-section, mm².
    pub neck_isthmus_mm2: f64,
    /// Least-squares line through the centroids of the cross-sections 20 to 120 mm below the lesser trochanter; points proximally.
    pub shaft: Line,
    /// Angle between neck and shaft in space, degrees.
    pub neck_shaft_angle_deg: f64,
    /// Distance of the head centre from the shaft line, mm.
    pub femoral_offset_mm: f64,
    /// Version by the epicondyles: angle of the neck axis to the line of the epicondyles about the mechanical axis, degrees, anteversion positive.
    pub version_epicondylar_deg: f64,
    /// Version by the posterior condyles: angle of the neck axis to the line that touches both condyles from behind, about the mechanical
    /// axis, degrees, anteversion positive.
    pub version_condylar_deg: f64,
    /// Where that line touches the medial and the lateral condyle.
    pub posterior_condyles: [Point3<f64>; 2],
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
    /// Anterior pelvic plane (Lewinnek 1978) by the definition that measurements follow: through both anterior superior iliac spines and
    /// the mid-point of both pubic tubercles, which are corners of the bones as seen by the plane that a prone pelvis would rest on. Z along
    /// left → right ASIS, X its normal (anterior), origin midway between the ASIS.
    pub app: AnatomicalFrame,
    /// Those corners: left and right iliac spine, left and right tubercle.
    pub app_points: [Point3<f64>; 4],
    /// The plane of the shape model's own vertices named as ASIS and pubic tubercles; its frame orders the drawing of soft tissue. The
    /// model's tubercles lie 3 to 10 mm behind the foremost points of the pubis, this plane some degrees off `app`.
    pub landmark_plane: AnatomicalFrame,
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

/// Everything known of one hip whose bones are in place; `None` when the shape is too deformed to have it.
pub(super) fn hip_truth(hip: &TriMesh, hip_part: &BoneModel, femur: &TriMesh, part: &BoneModel, side: Side) -> Option<HipTruth> {
    let head = region_sphere(femur, part, HEAD)?;
    let acetabulum = region_sphere(hip, hip_part, LUNATE)?;
    let rim = rim(hip, hip_part, &acetabulum)?;
    let landmark = |name: &str| part.landmarks.get(name).map(|&v| femur.vertices[v]);
    let (medial, lateral) = (landmark("MEC")?, landmark("LEC")?);
    let (greater, lesser) = (landmark("GT")?, landmark("LT")?);
    let right = (medial - lateral) * side.lps_sign();
    let superior = head.centre - nalgebra::center(&medial, &lateral);
    let frame = AnatomicalFrame::from_superior_and_right(head.centre, &superior, &right)?;
    let (neck_axis, neck_isthmus_mm2) = neck_axis(femur, part, &head)?;
    let shaft = shaft_axis(femur, &lesser, &superior.normalize(), SHAFT_TO_MM)?;
    let neck = frame.local_vector(&neck_axis.direction);
    let posterior_condyles = posterior_condyles(femur, part, &frame)?;
    let condyles = frame.local_vector(&(posterior_condyles[1] - posterior_condyles[0]));
    // The neck runs laterally and, with anteversion, backwards from the head; lateral is +Z on the right, −Z on the left.
    let backwards_deg = |v: &Vector3<f64>| (-v.x).atan2(-v.z * side.lps_sign()).to_degrees();
    Some(HipTruth {
        head,
        acetabulum,
        acetabular_axis: rim.axis,
        acetabular_rim: rim.points,
        neck_axis,
        neck_isthmus_mm2,
        shaft,
        neck_shaft_angle_deg: 180.0 - neck_axis.direction.angle(&-shaft.direction.into_inner()).to_degrees(),
        femoral_offset_mm: shaft.distance_mm(&head.centre),
        version_epicondylar_deg: backwards_deg(&neck),
        version_condylar_deg: backwards_deg(&neck) - backwards_deg(&condyles),
        posterior_condyles,
        medial_epicondyle: medial,
        lateral_epicondyle: lateral,
        greater_trochanter: greater,
        lesser_trochanter: lesser,
        frame,
    })
}

/// Where the line across the mechanical axis of a frame touches the medial and the lateral condyle from behind.
fn posterior_condyles(femur: &TriMesh, part: &BoneModel, frame: &AnatomicalFrame) -> Option<[Point3<f64>; 2]> {
    let (mut backwards, mut touched) = (-frame.anterior().into_inner(), None);
    // Each round turns the line towards the bone that it cuts, so it settles.
    for _ in 0..20 {
        let furthest = |region: u8| {
            let points = part.region(region).map(|v| femur.vertices[v]);
            points.max_by(|a, b| a.coords.dot(&backwards).total_cmp(&b.coords.dot(&backwards)))
        };
        let points = [furthest(MEDIAL_CONDYLE)?, furthest(LATERAL_CONDYLE)?];
        if touched.replace(points) == Some(points) {
            break;
        }
        let across = (points[1] - points[0]).cross(&frame.superior()).try_normalize(1e-9)?;
        backwards = if across.dot(&backwards) < 0.0 { -across } else { across };
    }
    touched
}

pub(super) fn region_sphere(mesh: &TriMesh, part: &BoneModel, region: u8) -> Option<FittedSphere> {
    robust_sphere(&part.region(region).map(|v| mesh.vertices[v]).collect::<Vec<_>>())
}

/// Meridians on which the rim of a socket is looked for.
const RIM_MERIDIANS: usize = 72;
/// The wall of a socket ends where it lies further than this from its sphere, mm.
const WALL_MM: f64 = 3.0;

/// The rim of a socket and the normal of its plane.
pub(super) struct Rim {
    pub(super) points: Vec<Point3<f64>>,
    axis: Unit<Vector3<f64>>,
}

/// The rim of the socket and the normal of its plane, which points out of the opening.
///
/// Every 5° about the axis the rim is the edge of the bone as seen from the centre: where the section of the wall, within 3 mm of the
/// sphere, comes nearest in angle to the axis. The plane goes through those, without the transverse ligament's notch (what lies far below
/// the plane), and gives the next axis.
pub(super) fn rim(hip: &TriMesh, part: &BoneModel, sphere: &FittedSphere) -> Option<Rim> {
    let lunate: Vec<_> = part.region(LUNATE).map(|v| hip.vertices[v]).collect();
    let wall = near_sphere(hip, sphere);
    let mut axis = (sphere.centre - principal_axes(&lunate)?.0).try_normalize(1e-9)?;
    let mut rim = Vec::new();
    for _ in 0..12 {
        let across = axis.cross(&Vector3::z()).try_normalize(1e-6)?;
        let along = axis.cross(&across);
        let edge_at = |meridian: usize| {
            let turn = std::f64::consts::TAU * meridian as f64 / RIM_MERIDIANS as f64;
            edge_on(&wall, sphere, &axis, &(across * turn.cos() + along * turn.sin()))
        };
        rim = (0..RIM_MERIDIANS).filter_map(edge_at).collect();
        let mut plane = principal_axes(&rim)?;
        for _ in 0..5 {
            let normal = if plane.1[0].dot(&axis) < 0.0 { -plane.1[0] } else { plane.1[0] };
            let kept: Vec<_> = rim.iter().filter(|p| (*p - plane.0).dot(&normal) > -0.2 * sphere.radius_mm).copied().collect();
            plane = principal_axes(&kept)?;
        }
        axis = if plane.1[0].dot(&axis) < 0.0 { -plane.1[0] } else { plane.1[0] };
        let (middle, normal) = (plane.0, axis);
        rim.retain(|p| (p - middle).dot(&normal) > -0.2 * sphere.radius_mm);
    }
    Some(Rim { points: rim, axis: Unit::try_new(axis, 1e-9)? })
}

/// The triangles of a bone near a sphere.
pub(super) fn near_sphere(bone: &TriMesh, sphere: &FittedSphere) -> Vec<[Point3<f64>; 3]> {
    let corners = bone.triangles.iter().map(|triangle| triangle.map(|v| bone.vertices[v as usize]));
    corners.filter(|triangle| triangle.iter().any(|p| off_sphere(p, sphere) < 2.0 * WALL_MM)).collect()
}

fn off_sphere(p: &Point3<f64>, sphere: &FittedSphere) -> f64 {
    ((p - sphere.centre).norm() - sphere.radius_mm).abs()
}

/// Where the section of the wall by the half-plane through an axis comes nearest in angle to it: the edge of what lies within 3 mm of the
/// sphere, as seen from its centre.
pub(super) fn edge_on(
    wall: &[[Point3<f64>; 3]],
    sphere: &FittedSphere,
    axis: &Vector3<f64>,
    towards: &Vector3<f64>,
) -> Option<Point3<f64>> {
    let normal = axis.cross(towards);
    let is_wall = |p: &Point3<f64>| off_sphere(p, sphere) < WALL_MM;
    let crossings = wall.iter().filter_map(|triangle| cut(triangle, &sphere.centre, &normal)).flat_map(|[a, b]| {
        // Where the piece leaves the wall it is cut off, by halving.
        let leaves = |inside: Point3<f64>, outside: Point3<f64>| {
            let mut between = [inside, outside];
            for _ in 0..30 {
                let middle = nalgebra::center(&between[0], &between[1]);
                between[usize::from(!is_wall(&middle))] = middle;
            }
            between[0]
        };
        match [a, b].map(|p| is_wall(&p)) {
            [true, false] => [a, leaves(a, b)],
            [false, true] => [leaves(b, a), b],
            _ => [a, b],
        }
    });
    let cosine = |p: &Point3<f64>| (p - sphere.centre).normalize().dot(axis);
    let here = crossings.filter(|p| (p - sphere.centre).dot(towards) >= 0.0 && is_wall(p));
    here.max_by(|a, b| cosine(a).total_cmp(&cosine(b)))
}

/// The piece of line along which a plane cuts a triangle.
fn cut(triangle: &[Point3<f64>; 3], point: &Point3<f64>, normal: &Vector3<f64>) -> Option<[Point3<f64>; 2]> {
    let heights = triangle.map(|p| (p - point).dot(normal));
    let mut ends = (0..3).filter_map(|n| {
        let (a, b) = (n, (n + 1) % 3);
        ((heights[a] >= 0.0) != (heights[b] >= 0.0))
            .then(|| triangle[a] + (triangle[b] - triangle[a]) * (heights[a] / (heights[a] - heights[b])))
    });
    Some([ends.next()?, ends.next()?])
}

/// Centroid and principal directions (ascending variance) of points.
fn principal_axes(points: &[Point3<f64>]) -> Option<(Point3<f64>, [Vector3<f64>; 3])> {
    weighted_axes(&points.iter().map(|p| (*p, 1.0)).collect::<Vec<_>>())
}

/// The same of points that count by their weights.
pub(super) fn weighted_axes(points: &[(Point3<f64>, f64)]) -> Option<(Point3<f64>, [Vector3<f64>; 3])> {
    let total: f64 = points.iter().map(|(_, weight)| weight).sum();
    if points.len() < 3 || total <= 0.0 {
        return None;
    }
    let mean = points.iter().map(|(p, weight)| p.coords * *weight).sum::<Vector3<f64>>() / total;
    let spread =
        points.iter().map(|(p, weight)| (p.coords - mean) * (p.coords - mean).transpose() * *weight).sum::<Matrix3<f64>>();
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

/// Where below the lesser trochanter the shaft begins whose axis is taken, and where it ends, mm.
const SHAFT_FROM_MM: f64 = 20.0;
const SHAFT_TO_MM: f64 = 120.0;

/// Least-squares line through the centroids of shaft cross-sections down to `to_mm` below the lesser trochanter, perpendicular to the
/// line itself.
pub(super) fn shaft_axis(femur: &TriMesh, lesser: &Point3<f64>, superior: &Vector3<f64>, to_mm: f64) -> Option<Line> {
    let sections = ((to_mm - SHAFT_FROM_MM) / 5.0).round() as i32;
    let mut direction = *superior;
    let mut point = *lesser;
    for _ in 0..3 {
        let centroids: Vec<_> = (0..=sections)
            .filter_map(|step| {
                let origin = lesser - direction * (SHAFT_FROM_MM + 5.0 * f64::from(step));
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
