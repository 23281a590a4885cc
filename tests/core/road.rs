//! The whole road: a CT becomes a case folder with a plan, its range of motion and a report, or nothing at all.

#[cfg(feature = "neural")]
use crate::support::shared;
use coxa::{
    DISCLAIMER,
    device::DeviceChoice,
    frames::Side,
    i18n::Language,
    implants::Catalogue,
    labels::{
        Label,
        synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    },
    pipeline::{PlanRequest, PlannedCase, Xray, XrayRequest, plan_case, xray},
    plan::{PlanSettings, StemPlacement, TermKind, resected_femur, storage::CaseFolder},
    progress::Silent,
    volume::nifti::{write_labels, write_volume},
    xray::BeamSettings,
};
use nalgebra::Point3;
use std::{fs, path::PathBuf};

fn request(source: PathBuf, labels: Option<PathBuf>, side: Side, case: PathBuf) -> PlanRequest {
    PlanRequest {
        source,
        series: None,
        side,
        case,
        labels,
        settings: PlanSettings::default(),
        accept_doubtful: false,
        #[cfg(feature = "neural")]
        device: DeviceChoice::Cpu,
    }
}

fn run(request: &PlanRequest) -> PlannedCase {
    plan_case(request, &Silent, &mut |_| {}).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_phantom_with_true_labels_is_planned_near_its_true_hip_and_the_case_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 41, &DrawOptions::default());
    let (volume, labels) = phantom.ct(&phantom.grid([1.25; 3]), &CtSettings::default(), 41);
    let (ct, truth) = (folder.path().join("ct.nii.gz"), folder.path().join("labels.nii.gz"));
    write_volume(&ct, &volume).unwrap();
    write_labels(&truth, &labels.grid, &labels.ids).unwrap();
    let case = folder.path().join("case");
    let planned = run(&request(ct, Some(truth), Side::Left, case.clone()));

    let degrees = |cosine: f64| cosine.clamp(-1.0, 1.0).acos().to_degrees();
    for (side, true_hip) in [(Side::Left, &phantom.truth.left), (Side::Right, &phantom.truth.right)] {
        let hip = planned.anatomy.hip(side).expect("both hips are in the scan");
        let centre = (hip.head.centre - true_hip.head.centre).norm();
        assert!(centre < 1.0, "{side} hip centre {centre:.2} mm from the truth");
        let neck = degrees(hip.femur.as_ref().unwrap().neck_axis.direction.dot(&true_hip.neck_axis.direction));
        assert!(neck < 2.0, "{side} neck axis {neck:.2}° from the truth");
    }
    let plane = degrees(planned.anatomy.pelvis.app.anterior().dot(&phantom.truth.app.anterior()));
    assert!(plane < 1.5, "anterior pelvic plane {plane:.2}° from the truth");

    let stem = planned.plan.stem.as_ref().expect("a phantom has a femur");
    assert!(!stem.estimated);
    assert!(planned.plan.leg_length_change_mm.unwrap().abs() < 5.0, "{:?}", planned.plan.leg_length_change_mm);
    assert!(planned.plan.offset_change_mm.unwrap().abs() < 5.0, "{:?}", planned.plan.offset_change_mm);
    let angles = planned.plan.cup.angles(&planned.anatomy.pelvis.app, Side::Left);
    assert!((angles.inclination_deg - 40.0).abs() < 1e-6 && (angles.anteversion_deg - 15.0).abs() < 1e-6);
    let rom = planned.rom.as_ref().expect("there is a femur to move");
    assert!(rom.rows.iter().all(|row| row.limit_deg().is_none_or(|limit| (0.0..=180.0).contains(&limit))));
    assert!(rom.rows[0].limit_deg().is_some_and(|flexion| flexion > 60.0), "flexion ends at {:?}", rom.rows[0].limit_deg());

    let told = &planned.assessment;
    let value = |key: &str| told.value(key).unwrap_or_else(|| panic!("{key} is not told"));
    assert!(told.numbers.len() >= 45, "{}", told.numbers.len());
    for number in &told.numbers {
        assert!(number.value.is_finite() && number.sd.is_finite() && number.sd >= 0.0, "{number:?}");
    }
    let near = |key: &str, expected: f64, bound: f64| assert!((value(key) - expected).abs() < bound, "{key}: {}", value(key));
    near("leg_length_change", planned.plan.leg_length_change_mm.unwrap(), 1e-9);
    near("global_offset_change", planned.plan.offset_change_mm.unwrap(), 1e-9);
    near("cup_coverage", 100.0 * planned.plan.cup.bone_coverage.unwrap(), 0.5);
    let term = |kind| planned.plan.terms.iter().find(|term| term.kind == kind).unwrap().value;
    near("cup_wall_medial", term(TermKind::MedialWall), 0.3);
    // The plan's own figures look along rays from the canal's middle at fewer places of the stem.
    near("stem_clearance_least", term(TermKind::Room), 0.3);
    near("stem_cortex_least", term(TermKind::Cortex), 0.5);
    for (key, low, high) in [
        ("reamed_bone", 0.1, 40.0),
        ("reaming_depth_axial", -8.0, 8.0),
        ("stem_fill_frontal", 50.0, 110.0),
        ("stem_contact", 0.1, 90.0),
        ("cortical_index_100", 0.2, 0.8),
        ("resection_over_lesser_trochanter", 0.0, 40.0),
        ("resection_over_saddle", -30.0, 25.0),
        ("density_cup_zone_1", 50.0, 1500.0),
        ("density_stem_zone_2", 0.0, 2000.0),
    ] {
        assert!((low..high).contains(&value(key)), "{key}: {}", value(key));
    }
    let (cup, implant) = (told.cup.as_ref().unwrap(), told.stem.as_ref().unwrap());
    assert!(cup.screws.iter().any(|screw| screw.bone.value > 20.0), "{:?}", cup.screws);
    assert!(implant.levels.len() >= 6 && cup.map.is_some() && implant.map.is_some());
    let document = serde_json::to_value(told).unwrap();
    assert_eq!(document["numbers"]["cup_coverage"]["unit"], "%");
    assert!(document["numbers"]["cup_wall_medial"]["definition"].is_string());

    let on_disk = CaseFolder::open(&case).unwrap();
    the_head_is_cut_off_and_the_trochanter_stays(&on_disk, &planned, stem);
    assert_eq!(on_disk.read_plan(1).unwrap(), planned.plan);
    assert_eq!(on_disk.verify_journal().unwrap().entries, 1);
    for file in ["volume.nii.gz", "labels.nii.gz", "bones/hip_left.stl", "bones/femur_left.stl", "rom.ron", "landmarks.ron"] {
        assert!(case.join(file).is_file(), "{file} is missing");
    }
    let english = fs::read_to_string(case.join("report.html")).unwrap();
    assert!(english.contains(DISCLAIMER) && english.contains(&planned.pseudonym) && english.contains("L · left hip"));
    assert_eq!(english.matches("data:image/png;base64,").count(), 3);
    let chinese = fs::read_to_string(case.join("report.zh-CN.html")).unwrap();
    assert!(chinese.contains("不是医疗器械") && chinese.contains("髋臼杯"));
    for (name, report) in [("English", english), ("Chinese", chinese)] {
        // The cup's map with its screws, and the stem's.
        assert!(report.matches("<svg").count() >= 3 && report.contains("Wasielewski"), "{name}");
        assert!(!report.contains('⟨'), "a sentence is missing in the {name} report");
        assert!(!report.contains(&folder.path().display().to_string()), "a path is in the {name} report");
    }
}

