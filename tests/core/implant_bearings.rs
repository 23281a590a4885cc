//! Neck against rim in exact form: chamfers, rounded edges, tapered necks, skirts, lips, turned faces and mobile balls against closed forms
//! and against points that are moved until they touch.

use coxa::implants::{Bearing, Catalogue, Cup, Head, Liner, Lip, NeckOutline, Skirt, Stem};
use nalgebra::{Unit, Vector3};

fn plain(head_mm: f64) -> Liner {
    Liner { id: "liner".into(), seat_diameter_mm: head_mm + 14.0, head_diameter_mm: head_mm, ..Liner::default() }
}

fn shell() -> Cup {
    Cup { id: "cup".into(), outer_diameter_mm: 58.0, head_diameter_mm: 36.0, shell_thickness_mm: 4.0, ..Cup::default() }
}

fn neck(head: &Head, profile: &[(f64, f64)]) -> NeckOutline {
    let diameter = profile.first().map_or(12.0, |(_, diameter)| *diameter);
    let stem = Stem { neck_length_mm: 50.0, neck_diameter_mm: diameter, neck_profile: profile.into(), ..Stem::default() };
    NeckOutline::of(head, &stem)
}

fn head(diameter_mm: f64, offset_mm: f64) -> Head {
    Head { diameter_mm, offset_mm, ..Head::default() }
}

/// The lean at which a neck's outline, sampled every 0.002 mm, comes into a plain hemispherical liner with a flat face at the bearing's
/// centre: below the face and outside the sphere. Degrees, by bisection.
fn touches(neck: &NeckOutline, corners: &[f64], radius: f64) -> f64 {
    let mut along: Vec<f64> = (0..20_000).map(|i| f64::from(i) * 0.002).collect();
    // Just before and at a step of the outline.
    along.extend(corners.iter().flat_map(|at| [at - 1e-9, *at]));
    let points: Vec<(f64, f64)> = along.iter().map(|s| (*s, neck.radius_at(*s))).collect();
    let within = |lean: f64| {
        points.iter().any(|(s, r)| {
            let (angle, length) = (r.atan2(*s) + lean, r.hypot(*s));
            length >= radius && length * angle.cos() <= 0.0
        })
    };
    let (mut low, mut high) = (0.0_f64, std::f64::consts::FRAC_PI_2);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if within(middle) { high = middle } else { low = middle }
    }
    low.to_degrees()
}

#[test]
fn a_tapered_neck_counts_where_it_meets_the_rim() {
    // A cone from 12 mm at the head's centre to 20 mm 40 mm further on: its side leans by atan(0.1).
    for (radius, offset_mm) in [(14.0, 0.0), (16.0, 3.5), (18.0, -3.5), (20.0, 7.0)] {
        let cone = neck(&head(2.0 * radius, offset_mm), &[(0.0, 12.0), (40.0, 20.0)]);
        let k = 0.1_f64;
        let start: f64 = 6.0 - k * offset_mm;
        let psi = k.atan() + (start / (radius * (1.0 + k * k).sqrt())).asin();
        let found = Bearing::of_liner(&plain(2.0 * radius)).oscillation_angle_deg(&cone);
        assert!((found - 2.0 * (90.0 - psi.to_degrees())).abs() < 1e-9, "{radius} {offset_mm}: {found}");
        assert!((found / 2.0 - touches(&cone, &[], radius)).abs() < 0.01, "{found}");
        let cylinder = Bearing::of_liner(&plain(2.0 * radius)).oscillation_angle_deg(&neck(&head(2.0 * radius, 0.0), &[]));
        assert!(found < cylinder, "a cone leaves less");
    }
}

#[test]
fn a_skirt_takes_the_motion_that_its_diameter_says_and_none_when_it_ends_early() {
    let skirted = |end_mm: f64| Head { skirt: Some(Skirt { diameter_mm: 16.0, end_mm }), ..head(28.0, 0.0) };
    let bearing = Bearing::of_liner(&plain(28.0));
    let angle = |end_mm: f64| bearing.oscillation_angle_deg(&neck(&skirted(end_mm), &[]));
    // 2·acos(16/28) where the skirt reaches the rim.
    assert!((angle(18.5) - 2.0 * (16.0_f64 / 28.0).acos().to_degrees()).abs() < 1e-9, "{}", angle(18.5));
    // The skirt passes the rim's sphere at √(14² − 8²) = 11.489 mm: one that ends before leaves the neck alone.
    let bare = 2.0 * (12.0_f64 / 28.0).acos().to_degrees();
    assert!((angle(10.0) - bare).abs() < 1e-9, "{}", angle(10.0));
    // In between its end lies within: 12.2 mm from the centre the end's edge is 14.589 mm away, at 33.254° from the neck.
    for end in [11.6, 12.0, 12.2] {
        let outline = neck(&skirted(end), &[]);
        assert!((angle(end) / 2.0 - touches(&outline, &[end], 14.0)).abs() < 0.01, "{end}: {}", angle(end));
    }
    // The skirted heads of the library move less than the bare ones on the same neck.
    let catalogue = Catalogue::shipped().unwrap();
    let (cup, stem) = (catalogue.cup("cup-hemi-44").unwrap(), catalogue.stem("stem-taper-5-std").unwrap());
    let of = |id: &str| Bearing::of(cup, None).oscillation_angle_deg(&NeckOutline::of(catalogue.head(id).unwrap(), stem));
    assert!(of("head-skirted-28+10.5") < of("head-28+7") - 15.0, "{} {}", of("head-skirted-28+10.5"), of("head-28+7"));
}

