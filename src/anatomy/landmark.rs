//! The named points of pelvis and femur.

use crate::{frames::Side, labels::Label};
use nalgebra::{Point3, Unit, Vector3};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, str::FromStr};

/// A named anatomical point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landmark {
    /// Position, LPS mm.
    pub position: Point3<f64>,
    /// Standard deviation in every direction, or in every one across that of [`Landmark::along`], mm; `None` in documents written before it
    /// was stated. It is how far the place may lie from where the same definition puts it on the true bone; where experts put a landmark
    /// otherwise than its definition does is not part of it.
    #[serde(default)]
    pub sd_mm: Option<f64>,
    /// The one direction in which it is known better or worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub along: Option<Along>,
    /// How it was found, e.g. "most anterior point of the iliac wing in the pelvic frame".
    pub method: String,
    /// Why it may be wrong, in plain words; `None` when nothing speaks against it.
    pub doubt: Option<String>,
}

/// A direction in which a point has a spread of its own: a place on a blunt corner slides along the surface further than it leaves it, the
/// middle of a neck further along the neck than across.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Along {
    /// Which, LPS.
    pub direction: Unit<Vector3<f64>>,
    /// Standard deviation that way, mm.
    pub sd_mm: f64,
}

impl Landmark {
    /// What [`Landmark::method`] says of a point that a person has set.
    pub const BY_HAND: &str = "set by hand";
    /// Spread of a point set by hand along each axis, mm: about what one trained rater's clicks on a sharp landmark scatter by when he
    /// repeats them. Blunt landmarks scatter more; their own spread is not known for a point that was not searched for.
    pub const BY_HAND_SD_MM: f64 = 1.0;

    /// A point that a person has set.
    #[must_use]
    pub fn by_hand(position: Point3<f64>) -> Self {
        Self { position, sd_mm: Some(Self::BY_HAND_SD_MM), along: None, method: Self::BY_HAND.into(), doubt: None }
    }

    /// Three independent errors at right angles to each other, each of one standard deviation, LPS mm; none where no spread is stated.
    #[must_use]
    pub fn deviations(&self) -> [Vector3<f64>; 3] {
        let sd = self.sd_mm.unwrap_or_default();
        let Some(Along { direction, sd_mm }) = self.along else {
            return [Vector3::x(), Vector3::y(), Vector3::z()].map(|axis| axis * sd);
        };
        let least = direction.iamin();
        let across = direction.cross(&Vector3::ith(least, 1.0)).normalize();
        [direction.into_inner() * sd_mm, across * sd, direction.cross(&across) * sd]
    }

    /// Standard deviation in a direction, mm; `None` where no spread is stated.
    #[must_use]
    pub fn sd_towards_mm(&self, direction: &Unit<Vector3<f64>>) -> Option<f64> {
        self.sd_mm?;
        Some(self.deviations().iter().map(|deviation| deviation.dot(direction).powi(2)).sum::<f64>().sqrt())
    }

    /// Standard deviation of a coordinate, the root mean square over all directions, mm.
    #[must_use]
    pub fn sd_per_axis_mm(&self) -> Option<f64> {
        self.sd_mm?;
        Some((self.deviations().iter().map(Vector3::norm_squared).sum::<f64>() / 3.0).sqrt())
    }

    /// True for a point that a person has set.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.method == Self::BY_HAND
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// Which point. The names are those of `coxa measure --json` and stay as they are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LandmarkName { $($(#[$doc])* $name,)* }

