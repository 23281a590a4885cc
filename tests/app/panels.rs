//! The panels in both languages, driven through their accessibility tree; no GPU, no Bevy.

use crate::scene;
use coxa::{
    anatomy::{Finding, Grade, LandmarkName, Measurement, Quantity, Scale, Unit},
    app::{
        bodies::BodyKind,
        model::{
            BodyRow, CaseModel, Command, Contact, ContactModel, ContactPair, ExaminationModel, HelpModel, JobModel, Layer, Mark,
            MeasuredRow, Model, PlanNumbers, Step, View,
        },
        panels, theme,
    },
    frames::Side,
    i18n::{Language, Texts},
    labels::Label,
    motion::{Couple, Motion, Posture, RomRow, RomTable},
    plan::ImplantPart,
};
use egui_kittest::{Harness, kittest::Queryable};
use std::collections::BTreeSet;

/// Everything a model borrows.
struct Given {
    texts: Texts,
    side: Side,
    plan: PlanNumbers,
    posture: Option<Posture>,
    contact: Contact,
    rom: RomTable,
    findings: Vec<Finding>,
    job: Option<JobModel>,
    message: Option<String>,
    measured: Option<Vec<(Measurement, bool)>>,
    grades: Vec<Grade>,
    step: Step,
    marks: [Mark; 8],
    layers: BTreeSet<Layer>,
    unlocked: bool,
    by_hand: Vec<(LandmarkName, Option<Side>)>,
    commands: Vec<Command>,
}

fn given(language: Language) -> Given {
    let row = |(i, &motion): (usize, &Motion)| RomRow {
        motion,
        implant_deg: (i != 2).then_some(120.0 + i as f64),
        bone_deg: Some(60.0 + i as f64),
        first: Some(Couple::BoneBone),
        contact: None,
        limits: Vec::new(),
    };
    Given {
        texts: Texts::new(language),
        side: Side::Right,
        plan: scene::plan(),
        posture: Some(Posture::NEUTRAL),
        contact: Contact::default(),
        rom: RomTable { rows: Motion::ALL.iter().enumerate().map(row).collect(), findings: Vec::new() },
        findings: scene::document().findings,
        job: None,
        message: None,
        measured: None,
        grades: Vec::new(),
        step: Step::Motion,
        marks: [Mark::Done; 8],
        layers: BTreeSet::new(),
        unlocked: false,
        by_hand: Vec::new(),
        commands: Vec::new(),
    }
}

/// A case of which nothing is known but its side.
pub fn empty_case(layers: &BTreeSet<Layer>) -> CaseModel<'_> {
    CaseModel {
        pseudonym: "test-0001",
        side: Side::Right,
        bodies: Vec::new(),
        plan: None,
        posture: None,
        contact: ContactModel::Unknown,
        physics: None,
        rehearsal: None,
        rom: None,
        keep: None,
        reach: None,
        beside: None,
        trial: None,
        activity: None,
        risks: None,
        pelvis: None,
        zone: None,
        distance: None,
        step: Step::Case,
        marks: [Mark::Done; 8],
        solid: None,
        about: None,
        layers,
        findings: &[],
        examination: None,
        repair: None,
    }
}

/// A window with nothing over its view.
pub fn calm<'a>(texts: &'a Texts, case: Option<CaseModel<'a>>) -> Model<'a> {
    Model {
        texts,
        case,
        look: theme::Look::Dark,
        hovered: None,
        opening: None,
        help: HelpModel::default(),
        job: None,
        message: None,
    }
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let body = |kind| BodyRow { kind, visible: true, opacity: 1.0 };
    let case = CaseModel {
        side: given.side,
        bodies: vec![
            body(BodyKind::Bone(Label::HipRight)),
            body(BodyKind::Bone(Label::FemurRight)),
            body(BodyKind::Implant(ImplantPart::Stem)),
        ],
        plan: Some(&given.plan),
        posture: given.posture,
        contact: ContactModel::Answer(&given.contact),
        physics: Some(!given.contact.pairs.is_empty()),
        rom: Some(&given.rom),
        step: given.step,
        marks: given.marks,
        findings: &given.findings,
        examination: given.measured.as_ref().map(|measured| ExaminationModel {
            rows: Some(MeasuredRow::table(measured)),
            grades: &given.grades,
            busy: false,
            failure: None,
            layers: &given.layers,
            unlocked: given.unlocked,
            can_undo: true,
            can_redo: false,
            by_hand: given.by_hand.clone(),
            points: &[],
            pointed: None,
        }),
        ..empty_case(&given.layers)
    };
    let (job, message) = (given.job.clone(), given.message.as_deref());
    let model = Model { job, message, ..calm(&given.texts, Some(case)) };
    panels::show(ui, &model, &mut given.commands);
}

