//! Who examines the bones for the window.

use crate::{
    anatomy::{Examination, LandmarkName, Landmarks},
    app::{case, document::Document},
    frames::Side,
    i18n::Sentence,
    pipeline::{CaseExaminer, PipelineError, plan_again},
    plan::{PlanSettings, storage::CaseFolder},
    progress::Progress,
};
use nalgebra::Point3;
use std::{
    fmt,
    sync::{Mutex, OnceLock, PoisonError},
};

/// An examination, and where its landmarks lie when nobody moves them.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// As found.
    pub found: Landmarks,
    /// With the landmarks set by hand.
    pub examination: Examination,
}

/// Examines the bones of the open document, and keeps what a person has set.
pub trait Examiner: fmt::Debug + Send + Sync {
    /// The examination with these landmarks in place of those found. Takes a second or more, so it is asked for in the background.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    fn examine(&self, by_hand: &Landmarks, progress: &dyn Progress) -> Result<Examined, Sentence>;

    /// Whether a landmark may be set somewhere; asked only once there was an examination.
    ///
    /// # Errors
    /// A sentence with the numbers, when not.
    fn check(&self, name: LandmarkName, side: Option<Side>, position: &Point3<f64>) -> Result<(), Sentence>;

    /// Writes the landmarks set by hand to the case.
    ///
    /// # Errors
    /// A sentence that says why not.
    fn keep(&self, by_hand: &Landmarks) -> Result<(), Sentence>;

    /// Plans again with what was kept, and reads the document anew.
    ///
    /// # Errors
    /// A sentence that says why not; the plans there were stay as they are.
    fn plan_again(&self, progress: &dyn Progress) -> Result<Document, Sentence>;
}

/// Examines a case folder; it is read when it is first examined.
pub struct OfCase {
    folder: CaseFolder,
    /// The landmarks set by hand that the case held when this window last read or wrote them.
    kept: Mutex<Landmarks>,
    opened: OnceLock<CaseExaminer>,
}

impl OfCase {
    /// Of a case on disk that holds these landmarks set by hand.
    #[must_use]
    pub const fn new(folder: CaseFolder, by_hand: Landmarks) -> Self {
        Self { folder, kept: Mutex::new(by_hand), opened: OnceLock::new() }
    }

    fn opened(&self, progress: &dyn Progress) -> Result<&CaseExaminer, PipelineError> {
        if self.opened.get().is_none() {
            // Two tasks may both have read it; either will do.
            self.opened.set(CaseExaminer::open(&self.folder, progress)?).ok();
        }
        self.opened.get().ok_or(PipelineError::Cancelled)
    }
}

impl fmt::Debug for OfCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfCase").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Examiner for OfCase {
    fn examine(&self, by_hand: &Landmarks, progress: &dyn Progress) -> Result<Examined, Sentence> {
        let examiner = self.opened(progress).map_err(|error| Sentence::of(&error))?;
        let examination = examiner.examine(by_hand, progress).map_err(|error| Sentence::of(&error))?;
        Ok(Examined { found: examiner.found().landmarks.clone(), examination })
    }

    fn check(&self, name: LandmarkName, side: Option<Side>, position: &Point3<f64>) -> Result<(), Sentence> {
        match self.opened.get() {
            Some(examiner) => examiner.check(name, side, position).map_err(|error| Sentence::of(&error)),
            None => Ok(()),
        }
    }

    fn keep(&self, by_hand: &Landmarks) -> Result<(), Sentence> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // What another program has set meanwhile is not lost.
        self.folder.change_landmarks_by_hand(&kept, by_hand).map_err(|error| Sentence::of(&error))?;
        *kept = by_hand.clone();
        Ok(())
    }

    fn plan_again(&self, progress: &dyn Progress) -> Result<Document, Sentence> {
        let settings = PlanSettings::shipped().map_err(PipelineError::from).map_err(|error| Sentence::of(&error))?;
        plan_again(self.folder.path(), &settings, progress, &mut |_| ()).map_err(|error| Sentence::of(&error))?;
        case::read(self.folder.path(), progress)
    }
}
