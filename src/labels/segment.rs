//! From a CT to labelled bones.

use super::{
    Label, LabelMap,
    neural::{ModelError, Networks, Opinion, Probabilities, run_networks},
    postprocess,
    refine::{JointDoubts, refine},
    refine_prior::Prior,
};
use crate::{
    device::DeviceChoice,
    frames::Side,
    mesh::bounds_of,
    progress::Progress,
    volume::{
        Grid, Volume, not_hounsfield,
        resample::{nearest, resample},
    },
};
use nalgebra::Vector3;
use std::time::Instant;
use thiserror::Error;

/// Choices for [`segment`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SegmentOptions {
    /// Where the network computes.
    pub device: DeviceChoice,
}

/// One bone of a [`Segmentation`].
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct BoneReport {
    /// Which bone.
    pub label: Label,
    /// Voxels that carry the label.
    pub voxels: usize,
    /// Their volume, ml.
    pub volume_ml: f64,
    /// Mean confidence of these voxels, 0 to 1.
    pub mean_confidence: f64,
    /// True when the scan ends within the bone.
    pub touches_border: bool,
    /// Those of [`Segmentation::warnings`] that concern this bone.
    pub warnings: Vec<String>,
}

/// A reason not to rely on some bones.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Doubt {
    /// The bones.
    pub bones: Vec<Label>,
    /// Why, in plain words.
    pub text: String,
}

/// What [`segment`] found.
#[derive(Clone, Debug)]
pub struct Segmentation {
    /// A label and a confidence for every voxel of the CT.
    pub map: LabelMap,
    /// The bones found, in the order of their labels.
    pub bones: Vec<BoneReport>,
    /// Where the network ran, and why not elsewhere.
    pub device: String,
    /// Names and hashes of the networks.
    pub model: String,
    /// SHA-256 of the networks' weights, hexadecimal, coarse first.
    pub model_sha256: String,
    /// What a reader of the result must know, in plain words.
    pub warnings: Vec<String>,
    /// Which of that is grave enough that a person must accept it before these bones are planned on.
    pub doubts: Vec<Doubt>,
    /// Wall-clock time, s.
    pub seconds: f64,
}

/// Why a CT was not labelled.
#[derive(Debug, Error)]
pub enum SegmentError {
    /// The network's files cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The values are not those of a CT.
    #[error("this is no CT: its values {reason}")]
    NotACt {
        /// What they are instead.
        reason: String,
    },
    /// There is no hip joint in the scan.
    #[error("no hip joint was found in this CT ({found}); choose a series that shows the pelvis down to the hips")]
    HipNotFound {
        /// What was seen instead.
        found: String,
    },
    /// Sides contradict each other.
    #[error(
        "the sides of the bones contradict each other ({reason}); nothing was labelled, because a wrong side must never be guessed: check the patient position in the series"
    )]
    Sides {
        /// The contradiction.
        reason: String,
    },
    /// The asked device cannot be used.
    #[error("the network cannot run on the asked device: {0}")]
    Device(String),
    /// The caller no longer wanted the result.
    #[error("segmentation was stopped")]
    Cancelled,
}

/// Less of a hip bone than this shows no hip, ml: a scan from just above to just below the joint holds more.
const LEAST_HIP_BONE_ML: f64 = 40.0;
/// A bone of which so few voxels are right, 0 to 1, is not planned on unasked.
const DOUBTFUL_CONFIDENCE: f64 = 0.75;

/// Larger regions are labelled on a coarser grid first, voxels.
const MOST_VOXELS: usize = 24_000_000;

/// Labels the bones of a CT: which bone is where by the network that ships with Coxa, where exactly a bone ends by the CT itself.
///
/// # Errors
/// See [`SegmentError`].
pub fn segment(volume: &Volume, options: &SegmentOptions, progress: &dyn Progress) -> Result<Segmentation, SegmentError> {
    segment_with(&Networks::shipped()?, volume, options, progress)
}

