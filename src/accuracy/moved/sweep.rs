//! The sweep that collision libraries are timed on: a ball turned in a socket about 64 axes in whole degrees until the surfaces cross.

use super::fcl::Fcl;
use crate::{
    accuracy::errors::Gathered,
    mesh::TriMesh,
    motion::impingement::TurningSurfaces,
    surface::{io::stl, isosurface_from_field},
    volume::Grid,
};
use nalgebra::{Point3, Unit, Vector3};
use rayon::prelude::*;
use std::{f64::consts::TAU, path::Path};

/// Axes of the sweep, evenly in the transverse plane.
pub const AXES: u32 = 64;
/// Whole degrees that each is followed.
pub const DEGREES: u32 = 90;
/// CRC of the 64 angles that FCL and coal find on the meshes of the peers' benchmark.
const PEERS_CRC: u32 = 2_662_828_773;
/// Voxels of the meshes that are drawn here, mm.
const SPACING_MM: f64 = 0.75;

/// Triangles as a file has them.
pub type Triangles = Vec<[Point3<f64>; 3]>;

/// What a sweep found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// First whole degree at which the surfaces cross, axis by axis; one more than [`DEGREES`] where they do not.
    pub angles: Vec<u8>,
}

impl Sweep {
    /// Turns one surface against another.
    #[must_use]
    pub fn of(surfaces: &TurningSurfaces) -> Self {
        let angle = |number: u32| surfaces.first_crossing(&axis(number), 1.0, DEGREES).unwrap_or(DEGREES + 1) as u8;
        Self { angles: (0..AXES).map(angle).collect() }
    }

    /// How often it was asked whether the surfaces cross: at 0°, 1°, 2° … up to the pose that does. What is known to be free counts as asked.
    #[must_use]
    pub fn queries(&self) -> u32 {
        self.angles.iter().map(|angle| u32::from(*angle).min(DEGREES) + 1).sum()
    }

    /// Checksum of the angles.
    #[must_use]
    pub fn crc(&self) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(&self.angles);
        crc.sum()
    }
}

/// An axis by its number.
#[must_use]
pub fn axis(number: u32) -> Unit<Vector3<f64>> {
    let angle = TAU * f64::from(number) / f64::from(AXES);
    Unit::new_normalize(Vector3::new(angle.cos(), angle.sin(), 0.0))
}

/// The meshes to turn: those of the peers' benchmark where they are at hand, else a socket and a ball of the same size that are drawn here.
#[derive(Clone, Debug)]
pub struct SweepMeshes {
    /// Which they are.
    pub name: &'static str,
    /// What turns.
    pub ball: Triangles,
    /// What stays.
    pub socket: Triangles,
}

impl SweepMeshes {
    /// Reads `socket.stl` and `ball.stl` of a folder, or draws them.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn of(folder: &Path) -> Result<Self, String> {
        let [socket, ball] = ["socket.stl", "ball.stl"].map(|name| folder.join(name));
        if !(socket.is_file() && ball.is_file()) {
            let triangles = |mesh: TriMesh| (0..mesh.triangles.len()).map(|t| mesh.corners(t)).collect();
            let [socket, ball] = [drawn_socket(), drawn_ball()].map(triangles);
            return Ok(Self { name: "drawn here", ball, socket });
        }
        let read = |path: &Path| stl::read_triangles(path).map_err(|error| error.to_string());
        Ok(Self { name: "peers' benchmark", ball: read(&ball)?, socket: read(&socket)? })
    }

    /// True of the meshes whose angles are known.
    #[must_use]
    pub fn are_the_peers(&self) -> bool {
        self.name == "peers' benchmark"
    }
}

