//! The sacrum: its endplate and promontory.

use super::{
    bones::Bone,
    fit::fit_plane,
    landmark::{Landmark, LandmarkName, Landmarks},
};
use crate::frames::AnatomicalFrame;
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use nalgebra::{Matrix3, Point3, SymmetricEigen, Unit, Vector3};

/// Where the endplate lies from the mid-point of the sockets, anterior and superior, in radii of the sockets (four subjects, VSD).
const PLACE: [f64; 2] = [-0.9, 3.85];
/// How far around that its surface is looked for, in radii.
const REACH: f64 = 1.0;
/// Half the width of the endplate that takes part, and of the strip along the mid-plane, in radii.
const HALF_WIDTH: f64 = 0.6;
const HALF_STRIP: f64 = 0.25;
/// Which way an endplate faces before it is known: anterior, superior.
const FACES: [f64; 2] = [0.57, 0.82];
/// The endplate's own surface scatters about its plane by this much, mm.
const SCATTER_MM: f64 = 1.0;
/// The surface of the endplate faces as the plane does: cosine.
const FACING: f64 = 0.85;
/// How far the rim of the endplate may stand off its plane, mm.
const RIM_MM: f64 = 4.0;
/// How much the promontory's height counts against how far it lies in front.
const HEIGHT: f64 = 0.15;

/// Finds the middle of the endplate, its back edge and the promontory; `None` where they are not in the scan.
///
/// The mid-plane is that in which the sacrum is most nearly its own mirror image; the endplate is the plane fitted to what faces upwards
/// and forwards near the expected place; its middle lies half-way along it in the mid-plane, the promontory at its front end. `sockets`
/// is the mid-point of the two sockets, `radius_mm` their mean radius.
pub(super) fn endplate(
    sacrum: &Bone,
    app: &AnatomicalFrame,
    sockets: &Point3<f64>,
    radius_mm: f64,
    found: &mut Landmarks,
) -> Option<()> {
    let middle = mid_plane(sacrum, app)?;
    let off_middle = |p: &Point3<f64>| (p - middle.0).dot(&middle.1);
    let place = sockets + app.lps_vector(&Vector3::new(PLACE[0], PLACE[1], 0.0)) * radius_mm;
    let place = place - middle.1.into_inner() * off_middle(&place);
    let near: Vec<usize> = sacrum
        .vertices()
        .filter(|&v| {
            let p = sacrum.position(v);
            (p - place).norm() < REACH * radius_mm && off_middle(&p).abs() < HALF_WIDTH * radius_mm
        })
        .collect();
    let mut normal = Unit::new_normalize(app.lps_vector(&Vector3::new(FACES[0], FACES[1], 0.0)));
    let mut centre = place;
    for _ in 0..20 {
        let facing = near.iter().filter(|&&v| sacrum.normals[v].dot(&normal) > FACING).map(|&v| sacrum.position(v));
        let (next_centre, next) = fit_plane(&facing.collect::<Vec<_>>(), &normal, SCATTER_MM)?;
        let change = (next.into_inner() - normal.into_inner()).norm();
        (centre, normal) = (next_centre, next);
        if change < 1e-9 {
            break;
        }
    }
    let forwards = Unit::try_new(normal.cross(&middle.1), 1e-9)?;
    let forwards = if forwards.dot(&app.anterior()) < 0.0 { -forwards } else { forwards };
    let strip: Vec<usize> =
        near.iter().copied().filter(|&v| off_middle(&sacrum.position(v)).abs() < HALF_STRIP * radius_mm).collect();
    let along = |p: &Point3<f64>| (p - centre).dot(&forwards);
    let plate: Vec<f64> = strip
        .iter()
        .filter(|&&v| sacrum.normals[v].dot(&normal) > FACING - 0.05)
        .map(|&v| sacrum.position(v))
        .filter(|p| (p - centre).dot(&normal).abs() < RIM_MM)
        .map(|p| along(&p))
        .collect();
    let (back, front) = plate.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &a| (low.min(a), high.max(a)));
    let on_middle = |p: Point3<f64>| p - middle.1.into_inner() * off_middle(&p);
    if back >= front {
        return None;
    }
    let at = |along: f64| on_middle(centre + forwards.into_inner() * along);
    let ahead = forwards.into_inner() + normal.into_inner() * HEIGHT;
    let promontory = strip
        .iter()
        .map(|&v| sacrum.position(v))
        .max_by(|a, b| a.coords.dot(&ahead).total_cmp(&b.coords.dot(&ahead)))
        .map(on_middle)?;
    let mut say = |name, position: Point3<f64>, method: &str| {
        found.insert(name, None, Landmark { position, sd_mm: Some(1.2), along: None, method: method.into(), doubt: None });
    };
    say(LandmarkName::SacralEndplatePosterior, at(back), "back edge of the S1 endplate in the sacrum's plane of symmetry");
    say(LandmarkName::SacralEndplate, at((back + front) / 2.0), "middle of the S1 endplate along the sacrum's plane of symmetry");
    say(LandmarkName::SacralPromontory, promontory, "front edge of the S1 endplate in the sacrum's plane of symmetry");
    Some(())
}

