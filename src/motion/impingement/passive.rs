//! The eight passive motions: what touches first in each, and what next.

use super::{
    ImpingementEngine, SceneBody,
    engine::{MESH_ACCURACY_DEG, RANGE_DEG},
    findings,
    sweep::{Pair, Path, Touch},
    work::{MOST, Work},
};
use crate::{
    anatomy::Finding,
    motion::{Couple, CoupleLimit, Limit, Motion, MotionError, Posture, RomRow, RomTable, theoretical},
    progress::Progress,
};
use rayon::prelude::*;
use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

/// Where the neck glances along the rim meshes and closed form may be so far apart, degrees.
const GLANCING_DEG: f64 = 3.0;

/// What moves against what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meets {
    StemOnCup,
    FemurOnPelvis,
    StemOnPelvis,
    FemurOnCup,
}

impl Meets {
    pub const ALL: [Self; 4] = [Self::StemOnCup, Self::FemurOnPelvis, Self::StemOnPelvis, Self::FemurOnCup];
    const OF_BONE: [Self; 3] = [Self::FemurOnPelvis, Self::StemOnPelvis, Self::FemurOnCup];

    const fn couple(self) -> Couple {
        match self {
            Self::StemOnCup => Couple::ImplantImplant,
            Self::FemurOnPelvis => Couple::BoneBone,
            Self::StemOnPelvis | Self::FemurOnCup => Couple::ImplantBone,
        }
    }
}

/// What was found of the motions: how each ends on each of what may meet, in the orders of [`Motion::ALL`] and [`Meets::ALL`].
#[derive(Default)]
pub(super) struct Known(pub [[OnceLock<Touch>; 4]; 8]);

/// Contact where motions begin: at neutral and at 90° of flexion, for what bone has a part in.
type Starts = [[Option<Touch>; 3]; 2];

impl ImpingementEngine {
    /// Follows all eight motions to their limits, up to 180°.
    ///
    /// # Errors
    /// [`MotionError::Cancelled`], or [`MotionError::Undecided`] where surfaces lie on each other.
    pub fn range_of_motion(&self, progress: &dyn Progress) -> Result<RomTable, MotionError> {
        let done = AtomicUsize::new(0);
        let (starts, _) = rayon::join(|| self.starts(), || self.lean_room());
        let row = |motion: &Motion| {
            if progress.cancelled() {
                return Err(MotionError::Cancelled);
            }
            let row = self.row(*motion, &starts)?;
            let finished = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.report("range of motion", finished as f64 / Motion::ALL.len() as f64);
            Ok(row)
        };
        let rows: Vec<(RomRow, Vec<Finding>)> = Motion::ALL.par_iter().map(row).collect::<Result<_, _>>()?;
        let mut table = RomTable { rows: Vec::new(), findings: self.findings.clone() };
        for (row, findings) in rows {
            table.rows.push(row);
            table.findings.extend(findings);
        }
        Ok(table)
    }

    /// Several motions begin alike: where, is asked once.
    fn starts(&self) -> Starts {
        let each = |motion: Motion| {
            let path = self.path(motion);
            let begin_there = || Motion::ALL.into_iter().filter(|other| other.start() == motion.start());
            let known = |meets: Meets| begin_there().all(|motion| self.known.0[motion as usize][meets as usize].get().is_some());
            let touch = |meets: Meets| if known(meets) { None } else { path.begins_in_touch(&self.pairs(meets)) };
            let (femur, (stem, cup)) = rayon::join(
                || touch(Meets::FemurOnPelvis),
                || rayon::join(|| touch(Meets::StemOnPelvis), || touch(Meets::FemurOnCup)),
            );
            [femur, stem, cup]
        };
        let (neutral, flexed) = rayon::join(|| each(Motion::Flexion), || each(Motion::InternalRotation90));
        [neutral, flexed]
    }

