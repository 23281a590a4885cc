//! The bridge between Bevy and the panels: builds the model, runs them, carries out what they ask for.

use super::{
    activity::{ActivityState, PelvisView},
    beside::{BesideCamera, BesideState},
    bodies::{Body, Opacity},
    camera::{OrbitCamera, SeesHip},
    contact::ContactState,
    distance::DistanceState,
    document::OpenDocument,
    examination::{ExaminationState, Layers},
    eye::{Eye, ViewArea},
    figures::{Figure, figures, limits, rims},
    film::{self, FilmState, FilmTexture},
    hands::{self, HandleShape, HandsState},
    help::HelpState,
    joint::HipPosture,
    keeping::KeepState,
    loading::Loading,
    model::{
        BodyRow, CaseModel, Command, ExaminationModel, FilmModel, LandmarkMark, Layer, MeasuredRow, Model, PelvisModel,
        TrialModel,
    },
    opening::OpeningState,
    panels::{self, BoneViews, HandleMarks, Marks, MeetingMark, SliceViews},
    physics::PhysicsContact,
    picking::Hovered,
    raycast::SolidState,
    reach::{self, ReachState},
    rehearsal::RehearsalState,
    repair::RepairState,
    requests::Requests,
    risks::RisksState,
    slices::{self, Arrangement, SliceTextures, SlicesState},
    space::{ViewSpace, lps_direction},
    steps::{self, AtStep},
    theme::{self, Look},
    trial::TrialState,
    zone::ZoneState,
};
use crate::{
    anatomy::Landmark,
    i18n::{Language, Texts},
};
use bevy::{
    camera::{CameraOutputMode, Viewport, visibility::RenderLayers},
    ecs::system::SystemParam,
    prelude::*,
    render::render_resource::BlendState,
    window::PrimaryWindow,
};
use bevy_egui::{EguiContexts, EguiGlobalSettings, EguiPlugin, EguiPrimaryContextPass, PrimaryEguiContext};

/// The sentences of the language chosen.
#[derive(Resource, Debug)]
pub struct Words(pub Texts);

/// Dark or light, as chosen.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance(pub Look);

/// Panels, fonts and the camera that draws them.
pub struct InterfacePlugin {
    /// The language to begin with.
    pub language: Language,
}

impl Plugin for InterfacePlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(EguiPlugin::default())
            .insert_resource(Words(Texts::new(self.language)))
            .init_resource::<ViewArea>()
            .add_systems(PreStartup, spawn_interface_camera)
            .add_systems(EguiPrimaryContextPass, show_panels.after(slices::upload).after(film::upload))
            .add_systems(Last, keep_view_in_window);
        app.world_mut().resource_mut::<EguiGlobalSettings>().auto_create_primary_context = false;
    }
}

fn spawn_interface_camera(mut commands: Commands) {
    // Drawn over the view, with nothing of the scene in it.
    commands.spawn((
        PrimaryEguiContext,
        Camera2d,
        RenderLayers::none(),
        Msaa::Off,
        Camera {
            order: 1,
            output_mode: CameraOutputMode::Write {
                blend_state: Some(BlendState::ALPHA_BLENDING),
                clear_color: ClearColorConfig::None,
            },
            clear_color: ClearColorConfig::Custom(Color::NONE),
            ..default()
        },
    ));
}

