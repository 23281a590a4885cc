//! `coxa phantom`: a synthetic patient, its CT and the truth about it.

use super::Outcome;
use crate::{
    dicom::{SeriesDescription, write_series},
    files,
    labels::synthesis::{CtSettings, DrawOptions, FieldOfView, Phantom, ShapeModel},
    progress::Silent,
    volume::{
        Grid,
        nifti::{write_labels, write_volume},
    },
};
use std::{
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Arguments of `coxa phantom`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which patient: the same number gives the same patient and the same scan.
    #[arg(long)]
    seed: u64,
    /// Folder to make; it must not exist or be empty.
    #[arg(long)]
    out: PathBuf,
    /// Form of the CT.
    #[arg(long, value_enum, default_value_t = Format::Dicom)]
    format: Format,
    /// Distance between voxels along x, y and z in mm.
    #[arg(long, value_delimiter = ',', default_values_t = [0.9, 0.9, 1.25])]
    spacing: Vec<f64>,
    /// Scan down to the knees.
    #[arg(long)]
    whole_femora: bool,
    /// Draw tissue densities and the scanner at random too, instead of an ordinary patient on an ordinary scanner.
    #[arg(long)]
    random_scan: bool,
    /// Print the truth as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A folder `dicom` of CT images.
    Dicom,
    /// One file `ct.nii.gz`.
    Nifti,
}

impl Arguments {
    /// The demonstration patient on an ordinary scanner.
    pub(super) fn demonstration(seed: u64, out: PathBuf) -> Self {
        let spacing = vec![0.9, 0.9, 1.25];
        Self { seed, out, format: Format::Dicom, spacing, whole_femora: false, random_scan: false, json: false }
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let (grid, truth) = write(&arguments)?;
    if arguments.json {
        println!("{truth}");
    } else {
        let ([i, j, k], [x, y, z]) = (grid.size, grid.spacing);
        println!("phantom {} in {}: {i} × {j} × {k} voxels of {x} × {y} × {z} mm", arguments.seed, arguments.out.display());
    }
    Ok(())
}

/// Draws and scans the patient; returns the CT's grid and the truth as JSON.
pub(super) fn write(arguments: &Arguments) -> Result<(Grid, String), Box<dyn Error>> {
    let spacing = <[f64; 3]>::try_from(arguments.spacing.as_slice())
        .map_err(|_| format!("--spacing needs three numbers in mm such as 0.9,0.9,1.25, found {}", arguments.spacing.len()))?;
    if let Some(bad) = spacing.iter().find(|s| !(0.3..=10.0).contains(*s)) {
        return Err(format!("--spacing {bad} mm is outside 0.3 to 10 mm").into());
    }
    refuse_used(&arguments.out)?;
    let model = ShapeModel::load()?;
    let field_of_view = if arguments.whole_femora { FieldOfView::WholeFemora } else { FieldOfView::PelvisAndProximalFemora };
    let phantom = Phantom::draw(&model, arguments.seed, &DrawOptions { field_of_view, ..DrawOptions::default() });
    let settings = if arguments.random_scan { CtSettings::random(arguments.seed) } else { CtSettings::default() };
    let (volume, labels) = phantom.ct(&phantom.grid(spacing), &settings, arguments.seed);
    let truth = serde_json::to_string_pretty(&phantom.truth)?;
    files::whole_folder(&arguments.out, Box::<dyn Error>::from, |folder| {
        match arguments.format {
            Format::Dicom => {
                let description = SeriesDescription {
                    seed: format!("phantom {}", arguments.seed),
                    pseudonym: format!("PHANTOM-{}", arguments.seed),
                    thickness_mm: Some(settings.slice_thickness_mm.max(spacing[2])),
                    ..SeriesDescription::default()
                };
                write_series(&volume, &description, &folder.join("dicom"), &Silent)?;
            }
            Format::Nifti => write_volume(&folder.join("ct.nii.gz"), &volume)?,
        }
        write_labels(&folder.join("labels.nii.gz"), &labels.grid, &labels.ids)?;
        Ok(files::write_atomically(&folder.join("truth.json"), |w| w.write_all(truth.as_bytes()))?)
    })?;
    Ok((volume.grid, truth))
}

fn refuse_used(folder: &Path) -> Outcome {
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            Some(_) => {
                Err(format!("{} is not empty; name a new folder with --out, nothing was written", folder.display()).into())
            }
            None => Ok(()),
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(format!("{} cannot be used as a folder: {e}", folder.display()).into()),
    }
}
