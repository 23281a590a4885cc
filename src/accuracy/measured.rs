//! How good the measurements are: errors against sets whose truth is known.

mod bones;
mod phantoms;
mod raters;

use super::{
    Segmenter,
    errors::{ErrorTable, Gathered, Held},
};
use std::path::Path;

/// Measures `count` phantoms at the voxels of a usual CT, as many as are said from a CT that `segment` labels, and the real bones below
/// `data` (`vsd_bones`, `staple_lhdl`).
#[must_use]
pub fn measure_suite(data: &Path, count: u64, segmented: Option<(u64, Segmenter)>) -> ErrorTable {
    let mut gathered = Gathered::default();
    let mut skipped = Vec::new();
    let sets = [
        phantoms::measure(count, &mut gathered),
        segmented.map_or(Ok(()), |(count, segment)| phantoms::segmented(count, segment, &mut gathered)),
        bones::four_skeletons(data, &mut gathered),
        bones::lhdl(data, &mut gathered),
    ];
    sets.into_iter().for_each(|outcome| skipped.extend(outcome.err()));
    ErrorTable { errors: gathered.errors, skipped }
}