fn harness(given: Given) -> Harness<'static, Given> {
    let mut harness = Harness::builder().with_size([1600.0, 1400.0]).build_ui_state(draw, given);
    theme::apply(&harness.ctx);
    harness.run();
    harness
}

#[test]
fn side_pseudonym_and_disclaimer_are_always_in_view() {
    for (language, side, badge) in [
        (Language::English, Side::Right, "R · right hip"),
        (Language::Chinese, Side::Right, "右 R · 右髋"),
        (Language::Chinese, Side::Left, "左 L · 左髋"),
    ] {
        let harness = harness(Given { side, ..given(language) });
        harness.get_by_label(badge);
        harness.get_by_label_contains("test-0001");
        harness.get_by_label(&Texts::new(language).get("disclaimer"));
    }
}

#[test]
fn the_plan_is_shown_with_units_and_signs() {
    let cup = harness(Given { step: Step::Cup, ..given(Language::English) });
    for text in ["Ø 54 mm", "40.0°", "15.0°", "+2.3 mm", "-1.2 mm"] {
        cup.get_by_label(text);
    }
    cup.get_by_label_contains("Radiographic definition");
    let stem = harness(Given { step: Step::Stem, ..given(Language::English) });
    for text in ["Size 6 · high offset (estimated)", "Ø 36 mm", "-3.5 mm", "+2.3 mm", "-1.2 mm"] {
        stem.get_by_label(text);
    }
}

#[test]
fn the_table_names_each_motion_and_what_limits_it() {
    let harness = harness(given(Language::Chinese));
    for text in ["屈曲 90° 内旋", "屈曲 0° 外旋", "120.0°", "67.0°", "> 180°"] {
        harness.get_by_label(text);
    }
    assert_eq!(harness.get_all_by_label("骨 – 骨").count(), 8);
}

#[test]
fn impingement_is_said_in_words_in_both_languages() {
    for (language, words, pair) in [
        (Language::English, "Impingement: femur against pelvis", "Right femur touches Right hip bone"),
        (Language::Chinese, "撞击：股骨与骨盆", "右股骨与右髋骨接触"),
    ] {
        let mut given = given(language);
        given.contact = Contact {
            pairs: vec![ContactPair {
                couple: Couple::BoneBone,
                moving: BodyKind::Bone(Label::FemurRight),
                fixed: BodyKind::Bone(Label::HipRight),
            }],
            neck_margin_deg: Some(12.34),
            bone_clearance_mm: Some(-0.4),
        };
        let harness = harness(given);
        harness.get_by_label(words);
        harness.get_by_label(pair);
    }
    harness(given(Language::English)).get_by_label("No contact");
}

#[test]
fn a_negative_angle_is_named_by_its_opposite() {
    let posture = Posture { flexion_deg: -12.0, adduction_deg: -8.0, internal_rotation_deg: -5.0 };
    let harness = harness(Given { posture: Some(posture), ..given(Language::English) });
    // Once as the slider's label, once in the table.
    assert!(harness.get_all_by_label("Extension").count() >= 2);
    harness.get_all_by_label("External rotation").next().unwrap();
}

#[test]
fn the_checkbox_hides_its_bone() {
    let mut harness = harness(given(Language::English));
    harness.get_by_label("Right femur").click();
    harness.run();
    assert!(harness.state().commands.contains(&Command::SetVisible(BodyKind::Bone(Label::FemurRight), false)));
}

