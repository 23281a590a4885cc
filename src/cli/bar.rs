//! The progress bar on standard error.

use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that names the stage it is in. Draws nothing when standard error is no terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr());
        // The template is a constant; if it were ever broken, indicatif's own look would do.
        if let Ok(style) = ProgressStyle::with_template("{msg:<24} {bar:40} {percent:>3} %") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Prints while the bar is out of the way.
    pub(super) fn above(&self, print: impl FnOnce()) {
        self.0.suspend(print);
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn report(&self, stage: &str, fraction: f64) {
        self.0.set_message(stage.to_owned());
        self.0.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64);
    }
}
