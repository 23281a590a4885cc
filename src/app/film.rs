//! The virtual radiograph in the window: exposed in the background from the CT as scanned or as operated on, while it is on screen.

use super::{
    case,
    document::OpenDocument,
    interface::Words,
    latest::Latest,
    model::FilmModel,
    schedule::AppSet,
    slices::{Arrangement, Ct, SlicesState},
    trial::{PlannedHip, Trial, TrialState},
};
use crate::{
    device::DeviceChoice,
    i18n::{Language, Sentence},
    implants::Catalogue,
    pipeline::{PipelineError, XrayRequest, xray_of},
    plan::{Plan, storage::CaseFolder},
    report::Picture,
    volume::Volume,
    xray::BeamSettings,
};
use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use egui::{Color32, ColorImage, TextureHandle, TextureId, TextureOptions};
use std::sync::Arc;

/// Size of a pixel on the film, mm: as fine as most screens show it.
const PIXEL_MM: f64 = 0.5;

/// Which radiograph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilmView {
    /// Lateral, of the planned hip; antero-posterior of the pelvis otherwise.
    pub lateral: bool,
    /// As scanned, before any operation.
    pub before: bool,
}

/// An exposed film.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    /// With side letters, pseudonym and disclaimer burnt in.
    pub picture: Picture,
    /// In the plane of the hip, that is without its magnification.
    pub mm_per_pixel: f64,
}

/// What is asked; of the scan itself no trial matters.
type Question = (FilmView, Option<Trial>, Language);

/// The film on screen.
#[derive(Resource, Debug, Default)]
pub struct FilmState {
    worker: Option<Latest<Question, Film>>,
    asked: Option<Question>,
    film: Option<(FilmView, Arc<Film>)>,
    /// Why there is none.
    failure: Option<Sentence>,
}

impl FilmState {
    /// True when the film that is asked for is there, or none will be.
    #[must_use]
    pub fn settled(&self, slices: &SlicesState) -> bool {
        let Arrangement::Film(wanted) = slices.view().arrangement else { return true };
        volume(slices).is_none() || self.asked.as_ref().is_some_and(|asked| asked.0 == wanted) && !self.busy()
    }

    fn busy(&self) -> bool {
        self.worker.as_ref().is_some_and(Latest::busy)
    }

    /// For the panels. A film of another view is not shown; that of what was tried before is, until the next one is there.
    #[must_use]
    pub fn model(&self, view: FilmView, texture: Option<TextureId>) -> FilmModel<'_> {
        let film = self.film.as_ref().filter(|(of, _)| *of == view).map(|(_, film)| film.as_ref());
        FilmModel { view, film, texture, busy: self.busy(), tried: false, failure: self.failure.as_ref() }
    }
}

fn volume(slices: &SlicesState) -> Option<&Arc<Volume>> {
    slices.scan().map(|scan| &scan.ct).and_then(Ct::volume)
}

/// Exposes films.
pub struct FilmPlugin;

impl Plugin for FilmPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<FilmState>()
            .add_systems(Update, hear.in_set(AppSet::Tasks))
            .add_systems(Update, open.in_set(AppSet::Document))
            .add_systems(Update, ask.in_set(AppSet::Input));
    }
}

fn open(document: Option<Res<OpenDocument>>, mut state: ResMut<FilmState>) {
    if document.is_some_and(|document| document.is_changed()) {
        *state = FilmState::default();
    }
}

