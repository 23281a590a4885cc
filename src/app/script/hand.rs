//! The hand of a script: the events that mouse and keyboard send, as the window's own event loop passes them on.

use bevy::{
    ecs::system::SystemParam,
    input::{
        ButtonState,
        keyboard::{Key, KeyboardInput, NativeKeyCode},
        mouse::{MouseButtonInput, MouseScrollUnit, MouseWheel},
        touch::TouchPhase,
    },
    prelude::*,
    window::{CursorMoved, FileDragAndDrop, PrimaryWindow, WindowEvent},
};
use std::path::PathBuf;

/// What a hand does within one frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Stroke {
    /// The pointer goes there.
    Move(Vec2),
    /// The left button goes down, or up.
    Button(bool),
    /// It goes down and up: within a frame, since on a slow machine one that is held over a frame is no click any more.
    Click,
    /// Keys go down, or up, in this order.
    Keys(Vec<(KeyCode, Key)>, bool),
    /// Characters are typed.
    Type(String),
    /// The wheel turns.
    Wheel(f32),
    /// A file is dropped.
    Drop(PathBuf),
    /// Nothing: the window answers.
    Rest,
}

/// Sends it.
#[derive(SystemParam)]
pub struct Hand<'w, 's> {
    window: Query<'w, 's, Entity, With<PrimaryWindow>>,
    at: Local<'s, Option<Vec2>>,
    all: MessageWriter<'w, WindowEvent>,
    moved: MessageWriter<'w, CursorMoved>,
    buttons: MessageWriter<'w, MouseButtonInput>,
    wheel: MessageWriter<'w, MouseWheel>,
    keys: MessageWriter<'w, KeyboardInput>,
    dropped: MessageWriter<'w, FileDragAndDrop>,
}

impl Hand<'_, '_> {
    /// One stroke; nothing while there is no window.
    pub fn send(&mut self, stroke: Stroke) {
        let Ok(window) = self.window.single() else { return };
        match stroke {
            Stroke::Move(position) => {
                let moved = CursorMoved { window, position, delta: self.at.map(|at| position - at) };
                *self.at = Some(position);
                self.all.write(moved.clone().into());
                self.moved.write(moved);
            }
            Stroke::Button(down) => self.button(window, down),
            Stroke::Click => [true, false].into_iter().for_each(|down| self.button(window, down)),
            Stroke::Keys(keys, down) => keys.into_iter().for_each(|key| self.key(window, key, down)),
            Stroke::Type(text) => {
                for character in text.chars() {
                    let key = (code(character), Key::Character(character.to_string().into()));
                    self.key(window, key.clone(), true);
                    self.key(window, key, false);
                }
            }
            Stroke::Wheel(y) => {
                let turned = MouseWheel { unit: MouseScrollUnit::Line, x: 0.0, y, window, phase: TouchPhase::Moved };
                self.all.write(turned.into());
                self.wheel.write(turned);
            }
            Stroke::Drop(path_buf) => {
                let dropped = FileDragAndDrop::DroppedFile { window, path_buf };
                self.all.write(dropped.clone().into());
                self.dropped.write(dropped);
            }
            Stroke::Rest => {}
        }
    }

    fn button(&mut self, window: Entity, down: bool) {
        let pressed = MouseButtonInput { button: MouseButton::Left, state: state(down), window };
        self.all.write(pressed.into());
        self.buttons.write(pressed);
    }

    fn key(&mut self, window: Entity, (key_code, logical_key): (KeyCode, Key), down: bool) {
        let text = match &logical_key {
            Key::Character(text) if down => Some(text.clone()),
            _ => None,
        };
        let pressed = KeyboardInput { key_code, logical_key, state: state(down), text, repeat: false, window };
        self.all.write(pressed.clone().into());
        self.keys.write(pressed);
    }
}

const fn state(down: bool) -> ButtonState {
    if down { ButtonState::Pressed } else { ButtonState::Released }
}

/// Keys that have no character, by the names that a script gives them.
const NAMED: [(&str, KeyCode, Key); 21] = [
    ("Ctrl", KeyCode::ControlLeft, Key::Control),
    ("Shift", KeyCode::ShiftLeft, Key::Shift),
    ("Alt", KeyCode::AltLeft, Key::Alt),
    ("Escape", KeyCode::Escape, Key::Escape),
    ("Enter", KeyCode::Enter, Key::Enter),
    ("Tab", KeyCode::Tab, Key::Tab),
    ("Space", KeyCode::Space, Key::Space),
    ("Backspace", KeyCode::Backspace, Key::Backspace),
    ("Delete", KeyCode::Delete, Key::Delete),
    ("Home", KeyCode::Home, Key::Home),
    ("End", KeyCode::End, Key::End),
    ("PageUp", KeyCode::PageUp, Key::PageUp),
    ("PageDown", KeyCode::PageDown, Key::PageDown),
    ("ArrowUp", KeyCode::ArrowUp, Key::ArrowUp),
    ("ArrowDown", KeyCode::ArrowDown, Key::ArrowDown),
    ("ArrowLeft", KeyCode::ArrowLeft, Key::ArrowLeft),
    ("ArrowRight", KeyCode::ArrowRight, Key::ArrowRight),
    ("F1", KeyCode::F1, Key::F1),
    ("F2", KeyCode::F2, Key::F2),
    ("F5", KeyCode::F5, Key::F5),
    ("F11", KeyCode::F11, Key::F11),
];

