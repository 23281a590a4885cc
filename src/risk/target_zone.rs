//! The target zone: how much room neck, liner and bones have in some activities, over all inclinations and anteversions of the cup.

use super::{Bound, ZoneRequest, contour::Field};
use crate::{
    anatomy::CupAngles,
    motion::{Activity, Couple, MotionError, NeckAngles, NeckInLiner, RomCase},
    progress::{Progress, Silent},
};
use rayon::prelude::*;
use serde::Serialize;

/// Lewinnek's zone (1978), radiographic: inclination 40° ± 10°, anteversion 15° ± 10°; (from, to) of each.
pub const LEWINNEK_DEG: [(f64, f64); 2] = [(30.0, 50.0), (5.0, 25.0)];

/// Anteversion of the cup on the line of Widmer and Zurfluh (2004): anteversion + 0.7 × stem anteversion = 37.3°, degrees.
#[must_use]
pub fn widmer_anteversion_deg(neck_anteversion_deg: f64) -> f64 {
    37.3 - 0.7 * neck_anteversion_deg
}

/// Combined anteversion of cup and stem (Dorr et al. 2009, 10.1007/s11999-008-0598-4), from and to, degrees.
pub const COMBINED_DEG: [f64; 2] = [25.0, 50.0];

/// Margins that differ by less are alike, degrees.
const ALIKE_DEG: f64 = 1e-6;

/// Which cups are looked at: radiographic angles in the zone's frame, degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ZoneGrid {
    /// Inclination, from and to.
    pub inclination_deg: (f64, f64),
    /// Anteversion, from and to.
    pub anteversion_deg: (f64, f64),
    /// Nodes along inclination and along anteversion, 2 or more each.
    pub nodes: [usize; 2],
}

impl Default for ZoneGrid {
    fn default() -> Self {
        Self { inclination_deg: (20.0, 60.0), anteversion_deg: (-10.0, 50.0), nodes: [41, 41] }
    }
}

impl ZoneGrid {
    /// The usual grid, widened by whole tens of degrees until it holds a cup.
    #[must_use]
    pub fn holding(cup: &CupAngles) -> Self {
        let widened =
            |(from, to): (f64, f64), value: f64| (from.min((value / 10.0).floor() * 10.0), to.max((value / 10.0).ceil() * 10.0));
        let usual = Self::default();
        Self {
            inclination_deg: widened(usual.inclination_deg, cup.inclination_deg),
            anteversion_deg: widened(usual.anteversion_deg, cup.anteversion_deg),
            ..usual
        }
    }

    /// The cup of a place on the grid, in nodes along inclination and anteversion.
    #[must_use]
    pub fn cup(&self, [along, across]: [f64; 2]) -> CupAngles {
        let at = |(from, to): (f64, f64), place: f64, nodes: usize| from + (to - from) * place / (nodes - 1) as f64;
        CupAngles {
            inclination_deg: at(self.inclination_deg, along, self.nodes[0]),
            anteversion_deg: at(self.anteversion_deg, across, self.nodes[1]),
        }
    }

    /// How many nodes there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.nodes[0] * self.nodes[1]
    }

    /// The cup of a node, counted row by row from the least anteversion on.
    #[must_use]
    pub fn node(&self, index: usize) -> CupAngles {
        self.cup([(index % self.nodes[0]) as f64, (index / self.nodes[0]) as f64])
    }
}

/// The zone of neck, liner and bones.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetZone {
    /// Which cups were looked at.
    pub grid: ZoneGrid,
    /// Posterior tilt of the anterior pelvic plane in the frame in which the grid's angles are counted, degrees; 0: the plane itself.
    pub tilt_deg: f64,
    /// Ids of the activities.
    pub activities: Vec<String>,
    /// Least margin over the activities at every node, degrees, row by row from the least anteversion on: of the neck on the liner how far it
    /// can still lean, of bone how far the femur can still turn.
    pub margins_deg: Vec<f64>,
    /// Which activity has it, by its place in `activities`.
    pub binding: Vec<usize>,
    /// What meets there.
    pub couples: Vec<Couple>,
}

