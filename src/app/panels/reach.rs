//! What the hip can reach: three planes through the set of its postures, with the limit in the colour of what meets and a dot where the hip
//! stands.

use super::{posture, section, zone_map::band};
use crate::{
    app::{
        model::{CaseModel, Command, Layer, ReachModel},
        reach::Reach,
        theme,
    },
    i18n::Texts,
    motion::{Couple, Posture},
    report::{SurfacePlane, posture_in_words},
};
use egui::{
    Align, Align2, Color32, FontId, Layout, Painter, Pos2, ProgressBar, Rect, RichText, Sense, Shape, Stroke, StrokeKind, Ui,
    pos2, vec2,
};

/// Height of a plane; what its scales take to the left and below, points.
const HEIGHT: f32 = 196.0;
const MARGIN: (f32, f32) = (38.0, 20.0);
/// The hip stands on a plane that is no further from it than this, degrees.
const ON_PLANE_DEG: f64 = 0.5;
/// The three angles by the places that they have in a posture.
const NAMES: [&str; 3] = ["reach-flexion", "reach-adduction", "reach-rotation"];

/// A way to ask for it; how far it is; the planes.
pub fn show(ui: &mut Ui, texts: &Texts, case: &CaseModel<'_>, commands: &mut Vec<Command>) {
    let (Some(model), Some(stands)) = (&case.reach, case.posture) else { return };
    section(ui, texts.get("reach-heading"));
    if !case.layers.contains(&Layer::Reach) {
        if ui.button(texts.get("reach-ask")).clicked() {
            commands.push(Command::ShowLayer(Layer::Reach, true));
        }
        ui.small(texts.get("reach-note"));
        return;
    }
    under_way(ui, texts, model, commands);
    let Some(found) = model.found else { return };
    if model.current {
        here(ui, texts, found, &stands);
    }
    for (number, plane) in model.planes.iter().enumerate() {
        third(ui, texts, number, plane, model.fixed_deg[number].is_some(), commands);
        map(ui, texts, found, plane, &stands, model.current, commands);
    }
    for couple in [Couple::ImplantImplant, Couple::ImplantBone, Couple::BoneBone] {
        ui.horizontal(|ui| {
            let (place, painter) = ui.allocate_painter(vec2(24.0, 10.0), Sense::hover());
            painter.line_segment([place.rect.left_center(), place.rect.right_center()], Stroke::new(2.6, theme::couple(couple)));
            ui.small(texts.with("reach-contour", &[("couple", &texts.get(couple.key()))]));
        });
    }
    ui.small(texts.get(if found.bones { "reach-note" } else { "zone-no-bones" }));
    ui.small(texts.get("activity-scope"));
}

/// The bar of what is being worked out, with a way to stop it and to go on.
fn under_way(ui: &mut Ui, texts: &Texts, model: &ReachModel<'_>, commands: &mut Vec<Command>) {
    if let Some(done) = model.done {
        ui.horizontal(|ui| {
            let key = if model.current { "zone-refining" } else { "zone-busy" };
            ui.add(ProgressBar::new(done).desired_width(220.0).text(texts.get(key)));
            if ui.button(texts.get("job-cancel")).clicked() {
                commands.push(Command::StopReach);
            }
        });
    } else if model.stopped {
        ui.horizontal(|ui| {
            let coarse =
                |found: &Reach| texts.with("reach-coarse", &[("resolution", &found.surface.resolution_deg().to_string())]);
            let found = model.found.filter(|_| model.current);
            ui.weak(found.map_or_else(|| texts.get("job-cancelled"), coarse));
            if ui.button(texts.get("reach-go-on")).clicked() {
                commands.push(Command::AskReach);
            }
        });
    }
}

