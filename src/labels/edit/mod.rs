//! Correction by hand: brush, threshold, fill, flood, smooth, split and move, each as plain data that can be kept, replayed and undone.
//!
//! ```text
//! Edit ── apply ──► Change (what every voxel was) ── undo, redo ──► the same map, bit by bit
//!   └──── EditHistory holds both, in order
//! ```
//!
//! An edit decides by voxel centres. What a person sets has the confidence [`BY_HAND`]; a voxel that has the label already is left as it is.

mod change;
mod command;
mod connected;
mod crop;
mod error;
mod history;
mod holes;
mod region;
mod sides;
mod smooth;

pub use change::{Change, LabelChange};
pub use command::{Edit, Holes};
pub use error::EditError;
pub use history::{EditAction, EditHistory, Step};
pub use region::{GridAxis, Region};

use super::{Label, LabelMap};
use crate::volume::Volume;

/// Confidence of a voxel whose label a person has set: certain, because a person said so.
pub const BY_HAND: u8 = 255;

/// How far the grids of labels and CT may lie apart, mm: their files keep six digits or so.
const SAME_PLACE_MM: f64 = 0.01;

/// Positions of voxels in memory, ascending, and the label that they shall have.
type Wanted = Vec<(Label, Vec<usize>)>;

/// Carries an edit out. The change may be empty: then nothing met the edit's conditions, and the map is as it was.
///
/// # Errors
/// When the edit makes no sense (what was found, and what is expected), when it lies outside the volume, when it would paint a bone of one
/// side on the other, or when map and volume do not belong together. The map is untouched then.
pub fn apply(edit: &Edit, map: &mut LabelMap, volume: &Volume) -> Result<Change, EditError> {
    edit.check()?;
    let whole = map.ids.len() == map.grid.len() && map.confidence.len() == map.ids.len() && volume.hu.len() == map.ids.len();
    if !whole || !map.grid.same_place(&volume.grid, SAME_PLACE_MM) {
        return Err(EditError::OtherGrid);
    }
    let change = Change::between(map, &wanted(edit, map, volume)?)?;
    if let Some(label) = edit.painted_label() {
        sides::check(&change, map, label)?;
    }
    change.redo(map)?;
    Ok(change)
}

fn wanted(edit: &Edit, map: &LabelMap, volume: &Volume) -> Result<Wanted, EditError> {
    let (ids, hu, grid) = (&map.ids, &volume.hu, &map.grid);
    let over = |at: usize, label: Option<Label>| label.is_none_or(|label| ids[at] == label.id());
    let voxels = match edit {
        Edit::Brush { region, over: only, to, .. } => vec![(*to, region.voxels(grid, |at| over(at, *only))?)],
        Edit::Threshold { region, hu: [low, high], over: only, to, .. } => {
            let dense = |at: usize| (*low..=*high).contains(&hu[at]);
            vec![(*to, region.voxels(grid, |at| dense(at) && over(at, *only))?)]
        }
        Edit::Split { label, at, to } => vec![(*to, at.voxels(grid, |voxel| ids[voxel] == label.id())?)],
        Edit::Fill { label, holes } => vec![(*label, holes::enclosed(map, *label, holes)?)],
        Edit::Flood { seed, region, hu: range, to, .. } => {
            let start = connected::seed(grid, seed)?;
            let dense = |at: usize| range.is_none_or(|[low, high]| (low..=high).contains(&hu[at]));
            let mut open = vec![false; ids.len()];
            let same = region.voxels(grid, |at| ids[at] == ids[start] && dense(at))?;
            same.into_iter().for_each(|at| open[at] = true);
            if !open[start] {
                return Err(EditError::SeedBarred { hu: hu[start] });
            }
            vec![(*to, connected::piece(open, start, grid.size))]
        }
        Edit::Smooth { label, sigma_mm } => smooth::smoothed(map, *label, *sigma_mm),
        Edit::Move { seed, from, to } => {
            let start = connected::seed(grid, seed)?;
            if ids[start] != from.id() {
                return Err(EditError::OtherLabel { found: ids[start], expected: *from });
            }
            let open = ids.iter().map(|&id| id == from.id()).collect();
            vec![(*to, connected::piece(open, start, grid.size))]
        }
    };
    Ok(voxels)
}