    fn pairs(&self, meets: Meets) -> Vec<Pair<'_>> {
        match meets {
            Meets::StemOnCup => self.on_cup(SceneBody::Stem),
            Meets::FemurOnPelvis => self.on_pelvis(SceneBody::Femur),
            Meets::StemOnPelvis => self.on_pelvis(SceneBody::Stem),
            Meets::FemurOnCup => self.on_cup(SceneBody::Femur),
        }
    }

    /// How a motion ends, unless it is known.
    fn touch(
        &self,
        motion: Motion,
        meets: Meets,
        find: impl FnOnce() -> Result<Touch, MotionError>,
    ) -> Result<Touch, MotionError> {
        let known = &self.known.0[motion as usize][meets as usize];
        match known.get() {
            Some(touch) => Ok(*touch),
            None => find().map(|touch| *known.get_or_init(|| touch)),
        }
    }

    fn row(&self, motion: Motion, starts: &Starts) -> Result<(RomRow, Vec<Finding>), MotionError> {
        let path = self.path(motion);
        let closed = theoretical::limit(&self.cup_axis, &self.neck_axis, self.oscillation_deg, motion);
        let mesh = self.touch(motion, Meets::StemOnCup, || self.stem_on_cup(&path, closed))?;
        let mut told = Vec::new();
        let implant_deg = self.implant_limit(motion, closed, &mesh, &mut told);
        let implants = implant_deg.map(|degrees| CoupleLimit {
            couple: Couple::ImplantImplant,
            degrees,
            contact: mesh.point.or_else(|| self.implant_point(&path.pose(degrees))),
        });
        let start = &starts[usize::from(motion.start() != Posture::NEUTRAL)];
        let mut bones: Vec<(CoupleLimit, Limit)> = Vec::new();
        for (meets, start) in Meets::OF_BONE.into_iter().zip(start) {
            let find = || match start {
                Some(touch) => Ok(*touch),
                None => Ok(path.first_touch(&self.pairs(meets), &mut Work::up_to(MOST))?),
            };
            let Touch { limit, point } = self.touch(motion, meets, find)?;
            let Some(degrees) = limit.degrees() else { continue };
            let found = CoupleLimit { couple: meets.couple(), degrees, contact: point };
            match bones.iter_mut().find(|(known, _)| known.couple == found.couple) {
                Some(known) if found.degrees < known.0.degrees => *known = (found, limit),
                Some(_) => {}
                None => bones.push((found, limit)),
            }
        }
        for (found, limit) in &bones {
            if *limit == Limit::AlreadyTouching {
                told.push(findings::already_touching(self.side, motion, found.couple));
                told.extend(findings::shared_space(self.side, &path.start, &self.bone_pairs(), found.couple));
            }
        }
        let bone_deg = bones.iter().map(|(found, _)| found.degrees).min_by(f64::total_cmp);
        let mut limits: Vec<CoupleLimit> = bones.into_iter().map(|(found, _)| found).chain(implants).collect();
        // The neck's limit is exact: it stands first among equals.
        limits.sort_by(|a, b| {
            a.degrees.total_cmp(&b.degrees).then((b.couple == Couple::ImplantImplant).cmp(&(a.couple == Couple::ImplantImplant)))
        });
        let (first, contact) = (limits.first().map(|limit| limit.couple), limits.first().and_then(|limit| limit.contact));
        Ok((RomRow { motion, implant_deg, bone_deg, first, contact, limits }, told))
    }

    /// Where nothing of stem and cup comes before the neck on the rim the closed form has the word, and the meshes are followed about there for
    /// the place alone.
    fn stem_on_cup(&self, path: &Path, closed: Limit) -> Result<Touch, MotionError> {
        let (pairs, mut work) = (self.pairs(Meets::StemOnCup), Work::up_to(MOST));
        let neck_alone = self.lean_room().to_degrees() > self.oscillation_deg / 2.0 - MESH_ACCURACY_DEG;
        let about = closed.degrees().filter(|degrees| neck_alone && *degrees > GLANCING_DEG);
        if let Some(from) = about.map(|degrees| degrees - GLANCING_DEG) {
            let near = Path { start: path.pose(from), range_deg: 2.0 * GLANCING_DEG, ..*path };
            match near.follow(&pairs, &mut work)? {
                Touch { limit: Limit::At(degrees), point } => return Ok(Touch { limit: Limit::At(degrees + from), point }),
                Touch { limit: Limit::AlreadyTouching, .. } => {}
                free => return Ok(free),
            }
        }
        Ok(path.follow(&pairs, &mut work)?)
    }

    /// The closed form's limit, unless the meshes touch clearly earlier: then it is another part of the stem, or of the cup.
    fn implant_limit(&self, motion: Motion, closed: Limit, mesh: &Touch, told: &mut Vec<Finding>) -> Option<f64> {
        let closed_deg = closed.degrees().filter(|&degrees| degrees <= RANGE_DEG);
        let earlier = |mesh: &f64| closed_deg.is_none_or(|closed| *mesh < closed - MESH_ACCURACY_DEG);
        let Some(mesh_deg) = mesh.limit.degrees().filter(earlier) else { return closed_deg };
        let text = format!("In {motion}, the stem meets the cup at {mesh_deg:.1}°, before its neck meets the liner's rim.");
        told.push(Finding::new("finding-stem-meets-cup", Some(self.side), text));
        Some(mesh_deg)
    }
}