/// What is left where the hip stands.
fn here(ui: &mut Ui, texts: &Texts, found: &Reach, stands: &Posture) {
    if found.at(&Posture::NEUTRAL).is_some_and(|(margin, _)| margin < 0.0) {
        ui.colored_label(theme::ink(ui, theme::ALARM), texts.get("reach-blocked"));
        return;
    }
    match found.at(stands) {
        Some((margin, couple)) if margin >= 0.0 => {
            let most = found.surface.enough_deg();
            let margin = if margin < most { format!("{margin:.0}") } else { format!("> {most:.0}") };
            let values = [("margin", margin.as_str()), ("couple", &texts.get(couple.key()))];
            ui.label(RichText::new(texts.with("activity-here", &values)).strong().color(theme::ink(ui, theme::CALM)));
        }
        Some((_, couple)) => {
            let said = texts.with("reach-not-here", &[("couple", &texts.get(couple.key()))]);
            ui.label(RichText::new(said).strong().color(theme::ink(ui, theme::ALARM)));
        }
        None => {
            ui.weak(texts.get("reach-outside"));
        }
    }
}

/// What a plane is of, and its third angle: that of the hip, or one that a person wants.
fn third(ui: &mut Ui, texts: &Texts, number: usize, plane: &SurfacePlane, fixed: bool, commands: &mut Vec<Command>) {
    let [along, across, name] = plane.angles.map(|angle| texts.get(NAMES[angle]));
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(texts.with("reach-pair", &[("along", &along), ("across", &across)])).strong());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let follow = ui.add_enabled(fixed, egui::Button::new(texts.get("reach-follow")).small());
            if follow.on_hover_text(texts.get("reach-follow-help")).clicked() {
                commands.push(Command::FixReach(number, None));
            }
        });
    });
    let mut wanted = plane.fixed_deg;
    let range = [-60.0..=150.0, -80.0..=60.0, -90.0..=90.0][plane.angles[2]].clone();
    posture::angle(ui, &texts.with("reach-third", &[("angle", &name)]), range, &mut wanted);
    if wanted != plane.fixed_deg {
        commands.push(Command::FixReach(number, Some(wanted)));
    }
}

/// Angles and points of the screen.
struct Axes<'a> {
    plane: &'a SurfacePlane,
    rect: Rect,
}

impl Axes<'_> {
    fn at(&self, [along, across]: [f64; 2]) -> Pos2 {
        let part = |value: f64, [from, to]: [f64; 2]| ((value - from) / (to - from)) as f32;
        pos2(
            self.rect.left() + self.rect.width() * part(along, self.plane.spans[0]),
            self.rect.bottom() - self.rect.height() * part(across, self.plane.spans[1]),
        )
    }

    fn angles(&self, at: Pos2) -> [f64; 2] {
        let of = |part: f32, [from, to]: [f64; 2]| from + (to - from) * f64::from(part.clamp(0.0, 1.0));
        [
            of((at.x - self.rect.left()) / self.rect.width(), self.plane.spans[0]),
            of((self.rect.bottom() - at.y) / self.rect.height(), self.plane.spans[1]),
        ]
    }
}

/// A plane; a drag in it moves the hip.
fn map(
    ui: &mut Ui,
    texts: &Texts,
    found: &Reach,
    plane: &SurfacePlane,
    stands: &Posture,
    current: bool,
    commands: &mut Vec<Command>,
) {
    let (response, painter) = ui.allocate_painter(vec2(ui.available_width() - 8.0, HEIGHT), Sense::click_and_drag());
    let whole = response.rect;
    let axes = Axes { plane, rect: Rect::from_min_max(whole.min + vec2(MARGIN.0, 4.0), whole.max - vec2(8.0, MARGIN.1)) };
    let inside = painter.with_clip_rect(axes.rect);
    cells(&inside, &axes);
    scales(&painter, ui, &axes);
    for (couple, places) in &plane.limit {
        let points: Vec<Pos2> = places.iter().map(|place| axes.at(*place)).collect();
        let colour = couple.map_or(Color32::WHITE, theme::couple);
        inside.add(Shape::line(points.clone(), Stroke::new(4.4, theme::VIEW.gamma_multiply(0.6))));
        inside.add(Shape::line(points, Stroke::new(2.6, colour)));
    }
    if !current {
        // What is drawn belongs to what was tried before.
        inside.rect_filled(axes.rect, 0, theme::VIEW.gamma_multiply(0.62));
    }
    let [along, across, fixed] = plane.place(stands);
    let dot = axes.at([along, across]);
    if (fixed - plane.fixed_deg).abs() < ON_PLANE_DEG {
        inside.circle(dot, 5.0, theme::ALARM, Stroke::new(2.0, Color32::WHITE));
    } else {
        inside.circle_stroke(dot, 5.0, Stroke::new(2.0, Color32::WHITE));
    }
    painter.rect_stroke(axes.rect, 0, Stroke::new(1.0, ui.visuals().weak_text_color()), StrokeKind::Middle);
    let names = plane.angles.map(|angle| texts.get(NAMES[angle]));
    let name = texts.with("reach-pair", &[("along", &names[0]), ("across", &names[1])]);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Slider, true, name.clone()));
    let pointed = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked());
    if let Some(at) = pointed {
        let [along, across] = axes.angles(at).map(|degrees| (degrees * 2.0).round() / 2.0);
        commands.push(Command::SetPosture(plane.posture(along, across)));
    } else if let Some(at) = response.hover_pos().filter(|at| current && axes.rect.contains(*at)) {
        let [along, across] = axes.angles(at);
        let posture = plane.posture(along, across);
        if let Some(said) = said(texts, found, &posture) {
            response.on_hover_text_at_pointer(said);
        }
    }
}

