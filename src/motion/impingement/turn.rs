//! When two bodies of which one turns about an axis first touch, in closed form.
//!
//! With R(φ) the turn about an axis u through the origin, b · R(φ) a = P cos φ + Q sin φ + S. Two balls touch when that reaches a
//! level; a corner meets a plane, and two edges lie in one plane, where such a sum has a value: no step along the motion is needed.
//! Angles are kept as cosine and sine: those of a root follow without any inverse function.

use super::triangle::Triangle;
use nalgebra::{Point3, Unit, Vector3};

/// Barycentric and edge parameters this little outside still count: a contact on a shared edge or corner must not slip between two.
const SEAM: f64 = 1e-9;

/// An angle from 0 up to a whole turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Angle {
    cos: f64,
    sin: f64,
    /// Grows with the angle, from 0 to below 4; 4 after a whole turn.
    rank: f64,
}

impl Angle {
    pub const ZERO: Self = Self { cos: 1.0, sin: 0.0, rank: 0.0 };

    #[inline]
    fn of(cos: f64, sin: f64) -> Self {
        Self { cos, sin, rank: if sin >= 0.0 { 1.0 - cos } else { 3.0 + cos } }
    }

    /// An angle in radians from 0 to 2π; 2π is the end of a whole turn and not its beginning.
    pub fn radians(angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        if angle >= std::f64::consts::TAU { Self { cos, sin, rank: 4.0 } } else { Self::of(cos, sin) }
    }

    #[inline]
    pub fn to_radians(self) -> f64 {
        self.sin.atan2(self.cos).rem_euclid(std::f64::consts::TAU)
    }

    #[inline]
    pub fn before(self, other: Self) -> bool {
        self.rank < other.rank
    }

    #[inline]
    pub const fn rank(self) -> f64 {
        self.rank
    }
}

/// P cos φ + Q sin φ + S.
#[derive(Clone, Copy, Debug)]
struct Wave {
    p: f64,
    q: f64,
    s: f64,
}

impl Wave {
    /// First angle from 0 on at which the wave is at least `level`; `None` when it never is.
    #[inline]
    fn reaches(&self, level: f64) -> Option<Angle> {
        let over = level - self.s;
        if self.p >= over {
            return Some(Angle::ZERO);
        }
        let square = self.p * self.p + self.q * self.q;
        let rest = square - over * over;
        (rest >= 0.0).then(|| self.root(over, rest.sqrt(), square))
    }

    /// The two angles at which the wave has this value; `None` when it never has, or always.
    #[inline]
    fn meets(&self, level: f64) -> Option<[Angle; 2]> {
        let over = level - self.s;
        let square = self.p * self.p + self.q * self.q;
        let rest = square - over * over;
        if rest < 0.0 || square == 0.0 {
            return None;
        }
        let rest = rest.sqrt();
        Some([self.root(over, rest, square), self.root(over, -rest, square)])
    }

    /// The rising root for a positive rest, the falling one for a negative.
    #[inline]
    fn root(&self, over: f64, rest: f64, square: f64) -> Angle {
        Angle::of((self.p * over + self.q * rest) / square, (self.q * over - self.p * rest) / square)
    }
}

/// A turn about an axis through the origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub axis: Unit<Vector3<f64>>,
}

/// A vector that turns: itself and what of it the turn's sums need.
#[derive(Clone, Copy)]
struct Turning {
    vector: Vector3<f64>,
    /// Axis × vector.
    aside: Vector3<f64>,
    along_axis: f64,
}

impl Turn {
    #[inline]
    fn turning(&self, vector: Vector3<f64>) -> Turning {
        Turning { vector, aside: self.axis.cross(&vector), along_axis: vector.dot(&self.axis) }
    }

    /// b · R(φ) a.
    #[inline]
    fn wave(&self, a: &Turning, b: &Vector3<f64>) -> Wave {
        let s = a.along_axis * b.dot(&self.axis);
        Wave { p: a.vector.dot(b) - s, q: a.aside.dot(b), s }
    }

    /// The vector turned.
    #[inline]
    fn apply(&self, angle: Angle, a: &Turning) -> Vector3<f64> {
        a.vector * angle.cos + a.aside * angle.sin + self.axis.into_inner() * ((1.0 - angle.cos) * a.along_axis)
    }

