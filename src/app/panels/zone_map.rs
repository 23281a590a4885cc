//! The map of all cups: least margin as colours and lines, the published zones beside it, and the cup that is tried as a dot that can be dragged.

use crate::{
    anatomy::CupAngles,
    app::{
        model::{Command, TrialModel},
        theme,
        trial::Trial,
        zone::ZoneMap,
    },
    i18n::Texts,
    motion::Couple,
    report::name_in,
    risk::{COMBINED_DEG, LEWINNEK_DEG, widmer_anteversion_deg},
};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

/// Colours of least margin: (up to, fill), as those of `coxa zone`'s picture on a dark ground.
const BANDS: [(f64, Color32); 6] = [
    (-10.0, Color32::from_rgb(122, 44, 40)),
    (-5.0, Color32::from_rgb(142, 66, 56)),
    (0.0, Color32::from_rgb(160, 96, 80)),
    (5.0, Color32::from_rgb(92, 122, 92)),
    (10.0, Color32::from_rgb(66, 130, 84)),
    (f64::INFINITY, Color32::from_rgb(42, 138, 76)),
];
/// Lines of equal margin that are drawn, degrees, with their widths.
const LEVELS: [(f64, f32); 3] = [(0.0, 2.2), (5.0, 1.2), (10.0, 1.2)];
const LINE: Color32 = Color32::from_rgb(226, 240, 226);
const LEWINNEK: Color32 = Color32::from_rgb(120, 184, 255);
const VERSION: Color32 = Color32::from_rgb(222, 178, 255);
/// Height of the map; what its scales take to the left and below, points.
const HEIGHT: f32 = 286.0;
const MARGIN: (f32, f32) = (34.0, 32.0);

/// Angles and points of the screen.
struct Axes<'a> {
    map: &'a ZoneMap,
    rect: Rect,
}

impl Axes<'_> {
    fn at(&self, cup: &CupAngles) -> Pos2 {
        let part = |value: f64, (from, to): (f64, f64)| ((value - from) / (to - from)) as f32;
        let grid = &self.map.zone.grid;
        pos2(
            self.rect.left() + self.rect.width() * part(cup.inclination_deg, grid.inclination_deg),
            self.rect.bottom() - self.rect.height() * part(cup.anteversion_deg, grid.anteversion_deg),
        )
    }

    fn cup(&self, at: Pos2) -> CupAngles {
        let of = |part: f32, (from, to): (f64, f64)| from + (to - from) * f64::from(part.clamp(0.0, 1.0));
        let grid = &self.map.zone.grid;
        CupAngles {
            inclination_deg: of((at.x - self.rect.left()) / self.rect.width(), grid.inclination_deg),
            anteversion_deg: of((self.rect.bottom() - at.y) / self.rect.height(), grid.anteversion_deg),
        }
    }

    /// The node nearest to a place.
    fn node(&self, at: Pos2) -> usize {
        let [columns, rows] = self.map.zone.grid.nodes;
        let of = |part: f32, nodes: usize| (part.clamp(0.0, 1.0) * (nodes - 1) as f32).round() as usize;
        let column = of((at.x - self.rect.left()) / self.rect.width(), columns);
        of((self.rect.bottom() - at.y) / self.rect.height(), rows) * columns + column
    }
}

/// Draws the map; a drag in it turns the cup that is tried.
pub fn show(ui: &mut Ui, texts: &Texts, map: &ZoneMap, trial: &TrialModel<'_>, current: bool, commands: &mut Vec<Command>) {
    let size = vec2(ui.available_width() - 8.0, HEIGHT);
    let (response, painter) = ui.allocate_painter(size, Sense::click_and_drag());
    let whole = response.rect;
    let axes = Axes { map, rect: Rect::from_min_max(whole.min + vec2(MARGIN.0, 6.0), whole.max - vec2(8.0, MARGIN.1)) };
    scales(&painter, ui, texts, &axes);
    let inside = painter.with_clip_rect(axes.rect);
    cells(&inside, &axes);
    published(&inside, &axes);
    contours(&inside, &axes);
    if !current {
        // What is drawn belongs to what was tried before.
        inside.rect_filled(axes.rect, 0, theme::VIEW.gamma_multiply(0.62));
    }
    let of_map = |trial: &Trial| axes.at(&trial.cup.tilted_posteriorly(map.tilt_deg));
    let (planned, tried) = (of_map(trial.planned), of_map(trial.trial));
    if (planned - tried).length() > 1.0 {
        painter.circle_stroke(planned, 5.0, Stroke::new(2.0, Color32::WHITE));
    }
    painter.circle(tried, 6.0, theme::ALARM, Stroke::new(2.0, Color32::WHITE));
    painter.rect_stroke(axes.rect, 0, Stroke::new(1.0, ui.visuals().weak_text_color()), StrokeKind::Middle);
    let name = texts.get("zone");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Slider, true, name.clone()));
    let pointed = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked());
    if let Some(cup) = pointed.map(|at| axes.cup(at).tilted_posteriorly(-map.tilt_deg)) {
        let tenths = |value: f64| (value * 10.0).round() / 10.0;
        let cup = CupAngles { inclination_deg: tenths(cup.inclination_deg), anteversion_deg: tenths(cup.anteversion_deg) };
        commands.push(Command::Try(Trial { cup, ..trial.trial.clone() }));
    } else if let Some(at) = response.hover_pos().filter(|at| current && axes.rect.contains(*at)) {
        let said = hovered(texts, map, axes.node(at));
        response.on_hover_text_at_pointer(said);
    }
}