/// A posture in words, and what is left there.
fn said(texts: &Texts, found: &Reach, posture: &Posture) -> Option<String> {
    let (margin, couple) = found.at(posture)?;
    let whole = |degrees: f64| degrees.round();
    let pose = Posture {
        flexion_deg: whole(posture.flexion_deg),
        adduction_deg: whole(posture.adduction_deg),
        internal_rotation_deg: whole(posture.internal_rotation_deg),
    };
    let values =
        [("pose", posture_in_words(&pose, texts)), ("margin", format!("{margin:.0}")), ("couple", texts.get(couple.key()))];
    Some(texts.with("reach-node", &values.each_ref().map(|(name, value)| (*name, value.as_str()))))
}

/// A cell about each node, neighbours of a colour as one.
fn cells(painter: &Painter, axes: &Axes<'_>) {
    let SurfacePlane { margins_deg, nodes, .. } = axes.plane;
    let size = vec2(axes.rect.width() / (nodes[0] - 1) as f32, axes.rect.height() / (nodes[1] - 1) as f32);
    for (row, margins) in margins_deg.chunks(nodes[0]).enumerate() {
        let y = axes.rect.bottom() - size.y * row as f32;
        let mut column = 0;
        for run in margins.chunk_by(|a, b| band(*a) == band(*b)) {
            let edge = |column: usize| axes.rect.left() + size.x * (column as f32 - 0.5);
            let (from, to) = (pos2(edge(column), y - size.y / 2.0), pos2(edge(column + run.len()), y + size.y / 2.0));
            // A little larger, so that no seam shows between neighbours.
            painter.rect_filled(Rect::from_min_max(from, to + vec2(0.3, 0.3)), 0, band(run[0]));
            column += run.len();
        }
    }
}

fn scales(painter: &Painter, ui: &Ui, axes: &Axes<'_>) {
    let (font, colour) = (FontId::proportional(11.0), ui.visuals().text_color());
    let faint = Stroke::new(1.0, theme::VIEW.gamma_multiply(0.35));
    let ticks = |[from, to]: [f64; 2]| ((from / 30.0).ceil() as i32..=(to / 30.0).floor() as i32).map(|at| f64::from(at * 30));
    let [[along, _], [across, _]] = axes.plane.spans;
    for degrees in ticks(axes.plane.spans[0]) {
        let x = axes.at([degrees, across]).x;
        painter.line_segment([pos2(x, axes.rect.top()), pos2(x, axes.rect.bottom())], faint);
        painter.text(pos2(x, axes.rect.bottom() + 2.0), Align2::CENTER_TOP, format!("{degrees:.0}°"), font.clone(), colour);
    }
    for degrees in ticks(axes.plane.spans[1]) {
        let y = axes.at([along, degrees]).y;
        painter.line_segment([pos2(axes.rect.left(), y), pos2(axes.rect.right(), y)], faint);
        painter.text(pos2(axes.rect.left() - 4.0, y), Align2::RIGHT_CENTER, format!("{degrees:.0}°"), font.clone(), colour);
    }
}
