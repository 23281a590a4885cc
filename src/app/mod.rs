//! The window: the only code that knows Bevy, egui and Rapier. It shows the stages and asks them; it computes nothing itself.
//!
//! A frame runs through [`schedule::AppSet`]: results of background work arrive, the open document becomes entities, input moves
//! the camera, the posture moves the femur, looks follow components. Panels are plain functions ([`panels`]) from a
//! [`model::Model`] to [`model::Command`]s.

pub mod about;
pub mod activity;
pub mod beside;
pub mod bodies;
pub mod camera;
mod case;
pub mod contact;
pub mod distance;
pub mod document;
mod error;
pub mod examination;
pub mod eye;
pub mod figures;
pub mod film;
mod fonts;
pub mod hands;
pub mod help;
mod interface;
pub mod joint;
pub mod keeping;
pub mod latest;
pub mod loading;
pub mod model;
pub mod opening;
mod outstanding;
pub mod panels;
pub mod physics;
mod picking;
pub mod raycast;
pub mod reach;
pub mod rehearsal;
pub mod repair;
pub mod requests;
pub mod risks;
pub mod scanned;
pub mod schedule;
mod screenshot;
pub mod script;
pub mod slices;
pub mod space;
pub mod steps;
pub mod tasks;
pub mod theme;
pub mod trial;
pub mod zone;

pub use document::Document;
pub use error::AppError;

use crate::{
    i18n::{Language, Texts},
    motion::Posture,
    progress::Progress,
};
use bevy::{
    app::ScheduleRunnerPlugin,
    prelude::*,
    render::RenderPlugin,
    window::{ExitCondition, PrimaryWindow},
    winit::WinitPlugin,
};
use loading::Loading;
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::Duration,
};
use tasks::Task;

/// How to open the window.
#[derive(Clone, Debug, Default)]
pub struct ViewOptions {
    /// Language to begin with.
    pub language: Language,
    /// Dark or light at first.
    pub look: theme::Look,
    /// Renders without a window, writes this PNG and ends.
    pub screenshot: Option<PathBuf>,
    /// Width and height of that picture, or of the window, pixels; `None` for that of a usual screen.
    pub picture_size: Option<[u32; 2]>,
    /// Frames before the picture is taken; with a window, frames before it closes by itself.
    pub frames: Option<u32>,
    /// Where the hip stands at first.
    pub posture: Posture,
    /// Whether and how the CT is drawn as a solid at first.
    pub solid: raycast::SolidView,
    /// A new user is led through the case once.
    pub tour: bool,
    /// The step of the path at which the window opens.
    pub step: model::Step,
    /// What is drawn over the bones at first.
    pub layers: BTreeSet<model::Layer>,
    /// What is in hand at first.
    pub hand: Option<hands::Tool>,
    /// What stands beside what is planned at first.
    pub beside: Option<beside::Other>,
    /// What of the segmentation's repair is in hand at first.
    pub repair: Option<repair::RepairTool>,
    /// The activity that the hip is in at first, by its id, and the place on its path, 0 to 1.
    pub activity: Option<(String, f64)>,
    /// Layout of the views at first, and the window of the slices.
    pub slices: slices::SlicesStart,
    /// Plays this in the window, and closes it.
    pub script: Option<script::Script>,
}

/// True when a window could be opened.
#[must_use]
pub fn display_available() -> bool {
    // Windows are opened through X11 (on Wayland through its X server); other systems always have a desktop.
    !cfg!(target_os = "linux") || std::env::var_os("DISPLAY").is_some_and(|display| !display.is_empty())
}

/// Opens a case folder in the window and returns when it is closed; with [`ViewOptions::screenshot`] renders it and returns.
///
/// # Errors
/// When there is neither a display nor a file to render to, or the graphics cannot be started. A case that cannot be read is
/// shown in the window, and an error for a screenshot.
pub fn open(case_folder: &Path, options: ViewOptions) -> Result<(), AppError> {
    let folder = case_folder.to_path_buf();
    open_after(move |_| Ok(folder), options)
}

/// Opens the window at once, runs `work` in the background with a progress bar and a Cancel button, and opens the case folder
/// that it returns.
///
/// # Errors
/// As [`open`].
pub fn open_after(
    work: impl FnOnce(&dyn Progress) -> Result<PathBuf, String> + Send + 'static,
    options: ViewOptions,
) -> Result<(), AppError> {
    run(Some(Task::start(move |progress| case::read(&work(progress)?, progress))), options)
}

/// Opens the window without a case: it asks for one.
///
/// # Errors
/// As [`open`].
pub fn ask(options: ViewOptions) -> Result<(), AppError> {
    run(None, options)
}

/// Reads a case folder into what the window shows of it.
///
/// # Errors
/// A sentence that says what is missing or damaged.
pub fn read_case(folder: &Path) -> Result<Document, String> {
    case::read(folder, &crate::progress::Silent).map_err(|why| why.to_string())
}

/// Shows a document that is already in memory.
///
/// # Errors
/// As [`open`].
pub fn show(document: Document, options: ViewOptions) -> Result<(), AppError> {
    run(Some(Task::start(move |_| Ok(document))), options)
}

fn run(task: Option<Task<Document>>, options: ViewOptions) -> Result<(), AppError> {
    if options.screenshot.is_none() && !display_available() {
        return Err(AppError::NoDisplay);
    }
    let outcome = screenshot::Outcome::default();
    let shared = outcome.clone();
    // Bevy panics where it finds no graphics; the user gets a sentence instead.
    let exit = catch_unwind(AssertUnwindSafe(move || build(task, &options, shared).run()))
        .map_err(|panic| AppError::Graphics(tasks::panic_message(panic.as_ref())))?;
    match outcome.lock().ok().and_then(|mut outcome| outcome.take()) {
        Some(result) => result,
        None if exit.is_success() => Ok(()),
        None => Err(AppError::Graphics("the window ended with an error".into())),
    }
}

