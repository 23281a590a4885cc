//! Fonts of the interface: egui's own first, then the bundled Chinese one, then egui's signs.

use egui::{FontData, FontDefinitions, FontFamily};
use std::sync::Arc;

/// Noto Sans SC, reduced to GB 2312 (see `assets/fonts/README.md`).
const CHINESE: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-subset.otf");

/// egui's fonts with the Chinese font behind the first of both families: its signs have bold ones of some Chinese punctuation.
#[must_use]
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    fonts.font_data.insert("noto-sans-sc".into(), Arc::new(FontData::from_static(CHINESE)));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        let family = fonts.families.entry(family).or_default();
        family.insert(family.len().min(1), "noto-sans-sc".into());
    }
    fonts
}
