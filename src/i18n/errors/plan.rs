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
            Self::UnknownFamily(unknown) => texts.find(
                "error-unknown-family",
                &[("catalogue", &unknown.catalogue), ("family", &unknown.family), ("there", &unknown.there)],
            ),
            Self::UnknownImplant { catalogue, kind, id } => {
                let kind = texts.of("implant", kind, kind);
                texts.find("error-unknown-implant", &[("catalogue", catalogue), ("kind", &kind), ("id", id)])
            }
            // Why the shaft is not known is told in English.
            Self::NoCanal { side, reason } => texts.find("error-no-canal", &[("side", &texts.side(*side)), ("reason", reason)]),
            Self::OutsideCanal { stem, from_mm, to_mm } => {
                texts.find("error-outside-canal", &[("stem", stem), ("from", &from_mm.to_string()), ("to", &to_mm.to_string())])
            }
            Self::OtherHip { plan, judged } => {
                texts.find("error-other-hip", &[("plan", &texts.side(*plan)), ("judged", &texts.side(*judged))])
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
