//! `coxa view`.

use super::Outcome;

/// Arguments of `coxa view`.
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the command.
pub fn run(_arguments: Arguments) -> Outcome {
    Err("not built yet".into())
}
