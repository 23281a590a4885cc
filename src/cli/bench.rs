//! `coxa bench`: how fast parts of the program answer on this machine, one JSON line each.

use super::{Outcome, bench_zone};

/// Arguments of `coxa bench`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// The target zone of a case with its bones, or of the meshes socket.stl and ball.stl of a folder: coarse and fine.
    Zone(bench_zone::Arguments),
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    match arguments.what {
        What::Zone(arguments) => bench_zone::run(arguments),
    }
}
