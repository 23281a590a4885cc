//! `coxa segment`.

use super::Outcome;
use std::path::PathBuf;

/// Where something is computed.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Device {
    /// A graphics card that proves to compute the same, otherwise the processor.
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
    /// A new or empty folder for labels, confidence, a surface a bone and segmentation.json; or a file for the labels alone (.nii.gz or
    /// .nii).
    #[arg(long)]
    out: PathBuf,
    /// Where the network computes.
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    device: Device,
    /// Which of several series: its number or code in the list, or the beginning of its SeriesInstanceUID.
    #[arg(long)]
    series: Option<String>,
    /// Other networks than those that ship with Coxa: a folder with pelvis-coarse and pelvis-fine.
    #[arg(long)]
    model: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
#[cfg(feature = "neural")]
pub fn run(arguments: Arguments) -> Outcome {
    use crate::pipeline::{SegmentRequest, segment_ct};
    let Arguments { source, out, device, series, model, json } = arguments;
    let bar = super::bar::Bar::new();
    let request = SegmentRequest { source, series, model, device: device.into(), out };
    let found = segment_ct(&request, &bar)?;
    drop(bar);
    if json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print_text(&found);
        println!("written to {}", request.out.display());
    }
    Ok(())
}

/// What labels the voxels of a CT, or says why not.
#[cfg(feature = "neural")]
pub type LabelCt = Box<dyn Fn(&crate::volume::Volume) -> Result<Vec<u8>, String>>;

/// The title of the networks that ship with Coxa, and what labels a CT with them, for suites.
#[cfg(feature = "neural")]
pub fn by_shipped_networks(device: Device) -> Result<(String, LabelCt), Box<dyn std::error::Error>> {
    use crate::labels::{SegmentOptions, neural::Networks, segment_with};
    let networks = Networks::shipped()?;
    let (title, options) = (networks.title(), SegmentOptions { device: device.into() });
    let label: LabelCt = Box::new(move |volume: &_| {
        let found = segment_with(&networks, volume, &options, &crate::progress::Silent);
        found.map(|found| found.map.ids).map_err(|error| error.to_string())
    });
    Ok((title, label))
}

impl From<Device> for crate::device::DeviceChoice {
    fn from(device: Device) -> Self {
        match device {
            Device::Auto => Self::Auto,
            Device::Gpu => Self::Gpu,
            Device::Cpu => Self::Cpu,
        }
    }
}

#[cfg(feature = "neural")]
fn print_text(found: &crate::pipeline::SegmentationDocument) {
    for bone in &found.bones {
        let cut = if bone.cut_by_field_of_view { "  reaches the edge of the scan" } else { "" };
        println!(
            "{:<16} {:>9} voxels {:>7.1} ml  confidence {:>3.0} %{cut}",
            bone.label, bone.voxels, bone.volume_ml, bone.mean_confidence_percent
        );
    }
    let seconds: f64 = found.seconds.values().sum();
    println!(
        "network          {} {} on {}, {seconds:.1} s",
        found.network.name,
        &found.network.sha256[..12],
        found.network.device
    );
    for warning in &found.warnings {
        println!("warning: {warning}");
    }
    println!("{}", crate::DISCLAIMER);
}

/// Runs the command.
#[cfg(not(feature = "neural"))]
pub fn run(_arguments: Arguments) -> Outcome {
    Err("this build has no network: build with the feature 'neural'".into())
}
