//! What a hip can reach: the closed form's cone, balls whose room is a formula, exact limits along random directions, and what is written.

use super::hip_scene::{self, scene_of_balls};
use coxa::{
    anatomy::CupAngles,
    frames::Side,
    motion::{
        BoneRoom, Couple, CupReach, FemurChange, FreeHip, Limit, Motion, NeckAngles, NeckInLiner, Posture, PostureBox, RomCase,
        RomScene, RomSurface,
    },
    surface::{components, io::stl},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{f64::consts::PI, fs, path::Path, process::Command};

const CASE: RomCase = RomCase {
    cup: CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 },
    neck: NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 },
    oscillation_deg: 125.0,
};

fn posture([flexion_deg, adduction_deg, internal_rotation_deg]: [f64; 3]) -> Posture {
    Posture { flexion_deg, adduction_deg, internal_rotation_deg }
}

/// All there is of a neck in a hemisphere: rotations that keep it within a cone. Of all rotations (their measure in these angles is
/// cos(adduction)) that is the part (1 − cos θ/2) / 2.
#[test]
fn a_neck_in_a_hemisphere_reaches_the_cone_of_the_closed_form() {
    let whole = PostureBox { flexion_deg: [-180.0, 180.0], adduction_deg: [-90.0, 90.0], internal_rotation_deg: [-180.0, 180.0] };
    let joint = NeckInLiner::from(&CASE);
    let hip = FreeHip { joint: &joint, bones: None };
    let surface = RomSurface::of(&hip, &whole, 10.0).unwrap();
    let (mut free, mut all) = (0.0, 0.0);
    let [f, a, r] = surface.nodes();
    for index in 0..surface.margins_deg().len() {
        // Trapezoids: nodes on a face of the box count half.
        let edge = |at: usize, nodes: usize| if at == 0 || at + 1 == nodes { 0.5 } else { 1.0 };
        let weight = edge(index % f, f) * edge(index / f % a, a) * edge(index / (f * a), r);
        let at = surface.posture(index);
        let measure = weight * at.adduction_deg.to_radians().cos();
        all += measure;
        // A node's cell is cut by the limit: as much of it counts as its margin says of half a step.
        free += measure * (0.5 + surface.margins_deg()[index] / 5.0).clamp(0.0, 1.0);
    }
    let expected = (1.0 - (CASE.oscillation_deg / 2.0).to_radians().cos()) / 2.0;
    let found = free / all;
    eprintln!("{:.4} of all rotations, closed form {expected:.4}; {} of {} asked", found, surface.asked(), f * a * r);
    assert!((found - expected).abs() < 0.003, "{found} instead of {expected}");
    // Its limits along the passive motions are the closed form's.
    for (motion, limit) in Motion::ALL.into_iter().zip(CASE.limits()) {
        let Limit::At(limit) = limit else { panic!("{motion} has no limit") };
        let exact = hip.passive_limit(motion).unwrap();
        assert!((exact.0 - limit).abs() < 0.01 && exact.1 == Couple::ImplantImplant, "{motion}: {exact:?} instead of {limit}");
        let ends = (0..1800).map(|tenth| f64::from(tenth) / 10.0);
        let drawn = ends.into_iter().find(|degrees| surface.sample(&motion.posture(*degrees)).unwrap() < 0.0).unwrap();
        assert!((drawn - limit).abs() < surface.resolution_deg(), "{motion}: drawn {drawn}, closed form {limit}");
    }
}

/// The drawn end of a direction from neutral, degrees of the three angles together; `None` where it does not end in the box.
fn drawn_end(surface: &RomSurface, unit: [f64; 3]) -> Option<f64> {
    let mut at = 0.0;
    loop {
        match surface.sample(&posture(unit.map(|part| part * at))) {
            Some(margin) if margin < 0.0 => return Some(at),
            Some(_) => at += 0.05,
            None => return None,
        }
    }
}

