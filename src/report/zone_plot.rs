//! The target zone as a picture: how much room there is, lines of equal margin, where the plan sits, and the published zones beside it.

use super::{
    cells::{Run, Square},
    danger_words::name_in,
};
use crate::{
    anatomy::CupAngles,
    i18n::Texts,
    motion::{Activity, Couple},
    risk::{COMBINED_DEG, LEWINNEK_DEG, TargetZone, widmer_anteversion_deg},
};
use std::fmt::Write;

const LEFT: f64 = 56.0;
const TOP: f64 = 58.0;
const SIZE: f64 = 420.0;
const PLOT: Square = Square { left: LEFT, top: TOP, size: SIZE };
const LEGEND: f64 = LEFT + SIZE + 20.0;
const WIDTH: f64 = 980.0;
/// Lines of equal margin that are drawn, degrees.
const LEVELS: [f64; 3] = [0.0, 5.0, 10.0];
/// Colours of least margin: (up to, fill).
pub(super) const BANDS: [(f64, &str); 6] =
    [(-10.0, "#e3a29b"), (-5.0, "#edbdb5"), (0.0, "#f6dcd5"), (5.0, "#e4f1e2"), (10.0, "#c3e3c4"), (f64::INFINITY, "#9bd0a3")];
/// Letters are drawn where an activity binds at this part of the grid or more, percent.
const LETTER_SHARE: f64 = 2.0;

/// What the picture shows besides the zone.
#[derive(Clone, Copy, Debug)]
pub struct ZonePicture<'a> {
    /// The zone.
    pub zone: &'a TargetZone,
    /// The activities it was made of.
    pub activities: &'a [Activity],
    /// The planned cup in the zone's frame, and its least margin, degrees.
    pub plan: (CupAngles, f64),
    /// Anteversion of the neck in the femoral frame, degrees.
    pub neck_anteversion_deg: f64,
    /// True when bones were counted.
    pub bones: bool,
    /// Name of the zone's frame.
    pub frame: &'a str,
}

struct Axes<'a> {
    zone: &'a TargetZone,
}

impl Axes<'_> {
    fn x(&self, inclination_deg: f64) -> f64 {
        let (from, to) = self.zone.grid.inclination_deg;
        LEFT + SIZE * (inclination_deg - from) / (to - from)
    }

    fn y(&self, anteversion_deg: f64) -> f64 {
        let (from, to) = self.zone.grid.anteversion_deg;
        TOP + SIZE * (to - anteversion_deg) / (to - from)
    }
}

/// An SVG picture of a target zone.
#[must_use]
pub fn zone_plot(picture: &ZonePicture<'_>, texts: &Texts) -> String {
    let axes = Axes { zone: picture.zone };
    let height = TOP + SIZE + 100.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"100%\" role=\"img\" font-size=\"12\" \
         font-family=\"'Noto Sans CJK SC', 'Noto Sans SC', sans-serif\"><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    );
    // Writing to a String cannot fail, hence the ignored results.
    write!(
        svg,
        "<text x=\"{LEFT}\" y=\"22\" font-size=\"16\">{}</text>",
        escaped(&texts.get(if picture.bones { "zone-title-bones" } else { "zone-title" }))
    )
    .ok();
    let subtitle = texts.with("zone-frame", &[("frame", picture.frame)]);
    write!(svg, "<text x=\"{LEFT}\" y=\"42\" fill=\"#56606b\">{}</text>", escaped(&subtitle)).ok();
    PLOT.margins(&picture.zone.margins_deg, picture.zone.grid.nodes, &mut svg);
    bound_by_bone(&axes, &mut svg);
    scales(&axes, texts, &mut svg);
    write!(svg, "<clipPath id=\"plot\"><rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{SIZE}\" height=\"{SIZE}\"/></clipPath>").ok();
    svg.push_str("<g clip-path=\"url(#plot)\">");
    published(&axes, picture.neck_anteversion_deg, &mut svg);
    contours(&axes, &picture.plan.0, &mut svg);
    let letters = letters(&axes, &mut svg);
    plan(&axes, picture, &mut svg);
    svg.push_str("</g>");
    legend(picture, &letters, texts, &mut svg);
    let counted = if picture.bones { "zone-bones" } else { "zone-no-bones" };
    for (line, key) in [counted, "activity-scope", "disclaimer"].into_iter().enumerate() {
        let y = TOP + SIZE + 58.0 + 16.0 * line as f64;
        write!(svg, "<text x=\"{LEFT}\" y=\"{y}\" font-size=\"9\" fill=\"#56606b\">{}</text>", escaped(&texts.get(key))).ok();
    }
    svg.push_str("</svg>");
    svg
}

/// The colour of a margin.
pub(super) fn band(margin_deg: f64) -> &'static str {
    BANDS.iter().find(|(up_to, _)| margin_deg < *up_to).map_or("#9bd0a3", |(_, fill)| fill)
}

