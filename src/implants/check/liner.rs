//! Liners.

use super::{positive, within};
use crate::implants::{Catalogue, Liner};

pub(super) fn check(liner: &Liner, catalogue: &Catalogue, problems: &mut Vec<String>) {
    let (id, rules) = (&liner.id, &catalogue.rules);
    let dimensions = [("seat_diameter_mm", liner.seat_diameter_mm), ("head_diameter_mm", liner.head_diameter_mm)];
    if !positive(id, &dimensions, problems) {
        return;
    }
    let polyethylene = liner.polyethylene_mm();
    if polyethylene < rules.minimum_polyethylene_mm - 1e-9 {
        problems.push(format!(
            "'{id}' has {polyethylene:.2} mm of polyethylene around a {} mm head, at least {} mm are needed",
            liner.head_diameter_mm, rules.minimum_polyethylene_mm
        ));
    }
    if !catalogue.all_heads().any(|head| (head.diameter_mm - liner.head_diameter_mm).abs() < 1e-6) {
        problems.push(format!("'{id}' takes a {} mm head, but no head of that diameter is listed", liner.head_diameter_mm));
    }
    let radius = liner.head_diameter_mm / 2.0;
    within(id, "lateral_mm", liner.lateral_mm, (0.0, 10.0), problems);
    within(id, "rim_height_mm", liner.rim_height_mm, (-radius / 2.0, radius / 2.0), problems);
    within(id, "chamfer_mm", liner.chamfer_mm, (0.0, polyethylene.max(0.0) / 2.0), problems);
    within(id, "edge_round_mm", liner.edge_round_mm, (0.0, polyethylene.max(0.0) / 2.0), problems);
    within(id, "face_deg", liner.face_deg, (0.0, 25.0), problems);
    if liner.edge_round_mm > 0.0 && liner.chamfer_mm > 0.0 {
        problems.push(format!("'{id}' has a chamfer and a rounded edge, its rim has one of them"));
    }
    if liner.edge_round_mm > 0.0 && (liner.lip.is_some() || liner.captive || liner.face_deg != 0.0) {
        problems
            .push(format!("'{id}' has a rounded edge, which only a liner that is the same all round and not captive may have"));
    }
    if liner.lip.is_some() && (liner.face_deg != 0.0 || liner.captive || liner.ball.is_some()) {
        problems.push(format!("'{id}' has a lip and is captive, turned or a ball as well, which is not known here"));
    }
    if let Some(lip) = &liner.lip {
        within(id, "lip.angle_deg", lip.angle_deg, (1.0, 30.0), problems);
        within(id, "lip.half_arc_deg", lip.half_arc_deg, (5.0, 120.0), problems);
        within(id, "lip.slope_deg", lip.slope_deg, (5.0, 180.0 - lip.half_arc_deg), problems);
    }
    if let Some(ball) = &liner.ball {
        within(id, "ball.diameter_mm", ball.diameter_mm, (liner.head_diameter_mm, liner.seat_diameter_mm), problems);
        within(id, "ball.rim_height_mm", ball.rim_height_mm, (-ball.diameter_mm / 8.0, ball.diameter_mm / 8.0), problems);
        within(id, "ball.chamfer_mm", ball.chamfer_mm, (0.0, 3.0), problems);
    }
}
