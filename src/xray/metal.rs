//! The implants as the rays meet them.

use crate::{
    implants::Catalogue,
    mesh::TriMesh,
    plan::{ImplantPart, Plan, PlanError, placed},
    surface::components,
};
use nalgebra::Isometry3;

/// The metal of a plan after the joint is reduced, LPS mm: the shell without its liner, and head and stem in the place to which the femur
/// is brought, as closed bodies that may overlap. A polyethylene liner leaves no trace on a film.
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn metal(plan: &Plan, catalogue: &Catalogue) -> Result<Vec<TriMesh>, PlanError> {
    let mut shells = catalogue.clone();
    for cup in &mut shells.cups {
        cup.head_diameter_mm = cup.outer_diameter_mm - 2.0 * cup.shell_thickness_mm;
        cup.rim_height_mm = cup.rim_height_mm.min(0.0);
        cup.chamfer_mm = 0.0;
    }
    let reduction = plan.reduction(catalogue)?.unwrap_or_else(Isometry3::identity);
    let mut parts = placed(plan, &shells)?;
    let shell = parts.remove(&ImplantPart::Cup);
    // A stem is drawn as bodies that overlap, each closed by itself.
    let bodies = parts.into_values().flat_map(|part| components(&part.transformed(&reduction)));
    Ok(shell.into_iter().chain(bodies).collect())
}
