//! The CT as a solid: whether, how, and what of it is cut away.

use crate::{
    app::{
        model::{CaseModel, Command},
        raycast::{SolidCut, SolidLook},
    },
    i18n::Texts,
};
use egui::{ComboBox, Slider, Ui, WidgetInfo, WidgetType};

/// Below the bodies; nothing where there is no CT.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let Some(view) = case.solid else { return };
    let mut wanted = view;
    ui.add_space(4.0);
    ui.checkbox(&mut wanted.shown, texts.get("solid")).on_hover_text(texts.get("solid-help"));
    if view.shown {
        let look = |look: SolidLook| texts.get(&format!("solid-{}", look.name()));
        combo(ui, &texts.get("solid-look"), &look(view.look), |ui| {
            for one in SolidLook::ALL {
                ui.selectable_value(&mut wanted.look, one, look(one));
            }
        });
        let cut = |cut: SolidCut| texts.get(&format!("solid-cut-{}", cut.name()));
        combo(ui, &texts.get("solid-cut"), &cut(view.cut), |ui| {
            for one in SolidCut::ALL {
                ui.selectable_value(&mut wanted.cut, one, cut(one));
            }
        });
        ui.spacing_mut().slider_width = 110.0;
        ui.add(Slider::new(&mut wanted.density, 0.1..=2.0).show_value(false).text(texts.get("solid-density")));
    }
    if wanted != view {
        commands.push(Command::ShowSolid(wanted));
    }
}

fn combo(ui: &mut Ui, name: &str, chosen: &str, add: impl FnOnce(&mut Ui)) {
    let combo = ComboBox::from_id_salt(name).width(ui.available_width() - 8.0).truncate().selected_text(chosen);
    let response = combo.show_ui(ui, add).response;
    response.widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, name));
}
