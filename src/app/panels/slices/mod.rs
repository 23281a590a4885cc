//! The views beside and instead of the bones: slices of the CT. A function from a model to commands, as all panels.

mod film;
mod pane;
mod said;
mod strip;
mod touch;

use super::super::model::{Command, FilmModel, RepairModel, SlicesModel};
use crate::{
    app::{
        bodies::BodyKind,
        eye::Eye,
        slices::{Arrangement, Pane, SLOTS, SlicesCommand},
        theme,
    },
    frames::Side,
    i18n::Texts,
};
use egui::{Color32, Frame, Key, Margin, Order, Panel, PointerButton, Pos2, Rect, Stroke, TextureId, Ui, Vec2, pos2, vec2};
use nalgebra::Point3;

/// Between two views, points.
const GAP: f32 = 3.0;
/// The bones' share of the width beside three slices.
const LARGE: f32 = 0.64;

/// What is drawn, and of whom.
#[derive(Clone, Debug)]
pub struct SliceViews<'a> {
    /// The sentences of the language chosen.
    pub texts: &'a Texts,
    /// Never a name.
    pub pseudonym: &'a str,
    /// The planned hip.
    pub side: Side,
    /// Slices, and how they are looked at.
    pub slices: SlicesModel<'a>,
    /// The textures of the pictures.
    pub textures: [Option<TextureId>; SLOTS],
    /// Bodies that are not shown.
    pub hidden: &'a [BodyKind],
    /// Names of what stands beside what is planned, and of what is planned; `None` where nothing does.
    pub beside: Option<[String; 2]>,
    /// The virtual radiograph, while it is on screen.
    pub film: Option<FilmModel<'a>>,
    /// The repair of the segmentation; `None` where there is no case to repair.
    pub repair: Option<RepairModel<'a>>,
}

/// Where the bones are on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoneViews {
    /// What is planned; empty where the bones are not on screen.
    pub planned: Rect,
    /// What stands beside it.
    pub beside: Option<Rect>,
}

/// Draws the strip of views and the slices into what the panels have left, and returns where the bones are.
pub fn show(ui: &mut Ui, views: &SliceViews<'_>, commands: &mut Vec<Command>) -> BoneViews {
    let frame = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(12, 3));
    let mut asked = Vec::new();
    Panel::top("views").frame(frame).show(ui, |ui| strip::show(ui, views, &mut asked));
    let whole = ui.available_rect_before_wrap();
    let (bones, slices) = places(views.slices.view.arrangement, whole);
    for (slot, rect) in slices.iter().enumerate().filter_map(|(slot, rect)| Some((slot, (*rect)?))) {
        commands.extend(pane::show(ui, views, slot, rect, &mut asked));
    }
    if let Some(film) = &views.film {
        film::show(ui, views, film, whole, &mut asked);
    }
    commands.extend(touch::lifted(ui, views));
    keys(ui, views, &slices, &mut asked);
    let bones = bones.unwrap_or(Rect::from_min_size(whole.min, vec2(0.0, 0.0)));
    let halves = views.beside.as_ref().filter(|_| bones.is_positive()).map(|names| (names, halves(bones)));
    if let Some((names, halves)) = halves {
        for (name, half) in names.iter().zip(halves) {
            said::badge(ui, views, half);
            said::name(ui, half, name);
        }
    }
    if bones.is_positive() {
        if halves.is_none() {
            said::badge(ui, views, bones);
        }
        let twice = ui.input(|input| input.pointer.button_double_clicked(PointerButton::Primary));
        let at = ui.input(|input| input.pointer.interact_pos()).filter(|at| twice && bones.contains(*at));
        let free = |at: Pos2| ui.ctx().layer_id_at(at).is_none_or(|layer| layer.order == Order::Background);
        if at.is_some_and(free) {
            asked.push(SlicesCommand::Toggle(Pane::Bones));
        }
    }
    commands.extend(asked.into_iter().map(Command::Slices));
    match halves {
        Some((_, [beside, planned])) => BoneViews { planned, beside: Some(beside) },
        None => BoneViews { planned: bones, beside: None },
    }
}

