//! Why an anatomy cannot be measured.

use crate::{
    anatomy::{AnatomyError, HeadFault, PlaneFault, SocketFault},
    i18n::{Said, Texts},
};

impl Said for AnatomyError {
    fn find(&self, texts: &Texts) -> Option<String> {
        let of = |key, side, reason: &str| texts.find(key, &[("side", &texts.side(side)), ("reason", reason)]);
        match self {
            Self::HipBoneMissing { side } => of("error-hip-bone-missing", *side, ""),
            Self::NoHip => texts.find("error-no-hip", &[]),
            Self::PelvicPlane { reason } => texts.find("error-pelvic-plane", &[("reason", &texts.say(reason))]),
            Self::Head { side, reason } => of("error-head", *side, &texts.say(reason)),
            Self::Acetabulum { side, reason } => of("error-acetabulum", *side, &texts.say(reason)),
            Self::Cancelled => texts.find("error-measuring-cancelled", &[]),
        }
    }
}

impl Said for PlaneFault {
    fn find(&self, texts: &Texts) -> Option<String> {
        let key = match self {
            Self::Sides => "error-plane-sides",
            Self::NoWingOrPubis => "error-plane-no-wing-or-pubis",
            Self::NoWing => "error-plane-no-wing",
            Self::NoPubis => "error-plane-no-pubis",
            Self::OneLine => "error-plane-one-line",
            Self::Unsettled => "error-plane-unsettled",
        };
        texts.find(key, &[])
    }
}

impl Said for HeadFault {
    fn find(&self, texts: &Texts) -> Option<String> {
        match self {
            Self::FarFromHipBone => texts.find("error-head-far-from-hip-bone", &[]),
            Self::NoSphere { points } => texts.find("error-head-no-sphere", &[("points", &points.to_string())]),
            Self::NoModel => texts.find("error-head-no-model", &[]),
            Self::NoSphereByModel => texts.find("error-head-no-sphere-by-model", &[]),
        }
    }
}

impl Said for SocketFault {
    fn find(&self, texts: &Texts) -> Option<String> {
        let key = match self {
            Self::NoSphere => "error-socket-no-sphere",
            Self::NothingFaces => "error-socket-nothing-faces",
            Self::LittleRim => "error-socket-little-rim",
        };
        texts.find(key, &[])
    }
}
