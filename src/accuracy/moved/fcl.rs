//! FCL beside Coxa: the Flexible Collision Library on the same meshes and poses, through its Python package where that is installed.
//!
//! A script of ours and the triangles go to the interpreter's standard input; one line of JSON comes back.

use super::sweep::{AXES, DEGREES, Triangles, axis};
use nalgebra::{Unit, Vector3};
use serde::Deserialize;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What the interpreter runs: the script, then two meshes and axes as numbers.
const LOADER: &str = "import sys; n = int(sys.stdin.buffer.readline()); exec(sys.stdin.buffer.read(n).decode())";
const SCRIPT: &str = include_str!("fcl.py");

/// An interpreter that has FCL.
#[derive(Clone, Debug)]
pub struct Fcl {
    python: PathBuf,
    /// Its version.
    pub version: String,
}

/// What FCL answers.
#[derive(Clone, Debug, Deserialize)]
pub struct FclSweep {
    /// First whole degree at which it says that the surfaces cross, one more than [`DEGREES`] where they do not.
    #[serde(default)]
    pub angles: Vec<u8>,
    /// Degrees until first contact, bisected.
    #[serde(default)]
    pub limits_deg: Vec<Option<f64>>,
    /// Poses that it was asked about.
    pub queries: u32,
    /// CPU time of making its trees, s.
    pub build_cpu_s: f64,
    /// CPU time of the queries, s.
    pub query_cpu_s: f64,
}

impl Fcl {
    /// Looks whether an interpreter has FCL and NumPy.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn of(python: &Path) -> Result<Self, String> {
        let asked = Command::new(python).args(["-c", "import fcl, numpy; print(fcl.__version__)"]).output();
        let output = asked.map_err(|error| format!("FCL: the interpreter {} cannot be started: {error}", python.display()))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let found = output.status.success() && !version.is_empty();
        found.then(|| Self { python: python.into(), version }).ok_or_else(|| "FCL: its Python package is not installed".into())
    }

    /// The sweep in whole degrees.
    ///
    /// # Errors
    /// What FCL said.
    pub fn sweep(&self, moving: &Triangles, fixed: &Triangles) -> Result<FclSweep, String> {
        let axes: Vec<Unit<Vector3<f64>>> = (0..AXES).map(axis).collect();
        self.ask("sweep", moving, fixed, &axes, f64::from(DEGREES))
    }

    /// Degrees until first contact about each axis: poses every 0.25°, then bisected to 0.0001°.
    ///
    /// # Errors
    /// What FCL said.
    pub fn first_touch_deg(
        &self,
        moving: &Triangles,
        fixed: &Triangles,
        axes: &[Unit<Vector3<f64>>],
        up_to_deg: f64,
    ) -> Result<Vec<Option<f64>>, String> {
        Ok(self.ask("bisect", moving, fixed, axes, up_to_deg)?.limits_deg)
    }

    fn ask(
        &self,
        task: &str,
        moving: &Triangles,
        fixed: &Triangles,
        axes: &[Unit<Vector3<f64>>],
        up_to: f64,
    ) -> Result<FclSweep, String> {
        let failed = |what: &dyn std::fmt::Display| format!("FCL could not be asked: {what}");
        let numbers =
            moving.iter().chain(fixed).flatten().flat_map(|point| point.iter()).chain(axes.iter().flat_map(|axis| axis.iter()));
        let mut input = format!("{}\n{SCRIPT}", SCRIPT.len()).into_bytes();
        input.extend(numbers.flat_map(|number| number.to_le_bytes()));
        let counts = [moving.len(), fixed.len(), axes.len()].map(|count| count.to_string());
        let mut child = Command::new(&self.python)
            .args(["-c", LOADER, task, &counts[0], &counts[1], &counts[2], &up_to.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&error))?;
        let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(&input));
        let output = child.wait_with_output().map_err(|error| failed(&error))?;
        let text = String::from_utf8_lossy(&output.stdout);
        match (output.status.success(), written) {
            (true, Ok(())) => serde_json::from_str(text.trim()).map_err(|error| failed(&error)),
            _ => Err(failed(&String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("it ended early"))),
        }
    }
}
