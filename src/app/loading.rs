//! Opening a case: work in the background, then the document.

use super::{
    document::{Document, OpenDocument},
    model::JobModel,
    schedule::AppSet,
    tasks::{Task, TaskError},
};
use crate::i18n::{Sentence, Texts};
use bevy::prelude::*;
use std::time::Duration;

/// What is being opened.
#[derive(Resource, Debug, Default)]
pub struct Loading {
    task: Option<Task<Document>>,
    /// The open case is to be planned again, and opened anew.
    pub plan_again: bool,
    /// Shown until dismissed.
    pub message: Option<Sentence>,
}

impl Loading {
    /// Starts with this work.
    #[must_use]
    pub fn new(task: Task<Document>) -> Self {
        Self { task: Some(task), ..Self::default() }
    }

    /// Asks the work to stop.
    pub fn cancel(&self) {
        if let Some(task) = &self.task {
            task.cancel();
        }
    }

    /// True while work is under way.
    #[must_use]
    pub const fn busy(&self) -> bool {
        self.task.is_some()
    }

    /// For the panels.
    #[must_use]
    pub fn job(&self, texts: &Texts) -> Option<JobModel> {
        let task = self.task.as_ref()?;
        let (stage, fraction) = task.progress();
        // Stages name themselves in English; one without a sentence of its own is shown as it is.
        let key = format!("stage-{}", stage.to_lowercase().replace(' ', "-"));
        let stage = match stage.as_str() {
            "" => texts.get("job-loading"),
            _ if texts.has(&key) => texts.get(&key),
            _ => stage,
        };
        let left = task.taken().and_then(|taken| left(taken, fraction));
        Some(JobModel { stage, fraction: fraction as f32, left })
    }
}

/// How long a stage will still take that has taken so long for so much of it; `None` while that cannot be told.
fn left(taken: Duration, fraction: f64) -> Option<Duration> {
    (fraction > 0.05 && taken > Duration::from_secs(3)).then(|| taken.mul_f64((1.0 - fraction).max(0.0) / fraction))
}

/// Receives what is being opened.
pub struct LoadingPlugin;

impl Plugin for LoadingPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Loading>().add_systems(Update, (plan_again, receive).chain().in_set(AppSet::Tasks));
    }
}

pub(super) fn plan_again(mut loading: ResMut<Loading>, document: Option<Res<OpenDocument>>) {
    if !loading.plan_again {
        return;
    }
    let examiner = document.and_then(|document| document.examiner.clone());
    // While other work is under way, a second click does nothing.
    *loading = match examiner.filter(|_| !loading.busy()) {
        Some(examiner) => Loading::new(Task::start(move |progress| examiner.plan_again(progress))),
        None => Loading { plan_again: false, ..std::mem::take(&mut *loading) },
    };
}

fn receive(mut loading: ResMut<Loading>, mut commands: Commands) {
    let Some(outcome) = loading.task.as_ref().and_then(Task::poll) else { return };
    loading.task = None;
    let because =
        |key: &str, reason: &Sentence| Sentence::new(|texts| texts.with(key, &[("reason", reason.get(texts.language()))]));
    match outcome {
        Ok(document) => commands.insert_resource(OpenDocument(document)),
        Err(TaskError::Cancelled) => loading.message = Some(Sentence::new(|texts| texts.get("job-cancelled"))),
        Err(TaskError::Failed(reason)) => loading.message = Some(because("job-failed", &reason)),
        Err(TaskError::Panicked(reason)) => loading.message = Some(because("job-panicked", &reason.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_once_it_can_be() {
        let seconds = Duration::from_secs;
        assert_eq!(left(seconds(10), 0.25), Some(seconds(30)));
        assert_eq!(left(seconds(10), 1.0), Some(seconds(0)));
        assert_eq!(left(seconds(1), 0.5), None, "of the first moments nothing follows");
        assert_eq!(left(seconds(10), 0.0), None);
    }
}
