//! The sets of the accuracy table, what each judges and what it must reach.

use super::cases::{Case, LoadError, Scan, phantoms, phantoms_with_metal};
use crate::{
    dicom::read_ct,
    frames::Side,
    labels::{Label, LabelNames},
    progress::Silent,
    volume::{Grid, nifti},
};
use nalgebra::Vector3;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Scans that are judged together.
pub struct Set {
    /// What to call it in a table.
    pub name: &'static str,
    /// Which bones count.
    pub judged: Judged,
    /// What they must reach.
    pub target: Target,
    /// The scans.
    pub cases: Vec<Case>,
    /// Why there are none, when the data are not at hand.
    pub skipped: Option<String>,
}

/// The bones of a scan that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Hip bones and femora of which the scan holds enough to be named.
    HipsAndFemora,
    /// The same, on a side where the truth holds no metal.
    SidesWithoutMetal,
    /// These.
    These(&'static [Label]),
}

/// What the judged bones of a set must reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Least mean Dice.
    pub mean_dice: Option<f64>,
    /// Least Dice of every single bone.
    pub worst_dice: f64,
    /// Largest mean of the mean surface distances, mm.
    pub mean_distance_mm: f64,
    /// Largest mean of the 95 % distances, mm.
    pub mean_hd95_mm: f64,
}

/// A bone of which a scan holds less is left out, mm³: Coxa does not name it (below 15 000 mm³ it may be anything).
const LEAST_JUDGED_MM3: f64 = 20_000.0;

impl Judged {
    pub(super) fn bones(self, scan: &Scan) -> Vec<Label> {
        let of_side = |side: Side| [Label::hip(side), Label::femur(side)];
        let voxels = |label: &Label| scan.truth.iter().filter(|&&id| id == label.id()).count();
        let held = |label: &Label| voxels(label) as f64 * scan.volume.grid.voxel_mm3() >= LEAST_JUDGED_MM3;
        match self {
            Self::HipsAndFemora => Side::BOTH.into_iter().flat_map(of_side).filter(held).collect(),
            Self::SidesWithoutMetal => {
                let metal = sides_with_metal(&scan.truth, &scan.volume.grid);
                Side::BOTH.into_iter().filter(|side| !metal.contains(side)).flat_map(of_side).filter(held).collect()
            }
            Self::These(labels) => labels.to_vec(),
        }
    }
}

/// Sides of the pelvis on which metal lies; both when it has no two hip bones to tell by.
fn sides_with_metal(truth: &[u8], grid: &Grid) -> Vec<Side> {
    let places = |label: Label| {
        let of_label = truth.iter().enumerate().filter(move |(_, id)| **id == label.id());
        of_label.map(|(at, _)| grid.centre(grid.voxel(at)).coords)
    };
    let centre = |label: Label| {
        let (sum, count) = places(label).fold((Vector3::zeros(), 0.0), |(sum, count), p| (sum + p, count + 1.0));
        sum / count
    };
    let (left, right) = (centre(Label::HipLeft), centre(Label::HipRight));
    let across = left - right;
    let is_left = |p: Vector3<f64>| (p - (left + right) / 2.0).dot(&across) > 0.0;
    if !across.iter().all(|mm| mm.is_finite()) {
        return Side::BOTH.to_vec();
    }
    Side::BOTH.into_iter().filter(|&side| places(Label::Metal).any(|p| is_left(p) == (side == Side::Left))).collect()
}

/// The accuracy table: every set, with so many phantoms (and a fifth of it with metal), and the scans below `data` that are at hand.
#[must_use]
pub fn accuracy_suite(data: &Path, phantoms: usize) -> Vec<Set> {
    vec![unseen_phantoms(phantoms), unseen_phantoms_with_metal(phantoms.div_ceil(5)), real_shapes(data), real_ct(data)]
}

/// Phantoms that no training has seen.
#[must_use]
pub fn unseen_phantoms(count: usize) -> Set {
    Set {
        name: "phantoms",
        judged: Judged::HipsAndFemora,
        target: Target { mean_dice: Some(0.97), worst_dice: 0.93, mean_distance_mm: 0.5, mean_hd95_mm: 2.0 },
        cases: phantoms(count),
        skipped: None,
    }
}

/// Phantoms with metal on one side, judged on the other.
#[must_use]
pub fn unseen_phantoms_with_metal(count: usize) -> Set {
    Set {
        name: "metal on the other side",
        judged: Judged::SidesWithoutMetal,
        target: Target { mean_dice: None, worst_dice: 0.95, mean_distance_mm: 0.7, mean_hd95_mm: 3.0 },
        cases: phantoms_with_metal(count),
        skipped: None,
    }
}

