//! Pictures without a window: both cameras draw into an image, which is saved once the case is open and the answers are in.

use super::{error::AppError, interface::Words, loading::Loading, outstanding::Answers, schedule::AppSet};
use crate::files;
use bevy::{
    camera::RenderTarget,
    prelude::*,
    render::{
        render_resource::{TextureFormat, TextureUsages},
        view::screenshot::{Screenshot, ScreenshotCaptured},
    },
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// How long to wait for the impingement solver before a picture is taken without its answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where errors of the picture are left for whoever runs the app.
pub type Outcome = Arc<Mutex<Option<Result<(), AppError>>>>;

/// Takes one picture and exits.
pub struct ScreenshotPlugin {
    /// PNG to write.
    pub file: PathBuf,
    /// Frames to draw before.
    pub frames: u32,
    /// Width and height, pixels.
    pub size: UVec2,
    /// How it ended.
    pub outcome: Outcome,
}

#[derive(Resource)]
struct Shooting {
    file: PathBuf,
    target: Handle<Image>,
    frames_left: u32,
    since: Instant,
    asked: bool,
    outcome: Outcome,
}

impl Plugin for ScreenshotPlugin {
    fn build(&self, app: &mut App) {
        let mut image = Image::new_target_texture(self.size.x, self.size.y, TextureFormat::Rgba8UnormSrgb, None);
        image.texture_descriptor.usage |= TextureUsages::COPY_SRC;
        let target = app.world_mut().resource_mut::<Assets<Image>>().add(image);
        app.insert_resource(Shooting {
            file: self.file.clone(),
            target,
            // A slice is drawn when its place is known, shaded in the next frame and seen in the one after.
            frames_left: self.frames.max(5),
            since: Instant::now(),
            asked: false,
            outcome: Arc::clone(&self.outcome),
        })
        .add_systems(PreUpdate, aim)
        .add_systems(Update, shoot.after(AppSet::Show))
        .add_observer(save);
    }
}

/// Every camera draws into the image.
fn aim(cameras: Query<Entity, Added<Camera>>, shooting: Res<Shooting>, mut commands: Commands) {
    for camera in &cameras {
        commands.entity(camera).insert(RenderTarget::Image(shooting.target.clone().into()));
    }
}

fn shoot(
    loading: Res<Loading>,
    words: Res<Words>,
    answers: Answers,
    mut shooting: ResMut<Shooting>,
    mut cameras: Query<&mut Camera>,
    mut commands: Commands,
    mut exit: MessageWriter<AppExit>,
) {
    if let Some(message) = &loading.message {
        finish(&shooting.outcome, Err(AppError::Case(message.get(words.0.language()).to_owned())));
        exit.write(AppExit::error());
        return;
    }
    let ready = !loading.busy() && (answers.complete() || shooting.since.elapsed() > PATIENCE);
    // Nothing is drawn before there is something to draw: without a GPU a frame costs seconds.
    cameras.iter_mut().filter(|camera| camera.is_active != ready).for_each(|mut camera| camera.is_active = ready);
    if !ready || shooting.asked {
        return;
    }
    shooting.frames_left = shooting.frames_left.saturating_sub(1);
    if shooting.frames_left == 0 {
        shooting.asked = true;
        commands.spawn(Screenshot::image(shooting.target.clone()));
    }
}

fn save(captured: On<ScreenshotCaptured>, shooting: Res<Shooting>, mut exit: MessageWriter<AppExit>) {
    let result =
        write_png(&shooting.file, &captured.image).map_err(|source| AppError::Screenshot { file: shooting.file.clone(), source });
    exit.write(if result.is_ok() { AppExit::Success } else { AppExit::error() });
    finish(&shooting.outcome, result);
}

fn finish(outcome: &Outcome, result: Result<(), AppError>) {
    if let Ok(mut outcome) = outcome.lock() {
        outcome.get_or_insert(result);
    }
}

/// Writes a picture, of a window or without one.
pub fn write_png(file: &Path, image: &Image) -> io::Result<()> {
    let blue_first = matches!(image.texture_descriptor.format, TextureFormat::Bgra8UnormSrgb | TextureFormat::Bgra8Unorm);
    let pixels = image.data.as_deref().ok_or_else(|| io::Error::other("the picture came back empty"))?;
    files::write_atomically(file, |out| {
        let mut encoder = png::Encoder::new(out, image.width(), image.height());
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        let opaque: Vec<u8> = pixels
            .chunks_exact(4)
            .flat_map(|p| if blue_first { [p[2], p[1], p[0], 255] } else { [p[0], p[1], p[2], 255] })
            .collect();
        encoder.write_header()?.write_image_data(&opaque)?;
        Ok(())
    })
}
