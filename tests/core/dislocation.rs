//! Dislocation: jump distance against its closed form and its published sensitivities, levering against plane geometry, balance of energy,
//! and what approaches and implants change.

use coxa::{
    accuracy::moved::jump::{HEADS_MM, OFFSETS_MM, WORKED, closed_mm, let_go_mm, over_the_rim_mm, plain_hip},
    anatomy::CupAngles,
    implants::{Bearing, Head, Liner, Lip, NeckOutline, Stem},
    motion::NeckAngles,
    risk::{
        dislocation::{HeadState, Rehearsal, RehearsalHip, Station, Strand, released_jump_mm},
        head_offset_mm, jump_distance_mm, jump_distance_of,
    },
};
use nalgebra::{Rotation3, Vector3};

fn cup(inclination_deg: f64, anteversion_deg: f64) -> CupAngles {
    CupAngles { inclination_deg, anteversion_deg }
}

/// The closed form at anatomic abduction and anteversion, as the paper states cups.
fn closed(diameter: f64, abduction: f64, anteversion: f64, offset: f64) -> f64 {
    closed_mm(diameter, abduction, anteversion, offset).unwrap()
}

#[test]
fn the_closed_form_gives_the_worked_values_and_the_published_sensitivities() {
    for [diameter, abduction, anteversion, offset, expected] in WORKED {
        let found = closed(diameter, abduction, anteversion, offset);
        assert!((found - expected).abs() < 1e-3, "{diameter} mm at {abduction}/{anteversion}, {offset} mm: {found}");
    }
    // Sariali 2009: −0.25 mm a degree of abduction, +0.05 a degree of anteversion, +0.4 a mm of head at 45°, −0.92 a mm of offset.
    assert!((closed(32.0, 46.0, 0.0, 0.0) - closed(32.0, 45.0, 0.0, 0.0) + 0.257).abs() < 0.005);
    assert!((closed(32.0, 45.0, 16.0, 0.0) - closed(32.0, 45.0, 15.0, 0.0) - 0.034).abs() < 0.005);
    assert!((closed(33.0, 45.0, 15.0, 0.0) - closed(32.0, 45.0, 15.0, 0.0) - 0.391).abs() < 0.005);
    assert!((closed(32.0, 45.0, 15.0, 0.5) - closed(32.0, 45.0, 15.0, -0.5) + 0.921).abs() < 0.01);
    assert_eq!(jump_distance_mm(32.0, &cup(95.0, 0.0), 0.0), Some(0.0), "a head without hold");
    assert_eq!(jump_distance_mm(32.0, &cup(45.0, 0.0), 17.0), None);
    assert_eq!(jump_distance_mm(32.0, &cup(f64::NAN, 0.0), 0.0), None);
}

/// A sharp liner whose rim stands so high above the head's centre.
fn liner(diameter: f64, rim_height_mm: f64, lip: Option<Lip>, captive: bool) -> Bearing {
    Bearing::of_liner(&Liner {
        id: "any".into(),
        family: "any".into(),
        seat_diameter_mm: diameter + 14.0,
        head_diameter_mm: diameter,
        rim_height_mm,
        lip,
        captive,
        ..Liner::default()
    })
}

fn neck(diameter: f64) -> NeckOutline {
    let stem = Stem { neck_diameter_mm: 12.0, neck_length_mm: 40.0, ..Stem::default() };
    NeckOutline::of(&Head { diameter_mm: diameter, ..Head::default() }, &stem)
}

fn hip(bearing: Bearing, cup: &CupAngles, load: Vector3<f64>) -> RehearsalHip {
    let neck_axis = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 }.right_hip_axis();
    let neck = neck(bearing.diameter_mm);
    RehearsalHip::bare(bearing, cup, neck, neck_axis, load)
}

