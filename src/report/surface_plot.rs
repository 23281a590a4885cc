//! What a hip can reach, as three planes through the set of its postures.

use super::{
    SurfacePlane,
    cells::Square,
    zone_plot::{BANDS, escaped},
};
use crate::{
    i18n::Texts,
    motion::{Couple, Posture, PostureBox, RomSurface},
};
use std::fmt::Write;

const LEFT: f64 = 52.0;
const TOP: f64 = 92.0;
const PANEL: f64 = 330.0;
const APART: f64 = 66.0;
const WIDTH: f64 = LEFT + 3.0 * (PANEL + APART);
const HEIGHT: f64 = TOP + PANEL + 206.0;
/// A posture lies on a plane when its angle is that of the plane within this, degrees.
const ON_PLANE_DEG: f64 = 1e-6;
/// Nodes of the picture for each of the surface, along either angle.
const FINER: f64 = 2.0;
/// Colours of what ends a motion.
const COUPLES: [(Couple, &str); 3] =
    [(Couple::ImplantImplant, "#1f5fa8"), (Couple::ImplantBone, "#b0532f"), (Couple::BoneBone, "#8a6416")];

/// What the picture shows besides the surface.
#[derive(Clone, Copy, Debug)]
pub struct SurfacePicture<'a> {
    /// The surface.
    pub surface: &'a RomSurface,
    /// The postures that were looked at.
    pub postures: &'a PostureBox,
    /// The planes' adduction, internal rotation and flexion, degrees: of flexion and rotation, flexion and adduction, rotation and adduction.
    pub at: [f64; 3],
    /// Where the passive motions end, exactly.
    pub passive: &'a [Posture],
    /// Where activities of the passive examination are to end.
    pub asked: &'a [Posture],
    /// The hip, in words.
    pub side: &'a str,
    /// True when bones were counted.
    pub bones: bool,
}

/// The three angles by the places that they have in a posture.
const NAMES: [&str; 3] = ["reach-flexion", "reach-adduction", "reach-rotation"];

/// One plane at its place on the picture.
struct Plane {
    plane: SurfacePlane,
    left: f64,
}

impl Plane {
    fn x(&self, along: f64) -> f64 {
        let [from, to] = self.plane.spans[0];
        self.left + PANEL * (along - from) / (to - from)
    }

    fn y(&self, across: f64) -> f64 {
        let [from, to] = self.plane.spans[1];
        TOP + PANEL * (to - across) / (to - from)
    }

    /// Where a posture lies on the picture, if it is on the plane and within it.
    fn place(&self, posture: &Posture) -> Option<(f64, f64)> {
        let [along, across, fixed] = self.plane.place(posture);
        let within = |value: f64, [from, to]: [f64; 2]| (from..=to).contains(&value);
        let on = (fixed - self.plane.fixed_deg).abs() < ON_PLANE_DEG
            && within(along, self.plane.spans[0])
            && within(across, self.plane.spans[1]);
        on.then(|| (self.x(along), self.y(across)))
    }
}

/// An SVG picture of what a hip can reach.
#[must_use]
pub fn surface_plot(picture: &SurfacePicture<'_>, texts: &Texts) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"100%\" role=\"img\" font-size=\"12\" \
         font-family=\"'Noto Sans CJK SC', 'Noto Sans SC', sans-serif\"><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    );
    let title = texts.with(if picture.bones { "reach-title" } else { "reach-title-implants" }, &[("side", picture.side)]);
    // Writing to a String cannot fail, hence the ignored results.
    write!(svg, "<text x=\"{LEFT}\" y=\"24\" font-size=\"16\">{}</text>", escaped(&title)).ok();
    write!(svg, "<text x=\"{LEFT}\" y=\"44\" fill=\"#56606b\">{}</text>", escaped(&texts.get("reach-frame"))).ok();
    for (number, angles) in SurfacePlane::ALL.into_iter().enumerate() {
        let plane = SurfacePlane::of(picture.surface, picture.postures, angles, picture.at[number], FINER);
        panel(&Plane { plane, left: LEFT + number as f64 * (PANEL + APART) }, picture, texts, &mut svg);
    }
    legend(picture, texts, &mut svg);
    svg.push_str("</svg>");
    svg
}

fn panel(plane: &Plane, picture: &SurfacePicture<'_>, texts: &Texts, svg: &mut String) {
    let drawn = &plane.plane;
    let [along, across, fixed] = drawn.angles.map(|angle| texts.get(NAMES[angle]));
    let degrees = format!("{}", drawn.fixed_deg);
    let named = texts.with("reach-plane", &[("along", &along), ("across", &across), ("fixed", &fixed), ("degrees", &degrees)]);
    write!(svg, "<text x=\"{}\" y=\"{}\" font-size=\"13\">{}</text>", plane.left, TOP - 14.0, escaped(&named)).ok();
    Square { left: plane.left, top: TOP, size: PANEL }.margins(&drawn.margins_deg, drawn.nodes, svg);
    scales(plane, [&along, &across], svg);
    let clip = format!("plane-{}{}", drawn.angles[0], drawn.angles[1]);
    let left = plane.left;
    write!(svg, "<clipPath id=\"{clip}\"><rect x=\"{left}\" y=\"{TOP}\" width=\"{PANEL}\" height=\"{PANEL}\"/></clipPath>").ok();
    write!(svg, "<g clip-path=\"url(#{clip})\">").ok();
    contour(plane, svg);
    svg.push_str("</g>");
    for (x, y) in picture.asked.iter().filter_map(|posture| plane.place(posture)) {
        write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"none\" stroke=\"#1c2733\" stroke-width=\"1.4\"/>").ok();
    }
    for (x, y) in picture.passive.iter().filter_map(|posture| plane.place(posture)) {
        write!(svg, "{}", diamond(x, y)).ok();
    }
}

