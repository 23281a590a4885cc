//! The CT as a solid around the bones: rays through the scan itself, before anybody has labelled anything.

mod look;
mod material;

pub use look::{SolidCut, SolidLook, SolidView};

use super::{
    beside::LAYERS,
    camera::SeesHip,
    document::OpenDocument,
    schedule::AppSet,
    slices::{Ct, SlicesState},
    space::{ViewSpace, view_direction},
    tasks::Task,
};
use crate::{
    frames::Side,
    volume::{Grid, Solid},
};
use bevy::{
    camera::visibility::RenderLayers, core_pipeline::prepass::DepthPrepass, prelude::*, render::renderer::RenderAdapterInfo,
};
use material::{Looks, SHADER, SHADER_TEXT, SolidMaterial, texture, to_texture, walls};
use nalgebra::{Point3, Vector3};

/// Voxels along each side at the most: 16 MiB of the graphics card.
const MOST_VOXELS: usize = 256;
/// Distance of samples along a ray, metres; where the graphics driver is software, fewer.
const STEP_M: [f32; 2] = [0.0006, 0.002];

/// The CT as a solid, and how it is looked at.
#[derive(Resource, Debug, Default)]
pub struct SolidState {
    /// As asked for.
    pub view: SolidView,
    task: Option<Task<Solid>>,
    drawn: Option<Drawn>,
}

#[derive(Debug)]
struct Drawn {
    entity: Entity,
    material: Handle<SolidMaterial>,
    grid: Grid,
}

impl SolidState {
    /// With this on screen at first.
    #[must_use]
    pub fn beginning(view: SolidView) -> Self {
        Self { view, ..Self::default() }
    }

    /// True when it is on screen, or not asked for.
    #[must_use]
    pub fn settled(&self, slices: &SlicesState) -> bool {
        !self.view.shown || self.drawn.is_some() || slices.settled() && slices.scan().and_then(|scan| scan.ct.volume()).is_none()
    }
}

/// Draws it.
pub struct SolidPlugin;

impl Plugin for SolidPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(MaterialPlugin::<SolidMaterial>::default())
            .add_systems(Update, (forget, prepare).chain().in_set(AppSet::Document))
            .add_systems(Update, (show, look).in_set(AppSet::Show));
        let shader = Shader::from_wgsl(SHADER_TEXT, "shaders/raycast.wgsl");
        if let Err(error) = app.world_mut().resource_mut::<Assets<Shader>>().insert(&SHADER, shader) {
            tracing::error!("the shader of the CT's solid cannot be used: {error}");
        }
    }
}

/// Another case has another scan, and its view another origin.
fn forget(document: Option<Res<OpenDocument>>, mut state: ResMut<SolidState>, mut commands: Commands) {
    if document.is_some_and(|document| document.is_changed())
        && let Some(drawn) = state.drawn.take()
    {
        state.task = None;
        commands.entity(drawn.entity).despawn();
    }
}

/// Made once it is asked for and the scan is read, in the background.
fn prepare(
    slices: Res<SlicesState>,
    space: Res<ViewSpace>,
    mut state: ResMut<SolidState>,
    mut images: ResMut<Assets<Image>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<SolidMaterial>>,
    mut commands: Commands,
) {
    if !state.view.shown || state.drawn.is_some() {
        return;
    }
    let Some(task) = &state.task else {
        if let Some(Ct::There(volume, _)) = slices.scan().map(|scan| &scan.ct) {
            let volume = volume.clone();
            state.task = Some(Task::start(move |_| Ok(Solid::of(&volume, MOST_VOXELS))));
        }
        return;
    };
    let Some(outcome) = task.poll() else { return };
    state.task = None;
    let Ok(solid) = outcome else {
        state.view.shown = false;
        return;
    };
    let material = materials.add(SolidMaterial { looks: Looks::default(), scan: images.add(texture(&solid)) });
    let walls = Mesh3d(meshes.add(walls(&solid.grid, &space)));
    let layers = RenderLayers::from_layers(&LAYERS);
    let entity = commands.spawn((walls, layers, MeshMaterial3d(material.clone()), Pickable::IGNORE, Visibility::Hidden)).id();
    state.drawn = Some(Drawn { entity, material, grid: solid.grid });
}

