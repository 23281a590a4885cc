//! Rehearsals of planned hips: soft tissue that says what it rests on, both sides alike, and what approaches and cups change as a surgeon
//! expects.

use crate::{
    plan::{Patient, planned},
    support::shapes::sphere,
};
use coxa::{
    anatomy::CupAngles,
    frames::{Side, angle_between},
    i18n::{Language, Texts},
    implants::Catalogue,
    motion::{Activity, Posture, RomScene},
    plan::Plan,
    report::rehearsal_in_words,
    risk::{
        Basis,
        dislocation::{HeadState, Rehearsal, RehearsalHip, SoftTissue, Station, Stiffness, driven_on, stations},
    },
    surface::io::stl,
};
use nalgebra::Point3;
use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

fn rehearsed(plan: &Plan, patient: &Patient, approach: Option<&str>) -> RehearsalHip {
    let (tissue, catalogue) = (SoftTissue::shipped().unwrap(), Catalogue::shipped().unwrap());
    let holding = tissue.holding(approach, &[]).unwrap();
    let load = tissue.load_of("posterior-dislocation-test").unwrap();
    RehearsalHip::of_plan(plan, &catalogue, &patient.anatomy(), &tissue, &holding, load, 75.0).unwrap()
}

fn with_cup(side: Side, patient: &Patient, inclination_deg: f64, anteversion_deg: f64) -> Plan {
    let anatomy = patient.anatomy();
    let mut plan = planned(&anatomy, side);
    plan.cup.axis = CupAngles { inclination_deg, anteversion_deg }.axis(&anatomy.pelvis.app, side);
    plan
}

/// Flexion of 90°, then turned inwards.
fn posterior_test() -> Vec<Station> {
    let posture =
        |flexion_deg: f64, internal_rotation_deg: f64| Posture { flexion_deg, adduction_deg: 5.0, internal_rotation_deg };
    let up = (0..=180).map(|step| posture(f64::from(step) * 0.5, 0.0));
    let inwards = (1..=440).map(|step| posture(90.0, f64::from(step) * 0.25));
    up.chain(inwards).map(|posture| Station { part: None, turn: posture.right_hip_rotation() }).collect()
}

#[test]
fn what_ships_is_whole_and_says_what_it_rests_on() {
    let tissue = SoftTissue::shipped().unwrap();
    for structure in &tissue.structures {
        let figure = match &structure.stiffness {
            Stiffness::Axial(figure) | Stiffness::PerMillimetre(figure) => figure,
        };
        let (Basis::Published(why) | Basis::Derived(why) | Basis::Assumed(why)) = &figure.basis;
        assert!(figure.value > 0.0 && why.len() > 10, "{}", structure.id);
        // Who names a source names its year.
        if !matches!(figure.basis, Basis::Assumed(_)) {
            assert!(why.contains("20") || why.contains("19"), "{}: {why}", structure.id);
        }
    }
    for group in ["iliofemoral", "pubofemoral", "ischiofemoral", "piriformis", "obturators", "gluteus"] {
        assert!(tissue.structures.iter().any(|structure| structure.id.starts_with(group)), "{group}");
    }
    let held = |approach: &str| -> Vec<String> {
        tissue.holding(Some(approach), &[]).unwrap().iter().map(|structure| structure.id.clone()).collect()
    };
    assert!(!held("posterior").contains(&"ischiofemoral".into()) && held("posterior").contains(&"iliofemoral-medial".into()));
    assert!(held("anterior").contains(&"ischiofemoral".into()) && !held("anterior").contains(&"iliofemoral-lateral".into()));
    assert!(!held("lateral").contains(&"gluteus-minimus".into()) && held("lateral").contains(&"piriformis".into()));
    // Every activity that ships has a load.
    for activity in Activity::shipped_with(&[]).unwrap() {
        assert!(tissue.load_of(&activity.id).unwrap().body_weights.value > 0.0);
    }
    let error = tissue.holding(Some("superior"), &[]).unwrap_err().to_string();
    assert!(error.contains("superior") && error.contains("posterior, lateral, anterior"), "{error}");
    let error = tissue.holding(None, &["teres".into()]).unwrap_err().to_string();
    assert!(error.contains("teres") && error.contains("ischiofemoral"), "{error}");
}