/// Asked only while it is on screen, and once what is tried stands.
fn ask(
    document: Option<Res<OpenDocument>>,
    slices: Res<SlicesState>,
    trial: Res<TrialState>,
    words: Option<Res<Words>>,
    mut state: ResMut<FilmState>,
) {
    let Arrangement::Film(view) = slices.view().arrangement else { return };
    let (Some(document), Some(volume)) = (document, volume(&slices)) else { return };
    let Some(about) = document.about.as_ref() else { return };
    if document.hip.is_some() && trial.revision().is_none() {
        return;
    }
    let tried = trial.trial().filter(|_| !view.before).map(|(_, trial)| trial.clone());
    let language = words.map_or(Language::English, |words| words.0.language());
    let same = |asked: &Question| {
        let parts = match (&asked.1, &tried) {
            (Some(one), Some(other)) => one.same_parts(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        (asked.0, asked.2) == (view, language) && parts
    };
    if state.asked.as_ref().is_some_and(same) {
        return;
    }
    let question = (view, tried, language);
    let (folder, volume, hip, plan) = (about.folder.clone(), Arc::clone(volume), document.hip.clone(), about.newest().cloned());
    let start = || {
        Latest::start(move |question: &Question, _, tell| {
            let film = CaseFolder::open(&folder).map_err(PipelineError::from);
            let film = film.and_then(|folder| exposed(&folder, &volume, hip.as_deref(), plan.as_ref(), question));
            tell(film.map_err(|error| case::said(&error))?);
            Ok(())
        })
    };
    state.worker.get_or_insert_with(start).ask(question.clone());
    (state.asked, state.failure) = (Some(question), None);
}

fn exposed(
    folder: &CaseFolder,
    volume: &Volume,
    hip: Option<&PlannedHip>,
    plan: Option<&Plan>,
    (view, trial, language): &Question,
) -> Result<Film, PipelineError> {
    let tried = hip.zip(trial.as_ref()).map(|(hip, trial)| hip.plan_of(trial)).transpose()?;
    let plan = tried.as_ref().or(plan).filter(|_| !view.before);
    let catalogue = Catalogue::known_as(plan.map_or("", |plan| plan.catalogue_sha256.as_str()))?;
    let request = XrayRequest {
        plan: plan.map(|plan| (plan, &catalogue)),
        lateral: view.lateral,
        settings: BeamSettings { pixel_mm: PIXEL_MM, ..BeamSettings::default() },
        device: DeviceChoice::Cpu,
        language: *language,
    };
    let shot = xray_of(folder, volume, &request)?;
    Ok(Film { picture: shot.picture, mm_per_pixel: PIXEL_MM / request.settings.magnification() })
}

fn hear(mut state: ResMut<FilmState>) {
    let told = state.bypass_change_detection().worker.as_mut().map(Latest::hear).unwrap_or_default();
    for answer in told {
        match (answer, state.asked.as_ref().map(|asked| asked.0)) {
            (Ok(film), Some(view)) => state.film = Some((view, Arc::new(film))),
            (Ok(_), None) => {}
            (Err(why), _) => state.failure = Some(why),
        }
    }
}

/// The film as a texture of the interface.
#[derive(Resource, Default)]
pub struct FilmTexture(Option<(TextureHandle, Arc<Film>)>);

impl FilmTexture {
    /// The texture, where there is one.
    #[must_use]
    pub fn id(&self) -> Option<TextureId> {
        self.0.as_ref().map(|(texture, _)| texture.id())
    }
}

/// Keeps the texture in step with the film.
pub struct FilmTexturePlugin;

impl Plugin for FilmTexturePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<FilmTexture>().add_systems(EguiPrimaryContextPass, upload);
    }
}

/// Before the panels are drawn.
pub(super) fn upload(mut contexts: EguiContexts, state: Res<FilmState>, mut texture: ResMut<FilmTexture>) -> Result {
    let context = contexts.ctx_mut()?;
    let film = state.film.as_ref().map(|(_, film)| film);
    let same = |film: &Arc<Film>| texture.0.as_ref().is_some_and(|(_, shown)| Arc::ptr_eq(shown, film));
    match film {
        Some(film) if !same(film) => {
            let Picture { width, height, rgb } = &film.picture;
            let pixels = rgb.chunks_exact(3).map(|pixel| Color32::from_rgb(pixel[0], pixel[1], pixel[2])).collect();
            let image = ColorImage::new([*width, *height], pixels);
            texture.0 = Some((context.load_texture("film", image, TextureOptions::LINEAR), Arc::clone(film)));
        }
        None => texture.0 = None,
        Some(_) => {}
    }
    Ok(())
}
