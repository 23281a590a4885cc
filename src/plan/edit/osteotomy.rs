//! Edits of how the femur is cut. The stem stays where it is in the proximal piece.

use super::EditError;
use crate::plan::{Correction, Deformity, Judge, Osteotomy, Plan};

/// The femur cut like this, instead of as it was.
pub(super) fn set(plan: &Plan, judge: &Judge, asked: Correction) -> Result<Plan, EditError> {
    Ok(cut(plan, Some(judge.osteotomy(asked)?)))
}

/// The femur not cut below its neck.
pub(super) fn removed(plan: &Plan) -> Plan {
    cut(plan, None)
}

fn cut(plan: &Plan, osteotomy: Option<Osteotomy>) -> Plan {
    Plan { deformity: Deformity { osteotomy, ..plan.deformity.clone() }, ..plan.clone() }
}
