//! `coxa import`.

use super::Outcome;
use crate::{
    dicom::{self, Imported},
    progress::Progress,
    volume::nifti,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `coxa import`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A DICOM folder, a zip archive, one file of a DICOM series, or a NIfTI file.
    source: PathBuf,
    /// Where the volume is written (.nii.gz or .nii).
    #[arg(long)]
    out: PathBuf,
    /// Which of several series: its number or code in the list, or the beginning of its SeriesInstanceUID.
    #[arg(long)]
    series: Option<String>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { source, out, series, json } = arguments;
    if !nifti::is_nifti(&out) {
        return Err("--out must name a file ending in .nii.gz or .nii".into());
    }
    let bar = Bar::new();
    let imported = dicom::read_ct(&source, series.as_deref(), &bar);
    bar.0.finish_and_clear();
    let imported = imported?;
    nifti::write_volume(&out, &imported.volume)?;
    if json {
        print_json(&imported, &out)?
    } else {
        print_text(&imported, &out)
    }
    Ok(())
}

fn hu_range(imported: &Imported) -> (i16, i16) {
    imported.volume.hu.iter().fold((i16::MAX, i16::MIN), |(low, high), &hu| (low.min(hu), high.max(hu)))
}

fn print_text(imported: &Imported, out: &std::path::Path) {
    let grid = &imported.volume.grid;
    let [nx, ny, nz] = grid.size;
    let [dx, dy, dz] = grid.spacing;
    let (low, high) = hu_range(imported);
    println!("source   {}: {}", imported.source, imported.series_label);
    println!("size     {nx} × {ny} × {nz} voxels");
    println!("spacing  {dx:.4} × {dy:.4} × {dz:.4} mm");
    println!("range    {low} to {high} HU");
    if let Some(position) = &imported.patient_position {
        println!("position {position}");
    }
    println!("inputs   sha256 {}", imported.inputs_sha256);
    imported.warnings.iter().for_each(|warning| println!("warning  {warning}"));
    println!("written  {}", out.display());
}

fn print_json(imported: &Imported, out: &std::path::Path) -> Outcome {
    let grid = &imported.volume.grid;
    let (low, high) = hu_range(imported);
    let object = json!({
        "source": imported.source.to_string(),
        "series": imported.series_label,
        "size": grid.size,
        "spacing_mm": grid.spacing,
        "origin_lps_mm": grid.origin.coords.as_slice(),
        "direction_lps": [grid.direction.column(0).as_slice(), grid.direction.column(1).as_slice(), grid.direction.column(2).as_slice()],
        "hu_range": [low, high],
        "slices": imported.slices,
        "patient_position": imported.patient_position,
        "inputs_sha256": imported.inputs_sha256,
        "warnings": imported.warnings.iter().map(|warning| &warning.text).collect::<Vec<_>>(),
        "written": out,
    });
    println!("{}", serde_json::to_string(&object)?);
    Ok(())
}

/// A bar on standard error; indicatif hides it where there is no terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(1000);
        if let Ok(style) = ProgressStyle::with_template("{msg:18} {bar:40} {percent:>3} %") {
            bar.set_style(style);
        }
        Self(bar)
    }
}

impl Progress for Bar {
    fn report(&self, stage: &str, fraction: f64) {
        self.0.set_message(stage.to_owned());
        self.0.set_position((fraction * 1000.0) as u64);
    }
}
