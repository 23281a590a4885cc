//! `coxa plans`: what a case has planned, held against each other, edited, taken back, reviewed, approved, taken up again.

mod change;
mod edited;
mod told;

use super::Outcome;
use crate::{
    i18n::{Language, Texts},
    implants::Catalogue,
    pipeline::assess_plan,
    plan::{
        Plan, PlanSettings,
        edit::Command,
        storage::{CaseFolder, Snapshot},
    },
    report::number_tables,
};
use change::Change;
use serde_json::{Value, json};
use std::{error::Error, path::PathBuf};
use told::{entry, line, one, rows};

/// Arguments of `coxa plans`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The case folder.
    case: PathBuf,
    #[command(subcommand)]
    action: Option<Action>,
    /// The implant catalogue of the plans; without it the one that ships with Coxa.
    #[arg(long, global = true)]
    catalogue: Option<PathBuf>,
    /// Language of what is printed: en or zh.
    #[arg(long, global = true, default_value = "en")]
    language: Language,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(clap::Subcommand)]
enum Action {
    /// All plans of the case (also without an action).
    List,
    /// Everything about one plan: numbers, findings, who answers for them, state.
    Show {
        /// Its number.
        number: u32,
    },
    /// What differs between two plans, in numbers.
    Diff {
        /// Number of the one, or name of a snapshot.
        a: String,
        /// The other.
        b: String,
    },
    /// Plans and snapshots side by side, in numbers.
    Compare {
        /// Numbers of plans and names of snapshots.
        #[arg(required = true, num_args = 2..)]
        names: Vec<String>,
    },
    /// Change a plan; every number that follows is reckoned again, and the change can be taken back.
    Edit {
        /// Its number.
        number: u32,
        #[command(subcommand)]
        change: Change,
        /// Who edits: a role or initials, never a patient's name.
        #[arg(long, global = true)]
        by: Option<String>,
        /// What the plan is judged by, instead of the settings that ship with Coxa.
        #[arg(long, global = true, value_name = "FILE")]
        settings: Option<PathBuf>,
    },
    /// Take the newest edit of a plan back.
    Undo {
        /// Its number.
        number: u32,
        /// Who does it: a role or initials, never a patient's name.
        #[arg(long)]
        by: Option<String>,
    },
    /// Do the edit again that was taken back last.
    Redo {
        /// Its number.
        number: u32,
        /// Who does it: a role or initials, never a patient's name.
        #[arg(long)]
        by: Option<String>,
    },
    /// The edits of a plan that stand and those taken back, with who, when, and what leg length and offset became.
    History {
        /// Its number.
        number: u32,
    },
    /// Keep a plan as it is under a name, such as A; without a name, list the snapshots.
    Snapshot {
        /// Number of the plan.
        #[arg(requires = "name")]
        number: Option<u32>,
        /// Its name; never a patient's.
        name: Option<String>,
        /// Who takes it: a role or initials, never a patient's name.
        #[arg(long)]
        by: Option<String>,
    },
    /// Note that somebody has looked at a plan as it is; any edit makes it a draft again.
    Review {
        /// Its number.
        number: u32,
        /// Who has: a role or initials, never a patient's name.
        #[arg(long)]
        by: String,
    },
    /// Approve a plan: from then on it cannot be changed, a change makes a new one. Refused while a hard finding is not answered for, or nobody
    /// has reviewed the plan as it is.
    Approve {
        /// Its number.
        number: u32,
        /// Who approves: a role or initials, never a patient's name.
        #[arg(long)]
        by: String,
    },
    /// Answer for a finding of a plan, with a reason; it lapses when an edit changes what the finding says.
    Override {
        /// Number of the plan.
        number: u32,
        /// Key of the finding, as `show` prints it, with or without finding-.
        finding: String,
        /// Why the plan is right nevertheless.
        #[arg(long)]
        reason: String,
        /// Who answers for it: a role or initials, never a patient's name.
        #[arg(long)]
        by: String,
    },
    /// Take up a plan again, approved or not: a copy as the newest draft.
    Revise {
        /// Its number.
        number: u32,
    },
}

