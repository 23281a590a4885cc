//! Stanford PLY, as text or binary in either byte order. Only read: Coxa writes STL and OBJ.

use super::{failed, finite, malformed};
use crate::{mesh::TriMesh, surface::SurfaceError};
use nalgebra::Point3;
use serde::Deserialize;
use serde_ply::{ElementDef, PlyReader, PropertyType};
use std::{
    fs,
    io::{Cursor, Read},
    path::Path,
};

#[derive(Deserialize)]
struct Vertex {
    x: f64,
    y: f64,
    z: f64,
}

#[derive(Deserialize)]
struct Face {
    #[serde(alias = "vertex_index")]
    vertex_indices: Vec<u32>,
}

/// A row of an element that is passed over.
#[derive(Deserialize)]
struct Other {}

/// Reads vertices and faces of a PLY, taking its numbers as mm in LPS; polygons become fans, other elements and properties (normals,
/// colours) are passed over.
///
/// # Errors
/// [`SurfaceError::Io`]; [`SurfaceError::Malformed`] for what is not a PLY, is cut off or too long, has no positions or faces, or names
/// vertices that do not exist; [`SurfaceError::NotFinite`].
pub fn read(path: &Path) -> Result<TriMesh, SurfaceError> {
    let bytes = fs::read(path).map_err(failed(path))?;
    if !bytes.starts_with(b"ply") {
        return Err(malformed(path, "not a PLY file: it does not begin with the line 'ply'"));
    }
    // The last number of a text may end with the file; the reader wants white space behind it.
    let mut bytes = Cursor::new(bytes).chain(&b"\n"[..]);
    let mut reader =
        PlyReader::from_reader(&mut bytes).map_err(|error| malformed(path, format!("not a readable PLY header: {}", error.0)))?;
    let elements = reader.header().elem_defs.clone();
    elements.iter().try_for_each(|element| usable(element).map_err(|what| malformed(path, what)))?;
    let mut mesh = TriMesh::default();
    let mut faces = Vec::new();
    for element in &elements {
        let bad = |error: serde_ply::DeserializeError| {
            let (name, count) = (&element.name, element.count);
            malformed(path, format!("the header announces {count} rows of '{name}', but they cannot be read: {}", error.0))
        };
        match element.name.as_str() {
            "vertex" => {
                let vertices: Vec<Vertex> = reader.next_element().map_err(bad)?;
                mesh.vertices = vertices.iter().map(|v| Point3::new(v.x, v.y, v.z)).collect();
            }
            "face" => faces = reader.next_element::<Vec<Face>>().map_err(bad)?,
            _ => reader.next_element::<Vec<Other>>().map(drop).map_err(bad)?,
        }
    }
    drop(reader);
    let mut left_over = Vec::new();
    bytes.read_to_end(&mut left_over).map_err(failed(path))?;
    if !left_over.trim_ascii().is_empty() {
        // Rows of another length than the header says would be read as other numbers than were written.
        return Err(malformed(path, format!("{} bytes follow after all that the header announces", left_over.len() - 1)));
    }
    for (number, Face { vertex_indices: corners }) in faces.iter().enumerate() {
        let [first, rest @ ..] = &corners[..] else { return Err(malformed(path, format!("face {number} has no vertex"))) };
        if rest.len() < 2 {
            return Err(malformed(path, format!("face {number} has {} vertices, expected three or more", corners.len())));
        }
        if let Some(v) = corners.iter().find(|v| **v as usize >= mesh.vertices.len()) {
            let what = format!("face {number} names vertex {v}, but there are {} vertices, counted from 0", mesh.vertices.len());
            return Err(malformed(path, what));
        }
        mesh.triangles.extend(rest.windows(2).map(|pair| [*first, pair[0], pair[1]]));
    }
    finite(&mesh, path)?;
    if mesh.is_empty() {
        return Err(malformed(path, "the PLY file has no face"));
    }
    Ok(mesh)
}

/// What the header must say of an element for its rows to be readable.
fn usable(element: &ElementDef) -> Result<(), String> {
    let list = |name| element.get_property(name).is_some_and(|p| matches!(p.property_type, PropertyType::List { .. }));
    match element.name.as_str() {
        "vertex" if !["x", "y", "z"].iter().all(|axis| element.has_property(axis)) => {
            Err("the header gives vertices no x, y and z".into())
        }
        "face" if !list("vertex_indices") && !list("vertex_index") => {
            Err("the header gives faces no list of vertices ('vertex_indices' or 'vertex_index')".into())
        }
        // Rows of nothing would be counted for ever.
        name if element.properties.is_empty() => Err(format!("the header gives the element '{name}' no property")),
        _ => Ok(()),
    }
}
