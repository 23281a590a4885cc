//! What the spine does to the hip: postures of the pelvis, how far it rolls back in sitting, and what a hip must do for a stiff spine.

use super::{Activity, Demand, Keyframe};
use crate::anatomy::CupAngles;
use serde::{Deserialize, Serialize};

/// Posterior tilt of the anterior pelvic plane when standing, mean of 1517 patients before hip replacement, degrees (PubMed
/// 28148659: 1.3° posterior).
pub const STANDING_TILT_DEG: f64 = 1.3;
/// How far the pelvis rolls back from standing to sitting, degrees: mean sacral slope 40° standing and 20° sitting (PMC7340719, table 1).
pub const ROLL_BACK_DEG: f64 = 20.0;
/// Flexion of the hip on a chair, degrees (PubMed 25132150). From here on all of the roll-back counts.
pub const SITTING_FLEXION_DEG: f64 = 80.0;
/// Mobility classes by the change of sacral slope from standing to sitting, degrees (Haffer, PMC9474574).
const STIFF_BELOW_DEG: f64 = 10.0;
const HYPERMOBILE_ABOVE_DEG: f64 = 30.0;
/// A pelvic incidence that exceeds lumbar lordosis by more than this is not balanced, degrees (the same).
const UNBALANCED_ABOVE_DEG: f64 = 10.0;
/// Functional zone of the combined sagittal index, degrees: standing and sitting. After Heckmann et al. 2018 and Tezuka et al. 2019, **noted
/// from memory**: to be held against the papers before a person relies on it.
const SAGITTAL_INDEX_DEG: [(f64, f64); 2] = [(205.0, 245.0), (151.0, 185.0)];

/// How a person is during an activity, as far as the spine has a part in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PelvicPosture {
    /// Lying on the back.
    Supine,
    /// Upright, or bending with the lumbar spine as when standing.
    Standing,
    /// With the lumbar spine bent as on a chair: on a chair, the floor or the heels.
    Sitting,
}

impl PelvicPosture {
    /// Its name in documents and the ending of its key in language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supine => "supine",
            Self::Standing => "standing",
            Self::Sitting => "sitting",
        }
    }
}

/// How far the pelvis rolls back when sitting down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mobility {
    /// Less than 10°.
    Stiff,
    /// 10° to 30°.
    Normal,
    /// More than 30°.
    Hypermobile,
}

impl Mobility {
    /// Ending of its key in the language files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stiff => "stiff",
            Self::Normal => "normal",
            Self::Hypermobile => "hypermobile",
        }
    }
}

/// What is known of a patient's pelvis in postures, degrees. Tilts are those of the anterior pelvic plane, posterior positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spinopelvic {
    /// Tilt as scanned.
    pub supine_tilt_deg: Option<f64>,
    /// Tilt when standing.
    pub standing_tilt_deg: Option<f64>,
    /// Tilt when sitting.
    pub sitting_tilt_deg: Option<f64>,
    /// Change of the sacral slope from standing to sitting, where the tilts are not both known: slope standing less slope sitting.
    pub slope_change_deg: Option<f64>,
    /// Pelvic incidence less lumbar lordosis.
    pub incidence_less_lordosis_deg: Option<f64>,
}

