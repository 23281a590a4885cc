//! The few points and curves of a hip that every measure of the socket rests on.

use crate::anatomy::{
    bones::Bone, clock::ClockFace, meridian::Surroundings, model::Acetabulum, parts::HipParts, rim::Rim, view::View,
};
use nalgebra::{Point3, Unit, Vector3};

/// The bone within this distance of the socket's sphere is looked at, mm.
const AROUND_MM: f64 = 16.0;
/// The roof ends where the bone lies this much deeper than the socket's sphere: the edge of the fossa, mm.
const FOSSA_EDGE_MM: f64 = 1.2;
/// … over at least this many degrees, so that a groove is not the fossa.
const FOSSA_WIDTH_DEG: f64 = 6.0;
/// The fossa is looked for as far as this medially of the vertical, degrees.
const FURTHEST_MEDIAL_DEG: f64 = 80.0;
/// The floor of the socket lies within this angle of its axis: cosine.
const FLOOR: f64 = 0.94;
/// … and this much deeper than its sphere at most, mm.
const FLOOR_MM: f64 = 9.0;

/// Vertices this far above or below the head's centre are at its level, and the wall behind the head reaches back this far, mm.
const LEVEL_MM: f64 = 3.0;
const BEHIND_MM: f64 = 35.0;

/// What lies within this of the notch's deepest point is as deep, mm.
const DEEPEST_MM: f64 = 0.5;

/// A hip in the coordinates of a [`View`], mm.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Centre of the femoral head; of the socket, where there is no femur.
    pub head: Point3<f64>,
    pub head_radius_mm: f64,
    pub head_rms_mm: f64,
    /// Centre of the socket's sphere.
    pub centre: Point3<f64>,
    pub radius_mm: f64,
    pub rms_mm: f64,
    /// Out of the opening.
    pub axis: Unit<Vector3<f64>>,
    pub rim: Rim,
    /// Medial end of the roof in the frontal plane through the head centre.
    pub roof_medial: Option<Point3<f64>>,
    /// Lower end of the teardrop.
    pub teardrop: Option<Point3<f64>>,
    /// The deepest point of the socket's floor.
    pub floor: Option<Point3<f64>>,
    /// Where the hip bone behind the head is innermost at the level of the head's centre.
    pub inner_wall: Option<Point3<f64>>,
}

impl Shape {
    /// `None` when a third of the rim or more is not in the scan.
    pub fn of(hip: &HipParts, hip_bone: &Bone, view: &View) -> Option<Self> {
        let socket = hip.acetabulum.as_ref()?;
        let sphere = &socket.sphere;
        let head = hip.head.as_ref().unwrap_or(sphere);
        let around = Surroundings::new(hip_bone, &sphere.centre, sphere.radius_mm + AROUND_MM, view);
        let axis = Unit::new_normalize(view.vector(&socket.axis));
        let centre = view.point(&sphere.centre);
        let rim = Rim::of(&around, &centre, sphere.radius_mm, &ClockFace::new(axis, &Vector3::y())?)?;
        let mut shape = Self {
            head: view.point(&head.centre),
            head_radius_mm: head.radius_mm,
            head_rms_mm: head.rms_mm,
            centre,
            radius_mm: sphere.radius_mm,
            rms_mm: sphere.rms_mm,
            axis,
            teardrop: deepest_of_notch(&rim, &axis),
            roof_medial: None,
            inner_wall: inner_wall(hip_bone, view, &view.point(&head.centre)),
            floor: floor(socket, hip_bone).map(|p| view.point(&p)),
            rim,
        };
        shape.roof_medial = shape.find_roof_medial(&around);
        Some(shape)
    }

    /// In the vertical plane through the head centre towards a horizontal direction, the edge of the socket on that side.
    pub fn edge(&self, towards: &Vector3<f64>) -> Option<Point3<f64>> {
        let normal = towards.cross(&Vector3::y());
        let outward = towards + Vector3::y();
        self.rim.crossings(&self.head, &normal).max_by(|a, b| a.coords.dot(&outward).total_cmp(&b.coords.dot(&outward)))
    }

    /// In the sagittal plane through the head centre, the edge of the socket that lies furthest back.
    pub fn posterior_edge(&self) -> Option<Point3<f64>> {
        self.rim.crossings(&self.head, &Vector3::z()).min_by(|a, b| a.x.total_cmp(&b.x))
    }

