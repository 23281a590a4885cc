//! The named points of pelvis and femur.

use crate::frames::Side;
use nalgebra::Point3;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A named anatomical point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landmark {
    /// Position, LPS mm.
    pub position: Point3<f64>,
    /// Standard deviation along each axis, mm; `None` in documents written before it was stated.
    #[serde(default)]
    pub sd_mm: Option<f64>,
    /// How it was found, e.g. "most anterior point of the iliac wing in the pelvic frame".
    pub method: String,
    /// Why it may be wrong, in plain words; `None` when nothing speaks against it.
    pub doubt: Option<String>,
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

    /// Sets the landmarks of a side.
    pub fn extend(&mut self, found: impl IntoIterator<Item = (LandmarkName, Landmark)>, side: Side) {
        found.into_iter().for_each(|(name, landmark)| self.insert(name, side, landmark));
    }

    /// All of them, in the order of their names, left before right.
    pub fn iter(&self) -> impl Iterator<Item = (LandmarkName, Option<Side>, &Landmark)> {
        self.0.iter().map(|(&(name, side), landmark)| (name, side, landmark))
    }
}
