//! Edits, undo and redo on the command line, and what came of them.

use super::{
    Desk, Told,
    told::{entry, line},
};
use crate::{
    i18n::Texts,
    pipeline::{edit_plan, reckon_rom},
    plan::{
        Plan, PlanSettings,
        edit::{Command, PlanAction, Step},
        storage::PlanEditRecord,
    },
    progress::Silent,
    report::{BesideRow, PlanChanges},
};
use serde_json::{Value, json};
use std::error::Error;

impl Desk {
    pub(super) fn edit(
        &self,
        number: u32,
        commands: &[Command],
        by: Option<&str>,
        settings: &PlanSettings,
    ) -> Result<Told, Box<dyn Error>> {
        let catalogue = self.catalogue_of(std::slice::from_ref(&self.folder.read_plan(number)?))?;
        let (mut editing, judge) = edit_plan(&self.written_by(by), number, &catalogue, settings, commands)?;
        let before = editing.plan().clone();
        let changed = editing.apply(commands, &judge)?;
        let key = |changed: bool| if changed { "plans-done" } else { "plans-unchanged" };
        let lines = commands
            .iter()
            .zip(&changed)
            .map(|(command, changed)| self.texts.with(key(*changed), &[("what", &self.texts.say(command))]));
        let lines = lines.collect();
        let told: Vec<Value> = commands
            .iter()
            .zip(&changed)
            .map(|(command, changed)| json!({ "what": self.texts.say(command), "changed": changed }))
            .collect();
        self.came_of_it(lines, told.into(), &before, editing.plan())
    }

    pub(super) fn undo(&self, number: u32, by: Option<&str>) -> Result<Told, Box<dyn Error>> {
        let mut editing = self.written_by(by).edit_plan(number)?;
        let before = editing.plan().clone();
        let step = editing.undo()?.ok_or_else(|| self.texts.get("plans-nothing-to-undo"))?;
        self.turned("plans-undone", &step, &before, editing.plan())
    }

    pub(super) fn redo(&self, number: u32, by: Option<&str>) -> Result<Told, Box<dyn Error>> {
        let mut editing = self.written_by(by).edit_plan(number)?;
        let before = editing.plan().clone();
        let step = editing.redo()?.ok_or_else(|| self.texts.get("plans-nothing-to-redo"))?;
        self.turned("plans-redone", &step, &before, editing.plan())
    }

    fn turned(&self, key: &str, step: &Step, before: &Plan, after: &Plan) -> Result<Told, Box<dyn Error>> {
        let what = name(step, &self.texts);
        let lines = vec![self.texts.with(key, &[("what", &what)])];
        self.came_of_it(lines, json!([{ "what": what, "changed": true }]), before, after)
    }

    /// What an act has changed: numbers before and after, findings that came and went, reasons that have lapsed.
    fn came_of_it(&self, mut lines: Vec<String>, acts: Value, before: &Plan, after: &Plan) -> Result<Told, Box<dyn Error>> {
        self.follow(after.number);
        let catalogue = self.catalogue_of(std::slice::from_ref(after))?;
        let changes = PlanChanges::of(before, after, &catalogue, &self.folder.read_anatomy()?);
        lines.extend(changes.lines().iter().map(|line| line.get(self.texts.language()).to_owned()));
        lines.push(line(after, &self.texts));
        if before != after && self.folder.path().join("report.html").is_file() {
            lines.push(self.texts.with("plans-report-old", &[("case", &self.folder.path().display().to_string())]));
        }
        let mut value = entry(after);
        value["edits"] = acts;
        let row = |row: &BesideRow| json!({ "key": row.key, "what": self.texts.get(row.key), "before": row.values[0], "after": row.values[1] });
        value["differences"] = changes.rows.iter().map(row).collect::<Vec<_>>().into();
        value["new_findings"] = json!(changes.new);
        value["gone_findings"] = json!(changes.gone);
        value["lapsed"] = json!(changes.lapsed);
        Ok((lines, value))
    }

    /// The range of motion of the newest plan, which an edit takes away, is reckoned again. What hinders it is told and hinders no edit.
    pub(super) fn follow(&self, number: u32) {
        let reckon = || -> Result<(), Box<dyn Error>> {
            if self.folder.plan_numbers()?.last() == Some(&number) {
                let newest = self.folder.read_plan(number)?;
                reckon_rom(&self.folder, &self.catalogue_of(&[newest])?, &Silent)?;
            }
            Ok(())
        };
        if let Err(error) = reckon() {
            eprintln!("warning: the range of motion was not reckoned again: {error}");
        }
    }

    pub(super) fn history(&self, number: u32) -> Result<Told, Box<dyn Error>> {
        // What an approved plan was made by can be looked at, too.
        let plan = self.folder.read_plan(number)?;
        let Some(edits) = self.folder.plan_edits(number)? else {
            return Ok((vec![self.texts.get("plans-nothing-to-undo")], json!({ "number": plan.number, "edits": [] })));
        };
        let stand = standing(edits.records.iter().map(|record| &record.action));
        let mut lines = vec![format!("{:<10} {}", changes(&edits.start), self.texts.get("plans-began"))];
        let mut told = Vec::new();
        for (record, state) in edits.records.iter().zip(stand) {
            let (what, after) = match &record.action {
                PlanAction::Edit { command, plan } => (self.texts.say(command), Some(plan)),
                PlanAction::Undo | PlanAction::Redo => continue,
            };
            let key = if state { "plans-stands" } else { "plans-taken-back" };
            let after = after.map(|plan| changes(plan)).unwrap_or_default();
            lines.push(format!("{after:<10} {what} · {} · {}", self.texts.get(key), who(record)));
            told.push(json!({ "what": what, "stands": state, "who": record.who, "when": record.when }));
        }
        Ok((lines, json!({ "number": plan.number, "edits": told, "acts": edits.records.len() })))
    }
}

fn who(record: &PlanEditRecord) -> String {
    record.who.as_ref().map_or_else(|| record.when.clone(), |who| format!("{who}, {}", record.when))
}

/// Leg length and offset of a plan.
fn changes(plan: &Plan) -> String {
    let [leg, offset] =
        [plan.leg_length_change_mm, plan.offset_change_mm].map(|mm| mm.map_or("–".into(), |mm| format!("{mm:+.1}")));
    format!("{leg} / {offset} mm")
}

fn name(step: &Step, texts: &Texts) -> String {
    step.command.as_ref().map(|command| texts.say(command)).unwrap_or_default()
}

/// For each record whether it is an edit that stands now.
fn standing<'a>(actions: impl Iterator<Item = &'a PlanAction>) -> Vec<bool> {
    let (mut done, mut undone, mut stand) = (Vec::new(), Vec::new(), Vec::new());
    for (at, action) in actions.enumerate() {
        stand.push(false);
        match action {
            PlanAction::Edit { .. } => {
                undone.clear();
                done.push(at);
            }
            PlanAction::Undo => undone.extend(done.pop()),
            PlanAction::Redo => done.extend(undone.pop()),
        }
    }
    done.into_iter().for_each(|at: usize| stand[at] = true);
    stand
}
