//! A second program: this test binary itself, running one test that is ignored otherwise.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The variable that tells the child where the case is.
pub const CASE: &str = "COXA_TEST_CASE";
const READY: &str = "the child is ready";

/// Arguments of the test binary under which it runs this test only, e.g. `case_lock::child_that_holds_the_lock`.
pub fn arguments(test: &str) -> [&str; 5] {
    [test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]
}

/// The command that runs a test in a program of its own, told where the case is.
pub fn command(test: &str, case: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments(test)).env(CASE, case).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts it, and waits until it has called [`ready`].
pub fn start(test: &str, case: &Path) -> Child {
    let mut child = command(test, case).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains(READY)), "{test} did not start");
    child
}

/// In the child: where the case is; `None` when the test was not started by another, and has nothing to do.
pub fn case() -> Option<PathBuf> {
    std::env::var_os(CASE).map(PathBuf::from)
}

/// In the child: says that its work begins.
pub fn ready() {
    eprintln!("{READY}");
}