/// Lines for a person, and the same for a program.
type Told = (Vec<String>, Value);

/// What every action is told in and with.
struct Desk {
    folder: CaseFolder,
    catalogue: Option<PathBuf>,
    texts: Texts,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let folder = CaseFolder::open(&arguments.case)?;
    let desk = Desk { folder, catalogue: arguments.catalogue, texts: Texts::new(arguments.language) };
    let (lines, told) = desk.act(arguments.action.unwrap_or(Action::List))?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&json!({ "result": told, "disclaimer": crate::DISCLAIMER }))?);
    } else {
        lines.iter().for_each(|line| println!("{line}"));
        super::warn_if_stale(&desk.folder)?;
        println!("{}", desk.texts.get("disclaimer"));
    }
    Ok(())
}

impl Desk {
    fn act(&self, action: Action) -> Result<Told, Box<dyn Error>> {
        let (folder, texts) = (&self.folder, &self.texts);
        let told = match action {
            Action::List => self.list()?,
            Action::Show { number } => self.show(&folder.read_plan(number)?)?,
            Action::Diff { a, b } => self.differences(&a, &b)?,
            Action::Compare { names } => self.side_by_side(&names)?,
            Action::Edit { number, change, by, settings } => {
                let settings = settings.as_deref().map_or_else(PlanSettings::shipped, PlanSettings::load)?;
                self.edit(number, &change.commands(folder)?, by.as_deref(), &settings)?
            }
            Action::Undo { number, by } => self.undo(number, by.as_deref())?,
            Action::Redo { number, by } => self.redo(number, by.as_deref())?,
            Action::History { number } => self.history(number)?,
            Action::Snapshot { number, name, by } => self.snapshot(number, name.as_deref(), by.as_deref())?,
            Action::Review { number, by } => one(&folder.review_plan(number, &by)?, texts),
            Action::Approve { number, by } => one(&folder.approve_plan(number, &by)?, texts),
            Action::Override { number, finding, reason, by } => {
                let command = Command::Override { finding, reason, by: by.clone() };
                self.edit(number, &[command], Some(&by), &PlanSettings::shipped()?)?
            }
            Action::Revise { number } => {
                let plan = folder.revise_plan(number)?;
                self.follow(plan.number);
                one(&plan, texts)
            }
        };
        Ok(told)
    }

    fn list(&self) -> Result<Told, Box<dyn Error>> {
        let numbers = self.folder.plan_numbers()?;
        let plans = numbers.into_iter().map(|number| self.folder.read_plan(number)).collect::<Result<Vec<_>, _>>()?;
        let lines = plans.iter().map(|plan| line(plan, &self.texts)).collect();
        Ok((lines, json!({ "plans": plans.iter().map(entry).collect::<Vec<_>>() })))
    }

    fn show(&self, plan: &Plan) -> Result<Told, Box<dyn Error>> {
        let catalogue = self.catalogue_of(std::slice::from_ref(plan))?;
        let changed = self.folder.changed_since_approval(plan)?;
        let table = rows(&[plan], &catalogue, &self.folder.read_anatomy()?, &self.texts);
        let mut lines = vec![line(plan, &self.texts)];
        lines.extend(plan.revision_of.map(|number| self.texts.with("plans-revision-of", &[("number", &number.to_string())])));
        if !changed.is_empty() {
            lines.push(self.texts.with("plans-changed-since", &[("paths", &changed.join(", "))]));
        }
        let found = assess_plan(&self.folder, plan, &catalogue)?;
        for (heading, numbers) in number_tables(&found, &self.texts) {
            lines.push(self.texts.get(heading));
            lines.extend(numbers.into_iter().map(|number| {
                let norm = if number.norm.is_empty() { String::new() } else { format!("  ({})", number.norm) };
                format!("  {}: {}{norm}", number.name, number.value)
            }));
        }
        lines.extend(told::findings(plan, &self.texts));
        lines.extend(found.findings.iter().map(|finding| format!("! {}", self.texts.say(finding))));
        let mut value = entry(plan);
        let measures: Vec<Value> =
            table.iter().map(|row| json!({ "key": row.key, "what": row.what, "value": row.values[0] })).collect();
        value["measures"] = measures.into();
        value["judged_by"] = json!(plan.terms);
        value["approval"] = json!(plan.approval);
        value["changed_since_approval"] = changed.into();
        value["assessment"] = json!(found);
        Ok((lines, value))
    }

