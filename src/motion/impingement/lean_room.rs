//! How far a stem can lean in a cup before anything of the one meets anything of the other, wherever it leans to.
//!
//! On each sphere about the joint's centre the stem reaches so far from the neck's axis, and the cup begins so far from its own: a lean of less
//! than the difference brings no contact, and no turn changes that. Where neck and liner are round it is the neck's own range, and one number
//! spares the search along every path.

use super::triangle::{self, Triangle};
use crate::surface::closest_on_triangle;
use nalgebra::{Point3, Unit, Vector3};
use std::f64::consts::PI;

/// Spheres are this far apart, mm. Between two of them a surface is taken to be flat.
const STEP_MM: f64 = 0.1;
/// Triangles are cut to this length first, mm: the middle of an edge across a rim of 16 mm is then 0.03° nearer to the axis than its ends.
const LONGEST_MM: f64 = 1.0;

/// Cosines, and radii in mm, that differ by less may be the same, rounded.
const ROUNDING: f64 = 1e-9;

/// Which cosine of several is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Least,
    Greatest,
}

impl Of {
    fn of(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Least => one.min(other),
            Self::Greatest => one.max(other),
        }
    }

    /// Where there is none.
    const fn none(self) -> f64 {
        match self {
            Self::Least => f64::INFINITY,
            Self::Greatest => f64::NEG_INFINITY,
        }
    }

    /// Nothing has more of it.
    const fn most(self) -> f64 {
        match self {
            Self::Least => -1.0,
            Self::Greatest => 1.0,
        }
    }
}

/// A surface, the point that it turns about and the axis that its angles are counted from.
pub(super) struct AboutAxis<'a> {
    pub triangles: &'a [Triangle],
    pub centre: Point3<f64>,
    pub axis: Unit<Vector3<f64>>,
}

/// The least angle by which the cup's surface is further from its axis than the stem's from its own, radians, on any sphere; π where no
/// sphere has both.
pub(super) fn lean_room(stem: &AboutAxis<'_>, cup: &AboutAxis<'_>) -> f64 {
    let (nearest, furthest) = cup.radii();
    let stem = stem.cosines(nearest, furthest, Of::Least);
    let cup = cup.cosines(nearest, furthest, Of::Greatest);
    let both = stem.iter().zip(&cup).filter(|(reaches, begins)| reaches.is_finite() && begins.is_finite());
    both.map(|(reaches, begins)| begins.clamp(-1.0, 1.0).acos() - reaches.clamp(-1.0, 1.0).acos()).fold(PI, f64::min)
}

