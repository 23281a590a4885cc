//! What touches in the present posture.

use super::section;
use crate::{
    app::{
        model::{CaseModel, Contact, ContactModel},
        theme,
    },
    i18n::Texts,
    motion::Couple,
    units::{Degrees, Millimetres},
};
use egui::{Color32, Frame, Margin, RichText, Ui};

/// The motion solver's answer, and the physics engine's beside it.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>) {
    section(ui, texts.get("impingement"));
    match case.contact {
        ContactModel::Unknown => {
            ui.weak(texts.get("contact-unknown"));
        }
        ContactModel::Preparing => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(texts.get("contact-preparing"));
            });
        }
        ContactModel::Answer(contact) => answer(ui, texts, contact),
    }
    if let Some(touching) = case.physics {
        let key = if touching { "physics-touching" } else { "physics-free" };
        ui.small(format!("{}: {}", texts.get("physics"), texts.get(key))).on_hover_text(texts.get("physics-note"));
    }
}

fn answer(ui: &mut Ui, texts: &Texts, contact: &Contact) {
    if contact.pairs.is_empty() {
        banner(ui, theme::CALM, texts.get("contact-none"));
    }
    for pair in &contact.pairs {
        let key = match pair.couple {
            Couple::ImplantImplant => "contact-implant-implant",
            Couple::ImplantBone => "contact-implant-bone",
            Couple::BoneBone => "contact-bone-bone",
        };
        banner(ui, theme::ALARM, texts.get(key));
        let [moving, fixed] = [pair.moving, pair.fixed].map(|kind| texts.get(&kind.text_key()));
        ui.small(texts.with("contact-pair", &[("first", &moving), ("second", &fixed)]));
    }
    // Distances that have become depths are said by the pairs above.
    let neck = contact.neck_margin_deg.filter(|degrees| *degrees >= 0.0).map(|v| ("neck-margin", Degrees(v).to_string()));
    let bone = contact.bone_clearance_mm.filter(|mm| *mm >= 0.0).map(|v| ("bone-clearance", Millimetres(v).to_string()));
    for (key, value) in neck.into_iter().chain(bone) {
        ui.small(texts.with(key, &[("value", &value)]));
    }
}

fn banner(ui: &mut Ui, colour: Color32, text: String) {
    let frame = Frame::new().fill(colour.gamma_multiply(0.2)).corner_radius(4).inner_margin(Margin::symmetric(10, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(text).color(theme::ink(ui, colour)).strong());
    });
}