    fn differences(&self, a: &str, b: &str) -> Result<Told, Box<dyn Error>> {
        let plans = [self.named(a)?, self.named(b)?];
        let catalogue = self.catalogue_of(&plans)?;
        let mut table = rows(&[&plans[0], &plans[1]], &catalogue, &self.folder.read_anatomy()?, &self.texts);
        table.retain(|row| row.values[0] != row.values[1]);
        let lines = match table.is_empty() {
            true => vec![self.texts.get("plans-alike")],
            false => table.iter().map(|row| format!("{}: {} -> {}", row.what, row.values[0], row.values[1])).collect(),
        };
        let differences: Vec<Value> =
            table.iter().map(|row| json!({ "what": row.what, "a": row.values[0], "b": row.values[1] })).collect();
        Ok((lines, json!({ "a": a, "b": b, "differences": differences })))
    }

    fn side_by_side(&self, names: &[String]) -> Result<Told, Box<dyn Error>> {
        let plans = names.iter().map(|name| self.named(name)).collect::<Result<Vec<_>, _>>()?;
        let catalogue = self.catalogue_of(&plans)?;
        let table = rows(&plans.iter().collect::<Vec<_>>(), &catalogue, &self.folder.read_anatomy()?, &self.texts);
        let head = [vec![self.texts.get("plans-quantity")], names.to_vec()].concat();
        let cells = table.iter().map(|row| [vec![row.what.clone()], row.values.clone()].concat());
        let lines = told::aligned(&[head].into_iter().chain(cells).collect::<Vec<_>>());
        let columns: Vec<Value> =
            names.iter().zip(&plans).map(|(name, plan)| json!({ "name": name, "plan": plan.number })).collect();
        let rows: Vec<Value> =
            table.iter().map(|row| json!({ "key": row.key, "what": row.what, "values": row.values })).collect();
        Ok((lines, json!({ "columns": columns, "rows": rows })))
    }

    fn snapshot(&self, number: Option<u32>, name: Option<&str>, by: Option<&str>) -> Result<Told, Box<dyn Error>> {
        let taken = match number.zip(name) {
            Some((number, name)) => vec![self.written_by(by).take_snapshot(number, name)?],
            None => self.folder.snapshots()?,
        };
        let line = |snapshot: &Snapshot| {
            let number = snapshot.plan.number.to_string();
            self.texts.with("plans-snapshot", &[("name", &snapshot.name), ("number", &number), ("when", &snapshot.when)])
        };
        let value = |snapshot: &Snapshot| json!({ "name": snapshot.name, "plan": snapshot.plan.number, "when": snapshot.when, "who": snapshot.who });
        Ok((taken.iter().map(line).collect(), json!({ "snapshots": taken.iter().map(value).collect::<Vec<_>>() })))
    }

    /// A plan by its number, or as a snapshot of that name has kept it.
    fn named(&self, name: &str) -> Result<Plan, Box<dyn Error>> {
        Ok(match name.parse() {
            Ok(number) => self.folder.read_plan(number)?,
            Err(_) => self.folder.snapshot(name)?.plan,
        })
    }

    /// The catalogue of some plans, which must be one for all of them.
    fn catalogue_of(&self, plans: &[Plan]) -> Result<Catalogue, Box<dyn Error>> {
        let catalogue = match plans {
            [first, ..] => super::catalogue_of(first, self.catalogue.as_deref())?,
            [] => super::catalogue(self.catalogue.as_deref())?,
        };
        plans.iter().try_for_each(|plan| plan.refuse_other(&catalogue))?;
        Ok(catalogue)
    }

    fn written_by(&self, by: Option<&str>) -> CaseFolder {
        by.map_or_else(|| self.folder.clone(), |by| self.folder.written_by(by))
    }
}