/// Four real skeletons, imaged by another model of a CT than Coxa's.
#[must_use]
pub fn real_shapes(data: &Path) -> Set {
    let folder = data.join("vsd_ct");
    let subject = |name: &str| {
        let subject = folder.join(name);
        Case::new(name, move || read(&subject.join("dicom"), &subject.join("labels.nii.gz"), None))
    };
    Set {
        name: "four real skeletons",
        judged: Judged::HipsAndFemora,
        target: Target { mean_dice: None, worst_dice: 0.95, mean_distance_mm: 0.6, mean_hd95_mm: 2.5 },
        cases: if folder.is_dir() { ["z001", "z019", "z023", "z056"].map(subject).into() } else { Vec::new() },
        skipped: absent(&folder),
    }
}

/// A real CT at 3 mm with metal in the left femur; its reference is another network's.
#[must_use]
pub fn real_ct(data: &Path) -> Set {
    let folder = data.join("totalsegmentator_pelvis_ct");
    let read_it = |folder: PathBuf| {
        let file = move |name: &str| folder.join(name);
        move || read(&file("example_ct_3mm.nii.gz"), &file("example_ct_3mm_pelvis_labels.nii.gz"), Some(&file("labels.json")))
    };
    Set {
        name: "real CT",
        judged: Judged::These(&[Label::HipLeft, Label::HipRight, Label::FemurRight]),
        target: Target { mean_dice: None, worst_dice: 0.92, mean_distance_mm: 1.5, mean_hd95_mm: 5.0 },
        cases: if folder.is_dir() { vec![Case::new("3 mm", read_it(folder.clone()))] } else { Vec::new() },
        skipped: absent(&folder),
    }
}

fn absent(folder: &Path) -> Option<String> {
    (!folder.is_dir()).then(|| format!("{} is not at hand", folder.display()))
}

/// A CT and its labels, whose numbers are Coxa's unless a list of names says otherwise.
fn read(ct: &Path, labels: &Path, names: Option<&Path>) -> Result<Scan, LoadError> {
    let volume = read_ct(ct, None, &Silent)?.volume;
    let (grid, mut truth) = nifti::read_labels(labels)?;
    let differences = volume.grid.differences(&grid, 0.01);
    if !differences.is_empty() {
        return Err(format!("CT and truth do not lie on the same grid: {}", differences.join("; ")).into());
    }
    if let Some(names) = names {
        LabelNames::parse(&fs::read_to_string(names)?)?.translate(&mut truth)?;
    }
    Ok(Scan { volume, truth })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Volume;
    use nalgebra::Point3;

    fn scan(truth: Vec<u8>) -> Scan {
        // Right to left, one voxel high.
        let grid = Grid::axis_aligned([truth.len(), 1, 1], [30.0; 3], Point3::origin());
        Scan { volume: Volume { hu: vec![0; truth.len()], grid }, truth }
    }

    #[test]
    fn the_side_without_metal_is_judged() {
        let on_the_left = scan(vec![3, 5, 3, 0, 2, 4, 13, 2]);
        assert_eq!(Judged::SidesWithoutMetal.bones(&on_the_left), [Label::HipRight, Label::FemurRight]);
        let on_the_right = scan(vec![3, 13, 5, 0, 2, 2]);
        assert_eq!(Judged::SidesWithoutMetal.bones(&on_the_right), [Label::HipLeft]);
        assert_eq!(Judged::HipsAndFemora.bones(&on_the_right), [Label::HipLeft, Label::HipRight, Label::FemurRight]);
        assert_eq!(Judged::SidesWithoutMetal.bones(&scan(vec![13, 2, 4])), []);
        let mut a_sliver = scan(vec![3, 5, 0, 2, 4]);
        a_sliver.volume.grid.spacing = [30.0, 30.0, 10.0];
        assert_eq!(Judged::HipsAndFemora.bones(&a_sliver), []);
    }

    #[test]
    fn sets_without_data_are_skipped_with_the_reason() {
        let sets = accuracy_suite(Path::new("/no/such/place"), 10);
        assert_eq!(sets.iter().map(|set| set.cases.len()).collect::<Vec<_>>(), [10, 2, 0, 0]);
        assert!(sets[2].skipped.as_ref().unwrap().contains("/no/such/place/vsd_ct is not at hand"));
    }
}
