//! What the panels show of the slices: plain data, no Bevy types.

use crate::{
    app::slices::{SLOTS, SlicePicture, SliceSource, SlicesView},
    i18n::Sentence,
    volume::Volume,
};

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
