//! What the panels show of the slices: plain data, no Bevy types.

use crate::{
    app::{
        film::{Film, FilmView},
        slices::{SLOTS, SlicePicture, SliceSource, SlicesView},
    },
    i18n::Sentence,
    volume::Volume,
};
use egui::TextureId;

/// The CT as the panels know it.
#[derive(Clone, Copy, Debug)]
pub enum CtModel<'a> {
    /// It is being read; 0 to 1.
    Reading(f32),
    /// It is there.
    There(&'a Volume),
    /// The case has none.
    Absent,
    /// It cannot be read.
    Damaged(&'a Sentence),
}

/// Slices, and how they are looked at.
#[derive(Clone, Copy, Debug)]
pub struct SlicesModel<'a> {
    /// Layout, planes, window, cross-hair.
    pub view: &'a SlicesView,
    /// In which planes can be looked.
    pub source: &'a SliceSource,
    /// The CT.
    pub ct: CtModel<'a>,
    /// What is drawn, by place.
    pub pictures: [Option<&'a SlicePicture>; SLOTS],
}

/// The virtual radiograph.
#[derive(Clone, Copy, Debug)]
pub struct FilmModel<'a> {
    /// Which.
    pub view: FilmView,
    /// The film, once it is exposed.
    pub film: Option<&'a Film>,
    /// Its texture.
    pub texture: Option<TextureId>,
    /// It is being exposed.
    pub busy: bool,
    /// Something else is tried than what the plan on the film has.
    pub tried: bool,
    /// Why there is none.
    pub failure: Option<&'a Sentence>,
}
