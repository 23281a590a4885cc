//! One calm look, dark or light, in which only what matters has a colour. Behind the bones it is dark in both: bone and metal stand out there.

use super::bodies::BodyKind;
use crate::{
    motion::Couple,
    report::{bone_outline, implant_outline},
};
use egui::{Color32, Context, CornerRadius, FontId, Stroke, TextStyle, Theme, Ui, Visuals};
use std::str::FromStr;

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

/// Dark for the reading room, light for a bright one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

impl Look {
    /// As egui has it.
    #[must_use]
    pub const fn theme(self) -> Theme {
        match self {
            Self::Dark => Theme::Dark,
            Self::Light => Theme::Light,
        }
    }

    /// Behind the panels.
    const fn panel(self) -> Color32 {
        match self {
            Self::Dark => Color32::from_rgb(30, 33, 38),
            Self::Light => Color32::from_rgb(243, 244, 246),
        }
    }
}

impl FromStr for Look {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "dark" => Ok(Self::Dark),
            "light" => Ok(Self::Light),
            _ => Err(format!("'{text}' is no look of the window; expected dark or light")),
        }
    }
}

/// A colour as writing on a panel: on a light one it is so much darker that it can be read.
#[must_use]
pub fn ink(ui: &Ui, colour: Color32) -> Color32 {
    written(if ui.visuals().dark_mode { Look::Dark } else { Look::Light }, colour)
}

fn written(look: Look, colour: Color32) -> Color32 {
    match (look, colour) {
        (Look::Dark, _) => colour,
        (Look::Light, CALM) => Color32::from_rgb(20, 108, 64),
        (Look::Light, ALARM) => Color32::from_rgb(186, 30, 22),
        (Look::Light, NOTICE) => Color32::from_rgb(142, 86, 0),
        (Look::Light, PLAIN) => Color32::from_rgb(30, 34, 40),
        (Look::Light, FAINT) => Color32::from_rgb(98, 104, 112),
        (Look::Light, LEFT) => Color32::from_rgb(24, 92, 170),
        (Look::Light, RIGHT) => Color32::from_rgb(158, 46, 104),
        (Look::Light, other) => other,
    }
}

/// Sets fonts and both looks; once, when the context first exists.
pub fn apply(context: &Context) {
    context.set_fonts(super::fonts::definitions());
    context.set_theme(Theme::Dark);
    for look in [Look::Dark, Look::Light] {
        context.set_visuals_of(look.theme(), visuals(look));
    }
    context.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.text_styles.insert(TextStyle::Heading, FontId::proportional(17.0));
        style.text_styles.insert(TextStyle::Body, FontId::proportional(14.0));
        style.text_styles.insert(TextStyle::Button, FontId::proportional(14.0));
        style.text_styles.insert(TextStyle::Small, FontId::proportional(11.5));
        style.interaction.selectable_labels = false;
    });
}

/// What stands on the view itself, which is dark in both looks.
#[must_use]
pub fn over_view() -> Visuals {
    visuals(Look::Dark)
}

fn visuals(look: Look) -> Visuals {
    let (mut visuals, [field, chosen, line]) = match look {
        Look::Dark => (Visuals::dark(), [[20, 22, 26], [52, 92, 132], [50, 54, 61]]),
        Look::Light => (Visuals::light(), [[255, 255, 255], [176, 206, 238], [206, 210, 216]]),
    };
    let [field, chosen, line] = [field, chosen, line].map(|[r, g, b]| Color32::from_rgb(r, g, b));
    visuals.panel_fill = look.panel();
    visuals.extreme_bg_color = field;
    visuals.override_text_color = Some(written(look, PLAIN));
    visuals.weak_text_color = Some(written(look, FAINT));
    visuals.selection.bg_fill = chosen;
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, line);
    visuals.slider_trailing_fill = true;
    for widget in [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active] {
        widget.corner_radius = CornerRadius::same(4);
    }
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast of WCAG 2.
    fn luminance(colour: Color32) -> f64 {
        let part = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(colour.r()) + 0.7152 * part(colour.g()) + 0.0722 * part(colour.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let [a, b] = [a, b].map(luminance);
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn whatever_is_written_can_be_read_in_both_looks() {
        for look in [Look::Dark, Look::Light] {
            for colour in [CALM, ALARM, NOTICE, PLAIN, FAINT, LEFT, RIGHT] {
                let found = contrast(written(look, colour), look.panel());
                assert!(found >= 4.5, "{look:?} {colour:?}: {found:.2}");
            }
            // What is chosen stands on a fill of its own.
            let found = contrast(written(look, PLAIN), visuals(look).selection.bg_fill);
            assert!(found >= 4.5, "{look:?}: {found:.2}");
        }
        assert_eq!(("light".parse(), "dark".parse()), (Ok(Look::Light), Ok(Look::Dark)));
        assert!("grey".parse::<Look>().is_err());
    }
}
