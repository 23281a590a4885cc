//! Putting a triangle list in order: joining equal vertices, dropping collapsed triangles, finding connected pieces.

use crate::mesh::TriMesh;
use nalgebra::Point3;
use std::collections::HashMap;

/// Number of edges that do not join exactly two triangles running along them in opposite directions; 0 for a closed surface.
#[must_use]
pub fn open_edges(mesh: &TriMesh) -> usize {
    let mut edges: Vec<(u32, u32, bool)> = mesh
        .triangles
        .iter()
        .flat_map(|&[a, b, c]| [(a, b), (b, c), (c, a)])
        .map(|(from, to)| (from.min(to), from.max(to), from < to))
        .collect();
    edges.sort_unstable();
    edges.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|edge| !matches!(edge, [(_, _, false), (_, _, true)])).count()
}

/// Joins vertices at exactly the same position, keeping the first, and drops what that collapses.
#[must_use]
pub fn weld(mesh: &TriMesh) -> TriMesh {
    let mut first: HashMap<[u64; 3], u32> = HashMap::with_capacity(mesh.vertices.len());
    let mut vertices = Vec::new();
    let new: Vec<u32> = mesh
        .vertices
        .iter()
        .map(|vertex| {
            // Adding zero turns −0 into +0: the two are the same place.
            *first.entry([vertex.x, vertex.y, vertex.z].map(|x| (x + 0.0).to_bits())).or_insert_with(|| {
                vertices.push(*vertex);
                vertices.len() as u32 - 1
            })
        })
        .collect();
    let triangles = mesh.triangles.iter().map(|triangle| triangle.map(|v| new[v as usize])).collect();
    drop_collapsed(TriMesh { vertices, triangles })
}

/// Without triangles that use a vertex twice, and without vertices that no triangle uses.
#[must_use]
pub fn drop_collapsed(mut mesh: TriMesh) -> TriMesh {
    mesh.triangles.retain(|[a, b, c]| a != b && b != c && c != a);
    compact(&mesh.vertices, mesh.triangles)
}

/// A mesh of these triangles with only the vertices they use, in their old order.
pub(super) fn compact(vertices: &[Point3<f64>], mut triangles: Vec<[u32; 3]>) -> TriMesh {
    let mut new = vec![u32::MAX; vertices.len()];
    triangles.iter().flatten().for_each(|&v| new[v as usize] = 0);
    let used = vertices.iter().zip(&mut new).filter(|(_, new)| **new == 0).enumerate();
    let vertices = used
        .map(|(position, (vertex, new))| {
            *new = position as u32;
            *vertex
        })
        .collect();
    triangles.iter_mut().flatten().for_each(|v| *v = new[*v as usize]);
    TriMesh { vertices, triangles }
}

/// The connected pieces of a mesh, in the order of their first triangle. Pieces are connected by shared vertices.
#[must_use]
pub fn components(mesh: &TriMesh) -> Vec<TriMesh> {
    let first = connected(mesh.vertices.len(), mesh.triangles.iter().flat_map(|&[a, b, c]| [[a, b], [b, c]]));
    let mut piece_of_first: HashMap<u32, usize> = HashMap::new();
    let mut pieces: Vec<Vec<[u32; 3]>> = Vec::new();
    for &triangle in &mesh.triangles {
        let piece = *piece_of_first.entry(first[triangle[0] as usize]).or_insert(pieces.len());
        if piece == pieces.len() {
            pieces.push(Vec::new());
        }
        pieces[piece].push(triangle);
    }
    if let [_] = pieces[..] {
        return vec![compact(&mesh.vertices, mesh.triangles.clone())];
    }
    pieces.into_iter().map(|triangles| compact_few(&mesh.vertices, triangles)).collect()
}

/// Of `count` vertices joined by edges, the first vertex of the piece that each belongs to.
#[must_use]
pub fn connected(count: usize, edges: impl Iterator<Item = [u32; 2]>) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..count as u32).collect();
    for [v, w] in edges {
        let (v, w) = (root(&mut parent, v), root(&mut parent, w));
        // The smaller number wins, so the result does not depend on the order of joining.
        parent[v.max(w) as usize] = v.min(w);
    }
    (0..count as u32).map(|v| root(&mut parent, v)).collect()
}

/// [`compact`] without touching every vertex of the mesh: there may be thousands of small pieces.
fn compact_few(vertices: &[Point3<f64>], mut triangles: Vec<[u32; 3]>) -> TriMesh {
    let mut used: Vec<u32> = triangles.iter().flatten().copied().collect();
    used.sort_unstable();
    used.dedup();
    // Every index of `triangles` is in `used`.
    triangles.iter_mut().flatten().for_each(|v| *v = used.partition_point(|&u| u < *v) as u32);
    TriMesh { vertices: used.iter().map(|&v| vertices[v as usize]).collect(), triangles }
}

/// The representative of a vertex's piece, shortening the path to it.
fn root(parent: &mut [u32], mut v: u32) -> u32 {
    while parent[v as usize] != v {
        parent[v as usize] = parent[parent[v as usize] as usize];
        v = parent[v as usize];
    }
    v
}

/// The piece that encloses the largest volume: the outer surface of the bone, without islands and without closed cavities.
/// Empty when the mesh is.
#[must_use]
pub fn largest_component(mesh: &TriMesh) -> TriMesh {
    let volumes = components(mesh).into_iter().map(|piece| (piece.volume_mm3(), piece));
    volumes.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, piece)| piece).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tetrahedron as a soup of twelve vertices.
    fn soup(size: f64, shift: f64) -> TriMesh {
        let corners = [Point3::origin(), Point3::new(size, 0.0, 0.0), Point3::new(0.0, size, 0.0), Point3::new(0.0, 0.0, size)];
        let faces = [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]];
        let mut mesh = TriMesh::default();
        for face in faces {
            let base = mesh.vertices.len() as u32;
            mesh.vertices.extend(face.map(|v: usize| corners[v] + nalgebra::Vector3::new(shift, -0.0, 0.0)));
            mesh.triangles.push([base, base + 1, base + 2]);
        }
        mesh
    }

    #[test]
    fn welding_closes_a_soup() {
        let mesh = soup(2.0, 5.0);
        assert_eq!(open_edges(&mesh), 12);
        let welded = weld(&mesh);
        assert_eq!((welded.vertices.len(), welded.triangles.len(), open_edges(&welded)), (4, 4, 0));
        assert!(welded.is_watertight());
    }

    #[test]
    fn the_largest_piece_is_the_one_of_largest_volume_and_not_a_cavity() {
        let mut mesh = soup(1.0, -5.0);
        mesh.append(&soup(3.0, 0.0));
        let mut cavity = soup(4.0, 0.0);
        cavity.triangles.iter_mut().for_each(|t| t.swap(0, 1));
        mesh.append(&cavity.transformed(&nalgebra::Isometry3::translation(20.0, 0.0, 0.0)));
        let mesh = weld(&mesh);
        assert_eq!(components(&mesh).len(), 3);
        assert!((largest_component(&mesh).volume_mm3() - 4.5).abs() < 1e-12);
    }

    #[test]
    fn collapsed_triangles_and_unused_vertices_go() {
        let mut mesh = weld(&soup(1.0, 0.0));
        mesh.vertices.insert(0, Point3::new(9.0, 9.0, 9.0));
        mesh.triangles.iter_mut().flatten().for_each(|v| *v += 1);
        mesh.triangles.push([1, 2, 1]);
        assert_eq!(drop_collapsed(mesh), weld(&soup(1.0, 0.0)));
    }
}
