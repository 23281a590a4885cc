//! What is in hand, the labels in memory, and the work on them in the background.

use super::{Ground, LabelOutlines, RepairCommand, RepairSettings, RepairTool, Way, Work, keep, label_name, scan_axis};
use crate::{
    app::{
        bodies::BodyKind,
        document::Document,
        model::RepairModel,
        slices::{Outline, SLOTS, SlicePicture},
        tasks::{Task, TaskError},
    },
    i18n::Sentence,
    labels::{
        Label,
        edit::{Change, Edit, EditError},
    },
    surface::label_lines,
    volume::{
        Volume,
        slice::{SlicePlane, SliceSize},
    },
};
use bevy::prelude::Resource;
use nalgebra::Point3;
use std::{path::PathBuf, sync::Arc};

/// What became of edits that were done in the background.
#[derive(Debug)]
struct Done {
    work: Work,
    /// Of the last of them.
    outcome: Result<Change, EditError>,
}

/// Outlines of the labels in a slice, and what they were made of.
#[derive(Debug)]
struct Drawn {
    of: (SlicePlane, SliceSize, u64),
    outlines: Vec<Outline>,
}

/// The repair of the open case's segmentation.
#[derive(Resource, Debug)]
pub struct RepairState {
    folder: Option<PathBuf>,
    settings: RepairSettings,
    /// What is taken once a case is open.
    begin: Option<RepairTool>,
    /// The labels; not here while something is done to them.
    work: Option<Work>,
    reading: Option<Task<Work>>,
    doing: Option<Task<Done>>,
    writing: Option<Task<Vec<Edit>>>,
    /// Into the case that was open before.
    parting: Option<Task<Vec<Edit>>>,
    way: Option<Way>,
    /// Waits for the labels, each with the tool that drew it.
    queue: Vec<(Way, RepairSettings)>,
    /// What stands, for when a defect of the program has lost the labels.
    standing: Option<Vec<Edit>>,
    /// The case has edits that nothing was made from yet.
    stale: bool,
    told: Option<Sentence>,
    drawn: [Option<Drawn>; SLOTS],
}

impl Default for RepairState {
    fn default() -> Self {
        Self {
            folder: None,
            settings: RepairSettings::of(Label::FemurRight),
            begin: None,
            work: None,
            reading: None,
            doing: None,
            writing: None,
            parting: None,
            way: None,
            queue: Vec::new(),
            standing: None,
            stale: false,
            told: None,
            drawn: [const { None }; SLOTS],
        }
    }
}

impl RepairState {
    /// With a tool in hand as soon as there is a case.
    #[must_use]
    pub fn beginning(tool: Option<RepairTool>) -> Self {
        Self { begin: tool, ..Self::default() }
    }

    /// Another case, or this one made again. What was not taken over is written to the case that it belongs to.
    pub(super) fn open(&mut self, document: &Document) {
        let folder = document.about.as_ref().map(|about| about.folder.clone());
        // Its labels are still those in memory.
        if folder.is_some() && folder == self.folder {
            self.stale &= document.again;
            return;
        }
        let left = self.folder.take().zip(self.work.as_ref().filter(|work| work.pending() > 0).map(Work::to_keep));
        let parting = left.map(|(folder, edits)| Task::start(move |_| keep(&folder, edits)));
        let settings = RepairSettings { tool: self.begin.take(), ..RepairSettings::of(Label::femur(document.side)) };
        *self = Self { folder, settings, parting: parting.or_else(|| self.parting.take()), ..Self::default() };
    }

    /// True while a tool is in hand.
    #[must_use]
    pub const fn in_hand(&self) -> bool {
        self.settings.tool.is_some()
    }

    /// True while the pointer draws: the camera does not turn then.
    #[must_use]
    pub const fn holding(&self) -> bool {
        self.way.is_some()
    }

    /// The bone on which the pointer draws; `None` while it draws in a slice, or nowhere.
    #[must_use]
    pub fn drawn_on(&self) -> Option<Label> {
        match self.way.as_ref()?.on {
            Ground::Bone(bone, _) => Some(bone),
            Ground::Slice(..) => None,
        }
    }

    /// The tools as they are set.
    #[must_use]
    pub const fn settings(&self) -> &RepairSettings {
        &self.settings
    }

    /// The labels, while nothing is being done to them.
    #[must_use]
    pub const fn labels(&self) -> Option<&Work> {
        self.work.as_ref()
    }

