//! Cups and liners in half section with their dome, heads, augments.

use super::{Drawn, LINE, METAL, POLYETHYLENE, mm, points};
use crate::implants::{
    Augment, Cup, Fixation, Head, Liner,
    geometry::{CHORD_ERROR_MM, liner_section},
};
use std::fmt::Write;

/// Room between a half section and the view of the dome, mm.
const BESIDE: f64 = 4.0;

/// A half section, opening upwards, and beside it the dome as the bone sees it when there are screw holes.
pub(super) fn cup(cup: &Cup) -> Drawn {
    let (outer, bearing, rim) = (cup.outer_diameter_mm / 2.0, cup.head_diameter_mm / 2.0, -cup.rim_height_mm);
    let shell = outer - cup.shell_thickness_mm;
    let ring = |from: f64, to: f64| {
        format!("M {:.3} 0 A {from:.3} {from:.3} 0 0 0 {from:.3} 0 H {to:.3} A {to:.3} {to:.3} 0 0 1 {:.3} 0 Z", -from, -to)
    };
    let mut svg = String::new();
    // Writing to a String cannot fail, hence the ignored results.
    if cup.mantle_mm > 0.0 {
        let reamed = outer + cup.mantle_mm;
        write!(
            svg,
            "<path d=\"M {:.3} 0 A {reamed:.3} {reamed:.3} 0 0 0 {reamed:.3} 0\" {LINE} stroke-dasharray=\"1.5 1\"/>",
            -reamed
        )
        .ok();
    }
    if cup.fixation == Fixation::PressFit {
        write!(svg, "<path d=\"{}\" {METAL}/>", ring(outer, shell)).ok();
    }
    write!(svg, "<path d=\"{}\" {POLYETHYLENE}/>", ring(shell, bearing)).ok();
    if cup.rim_height_mm != 0.0 {
        write!(
            svg,
            "<path d=\"M {:.3} 0 V {rim:.3} H {:.3} V 0 M {bearing:.3} 0 V {rim:.3} H {outer:.3} V 0\" {LINE}/>",
            -outer, -bearing
        )
        .ok();
    }
    let mut right = outer + cup.mantle_mm;
    if !cup.screw_holes.is_empty() {
        let middle = right + BESIDE + outer;
        write!(svg, "<path d=\"M {:.3} {outer:.3} a {outer:.3} {outer:.3} 0 1 0 {:.3} 0 a {outer:.3} {outer:.3} 0 1 0 {:.3} 0\" {METAL}/>", middle - outer, 2.0 * outer, -2.0 * outer).ok();
        for hole in &cup.screw_holes {
            // Azimuth 0 is drawn upwards; a hole is seen narrower the nearer it is to the rim.
            let direction = hole.direction();
            let (x, y) = (middle + outer * direction.y, outer - outer * direction.x);
            let half = hole.diameter_mm / 2.0;
            let turn = direction.y.atan2(direction.x).to_degrees();
            write!(
                svg,
                "<ellipse cx=\"{x:.3}\" cy=\"{y:.3}\" rx=\"{half:.3}\" ry=\"{:.3}\" transform=\"rotate({turn:.1} {x:.3} {y:.3})\" fill=\"#ffffff\" stroke=\"#1c2733\" stroke-width=\"0.35\"/>",
                half * -direction.z
            )
            .ok();
        }
        right = middle + outer;
    }
    let inside = if cup.dual_mobility { format!("ball {} mm, ", mm(2.0 * shell)) } else { String::new() };
    let held = match cup.fixation {
        Fixation::PressFit => {
            format!("{inside}shell {} mm, polyethylene {} mm", mm(cup.shell_thickness_mm), mm(cup.polyethylene_mm()))
        }
        Fixation::Cemented => format!("polyethylene {} mm, cement {} mm", mm(cup.polyethylene_mm()), mm(cup.mantle_mm)),
    };
    let words = vec![format!("{} · Ø {} mm · head {} mm", cup.id, cup.outer_diameter_mm, cup.head_diameter_mm), held];
    let left = outer + cup.mantle_mm;
    let low = if cup.screw_holes.is_empty() { rim.min(0.0) } else { 0.0_f64.min(rim) };
    Drawn { svg, low: [-left, low], high: [right, left.max(if cup.screw_holes.is_empty() { 0.0 } else { 2.0 * outer })], words }
}

