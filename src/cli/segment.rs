//! `coxa segment`.

use super::Outcome;
use std::path::PathBuf;

/// Where the network computes.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Device {
    /// A graphics card that passes the parity check, otherwise the processor.
    Auto,
    /// The graphics card.
    Gpu,
    /// The processor.
    Cpu,
}

/// Arguments of `coxa segment`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A DICOM folder, a zip archive, one file of a DICOM series, or a NIfTI file.
    source: PathBuf,
    /// Where the labels are written (.nii.gz or .nii).
    #[arg(long)]
    out: PathBuf,
    /// Where the network computes.
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    device: Device,
    /// Which of several series: its number or code in the list, or the beginning of its SeriesInstanceUID.
    #[arg(long)]
    series: Option<String>,
    /// Another network than the one that ships with Coxa: its manifest (.ron).
    #[arg(long)]
    model: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
#[cfg(feature = "neural")]
pub fn run(arguments: Arguments) -> Outcome {
    use crate::{
        dicom,
        labels::{SegmentOptions, neural::Model, segment_with},
        volume::nifti,
    };
    if !nifti::is_nifti(&arguments.out) {
        return Err("--out must name a file ending in .nii.gz or .nii".into());
    }
    let model = arguments.model.as_deref().map_or_else(Model::shipped, Model::read)?;
    let bar = super::bar::Bar::new();
    let imported = dicom::read_ct(&arguments.source, arguments.series.as_deref(), &bar)?;
    let found = segment_with(&model, &imported.volume, &SegmentOptions { device: arguments.device.into() }, &bar)?;
    drop(bar);
    nifti::write_labels(&arguments.out, &found.map.grid, &found.map.ids)?;
    if arguments.json {
        print_json(&found)?
    } else {
        print_text(&found)
    }
    Ok(())
}

#[cfg(feature = "neural")]
impl From<Device> for crate::labels::DeviceChoice {
    fn from(device: Device) -> Self {
        match device {
            Device::Auto => Self::Auto,
            Device::Gpu => Self::Gpu,
            Device::Cpu => Self::Cpu,
        }
    }
}

#[cfg(feature = "neural")]
fn print_text(found: &crate::labels::Segmentation) {
    for bone in &found.bones {
        let cut = if bone.touches_border { "  reaches the edge of the scan" } else { "" };
        println!(
            "{:<16} {:>9} voxels {:>7.1} ml  confidence {:.2}{cut}",
            bone.label.name(),
            bone.voxels,
            bone.volume_ml,
            bone.mean_confidence
        );
    }
    println!("network          {} on {}, {:.1} s", found.model, found.device, found.seconds);
    for warning in &found.warnings {
        println!("warning: {warning}");
    }
}

#[cfg(feature = "neural")]
fn print_json(found: &crate::labels::Segmentation) -> Outcome {
    let bones: Vec<_> = (found.bones.iter())
        .map(|bone| {
            serde_json::json!({
                "label": bone.label.name(),
                "id": bone.label.id(),
                "voxels": bone.voxels,
                "volume_ml": bone.volume_ml,
                "mean_confidence": bone.mean_confidence,
                "touches_border": bone.touches_border,
            })
        })
        .collect();
    let all = serde_json::json!({
        "bones": bones,
        "model": found.model,
        "device": found.device,
        "seconds": found.seconds,
        "warnings": found.warnings,
    });
    println!("{}", serde_json::to_string_pretty(&all)?);
    Ok(())
}

/// Runs the command.
#[cfg(not(feature = "neural"))]
pub fn run(_arguments: Arguments) -> Outcome {
    Err("this build has no network: build with the feature 'neural'".into())
}
