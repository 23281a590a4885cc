//! One slice: picture, outlines, cross-hair, and the pointer on it.

use super::{SliceViews, colour, said, touch};
use crate::{
    app::{
        bodies::BodyKind,
        model::Command,
        panels::edge_letters,
        slices::{Outline, Pane, SlicePicture, SlicesCommand},
        theme,
    },
    volume::{GreyWindow, slice::SlicePlane},
};
use egui::{
    Color32, Event, MouseWheelUnit, Painter, PointerButton, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, pos2, vec2,
};
use nalgebra::Point3;

/// How much a notch of the wheel magnifies, and how many points of a touch pad are one.
const MAGNIFIES: f64 = 0.12;
const POINTS_A_NOTCH: f32 = 50.0;
/// The cross-hair leaves so much free about its middle, points.
const FREE: f32 = 10.0;

/// Where a slice is on screen.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub rect: Rect,
    pub plane: SlicePlane,
    pub mm_per_point: f64,
}

impl Place {
    /// Where so many mm right of and above the middle are seen.
    pub fn seen(&self, [right_mm, up_mm]: [f64; 2]) -> Pos2 {
        self.rect.center() + vec2((right_mm / self.mm_per_point) as f32, (-up_mm / self.mm_per_point) as f32)
    }

    /// What is seen somewhere, LPS mm.
    pub fn point(&self, at: Pos2) -> Point3<f64> {
        let away = at - self.rect.center();
        self.plane.at([f64::from(away.x) * self.mm_per_point, -f64::from(away.y) * self.mm_per_point])
    }
}

/// Draws a slice, and asks for what the pointer does on it; what a tool in hand does is returned.
pub(super) fn show(
    ui: &mut Ui,
    views: &SliceViews<'_>,
    slot: usize,
    rect: Rect,
    asked: &mut Vec<SlicesCommand>,
) -> Option<Command> {
    let model = &views.slices;
    let size = [rect.width(), rect.height()];
    if model.view.slots[slot].points.iter().zip(size).any(|(known, now)| (known - now).abs() > 0.5) {
        asked.push(SlicesCommand::Sized(slot, size));
    }
    let response = ui.interact(rect, ui.id().with(("slice", slot)), Sense::click_and_drag());
    let name = views.texts.get(&format!("slice-{}", model.view.slots[slot].kind.name()));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, format!("{name} {}", slot + 1)));
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, 0, theme::NOT_SCANNED);
    let Some(plane) = model.view.plane(slot, model.source) else {
        said::heading(ui, views, slot, rect, None, asked);
        said::sentence(ui, rect, views.texts.get("slice-no-femur"));
        return None;
    };
    let place = Place { rect, plane, mm_per_point: model.view.mm_per_point(slot) };
    if let Some(picture) = model.pictures[slot].filter(|picture| picture.kind == model.view.slots[slot].kind) {
        draw(&painter, views, slot, &place, picture);
    }
    if model.view.cross_hair {
        cross_hair(&painter, views, slot, &place);
    }
    painter.rect_stroke(rect, 0, Stroke::new(1.0, colour(slot).gamma_multiply(0.6)), egui::StrokeKind::Inside);
    let (taken, touched) = touch::touch(ui, views, slot, &place, &response);
    pointer(ui, views, slot, &place, (&response, taken), asked);
    touch::show(&painter, views, slot, &place, &response);
    edge_letters(ui, views.texts, rect, &plane.right, &plane.up);
    said::heading(ui, views, slot, rect, Some(&plane), asked);
    said::edges(ui, views, &place, &response);
    touched
}

fn draw(painter: &Painter, views: &SliceViews<'_>, slot: usize, place: &Place, picture: &SlicePicture) {
    if let Some(texture) = views.textures[slot] {
        // Drawn where it was cut: while it is being moved or made larger, the picture is that of the frame before.
        let [columns, rows] = picture.size.pixels.map(|pixels| pixels as f64 * picture.size.mm_per_pixel / 2.0);
        let [right, up] = place.plane.place(&picture.plane.point);
        let corners = [[right - columns, up + rows], [right + columns, up - rows]].map(|mm| place.seen(mm));
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture, Rect::from_min_max(corners[0], corners[1]), whole, Color32::WHITE);
    }
    if views.slices.view.outlines {
        let from = place.plane.place(&picture.outlined.point);
        // While labels are repaired they are outlined themselves, and not the surfaces that were made of them before.
        let labels = views.repair.and_then(|repair| repair.outlines[slot]);
        let surface = |outline: &&Outline| labels.is_none() || !matches!(outline.kind, BodyKind::Bone(_));
        let shown = picture.outlines.iter().filter(|outline| !views.hidden.contains(&outline.kind)).filter(surface);
        shown.for_each(|outline| draw_outline(painter, place, from, outline));
        let from = place.plane.place(&picture.plane.point);
        labels.into_iter().flatten().for_each(|outline| draw_outline(painter, place, from, outline));
    }
}

