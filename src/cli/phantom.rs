//! `coxa phantom`: a synthetic patient, its CT and the truth about it.

use super::Outcome;
use crate::{
    dicom::{SeriesDescription, write_series},
    files,
    frames::Side,
    labels::{
        LabelMap,
        synthesis::{CtSettings, DrawOptions, FieldOfView, Phantom, Preset, ShapeModel, Truth, contact_sheet, scan},
    },
    progress::Silent,
    report::Picture,
    volume::{
        Grid, Volume,
        nifti::{write_labels, write_volume},
    },
};
use std::{
    error::Error,
    io::Write,
    path::{Path, PathBuf},
};

/// Arguments of `coxa phantom`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which patient: the same number gives the same patient and the same scan.
    #[arg(long, required_unless_present_any = ["list_presets", "contact_sheet"])]
    seed: Option<u64>,
    /// Folder to make; it must not exist or be empty.
    #[arg(long, required_unless_present_any = ["list_presets", "contact_sheet"])]
    out: Option<PathBuf>,
    /// Form of the CT.
    #[arg(long, value_enum, default_value_t = Format::Dicom)]
    format: Format,
    /// Distance between voxels along x, y and z in mm; 0.9,0.9,1.25 or, with --preset, what the preset draws.
    #[arg(long, value_delimiter = ',')]
    spacing: Option<Vec<f64>>,
    /// Kind of patient and scan; see --list-presets.
    #[arg(long, conflicts_with_all = ["whole_femora", "random_scan"])]
    preset: Option<Preset>,
    /// Scan down to the knees.
    #[arg(long)]
    whole_femora: bool,
    /// Draw tissue densities and the scanner at random too, instead of an ordinary patient on an ordinary scanner.
    #[arg(long)]
    random_scan: bool,
    /// Print the truth as JSON.
    #[arg(long)]
    json: bool,
    /// List the presets and what they draw.
    #[arg(long)]
    list_presets: bool,
    /// Write one draw of every preset, or with --preset 24 draws of that one, as a PNG picture; --seed is the first number (else 1).
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    contact_sheet: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A folder `dicom` of CT images.
    Dicom,
    /// One file `ct.nii.gz`.
    Nifti,
}

/// Distance between voxels of the demonstration patient, mm.
const SPACING_MM: [f64; 3] = [0.9, 0.9, 1.25];
/// Draws of one preset on a contact sheet.
const DRAWS: u64 = 24;

