//! Neck and liner as they are: lips, turned faces, chamfers, rounded edges and skirts against points that are moved until they touch.

use super::activities::activity;
use coxa::{
    anatomy::CupAngles,
    implants::{Bearing, Head, Liner, Lip, NeckOutline, NeckRange, Skirt, Stem},
    motion::{
        Activity, Demand, Keyframe, Motion, NeckAngles, NeckInLiner, PelvicPosture, Posture, RomCase, Track, activity::margins,
    },
    risk::{Source, Spread, TargetZone, ZoneGrid, ZoneRequest, dangers, uncertainty},
};
use nalgebra::{Rotation3, Unit, Vector3};
use std::{f64::consts::TAU, sync::Arc};

const LIP: Lip = Lip { angle_deg: 15.0, half_arc_deg: 35.0, slope_deg: 40.0 };

fn liner(change: impl Fn(&mut Liner)) -> Liner {
    let mut liner =
        Liner { id: "liner".into(), seat_diameter_mm: 46.0, head_diameter_mm: 32.0, lip: Some(LIP), ..Liner::default() };
    change(&mut liner);
    liner
}

fn neck(profile: &[(f64, f64)], skirt: Option<Skirt>) -> NeckOutline {
    let stem = Stem { neck_length_mm: 50.0, neck_diameter_mm: 12.0, neck_profile: profile.into(), ..Stem::default() };
    NeckOutline::of(&Head { diameter_mm: 32.0, skirt, ..Head::default() }, &stem)
}

/// Points of the rim with the radius that each has: its edges, and what lies between and beyond them on chamfer and face.
fn rim(bearing: &Bearing, steps: usize, faces: bool) -> Vec<(Vector3<f64>, f64)> {
    let turn = Rotation3::rotation_between(&Vector3::z(), &bearing.axis()).unwrap();
    let mut points = Vec::new();
    for step in 0..steps {
        let azimuth = TAU * step as f64 / steps as f64;
        let [inner, outer] = bearing.edges(azimuth);
        let mut row = vec![inner, outer];
        if faces {
            row.extend((1..12).map(|i| f64::from(i) / 12.0).flat_map(|part| {
                let chamfer = (inner.0 + (outer.0 - inner.0) * part, inner.1 + (outer.1 - inner.1) * part);
                [chamfer, (outer.0 + 6.0 * part, outer.1)]
            }));
        }
        let place = |(radius, height): (f64, f64)| turn * Vector3::new(radius * azimuth.cos(), radius * azimuth.sin(), height);
        points.extend(row.into_iter().map(|edge| (place(edge), bearing.edge_round_mm)));
    }
    points
}

fn meets(points: &[(Vector3<f64>, f64)], neck: &NeckOutline, direction: &Vector3<f64>) -> bool {
    points.iter().any(|(point, round)| {
        let along = point.dot(direction);
        along > 0.0 && (point.norm_squared() - along * along).max(0.0).sqrt() < neck.radius_at(along) + round
    })
}

/// Degrees that a neck can lean until it touches, or must until it is free, in the direction in which that is least: every direction is
/// tried, 1° apart and then 0.05°.
fn brute(points: &[(Vector3<f64>, f64)], neck: &NeckOutline, direction: &Vector3<f64>) -> f64 {
    let touches = meets(points, neck, direction);
    let aside = direction.cross(&Vector3::new(0.31, -0.87, 0.4)).normalize();
    let changed = |around: f64, lean: f64| {
        let axis = Unit::new_normalize(Rotation3::from_axis_angle(&Unit::new_normalize(*direction), around.to_radians()) * aside);
        meets(points, neck, &(Rotation3::from_axis_angle(&axis, lean.to_radians()) * direction)) != touches
    };
    let (mut least, mut at) = (90.0_f64, 0.0);
    let look = |around: f64, least: &mut f64, at: &mut f64| {
        let mut lean = 0.0;
        while lean < *least {
            lean += 0.5;
            if changed(around, lean) {
                let (mut low, mut high) = (lean - 0.5, lean);
                for _ in 0..14 {
                    let middle = f64::midpoint(low, high);
                    if changed(around, middle) { high = middle } else { low = middle }
                }
                if high < *least {
                    (*least, *at) = (high, around);
                }
                return;
            }
        }
    };
    (0..120).for_each(|i| look(3.0 * f64::from(i), &mut least, &mut at));
    let coarse = at;
    (-60..=60).for_each(|i| look(coarse + 0.05 * f64::from(i), &mut least, &mut at));
    if touches { -least } else { least }
}

