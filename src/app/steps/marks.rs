//! How each step of the open case stands.

use crate::{
    app::{
        document::Document,
        model::{Mark, Step},
    },
    plan::PlanState,
};

/// The marks of all steps; `examined` is `None` while the bones are being examined, and false where they could not be; `meeting` says how many
/// activities of daily life end in contact, and is `None` until they were followed.
#[must_use]
pub fn marks(document: &Document, examined: Option<bool>, meeting: Option<usize>) -> [Mark; 8] {
    Step::ALL.map(|step| {
        let told = Mark::of(document.findings.iter().filter(|finding| Step::of(finding) == Some(step)));
        match step {
            Step::Case | Step::Bones => told,
            Step::Landmarks | Step::Diagnosis => match examined {
                None => Mark::Open,
                Some(false) => Mark::Missing,
                Some(true) => told,
            },
            Step::Cup => document.plan.as_ref().map_or(Mark::Missing, |_| told),
            Step::Stem => document.plan.as_ref().and_then(|plan| plan.stem.as_ref()).map_or(Mark::Missing, |_| told),
            Step::Motion => match (document.joint.is_some(), document.rom.is_some()) {
                (false, _) => Mark::Missing,
                (true, false) => Mark::Open,
                (true, true) => match (told, meeting) {
                    (Mark::Done, None) => Mark::Open,
                    (Mark::Done | Mark::Look(_), Some(1..)) => Mark::Look(meeting.unwrap_or(0) + told.count()),
                    _ => told,
                },
            },
            Step::Report => report(document),
        }
    })
}

/// Approved, or what stands in the way of it.
fn report(document: &Document) -> Mark {
    match document.about.as_ref().and_then(|about| about.newest()) {
        None => Mark::Missing,
        Some(plan) if plan.state() == PlanState::Approved => Mark::Done,
        Some(plan) => match plan.unanswered().len() {
            0 => Mark::Open,
            hard => Mark::Hard(hard),
        },
    }
}
