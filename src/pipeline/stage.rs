//! Telling the caller which stage is done and how long it took.

use super::PipelineError;
use crate::progress::Progress;
use std::time::Instant;

/// A stage that is done.
#[derive(Clone, Debug)]
pub struct StageTime {
    /// Which, e.g. `segment`.
    pub stage: &'static str,
    /// How long it took, seconds.
    pub seconds: f64,
    /// What it found, in a few words.
    pub note: String,
}

pub(super) struct Clock<'a> {
    progress: &'a dyn Progress,
    told: &'a mut dyn FnMut(&StageTime),
    since: Instant,
}

impl<'a> Clock<'a> {
    pub(super) fn new(progress: &'a dyn Progress, told: &'a mut dyn FnMut(&StageTime)) -> Self {
        Self { progress, told, since: Instant::now() }
    }

    /// Ends a stage; here the road stops when it is no longer wanted.
    pub(super) fn stage(&mut self, stage: &'static str, note: String) -> Result<(), PipelineError> {
        (self.told)(&StageTime { stage, seconds: self.since.elapsed().as_secs_f64(), note });
        self.since = Instant::now();
        if self.progress.cancelled() { Err(PipelineError::Cancelled) } else { Ok(()) }
    }
}