/// The case that the formula describes: an axis in the coronal plane, a vertical load, out over the superolateral edge. By the liner's form and
/// by letting go, at the four heads and five offsets of the task.
#[test]
fn form_and_motion_give_the_closed_form_s_jump_distance() {
    let mut furthest: f64 = 0.0;
    for diameter in HEADS_MM {
        for offset in OFFSETS_MM {
            for inclination in [35.0, 45.0, 60.0] {
                let cup = cup(inclination, 0.0);
                let closed = jump_distance_mm(diameter, &cup, offset).unwrap();
                // The formula's liner is a sphere up to its edge; above the head's equator it would be narrower than the head, and is a cylinder.
                let bar = if offset < 0.0 { 0.2 } else { 0.01 };
                let hip = plain_hip(diameter, inclination, offset);
                assert!((head_offset_mm(&hip.bearing) - offset).abs() < 1e-12);
                let form = over_the_rim_mm(&hip).unwrap();
                let told = format!("{diameter} mm, {offset} mm, {inclination}°: closed {closed}");
                assert!((form - closed).abs() < bar, "{told}, form {form}");
                if inclination == 45.0 {
                    let let_go = let_go_mm(&hip).unwrap();
                    assert!((let_go - closed).abs() < bar + 0.1, "{told}, let go {let_go}");
                    furthest = furthest.max((let_go - closed).abs());
                }
            }
        }
    }
    eprintln!("let go: at most {furthest:.3} mm from the closed form");
}

#[test]
fn a_liner_that_holds_the_head_has_no_way_out() {
    let hip = hip(liner(32.0, 2.0, None, true), &cup(45.0, 0.0), Vector3::y() * 1500.0);
    assert_eq!(jump_distance_of(&hip.bearing, &hip.cup_turn, &Vector3::y_axis(), &Vector3::z()), None);
    assert_eq!(released_jump_mm(&hip, &Rotation3::identity(), &Vector3::z()), None);
}

/// With anteversion the head rolls on the edge that lies nearest to the load, not on the one in the coronal plane that the formula takes: the
/// jump distance follows from the anatomic abduction alone.
#[test]
fn with_anteversion_the_formula_is_a_little_more_than_the_nearest_edge_holds() {
    for anteversion in [5.0, 15.0] {
        let cup = CupAngles::given(coxa::anatomy::CupDefinition::Anatomic, 45.0, anteversion);
        let hip = hip(liner(32.0, 0.0, None, false), &cup, Vector3::y() * 1500.0);
        let form = |towards: &Vector3<f64>| jump_distance_of(&hip.bearing, &hip.cup_turn, &Vector3::y_axis(), towards).unwrap();
        let closed = closed(32.0, 45.0, anteversion, 0.0);
        let nearest = form(&Vector3::y());
        assert!((nearest - closed_of_abduction(45.0)).abs() < 0.01, "{nearest}");
        let coronal = form(&Vector3::z());
        eprintln!("anteversion {anteversion}: nearest edge {nearest:.3}, coronal edge {coronal:.3}, closed {closed:.3}");
        assert!(
            nearest <= coronal + 0.01 && (nearest - closed).abs() < 0.5 && (coronal - closed).abs() < 0.5 || anteversion > 20.0
        );
    }
}

fn closed_of_abduction(abduction: f64) -> f64 {
    closed(32.0, abduction, 0.0, 0.0)
}

#[test]
fn a_lip_adds_to_the_jump_distance_on_its_side_only() {
    let lip = Lip { angle_deg: 15.0, half_arc_deg: 60.0, slope_deg: 25.0 };
    let flat = cup(0.0, 0.0);
    let jump = |lip: Option<Lip>, towards: Vector3<f64>| {
        let hip = hip(liner(32.0, 0.0, lip, false), &flat, Vector3::y());
        // The cup looks down; its lip lies along the turned X axis.
        let towards = hip.cup_turn * towards;
        jump_distance_of(&hip.bearing, &hip.cup_turn, &Vector3::y_axis(), &towards).unwrap()
    };
    let neutral = jump(None, Vector3::x());
    assert!((neutral - 32.0 * (45.0_f64).to_radians().sin()).abs() < 0.01, "{neutral}");
    let lipped = jump(Some(lip), Vector3::x());
    // The edge stands higher by R sin 15°; the head's centre comes to stand one radius above it.
    let expected = 16.0_f64.hypot(16.0 * (1.0 + 15.0_f64.to_radians().sin()));
    assert!((lipped - expected).abs() < 0.05, "{lipped} instead of {expected}");
    assert!((jump(Some(lip), -Vector3::x()) - neutral).abs() < 0.05);
}

