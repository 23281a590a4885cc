//! The shadow of a sphere, fitted to a disc on the film to a fraction of a pixel.

use super::{Ball, Circle, Radiograph, fit_circle};
use nalgebra::{Matrix3, Matrix5, Vector3, Vector5};
use std::f64::consts::TAU;

/// Directions in which the edge is looked for.
const DIRECTIONS: usize = 120;
/// Share of them in which it must be on the circle.
const WHOLE: f64 = 0.85;
/// The inside is brighter than what lies around by at least this share of the film's window.
const CONTRAST: f64 = 0.06;
/// What of the shadow's height the fit may miss, root mean square.
const MISFIT: f64 = 0.15;
/// Steps of the fit.
const STEPS: usize = 40;
/// Sectors around the centre, each with its own height of the shadow and its own slope behind it: a ball may lie over the border of a thigh.
const SECTORS: usize = 24;
/// The part of the disc and of what lies around it that takes part in the fit, radii.
const RING: [f64; 2] = [0.7, 1.13];
/// Samples of a pixel on the edge, a side.
const SAMPLES: usize = 5;

/// The ball at a disc; `None` where its edge is broken or its shade is not that of a sphere.
pub(super) fn fit(film: &Radiograph, disc: &Circle) -> Option<Ball> {
    let mut circle = *disc;
    // The first circle is that of a reduced picture: the second look is from a better centre.
    let mut share = 0.0;
    for _ in 0..3 {
        (circle, share) = edge(film, &circle)?;
    }
    if share < WHOLE || !stands_out(film, &circle) {
        return None;
    }
    let shadow = Shadow::fit(film, &circle)?;
    let moved = (shadow.centre[0] - circle.centre[0]).hypot(shadow.centre[1] - circle.centre[1]);
    // A fit that runs away from the edge fitted something else.
    if moved > 0.15 * circle.radius || (shadow.radius / circle.radius - 1.0).abs() > 0.15 {
        return None;
    }
    Some(Ball { centre: shadow.centre, diameter: 2.0 * shadow.radius, diameter_sd: 2.0 * shadow.radius_sd, by_hand: false })
}

/// The value between pixels; `None` beyond the picture.
fn value(film: &Radiograph, x: f64, y: f64) -> Option<f64> {
    let (left, top) = (x.floor(), y.floor());
    if left < 0.0 || top < 0.0 || left as usize + 1 >= film.columns || top as usize + 1 >= film.rows {
        return None;
    }
    let (column, row, fx, fy) = (left as usize, top as usize, x - left, y - top);
    let at = |dx: usize, dy: usize| f64::from(film.at(column + dx, row + dy));
    let upper = at(0, 0) + fx * (at(1, 0) - at(0, 0));
    let lower = at(0, 1) + fx * (at(1, 1) - at(0, 1));
    Some(upper + fy * (lower - upper))
}

