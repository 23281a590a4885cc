//! What can go wrong in the window.

use std::{io, path::PathBuf};

/// Why the window could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no screen to open a window on.
    #[error(
        "there is no display: the environment variable DISPLAY is not set. Start Coxa in a desktop session, under 'xvfb-run', or \
         give --screenshot FILE to render without a window"
    )]
    NoDisplay,
    /// The case could not be opened.
    #[error("{0}")]
    Case(String),
    /// The picture could not be written.
    #[error("cannot write the picture '{}'", file.display())]
    Screenshot {
        /// The PNG.
        file: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A script could not be played to its end.
    #[error("the script ended early: {0}")]
    Script(String),
    /// The graphics stack gave up.
    #[error(
        "the graphics could not be started or stopped working: {0}. A Vulkan driver is needed; without a GPU the software driver \
         of the package mesa-vulkan-drivers will do"
    )]
    Graphics(String),
}
