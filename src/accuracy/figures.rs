//! What came out of a set, beside what it must reach.

use super::set::Target;
use crate::labels::{
    Label,
    metrics::{Agreement, Overlap},
};

/// One case, held against its truth.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// Its name.
    pub name: String,
    /// The bones that count.
    pub judged: Vec<Label>,
    /// The figures, or why there are none.
    pub agreement: Result<Agreement, String>,
    /// Wall-clock time of the segmentation, s.
    pub seconds: f64,
}

/// One set, held against its truth.
#[derive(Clone, Debug)]
pub struct SetResult {
    /// Its name.
    pub name: &'static str,
    /// What it must reach.
    pub target: Target,
    /// Its cases.
    pub cases: Vec<CaseResult>,
    /// Why there are none.
    pub skipped: Option<String>,
}

/// Figures over the judged bones of a set. A bone that was not found has Dice 0 and no distance.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Mean Dice.
    pub mean_dice: f64,
    /// Least Dice.
    pub worst_dice: f64,
    /// The bone that has it, and its case.
    pub worst: String,
    /// Mean of the mean surface distances, mm.
    pub mean_distance_mm: f64,
    /// Largest mean surface distance, mm.
    pub worst_distance_mm: f64,
    /// Mean of the 95 % distances, mm.
    pub mean_hd95_mm: f64,
    /// Largest 95 % distance, mm.
    pub worst_hd95_mm: f64,
    /// Mean Dice of the sacrum, which is not judged.
    pub sacrum_dice: Option<f64>,
    /// Volume of femur called hip bone, mean of the hips, mm³.
    pub head_as_socket_mm3: Option<f64>,
    /// Volume of hip bone called femur, mean of the hips, mm³.
    pub socket_as_head_mm3: Option<f64>,
}

/// A figure beside its target.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What it is, with its unit.
    pub quantity: &'static str,
    /// What was found.
    pub found: f64,
    /// What it must reach.
    pub limit: f64,
    /// Whether it does.
    pub reached: bool,
}

impl CaseResult {
    /// Dice of the judged bones; 0 for one that was not found, and for all where nothing was.
    pub fn dices(&self) -> impl Iterator<Item = (Label, f64)> {
        self.judged.iter().map(|&label| (label, self.overlap(label).map_or(0.0, |overlap| overlap.dice)))
    }

    fn overlap(&self, label: Label) -> Option<Overlap> {
        self.agreement.as_ref().ok()?.bone(label)?.overlap
    }
}

