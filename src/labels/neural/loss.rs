//! What training lessens: cross entropy plus 1 − soft Dice over the classes present (Milletari 2016, doi:10.1109/3DV.2016.79).
//!
//! Value and gradient are written out in one pass over the voxels; through generic tensor operations they would cost as much as the
//! network's own convolutions.

use rayon::prelude::*;

/// Keeps Dice defined for a class of a few voxels.
const SMOOTH: f64 = 10.0;

/// The loss and its gradient with respect to the logits.
///
/// `logits` holds `classes` channels one after the other; `target` one class a voxel; `weights` how much each voxel counts in the cross
/// entropy (mean of the weighted voxels).
#[must_use]
pub fn loss_and_gradient(logits: &[f32], target: &[u8], weights: &[f32], classes: usize) -> (f64, Vec<f32>) {
    let voxels = target.len();
    let total_weight = weights.iter().map(|&w| f64::from(w)).sum::<f64>().max(1e-6);
    let probabilities = softmax(logits, voxels, classes);
    let channel = |c: usize| &probabilities[c * voxels..(c + 1) * voxels];
    // Per class: overlap with the target, total probability, voxels in the target, weighted logarithms summed over the target.
    let sums: Vec<[f64; 4]> = (0..classes)
        .into_par_iter()
        .map(|c| {
            let mut sum = [0.0; 4];
            for ((&p, &t), &weight) in channel(c).iter().zip(target).zip(weights) {
                sum[1] += f64::from(p);
                if usize::from(t) == c {
                    sum[0] += f64::from(p);
                    sum[2] += 1.0;
                    sum[3] += f64::from(weight * p.max(1e-12).ln());
                }
            }
            sum
        })
        .collect();
    let present: Vec<bool> = sums.iter().enumerate().map(|(c, s)| c > 0 && s[2] > 0.0).collect();
    let count = present.iter().filter(|&&p| p).count().max(1) as f64;
    let dice = |s: &[f64; 4]| (2.0 * s[0] + SMOOTH) / (s[1] + s[2] + SMOOTH);
    let missed: f64 = sums.iter().zip(&present).filter(|(_, p)| **p).map(|(s, _)| 1.0 - dice(s)).sum::<f64>() / count;
    let entropy = -sums.iter().map(|s| s[3]).sum::<f64>() / total_weight;

    // d(1 − Dice)/dp, on a voxel of the class and on any other.
    let slopes: Vec<[f32; 2]> = sums
        .iter()
        .zip(&present)
        .map(|(s, &present)| {
            let total = s[1] + s[2] + SMOOTH;
            let off = if present { dice(s) / total / count } else { 0.0 };
            let on = if present { off - 2.0 / total / count } else { 0.0 };
            [off as f32, on as f32]
        })
        .collect();
    let slope = |c: usize, t: u8| slopes[c][usize::from(usize::from(t) == c)];
    let mean_slope: Vec<f32> = (0..voxels)
        .into_par_iter()
        .map(|at| (0..classes).map(|c| slope(c, target[at]) * probabilities[c * voxels + at]).sum())
        .collect();
    let mut gradient = vec![0.0; logits.len()];
    gradient.par_chunks_mut(voxels).enumerate().for_each(|(c, gradient)| {
        for (at, g) in gradient.iter_mut().enumerate() {
            let p = probabilities[c * voxels + at];
            let truth = f32::from(u8::from(usize::from(target[at]) == c));
            *g = (p - truth) * weights[at] / total_weight as f32 + p * (slope(c, target[at]) - mean_slope[at]);
        }
    });
    (entropy + missed, gradient)
}

/// The most probable class of every voxel.
#[must_use]
pub fn best_class(probabilities: &[f32], voxels: usize, classes: usize) -> Vec<u8> {
    (0..voxels)
        .map(|at| {
            let p = |c: usize| probabilities[c * voxels + at];
            (0..classes).fold(0, |best, c| if p(c) > p(best) { c } else { best }) as u8
        })
        .collect()
}

/// Probabilities of `classes` channels of logits.
#[must_use]
pub fn softmax(logits: &[f32], voxels: usize, classes: usize) -> Vec<f32> {
    let mut largest = logits[..voxels].to_vec();
    for channel in logits.chunks(voxels).skip(1) {
        largest.iter_mut().zip(channel).for_each(|(m, &z)| *m = m.max(z));
    }
    let mut probabilities = logits[..classes * voxels].to_vec();
    probabilities.par_chunks_mut(voxels).for_each(|channel| {
        channel.iter_mut().zip(&largest).for_each(|(z, &m)| *z = (*z - m).exp());
    });
    let mut sum = vec![0.0f32; voxels];
    for channel in probabilities.chunks(voxels) {
        sum.iter_mut().zip(channel).for_each(|(s, &e)| *s += e);
    }
    probabilities.par_chunks_mut(voxels).for_each(|channel| {
        channel.iter_mut().zip(&sum).for_each(|(p, &s)| *p /= s);
    });
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let target = [0, 1, 2, 1, 0];
        let logits: Vec<f32> = (0..20).map(|n| ((n * 7 % 11) as f32 - 5.0) / 4.0).collect();
        let weights = [1.0, 4.0, 1.0, 0.5, 2.0];
        let (_, gradient) = loss_and_gradient(&logits, &target, &weights, 4);
        for at in 0..logits.len() {
            let shifted = |by: f32| {
                let mut z = logits.clone();
                z[at] += by;
                loss_and_gradient(&z, &target, &weights, 4).0
            };
            let slope = (shifted(1e-2) - shifted(-1e-2)) / 2e-2;
            assert!((slope - f64::from(gradient[at])).abs() < 1e-4, "{at}: {slope} and {}", gradient[at]);
        }
    }

    #[test]
    fn a_certain_right_answer_costs_nothing() {
        let target = [0u8, 1, 1, 2];
        let logits: Vec<f32> = (0..3).flat_map(|c| target.map(|t| if t == c { 30.0 } else { 0.0 })).collect();
        assert!(loss_and_gradient(&logits, &target, &[1.0; 4], 3).0 < 1e-6);
    }
}
