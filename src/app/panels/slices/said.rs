//! What is written on the views: whose they are, in which plane and where, how large, and what lies under the pointer.

use super::{SliceViews, colour, pane::Place};
use crate::{
    anatomy::SliceKind,
    app::{
        model::CtModel,
        panels::{orientation_letters, side_badge},
        slices::SlicesCommand,
        theme,
    },
    volume::{resample::trilinear, slice::SlicePlane},
};
use egui::{
    Align, Align2, Color32, ComboBox, FontId, Frame, Layout, Margin, Rect, Response, RichText, Stroke, Ui, UiBuilder, pos2, vec2,
};

/// From the edges of a view, points.
const INSET: f32 = 8.0;
const LINE: f32 = 24.0;
/// Lengths of the scale bar, mm; the longest that takes no more than a quarter of the view's width.
const BARS_MM: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];

/// A row of its own over a view, from its left or its right edge.
fn row(ui: &mut Ui, view: Rect, top: f32, layout: Layout, add: impl FnOnce(&mut Ui)) {
    let rect = Rect::from_min_max(pos2(view.left() + INSET, top), pos2(view.right() - INSET, top + LINE));
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    child.set_clip_rect(view);
    child.style_mut().visuals = theme::over_view();
    add(&mut child);
}

/// Words on a patch of their own, so that they are read over bone.
fn patch(ui: &mut Ui, text: RichText) {
    Frame::new().fill(theme::VIEW.gamma_multiply(0.75)).corner_radius(3).inner_margin(Margin::symmetric(4, 1)).show(ui, |ui| {
        ui.add(egui::Label::new(text).extend());
    });
}

/// The side and whose case it is, at the upper corners.
pub(super) fn badge(ui: &mut Ui, views: &SliceViews<'_>, view: Rect) {
    let (key, fill) = side_badge(views.side);
    row(ui, view, view.top() + INSET, Layout::left_to_right(Align::Center), |ui| {
        Frame::new().fill(fill).corner_radius(3).inner_margin(Margin::symmetric(6, 1)).show(ui, |ui| {
            ui.add(
                egui::Label::new(RichText::new(views.texts.get(key)).small().strong().color(Color32::from_rgb(16, 18, 22)))
                    .extend(),
            );
        });
    });
    row(ui, view, view.top() + INSET, Layout::right_to_left(Align::Center), |ui| {
        patch(ui, RichText::new(views.pseudonym).small())
    });
}

/// Which plan it is, below the badge.
pub(super) fn name(ui: &mut Ui, view: Rect, name: &str) {
    row(ui, view, view.top() + INSET + LINE + 2.0, Layout::left_to_right(Align::Center), |ui| {
        patch(ui, RichText::new(name).strong());
    });
}

/// The badge; below it the plane, which can be chosen, and where it lies.
pub(super) fn heading(
    ui: &mut Ui,
    views: &SliceViews<'_>,
    slot: usize,
    view: Rect,
    plane: Option<&SlicePlane>,
    asked: &mut Vec<SlicesCommand>,
) {
    badge(ui, views, view);
    let kind = views.slices.view.slots[slot].kind;
    let name = |kind: SliceKind| views.texts.get(&format!("slice-{}", kind.name()));
    row(ui, view, view.top() + INSET + LINE + 2.0, Layout::left_to_right(Align::Center), |ui| {
        let chosen = RichText::new(name(kind)).strong().color(colour(slot));
        let choice = ComboBox::from_id_salt(("slice-plane", slot)).selected_text(chosen).width(0.0);
        choice.show_ui(ui, |ui| {
            for other in SliceKind::ALL.into_iter().filter(|kind| views.slices.source.plane(*kind).is_some()) {
                if ui.selectable_label(other == kind, name(other)).clicked() {
                    asked.push(SlicesCommand::Plane(slot, other));
                }
            }
        });
        if let Some(plane) = plane {
            patch(ui, RichText::new(position(views, kind, plane)));
        }
    });
}

/// How far and in which direction a slice lies from where its kind is counted from.
fn position(views: &SliceViews<'_>, kind: SliceKind, plane: &SlicePlane) -> String {
    let mm = views.slices.source.plane(kind).map_or(0.0, |from| from.before_mm(&plane.point));
    let towards = plane.towards_viewer().into_inner() * mm.signum();
    let mm = format!("{:.1}", mm.abs());
    // Nothing is nowhere.
    let letters = if mm == "0.0" { String::new() } else { orientation_letters(&towards) };
    views.texts.with("slice-at", &[("letters", &letters), ("mm", &mm)]).trim().to_owned()
}

