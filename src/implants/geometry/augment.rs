//! A segment of a shell.

use super::{arc_steps, sphere_segments};
use crate::{implants::Augment, mesh::TriMesh};
use nalgebra::Point3;

/// An augment in its own frame, mm: between the cup's sphere and one that is larger by its thickness, cut off by two cones and two half planes.
#[must_use]
pub fn augment_mesh(augment: &Augment, chord_error_mm: f64) -> TriMesh {
    let inside = augment.cup_diameter_mm / 2.0;
    let radii = [inside, inside + augment.thickness_mm];
    let (low, high) = (augment.latitudes_deg.0.to_radians(), augment.latitudes_deg.1.to_radians());
    let arc = augment.arc_deg.to_radians();
    let rows = arc_steps(radii[1], high - low, chord_error_mm);
    let whole = f64::from(sphere_segments(radii[1], chord_error_mm));
    let columns = (whole * arc / std::f64::consts::TAU).ceil().max(1.0) as u32;
    let mut mesh = TriMesh::default();
    for radius in radii {
        for row in 0..=rows {
            let (sin, cos) = (low + (high - low) * f64::from(row) / f64::from(rows)).sin_cos();
            mesh.vertices.extend((0..=columns).map(|column| {
                let azimuth = arc * (f64::from(column) / f64::from(columns) - 0.5);
                Point3::new(radius * cos * azimuth.cos(), radius * cos * azimuth.sin(), radius * sin)
            }));
        }
    }
    let vertex = |layer: u32, row: u32, column: u32| (layer * (rows + 1) + row) * (columns + 1) + column;
    let mut quad = |[a, b, c, d]: [u32; 4]| mesh.triangles.extend([[a, b, c], [a, c, d]]);
    for row in 0..rows {
        for column in 0..columns {
            quad([
                vertex(1, row, column),
                vertex(1, row, column + 1),
                vertex(1, row + 1, column + 1),
                vertex(1, row + 1, column),
            ]);
            quad([
                vertex(0, row, column),
                vertex(0, row + 1, column),
                vertex(0, row + 1, column + 1),
                vertex(0, row, column + 1),
            ]);
        }
        quad([vertex(0, row, 0), vertex(1, row, 0), vertex(1, row + 1, 0), vertex(0, row + 1, 0)]);
        let end = columns;
        quad([vertex(0, row, end), vertex(0, row + 1, end), vertex(1, row + 1, end), vertex(1, row, end)]);
    }
    for column in 0..columns {
        quad([vertex(0, 0, column), vertex(0, 0, column + 1), vertex(1, 0, column + 1), vertex(1, 0, column)]);
        quad([vertex(0, rows, column), vertex(1, rows, column), vertex(1, rows, column + 1), vertex(0, rows, column + 1)]);
    }
    mesh
}
