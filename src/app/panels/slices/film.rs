//! The virtual radiograph instead of the views.

use super::{SliceViews, said};
use crate::app::{
    model::{CtModel, FilmModel},
    slices::{Arrangement, SlicesCommand},
    theme,
};
use egui::{Color32, Rect, UiBuilder, WidgetInfo, WidgetType, pos2, vec2};

/// Heights of the rows with the badge, and with what can be chosen, points.
const BADGE: f32 = 34.0;
const ROW: f32 = 30.0;

/// Draws it as large as there is room, with what can be chosen above and a scale at its lower edge.
pub(super) fn show(ui: &mut egui::Ui, views: &SliceViews<'_>, model: &FilmModel<'_>, rect: Rect, asked: &mut Vec<SlicesCommand>) {
    let texts = views.texts;
    ui.painter().rect_filled(rect, 0, Color32::BLACK);
    let mut wanted = model.view;
    // Nothing of it stands over the film, on whose edges letters of the sides are written.
    said::badge(ui, views, rect.with_max_y(rect.top() + BADGE));
    let row = rect.with_min_y(rect.top() + BADGE).with_max_y(rect.top() + BADGE + ROW).shrink2(vec2(8.0, 2.0));
    let mut child = ui.new_child(UiBuilder::new().max_rect(row).layout(egui::Layout::left_to_right(egui::Align::Center)));
    child.style_mut().visuals = theme::over_view();
    for (lateral, key) in [(false, "film-ap"), (true, "film-lateral")] {
        child.selectable_value(&mut wanted.lateral, lateral, texts.get(key));
    }
    child.separator();
    for (before, key) in [(false, "film-after"), (true, "film-before")] {
        child.selectable_value(&mut wanted.before, before, texts.get(key));
    }
    if model.tried && !model.view.before {
        child.colored_label(theme::NOTICE, texts.get("trial-shown"));
    }
    if model.busy {
        child.spinner();
        child.weak(texts.get("film-busy"));
    }
    if wanted != model.view {
        asked.push(SlicesCommand::Arrange(Arrangement::Film(wanted)));
    }
    let below = rect.with_min_y(row.bottom() + 2.0);
    match (model.film, model.failure, views.slices.ct) {
        (Some(film), None, _) => {
            let [width, height] = [film.picture.width, film.picture.height].map(|pixels| pixels as f32);
            let points_per_pixel = (below.width() / width).min(below.height() / height);
            let place = Rect::from_center_size(below.center(), vec2(width, height) * points_per_pixel);
            if let Some(texture) = model.texture {
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture, place, whole, Color32::WHITE);
            }
            let response = ui.interact(place, ui.id().with("film"), egui::Sense::hover());
            let name = format!(
                "{} {}",
                texts.get("layout-film"),
                texts.get(if model.view.lateral { "film-lateral" } else { "film-ap" })
            );
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &name));
            response.on_hover_text(texts.get("film-help"));
            // Above the lines that are written on the film.
            let scale = place.with_max_y(place.bottom() - 0.11 * place.height());
            said::scale_bar(ui, scale, film.mm_per_pixel / f64::from(points_per_pixel));
        }
        (_, Some(why), _) => said::strip(ui, below, texts.with("film-failed", &[("reason", why.get(texts.language()))])),
        (_, _, CtModel::Absent) => said::strip(ui, below, texts.get("film-no-ct")),
        (_, _, CtModel::Damaged(why)) => {
            said::strip(ui, below, texts.with("ct-damaged", &[("reason", why.get(texts.language()))]))
        }
        _ => {}
    }
}