/// A node in words: its angles, its margin, what meets and in which activity.
#[must_use]
pub fn hovered(texts: &Texts, map: &ZoneMap, node: usize) -> String {
    let (cup, margin) = (map.zone.grid.node(node), map.zone.margins_deg[node]);
    let activity = map.activities.get(map.zone.binding[node]).map_or("", |activity| name_in(&activity.name, texts));
    let values = [
        ("inclination", format!("{:.0}", cup.inclination_deg)),
        ("anteversion", format!("{:.1}", cup.anteversion_deg)),
        ("margin", format!("{margin:.1}")),
        ("activity", activity.to_owned()),
        ("couple", texts.get(map.zone.couples[node].key())),
    ];
    texts.with("zone-node", &values.each_ref().map(|(name, value)| (*name, value.as_str())))
}

pub(super) fn band(margin_deg: f64) -> Color32 {
    BANDS.iter().find(|(up_to, _)| margin_deg < *up_to).map_or(BANDS[BANDS.len() - 1].1, |(_, fill)| *fill)
}

/// A cell about each node; where bone binds, a stroke across it.
fn cells(painter: &Painter, axes: &Axes<'_>) {
    let zone = &axes.map.zone;
    let size = vec2(axes.rect.width() / (zone.grid.nodes[0] - 1) as f32, axes.rect.height() / (zone.grid.nodes[1] - 1) as f32);
    for (node, margin) in zone.margins_deg.iter().enumerate() {
        let middle = axes.at(&zone.grid.node(node));
        // A little larger, so that no seam shows between neighbours.
        painter.rect_filled(Rect::from_center_size(middle, size + vec2(0.6, 0.6)), 0, band(*margin));
    }
    let [columns, rows] = zone.grid.nodes;
    // Strokes at a pace of their own, so that the coarse map has as many.
    let (across, up) = ((axes.rect.width() / 9.0) as usize, (axes.rect.height() / 9.0) as usize);
    for (column, row) in (0..across).flat_map(|column| (0..up).map(move |row| (column, row))) {
        let at = axes.rect.min + vec2((column as f32 + 0.5) * 9.0, (row as f32 + 0.5) * 9.0);
        let node = axes.node(at);
        if node < columns * rows && zone.couples[node] != Couple::ImplantImplant {
            let stroke = Stroke::new(1.0, theme::couple(zone.couples[node]).gamma_multiply(0.5));
            painter.line_segment([at + vec2(-2.5, 2.5), at + vec2(2.5, -2.5)], stroke);
        }
    }
}

/// Lewinnek's box, Widmer's line, and combined anteversion.
fn published(painter: &Painter, axes: &Axes<'_>) {
    let [(i0, i1), (a0, a1)] = LEWINNEK_DEG;
    let corner = |inclination_deg, anteversion_deg| axes.at(&CupAngles { inclination_deg, anteversion_deg });
    let lewinnek = Rect::from_two_pos(corner(i0, a0), corner(i1, a1));
    painter.rect_stroke(lewinnek, 0, Stroke::new(1.8, LEWINNEK), StrokeKind::Middle);
    let neck = axes.map.neck_anteversion_deg;
    let across = |anteversion_deg: f64, dash: f32, gap: f32| {
        let y = corner(i0, anteversion_deg).y;
        let line = [pos2(axes.rect.left(), y), pos2(axes.rect.right(), y)];
        painter.extend(Shape::dashed_line(&line, Stroke::new(1.4, VERSION), dash, gap));
    };
    across(widmer_anteversion_deg(neck), 9.0, 4.0);
    COMBINED_DEG.into_iter().for_each(|combined| across(combined - neck, 2.0, 4.0));
}

