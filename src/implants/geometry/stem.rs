//! A stem: the lofted body in the canal, the neck, and the collar.

use super::{Ellipse, circle_segments, loft, revolve};
use crate::{frames::Side, implants::Stem, mesh::TriMesh};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};

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

/// The neck of a right stem in the stem's frame, from the origin, inside the body, to the end of the taper: a cylinder, or cones as its
/// profile says; mm.
#[must_use]
pub fn neck_mesh(stem: &Stem, chord_error_mm: f64) -> TriMesh {
    let (radius, length) = (stem.neck_diameter_mm / 2.0, stem.neck_length_mm);
    let mut outside: Vec<(f64, f64)> = stem
        .neck_profile
        .iter()
        .filter(|(along, _)| (0.0..length).contains(along))
        .map(|(along, diameter)| (diameter / 2.0, length - along))
        .rev()
        .collect();
    let base = outside.first().map_or(radius, |(base, _)| *base);
    outside.insert(0, (base, 0.0));
    if outside.last().is_none_or(|(_, height)| *height < length) {
        outside.push((radius, length));
    }
    let widest = outside.iter().map(|(radius, _)| *radius).fold(0.0, f64::max);
    let profile: Vec<(f64, f64)> = [(0.0, 0.0)].into_iter().chain(outside).chain([(0.0, length)]).collect();
    let solid = revolve(&profile, circle_segments(widest, chord_error_mm));
    // Undefined only for a neck along −Z, which the catalogue's check refuses (neck–shaft angles of 115° to 150°).
    let turn = UnitQuaternion::rotation_between(&Vector3::z(), &stem.towards_head()).unwrap_or_default();
    solid.transformed(&Isometry3::from_parts(Translation3::identity(), turn))
}

/// The collar of a right stem in the stem's frame: an elliptical plate on the plane of the neck resection; `None` without one. mm.
#[must_use]
pub fn collar_mesh(stem: &Stem, chord_error_mm: f64) -> Option<TriMesh> {
    let collar = stem.collar?;
    // From beside the neck's lateral side to as far medially as the collar reaches.
    let lateral_mm = stem.neck_diameter_mm / 2.0;
    let ellipse = |height: f64| Ellipse {
        centre: Point3::new(0.0, height, -(collar.medial_mm - lateral_mm) / 2.0),
        semi_z_mm: f64::midpoint(collar.medial_mm, lateral_mm),
        semi_x_mm: collar.depth_mm / 2.0,
    };
    let sections = [ellipse(stem.resection_mm + collar.thickness_mm), ellipse(stem.resection_mm)];
    let plate = loft(&sections, circle_segments(sections[0].semi_z_mm.max(sections[0].semi_x_mm), chord_error_mm));
    // Y along the neck, X forwards across it: −Z then points medially and down.
    let (up, turn) = (stem.towards_head(), stem.neck_version_deg.to_radians());
    let forward = Vector3::new(turn.cos(), 0.0, turn.sin());
    let axes = Matrix3::from_columns(&[forward, up, forward.cross(&up)]);
    let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
    Some(plate.transformed(&Isometry3::from_parts(Translation3::identity(), turn)))
}

/// Body, neck and collar of a stem for a side in the stem's frame (a left stem is the right one mirrored in Z); mm.
///
/// Closed shells in one mesh: they overlap inside the body, where the neck begins.
#[must_use]
pub fn stem_mesh(stem: &Stem, side: Side, chord_error_mm: f64) -> TriMesh {
    let mut mesh = stem_body_mesh(stem, chord_error_mm);
    mesh.append(&neck_mesh(stem, chord_error_mm));
    if let Some(collar) = collar_mesh(stem, chord_error_mm) {
        mesh.append(&collar);
    }
    mirrored_stem(mesh, side)
}

/// A right stem's surface as it is for a side: a left stem is the right one mirrored in Z.
#[must_use]
pub fn mirrored_stem(mut mesh: TriMesh, side: Side) -> TriMesh {
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