#[test]
fn a_rounded_edge_is_a_torus() {
    for (round, radius) in [(1.0, 16.0), (2.0, 18.0)] {
        let liner = Liner { edge_round_mm: round, ..plain(2.0 * radius) };
        let bearing = Bearing::of_liner(&liner);
        let [(middle, height), _] = bearing.edges(0.0);
        // The tube touches the bearing's sphere from outside and the face from below.
        assert!((middle.hypot(height) - radius - round).abs() < 1e-12 && (height + round).abs() < 1e-12);
        let expected = middle.atan2(height) - ((6.0 + round) / (radius + round)).asin();
        let found = bearing.oscillation_angle_deg(&neck(&head(2.0 * radius, 0.0), &[]));
        assert!((found - 2.0 * expected.to_degrees()).abs() < 1e-9, "{found}");
        // Points on the tube and the neck as a cylinder: the first to touch.
        let lean = |angle: f64| {
            let (sin, cos) = angle.sin_cos();
            (0..20_000).map(|i| f64::from(i) * std::f64::consts::TAU / 20_000.0).all(|t| {
                let (x, z) = (middle + round * t.cos(), height + round * t.sin());
                let (along, aside) = (x * sin + z * cos, x * cos - z * sin);
                along < 0.0 || aside.abs() > 6.0
            })
        };
        assert!(lean(expected - 1e-5) && !lean(expected + 1e-5));
        let sharp = Bearing::of_liner(&plain(2.0 * radius)).oscillation_angle_deg(&neck(&head(2.0 * radius, 0.0), &[]));
        assert!(found > sharp, "a rounded edge gives room");
    }
}

#[test]
fn a_lip_takes_its_own_angle_on_its_side_alone() {
    for (angle_deg, radius) in [(10.0, 16.0), (20.0, 18.0)] {
        let lip = Lip { angle_deg, half_arc_deg: 35.0, slope_deg: 45.0 };
        let bearing = Bearing::of_liner(&Liner { lip: Some(lip), ..plain(2.0 * radius) });
        let outline = neck(&head(2.0 * radius, 0.0), &[]);
        let free = 90.0 - (6.0_f64 / radius).asin().to_degrees();
        let towards = |azimuth: f64| bearing.lean_limit_deg(&outline, azimuth);
        assert!((towards(0.0) - (free - angle_deg)).abs() < 1e-6, "{}", towards(0.0));
        assert!((towards(180.0) - free).abs() < 1e-3, "{}", towards(180.0));
        // The same to both sides, and less the nearer to the lip.
        let row: Vec<f64> = (0..=12).map(|step| towards(15.0 * f64::from(step))).collect();
        assert!(row.windows(2).all(|pair| pair[1] > pair[0] - 1e-6) && (towards(-60.0) - towards(60.0)).abs() < 1e-6, "{row:?}");
        assert!((bearing.oscillation_angle_deg(&outline) - 2.0 * (free - angle_deg)).abs() < 1e-6);
        // Every point of the rim is on the bearing's sphere, as high as the lip says.
        for point in bearing.rim(360) {
            let azimuth = point.position.y.atan2(point.position.x);
            assert!((point.position.coords.norm() - radius).abs() < 1e-12);
            let latitude = (point.position.z / radius).asin().to_degrees();
            assert!((latitude - angle_deg * lip.part(azimuth)).abs() < 1e-9);
        }
    }
}