/// What the panels show.
#[derive(SystemParam)]
struct Shown<'w, 's> {
    words: Res<'w, Words>,
    appearance: Res<'w, Appearance>,
    document: Option<Res<'w, OpenDocument>>,
    posture: Res<'w, HipPosture>,
    contact: Res<'w, ContactState>,
    rehearsal: Res<'w, RehearsalState>,
    trial: Res<'w, TrialState>,
    keep: Res<'w, KeepState>,
    hands: Res<'w, HandsState>,
    activity: Res<'w, ActivityState>,
    pelvis: Res<'w, PelvisView>,
    zone: Res<'w, ZoneState>,
    risks: Res<'w, RisksState>,
    beside: Res<'w, BesideState>,
    reach: Res<'w, ReachState>,
    distance: Res<'w, DistanceState>,
    physics: Res<'w, PhysicsContact>,
    hovered: Res<'w, Hovered>,
    loading: Res<'w, Loading>,
    examination: Res<'w, ExaminationState>,
    layers: Res<'w, Layers>,
    at: Res<'w, AtStep>,
    opening: Res<'w, OpeningState>,
    help: Res<'w, HelpState>,
    space: Res<'w, ViewSpace>,
    solid: Res<'w, SolidState>,
    slices: Res<'w, SlicesState>,
    textures: Res<'w, SliceTextures>,
    film: Res<'w, FilmState>,
    film_texture: Res<'w, FilmTexture>,
    repair: Res<'w, RepairState>,
    bodies: Query<'w, 's, (&'static Body, &'static Visibility, &'static Opacity)>,
}

impl Shown<'_, '_> {
    fn model<'a>(&'a self, landmarks: &'a [LandmarkMark]) -> Model<'a> {
        let case = self.document.as_ref().map(|document| {
            let mut bodies: Vec<BodyRow> = self
                .bodies
                .iter()
                .map(|(body, visibility, opacity)| BodyRow {
                    kind: body.kind,
                    visible: *visibility != Visibility::Hidden,
                    opacity: opacity.0,
                })
                .collect();
            bodies.sort_by_key(|row| row.kind);
            CaseModel {
                pseudonym: &document.pseudonym,
                side: document.side,
                bodies,
                plan: document.plan.as_ref(),
                posture: document.joint.map(|_| self.posture.0),
                contact: self.contact.model(),
                // The sensors stand for the bodies of the plan.
                physics: self.physics.touching.filter(|_| self.trial.as_planned()),
                rehearsal: document.rehearsal.as_ref().map(|_| self.rehearsal.model()),
                rom: document.rom.as_ref(),
                trial: self.trial.model().map(|trial| TrialModel { tool: self.hands.tool, ..trial }),
                keep: self.keep.model(),
                activity: self.activity.model(),
                risks: self.trial.trial().map(|_| self.risks.model()),
                pelvis: self.trial.trial().map(|(hip, _)| PelvisModel {
                    posture: self.pelvis.posture,
                    supine_tilt_deg: hip.anatomy.pelvis.tilt_deg,
                    shown_deg: self.pelvis.tilt_deg,
                }),
                zone: self.trial.trial().map(|_| self.zone.model()),
                reach: self.trial.trial().map(|_| self.reach.model()),
                distance: self.layers.0.contains(&Layer::Distance).then(|| self.distance.model()),
                beside: self.trial.trial().map(|_| self.beside.model(document.about.as_deref())),
                step: self.at.0,
                marks: steps::marks(document, self.examination.examined(), self.risks.meeting()),
                solid: self.slices.scan().and_then(|scan| scan.ct.volume()).map(|_| self.solid.view),
                about: document.about.as_deref(),
                layers: &self.layers.0,
                findings: &document.findings,
                examination: document.examiner.as_ref().map(|_| self.examination_model(landmarks)),
                repair: self.repair.model(),
            }
        });
        Model {
            texts: &self.words.0,
            case,
            look: self.appearance.0,
            hovered: self.hovered.0,
            opening: self.opening.model(),
            help: self.help.model(),
            job: self.loading.job(&self.words.0),
            message: (self.loading.message.as_ref())
                .or(self.examination.message.as_ref())
                .or(self.rehearsal.failure.as_ref())
                .or(self.trial.failure.as_ref())
                .or(self.activity.failure.as_ref())
                .or(self.zone.failure.as_ref())
                .or(self.risks.failure.as_ref())
                .or(self.reach.failure.as_ref())
                .or(self.beside.failure.as_ref())
                .map(|message| message.get(self.words.0.language()))
                .or(self.contact.failure.as_deref()),
        }
    }

    fn examination_model<'a>(&'a self, landmarks: &'a [LandmarkMark]) -> ExaminationModel<'a> {
        let state = &self.examination;
        ExaminationModel {
            rows: state.shown().map(|shown| MeasuredRow::table(&shown.measurements)),
            grades: state.examination().map_or(&[], |examination| &examination.grades),
            busy: state.busy(),
            failure: state.failure.as_ref().map(|failure| failure.get(self.words.0.language())),
            layers: &self.layers.0,
            unlocked: state.unlocked,
            can_undo: state.history().can_undo(),
            can_redo: state.history().can_redo(),
            by_hand: state.history().now().iter().map(|(name, side, _)| (name, side)).collect(),
            points: landmarks,
            pointed: landmarks.iter().find(|landmark| landmark.held || landmark.hovered).copied(),
        }
    }

