//! Fonts of the interface: egui's own first, then the bundled Chinese one.

use egui::{FontData, FontDefinitions, FontFamily};
use std::sync::Arc;

/// Noto Sans SC, reduced to GB 2312 (see `assets/fonts/README.md`).
const CHINESE: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-subset.otf");

/// egui's fonts with the Chinese font appended to both families.
#[must_use]
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    fonts.font_data.insert("noto-sans-sc".into(), Arc::new(FontData::from_static(CHINESE)));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.entry(family).or_default().push("noto-sans-sc".into());
    }
    fonts
}