#[test]
fn the_clearance_of_a_direction_is_the_formula() {
    let bearing = Bearing::of_liner(&Liner { chamfer_mm: 1.0, ..plain(32.0) });
    let (rim, outline) = (bearing.rim(720), neck(&head(32.0, 0.0), &[]));
    let clearance = |direction: &Vector3<f64>| bearing.clearance_mm(&rim, &outline, &Unit::new_normalize(*direction));
    // Straight out the inner edge is nearest: its radius less the neck's. It lies below the centre, so the chamfer's end counts.
    let inner = (16.0_f64.powi(2) - 1.0).sqrt();
    assert!(clearance(&Vector3::z()) >= inner - 6.0);
    let lean = 0.9_f64;
    let direction = Vector3::new(lean.sin(), 0.0, lean.cos());
    let by_hand = [(inner, -1.0), (inner + 1.0, 0.0)]
        .map(|(radius, height): (f64, f64)| {
            let p = Vector3::new(radius, 0.0, height);
            (p.dot(&direction), p.norm() * p.angle(&direction).sin() - 6.0)
        })
        .into_iter()
        .filter(|(along, _)| *along > 0.0)
        .fold(f64::INFINITY, |least, (_, mm)| least.min(mm));
    assert!((clearance(&direction) - by_hand).abs() < 1e-9, "{} {by_hand}", clearance(&direction));
}

#[test]
fn a_turned_face_is_the_neutral_rim_turned() {
    let neutral = Liner { chamfer_mm: 1.0, ..plain(36.0) };
    let turned = Bearing::of_liner(&Liner { face_deg: 10.0, ..neutral.clone() });
    let (neutral, outline) = (Bearing::of_liner(&neutral), neck(&head(36.0, 0.0), &[]));
    assert!((turned.axis().angle(&Vector3::z_axis()).to_degrees() - 10.0).abs() < 1e-9 && turned.axis().x < 0.0);
    assert_eq!(turned.oscillation_angle_deg(&outline), neutral.oscillation_angle_deg(&outline));
    // Its highest point is at +X, and every point as far from its own axis as the neutral rim's from Z.
    let rim = turned.rim(360);
    let highest = rim.iter().max_by(|a, b| a.position.z.total_cmp(&b.position.z)).unwrap();
    assert!(highest.position.x > 17.0 && highest.position.y.abs() < 1e-9 && highest.position.z > 3.0);
    for (point, other) in rim.iter().zip(neutral.rim(360)) {
        let from = |p: &nalgebra::Point3<f64>, axis: &Vector3<f64>| p.coords.cross(axis).norm();
        assert!((from(&point.position, &turned.axis()) - from(&other.position, &Vector3::z())).abs() < 1e-9);
    }
}

#[test]
fn a_mobile_ball_moves_as_far_as_a_head_of_its_size_would() {
    let catalogue = Catalogue::shipped().unwrap();
    let stem = catalogue.stem("stem-taper-5-std").unwrap();
    let outline = NeckOutline::of(catalogue.head("head-28+0").unwrap(), stem);
    let angle = |cup: &str, liner: &str| {
        Bearing::of(catalogue.cup(cup).unwrap(), Some(catalogue.liner(liner).unwrap())).oscillation_angle_deg(&outline)
    };
    // A ball of 46 in a shell whose rim has a chamfer of 0.5: as a plain cup for heads of 46.
    let ball = angle("cup-dual-mobility-52", "ball-dual-mobility-46-28");
    let fixed = Cup { head_diameter_mm: 46.0, chamfer_mm: 0.5, shell_thickness_mm: 3.0, outer_diameter_mm: 60.0, ..shell() };
    assert!((ball - Bearing::of(&fixed, None).oscillation_angle_deg(&outline)).abs() < 1e-9);
    assert!(ball > 2.0 * (12.0_f64 / 46.0).acos().to_degrees());
    // More than with the same head in a liner, less in the modular one, whose ball is smaller and whose rim stands higher.
    let neutral = angle("cup-hemi-52", "liner-neutral-46-28");
    let modular = angle("cup-hemi-52", "ball-modular-46-28");
    assert!(ball > modular && modular > neutral, "{ball} {modular} {neutral}");
    // The head in its ball: held by 10° of latitude, less the chamfer.
    let inner = Bearing::of_liner(catalogue.liner("ball-dual-mobility-46-28").unwrap());
    let constrained = Bearing::of_liner(catalogue.liner("liner-constrained-46-28").unwrap());
    assert!(inner.oscillation_angle_deg(&outline) < neutral && constrained.oscillation_angle_deg(&outline) < neutral);
    // A captive rim of height h without a chamfer: 2·(atan2(√(R² − h²), h) − asin(r/R)).
    let captive = Liner { captive: true, rim_height_mm: 3.0, ..plain(28.0) };
    let expected = (14.0_f64.powi(2) - 9.0).sqrt().atan2(3.0) - (6.0_f64 / 14.0).asin();
    let found = Bearing::of_liner(&captive).oscillation_angle_deg(&outline);
    assert!((found - 2.0 * expected.to_degrees()).abs() < 1e-9, "{found}");
}
