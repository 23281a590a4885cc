//! The segmentation repaired by hand, in slices and on the bones. Every tool is locked until it is taken in hand. What is done stands in memory,
//! with undo by name, until it is taken over into the case; then surfaces, measurements and plan are made again in the background.

mod named;
mod pointing;
mod state;
mod tool;
mod work;

pub use named::{label_name, named};
pub use state::RepairState;
pub use tool::{Ground, RepairSettings, RepairTool, Way, label_at, scan_axis};
pub use work::{Work, keep};

use super::{
    camera,
    document::OpenDocument,
    examination,
    loading::Loading,
    model::Step,
    schedule::AppSet,
    slices::{Outline, SLOTS, SlicesState},
    steps::AtStep,
};
use bevy::{app::AppExit, prelude::*};
use bevy_egui::input::EguiWantsInput;
use nalgebra::Point3;

/// What a person asks of the repair.
#[derive(Clone, Debug, PartialEq)]
pub enum RepairCommand {
    /// Other settings, or another tool in hand.
    Set(RepairSettings),
    /// The pointer, held down, is somewhere in the scan, LPS mm.
    Touch(Point3<f64>, Ground),
    /// It was let go.
    Lift,
    /// Take the newest edit back.
    Undo,
    /// Do it again.
    Redo,
    /// Write the edits to the case, and make again what depends on them.
    TakeOver,
}

/// Repairs segmentations.
pub struct RepairPlugin;

impl Plugin for RepairPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<RepairState>()
            .add_message::<AppExit>()
            .add_systems(Update, hear.in_set(AppSet::Tasks).before(super::loading::plan_again))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(
                Update,
                (keys, pointing::point)
                    .chain()
                    .in_set(AppSet::Input)
                    .after(examination::Pointing)
                    .after(super::hands::HandsSet)
                    .before(camera::drag),
            )
            .add_systems(Update, (work, outline).chain().in_set(AppSet::Show).after(super::slices::draw))
            .add_systems(Last, keep_on_exit);
    }
}

/// What was not taken over is kept in the case that it belongs to when another one is opened.
fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<RepairState>) {
    if let Some(document) = document.filter(|document| document.is_changed()) {
        state.open(&document);
    }
}

fn hear(mut state: ResMut<RepairState>, mut loading: ResMut<Loading>) {
    if state.bypass_change_detection().hear() {
        loading.plan_again = true;
    }
}

/// Edits are done one after another, away from the window's own thread.
fn work(slices: Res<SlicesState>, at: Res<AtStep>, mut state: ResMut<RepairState>) {
    let state = state.bypass_change_detection();
    if at.0 != Step::Bones {
        state.put_away();
    }
    let ct = slices.scan().and_then(|scan| scan.ct.volume()).cloned();
    state.work(ct, slices.settled());
}

fn outline(slices: Res<SlicesState>, mut state: ResMut<RepairState>) {
    state.bypass_change_detection().outline([0, 1, 2].map(|slot| slices.picture(slot)));
}

/// Escape lets go, then puts away; Control with Z and Y takes back and does again.
fn keys(keys: Option<Res<ButtonInput<KeyCode>>>, egui: Option<Res<EguiWantsInput>>, mut state: ResMut<RepairState>) {
    let typing = egui.is_some_and(|egui| egui.wants_any_keyboard_input());
    let Some(keys) = keys.filter(|_| state.in_hand() && !typing) else { return };
    // A key that was let go within the same frame, as happens on slow machines, was held all the same.
    let held = |key: [KeyCode; 2]| keys.any_pressed(key) || keys.any_just_released(key);
    let control = held([KeyCode::ControlLeft, KeyCode::ControlRight]) || held([KeyCode::SuperLeft, KeyCode::SuperRight]);
    let shift = held([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    if keys.just_pressed(KeyCode::Escape) {
        if state.holding() { state.let_go() } else { state.put_away() }
    }
    if control && keys.just_pressed(KeyCode::KeyZ) {
        if shift { state.redo() } else { state.undo() }
    }
    if control && keys.just_pressed(KeyCode::KeyY) {
        state.redo();
    }
}

/// The window closes: what stands is a person's work.
fn keep_on_exit(mut exits: MessageReader<AppExit>, state: Res<RepairState>) {
    if exits.read().count() > 0 {
        state.keep_now();
    }
}

/// Outlines of the labels in each slice.
pub type LabelOutlines<'a> = [Option<&'a [Outline]>; SLOTS];
