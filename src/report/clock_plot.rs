//! A measure all round a socket or a head as a clock face: 12 o'clock superior, 3 o'clock anterior.

use crate::anatomy::ClockCurve;
use std::{f64::consts::TAU, fmt::Write};

const SIZE: f64 = 320.0;
const MIDDLE: f64 = SIZE / 2.0;
/// Radius of the outermost ring; hours stand outside it.
const RING: f64 = 124.0;
/// Value at the outermost ring and between rings, in the quantity's unit.
const FULL: f64 = 120.0;
const RINGS: u32 = 4;

/// An SVG picture of the curve; with `limit` (e.g. 55° for alpha angles) a ring at that value.
#[must_use]
pub fn clock_plot(curve: &ClockCurve, limit: Option<f64>) -> String {
    let place = |hour: f64, value: f64| {
        let (sin, cos) = (hour / 12.0 * TAU).sin_cos();
        let radius = (value / FULL).clamp(0.0, 1.0) * RING;
        (MIDDLE + radius * sin, MIDDLE - radius * cos)
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIZE} {SIZE}\" width=\"100%\" role=\"img\" font-size=\"12\" \
         text-anchor=\"middle\">"
    );
    // Writing to a String cannot fail, hence the ignored results.
    for ring in 1..=RINGS {
        let value = FULL * f64::from(ring) / f64::from(RINGS);
        let radius = value / FULL * RING;
        write!(svg, "<circle cx=\"{MIDDLE}\" cy=\"{MIDDLE}\" r=\"{radius:.1}\" fill=\"none\" stroke=\"#d5dae0\"/>").ok();
        write!(
            svg,
            "<text x=\"{MIDDLE}\" y=\"{:.1}\" fill=\"#56606b\" font-size=\"9\">{value:.0}</text>",
            MIDDLE - radius + 10.0
        )
        .ok();
    }
    for hour in 1..=12 {
        let (x, y) = place(f64::from(hour), FULL);
        let (dx, dy) = ((x - MIDDLE) * 1.12, (y - MIDDLE) * 1.12);
        write!(svg, "<line x1=\"{MIDDLE}\" y1=\"{MIDDLE}\" x2=\"{x:.1}\" y2=\"{y:.1}\" stroke=\"#e8ebee\"/>").ok();
        write!(svg, "<text x=\"{:.1}\" y=\"{:.1}\">{hour}</text>", MIDDLE + dx, MIDDLE + dy + 4.0).ok();
    }
    if let Some(limit) = limit {
        let radius = (limit / FULL).clamp(0.0, 1.0) * RING;
        write!(svg, "<circle cx=\"{MIDDLE}\" cy=\"{MIDDLE}\" r=\"{radius:.1}\" fill=\"none\" stroke=\"#c0392b\" stroke-dasharray=\"4 3\"/>").ok();
    }
    svg.push_str("<polygon fill=\"#3378c2\" fill-opacity=\"0.15\" stroke=\"#3378c2\" stroke-width=\"2\" points=\"");
    for point in &curve.points {
        let (x, y) = place(point.hour, point.value);
        write!(svg, "{x:.1},{y:.1} ").ok();
    }
    svg.push_str("\"/></svg>");
    svg
}
