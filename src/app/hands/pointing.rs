//! The pointer on handles: hovering, and dragging them. On the pointer's own way, which remote desktops send as well.

use super::{Handle, HandleShape, HandsState, Held, Standing, drag::reached, shapes};
use crate::app::{
    camera::OrbitCamera,
    document::OpenDocument,
    examination::ExaminationState,
    eye::{Eye, ViewArea},
    joint::HipPosture,
    keeping::KeepState,
    space::ViewSpace,
    trial::TrialState,
};
use bevy::{ecs::system::SystemParam, prelude::*};
use egui::Pos2;

/// A handle is under the pointer when its line is seen within this of it, points.
const REACH: f32 = 9.0;
/// Tips are taken before lines that pass by.
const TIP: f32 = 13.0;

/// Where the pointer is and what it looks at.
#[derive(SystemParam)]
pub(super) struct Look<'w, 's> {
    document: Option<Res<'w, OpenDocument>>,
    area: Option<Res<'w, ViewArea>>,
    posture: Res<'w, HipPosture>,
    space: Res<'w, ViewSpace>,
    examination: Res<'w, ExaminationState>,
    keep: Res<'w, KeepState>,
    cameras: Query<'w, 's, &'static OrbitCamera>,
}

/// Takes hold of the handle under the pointer, moves it, lets it go.
pub(super) fn point(
    look: Look,
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    mut state: ResMut<HandsState>,
    mut trial: ResMut<TrialState>,
    mut last: Local<Pos2>,
) {
    let (Some(document), Some(area), Some(buttons), Ok(camera)) = (&look.document, &look.area, buttons, look.cameras.single())
    else {
        return;
    };
    let Some(pointer) = area.pointer else { return };
    let eye = Eye::new(camera, &look.space, area.rect);
    if let Some(held) = &state.held {
        // A pointer at rest moves nothing.
        let moved = (*last != pointer).then(|| held.trial(&eye.ray(pointer))).flatten();
        *last = pointer;
        if let Some(next) = moved {
            trial.attempt(next);
        }
        if !buttons.pressed(MouseButton::Left) {
            state.held = None;
        }
        return;
    }
    let standing = state.tool.and_then(|tool| Some((tool, document.standing(&look.posture.0)?)));
    let free = area.pointer_inside && !look.examination.holding() && !look.keep.busy();
    let near = standing.filter(|_| free).and_then(|(tool, standing)| {
        let shapes = shapes(tool, &standing);
        Some((nearest(&shapes, &eye, pointer)?, standing))
    });
    let hovered = near.map(|(handle, _)| handle);
    if state.hovered != hovered {
        state.hovered = hovered;
    }
    if let (true, Some((handle, standing))) = (buttons.just_pressed(MouseButton::Left), near) {
        *last = pointer;
        state.held = held(handle, standing, &trial, &eye, pointer);
    }
}

fn held(handle: Handle, standing: Standing, trial: &TrialState, eye: &Eye, pointer: Pos2) -> Option<Held> {
    let (_, start) = trial.trial()?;
    let grip = reached(handle, &standing, &eye.ray(pointer))?;
    Some(Held { handle, start: start.clone(), standing, grip })
}

/// The handle that is seen nearest to the pointer.
fn nearest(shapes: &[HandleShape], eye: &Eye, pointer: Pos2) -> Option<Handle> {
    let away = |shape: &HandleShape| {
        let seen: Vec<Pos2> = shape.line.iter().filter_map(|point| eye.see(point)).collect();
        let tip = seen.last().filter(|_| shape.arrow).map(|tip| tip.distance(pointer)).filter(|away| *away <= TIP);
        let line = seen.windows(2).map(|ends| to_segment(pointer, ends[0], ends[1])).min_by(f32::total_cmp);
        // A tip is in front of every line.
        tip.map(|away| away - TIP).or_else(|| line.filter(|away| *away <= REACH))
    };
    let all = shapes.iter().filter_map(|shape| Some((shape.handle, away(shape)?)));
    all.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(handle, _)| handle)
}

/// How far a point is from a stretch of a line.
fn to_segment(point: Pos2, from: Pos2, to: Pos2) -> f32 {
    let way = to - from;
    let part = ((point - from).dot(way) / way.length_sq().max(1e-6)).clamp(0.0, 1.0);
    (from + way * part).distance(point)
}