    /// First angle at which balls about `a`, which turns, and `b`, with radii of this sum, touch.
    #[inline]
    pub fn balls(&self, a: &Vector3<f64>, b: &Vector3<f64>, sum_mm: f64) -> Option<Angle> {
        self.wave(&self.turning(*a), b).reaches((a.norm_squared() + b.norm_squared() - sum_mm * sum_mm) / 2.0)
    }

    /// First angle below `below` at which a triangle that turns touches another, and where.
    pub fn triangles(&self, moving: &Triangle, fixed: &Triangle, below: Angle) -> Option<(Angle, Point3<f64>)> {
        // No turn changes the height along the axis.
        let heights = |[a, b, c]: &Triangle| {
            let heights = [a.coords.dot(&self.axis), b.coords.dot(&self.axis), c.coords.dot(&self.axis)];
            (heights[0].min(heights[1]).min(heights[2]) - SEAM, heights[0].max(heights[1]).max(heights[2]) + SEAM)
        };
        let ((low, high), (bottom, top)) = (heights(moving), heights(fixed));
        if low > top || bottom > high {
            return None;
        }
        let mut best = (below, None);
        let mut consider = |angles: Option<[Angle; 2]>, at: &dyn Fn(Angle) -> Option<Point3<f64>>| {
            for angle in angles.into_iter().flatten() {
                if angle.before(best.0)
                    && let Some(point) = at(angle)
                {
                    best = (angle, Some(point));
                }
            }
        };
        let normal = |[a, b, c]: &Triangle| (b - a).cross(&(c - a));
        let (n, m) = (normal(fixed), normal(moving));
        let corners = [self.turning(moving[0].coords), self.turning(moving[1].coords), self.turning(moving[2].coords)];
        for corner in &corners {
            consider(self.wave(corner, &n).meets(n.dot(&fixed[0].coords)), &|angle| {
                let point = Point3::from(self.apply(angle, corner));
                holds(fixed, &n, &point).then_some(point)
            });
        }
        let (face, level) = (self.turning(m), m.dot(&moving[0].coords));
        for corner in fixed {
            consider(self.wave(&face, &corner.coords).meets(level), &|angle| {
                let back = self.apply(Angle { sin: -angle.sin, ..angle }, &self.turning(corner.coords));
                holds(moving, &m, &Point3::from(back)).then_some(*corner)
            });
        }
        let edges = |[a, b, c]: &Triangle| [(a.coords, b - a), (b.coords, c - b), (c.coords, a - c)];
        let edge = |(a, along): (Vector3<f64>, Vector3<f64>)| (self.turning(along), self.turning(a.cross(&along)));
        let [one, two, three] = edges(moving);
        let ours = [edge(one), edge(two), edge(three)];
        for (b, beside) in edges(fixed) {
            let moment = beside.cross(&b);
            for (a, (along, about)) in corners.iter().zip(&ours) {
                // (b − R a) · (R along × beside) = 0, where both edges lie in one plane.
                let (one, two) = (self.wave(along, &moment), self.wave(about, &beside));
                let plane = Wave { p: one.p - two.p, q: one.q - two.q, s: one.s - two.s };
                consider(plane.meets(0.0), &|angle| edges_meet(&self.apply(angle, a), &self.apply(angle, along), &b, &beside));
            }
        }
        best.1.map(|point| (best.0, point))
    }
}

/// True when a point in a triangle's plane is in the triangle, of which `normal` is a normal of any length.
fn holds([a, b, c]: &Triangle, normal: &Vector3<f64>, point: &Point3<f64>) -> bool {
    let least = -SEAM * normal.norm_squared();
    [(a, b), (b, c), (c, a)].iter().all(|(from, to)| (*to - *from).cross(&(point - *from)).dot(normal) >= least)
}

/// Where two edges of one plane cross.
fn edges_meet(a: &Vector3<f64>, along: &Vector3<f64>, b: &Vector3<f64>, beside: &Vector3<f64>) -> Option<Point3<f64>> {
    let normal = along.cross(beside);
    let square = normal.norm_squared();
    let way = b - a;
    let (t, s) = (way.cross(beside).dot(&normal) / square, way.cross(along).dot(&normal) / square);
    // Parallel edges divide by zero; the ranges hold no NaN. Their contact is one of a corner.
    let inside = |part: f64| (-SEAM..=1.0 + SEAM).contains(&part);
    (inside(t) && inside(s)).then(|| Point3::from(b + beside * s))
}