/// Of the femur, nothing is left about the centre of the head, and nothing is missing at the tips of the trochanters.
fn the_head_is_cut_off_and_the_trochanter_stays(case: &CaseFolder, planned: &PlannedCase, stem: &StemPlacement) {
    let hip = planned.anatomy.hip(Side::Left).unwrap();
    let (femur, head) = (hip.femur.as_ref().unwrap(), hip.head.centre);
    let rest = resected_femur(&case.read_bones().unwrap()[&Label::FemurLeft], stem, Side::Left, &head).unwrap();
    let nearest = |point: &Point3<f64>| rest.vertices.iter().map(|p| (p - point).norm()).fold(f64::INFINITY, f64::min);
    for tip in [&femur.greater_trochanter, &femur.lesser_trochanter] {
        let off = nearest(&tip.as_ref().expect("a phantom has its trochanters").position);
        assert!(off < 2.0, "bone ends {off:.1} mm from the tip of a trochanter");
    }
    assert!(nearest(&head) > hip.head.radius_mm - 1.0, "{:.1} mm from the centre of the head there is bone", nearest(&head));

    // The films before and after show it too: of the same size, and not the same.
    let catalogue = Catalogue::shipped().unwrap();
    let shot = |plan, lateral| {
        let settings = BeamSettings { pixel_mm: 4.3, ..BeamSettings::default() };
        let plan = if plan { Some((&planned.plan, &catalogue)) } else { None };
        xray(case, &XrayRequest { plan, lateral, settings, device: DeviceChoice::Cpu, language: Language::English }).unwrap()
    };
    for lateral in [false, true] {
        let [before, after] = [shot(false, lateral), shot(true, lateral)];
        assert_eq!((before.beam.columns, after.beam.rows), (100, 100));
        let grey = |xray: &Xray, point: &Point3<f64>| {
            let [column, row] = xray.beam.seen_at(point).unwrap().map(|at| at.round() as usize);
            f64::from(xray.picture.rgb[3 * (row * xray.picture.width + column)])
        };
        let cup = planned.plan.cup.centre;
        assert!(grey(&after, &cup) > 200.0 && grey(&before, &cup) < 200.0, "the new head is not seen in the cup");
        // Far from the operation both are the same.
        let far = planned.anatomy.pelvis.app.origin + nalgebra::Vector3::z() * 20.0;
        assert!((grey(&after, &far) - grey(&before, &far)).abs() < 8.0, "{} {}", grey(&after, &far), grey(&before, &far));
    }
}

