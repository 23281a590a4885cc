//! The film with the templates over it, as one SVG in millimetres of the plane of the hip: printed at 100 % it is in true size.

use super::{
    Circle, FilmPlane, Template, TemplateError,
    plane::StemPlace,
    shades::shades,
    words::{calibration, figure_line, implants, limits, title},
};
use crate::{
    frames::Side,
    i18n::Texts,
    implants::geometry::{FrontalStem, frontal_stem},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use nalgebra::{Point2, Vector2};
use std::fmt::Write;

const CUP: &str = "#3fd0ff";
const STEM: &str = "#ffb52e";
const HEAD: &str = "#ff7d9c";
const BONE: &str = "#9dff8f";
/// Length of the scale bar, mm.
const BAR: f64 = 100.0;
/// Keys of the lengths that stand below the film.
const TOLD: [&str; 10] = [
    "leg-length-teardrop",
    "leg-length-ischial",
    "femoral-offset",
    "acetabular-offset",
    "global-offset-difference",
    "leg-length-change",
    "offset-change",
    "leg-length-after",
    "offset-after",
    "socket-diameter",
];

/// Draws the overlay. Nothing in it names the patient or the file; what is written into the film's own pixels stays there.
///
/// # Errors
/// When the film cannot be written as a picture.
pub fn overlay(template: &Template<'_>, texts: &Texts) -> Result<String, TemplateError> {
    let film = template.request.film;
    let plane = template.plane()?;
    let mm = plane.mm_per_pixel;
    let (width, height) = (film.columns as f64 * mm, film.rows as f64 * mm);
    let size = width / 62.0;
    let said = said(template, texts);
    let wrapped: Vec<String> = said.iter().flat_map(|text| wrap(text, (width - 2.0 * size) / size)).collect();
    let strip = (wrapped.len() as f64 + 1.5) * 1.35 * size;
    let total = height + strip;
    let (png, step) = shades(film).map_err(TemplateError::Overlay)?;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.2}mm\" height=\"{total:.2}mm\" viewBox=\"0 0 {width:.3} {total:.3}\" \
         font-family=\"sans-serif\"><rect width=\"100%\" height=\"100%\" fill=\"#10161c\"/>"
    );
    // The last square of a reduced picture may reach beyond the film.
    let drawn = [film.columns, film.rows].map(|count| (count.div_ceil(step) * step) as f64 * mm);
    // Writing to a String cannot fail, hence the ignored results.
    write!(
        svg,
        "<image x=\"0\" y=\"0\" width=\"{:.3}\" height=\"{:.3}\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,{}\"/>",
        drawn[0],
        drawn[1],
        STANDARD.encode(png)
    )
    .ok();
    // Pixels are counted from the middle of the first one, which lies half a pixel within the picture.
    write!(svg, "<g transform=\"translate({0:.4} {0:.4})\" fill=\"none\" stroke-width=\"{1:.3}\">", mm / 2.0, size / 9.0).ok();
    draw_pelvis(&mut svg, &plane, size);
    draw_cup(&mut svg, template, &plane);
    draw_stem(&mut svg, template, &plane);
    svg.push_str("</g>");
    draw_letters(&mut svg, template.request.mirrored, [width, height]);
    draw_bar(&mut svg, height, size, texts);
    for (number, text) in wrapped.iter().enumerate() {
        let y = height + (number as f64 + 1.6) * 1.35 * size;
        write!(svg, "<text x=\"{size:.2}\" y=\"{y:.2}\" font-size=\"{size:.2}\" fill=\"#e8eef2\">{}</text>", escaped(text)).ok();
    }
    svg.push_str("</svg>");
    Ok(svg)
}

/// What stands below the film.
fn said(template: &Template<'_>, texts: &Texts) -> Vec<String> {
    let mut said = vec![title(template, texts), calibration(template, texts)];
    let told = template.figures.iter().filter(|(figure, _)| TOLD.contains(&figure.key));
    let told: Vec<String> = told.map(|(figure, sd)| figure_line(figure, *sd, texts)).collect();
    said.extend(told.chunks(2).map(|pair| pair.join("  ·  ")));
    said.push(texts.with("template-click", &[("sd", &format!("{:.1}", template.request.click_sd_mm))]));
    said.extend(implants(template, texts));
    said.extend(limits(texts));
    said.push(texts.get("disclaimer"));
    said
}