/// The circle through the steepest falls along rays from a centre, and the share of the rays whose fall is on it.
fn edge(film: &Radiograph, near: &Circle) -> Option<(Circle, f64)> {
    let reach = (0.04 * near.radius).max(1.0);
    let mut falls: Vec<([f64; 2], f64)> = Vec::new();
    for number in 0..DIRECTIONS {
        let (sin, cos) = (TAU * number as f64 / DIRECTIONS as f64).sin_cos();
        let at = |along: f64| value(film, near.centre[0] + along * cos, near.centre[1] + along * sin);
        let steps = (near.radius * 0.6 / 0.25) as usize;
        let fall = (0..=steps)
            .filter_map(|step| {
                let along = 0.7 * near.radius + 0.25 * step as f64;
                Some((along, at(along - reach)? - at(along + reach)?))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((along, fall)) = fall {
            falls.push(([near.centre[0] + along * cos, near.centre[1] + along * sin], fall));
        }
    }
    let least = 0.5 * CONTRAST * f64::from(film.window[1] - film.window[0]);
    falls.retain(|(_, fall)| *fall >= least);
    let mut points: Vec<[f64; 2]> = falls.iter().map(|(point, _)| *point).collect();
    let off = |circle: &Circle, p: &[f64; 2]| ((p[0] - circle.centre[0]).hypot(p[1] - circle.centre[1]) - circle.radius).abs();
    let mut circle = fit_circle(&points)?;
    for tolerance in [0.2, 0.1, 0.05] {
        points.retain(|point| off(&circle, point) < (tolerance * circle.radius).max(1.5));
        circle = fit_circle(&points)?;
    }
    Some((circle, points.len() as f64 / DIRECTIONS as f64))
}

/// True when the inside is brighter than what lies around it, in nearly every direction.
fn stands_out(film: &Radiograph, circle: &Circle) -> bool {
    let least = CONTRAST * f64::from(film.window[1] - film.window[0]);
    let around = (0..DIRECTIONS).filter(|&number| {
        let (sin, cos) = (TAU * number as f64 / DIRECTIONS as f64).sin_cos();
        let at = |share: f64| {
            value(film, circle.centre[0] + share * circle.radius * cos, circle.centre[1] + share * circle.radius * sin)
        };
        at(0.6).zip(at(1.15)).is_some_and(|(inside, outside)| inside - outside > least)
    });
    around.count() as f64 >= WHOLE * DIRECTIONS as f64
}

/// What a sphere throws on a film: along a chord c of the diameter, 1 − exp(−κ·c). Small κ is a shade in proportion to the metal passed, as
/// in linear detectors; large κ one that is white all over. The edge is as soft as a mean over a square of some pixels makes it.
#[derive(Clone, Copy)]
struct Shadow {
    centre: [f64; 2],
    radius: f64,
    radius_sd: f64,
}

/// A pixel that takes part in the fit.
struct Sample {
    at: [f64; 2],
    value: f64,
    sector: usize,
}

impl Shadow {
    /// Least squares (Levenberg–Marquardt) over centre, radius, κ and softness, beside height and background of each sector; bone that crosses the
    /// picture counts little.
    fn fit(film: &Radiograph, start: &Circle) -> Option<Self> {
        let samples = around(film, start);
        let mut parameters = Vector5::new(start.centre[0], start.centre[1], start.radius, 1.0, 0.0);
        let mut weights = vec![1.0; samples.len()];
        let mut damping = 1e-3;
        let mut residual = residuals(&samples, &parameters, &weights)?;
        let mut normal = Matrix5::identity();
        for step in 0..STEPS {
            let columns: Vec<Vec<f64>> = (0..5)
                .map(|number| {
                    let delta = if number >= 3 { 1e-2 } else { 1e-3 * start.radius };
                    let mut moved = parameters;
                    moved[number] += delta;
                    let there = residuals(&samples, &moved, &weights)?.values;
                    Some(there.iter().zip(&residual.values).map(|(there, here)| (there - here) / delta).collect())
                })
                .collect::<Option<_>>()?;
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).zip(&weights).map(|((a, b), w)| a * b * w).sum::<f64>();
            normal = Matrix5::from_fn(|row, column| dot(&columns[row], &columns[column]));
            let gradient = Vector5::from_fn(|row, _| dot(&columns[row], &residual.values));
            let damped = normal + Matrix5::from_diagonal(&(normal.diagonal() * damping));
            let solved = damped.cholesky()?;
            let mut next = parameters - solved.solve(&gradient);
            next[3] = next[3].clamp(-3.0, 4.0);
            // A square of 0.4 to 8 pixels.
            next[4] = next[4].clamp(-0.9, 2.1);
            let there = residuals(&samples, &next, &weights)?;
            if there.sum < residual.sum {
                let small = (next - parameters).fixed_rows::<3>(0).norm() < 1e-4;
                (parameters, residual, damping) = (next, there, damping / 5.0);
                if small && step > 8 {
                    break;
                }
            } else {
                damping *= 5.0;
            }
            if step % 4 == 3 {
                weights = cauchy(&residual.values);
                residual = residuals(&samples, &parameters, &weights)?;
            }
        }
        let count: f64 = weights.iter().sum();
        let variance = residual.sum / (count - 5.0 - 3.0 * SECTORS as f64).max(1.0);
        let radius_sd = (normal.try_inverse()?[(2, 2)] * variance).max(0.0).sqrt();
        let told = residual.height > 0.0 && variance.sqrt() < MISFIT * residual.height;
        told.then_some(Self { centre: [parameters[0], parameters[1]], radius: parameters[2], radius_sd })
    }
}

fn around(film: &Radiograph, circle: &Circle) -> Vec<Sample> {
    let [inner, outer] = RING.map(|share| share * circle.radius);
    let range = |centre: f64, count: usize| {
        (centre - outer).ceil().max(0.0) as usize..=((centre + outer).floor().max(0.0) as usize).min(count - 1)
    };
    let mut samples = Vec::new();
    for row in range(circle.centre[1], film.rows) {
        for column in range(circle.centre[0], film.columns) {
            let at = [column as f64, row as f64];
            let (x, y) = (at[0] - circle.centre[0], at[1] - circle.centre[1]);
            if (inner..outer).contains(&x.hypot(y)) {
                let sector = ((y.atan2(x) / TAU + 0.5) * SECTORS as f64) as usize % SECTORS;
                samples.push(Sample { at, value: f64::from(film.at(column, row)), sector });
            }
        }
    }
    samples
}

/// What the model misses at each sample, with the best height and background of each sector.
struct Residuals {
    values: Vec<f64>,
    sum: f64,
    /// Median of the sectors'.
    height: f64,
}

fn residuals(samples: &[Sample], parameters: &Vector5<f64>, weights: &[f64]) -> Option<Residuals> {
    let shades: Vec<f64> = samples.iter().map(|sample| shade(&sample.at, parameters)).collect();
    // Height, background at the edge and its slope outwards.
    let terms = |sample: &Sample, shade: f64| {
        let along = (sample.at[0] - parameters[0]).hypot(sample.at[1] - parameters[1]) / parameters[2] - 1.0;
        Vector3::new(shade, 1.0, along)
    };
    let mut sums = [(Matrix3::zeros(), Vector3::zeros()); SECTORS];
    for ((sample, shade), weight) in samples.iter().zip(&shades).zip(weights) {
        let row = terms(sample, *shade);
        let (normal, right) = &mut sums[sample.sector];
        *normal += row * row.transpose() * *weight;
        *right += row * (sample.value * weight);
    }
    let best = sums.map(|(normal, right)| normal.cholesky().map(|normal| normal.solve(&right)));
    let mut heights: Vec<f64> = best.iter().flatten().map(|best| best[0]).collect();
    heights.sort_by(f64::total_cmp);
    let height = *heights.get(heights.len() / 2)?;
    let values: Vec<f64> = samples
        .iter()
        .zip(&shades)
        .map(|(sample, shade)| best[sample.sector].map_or(0.0, |best| best.dot(&terms(sample, *shade)) - sample.value))
        .collect();
    let sum = values.iter().zip(weights).map(|(value, weight)| value * value * weight).sum();
    Some(Residuals { values, sum, height })
}

/// The shade of a pixel, 1 in the middle: on the edge its mean over a square.
fn shade(at: &[f64; 2], parameters: &Vector5<f64>) -> f64 {
    let (radius, kappa, soft) = (parameters[2], parameters[3].exp(), parameters[4].exp());
    let of = |x: f64, y: f64| {
        let chord = (1.0 - ((x - parameters[0]).powi(2) + (y - parameters[1]).powi(2)) / (radius * radius)).max(0.0).sqrt();
        (1.0 - (-kappa * chord).exp()) / (1.0 - (-kappa).exp())
    };
    let from_edge = (at[0] - parameters[0]).hypot(at[1] - parameters[1]) - radius;
    if from_edge.abs() > 1.0 + soft {
        return of(at[0], at[1]);
    }
    let place = |number: usize| ((number as f64 + 0.5) / SAMPLES as f64 - 0.5) * soft;
    let sum: f64 = (0..SAMPLES).map(|j| (0..SAMPLES).map(|i| of(at[0] + place(i), at[1] + place(j))).sum::<f64>()).sum();
    sum / (SAMPLES * SAMPLES) as f64
}

/// Weights that let what lies far off count little.
fn cauchy(residuals: &[f64]) -> Vec<f64> {
    let mut sizes: Vec<f64> = residuals.iter().map(|residual| residual.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let spread = 1.4826 * sizes.get(sizes.len() / 2).copied().unwrap_or_default() + 1e-9;
    residuals.iter().map(|residual| 1.0 / (1.0 + (residual / (2.5 * spread)).powi(2))).collect()
}