#[test]
fn settings_that_make_no_sense_are_refused_with_the_entry() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(format!("{}/assets/risk/soft_tissue.ron", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let refused = |from: &str, to: &str, phrase: &str| {
        let path = folder.path().join("ours.ron");
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let error = SoftTissue::load_file(&path).unwrap_err().to_string();
        assert!(error.contains(phrase) && error.contains("ours.ron"), "'{phrase}' is not in: {error}");
    };
    refused("value: 745", "value: NaN", "'pubofemoral': stiffness is NaN");
    refused("value: 745", "value: -3", "stiffness is -3");
    refused("value: 167.0", "value: 1.67", "hip_centres_mm is 1.67");
    refused("id: \"piriformis\"", "id: \"pubofemoral\"", "'pubofemoral' is there twice");
    refused("releases: [\"ischiofemoral\"", "releases: [\"teres\"", "releases 'teres'");
    refused("format_version: 1", "format_version: 2", "format_version is 2");
    refused("direction: (0.0, 0.85, -0.53)", "direction: (0.0, 0.0, 0.0)", "the load of");
    refused("activities: [\"walking\"]", "activities: []", "2 loads are for all other");
    refused("slack_basis", "basis", "line");
    assert!(SoftTissue::load_file(&folder.path().join("none.ron")).unwrap_err().to_string().contains("none.ron"));
}

#[test]
fn left_and_right_are_mirror_images() {
    let patient = Patient::default();
    let [left, right] = Side::BOTH.map(|side| {
        let hip = rehearsed(&with_cup(side, &patient, 42.0, 8.0), &patient, None);
        Rehearsal::of(&hip, &posterior_test())
    });
    assert_eq!(left.steps.len(), right.steps.len());
    assert_eq!((left.first_contact, left.dislocation), (right.first_contact, right.dislocation));
    for (a, b) in left.steps.iter().zip(&right.steps) {
        let apart = nalgebra::Vector3::from(a.head_mm) - nalgebra::Vector3::from(b.head_mm);
        assert!(apart.norm() < 1e-3 || a.state == HeadState::Dislocated, "{a:?} {b:?}");
    }
}

/// On the native anatomy no structure is tight in the postures that it is slack in, and none is torn in a plan's: capsule fails at some hundreds
/// of newtons.
#[test]
fn tissue_is_slack_in_ordinary_postures() {
    let patient = Patient::default();
    let hip = rehearsed(&planned(&patient.anatomy(), Side::Right), &patient, None);
    for posture in &SoftTissue::shipped().unwrap().slack_in {
        let found = Rehearsal::of(&hip, &[Station { part: None, turn: posture.right_hip_rotation() }]);
        let most = found.steps[0].tensions_n.iter().copied().fold(0.0, f64::max);
        assert!(most < 250.0, "{posture:?}: {:?}", found.steps[0].tensions_n);
    }
    for strand in &hip.strands {
        assert!((10.0..250.0).contains(&strand.slack_mm) && strand.stiffness > 0.5, "{strand:?}");
    }
}

#[test]
fn what_a_surgeon_expects_of_cups_and_approaches() {
    let patient = Patient::default();
    let found = |inclination: f64, anteversion: f64, approach: Option<&str>| {
        Rehearsal::of(
            &rehearsed(&with_cup(Side::Right, &patient, inclination, anteversion), &patient, approach),
            &posterior_test(),
        )
    };
    let told = |name: &str, rehearsal: &Rehearsal| {
        let turned = |at: Option<usize>| at.map(|at| rehearsal.steps[at].posture.internal_rotation_deg);
        eprintln!(
            "{name}: contact {:?}, out {:?} (of internal rotation at 90°), moment {:.1} N·m, furthest {:.1} mm",
            turned(rehearsal.first_contact),
            turned(rehearsal.dislocation),
            rehearsal.peak_moment().unwrap().0,
            rehearsal.furthest_mm()
        );
    };
    let normal = found(42.0, 18.0, None);
    let posterior = found(42.0, 18.0, Some("posterior"));
    let retroverted = found(42.0, -10.0, Some("posterior"));
    let steep = found(60.0, 18.0, Some("posterior"));
    for (name, rehearsal) in
        [("normal", &normal), ("posterior approach", &posterior), ("retroverted", &retroverted), ("steep", &steep)]
    {
        told(name, rehearsal);
    }
    // The test has no contact of the neck below 90° of flexion; a retroverted cup meets it much earlier, and dislocates earlier.
    assert!(retroverted.first_contact < posterior.first_contact && retroverted.first_contact.is_some());
    assert!(retroverted.dislocation.is_some(), "a cup turned back lets the head out");
    let out = |rehearsal: &Rehearsal| rehearsal.dislocation.unwrap_or(usize::MAX);
    assert!(out(&retroverted) < out(&posterior));
    // Released posterior structures let the leg turn more easily once the neck levers, and the head leave no later.
    assert!(out(&posterior) <= out(&normal));
    let peak = |rehearsal: &Rehearsal| rehearsal.peak_moment().unwrap().0;
    assert!(peak(&posterior) < peak(&normal));
    // Contact is geometry: no approach changes it.
    assert_eq!(posterior.first_contact, normal.first_contact);
    // In words of both languages, with the same numbers.
    let (anatomy, catalogue) = (patient.anatomy(), Catalogue::shipped().unwrap());
    let plan = with_cup(Side::Right, &patient, 42.0, -10.0);
    let case = RomScene::of_plan(&plan, &catalogue, &anatomy, &BTreeMap::new()).unwrap().unwrap().case().unwrap();
    let [english, chinese] = Language::ALL.map(|language| rehearsal_in_words(&retroverted, &case, true, &Texts::new(language)));
    assert_eq!(english.len(), chinese.len());
    assert!(english.iter().any(|line| line.contains("in front")), "{english:?}");
    assert!(english.iter().any(|line| line.starts_with("It dislocates at")), "{english:?}");
    assert!(chinese.iter().any(|line| line.contains("脱位")), "{chinese:?}");
}

#[test]
fn the_first_contact_is_that_of_the_closed_form() {
    let patient = Patient::default();
    let plan = with_cup(Side::Right, &patient, 42.0, -5.0);
    let (anatomy, catalogue) = (patient.anatomy(), Catalogue::shipped().unwrap());
    let case = RomScene::of_plan(&plan, &catalogue, &anatomy, &BTreeMap::new()).unwrap().unwrap().case().unwrap();
    let activity = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["rise-low-seat".into()]).unwrap().remove(0);
    let path = stations(&activity).unwrap();
    let hip = rehearsed(&plan, &patient, None);
    let found = Rehearsal::of(&hip, &path);
    let closed = activity.track().unwrap().first_contact(&case).unwrap();
    let step = &found.steps[found.first_contact.unwrap()];
    let off = angle_between(&step.posture.right_hip_rotation(), &closed.posture.right_hip_rotation()).to_degrees();
    assert!(off < 0.3, "{off}° from {closed:?}");
    let on = driven_on(&hip, &path);
    let lean = |station: &Station| (station.turn * hip.neck_axis.into_inner()).angle(&hip.cup_axis()).to_degrees();
    let worst = path.iter().map(lean).fold(0.0, f64::max);
    assert!((lean(on.last().unwrap()) - worst - 75.0).abs() < 1e-6, "driven straight on");
    // An arc that components must allow is no path.
    let arc = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["iso-21535-rotation".into()]).unwrap().remove(0);
    assert!(stations(&arc).unwrap_err().to_string().contains("iso-21535-rotation"));
}