fn leaning(lean_deg: f64, azimuth_deg: f64) -> Vector3<f64> {
    let ((sin, cos), (y, x)) = (lean_deg.to_radians().sin_cos(), azimuth_deg.to_radians().sin_cos());
    Vector3::new(sin * x, sin * y, cos)
}

/// Within 0.01° of brute force, inside and just beyond contact, at the lip, beside it and away from it.
#[test]
fn margins_at_a_lip_are_those_of_brute_force() {
    let tapered: &[(f64, f64)] = &[(0.0, 11.0), (40.0, 16.0)];
    let skirt = Some(Skirt { diameter_mm: 18.0, end_mm: 15.0 });
    let cases = [
        ("lip", liner(|_| ()), neck(&[], None), false),
        ("chamfer", liner(|l| l.chamfer_mm = 1.5), neck(tapered, None), false),
        ("round", liner(|l| (l.edge_round_mm, l.rim_height_mm) = (1.0, 1.0)), neck(&[], None), false),
        ("face and lip", liner(|l| l.face_deg = 10.0), neck(&[], None), false),
        ("skirt", liner(|l| l.chamfer_mm = 1.0), neck(&[], skirt), true),
    ];
    let mut worst = 0.0_f64;
    for (name, liner, neck, faces) in cases {
        let bearing = Bearing::of_liner(&liner);
        let (range, points) = (NeckRange::of(&bearing, &neck), rim(&bearing, if faces { 1440 } else { 2880 }, faces));
        assert!(!range.is_cone());
        let all = [(5.0, 0.0), (35.0, 10.0), (40.0, 70.0), (58.0, 130.0), (45.0, -100.0), (54.0, 0.0), (63.0, 55.0)];
        // Where faces count too there are many more points.
        for (lean, azimuth) in &all[if faces { 1..4 } else { 0..7 }] {
            let (lean, azimuth) = (*lean, *azimuth);
            let direction = leaning(lean, azimuth);
            let (found, expected) = (range.margin_deg(&direction), brute(&points, &neck, &direction));
            eprintln!("{name} {lean}° towards {azimuth}°: {found:.4}° by brute force {expected:.4}°");
            worst = worst.max((found - expected).abs());
            assert!((found - expected).abs() < 0.01, "{name} {lean}/{azimuth}: {found} instead of {expected}");
        }
    }
    eprintln!("largest difference {worst:.4}°");
}

fn joint(range: NeckRange, cup: CupAngles) -> NeckInLiner {
    let neck = NeckAngles { elevation_deg: 44.0, anteversion_deg: 12.0 };
    NeckInLiner { cup, towards: Vector3::y_axis(), neck, range: Arc::new(range) }
}

const CUP: CupAngles = CupAngles { inclination_deg: 42.0, anteversion_deg: 17.0 };

fn poses() -> Vec<Posture> {
    let mut found = Vec::new();
    for flexion_deg in [-20.0, 0.0, 40.0, 90.0, 115.0] {
        for (adduction_deg, internal_rotation_deg) in [(0.0, 0.0), (15.0, 20.0), (-30.0, -35.0)] {
            found.push(Posture { flexion_deg, adduction_deg, internal_rotation_deg });
        }
    }
    found
}

/// A liner that is the same all round is the closed form, and a turned face the closed form about its own axis.
#[test]
fn rims_that_are_the_same_all_round_are_the_closed_form() {
    let outline = neck(&[], None);
    let plain = Bearing::of_liner(&liner(|l| l.lip = None));
    let theta = plain.oscillation_angle_deg(&outline);
    let neutral = joint(NeckRange::of(&plain, &outline), CUP);
    let case = RomCase { cup: CUP, neck: neutral.neck, oscillation_deg: theta };
    assert_eq!(neutral.case(), case);
    // A lip of no height goes the way of lips, and comes to the same.
    let flat = joint(NeckRange::of(&Bearing::of_liner(&liner(|l| l.lip = Some(Lip { angle_deg: 0.0, ..LIP }))), &outline), CUP);
    assert!(!flat.range.is_cone());
    for posture in poses() {
        let (cup, neck) = (CUP.right_hip_axis(), neutral.neck.right_hip_axis());
        let closed = coxa::motion::theoretical::margin_deg(&cup, &neck, theta, &posture);
        assert!((neutral.margin_deg(&posture) - closed).abs() < 1e-9);
        assert!((flat.margin_deg(&posture) - closed).abs() < 0.003, "{} {closed}", flat.margin_deg(&posture));
    }
    let faced = joint(NeckRange::of(&Bearing::of_liner(&liner(|l| (l.lip, l.face_deg) = (None, 12.0))), &outline), CUP);
    // The side that stands out is above: the rim looks less far up than the shell, that is it is flatter.
    assert!((faced.case().cup.inclination_deg - (CUP.inclination_deg - 12.0)).abs() < 1.0, "{:?}", faced.case().cup);
    for posture in poses() {
        let RomCase { cup, neck, oscillation_deg } = faced.case();
        let closed =
            coxa::motion::theoretical::margin_deg(&cup.right_hip_axis(), &neck.right_hip_axis(), oscillation_deg, &posture);
        assert!((faced.margin_deg(&posture) - closed).abs() < 1e-6);
    }
    // Turned by half a circle its face looks the other way.
    let other = faced.with_liner_turned(180.0).case().cup.inclination_deg;
    assert!((other - (CUP.inclination_deg + 12.0)).abs() < 1.0, "{other}");
}

