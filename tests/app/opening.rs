//! Opening another case from the window: the form, what is dropped, what goes wrong; the open case stays until the new one is there.

use crate::panels::calm;
use bevy::{prelude::*, window::FileDragAndDrop};
use coxa::{
    app::{
        document::OpenDocument,
        loading::Loading,
        model::{Command, Model, OpeningModel},
        opening::{Found, ImportForm, OpeningState, Recent, Trouble},
        panels,
        requests::Requests,
        theme,
    },
    dicom::Listed,
    frames::Side,
    i18n::{Language, Texts},
};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use std::{fs, path::Path};

use crate::{scene, trial::until};

struct Given {
    texts: Texts,
    form: ImportForm,
    recent: Vec<Recent>,
    trouble: Trouble,
    commands: Vec<Command>,
}

fn draw(ui: &mut egui::Ui, given: &mut Given) {
    let opening = OpeningModel { form: &given.form, recent: &given.recent, trouble: given.trouble.clone() };
    let model = Model { opening: Some(opening), ..calm(&given.texts, None) };
    panels::show(ui, &model, &mut given.commands);
}

fn form(path: &Path) -> ImportForm {
    let mut form = ImportForm::default();
    (form.path, form.out) = (path.display().to_string(), "cases/new".into());
    form.look();
    form
}

fn harness(language: Language, form: ImportForm, trouble: Trouble) -> Harness<'static, Given> {
    let recent = vec![Recent { folder: "cases/old".into(), pseudonym: "CX-000001".into(), side: Side::Left }];
    let given = Given { texts: Texts::new(language), form, recent, trouble, commands: Vec::new() };
    let mut harness = Harness::builder().with_size([1280.0, 720.0]).build_ui_state(draw, given);
    theme::apply(&harness.ctx);
    harness.run_steps(4);
    harness
}

fn click(harness: &mut Harness<'static, Given>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

#[test]
fn a_ct_is_planned_only_when_somebody_has_said_which_hip() {
    let folder = tempfile::tempdir().unwrap();
    for language in Language::ALL {
        let texts = Texts::new(language);
        let mut harness = harness(language, form(folder.path()), Trouble::default());
        assert!(harness.get_by_label(&texts.get("opening-plan")).accesskit_node().is_disabled());
        harness.get_by_label(&texts.get("opening-side-first"));
        click(&mut harness, &texts.get("side-badge-left"));
        let Some(Command::EditOpening(edited)) = harness.state().commands.last().cloned() else { panic!("nothing was chosen") };
        assert_eq!(edited.side, Some(Side::Left));
        harness.state_mut().form = edited;
        harness.run_steps(3);
        click(&mut harness, &texts.get("opening-plan"));
        assert_eq!(harness.state().commands.last(), Some(&Command::Open));
    }
}

#[test]
fn several_series_and_doubtful_labels_are_decided_in_the_form() {
    let folder = tempfile::tempdir().unwrap();
    let listed = |number: usize| Listed { number, short: "ab12".into(), text: format!("{} slices", 100 * number) };
    for language in Language::ALL {
        let texts = Texts::new(language);
        let trouble = Trouble { series: vec![listed(1), listed(2)], doubtful: true };
        let mut harness = harness(language, form(folder.path()), trouble);
        click(&mut harness, "2: 200 slices");
        let chosen = harness.state().commands.iter().any(|command| match command {
            Command::EditOpening(form) => form.series.as_deref() == Some("2"),
            _ => false,
        });
        assert!(chosen);
        click(&mut harness, &texts.get("opening-accept"));
        assert!(matches!(harness.state().commands.last(), Some(Command::EditOpening(form)) if form.accept_doubtful));
    }
}

#[test]
fn a_recent_case_is_a_click_away_and_nothing_overflows() {
    for language in Language::ALL {
        let texts = Texts::new(language);
        let mut harness = harness(language, ImportForm::default(), Trouble::default());
        harness.get_by_label(&texts.get("opening-drop"));
        let name = format!("CX-000001 · {}", texts.side(Side::Left));
        let rect = harness.get_by_label(&name).rect();
        assert!(rect.left() > 300.0 && rect.right() < 980.0, "{rect}");
        click(&mut harness, &name);
        assert_eq!(harness.state().commands, [Command::OpenCase("cases/old".into())]);
    }
}

#[test]
fn what_is_dropped_is_looked_at_and_a_damaged_case_leaves_the_open_one_alone() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case");
    fs::create_dir(&case).unwrap();
    fs::write(case.join("case.ron"), "nonsense").unwrap();
    let mut app = scene::app(scene::document());
    let open = app.world().resource::<OpenDocument>().pseudonym.clone();
    for name in ["a.dcm", "b.dcm"] {
        let (window, path_buf) = (Entity::PLACEHOLDER, folder.path().join(name));
        app.world_mut().write_message(FileDragAndDrop::DroppedFile { window, path_buf });
    }
    app.update();
    let state = app.world().resource::<OpeningState>();
    let found = state.model().unwrap().form.found().clone();
    assert_eq!(found, Found::Images(folder.path().into()), "of several files their folder is meant");
    app.world_mut().write_message(FileDragAndDrop::DroppedFile { window: Entity::PLACEHOLDER, path_buf: case.clone() });
    app.update();
    assert_eq!(*app.world().resource::<OpeningState>().model().unwrap().form.found(), Found::Case(case));
    app.world_mut().resource_mut::<Requests>().0.push(Command::Open);
    until(&mut app, |world| world.resource::<Loading>().message.is_some());
    let why = app.world().resource::<Loading>().message.as_ref().unwrap().get(Language::English);
    assert!(why.contains("case.ron"), "{why}");
    assert_eq!(app.world().resource::<OpenDocument>().pseudonym, open);
}
