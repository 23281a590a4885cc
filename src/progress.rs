//! How long work tells its caller how far it is, and learns that it is no longer wanted.

/// Receives progress from a stage that takes more than a blink. Implemented by the command line's bar and the window's.
pub trait Progress: Sync {
    /// The named stage is `fraction` (0 to 1) done.
    fn report(&self, stage: &str, fraction: f64);

    /// True once the caller no longer wants the result; the stage then stops with its `Cancelled` error.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Ignores progress and never cancels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _stage: &str, _fraction: f64) {}
}