fn draw_pelvis(svg: &mut String, plane: &FilmPlane<'_>, size: f64) {
    for (of, dashes) in [(true, ""), (false, " stroke-dasharray=\"4 3\"")] {
        let place = |side: Side| {
            let hip = plane.landmarks.of(side);
            if of { hip.teardrop } else { hip.ischium }
        };
        if let (Some(right), Some(left)) = (place(Side::Right), place(Side::Left)) {
            let (right, left) = (plane.mm(right), plane.mm(left));
            let beyond = (left - right) * 0.55;
            line(svg, &(right - beyond), &(left + beyond), &format!("stroke=\"{BONE}\"{dashes}"));
        }
    }
    for side in Side::BOTH {
        let hip = plane.landmarks.of(side);
        let points = [hip.teardrop, hip.ischium, hip.lesser_trochanter, hip.greater_trochanter];
        for place in points.into_iter().flatten() {
            cross(svg, &plane.mm(place), size / 3.0, BONE);
        }
        // From the lesser trochanter up to the line: what leg length is read from.
        if let (Some(place), Some(line_of)) = (hip.lesser_trochanter, plane.landmarks.right.teardrop) {
            let from = plane.mm(place);
            let foot = from - plane.superior * (from - plane.mm(line_of)).dot(&plane.superior);
            line(svg, &from, &foot, &format!("stroke=\"{BONE}\" stroke-dasharray=\"1.5 1.5\""));
        }
        if let Some(head) = plane.head(side) {
            circle(svg, &head, &format!("stroke=\"{BONE}\" stroke-dasharray=\"2 1.5\""));
        }
        if let Some(shaft) = plane.shaft(side) {
            let reach = |up: f64| shaft.point + shaft.up * up;
            let top = plane.head(side).map_or(40.0, |head| (Point2::from(head.centre) - shaft.point).dot(&shaft.up));
            line(svg, &reach(-60.0), &reach(top), &format!("stroke=\"{BONE}\" stroke-dasharray=\"6 2 1 2\""));
        }
    }
    for [one, other] in &plane.landmarks.of(plane.side).canal {
        line(svg, &plane.mm(*one), &plane.mm(*other), &format!("stroke=\"{BONE}\""));
    }
}

/// The half section of shell, liner and bearing, with the radiographic inclination and no anteversion.
fn draw_cup(svg: &mut String, template: &Template<'_>, plane: &FilmPlane<'_>) {
    let cup = template.choice.cup;
    let (sin, cos) = template.request.inclination_deg.to_radians().sin_cos();
    let lateral = plane.lateral(plane.side);
    let opening = lateral * sin - plane.superior * cos;
    // Along the opening's edge, down and medial to up and lateral.
    let edge = lateral * cos + plane.superior * sin;
    let centre = plane.mm(template.choice.cup_centre);
    let radius = [cup.outer_diameter_mm / 2.0, cup.outer_diameter_mm / 2.0 - cup.shell_thickness_mm, cup.head_diameter_mm / 2.0];
    // From end to end of the opening, around behind it.
    let arc = |radius: f64| -> Vec<Point2<f64>> {
        let at = |step: i32| {
            let (sin, cos) = (std::f64::consts::PI * f64::from(step) / 60.0).sin_cos();
            centre + (edge * cos - opening * sin) * radius
        };
        (0..=60).map(at).collect()
    };
    let rim = opening * cup.rim_height_mm;
    let mut around = vec![centre + edge * radius[0] + rim];
    around.extend(arc(radius[0]));
    around.push(centre - edge * radius[0] + rim);
    polyline(svg, &around, &format!("stroke=\"{CUP}\" fill=\"{CUP}\" fill-opacity=\"0.14\""), true);
    for radius in [radius[1], radius[2]] {
        polyline(svg, &arc(radius), &format!("stroke=\"{CUP}\" stroke-opacity=\"0.7\""), false);
    }
    cross(svg, &centre, 3.0, CUP);
}

fn draw_stem(svg: &mut String, template: &Template<'_>, plane: &FilmPlane<'_>) {
    let choice = &template.choice;
    let Some(place) = StemPlace::at(plane, choice.level_mm) else { return };
    let FrontalStem { body, neck, resection, .. } = frontal_stem(choice.stem);
    let points = |outline: &[[f64; 2]]| outline.iter().map(|&point| place.point(point)).collect::<Vec<_>>();
    polyline(svg, &points(&body), &format!("stroke=\"{STEM}\" fill=\"{STEM}\" fill-opacity=\"0.16\""), true);
    polyline(svg, &points(&neck), &format!("stroke=\"{STEM}\""), false);
    polyline(svg, &points(&resection), &format!("stroke=\"{STEM}\" stroke-dasharray=\"2 1.2\""), false);
    let head = place.head(choice.stem, choice.head);
    circle(svg, &Circle { centre: head.into(), radius: choice.head.diameter_mm / 2.0 }, &format!("stroke=\"{HEAD}\""));
    cross(svg, &head, 3.0, HEAD);
}

