//! Progress on the terminal.

use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error that names the stage it is in; hidden where that is no terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// An empty bar.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new(1000);
        // The template is a constant; if it were ever broken, indicatif's own look would do.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {elapsed} (left {eta})  {msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Prints while the bar is out of the way.
    pub(super) fn above(&self, print: impl FnOnce()) {
        self.0.suspend(print);
    }
}

impl Progress for Bar {
    fn report(&self, stage: &str, fraction: f64) {
        if stage.starts_with("validated") {
            self.0.suspend(|| eprintln!("{stage}"));
        }
        self.0.set_message(stage.to_owned());
        self.0.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
