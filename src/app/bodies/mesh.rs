//! Triangle meshes as the renderer wants them.

use crate::{
    app::space::{ViewSpace, view_direction},
    mesh::TriMesh,
};
use bevy::{
    asset::RenderAssetUsages,
    mesh::{Indices, PrimitiveTopology},
    prelude::*,
};
use nalgebra::Vector3;

/// A smooth surface such as a bone: one normal a vertex.
#[must_use]
pub fn smooth(mesh: &TriMesh, space: &ViewSpace) -> Mesh {
    let positions = mesh.vertices.iter().map(|p| space.point(p).to_array()).collect::<Vec<_>>();
    let normals = mesh.vertex_normals().iter().map(|n| view_direction(n).to_array()).collect::<Vec<_>>();
    build(positions, normals, mesh.triangles.iter().flatten().copied().collect())
}

/// A machined part: normals are averaged only over neighbours that meet at less than `crease_deg`, so that edges stay edges.
#[must_use]
pub fn creased(mesh: &TriMesh, space: &ViewSpace, crease_deg: f64) -> Mesh {
    let faces: Vec<Vector3<f64>> = (0..mesh.triangles.len())
        .map(|t| {
            let [a, b, c] = mesh.corners(t);
            (b - a).cross(&(c - a))
        })
        .collect();
    let mut around = vec![Vec::new(); mesh.vertices.len()];
    for (t, triangle) in mesh.triangles.iter().enumerate() {
        triangle.iter().for_each(|&v| around[v as usize].push(t));
    }
    let limit = crease_deg.to_radians().cos();
    let (mut positions, mut normals) = (Vec::new(), Vec::new());
    for (t, triangle) in mesh.triangles.iter().enumerate() {
        let own = faces[t].try_normalize(0.0).unwrap_or_default();
        for &v in triangle {
            let near = around[v as usize].iter().map(|&n| faces[n]);
            let sum: Vector3<f64> = near.filter(|n| n.dot(&own) >= limit * n.norm()).sum();
            positions.push(space.point(&mesh.vertices[v as usize]).to_array());
            normals.push(view_direction(&sum.try_normalize(0.0).unwrap_or(own)).to_array());
        }
    }
    let indices = (0..positions.len() as u32).collect();
    build(positions, normals, indices)
}

fn build(positions: Vec<[f32; 3]>, normals: Vec<[f32; 3]>, indices: Vec<u32>) -> Mesh {
    // Kept in the main world too: picking casts its rays there.
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
        .with_inserted_indices(Indices::U32(indices))
}