    /// Draws the slices, and returns what they leave for the bones; `None` where there is nothing to cut.
    fn slices(&self, ui: &mut egui::Ui, model: &Model<'_>, commands: &mut Vec<Command>) -> Option<BoneViews> {
        let (case, slices) = (model.case.as_ref()?, self.slices.model()?);
        let hidden: Vec<_> = case.bodies.iter().filter(|row| !row.visible).map(|row| row.kind).collect();
        let (texts, pseudonym, side, hidden) = (model.texts, case.pseudonym, case.side, hidden.as_slice());
        let tried = case.trial.is_some_and(|trial| !trial.trial.same_parts(trial.planned));
        let planned = if tried { texts.get("trial-shown") } else { self.plan_name() };
        let beside = self.beside.other().filter(|_| case.beside.is_some()).map(|other| [other.name(texts), planned]);
        let film = match slices.view.arrangement {
            Arrangement::Film(view) => Some(FilmModel { tried, ..self.film.model(view, self.film_texture.id()) }),
            _ => None,
        };
        let views = SliceViews {
            texts,
            pseudonym,
            side,
            slices,
            textures: self.textures.ids(),
            hidden,
            beside,
            film,
            repair: case.repair,
        };
        Some(panels::slices(ui, &views, commands))
    }

    /// The plan on screen in words.
    fn plan_name(&self) -> String {
        let number = self.document.as_ref().and_then(|document| Some(document.plan.as_ref()?.number));
        number.map_or_else(String::new, |number| self.words.0.with("plan-number", &[("number", &number.to_string())]))
    }

    /// Landmarks where the bones are now.
    fn landmarks(&self) -> Vec<LandmarkMark> {
        let (Some(document), Some(shown)) = (&self.document, self.examination.shown()) else { return Vec::new() };
        let held = self.examination.held().map(|(which, _)| which);
        let mark = |(name, side, landmark): (_, _, &Landmark)| LandmarkMark {
            name,
            side,
            position: document.motion((name, side), &self.posture.0, self.at.0) * landmark.position,
            sd_mm: landmark.sd_per_axis_mm(),
            by_hand: landmark.is_by_hand(),
            hovered: self.examination.hovered == Some((name, side)),
            held: held == Some((name, side)),
        };
        shown.landmarks.iter().map(mark).collect()
    }

    /// Where the bodies of the activity meet.
    fn meeting(&self) -> Option<MeetingMark> {
        let (joint, meeting) = self.document.as_ref()?.joint.zip(self.activity.found()?.meeting)?;
        self.activity.pose()?;
        let on_femur = joint.motion(&self.posture.0) * meeting.on_femur;
        Some(MeetingMark {
            on_femur,
            on_pelvis: meeting.on_pelvis,
            couple: meeting.couple,
            touches: meeting.touches,
            pointed: self.activity.slowed(),
        })
    }

    /// Arcs of the passive limits, which stay with the pelvis.
    fn limits(&self) -> Vec<Figure> {
        let of = |document: &OpenDocument| Some(limits(&document.joint?, document.rom.as_ref()?));
        self.document.as_ref().and_then(|document| of(document)).unwrap_or_default()
    }

    /// The edge of what the thigh can reach, which stays with the pelvis.
    fn rims(&self) -> Vec<Figure> {
        let plane = self.reach.planes().get(1).filter(|_| self.reach.current().is_some());
        let of = |document: &OpenDocument| Some(rims(document.side, reach::cone(&document.joint?, plane?)));
        self.document.as_ref().and_then(|document| of(document)).unwrap_or_default()
    }

    /// Handles of what is in hand, where the bones are now.
    fn handles(&self) -> Vec<HandleShape> {
        let standing = |document: &OpenDocument| document.standing(&self.posture.0);
        let standing = self.document.as_ref().and_then(|document| standing(document));
        self.hands.tool.zip(standing).map(|(tool, standing)| hands::shapes(tool, &standing)).unwrap_or_default()
    }

