//! Slices of the CT in the window: the CT is read in the background once a case is open, and slices that are on screen are drawn when what they
//! show changes. Bones are outlined as they were scanned, whatever the posture, and implants where they are planned or tried in them.

mod picture;
mod scan;
mod texture;
mod view;

pub use picture::{Bodies, Outline, SlicePicture};
pub use scan::{Ct, Scan, SliceSource};
pub(super) use texture::upload;
pub use texture::{PixelsPerPoint, SliceTextures, TexturesPlugin, shaded};
pub use view::{Arrangement, BODY_PLANES, FEMUR_PLANES, Pane, SLOTS, SlicesCommand, SlicesStart, SlicesView, Slot};

use super::{
    bodies::BodyKind,
    document::OpenDocument,
    model::{CtModel, SlicesModel},
    schedule::AppSet,
    tasks::{Task, TaskError},
};
use crate::{i18n::Sentence, mesh::TriMesh};
use bevy::prelude::*;
use nalgebra::Point3;
use std::sync::Arc;

/// The slices on screen.
#[derive(Resource, Debug)]
pub struct SlicesState {
    start: SlicesStart,
    source: Option<SliceSource>,
    task: Option<Task<Scan>>,
    scan: Option<Scan>,
    view: SlicesView,
    /// Of the document: as they lie in the bones as scanned.
    implants: Vec<(BodyKind, Arc<TriMesh>)>,
    pictures: [Option<SlicePicture>; SLOTS],
    /// What pictures were last drawn of is what there is now: the CT, the bodies.
    same: [bool; 2],
}

impl SlicesState {
    /// With this on screen at first.
    #[must_use]
    pub fn beginning(start: SlicesStart) -> Self {
        let view = SlicesView::new(&start, Point3::origin(), Ct::Absent.range());
        let (pictures, implants, same) = ([const { None }; SLOTS], Vec::new(), [false; 2]);
        Self { start, source: None, task: None, scan: None, view, implants, pictures, same }
    }

    /// How slices are looked at.
    #[must_use]
    pub const fn view(&self) -> &SlicesView {
        &self.view
    }

    /// The cross-hair, while it is to be seen in slices, LPS mm.
    #[must_use]
    pub fn marked(&self) -> Option<Point3<f64>> {
        let shown = self.view.cross_hair && self.view.arrangement != Arrangement::Bones && self.source.is_some();
        shown.then_some(self.view.cross)
    }

    /// The scan, once it is read.
    #[must_use]
    pub const fn scan(&self) -> Option<&Scan> {
        self.scan.as_ref()
    }

    /// A slice as it is drawn.
    #[must_use]
    pub fn picture(&self, slot: usize) -> Option<&SlicePicture> {
        self.pictures.get(slot)?.as_ref()
    }

    /// True when the scan is read, or there is none to read.
    #[must_use]
    pub const fn settled(&self) -> bool {
        self.task.is_none()
    }

    /// Does what a person asks.
    pub fn apply(&mut self, command: SlicesCommand) {
        let Some(source) = &self.source else { return };
        let ct = self.scan.as_ref().map(|scan| &scan.ct);
        let grid = ct.and_then(Ct::volume).map(|volume| &volume.grid);
        self.view.apply(command, source, grid, ct.map_or(Ct::Absent.range(), Ct::range));
    }

