//! Landmarks and figures over the view. They are painted over the bones, so that what lies inside or behind is seen as well.

use crate::{
    app::{
        eye::Eye,
        figures::Figure,
        model::{LandmarkMark, Layer},
        theme,
    },
    frames::Side,
    i18n::Texts,
    motion::Couple,
};
use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, Ui, Vec2, vec2};
use nalgebra::Point3;
use std::{collections::BTreeSet, sync::Arc};

/// Radius of a landmark, points.
const DOT: f32 = 3.5;
/// How much of a plane is seen of its tint.
const TINT: f32 = 0.38;

/// What is painted over the view.
#[derive(Debug)]
pub struct Marks<'a> {
    /// Where the view is.
    pub view: Rect,
    /// From where it is looked at.
    pub eye: Eye,
    /// What is shown.
    pub layers: &'a BTreeSet<Layer>,
    /// Landmarks, where the bones are now.
    pub landmarks: &'a [LandmarkMark],
    /// Figures, where the bones are now.
    pub figures: &'a [Figure],
    /// Where an activity's bodies first touch or come nearest, where they are now.
    pub meeting: Option<MeetingMark>,
}

/// Where two bodies meet, on either of them as it stands now, LPS mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeetingMark {
    /// On the femoral side.
    pub on_femur: Point3<f64>,
    /// On the pelvic side.
    pub on_pelvis: Point3<f64>,
    /// What meets.
    pub couple: Couple,
    /// They touch; otherwise they come nearest there.
    pub touches: bool,
    /// It is pointed out: the hip is on its way there.
    pub pointed: bool,
}

/// Paints them.
pub fn marks(ui: &Ui, texts: &Texts, marks: &Marks<'_>) {
    let painter = ui.painter().with_clip_rect(marks.view);
    let figures = || marks.figures.iter().filter(|figure| marks.layers.contains(&figure.layer));
    figures().for_each(|figure| line(&painter, figure, &marks.eye));
    if marks.layers.contains(&Layer::Landmarks) {
        marks.landmarks.iter().for_each(|landmark| dot(&painter, landmark, &marks.eye));
    }
    let mut taken = Vec::new();
    for label in figures().filter_map(|figure| Some((figure.label.as_ref()?, tint(figure)))) {
        let ((label, colour), name) = (label, label.0.key);
        let name = if name.is_empty() { String::new() } else { texts.get(name) + " " };
        if let Some(at) = marks.eye.see(&label.at) {
            let galley = painter.layout_no_wrap(name + &label.text, FontId::proportional(13.0), colour);
            let wanted = Align2::CENTER_CENTER.anchor_size(at, galley.size());
            let place = free_place(wanted, &taken);
            taken.push(place);
            patch(&painter, place, galley, colour);
        }
    }
    if let Some(mark) = &marks.meeting {
        meeting(&painter, texts, mark, &marks.eye);
    }
    if let Some(landmark) = marks.landmarks.iter().find(|landmark| landmark.hovered || landmark.held)
        && let Some(at) = marks.eye.see(&landmark.position)
    {
        words(&painter, at + vec2(12.0, -14.0), Align2::LEFT_CENTER, landmark.name(texts), Color32::WHITE);
    }
}

/// The colour of a side, as its badge has it; amber in the midline.
const fn colour(side: Option<Side>) -> Color32 {
    match side {
        Some(Side::Left) => theme::LEFT,
        Some(Side::Right) => theme::RIGHT,
        None => theme::NOTICE,
    }
}

/// The colour of a figure.
fn tint(figure: &Figure) -> Color32 {
    figure.couple.map_or_else(|| colour(figure.side), theme::couple)
}

/// A cross on the pelvic side, a ring on the femoral one: at the place of contact the ring is about the cross.
fn meeting(painter: &Painter, texts: &Texts, mark: &MeetingMark, eye: &Eye) {
    let (Some(on_femur), Some(on_pelvis)) = (eye.see(&mark.on_femur), eye.see(&mark.on_pelvis)) else { return };
    let colour = theme::couple(mark.couple);
    for (width, colour) in [(5.0, theme::VIEW), (2.0, colour)] {
        let stroke = Stroke::new(width, colour);
        painter.line_segment([on_femur, on_pelvis], Stroke::new(width / 2.0, colour));
        painter.circle_stroke(on_femur, 8.0, stroke);
        for arm in [vec2(5.0, 5.0), vec2(5.0, -5.0)] {
            painter.line_segment([on_pelvis - arm, on_pelvis + arm], stroke);
        }
    }
    if mark.pointed {
        let middle = on_femur.lerp(on_pelvis, 0.5);
        let radius = 22.0 + on_femur.distance(on_pelvis) / 2.0;
        for (width, colour) in [(6.0, theme::VIEW), (3.0, Color32::WHITE)] {
            painter.circle_stroke(middle, radius, Stroke::new(width, colour));
        }
        let said = format!("{} · {}", texts.get("meeting-first"), texts.get(mark.couple.key()));
        words(painter, middle + vec2(radius + 8.0, 0.0), Align2::LEFT_CENTER, said, colour);
        return;
    }
    let key = if mark.touches { "meeting-first" } else { "meeting-nearest" };
    words(painter, on_pelvis + vec2(14.0, 16.0), Align2::LEFT_CENTER, texts.get(key), colour);
}