        impl LandmarkName {
            /// Every name.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in documents, snake case.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

names! {
    /// Anterior superior iliac spine.
    Asis = "asis",
    /// Anterior inferior iliac spine.
    Aiis = "aiis",
    /// Posterior superior iliac spine.
    Psis = "psis",
    /// Posterior inferior iliac spine.
    Piis = "piis",
    /// Pubic tubercle.
    PubicTubercle = "pubic_tubercle",
    /// Middle of the pubic symphysis (no side).
    PubicSymphysis = "pubic_symphysis",
    /// Front of the pubic symphysis (no side).
    PubicSymphysisFront = "pubic_symphysis_front",
    /// Ischial spine.
    IschialSpine = "ischial_spine",
    /// Lowest point of the ischial tuberosity.
    IschialTuberosity = "ischial_tuberosity",
    /// Centre of the sphere through the lunate surface.
    AcetabularCentre = "acetabular_centre",
    /// Lower end of the acetabular teardrop.
    Teardrop = "teardrop",
    /// Middle of the sacral endplate (S1; no side).
    SacralEndplate = "sacral_endplate",
    /// Back edge of the sacral endplate in its mid-plane (no side).
    SacralEndplatePosterior = "sacral_endplate_posterior",
    /// Sacral promontory (no side).
    SacralPromontory = "sacral_promontory",
    /// Centre of the femoral head.
    FemoralHeadCentre = "femoral_head_centre",
    /// Centroid of the neck's smallest cross-section.
    NeckIsthmus = "neck_isthmus",
    /// Base of the neck: centroid of the section just above the lesser trochanter.
    NeckBase = "neck_base",
    /// Tip of the greater trochanter.
    GreaterTrochanter = "greater_trochanter",
    /// Tip of the lesser trochanter.
    LesserTrochanter = "lesser_trochanter",
    /// Where the proximal femur touches a table on which it lies with both condyles.
    PosteriorTrochanter = "posterior_trochanter",
    /// Lowest point of the notch between neck and greater trochanter.
    Saddle = "saddle",
    /// Point on the shaft axis at the upper end of the measured shaft.
    ShaftProximal = "shaft_proximal",
    /// Point on the shaft axis at the lower end of the measured shaft.
    ShaftDistal = "shaft_distal",
    /// Narrowest place of the canal.
    CanalIsthmus = "canal_isthmus",
    /// Medial epicondyle.
    MedialEpicondyle = "medial_epicondyle",
    /// Lateral epicondyle.
    LateralEpicondyle = "lateral_epicondyle",
    /// Most posterior point of the medial condyle.
    MedialPosteriorCondyle = "medial_posterior_condyle",
    /// Most posterior point of the lateral condyle.
    LateralPosteriorCondyle = "lateral_posterior_condyle",
    /// Most distal point of the medial condyle.
    MedialDistalCondyle = "medial_distal_condyle",
    /// Most distal point of the lateral condyle.
    LateralDistalCondyle = "lateral_distal_condyle",
    /// Apex of the intercondylar notch.
    IntercondylarNotch = "intercondylar_notch",
    /// Knee centre: mid-point of the epicondyles.
    KneeCentre = "knee_centre",
    /// Centre of the medial tibial plateau.
    MedialPlateau = "medial_plateau",
    /// Centre of the lateral tibial plateau.
    LateralPlateau = "lateral_plateau",
    /// Mid-point of the centres of both plateaus.
    TibialKneeCentre = "tibial_knee_centre",
    /// Centre of the ankle at the tibial plafond.
    AnkleCentre = "ankle_centre",
}

impl LandmarkName {
    /// The name with its side, where there is one.
    #[must_use]
    pub fn with_side(self, side: Option<Side>) -> String {
        side.map_or_else(|| self.key().to_owned(), |side| format!("{} {side}", self.key()))
    }

    /// False for what lies in the midline.
    #[must_use]
    pub const fn has_side(self) -> bool {
        !matches!(
            self,
            Self::PubicSymphysis
                | Self::PubicSymphysisFront
                | Self::SacralEndplate
                | Self::SacralEndplatePosterior
                | Self::SacralPromontory
        )
    }

    /// The bone it belongs to; `None` for the symphysis and its front, which lie between two, and where a side is needed and not given.
    #[must_use]
    pub fn bone(self, side: Option<Side>) -> Option<Label> {
        match self {
            Self::PubicSymphysis | Self::PubicSymphysisFront => None,
            Self::SacralEndplate | Self::SacralEndplatePosterior | Self::SacralPromontory => Some(Label::Sacrum),
            Self::MedialPlateau | Self::LateralPlateau | Self::TibialKneeCentre | Self::AnkleCentre => side.map(Label::tibia),
            _ if self.is_pelvic() => side.map(Label::hip),
            _ => side.map(Label::femur),
        }
    }

    const fn is_pelvic(self) -> bool {
        matches!(
            self,
            Self::Asis
                | Self::Aiis
                | Self::Psis
                | Self::Piis
                | Self::PubicTubercle
                | Self::IschialSpine
                | Self::IschialTuberosity
                | Self::AcetabularCentre
                | Self::Teardrop
        )
    }