fn diamond(x: f64, y: f64) -> String {
    format!("<path d=\"M {x:.1} {:.1} l 5 5 l -5 5 l -5 -5 z\" fill=\"#c0392b\" stroke=\"#ffffff\"/>", y - 5.0)
}

/// The limit, in the colour of what meets there.
fn contour(plane: &Plane, svg: &mut String) {
    for (couple, places) in &plane.plane.limit {
        let colour = COUPLES.iter().find(|(known, _)| Some(*known) == *couple).map_or("#1c2733", |(_, colour)| colour);
        let points: Vec<String> =
            places.iter().map(|[along, across]| format!("{:.1},{:.1}", plane.x(*along), plane.y(*across))).collect();
        write!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.6\"/>", points.join(" ")).ok();
    }
}

fn scales(plane: &Plane, names: [&str; 2], svg: &mut String) {
    let ticks = |[from, to]: [f64; 2]| ((from / 30.0).ceil() as i32..=(to / 30.0).floor() as i32).map(|at| f64::from(at * 30));
    let (left, bottom) = (plane.left, TOP + PANEL);
    for degrees in ticks(plane.plane.spans[0]) {
        let x = plane.x(degrees);
        write!(svg, "<path d=\"M {x:.1} {TOP} V {bottom}\" stroke=\"#56606b\" stroke-opacity=\"0.25\"/>").ok();
        write!(svg, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{degrees}°</text>", bottom + 16.0).ok();
    }
    for degrees in ticks(plane.plane.spans[1]) {
        let y = plane.y(degrees);
        write!(svg, "<path d=\"M {left} {y:.1} h {PANEL}\" stroke=\"#56606b\" stroke-opacity=\"0.25\"/>").ok();
        write!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{degrees}°</text>", left - 5.0, y + 4.0).ok();
    }
    write!(svg, "<rect x=\"{left}\" y=\"{TOP}\" width=\"{PANEL}\" height=\"{PANEL}\" fill=\"none\" stroke=\"#56606b\"/>").ok();
    let middle = left + PANEL / 2.0;
    write!(svg, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + 33.0, escaped(names[0])).ok();
    let (x, y) = (left - 40.0, TOP + PANEL / 2.0);
    let name = escaped(names[1]);
    write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" transform=\"rotate(-90 {x} {y})\">{name}</text>").ok();
}

fn legend(picture: &SurfacePicture<'_>, texts: &Texts, svg: &mut String) {
    let top = TOP + PANEL + 56.0;
    let mut row = |column: usize, line: usize, mark: &str, text: &str| {
        let (x, y) = (LEFT + column as f64 * (PANEL + APART), top + 19.0 * line as f64);
        write!(svg, "<g transform=\"translate({x} {y})\">{mark}<text x=\"30\" y=\"4\">{}</text></g>", escaped(text)).ok();
    };
    for (line, (couple, colour)) in COUPLES.into_iter().enumerate() {
        let mark = format!("<path d=\"M 0 0 H 24\" stroke=\"{colour}\" stroke-width=\"2.6\"/>");
        row(0, line, &mark, &texts.with("reach-contour", &[("couple", &texts.get(couple.key()))]));
    }
    row(0, 3, &diamond(12.0, 0.0), &texts.get("reach-passive"));
    let circle = "<circle cx=\"12\" r=\"4\" fill=\"none\" stroke=\"#1c2733\" stroke-width=\"1.4\"/>";
    row(0, 4, circle, &texts.get("reach-asked"));
    row(1, 0, "", &texts.get("reach-margin"));
    let mut low: Option<f64> = None;
    for (number, (up_to, fill)) in BANDS.into_iter().enumerate() {
        let text = match low {
            None => format!("< {up_to}°"),
            Some(low) if up_to.is_finite() => format!("{low}° … {up_to}°"),
            Some(low) => format!("≥ {low}°"),
        };
        let mark = format!("<rect x=\"2\" y=\"-6\" width=\"20\" height=\"12\" fill=\"{fill}\"/>");
        row(1 + number / 3, 1 + number % 3, &mark, &text);
        low = Some(up_to);
    }
    let counted = if picture.bones { "zone-bones" } else { "zone-no-bones" };
    for (line, key) in [counted, "activity-scope", "disclaimer"].into_iter().enumerate() {
        let y = top + 106.0 + 15.0 * line as f64;
        write!(svg, "<text x=\"{LEFT}\" y=\"{y}\" font-size=\"10\" fill=\"#56606b\">{}</text>", escaped(&texts.get(key))).ok();
    }
}