#[test]
fn the_language_and_the_view_are_switched_by_a_click() {
    let mut harness = harness(given(Language::English));
    harness.get_by_label("中文").click();
    harness.run();
    harness.get_by_label("P").click();
    harness.run();
    let commands = &harness.state().commands;
    assert!(commands.contains(&Command::SetLanguage(Language::Chinese)) && commands.contains(&Command::Look(View::Posterior)));
}

#[test]
fn the_sliders_ask_for_a_posture_and_the_button_for_neutral() {
    let posture = Posture { flexion_deg: 40.0, ..Posture::NEUTRAL };
    let mut harness = harness(Given { posture: Some(posture), ..given(Language::English) });
    harness.get_by_label("Neutral position").click();
    harness.run();
    assert!(harness.state().commands.contains(&Command::SetPosture(Posture::NEUTRAL)));
}

#[test]
fn work_can_be_cancelled_and_an_error_read_and_closed() {
    let mut given = given(Language::English);
    given.job = Some(JobModel { stage: "surface".into(), fraction: 0.4, left: None });
    given.message = Some("This did not work: no slices".into());
    let mut harness = harness(given);
    harness.get_by_label("Cancel").click();
    harness.run();
    harness.get_by_label("This did not work: no slices");
    harness.get_by_label("Close").click();
    harness.run();
    let commands = &harness.state().commands;
    assert!(commands.contains(&Command::CancelJob) && commands.contains(&Command::DismissMessage));
}

#[test]
fn without_a_femur_there_is_nothing_to_move_and_it_is_said() {
    let mut given = given(Language::English);
    given.posture = None;
    given.plan.stem = None;
    let mut harness = harness(given);
    harness.get_by_label_contains("No femur can be moved");
    harness.state_mut().step = Step::Stem;
    harness.run();
    harness.get_by_label_contains("The stem is left out");
}

static NECK_SHAFT: Quantity = Quantity {
    key: "neck_shaft_angle",
    unit: Unit::Degrees,
    definition: "Between neck and shaft.",
    norm: Some([118.0, 126.0]),
    citation: "made up",
};
static TILT: Quantity =
    Quantity { key: "pelvic_tilt_app", unit: Unit::Degrees, definition: "Of the pelvis.", norm: None, citation: "made up" };

/// Both hips' neck–shaft angle, the right one beyond the norm, and a tilt of the pelvis.
fn measured(language: Language) -> Given {
    let of = |quantity, side, value| (Measurement { quantity, side, value, sd: 1.25 }, false);
    let numbers =
        vec![of(&TILT, None, -0.04), of(&NECK_SHAFT, Some(Side::Left), 124.31), of(&NECK_SHAFT, Some(Side::Right), 139.27)];
    Given { measured: Some(numbers), step: Step::Diagnosis, ..given(language) }
}

#[test]
fn the_table_of_measurements_names_values_norms_and_what_is_beyond() {
    for (language, tilt, neck, above, below) in [
        (Language::English, "Pelvic tilt (anterior pelvic plane) (°)", "Neck–shaft angle (°)", "above", "below"),
        (Language::Chinese, "骨盆倾斜角（骨盆前平面） (°)", "颈干角 (°)", "偏高", "偏低"),
    ] {
        let harness = harness(measured(language));
        for text in [tilt, neck, "0.0 ± 1.2", "124.3 ± 1.2", "139.3 ± 1.2", "118–126"] {
            harness.get_by_label(text);
        }
        assert_eq!(harness.get_all_by_label(above).count(), 1, "only the right one is beyond its norm");
        assert!(harness.query_by_label(below).is_none());
    }
}

/// Rests the pointer on a label until its explanation appears.
fn point_at(harness: &mut Harness<'static, Given>, label: &str) {
    harness.ctx.all_styles_mut(|style| style.interaction.tooltip_delay = 0.0);
    harness.get_by_label(label).hover();
    harness.run_steps(20);
}

