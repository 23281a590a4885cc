//! Jump distance: worked values of the closed form, and heads that are let go.

use crate::{
    accuracy::errors::Gathered,
    anatomy::{CupAngles, CupDefinition},
    implants::{Bearing, Head, Liner, NeckOutline, Stem},
    motion::NeckAngles,
    risk::{
        dislocation::{RehearsalHip, released_jump_mm},
        jump_distance_mm, jump_distance_of,
    },
};
use nalgebra::{Rotation3, Vector3};

/// Heads and offsets that are let go, mm.
pub const HEADS_MM: [f64; 4] = [28.0, 32.0, 36.0, 40.0];
/// How far the head's centre lies outside the opening, mm.
pub const OFFSETS_MM: [f64; 5] = [-2.0, -1.0, 0.0, 1.0, 2.0];
/// How far physics may be off, mm.
pub const LIMIT_MM: f64 = 0.5;
/// Head, anatomic abduction and anteversion of the cup, offset, and the jump distance (Sariali 2009 by its formula), mm and degrees.
pub const WORKED: [[f64; 5]; 14] = [
    [28.0, 45.0, 0.0, 0.0, 10.715],
    [28.0, 45.0, 15.0, 0.0, 10.939],
    [28.0, 60.0, 15.0, 0.0, 7.451],
    [32.0, 45.0, 0.0, 0.0, 12.246],
    [32.0, 45.0, 15.0, 0.0, 12.502],
    [32.0, 60.0, 15.0, 0.0, 8.516],
    [32.0, 30.0, 15.0, 0.0, 16.206],
    [32.0, 45.0, 15.0, 2.0, 10.632],
    [32.0, 45.0, 15.0, -2.0, 14.322],
    [36.0, 45.0, 0.0, 0.0, 13.777],
    [36.0, 45.0, 15.0, 0.0, 14.064],
    [36.0, 60.0, 15.0, 0.0, 9.580],
    [40.0, 45.0, 0.0, 0.0, 15.307],
    [48.0, 45.0, 0.0, 0.0, 18.369],
];

/// A way of letting a head go upwards over the lateral edge, with its name: how far its centre comes, mm.
pub type Released<'a> = (&'static str, &'a dyn Fn(&RehearsalHip) -> Option<f64>);

/// The closed form at anatomic abduction and anteversion, as the paper states cups, mm.
#[must_use]
pub fn closed_mm(diameter_mm: f64, abduction_deg: f64, anteversion_deg: f64, offset_mm: f64) -> Option<f64> {
    jump_distance_mm(diameter_mm, &CupAngles::given(CupDefinition::Anatomic, abduction_deg, anteversion_deg), offset_mm)
}

/// The hip that the formula describes: a sharp liner, an axis in the coronal plane, a vertical load.
#[must_use]
pub fn plain_hip(diameter_mm: f64, inclination_deg: f64, offset_mm: f64) -> RehearsalHip {
    let bearing = Bearing::of_liner(&Liner {
        id: "any".into(),
        family: "any".into(),
        seat_diameter_mm: diameter_mm + 14.0,
        head_diameter_mm: diameter_mm,
        rim_height_mm: -offset_mm,
        ..Liner::default()
    });
    let stem = Stem { neck_diameter_mm: 12.0, neck_length_mm: 40.0, ..Stem::default() };
    let neck = NeckOutline::of(&Head { diameter_mm, ..Head::default() }, &stem);
    let neck_axis = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 }.right_hip_axis();
    let cup = CupAngles { inclination_deg, anteversion_deg: 0.0 };
    RehearsalHip::bare(bearing, &cup, neck, neck_axis, Vector3::y() * 1500.0)
}

/// Jump distance over the liner's own rim, mm.
#[must_use]
pub fn over_the_rim_mm(hip: &RehearsalHip) -> Option<f64> {
    jump_distance_of(&hip.bearing, &hip.cup_turn, &Vector3::y_axis(), &Vector3::z())
}

/// How far the head comes that is let go by the balance of forces, mm.
#[must_use]
pub fn let_go_mm(hip: &RehearsalHip) -> Option<f64> {
    released_jump_mm(hip, &Rotation3::identity(), &Vector3::z())
}

pub(super) fn hold(released: &[Released<'_>], gathered: &mut Gathered) {
    const SET: &str = "jump distance";
    let off = |found: Option<f64>, expected: f64| found.map_or(f64::INFINITY, |found| found - expected);
    for [diameter, abduction, anteversion, offset, expected] in WORKED {
        gathered.case = format!("{diameter} mm, {abduction}/{anteversion}, {offset:+} mm");
        let error = off(closed_mm(diameter, abduction, anteversion, offset), expected);
        gathered.add(SET, "closed form, worked values", "mm", error, 1e-3, 0.0);
    }
    for (diameter, offset) in HEADS_MM.into_iter().flat_map(|head| OFFSETS_MM.map(|offset| (head, offset))) {
        gathered.case = format!("{diameter} mm, {offset:+} mm");
        let hip = plain_hip(diameter, 45.0, offset);
        let cup = CupAngles { inclination_deg: 45.0, anteversion_deg: 0.0 };
        let closed = jump_distance_mm(diameter, &cup, offset).unwrap_or(f64::NAN);
        let ways: [Released<'_>; 2] = [("over the liner's own rim", &over_the_rim_mm), ("let go, balance of forces", &let_go_mm)];
        for (name, found) in ways.iter().chain(released) {
            gathered.add(SET, name, "mm", off(found(&hip), closed), LIMIT_MM, 0.0);
        }
    }
}
