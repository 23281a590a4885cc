//! A path of the femur, cut into shorter and shorter stretches as a search asks for them.

use crate::motion::joint;
use nalgebra::{Matrix3, Vector3};

/// Legs of a path, each with the femur's rotation about the joint's centre at any part of it.
pub(super) trait Way: Sync {
    /// How many legs there are.
    fn legs(&self) -> usize;
    /// Rotation at a part (0 to 1) of a leg, from the moving body's start, in LPS.
    fn rotation(&self, leg: usize, part: f64) -> Matrix3<f64>;
    /// No more than this does the femur turn along a whole leg, radians. Nor does the velocity with which it turns, radians a leg, change by more
    /// than the square of this.
    fn turn_rad(&self, leg: usize) -> f64;
}

/// A stretch of a leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub leg: usize,
    pub from: f64,
    pub to: f64,
    /// Rotation in its middle.
    pub rotation: Matrix3<f64>,
    /// No more than this does the femur turn from there to either end, radians.
    pub half_turn_rad: f64,
    /// What leads from a point in the middle to where it is at either end.
    chords: [Matrix3<f64>; 2],
}

impl Stretch {
    pub fn new(way: &dyn Way, leg: usize, from: f64, to: f64) -> Self {
        let rotation = way.rotation(leg, f64::midpoint(from, to));
        let chords = if from == to { [Matrix3::zeros(); 2] } else { [from, to].map(|end| way.rotation(leg, end) - rotation) };
        Self { leg, from, to, rotation, half_turn_rad: way.turn_rad(leg) * (to - from) / 2.0, chords }
    }

    /// No point of a ball, which is told as before it turns about the joint's centre, is further than this from where it is in the middle, mm.
    ///
    /// Its path leaves the straight way to either end by no more than an eighth of its second derivative: of the distance from the centre times the
    /// square of the turn, and that once more for the velocity's change.
    #[inline]
    pub fn way_mm(&self, centre: &Vector3<f64>, radius_mm: f64) -> f64 {
        if self.half_turn_rad == 0.0 {
            return 0.0;
        }
        let away_mm = centre.norm();
        let chord_mm = self.chords.iter().map(|chord| joint::turned(chord, centre).norm_squared()).fold(0.0, f64::max).sqrt();
        let bulge_mm = away_mm * self.half_turn_rad * self.half_turn_rad / 4.0;
        (chord_mm + bulge_mm).min(self.half_turn_rad * away_mm) + self.half_turn_rad * radius_mm
    }

    pub const fn middle(&self) -> f64 {
        f64::midpoint(self.from, self.to)
    }

    pub fn halves(&self, way: &dyn Way) -> [Self; 2] {
        let middle = self.middle();
        [Self::new(way, self.leg, self.from, middle), Self::new(way, self.leg, middle, self.to)]
    }
}

/// Of a path with more legs its keyframes are not looked at before all else.
const MOST_ENDS: usize = 24;

/// Stretches by number, halved once however often that is asked for.
pub(super) struct Stretches<'a> {
    way: &'a dyn Way,
    known: Vec<(Stretch, Option<u32>)>,
}

impl<'a> Stretches<'a> {
    /// The whole legs; the ends of the legs, as stretches without length, follow them, but of recordings.
    pub fn new(way: &'a dyn Way) -> Self {
        let legs = way.legs();
        let whole = (0..legs).map(|leg| Stretch::new(way, leg, 0.0, 1.0));
        let begin = std::iter::once(Stretch::new(way, 0, 0.0, 0.0));
        let ends = begin.chain((0..legs).map(|leg| Stretch::new(way, leg, 1.0, 1.0)));
        let ends = ends.take(if legs > MOST_ENDS { 0 } else { legs + 1 });
        Self { way, known: whole.chain(ends).map(|stretch| (stretch, None)).collect() }
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.known.len() as u32
    }

    pub fn get(&self, number: u32) -> &Stretch {
        &self.known[number as usize].0
    }

    pub fn halves(&mut self, number: u32) -> [u32; 2] {
        let (stretch, halved) = self.known[number as usize];
        let first = halved.unwrap_or_else(|| {
            let first = self.known.len() as u32;
            self.known.extend(stretch.halves(self.way).map(|half| (half, None)));
            self.known[number as usize].1 = Some(first);
            first
        });
        [first, first + 1]
    }
}