    /// The angle at the head centre from the bottom of the socket (against its axis) to a place of the rim, degrees.
    pub fn reach_deg(&self, place: &Point3<f64>) -> f64 {
        (place - self.head).angle(&-self.axis.into_inner()).to_degrees()
    }

    /// Walks along the roof from its lateral edge towards the middle until the bone leaves the sphere for the fossa.
    fn find_roof_medial(&self, around: &Surroundings) -> Option<Point3<f64>> {
        let edge = self.edge(&Vector3::z())? - self.head;
        let start = edge.z.atan2(edge.y).to_degrees().floor() - 2.0;
        let halves =
            [1.0, -1.0].map(|side| around.meridian(&self.head, &Vector3::y_axis(), &Unit::new_unchecked(Vector3::z() * side)));
        // The place of the surface at an angle from the vertical, lateral positive, and its depth below the sphere.
        let place = |angle_deg: f64| {
            let half = &halves[usize::from(angle_deg < 0.0)];
            let distance = half.distance_at(angle_deg.abs().to_radians())?;
            let (sin, cos) = angle_deg.to_radians().sin_cos();
            let point = self.head + Vector3::new(0.0, cos, sin) * distance;
            Some((point, (point - self.centre).norm() - self.radius_mm))
        };
        let deep = |angle_deg: f64| place(angle_deg).is_none_or(|(_, depth)| depth > FOSSA_EDGE_MM);
        // The edge itself is rounded and lies outside the sphere: the walk begins on the roof.
        let mut at = (0..30).map(|n| start - f64::from(n)).find(|angle| !deep(*angle))?;
        while at > -FURTHEST_MEDIAL_DEG {
            if (0..=FOSSA_WIDTH_DEG as i32).all(|n| deep(at - f64::from(n))) {
                // Between this degree and the one before it, by halving.
                let (mut inside, mut outside) = (at + 1.0, at);
                for _ in 0..30 {
                    let middle = f64::midpoint(inside, outside);
                    if deep(middle) { outside = middle } else { inside = middle }
                }
                // On the sphere: the depth that tells the fossa is no part of the roof.
                return place(inside).map(|(point, _)| self.centre + (point - self.centre).normalize() * self.radius_mm);
            }
            at -= 1.0;
        }
        None
    }
}

/// Middle of the notch's deepest stretch: medians make neighbours equally deep.
fn deepest_of_notch(rim: &Rim, axis: &Unit<Vector3<f64>>) -> Option<Point3<f64>> {
    let notch = || rim.points.iter().filter(|p| p.notch).map(|p| (p.position.coords.dot(axis), p.position.coords));
    let deepest = notch().map(|(height, _)| height).min_by(f64::total_cmp)?;
    let stretch: Vec<_> = notch().filter(|(height, _)| *height < deepest + DEEPEST_MM).map(|(_, position)| position).collect();
    Some((stretch.iter().sum::<Vector3<f64>>() / stretch.len() as f64).into())
}

/// The innermost vertex of the hip bone behind a head at its level.
fn inner_wall(hip_bone: &Bone, view: &View, head: &Point3<f64>) -> Option<Point3<f64>> {
    let behind = |p: &Point3<f64>| (p.y - head.y).abs() < LEVEL_MM && (head.x - BEHIND_MM..head.x).contains(&p.x);
    hip_bone.vertices().map(|v| view.point(&hip_bone.position(v))).filter(behind).min_by(|a, b| a.z.total_cmp(&b.z))
}

/// The deepest point of the socket's floor along its axis (LPS).
fn floor(socket: &Acetabulum, hip_bone: &Bone) -> Option<Point3<f64>> {
    let Acetabulum { sphere, axis } = socket;
    hip_bone
        .vertices()
        .filter_map(|v| {
            let d = hip_bone.position(v) - sphere.centre;
            let (distance, depth) = (d.norm(), -d.dot(axis));
            let belongs = (sphere.radius_mm - FLOOR_MM..sphere.radius_mm + FLOOR_MM).contains(&distance)
                && depth > FLOOR * distance
                && -d.dot(&hip_bone.normals[v]) > 0.5 * distance;
            belongs.then(|| (depth, hip_bone.position(v)))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, point)| point)
}
