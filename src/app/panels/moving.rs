//! What of the hip's motion is drawn over the bones, each with its legend.

use crate::{
    app::{
        distance::{FAR_MM, STOPS, srgb},
        model::{CaseModel, Command, DistanceModel, Layer},
        theme,
    },
    i18n::Texts,
    motion::Couple,
};
use egui::{Align2, Color32, FontId, Rect, Sense, Ui, pos2, vec2};

/// Checkboxes and legends.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    if case.posture.is_none() {
        return;
    }
    ui.add_space(10.0);
    ui.heading(texts.get("moving"));
    ui.separator();
    for layer in Layer::MOVING {
        let mut on = case.layers.contains(&layer);
        let missing = match layer {
            Layer::Limits => case.rom.is_none(),
            Layer::Reach => case.reach.is_none(),
            Layer::Ghost | Layer::Native => case.beside.is_none(),
            _ => false,
        };
        let checkbox = ui.add_enabled(!missing, egui::Checkbox::new(&mut on, texts.get(layer.name())));
        if checkbox.on_hover_text(texts.get(&format!("{}-help", layer.name()))).changed() {
            commands.push(Command::ShowLayer(layer, on));
        }
        match (layer, on) {
            (Layer::Limits, true) => couples(ui, texts),
            (Layer::Reach, true) => reach(ui, texts, case),
            (Layer::Distance, true) => distance(ui, texts, case.distance),
            _ => {}
        }
    }
}

/// Which colour stands for what meets.
fn couples(ui: &mut Ui, texts: &Texts) {
    for couple in [Couple::ImplantImplant, Couple::ImplantBone, Couple::BoneBone] {
        ui.horizontal(|ui| {
            let (place, painter) = ui.allocate_painter(vec2(14.0, 12.0), Sense::hover());
            painter.rect_filled(place.rect.shrink(1.0), 2, theme::couple(couple));
            ui.small(texts.get(couple.key()));
        });
    }
    ui.small(texts.get("rom-caveat"));
}

/// Whether it is there already; the legend, where it is not above.
fn reach(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    if case.reach.is_some_and(|model| model.done.is_some() && !model.current) {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.weak(texts.get("zone-busy"));
        });
    }
    if !case.layers.contains(&Layer::Limits) {
        couples(ui, texts);
    }
    ui.small(texts.get("reach-cone"));
}

/// The colours with their distances, and what is nearest.
fn distance(ui: &mut Ui, texts: &Texts, model: Option<DistanceModel>) {
    let (place, painter) = ui.allocate_painter(vec2(ui.available_width().min(212.0), 32.0), Sense::hover());
    let bar = Rect::from_min_max(place.rect.min + vec2(8.0, 2.0), pos2(place.rect.right() - 16.0, place.rect.top() + 14.0));
    let x = |mm: f64| bar.left() + bar.width() * (mm / FAR_MM) as f32;
    let columns = bar.width().ceil() as usize;
    for column in 0..columns {
        let [r, g, b] = srgb(FAR_MM * (column as f64 + 0.5) / columns as f64);
        let left = bar.left() + column as f32;
        let strip = Rect::from_min_max(pos2(left, bar.top()), pos2((left + 1.5).min(bar.right()), bar.bottom()));
        painter.rect_filled(strip, 0, Color32::from_rgb(r, g, b));
    }
    for (mm, _) in STOPS {
        let text = if mm == FAR_MM { format!("{mm:.0} mm") } else { format!("{mm:.0}") };
        painter.text(
            pos2(x(mm), bar.bottom() + 2.0),
            Align2::CENTER_TOP,
            text,
            FontId::proportional(11.0),
            ui.visuals().text_color(),
        );
    }
    match model {
        Some(DistanceModel { current: true, least }) => {
            let said = match least {
                Some((mm, femoral, pelvic)) => {
                    let [femoral, pelvic] = [femoral, pelvic].map(|kind| texts.get(&kind.text_key()));
                    let values = [("mm", format!("{mm:.1}")), ("femoral", femoral), ("pelvic", pelvic)];
                    texts.with("distance-least", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
                }
                None => texts.with("distance-far", &[("mm", &format!("{FAR_MM:.0}"))]),
            };
            ui.small(said);
        }
        _ => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.weak(texts.get("distance-busy"));
            });
        }
    }
}
