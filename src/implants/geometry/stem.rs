//! A stem: the lofted body in the canal and the cylindrical neck.

use super::{Ellipse, circle_segments, loft, revolve};
use crate::{frames::Side, implants::Stem, mesh::TriMesh};
use nalgebra::{Point3, UnitQuaternion, Vector3};

/// The body of a right stem in the stem's frame: the catalogue's sections joined by ruled surfaces, closed flat; mm.
#[must_use]
pub fn stem_body_mesh(stem: &Stem, chord_error_mm: f64) -> TriMesh {
    let sections: Vec<Ellipse> = stem
        .sections
        .iter()
        .map(|section| Ellipse {
            centre: Point3::new(0.0, -section.distal_mm, -section.medial_shift_mm),
            semi_z_mm: section.width_mm / 2.0,
            semi_x_mm: section.depth_mm / 2.0,
        })
        .collect();
    let widest = sections.iter().map(|s| s.semi_z_mm.max(s.semi_x_mm)).fold(0.0, f64::max);
    loft(&sections, circle_segments(widest, chord_error_mm))
}

/// The neck of a right stem in the stem's frame: a cylinder from the origin, inside the body, to the end of the taper; mm.
#[must_use]
pub fn neck_mesh(stem: &Stem, chord_error_mm: f64) -> TriMesh {
    let (radius, length) = (stem.neck_diameter_mm / 2.0, stem.neck_length_mm);
    let cylinder =
        revolve(&[(0.0, 0.0), (radius, 0.0), (radius, length), (0.0, length)], circle_segments(radius, chord_error_mm));
    // Undefined only for a neck along −Z, which the catalogue's check refuses (neck–shaft angles of 115° to 150°).
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), &stem.towards_head()).unwrap_or_default();
    cylinder.transformed(&nalgebra::Isometry3::from_parts(nalgebra::Translation3::identity(), turn))
}

/// Body and neck of a stem for a side in the stem's frame (a left stem is the right one mirrored in Z); mm.
///
/// Two closed shells in one mesh: they overlap inside the body, where the neck begins.
#[must_use]
pub fn stem_mesh(stem: &Stem, side: Side, chord_error_mm: f64) -> TriMesh {
    let mut mesh = stem_body_mesh(stem, chord_error_mm);
    mesh.append(&neck_mesh(stem, chord_error_mm));
    if side == Side::Left {
        for vertex in &mut mesh.vertices {
            vertex.z = -vertex.z;
        }
        for triangle in &mut mesh.triangles {
            triangle.swap(1, 2);
        }
    }
    mesh
}
