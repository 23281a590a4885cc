//! What a hip can reach, as three planes through the set of its postures.

use super::{
    cells::Square,
    zone_plot::{BANDS, escaped},
};
use crate::{
    i18n::Texts,
    motion::{Couple, Posture, PostureBox, RomSurface},
    risk::Field,
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

/// One plane: the angle along, the one across, and the one that is fixed with its degrees.
struct Plane<'a> {
    surface: &'a RomSurface,
    angles: [usize; 3],
    fixed_deg: f64,
    spans: [[f64; 2]; 2],
    left: f64,
}

impl Plane<'_> {
    fn posture(&self, along: f64, across: f64) -> Posture {
        let mut values = [0.0; 3];
        for (angle, value) in self.angles.into_iter().zip([along, across, self.fixed_deg]) {
            values[angle] = value;
        }
        Posture { flexion_deg: values[0], adduction_deg: values[1], internal_rotation_deg: values[2] }
    }

    fn x(&self, along: f64) -> f64 {
        self.left + PANEL * (along - self.spans[0][0]) / (self.spans[0][1] - self.spans[0][0])
    }

    fn y(&self, across: f64) -> f64 {
        TOP + PANEL * (self.spans[1][1] - across) / (self.spans[1][1] - self.spans[1][0])
    }

    /// Where a posture lies on the picture, if it is on the plane and within it.
    fn place(&self, posture: &Posture) -> Option<(f64, f64)> {
        let values = [posture.flexion_deg, posture.adduction_deg, posture.internal_rotation_deg];
        let [along, across, fixed] = self.angles.map(|angle| values[angle]);
        let within = |value: f64, [from, to]: [f64; 2]| (from..=to).contains(&value);
        let on = (fixed - self.fixed_deg).abs() < ON_PLANE_DEG && within(along, self.spans[0]) && within(across, self.spans[1]);
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
    let PostureBox { flexion_deg, adduction_deg, internal_rotation_deg } = *picture.postures;
    let spans = [flexion_deg, adduction_deg, internal_rotation_deg];
    for (number, angles) in [[0, 2, 1], [0, 1, 2], [2, 1, 0]].into_iter().enumerate() {
        let plane = Plane {
            surface: picture.surface,
            angles,
            fixed_deg: picture.at[number],
            spans: [spans[angles[0]], spans[angles[1]]],
            left: LEFT + number as f64 * (PANEL + APART),
        };
        panel(&plane, picture, texts, &mut svg);
    }
    legend(picture, texts, &mut svg);
    svg.push_str("</svg>");
    svg
}

fn panel(plane: &Plane<'_>, picture: &SurfacePicture<'_>, texts: &Texts, svg: &mut String) {
    let [along, across, fixed] = plane.angles.map(|angle| texts.get(NAMES[angle]));
    let degrees = format!("{}", plane.fixed_deg);
    let named = texts.with("reach-plane", &[("along", &along), ("across", &across), ("fixed", &fixed), ("degrees", &degrees)]);
    write!(svg, "<text x=\"{}\" y=\"{}\" font-size=\"13\">{}</text>", plane.left, TOP - 14.0, escaped(&named)).ok();
    let (values, nodes) = lattice(plane);
    Square { left: plane.left, top: TOP, size: PANEL }.margins(&values, nodes, svg);
    scales(plane, [&along, &across], svg);
    let clip = format!("plane-{}{}", plane.angles[0], plane.angles[1]);
    let left = plane.left;
    write!(svg, "<clipPath id=\"{clip}\"><rect x=\"{left}\" y=\"{TOP}\" width=\"{PANEL}\" height=\"{PANEL}\"/></clipPath>").ok();
    write!(svg, "<g clip-path=\"url(#{clip})\">").ok();
    contour(plane, &values, nodes[0], svg);
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

/// Values on a lattice twice as fine as the surface's, row by row from the least across.
fn lattice(plane: &Plane<'_>) -> (Vec<f64>, [usize; 2]) {
    let step = plane.surface.resolution_deg() / 2.0;
    let nodes = plane.spans.map(|[from, to]| ((to - from) / step + 1e-9).floor() as usize + 1);
    let value = |index: usize| {
        let at = |place: usize, [from, to]: [f64; 2]| (from + place as f64 * step).min(to);
        let posture = plane.posture(at(index % nodes[0], plane.spans[0]), at(index / nodes[0], plane.spans[1]));
        plane.surface.sample(&posture).unwrap_or(f64::NEG_INFINITY)
    };
    ((0..nodes[0] * nodes[1]).map(value).collect(), nodes)
}

/// The limit, in the colour of what meets there.
fn contour(plane: &Plane<'_>, values: &[f64], columns: usize, svg: &mut String) {
    let step = plane.surface.resolution_deg() / 2.0;
    for line in (Field { values, columns }).contours(0.0) {
        let places: Vec<(f64, f64, &str)> = line
            .iter()
            .map(|[column, row]| {
                let (along, across) = (plane.spans[0][0] + column * step, plane.spans[1][0] + row * step);
                let couple = plane.surface.couple_at(&plane.posture(along, across));
                let colour = COUPLES.iter().find(|(known, _)| Some(*known) == couple).map_or("#1c2733", |(_, colour)| colour);
                (plane.x(along), plane.y(across), colour)
            })
            .collect();
        let mut first = 0;
        while first + 1 < places.len() {
            let colour = places[first].2;
            let run = places[first..].iter().take_while(|place| place.2 == colour).count();
            // On to the first of the next colour, so that no gap is left.
            let last = (first + run).min(places.len() - 1);
            let points: Vec<String> = places[first..=last].iter().map(|(x, y, _)| format!("{x:.1},{y:.1}")).collect();
            write!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.6\"/>", points.join(" "))
                .ok();
            first = last;
        }
    }
}

fn scales(plane: &Plane<'_>, names: [&str; 2], svg: &mut String) {
    let ticks = |[from, to]: [f64; 2]| ((from / 30.0).ceil() as i32..=(to / 30.0).floor() as i32).map(|at| f64::from(at * 30));
    let (left, bottom) = (plane.left, TOP + PANEL);
    for degrees in ticks(plane.spans[0]) {
        let x = plane.x(degrees);
        write!(svg, "<path d=\"M {x:.1} {TOP} V {bottom}\" stroke=\"#56606b\" stroke-opacity=\"0.25\"/>").ok();
        write!(svg, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{degrees}°</text>", bottom + 16.0).ok();
    }
    for degrees in ticks(plane.spans[1]) {
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
