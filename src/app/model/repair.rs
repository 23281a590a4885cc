//! What the panels show of the repair of the segmentation: plain data, no Bevy types.

use crate::{
    app::{
        repair::{LabelOutlines, RepairSettings, Way},
        slices::SLOTS,
    },
    i18n::Sentence,
    labels::edit::Edit,
};

/// The repair of the segmentation.
#[derive(Clone, Copy, Debug)]
pub struct RepairModel<'a> {
    /// What is in hand, and how it works.
    pub settings: &'a RepairSettings,
    /// The labels are being read.
    pub reading: bool,
    /// They are read, changed or written.
    pub busy: bool,
    /// They are there.
    pub ready: bool,
    /// The newest edit that stands.
    pub undo: Option<&'a Edit>,
    /// The one that was taken back last.
    pub redo: Option<&'a Edit>,
    /// Edits that the case does not have yet.
    pub pending: usize,
    /// The case has edits that nothing was made from yet.
    pub stale: bool,
    /// What the last one did, or why it was refused.
    pub told: Option<&'a Sentence>,
    /// What is being drawn.
    pub way: Option<&'a Way>,
    /// Slices that are the scan's own, in which a brush can be flat.
    pub flat: [bool; SLOTS],
    /// The labels in each slice.
    pub outlines: LabelOutlines<'a>,
}
