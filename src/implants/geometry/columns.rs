//! A closed surface through columns of points around an axis, where a solid of revolution will not do.

use crate::mesh::TriMesh;
use nalgebra::Point3;

/// Points of a column that are nearer to each other are one, mm.
const SAME_MM: f64 = 1e-9;

/// Joins columns with as many points each, which run from near one pole to near the other, into a closed surface.
///
/// Seen from outside, the next column lies to the right of a column that runs upwards on the outside of the solid.
#[must_use]
pub(super) fn columns(first: Point3<f64>, columns: &[Vec<Point3<f64>>], last: Point3<f64>) -> TriMesh {
    let rows = columns.first().map_or(0, Vec::len) as u32;
    let count = columns.len() as u32;
    let mut mesh = TriMesh { vertices: vec![first, last], triangles: Vec::new() };
    mesh.vertices.extend(columns.iter().flatten());
    // Points of a column that lie on each other are one.
    let same =
        |at: u32| !at.is_multiple_of(rows) && (mesh.vertices[2 + at as usize] - mesh.vertices[1 + at as usize]).norm() < SAME_MM;
    let mut one: Vec<u32> = Vec::with_capacity(mesh.vertices.len());
    for at in 0..count * rows {
        one.push(if same(at) { one[at as usize - 1] } else { 2 + at });
    }
    let vertex = |column: u32, row: u32| one[((column % count) * rows + row) as usize];
    for column in 0..count {
        mesh.triangles.push([0, vertex(column + 1, 0), vertex(column, 0)]);
        for row in 0..rows.saturating_sub(1) {
            let [a, b] = [vertex(column, row), vertex(column + 1, row)];
            let [d, c] = [vertex(column, row + 1), vertex(column + 1, row + 1)];
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
        }
        mesh.triangles.push([vertex(column, rows - 1), vertex(column + 1, rows - 1), 1]);
    }
    mesh.triangles.retain(|[a, b, c]| a != b && b != c && c != a);
    without_unused(mesh)
}

fn without_unused(mesh: TriMesh) -> TriMesh {
    let mut used = vec![u32::MAX; mesh.vertices.len()];
    mesh.triangles.iter().flatten().for_each(|&v| used[v as usize] = 0);
    let mut vertices = Vec::new();
    for (to, vertex) in used.iter_mut().zip(&mesh.vertices).filter(|(to, _)| **to == 0) {
        *to = vertices.len() as u32;
        vertices.push(*vertex);
    }
    TriMesh { vertices, triangles: mesh.triangles.iter().map(|t| t.map(|v| used[v as usize])).collect() }
}