fn draw_outline(painter: &Painter, place: &Place, from: [f64; 2], outline: &Outline) {
    let width = if matches!(outline.kind, BodyKind::Bone(_)) { 1.3 } else { 1.8 };
    let stroke = Stroke::new(width, theme::outline(outline.kind));
    for (line, closed) in &outline.lines {
        let seen: Vec<Pos2> = line.iter().map(|[right, up]| place.seen([right + from[0], up + from[1]])).collect();
        // Dark below, so that it is seen on white bone as well.
        for stroke in [Stroke::new(width + 1.6, theme::VIEW.gamma_multiply(0.55)), stroke] {
            let seen = seen.clone();
            painter.add(if *closed { Shape::closed_line(seen, stroke) } else { Shape::line(seen, stroke) });
        }
    }
}

/// Where the planes of the other slices meet this one, each in the colour of its slice.
fn cross_hair(painter: &Painter, views: &SliceViews<'_>, slot: usize, place: &Place) {
    let view = views.slices.view;
    let middle = place.seen(place.plane.place(&view.cross));
    let far = place.rect.width() + place.rect.height() + (middle - place.rect.center()).length();
    for other in (0..view.slots.len()).filter(|other| *other != slot) {
        let Some(plane) = view.plane(other, views.slices.source) else { continue };
        let along = plane.towards_viewer().cross(&place.plane.towards_viewer());
        let way = vec2(along.dot(&place.plane.right) as f32, -along.dot(&place.plane.up) as f32);
        // Parallel planes do not meet.
        if way.length() > 1e-3 {
            let way: Vec2 = way.normalized();
            for way in [way, -way] {
                painter.line_segment(
                    [middle + way * FREE, middle + way * far],
                    Stroke::new(1.0, colour(other).gamma_multiply(0.75)),
                );
            }
        }
    }
}

/// `taken`: the left button belongs to a tool in hand.
fn pointer(
    ui: &Ui,
    views: &SliceViews<'_>,
    slot: usize,
    place: &Place,
    (response, taken): (&Response, bool),
    asked: &mut Vec<SlicesCommand>,
) {
    let view = views.slices.view;
    if response.double_clicked() && !taken {
        asked.push(SlicesCommand::Toggle(Pane::Slice(slot)));
        return;
    }
    let (shift, moved) = (ui.input(|input| input.modifiers.shift), response.drag_delta());
    let shifting = response.dragged_by(PointerButton::Middle) || shift && response.dragged_by(PointerButton::Primary);
    if shifting && moved != Vec2::ZERO {
        let plane = place.plane;
        let [right, up] = [-f64::from(moved.x), f64::from(moved.y)].map(|points| points * place.mm_per_point);
        asked.push(SlicesCommand::Pan(slot, plane.right.into_inner() * right + plane.up.into_inner() * up));
    } else if response.dragged_by(PointerButton::Secondary) && moved != Vec2::ZERO {
        // Wide windows are changed in larger steps.
        let step = (view.window.width_hu / 300.0).max(0.5);
        let [wider, brighter] = [moved.x, moved.y].map(|points| f64::from(points) * step);
        let width_hu = (view.window.width_hu + wider).round().max(GreyWindow::NARROWEST_HU);
        asked.push(SlicesCommand::Window(GreyWindow { centre_hu: (view.window.centre_hu + brighter).round(), width_hu }));
    } else if !shift && !taken && (response.clicked() || response.dragged_by(PointerButton::Primary)) {
        let at = response.interact_pointer_pos().map(|at| at.clamp(place.rect.min, place.rect.max));
        asked.extend(at.map(|at| SlicesCommand::Cross(place.point(at))));
    }
    let Some(at) = response.hover_pos() else { return };
    let wheel = ui.input(|input| {
        let of = |event: &Event| match event {
            Event::MouseWheel { unit, delta, modifiers, .. } => {
                let notches = match unit {
                    MouseWheelUnit::Point => delta.y / POINTS_A_NOTCH,
                    MouseWheelUnit::Line => delta.y,
                    MouseWheelUnit::Page => delta.y * 10.0,
                };
                Some((f64::from(notches), modifiers.command || modifiers.ctrl))
            }
            Event::Zoom(times) => Some((f64::from(*times).ln() / MAGNIFIES, true)),
            _ => None,
        };
        input.events.iter().filter_map(of).collect::<Vec<_>>()
    });
    for (notches, zooms) in wheel {
        asked.push(if zooms {
            SlicesCommand::Zoom(slot, (notches * MAGNIFIES).exp(), place.point(at))
        } else {
            SlicesCommand::Scroll(slot, notches)
        });
    }
}
