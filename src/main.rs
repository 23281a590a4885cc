//! The `coxa` binary: everything is in the library.

fn main() -> std::process::ExitCode {
    coxa::cli::run()
}