/// A sentence in the middle of a view.
pub(super) fn sentence(ui: &mut Ui, view: Rect, text: String) {
    let rect = Rect::from_center_size(view.center(), vec2((view.width() - 40.0).clamp(60.0, 420.0), 110.0)).intersect(view);
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Center)));
    Frame::new().fill(theme::VIEW.gamma_multiply(0.85)).corner_radius(4).inner_margin(8).show(&mut child, |ui| {
        ui.label(RichText::new(text).color(theme::NOTICE));
    });
}

/// Along the lower edge: scale bar and window, or HU under the pointer; and what is missing of the CT, in the middle.
pub(super) fn edges(ui: &mut Ui, views: &SliceViews<'_>, place: &Place, response: &Response) {
    let (texts, view) = (views.texts, place.rect);
    scale_bar(ui, place.rect, place.mm_per_point);
    match views.slices.ct {
        CtModel::There(volume) => {
            let pointed = response.hover_pos().map(|at| match trilinear(volume, &place.point(at)) {
                Some(hu) => texts.with("slices-hu", &[("hu", &format!("{hu:.0}"))]),
                None => texts.get("slices-not-scanned"),
            });
            let window = views.slices.view.window;
            let numbers = [window.centre_hu, window.width_hu].map(|hu| format!("{hu:.0}"));
            let window = texts.with("slices-window", &[("centre", &numbers[0]), ("width", &numbers[1])]);
            row(ui, view, view.bottom() - INSET - LINE, Layout::right_to_left(Align::Center), |ui| {
                patch(ui, RichText::new(window).small());
                if let Some(hu) = pointed {
                    patch(ui, RichText::new(hu).strong());
                }
            });
        }
        CtModel::Reading(part) => {
            let percent = format!("{:.0}", part * 100.0);
            sentence(ui, view, texts.with("ct-reading", &[("percent", &percent)]));
        }
        // Said once, where nothing is hidden by it.
        CtModel::Absent => strip(ui, view, texts.get("ct-absent")),
        CtModel::Damaged(why) => strip(ui, view, texts.with("ct-damaged", &[("reason", why.get(texts.language()))])),
    }
}

/// A sentence above the lower edge, which leaves the outlines free.
pub(super) fn strip(ui: &mut Ui, view: Rect, text: String) {
    let galley = ui.painter().layout(text.clone(), FontId::proportional(13.0), theme::NOTICE, (view.width() - 60.0).max(60.0));
    let rect = Rect::from_min_max(
        pos2(view.left() + 30.0, view.bottom() - 64.0 - galley.size().y),
        pos2(view.right() - 30.0, view.bottom() - 40.0),
    );
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Center)));
    child.set_clip_rect(view);
    Frame::new().fill(theme::VIEW.gamma_multiply(0.85)).corner_radius(4).inner_margin(6).show(&mut child, |ui| {
        ui.label(RichText::new(text).size(13.0).color(theme::NOTICE));
    });
}

pub(super) fn scale_bar(ui: &Ui, view: Rect, mm_per_point: f64) {
    let most = f64::from(view.width()) / 4.0 * mm_per_point;
    let Some(mm) = BARS_MM.into_iter().rev().find(|mm| *mm <= most) else { return };
    let painter = ui.painter().with_clip_rect(view);
    let from = view.left_bottom() + vec2(INSET + 2.0, -INSET - 4.0);
    let to = from + vec2((mm / mm_per_point) as f32, 0.0);
    for (width, colour) in [(4.0, theme::VIEW), (1.6, Color32::WHITE)] {
        let stroke = Stroke::new(width, colour);
        painter.line_segment([from, to], stroke);
        for end in [from, to] {
            painter.line_segment([end, end - vec2(0.0, 6.0)], stroke);
        }
    }
    let at = from - vec2(0.0, 9.0);
    let galley = painter.layout_no_wrap(format!("{mm:.0} mm"), FontId::proportional(12.0), Color32::WHITE);
    let rect = Align2::LEFT_BOTTOM.anchor_size(at, galley.size());
    painter.rect_filled(rect.expand2(vec2(3.0, 0.0)), 2, theme::VIEW.gamma_multiply(0.75));
    painter.galley(rect.min, galley, Color32::WHITE);
}
