//! Background work and messages, over the middle of the view.

use crate::app::{
    model::{Command, Model},
    theme,
};
use egui::{Align2, Area, Frame, Id, ProgressBar, RichText, Ui};

/// A progress bar with a way to cancel, or what went wrong with a way to close it.
pub fn show(ui: &mut Ui, model: &Model<'_>, commands: &mut Vec<Command>) {
    if model.job.is_none() && model.message.is_none() {
        return;
    }
    let area = Area::new(Id::new("job")).anchor(Align2::CENTER_CENTER, [0.0, 0.0]);
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(16).show(ui, |ui| {
            ui.set_width(380.0);
            if let Some(job) = &model.job {
                ui.label(&job.stage);
                ui.add(ProgressBar::new(job.fraction).show_percentage());
                if let Some(left) = job.left {
                    ui.weak(model.texts.with("job-left", &[("seconds", &left.as_secs().max(1).to_string())]));
                }
                if ui.button(model.texts.get("job-cancel")).clicked() {
                    commands.push(Command::CancelJob);
                }
            }
            if let Some(message) = model.message {
                ui.label(RichText::new(model.texts.get("error")).strong().color(theme::ink(ui, theme::ALARM)));
                ui.label(message);
                if ui.button(model.texts.get("close")).clicked() {
                    commands.push(Command::DismissMessage);
                }
            }
        });
    });
}
