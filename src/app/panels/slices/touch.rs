//! A tool of the repair on a slice: where it touches, and how it is seen.

use super::{SliceViews, pane::Place};
use crate::app::{
    model::Command,
    repair::{Ground, RepairCommand, RepairTool, Way},
    theme,
};
use egui::{Color32, Painter, PointerButton, Pos2, Response, Shape, Stroke, Ui, vec2};

/// Asks for what the left button does while a tool is in hand; true when it is the tool's, and nobody else's.
pub(super) fn touch(ui: &Ui, views: &SliceViews<'_>, slot: usize, place: &Place, response: &Response) -> (bool, Option<Command>) {
    let Some(repair) = views.repair.filter(|repair| repair.settings.tool.is_some()) else { return (false, None) };
    // With Shift the picture is moved, with Ctrl the cross-hair.
    if ui.input(|input| input.modifiers.shift || input.modifiers.command) {
        return (false, None);
    }
    let down = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.button_down(PointerButton::Primary));
    // A click within one frame was never seen to be down.
    let at = response.interact_pointer_pos().filter(|_| down || response.clicked() && repair.way.is_none());
    let begun = repair.way.is_none_or(|way| matches!(way.on, Ground::Slice(own, _) if own == slot));
    let ground = repair.way.map_or(Ground::Slice(slot, place.plane), |way| way.on);
    let touch =
        at.filter(|_| begun).map(|at| RepairCommand::Touch(place.point(at.clamp(place.rect.min, place.rect.max)), ground));
    (true, touch.map(Command::Repair))
}

/// The button was let go, wherever the pointer is now.
pub(super) fn lifted(ui: &Ui, views: &SliceViews<'_>) -> Option<Command> {
    let drawn = views.repair.and_then(|repair| repair.way).is_some_and(|way| matches!(way.on, Ground::Slice(..)));
    let down = ui.input(|input| input.pointer.button_down(PointerButton::Primary));
    (drawn && !down).then_some(Command::Repair(RepairCommand::Lift))
}

/// The ring of the brush or the ball about the pointer, and the line of a plane that is being drawn.
pub(super) fn show(painter: &Painter, views: &SliceViews<'_>, slot: usize, place: &Place, response: &Response) {
    let Some((repair, tool)) = views.repair.and_then(|repair| Some((repair, repair.settings.tool?))) else { return };
    let colour =
        if tool.has_label() { theme::outline(crate::app::bodies::BodyKind::Bone(repair.settings.label)) } else { theme::PLAIN };
    if let Some(way) =
        repair.way.filter(|way| tool == RepairTool::Plane && matches!(way.on, Ground::Slice(own, _) if own == slot))
    {
        line(painter, place, way, colour);
    }
    let Some(at) = response.hover_pos().or_else(|| response.interact_pointer_pos()) else { return };
    if !tool.has_radius() {
        return;
    }
    let radius = (repair.settings.radius_mm / place.mm_per_point) as f32;
    for (width, colour) in [(3.0, theme::VIEW.gamma_multiply(0.6)), (1.4, colour)] {
        let stroke = Stroke::new(width, colour);
        // In space it reaches into the slices beside this one: dashed.
        if tool.draws() && repair.settings.flat && repair.flat[slot] {
            painter.circle_stroke(at, radius, stroke);
        } else {
            painter.extend(Shape::dashed_line(&circle(at, radius), stroke, 6.0, 4.0));
        }
    }
}

fn circle(centre: Pos2, radius: f32) -> Vec<Pos2> {
    let turn = |step: i32| std::f32::consts::TAU * step as f32 / 64.0;
    (0..=64).map(turn).map(|turn| centre + vec2(turn.cos(), turn.sin()) * radius).collect()
}

/// The line of a plane, with an arrow into the part that gets the label.
fn line(painter: &Painter, place: &Place, way: &Way, colour: Color32) {
    let (Some(from), Some(to)) = (way.points.first(), way.points.last()) else { return };
    let [from, to] = [from, to].map(|point| place.seen(place.plane.place(point)));
    let along = (to - from).normalized();
    let far = along * (place.rect.width() + place.rect.height());
    let (middle, aside) = (from + (to - from) / 2.0, vec2(along.y, -along.x) * 26.0);
    for (width, colour) in [(3.5, theme::VIEW.gamma_multiply(0.6)), (1.6, colour)] {
        let stroke = Stroke::new(width, colour);
        painter.line_segment([from - far, to + far], stroke);
        painter.arrow(middle, aside, stroke);
    }
}
