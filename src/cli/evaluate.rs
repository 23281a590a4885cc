//! `coxa evaluate`.

use super::{Outcome, segment::Device};
use crate::{
    labels::{
        LabelNames, check_ids,
        metrics::{Agreement, BoneAgreement, JointConfusion, agreement},
    },
    volume::{Grid, nifti},
};
use serde_json::{Value, json};
use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

/// Corners of two grids this far apart are still the same corner, mm: a NIfTI file keeps its affine as `f32`.
const SAME_PLACE_MM: f64 = 0.05;

/// Arguments of `coxa evaluate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Labels to judge (.nii.gz or .nii), with Coxa's label ids.
    #[arg(required_unless_present = "suite", requires = "truth")]
    predicted: Option<PathBuf>,
    /// True labels on the same grid.
    truth: Option<PathBuf>,
    /// What the truth's numbers mean, when they are not Coxa's: a JSON object of names and numbers.
    #[arg(long, value_name = "FILE", conflicts_with = "suite")]
    truth_labels: Option<PathBuf>,
    /// Segment whole sets of scans and hold them against their truth.
    #[arg(long, value_enum, conflicts_with_all = ["predicted", "truth"])]
    suite: Option<Suite>,
    /// With --suite: the folder that holds the sets of real bones.
    #[arg(long, value_name = "FOLDER", default_value = "../shared/data", requires = "suite")]
    data: PathBuf,
    /// With --suite: how many phantoms are drawn.
    #[arg(long, default_value_t = 40, requires = "suite")]
    phantoms: usize,
    /// With --suite: where the network computes.
    #[arg(long, value_enum, default_value_t = Device::Auto, requires = "suite")]
    device: Device,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Sets of scans with their truth.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Suite {
    /// Unseen phantoms, phantoms with metal, four real skeletons and a real CT, beside what each must reach.
    Accuracy,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { predicted, truth, truth_labels, suite, data, phantoms, device, json } = arguments;
    match (suite, predicted, truth) {
        (Some(Suite::Accuracy), ..) => super::accuracy::run(&data, phantoms, device, json),
        (None, Some(predicted), Some(truth)) => two_maps(&predicted, &truth, truth_labels.as_deref(), json),
        _ => Err("two label maps are needed: coxa evaluate PREDICTED.nii.gz TRUTH.nii.gz".into()),
    }
}

fn two_maps(predicted: &Path, truth: &Path, names: Option<&Path>, json: bool) -> Outcome {
    let (grid, found) = nifti::read_labels(predicted)?;
    check_ids(&found).map_err(about(predicted))?;
    let (other, mut real) = nifti::read_labels(truth)?;
    match names {
        None => check_ids(&real).map_err(|error| format!("{} (--truth-labels FILE)", about(truth)(error)))?,
        Some(file) => {
            let text = fs::read_to_string(file).map_err(about(file))?;
            let names = LabelNames::parse(&text).map_err(about(file))?;
            names.translate(&mut real).map_err(about(truth))?;
        }
    }
    let differences = grid.differences(&other, SAME_PLACE_MM);
    if !differences.is_empty() {
        return Err(format!(
            "'{}' and '{}' do not lie on the same grid and cannot be compared voxel by voxel: {}; resample one onto the other first",
            predicted.display(),
            truth.display(),
            differences.join("; ")
        )
        .into());
    }
    let agreement = agreement(&found, &real, &grid);
    if json {
        print_json(&agreement, &grid)?
    } else {
        print_text(&agreement)
    }
    Ok(())
}

fn about<E: Error>(file: &Path) -> impl Fn(E) -> String {
    let file = file.display().to_string();
    move |error| format!("'{file}': {error}")
}

fn print_text(agreement: &Agreement) {
    println!("{:<16} {:>7} {:>12} {:>8} {:>13} {:>9}", "bone", "Dice", "surface, mm", "HD95, mm", "predicted, ml", "truth, ml");
    for bone in &agreement.bones {
        let figures = match (bone.overlap, bone.missing_in()) {
            (Some(of), _) => format!("{:>7.4} {:>12.3} {:>8.2}", of.dice, of.surface.mean_mm, of.surface.hd95_mm),
            (None, missing) => format!("missing in the {:<14}", missing.unwrap_or_default()),
        };
        println!("{:<16} {figures} {:>13.1} {:>9.1}", bone.label.name(), bone.predicted_ml, bone.truth_ml);
    }
    for joint in &agreement.joints {
        println!("{}", confusion(joint));
    }
}

fn confusion(joint: &JointConfusion) -> String {
    format!(
        "{} hip: {} voxels ({:.0} mm³) of the femoral head are labelled hip bone, {} voxels ({:.0} mm³) of the socket are labelled femur",
        joint.side, joint.head_as_socket_voxels, joint.head_as_socket_mm3, joint.socket_as_head_voxels, joint.socket_as_head_mm3
    )
}

fn print_json(agreement: &Agreement, grid: &Grid) -> Outcome {
    let mut value = as_json(agreement);
    value["size"] = json!(grid.size);
    value["spacing_mm"] = json!(grid.spacing);
    value["disclaimer"] = json!(crate::DISCLAIMER);
    println!("{}", serde_json::to_string_pretty(&value)?);
    Ok(())
}

/// The figures, with units in the names of the fields.
pub(super) fn as_json(agreement: &Agreement) -> Value {
    let bone = |bone: &BoneAgreement| {
        json!({
            "label": bone.label.name(),
            "id": bone.label.id(),
            "dice": bone.overlap.map(|of| of.dice),
            "mean_surface_distance_mm": bone.overlap.map(|of| of.surface.mean_mm),
            "hd95_mm": bone.overlap.map(|of| of.surface.hd95_mm),
            "predicted_ml": bone.predicted_ml,
            "truth_ml": bone.truth_ml,
            "missing_in": bone.missing_in(),
        })
    };
    let joint = |joint: &JointConfusion| {
        json!({
            "side": joint.side.to_string(),
            "head_labelled_hip_bone_voxels": joint.head_as_socket_voxels,
            "head_labelled_hip_bone_mm3": joint.head_as_socket_mm3,
            "socket_labelled_femur_voxels": joint.socket_as_head_voxels,
            "socket_labelled_femur_mm3": joint.socket_as_head_mm3,
        })
    };
    json!({
        "bones": agreement.bones.iter().map(bone).collect::<Vec<_>>(),
        "head_socket_confusion": agreement.joints.iter().map(joint).collect::<Vec<_>>(),
    })
}
