//! What the case says of itself, for the first step and the last.

use crate::{
    anatomy::Anatomy,
    implants::Catalogue,
    plan::{
        Plan,
        storage::{Case, CaseFolder, StorageError},
    },
    report::{Measure, of_plan},
};
use std::path::PathBuf;

/// Where the case is, what it rests on, and all its plans.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The case folder; never a patient's name.
    pub folder: PathBuf,
    /// Its head document.
    pub case: Case,
    /// By their numbers.
    pub plans: Vec<Plan>,
    /// The numbers of each, in the same order; none of a plan whose implants are in no catalogue.
    pub numbers: Vec<Vec<Measure>>,
    /// Numbers of older plans that cannot be read.
    pub unreadable: Vec<u32>,
    /// Reports that it holds.
    pub reports: Vec<PathBuf>,
}

impl About {
    /// Of a case on disk.
    ///
    /// # Errors
    /// When its newest plan cannot be read. An older one that is damaged hinders nobody from working on the newest.
    pub fn read(folder: &CaseFolder, case: &Case, anatomy: &Anatomy) -> Result<Self, StorageError> {
        let mut numbers = folder.plan_numbers()?;
        numbers.sort_unstable();
        let (mut plans, mut unreadable) = (Vec::new(), Vec::new());
        for &number in &numbers {
            match folder.read_plan(number) {
                Ok(plan) => plans.push(plan),
                Err(error) if Some(&number) == numbers.last() => return Err(error),
                Err(_) => unreadable.push(number),
            }
        }
        let reports = ["report.html", "report.zh-CN.html"].map(|name| folder.path().join(name));
        Ok(Self {
            folder: folder.path().into(),
            case: case.clone(),
            numbers: plans.iter().map(|plan| told(plan, anatomy)).collect(),
            plans,
            unreadable,
            reports: reports.into_iter().filter(|path| path.is_file()).collect(),
        })
    }

    /// The plan on screen.
    #[must_use]
    pub fn newest(&self) -> Option<&Plan> {
        self.plans.last()
    }
}

fn told(plan: &Plan, anatomy: &Anatomy) -> Vec<Measure> {
    Catalogue::known_as(&plan.catalogue_sha256).map_or_else(|_| Vec::new(), |catalogue| of_plan(plan, &catalogue, anatomy))
}
