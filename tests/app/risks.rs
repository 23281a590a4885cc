//! What may go wrong with what is tried: as the library has it, for the newest trial only, and in words and marks in both languages.

use crate::{
    panels::{calm, empty_case},
    trial::{hip, opened, request, until},
};
use coxa::{
    anatomy::CupAngles,
    app::{
        activity::Standing,
        model::{ActivityModel, Command, RisksModel, Step},
        panels,
        risks::{Risks, RisksState, follow_all},
        theme,
        trial::Trial,
    },
    i18n::{Language, Texts},
    motion::{Activity, activity::margins},
    progress::Silent,
    report::{danger_in_words, name_in},
};
use egui_kittest::{Harness, kittest::Queryable};
use std::collections::BTreeSet;

/// All that is told of a trial.
fn told(trial: impl Fn(&coxa::app::trial::PlannedHip) -> Trial) -> (Vec<Risks>, Vec<Activity>) {
    let (_folder, app) = opened();
    let hip = hip(&app);
    let mut told = Vec::new();
    follow_all(&hip, &trial(&hip), &Silent, &mut |risks| told.push(risks)).unwrap();
    let activities = told[0].all.iter().map(|risk| risk.activity.clone()).collect();
    (told, activities)
}

fn turned_backwards(hip: &coxa::app::trial::PlannedHip) -> Trial {
    Trial { cup: CupAngles { inclination_deg: 40.0, anteversion_deg: -20.0 }, ..hip.planned() }
}

#[test]
fn they_are_what_the_library_says_of_the_plan_with_what_is_tried() {
    let (_folder, app) = opened();
    let hip = hip(&app);
    let trial = turned_backwards(&hip);
    let mut told = Vec::new();
    follow_all(&hip, &trial, &Silent, &mut |risks| told.push(risks)).unwrap();
    let [first, last] = &told[..] else { panic!("margins are told first, then the dangers: {}", told.len()) };
    assert!(first.dangers.is_none() && first.all == last.all);
    let engine = hip.engine(&hip.scene(&hip.plan_of(&trial).unwrap()).unwrap()).unwrap();
    let joint = hip.joint(&trial).unwrap();
    for risk in &last.all {
        let expected = margins(std::slice::from_ref(&risk.activity), &joint, Some(&engine)).unwrap().remove(0);
        assert_eq!(risk.margin, expected, "{}", risk.activity.id);
        assert_eq!(risk.standing == Standing::Touches, risk.margin.exceeded);
    }
    let dangers = last.dangers.as_ref().unwrap();
    assert!(!dangers.is_empty() && dangers.iter().all(|danger| danger.searched));
    // Whatever touches in daily life is a danger, and nothing else is said to touch.
    for risk in last.daily() {
        let said = dangers.iter().any(|danger| danger.activity == risk.activity.id && danger.exceeded);
        assert_eq!(said, risk.margin.exceeded, "{}", risk.activity.id);
    }
    // A cup that looks backwards meets in front when the hip is bent.
    let low = last.all.iter().find(|risk| risk.activity.id == "rise-low-seat").unwrap();
    assert_eq!(low.standing, Standing::Touches);
}

#[test]
fn they_follow_what_is_tried_and_are_asked_for_only_where_they_are_seen() {
    let (_folder, mut app) = opened();
    for _ in 0..3 {
        app.update();
    }
    let planned = hip(&app).planned();
    request(&mut app, Command::GoTo(Step::Case));
    let asked = |app: &bevy::prelude::App| app.world().resource::<RisksState>().model().found.map(|found| found.trial.clone());
    assert!(asked(&app).is_none() && !app.world().resource::<RisksState>().busy(), "nobody asks at step 1");
    request(&mut app, Command::GoTo(Step::Motion));
    app.update();
    until(&mut app, |world| !world.resource::<RisksState>().busy());
    assert_eq!(asked(&app), Some(planned.clone()));
    let trial = turned_backwards(&hip(&app));
    request(&mut app, Command::Try(trial.clone()));
    app.update();
    assert!(!app.world().resource::<RisksState>().model().current, "what was found before is not of what is tried now");
    assert_eq!(app.world().resource::<RisksState>().meeting(), None);
    until(&mut app, |world| !world.resource::<RisksState>().busy());
    assert_eq!(asked(&app), Some(trial));
    assert!(app.world().resource::<RisksState>().meeting().unwrap() > 0);
}

struct Given {
    texts: Texts,
    activities: Vec<Activity>,
    found: Risks,
    current: bool,
    layers: BTreeSet<coxa::app::model::Layer>,
    commands: Vec<Command>,
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let (all, current) = (&given.activities[..], given.current);
    let case = coxa::app::model::CaseModel {
        step: Step::Motion,
        risks: Some(RisksModel { found: Some(&given.found), current, busy: !current }),
        activity: Some(ActivityModel { all, chosen: None, busy: false, found: None, at: None, playing: false, slow: true }),
        ..empty_case(&given.layers)
    };
    panels::show(ui, &calm(&given.texts, Some(case)), &mut given.commands);
}

#[test]
fn every_activity_has_its_mark_and_every_danger_its_sentence_in_both_languages() {
    let (told, activities) = told(turned_backwards);
    let found = told.last().unwrap();
    for language in Language::ALL {
        let given = Given {
            texts: Texts::new(language),
            activities: activities.clone(),
            found: found.clone(),
            current: true,
            layers: BTreeSet::new(),
            commands: Vec::new(),
        };
        let mut harness = Harness::builder().with_size([1280.0, 3600.0]).build_ui_state(draw, given);
        theme::apply(&harness.ctx);
        harness.run_steps(4);
        let texts = Texts::new(language);
        for danger in found.dangers.iter().flatten().take(1) {
            harness.get_by_label(&danger_in_words(danger, &activities, &texts));
        }
        for risk in found.daily() {
            let word = match risk.standing {
                Standing::Free => texts.get("standing-free"),
                Standing::Near => texts.get("risk-near"),
                Standing::Touches => texts.get("standing-touches"),
            };
            harness.get_by_label_contains(&format!(
                "{}, {word}, {:.0}°",
                name_in(&risk.activity.name, &texts),
                risk.margin.margin_deg
            ));
        }
        // Pointing at a danger's activity chooses it.
        harness.get_all_by_label(&texts.get("risks-look")).next().unwrap().click();
        harness.run_steps(2);
        let worst = &found.dangers.as_ref().unwrap()[0].activity;
        assert!(
            harness.state().commands.contains(&Command::ChooseActivity(Some(worst.clone()))),
            "{:?}",
            harness.state().commands
        );
    }
}
