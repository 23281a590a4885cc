//! Undo and redo without end, of anything that is small enough to be kept whole.

/// A state, those before it, and those that were taken back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History<T> {
    now: T,
    before: Vec<T>,
    after: Vec<T>,
}

impl<T> History<T> {
    /// Begins with a state that cannot be taken back.
    #[must_use]
    pub const fn new(now: T) -> Self {
        Self { now, before: Vec::new(), after: Vec::new() }
    }

    /// The present state.
    #[must_use]
    pub const fn now(&self) -> &T {
        &self.now
    }

    /// The states before the present one, from the first on.
    #[must_use]
    pub fn before(&self) -> &[T] {
        &self.before
    }

    /// The states that were taken back; the last of them is the next to be done again.
    #[must_use]
    pub fn after(&self) -> &[T] {
        &self.after
    }

    /// Goes on to another state. What was taken back is forgotten.
    pub fn set(&mut self, next: T) {
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
