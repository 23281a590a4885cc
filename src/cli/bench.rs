//! `coxa bench`: how fast parts of the program answer on this machine, one JSON line each.

use super::{Outcome, bench_motion, bench_zone, hip::Options};
use std::path::PathBuf;

/// Arguments of `coxa bench`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// A ball turned in a socket about 64 axes in steps of 1° until the surfaces cross: the sweep that collision libraries are timed on.
    Collide {
        /// Folder with socket.stl and ball.stl, the hip's centre at the origin.
        data: PathBuf,
    },
    /// A plan's passive motions and activities with bones and implants, and again after its cup was moved.
    Rom {
        /// A case.
        case: PathBuf,
        #[command(flatten)]
        options: Box<Options>,
    },
    /// The target zone of a case with its bones, or of the meshes socket.stl and ball.stl of a folder: coarse and fine.
    Zone(Box<bench_zone::Arguments>),
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    match arguments.what {
        What::Collide { data } => bench_motion::collide(&data),
        What::Rom { case, options } => bench_motion::rom(&case, &options),
        What::Zone(arguments) => bench_zone::run(*arguments),
    }
}