fn contours(painter: &Painter, axes: &Axes<'_>) {
    for (level, width) in LEVELS {
        for line in axes.map.zone.contours(level) {
            let points: Vec<Pos2> = line.iter().map(|cup| axes.at(cup)).collect();
            // The number stands on the line, where it is farthest from the edges.
            let inside = |at: &Pos2| {
                let (low, high) = (*at - axes.rect.min, axes.rect.max - *at);
                low.x.min(low.y).min(high.x).min(high.y)
            };
            let best = points.iter().copied().max_by(|a, b| inside(a).total_cmp(&inside(b)));
            let long = points.len() > 12 || !axes.map.fine;
            painter.add(Shape::line(points, Stroke::new(width, LINE)));
            if let Some(at) = best.filter(|at| long && inside(at) > 12.0) {
                let text = painter.layout_no_wrap(format!("{level:.0}°"), FontId::proportional(11.0), LINE);
                let place = Align2::CENTER_CENTER.anchor_size(at, text.size());
                painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 2, theme::VIEW.gamma_multiply(0.75));
                painter.galley(place.min, text, LINE);
            }
        }
    }
}

fn scales(painter: &Painter, ui: &Ui, texts: &Texts, axes: &Axes<'_>) {
    let (font, colour) = (FontId::proportional(11.0), ui.visuals().text_color());
    let tens =
        |(from, to): (f64, f64)| ((from / 10.0).ceil() as i32..=(to / 10.0).floor() as i32).map(|tens| f64::from(tens) * 10.0);
    let grid = &axes.map.zone.grid;
    let (i0, a0) = (grid.inclination_deg.0, grid.anteversion_deg.0);
    for inclination_deg in tens(grid.inclination_deg) {
        let x = axes.at(&CupAngles { inclination_deg, anteversion_deg: a0 }).x;
        let at = pos2(x, axes.rect.bottom() + 2.0);
        painter.text(at, Align2::CENTER_TOP, format!("{inclination_deg:.0}°"), font.clone(), colour);
    }
    for anteversion_deg in tens(grid.anteversion_deg) {
        let y = axes.at(&CupAngles { inclination_deg: i0, anteversion_deg }).y;
        let at = pos2(axes.rect.left() - 4.0, y);
        painter.text(at, Align2::RIGHT_CENTER, format!("{anteversion_deg:.0}°"), font.clone(), colour);
    }
    let below = pos2(axes.rect.center().x, axes.rect.bottom() + 16.0);
    painter.text(below, Align2::CENTER_TOP, texts.get("zone-axes"), font, ui.visuals().weak_text_color());
}

/// What colours and lines mean.
pub fn legend(ui: &mut Ui, texts: &Texts, map: &ZoneMap) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 1.0;
        let mut low: Option<f64> = None;
        for (up_to, fill) in BANDS {
            let text = match low {
                None => format!("<{up_to:.0}°"),
                Some(low) => format!("{low:.0}°+"),
            };
            let (place, painter) = ui.allocate_painter(vec2(50.0, 15.0), Sense::hover());
            painter.rect_filled(place.rect, 0, fill);
            painter.text(place.rect.center(), Align2::CENTER_CENTER, text, FontId::proportional(11.0), Color32::WHITE);
            low = Some(up_to);
        }
    });
    let version = format!("{:.1}", map.neck_anteversion_deg);
    let mut line = |stroke: Stroke, dash: (f32, f32), text: String| {
        ui.horizontal(|ui| {
            let (place, painter) = ui.allocate_painter(vec2(24.0, 10.0), Sense::hover());
            let points = [place.rect.left_center(), place.rect.right_center()];
            painter.extend(Shape::dashed_line(&points, stroke, dash.0, dash.1));
            ui.small(text)
        })
        .inner
    };
    line(Stroke::new(1.8, LEWINNEK), (24.0, 0.1), texts.get("zone-lewinnek"));
    line(Stroke::new(1.4, VERSION), (9.0, 4.0), texts.with("zone-widmer", &[("version", &version)]));
    line(Stroke::new(1.4, VERSION), (2.0, 4.0), texts.with("zone-combined", &[("version", &version)]));
    if map.bones {
        let share = map.zone.couple_shares().into_iter().filter(|(couple, _)| *couple != Couple::ImplantImplant);
        let percent = format!("{:.0}", share.map(|(_, share)| share).sum::<f64>());
        let stroke = Stroke::new(1.4, theme::couple(Couple::BoneBone));
        let said = line(stroke, (3.0, 5.0), texts.with("zone-bone-first", &[("percent", &percent)]));
        said.on_hover_text(texts.get("zone-bones"));
    }
}
