//! What femur and stem do on the pelvis along activities, by a graphics card.

use super::{ZoneBones, ZoneCard, ZoneCardError, words::Words, zone_bones::moved, zone_said::AGREES_DEG};
use crate::{
    graphics_card::GraphicsCard,
    motion::{Activity, BoneLeast, BoneRoom, CupReach, FemurChange, FlatPelvis, MovingBones, Query, Track, binding},
};
use rand::{SeedableRng, seq::index::sample};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::ops::Range;

pub(super) const SHADER: &str =
    concat!(include_str!("../../shaders/angles.wgsl"), include_str!("../../shaders/bone_angles.wgsl"));
/// Angles that are asked at once.
const AT_ONCE: usize = 1 << 20;
/// Invocations of a group, as in the shader; groups in a row.
const GROUP: usize = 64;
const ROW: usize = 1 << 12;
/// Activities that are searched by the processor for anything less than what was found, besides the one that binds.
const CHECKED: usize = 2;

/// A pelvis on a card: the same however femur and cup are changed.
pub struct PelvisOnCard<'a> {
    room: &'a BoneRoom,
    balls: wgpu::Buffer,
    crossings: wgpu::Buffer,
    spheres: Vec<Range<usize>>,
}

impl ZoneCard {
    /// Lays a pelvis on the card.
    ///
    /// # Errors
    /// A clause that says how the card failed.
    pub fn pelvis<'a>(&self, room: &'a BoneRoom) -> Result<PelvisOnCard<'a>, String> {
        let FlatPelvis { trees, outward, spheres } = room.flat_pelvis();
        let (mut balls, mut crossings) = (Words::default(), Words::default());
        for node in &trees.nodes {
            // The card asks how long a chord from the middle may be.
            balls.beside(&node.centre, 2.0 * (node.radius / 2.0).sin());
            balls.counts([node.points.start, node.points.end, node.after, 0]);
        }
        for (at, [outward, about]) in trees.points.iter().zip(&outward) {
            crossings.beside(at, 0.0).beside(outward, 0.0).beside(&about.try_normalize(1e-9).unwrap_or_default(), 0.0);
        }
        let (balls, crossings) = (balls.bytes(32), crossings.bytes(48));
        self.card.run(|card| Ok(PelvisOnCard { room, balls: card.upload(&balls), crossings: card.upload(&crossings), spheres }))
    }

    /// The bones that [`ZoneBones::binding`] follows, by the card: to 0.05°. What is found is measured in f64, and some activities are searched
    /// by the processor for anything less each time.
    ///
    /// # Errors
    /// As [`ZoneBones::binding`]; and when the card fails or disagrees, whereupon the processor is the one to ask.
    pub fn binding_bones(
        &self,
        pelvis: &PelvisOnCard<'_>,
        reach: CupReach,
        change: &FemurChange,
        activities: &[Activity],
    ) -> Result<ZoneBones, ZoneCardError> {
        let moving = moved(pelvis.room, change)?;
        let tracks = activities.iter().map(Activity::track).collect::<Result<Vec<_>, _>>()?;
        let mut ask = |queries: &[Query]| self.card.run(|card| self.angles(card, pelvis, queries));
        let found = binding(pelvis.room, &moving, &tracks, &mut ask).map_err(ZoneCardError::Card)?;
        let mut least = vec![None; tracks.len()];
        if let Some((track, found)) = found {
            least[track] = Some(found);
        }
        nothing_less(pelvis.room, &moving, &tracks, found).map_err(ZoneCardError::Card)?;
        Ok(ZoneBones { moving, reach, least })
    }

    /// The signed angle of every query, degrees.
    fn angles(&self, card: &GraphicsCard, pelvis: &PelvisOnCard<'_>, queries: &[Query]) -> Result<Vec<f32>, String> {
        let mut angles = Vec::with_capacity(queries.len());
        for some in queries.chunks(AT_ONCE) {
            let mut words = Words::default();
            for query in some {
                let balls = &pelvis.spheres[query.radius_mm];
                words.beside(&query.direction, query.within).counts([balls.start, balls.end, 0, 0]);
            }
            let asked = card.upload(&words.bytes(32));
            let bound = [&pelvis.balls, &pelvis.crossings, &asked].map(|buffer| buffer.as_entire_binding());
            let groups = some.len().div_ceil(GROUP);
            let groups = [groups.min(ROW) as u32, groups.div_ceil(ROW) as u32];
            angles.extend(card.answers(&self.angles, &bound, some.len(), groups)?);
        }
        Ok(angles)
    }
}

/// Has the processor search some activities for anything less than was found; all, where nothing was found.
fn nothing_less(
    room: &BoneRoom,
    moving: &MovingBones,
    tracks: &[Track],
    found: Option<(usize, BoneLeast)>,
) -> Result<(), String> {
    let count = if found.is_some() { CHECKED.min(tracks.len()) } else { tracks.len() };
    let mut checked = sample(&mut ChaCha8Rng::seed_from_u64(tracks.len() as u64), tracks.len(), count).into_vec();
    checked.extend(found.map(|(track, _)| track));
    let found_deg = found.map_or(crate::motion::ENOUGH_DEG, |(_, least)| least.margin_deg);
    let missed = |index: usize| room.least(moving, &tracks[index], found_deg - AGREES_DEG);
    match checked.into_par_iter().find_map_first(missed) {
        Some(missed) => {
            Err(format!("with the graphics card nothing less than {found_deg}° is found, the processor finds {missed:?}"))
        }
        None => Ok(()),
    }
}