fn build(task: Option<Task<Document>>, options: &ViewOptions, outcome: screenshot::Outcome) -> App {
    let mut app = App::new();
    let render = RenderPlugin { synchronous_pipeline_compilation: options.screenshot.is_some(), ..default() };
    if let Some(file) = &options.screenshot {
        let windowless = WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() };
        app.add_plugins(DefaultPlugins.set(render).set(windowless).disable::<WinitPlugin>())
            .add_plugins(ScheduleRunnerPlugin::run_loop(Duration::from_millis(5)))
            .add_plugins(screenshot::ScreenshotPlugin {
                file: file.clone(),
                frames: options.frames.unwrap_or(10),
                size: options.picture_size.map_or(UVec2::new(1600, 1000), UVec2::from),
                outcome,
            });
    } else {
        let window = Window {
            title: Texts::new(options.language).get("app-title"),
            name: Some("coxa".into()),
            // What any screen can hold; larger where there is room.
            resolution: options.picture_size.unwrap_or([1280, 720]).into(),
            ..default()
        };
        app.add_plugins(DefaultPlugins.set(render).set(WindowPlugin { primary_window: Some(window), ..default() }));
        if options.picture_size.is_none() && options.script.is_none() {
            app.add_systems(Startup, |mut window: Single<&mut Window, With<PrimaryWindow>>| window.set_maximized(true));
        }
        if let Some(script) = options.script.clone() {
            app.add_plugins(script::ScriptPlugin { script, outcome });
        }
        if options.frames.is_none() {
            app.add_plugins(outstanding::PacePlugin);
        }
        if let Some(frames) = options.frames {
            app.add_systems(Last, close_after(frames));
        }
    }
    let asks = task.is_none();
    app.insert_resource(task.map_or_else(Loading::default, Loading::new))
        .insert_resource(joint::StartPosture(options.posture))
        .insert_resource(examination::Layers(options.layers.iter().chain(options.step.layers()).copied().collect()))
        .insert_resource(steps::AtStep(options.step))
        .insert_resource(interface::Appearance(options.look))
        .insert_resource(raycast::SolidState::beginning(options.solid))
        .insert_resource(slices::SlicesState::beginning(options.slices))
        .insert_resource(hands::HandsState::beginning(options.hand))
        .insert_resource(beside::BesideState::beginning(options.beside))
        .insert_resource(repair::RepairState::beginning(options.repair))
        .insert_resource(options.activity.clone().map_or_else(default, |(id, part)| activity::ActivityState::beginning(id, part)))
        .add_plugins((CorePlugins, ViewPlugins { language: options.language }));
    if options.screenshot.is_none() {
        // A picture leaves no trace in what the user opened.
        let mut opening = opening::OpeningState::of(opening::Recents::read());
        opening.shown = asks;
        app.insert_resource(opening);
        if options.tour {
            app.insert_resource(help::HelpState::first(help::Seen::read()));
        }
    }
    app
}

/// Closes the window once the case has been on screen for so many frames.
fn close_after(frames: u32) -> impl FnMut(Res<Loading>, MessageWriter<AppExit>) {
    let mut left = frames;
    move |loading: Res<Loading>, mut exit: MessageWriter<AppExit>| {
        left = if loading.busy() { left } else { left.saturating_sub(1) };
        if left == 0 {
            exit.write(if loading.message.is_none() { AppExit::Success } else { AppExit::error() });
        }
    }
}

/// What works without any screen: document, bodies, joint, contact, examination, physics.
pub struct CorePlugins;

impl Plugin for CorePlugins {
    fn build(&self, app: &mut App) {
        app.init_resource::<space::ViewSpace>()
            .init_resource::<raycast::SolidState>()
            .init_resource::<interface::Appearance>()
            .add_message::<camera::Look>()
            .add_message::<camera::LookAt>()
            .add_plugins((
                schedule::SchedulePlugin,
                requests::RequestsPlugin,
                (loading::LoadingPlugin, opening::OpeningPlugin, help::HelpPlugin, steps::StepPlugin),
                (bodies::BodiesPlugin, scanned::ScannedPlugin),
                joint::JointPlugin,
                contact::ContactPlugin,
                rehearsal::RehearsalPlugin,
                (trial::TrialPlugin, keeping::KeepPlugin, hands::HandsPlugin),
                activity::ActivityPlugin,
                activity::PelvisPlugin,
                zone::ZonePlugin,
                (risks::RisksPlugin, reach::ReachPlugin, distance::DistancePlugin, beside::BesidePlugin),
                examination::ExaminationPlugin,
                (slices::SlicesPlugin, film::FilmPlugin, repair::RepairPlugin),
                physics::PhysicsPlugin,
            ));
    }
}

/// What is seen and clicked.
struct ViewPlugins {
    language: Language,
}

impl Plugin for ViewPlugins {
    fn build(&self, app: &mut App) {
        app.init_resource::<picking::Hovered>().add_plugins((
            interface::InterfacePlugin { language: self.language },
            (slices::TexturesPlugin, film::FilmTexturePlugin),
            camera::CameraPlugin,
            picking::PickingPlugin,
            raycast::SolidPlugin,
        ));
    }
}
