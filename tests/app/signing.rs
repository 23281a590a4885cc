//! The last step: a plan is answered for, reviewed, approved, taken up again and reported, with the document on disk looked at each time.

use crate::{
    case, panels, scene,
    trial::{request, until},
};
use bevy::prelude::*;
use coxa::{
    anatomy::Finding,
    app::{
        self,
        about::About,
        document::OpenDocument,
        keeping::KeepState,
        model::{CaseModel, Command, KeepModel, Layer, Mark, Step},
        steps::marks,
        theme,
    },
    i18n::{Language, Texts},
    plan::{PlanState, storage::CaseFolder},
};
use egui_kittest::{Harness, kittest::Queryable};
use std::{collections::BTreeSet, path::Path};

fn made(place: &Path, hard: bool) -> CaseFolder {
    let folder = CaseFolder::open(case::write(place)).unwrap();
    if hard {
        let mut plan = folder.read_plan(1).unwrap();
        plan.findings.push(Finding::new("finding-nerve", None, "The leg becomes 45 mm longer."));
        folder.write_plan(&plan).unwrap();
    }
    folder
}

fn opened(folder: &CaseFolder) -> App {
    scene::app(app::read_case(folder.path()).unwrap())
}

fn about(app: &App) -> About {
    app.world().resource::<OpenDocument>().about.as_deref().unwrap().clone()
}

fn keep(app: &App) -> KeepModel<'_> {
    app.world().resource::<KeepState>().model().unwrap()
}

fn last_mark(app: &App) -> Mark {
    marks(app.world().resource::<OpenDocument>(), Some(true), None)[Step::Report.number() - 1]
}

fn done(app: &mut App, command: Command) {
    request(app, command);
    app.update();
    until(app, |world| !world.resource::<KeepState>().busy());
    app.update();
    app.update();
}

#[test]
fn a_plan_is_reviewed_approved_and_taken_up_again() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"), false);
    let mut app = opened(&folder);
    assert_eq!(last_mark(&app), Mark::Open);
    // Nobody signs without a name, and nothing is approved that nobody has reviewed.
    done(&mut app, Command::Review);
    assert!(keep(&app).refused.is_some());
    request(&mut app, Command::KeepBy("surgeon".into()));
    done(&mut app, Command::Approve);
    assert!(keep(&app).refused.is_some());
    assert_eq!(folder.read_plan(1).unwrap().state(), PlanState::Draft);

    done(&mut app, Command::Review);
    assert_eq!(keep(&app).refused, None);
    assert_eq!(folder.read_plan(1).unwrap().review.unwrap().by, "surgeon");
    assert_eq!(about(&app).newest().unwrap().state(), PlanState::Reviewed, "the window shows what is on disk");
    done(&mut app, Command::Approve);
    assert_eq!(folder.read_plan(1).unwrap().state(), PlanState::Approved);
    assert_eq!(last_mark(&app), Mark::Done);

    done(&mut app, Command::Revise);
    let plans = about(&app).plans;
    assert_eq!(
        plans.iter().map(|plan| (plan.number, plan.state())).collect::<Vec<_>>(),
        [(1, PlanState::Approved), (2, PlanState::Draft)]
    );
    assert_eq!(last_mark(&app), Mark::Open);
}

#[test]
fn what_may_not_be_is_answered_for_before_it_is_approved() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"), true);
    let mut app = opened(&folder);
    assert_eq!(last_mark(&app), Mark::Hard(1));
    request(&mut app, Command::KeepBy("surgeon".into()));
    done(&mut app, Command::Review);
    done(&mut app, Command::Approve);
    let why = keep(&app).refused.unwrap().why.clone();
    assert!(why.get(Language::English).contains("45 mm"), "{why:?}");
    let reason = "the other leg is as long, and the nerve is watched".to_owned();
    done(&mut app, Command::Answer { finding: "finding-nerve".into(), reason: reason.clone() });
    assert_eq!(keep(&app).refused, None);
    let plan = folder.read_plan(1).unwrap();
    assert_eq!((plan.overrides[0].by.as_str(), plan.overrides[0].reason.as_str()), ("surgeon", reason.as_str()));
    assert_eq!(
        (plan.state(), last_mark(&app)),
        (PlanState::Draft, Mark::Open),
        "an answer is an edit, and takes the review back"
    );
    done(&mut app, Command::Review);
    done(&mut app, Command::Approve);
    assert_eq!(last_mark(&app), Mark::Done);
}

