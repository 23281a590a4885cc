//! What the program itself says in English says the same in Chinese: the same numbers, and no English word left.

use crate::uncertainty::{found, head, retroverted};
use coxa::{
    anatomy::{
        AnatomyError, BoneFault, Bones, CupAngles, CupDefinition, Finding, HeadFault, LandmarkName, PlaneFault, Posture,
        SagittalValues, SocketFault, examine, measure,
    },
    frames::Side,
    i18n::{Language, Said, Texts},
    implants::{Catalogue, UnknownFamily},
    labels::{
        Label,
        synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel},
    },
    motion::{Activity, Couple},
    pipeline::{FarFrom, LandmarkError, PipelineError},
    plan::{
        Correction, PlanError, PlanSettings, assessment,
        edit::{Command as EditCommand, EditError, Limit, PelvicFrame},
        first_plan,
        storage::{NameFault, StorageError},
        validate,
    },
    progress::Silent,
    report::danger_in_words,
    risk::{Danger, dislocation::RehearsalError},
    surface::SurfaceSettings,
};
use nalgebra::Point3;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
};

/// All numbers of a text, sorted.
fn numbers(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|part| part.trim_matches('.'));
    let mut found: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    found.sort_unstable();
    found
}

/// Words in small letters, but for units, what belongs to names and titles, and addresses.
fn english_words(text: &str) -> Vec<&str> {
    let latin = |c: char| c.is_alphanumeric() && c < '\u{2000}' || "./:-".contains(c);
    let words = text.split(|c| !latin(c)).map(|word| word.trim_matches(['.', ':', '-', '/']));
    let lower = words.filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase()));
    lower.filter(|word| !["mm", "de", "et", "al", "of"].contains(word)).collect()
}

/// Definition and source of all that is measured on a patient whose CT shows pelvis and whole femora, by their names in documents.
fn defined() -> BTreeMap<&'static str, [&'static str; 2]> {
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 41, &DrawOptions::default());
    let (volume, _) = phantom.ct(&phantom.grid([2.0; 3]), &CtSettings::default(), 41);
    let bones = Bones { meshes: phantom.meshes, ..Bones::default() };
    let mut found = examine(&bones, Some(&volume), &Silent).unwrap();
    for posture in [Posture::Standing, Posture::Sitting] {
        found.add_posture(posture, &SagittalValues { sacral_slope_deg: Some(30.0), ..SagittalValues::default() }).unwrap();
    }
    let measured = found.measurements.iter().map(|m| m.quantity).chain(found.curves.iter().map(|curve| curve.quantity));
    let mut defined: BTreeMap<_, _> = measured.map(|q| (q.key, [q.definition, q.citation])).collect();
    defined.extend(assessment::quantities().map(|q| (q.key, [q.definition, q.citation])));
    defined.extend(found.grades.iter().map(|g| (g.scale.key, [g.scale.definition, g.scale.citation])));
    defined
}

