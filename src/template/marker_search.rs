//! Where on a film discs may be.

use super::{Circle, Radiograph};
use std::ops::RangeInclusive;

/// Longest side of the reduced picture that is searched, pixels.
const LONGEST: usize = 720;
/// Share of the pixels, those with the steepest gradient, that vote.
const VOTERS: f64 = 0.15;
/// Share of a circle's edge that must have voted for its centre.
const LEAST: f64 = 0.5;
/// Discs beyond these many are not looked at.
const MOST: usize = 40;

/// Places with many edges around them that rise inwards, the likeliest first.
pub(super) fn candidates(film: &Radiograph, radii: &RangeInclusive<f64>) -> Vec<Circle> {
    // The smallest disc must keep a radius of four pixels.
    let step = film.columns.max(film.rows).div_ceil(LONGEST).min((radii.start() / 4.0) as usize).max(1);
    let small = Reduced::of(film, step);
    let edges = small.edges();
    let scale = step as f64;
    let (first, last) = ((radii.start() / scale).floor() as usize, (radii.end() / scale).ceil() as usize);
    let mut found: Vec<(f64, Circle)> = Vec::new();
    for radius in first.max(3)..=last {
        for (x, y, share) in small.peaks(&edges, radius as f64) {
            let centre = [x, y].map(|at| (at as f64 + 0.5) * scale - 0.5);
            found.push((share, Circle { centre, radius: radius as f64 * scale }));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<Circle> = Vec::new();
    for (_, disc) in found {
        let near = |other: &Circle| {
            (other.centre[0] - disc.centre[0]).hypot(other.centre[1] - disc.centre[1]) < 0.5 * other.radius.min(disc.radius)
        };
        if kept.len() < MOST && kept.iter().filter(|other| near(other)).count() < 3 {
            kept.push(disc);
        }
    }
    kept
}

/// The film in means over squares of pixels.
struct Reduced {
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

/// A pixel with the direction in which its surroundings grow brighter.
struct Edge {
    at: [f64; 2],
    inward: [f64; 2],
}

impl Reduced {
    fn of(film: &Radiograph, step: usize) -> Self {
        let (columns, rows) = (film.columns / step, film.rows / step);
        let mean = |at: usize| {
            let (left, top) = (at % columns * step, at / columns * step);
            let row = |row: usize| (left..left + step).map(|column| film.at(column, row)).sum::<f32>();
            (top..top + step).map(row).sum::<f32>() / (step * step) as f32
        };
        Self { columns, rows, values: (0..columns * rows).map(mean).collect() }
    }

    fn edges(&self) -> Vec<Edge> {
        let value = |x: usize, y: usize| f64::from(self.values[y * self.columns + x]);
        let mut steep: Vec<(f64, Edge)> = Vec::new();
        for y in 1..self.rows.saturating_sub(1) {
            for x in 1..self.columns.saturating_sub(1) {
                // Sobel's operator.
                let across = |row: usize| value(x + 1, row) - value(x - 1, row);
                let down = |column: usize| value(column, y + 1) - value(column, y - 1);
                let gradient = [across(y - 1) + 2.0 * across(y) + across(y + 1), down(x - 1) + 2.0 * down(x) + down(x + 1)];
                let size = gradient[0].hypot(gradient[1]);
                if size > 0.0 {
                    steep.push((size, Edge { at: [x as f64, y as f64], inward: gradient.map(|part| part / size) }));
                }
            }
        }
        steep.sort_by(|a, b| b.0.total_cmp(&a.0));
        steep.truncate((VOTERS * self.values.len() as f64) as usize);
        steep.into_iter().map(|(_, edge)| edge).collect()
    }

    /// Places with at least [`LEAST`] of the votes that a whole circle of this radius would have.
    fn peaks(&self, edges: &[Edge], radius: f64) -> Vec<(usize, usize, f64)> {
        let mut votes = vec![0_u16; self.values.len()];
        for Edge { at, inward } in edges {
            let [x, y] = [0, 1].map(|axis| (at[axis] + radius * inward[axis]).round());
            if x >= 0.0 && y >= 0.0 && (x as usize) < self.columns && (y as usize) < self.rows {
                votes[y as usize * self.columns + x as usize] += 1;
            }
        }
        let around = |x: usize, y: usize| {
            (y - 1..=y + 1).map(|row| (x - 1..=x + 1).map(|column| votes[row * self.columns + column]).sum::<u16>()).sum::<u16>()
        };
        let whole = std::f64::consts::TAU * radius;
        let mut found = Vec::new();
        for y in 1..self.rows.saturating_sub(1) {
            for x in 1..self.columns.saturating_sub(1) {
                if votes[y * self.columns + x] > 0 {
                    let share = f64::from(around(x, y)) / whole;
                    if share >= LEAST {
                        found.push((x, y, share));
                    }
                }
            }
        }
        found
    }
}
