//! Slices as textures of the interface.

use super::{SLOTS, SlicePicture, SlicesState, SlicesView};
use crate::{
    app::theme,
    volume::{GreyWindow, slice::NOT_SCANNED},
};
use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use egui::{Color32, ColorImage, TextureHandle, TextureId, TextureOptions};
use rayon::prelude::*;
use std::sync::Arc;

/// Pixels a point of the interface, for pictures that are as sharp as the screen.
#[derive(Resource, Clone, Copy, Debug)]
pub struct PixelsPerPoint(pub f32);

impl Default for PixelsPerPoint {
    fn default() -> Self {
        Self(1.0)
    }
}

/// Textures of the slices, with what each shows.
#[derive(Resource, Default)]
pub struct SliceTextures([Option<Made>; SLOTS]);

/// A texture, and what it was made of.
type Made = (TextureHandle, Arc<Vec<i16>>, GreyWindow);

impl SliceTextures {
    /// The texture of each slice, where there is one.
    #[must_use]
    pub fn ids(&self) -> [Option<TextureId>; SLOTS] {
        [0, 1, 2].map(|slot| self.0[slot].as_ref().map(|(texture, ..)| texture.id()))
    }

    fn show(&mut self, context: &egui::Context, slot: usize, picture: Option<&SlicePicture>, view: &SlicesView) {
        let Some(picture) = picture.filter(|picture| !picture.hu.is_empty()) else {
            self.0[slot] = None;
            return;
        };
        let known = self.0[slot].take();
        let (hu, window) = (&picture.hu, view.window);
        self.0[slot] = Some(match known {
            Some((texture, of, at)) if Arc::ptr_eq(&of, hu) && at == window => (texture, of, at),
            Some((mut texture, ..)) => {
                texture.set(shaded(picture, &window), TextureOptions::LINEAR);
                (texture, Arc::clone(hu), window)
            }
            None => {
                let texture = context.load_texture(format!("slice {slot}"), shaded(picture, &window), TextureOptions::LINEAR);
                (texture, Arc::clone(hu), window)
            }
        });
    }
}

/// A slice in greys; what was not scanned has a colour of its own, so that it is not taken for air.
#[must_use]
pub fn shaded(picture: &SlicePicture, window: &GreyWindow) -> ColorImage {
    let shade = |&hu: &i16| if hu == NOT_SCANNED { theme::NOT_SCANNED } else { Color32::from_gray(window.grey(hu)) };
    ColorImage::new(picture.size.pixels, picture.hu.par_iter().map(shade).collect())
}

/// Keeps the textures in step with the slices.
pub struct TexturesPlugin;

impl Plugin for TexturesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<SliceTextures>().add_systems(EguiPrimaryContextPass, upload);
    }
}

/// Before the panels are drawn.
pub(in crate::app) fn upload(
    mut contexts: EguiContexts,
    state: Res<SlicesState>,
    mut textures: ResMut<SliceTextures>,
    mut pixels: ResMut<PixelsPerPoint>,
) -> Result {
    let context = contexts.ctx_mut()?;
    pixels.0 = context.pixels_per_point();
    for slot in 0..SLOTS {
        textures.show(context, slot, state.picture(slot), state.view());
    }
    Ok(())
}
