//! Signed distance to a closed surface, sampled on a grid: what asks thousands of times a second whether bone touches bone.

use super::{bone::closed, error::SurfaceError, rasterise::fill};
use crate::{mesh::TriMesh, progress::Progress, volume::Grid};
use nalgebra::{Point3, Vector3};

/// Largest number of voxels of a field: half a GiB, and twice that while it is made.
const LIMIT: usize = 1 << 27;

/// Distance to a closed surface in mm, negative inside, one value a voxel of an isotropic grid along the axes of LPS.
///
/// At voxels within two spacings of the surface the value is exact; further away it is the distance to a triangle that is the
/// nearest or nearly so: never less than the distance, and not more than 5 % above it on bones.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedDistanceField {
    /// Where the samples lie.
    pub grid: Grid,
    /// Distance in mm, `i` fastest.
    pub mm: Vec<f32>,
    /// True when the whole surface lies within the grid.
    pub whole: bool,
}

impl SignedDistanceField {
    /// The field of a whole mesh, `margin_mm` beyond its bounding box.
    ///
    /// # Errors
    /// [`SurfaceError::Open`] or [`SurfaceError::Empty`] when the mesh is not closed, [`SurfaceError::FieldSize`] when the grid would be empty or too large,
    /// [`SurfaceError::Cancelled`].
    pub fn of_mesh(mesh: &TriMesh, spacing_mm: f64, margin_mm: f64, progress: &dyn Progress) -> Result<Self, SurfaceError> {
        let (low, high) = mesh.bounds().unwrap_or_default();
        let margin = Vector3::repeat(margin_mm);
        Self::of_mesh_in(mesh, (low - margin, high + margin), spacing_mm, progress)
    }

    /// The field of a mesh within a box (lowest and highest corner, LPS mm), such as the surroundings of one hip.
    ///
    /// # Errors
    /// As [`SignedDistanceField::of_mesh`].
    pub fn of_mesh_in(
        mesh: &TriMesh,
        (low, high): (Point3<f64>, Point3<f64>),
        spacing_mm: f64,
        progress: &dyn Progress,
    ) -> Result<Self, SurfaceError> {
        closed(mesh, "the mesh whose distance field was asked for")?;
        let size: [f64; 3] = std::array::from_fn(|axis| ((high[axis] - low[axis]) / spacing_mm).ceil() + 1.0);
        let possible = size.iter().all(|&n| n >= 2.0) && size.iter().product::<f64>() <= LIMIT as f64;
        if !(spacing_mm > 0.0 && possible) {
            return Err(SurfaceError::FieldSize { size, spacing_mm, limit: LIMIT });
        }
        let grid = Grid::axis_aligned(size.map(|n| n as usize), [spacing_mm; 3], low);
        let whole = mesh
            .bounds()
            .is_some_and(|(mesh_low, mesh_high)| (0..3).all(|axis| low[axis] <= mesh_low[axis] && mesh_high[axis] <= high[axis]));
        let mm = fill(&grid, mesh, progress)?;
        Ok(Self { grid, mm, whole })
    }

    /// Distance at a point in LPS mm, negative inside; trilinear between the voxels.
    ///
    /// Outside the grid it is a lower bound of the distance, as exact as the far values at the grid's edge are: with the whole mesh in the grid, the hypotenuse of the way to the grid
    /// and the value there; else the value there less that way, yet not below zero.
    #[must_use]
    pub fn sample(&self, point: &Point3<f64>) -> f64 {
        let spacing = self.grid.spacing[0];
        let voxel = (point - self.grid.origin) / spacing;
        let top = self.grid.size.map(|n| (n - 1) as f64);
        let inside = Vector3::from_fn(|axis, _| voxel[axis].clamp(0.0, top[axis]));
        let value = self.trilinear(&inside);
        if inside == voxel {
            return value;
        }
        let way = (voxel - inside).norm() * spacing;
        match (self.whole, value >= 0.0) {
            (true, _) => value.max(0.0).hypot(way),
            (false, true) => (value - way).max(0.0),
            (false, false) => value - way,
        }
    }

    /// Interpolates at a fractional voxel index within the grid.
    fn trilinear(&self, voxel: &Vector3<f64>) -> f64 {
        let [nx, ny, nz] = self.grid.size;
        let base = [nx, ny, nz].map(|n| n - 2);
        let cell: [usize; 3] = std::array::from_fn(|axis| (voxel[axis] as usize).min(base[axis]));
        let [x, y, z]: [f64; 3] = std::array::from_fn(|axis| voxel[axis] - cell[axis] as f64);
        let at = self.grid.index(cell);
        let along_x = |at: usize| {
            let (a, b) = (f64::from(self.mm[at]), f64::from(self.mm[at + 1]));
            a + (b - a) * x
        };
        let along_y = |at: usize| {
            let (a, b) = (along_x(at), along_x(at + nx));
            a + (b - a) * y
        };
        let (a, b) = (along_y(at), along_y(at + nx * ny));
        a + (b - a) * z
    }

    /// Direction in which the distance grows, by central differences over one spacing; of length about 1, shorter where two
    /// parts of the surface are equally near.
    #[must_use]
    pub fn gradient(&self, point: &Point3<f64>) -> Vector3<f64> {
        let spacing = self.grid.spacing[0];
        Vector3::from_fn(|axis, _| {
            let mut step = Vector3::zeros();
            step[axis] = spacing / 2.0;
            (self.sample(&(point + step)) - self.sample(&(point - step))) / spacing
        })
    }
}