fn line(painter: &Painter, figure: &Figure, eye: &Eye) {
    let colour = tint(figure);
    let seen: Vec<Pos2> = figure.points.iter().filter_map(|point| eye.see(point)).collect();
    // A line that leads behind the eye is left out rather than drawn to a wrong place.
    if seen.len() < figure.points.len() {
        return;
    }
    if figure.filled {
        // Four corners in a plane, seen from anywhere, are convex when they are convex in it.
        painter.add(Shape::convex_polygon(seen, colour.gamma_multiply(TINT), Stroke::new(1.5, colour)));
        return;
    }
    // What is told of a couple is broad enough for its colour to be told from others.
    let width = if figure.couple.is_some() { 3.0 } else { 1.6 };
    painter.add(Shape::line(seen.clone(), Stroke::new(width + 1.9, theme::VIEW.gamma_multiply(0.6))));
    painter.add(Shape::line(seen, Stroke::new(width, colour)));
}

/// Left is a circle, right a square, the midline a diamond: told apart without the colours.
fn dot(painter: &Painter, landmark: &LandmarkMark, eye: &Eye) {
    let Some(at) = eye.see(&landmark.position) else { return };
    let size = if landmark.hovered || landmark.held { DOT * 1.5 } else { DOT };
    let edge = if landmark.by_hand { Color32::WHITE } else { theme::VIEW };
    let (fill, stroke) = (colour(landmark.side), Stroke::new(if landmark.by_hand { 2.0 } else { 1.0 }, edge));
    let corners = |corners: [Vec2; 4]| Shape::convex_polygon(corners.map(|c| at + c * size).to_vec(), fill, stroke);
    match landmark.side {
        Some(Side::Left) => painter.circle(at, size, fill, stroke),
        Some(Side::Right) => painter.add(corners([vec2(-0.9, -0.9), vec2(0.9, -0.9), vec2(0.9, 0.9), vec2(-0.9, 0.9)])),
        None => painter.add(corners([vec2(0.0, -1.3), vec2(1.3, 0.0), vec2(0.0, 1.3), vec2(-1.3, 0.0)])),
    };
}

/// The nearest place below or above the one that is wanted in which no other label stands; the labels are few.
fn free_place(wanted: Rect, taken: &[Rect]) -> Rect {
    let step = wanted.height() + 3.0;
    let rows = (0..=2 * taken.len() as i32).map(|row| if row % 2 == 0 { -row / 2 } else { row / 2 + 1 });
    let mut places = rows.map(|row| wanted.translate(vec2(0.0, row as f32 * step)));
    places.find(|place| taken.iter().all(|other| !other.expand(1.0).intersects(*place))).unwrap_or(wanted)
}

/// Words on a patch of their own, so that they are read over bone.
fn words(painter: &Painter, at: Pos2, align: Align2, text: String, colour: Color32) {
    let galley = painter.layout_no_wrap(text, FontId::proportional(13.0), colour);
    patch(painter, align.anchor_size(at, galley.size()), galley, colour);
}

fn patch(painter: &Painter, place: Rect, galley: Arc<Galley>, colour: Color32) {
    painter.rect_filled(place.expand2(vec2(4.0, 1.0)), 3, theme::VIEW.gamma_multiply(0.8));
    painter.galley(place.min, galley, colour);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_are_wanted_in_one_place_stand_below_each_other() {
        let wanted = Rect::from_center_size(Pos2::new(100.0, 50.0), vec2(80.0, 14.0));
        let mut taken = Vec::new();
        for _ in 0..6 {
            let place = free_place(wanted.translate(vec2(3.0, 1.0)), &taken);
            assert!(taken.iter().all(|other: &Rect| !other.intersects(place)));
            taken.push(place);
        }
        assert!(taken.iter().all(|place| (place.center().y - 51.0).abs() < 60.0), "none is far away: {taken:?}");
        let alone = wanted.translate(vec2(0.0, 400.0));
        assert_eq!(free_place(alone, &taken), alone, "what stands alone stays");
    }
}