#[test]
fn the_report_is_written_in_both_languages() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"), false);
    let mut app = opened(&folder);
    assert!(about(&app).reports.is_empty());
    done(&mut app, Command::WriteReport);
    assert_eq!(keep(&app).refused, None);
    let reports = about(&app).reports;
    assert_eq!(reports.len(), 2);
    for report in reports {
        let text = std::fs::read_to_string(report).unwrap();
        assert!(text.contains("</html>") && text.contains(&about(&app).case.pseudonym));
    }
}

/// The last step's page of a case on disk, with nothing else on it.
fn page(about: About, step: Step, by: &'static str, language: Language) -> Harness<'static, Page> {
    let draw = |ui: &mut egui::Ui, page: &mut Page| {
        let keep = KeepModel { approved: false, undo: None, redo: None, busy: false, told: &[], refused: None, by: page.by };
        let case = CaseModel { about: Some(&page.about), keep: Some(keep), step: page.step, ..panels::empty_case(&page.layers) };
        let model = panels::calm(&page.texts, Some(case));
        app::panels::show(ui, &model, &mut page.commands);
    };
    let page = Page { texts: Texts::new(language), about, step, by, layers: BTreeSet::new(), commands: Vec::new() };
    let mut harness = Harness::builder().with_size([1280.0, 1200.0]).build_ui_state(draw, page);
    theme::apply(&harness.ctx);
    harness.run_steps(4);
    harness
}

struct Page {
    texts: Texts,
    about: About,
    step: Step,
    by: &'static str,
    layers: BTreeSet<Layer>,
    commands: Vec<Command>,
}

#[test]
fn who_signs_says_who_he_is_and_why() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"), true);
    let document = app::read_case(folder.path()).unwrap();
    for language in Language::ALL {
        let texts = Texts::new(language);
        let about = document.about.as_deref().unwrap().clone();
        let mut nobody = page(about.clone(), Step::Report, "", language);
        nobody.get_by_label(&texts.get("standing-name-first"));
        nobody.get_by_label(&texts.get("standing-review")).click();
        nobody.run_steps(2);
        assert!(nobody.state().commands.is_empty(), "nobody signs without a name");
        let mut harness = page(about, Step::Report, "surgeon", language);
        for label in ["standing-approve", "standing-answer"] {
            harness.get_by_label(&texts.get(label)).click();
            harness.run_steps(2);
        }
        assert!(harness.state().commands.is_empty(), "without a reason nothing is answered for, and nothing approved");
        harness.get_by_label(&texts.get("standing-reason")).focus();
        harness.run_steps(1);
        harness.get_by_label(&texts.get("standing-reason")).type_text("as the other leg");
        harness.run_steps(2);
        for label in ["standing-answer", "standing-review", "standing-report"] {
            harness.get_by_label(&texts.get(label)).click();
            harness.run_steps(2);
        }
        let (finding, reason) = ("finding-nerve".to_owned(), "as the other leg".to_owned());
        assert_eq!(harness.state().commands, [Command::Answer { finding, reason }, Command::Review, Command::WriteReport]);
    }
}

#[test]
fn plans_stand_beside_each_other() {
    let root = tempfile::tempdir().unwrap();
    let folder = made(&root.path().join("case"), false);
    let mut revision = folder.revise_plan(1).unwrap();
    revision.leg_length_change_mm = Some(7.25);
    folder.write_plan(&revision).unwrap();
    let document = app::read_case(folder.path()).unwrap();
    for language in Language::ALL {
        let texts = Texts::new(language);
        let harness = page(document.about.as_deref().unwrap().clone(), Step::Case, "", language);
        harness.get_by_label(&texts.get("compare"));
        for number in ["1", "2"] {
            assert_eq!(harness.get_all_by_label(&texts.with("plan-number", &[("number", number)])).count(), 2);
        }
        // The same cup in both.
        let cup = document.about.as_deref().unwrap().numbers[0].iter().find(|measure| measure.key == "measure-cup").unwrap();
        assert_eq!(harness.get_all_by_label(&cup.value).count(), 2);
    }
}