fn strand(origin: Vector3<f64>) -> Strand {
    let slack_mm = origin.norm() - 20.0;
    Strand { id: "side".into(), origin, insertion: Vector3::zeros(), over_head: false, slack_mm, stiffness: 50.0 }
}

/// Straight levering in a plane: the neck's flank on one end of the opening, the head on the other. The head's centre is at one radius from the
/// far edge, and its neck's axis passes the near edge at the neck's radius.
fn levered(radius: f64, neck: f64, lean: f64) -> [f64; 2] {
    // From the bearing's centre: (towards the near edge, out of the opening). The far edge is at (−R, 0), the near one at (R, 0).
    let (sin, cos) = lean.sin_cos();
    let at = |turn: f64| [-radius + radius * turn.cos(), radius * turn.sin()];
    let gap = |turn: f64| {
        let [x, y] = at(turn);
        // Distance of the near edge from the neck's axis through the head's centre.
        ((radius - x) * cos - (0.0 - y) * sin).abs() - neck
    };
    let (mut low, mut high) = (0.0, 1.5);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if gap(middle) < 0.0 { low = middle } else { high = middle }
    }
    at(high)
}

#[test]
fn levering_follows_plane_geometry_and_energy_is_balanced() {
    // A cup that looks straight down, and a neck that leans forward in the sagittal plane.
    let flat = cup(0.0, 0.0);
    let mut hip = RehearsalHip::bare(liner(32.0, 0.0, None, false), &flat, neck(32.0), -Vector3::y_axis(), Vector3::y() * 800.0);
    // A head on one edge and a neck on the other slip sideways; two strands keep them in the plane.
    hip.strands = [-300.0, 300.0].map(|z| strand(Vector3::z() * z)).into();
    // At 90° the neck lies flat on the edge and the head slips across to it.
    let path: Vec<Station> = (0..=880)
        .map(|step| f64::from(step) * 0.1)
        .map(|lean| Station { part: None, turn: Rotation3::from_axis_angle(&Vector3::z_axis(), lean.to_radians()) })
        .collect();
    let found = Rehearsal::of(&hip, &path);
    let contact = &found.steps[found.first_contact.unwrap()];
    let limit = (6.0_f64 / 16.0).acos().to_degrees();
    assert!((contact.turned_deg - limit).abs() < 0.2, "{} instead of {limit}", contact.turned_deg);
    // The neck leans towards +X here, where the rim's near edge is.
    let mut compared = 0;
    for step in found.steps.iter().filter(|step| step.turned_deg > limit + 1.0 && step.state != HeadState::Dislocated) {
        let [towards, out] = levered(16.0, 6.0, step.turned_deg.to_radians());
        let off = (step.head_mm[0] - towards).hypot(-step.head_mm[1] - out);
        assert!(off < 0.05, "at {}°: {:?}, geometry {towards}, {out}", step.turned_deg, step.head_mm);
        assert!(step.head_mm[2].abs() < 0.01, "{:?}", step.head_mm);
        compared += 1;
    }
    assert!(compared > 50, "{compared} steps");
    // What the motion puts in is what load, contact and strands store.
    let last = &found.steps[found.dislocation.map_or(found.steps.len() - 1, |at| at - 1)];
    assert!(last.stored_nmm > 100.0);
    assert!((last.work_nmm - last.stored_nmm).abs() < 0.01 * last.stored_nmm, "{} and {}", last.work_nmm, last.stored_nmm);
    assert!(found.steps.iter().filter(|step| step.state == HeadState::Seated).all(|step| step.translation_mm() < 0.05));
    assert_eq!(found, Rehearsal::of(&hip, &path), "the same twice");
}
