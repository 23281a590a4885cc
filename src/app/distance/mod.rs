//! A heat map of the distance between femoral and pelvic side, on bone and implants as they stand now.

mod colour;
mod field;

pub use colour::{STOPS, heat, srgb};
pub use field::{DistanceMaker, DistanceQuestion, Distances, FAR_MM, Moment};

use super::{
    bodies::{Body, BodyKind},
    document::OpenDocument,
    examination::Layers,
    joint::{HeadOut, HipPosture},
    latest::Latest,
    model::{DistanceModel, Layer},
    schedule::AppSet,
    trial::TrialState,
};
use bevy::prelude::*;

/// The distances on screen.
#[derive(Resource, Debug, Default)]
pub struct DistanceState {
    worker: Option<Latest<DistanceQuestion, Distances>>,
    asked: Option<Moment>,
    /// The last answer.
    pub found: Option<Distances>,
}

impl DistanceState {
    /// True when what is drawn is how the hip stands now.
    #[must_use]
    pub fn current(&self) -> bool {
        self.asked.is_some() && self.found.as_ref().map(|found| found.moment) == self.asked
    }

    /// For the panels.
    #[must_use]
    pub fn model(&self) -> DistanceModel {
        let least = self.found.as_ref().filter(|_| self.current()).and_then(|found| found.least);
        DistanceModel { current: self.current(), least }
    }
}

/// Is coloured by distance.
#[derive(Component, Clone, Copy, Debug)]
pub struct Heated;

/// Measures distances and colours the bodies.
pub struct DistancePlugin;

impl Plugin for DistancePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<DistanceState>()
            .add_systems(Update, ask.in_set(AppSet::Move))
            .add_systems(Update, (forget, paint).chain().in_set(AppSet::Show));
    }
}

fn ask(
    document: Option<Res<OpenDocument>>,
    layers: Res<Layers>,
    trial: Res<TrialState>,
    posture: Res<HipPosture>,
    out: Res<HeadOut>,
    mut state: ResMut<DistanceState>,
) {
    let (Some(document), Some(revision)) = (document, trial.revision()) else { return };
    let moment = (revision, posture.0, *out);
    if !layers.0.contains(&Layer::Distance) || state.asked == Some(moment) {
        return;
    }
    let Some(question) = DistanceQuestion::new(&document, moment) else { return };
    let start = || {
        let mut maker = DistanceMaker::default();
        Latest::start(move |question: &DistanceQuestion, progress, tell| {
            if let Some(found) = maker.answer(question, progress) {
                tell(found);
            }
            Ok(())
        })
    };
    state.worker.get_or_insert_with(start).ask(question);
    state.asked = Some(moment);
}

/// Colours go with the layer, and with bodies that have changed.
fn forget(
    layers: Res<Layers>,
    trial: Res<TrialState>,
    mut state: ResMut<DistanceState>,
    heated: Query<(Entity, &Mesh3d), With<Heated>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut commands: Commands,
) {
    let of_now = state.found.as_ref().is_none_or(|found| Some(found.moment.0) == trial.revision());
    if layers.0.contains(&Layer::Distance) && of_now {
        return;
    }
    if state.found.is_some() || state.asked.is_some() {
        (state.found, state.asked) = (None, None);
    }
    for (entity, mesh) in &heated {
        if let Some(mut mesh) = meshes.get_mut(&mesh.0) {
            mesh.remove_attribute(Mesh::ATTRIBUTE_COLOR);
        }
        commands.entity(entity).remove::<Heated>();
    }
}

fn paint(
    document: Option<Res<OpenDocument>>,
    mut state: ResMut<DistanceState>,
    bodies: Query<(Entity, &Body, &Mesh3d)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut commands: Commands,
) {
    let told = state.bypass_change_detection().worker.as_mut().map(Latest::hear).unwrap_or_default();
    let (Some(document), Some(Ok(found))) = (document, told.into_iter().next_back()) else { return };
    for (kind, distances) in &found.bodies {
        let Some(part) = document.bodies.iter().find(|body| body.kind == *kind) else { continue };
        // Asked of a body that is no longer there.
        if distances.len() != part.mesh.vertices.len() {
            continue;
        }
        let colour = |vertex: usize| heat(f64::from(distances[vertex]));
        // Machined parts are drawn with the corners of each triangle by themselves.
        let colours: Vec<[f32; 4]> = match kind {
            BodyKind::Bone(_) => (0..distances.len()).map(colour).collect(),
            BodyKind::Implant(_) => part.mesh.triangles.iter().flatten().map(|&vertex| colour(vertex as usize)).collect(),
        };
        for (entity, _, mesh) in bodies.iter().filter(|(_, body, _)| body.kind == *kind) {
            if let Some(mut mesh) = meshes.get_mut(&mesh.0)
                && mesh.count_vertices() == colours.len()
            {
                mesh.insert_attribute(Mesh::ATTRIBUTE_COLOR, colours.clone());
                commands.entity(entity).insert(Heated);
            }
        }
    }
    state.found = Some(found);
}