impl SetResult {
    /// Cases that could not be read or segmented and bones that were not found, each in a few words.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        let of_case = |case: &CaseResult| match &case.agreement {
            Err(why) => vec![format!("{}: {why}", case.name)],
            Ok(_) => {
                let lost = case.judged.iter().filter(|&&label| case.overlap(label).is_none());
                lost.map(|label| format!("{}: the {} was not found", case.name, label.spoken())).collect()
            }
        };
        self.cases.iter().flat_map(of_case).collect()
    }

    /// The figures; `None` when nothing could be judged.
    #[must_use]
    pub fn figures(&self) -> Option<Figures> {
        let dices: Vec<(&CaseResult, Label, f64)> =
            self.cases.iter().flat_map(|case| case.dices().map(move |(label, dice)| (case, label, dice))).collect();
        let &(case, label, worst_dice) = dices.iter().min_by(|a, b| a.2.total_cmp(&b.2))?;
        let surfaces: Vec<_> = dices.iter().filter_map(|(case, label, _)| Some(case.overlap(*label)?.surface)).collect();
        let distances: Vec<f64> = surfaces.iter().map(|surface| surface.mean_mm).collect();
        let hd95: Vec<f64> = surfaces.iter().map(|surface| surface.hd95_mm).collect();
        let joints: Vec<_> = self.cases.iter().filter_map(|case| case.agreement.as_ref().ok()).flat_map(|a| &a.joints).collect();
        let sacra: Vec<f64> = self.cases.iter().filter_map(|case| Some(case.overlap(Label::Sacrum)?.dice)).collect();
        let largest = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::max);
        Some(Figures {
            mean_dice: mean(&dices.iter().map(|(.., dice)| *dice).collect::<Vec<_>>())?,
            worst_dice,
            worst: format!("{}, {}", label.spoken(), case.name),
            mean_distance_mm: mean(&distances).unwrap_or(f64::NAN),
            worst_distance_mm: largest(&distances),
            mean_hd95_mm: mean(&hd95).unwrap_or(f64::NAN),
            worst_hd95_mm: largest(&hd95),
            sacrum_dice: mean(&sacra),
            head_as_socket_mm3: mean(&joints.iter().map(|joint| joint.head_as_socket_mm3).collect::<Vec<_>>()),
            socket_as_head_mm3: mean(&joints.iter().map(|joint| joint.socket_as_head_mm3).collect::<Vec<_>>()),
        })
    }

    /// The figures beside their targets. A figure that is not a number misses its target.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        let Some(figures) = self.figures() else { return Vec::new() };
        let at_least = |quantity, found: f64, limit: f64| Check { quantity, found, limit, reached: found >= limit };
        let at_most = |quantity, found: f64, limit: f64| Check { quantity, found, limit, reached: found <= limit };
        let target = &self.target;
        let mean_dice = target.mean_dice.map(|limit| at_least("mean Dice", figures.mean_dice, limit));
        let others = [
            at_least("worst Dice", figures.worst_dice, target.worst_dice),
            at_most("mean surface distance, mm", figures.mean_distance_mm, target.mean_distance_mm),
            at_most("mean HD95, mm", figures.mean_hd95_mm, target.mean_hd95_mm),
        ];
        mean_dice.into_iter().chain(others).collect()
    }

    /// True when every figure reaches its target and nothing failed. A set that was skipped misses nothing.
    #[must_use]
    pub fn reached(&self) -> bool {
        self.skipped.is_some()
            || (!self.cases.is_empty() && self.failures().is_empty() && self.checks().iter().all(|c| c.reached))
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use crate::{
        accuracy::{Case, Judged, Scan, Set, Target, judge},
        labels::Label,
        volume::{Grid, Volume},
    };
    use nalgebra::Point3;

    const TARGET: Target = Target { mean_dice: Some(0.97), worst_dice: 0.93, mean_distance_mm: 0.5, mean_hd95_mm: 2.0 };

    /// Two cases of one femur in a box of voxels of 1 mm; the HU of the first say 1, of the second 2.
    fn set() -> Set {
        let case = |hu: i16| {
            Case::new(format!("case {hu}"), move || {
                let grid = Grid::axis_aligned([40, 40, 40], [1.0; 3], Point3::origin());
                let truth = (0..grid.len()).map(|at| if grid.voxel(at).iter().all(|v| (5..35).contains(v)) { 4 } else { 0 });
                Ok(Scan { truth: truth.collect(), volume: Volume { hu: vec![hu; grid.len()], grid } })
            })
        };
        let cases = vec![case(1), case(2)];
        Set { name: "boxes", judged: Judged::HipsAndFemora, target: TARGET, cases, skipped: None }
    }

    fn perfect(volume: &Volume) -> Vec<u8> {
        (0..volume.grid.len()).map(|at| if volume.grid.voxel(at).iter().all(|v| (5..35).contains(v)) { 4 } else { 0 }).collect()
    }

    #[test]
    fn the_truth_itself_reaches_every_target() {
        let mut told = Vec::new();
        let result = judge(&set(), &|volume| Ok(perfect(volume)), &mut |case| told.push(case.name.clone()));
        let figures = result.figures().unwrap();
        assert_eq!((figures.mean_dice, figures.worst_dice, figures.worst_hd95_mm), (1.0, 1.0, 0.0));
        assert!(result.reached() && result.checks().len() == 4);
        assert_eq!(told, ["case 1", "case 2"]);
    }

    #[test]
    fn a_case_that_fails_counts_as_nothing_found_and_is_named() {
        let segment = |volume: &Volume| if volume.hu[0] == 2 { Err("no hip".to_owned()) } else { Ok(perfect(volume)) };
        let result = judge(&set(), &segment, &mut |_| ());
        let figures = result.figures().unwrap();
        assert_eq!((figures.mean_dice, figures.worst_dice, figures.worst.as_str()), (0.5, 0.0, "left femur, case 2"));
        assert_eq!(result.failures(), ["case 2: no hip"]);
        assert!(!result.reached());
        // A lost bone is not hidden by targets that the others reach.
        let empty = judge(&set(), &|volume| Ok(vec![Label::Sacrum.id(); volume.hu.len()]), &mut |_| ());
        assert_eq!(empty.failures()[0], "case 1: the left femur was not found");
        assert!(empty.checks().iter().all(|check| !check.reached), "{:?}", empty.checks());
    }

    #[test]
    fn a_missed_target_is_told_from_a_reached_one() {
        // One layer of voxels too many on one side: Dice 2·27000/(27000+27900), and a distance of 1 mm over a sixth of the surface.
        let thick = |volume: &Volume| {
            let grid = &volume.grid;
            let inside = |[i, j, k]: [usize; 3]| (5..36).contains(&i) && (5..35).contains(&j) && (5..35).contains(&k);
            Ok((0..grid.len()).map(|at| if inside(grid.voxel(at)) { 4 } else { 0 }).collect())
        };
        let result = judge(&set(), &thick, &mut |_| ());
        let figures = result.figures().unwrap();
        assert!((figures.mean_dice - 54_000.0 / 54_900.0).abs() < 1e-12);
        assert!((0.14..0.18).contains(&figures.mean_distance_mm) && figures.mean_hd95_mm == 1.0, "{figures:?}");
        assert!(result.reached());
        let strict = Set { target: Target { mean_hd95_mm: 0.5, ..TARGET }, ..set() };
        let result = judge(&strict, &thick, &mut |_| ());
        let missed: Vec<_> = result.checks().into_iter().filter(|check| !check.reached).map(|check| check.quantity).collect();
        assert_eq!(missed, ["mean HD95, mm"]);
        assert!(!result.reached());
    }
}
