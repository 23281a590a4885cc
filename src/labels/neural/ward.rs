//! Whom a training run learns from: synthetic patients that come and go.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::{
    collections::VecDeque,
    sync::{Arc, mpsc},
    thread,
};

/// The patients of a training run: patient `n` joins when step `n · every` is reached, and the oldest leave beyond `capacity`.
///
/// They are drawn ahead on another thread; which patient a step sees depends on the seed alone, not on how fast either thread is.
pub(super) struct Ward<P> {
    patients: VecDeque<Arc<P>>,
    arriving: mpsc::Receiver<P>,
    arrived: usize,
    every: usize,
    capacity: usize,
}

impl<P: Send + 'static> Ward<P> {
    /// Opens a ward for the steps from `first_step` on; `draw` makes patient number `n`.
    pub(super) fn open(first_step: usize, every: usize, capacity: usize, draw: impl Fn(usize) -> P + Send + 'static) -> Self {
        let there = first_step / every;
        let first = (there + 1).saturating_sub(capacity);
        let (send, arriving) = mpsc::sync_channel(4);
        thread::spawn(move || {
            for number in first.. {
                if send.send(draw(number)).is_err() {
                    break;
                }
            }
        });
        Self { patients: VecDeque::new(), arriving, arrived: first, every, capacity }
    }

    /// The patient for a step; `None` only if the drawing thread died.
    pub(super) fn patient(&mut self, step: usize, dice: &mut ChaCha8Rng) -> Option<Arc<P>> {
        while self.arrived <= step / self.every {
            self.patients.push_back(Arc::new(self.arriving.recv().ok()?));
            self.arrived += 1;
            if self.patients.len() > self.capacity {
                self.patients.pop_front();
            }
        }
        self.patients.get(dice.random_range(0..self.patients.len())).cloned()
    }
}

/// Seed of a training phantom: from 2²⁴ on, so that no phantom with a smaller seed was ever learnt from.
pub(super) fn training_seed(seed: u64, number: usize) -> u64 {
    ((seed + 1) << 24) + number as u64
}

/// Seed of a phantom for validation, never learnt from.
pub(super) fn validation_seed(number: usize) -> u64 {
    1_000_000 + number as u64
}