/// Keys that have one: the key that types it, without Shift.
const LETTERS: [(char, KeyCode); 47] = [
    ('a', KeyCode::KeyA),
    ('b', KeyCode::KeyB),
    ('c', KeyCode::KeyC),
    ('d', KeyCode::KeyD),
    ('e', KeyCode::KeyE),
    ('f', KeyCode::KeyF),
    ('g', KeyCode::KeyG),
    ('h', KeyCode::KeyH),
    ('i', KeyCode::KeyI),
    ('j', KeyCode::KeyJ),
    ('k', KeyCode::KeyK),
    ('l', KeyCode::KeyL),
    ('m', KeyCode::KeyM),
    ('n', KeyCode::KeyN),
    ('o', KeyCode::KeyO),
    ('p', KeyCode::KeyP),
    ('q', KeyCode::KeyQ),
    ('r', KeyCode::KeyR),
    ('s', KeyCode::KeyS),
    ('t', KeyCode::KeyT),
    ('u', KeyCode::KeyU),
    ('v', KeyCode::KeyV),
    ('w', KeyCode::KeyW),
    ('x', KeyCode::KeyX),
    ('y', KeyCode::KeyY),
    ('z', KeyCode::KeyZ),
    ('0', KeyCode::Digit0),
    ('1', KeyCode::Digit1),
    ('2', KeyCode::Digit2),
    ('3', KeyCode::Digit3),
    ('4', KeyCode::Digit4),
    ('5', KeyCode::Digit5),
    ('6', KeyCode::Digit6),
    ('7', KeyCode::Digit7),
    ('8', KeyCode::Digit8),
    ('9', KeyCode::Digit9),
    ('/', KeyCode::Slash),
    ('.', KeyCode::Period),
    (',', KeyCode::Comma),
    ('-', KeyCode::Minus),
    ('=', KeyCode::Equal),
    ('[', KeyCode::BracketLeft),
    (']', KeyCode::BracketRight),
    (';', KeyCode::Semicolon),
    ('\'', KeyCode::Quote),
    ('\\', KeyCode::Backslash),
    (' ', KeyCode::Space),
];

/// The key that types a character; what no key of its own types comes from an input method.
fn code(character: char) -> KeyCode {
    let lower = character.to_ascii_lowercase();
    let found = LETTERS.iter().find(|(letter, _)| *letter == lower);
    found.map_or(KeyCode::Unidentified(NativeKeyCode::Unidentified), |(_, code)| *code)
}

/// Keys that are pressed together, as in `Ctrl+Shift+Z`.
///
/// # Errors
/// Names the key that is none.
pub fn chord(text: &str) -> Result<Vec<(KeyCode, Key)>, String> {
    let key = |name: &str| {
        let named = NAMED.iter().find(|(other, ..)| *other == name).map(|(_, code, key)| (*code, key.clone()));
        let letter = || match name.chars().collect::<Vec<_>>()[..] {
            [one] => LETTERS.iter().find(|(letter, _)| *letter == one.to_ascii_lowercase()),
            _ => None,
        };
        let letter = || letter().map(|(letter, code)| (*code, Key::Character(letter.to_string().into())));
        named.or_else(letter).ok_or_else(|| format!("'{name}' in '{text}' is no key"))
    };
    text.split('+').map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_name_and_by_what_they_type() {
        let codes = |text: &str| chord(text).unwrap().into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        assert_eq!(codes("Ctrl+O"), [KeyCode::ControlLeft, KeyCode::KeyO]);
        assert_eq!(codes("]"), [KeyCode::BracketRight]);
        assert_eq!(codes("ArrowUp"), [KeyCode::ArrowUp]);
        assert!(chord("Ctrl+Foo").unwrap_err().contains("'Foo'"));
        assert!(chord("").is_err());
        assert_eq!((code('Q'), code('图')), (KeyCode::KeyQ, KeyCode::Unidentified(NativeKeyCode::Unidentified)));
    }
}
