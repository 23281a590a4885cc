//! `coxa measure`.

use super::{Bar, Outcome, error_table};
use crate::{
    accuracy::{ErrorTable, measure_suite},
    anatomy::{ClockCurve, ExaminationDocument, Posture, SagittalValues, Space},
    files,
    pipeline::{MeasureSource, measure_source},
    report::clock_plot,
};
use std::{
    error::Error,
    io::Write,
    path::{Path, PathBuf},
};

/// Arguments of `coxa measure`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A case folder.
    #[arg(required_unless_present_any = ["bones", "suite"], conflicts_with = "bones")]
    case: Option<PathBuf>,
    /// A folder with hip_left, hip_right, sacrum, femur_left, femur_right, tibia_left and tibia_right as STL, OBJ or PLY, in millimetres; any may be missing.
    #[arg(long, value_name = "DIR")]
    bones: Option<PathBuf>,
    /// The axes of the files' coordinates.
    #[arg(long, value_enum, default_value_t = Axes::Lps, requires = "bones")]
    space: Axes,
    /// Instead: the accuracy table, on phantoms and on the real bones below the folder of --data.
    #[arg(long, conflicts_with_all = ["case", "bones", "json"])]
    suite: bool,
    /// Where the real bones of the suite lie (vsd_bones, staple_lhdl).
    #[arg(long, value_name = "DIR", default_value = "../shared/data", requires = "suite")]
    data: PathBuf,
    /// Phantoms of the suite.
    #[arg(long, default_value_t = 8, requires = "suite")]
    phantoms: u64,
    /// … and of those whose CT the network labels first.
    #[cfg(feature = "neural")]
    #[arg(long, default_value_t = 4, requires = "suite")]
    segmented: u64,
    /// Below each row of the suite every error of it.
    #[arg(long, requires = "suite")]
    each: bool,
    /// Also write a clock-face plot (SVG) of every curve round socket and head into this new or empty folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "suite")]
    plots: Option<PathBuf>,
    #[command(flatten)]
    postures: Postures,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// How the pelvis stands in postures other than that in the scanner, from lateral radiographs, degrees.
#[derive(clap::Args)]
struct Postures {
    /// Tilt of the anterior pelvic plane when standing, posterior positive.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, conflicts_with_all = ["standing_ss", "standing_pt", "suite"])]
    standing_tilt: Option<f64>,
    /// Sacral slope when standing.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, conflicts_with = "suite")]
    standing_ss: Option<f64>,
    /// Spinopelvic tilt (PT) when standing; with the sacral slope it must give the pelvic incidence measured.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, conflicts_with = "suite")]
    standing_pt: Option<f64>,
    /// Tilt of the anterior pelvic plane when sitting, posterior positive.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, conflicts_with_all = ["sitting_ss", "sitting_pt", "suite"])]
    sitting_tilt: Option<f64>,
    /// Sacral slope when sitting.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, conflicts_with = "suite")]
    sitting_ss: Option<f64>,
    /// Spinopelvic tilt (PT) when sitting; with the sacral slope it must give the pelvic incidence measured.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, conflicts_with = "suite")]
    sitting_pt: Option<f64>,
}

