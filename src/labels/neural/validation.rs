//! How well a network does on examples that it never learns from.

use super::{
    engine::Engine,
    examples::Example,
    loss::{best_class, softmax},
    unet::UNetShape,
};

/// Dice of every class but the background over all examples together; 0 for a class that none of them holds.
///
/// Pooled, because a class of a few voxels in one example would else weigh as much as a whole bone in another.
pub(super) fn validate(engine: &Engine, shape: &UNetShape, patch: [usize; 3], examples: &[Example]) -> Vec<f64> {
    let mut overlaps = vec![Overlap::default(); shape.classes];
    for example in examples {
        let voxels = example.target.len();
        let logits = engine.logits(example.input.clone(), shape.inputs, patch);
        let found = best_class(&softmax(&logits, voxels, shape.classes), voxels, shape.classes);
        for (&found, &truth) in found.iter().zip(&example.target) {
            overlaps[usize::from(found)].found += 1;
            overlaps[usize::from(truth)].truth += 1;
            overlaps[usize::from(truth)].both += usize::from(found == truth);
        }
    }
    overlaps.iter().skip(1).map(Overlap::dice).collect()
}

#[derive(Clone, Copy, Debug, Default)]
struct Overlap {
    found: usize,
    truth: usize,
    both: usize,
}

impl Overlap {
    fn dice(&self) -> f64 {
        2.0 * self.both as f64 / (self.found + self.truth).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voxel_too_much_costs_a_voxel() {
        let of = |found, truth, both| Overlap { found, truth, both }.dice();
        // Absent from the truth of one example but found there in one voxel, complete in the other: 2 · 99 / (100 + 99).
        assert!((of(100, 99, 99) - 198.0 / 199.0).abs() < 1e-12);
        assert_eq!((of(0, 0, 0), of(5, 0, 0), of(7, 7, 7)), (0.0, 0.0, 1.0));
    }
}
