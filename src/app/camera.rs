//! The orbit camera: left drag turns, right or middle drag moves, the wheel zooms, keys jump to the anatomical views.

use super::{
    beside::{BesideCamera, LAYERS},
    document::OpenDocument,
    examination::ExaminationState,
    eye::ViewArea,
    hands::HandsState,
    model::View,
    repair::RepairState,
    schedule::AppSet,
    space::ViewSpace,
};
use bevy::{
    camera::visibility::RenderLayers,
    core_pipeline::tonemapping::Tonemapping,
    input::mouse::{AccumulatedMouseScroll, MouseScrollUnit},
    prelude::*,
    render::renderer::RenderAdapterInfo,
    window::PrimaryWindow,
};
use bevy_egui::input::EguiWantsInput;
use nalgebra::Point3;
use std::f32::consts::{FRAC_PI_2, PI};

/// Vertical opening of the camera, radians: narrow, so that the picture is close to a radiograph's proportions.
pub(super) const FIELD_OF_VIEW: f32 = 0.45;
/// Distance at which a whole hip fills the view, metres.
const HOME_DISTANCE: f32 = 0.62;

/// A camera that looks at `target` from a distance.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct OrbitCamera {
    /// Looked at, view space.
    pub target: Vec3,
    /// Angle about the vertical, radians; 0 from the front, positive towards the patient's left.
    pub yaw: f32,
    /// Angle above the horizontal, radians.
    pub pitch: f32,
    /// Metres.
    pub distance: f32,
    /// Turns everything about the view's origin, the hip: how a pelvis that stands otherwise than it was scanned is seen.
    pub lean: Quat,
}

impl Default for OrbitCamera {
    fn default() -> Self {
        Self { target: Vec3::ZERO, yaw: 0.0, pitch: 0.0, distance: HOME_DISTANCE, lean: Quat::IDENTITY }
    }
}

impl OrbitCamera {
    /// Where the camera stands. Built from angles, so that looking straight down is as good as any other direction.
    #[must_use]
    pub fn transform(&self) -> Transform {
        let rotation = self.upright();
        let translation = self.lean * (self.target + rotation * Vec3::Z * self.distance);
        Transform { translation, rotation: self.lean * rotation, scale: Vec3::ONE }
    }

    fn upright(&self) -> Quat {
        Quat::from_rotation_y(self.yaw) * Quat::from_rotation_x(-self.pitch)
    }

    /// Looks from a fixed direction; home also returns to the hip.
    pub fn look(&mut self, view: View, side: crate::frames::Side) {
        (self.yaw, self.pitch) = match view {
            View::Home => (side.lps_sign() as f32 * 0.45, 0.12),
            View::Anterior => (0.0, 0.0),
            View::Posterior => (PI, 0.0),
            View::Left => (FRAC_PI_2, 0.0),
            View::Right => (-FRAC_PI_2, 0.0),
            View::Superior => (0.0, FRAC_PI_2),
            View::Inferior => (0.0, -FRAC_PI_2),
        };
        if view == View::Home {
            (self.target, self.distance) = (Vec3::ZERO, HOME_DISTANCE);
        }
    }
}

/// Asks the camera to look from somewhere.
#[derive(Message, Clone, Copy, Debug)]
pub struct Look(pub View);

/// Asks the camera to look at a place, without turning.
#[derive(Message, Clone, Copy, Debug)]
pub struct LookAt(pub Point3<f64>);

/// Camera, lights and their input.
pub struct CameraPlugin;

impl Plugin for CameraPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Look>()
            .add_message::<LookAt>()
            .insert_resource(ClearColor(Color::srgb_u8(19, 21, 24)))
            .insert_resource(GlobalAmbientLight { brightness: 220.0, ..default() })
            .add_systems(Startup, spawn_camera)
            .add_systems(
                Update,
                (home_on_open, keys.run_if(resource_exists::<ButtonInput<KeyCode>>), apply_look, look_at, drag, place)
                    .chain()
                    .in_set(AppSet::Input),
            );
    }
}

/// The cameras that see the hip.
pub type SeesHip = Or<(With<OrbitCamera>, With<BesideCamera>)>;

/// Whether the graphics driver is software.
pub(super) fn software(adapter: &RenderAdapterInfo) -> bool {
    // Bevy does not hand on the type of this, so it is known by its name only.
    format!("{:?}", adapter.device_type) == "Cpu"
}

/// A graphics driver that is software takes thrice as long for smooth edges; a picture without a window may take its time.
fn smoothing(adapter: Option<&RenderAdapterInfo>, window: bool) -> Msaa {
    if adapter.is_some_and(software) && window { Msaa::Off } else { Msaa::Sample4 }
}

fn spawn_camera(adapter: Option<Res<RenderAdapterInfo>>, windows: Query<(), With<PrimaryWindow>>, mut commands: Commands) {
    let projection = PerspectiveProjection { fov: FIELD_OF_VIEW, near: 0.01, far: 20.0, ..default() };
    commands
        .spawn((
            Camera3d::default(),
            OrbitCamera::default(),
            Projection::Perspective(projection),
            Tonemapping::AcesFitted,
            smoothing(adapter.as_deref(), !windows.is_empty()),
        ))
        .with_children(|camera| {
            // The lights travel with the camera, as a surgeon's head lamp does: no view is ever dark.
            for (from, illuminance) in [(Vec3::new(-0.6, 0.9, 1.0), 4300.0), (Vec3::new(0.9, -0.2, 0.6), 1300.0)] {
                camera.spawn((
                    DirectionalLight { illuminance, shadow_maps_enabled: false, ..default() },
                    RenderLayers::from_layers(&LAYERS),
                    Transform::from_translation(from).looking_at(Vec3::ZERO, Vec3::Y),
                ));
            }
        });
}

