//! A regular grid of voxels in patient space.

use nalgebra::{Matrix3, Point3, Vector3};
use serde::{Deserialize, Serialize};

/// Size, spacing, origin and direction of a voxel grid, LPS mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Voxels along i, j, k; `i` is fastest in memory.
    pub size: [usize; 3],
    /// Distance between voxel centres along i, j, k, mm.
    pub spacing: [f64; 3],
    /// Centre of voxel (0, 0, 0), LPS mm.
    pub origin: Point3<f64>,
    /// Columns are the unit directions of i, j, k in LPS; orthonormal, determinant +1.
    pub direction: Matrix3<f64>,
}

impl Grid {
    /// A grid whose axes are those of LPS.
    #[must_use]
    pub fn axis_aligned(size: [usize; 3], spacing: [f64; 3], origin: Point3<f64>) -> Self {
        Self { size, spacing, origin, direction: Matrix3::identity() }
    }

    /// The right-handed orthonormal direction whose first axis is exactly `i` and whose second is `j` made perpendicular to it.
    ///
    /// Returns `None` when the two are parallel or not finite.
    #[must_use]
    pub fn right_handed(i: &Vector3<f64>, j: &Vector3<f64>) -> Option<Matrix3<f64>> {
        let i = i.try_normalize(1e-9)?;
        let j = (j - i * i.dot(j)).try_normalize(1e-9)?;
        let direction = Matrix3::from_columns(&[i, j, i.cross(&j)]);
        direction.iter().all(|value| value.is_finite()).then_some(direction)
    }

    /// True when both grids have the same size and no corner of one lies further than `tolerance_mm` from that of the other.
    #[must_use]
    pub fn same_place(&self, other: &Self, tolerance_mm: f64) -> bool {
        let corners = |grid: &Self| {
            let last = grid.size.map(|n| n as f64 - 1.0);
            [[0.0; 3], [last[0], 0.0, 0.0], [0.0, last[1], 0.0], [0.0, 0.0, last[2]], last].map(|v| grid.lps(&Vector3::from(v)))
        };
        self.size == other.size && corners(self).iter().zip(corners(other)).all(|(a, b)| (a - b).norm() <= tolerance_mm)
    }

    /// What differs between two grids, in plain words; empty when they are the [same place](Grid::same_place).
    #[must_use]
    pub fn differences(&self, other: &Self, tolerance_mm: f64) -> Vec<String> {
        if self.same_place(other, tolerance_mm) {
            return Vec::new();
        }
        let mm = |values: &[f64]| values.iter().map(|mm| format!("{mm:.3}")).collect::<Vec<_>>().join(", ");
        let axes =
            |grid: &Self| grid.direction.column_iter().map(|axis| format!("({})", mm(axis.as_slice()))).collect::<String>();
        let extent = |axis: usize| self.size[axis].max(2) as f64 - 1.0;
        let turn = self.direction - other.direction;
        let turned_mm = |axis: usize| turn.column(axis).norm() * extent(axis) * self.spacing[axis];
        let mut found = Vec::new();
        if self.size != other.size {
            found.push(format!("size {:?} and {:?} voxels", self.size, other.size));
        }
        if (0..3).any(|a| (self.spacing[a] - other.spacing[a]).abs() * extent(a) > tolerance_mm / 2.0) {
            found.push(format!("spacing [{}] and [{}] mm", mm(&self.spacing), mm(&other.spacing)));
        }
        if (self.origin - other.origin).norm() > tolerance_mm / 2.0 {
            found.push(format!(
                "origin ({}) and ({}) LPS mm",
                mm(self.origin.coords.as_slice()),
                mm(other.origin.coords.as_slice())
            ));
        }
        if (0..3).any(|a| turned_mm(a) > tolerance_mm / 2.0) || found.is_empty() {
            found.push(format!("direction {} and {}", axes(self), axes(other)));
        }
        found
    }