fn dislocate(case: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coxa")).arg("dislocate").arg(case).args(more).output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_command_tells_shows_and_refuses() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    crate::export::case(&place);
    // A femur of which something is left below the neck's cut.
    let mut femur = sphere(Point3::new(-90.0, 0.0, 0.0), 24.0, 40);
    femur.append(&sphere(Point3::new(-140.0, 0.0, -80.0), 25.0, 40));
    stl::write(&femur, &place.join("bones/femur_right.stl")).unwrap();
    let english = text(&dislocate(&place, &["--approach", "posterior", "--weight", "80"]));
    let all =
        ["Driven on", "body weights of 80.0 kg", "Soft tissue is assumed", coxa::DISCLAIMER, "Released: ischiofemoral ligament"];
    for phrase in all {
        assert!(english.contains(phrase), "'{phrase}' is not in:\n{english}");
    }
    assert!(!english.contains("NaN"));
    let chinese = text(&dislocate(&place, &["--approach", "posterior", "--language", "zh"]));
    assert!(chinese.contains("脱位演练") || chinese.contains("演练：") && chinese.contains("软组织为假定值"), "{chinese}");
    let frames = root.path().join("frames");
    let told = text(&dislocate(&place, &["--activity", "fadir", "--json", "--video", frames.to_str().unwrap()]));
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(json["disclaimer"], coxa::DISCLAIMER);
    assert_eq!(json["activity"]["id"], "fadir");
    let steps = json["driven_on"]["steps"].as_array().unwrap();
    assert!(steps.len() > 50 && steps.iter().all(|step| step["head_mm"][0].is_number() && step["resisting_nm"].is_number()));
    assert!(json["jump_distance"]["supine"]["closed_form_mm"].as_f64().unwrap() > 5.0);
    let pictures = crate::export::names(&frames);
    assert!(pictures.len() > 20 && pictures[0] == "0000.png", "{pictures:?}");
    let first = fs::read(frames.join(&pictures[0])).unwrap();
    assert_ne!(first, fs::read(frames.join(pictures.last().unwrap())).unwrap(), "the leg moves");
    for (more, phrase) in [
        (vec!["--activity", "flying"], "flying"),
        (vec!["--activity", "daily"], "names"),
        (vec!["--activity", "iso-21535-rotation"], "no path"),
        (vec!["--approach", "superior"], "posterior, lateral, anterior"),
        (vec!["--release", "teres"], "teres"),
        (vec!["--weight", "7000"], "20 to 300 kg"),
        (vec!["--plan", "7"], "7"),
        (vec!["--soft-tissue", "none.ron"], "none.ron"),
        (vec!["--video", frames.to_str().unwrap()], "frames"),
    ] {
        let refused = dislocate(&place, &more);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains(phrase) && !said.contains("panicked"), "{more:?}: {said}");
    }
    let refused = dislocate(&place, &["--weight", "7000", "--language", "zh"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("体重 7000 千克无法计算"), "{said}");
}
