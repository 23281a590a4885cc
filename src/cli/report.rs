//! `coxa report`.

use super::Outcome;
use crate::{pipeline::rewrite_reports, plan::storage::CaseFolder};
use std::path::PathBuf;

/// Arguments of `coxa report`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    rewrite_reports(&arguments.case)?;
    super::warn_if_stale(&CaseFolder::open(&arguments.case)?)?;
    for name in ["report.html", "report.zh-CN.html"] {
        println!("{}", arguments.case.join(name).display());
    }
    Ok(())
}
