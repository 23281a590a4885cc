//! Undo and redo of landmarks set by hand, without end.

use crate::anatomy::Landmarks;

/// The landmarks set by hand now, before, and after what was taken back.
#[derive(Clone, Debug, Default)]
pub struct History {
    now: Landmarks,
    before: Vec<Landmarks>,
    after: Vec<Landmarks>,
}

impl History {
    /// Begins with what the case holds.
    #[must_use]
    pub const fn new(now: Landmarks) -> Self {
        Self { now, before: Vec::new(), after: Vec::new() }
    }

    /// The landmarks set by hand.
    #[must_use]
    pub const fn now(&self) -> &Landmarks {
        &self.now
    }

    /// Goes on to another state. What was taken back is forgotten.
    pub fn set(&mut self, next: Landmarks) {
        self.before.push(std::mem::replace(&mut self.now, next));
        self.after.clear();
    }

    /// Takes the last change back.
    pub fn undo(&mut self) {
        if let Some(before) = self.before.pop() {
            self.after.push(std::mem::replace(&mut self.now, before));
        }
    }

    /// Does it again.
    pub fn redo(&mut self) {
        if let Some(after) = self.after.pop() {
            self.before.push(std::mem::replace(&mut self.now, after));
        }
    }

    /// True when there is something to take back.
    #[must_use]
    pub const fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    /// True when there is something to do again.
    #[must_use]
    pub const fn can_redo(&self) -> bool {
        !self.after.is_empty()
    }
}