#[test]
fn limits_along_random_directions_are_the_exact_ones_within_the_stated_resolution() {
    let mut random = ChaCha8Rng::seed_from_u64(31);
    for side in Side::BOTH {
        // The stem has no formula.
        let scene = RomScene { stem: None, ..scene_of_balls(side, 45) };
        let joint = NeckInLiner::from(&scene.case().unwrap());
        let room = BoneRoom::new(&scene, 40.0).unwrap().unwrap();
        let (moving, reach) = (room.moving(&FemurChange::default()), CupReach::default());
        let hip = FreeHip { joint: &joint, bones: Some((&room, &moving, &reach)) };
        let surface = RomSurface::of(&hip, &PostureBox::default(), RomSurface::STEP_DEG).unwrap();
        let (mut off, mut deepest, mut on_bone) = (Vec::new(), 0.0_f64, 0);
        for _ in 0..300 {
            let direction: [f64; 3] = std::array::from_fn(|_| random.random_range(-1.0..1.0));
            let length: f64 = direction.iter().map(|part: &f64| part.abs()).sum();
            let unit = direction.map(|part| part / length);
            let (exact, drawn) = (hip.limit_along(&Posture::NEUTRAL, unit, 400.0), drawn_end(&surface, unit));
            let (Some((exact, couple)), Some(drawn)) = (exact, drawn) else { continue };
            let margin = hip.margin_deg(&posture(unit.map(|part| part * drawn)), 45.0).0;
            off.push((drawn - exact).abs());
            deepest = deepest.max(margin.abs());
            on_bone += usize::from(couple == Couple::BoneBone);
        }
        off.sort_by(f64::total_cmp);
        let (counted, worst) = (off.len(), off[off.len() - 1]);
        let within = off.iter().filter(|off| **off < surface.resolution_deg()).count();
        eprintln!("{side}: {counted} directions, {on_bone} end on bone; off by {worst:.2}° at most, margin there {deepest:.2}°");
        assert!(counted > 100 && on_bone > 20 && counted > on_bone);
        // How far the femur must turn from the drawn end to the limit.
        assert!(deepest < surface.resolution_deg(), "{deepest}° left or lacking on the drawn surface");
        // Along a direction that grazes the limit a little margin is a longer way: one in a hundred may.
        assert!(counted - within <= counted / 100 && worst < 2.0 * surface.resolution_deg(), "{off:?}");
        // Where the formula of the balls says that there is room there is.
        for index in (0..surface.margins_deg().len()).step_by(97) {
            let at = surface.posture(index);
            let neck = joint.margin_deg(&at);
            let truth = hip_scene::bone_room_deg(&at, &nalgebra::Vector3::zeros()).min(neck).min(surface.enough_deg());
            let found = surface.margins_deg()[index];
            assert!(truth.abs() < 0.3 || truth * found > 0.0, "{at:?}: {found} instead of {truth}");
        }
    }
}

#[test]
fn the_shape_is_closed_whole_and_the_same_every_time_and_on_both_sides() {
    let [left, right] = Side::BOTH.map(|side| {
        let scene = scene_of_balls(side, 45);
        let joint = NeckInLiner::from(&scene.case().unwrap());
        let room = BoneRoom::new(&scene, 40.0).unwrap().unwrap();
        let (moving, reach) = (room.moving(&FemurChange::default()), CupReach::default());
        let hip = FreeHip { joint: &joint, bones: Some((&room, &moving, &reach)) };
        let surface = RomSurface::of(&hip, &PostureBox::default(), 10.0).unwrap();
        assert_eq!(surface, RomSurface::of(&hip, &PostureBox::default(), 10.0).unwrap());
        surface
    });
    let unlike = (0..left.margins_deg().len()).filter(|i| (left.signed_deg(*i) - right.signed_deg(*i)).abs() > 0.2).count();
    assert!(unlike * 500 < left.margins_deg().len(), "{unlike} of {}", left.margins_deg().len());
    let mesh = right.mesh();
    assert_eq!(components(&mesh).len(), 1, "what cannot be got to is not drawn");
    // Closed: every edge is run along once each way.
    let mut edges = std::collections::BTreeMap::new();
    for triangle in &mesh.triangles {
        for corner in 0..3 {
            let (a, b) = (triangle[corner], triangle[(corner + 1) % 3]);
            *edges.entry((a.min(b), a.max(b))).or_insert(0) += if a < b { 1 } else { -1 };
        }
    }
    assert!(edges.values().all(|sum| *sum == 0));
    // Its volume is that of the nodes that can be got to.
    let counted = right.reachable().iter().filter(|reached| **reached).count() as f64 * right.resolution_deg().powi(3);
    assert!((mesh.volume_mm3() / counted - 1.0).abs() < 0.05, "{} and {counted}", mesh.volume_mm3());
    assert!(right.covered(&PostureBox::HIPNAV) > right.covered(&PostureBox::default()));
}

