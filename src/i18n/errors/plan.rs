//! Why there is no plan.

use crate::{
    i18n::{Said, Texts},
    plan::{OsteotomyFault, PlanError},
};

impl Said for PlanError {
    fn find(&self, texts: &Texts) -> Option<String> {
        match self {
            // What the anatomy found is told in English.
            Self::NoHip { side, reason } => {
                texts.find("error-no-hip-to-plan", &[("side", &texts.side(*side)), ("reason", reason)])
            }
            Self::OtherSideUnknown { side } => texts.find("error-other-side-unknown", &[("side", &texts.side(*side))]),
            Self::Osteotomy { side, fault } => {
                let fault = texts.say(fault);
                texts.find("error-osteotomy", &[("side", &texts.side(*side)), ("fault", &fault)])
            }
            Self::NothingToImplant { catalogue, kind } => {
                texts.find("error-nothing-to-implant", &[("catalogue", catalogue), ("kind", kind)])
            }
            Self::UnknownImplant { catalogue, kind, id } => {
                let kind = texts.of("implant", kind, kind);
                texts.find("error-unknown-implant", &[("catalogue", catalogue), ("kind", &kind), ("id", id)])
            }
            Self::OtherCatalogue { number, made_with, made_with_sha256, found, found_sha256 } => texts.find(
                "error-other-catalogue",
                &[
                    ("number", &number.to_string()),
                    ("made-with", made_with),
                    ("made-with-sha256", made_with_sha256),
                    ("found", found),
                    ("found-sha256", found_sha256),
                ],
            ),
        }
    }
}

impl Said for OsteotomyFault {
    fn find(&self, texts: &Texts) -> Option<String> {
        match self {
            Self::NoFemur => texts.find("error-osteotomy-no-femur", &[]),
            Self::NoTrochanter => texts.find("error-osteotomy-no-trochanter", &[]),
            Self::ScanEnds { level_mm } => texts.find("error-osteotomy-scan-ends", &[("level", &format!("{level_mm:.0}"))]),
            Self::NoBorder => texts.find("error-osteotomy-no-border", &[]),
            Self::StepTurned => texts.find("error-osteotomy-step-turned", &[]),
            Self::OutOfRange { name, value, from, to } => texts.find(
                "error-osteotomy-out-of-range",
                &[("name", name), ("value", &value.to_string()), ("from", &from.to_string()), ("to", &to.to_string())],
            ),
        }
    }
}