fn path() -> Demand {
    let at =
        |f: f64, a: f64, r: f64| Keyframe { flexion_deg: f, adduction_deg: a, internal_rotation_deg: r, ..Keyframe::default() };
    Demand::Path(vec![at(0.0, 0.0, 0.0), at(60.0, 5.0, 5.0), at(100.0, 8.0, 15.0), at(40.0, -25.0, -20.0), at(-15.0, 5.0, -20.0)])
}

/// Along a whole path, and not only at samples of it.
#[test]
fn the_least_along_a_path_is_that_of_a_path_in_fine_steps() {
    let range = NeckRange::of(&Bearing::of_liner(&liner(|_| ())), &neck(&[], None));
    let Demand::Path(keyframes) = path() else { unreachable!() };
    let mut touched = 0;
    for hour in 0..12 {
        let joint = joint(range.clone(), CUP).with_liner_turned(30.0 * f64::from(hour));
        let track = Track::new(&path()).unwrap();
        let least = joint.least(&track);
        let (mut lowest, mut first) = (f64::INFINITY, None);
        for (leg, [from, to]) in keyframes.array_windows().enumerate() {
            for step in 0..=12_000 {
                let part = f64::from(step) / 12_000.0;
                let mix = |a: f64, b: f64| a + (b - a) * part;
                let posture = Posture {
                    flexion_deg: mix(from.flexion_deg, to.flexion_deg),
                    adduction_deg: mix(from.adduction_deg, to.adduction_deg),
                    internal_rotation_deg: mix(from.internal_rotation_deg, to.internal_rotation_deg),
                };
                let margin = joint.margin_deg(&posture);
                lowest = lowest.min(margin);
                if margin < 0.0 && first.is_none() {
                    first = Some((leg as f64 + part) / 4.0);
                }
            }
        }
        assert!((least.margin_deg - lowest).abs() < 2e-3, "{hour}: {least:?} instead of {lowest}");
        assert!((joint.margin_deg(&least.posture) - least.margin_deg).abs() < 1e-9);
        let contact = joint.first_contact(&track).map(|contact| contact.part);
        assert_eq!(contact.is_some(), first.is_some(), "{hour}");
        if let Some((found, expected)) = contact.zip(first) {
            touched += 1;
            assert!((found - expected).abs() < 1e-4, "{hour}: {found} instead of {expected}");
        }
    }
    assert!(touched > 0 && touched < 12, "{touched} of 12 positions touch");
}

/// Arcs, too: what a lip of no height allows is what the closed form allows.
#[test]
fn arcs_of_a_flat_lip_are_those_of_the_closed_form() {
    let range = |angle_deg: f64| {
        let bearing = Bearing::of_liner(&liner(|l| l.lip = Some(Lip { angle_deg, ..LIP })));
        joint(NeckRange::of(&bearing, &neck(&[], None)), CUP)
    };
    let (flat, lipped) = (range(0.0), range(15.0));
    for (motion, total_deg) in [(Motion::Flexion, 100.0), (Motion::Abduction, 60.0), (Motion::InternalRotation90, 90.0)] {
        let track = Track::new(&Demand::Arc { motion, total_deg }).unwrap();
        let (found, closed) = (flat.least(&track).margin_deg, track.least(&flat.case()).margin_deg);
        assert!((found - closed).abs() < 0.005, "{motion}: {found} instead of {closed}");
        assert!(lipped.least(&track).margin_deg < found + 1e-3 && lipped.least(&track).margin_deg > found - 15.1);
    }
}