/// Lines across the cells where bone meets first.
fn bound_by_bone(axes: &Axes<'_>, svg: &mut String) {
    svg.push_str(
        "<pattern id=\"bone\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"> \
         <path d=\"M 0 0 V 6\" stroke=\"#6b5a3a\" stroke-width=\"1\" stroke-opacity=\"0.45\"/></pattern>",
    );
    let neck = |couple: &Couple| *couple == Couple::ImplantImplant;
    let runs = PLOT.runs(&axes.zone.couples, axes.zone.grid.nodes, |a, b| neck(a) == neck(b));
    for Run { x, y, width, height, .. } in runs.into_iter().filter(|run| !neck(run.value)) {
        write!(svg, "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"url(#bone)\"/>").ok();
    }
}

fn scales(axes: &Axes<'_>, texts: &Texts, svg: &mut String) {
    let ticks =
        |(from, to): (f64, f64)| ((from / 10.0).ceil() as i32..=(to / 10.0).floor() as i32).map(|tens| f64::from(tens * 10));
    let bottom = TOP + SIZE;
    for degrees in ticks(axes.zone.grid.inclination_deg) {
        let x = axes.x(degrees);
        write!(svg, "<path d=\"M {x:.1} {TOP} V {bottom}\" stroke=\"#ffffff\" stroke-opacity=\"0.6\"/>").ok();
        write!(svg, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{degrees}°</text>", bottom + 16.0).ok();
    }
    for degrees in ticks(axes.zone.grid.anteversion_deg) {
        let y = axes.y(degrees);
        write!(svg, "<path d=\"M {LEFT} {y:.1} h {SIZE}\" stroke=\"#ffffff\" stroke-opacity=\"0.6\"/>").ok();
        write!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{degrees}°</text>", LEFT - 6.0, y + 4.0).ok();
    }
    write!(svg, "<rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{SIZE}\" height=\"{SIZE}\" fill=\"none\" stroke=\"#56606b\"/>").ok();
    let (middle, below) = (LEFT + SIZE / 2.0, bottom + 34.0);
    let [inclination, anteversion] = ["radiographic-inclination", "radiographic-anteversion"].map(|key| escaped(&texts.get(key)));
    write!(svg, "<text x=\"{middle}\" y=\"{below}\" text-anchor=\"middle\">{inclination}</text>").ok();
    let (x, y) = (16.0, TOP + SIZE / 2.0);
    write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" transform=\"rotate(-90 {x} {y})\">{anteversion}</text>").ok();
}

/// Lewinnek's box, Widmer's line, and combined anteversion.
fn published(axes: &Axes<'_>, neck_anteversion_deg: f64, svg: &mut String) {
    let [(i0, i1), (a0, a1)] = LEWINNEK_DEG;
    let (x, y) = (axes.x(i0), axes.y(a1));
    let (width, height) = (axes.x(i1) - x, axes.y(a0) - y);
    write!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"none\" stroke=\"#3378c2\" stroke-width=\"1.6\"/>"
    )
    .ok();
    let across = |anteversion_deg: f64, dash: &str, svg: &mut String| {
        let y = axes.y(anteversion_deg);
        write!(svg, "<path d=\"M {LEFT} {y:.1} h {SIZE}\" stroke=\"#7a4fb0\" stroke-width=\"1.4\" stroke-dasharray=\"{dash}\"/>")
            .ok();
    };
    across(widmer_anteversion_deg(neck_anteversion_deg), "8 4", svg);
    for combined in COMBINED_DEG {
        across(combined - neck_anteversion_deg, "2 4", svg);
    }
}

fn contours(axes: &Axes<'_>, plan: &CupAngles, svg: &mut String) {
    for (level, width) in LEVELS.into_iter().zip([2.4, 1.2, 1.2]) {
        for line in axes.zone.contours(level) {
            let points: Vec<String> =
                line.iter().map(|cup| format!("{:.1},{:.1}", axes.x(cup.inclination_deg), axes.y(cup.anteversion_deg))).collect();
            write!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"#1f6b33\" stroke-width=\"{width}\"/>", points.join(" "))
                .ok();
            // The number stands on the line, where it is farthest from the plan's dot.
            let away = |cup: &&CupAngles| {
                let (x, y) = (axes.x(cup.inclination_deg), axes.y(cup.anteversion_deg));
                let to_edge = (x - LEFT).min(LEFT + SIZE - x).min(y - TOP).min(TOP + SIZE - y);
                to_edge.min((x - axes.x(plan.inclination_deg)).hypot(y - axes.y(plan.anteversion_deg)))
            };
            if let Some(cup) = line.iter().max_by(|a, b| away(a).total_cmp(&away(b))).filter(|_| line.len() > 12) {
                let (x, y) = (axes.x(cup.inclination_deg), axes.y(cup.anteversion_deg) + 4.0);
                write!(
                    svg,
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"10\" text-anchor=\"middle\" fill=\"#1f6b33\" stroke=\"#ffffff\" \
                     stroke-width=\"3\" paint-order=\"stroke\">{level}°</text>"
                )
                .ok();
            }
        }
    }
}