/// A half section through the middle of the lip, which is on the right.
pub(super) fn liner(liner: &Liner) -> Drawn {
    let outline: Vec<[f64; 2]> = liner_section(liner, CHORD_ERROR_MM).into_iter().map(|[x, z]| [x, -z]).collect();
    let svg = format!("<polygon points=\"{}\" {POLYETHYLENE}/><path d=\"M -2 0 H 2 M 0 -2 V 2\" {LINE}/>", points(&outline));
    let edge = |axis: usize, pick: fn(f64, f64) -> f64, start: f64| outline.iter().map(|p| p[axis]).fold(start, pick);
    let ball = liner.ball.map_or_else(String::new, |ball| format!("ball {} mm, ", mm(ball.diameter_mm)));
    let words = vec![
        liner.id.clone(),
        format!(
            "shell {} mm, {ball}head {} mm, {} mm thick",
            mm(liner.seat_diameter_mm),
            liner.head_diameter_mm,
            mm(liner.polyethylene_mm())
        ),
    ];
    Drawn {
        svg,
        low: [edge(0, f64::min, 0.0), edge(1, f64::min, 0.0)],
        high: [edge(0, f64::max, 0.0), edge(1, f64::max, 0.0)],
        words,
    }
}

pub(super) fn head(head: &Head) -> Drawn {
    let radius = head.diameter_mm / 2.0;
    let mut svg = format!("<circle r=\"{radius:.3}\" {METAL}/>");
    if let Some(skirt) = head.skirt {
        let half = skirt.diameter_mm / 2.0;
        let leaves = (radius * radius - half * half).max(0.0).sqrt();
        write!(svg, "<path d=\"M {:.3} {leaves:.3} V {1:.3} H {half:.3} V {leaves:.3}\" {METAL}/>", -half, skirt.end_mm).ok();
    }
    write!(svg, "<path d=\"M -2 0 H 2 M 0 -2 V 2\" {LINE}/><path d=\"M -6 {0:.3} H 6\" {LINE}/>", head.offset_mm).ok();
    let skirt = head.skirt.map_or_else(String::new, |skirt| format!(", skirt Ø {} mm", skirt.diameter_mm));
    let words = vec![head.id.clone(), format!("Ø {} mm, offset {:+} mm{skirt}", head.diameter_mm, head.offset_mm)];
    let low_end = head.skirt.map_or(radius, |skirt| radius.max(skirt.end_mm));
    Drawn { svg, low: [-radius; 2], high: [radius, low_end], words }
}

/// The section through its middle, beside the cup that it fits.
pub(super) fn augment(augment: &Augment) -> Drawn {
    let inside = augment.cup_diameter_mm / 2.0;
    let outside = inside + augment.thickness_mm;
    let (low, high) = (augment.latitudes_deg.0.to_radians(), augment.latitudes_deg.1.to_radians());
    let at = |radius: f64, latitude: f64| format!("{:.3} {:.3}", radius * latitude.cos(), -radius * latitude.sin());
    let svg = format!(
        "<path d=\"M {} A {outside:.3} {outside:.3} 0 0 0 {} L {} A {inside:.3} {inside:.3} 0 0 1 {} Z\" {METAL}/>\
         <path d=\"M {:.3} 0 A {inside:.3} {inside:.3} 0 0 0 {inside:.3} 0\" {LINE} stroke-dasharray=\"1.5 1\"/>",
        at(outside, low),
        at(outside, high),
        at(inside, high),
        at(inside, low),
        -inside
    );
    let words = vec![
        augment.id.clone(),
        format!("cup Ø {} mm, {} mm thick, arc {}°", augment.cup_diameter_mm, augment.thickness_mm, augment.arc_deg),
    ];
    Drawn { svg, low: [-inside, 0.0], high: [outside, outside], words }
}
