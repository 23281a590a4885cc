//! A measure all round a socket or a head as a clock face: 12 o'clock superior, 3 o'clock anterior.

use crate::{DISCLAIMER, anatomy::ClockCurve};
use std::{f64::consts::TAU, fmt::Write};

const SIZE: f64 = 320.0;
const MIDDLE: f64 = SIZE / 2.0;
/// Room above for what is shown and whose side, below for what this is not.
const HEAD: f64 = 24.0;
const FOOT: f64 = 18.0;
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
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 -{HEAD} {SIZE} {}\" width=\"100%\" role=\"img\" font-size=\"12\" \
         text-anchor=\"middle\">",
        SIZE + HEAD + FOOT
    );
    let (name, unit) = (curve.quantity.key.replace('_', " "), curve.quantity.unit.symbol());
    let title = format!("{name}, {} ({unit}); 12 superior, 3 anterior", curve.side);
    // Writing to a String cannot fail, hence the ignored results.
    write!(svg, "<text x=\"{MIDDLE}\" y=\"-8\">{title}</text>").ok();
    write!(svg, "<text x=\"{MIDDLE}\" y=\"{:.0}\" fill=\"#56606b\" font-size=\"7\">{DISCLAIMER}</text>", SIZE + 10.0).ok();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        anatomy::{ClockPoint, Quantity, Unit},
        frames::Side,
    };
    use nalgebra::Point3;

    static ALPHA: Quantity = Quantity { key: "alpha_angle", unit: Unit::Degrees, definition: "", norm: None, citation: "" };

    #[test]
    fn a_plot_says_whose_side_it_is_and_what_it_is_not() {
        let point = |hour, value| ClockPoint { hour, value, position: Point3::origin() };
        let curve = ClockCurve { quantity: &ALPHA, side: Side::Left, points: vec![point(12.0, 60.0), point(3.0, 120.0)] };
        let svg = clock_plot(&curve, Some(55.0));
        assert!(svg.contains("alpha angle, left (deg)") && svg.contains(DISCLAIMER), "{svg}");
        // 60 of 120 lies half-way up, 120 at 3 o'clock on the outermost ring to the right.
        assert!(svg.contains("points=\"160.0,98.0 284.0,160.0 \""), "{svg}");
        assert!(svg.contains("stroke-dasharray") && !clock_plot(&curve, None).contains("stroke-dasharray"));
    }
}