impl Postures {
    fn given(&self) -> Vec<(Posture, SagittalValues)> {
        let values = |tilt_deg, sacral_slope_deg, spinopelvic_tilt_deg| SagittalValues {
            tilt_deg,
            sacral_slope_deg,
            spinopelvic_tilt_deg,
        };
        let both = [
            (Posture::Standing, values(self.standing_tilt, self.standing_ss, self.standing_pt)),
            (Posture::Sitting, values(self.sitting_tilt, self.sitting_ss, self.sitting_pt)),
        ];
        both.into_iter().filter(|(_, values)| *values != SagittalValues::default()).collect()
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Axes {
    /// x to the patient's left, y posterior, z superior (DICOM).
    Lps,
    /// x to the patient's right, y anterior, z superior (NIfTI, 3D Slicer).
    Ras,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    if arguments.suite {
        #[cfg(feature = "neural")]
        let suite = {
            let (_, segment) = super::segment::by_shipped_networks(super::segment::Device::Auto)?;
            measure_suite(&arguments.data, arguments.phantoms, Some((arguments.segmented, &segment)))
        };
        #[cfg(not(feature = "neural"))]
        let suite = measure_suite(&arguments.data, arguments.phantoms, None);
        error_table::print(&suite, arguments.each);
        print_coverage(&suite);
        println!("{}", crate::DISCLAIMER);
        return Ok(());
    }
    let space = match arguments.space {
        Axes::Lps => Space::Lps,
        Axes::Ras => Space::Ras,
    };
    let source = match (arguments.case, arguments.bones) {
        (_, Some(bones)) => MeasureSource::Bones(bones, space),
        (Some(case), None) => MeasureSource::Case(case),
        (None, None) => return Err("name a case folder, or a folder of bones with --bones".into()),
    };
    let bar = Bar::new();
    if let Some(folder) = &arguments.plots {
        files::refuse_used_folder(folder)?;
    }
    let (document, curves) = measure_source(&source, &arguments.postures.given(), &bar)?;
    drop(bar);
    if let Some(folder) = &arguments.plots {
        files::write_folder(folder, |folder| {
            curves.iter().try_for_each(|curve| write_plot(curve, folder)).map_err(Box::<dyn Error>::from)
        })?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        print_text(&document);
    }
    Ok(())
}

/// Alpha angles beyond this are called a cam, degrees.
const CAM_DEG: f64 = 55.0;

fn write_plot(curve: &ClockCurve, folder: &Path) -> std::io::Result<()> {
    let limit = (curve.quantity.key == "alpha_angle").then_some(CAM_DEG);
    let path = folder.join(format!("{}-{}.svg", curve.quantity.key, curve.side));
    files::write_atomically(&path, |file| file.write_all(clock_plot(curve, limit).as_bytes()))
}

/// How many of the stated 95 % intervals are to hold, percent.
const COVERED_PERCENT: [u32; 2] = [90, 99];

fn print_coverage(suite: &ErrorTable) {
    let (covered, stated) = suite.coverage();
    let [low, high] = COVERED_PERCENT;
    let percent = 100.0 * covered as f64 / stated.max(1) as f64;
    println!(
        "stated 95 % intervals hold {covered} of {stated} values whose truth is exact ({percent:.0} %; {low} to {high} % is the aim)"
    );
}

fn print_text(document: &ExaminationDocument) {
    println!("{:<24} {:>10} {:>10}", "bone", "triangles", "ml");
    for bone in &document.bones {
        println!("{:<24} {:>10} {:>10.1}", bone.name, bone.triangles, bone.volume_ml);
    }
    println!("\n{:<40} {:<5} {:>9}   {:<4} {:>7}   norm", "measurement", "side", "value", "unit", "sd");
    for (name, sides) in &document.measurements {
        for (side, entry) in sides {
            let norm = entry.norm.map_or_else(String::new, |[low, high]| format!("{low} to {high}"));
            println!("{name:<40} {side:<5} {:>9.2}   {:<4} {:>7.2}   {norm}", entry.value, entry.unit, entry.sd);
        }
    }
    println!("\n{:<40} {:<5} {:>9}", "grade", "side", "grade");
    for (name, sides) in &document.grades {
        for (side, entry) in sides {
            println!("{name:<40} {side:<5} {:>9}   {}", entry.grade, entry.because);
        }
    }
    println!("\n{:<26} {:<5} {:>27}   {:>6}", "landmark", "side", "LPS mm", "sd mm");
    for (name, sides) in &document.landmarks {
        for (side, entry) in sides {
            let [x, y, z] = entry.lps_mm;
            let sd = entry.sd_mm.map_or_else(|| "–".into(), |sd| format!("{sd:.1}"));
            let doubt = entry.doubt.as_ref().map_or_else(String::new, |doubt| format!("   {doubt}"));
            println!("{name:<26} {side:<5} {x:>9.2}{y:>9.2}{z:>9.2}   {sd:>6}{doubt}");
        }
    }
    println!("\n{:<26} {:>27}   {:>24}", "frame", "origin, LPS mm", "sd about X, Y, Z (deg)");
    for (name, [x, y, z, _]) in &document.frames {
        let sd =
            document.frame_sd.get(name).map_or_else(|| "–".into(), |sd| sd.rotation_deg.map(|sd| format!("{sd:8.2}")).concat());
        println!("{name:<26} {:>9.2}{:>9.2}{:>9.2}   {sd:>24}", x[3], y[3], z[3]);
    }
    println!();
    for flag in &document.flags {
        println!("note: {}", flag.text);
    }
    println!("{}", crate::DISCLAIMER);
}