/// Points of the sacrum that take part in finding its mid-plane.
const SAMPLES: usize = 1500;

/// The plane in which the sacrum is most nearly its own mirror image: a point and the unit normal to the right.
fn mid_plane(sacrum: &Bone, app: &AnatomicalFrame) -> Option<(Point3<f64>, Unit<Vector3<f64>>)> {
    let points: Vec<[f64; 3]> = sacrum.mesh.vertices.iter().map(|p| p.coords.into()).collect();
    if points.is_empty() {
        return None;
    }
    let tree: ImmutableKdTree<f64, 3> = ImmutableKdTree::new_from_slice(&points).ok()?;
    let samples: Vec<Point3<f64>> = points.iter().step_by((points.len() / SAMPLES).max(1)).map(|&p| p.into()).collect();
    let mut normal = app.right();
    let mut through = sacrum.centroid();
    for _ in 0..60 {
        let pairs: Vec<(Point3<f64>, Point3<f64>)> = samples
            .iter()
            .map(|p| {
                let image = p - normal.into_inner() * (2.0 * (p - through).dot(&normal));
                let nearest = tree.query(&image.coords.into()).nearest_one::<SquaredEuclidean<f64>>().execute().item;
                (*p, points[nearest as usize].into())
            })
            .collect();
        let off = |(p, q): &(Point3<f64>, Point3<f64>)| {
            let image = p - normal.into_inner() * (2.0 * (p - through).dot(&normal));
            (image - q).norm()
        };
        let mut distances: Vec<f64> = pairs.iter().map(&off).collect();
        // A fifth of the sacrum, where it is not symmetric, takes no part.
        let limit = *distances.select_nth_unstable_by(pairs.len() * 4 / 5, f64::total_cmp).1;
        let kept: Vec<_> = pairs.iter().filter(|pair| off(pair) <= limit).collect();
        let spread = kept.iter().fold(Matrix3::zeros(), |sum, (p, q)| sum + (p - q) * (p - q).transpose());
        let eigen = SymmetricEigen::new(spread);
        let axis = eigen.eigenvectors.column(eigen.eigenvalues.imax()).into_owned();
        let next = Unit::try_new(if axis.dot(&normal) < 0.0 { -axis } else { axis }, 1e-9)?;
        let middle = kept.iter().map(|(p, q)| nalgebra::center(p, q).coords).sum::<Vector3<f64>>() / kept.len().max(1) as f64;
        let change = (next.into_inner() - normal.into_inner()).norm() + (middle - through.coords).dot(&next).abs();
        (normal, through) = (next, middle.into());
        if change < 1e-9 {
            break;
        }
    }
    Some((through, normal))
}