impl TargetZone {
    /// The zone of a neck and an oscillation angle alone: a liner that is the same all round, and no bones.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn new(
        activities: &[Activity],
        neck: &NeckAngles,
        oscillation_deg: f64,
        tilt_deg: f64,
        grid: ZoneGrid,
    ) -> Result<Self, MotionError> {
        let joint = NeckInLiner::from(&RomCase { cup: grid.node(0), neck: *neck, oscillation_deg });
        Self::of(&ZoneRequest { activities, joint: &joint, tilt_deg, grid, bones: None })
    }

    /// Works out a zone.
    ///
    /// # Errors
    /// When there is no activity, one cannot be followed, the bones are those of other activities, or the numbers are not usable.
    pub fn of(request: &ZoneRequest<'_>) -> Result<Self, MotionError> {
        Self::watched(request, &Silent)
    }

    /// The same for somebody who may no longer want it.
    ///
    /// # Errors
    /// As [`Self::of`], and [`MotionError::Cancelled`].
    pub fn watched(request: &ZoneRequest<'_>, progress: &dyn Progress) -> Result<Self, MotionError> {
        let followed = request.followed()?;
        let node = |index: usize| {
            if progress.cancelled() { Err(MotionError::Cancelled) } else { Ok(followed.bound(&followed.cup(index))) }
        };
        let nodes: Vec<Bound> = (0..request.grid.count()).into_par_iter().map(node).collect::<Result<_, _>>()?;
        Ok(Self::bounded(request, &nodes))
    }

    /// The zone of what binds at every node.
    pub(super) fn bounded(request: &ZoneRequest<'_>, nodes: &[Bound]) -> Self {
        let ZoneRequest { activities, tilt_deg, grid, .. } = *request;
        Self {
            grid,
            tilt_deg,
            activities: activities.iter().map(|a| a.id.clone()).collect(),
            margins_deg: nodes.iter().map(|node| node.margin_deg).collect(),
            binding: nodes.iter().map(|node| node.activity).collect(),
            couples: nodes.iter().map(|node| node.couple).collect(),
        }
    }

    fn field(&self) -> Field<'_> {
        Field { values: &self.margins_deg, columns: self.grid.nodes[0] }
    }

    /// Part of the grid's area in which at least so many degrees are left, percent.
    #[must_use]
    pub fn area_percent(&self, margin_deg: f64) -> f64 {
        100.0 * self.field().part_above(margin_deg)
    }

    /// Part of the nodes at which at least so many degrees are left, percent: how published zones are counted, on nodes 1° apart. Nodes on the
    /// edge count whole, so that it differs from the area by a percent or so.
    #[must_use]
    pub fn nodes_percent(&self, margin_deg: f64) -> f64 {
        100.0 * self.margins_deg.iter().filter(|margin| **margin >= margin_deg).count() as f64 / self.margins_deg.len() as f64
    }

    /// Lines of equal margin, as cups.
    #[must_use]
    pub fn contours(&self, margin_deg: f64) -> Vec<Vec<CupAngles>> {
        let lines = self.field().contours(margin_deg);
        lines.into_iter().map(|line| line.into_iter().map(|place| self.grid.cup(place)).collect()).collect()
    }

    /// The cup with the most room, and its margin, degrees. Where many have as much, as when bone binds whatever the cup, the one in their
    /// middle.
    #[must_use]
    pub fn best(&self) -> (CupAngles, f64) {
        let most = self.margins_deg.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let alike = (0..self.margins_deg.len()).filter(|index| self.margins_deg[*index] >= most - ALIKE_DEG);
        let cups: Vec<CupAngles> = alike.map(|index| self.grid.node(index)).collect();
        let middle = |pick: fn(&CupAngles) -> f64| cups.iter().map(pick).sum::<f64>() / cups.len().max(1) as f64;
        let (inclination, anteversion) = (middle(|cup| cup.inclination_deg), middle(|cup| cup.anteversion_deg));
        let away = |cup: &CupAngles| (cup.inclination_deg - inclination).hypot(cup.anteversion_deg - anteversion);
        let best = cups.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
        (best.copied().unwrap_or_else(|| self.grid.node(0)), most)
    }

    /// What meets first, with the part of the nodes where it does (percent), what meets most first.
    #[must_use]
    pub fn couple_shares(&self) -> Vec<(Couple, f64)> {
        let share = |couple: &Couple| self.couples.iter().filter(|c| *c == couple).count() as f64 / self.couples.len() as f64;
        let all = [Couple::ImplantImplant, Couple::ImplantBone, Couple::BoneBone];
        let mut shares: Vec<_> =
            all.into_iter().map(|couple| (couple, 100.0 * share(&couple))).filter(|(_, s)| *s > 0.0).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }

    /// Activities that bind somewhere, with the part of the nodes they bind at (percent), those that bind most first.
    #[must_use]
    pub fn binding_shares(&self) -> Vec<(&str, f64)> {
        let share = |index: usize| self.binding.iter().filter(|b| **b == index).count() as f64 / self.binding.len() as f64;
        let shares = self.activities.iter().enumerate().map(|(index, id)| (id.as_str(), 100.0 * share(index)));
        let mut shares: Vec<_> = shares.filter(|(_, share)| *share > 0.0).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        shares
    }
}