/// The view of what stands beside what is planned, and that of what is planned: side by side, or one above the other where that leaves more.
fn halves(bones: Rect) -> [Rect; 2] {
    if bones.width() >= bones.height() {
        let middle = bones.center().x;
        [bones.with_max_x(middle - GAP / 2.0), bones.with_min_x(middle + GAP / 2.0)]
    } else {
        let middle = bones.center().y;
        [bones.with_max_y(middle - GAP / 2.0), bones.with_min_y(middle + GAP / 2.0)]
    }
}

/// Where the bones and each slice are in a layout.
fn places(arrangement: Arrangement, whole: Rect) -> (Option<Rect>, [Option<Rect>; SLOTS]) {
    let part = |from: [f32; 2], to: [f32; 2]| {
        let at = |[x, y]: [f32; 2]| pos2(whole.left() + whole.width() * x, whole.top() + whole.height() * y);
        let (from_edge, to_edge) =
            (from.map(|v| if v > 0.0 { GAP / 2.0 } else { 0.0 }), to.map(|v| if v < 1.0 { GAP / 2.0 } else { 0.0 }));
        Some(Rect::from_min_max(at(from) + Vec2::from(from_edge), at(to) - Vec2::from(to_edge)))
    };
    match arrangement {
        Arrangement::Bones => (Some(whole), [None; SLOTS]),
        Arrangement::OnePlusThree => {
            let row = |n: usize| part([LARGE, n as f32 / 3.0], [1.0, (n as f32 + 1.0) / 3.0]);
            (part([0.0, 0.0], [LARGE, 1.0]), [row(0), row(1), row(2)])
        }
        Arrangement::TwoByTwo => {
            let slices = [part([0.0, 0.0], [0.5, 0.5]), part([0.0, 0.5], [0.5, 1.0]), part([0.5, 0.5], [1.0, 1.0])];
            (part([0.5, 0.0], [1.0, 0.5]), slices)
        }
        Arrangement::Slice(alone) => (None, [0, 1, 2].map(|slot| (slot == alone).then_some(whole))),
        Arrangement::Film(_) => (None, [None; SLOTS]),
    }
}

/// 1 to 5 choose the layout, Page Up and Page Down the slice of the view under the pointer.
fn keys(ui: &Ui, views: &SliceViews<'_>, slices: &[Option<Rect>; SLOTS], asked: &mut Vec<SlicesCommand>) {
    if ui.ctx().egui_wants_keyboard_input() {
        return;
    }
    let pointer = ui.ctx().pointer_latest_pos();
    let under = slices.iter().position(|rect| rect.zip(pointer).is_some_and(|(rect, at)| rect.contains(at)));
    let alone = match views.slices.view.arrangement {
        Arrangement::Slice(alone) => Some(alone),
        _ => None,
    };
    let pressed = |key: Key| ui.input(|input| input.key_pressed(key) && input.modifiers.is_none());
    let layouts = [
        (Key::Num1, Arrangement::Bones),
        (Key::Num2, Arrangement::OnePlusThree),
        (Key::Num3, Arrangement::TwoByTwo),
        (Key::Num4, Arrangement::Slice(under.or(alone).unwrap_or(0))),
        (Key::Num5, Arrangement::Film(views.film.map(|film| film.view).unwrap_or_default())),
    ];
    asked.extend(layouts.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, layout)| SlicesCommand::Arrange(layout)));
    for (key, steps) in [(Key::PageUp, 1.0), (Key::PageDown, -1.0)] {
        asked.extend(under.or(alone).filter(|_| pressed(key)).map(|slot| SlicesCommand::Scroll(slot, steps)));
    }
}

/// The cross-hair among the bones: a small cross over them at its place in the scan.
pub fn cross_mark(ui: &Ui, view: Rect, eye: &Eye, cross: &Point3<f64>) {
    let Some(at) = eye.see(cross).filter(|at| view.contains(*at)) else { return };
    let painter = ui.painter().with_clip_rect(view);
    for (width, colour) in [(3.5, theme::VIEW), (1.5, theme::CROSS)] {
        for arm in [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)] {
            painter.line_segment([at + arm * 3.0, at + arm * 11.0], Stroke::new(width, colour));
        }
    }
}

/// The colour of a slice: of its name, and of its line in the other slices.
const fn colour(slot: usize) -> Color32 {
    match slot {
        0 => Color32::from_rgb(240, 128, 116),
        1 => Color32::from_rgb(124, 210, 124),
        _ => Color32::from_rgb(206, 148, 246),
    }
}
