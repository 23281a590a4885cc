//! What an edit did to every voxel: kept in runs, so that it can be undone and redone bit by bit.

use super::{BY_HAND, EditError};
use crate::labels::{Label, LabelMap};

/// The difference that an edit made to a label map.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// In the order of memory, not overlapping.
    runs: Vec<Run>,
    /// What the confidence of every changed voxel was, in the order of the runs. Afterwards it is [`BY_HAND`].
    confidence: Vec<u8>,
    /// Volume of a voxel, mm³.
    voxel_mm3: f64,
}

/// Voxels one after another in memory that changed from one label to another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    start: usize,
    length: usize,
    from: u8,
    to: u8,
}

impl Run {
    fn end(&self) -> usize {
        self.start + self.length
    }
}

/// What one label gained and lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelChange {
    /// The label.
    pub label: Label,
    /// Voxels that it gained.
    pub gained: usize,
    /// Voxels that it lost.
    pub lost: usize,
    /// Volume gained less volume lost, ml.
    pub ml: f64,
}

impl Change {
    /// The change that gives voxels (ascending, each in one list only) the label of their list. The map is not changed yet.
    pub(super) fn between(map: &LabelMap, wanted: &[(Label, Vec<usize>)]) -> Result<Self, EditError> {
        let mut runs: Vec<Run> = Vec::new();
        for (label, voxels) in wanted {
            for &at in voxels.iter().filter(|&&at| map.ids[at] != label.id()) {
                let (from, to) = (map.ids[at], label.id());
                match runs.last_mut() {
                    Some(run) if run.end() == at && (run.from, run.to) == (from, to) => run.length += 1,
                    _ => runs.push(Run { start: at, length: 1, from, to }),
                }
            }
        }
        if let Some(run) = runs.iter().find(|run| Label::from_id(run.from).is_none()) {
            return Err(EditError::UnknownLabel { id: run.from });
        }
        runs.sort_unstable_by_key(|run| run.start);
        let confidence = runs.iter().flat_map(|run| &map.confidence[run.start..run.end()]).copied().collect();
        Ok(Self { runs, confidence, voxel_mm3: map.grid.voxel_mm3() })
    }

    /// True when nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Number of voxels that changed.
    #[must_use]
    pub fn voxels(&self) -> usize {
        self.confidence.len()
    }

    /// What every label gained and lost, in the order of their numbers; labels that did not change are left out.
    #[must_use]
    pub fn labels(&self) -> Vec<LabelChange> {
        let sum = |of: fn(&Run) -> u8, label: Label| -> usize {
            self.runs.iter().filter(|run| of(run) == label.id()).map(|run| run.length).sum()
        };
        let all = Label::ALL.into_iter().map(|label| {
            let (gained, lost) = (sum(|run| run.to, label), sum(|run| run.from, label));
            LabelChange { label, gained, lost, ml: (gained as f64 - lost as f64) * self.voxel_mm3 / 1000.0 }
        });
        all.filter(|change| change.gained + change.lost > 0).collect()
    }

    /// First and last voxel of every run.
    pub(super) fn ends(&self) -> impl Iterator<Item = usize> + '_ {
        self.runs.iter().flat_map(|run| [run.start, run.end() - 1])
    }

    /// Does it again.
    ///
    /// # Errors
    /// When the map is not as it was before the edit; it is untouched then.
    pub fn redo(&self, map: &mut LabelMap) -> Result<(), EditError> {
        let before = |map: &LabelMap, run: &Run, old: &[u8]| {
            map.ids[run.start..run.end()].iter().all(|&id| id == run.from) && map.confidence[run.start..run.end()] == *old
        };
        self.check(map, "redone", before)?;
        for run in &self.runs {
            map.ids[run.start..run.end()].fill(run.to);
            map.confidence[run.start..run.end()].fill(BY_HAND);
        }
        Ok(())
    }

    /// Takes it back.
    ///
    /// # Errors
    /// When the map is not as it was after the edit; it is untouched then.
    pub fn undo(&self, map: &mut LabelMap) -> Result<(), EditError> {
        let after = |map: &LabelMap, run: &Run, _: &[u8]| {
            let ids = map.ids[run.start..run.end()].iter().all(|&id| id == run.to);
            ids && map.confidence[run.start..run.end()].iter().all(|&c| c == BY_HAND)
        };
        self.check(map, "undone", after)?;
        for (run, old) in self.with_confidence() {
            map.ids[run.start..run.end()].fill(run.from);
            map.confidence[run.start..run.end()].copy_from_slice(old);
        }
        Ok(())
    }

    fn with_confidence(&self) -> impl Iterator<Item = (&Run, &[u8])> {
        let mut rest = &self.confidence[..];
        self.runs.iter().map(move |run| {
            let (old, after) = rest.split_at(run.length);
            rest = after;
            (run, old)
        })
    }

    fn check(&self, map: &LabelMap, what: &'static str, holds: impl Fn(&LabelMap, &Run, &[u8]) -> bool) -> Result<(), EditError> {
        let voxels = map.ids.len().min(map.confidence.len());
        let fits = self.runs.last().is_none_or(|run| run.end() <= voxels);
        if fits && self.with_confidence().all(|(run, old)| holds(map, run, old)) {
            Ok(())
        } else {
            Err(EditError::OtherState { what })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Grid;
    use nalgebra::Point3;

    fn map() -> LabelMap {
        let grid = Grid::axis_aligned([10, 1, 1], [1.0, 2.0, 5.0], Point3::origin());
        LabelMap { grid, ids: vec![0, 0, 1, 1, 1, 2, 2, 2, 0, 0], confidence: (10..20).collect() }
    }

    #[test]
    fn runs_break_where_the_label_changes_and_nothing_is_counted_twice() {
        let change = Change::between(&map(), &[(Label::Sacrum, vec![0, 1, 2, 5, 6]), (Label::Background, vec![3, 7])]).unwrap();
        let runs: Vec<_> = change.runs.iter().map(|run| (run.start, run.length, run.from, run.to)).collect();
        assert_eq!(runs, [(0, 2, 0, 1), (3, 1, 1, 0), (5, 2, 2, 1), (7, 1, 2, 0)]);
        assert_eq!((change.voxels(), change.is_empty()), (6, false));
        let labels: Vec<_> = change.labels().into_iter().map(|c| (c.label, c.gained, c.lost, c.ml)).collect();
        assert_eq!(labels, [(Label::Background, 2, 2, 0.0), (Label::Sacrum, 4, 1, 0.03), (Label::HipLeft, 0, 3, -0.03)]);
    }

    #[test]
    fn a_change_fits_only_the_map_it_was_made_for() {
        let change = Change::between(&map(), &[(Label::Metal, vec![2, 3])]).unwrap();
        let mut other = map();
        assert_eq!(change.undo(&mut other), Err(EditError::OtherState { what: "undone" }));
        other.confidence[3] = 99;
        assert_eq!(change.redo(&mut other), Err(EditError::OtherState { what: "redone" }));
        let mut short = LabelMap { ids: vec![1; 3], confidence: vec![0; 3], ..map() };
        assert!(change.redo(&mut short).is_err());
    }

    #[test]
    fn an_id_that_is_no_label_is_refused() {
        let mut strange = map();
        strange.ids[4] = 77;
        assert_eq!(Change::between(&strange, &[(Label::Sacrum, vec![4])]), Err(EditError::UnknownLabel { id: 77 }));
    }
}