/// [`segment`] with other networks, such as ones just trained.
///
/// # Errors
/// See [`SegmentError`].
pub fn segment_with(
    networks: &Networks,
    volume: &Volume,
    options: &SegmentOptions,
    progress: &dyn Progress,
) -> Result<Segmentation, SegmentError> {
    let start = Instant::now();
    if let Some(reason) = not_hounsfield(&volume.hu) {
        return Err(SegmentError::NotACt { reason });
    }
    let densest = volume.hu.iter().copied().max().unwrap_or(i16::MIN);
    if densest < postprocess::LEAST_BONE_HU {
        return Err(SegmentError::HipNotFound { found: format!("nothing in it is as dense as bone, at most {densest} HU") });
    }
    let opinion = run_networks(networks, volume, options.device, progress)?;
    let probabilities = &opinion.coarse;
    let whole = |ids: Vec<u8>, confidence: Vec<u8>| LabelMap { grid: volume.grid.clone(), ids, confidence };
    let mut map = whole(vec![0; volume.hu.len()], vec![255; volume.hu.len()]);
    let mut remarks = Vec::new();
    let Some(region) = Region::of_bones(&volume.grid, probabilities) else {
        return Err(SegmentError::HipNotFound { found: "no bone at all".into() });
    };
    progress.report("finding the edges of the bones", 0.0);
    let joints = region.label(volume, &opinion, &mut map);
    for side in joints.fused {
        remarks.push(Remark::about(&[Label::hip(side), Label::femur(side)], format!(
            "the {side} femoral head hardly stands out from its socket in this CT (a narrow joint space, or long voxels): the line between \
             them, the hip centre and the size of the cup may be several millimetres off"
        )));
    }
    for (side, mm2) in joints.touching {
        let text = format!("the {side} femoral head and its socket cannot be told apart over {mm2:.0} mm²");
        remarks.push(Remark::about(&[Label::hip(side), Label::femur(side)], text));
    }
    if progress.cancelled() {
        return Err(SegmentError::Cancelled);
    }
    progress.report("checking", 0.9);
    let metal_mm3 = postprocess::mark_metal(&mut map.ids, volume);
    if metal_mm3 > 0.0 {
        let beside = postprocess::beside_metal(&map.ids, map.grid.size);
        remarks
            .push(Remark::about(&beside, format!("metal was found ({:.1} ml): bone beside it is uncertain", metal_mm3 / 1000.0)));
    }
    networks.confidence.apply(&map.ids, &mut map.confidence);
    let mut doubts = Vec::new();
    let named: Vec<Label> = probabilities.classes.iter().copied().filter(|&l| l != Label::Background).collect();
    let mut unnamed = Vec::new();
    let mut bones = postprocess::report(&mut map.ids, &mut map.confidence, volume, &named, &mut unnamed);
    remarks.extend(unnamed.into_iter().map(|text| Remark::about(&[], text)));
    let has = |label: Label| bones.iter().any(|b| b.label == label);
    // A hip is a hip bone with a femur: other bones, such as a skull, can look like a piece of pelvis to a network.
    let enough = |label: Label| bones.iter().any(|b| b.label == label && b.volume_ml >= LEAST_HIP_BONE_ML);
    if !Side::BOTH.into_iter().any(|side| enough(Label::hip(side)) && has(Label::femur(side))) {
        return Err(SegmentError::HipNotFound { found: without_a_hip(&bones) });
    }
    if let Some(reason) = postprocess::contradicted_side(&map.ids, &volume.grid) {
        return Err(SegmentError::Sides { reason });
    }
    if let Some(apart) = postprocess::joints_apart_mm(&map.ids, &volume.grid).filter(|&mm| mm > postprocess::FARTHEST_HIPS_MM) {
        return Err(SegmentError::HipNotFound {
            found: format!("two joints lie {apart:.0} mm apart, as shoulders do and hips do not"),
        });
    }
    for label in [Label::HipLeft, Label::HipRight, Label::FemurLeft, Label::FemurRight, Label::Sacrum] {
        if !has(label) {
            remarks.push(Remark::about(&[], format!("the {} was not found in this scan", label.spoken())));
        }
    }
    for bone in bones.iter().filter(|bone| bone.mean_confidence < DOUBTFUL_CONFIDENCE) {
        let percent = 100.0 * bone.mean_confidence;
        let text = format!("the {} is labelled with a confidence of {percent:.0} % only", bone.label.spoken());
        doubts.push(Doubt { bones: vec![bone.label], text: text.clone() });
        remarks.push(Remark::about(&[bone.label], text));
    }
    for bone in &bones {
        let cut_as_usual = matches!(bone.label, Label::FemurLeft | Label::FemurRight | Label::LumbarVertebra);
        if bone.touches_border && !cut_as_usual {
            let text = format!("the {} is cut off at the edge of the scan", bone.label.spoken());
            remarks.push(Remark::about(&[bone.label], text));
        }
    }
    for bone in &mut bones {
        bone.warnings = remarks.iter().filter(|r| r.bones.contains(&bone.label)).map(|r| r.text.clone()).collect();
    }
    progress.report("checking", 1.0);
    Ok(Segmentation {
        map,
        bones,
        device: opinion.device,
        model: networks.title(),
        model_sha256: networks.sha256(),
        warnings: remarks.into_iter().map(|remark| remark.text).collect(),
        doubts,
        seconds: start.elapsed().as_secs_f64(),
    })
}

/// What a reader must know, and the bones it concerns.
struct Remark {
    bones: Vec<Label>,
    text: String,
}

