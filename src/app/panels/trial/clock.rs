//! The liner's clock: twelve positions in which it can be locked, clicked or dragged.

use crate::{app::theme, i18n::Texts};
use egui::{Align2, FontId, Sense, Stroke, Ui, Vec2, WidgetInfo, WidgetType, vec2};
use std::f32::consts::TAU;

const POSITIONS: f32 = 12.0;
const SIZE: f32 = 74.0;

/// The position against the plan, from −5 to 6; forwards is clockwise on both sides, and the plan's own position is at the top.
pub fn show(ui: &mut Ui, texts: &Texts, positions: &mut i32) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(SIZE), Sense::click_and_drag());
    let name = texts.get("trial-position");
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Slider, true, name.clone()));
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged()) {
        *positions = position(at - rect.center());
    }
    let (painter, centre, radius) = (ui.painter(), rect.center(), SIZE / 2.0 - 3.0);
    painter.circle(centre, radius, ui.visuals().extreme_bg_color, Stroke::new(1.0, ui.visuals().weak_text_color()));
    let on = |position: f32, part: f32| {
        let angle = position / POSITIONS * TAU;
        centre + vec2(angle.sin(), -angle.cos()) * radius * part
    };
    for tick in 0..12 {
        let planned = tick == 0;
        let (width, colour) = if planned { (2.5, theme::ink(ui, theme::CALM)) } else { (1.0, ui.visuals().weak_text_color()) };
        painter.line_segment([on(tick as f32, 0.82), on(tick as f32, 0.97)], Stroke::new(width, colour));
    }
    let hand = *positions as f32;
    painter.line_segment([centre, on(hand, 0.7)], Stroke::new(3.0, ui.visuals().text_color()));
    painter.circle_filled(on(hand, 0.7), 4.0, theme::ink(ui, theme::NOTICE));
    painter.text(centre, Align2::CENTER_CENTER, format!("{positions:+}"), FontId::proportional(12.0), ui.visuals().text_color());
    response.on_hover_text(texts.get("trial-clock"));
}

/// The position that lies in this direction.
fn position(away: Vec2) -> i32 {
    let turned = (away.x.atan2(-away.y) / TAU * POSITIONS).round() as i32;
    if turned == -6 { 6 } else { turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_round_clockwise_from_the_top() {
        for (away, expected) in
            [(vec2(0.0, -1.0), 0), (vec2(1.0, 0.0), 3), (vec2(0.0, 1.0), 6), (vec2(-1.0, 0.0), -3), (vec2(0.5, -0.86), 1)]
        {
            assert_eq!(position(away), expected, "{away:?}");
        }
    }
}