#[test]
fn what_cannot_be_planned_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let case = folder.path().join("case");
    let error = plan_case(&request(empty, None, Side::Right, case.clone()), &Silent, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("no "), "{error}");
    assert!(!case.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the empty folder is there");
}

#[cfg(feature = "neural")]
#[test]
fn a_real_ct_that_ends_below_the_hips_gets_a_right_cup_and_is_told_what_is_missing() {
    let Some(ct) = shared("data/totalsegmentator_pelvis_ct/example_ct_3mm.nii.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let planned = run(&request(ct, None, Side::Right, folder.path().join("case")));
    let hip = planned.anatomy.hip(Side::Right).expect("the right hip is in the scan");
    let other = planned.anatomy.hip(Side::Left).expect("the left hip is in the scan");
    assert!(planned.plan.cup.centre.x < other.head.centre.x - 100.0, "right is at smaller LPS x than left");
    assert!((planned.plan.cup.centre - hip.head.centre).norm() < 5.0, "the cup is where the head is");
    assert!(planned.plan.stem.as_ref().is_none_or(|stem| stem.estimated), "no shaft, hence no measured stem");
    let told: String = planned.anatomy.findings.iter().chain(&planned.plan.findings).map(|f| f.text.as_str()).collect();
    for word in ["metal", "of the right femur below the centre of its head", "estimate", "right femoral head hardly stands out"] {
        assert!(told.contains(word), "nothing is said of '{word}': {told}");
    }
}

/// Real bone shapes from DICOM to the plan, each by the network: the hip where the set's authors measured it, the stem in a canal that is
/// levelled on the lesser trochanter the raters clicked (RMS 3 mm, on one side a subject).
#[cfg(feature = "neural")]
#[test]
fn real_bones_get_a_stem_in_the_canal() {
    for (subject, side) in [("z001", Side::Left), ("z019", Side::Right), ("z023", Side::Right), ("z056", Side::Left)] {
        let Some(set) = shared(&format!("data/vsd_ct/{subject}")) else { return };
        let folder = tempfile::tempdir().unwrap();
        let planned = run(&request(set.join("dicom"), None, side, folder.path().join("case")));
        let stem = planned.plan.stem.as_ref().expect("the shaft is in the scan");
        assert!(!stem.estimated, "{subject}");
        let truth: serde_json::Value = serde_json::from_str(&fs::read_to_string(set.join("truth.json")).unwrap()).unwrap();
        let point = |value: &serde_json::Value| Point3::from([0, 1, 2].map(|axis| value[axis].as_f64().unwrap()));
        let letter = if side == Side::Left { "L" } else { "R" };
        let hip = planned.anatomy.hip(side).unwrap();
        let centre = (hip.head.centre - point(&truth["hip_centres"][letter])).norm();
        let lesser = &truth["landmarks"][format!("{letter} Lesser Trochanter (LT)")]["lps"];
        let found = hip.femur.as_ref().unwrap().lesser_trochanter.as_ref().unwrap().position;
        let trochanter = lesser.is_array().then(|| (found - point(lesser)).norm());
        eprintln!(
            "{subject} {side}: hip centre {centre:.2} mm, lesser trochanter {trochanter:.1?} mm from the truth, {}",
            stem.stem
        );
        assert!(centre < 1.0, "{subject}: hip centre {centre:.2} mm from the truth");
        assert!(trochanter.is_none_or(|mm| mm < 6.0), "{subject}: lesser trochanter {trochanter:?} mm from the raters' mean");
        assert!(planned.plan.leg_length_change_mm.unwrap().abs() < 5.0 && planned.plan.offset_change_mm.unwrap().abs() < 5.0);
    }
}