/// On screen or not. The depth of bodies is drawn beforehand only while rays ask for it.
fn show(
    state: Res<SolidState>,
    mut shown: Query<&mut Visibility>,
    cameras: Query<(Entity, Has<DepthPrepass>), SeesHip>,
    mut commands: Commands,
) {
    let Some(drawn) = &state.drawn else { return };
    if let Ok(mut visibility) = shown.get_mut(drawn.entity) {
        visibility.set_if_neq(if state.view.shown { Visibility::Visible } else { Visibility::Hidden });
    }
    for (camera, has) in &cameras {
        match (state.view.shown, has) {
            (true, false) => _ = commands.entity(camera).insert(DepthPrepass),
            (false, true) => _ = commands.entity(camera).remove::<DepthPrepass>(),
            _ => {}
        }
    }
}

/// Cut and coloured as asked for.
fn look(
    state: Res<SolidState>,
    slices: Res<SlicesState>,
    space: Res<ViewSpace>,
    document: Option<Res<OpenDocument>>,
    adapter: Option<Res<RenderAdapterInfo>>,
    mut materials: ResMut<Assets<SolidMaterial>>,
) {
    let (Some(drawn), Some(document)) = (&state.drawn, document) else { return };
    let software = adapter.is_some_and(|adapter| super::camera::software(&adapter));
    let [width, height, depth] = drawn.grid.size.map(|side| side as f32);
    let looks = Looks {
        to_texture: to_texture(&drawn.grid, &space),
        cut: cut(state.view.cut, document.side, &slices.view().cross, &space),
        voxels: Vec4::new(width, height, depth, STEP_M[usize::from(software)]),
        look: Vec4::new(state.view.look.number(), state.view.density, 0.0, 0.0),
    };
    // Only what differs is written: every write is an upload.
    if materials.get(&drawn.material).is_some_and(|material| material.looks != looks)
        && let Some(mut material) = materials.get_mut(&drawn.material)
    {
        material.looks = looks;
    }
}

/// The plane of a cut through a place: what lies in front of it, above it, or lateral of it is taken away.
fn cut(cut: SolidCut, side: Side, through: &Point3<f64>, space: &ViewSpace) -> Vec4 {
    let away = match cut {
        SolidCut::None => return Vec4::ZERO,
        SolidCut::Coronal => -Vector3::y(),
        SolidCut::Axial => Vector3::z(),
        SolidCut::Sagittal => Vector3::x() * side.lps_sign(),
    };
    let normal = view_direction(&away);
    normal.extend(normal.dot(space.point(through)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_takes_the_front_the_top_or_the_outside() {
        let space = ViewSpace { origin: Point3::new(0.0, 0.0, 500.0) };
        let through = Point3::new(-80.0, 10.0, 520.0);
        let away = |plane: Vec4, offset: Vector3<f64>| plane.truncate().dot(space.point(&(through + offset))) > plane.w;
        let gone = |which, side, offset| away(cut(which, side, &through, &space), offset);
        assert!(gone(SolidCut::Coronal, Side::Right, Vector3::new(0.0, -5.0, 0.0)), "anterior is cut away");
        assert!(!gone(SolidCut::Coronal, Side::Right, Vector3::new(0.0, 5.0, 0.0)));
        assert!(gone(SolidCut::Axial, Side::Left, Vector3::new(0.0, 0.0, 5.0)), "superior");
        assert!(gone(SolidCut::Sagittal, Side::Right, Vector3::new(-5.0, 0.0, 0.0)), "lateral of a right hip is to the right");
        assert!(gone(SolidCut::Sagittal, Side::Left, Vector3::new(5.0, 0.0, 0.0)));
        assert_eq!(cut(SolidCut::None, Side::Left, &through, &space), Vec4::ZERO);
    }
}