    /// True while labels are read, changed or written.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.reading.is_some() || self.doing.is_some() || self.writing.is_some() || !self.queue.is_empty()
    }

    /// True while something that is to be seen is still to come.
    #[must_use]
    pub fn awaited(&self) -> bool {
        let labels = self.in_hand() && self.folder.is_some() && self.work.is_none();
        labels || self.busy() || self.parting.is_some()
    }

    /// Puts the tool away. What was done stays.
    pub fn put_away(&mut self) {
        self.let_go();
        self.settings.tool = None;
    }

    /// Lets go of what is being drawn, as if it had not begun.
    pub fn let_go(&mut self) {
        self.way = None;
        if let Some(work) = &mut self.work {
            work.drop_tried();
        }
    }

    /// Does what a person asks.
    pub fn apply(&mut self, command: RepairCommand) {
        match command {
            RepairCommand::Set(settings) => {
                self.let_go();
                self.settings = settings;
            }
            RepairCommand::Touch(point, on) => self.touch(point, on),
            RepairCommand::Lift => self.lift(),
            RepairCommand::Undo => self.undo(),
            RepairCommand::Redo => self.redo(),
            RepairCommand::TakeOver => self.take_over(),
        }
    }

    /// The pointer is held down somewhere.
    pub fn touch(&mut self, point: Point3<f64>, on: Ground) {
        if !self.in_hand() || self.writing.is_some() {
            return;
        }
        if self.work.is_none() && self.doing.is_none() {
            self.told = Some(Sentence::new(|texts| texts.get("repair-wait")));
            return;
        }
        // An eighth of the radius is seen nowhere in the edge that is drawn.
        let least_mm = (self.settings.radius_mm / 8.0).max(0.2);
        let moved = match &mut self.way {
            Some(way) => way.go(point, least_mm),
            None => {
                self.told = None;
                self.way = Some(Way::from(point, on));
                true
            }
        };
        let (Some(work), Some(way)) = (&mut self.work, &self.way) else { return };
        if moved
            && self.settings.tool.is_some_and(RepairTool::draws)
            && let Some(edit) = way.edit(&self.settings, work.map())
        {
            work.try_out(&edit);
        }
    }

    /// It was let go: what was drawn is done.
    pub fn lift(&mut self) {
        self.queue.extend(self.way.take().map(|way| (way, self.settings)));
    }

    /// Takes the newest edit back.
    pub fn undo(&mut self) {
        self.turn(Work::undo);
    }

    /// Does it again.
    pub fn redo(&mut self) {
        self.turn(Work::redo);
    }

    fn turn(&mut self, turn: impl Fn(&mut Work) -> Result<(), EditError>) {
        self.let_go();
        self.told = None;
        let Some(work) = self.work.as_mut().filter(|_| self.writing.is_none()) else { return };
        if let Err(why) = turn(work) {
            self.told = Some(Sentence::of(&why));
        }
        self.standing = Some(work.history().edits());
    }

    /// Writes what stands to the case; what depends on it is then made again.
    fn take_over(&mut self) {
        self.put_away();
        let (Some(work), Some(folder)) = (&self.work, self.folder.clone()) else { return };
        if self.writing.is_none() && self.queue.is_empty() && work.pending() > 0 {
            let edits = work.to_keep();
            self.told = None;
            // Nothing cancels it: half of it would be worse than all or nothing.
            self.writing = Some(Task::start(move |_| keep(&folder, edits)));
        }
    }

    /// What was done in the background; true when the case has new labels that everything shall be made from.
    pub(super) fn hear(&mut self) -> bool {
        if let Some(outcome) = self.reading.as_ref().and_then(Task::poll) {
            self.reading = None;
            match outcome {
                Ok(work) => self.has(work),
                Err(why) => self.failed(why),
            }
        }
        if let Some(outcome) = self.doing.as_ref().and_then(Task::poll) {
            self.doing = None;
            match outcome {
                Ok(Done { work, outcome }) => {
                    self.told = Some(said(&outcome));
                    self.has(work);
                }
                // The labels are read again, and what stood is done again.
                Err(why) => self.told = Some(in_words(why)),
            }
        }
        if let Some(outcome) = self.parting.as_ref().and_then(Task::poll) {
            self.parting = None;
            self.told = outcome.err().map(in_words).or_else(|| self.told.take());
        }
        let Some(outcome) = self.writing.as_ref().and_then(Task::poll) else { return false };
        self.writing = None;
        match outcome {
            Ok(edits) => {
                if let Some(work) = &mut self.work {
                    work.kept(edits);
                }
                self.stale = true;
                true
            }
            Err(why) => {
                self.told = Some(in_words(why));
                false
            }
        }
    }

    fn has(&mut self, work: Work) {
        self.standing = Some(work.history().edits());
        self.work = Some(work);
    }

    fn failed(&mut self, why: TaskError) {
        self.told = Some(in_words(why));
        // Not tried again until somebody asks for it.
        (self.settings.tool, self.queue) = (None, Vec::new());
    }

    /// Reads the labels once a tool is in hand, and does what waits for them.
    pub(super) fn work(&mut self, ct: Option<Arc<Volume>>, settled: bool) {
        let wanted = self.in_hand() || !self.queue.is_empty();
        if wanted && settled && self.work.is_none() && self.reading.is_none() && self.doing.is_none() {
            let (Some(folder), standing) = (self.folder.clone(), self.standing.clone()) else { return };
            self.reading = Some(Task::start(move |_| Work::read(&folder, ct, standing.as_deref())));
        }
        // While the hand moves again, what it draws is seen on labels that stay.
        if self.queue.is_empty() || self.way.is_some() {
            return;
        }
        let Some(mut work) = self.work.take() else { return };
        work.drop_tried();
        let ways = std::mem::take(&mut self.queue).into_iter();
        let edits: Vec<Edit> = ways.filter_map(|(way, settings)| way.edit(&settings, work.map())).collect();
        if edits.is_empty() {
            self.told = Some(Sentence::new(|texts| texts.get("repair-short")));
            self.work = Some(work);
            return;
        }
        self.doing = Some(Task::start(move |_| {
            let mut outcome = Err(EditError::Outside);
            for edit in edits {
                outcome = work.apply(edit);
                if outcome.is_err() {
                    break;
                }
            }
            Ok(Done { work, outcome })
        }));
    }

    /// Draws the labels in the slices that are on screen, when either changed. While something is done to them they stay as drawn.
    pub(super) fn outline(&mut self, pictures: [Option<&SlicePicture>; SLOTS]) {
        let Some(work) = self.work.as_ref().filter(|work| self.settings.tool.is_some() || work.pending() > 0) else {
            if self.doing.is_none() {
                self.drawn = [const { None }; SLOTS];
            }
            return;
        };
        for (drawn, picture) in self.drawn.iter_mut().zip(pictures) {
            let Some(picture) = picture else {
                *drawn = None;
                continue;
            };
            let of = (picture.plane, picture.size, work.revision());
            if drawn.as_ref().is_none_or(|drawn| drawn.of != of) {
                let outlines = label_lines(work.map(), &picture.plane, &picture.size).into_iter();
                let outlines = outlines.map(|(label, lines)| Outline { kind: BodyKind::Bone(label), lines }).collect();
                *drawn = Some(Drawn { of, outlines });
            }
        }
    }

    /// Writes what stands, and waits for it.
    pub(super) fn keep_now(&self) {
        let left = self.folder.as_ref().zip(self.work.as_ref().filter(|work| work.pending() > 0 && self.writing.is_none()));
        if let Some(Err(why)) = left.map(|(folder, work)| keep(folder, work.to_keep())) {
            tracing::error!("the repair of the segmentation was not kept: {why}");
        }
    }

    /// For the panels; `None` where there is no case on disk.
    #[must_use]
    pub fn model(&self) -> Option<RepairModel<'_>> {
        self.folder.as_ref()?;
        let history = self.work.as_ref().map(Work::history);
        let outlines: LabelOutlines<'_> = [0, 1, 2].map(|slot| self.drawn[slot].as_ref().map(|drawn| &drawn.outlines[..]));
        let flat = |slot: usize| {
            let (work, drawn) = (self.work.as_ref()?, self.drawn[slot].as_ref()?);
            scan_axis(&work.map().grid, &drawn.of.0)
        };
        Some(RepairModel {
            settings: &self.settings,
            reading: self.reading.is_some(),
            busy: self.busy(),
            ready: self.work.is_some(),
            undo: history.and_then(|history| history.done().last()).map(|step| &step.edit),
            redo: history.and_then(|history| history.undone().last()).map(|step| &step.edit),
            pending: self.work.as_ref().map_or(0, Work::pending),
            stale: self.stale,
            told: self.told.as_ref(),
            way: self.way.as_ref(),
            flat: [0, 1, 2].map(|slot| flat(slot).is_some()),
            outlines,
        })
    }
}

/// What an edit did, bone by bone, or why not.
fn said(outcome: &Result<Change, EditError>) -> Sentence {
    match outcome {
        Ok(change) if change.is_empty() => Sentence::new(|texts| texts.get("repair-nothing")),
        Ok(change) => {
            let labels = change.labels();
            Sentence::new(|texts| {
                let bones = labels.iter().filter(|of| of.label != Label::Background || labels.len() == 1);
                let told = bones.map(|of| {
                    let ml = format!("{:+.2}", of.ml);
                    texts.with("repair-changed", &[("label", &label_name(texts, of.label)), ("ml", &ml)])
                });
                told.collect::<Vec<_>>().join(" · ")
            })
        }
        Err(why) => Sentence::of(why),
    }
}

fn in_words(why: TaskError) -> Sentence {
    match why {
        TaskError::Failed(why) => why,
        TaskError::Cancelled => Sentence::new(|texts| texts.get("job-cancelled")),
        TaskError::Panicked(reason) => Sentence::new(|texts| texts.with("job-panicked", &[("reason", &reason)])),
    }
}
