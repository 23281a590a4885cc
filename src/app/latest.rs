//! Questions of which only the newest matters: answered on a thread of its own, what is overtaken is stopped and never heard.

use super::tasks::panic_message;
use crate::{i18n::Sentence, progress::Progress};
use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// Nobody asks any more.
const NOBODY: u64 = u64::MAX;

/// A worker that answers the newest question, in one part or more.
pub struct Latest<Q, A> {
    questions: Sender<(u64, Q)>,
    /// In a mutex only because a resource must be `Sync`.
    answers: Mutex<Receiver<(u64, Part<A>)>>,
    newest: Arc<AtomicU64>,
    /// How far the newest question is answered, thousandths.
    done: Arc<AtomicU32>,
    asked: u64,
    busy: bool,
}

enum Part<A> {
    Told(A),
    Ended(Result<(), Sentence>),
}

/// Is the question still the newest?
struct Watch {
    newest: Arc<AtomicU64>,
    done: Arc<AtomicU32>,
    own: u64,
}

impl Progress for Watch {
    fn report(&self, _stage: &str, fraction: f64) {
        if !self.cancelled() {
            self.done.store((fraction.clamp(0.0, 1.0) * 1000.0) as u32, Ordering::Relaxed);
        }
    }

    fn cancelled(&self) -> bool {
        self.newest.load(Ordering::Relaxed) != self.own
    }
}

impl<Q: Send + 'static, A: Send + 'static> Latest<Q, A> {
    /// Starts the thread. `work` tells what it has as soon as it has it, and stops when its question is overtaken.
    pub fn start(mut work: impl FnMut(&Q, &dyn Progress, &mut dyn FnMut(A)) -> Result<(), Sentence> + Send + 'static) -> Self {
        let (questions, asked) = channel::<(u64, Q)>();
        let (tell, answers) = channel();
        let newest = Arc::new(AtomicU64::new(0));
        let done = Arc::new(AtomicU32::new(0));
        let (watched, told) = (Arc::clone(&newest), Arc::clone(&done));
        thread::spawn(move || {
            while let Ok(first) = asked.recv() {
                let (own, question) = asked.try_iter().last().unwrap_or(first);
                let watch = Watch { newest: Arc::clone(&watched), done: Arc::clone(&told), own };
                // Nobody listens any more when the window has closed.
                let mut say = |part: A| drop(tell.send((own, Part::Told(part))));
                let outcome = catch_unwind(AssertUnwindSafe(|| work(&question, &watch, &mut say)));
                let outcome = outcome.unwrap_or_else(|panic| Err(panic_message(panic.as_ref()).into()));
                tell.send((own, Part::Ended(outcome))).ok();
            }
        });
        Self { questions, answers: Mutex::new(answers), newest, done, asked: 0, busy: false }
    }

    /// Asks; whatever was asked before is no longer of interest.
    pub fn ask(&mut self, question: Q) {
        self.asked += 1;
        self.newest.store(self.asked, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.busy = self.questions.send((self.asked, question)).is_ok();
    }

    /// What has been told since, of the newest question only.
    pub fn hear(&mut self) -> Vec<Result<A, Sentence>> {
        let heard: Vec<_> = self.answers.lock().map(|answers| answers.try_iter().collect()).unwrap_or_default();
        let mut told = Vec::new();
        for (_, part) in heard.into_iter().filter(|(of, _)| *of == self.asked) {
            match part {
                Part::Told(answer) => told.push(Ok(answer)),
                Part::Ended(outcome) => {
                    self.busy = false;
                    told.extend(outcome.err().map(Err));
                }
            }
        }
        told
    }

    /// Nobody wants an answer any more.
    pub fn stop(&mut self) {
        self.asked += 1;
        self.newest.store(self.asked, Ordering::Relaxed);
        self.busy = false;
    }

    /// How far the newest question is answered, 0 to 1, where its work says.
    #[must_use]
    pub fn done(&self) -> f32 {
        self.done.load(Ordering::Relaxed) as f32 / 1000.0
    }

    /// True while the newest question is not answered to its end.
    #[must_use]
    pub const fn busy(&self) -> bool {
        self.busy
    }
}

impl<Q, A> Drop for Latest<Q, A> {
    fn drop(&mut self) {
        self.newest.store(NOBODY, Ordering::Relaxed);
    }
}

impl<Q, A> fmt::Debug for Latest<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latest").field("asked", &self.asked).field("busy", &self.busy).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn all(latest: &mut Latest<u32, u32>) -> Vec<Result<u32, Sentence>> {
        let (begin, mut told) = (Instant::now(), Vec::new());
        while latest.busy() {
            assert!(begin.elapsed() < Duration::from_secs(20), "never answered");
            told.extend(latest.hear());
            thread::sleep(Duration::from_millis(1));
        }
        told
    }

    #[test]
    fn what_is_overtaken_is_stopped_and_never_heard() {
        let mut latest = Latest::start(|question: &u32, progress, tell| {
            tell(*question);
            while *question == 1 && !progress.cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
            tell(question + 100);
            Ok(())
        });
        latest.ask(1);
        thread::sleep(Duration::from_millis(20));
        latest.ask(2);
        assert_eq!(all(&mut latest), [Ok(2), Ok(102)]);
    }

    #[test]
    fn how_far_it_is_is_told_and_what_is_stopped_is_never_heard() {
        let mut latest = Latest::start(|question: &u32, progress, tell| {
            progress.report("half", 0.5);
            while *question == 1 && !progress.cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
            tell(*question);
            Ok(())
        });
        latest.ask(1);
        let begin = Instant::now();
        while latest.done() < 0.5 {
            assert!(begin.elapsed() < Duration::from_secs(20), "nothing told");
            thread::sleep(Duration::from_millis(1));
        }
        latest.stop();
        assert!(!latest.busy());
        latest.ask(2);
        assert_eq!(all(&mut latest), [Ok(2)]);
    }

    #[test]
    fn a_failure_and_a_panic_are_told_and_the_next_question_is_answered() {
        let mut latest = Latest::start(|question: &u32, _, tell| match question {
            1 => Err("no stem".into()),
            2 => panic!("index out of range"),
            _ => {
                tell(*question);
                Ok(())
            }
        });
        for (question, expected) in [(1, Err("no stem".into())), (2, Err("index out of range".into())), (3, Ok(3))] {
            latest.ask(question);
            assert_eq!(all(&mut latest), [expected]);
        }
    }
}
