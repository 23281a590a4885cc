//! The plan that is made without a click.
//!
//! Not a climb from one guess: every cup of about the right size, every stem, head, depth, lean and turn is put into the bones and judged
//! by the same terms, whose weights are data ([`PlanSettings`]). The cheapest wins; what may not be (a breached wall, a perforated femur,
//! a stem that does not go in) is only taken where everything else has it too, and is said then.

mod centre;
mod choice;
mod cup;
mod fit;
mod judge;
mod restore;
mod runner_up;
mod seat;
mod settings;
mod shaft;
mod stem;
mod stock;
mod task;
mod term;
mod told;

pub use centre::{Alternative, Centre, alternatives};
pub use judge::{Judge, Scan};
pub use restore::Restore;
pub use runner_up::RunnerUp;
pub use settings::{PlanSettings, SettingsError, Spread, Weights};
pub use stock::{Stock, StockItem, families_of, stock};
pub use term::{Term, TermKind};

use super::{Plan, PlanError};
use crate::{anatomy::Anatomy, frames::Side, implants::Catalogue, labels::Label, mesh::TriMesh};
use std::collections::BTreeMap;
use task::Task;

/// The finding of a plan without a stem, with the reason.
const STEM_LEFT_OUT: &str = "finding-stem-left-out";

/// Plans a hip: cup by the socket's size, walls and coverage, stem by the canal, head and offset option by leg length and offset. A femur that
/// would make the leg longer than the settings allow is shortened ([`PlanSettings::osteotomy`]); where the height of the cup is a question, the
/// other answer stands beside the plan.
///
/// `bones` are closed surfaces in LPS mm. The hip bone is used for the walls and the coverage of the cup, the femur for
/// the outer contour of the shaft where the canal was not measured; without them the plan says what could not be checked.
/// The same input gives the same plan, to the last bit.
///
/// # Errors
/// When the hip is not in the scan, the other side is aimed at but was not measured, the catalogue has no cup, head or stem or none of the
/// families that the settings name, or the femur does not show where the osteotomy would be that is asked for.
pub fn first_plan(
    anatomy: &Anatomy,
    catalogue: &Catalogue,
    side: Side,
    bones: &BTreeMap<Label, TriMesh>,
    settings: &PlanSettings,
) -> Result<Plan, PlanError> {
    let catalogue = &*catalogue.choosing(&settings.families)?;
    let mut plan = Task::new(anatomy, catalogue, side, bones, settings)?.plan()?;
    if centre::is_a_question(&plan, anatomy, settings) {
        plan.deformity.alternatives = centre::beside(&plan, anatomy, settings, |centre| {
            centre::searched(centre, anatomy, catalogue, side, bones, settings)
        })?;
    }
    Ok(plan)
}