    /// Number of voxels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.size.iter().product()
    }

    /// True when the grid holds no voxel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Position of voxel (i, j, k) in memory.
    #[must_use]
    pub fn index(&self, [i, j, k]: [usize; 3]) -> usize {
        (k * self.size[1] + j) * self.size[0] + i
    }

    /// Voxel at a position in memory: the inverse of [`Grid::index`].
    #[must_use]
    pub fn voxel(&self, index: usize) -> [usize; 3] {
        let row = index / self.size[0];
        [index % self.size[0], row % self.size[1], row / self.size[1]]
    }

    /// LPS mm of a (fractional) voxel index; whole numbers are voxel centres.
    #[must_use]
    pub fn lps(&self, voxel: &Vector3<f64>) -> Point3<f64> {
        self.origin + self.direction * voxel.component_mul(&Vector3::from(self.spacing))
    }

    /// LPS mm of the centre of voxel (i, j, k).
    #[must_use]
    pub fn centre(&self, voxel: [usize; 3]) -> Point3<f64> {
        self.lps(&Vector3::from(voxel.map(|v| v as f64)))
    }

    /// Fractional voxel index of a point in LPS mm.
    #[must_use]
    pub fn fractional(&self, lps: &Point3<f64>) -> Vector3<f64> {
        (self.direction.transpose() * (lps - self.origin)).component_div(&Vector3::from(self.spacing))
    }

    /// The voxel whose cell holds the point, or `None` outside the grid.
    #[must_use]
    pub fn nearest(&self, lps: &Point3<f64>) -> Option<[usize; 3]> {
        let f = self.fractional(lps);
        let mut voxel = [0; 3];
        for axis in 0..3 {
            let rounded = f[axis].round();
            if !(rounded >= 0.0 && rounded < self.size[axis] as f64) {
                return None;
            }
            voxel[axis] = rounded as usize;
        }
        Some(voxel)
    }

    /// Smallest and largest corner of the box along the axes of LPS that holds all voxels whole, mm.
    #[must_use]
    pub fn bounds(&self) -> (Point3<f64>, Point3<f64>) {
        let corners = (0..8).map(|c| {
            let at = |axis: usize| if c >> axis & 1 == 1 { self.size[axis] as f64 - 0.5 } else { -0.5 };
            self.lps(&Vector3::new(at(0), at(1), at(2)))
        });
        let far = Point3::from(Vector3::repeat(f64::INFINITY));
        corners.fold((far, -far), |(low, high), p| (low.inf(&p), high.sup(&p)))
    }

    /// Volume of one voxel, mm³.
    #[must_use]
    pub fn voxel_mm3(&self) -> f64 {
        self.spacing.iter().product()
    }
}

/// From voxels of one grid to fractional voxels of another: `start + step · voxel`.
#[derive(Clone, Debug)]
pub struct GridMap {
    /// Where the first voxel lies.
    pub start: Vector3<f64>,
    /// What a step along each axis (column) adds.
    pub step: Matrix3<f64>,
}

impl GridMap {
    /// The map from voxels of `from` to those of `to`.
    #[must_use]
    pub fn new(from: &Grid, to: &Grid) -> Self {
        let into = Matrix3::from_diagonal(&Vector3::from(to.spacing.map(f64::recip))) * to.direction.transpose();
        let step = into * from.direction * Matrix3::from_diagonal(&Vector3::from(from.spacing));
        Self { start: to.fractional(&from.origin), step }
    }

    /// The fractional voxel.
    #[must_use]
    pub fn at(&self, voxel: [usize; 3]) -> Vector3<f64> {
        self.start + self.step * Vector3::from(voxel.map(|v| v as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_between_two_grids_is_told() {
        let grid = Grid::axis_aligned([10, 20, 30], [1.0, 1.0, 2.0], Point3::origin());
        let told = |other: Grid| grid.differences(&other, 0.01).join("; ");
        assert_eq!(told(Grid { origin: Point3::new(0.004, 0.0, 0.0), ..grid.clone() }), "");
        assert_eq!(told(Grid { size: [10, 20, 31], ..grid.clone() }), "size [10, 20, 30] and [10, 20, 31] voxels");
        assert!(
            told(Grid { spacing: [1.0, 1.0, 2.5], ..grid.clone() })
                .starts_with("spacing [1.000, 1.000, 2.000] and [1.000, 1.000, 2.5")
        );
        assert!(
            told(Grid { origin: Point3::new(5.0, 0.0, 0.0), ..grid.clone() })
                .starts_with("origin (0.000, 0.000, 0.000) and (5.000")
        );
        let turned = *nalgebra::Rotation3::from_euler_angles(0.0, 0.0, 0.1).matrix();
        assert!(told(Grid { direction: turned, ..grid.clone() }).starts_with("direction (1.000, 0.000, 0.000)"));
    }

    #[test]
    fn voxels_and_points_are_inverse_on_an_oblique_grid() {
        let turn = nalgebra::Rotation3::from_euler_angles(0.2, -0.3, 0.4);
        let grid =
            Grid { size: [4, 5, 6], spacing: [0.7, 0.8, 1.5], origin: Point3::new(-10.0, 20.0, 30.0), direction: *turn.matrix() };
        for index in [0, 7, 63, 119] {
            let voxel = grid.voxel(index);
            assert_eq!(grid.index(voxel), index);
            assert_eq!(grid.nearest(&grid.centre(voxel)), Some(voxel));
        }
        assert_eq!(grid.nearest(&grid.lps(&Vector3::new(-0.6, 0.0, 0.0))), None);
    }
}