fn home_on_open(document: Option<Res<OpenDocument>>, mut look: MessageWriter<Look>) {
    if document.is_some_and(|d| d.is_changed() && !d.again) {
        look.write(Look(View::Home));
    }
}

fn keys(keys: Res<ButtonInput<KeyCode>>, egui: Option<Res<EguiWantsInput>>, mut look: MessageWriter<Look>) {
    if egui.is_some_and(|egui| egui.wants_any_keyboard_input()) {
        return;
    }
    let views = [
        (KeyCode::Home, View::Home),
        (KeyCode::KeyA, View::Anterior),
        (KeyCode::KeyP, View::Posterior),
        (KeyCode::KeyL, View::Left),
        (KeyCode::KeyR, View::Right),
        (KeyCode::KeyS, View::Superior),
        (KeyCode::KeyI, View::Inferior),
    ];
    for (_, view) in views.into_iter().filter(|(key, _)| keys.just_pressed(*key)) {
        look.write(Look(view));
    }
}

fn apply_look(mut look: MessageReader<Look>, document: Option<Res<OpenDocument>>, mut cameras: Query<&mut OrbitCamera>) {
    let Some(document) = document else { return };
    for Look(view) in look.read() {
        cameras.iter_mut().for_each(|mut camera| camera.look(*view, document.side));
    }
}

fn look_at(mut look: MessageReader<LookAt>, space: Res<ViewSpace>, mut cameras: Query<&mut OrbitCamera>) {
    for LookAt(place) in look.read() {
        cameras.iter_mut().for_each(|mut camera| camera.target = camera.lean.inverse() * space.point(place));
    }
}

/// Which drag is under way; it goes on over the panels but only begins in the view.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Drag {
    Turn,
    Shift,
}

/// Turns, moves and zooms, unless the pointer holds a landmark or a handle.
pub(super) fn drag(
    area: Res<ViewArea>,
    (examination, hands, repair): (Res<ExaminationState>, Res<HandsState>, Res<RepairState>),
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    mut moved: MessageReader<CursorMoved>,
    scroll: Option<Res<AccumulatedMouseScroll>>,
    mut under_way: Local<Option<Drag>>,
    mut cameras: Query<&mut OrbitCamera>,
) {
    let (Some(buttons), Some(scroll)) = (buttons, scroll) else { return };
    // The pointer's own way, not the mouse's raw motion, which remote desktops and touch screens do not send.
    let way: Vec2 = moved.read().filter_map(|moved| moved.delta).sum();
    if (area.pointer_inside || area.pointer_beside) && !examination.holding() && !hands.holding() && !repair.holding() {
        if buttons.just_pressed(MouseButton::Left) {
            *under_way = Some(Drag::Turn);
        } else if buttons.any_just_pressed([MouseButton::Right, MouseButton::Middle]) {
            *under_way = Some(Drag::Shift);
        }
    }
    if !buttons.any_pressed([MouseButton::Left, MouseButton::Right, MouseButton::Middle]) {
        *under_way = None;
    }
    for mut camera in &mut cameras {
        match *under_way {
            Some(Drag::Turn) if way != Vec2::ZERO => {
                camera.yaw -= way.x * 0.006;
                camera.pitch = (camera.pitch + way.y * 0.006).clamp(-FRAC_PI_2, FRAC_PI_2);
            }
            Some(Drag::Shift) if way != Vec2::ZERO => {
                // What was under the pointer stays under it.
                let metres_per_pixel = 2.0 * camera.distance * (FIELD_OF_VIEW / 2.0).tan() / area.rect.height().max(1.0);
                let shift = Vec3::new(-way.x, way.y, 0.0) * metres_per_pixel;
                let turned = camera.upright() * shift;
                camera.target += turned;
            }
            _ => {}
        }
        if (area.pointer_inside || area.pointer_beside) && scroll.delta.y != 0.0 {
            let notches = match scroll.unit {
                MouseScrollUnit::Line => scroll.delta.y,
                MouseScrollUnit::Pixel => scroll.delta.y / 50.0,
            };
            camera.distance = (camera.distance * (-0.12 * notches).exp()).clamp(0.03, 5.0);
        }
    }
}

fn place(mut cameras: Query<(&OrbitCamera, &mut Transform), Changed<OrbitCamera>>) {
    for (camera, mut transform) in &mut cameras {
        *transform = camera.transform();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::space::view_direction, frames::Side};
    use nalgebra::Vector3;

    #[test]
    fn each_view_stands_where_its_name_says() {
        let lps = |v: View| match v {
            View::Anterior => -Vector3::y(),
            View::Posterior => Vector3::y(),
            View::Left => Vector3::x(),
            View::Right => -Vector3::x(),
            View::Superior => Vector3::z(),
            _ => -Vector3::z(),
        };
        for (view, ..) in &View::ALL[1..] {
            let mut camera = OrbitCamera::default();
            camera.look(*view, Side::Right);
            let from = camera.transform().translation.normalize();
            assert!((from - view_direction(&lps(*view))).length() < 1e-5, "{view:?} from {from}");
        }
    }

    #[test]
    fn seen_from_the_front_the_patients_left_is_on_the_right_and_his_head_is_up() {
        let camera = OrbitCamera::default().transform();
        assert!((camera.right().dot(view_direction(&Vector3::x())) - 1.0).abs() < 1e-6);
        assert!((camera.up().dot(view_direction(&Vector3::z())) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn home_looks_at_the_operated_side() {
        for side in Side::BOTH {
            let mut camera = OrbitCamera::default();
            camera.look(View::Home, side);
            assert!(f64::from(camera.transform().translation.x) * side.lps_sign() > 0.0);
        }
    }
}
