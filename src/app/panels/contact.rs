//! What touches in the present posture.

use super::section;
use crate::{
    app::{
        model::{CaseModel, Contact, ContactModel},
        theme,
    },
    i18n::Texts,
    motion::Couple,
    units::Millimetres,
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
    let Some(couple) = contact.couple else {
        banner(ui, theme::CALM, texts.get("contact-none"));
        if let Some(clearance_mm) = contact.clearance_mm {
            ui.small(texts.with("clearance", &[("value", &Millimetres(clearance_mm).to_string())]));
        }
        return;
    };
    let key = match couple {
        Couple::ImplantImplant => "contact-implant-implant",
        Couple::ImplantBone => "contact-implant-bone",
        Couple::BoneBone => "contact-bone-bone",
    };
    banner(ui, theme::ALARM, texts.get(key));
    if let [first, second, ..] = contact.bodies[..] {
        let names = [first, second].map(|kind| texts.get(&kind.text_key()));
        ui.small(texts.with("contact-pair", &[("first", &names[0]), ("second", &names[1])]));
    }
}

fn banner(ui: &mut Ui, colour: Color32, text: String) {
    let frame = Frame::new().fill(colour.gamma_multiply(0.2)).corner_radius(4).inner_margin(Margin::symmetric(10, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(text).color(colour).strong());
    });
}