    /// False for centres and axis points, which lie inside a bone or between bones.
    #[must_use]
    pub const fn on_surface(self) -> bool {
        !matches!(
            self,
            Self::PubicSymphysis
                | Self::PubicSymphysisFront
                | Self::AcetabularCentre
                | Self::FemoralHeadCentre
                | Self::NeckIsthmus
                | Self::NeckBase
                | Self::ShaftProximal
                | Self::ShaftDistal
                | Self::CanalIsthmus
                | Self::KneeCentre
                | Self::TibialKneeCentre
                | Self::AnkleCentre
        )
    }
}

/// A name that is no landmark's; lists those that are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no landmark '{name}'; the landmarks are {}", LandmarkName::ALL.iter().map(|name| name.key()).collect::<Vec<_>>().join(", "))]
pub struct UnknownLandmark {
    /// What was given.
    pub name: String,
}

impl FromStr for LandmarkName {
    type Err = UnknownLandmark;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|name| name.key() == text).ok_or_else(|| UnknownLandmark { name: text.into() })
    }
}

/// The landmarks that were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landmarks(BTreeMap<(LandmarkName, Option<Side>), Landmark>);

impl Landmarks {
    /// A landmark of a side, or of none.
    #[must_use]
    pub fn get(&self, name: LandmarkName, side: impl Into<Option<Side>>) -> Option<&Landmark> {
        self.0.get(&(name, side.into()))
    }

    /// Its position, LPS mm.
    #[must_use]
    pub fn position(&self, name: LandmarkName, side: impl Into<Option<Side>>) -> Option<Point3<f64>> {
        self.get(name, side).map(|landmark| landmark.position)
    }

    /// Sets a landmark.
    pub fn insert(&mut self, name: LandmarkName, side: impl Into<Option<Side>>, landmark: Landmark) {
        self.0.insert((name, side.into()), landmark);
    }

    /// Takes a landmark out.
    pub fn remove(&mut self, name: LandmarkName, side: impl Into<Option<Side>>) -> Option<Landmark> {
        self.0.remove(&(name, side.into()))
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets the landmarks of a side.
    pub fn extend(&mut self, found: impl IntoIterator<Item = (LandmarkName, Landmark)>, side: Side) {
        found.into_iter().for_each(|(name, landmark)| self.insert(name, side, landmark));
    }

    /// All of them, in the order of their names, left before right.
    pub fn iter(&self) -> impl Iterator<Item = (LandmarkName, Option<Side>, &Landmark)> {
        self.0.iter().map(|(&(name, side), landmark)| (name, side, landmark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_on_a_blunt_corner_is_better_known_outwards_than_along_the_surface() {
        let outwards = Unit::new_normalize(Vector3::new(0.2, -1.0, 0.4));
        let along = Some(Along { direction: outwards, sd_mm: 0.3 });
        let point = Landmark { sd_mm: Some(1.2), along, ..Landmark::by_hand(Point3::origin()) };
        let (across, deviations) = (Unit::new_normalize(outwards.cross(&Vector3::z())), point.deviations());
        for (direction, sd) in [(outwards, 0.3), (across, 1.2), (Unit::new_normalize(outwards.cross(&across)), 1.2)] {
            assert!((point.sd_towards_mm(&direction).unwrap() - sd).abs() < 1e-12);
        }
        for (a, b) in [(0, 1), (1, 2), (2, 0)] {
            assert!(deviations[a].dot(&deviations[b]).abs() < 1e-12);
        }
        // Half-way between the two, the mean of the variances.
        let oblique = Unit::new_normalize(outwards.into_inner() + across.into_inner());
        assert!((point.sd_towards_mm(&oblique).unwrap() - (0.5_f64 * (0.09 + 1.44)).sqrt()).abs() < 1e-12);
        assert!((point.sd_per_axis_mm().unwrap() - ((0.09_f64 + 2.0 * 1.44) / 3.0).sqrt()).abs() < 1e-12);
        let alike = Landmark { along: None, ..point.clone() };
        assert!([alike.sd_towards_mm(&oblique), alike.sd_per_axis_mm()].iter().all(|sd| (sd.unwrap() - 1.2).abs() < 1e-12));
        assert_eq!(Landmark { sd_mm: None, ..point }.sd_towards_mm(&oblique), None);
    }
}