/// A letter in the middle of where each activity binds; returns which letter stands for which, with its share.
fn letters<'a>(axes: &Axes<'a>, svg: &mut String) -> Vec<(char, &'a str, f64)> {
    let zone = axes.zone;
    let shares = zone.binding_shares().into_iter().filter(|(_, share)| *share >= LETTER_SHARE);
    let mut letters = Vec::new();
    for (letter, (id, share)) in ('A'..='Z').zip(shares) {
        let bound: Vec<CupAngles> = (0..zone.binding.len())
            .filter(|node| zone.activities[zone.binding[*node]] == id)
            .map(|node| zone.grid.node(node))
            .collect();
        let middle = |pick: fn(&CupAngles) -> f64| bound.iter().map(pick).sum::<f64>() / bound.len() as f64;
        let (inclination, anteversion) = (middle(|cup| cup.inclination_deg), middle(|cup| cup.anteversion_deg));
        // The middle of a crescent lies outside it: the nearest place that is bound is taken.
        let away = |cup: &CupAngles| (cup.inclination_deg - inclination).hypot(cup.anteversion_deg - anteversion);
        if let Some(cup) = bound.iter().min_by(|a, b| away(a).total_cmp(&away(b))) {
            let (x, y) = (axes.x(cup.inclination_deg), axes.y(cup.anteversion_deg) + 5.0);
            write!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"14\" font-weight=\"bold\" text-anchor=\"middle\" fill=\"#1c2733\" \
                 stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\">{letter}</text>"
            )
            .ok();
        }
        letters.push((letter, id, share));
    }
    letters
}

fn plan(axes: &Axes<'_>, picture: &ZonePicture<'_>, svg: &mut String) {
    let cup = picture.plan.0;
    let (x, y) = (axes.x(cup.inclination_deg), axes.y(cup.anteversion_deg));
    write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\" fill=\"#c0392b\" stroke=\"#ffffff\" stroke-width=\"2\"/>").ok();
}

fn legend(picture: &ZonePicture<'_>, letters: &[(char, &str, f64)], texts: &Texts, svg: &mut String) {
    let mut y = TOP + 8.0;
    let mut row = |mark: &str, text: &str, svg: &mut String| {
        write!(svg, "<g transform=\"translate({LEGEND} {y})\">{mark}<text x=\"30\" y=\"4\">{}</text></g>", escaped(text)).ok();
        y += 19.0;
    };
    let (cup, margin) = picture.plan;
    let [inclination, anteversion, margin] =
        [cup.inclination_deg, cup.anteversion_deg, margin].map(|value| format!("{value:.1}"));
    let values = [("inclination", inclination.as_str()), ("anteversion", &anteversion), ("margin", &margin)];
    row("<circle cx=\"12\" r=\"6\" fill=\"#c0392b\"/>", &texts.with("zone-plan", &values), svg);
    let area = |level: f64| format!("{:.1}", picture.zone.area_percent(level));
    let line = "<path d=\"M 0 0 H 24\" stroke=\"#1f6b33\" stroke-width=\"2.4\"/>";
    row(line, &texts.with("zone-area", &[("percent", &area(0.0)), ("percent5", &area(5.0))]), svg);
    let mut low = None;
    for (up_to, fill) in BANDS {
        let text = match low {
            None => format!("< {up_to}°"),
            Some(low) if up_to.is_finite() => format!("{low}° … {up_to}°"),
            Some(low) => format!("≥ {low}°"),
        };
        row(&format!("<rect x=\"2\" y=\"-6\" width=\"20\" height=\"12\" fill=\"{fill}\"/>"), &text, svg);
        low = Some(up_to);
    }
    row(
        "<rect x=\"2\" y=\"-6\" width=\"20\" height=\"12\" fill=\"none\" stroke=\"#3378c2\" stroke-width=\"1.6\"/>",
        &texts.get("zone-lewinnek"),
        svg,
    );
    let version = format!("{:.1}", picture.neck_anteversion_deg);
    for (key, dash) in [("zone-widmer", "8 4"), ("zone-combined", "2 4")] {
        let mark = format!("<path d=\"M 0 0 H 24\" stroke=\"#7a4fb0\" stroke-width=\"1.4\" stroke-dasharray=\"{dash}\"/>");
        row(&mark, &texts.with(key, &[("version", &version)]), svg);
    }
    if picture.bones {
        let share = picture.zone.couple_shares().into_iter().filter(|(couple, _)| *couple != Couple::ImplantImplant);
        let percent = format!("{:.0}", share.map(|(_, share)| share).sum::<f64>());
        let mark =
            "<rect x=\"2\" y=\"-6\" width=\"20\" height=\"12\" fill=\"url(#bone)\" stroke=\"#6b5a3a\" stroke-width=\"0.6\"/>";
        row(mark, &texts.with("zone-bone-first", &[("percent", &percent)]), svg);
    }
    row("", &texts.get("zone-binding"), svg);
    for (letter, id, share) in letters {
        let name = picture.activities.iter().find(|activity| activity.id == *id).map_or(*id, |a| name_in(&a.name, texts));
        let mark = format!("<text x=\"12\" y=\"5\" font-weight=\"bold\" text-anchor=\"middle\">{letter}</text>");
        row(&mark, &format!("{share:.0} % · {name}"), svg);
    }
}

/// Text as XML holds it: names come from files.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
