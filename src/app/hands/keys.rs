//! The keys of cup and stem, and undo.

use super::{HandsState, Nudge, Tool};
use crate::app::{examination::ExaminationState, keeping::KeepState, repair::RepairState, trial::TrialState};
use bevy::{
    input::{ButtonState, keyboard::KeyboardInput},
    prelude::*,
};
use bevy_egui::input::EguiWantsInput;

/// A pair of keys and what they do: the first is one step against a nudge, the second one step of it.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// What must be in hand; `None`: either.
    pub tool: Option<Tool>,
    /// The two keys.
    pub keys: [KeyCode; 2],
    /// Together with Shift.
    pub shift: bool,
    /// Together with Control, or the command key.
    pub control: bool,
    /// What they do.
    pub nudge: Nudge,
    /// How they are written, as in a help.
    pub written: &'static str,
    /// Key of what they do in the language files.
    pub text: &'static str,
}

const ACROSS: [KeyCode; 2] = [KeyCode::ArrowLeft, KeyCode::ArrowRight];
const UP: [KeyCode; 2] = [KeyCode::ArrowDown, KeyCode::ArrowUp];
const DOWN: [KeyCode; 2] = [KeyCode::ArrowUp, KeyCode::ArrowDown];

const fn plain(tool: Tool, keys: [KeyCode; 2], nudge: Nudge, written: &'static str, text: &'static str) -> Binding {
    Binding { tool: Some(tool), keys, shift: false, control: false, nudge, written, text }
}

const fn shifted(binding: Binding) -> Binding {
    Binding { shift: true, ..binding }
}

const fn controlled(binding: Binding) -> Binding {
    Binding { control: true, ..binding }
}

/// The whole scheme, for the keys themselves and for the help that lists them: 0.5° or 0.5 mm a stroke.
pub const BINDINGS: [Binding; 10] = [
    plain(Tool::Cup, ACROSS, Nudge::Anteversion, "← →", "keys-cup-anteversion"),
    plain(Tool::Cup, UP, Nudge::Inclination, "↓ ↑", "keys-cup-inclination"),
    shifted(plain(Tool::Cup, ACROSS, Nudge::Leftwards, "Shift ← →", "keys-cup-across")),
    shifted(plain(Tool::Cup, UP, Nudge::Superior, "Shift ↓ ↑", "keys-cup-superior")),
    controlled(plain(Tool::Cup, UP, Nudge::Deeper, "Ctrl ↓ ↑", "keys-cup-deeper")),
    controlled(plain(Tool::Cup, ACROSS, Nudge::Anterior, "Ctrl ← →", "keys-cup-anterior")),
    plain(Tool::Stem, ACROSS, Nudge::Version, "← →", "keys-stem-version"),
    plain(Tool::Stem, DOWN, Nudge::StemDeeper, "↑ ↓", "keys-stem-depth"),
    shifted(plain(Tool::Stem, ACROSS, Nudge::Varus, "Shift ← →", "keys-stem-lean")),
    Binding {
        tool: None,
        keys: [KeyCode::BracketLeft, KeyCode::BracketRight],
        shift: false,
        control: false,
        nudge: Nudge::Size,
        written: "[ ]",
        text: "keys-size",
    },
];

/// What a stroke does.
fn stroke(tool: Tool, key: KeyCode, shift: bool, control: bool) -> Option<(Nudge, i32)> {
    let bound = BINDINGS.iter().filter(|b| b.tool.is_none_or(|of| of == tool) && (b.shift, b.control) == (shift, control));
    bound
        .flat_map(|b| b.keys.into_iter().zip([-1, 1]).map(|(own, step)| (own, (b.nudge, step))))
        .find_map(|(own, does)| (own == key).then_some(does))
}

/// Escape lets go, then locks; Control with Z and Y takes back and does again; the rest moves what is in hand.
pub(super) fn keys(
    mut strokes: MessageReader<KeyboardInput>,
    keys: Option<Res<ButtonInput<KeyCode>>>,
    egui: Option<Res<EguiWantsInput>>,
    (examination, keep, repair): (Res<ExaminationState>, Res<KeepState>, Res<RepairState>),
    mut state: ResMut<HandsState>,
    mut trial: ResMut<TrialState>,
) {
    // What is being typed is no stroke, nor is it kept for later; what is being written is not changed under the pen.
    let typing = egui.is_some_and(|egui| egui.wants_any_keyboard_input());
    let Some(keys) = keys.filter(|_| !typing && !keep.busy()) else {
        strokes.clear();
        return;
    };
    // A key that was let go within the same frame, as happens on slow machines, was held all the same.
    let held = |key: [KeyCode; 2]| keys.any_pressed(key) || keys.any_just_released(key);
    let control = held([KeyCode::ControlLeft, KeyCode::ControlRight]) || held([KeyCode::SuperLeft, KeyCode::SuperRight]);
    let shift = held([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    for pressed in strokes.read().filter(|stroke| stroke.state == ButtonState::Pressed) {
        match (pressed.key_code, control) {
            (KeyCode::Escape, _) => match state.held.take() {
                Some(held) => trial.attempt(held.start),
                None => state.take(None),
            },
            // While landmarks are unlocked, or labels are repaired, it is theirs.
            (KeyCode::KeyZ | KeyCode::KeyY, true) if examination.unlocked || repair.in_hand() => {}
            (KeyCode::KeyZ, true) if !shift => trial.undo(),
            (KeyCode::KeyZ | KeyCode::KeyY, true) => trial.redo(),
            (key, _) => {
                let does =
                    state.tool.filter(|_| !state.holding()).and_then(|tool| Some((tool, stroke(tool, key, shift, control)?)));
                if let Some((tool, (nudge, steps))) = does {
                    trial.nudge(tool, nudge, steps);
                }
            }
        }
    }
}
