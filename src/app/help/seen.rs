//! Whether this user has seen the tour: a file of his own, which holds nothing.

use crate::app::opening::state_folder;
use std::{fs, path::PathBuf};

/// The file; without one the tour is led every time.
#[derive(Clone, Debug, Default)]
pub struct Seen(Option<PathBuf>);

impl Seen {
    /// Of the user.
    #[must_use]
    pub fn read() -> Self {
        Self::of(state_folder().map(|folder| folder.join("tour")))
    }

    /// A file.
    #[must_use]
    pub const fn of(file: Option<PathBuf>) -> Self {
        Self(file)
    }

    /// True when the tour has ended once.
    #[must_use]
    pub fn before(&self) -> bool {
        self.0.as_ref().is_some_and(|file| file.exists())
    }

    /// Notes that it has.
    pub fn note(&self) {
        let Some(file) = &self.0 else { return };
        if let Err(error) = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(file, "")) {
            tracing::warn!("that the tour was seen is not kept: {error}");
        }
    }
}
