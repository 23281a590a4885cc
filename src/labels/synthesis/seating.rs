//! A femur put into its socket with a joint space all around.

use super::{nearest::NearestSurface, sphere::FittedSphere};
use crate::mesh::TriMesh;
use nalgebra::{Point3, Rotation3, Vector3};

/// How far from the joint centre bone can come near bone in a supine pose, mm.
const REACH_MM: f64 = 90.0;
/// A femur is not made smaller than this to open its joint: beyond, the shape is drawn again.
const SMALLEST_SCALE: f64 = 0.94;
const LARGEST_SCALE: f64 = 1.03;
/// Up to this distance the side of the nearest triangle is trusted, mm.
const SURE_SIDE_MM: f64 = 5.0;
/// A head does not sit further than this from the centre of its socket's sphere.
const LARGEST_SHIFT_MM: f64 = 1.5;

/// Where a femur goes: turned and scaled about its head centre, which then lies at `target`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) head: Point3<f64>,
    pub(super) rotation: Rotation3<f64>,
    pub(super) scale: f64,
    pub(super) target: Point3<f64>,
}

impl Seat {
    pub(super) fn place(&self, p: &Point3<f64>) -> Point3<f64> {
        self.target + self.rotation * (p - self.head) * self.scale
    }

    fn unplace(&self, p: &Point3<f64>) -> Point3<f64> {
        self.head + self.rotation.inverse_transform_vector(&(p - self.target)) / self.scale
    }
}

/// Seats `femur` as concentrically in the socket as the bones allow, so that the bones stay at least `gap_mm` apart, at about
/// `size` times its own size; `None` when no allowed scale does it.
pub(super) fn seat(
    femur: &TriMesh,
    head: &FittedSphere,
    rotation: Rotation3<f64>,
    hip: &TriMesh,
    socket: &FittedSphere,
    size: f64,
    gap_mm: f64,
) -> Option<Seat> {
    let near = |mesh: &TriMesh, centre: &Point3<f64>, v: usize| (mesh.vertices[v] - centre).norm() < REACH_MM;
    let surface = NearestSurface::new(femur, |_| true)?;
    let facing: Vec<_> = (0..hip.vertices.len()).filter(|&v| near(hip, &socket.centre, v)).map(|v| hip.vertices[v]).collect();
    let fitting = (socket.radius_mm - gap_mm) / head.radius_mm;
    let scale = fitting.clamp(SMALLEST_SCALE * size, LARGEST_SCALE * size);
    let mut seat = Seat { head: head.centre, rotation, scale, target: socket.centre };
    for _ in 0..12 {
        let (found, from) = clearance(&surface, &seat, &facing)?;
        let lacking = gap_mm - found;
        if lacking <= 0.0 {
            return Some(seat);
        }
        // The horns of the lunate surface stand a little proud of its sphere: the head first gives way, as cartilage makes it do,
        let away = (seat.target - from).normalize();
        let moved = seat.target + away * (0.6 * lacking + 0.02) - socket.centre;
        seat.target = socket.centre + moved.cap_magnitude(LARGEST_SHIFT_MM);
        // then the femur becomes smaller: contact lies about a head radius away.
        seat.scale -= (0.3 * lacking + 0.02) / head.radius_mm;
        if seat.scale < SMALLEST_SCALE * size {
            return None;
        }
    }
    None
}

/// What is further apart than this is not measured, mm.
const FAR_MM: f64 = 20.0;

/// How far a femur that touches nothing can move along a unit direction until a hip bone is `gap_mm` away, mm; at most `limit_mm`.
pub(super) fn free_way(femur: &TriMesh, hip: &TriMesh, direction: &Vector3<f64>, gap_mm: f64, limit_mm: f64) -> Option<f64> {
    let surface = NearestSurface::new(femur, |_| true)?;
    let mut seat = Seat { head: Point3::origin(), rotation: Rotation3::identity(), scale: 1.0, target: Point3::origin() };
    let mut way = 0.0;
    // No step is longer than what is free, so that bone never passes through bone unseen.
    for _ in 0..200 {
        seat.target = Point3::origin() + direction * way;
        let free = clearance(&surface, &seat, &hip.vertices).map_or(FAR_MM, |(smallest, _)| smallest) - gap_mm;
        if free < 0.02 || way >= limit_mm {
            break;
        }
        way += free.min(limit_mm - way).max(0.02);
    }
    Some(way.min(limit_mm))
}

/// Smallest signed distance (mm, negative inside) of the points from the placed femur, and the point that has it.
fn clearance(surface: &NearestSurface, seat: &Seat, points: &[Point3<f64>]) -> Option<(f64, Point3<f64>)> {
    let (mut smallest, mut nearest) = (f64::INFINITY, None);
    for p in points {
        let local = seat.unplace(p);
        if surface.vertex(&local).1 * seat.scale > smallest.clamp(0.0, FAR_MM - 5.0) + 6.0 {
            continue;
        }
        let found = surface.query(&local);
        // Seen from afar the side is not always that of the triangles at the nearest vertex; what lies deep inside has neighbours
        // that lie less deep.
        let inside = found.behind && found.distance_mm < SURE_SIDE_MM;
        let signed = if inside { -found.distance_mm } else { found.distance_mm };
        if signed * seat.scale < smallest {
            (smallest, nearest) = (signed * seat.scale, Some(*p));
        }
    }
    Some((smallest, nearest?))
}

/// Smallest signed distance between two bones about a joint, mm (negative where they overlap), by the vertices of each against the other.
pub(super) fn gap_mm(femur: &TriMesh, hip: &TriMesh, joint: &Point3<f64>) -> Option<f64> {
    let identity = Seat { head: Point3::origin(), rotation: Rotation3::identity(), scale: 1.0, target: Point3::origin() };
    let one_way = |solid: &TriMesh, other: &TriMesh| {
        let near = |p: &Point3<f64>| (p - joint).norm() < REACH_MM;
        let surface = NearestSurface::new(solid, |_| true)?;
        let points: Vec<_> = other.vertices.iter().filter(|p| near(p)).copied().collect();
        Some(clearance(&surface, &identity, &points)?.0)
    };
    Some(one_way(femur, hip)?.min(one_way(hip, femur)?))
}