impl Spinopelvic {
    /// What is wrong with the numbers, if anything.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let values = [
            ("the tilt lying", self.supine_tilt_deg),
            ("the tilt standing", self.standing_tilt_deg),
            ("the tilt sitting", self.sitting_tilt_deg),
            ("the change of the sacral slope", self.slope_change_deg),
            ("PI less LL", self.incidence_less_lordosis_deg),
        ];
        let given = values.into_iter().filter_map(|(name, value)| Some((name, value?)));
        // What is no number lies in no range.
        let mut outside = given.filter(|(_, value)| !(-90.0..=90.0).contains(value));
        outside.next().map(|(name, value)| format!("{name} is {value}°, which is no angle of a pelvis: expected -90 to 90"))
    }

    /// How far the pelvis rolls back from standing to sitting; slope and tilt change by the same angle, since both belong to one bone.
    #[must_use]
    pub fn roll_back_deg(&self) -> Option<f64> {
        let tilts = self.sitting_tilt_deg.zip(self.standing_tilt_deg).map(|(sitting, standing)| sitting - standing);
        tilts.or(self.slope_change_deg)
    }

    /// The class of mobility.
    #[must_use]
    pub fn mobility(&self) -> Option<Mobility> {
        self.roll_back_deg().map(|change| match change {
            change if change < STIFF_BELOW_DEG => Mobility::Stiff,
            change if change > HYPERMOBILE_ABOVE_DEG => Mobility::Hypermobile,
            _ => Mobility::Normal,
        })
    }

    /// Whether lordosis is less than the incidence asks for (flat back).
    #[must_use]
    pub fn unbalanced(&self) -> Option<bool> {
        self.incidence_less_lordosis_deg.map(|mismatch| mismatch > UNBALANCED_ABOVE_DEG)
    }

    /// Tilt in a posture, when it is known.
    #[must_use]
    pub fn tilt_deg(&self, posture: PelvicPosture) -> Option<f64> {
        match posture {
            PelvicPosture::Supine => self.supine_tilt_deg,
            PelvicPosture::Standing => self.standing_tilt_deg,
            PelvicPosture::Sitting => self.sitting_tilt_deg.or_else(|| Some(self.standing_tilt_deg? + self.roll_back_deg()?)),
        }
    }

    /// The cup in the functional frame of a posture, radiographic; `None` where the tilt there is not known.
    #[must_use]
    pub fn functional_cup(&self, in_app: &CupAngles, posture: PelvicPosture) -> Option<CupAngles> {
        self.tilt_deg(posture).map(|tilt| in_app.tilted_posteriorly(tilt))
    }

    /// An activity as this patient's hip must do it, where the feet and knees are where the published person's are.
    ///
    /// The model: a pelvis tilted posteriorly by t under a femur that stays takes t from the flexion of the hip, exactly. So
    /// - standing or sitting, what this patient's pelvis stands more posteriorly than the mean ([`STANDING_TILT_DEG`]) is taken from flexion;
    /// - sitting, the roll-back that this patient does not make (the mean [`ROLL_BACK_DEG`] less this patient's) is added to it, growing with
    ///   flexion up to [`SITTING_FLEXION_DEG`]; a hypermobile pelvis takes some away.
    ///
    /// Lying, and where nothing is known, the activity stays as it is. Neither the trunk's reach nor rotation is modelled. It is applied
    /// at the keyframes.
    #[must_use]
    pub fn adapted(&self, activity: &Activity) -> Activity {
        let Demand::Path(keyframes) = &activity.demand else { return activity.clone() };
        let standing = self.standing_tilt_deg.map_or(0.0, |tilt| tilt - STANDING_TILT_DEG);
        let missing = self.roll_back_deg().map_or(0.0, |change| ROLL_BACK_DEG - change);
        let adapt = |keyframe: &Keyframe| {
            let seated = (keyframe.flexion_deg / SITTING_FLEXION_DEG).clamp(0.0, 1.0);
            let tilt_more = match activity.posture {
                PelvicPosture::Supine => 0.0,
                PelvicPosture::Standing => standing,
                PelvicPosture::Sitting => standing - missing * seated,
            };
            let (flexion_deg, pelvic_tilt_deg) = (keyframe.flexion_deg - tilt_more, keyframe.pelvic_tilt_deg + tilt_more);
            Keyframe { flexion_deg, pelvic_tilt_deg, ..*keyframe }
        };
        Activity { demand: Demand::Path(keyframes.iter().map(adapt).collect()), ..activity.clone() }
    }
}

/// The combined sagittal index: ante-inclination of the cup, which is its **operative** anteversion in the posture's frame, and the
/// pelvic-femoral angle of the same posture, added, degrees (definition as in PMC7340719).
#[must_use]
pub fn combined_sagittal_index_deg(functional_cup: &CupAngles, pelvic_femoral_deg: f64) -> f64 {
    functional_cup.operative_deg().1 + pelvic_femoral_deg
}

/// The functional zone of the combined sagittal index in a posture, degrees; `None` lying. See the caution where the numbers stand.
#[must_use]
pub const fn sagittal_index_zone_deg(posture: PelvicPosture) -> Option<(f64, f64)> {
    match posture {
        PelvicPosture::Supine => None,
        PelvicPosture::Standing => Some(SAGITTAL_INDEX_DEG[0]),
        PelvicPosture::Sitting => Some(SAGITTAL_INDEX_DEG[1]),
    }
}
