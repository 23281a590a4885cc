//! The strip above the views: layout, planes, greys.

use super::SliceViews;
use crate::{
    app::slices::{Arrangement, BODY_PLANES, FEMUR_PLANES, SlicesCommand},
    volume::{GreyWindow, WindowPreset},
};
use egui::{DragValue, Ui};

/// Draws it.
pub(super) fn show(ui: &mut Ui, views: &SliceViews<'_>, asked: &mut Vec<SlicesCommand>) {
    let (texts, view) = (views.texts, views.slices.view);
    ui.horizontal_wrapped(|ui| {
        let alone = match view.arrangement {
            Arrangement::Slice(slot) => slot,
            _ => 0,
        };
        let layouts = [
            ("layout-bones", Arrangement::Bones),
            ("layout-one-three", Arrangement::OnePlusThree),
            ("layout-two-two", Arrangement::TwoByTwo),
            ("layout-slice", Arrangement::Slice(alone)),
            ("layout-film", Arrangement::Film(views.film.map(|film| film.view).unwrap_or_default())),
        ];
        for (key, layout) in layouts {
            let button = ui.selectable_label(view.arrangement == layout, texts.get(key));
            if button.on_hover_text(texts.get(&format!("{key}-hint"))).clicked() {
                asked.push(SlicesCommand::Arrange(layout));
            }
        }
        if matches!(view.arrangement, Arrangement::Bones | Arrangement::Film(_)) {
            return;
        }
        ui.separator();
        for preset in WindowPreset::ALL {
            let name = texts.get(&format!("window-{}", preset.name()));
            if ui.selectable_label(view.preset == Some(preset), name).clicked() {
                asked.push(SlicesCommand::Preset(preset));
            }
        }
        let GreyWindow { mut centre_hu, mut width_hu } = view.window;
        let number = |value| DragValue::new(value).speed(4.0).max_decimals(0).suffix(" HU");
        let centre = ui.add(number(&mut centre_hu).prefix(texts.get("window-centre")).range(-32768.0..=32767.0));
        let narrowest = GreyWindow::NARROWEST_HU;
        let width = ui.add(number(&mut width_hu).prefix(texts.get("window-width")).range(narrowest..=65536.0));
        if centre.on_hover_text(texts.get("window-hint")).changed() | width.on_hover_text(texts.get("window-hint")).changed() {
            asked.push(SlicesCommand::Window(GreyWindow { centre_hu, width_hu }));
        }
        ui.separator();
        let kinds = view.slots.map(|slot| slot.kind);
        for (key, planes) in [("planes-body", BODY_PLANES), ("planes-femur", FEMUR_PLANES)] {
            let there = planes.iter().all(|kind| views.slices.source.plane(*kind).is_some());
            let button = ui.add_enabled(there, egui::Button::selectable(kinds == planes, texts.get(key)));
            let button = button.on_hover_text(texts.get(&format!("{key}-hint")));
            if button.on_disabled_hover_text(texts.get("slice-no-femur")).clicked() {
                asked.push(SlicesCommand::Planes(planes));
            }
        }
        if ui.button(texts.get("slices-hip")).on_hover_text(texts.get("slices-hip-hint")).clicked() {
            asked.push(SlicesCommand::ShowHip);
        }
        if ui.button(texts.get("slices-all")).on_hover_text(texts.get("slices-all-hint")).clicked() {
            asked.push(SlicesCommand::ShowAll);
        }
        ui.separator();
        let (mut outlines, mut cross_hair) = (view.outlines, view.cross_hair);
        if ui.checkbox(&mut outlines, texts.get("slices-outlines")).on_hover_text(texts.get("slices-scanned")).changed() {
            asked.push(SlicesCommand::Outlines(outlines));
        }
        if ui.checkbox(&mut cross_hair, texts.get("slices-cross-hair")).on_hover_text(texts.get("slices-help")).changed() {
            asked.push(SlicesCommand::CrossHair(cross_hair));
        }
    });
}
