//! When two bodies of which one turns about an axis first touch, in closed form.
//!
//! With R(φ) the turn about an axis u through the origin, b · R(φ) a = P cos φ + Q sin φ + S. Two balls touch when that reaches a
//! level; a corner meets a plane, and two edges lie in one plane, where such a sum has a value: no step along the motion is needed.
//! Angles are kept as cosine and sine: those of a root follow without any inverse function.

use super::triangle::Triangle;
use nalgebra::{Point3, Unit, Vector3};

/// Barycentric and edge parameters this little outside still count: a contact on a shared edge or corner must not slip between two.
const SEAM: f64 = 1e-9;
/// Where balls only just touch rounding moves the angle at which they do by no more than this, radians.
const ROUNDING_RAD: f64 = 1e-6;
/// No corner or edge that counts so is as far outside of its triangle as this, mm.
const SEAM_MM: f64 = 1e-6;

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

/// Two balls, of which the first turns.
pub(super) struct Balls {
    pub centres: [Vector3<f64>; 2],
    pub sum_mm: f64,
}

impl Balls {
    /// The product of the way to the one and the way to the other where they touch, mm².
    #[inline]
    fn touching(&self) -> f64 {
        let [a, b] = &self.centres;
        (a.norm_squared() + b.norm_squared() - self.sum_mm * self.sum_mm) / 2.0
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

    /// First angle at which balls touch.
    #[inline]
    pub fn balls(&self, balls: &Balls) -> Option<Angle> {
        self.nearness(balls).reaches(balls.touching())
    }

    /// From when to when two balls touch, or `below`, when they first do.
    #[inline]
    fn together(&self, balls: &Balls, below: Angle) -> Option<[Angle; 2]> {
        let (wave, level) = (self.nearness(balls), balls.touching());
        if wave.p >= level - wave.s {
            return Some([Angle::ZERO, below]);
        }
        let [from, to] = wave.meets(level)?;
        Some([from, if from.before(to) && to.before(below) { to } else { below }])
    }

    /// What grows as two balls come near each other.
    #[inline]
    fn nearness(&self, balls: &Balls) -> Wave {
        self.wave(&self.turning(balls.centres[0]), &balls.centres[1])
    }

    /// First angle below `below` at which a triangle that turns touches another, and where; `balls` hold the two.
    pub fn triangles(&self, moving: &Triangle, fixed: &Triangle, balls: &Balls, below: Angle) -> Option<(Angle, Point3<f64>)> {
        // No turn changes the height along the axis.
        let heights = |[a, b, c]: &Triangle| {
            let heights = [a.coords.dot(&self.axis), b.coords.dot(&self.axis), c.coords.dot(&self.axis)];
            (heights[0].min(heights[1]).min(heights[2]) - SEAM, heights[0].max(heights[1]).max(heights[2]) + SEAM)
        };
        let ((low, high), (bottom, top)) = (heights(moving), heights(fixed));
        if low > top || bottom > high {
            return None;
        }
        let mut first = First { angle: below, point: None };
        let normal = |[a, b, c]: &Triangle| (b - a).cross(&(c - a));
        let (n, m) = (normal(fixed), normal(moving));
        let corners = [self.turning(moving[0].coords), self.turning(moving[1].coords), self.turning(moving[2].coords)];
        let level = n.dot(&fixed[0].coords);
        let waves = [self.wave(&corners[0], &n), self.wave(&corners[1], &n), self.wave(&corners[2], &n)];
        let between = self.together(balls, below).and_then(|[from, to]| Between::new(from, to));
        if between.is_some_and(|between| between.apart(&waves, level, &n)) {
            return None;
        }
        for (corner, wave) in corners.iter().zip(&waves) {
            first.consider(wave.meets(level), |angle| {
                let point = Point3::from(self.apply(angle, corner));
                holds(fixed, &n, &point).then_some(point)
            });
        }
        let (face, level) = (self.turning(m), m.dot(&moving[0].coords));
        let waves = [self.wave(&face, &fixed[0].coords), self.wave(&face, &fixed[1].coords), self.wave(&face, &fixed[2].coords)];
        if first.point.is_none() && between.is_some_and(|between| between.apart(&waves, level, &m)) {
            return None;
        }
        for (corner, wave) in fixed.iter().zip(&waves) {
            first.consider(wave.meets(level), |angle| {
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
                first.consider(plane.meets(0.0), |angle| {
                    edges_meet(&self.apply(angle, a), &self.apply(angle, along), &b, &beside)
                });
            }
        }
        first.point.map(|point| (first.angle, point))
    }
}

/// Angles from one to another: cosine and sine of their middle, and no less than half of the way between them, radians.
#[derive(Clone, Copy)]
struct Between {
    cos: f64,
    sin: f64,
    half: f64,
}

impl Between {
    /// `None` where they are so far apart that nothing simple can be said.
    #[inline]
    fn new(from: Angle, to: Angle) -> Option<Self> {
        let chord = (from.cos - to.cos).powi(2) + (from.sin - to.sin).powi(2);
        // The square of the sine of the half: less than 45°, and no more than half a turn from one to the other.
        let square = chord / 4.0;
        (square < 0.5 && to.rank - from.rank < 2.0).then(|| {
            let (cos, sin) = (from.cos + to.cos, from.sin + to.sin);
            let length = (cos * cos + sin * sin).sqrt();
            // No angle is more than its tangent.
            Self { cos: cos / length, sin: sin / length, half: (square / (1.0 - square)).sqrt() + ROUNDING_RAD }
        })
    }

    /// True when there the waves, which are heights of a triangle's corners over a plane with this normal, are all above the level or all below.
    #[inline]
    fn apart(&self, waves: &[Wave; 3], level: f64, normal: &Vector3<f64>) -> bool {
        let seam = SEAM_MM * (normal.x.abs() + normal.y.abs() + normal.z.abs());
        let (mut above, mut below) = (true, true);
        for Wave { p, q, s } in waves {
            let (height, slope) = (p * self.cos + q * self.sin + s - level, q * self.cos - p * self.sin);
            // The second derivative is no more than the wave's own size.
            let change = slope.abs() * self.half + (p.abs() + q.abs()) * self.half * self.half / 2.0 + seam;
            above &= height > change;
            below &= -height > change;
        }
        above || below
    }
}

/// The first of the angles at which something is found.
struct First {
    angle: Angle,
    point: Option<Point3<f64>>,
}

impl First {
    // Called for fifteen features of every two triangles: as a call it took a third of a motion.
    #[inline(always)]
    fn consider(&mut self, angles: Option<[Angle; 2]>, at: impl Fn(Angle) -> Option<Point3<f64>>) {
        let Some([one, two]) = angles else { return };
        if one.before(self.angle)
            && let Some(point) = at(one)
        {
            (self.angle, self.point) = (one, Some(point));
        }
        if two.before(self.angle)
            && let Some(point) = at(two)
        {
            (self.angle, self.point) = (two, Some(point));
        }
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

#[cfg(test)]
mod tests {
    use super::{
        super::{crossing::crossing, triangle},
        *,
    };
    use crate::surface::closest_on_triangle;
    use nalgebra::Rotation3;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use std::f64::consts::PI;

    /// Small triangles that pass each other: what steps of a quarter of a degree find to cross is met no later, and where they are said to
    /// meet they do.
    #[test]
    fn triangles_meet_no_later_than_steps_find_and_where_they_are_told_to() {
        let mut rng = ChaCha8Rng::seed_from_u64(12);
        let mut side = |most: f64| rng.random_range(-most..most);
        let (mut met, mut missed) = (0, 0);
        for _ in 0..3_000 {
            let axis = Unit::new_normalize(Vector3::new(side(1.0), side(1.0), side(1.0)));
            let (out, way) = (Vector3::new(side(60.0), side(60.0), side(60.0)), 1.2 + side(1.2));
            let turned = |by: f64| Rotation3::from_axis_angle(&axis, by);
            let mut about =
                |middle: Vector3<f64>| [(); 3].map(|()| Point3::from(middle + Vector3::new(side(2.0), side(2.0), side(2.0))));
            let (moving, fixed) = (about(out), about(turned(way) * out));
            let at = |by: f64| moving.map(|corner| turned(by) * corner);
            if crossing(&moving, &fixed).is_some() {
                continue;
            }
            let [one, other] = [&moving, &fixed].map(triangle::ball);
            let balls = Balls { centres: [one.0.coords, other.0.coords], sum_mm: one.1 + other.1 };
            let found = Turn { axis }.triangles(&moving, &fixed, &balls, Angle::radians(PI));
            let stepped =
                (1..720).map(|step| (0.25 * f64::from(step)).to_radians()).find(|by| crossing(&at(*by), &fixed).is_some());
            if let Some(by) = stepped {
                let angle = found.expect("what crosses meets").0.to_radians();
                assert!(angle <= by, "{angle} where {by} crosses");
            }
            match found {
                Some((angle, point)) => {
                    let away = |corners: &Triangle| (closest_on_triangle(&point, corners) - point).norm();
                    let away_mm = away(&fixed).max(away(&at(angle.to_radians())));
                    assert!(away_mm < 1e-6, "{away_mm} mm beside one of them");
                    met += 1;
                }
                None => missed += 1,
            }
        }
        assert!(met > 500 && missed > 500, "{met} {missed}");
    }
}
