//! The catalogue beside what is tried: the sizes of the present family as a row of buttons, and the families to choose from.

use crate::{
    app::{
        theme,
        trial::{Rack, Shelved},
    },
    i18n::Texts,
    implants::OffsetOption,
};
use egui::{Button, ComboBox, Stroke, Ui};

/// Family and size of a part; the id that was chosen.
pub fn show(ui: &mut Ui, texts: &Texts, salt: &str, racks: &[Rack], present: &str, planned: &str) -> Option<String> {
    let rack = Rack::of(racks, present)?;
    let part = rack.parts.iter().find(|part| part.id == present)?;
    let mut chosen = family(ui, texts, salt, racks, rack, part);
    if let Some(neck) = part.neck {
        chosen = chosen.or(necks(ui, texts, rack, part, neck));
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        for part in rack.parts.iter().filter(|other| other.neck == part.neck) {
            if one(ui, &part.size.to_string(), &part.id, part.id == present, part.id == planned) {
                chosen = Some(part.id.clone());
            }
        }
    });
    chosen
}

/// A small button; what is tried is filled, what is planned has a frame.
pub fn one(ui: &mut Ui, label: &str, id: &str, present: bool, planned: bool) -> bool {
    let mut button = Button::selectable(present, label).min_size(egui::vec2(26.0, 22.0));
    if planned {
        button = button.frame_when_inactive(true).stroke(Stroke::new(1.5, theme::ink(ui, theme::CALM)));
    }
    ui.add(button).on_hover_text(id).clicked() && !present
}

/// Another family: its part that is nearest in size.
fn family(ui: &mut Ui, texts: &Texts, salt: &str, racks: &[Rack], rack: &Rack, part: &Shelved) -> Option<String> {
    let mut chosen = None;
    let name = |rack: &Rack| texts.of("family", &rack.family, &rack.name);
    let width = ui.available_width() - 8.0;
    ComboBox::from_id_salt(salt).width(width).truncate().selected_text(name(rack)).show_ui(ui, |ui| {
        for other in racks {
            if ui.selectable_label(other.family == rack.family, name(other)).clicked() && other.family != rack.family {
                chosen = other.nearest(part).map(|part| part.id.clone());
            }
        }
    });
    chosen
}

/// Another neck of the same size.
fn necks(ui: &mut Ui, texts: &Texts, rack: &Rack, part: &Shelved, neck: OffsetOption) -> Option<String> {
    let there: Vec<&Shelved> = rack.parts.iter().filter(|other| other.size == part.size).collect();
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        for option in OffsetOption::ALL {
            let Some(other) = there.iter().find(|other| other.neck == Some(option)) else { continue };
            let key = match option {
                OffsetOption::Standard => "stem-offset-standard",
                OffsetOption::High => "stem-offset-high",
                OffsetOption::CoxaVara => "stem-offset-coxa-vara",
            };
            if ui.selectable_label(option == neck, texts.get(key)).clicked() && option != neck {
                chosen = Some(other.id.clone());
            }
        }
    });
    chosen
}