impl AboutAxis<'_> {
    /// How near to the centre the surface comes (an edge may come nearer than its ends) and how far from it it reaches, mm.
    fn radii(&self) -> (f64, f64) {
        self.triangles.iter().fold((f64::INFINITY, 0.0), |(low, high), corners| {
            let radii = corners.map(|p| (p - self.centre).norm());
            let near = radii.iter().copied().fold(f64::INFINITY, f64::min) - triangle::longest_edge_mm(corners);
            (low.min(near.max(0.0)), radii.iter().copied().fold(high, f64::max))
        })
    }

    /// Between each sphere and the next, from one radius to another, the cosine of the angle from the axis that is asked for.
    fn cosines(&self, from_mm: f64, to_mm: f64, of: Of) -> Vec<f64> {
        let count = ((to_mm - from_mm) / STEP_MM).ceil().max(0.0) as usize + 1;
        let mut cosines = vec![of.none(); count];
        let within = |corners: &Triangle| {
            let [a, b, c] = corners;
            let relative = [a - self.centre, b - self.centre, c - self.centre].map(Point3::from);
            let furthest = relative.iter().map(|p| p.coords.norm()).fold(0.0, f64::max);
            let nearest = closest_on_triangle(&Point3::origin(), &relative).coords.norm();
            (furthest >= from_mm && nearest <= to_mm).then(|| (self.best(&relative, of), relative))
        };
        // What promises most comes first and spares most of the others.
        let mut open: Vec<(f64, Triangle)> = self.triangles.iter().filter_map(within).collect();
        open.sort_by(|a, b| if of == Of::Greatest { a.0.total_cmp(&b.0) } else { b.0.total_cmp(&a.0) });
        while let Some((_, piece)) = open.pop() {
            let best = self.best(&piece, of);
            let furthest = piece.iter().map(|p| p.coords.norm()).fold(0.0, f64::max);
            let nearest = closest_on_triangle(&Point3::origin(), &piece).coords.norm();
            // What a piece has to say is told to the spheres within its reach.
            let spheres = [(nearest - ROUNDING - from_mm) / STEP_MM, (furthest + ROUNDING - from_mm) / STEP_MM];
            let spheres =
                (spheres[0].ceil() - 1.0).max(0.0) as usize..(spheres[1].floor() + 1.0).clamp(0.0, count as f64) as usize;
            if spheres.into_iter().all(|sphere| of.of(cosines[sphere], best) == cosines[sphere]) {
                continue;
            }
            if triangle::longest_edge_mm(&piece) > LONGEST_MM {
                open.extend(triangle::halves(&piece).map(|half| (0.0, half)));
                continue;
            }
            self.take(&piece, from_mm, &mut cosines, of);
        }
        cosines
    }

    /// No point of a triangle has a greater, or lesser, cosine than this.
    fn best(&self, piece: &Triangle, of: Of) -> f64 {
        let (middle, radius) = triangle::ball(piece);
        let away = middle.coords.norm();
        if radius >= away {
            return of.most();
        }
        let (cos, sin_spread) = ((middle.coords.dot(&self.axis) / away).clamp(-1.0, 1.0), radius / away);
        let (sin, cos_spread) = ((1.0 - cos * cos).sqrt(), (1.0 - sin_spread * sin_spread).sqrt());
        match of {
            Of::Greatest if cos < cos_spread => cos * cos_spread + sin * sin_spread + ROUNDING,
            Of::Least if cos > -cos_spread => cos * cos_spread - sin * sin_spread - ROUNDING,
            _ => of.most(),
        }
    }

    fn take(&self, piece: &Triangle, from_mm: f64, cosines: &mut [f64], of: Of) {
        let mut told = |place: f64, cosine: f64| {
            if place >= 0.0 && (place as usize) < cosines.len() {
                let known = &mut cosines[place as usize];
                *known = of.of(*known, cosine);
            }
        };
        // The centre itself has no direction: nothing that turns about it is there.
        let cosine = |p: &Vector3<f64>| p.dot(&self.axis) / p.norm().max(f64::MIN_POSITIVE);
        for i in 0..3 {
            let (p, q) = (piece[i].coords, piece[(i + 1) % 3].coords);
            let [start, end] = [p, q].map(|end| (end.norm() - from_mm) / STEP_MM);
            told(start.floor(), cosine(&p));
            // On a sphere the edge belongs to what is within it and to what is beyond.
            let (low, high) = (start.min(end), start.max(end));
            for sphere in low.ceil() as i64..=high.floor() as i64 {
                let part = if end == start { 0.0 } else { (sphere as f64 - start) / (end - start) };
                let on = p + (q - p) * part;
                let cosine = cosine(&on);
                told(sphere as f64 - 1.0, cosine);
                told(sphere as f64, cosine);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{implants::geometry::revolve, mesh::TriMesh};

    fn triangles(mesh: &TriMesh) -> Vec<Triangle> {
        (0..mesh.triangles.len()).map(|t| mesh.corners(t)).collect()
    }

    /// A cylinder in a hemisphere leans until the cosine says; a collar on it that is wider than its neck stops it earlier.
    #[test]
    fn a_neck_in_a_liner_leans_as_far_as_the_closed_form_says() {
        let arc = |radius: f64| {
            (0..=45).map(move |i| f64::from(2 * i).to_radians()).map(move |a| (radius * a.sin(), -radius * a.cos()))
        };
        let profile: Vec<_> = arc(20.0).chain(arc(16.0).collect::<Vec<_>>().into_iter().rev()).collect();
        let liner = triangles(&revolve(&profile, 360));
        let about = |triangles| AboutAxis { triangles, centre: Point3::origin(), axis: Vector3::z_axis() };
        let neck = triangles(&revolve(&[(0.0, 0.0), (6.0, 0.0), (6.0, 40.0), (0.0, 40.0)], 360));
        let found = lean_room(&about(&neck), &about(&liner)).to_degrees();
        let expected = 90.0 - (6.0_f64 / 16.0).asin().to_degrees();
        assert!(found <= expected + 0.01 && found > expected - 0.3, "{found} instead of {expected}");
        let collar = triangles(&revolve(&[(0.0, 0.0), (6.0, 0.0), (6.0, 12.0), (14.0, 12.0), (14.0, 40.0), (0.0, 40.0)], 360));
        let found = lean_room(&about(&collar), &about(&liner)).to_degrees();
        let expected = 90.0 - (14.0_f64 / 14.0_f64.hypot(12.0)).asin().to_degrees();
        assert!(found <= expected + 0.3 && found > expected - 1.0, "{found} instead of {expected}");
        let far = triangles(&revolve(&[(0.0, 30.0), (6.0, 30.0), (6.0, 40.0), (0.0, 40.0)], 60));
        assert_eq!(lean_room(&about(&far), &about(&liner)), PI);
    }
}
