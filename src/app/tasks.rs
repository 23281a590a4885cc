//! Long work in the background: a thread, its progress, a way to cancel it. Panics end the task, not the window.

use crate::{i18n::Sentence, progress::Progress};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, TryRecvError, channel},
    },
    thread,
    time::{Duration, Instant},
};

/// How a task ended badly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaskError {
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// It said why.
    #[error("{0}")]
    Failed(Sentence),
    /// A defect of the program.
    #[error("an internal error stopped the work: {0}")]
    Panicked(String),
}

/// What task and window share.
#[derive(Debug, Default)]
struct Shared {
    state: Mutex<(String, f64)>,
    /// When the stage began; each counts from 0 to 1 of its own.
    since: Mutex<Option<Instant>>,
    cancelled: AtomicBool,
}

impl Progress for Shared {
    fn report(&self, stage: &str, fraction: f64) {
        if let (Ok(mut state), Ok(mut since)) = (self.state.lock(), self.since.lock()) {
            if since.is_none() || state.0 != stage || fraction < state.1 {
                *since = Some(Instant::now());
            }
            *state = (stage.to_owned(), fraction.clamp(0.0, 1.0));
        }
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Work under way that will end in a `T`.
#[derive(Debug)]
pub struct Task<T> {
    shared: Arc<Shared>,
    /// In a mutex only because a resource must be `Sync`.
    result: Mutex<Receiver<Result<T, TaskError>>>,
}

impl<T: Send + 'static> Task<T> {
    /// Starts `work` on its own thread. Dropping the task cancels it.
    pub fn start(work: impl FnOnce(&dyn Progress) -> Result<T, Sentence> + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let (tell, result) = channel();
        let progress = Arc::clone(&shared);
        thread::spawn(move || {
            let outcome = match catch_unwind(AssertUnwindSafe(|| work(progress.as_ref()))) {
                _ if progress.cancelled() => Err(TaskError::Cancelled),
                Ok(result) => result.map_err(TaskError::Failed),
                Err(panic) => Err(TaskError::Panicked(panic_message(panic.as_ref()))),
            };
            // Nobody listens any more when the window has closed.
            tell.send(outcome).ok();
        });
        Self { shared, result: Mutex::new(result) }
    }

    /// The stage the work is in and how much of it is done, 0 to 1.
    #[must_use]
    pub fn progress(&self) -> (String, f64) {
        self.shared.state.lock().map(|state| state.clone()).unwrap_or_default()
    }

    /// How long the stage has taken so far.
    #[must_use]
    pub fn taken(&self) -> Option<Duration> {
        self.shared.since.lock().ok()?.map(|since| since.elapsed())
    }

    /// Asks the work to stop; it answers with [`TaskError::Cancelled`] once it has.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }

    /// The result, once there is one.
    #[must_use]
    pub fn poll(&self) -> Option<Result<T, TaskError>> {
        match self.result.lock().ok()?.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(TaskError::Panicked("the task ended without a result".into()))),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }
}

/// The words of a panic.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown cause".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait<T: Send + 'static>(task: &Task<T>) -> Result<T, TaskError> {
        let start = Instant::now();
        loop {
            if let Some(result) = task.poll() {
                return result;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "the task never ended");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_task_ends_with_its_result_or_its_reason() {
        assert_eq!(wait(&Task::start(|_| Ok(3))), Ok(3));
        assert_eq!(wait(&Task::<()>::start(|_| Err("no slices".into()))), Err(TaskError::Failed("no slices".into())));
    }

    #[test]
    fn a_panic_is_told_and_stays_in_its_task() {
        let outcome = wait(&Task::<()>::start(|_| panic!("index out of range")));
        assert_eq!(outcome, Err(TaskError::Panicked("index out of range".into())));
    }

    #[test]
    fn progress_is_seen_and_cancelling_is_heard() {
        let task = Task::<()>::start(|progress| {
            progress.report("surface", 0.5);
            while !progress.cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
            Err("stopped".into())
        });
        while task.progress().1 < 0.5 {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(task.progress(), ("surface".into(), 0.5));
        task.cancel();
        assert_eq!(wait(&task), Err(TaskError::Cancelled));
    }
}