#[test]
fn definitions_and_sources_have_the_same_numbers_and_no_english_word() {
    let texts = Texts::new(Language::Chinese);
    let defined = defined();
    assert!(defined.len() > 80, "{}: {:?}", defined.len(), defined.keys());
    let mut wrong = BTreeSet::new();
    for (key, english) in defined {
        for (kind, english) in ["definition", "citation"].into_iter().zip(english) {
            let chinese = texts.of(kind, key, english);
            if numbers(&chinese) != numbers(english) {
                wrong.insert(format!("{kind} of {key}: other numbers\n  {english}\n  {chinese}"));
            }
            if !english_words(&chinese).is_empty() {
                wrong.insert(format!("{kind} of {key}: {:?} in\n  {chinese}", english_words(&chinese)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn other_numbers_and_english_words_are_noticed() {
    assert_eq!(numbers("1.2 mm from S1, 10:30 (PMC77); 65°."), ["1", "1.2", "10", "30", "65", "77"]);
    assert_eq!(
        english_words("Lequesne 与 de Sèze 1961，norm: 5 mm, 10.1007/s11999-014 and the rim"),
        ["norm", "and", "the", "rim"]
    );
}

/// In Chinese an error has the numbers that it has in English, and none of its words.
fn said_alike(error: &(impl Said + std::fmt::Debug)) {
    let (english, chinese) = (error.to_string(), Texts::new(Language::Chinese).say(error));
    assert_ne!(english, chinese, "without a translation");
    assert_eq!(numbers(&english), numbers(&chinese), "{error:?}: {chinese}");
    assert!(!chinese.contains(['{', '⟨', '$']), "{error:?}: {chinese}");
    assert_eq!(Texts::new(Language::English).say(error), english);
    let words: Vec<_> = english_words(&chinese).into_iter().filter(|word| !GIVEN.contains(word)).collect();
    assert!(words.is_empty(), "{error:?}: {words:?} in {chinese}");
}

/// Values in small letters, names of files and of what is typed.
const GIVEN: [&str; 16] = [
    "left",
    "right",
    "inf",
    "case.ron",
    "space",
    "ras",
    "ml",
    "note",
    "catalogue",
    "coxa",
    "plans",
    "revise",
    "review",
    "override",
    "reason",
    "by",
];

#[test]
fn refusals_of_landmarks_and_of_anatomies_are_said_alike() {
    let name = LandmarkName::Asis;
    for error in [
        LandmarkError::SideMissing { name },
        LandmarkError::SideGiven { name: LandmarkName::PubicSymphysis },
        LandmarkError::NotFinite { position: [1.0, f64::INFINITY, 2.0] },
        LandmarkError::NoBone { name },
        LandmarkError::TooFar { name, distance_mm: 43.21, from: FarFrom::Found },
        LandmarkError::TooFar { name, distance_mm: 43.21, from: FarFrom::Bone },
    ] {
        said_alike(&error);
        said_alike(&PipelineError::from(error));
    }
    said_alike(&PipelineError::NoSlicePlane { side: Side::Left });
    let chinese = Texts::new(Language::Chinese).say(&LandmarkError::TooFar { name, distance_mm: 43.21, from: FarFrom::Bone });
    assert_eq!(chinese, "无法设定“髂前上棘”：距它所在的骨骼 43.2 mm，最多允许 30 mm");
    let side = Side::Right;
    let plane = [
        PlaneFault::Sides,
        PlaneFault::NoWingOrPubis,
        PlaneFault::NoWing,
        PlaneFault::NoPubis,
        PlaneFault::OneLine,
        PlaneFault::Unsettled,
    ];
    let head = [HeadFault::FarFromHipBone, HeadFault::NoSphere { points: 77 }, HeadFault::NoModel, HeadFault::NoSphereByModel];
    let socket = [SocketFault::NoSphere, SocketFault::NothingFaces, SocketFault::LittleRim];
    let simple = [AnatomyError::HipBoneMissing { side }, AnatomyError::NoHip, AnatomyError::Cancelled];
    for error in simple
        .into_iter()
        .chain(plane.map(|reason| AnatomyError::PelvicPlane { reason }))
        .chain(head.map(|reason| AnatomyError::Head { side, reason }))
        .chain(socket.map(|reason| AnatomyError::Acetabulum { side, reason }))
    {
        said_alike(&error);
    }
}

#[test]
fn refusals_of_a_rehearsal_are_said_alike() {
    let path = PathBuf::from("/CASE");
    for error in [
        RehearsalError::Read { path: path.clone(), source: io::Error::other("X") },
        RehearsalError::Syntax { path: path.clone(), line: 3, column: 7, reason: "X".into() },
        RehearsalError::Content { path, problem: "X".into() },
        RehearsalError::UnknownApproach { wanted: "A-1".into(), known: "B-2, C-3".into() },
        RehearsalError::UnknownStructure { wanted: "A-1".into(), known: "B-2, C-3".into() },
        RehearsalError::NoStem { plan: 3 },
        RehearsalError::Weight { found: 7000.0 },
        RehearsalError::NoPath { activity: "A-1".into() },
        RehearsalError::Plan(PlanError::OtherSideUnknown { side: Side::Left }),
    ] {
        said_alike(&error);
    }
}

#[test]
fn refusals_of_bones_plans_and_cases_are_said_alike() {
    let bone = Label::FemurLeft;
    for fault in [
        BoneFault::Empty { bone },
        BoneFault::Open { bone, edges: 3 },
        BoneFault::Inverted { bone, volume_ml: -250.0 },
        BoneFault::Turned { bone, turn_deg: 91.0, about_z: false },
        BoneFault::Turned { bone, turn_deg: 180.0, about_z: true },
        BoneFault::SidesSwapped { left: bone, right: Label::FemurRight, apart_mm: 180.0 },
    ] {
        said_alike(&fault);
    }
    let (catalogue, id, path) = ("CATALOGUE 1".to_owned(), "CUP-54".to_owned(), PathBuf::from("/CASE"));
    said_alike(&PlanError::NothingToImplant { catalogue: catalogue.clone(), kind: "X".into() });
    said_alike(&PlanError::UnknownImplant { catalogue, kind: "cup", id });
    let [made_with, found] = ["甲 3".to_owned(), "乙 4".to_owned()];
    let [made_with_sha256, found_sha256] = ["07".to_owned(), "08".to_owned()];
    said_alike(&PlanError::OtherCatalogue { number: 2, made_with, made_with_sha256, found, found_sha256 });
    let [catalogue, family, there] = ["CATALOGUE 1", "FAMILY", "A, B"].map(str::to_owned);
    said_alike(&PlanError::UnknownFamily(UnknownFamily { catalogue, family, there }));
    said_alike(&PlanError::OtherSideUnknown { side: Side::Left });
    said_alike(&PlanError::NoCanal { side: Side::Left, reason: "5 mm.".into() });
    said_alike(&PlanError::OutsideCanal { stem: "STEM-3".into(), from_mm: -12, to_mm: 90 });
    said_alike(&PlanError::OtherHip { plan: Side::Left, judged: Side::Right });
    said_alike(&PlanError::NoHip { side: Side::Left, reason: "5 mm.".into() });
    for error in [
        StorageError::NotACase { path: path.clone() },
        StorageError::Missing { path: path.clone() },
        StorageError::Io { path: path.clone(), action: "read", source: io::Error::other("X") },
        StorageError::Io { path: path.clone(), action: "written", source: io::Error::other("X") },
        StorageError::Full { path: path.clone(), source: io::Error::other("X") },
        StorageError::ReadOnly { path: path.clone(), source: io::Error::other("X") },
        StorageError::Syntax { path: path.clone(), line: 3, column: 7, reason: "X".into() },
        StorageError::Kind { path: path.clone(), found: "X".into(), expected: "note" },
        StorageError::Newer { path: path.clone(), found: 9, known: 2 },
        StorageError::UnknownVersion { path: path.clone(), found: 9 },
        StorageError::Unwritable { path: path.clone(), reason: "X".into() },
        StorageError::Approved { path: path.clone() },
        StorageError::Edited { path: path.clone() },
        StorageError::ApprovalBroken { path: path.clone() },
        StorageError::Changed { path: path.clone(), entry: 3 },
        StorageError::Foreign { path: path.clone() },
        StorageError::Locked { path: path.clone(), holder: "COXA 1, 37".into() },
        StorageError::Meanwhile { path: path.clone() },
        StorageError::Outside { relative: "../X".into() },
        StorageError::Journal { path: path.clone(), reason: "X".into() },
        StorageError::Edits { path: path.clone(), reason: "X".into() },
        StorageError::Unanswered { path: path.clone(), number: 3, findings: vec![("KEY-1".into(), "7 mm.".into())] },
        StorageError::Unreviewed { path: path.clone(), number: 3 },
        StorageError::Nobody,
        StorageError::PlanEdit { number: 2, of: 5, name: "NAME".into(), source: Box::new(EditError::NoStem) },
        StorageError::PlanEdits { path: path.clone(), reason: "X".into() },
        StorageError::NoSnapshot { name: "A".into(), known: vec!["B".into()] },
        StorageError::SnapshotName { name: "A".into(), fault: NameFault::Form },
        StorageError::SnapshotName { name: "A".into(), fault: NameFault::Number },
        StorageError::SnapshotName { name: "A".into(), fault: NameFault::Taken },
        StorageError::Landmark { path, reason: "X".into() },
    ] {
        said_alike(&error);
    }
}

#[test]
fn edits_of_a_plan_and_their_refusals_are_said_alike() {
    let beyond = |limit| EditError::Beyond { limit, found: 99.9, least: -15.0, most: 15.5 };
    Limit::ALL.map(beyond).iter().for_each(said_alike);
    for error in [
        EditError::Approved { number: 3 },
        EditError::NotFinite { what: "DEG" },
        EditError::HeadLiner {
            head: "HEAD-1".into(),
            head_mm: 28.0,
            cup: "CUP-54".into(),
            liner_mm: 36.0,
            allowed: vec!["HEAD-2".into(), "HEAD-3".into()],
        },
        EditError::NoStem,
        EditError::NoTrochanter,
        EditError::NoAngle,
        EditError::NoFinding { key: "KEY-1".into(), known: vec!["KEY-2".into()] },
        EditError::Empty { what: "REASON" },
    ] {
        said_alike(&error);
    }
    let id = || "ID-7".to_owned();
    let (definition, frame) = (CupDefinition::Operative, PelvicFrame::Tilted(12.5));
    for command in [
        EditCommand::ChooseCup { id: id(), head: None },
        EditCommand::ChooseCup { id: id(), head: Some("HEAD-8".into()) },
        EditCommand::ChooseLiner { id: id(), head: None },
        EditCommand::ChooseLiner { id: id(), head: Some("HEAD-8".into()) },
        EditCommand::TurnLiner { positions: -2 },
        EditCommand::ChooseHead { id: id() },
        EditCommand::ChooseStem { id: id(), head: None },
        EditCommand::ChooseStem { id: id(), head: Some("HEAD-8".into()) },
        EditCommand::MoveCup { medial_mm: 1.5, superior_mm: -2.0, anterior_mm: 0.25 },
        EditCommand::PlaceCup { centre: Point3::new(1.5, -2.0, 3.25) },
        EditCommand::CupToNativeCentre,
        EditCommand::DeepenCup { mm: 1.5 },
        EditCommand::OrientCup { inclination_deg: Some(41.0), anteversion_deg: None, definition, frame },
        EditCommand::TurnCup { inclination_deg: 1.0, anteversion_deg: -5.0, definition, frame: PelvicFrame::AsScanned },
        EditCommand::TurnCup {
            inclination_deg: 1.0,
            anteversion_deg: -5.0,
            definition: CupDefinition::Anatomic,
            frame: PelvicFrame::AnteriorPelvicPlane,
        },
        EditCommand::DeepenStem { mm: 1.5 },
        EditCommand::TurnStem { deg: 1.5 },
        EditCommand::LeanStem { deg: 1.5 },
        EditCommand::MoveCut { mm: 1.5 },
        EditCommand::SetCutHeight { mm: 14.0 },
        EditCommand::Override { finding: "KEY-1".into(), reason: "X".into(), by: "AB".into() },
        EditCommand::PutAugment { id: id(), hour: 1.5, tilt_deg: -3.0 },
        EditCommand::RemoveAugment,
        EditCommand::SetOsteotomy { correction: Correction::shortening(30.0, 20.0) },
        EditCommand::RemoveOsteotomy,
        EditCommand::Reset,
    ] {
        said_alike(&command);
    }
}

#[test]
fn findings_of_a_case_have_the_numbers_of_their_english_sentences() {
    let phantom = Phantom::draw(&ShapeModel::load().unwrap(), 41, &DrawOptions::default());
    let (volume, labels) = phantom.ct(&phantom.grid([2.0; 3]), &CtSettings::default(), 41);
    let bones = Bones::from_labels(&labels, &SurfaceSettings::default()).unwrap();
    let anatomy = measure(&bones, Some(&volume), &Silent).unwrap();
    let catalogue = Catalogue::shipped().unwrap();
    let plan = first_plan(&anatomy, &catalogue, Side::Left, &bones.meshes, &PlanSettings::default()).unwrap();
    // Elsewhere than planned: what is then said of a cup.
    let mut moved = plan.clone();
    moved.cup.centre.z += 12.0;
    moved.cup.axis = CupAngles { inclination_deg: 60.0, anteversion_deg: 30.0 }.axis(&anatomy.pelvis.app, Side::Left);
    moved.cup.bone_coverage = Some(0.4);
    let texts = Texts::new(Language::Chinese);
    let mut translated = BTreeSet::new();
    let mut said_of_moved = validate(&moved, &catalogue, &anatomy);
    // Higher, so that less of it is covered, and the stem half a canal aside.
    moved.cup.centre += nalgebra::Vector3::new(14.0, -6.0, 4.0);
    if let Some(stem) = &mut moved.stem {
        stem.pose.translation.vector.x += 5.0;
    }
    let told = assessment::assess(&moved, &catalogue, &anatomy, &bones.meshes, None, &PlanSettings::default()).unwrap();
    said_of_moved.extend(told.findings);
    for finding in anatomy.findings.iter().chain(&plan.findings).chain(&said_of_moved) {
        let chinese = texts.say(finding);
        if chinese != finding.text {
            assert_eq!(numbers(&finding.text), numbers(&chinese), "{}: {chinese}", finding.text);
            assert!(english_words(&chinese).is_empty(), "{chinese}");
            translated.insert(finding.key.as_str());
        }
        assert_eq!(Texts::new(Language::English).say(finding), finding.text);
    }
    for key in ["knee-not-in-scan", "cup-functional", "cup-angles", "cup-centre", "cup-coverage", "leg-length", "cup-uncovered"] {
        assert!(translated.contains(format!("finding-{key}").as_str()), "{key}: {translated:?}");
    }
}

#[test]
fn a_finding_of_an_older_document_keeps_its_english_sentence() {
    let old: Finding = ron::from_str("(key: \"finding-head-not-round\", text: \"1.3 mm\", side: Some(Left))").unwrap();
    assert_eq!(Texts::new(Language::Chinese).say(&old), "1.3 mm");
    assert!(Texts::new(Language::Chinese).say(&old.clone().with("rms", 1.3)).contains("1.3 mm（均方根）"));
    assert_eq!(ron::to_string(&old).unwrap(), "(key:\"finding-head-not-round\",text:\"1.3 mm\",side:Some(Left))");
}

#[test]
fn dangers_and_what_takes_them_away_are_said_alike() {
    let activities = Activity::shipped_with(&[]).unwrap();
    let [english, chinese] = Language::ALL.map(Texts::new);
    let (_, mut dangers) = found(&retroverted(), &activities, &[head()]);
    // Bones too, near and touching, as the mesh engine would tell them.
    for (exceeded, clearance_mm) in [(true, -2.5), (false, 0.4)] {
        let couple = Couple::BoneBone;
        dangers.push(Danger {
            couple,
            exceeded,
            clearance_mm: Some(clearance_mm),
            offer: None,
            place: None,
            ..dangers[0].clone()
        });
    }
    let mut offered = 0;
    for danger in &dangers {
        let [en, zh] = [&english, &chinese].map(|texts| danger_in_words(danger, &activities, texts));
        let activity = activities.iter().find(|activity| activity.id == danger.activity).unwrap();
        assert!(en.starts_with(&activity.name.en) && zh.starts_with(&activity.name.zh), "{en} {zh}");
        assert_eq!(numbers(&en), numbers(&zh), "{en}\n{zh}");
        let words: Vec<_> = english_words(&zh).into_iter().filter(|word| !word.starts_with("head-")).collect();
        assert!(words.is_empty() && !zh.contains('⟨') && !en.contains('⟨'), "{words:?} in {zh}");
        offered += usize::from(danger.offer.is_some());
    }
    assert!(offered > 0);
    for activity in &activities {
        assert_eq!(numbers(&activity.name.en), numbers(&activity.name.zh), "{}", activity.id);
        assert!(english_words(&activity.name.zh).is_empty(), "{}", activity.name.zh);
    }
}