    /// For the panels, without what only they know; `None` where there is nothing to cut.
    #[must_use]
    pub fn model(&self) -> Option<SlicesModel<'_>> {
        let ct = match (&self.scan, &self.task) {
            (Some(Scan { ct: Ct::There(volume, _), .. }), _) => CtModel::There(volume),
            (Some(Scan { ct: Ct::Damaged(why), .. }), _) => CtModel::Damaged(why),
            (Some(Scan { ct: Ct::Absent, .. }), _) | (None, None) => CtModel::Absent,
            (None, Some(task)) => CtModel::Reading(task.progress().1 as f32),
        };
        let pictures = [0, 1, 2].map(|slot| self.picture(slot));
        Some(SlicesModel { view: &self.view, source: self.source.as_ref()?, ct, pictures })
    }

    fn open(&mut self, document: &OpenDocument) {
        self.implants = implants(document);
        self.source.clone_from(&document.slices);
        self.same = [self.same[0], false];
        // After a change of the plan the scan is still the same.
        if document.again && self.scan.is_some() {
            return;
        }
        (self.scan, self.pictures, self.same) = (None, [const { None }; SLOTS], [false; 2]);
        let points = self.view.slots.map(|slot| slot.points);
        self.view = SlicesView::new(&self.start, document.focus, Ct::Absent.range());
        self.view.slots.iter_mut().zip(points).for_each(|(slot, points)| slot.points = points);
        if let Some(source) = &self.source {
            (0..SLOTS).for_each(|slot| self.view.show_hip(slot, source));
        }
        self.task = self.source.clone().map(|source| Task::start(move |progress| Ok(source.read(progress))));
    }

    fn hear(&mut self) {
        let Some(outcome) = self.task.as_ref().and_then(Task::poll) else { return };
        self.task = None;
        let damaged = |why| Scan { ct: Ct::Damaged(why), bones: Vec::new() };
        let scan = match outcome {
            Ok(scan) => scan,
            Err(TaskError::Failed(why)) => damaged(why),
            Err(error @ (TaskError::Panicked(_) | TaskError::Cancelled)) => damaged(Sentence::new(|_| error.to_string())),
        };
        if let Some(preset) = self.view.preset {
            self.view.window = preset.window(scan.ct.range());
        }
        (self.scan, self.same) = (Some(scan), [false; 2]);
    }

    fn draw(&mut self, pixels_per_point: f32) {
        let (Some(scan), Some(source)) = (&self.scan, &self.source) else { return };
        let volume = scan.ct.volume().map(AsRef::as_ref);
        let bodies: Vec<_> = scan.bones.iter().chain(&self.implants).cloned().collect();
        for slot in 0..SLOTS {
            let shown = self.view.shows(slot).then(|| self.view.plane(slot, source)).flatten();
            let wanted = shown.zip(self.view.size(slot, pixels_per_point));
            self.pictures[slot] = wanted.map(|(plane, size)| {
                let kind = self.view.slots[slot].kind;
                SlicePicture::draw((kind, plane, size), volume, &bodies, self.pictures[slot].take(), self.same)
            });
        }
        self.same = [true; 2];
    }
}

impl Default for SlicesState {
    fn default() -> Self {
        Self::beginning(SlicesStart::default())
    }
}

fn implants(document: &OpenDocument) -> Vec<(BodyKind, Arc<TriMesh>)> {
    let implants = document.bodies.iter().filter(|body| matches!(body.kind, BodyKind::Implant(_)));
    implants.map(|body| (body.kind, Arc::clone(&body.mesh))).collect()
}

/// Reads the CT and draws slices of it.
pub struct SlicesPlugin;

impl Plugin for SlicesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<SlicesState>()
            .init_resource::<PixelsPerPoint>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, (follow, draw).chain().in_set(AppSet::Show));
    }
}

fn hear(mut state: ResMut<SlicesState>) {
    state.bypass_change_detection().hear();
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<SlicesState>) {
    if let Some(document) = document.filter(|document| document.is_changed()) {
        state.open(&document);
    }
}

/// Other implants are tried: the document has others, without being opened anew.
fn follow(document: Option<Res<OpenDocument>>, mut state: ResMut<SlicesState>) {
    let Some(document) = document else { return };
    let shown = document.bodies.iter().filter(|body| matches!(body.kind, BodyKind::Implant(_)));
    let same = |one: &Arc<TriMesh>, other: &(BodyKind, Arc<TriMesh>)| Arc::ptr_eq(one, &other.1);
    let all = shown.clone().count() == state.implants.len();
    if !all || !shown.zip(&state.implants).all(|(body, known)| same(&body.mesh, known)) {
        let state = state.bypass_change_detection();
        (state.implants, state.same[1]) = (implants(&document), false);
    }
}

pub(super) fn draw(pixels: Res<PixelsPerPoint>, mut state: ResMut<SlicesState>) {
    state.bypass_change_detection().draw(pixels.0);
}
