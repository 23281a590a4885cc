//! What an activity asks of the joint.

use crate::motion::{Motion, Posture};
use serde::{Deserialize, Serialize};

/// Beyond these no hip goes, degrees: a number outside is a slip of unit, sign or digit.
const REACH: [(&str, f64, f64); 4] = [
    ("flexion_deg", -60.0, 160.0),
    ("adduction_deg", -90.0, 60.0),
    ("internal_rotation_deg", -100.0, 100.0),
    ("pelvic_tilt_deg", -90.0, 90.0),
];

/// Joint angles at one instant of an activity, degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyframe {
    /// Flexion; extension is negative.
    pub flexion_deg: f64,
    /// Adduction; abduction is negative.
    #[serde(default)]
    pub adduction_deg: f64,
    /// Internal rotation; external rotation is negative.
    #[serde(default)]
    pub internal_rotation_deg: f64,
    /// How far the pelvis is tilted posteriorly then, against how it stands (of a recording: against the laboratory).
    #[serde(default)]
    pub pelvic_tilt_deg: f64,
}

impl Keyframe {
    /// The joint's posture.
    #[must_use]
    pub const fn posture(&self) -> Posture {
        Posture {
            flexion_deg: self.flexion_deg,
            adduction_deg: self.adduction_deg,
            internal_rotation_deg: self.internal_rotation_deg,
        }
    }

    /// What is wrong with it, if anything: which number, what it is and what it may be.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let values = [self.flexion_deg, self.adduction_deg, self.internal_rotation_deg, self.pelvic_tilt_deg];
        let outside = |((name, low, high), value): ((&str, f64, f64), f64)| {
            // What is no number lies in no range.
            let inside = (low..=high).contains(&value);
            (!inside).then(|| format!("{name} is {value}, no hip goes beyond {low}° to {high}°"))
        };
        REACH.into_iter().zip(values).find_map(outside)
    }
}

/// What an activity asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Demand {
    /// To go through these joint angles one after another; between two keyframes each angle changes evenly.
    Path(Vec<Keyframe>),
    /// To swing through an arc about a motion's axis, wherever on that axis neck and liner allow it: what standards ask of components.
    Arc {
        /// The motion that names axis and start; the opposite motion is counted with it.
        motion: Motion,
        /// Length of the arc, degrees.
        total_deg: f64,
    },
}

impl Demand {
    /// The keyframes; none of an arc.
    #[must_use]
    pub fn keyframes(&self) -> &[Keyframe] {
        match self {
            Self::Path(keyframes) => keyframes,
            Self::Arc { .. } => &[],
        }
    }

    /// The joint's angles so far along the path, 0 to 1, keyframes evenly apart; `None` of an arc.
    #[must_use]
    pub fn at(&self, part: f64) -> Option<Keyframe> {
        let keyframes = self.keyframes();
        let along = part.clamp(0.0, 1.0) * (keyframes.len().checked_sub(1)?) as f64;
        let leg = (along as usize).min(keyframes.len().saturating_sub(2));
        let from = keyframes[leg];
        // A single keyframe is a path that stays where it is.
        let to = keyframes.get(leg + 1).copied().unwrap_or(from);
        let between = |from: f64, to: f64| from + (to - from) * (along - leg as f64);
        Some(Keyframe {
            flexion_deg: between(from.flexion_deg, to.flexion_deg),
            adduction_deg: between(from.adduction_deg, to.adduction_deg),
            internal_rotation_deg: between(from.internal_rotation_deg, to.internal_rotation_deg),
            pelvic_tilt_deg: between(from.pelvic_tilt_deg, to.pelvic_tilt_deg),
        })
    }

    /// A straight motion from where it starts to so many degrees.
    #[must_use]
    pub fn motion(motion: Motion, degrees: f64) -> Self {
        let keyframe = |degrees: f64| {
            let Posture { flexion_deg, adduction_deg, internal_rotation_deg } = motion.posture(degrees);
            Keyframe { flexion_deg, adduction_deg, internal_rotation_deg, pelvic_tilt_deg: 0.0 }
        };
        Self::Path(vec![keyframe(0.0), keyframe(degrees)])
    }

    /// What is wrong with it, if anything.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Path(keyframes) if keyframes.is_empty() => Some("its path has no keyframes".into()),
            Self::Path(keyframes) => keyframes
                .iter()
                .enumerate()
                .find_map(|(index, keyframe)| keyframe.problem().map(|problem| format!("keyframe {}: {problem}", index + 1))),
            Self::Arc { total_deg, .. } => {
                let possible = (0.0..=180.0).contains(total_deg);
                (!possible).then(|| format!("total_deg is {total_deg}, an arc has 0° to 180°"))
            }
        }
    }
}
