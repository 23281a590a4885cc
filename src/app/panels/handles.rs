//! The handles of what is in hand, painted over the view: seen through the bones, and by every driver alike.

use crate::{
    app::{
        eye::Eye,
        hands::{Handle, HandleShape},
    },
    i18n::Texts,
};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, Ui, vec2};

/// Handles as they are in this frame.
#[derive(Debug)]
pub struct HandleMarks<'a> {
    /// Where the view is.
    pub view: Rect,
    /// From where it is looked at.
    pub eye: Eye,
    /// The handles.
    pub shapes: &'a [HandleShape],
    /// The one under the pointer or held.
    pub pointed: Option<Handle>,
    /// Where the pointer is, and what the handle has changed so far.
    pub said: Option<(Pos2, String)>,
}

/// Red, green and blue are medial, superior and anterior; amber turns, and white goes along an axis.
const fn colour(handle: Handle) -> Color32 {
    match handle {
        Handle::CupShift(0) => Color32::from_rgb(232, 106, 96),
        Handle::CupShift(1) => Color32::from_rgb(120, 200, 128),
        Handle::CupShift(_) => Color32::from_rgb(104, 160, 240),
        Handle::Inclination | Handle::Lean => Color32::from_rgb(236, 180, 90),
        Handle::Anteversion | Handle::Version => Color32::from_rgb(204, 140, 236),
        Handle::CupAxis | Handle::CupDepth | Handle::StemDepth => Color32::from_rgb(232, 236, 240),
    }
}

/// Paints them, and says what the one under the pointer does.
pub fn handles(ui: &Ui, texts: &Texts, marks: &HandleMarks<'_>) {
    let painter = ui.painter().with_clip_rect(marks.view);
    for shape in marks.shapes {
        let pointed = marks.pointed == Some(shape.handle);
        let colour = if pointed { Color32::from_rgb(255, 232, 120) } else { colour(shape.handle) };
        let seen: Vec<Pos2> = shape.line.iter().filter_map(|point| marks.eye.see(point)).collect();
        for (width, colour) in
            [(if pointed { 6.5 } else { 4.5 }, Color32::from_black_alpha(140)), (if pointed { 4.0 } else { 2.4 }, colour)]
        {
            painter.add(Shape::line(seen.clone(), Stroke::new(width, colour)));
        }
        if shape.arrow {
            tip(&painter, &seen, colour, if pointed { 7.0 } else { 5.5 });
        }
    }
    let Some((at, changed)) = &marks.said else { return };
    let name = marks.pointed.map(|handle| texts.get(handle.key())).unwrap_or_default();
    let text = if changed.is_empty() { name } else { changed.clone() };
    let galley = painter.layout_no_wrap(text, FontId::proportional(14.0), Color32::WHITE);
    let place = Align2::LEFT_BOTTOM.anchor_size(*at + vec2(16.0, -10.0), galley.size());
    painter.rect_filled(place.expand(4.0), 4.0, Color32::from_black_alpha(190));
    painter.galley(place.min, galley, Color32::WHITE);
}

fn tip(painter: &Painter, seen: &[Pos2], colour: Color32, radius: f32) {
    let Some(end) = seen.last() else { return };
    painter.circle(*end, radius, colour, Stroke::new(1.5, Color32::from_black_alpha(160)));
}
