//! The last step: a plan is answered for, reviewed, approved, taken up again and reported, with the document on disk looked at each time.

use crate::{
    case, scene,
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
        model::{Command, KeepModel, Mark, Step},
        steps::marks,
    },
    i18n::Language,
    plan::{PlanState, storage::CaseFolder},
};
use std::path::Path;

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
    marks(app.world().resource::<OpenDocument>(), Some(true))[Step::Report.number() - 1]
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