#[test]
fn a_quantity_explains_itself_in_the_language_of_the_window() {
    for (language, label, definition, citation) in [
        (Language::English, "Neck–shaft angle (°)", "Between neck and shaft.", "made up"),
        (Language::Chinese, "颈干角 (°)", "股骨颈轴线（股骨头中心至股骨颈最小截面的形心）与股骨干轴线的空间夹角。", "四分位间距"),
    ] {
        let mut harness = harness(measured(language));
        assert!(harness.query_by_label_contains(definition).is_none());
        point_at(&mut harness, label);
        harness.get_by_label_contains(definition);
        harness.get_by_label_contains(citation);
    }
}

static HEIGHT: Quantity =
    Quantity { key: "crowe_displacement", unit: Unit::Ratio, definition: "Too high.", norm: None, citation: "made up" };

#[test]
fn grades_stand_below_with_what_else_they_may_be() {
    static CROWE: Scale = Scale { key: "crowe_grade", definition: "By height.", citation: "made up" };
    let grade = |side, grade, also| {
        let measured = Measurement { quantity: &HEIGHT, side: Some(side), value: 0.62, sd: 0.05 };
        Grade { scale: &CROWE, side: Some(side), grade, also, measured, because: "0.62 too high".into() }
    };
    for (language, name, or, because, definition) in [
        (Language::English, "Crowe grade L", "or III, IV", "0.62 too high", "By height."),
        (Language::Chinese, "Crowe 分型 L", "或 III, IV", "股骨头上移程度（Crowe）：0.62 ± 0.05", "0.50 为 I 型"),
    ] {
        let grades = vec![grade(Side::Left, "II", vec!["III", "IV"]), grade(Side::Right, "I", vec![])];
        let mut harness = harness(Given { grades, ..measured(language) });
        for text in [name, "II", or] {
            harness.get_by_label(text);
        }
        point_at(&mut harness, name);
        harness.get_by_label_contains(because);
        harness.get_by_label_contains(definition);
        assert_eq!(harness.get_all_by_label(or).count(), 1, "the right one is sure");
    }
}

#[test]
fn every_step_is_in_reach_with_its_mark_and_its_sentence() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        let marks = [Mark::Done, Mark::Look(2), Mark::Hard(1), Mark::Open, Mark::Missing, Mark::Done, Mark::Done, Mark::Open];
        let signs = [" ✔", " ▲", " ✖", "", " –", " ✔", " ✔", ""];
        for step in Step::ALL {
            let mut harness = harness(Given { step, marks, ..measured(language) });
            harness.get_by_label(&texts.get(&format!("step-{}-look", step.name())));
            for (to, sign) in Step::ALL.into_iter().zip(signs) {
                let title = format!("{} {}{sign}", to.number(), texts.get(&format!("step-{}", to.name())));
                // The page says its title too, but without the sign.
                harness.get_all_by_label(&title).next().unwrap().click();
                harness.run();
                assert_eq!(harness.state().commands.last(), Some(&Command::GoTo(to)), "{title}");
            }
            for (to, key) in [(step.after(), "step-next"), (step.before(), "step-back")] {
                harness.state_mut().commands.clear();
                harness.get_by_label(&texts.get(key)).click();
                harness.run();
                assert_eq!(harness.state().commands.last(), to.map(Command::GoTo).as_ref(), "{step:?} {key}");
            }
        }
    }
}

#[test]
fn no_step_overflows_a_small_window() {
    for (language, step) in Language::ALL.into_iter().flat_map(|language| Step::ALL.map(|step| (language, step))) {
        let given = Given { step, unlocked: true, ..crowded(language) };
        let mut harness = Harness::builder().with_size([1280.0, 720.0]).build_ui_state(draw, given);
        theme::apply(&harness.ctx);
        harness.run();
        let texts = Texts::new(language);
        for to in Step::ALL {
            let title = format!("{} {} ✔", to.number(), texts.get(&format!("step-{}", to.name())));
            let rect = harness.get_by_label(&title).rect();
            assert!(rect.right() <= 1280.0 && rect.height() < 32.0, "{language:?}: '{title}' at {rect}");
        }
        let look = harness.get_by_label(&texts.get(&format!("step-{}-look", step.name()))).rect();
        assert!(look.right() <= 1280.0 && look.left() > 700.0, "{language:?} {step:?}: {look} leaves no room for the bones");
    }
}

