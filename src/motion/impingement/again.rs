//! A hip prepared again: what stands to each other as it did before keeps what was found of it.

use super::{ImpingementEngine, passive::Meets, prepared::Moving, sweep::Touch};
use crate::{frames::AnatomicalFrame, mesh::TriMesh};
use nalgebra::{Point3, Unit, Vector3};
use std::sync::Arc;

/// Places that differ by less are the same, mm: more than rounding, less than any edit.
const SAME_MM: f64 = 1e-9;
/// Directions that differ by less are the same.
const SAME: f64 = 1e-12;

impl ImpingementEngine {
    /// Takes over from the hip before what an edit has left as it was.
    pub(super) fn keep_what_is_known_of(&mut self, before: &Self) {
        let stands = Stands::of(before, self);
        let shift = self.centre - before.centre;
        for (known, found) in self.known.0.iter_mut().zip(&before.known.0) {
            for meets in Meets::ALL.into_iter().filter(|meets| stands.as_before(*meets)) {
                if let Some(Touch { limit, point }) = found[meets as usize].get() {
                    known[meets as usize] = Touch { limit: *limit, point: point.map(|point| point + shift) }.into();
                }
            }
        }
        if let Some(room) = before.lean_room.get().filter(|_| stands.stem && stands.cup_about_its_axis) {
            self.lean_room = (*room).into();
        }
        if let Some(slices) = before.slices.get().filter(|_| stands.femur && stands.stem && stands.pelvis) {
            self.slices = slices.clone().into();
        }
    }
}

/// What stands to the joint's centre, in the pelvic or the femoral frame, as it did.
struct Stands {
    pelvis: bool,
    cup: bool,
    cup_about_its_axis: bool,
    femur: bool,
    stem: bool,
    /// Cup's and neck's axes, and the angle between them in which the neck is free.
    coupling: bool,
}

impl Stands {
    fn of(before: &ImpingementEngine, now: &ImpingementEngine) -> Self {
        let frames = before.side == now.side
            && same_axes(&before.pelvic_frame, &now.pelvic_frame)
            && same_axes(&before.scene.femoral_frame, &now.scene.femoral_frame)
            && before.reduction.rotation.angle_to(&now.reduction.rotation) < SAME
            // Where the head's centre is on the femur.
            && (on_femur(before) - on_femur(now)).norm() < SAME_MM;
        let body = |one: &Option<Moving>, other: &Option<Moving>| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(&one.body, &other.body),
            (None, None) => true,
            _ => false,
        };
        let cups = (before.scene.cup.as_ref(), now.scene.cup.as_ref());
        let cup = |alike: &dyn Fn(&TriMesh, &TriMesh) -> bool| match cups {
            (Some(one), Some(other)) => one.triangles == other.triangles && alike(one, other),
            (None, None) => true,
            _ => false,
        };
        let in_place = |one: &TriMesh, other: &TriMesh| {
            let relative = |point: &Point3<f64>, hip: &ImpingementEngine| point - hip.centre;
            let mut both = one.vertices.iter().zip(&other.vertices);
            one.vertices.len() == other.vertices.len()
                && both.all(|(one, other)| (relative(one, before) - relative(other, now)).norm() < SAME_MM)
        };
        let about_axis = |one: &TriMesh, other: &TriMesh| {
            let place = |point: &Point3<f64>, hip: &ImpingementEngine| about(&(point - hip.centre), &hip.scene.cup_axis);
            let near = |one: [f64; 2], other: [f64; 2]| one.iter().zip(other).all(|(one, other)| (one - other).abs() < SAME_MM);
            let mut both = one.vertices.iter().zip(&other.vertices);
            one.vertices.len() == other.vertices.len() && both.all(|(one, other)| near(place(one, before), place(other, now)))
        };
        let pelvis = before.centre == now.centre
            && before.pelvis.len() == now.pelvis.len()
            && before.pelvis.iter().zip(&now.pelvis).all(|(one, other)| Arc::ptr_eq(one, other));
        let axes = [(before.cup_axis, now.cup_axis), (before.neck_axis, now.neck_axis)];
        Self {
            pelvis: frames && pelvis,
            cup: frames && cup(&in_place),
            cup_about_its_axis: cup(&about_axis),
            femur: frames && body(&before.femur, &now.femur),
            stem: frames && body(&before.stem, &now.stem) && (before.neck_axis.as_ref() - now.neck_axis.as_ref()).norm() < SAME,
            coupling: before.oscillation_deg == now.oscillation_deg
                && axes.iter().all(|(one, other)| (one.as_ref() - other.as_ref()).norm() < SAME),
        }
    }

    const fn as_before(&self, meets: Meets) -> bool {
        match meets {
            Meets::StemOnCup => self.stem && self.cup && self.coupling,
            Meets::FemurOnPelvis => self.femur && self.pelvis,
            Meets::StemOnPelvis => self.stem && self.pelvis,
            Meets::FemurOnCup => self.femur && self.cup,
        }
    }
}

fn same_axes(one: &AnatomicalFrame, other: &AnatomicalFrame) -> bool {
    (one.rotation.matrix() - other.rotation.matrix()).amax() < SAME
}

fn on_femur(hip: &ImpingementEngine) -> Point3<f64> {
    hip.reduction.inverse_transform_point(&hip.centre)
}

/// How far along an axis and how far from it, mm.
fn about(point: &Vector3<f64>, axis: &Unit<Vector3<f64>>) -> [f64; 2] {
    [point.dot(axis), point.cross(axis).norm()]
}
