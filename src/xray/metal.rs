//! The implants as the rays meet them.

use crate::{
    implants::Catalogue,
    mesh::TriMesh,
    plan::{ImplantPart, Plan, PlanError, placed, placed_shell},
    surface::components,
};
use nalgebra::Isometry3;

/// The metal of a plan after the joint is reduced, LPS mm: the shell without its liner, its augment, and head and stem in the place to which the femur
/// is brought, as closed bodies that may overlap. A polyethylene liner leaves no trace on a film.
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn metal(plan: &Plan, catalogue: &Catalogue) -> Result<Vec<TriMesh>, PlanError> {
    let reduction = plan.reduction(catalogue)?.unwrap_or_else(Isometry3::identity);
    let mut parts = placed(plan, catalogue)?;
    parts.remove(&ImplantPart::Cup);
    let augment = parts.remove(&ImplantPart::Augment);
    let shell = placed_shell(plan, catalogue)?;
    // A stem is drawn as bodies that overlap, each closed by itself.
    let bodies = parts.into_values().flat_map(|part| components(&part.transformed(&reduction)));
    Ok(shell.into_iter().chain(augment).chain(bodies).collect())
}