#[test]
fn layers_lock_undo_and_the_way_back_are_asked_for_by_clicks() {
    let asis = (LandmarkName::Asis, Some(Side::Left));
    let mut harness =
        harness(Given { unlocked: true, step: Step::Landmarks, by_hand: vec![asis], ..measured(Language::English) });
    for label in ["Angles", "Landmarks can be moved", "Undo", "Redo", "Back to automatic", "Plan again"] {
        harness.get_by_label(label).click();
        harness.run();
    }
    harness.get_by_label("Anterior superior iliac spine L: set by hand");
    assert_eq!(
        harness.state().commands,
        [
            Command::ShowLayer(Layer::Angles, true),
            Command::UnlockLandmarks(false),
            Command::UndoLandmark,
            Command::ResetLandmark(asis.0, asis.1),
            Command::PlanAgain,
        ],
        "and there is nothing to do again"
    );
}

#[test]
fn while_locked_there_is_no_undo_and_no_way_back() {
    let by_hand = vec![(LandmarkName::Asis, Some(Side::Left))];
    let mut harness = harness(Given { by_hand, step: Step::Landmarks, ..measured(Language::English) });
    assert!(harness.query_by_label("Undo").is_none());
    harness.get_by_label("Back to automatic").click();
    harness.run();
    assert!(harness.state().commands.is_empty());
}

/// Long names, wide numbers, everything beyond its norm, landmarks set by hand.
fn crowded(language: Language) -> Given {
    static WIDE: Quantity = Quantity {
        key: "alpha_angle_maximum_direction",
        unit: Unit::Degrees,
        definition: "Wide.",
        norm: Some([-5.5, -2.5]),
        citation: "made up",
    };
    let of = |side, value| (Measurement { quantity: &WIDE, side, value, sd: 28.45 }, false);
    Given {
        measured: Some(vec![of(Some(Side::Left), -138.92), of(Some(Side::Right), 108.3)]),
        by_hand: vec![(LandmarkName::LateralPosteriorCondyle, Some(Side::Left)), (LandmarkName::SacralEndplatePosterior, None)],
        unlocked: true,
        ..measured(language)
    }
}

#[test]
fn nothing_of_the_table_overflows_a_small_window() {
    for language in Language::ALL {
        let mut harness = Harness::builder().with_size([1280.0, 720.0]).build_ui_state(draw, crowded(language));
        theme::apply(&harness.ctx);
        harness.run();
        for text in ["-138.9 ± 28.4", "108.3 ± 28.4", "-5.5 – -2.5"] {
            let rect = harness.get_by_label(text).rect();
            assert!(rect.right() <= 1280.0 && rect.height() < 22.0, "{language:?}: '{text}' at {rect}");
        }
        let [left, right] = ["-138.9 ± 28.4", "108.3 ± 28.4"].map(|text| harness.get_by_label(text).rect());
        assert!(left.right() < right.left(), "{language:?}: columns do not meet");
        harness.state_mut().step = Step::Landmarks;
        harness.run();
        let back = Texts::new(language).get("landmark-reset");
        let table = left.left() - 180.0;
        for button in harness.get_all_by_label(&back) {
            assert!(button.rect().right() <= 1280.0 && button.rect().left() > table, "{language:?}: {}", button.rect());
        }
    }
}

#[test]
fn a_finding_is_said_with_its_numbers_in_the_language_of_the_window() {
    let apart = Finding::new("finding-head-not-concentric", Some(Side::Right), "They are 5.3 mm apart.").with("apart", 5.3);
    let with = |language| harness(Given { findings: vec![apart.clone()], step: Step::Report, ..given(language) });
    with(Language::English).get_by_label("They are 5.3 mm apart.");
    let chinese = with(Language::Chinese);
    chinese.get_by_label("右侧 · 股骨头与髋臼不同心。");
    chinese.get_by_label("股骨头与髋臼不同心：股骨头中心距髋臼中心 5.3 mm。");
    assert!(chinese.query_by_label_contains("apart").is_none());
}