#[test]
fn nothing_can_be_reached_from_contact_and_nonsense_is_refused() {
    // A neck far forward of its cup.
    let blocked = RomCase { cup: CupAngles { inclination_deg: 40.0, anteversion_deg: -80.0 }, oscillation_deg: 60.0, ..CASE };
    let joint = NeckInLiner::from(&blocked);
    let hip = FreeHip { joint: &joint, bones: None };
    assert!(joint.margin_deg(&Posture::NEUTRAL) < 0.0);
    let surface = RomSurface::of(&hip, &PostureBox::default(), 10.0).unwrap();
    assert!(!surface.reachable().contains(&true) && surface.mesh().is_empty() && surface.covered(&PostureBox::HIPNAV) == 0.0);
    for step in [0.0, 0.5, 21.0, f64::NAN] {
        assert!(RomSurface::of(&hip, &PostureBox::default(), step).is_err(), "{step}");
    }
    for flexion_deg in [[10.0, 10.0], [f64::NAN, 10.0], [20.0, -20.0], [0.0, f64::INFINITY]] {
        assert!(RomSurface::of(&hip, &PostureBox { flexion_deg, ..PostureBox::default() }, 5.0).is_err(), "{flexion_deg:?}");
    }
}

fn rom(case: &Path, more: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_coxa")).arg("rom").arg(case).args(more).output().unwrap()
}

#[test]
fn the_command_writes_numbers_planes_and_a_shape() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    crate::export::case(&place);
    let file = |name: &str| root.path().join(name).to_str().unwrap().to_owned();
    for (language, phrases) in [
        ("en", ["the right hip can reach", "Exact limit of a passive motion", coxa::DISCLAIMER, "flexion and internal rotation"]),
        ("zh", ["右侧髋", "被动运动的精确极限", "外科医生", "屈曲与内旋"]),
    ] {
        let svg = file(&format!("{language}.svg"));
        let told = rom(&place, &["--surface", &svg, "--surface-step", "10", "--implants-only", "--language", language]);
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let drawn = fs::read_to_string(&svg).unwrap();
        for phrase in phrases {
            assert!(drawn.contains(phrase), "'{phrase}' is not in the picture");
        }
        assert!(!drawn.contains("NaN") && !drawn.contains('⟨') && drawn.matches("<polyline").count() >= 3);
        let said = String::from_utf8(told.stdout).unwrap();
        assert!(said.contains("5°") && !said.contains('⟨') && !said.contains("NaN"), "{said}");
    }
    let json = file("reach.json");
    let told = rom(&place, &["--surface", &json, "--surface-step", "10", "--json"]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let summary: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let written: serde_json::Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(written["disclaimer"], coxa::DISCLAIMER);
    assert_eq!(summary["surface"], written["surface"]);
    let nodes: u64 = written["surface"]["nodes"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).product();
    assert_eq!(written["signed_margins_deg"].as_array().unwrap().len() as u64, nodes);
    assert_eq!(written["couples"].as_array().unwrap().len() as u64, nodes);
    let shape = file("reach.stl");
    assert!(rom(&place, &["--surface", &shape, "--surface-step", "10", "--implants-only"]).status.success());
    assert!(fs::read(&shape).unwrap().starts_with(b"degrees: flexion"));
    let (low, high) = stl::read(Path::new(&shape)).unwrap().bounds().unwrap();
    assert!(low.x > -PI * 30.0 && high.x > 60.0, "{low} {high}");
    // Where a file is no folder can be.
    let in_a_file = format!("{json}/reach.svg");
    for (more, phrase) in [
        (vec!["--surface", "reach.png"], ".json, .svg or .stl"),
        (vec!["--surface", &json, "--surface-step", "0"], "1° to 20°"),
        (vec!["--surface", &json, "--at-flexion", "300"], "--at-flexion"),
        (vec!["--surface", &in_a_file, "--surface-step", "20", "--implants-only"], "cannot be written"),
    ] {
        let refused = rom(&place, &more);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains(phrase) && !said.contains("panicked"), "{more:?}: {said}");
    }
}
