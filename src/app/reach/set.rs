//! What the hip of a trial can reach: coarse at once, then finer and finer.

use crate::{
    app::{
        case,
        trial::{PlannedHip, Trial},
    },
    i18n::Sentence,
    motion::{Couple, FreeHip, MotionError, Posture, PostureBox, RomSurface},
    pipeline::PipelineError,
    progress::Progress,
};
use std::sync::Arc;

/// How far apart postures are, degrees: a picture that the hand need not wait for, one with the right shape, and then that of
/// `coxa rom --surface`. Each takes eight times as long as the one before.
pub const STEPS_DEG: [f64; 3] = [4.0 * RomSurface::STEP_DEG, 2.0 * RomSurface::STEP_DEG, RomSurface::STEP_DEG];

/// The postures that a trial reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Of what.
    pub trial: Trial,
    /// The set, over flexion, adduction and internal rotation.
    pub surface: Arc<RomSurface>,
    /// As fine as it will be.
    pub fine: bool,
    /// Bones were counted.
    pub bones: bool,
}

impl Reach {
    /// What is left in a posture, degrees, negative where it cannot be got to, and what meets first; `None` where that was not looked at.
    #[must_use]
    pub fn at(&self, posture: &Posture) -> Option<(f64, Couple)> {
        Some((self.surface.sample(posture)?, self.surface.couple_at(posture)?))
    }
}

/// Works out what a trial reaches with steps of each of these, degrees, and tells each when it is there.
///
/// # Errors
/// A sentence that says why it cannot be; of what nobody wants any more nothing is said.
pub fn reach(
    hip: &PlannedHip,
    trial: &Trial,
    steps_deg: &[f64],
    progress: &dyn Progress,
    tell: &mut dyn FnMut(Reach),
) -> Result<(), Sentence> {
    match worked_out(hip, trial, steps_deg, progress, tell) {
        Err(PipelineError::Motion(MotionError::Cancelled)) | Ok(()) => Ok(()),
        Err(error) => Err(case::said(&error)),
    }
}

fn worked_out(
    hip: &PlannedHip,
    trial: &Trial,
    steps_deg: &[f64],
    progress: &dyn Progress,
    tell: &mut dyn FnMut(Reach),
) -> Result<(), PipelineError> {
    let room = hip.room(trial)?;
    let joint = hip.joint(trial)?;
    let moving = room.bones.as_ref().map(|bones| bones.moving(&hip.femur_change(trial)));
    let bones = room.bones.as_ref().zip(moving.as_ref()).map(|(bones, moving)| (bones, moving, &room.reach));
    let free = FreeHip { joint: &joint, bones };
    for (round, step_deg) in steps_deg.iter().enumerate() {
        let surface = Arc::new(RomSurface::watched(&free, &PostureBox::default(), *step_deg, progress)?);
        tell(Reach { trial: trial.clone(), surface, fine: round + 1 == steps_deg.len(), bones: bones.is_some() });
    }
    Ok(())
}
