//! From a CT to an open case, in the background.

use crate::{
    app::{case, document::Document},
    dicom::{ImportError, Listed},
    i18n::Sentence,
    pipeline::{PipelineError, PlanRequest, plan_case},
    progress::Progress,
};
use std::sync::{Mutex, PoisonError};

/// What an import stumbled over that a person can decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Series to choose from.
    pub series: Vec<Listed>,
    /// The labels are doubtful.
    pub doubtful: bool,
}

impl Trouble {
    fn of(error: &PipelineError) -> Self {
        match error {
            PipelineError::Import(ImportError::SeveralSeries(series) | ImportError::NoSuchSeries { series, .. }) => {
                Self { series: series.clone(), doubtful: false }
            }
            PipelineError::Doubtful { .. } => Self { series: Vec::new(), doubtful: true },
            _ => Self::default(),
        }
    }
}

/// Plans what is asked for, and reads the case.
///
/// # Errors
/// The first stage that cannot go on says why; nothing is left of the case then.
pub fn planned(request: PlanRequest, trouble: &Mutex<Trouble>, progress: &dyn Progress) -> Result<Document, Sentence> {
    let planned = plan_case(&request, progress, &mut |_| ());
    let series = |trouble: Trouble, old: &Trouble| match trouble.series.is_empty() {
        // What was chosen from stays on screen, as it was chosen from it.
        true => Trouble { series: old.series.clone(), ..trouble },
        false => trouble,
    };
    let planned = planned.map_err(|error| {
        let mut old = trouble.lock().unwrap_or_else(PoisonError::into_inner);
        *old = series(Trouble::of(&error), &old);
        case::said(&error)
    })?;
    case::read(&planned.case, progress)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::Side;

    #[test]
    fn what_a_person_can_decide_is_told_apart_from_what_he_cannot() {
        let listed = Listed { number: 2, short: "ab12".into(), text: "300 slices".into() };
        let several = PipelineError::Import(ImportError::SeveralSeries(vec![listed.clone()]));
        assert_eq!(Trouble::of(&several), Trouble { series: vec![listed], doubtful: false });
        let doubtful = PipelineError::Doubtful { side: Side::Left, reasons: Vec::new() };
        assert!(Trouble::of(&doubtful).doubtful);
        assert_eq!(Trouble::of(&PipelineError::Cancelled), Trouble::default());
    }
}