    /// Figures where the bones are now.
    fn figures(&self) -> Vec<Figure> {
        let (Some(document), Some(shown), Some(examination)) =
            (&self.document, self.examination.shown(), self.examination.examination())
        else {
            return Vec::new();
        };
        let follows = |figure: &Figure| figure.on_femur && figure.side == Some(document.side);
        let moved = |figure: Figure| {
            let motion = document.femur_motion(&self.posture.0, follows(&figure), self.at.0);
            figure.moved(&motion)
        };
        figures(examination, shown).into_iter().map(moved).collect()
    }
}

/// Runs the panels, gives the view the rectangle they leave, and writes the letters at its edges.
fn show_panels(
    mut contexts: EguiContexts,
    shown: Shown,
    mut requests: ResMut<Requests>,
    mut area: ResMut<ViewArea>,
    mut cameras: Query<(&mut Camera, &OrbitCamera)>,
    mut second: Query<&mut Camera, (With<BesideCamera>, Without<OrbitCamera>)>,
    mut styled: Local<bool>,
) -> Result {
    let context = contexts.ctx_mut()?;
    if !*styled {
        theme::apply(context);
        // Fonts arrive with the next pass.
        *styled = true;
        return Ok(());
    }
    // What is the same is not set again.
    context.set_theme(shown.appearance.0.theme());
    let whole = context.viewport_rect();
    let layer = egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(whole);
    let mut ui = egui::Ui::new(context.clone(), "window".into(), layer);
    let (landmarks, mut figures) = (shown.landmarks(), shown.figures());
    figures.extend(shown.limits());
    figures.extend(shown.rims());
    let model = shown.model(&landmarks);
    let rest = panels::show(&mut ui, &model, &mut requests.0);
    let BoneViews { planned: rest, beside } =
        shown.slices(&mut ui, &model, &mut requests.0).unwrap_or(BoneViews { planned: rest, beside: None });
    for mut camera in &mut second {
        set_viewport(&mut camera, beside.unwrap_or(egui::Rect::ZERO), context.pixels_per_point());
    }
    for (mut camera, orbit) in &mut cameras {
        set_viewport(&mut camera, rest, context.pixels_per_point());
        if model.case.is_some() && rest.is_positive() {
            let transform = orbit.transform();
            let [right, up] = [transform.right(), transform.up()].map(|direction| lps_direction(*direction));
            let eye = Eye::new(orbit, &shown.space, rest);
            let (layers, meeting) = (&shown.layers.0, shown.meeting());
            let marks = Marks { view: rest, eye, layers, landmarks: &landmarks, figures: &figures, meeting };
            panels::marks(&ui, model.texts, &marks);
            if let Some(cross) = shown.slices.marked() {
                panels::cross_mark(&ui, rest, &eye, &cross);
            }
            let (shapes, pointed) = (shown.handles(), shown.hands.held().or(shown.hands.hovered));
            let changed = shown.hands.changed(&shown.trial, model.texts);
            let said = context.pointer_latest_pos().filter(|_| pointed.is_some()).map(|at| (at, changed));
            panels::handles(&ui, model.texts, &HandleMarks { view: rest, eye, shapes: &shapes, pointed, said });
            for view in [rest].into_iter().chain(beside.filter(egui::Rect::is_positive)) {
                panels::edge_letters(&ui, model.texts, view, &right, &up);
            }
        }
    }
    let pointer = context.pointer_latest_pos();
    let covered = context.egui_is_using_pointer() || context.is_pointer_over_egui();
    let over = |view: egui::Rect| pointer.is_some_and(|p| view.contains(p)) && !covered;
    *area = ViewArea { rect: rest, pointer, pointer_inside: over(rest), pointer_beside: beside.is_some_and(over) };
    Ok(())
}

/// The panels are laid out for the window as it was a frame ago; a view that reaches beyond the window ends the renderer.
fn keep_view_in_window(window: Option<Single<&Window, With<PrimaryWindow>>>, mut cameras: Query<&mut Camera, SeesHip>) {
    let Some(size) = window.map(|window| window.physical_size()) else { return };
    for mut camera in &mut cameras {
        let beyond = |v: &Viewport| (v.physical_position + v.physical_size).cmpgt(size).any();
        if camera.viewport.as_ref().is_some_and(beyond)
            && let Some(viewport) = &mut camera.viewport
        {
            viewport.clamp_to_size(size);
        }
    }
}

fn set_viewport(camera: &mut Mut<Camera>, points: egui::Rect, pixels_per_point: f32) {
    let pixels = |v: f32| (v * pixels_per_point).round().max(0.0) as u32;
    let viewport = Viewport {
        physical_position: UVec2::new(pixels(points.min.x), pixels(points.min.y)),
        physical_size: UVec2::new(pixels(points.width()).max(1), pixels(points.height()).max(1)),
        ..default()
    };
    let same = camera
        .viewport
        .as_ref()
        .is_some_and(|old| (old.physical_position, old.physical_size) == (viewport.physical_position, viewport.physical_size));
    if !same {
        camera.viewport = Some(viewport);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bevy::{ecs::system::RunSystemOnce, window::WindowResolution};

    #[test]
    fn a_window_made_smaller_takes_the_view_with_it() {
        let mut world = World::new();
        world.spawn((Window { resolution: WindowResolution::new(1024, 600), ..default() }, PrimaryWindow));
        let before = Viewport { physical_position: UVec2::new(236, 40), physical_size: UVec2::new(953, 925), ..default() };
        let view = world.spawn((Camera { viewport: Some(before), ..default() }, OrbitCamera::default())).id();
        world.run_system_once(keep_view_in_window).unwrap();
        let after = world.get::<Camera>(view).unwrap().viewport.clone().unwrap();
        assert_eq!(after.physical_position, UVec2::new(236, 40));
        assert_eq!(after.physical_position + after.physical_size, UVec2::new(1024, 600));
    }
}
