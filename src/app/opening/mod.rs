//! Opening another case, or planning one from a CT: a folder or file is typed, dropped onto the window, or chosen among the recent ones.

mod form;
mod import;
mod recent;

pub use form::{Found, ImportForm};
pub use import::Trouble;
pub use recent::{Recent, Recents, state_folder};

use super::{
    case,
    document::OpenDocument,
    loading::Loading,
    model::{Command, OpeningModel},
    requests::Requests,
    schedule::AppSet,
    tasks::Task,
};
use bevy::{ecs::system::SystemParam, prelude::*, window::FileDragAndDrop};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// What is to be opened.
#[derive(Resource, Debug, Default)]
pub struct OpeningState {
    /// The form is on screen.
    pub shown: bool,
    form: ImportForm,
    recents: Recents,
    /// What the last import stumbled over, and what a person can decide about it.
    trouble: Arc<Mutex<Trouble>>,
}

impl OpeningState {
    /// With the cases that the user had open.
    #[must_use]
    pub fn of(recents: Recents) -> Self {
        Self { form: ImportForm::new(), recents, ..Self::default() }
    }

    /// Takes over what was typed or chosen.
    pub fn edit(&mut self, form: ImportForm) {
        let another = form.path != self.form.path;
        self.form = form;
        if another {
            self.form.look();
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Trouble::default();
        }
    }

    /// Shows the form with this path in it.
    pub fn suggest(&mut self, path: PathBuf) {
        self.shown = true;
        let mut form = ImportForm::new();
        form.path = path.display().to_string();
        self.edit(form);
    }

    /// What the form says, as work; `None` while something is missing in it.
    fn work(&self) -> Option<Task<super::Document>> {
        match self.form.found() {
            Found::Case(folder) => {
                let folder = folder.clone();
                Some(Task::start(move |progress| case::read(&folder, progress)))
            }
            Found::Images(_) => {
                let (request, trouble) = (self.form.request()?, Arc::clone(&self.trouble));
                Some(Task::start(move |progress| import::planned(request, &trouble, progress)))
            }
            Found::Nothing | Found::Missing => None,
        }
    }

    /// For the panels; `None` while the form is not on screen.
    #[must_use]
    pub fn model(&self) -> Option<OpeningModel<'_>> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.shown.then(|| OpeningModel { form: &self.form, recent: self.recents.all(), trouble })
    }
}

/// The form, and the work that it begins.
#[derive(SystemParam)]
pub struct Opening<'w> {
    /// The form.
    pub state: ResMut<'w, OpeningState>,
    /// The work.
    pub loading: ResMut<'w, Loading>,
}

impl Opening<'_> {
    /// Begins what the form says; nothing while other work is under way.
    pub fn go(&mut self) {
        if self.loading.busy() {
            return;
        }
        if let Some(task) = self.state.work() {
            *self.loading = Loading::new(task);
        }
    }

    /// Opens a case that was open before.
    pub fn again(&mut self, folder: PathBuf) {
        self.state.suggest(folder);
        self.go();
    }
}

/// Opens cases.
pub struct OpeningPlugin;

impl Plugin for OpeningPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<OpeningState>()
            .add_message::<FileDragAndDrop>()
            .add_systems(Update, (dropped, keys.run_if(resource_exists::<ButtonInput<KeyCode>>)).in_set(AppSet::Input))
            .add_systems(Update, opened.in_set(AppSet::Document));
    }
}

/// Of several files that are dropped together the folder that they lie in is meant.
fn dropped(mut dropped: MessageReader<FileDragAndDrop>, mut state: ResMut<OpeningState>) {
    let paths: Vec<PathBuf> = dropped
        .read()
        .filter_map(|event| match event {
            FileDragAndDrop::DroppedFile { path_buf, .. } => Some(path_buf.clone()),
            _ => None,
        })
        .collect();
    match &paths[..] {
        [] => {}
        [one] => state.suggest(one.clone()),
        [first, ..] => state.suggest(first.parent().map_or_else(|| first.clone(), Into::into)),
    }
}

fn keys(keys: Res<ButtonInput<KeyCode>>, mut requests: ResMut<Requests>) {
    if keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight]) && keys.just_pressed(KeyCode::KeyO) {
        requests.0.push(Command::ShowOpening(true));
    }
}

/// A case that is on screen needs no form any more, and is remembered.
fn opened(document: Option<Res<OpenDocument>>, mut state: ResMut<OpeningState>) {
    let Some(document) = document.filter(|document| document.is_changed() && !document.again) else { return };
    state.shown = false;
    if let Some(about) = &document.about {
        let recent = Recent { folder: about.folder.clone(), pseudonym: document.pseudonym.clone(), side: document.side };
        state.recents.remember(recent);
    }
}
