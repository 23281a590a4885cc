//! The target zone by a graphics card.

use super::{
    TargetZone, ZoneRequest, bone_card,
    zone_request::Followed,
    zone_said::{Said, believed},
    zone_words::{ZoneWords, cup_words, piece_words},
};
use crate::{
    anatomy::CupAngles,
    graphics_card::GraphicsCard,
    motion::{Couple, MotionError},
    progress::Progress,
};
use thiserror::Error;

const SHADER: &str = concat!(include_str!("../../shaders/angles.wgsl"), include_str!("../../shaders/target_zone.wgsl"));
/// Invocations that are sent at once: a driver ends what keeps a card busy for too long.
const AT_ONCE: usize = 1 << 21;
/// No card must take more groups in a row.
const ROW: usize = 65_535;
/// Invocations of a group, as in the shader.
const GROUP: usize = 64;

/// A graphics card that is ready to work out zones.
pub struct ZoneCard {
    pub(super) card: GraphicsCard,
    pub(super) angles: wgpu::ComputePipeline,
    cups: wgpu::ComputePipeline,
}

/// Why a card gave no zone.
#[derive(Debug, Error)]
pub enum ZoneCardError {
    /// The processor would refuse it too, or nobody wants it any longer.
    #[error(transparent)]
    Refused(#[from] MotionError),
    /// A clause that says how the card failed, or that it disagrees.
    #[error("{0}")]
    Card(String),
}

impl ZoneCard {
    /// Makes a card ready: some tenths of a second, once.
    ///
    /// # Errors
    /// A clause that says how the card failed.
    pub fn new(card: GraphicsCard) -> Result<Self, String> {
        let shaders = [(SHADER, "least_of_pieces"), (bone_card::SHADER, "signed_angles")];
        let [cups, angles] = card.run(|card| Ok(shaders.map(|(source, entry)| card.pipeline(source, entry))))?;
        Ok(Self { card, angles, cups })
    }

    /// What the driver calls the card.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.card.title
    }

    /// Of every node what binds it, arcs left aside.
    fn said(&self, followed: &Followed<'_>, progress: &dyn Progress) -> Result<Vec<Said>, ZoneCardError> {
        let words = ZoneWords::of(followed);
        let cups: Vec<CupAngles> = (0..followed.request.grid.count()).map(|node| followed.cup(node)).collect();
        let mut said = vec![Said::Known; cups.len()];
        let count = words.pieces[1].len();
        if count == 0 {
            return Ok(said);
        }
        if count > ROW {
            return Err(ZoneCardError::Card(format!("its paths have {count} pieces, a card takes {ROW}")));
        }
        let upload = |card: &GraphicsCard| {
            let pieces = words.pieces.each_ref().map(|pieces| card.upload(&piece_words(pieces)));
            Ok((pieces, words.shared().map(|words| card.upload(words))))
        };
        let (pieces, shared) = self.card.run(upload).map_err(ZoneCardError::Card)?;
        let asked = Asked { card: self, followed, pieces, shared, words: &words };
        let at_once = (AT_ONCE / count).max(GROUP);
        for (cups, said) in cups.chunks(at_once).zip(said.chunks_mut(at_once)) {
            // What comes later is followed only where it has less than what was before it: postures, and the neck.
            for couple in [Couple::ImplantImplant, Couple::ImplantBone] {
                for paths in 0..2 {
                    if progress.cancelled() {
                        return Err(MotionError::Cancelled.into());
                    }
                    if couple == Couple::ImplantImplant || words.has_bone() {
                        asked.about(cups, couple, paths, said).map_err(ZoneCardError::Card)?;
                    }
                }
            }
        }
        Ok(said)
    }
}

/// What all cups are asked.
struct Asked<'a> {
    card: &'a ZoneCard,
    followed: &'a Followed<'a>,
    words: &'a ZoneWords,
    pieces: [wgpu::Buffer; 2],
    shared: [wgpu::Buffer; 4],
}

impl Asked<'_> {
    /// Asks how much room some cups leave a couple in postures or along paths, and notes it where it is less than what was said of them.
    fn about(&self, cups: &[CupAngles], couple: Couple, paths: usize, said: &mut [Said]) -> Result<(), String> {
        let known = self.followed.known().margin_deg;
        let pieces = &self.words.pieces[paths];
        let settings = self.words.settings(self.followed, cups.len(), couple);
        let cup_words = cup_words(self.followed, cups, |cup| said[cup].margin_deg(known));
        let answers = self.card.card.run(|card| {
            let own = [settings, cup_words].map(|words| card.upload(&words));
            let bound = own.iter().chain([&self.pieces[paths]]).chain(&self.shared).map(|words| words.as_entire_binding());
            let groups = [cups.len().div_ceil(GROUP) as u32, pieces.len() as u32];
            card.answers(&self.card.cups, &bound.collect::<Vec<_>>(), cups.len() * pieces.len(), groups)
        })?;
        if answers.len() != cups.len() * pieces.len() {
            return Err(format!("the graphics card answered {} of {} questions", answers.len(), cups.len() * pieces.len()));
        }
        for (piece, row) in pieces.iter().zip(answers.chunks(cups.len())) {
            said.iter_mut().zip(row).for_each(|(said, answer)| said.hear(*answer, piece.activity, couple, known));
        }
        Ok(())
    }
}

impl TargetZone {
    /// The zone that [`Self::of`] works out, by a graphics card in f32: to 0.05°, and of activities that bind alike to so much either. A sample
    /// of the nodes is held against the processor each time; cups that the card could not decide are left to the processor.
    ///
    /// # Errors
    /// As [`Self::watched`]; and when the card fails or disagrees, whereupon the processor is the one to ask.
    pub fn on_card(card: &ZoneCard, request: &ZoneRequest<'_>, progress: &dyn Progress) -> Result<Self, ZoneCardError> {
        Self::as_said(request, &|followed| card.said(followed, progress))
    }

    /// The zone of what is said of its cups, where that may be believed.
    pub(super) fn as_said(
        request: &ZoneRequest<'_>,
        said: &dyn Fn(&Followed<'_>) -> Result<Vec<Said>, ZoneCardError>,
    ) -> Result<Self, ZoneCardError> {
        let followed = request.followed()?;
        let nodes = believed(&followed, &said(&followed)?).map_err(ZoneCardError::Card)?;
        Ok(Self::bounded(request, &nodes))
    }
}
