//! The centre of a socket and the axis of its opening.
//!
//! Both follow one definition, each part of which rests on the others, so that they are found in turn until they agree:
//!
//! - **rim**: on each half-plane through the axis the edge of the bone as seen from the centre, where the wall of the socket, within 3 mm
//!   of its sphere, comes nearest to the axis;
//! - **opening axis**: normal of the least-squares plane through the rim without the acetabular notch (Murtha et al. 2008,
//!   10.1016/j.clinbiomech.2008.01.016). The notch is what dips below the plane within 45° of the rim's deepest place: from 0.12 radii
//!   down a point counts less and less, from 0.28 radii down not at all;
//! - **sphere**: through the lunate surface alone (as in Cerveri et al. 2014, Med Biol Eng Comput), which begins 5° beneath the rim and is
//!   40° wide, some 17 mm, as seen from the centre. Least squares, equal solid angles alike, with Tukey's weights, so that fossa, grooves
//!   and osteophytes have no say.

use super::{
    bones::Bone,
    clock::ClockFace,
    fit::{fit_plane_weighted, fit_sphere_near, median},
    meridian::{Meridian, Surroundings},
    model::{Acetabulum, Sphere},
    rim::WALL_MM,
    view::View,
};
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::{Point3, Unit, Vector3};

/// How far from the sphere the rim may lie, mm.
const AROUND_MM: f64 = 12.0;
/// Half-planes on which rim and lunate surface are looked up: every 5°.
const MERIDIANS: usize = 72;
/// The lunate surface begins this far beneath the rim and ends this far beneath it, as seen from the centre, degrees …
const LUNATE_DEG: std::ops::Range<u32> = 5..45;
/// … and lies this near to its sphere, mm.
const LUNATE_MM: f64 = 5.0;
/// The notch reaches this far to both sides of its deepest place, degrees.
const NOTCH_DEG: f64 = 45.0;
/// A point of the notch counts fully down to the first of these depths below the plane and not at all from the second on, in radii.
const NOTCH_DEPTH: [f64; 2] = [0.12, 0.28];
/// Depths are averaged over so many half-planes to both sides before the deepest is taken.
const NOTCH_REACH: usize = 4;
/// Rounds in which weights and plane are found in turn.
const PLANE_ROUNDS: usize = 30;
/// Most rounds in which rim, plane and sphere are found in turn, and how many of them go more than half way: the rim is sampled, and full
/// steps may swing between two samples; the later ones become shorter.
const ROUNDS: usize = 60;
const LONG_ROUNDS: usize = 20;
/// What moves less has settled, mm on the sphere.
const SETTLED_MM: f64 = 1e-7;
/// Of a socket that was found about, the centre is not further away than this, mm.
const FURTHEST_MM: f64 = 8.0;

/// The sphere and the opening axis of a socket from a guess. `None` when a third of the rim or more is not in the scan, or where the lunate
/// surface has no sphere.
pub(super) fn settled_socket(hip_bone: &Bone, guess: &Acetabulum, side: Side) -> Option<Acetabulum> {
    let found = settle(hip_bone, guess, side, |socket, rim| rim.sphere(socket))?;
    ((found.sphere.centre - guess.sphere.centre).norm() < FURTHEST_MM).then_some(found)
}

/// The normal of the plane through the rim, out of the opening, LPS, of a socket whose sphere is given. `None` when a third of the rim or
/// more is not in the scan.
pub(super) fn opening_axis(
    hip_bone: &Bone,
    sphere: &Sphere,
    guess: &Unit<Vector3<f64>>,
    side: Side,
) -> Option<Unit<Vector3<f64>>> {
    let guess = Acetabulum { sphere: *sphere, axis: *guess };
    settle(hip_bone, &guess, side, |socket, _| Some(socket.sphere)).map(|found| found.axis)
}

fn settle(
    hip_bone: &Bone,
    guess: &Acetabulum,
    side: Side,
    sphere_on: impl Fn(&Acetabulum, &Wall) -> Option<Sphere>,
) -> Option<Acetabulum> {
    // Half-planes are counted from the bone's own centroid: the result turns and mirrors with the bone.
    let view = View { frame: &AnatomicalFrame::scanner(hip_bone.centroid()), side };
    let around = Surroundings::new(hip_bone, &guess.sphere.centre, guess.sphere.radius_mm + AROUND_MM, &view);
    let mut socket = Acetabulum {
        sphere: Sphere { centre: view.point(&guess.sphere.centre), ..guess.sphere },
        axis: Unit::new_normalize(view.vector(&guess.axis)),
    };
    for round in 0..ROUNDS {
        let wall = Wall::of(&around, &socket)?;
        let (sphere, axis) = (sphere_on(&socket, &wall)?, wall.axis);
        let share = if round < LONG_ROUNDS { 0.6 } else { 0.6 / (round - LONG_ROUNDS + 1) as f64 };
        let before = socket.sphere;
        let turn = axis.into_inner() - socket.axis.into_inner();
        socket.axis = Unit::new_normalize(socket.axis.into_inner() + turn * share);
        socket.sphere = Sphere {
            centre: before.centre + (sphere.centre - before.centre) * share,
            radius_mm: before.radius_mm + (sphere.radius_mm - before.radius_mm) * share,
            rms_mm: sphere.rms_mm,
        };
        let moved = (sphere.centre - before.centre).norm() + (sphere.radius_mm - before.radius_mm).abs();
        if moved + turn.norm() * before.radius_mm < SETTLED_MM {
            break;
        }
    }
    socket.sphere.centre = view.lps_point(&socket.sphere.centre);
    socket.axis = Unit::new_normalize(view.lps_vector(&socket.axis));
    Some(socket)
}