fn draw_letters(svg: &mut String, mirrored: bool, [width, height]: [f64; 2]) {
    let sides = if mirrored { [Side::Left, Side::Right] } else { [Side::Right, Side::Left] };
    let size = height / 14.0;
    for (side, x, anchor) in [(sides[0], 0.35 * size, "start"), (sides[1], width - 0.35 * size, "end")] {
        let style = format!("font-size=\"{size:.2}\" text-anchor=\"{anchor}\" font-weight=\"bold\"");
        on_ground(svg, [x, 1.1 * size], size, &style, &side.letter().to_string());
    }
}

/// White words with a dark edge, drawn one after the other: not every viewer knows `paint-order`.
fn on_ground(svg: &mut String, [x, y]: [f64; 2], size: f64, style: &str, words: &str) {
    let edge = format!("stroke=\"#10161c\" stroke-width=\"{:.2}\" fill=\"#10161c\"", size / 8.0);
    for paint in [edge.as_str(), "fill=\"#ffffff\""] {
        write!(svg, "<text x=\"{x:.2}\" y=\"{y:.2}\" {style} {paint}>{words}</text>").ok();
    }
}

fn draw_bar(svg: &mut String, height: f64, size: f64, texts: &Texts) {
    let (x, y) = (1.5 * size, height - 1.5 * size);
    let mut path = format!("M {x:.3} {y:.3} h {BAR}");
    for centimetre in 0..=10 {
        let tick = if centimetre % 5 == 0 { size } else { size / 2.0 };
        write!(path, " M {:.3} {y:.3} v {:.3}", x + 10.0 * f64::from(centimetre), -tick).ok();
    }
    let words = escaped(&texts.with("template-scale", &[("length", &format!("{BAR:.0}"))]));
    for (stroke, width) in [("#10161c", size / 2.5), ("#ffffff", size / 7.0)] {
        write!(svg, "<path d=\"{path}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width:.3}\"/>").ok();
    }
    on_ground(svg, [x, y - 1.5 * size], size, &format!("font-size=\"{size:.2}\""), &words);
}

fn line(svg: &mut String, from: &Point2<f64>, to: &Point2<f64>, style: &str) {
    write!(svg, "<path d=\"M {:.3} {:.3} L {:.3} {:.3}\" {style}/>", from.x, from.y, to.x, to.y).ok();
}

fn circle(svg: &mut String, Circle { centre: [x, y], radius }: &Circle, style: &str) {
    write!(svg, "<circle cx=\"{x:.3}\" cy=\"{y:.3}\" r=\"{radius:.3}\" {style}/>").ok();
}

fn cross(svg: &mut String, at: &Point2<f64>, half: f64, stroke: &str) {
    for arm in [Vector2::new(half, 0.0), Vector2::new(0.0, half)] {
        line(svg, &(at - arm), &(at + arm), &format!("stroke=\"{stroke}\""));
    }
}

fn polyline(svg: &mut String, points: &[Point2<f64>], style: &str, closed: bool) {
    let at: Vec<String> = points.iter().map(|p| format!("{:.3},{:.3}", p.x, p.y)).collect();
    let shape = if closed { "polygon" } else { "polyline" };
    write!(svg, "<{shape} points=\"{}\" {style}/>", at.join(" ")).ok();
}

/// Lines of at most `ems` letters' heights; Chinese signs are as wide as high, Latin ones about half.
fn wrap(text: &str, ems: f64) -> Vec<String> {
    let wide = |sign: char| if sign < '\u{2e80}' { 0.53 } else { 1.0 };
    let mut lines = vec![String::new()];
    let mut used = 0.0;
    // A place to break at is behind a blank or any Chinese sign.
    let mut piece = String::new();
    for sign in text.chars() {
        piece.push(sign);
        if sign != ' ' && wide(sign) < 1.0 {
            continue;
        }
        place(&mut lines, &mut used, &std::mem::take(&mut piece), ems, &wide);
    }
    place(&mut lines, &mut used, &piece, ems, &wide);
    lines
}

fn place(lines: &mut Vec<String>, used: &mut f64, piece: &str, ems: f64, wide: &dyn Fn(char) -> f64) {
    let width: f64 = piece.chars().map(wide).sum();
    if *used + width > ems && *used > 0.0 {
        lines.push(String::new());
        *used = 0.0;
    }
    if let Some(line) = lines.last_mut() {
        line.push_str(piece);
    }
    *used += width;
}

/// Text as XML holds it: ids come from a catalogue.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
