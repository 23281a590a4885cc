//! What was done to a plan and what was taken back, to the beginning.

use super::{Command, Context, EditError, apply};
use crate::{history, plan::Plan};
use serde::{Deserialize, Serialize};

/// A plan, and the command that led to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was done; `None` for the plan that it all began with.
    pub command: Option<Command>,
    /// The plan afterwards, whole: so that taking a step back gives it again to the last bit, whatever has become of bones and catalogue.
    pub plan: Plan,
}

/// One act of a person, as it is kept: replaying them all in order gives the present plan again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PlanAction {
    /// A command, with the plan that it led to.
    Edit {
        /// What was done.
        command: Command,
        /// The plan afterwards.
        plan: Box<Plan>,
    },
    /// The newest step that still stands was taken back.
    Undo,
    /// The step taken back last was done again.
    Redo,
}

/// The plan in the surgeon's hand, with undo and redo without end. A new edit forgets what was taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct History(history::History<Step>);

impl History {
    /// Begins with a plan, as a draft.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self(history::History::new(Step { command: None, plan: Plan { review: None, approval: None, ..plan } }))
    }

    /// The plan as it is now.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.0.now().plan
    }

    /// Carries a command out; true when it changed anything, otherwise it is not kept.
    ///
    /// # Errors
    /// As [`apply`]; the history is as it was then.
    pub fn apply(&mut self, command: Command, context: &Context) -> Result<bool, EditError> {
        let plan = apply(self.plan(), &command, context)?;
        let changed = plan != *self.plan();
        if changed {
            self.0.set(Step { command: Some(command), plan });
        }
        Ok(changed)
    }

    /// Takes the newest step back; `None` when there is none.
    pub fn undo(&mut self) -> Option<&Step> {
        let can = self.0.can_undo();
        self.0.undo();
        if can { self.0.after().last() } else { None }
    }

    /// Does the step again that was taken back last; `None` when there is none.
    pub fn redo(&mut self) -> Option<&Step> {
        let can = self.0.can_redo();
        self.0.redo();
        can.then(|| self.0.now())
    }

    /// The steps that stand, in order; the first is the plan that it began with.
    pub fn done(&self) -> impl Iterator<Item = &Step> {
        self.0.before().iter().chain([self.0.now()])
    }

    /// The steps that were taken back, the next to be done again first.
    pub fn undone(&self) -> impl Iterator<Item = &Step> {
        self.0.after().iter().rev()
    }

    /// True when there is something to take back.
    #[must_use]
    pub const fn can_undo(&self) -> bool {
        self.0.can_undo()
    }

    /// True when there is something to do again.
    #[must_use]
    pub const fn can_redo(&self) -> bool {
        self.0.can_redo()
    }

    /// Follows what was kept, from the plan that it began with; `None` when something is taken back or done again that was not there.
    #[must_use]
    pub fn replay<'a>(start: Plan, actions: impl IntoIterator<Item = &'a PlanAction>) -> Option<Self> {
        let mut history = Self::new(start);
        for action in actions {
            match action {
                PlanAction::Edit { command, plan } => {
                    history.0.set(Step { command: Some(command.clone()), plan: (**plan).clone() });
                }
                PlanAction::Undo => {
                    history.undo()?;
                }
                PlanAction::Redo => {
                    history.redo()?;
                }
            }
        }
        Some(history)
    }
}
