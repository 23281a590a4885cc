//! Stems of a right hip from the front: each size once, with all its necks.

use super::{Drawn, LINE, METAL, mm, points};
use crate::implants::{
    OffsetOption, Stem,
    geometry::{FrontalStem, frontal_stem},
};
use std::fmt::Write;

/// How the necks other than the standard one are drawn.
const fn dashes(option: OffsetOption) -> &'static str {
    match option {
        OffsetOption::Standard => "",
        OffsetOption::High => " stroke-dasharray=\"2 0.8\"",
        OffsetOption::CoxaVara => " stroke-dasharray=\"0.8 0.8\"",
    }
}

/// One drawing a size.
pub(super) fn stems(family: &[&Stem]) -> Vec<Drawn> {
    family.chunk_by(|a, b| a.size == b.size).map(size).collect()
}

fn size(necks: &[&Stem]) -> Drawn {
    // Of a neck that can be turned the one that looks straight medially, or the least turned.
    let turned = |stem: &Stem| {
        necks
            .iter()
            .filter(|other| other.offset_option == stem.offset_option)
            .map(|other| other.neck_version_deg.abs())
            .fold(f64::INFINITY, f64::min)
    };
    let shown: Vec<&Stem> = necks.iter().copied().filter(|stem| stem.neck_version_deg.abs() <= turned(stem)).collect();
    let first = shown[0];
    let (mut svg, mut over) = (String::new(), String::new());
    let mut all: Vec<[f64; 2]> = Vec::new();
    // Writing to a String cannot fail, hence the ignored results.
    for (number, stem) in shown.iter().enumerate() {
        // The body stays where it is: another neck has another origin on it.
        let lower = top(first) - top(stem);
        let FrontalStem { body, neck, collar, resection, head } = frontal_stem(stem);
        let moved = |line: &[[f64; 2]]| line.iter().map(|[x, y]| [*x, y + lower]).collect::<Vec<_>>();
        let (neck, resection, head) = (moved(&neck), moved(&resection), [head[0], head[1] + lower]);
        let dash = dashes(stem.offset_option);
        write!(svg, "<polyline points=\"{}\" {}{dash}/>", points(&neck), if number == 0 { METAL } else { LINE }).ok();
        if let Some(collar) = collar {
            let collar = moved(&collar);
            write!(svg, "<polygon points=\"{}\" {}{dash}/>", points(&collar), if number == 0 { METAL } else { LINE }).ok();
            all.extend(collar);
        }
        if number == 0 {
            write!(svg, "<polyline points=\"{}\" {LINE} stroke-dasharray=\"1.5 1\"/>", points(&resection)).ok();
            all.extend(&body);
            over = points(&body);
            all.extend(resection);
        }
        write!(svg, "<path d=\"M {0:.3} {1:.3} h 4 m -2 -2 v 4\" {LINE}/>", head[0] - 2.0, head[1]).ok();
        all.extend(neck);
        all.push([head[0] + 2.0, head[1] - 2.0]);
    }
    // The body hides where the necks begin in it; its axis lies over it.
    write!(svg, "<polygon points=\"{over}\" {METAL}/>").ok();
    write!(svg, "<path d=\"M 0 {:.3} V {:.3}\" {LINE} stroke-dasharray=\"4 1 1 1\"/>", top(first) - 12.0, first.tip_mm()).ok();
    let edge = |axis: usize, pick: fn(f64, f64) -> f64| all.iter().map(|p| p[axis]).fold(all[0][axis], pick);
    Drawn {
        svg,
        low: [edge(0, f64::min), edge(1, f64::min)],
        high: [edge(0, f64::max), edge(1, f64::max)],
        words: words(&shown, necks),
    }
}

fn words(shown: &[&Stem], necks: &[&Stem]) -> Vec<String> {
    let mut words: Vec<String> = shown
        .iter()
        .map(|stem| {
            let offset = stem.neck_length_mm * stem.neck_shaft_angle_deg.to_radians().sin();
            format!("{} · {}° · offset {offset:.1} mm", stem.id, mm(stem.neck_shaft_angle_deg))
        })
        .collect();
    let turns: Vec<f64> =
        necks.iter().filter(|stem| stem.offset_option == shown[0].offset_option).map(|stem| stem.neck_version_deg).collect();
    let ends = [f64::min as fn(f64, f64) -> f64, f64::max].map(|pick| turns.iter().copied().reduce(pick).unwrap_or_default());
    if ends[0] < ends[1] {
        let [first, last] = ends;
        words.push(format!("neck turned by {first:+}° to {last:+}°: ids end in -v{first:+} to -v{last:+}"));
    }
    if let Some(mantle) = Some(shown[0].mantle_mm).filter(|mm| *mm > 0.0) {
        words.push(format!("cement {} mm", mm(mantle)));
    }
    words
}

/// Distance of a stem's top below its origin, mm.
fn top(stem: &Stem) -> f64 {
    stem.sections.first().map_or(0.0, |section| section.distal_mm)
}