impl Arguments {
    /// The demonstration patient on an ordinary scanner.
    pub(super) fn demonstration(seed: u64, out: PathBuf) -> Self {
        Self {
            seed: Some(seed),
            out: Some(out),
            format: Format::Dicom,
            spacing: None,
            preset: None,
            whole_femora: false,
            random_scan: false,
            json: false,
            list_presets: false,
            contact_sheet: None,
        }
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    if arguments.list_presets {
        Preset::ALL.into_iter().for_each(|preset| println!("{:<15} {}", preset.name(), preset.about()));
        return Ok(());
    }
    if let Some(file) = &arguments.contact_sheet {
        return sheet(file, arguments.preset, arguments.seed.unwrap_or(1));
    }
    let (grid, truth) = write(&arguments)?;
    if arguments.json {
        println!("{truth}");
    } else {
        let ([i, j, k], [x, y, z]) = (grid.size, grid.spacing);
        let (seed, out) = required(&arguments)?;
        println!("phantom {seed} in {}: {i} × {j} × {k} voxels of {x} × {y} × {z} mm", out.display());
    }
    Ok(())
}

fn required(arguments: &Arguments) -> Result<(u64, &Path), Box<dyn Error>> {
    Ok((arguments.seed.ok_or("--seed is missing")?, arguments.out.as_deref().ok_or("--out is missing")?))
}

fn sheet(file: &Path, preset: Option<Preset>, seed: u64) -> Outcome {
    let patients: Vec<_> = match preset {
        Some(preset) => (seed..seed + DRAWS).map(|seed| (preset, seed)).collect(),
        None => Preset::ALL.into_iter().zip(seed..).collect(),
    };
    let drawn = contact_sheet(&ShapeModel::load()?, &patients);
    let png = Picture { width: drawn.width, height: drawn.height, rgb: drawn.rgb }.png()?;
    files::write_atomically(file, |w| w.write_all(&png))?;
    println!("{} patients in {}", patients.len(), file.display());
    Ok(())
}

/// What is written of a patient, whether drawn by a preset or not.
struct Drawn {
    volume: Volume,
    labels: LabelMap,
    truth: Truth,
    settings: CtSettings,
    /// What the preset adds to the truth.
    about: Option<serde_json::Value>,
}

/// Draws and scans the patient; returns the CT's grid and the truth as JSON.
pub(super) fn write(arguments: &Arguments) -> Result<(Grid, String), Box<dyn Error>> {
    let (seed, out) = required(arguments)?;
    let spacing = arguments.spacing.as_deref().map(checked).transpose()?;
    files::refuse_used_folder(out)?;
    let model = ShapeModel::load()?;
    let Drawn { volume, labels, truth, settings, about } = match arguments.preset {
        Some(preset) => by_preset(&model, preset, seed, spacing),
        None => by_options(&model, seed, spacing.unwrap_or(SPACING_MM), arguments),
    };
    let truth = serde_json::to_string_pretty(&truth)?;
    files::whole_folder(out, Box::<dyn Error>::from, |folder| {
        match arguments.format {
            Format::Dicom => {
                let description = SeriesDescription {
                    seed: format!("phantom {seed}"),
                    pseudonym: format!("PHANTOM-{seed}"),
                    thickness_mm: Some(settings.slice_thickness_mm.max(volume.grid.spacing[2])),
                    // Slices that follow each other downwards are those of a patient who went in feet first.
                    patient_position: if volume.grid.direction[(2, 2)] < 0.0 { "FFS" } else { "HFS" }.into(),
                    ..SeriesDescription::default()
                };
                write_series(&volume, &description, &folder.join("dicom"), &Silent)?;
            }
            Format::Nifti => write_volume(&folder.join("ct.nii.gz"), &volume)?,
        }
        write_labels(&folder.join("labels.nii.gz"), &labels.grid, &labels.ids)?;
        if let Some(about) = &about {
            files::write_atomically(&folder.join("preset.json"), |w| w.write_all(format!("{about:#}\n").as_bytes()))?;
        }
        Ok(files::write_atomically(&folder.join("truth.json"), |w| w.write_all(truth.as_bytes()))?)
    })?;
    Ok((volume.grid, truth))
}

fn checked(spacing: &[f64]) -> Result<[f64; 3], Box<dyn Error>> {
    let three = <[f64; 3]>::try_from(spacing)
        .map_err(|_| format!("--spacing needs three numbers in mm such as 0.9,0.9,1.25, found {}", spacing.len()))?;
    match three.iter().find(|s| !(0.3..=10.0).contains(*s)) {
        Some(bad) => Err(format!("--spacing {bad} mm is outside 0.3 to 10 mm").into()),
        None => Ok(three),
    }
}

fn by_options(model: &ShapeModel, seed: u64, spacing: [f64; 3], arguments: &Arguments) -> Drawn {
    let field_of_view = if arguments.whole_femora { FieldOfView::WholeFemora } else { FieldOfView::PelvisAndProximalFemora };
    let phantom = Phantom::draw(model, seed, &DrawOptions { field_of_view, ..DrawOptions::default() });
    let settings = if arguments.random_scan { CtSettings::random(seed) } else { CtSettings::default() };
    let (volume, labels) = phantom.ct(&phantom.grid(spacing), &settings, seed);
    Drawn { volume, labels, truth: phantom.truth, settings, about: None }
}

fn by_preset(model: &ShapeModel, preset: Preset, seed: u64, spacing: Option<[f64; 3]>) -> Drawn {
    let drawn = scan(model, preset, seed, spacing);
    let gaps = Side::BOTH.map(|side| drawn.phantom.joint_gap_mm(side));
    let about = serde_json::json!({
        "preset": preset,
        "about": preset.about(),
        "seed": seed,
        "metal_side": drawn.metal_side.map(|side| side.to_string()),
        "truth_is_before_injury_or_operation": drawn.altered.iter().map(Side::to_string).collect::<Vec<_>>(),
        "joint_gap_mm": { "left": gaps[0], "right": gaps[1] },
        "deformation_mm": drawn.phantom.deformation_mm(),
        "settings": drawn.settings,
    });
    let (volume, labels, truth) = (drawn.volume, drawn.labels, drawn.phantom.truth);
    Drawn { volume, labels, truth, settings: drawn.settings, about: Some(about) }
}
