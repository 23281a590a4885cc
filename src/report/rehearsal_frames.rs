//! A rehearsal as pictures: the hip from the front and from its own side, with femur, stem and head where a step has them.

use super::{
    lettering::{LetteringError, width, write},
    pictures::{PictureSource, look},
    render::{Body, Picture, View, render},
};
use crate::{
    frames::{AnatomicalFrame, Side, as_right_hip},
    motion::{RomScene, femur_transform},
    risk::dislocation::Step,
};
use nalgebra::{Isometry3, Point3, Translation3, Vector3};

/// Side of either view, pixels; even, as video encoders ask for.
const PIXELS: usize = 480;
/// Height of the letters, pixels.
const LETTERS: f64 = 16.0;
/// Half the width of a view, mm.
const RADIUS_MM: f64 = 80.0;

/// From the femur as scanned to where a step has it, its head out of its seat by as much as it is, LPS mm.
#[must_use]
pub fn femur_at(scene: &RomScene, step: &Step) -> Isometry3<f64> {
    let turn = scene.reduction.rotation.to_rotation_matrix();
    let reduced =
        AnatomicalFrame { origin: scene.reduction * scene.femoral_frame.origin, rotation: turn * scene.femoral_frame.rotation };
    let seated = femur_transform(&scene.pelvic_frame, &reduced, &scene.cup_centre, &step.posture, scene.side) * scene.reduction;
    let out = scene.pelvic_frame.lps_vector(&as_right_hip(scene.side, &Vector3::from(step.head_mm)));
    Isometry3::from_parts(Translation3::from(out), nalgebra::UnitQuaternion::identity()) * seated
}

/// One picture: the view from the front on the left, that from the hip's own side on the right. `fixed` stays; `moving` is drawn where the step
/// has the femur; both LPS mm as scanned. `lines` are written below, R and L beside the view from the front.
///
/// # Errors
/// When a line cannot be written.
pub fn rehearsal_frame(
    fixed: &[PictureSource<'_>],
    moving: &[PictureSource<'_>],
    scene: &RomScene,
    step: &Step,
    lines: &[String],
) -> Result<Picture, LetteringError> {
    let pose = femur_at(scene, step);
    let moved: Vec<_> = moving.iter().map(|source| (source.mesh.transformed(&pose), source.paint)).collect();
    let still = fixed.iter().map(|source| (source.mesh, source.paint));
    let bodies: Vec<Body<'_>> = still
        .chain(moved.iter().map(|(mesh, paint)| (mesh, *paint)))
        .map(|(mesh, paint)| {
            let (colour, opacity) = look(paint);
            Body { mesh, colour, opacity }
        })
        .collect();
    let side = match scene.side {
        Side::Left => View::FromLeft,
        Side::Right => View::FromRight,
    };
    let centre: Point3<f64> = scene.cup_centre;
    let mut picture = beside(&[View::Anterior, side].map(|view| render(&bodies, view, &centre, RADIUS_MM, PIXELS, PIXELS)));
    let room = picture.width as f64 - 2.0 * LETTERS;
    write(&mut picture, "R", [LETTERS, LETTERS], LETTERS)?;
    write(&mut picture, "L", [PIXELS as f64 - 2.0 * LETTERS, LETTERS], LETTERS)?;
    for (n, line) in lines.iter().rev().enumerate() {
        let size = LETTERS * (room / width(line, LETTERS)?).min(1.0);
        write(&mut picture, line, [LETTERS, PIXELS as f64 - 1.5 * LETTERS * (n as f64 + 1.0)], size)?;
    }
    Ok(picture)
}

/// Two pictures of one height side by side.
fn beside(pictures: &[Picture; 2]) -> Picture {
    let [left, right] = pictures;
    let rows = left.rgb.chunks(left.width * 3).zip(right.rgb.chunks(right.width * 3));
    Picture {
        width: left.width + right.width,
        height: left.height,
        rgb: rows.flat_map(|(left, right)| left.iter().chain(right)).copied().collect(),
    }
}