pub(super) fn hold(peers: &Path, fcl: Option<&Fcl>, gathered: &mut Gathered) -> Result<(), String> {
    const SET: &str = "ball in socket, 64 axes";
    let SweepMeshes { name, ball, socket } = SweepMeshes::of(peers)?;
    let fcl = fcl.map(|fcl| fcl.sweep(&ball, &socket)).transpose()?;
    let surfaces = TurningSurfaces::new(ball, socket).ok_or("no turn brings ball and socket together")?;
    let found = Sweep::of(&surfaces);
    if let Some(fcl) = &fcl {
        for (number, (ours, theirs)) in found.angles.iter().zip(&fcl.angles).enumerate() {
            gathered.case = format!("axis {number}, {name}");
            gathered.add(SET, "against FCL, whole degrees", "deg", f64::from(*ours) - f64::from(*theirs), 0.0, 0.0);
        }
    }
    if name != "peers' benchmark" {
        let folder = peers.display();
        return Err(format!(
            "known angles of 64 axes: {folder} has no socket.stl and ball.stl (gen.py mesh writes them); name it with --peers"
        ));
    }
    gathered.case = format!("CRC {} of 64 angles, known {PEERS_CRC}", found.crc());
    gathered.add(SET, "checksum of FCL's and coal's angles differs", "", f64::from(u8::from(found.crc() != PEERS_CRC)), 0.0, 0.0);
    Ok(())
}

/// Surface of a shape given by a distance (negative inside), over a box.
fn surface(low: [f64; 3], high: [f64; 3], distance: impl Fn(Vector3<f64>) -> f64 + Sync) -> TriMesh {
    let size = std::array::from_fn(|axis| ((high[axis] - low[axis]) / SPACING_MM).ceil() as usize + 1);
    let grid = Grid::axis_aligned(size, [SPACING_MM; 3], Point3::from(low));
    let values: Vec<f32> =
        (0..grid.len()).into_par_iter().map(|at| -distance(grid.centre(grid.voxel(at)).coords) as f32).collect();
    isosurface_from_field(&grid, &values, 0.0)
}

/// Distance from a rod with round ends.
fn rod(point: &Vector3<f64>, [from, to]: [[f64; 3]; 2], radius: f64) -> f64 {
    let (from, to) = (Vector3::from(from), Vector3::from(to));
    let way = to - from;
    let part = if way.norm_squared() > 0.0 { ((point - from).dot(&way) / way.norm_squared()).clamp(0.0, 1.0) } else { 0.0 };
    (point - from - way * part).norm() - radius
}

/// Bone is not smooth: 0.4 mm up and down.
fn rough(point: &Vector3<f64>) -> f64 {
    0.4 * (0.45 * point.x).sin() * (0.5 * point.y).sin() * (0.4 * point.z).sin()
}

/// A hemispherical socket of 26 mm that opens downwards, 5 mm thick, rough outside, with a bar above it.
fn drawn_socket() -> TriMesh {
    surface([-34.0, -34.0, -6.0], [34.0, 42.0, 92.0], |p| {
        let shell = ((p.norm() - 28.5).abs() - 2.5).max(-p.z - 1.0);
        shell.min(rod(&p, [[0.0, 8.0, 40.0], [10.0, 25.0, 75.0]], 11.0)) + if p.norm() > 28.0 { rough(&p) } else { 0.0 }
    })
}

/// A head of 24 mm with a neck, a trochanter and a shaft, rough but for the head.
fn drawn_ball() -> TriMesh {
    surface([-28.0, -28.0, -136.0], [54.0, 28.0, 28.0], |p| {
        let [base, tip, distal] = [[22.0, 0.0, -42.0], [38.0, 0.0, -36.0], [18.0, 0.0, -120.0]];
        let head = p.norm() - 24.0;
        let rods = [([[0.0; 3], base], 9.0), ([base, tip], 11.0), ([base, distal], 13.0)];
        let nearest = rods.into_iter().map(|(ends, radius)| rod(&p, ends, radius)).fold(head, f64::min);
        nearest + if p.norm() > 24.5 { rough(&p) } else { 0.0 }
    })
}