fn activities() -> Vec<Activity> {
    vec![activity("path", PelvicPosture::Supine, path())]
}

/// The zone of a lipped liner is larger than that of the cone which is free all round, and every node of it is the margin of its cup.
#[test]
fn a_zone_counts_a_lip_where_it_is() {
    let joint = joint(NeckRange::of(&Bearing::of_liner(&liner(|_| ())), &neck(&[], None)), CUP).with_liner_turned(-120.0);
    let grid = ZoneGrid { nodes: [11, 11], ..ZoneGrid::default() };
    let zone =
        TargetZone::of(&ZoneRequest { activities: &activities(), joint: &joint, tilt_deg: 0.0, grid, bones: None }).unwrap();
    let cone = TargetZone::new(&activities(), &joint.neck, joint.range.oscillation_deg(), 0.0, grid).unwrap();
    let track = Track::new(&path()).unwrap();
    for (index, margin) in zone.margins_deg.iter().enumerate() {
        let cup = grid.node(index);
        assert!((margin - joint.with_cup(cup).least(&track).margin_deg).abs() < 2e-3);
        assert!(*margin > cone.margins_deg[index] - 0.01, "the cone is within what is free");
    }
    eprintln!("free: {:.1} % with the lip where it is, {:.1} % as a cone", zone.area_percent(0.0), cone.area_percent(0.0));
    assert!(zone.area_percent(0.0) > cone.area_percent(0.0) + 3.0);
}

/// What is said names the lip, and another position of the liner takes the danger away, as its margin then shows.
#[test]
fn a_lip_in_the_way_is_named_and_turned_away() {
    let range = NeckRange::of(&Bearing::of_liner(&liner(|_| ())), &neck(&[], None));
    // The lip in front, where flexion with internal rotation brings the neck.
    let joint = joint(range, CUP).with_liner_turned(60.0);
    let found = margins(&activities(), &joint, None).unwrap();
    let dangers = dangers(coxa::frames::Side::Right, &activities(), &found, &joint, &[]).unwrap();
    let danger = &dangers[0];
    assert!(danger.exceeded && danger.lip, "{danger:?}");
    let offer = danger.offer.as_ref().unwrap();
    assert!(offer.remedy.liner_positions != 0, "{offer:?}");
    let cup = CupAngles { inclination_deg: offer.inclination_deg, anteversion_deg: offer.anteversion_deg };
    let mut after = joint.with_liner_turned(30.0 * f64::from(offer.remedy.liner_positions)).with_cup(cup);
    after.neck.anteversion_deg += offer.remedy.stem_version_deg;
    assert!((margins(&activities(), &after, None).unwrap()[0].margin_deg - offer.margin_deg).abs() < 0.01, "{offer:?}");
    for language in coxa::i18n::Language::ALL {
        let texts = coxa::i18n::Texts::new(language);
        let said = coxa::report::danger_in_words(danger, &activities(), &texts);
        eprintln!("{said}");
        assert!(said.contains(&texts.get("rim-lip")), "{said}");
    }
}

/// Scatter sees the lip: with none at all the answer is the margin itself, and the seed decides the rest.
#[test]
fn scatter_sees_the_lip() {
    let range = NeckRange::of(&Bearing::of_liner(&liner(|_| ())), &neck(&[], None));
    let joint = joint(range, CUP).with_liner_turned(60.0);
    let still = uncertainty(&activities(), &joint, &Spread::default(), 10, 1).unwrap();
    let least = joint.least(&Track::new(&path()).unwrap()).margin_deg;
    assert!((still.least_margin_deg.p50 - least).abs() < 2e-3 && (still.activities[0].margin_deg - least).abs() < 1e-9);
    // Version of the stem alone: as often as the margin of a stem so turned is negative.
    let spread = Spread::only(Source::StemVersion, 6.0);
    let found = uncertainty(&activities(), &joint, &spread, 4000, 1).unwrap().outside_zone.probability;
    let touches = |z: f64| {
        let mut turned = joint.clone();
        turned.neck.anteversion_deg += 6.0 * z;
        turned.least(&Track::new(&path()).unwrap()).margin_deg < 0.0
    };
    let weight = |z: f64| (-0.5 * z * z).exp();
    let places = (-400..=400).map(|i| f64::from(i) / 100.0);
    let (all, bad) = places.fold((0.0, 0.0), |(all, bad), z| (all + weight(z), bad + if touches(z) { weight(z) } else { 0.0 }));
    assert!((found - bad / all).abs() < 0.03, "{found} instead of {}", bad / all);
}