/// The wall of a socket about its present sphere and axis.
struct Wall {
    meridians: Vec<(Unit<Vector3<f64>>, Meridian)>,
    /// Angle of the rim from the axis on each half-plane, radians, and how much it counts, 0 to 1.
    rim: Vec<Option<(f64, f64)>>,
    /// Normal of the plane through the rim.
    axis: Unit<Vector3<f64>>,
}

impl Wall {
    fn of(around: &Surroundings, socket: &Acetabulum) -> Option<Self> {
        let Acetabulum { sphere: Sphere { centre, radius_mm, .. }, axis } = socket;
        // The view's origin is the bone's centroid.
        let face = ClockFace::new(*axis, &-centre.coords)?;
        let meridians: Vec<_> = (0..MERIDIANS)
            .map(|i| face.direction(12.0 * i as f64 / MERIDIANS as f64))
            .map(|towards| (towards, around.meridian(centre, axis, &towards)))
            .collect();
        let wall = radius_mm - WALL_MM..radius_mm + WALL_MM;
        let edges: Vec<_> = meridians.iter().map(|(_, meridian)| meridian.edge_within(&wall)).collect();
        let near = |i: usize, reach: usize| (0..=2 * reach).map(move |n| (i + MERIDIANS + n - reach) % MERIDIANS);
        // Medians over five half-planes remove osteophytes and gaps narrower than about 12°.
        let smooth: Vec<Option<(f64, f64)>> = (0..MERIDIANS)
            .map(|i| {
                let found = || near(i, 2).filter_map(|n| edges[n]);
                (found().count() >= 3).then(|| (median(found().map(|e| e.0)), median(found().map(|e| e.1))))
            })
            .collect();
        if smooth.iter().flatten().count() * 3 < MERIDIANS * 2 {
            return None;
        }
        // Where the wall ends nowhere near the sphere it is as deep as can be.
        let depth = |i: usize| near(i, NOTCH_REACH).map(|n| smooth[n].map_or(-1.0, |(angle, _)| angle.cos())).sum::<f64>();
        let deepest = (0..MERIDIANS).min_by(|&a, &b| depth(a).total_cmp(&depth(b)))?;
        let in_notch = |i: usize| {
            let apart = i.abs_diff(deepest).min(MERIDIANS - i.abs_diff(deepest));
            apart as f64 * 360.0 / MERIDIANS as f64 <= NOTCH_DEG
        };
        let (at, points): (Vec<usize>, Vec<Point3<f64>>) = (0..MERIDIANS)
            .filter_map(|i| {
                let (angle, distance) = smooth[i]?;
                Some((i, centre + (axis.into_inner() * angle.cos() + meridians[i].0.into_inner() * angle.sin()) * distance))
            })
            .unzip();
        let share = |i: usize, height_mm: f64| {
            let [full, none] = NOTCH_DEPTH;
            let t = ((height_mm / radius_mm + none) / (none - full)).clamp(0.0, 1.0);
            if in_notch(i) { t * t * (3.0 - 2.0 * t) } else { 1.0 }
        };
        let mut plane = (*centre, *axis);
        let mut shares = Vec::new();
        for _ in 0..PLANE_ROUNDS {
            shares = at.iter().zip(&points).map(|(&i, p)| share(i, (p - plane.0).dot(&plane.1))).collect();
            plane = fit_plane_weighted(&points, &shares, axis)?;
        }
        let mut rim = vec![None; MERIDIANS];
        for (&i, &share) in at.iter().zip(&shares) {
            rim[i] = smooth[i].map(|(angle, _)| (angle, share));
        }
        Some(Self { meridians, rim, axis: plane.1 })
    }

    /// The sphere through the lunate surface.
    fn sphere(&self, socket: &Acetabulum) -> Option<Sphere> {
        let Acetabulum { sphere, axis } = socket;
        let (mut points, mut solid_angles) = (Vec::new(), Vec::new());
        for ((towards, meridian), rim) in self.meridians.iter().zip(&self.rim) {
            let Some((edge, share)) = rim.filter(|(_, share)| *share > 0.0) else { continue };
            // In the middle of every degree.
            for angle in LUNATE_DEG.map(|beneath| edge + (f64::from(beneath) + 0.5).to_radians()) {
                let (sin, cos) = angle.sin_cos();
                let on = |distance: &f64| (distance - sphere.radius_mm).abs() < LUNATE_MM;
                if let Some(distance) = meridian.distance_at(angle).filter(on) {
                    points.push(sphere.centre + (axis.into_inner() * cos + towards.into_inner() * sin) * distance);
                    solid_angles.push(share * sin);
                }
            }
        }
        fit_sphere_near(*sphere, &points, &solid_angles, None)
    }
}
