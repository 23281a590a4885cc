//! How good labels, measurements, plans and motion are: sets whose truth is known, and what each must reach.

#[cfg(feature = "neural")]
mod calibrate;
mod cases;
mod errors;
mod figures;
mod measured;
pub mod moved;
mod planned;
mod set;
pub mod skeletons;

#[cfg(feature = "neural")]
pub use calibrate::calibrate;
pub use cases::{Case, LoadError, Scan, phantoms, phantoms_with_metal};
pub use errors::{ErrorTable, Errors, Held};
pub use figures::{CaseResult, Check, Figures, SetResult};
pub use measured::measure_suite;
pub use planned::{Cohort, PlannedTwice, RESTORED_MM};
pub use set::{Judged, Set, Target, accuracy_suite, real_ct, real_shapes, unseen_phantoms, unseen_phantoms_with_metal};

use crate::{labels::metrics::agreement, volume::Volume};
use std::time::Instant;

/// Labels a CT: one id a voxel, or why not.
pub type Segmenter<'a> = &'a dyn Fn(&Volume) -> Result<Vec<u8>, String>;

/// Segments every case of a set and holds it against the truth. `told` hears of each case as it ends. A case that cannot be read or
/// segmented is part of the result.
pub fn judge(set: &Set, segment: Segmenter, told: &mut dyn FnMut(&CaseResult)) -> SetResult {
    let cases = set.cases.iter().map(|case| {
        let result = judge_case(case, set.judged, segment);
        told(&result);
        result
    });
    SetResult { name: set.name, target: set.target, cases: cases.collect(), skipped: set.skipped.clone() }
}

fn judge_case(case: &Case, judged: Judged, segment: Segmenter) -> CaseResult {
    let failed = |judged, seconds, why: String| CaseResult { name: case.name.clone(), judged, agreement: Err(why), seconds };
    let scan = match case.load() {
        Ok(scan) => scan,
        Err(error) => return failed(Vec::new(), 0.0, format!("the case could not be read: {error}")),
    };
    let bones = judged.bones(&scan);
    let start = Instant::now();
    let found = segment(&scan.volume);
    let seconds = start.elapsed().as_secs_f64();
    match found {
        Ok(ids) if ids.len() == scan.truth.len() => {
            let agreement = agreement(&ids, &scan.truth, &scan.volume.grid);
            CaseResult { name: case.name.clone(), judged: bones, agreement: Ok(agreement), seconds }
        }
        Ok(ids) => failed(bones, seconds, format!("{} labels for {} voxels", ids.len(), scan.truth.len())),
        Err(why) => failed(bones, seconds, why),
    }
}
