//! One dark, neutral look, in which only what matters has a colour.

use super::bodies::BodyKind;
use crate::{
    motion::Couple,
    report::{bone_outline, implant_outline},
};
use egui::{Color32, Context, CornerRadius, FontId, Stroke, TextStyle, Visuals};

/// Behind the bones.
pub const VIEW: Color32 = Color32::from_rgb(19, 21, 24);
/// Things are as they should be.
pub const CALM: Color32 = Color32::from_rgb(120, 190, 150);
/// Impingement.
pub const ALARM: Color32 = Color32::from_rgb(240, 92, 80);
/// Something to know.
pub const NOTICE: Color32 = Color32::from_rgb(232, 182, 96);
/// What is neither.
pub const PLAIN: Color32 = Color32::from_rgb(222, 225, 229);
/// What is not there.
pub const FAINT: Color32 = Color32::from_rgb(148, 154, 163);
/// The patient's left, as the badge shows it.
pub const LEFT: Color32 = Color32::from_rgb(92, 156, 230);
/// The patient's right.
pub const RIGHT: Color32 = Color32::from_rgb(214, 110, 160);

/// Of a slice what was not scanned: not as black as air.
pub const NOT_SCANNED: Color32 = Color32::from_rgb(34, 40, 54);
/// The cross-hair of slices.
pub const CROSS: Color32 = Color32::from_rgb(112, 214, 120);

/// The outline of a body in slices: of the hue that it has as a body, but strong enough to be seen on grey.
#[must_use]
pub const fn outline(kind: BodyKind) -> Color32 {
    let [r, g, b] = match kind {
        BodyKind::Bone(label) => bone_outline(label),
        BodyKind::Implant(part) => implant_outline(part),
    };
    Color32::from_rgb(r, g, b)
}

/// Neck on liner, implant on bone, bone on bone.
#[must_use]
pub const fn couple(couple: Couple) -> Color32 {
    match couple {
        Couple::ImplantImplant => Color32::from_rgb(178, 142, 240),
        Couple::ImplantBone => Color32::from_rgb(244, 146, 62),
        Couple::BoneBone => Color32::from_rgb(214, 216, 120),
    }
}

/// Sets fonts and look; once, when the context first exists.
pub fn apply(context: &Context) {
    context.set_fonts(super::fonts::definitions());
    context.set_theme(egui::Theme::Dark);
    let mut visuals = Visuals::dark();
    visuals.panel_fill = Color32::from_rgb(30, 33, 38);
    visuals.extreme_bg_color = Color32::from_rgb(20, 22, 26);
    visuals.override_text_color = Some(Color32::from_rgb(222, 225, 229));
    visuals.weak_text_color = Some(Color32::from_rgb(148, 154, 163));
    visuals.selection.bg_fill = Color32::from_rgb(52, 92, 132);
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, Color32::from_rgb(50, 54, 61));
    visuals.slider_trailing_fill = true;
    for widget in [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active] {
        widget.corner_radius = CornerRadius::same(4);
    }
    context.set_visuals_of(egui::Theme::Dark, visuals);
    context.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.text_styles.insert(TextStyle::Heading, FontId::proportional(17.0));
        style.text_styles.insert(TextStyle::Body, FontId::proportional(14.0));
        style.text_styles.insert(TextStyle::Button, FontId::proportional(14.0));
        style.text_styles.insert(TextStyle::Small, FontId::proportional(11.5));
        style.interaction.selectable_labels = false;
    });
}