impl Remark {
    fn about(bones: &[Label], text: String) -> Self {
        Self { bones: bones.to_vec(), text }
    }
}

/// What was seen where no hip was: which bones, and which are missing for a hip.
fn without_a_hip(bones: &[BoneReport]) -> String {
    let seen: Vec<String> = bones.iter().map(|bone| bone.label.spoken()).collect();
    if seen.is_empty() {
        return "no bone was recognised".into();
    }
    let has = |of: fn(Side) -> Label| bones.iter().any(|bone| Side::BOTH.map(of).contains(&bone.label));
    let missing = match (has(Label::hip), has(Label::femur)) {
        (true, false) => "no femur",
        (false, true) => "no hip bone",
        (false, false) => "neither hip bone nor femur",
        (true, true) => "no hip bone with its femur that is large enough",
    };
    format!("it shows {}, but {missing}", seen.join(", "))
}

/// The box of voxels around everything that may be bone.
struct Region {
    low: [usize; 3],
    size: [usize; 3],
}

impl Region {
    fn of_bones(grid: &Grid, probabilities: &Probabilities) -> Option<Self> {
        let (low, high) = bounds_of(probabilities.maybe_bone().map(|centre| grid.fractional(&centre).into()))?;
        let margin = [0, 1, 2].map(|a| 2.5 * probabilities.grid.spacing[0] / grid.spacing[a]);
        let clamp = |v: f64, a: usize| v.clamp(0.0, grid.size[a] as f64 - 1.0) as usize;
        let first = [0, 1, 2].map(|a| clamp((low[a] - margin[a]).floor(), a));
        let last = [0, 1, 2].map(|a| clamp((high[a] + margin[a]).ceil(), a));
        Some(Self { low: first, size: [0, 1, 2].map(|a| last[a] + 1 - first[a]) })
    }

    /// Labels the region and writes it into the map; tells what is doubtful about the joints.
    fn label(&self, volume: &Volume, opinion: &Opinion, map: &mut LabelMap) -> JointDoubts {
        let part = self.cut(volume);
        let shrink = (part.hu.len() as f64 / MOST_VOXELS as f64).cbrt();
        let (ids, confidence, doubts) = if shrink <= 1.0 {
            labelled(&part, opinion)
        } else {
            let coarser = shrunk(&part, shrink);
            let (ids, confidence, doubts) = labelled(&coarser, opinion);
            (nearest(&coarser.grid, &ids, &part.grid), nearest(&coarser.grid, &confidence, &part.grid), doubts)
        };
        let [ni, nj, _] = self.size;
        for row in 0..part.hu.len() / ni {
            let to = volume.grid.index([self.low[0], self.low[1] + row % nj, self.low[2] + row / nj]);
            map.ids[to..to + ni].copy_from_slice(&ids[row * ni..(row + 1) * ni]);
            map.confidence[to..to + ni].copy_from_slice(&confidence[row * ni..(row + 1) * ni]);
        }
        doubts
    }

    fn cut(&self, volume: &Volume) -> Volume {
        let [ni, nj, nk] = self.size;
        let grid = Grid { size: self.size, origin: volume.grid.centre(self.low), ..volume.grid.clone() };
        let mut hu = Vec::with_capacity(grid.len());
        for row in 0..nj * nk {
            let from = volume.grid.index([self.low[0], self.low[1] + row % nj, self.low[2] + row / nj]);
            hu.extend_from_slice(&volume.hu[from..from + ni]);
        }
        Volume { grid, hu }
    }
}

fn labelled(volume: &Volume, opinion: &Opinion) -> (Vec<u8>, Vec<u8>, JointDoubts) {
    let prior = Prior::at(opinion.fine.as_ref().unwrap_or(&opinion.coarse), &volume.grid);
    let refined = refine(volume, &prior, &opinion.coarse);
    let confidence = postprocess::confidence(&refined.ids, volume, &prior, refined.threshold_hu);
    (refined.ids, confidence, refined.doubts)
}

/// The volume on voxels `factor` times larger, averaged.
fn shrunk(volume: &Volume, factor: f64) -> Volume {
    let grid = &volume.grid;
    // The voxels become alike along all axes: those that are long already are left as they are.
    let target = (grid.voxel_mm3() * factor.powi(3)).cbrt();
    let spacing = grid.spacing.map(|s| s.max(target));
    let size = [0, 1, 2].map(|a| ((grid.size[a] as f64 * grid.spacing[a] / spacing[a]).floor() as usize).max(1));
    let first = Vector3::from([0, 1, 2].map(|a| (spacing[a] / grid.spacing[a] - 1.0) / 2.0));
    let coarse = Grid { size, spacing, origin: grid.lps(&first), direction: grid.direction };
    resample(volume, &coarse)
}
