//! `coxa plan`.

use super::{Bar, Outcome};
use crate::{
    anatomy::Finding,
    frames::Side,
    i18n::{Language, Texts},
    implants::PartKind,
    pipeline::{PlanRequest, PlannedCase, StageTime, plan_again, plan_case},
    plan::{Centre, OsteotomyChoice, PlanSettings, Restore},
    report::{runners_up, side_by_side},
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Arguments of `coxa plan`.
#[derive(clap::Args)]
pub struct Arguments {
    /// DICOM folder, zip or NIfTI file; or a case, which is planned again from its labels and landmarks as they are now.
    #[arg(required_unless_present = "suite")]
    source: Option<PathBuf>,
    /// The hip to plan. A case knows its own.
    #[arg(long, value_name = "left|right")]
    side: Option<Side>,
    /// The case folder to write. A case that is planned again gets a new plan beside the older ones.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Which series, when the source holds several: its number in the list, or the beginning of its SeriesInstanceUID.
    #[arg(long)]
    series: Option<String>,
    /// Labels made elsewhere: a NIfTI file on the CT's grid with Coxa's label ids.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// What leg length and offset are made like: as-scanned, other-side, or their changes in mm such as 5,-2.
    #[arg(long, value_name = "AIM", allow_hyphen_values = true)]
    aim: Option<Restore>,
    /// Where the cup's centre may be: automatic, true-socket or high.
    #[arg(long, value_name = "CENTRE")]
    centre: Option<Centre>,
    /// How the femur is cut below the lesser trochanter: automatic, never, shorten:LEVEL,LENGTH[,ROTATION] (mm, mm, degrees outwards) or
    /// correct:LEVEL,VALGUS[,FLEXION[,ROTATION[,HINGE]]]; behind it @oblique:TILT,TOWARDS or @step:HEIGHT,TOWARDS.
    #[arg(long, value_name = "OSTEOTOMY")]
    osteotomy: Option<OsteotomyChoice>,
    /// What the plan aims at and what each departure weighs, instead of the settings that ship with Coxa.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The implant library to plan with, instead of the one that ships with Coxa: a library, one family, or a catalogue of one file.
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// A family of cups to choose from, instead of the library's usual one (see coxa implants list).
    #[arg(long, value_name = "FAMILY")]
    cup_family: Vec<String>,
    /// A family of liners, instead of the cup's usual one.
    #[arg(long, value_name = "FAMILY")]
    liner_family: Vec<String>,
    /// A family of heads.
    #[arg(long, value_name = "FAMILY")]
    head_family: Vec<String>,
    /// A family of stems.
    #[arg(long, value_name = "FAMILY")]
    stem_family: Vec<String>,
    /// Plan a cohort of synthetic patients twice, on their true bones and on those segmented from their CT, and print how alike the plans are.
    #[arg(long, conflicts_with_all = ["source", "side", "out", "series", "labels", "accept_doubtful"])]
    suite: bool,
    /// With --suite: how many patients.
    #[arg(long, default_value_t = 200, requires = "suite")]
    patients: u64,
    /// With --suite: where each patient's result is kept as it ends, a line each; those that the file holds are not planned again.
    #[arg(long, value_name = "FILE", requires = "suite")]
    keep: Option<PathBuf>,
    /// Plan although the labels are so doubtful that Coxa would rather not; someone has looked at them.
    #[arg(long)]
    accept_doubtful: bool,
    /// Where the network runs.
    #[cfg(feature = "neural")]
    #[arg(long, value_enum, default_value_t = super::segment::Device::Auto)]
    device: super::segment::Device,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let mut settings = arguments.settings.as_deref().map_or_else(PlanSettings::shipped, PlanSettings::load)?;
    settings.restore = arguments.aim.unwrap_or(settings.restore);
    settings.catalogue = arguments.catalogue.clone().or(settings.catalogue);
    name_families(&arguments, &mut settings)?;
    settings.centre = arguments.centre.unwrap_or(settings.centre);
    settings.osteotomy = arguments.osteotomy.unwrap_or(settings.osteotomy);
    settings.refuse_nonsense()?;
    let Some(source) = arguments.source.clone() else {
        #[cfg(feature = "neural")]
        let device = arguments.device;
        #[cfg(not(feature = "neural"))]
        let device = super::segment::Device::Auto;
        return super::suite::run(arguments.patients, arguments.keep.as_deref(), &settings, device, arguments.json);
    };
    let bar = Bar::new();
    let (json, mut times) = (arguments.json, Vec::new());
    let mut told = |time: &StageTime| {
        if !json {
            bar.above(|| println!("{}", line(time)));
        }
        times.push(time.clone());
    };
    let planned = if source.join("case.ron").is_file() {
        refuse_for_a_case(&arguments, &source)?;
        plan_again(&source, &settings, &bar, &mut told)?
    } else {
        plan_case(&request(arguments, source, settings)?, &bar, &mut told)?
    };
    if json {
        print_json(&planned, &times)?
    } else {
        print_text(&planned)
    }
    Ok(())
}

/// Families named on the command line come before those of the settings; each must be of the kind that it is named as.
fn name_families(arguments: &Arguments, settings: &mut PlanSettings) -> Outcome {
    let named = [
        (PartKind::Cup, &arguments.cup_family),
        (PartKind::Liner, &arguments.liner_family),
        (PartKind::Head, &arguments.head_family),
        (PartKind::Stem, &arguments.stem_family),
    ];
    if named.iter().all(|(_, families)| families.is_empty()) {
        return Ok(());
    }
    let library = settings.library()?;
    let kind = |id: &String| library.family(id).map(|family| family.kind);
    for (wanted, families) in named {
        if families.is_empty() {
            continue;
        }
        if let Some(other) = families.iter().find(|id| kind(id) != Some(wanted)) {
            let there = library.families.iter().filter(|family| family.kind == wanted).map(|family| family.id.as_str());
            let (title, there) = (library.title(), there.collect::<Vec<_>>().join(", "));
            return Err(format!("the library {title} has no {} family '{other}'; it has {there}", wanted.noun()).into());
        }
        settings.families.retain(|id| kind(id) != Some(wanted));
        settings.families.extend(families.iter().cloned());
    }
    Ok(())
}

fn request(arguments: Arguments, source: PathBuf, settings: PlanSettings) -> Result<PlanRequest, String> {
    let missing =
        |option| format!("to plan a scan, {option} is needed as well; only a case is planned without (see coxa plan --help)");
    Ok(PlanRequest {
        source,
        series: arguments.series,
        side: arguments.side.ok_or_else(|| missing("--side left or --side right"))?,
        case: arguments.out.ok_or_else(|| missing("--out FOLDER"))?,
        labels: arguments.labels,
        settings,
        accept_doubtful: arguments.accept_doubtful,
        #[cfg(feature = "neural")]
        device: arguments.device.into(),
    })
}

/// What would be passed over is refused.
fn refuse_for_a_case(arguments: &Arguments, source: &Path) -> Result<(), String> {
    let given = [
        ("--side", arguments.side.is_some()),
        ("--out", arguments.out.is_some()),
        ("--series", arguments.series.is_some()),
        ("--labels", arguments.labels.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(format!(
            "{} is a case: it is planned again for its own hip from what it holds, so that {option} cannot be given; to make another case, \
             name its volume.nii.gz instead",
            source.display()
        )),
        None => Ok(()),
    }
}

/// A stage's line: name, seconds, what it found.
pub(super) fn line(time: &StageTime) -> String {
    format!("{:<8} {:>6.1} s  {}", time.stage, time.seconds, time.note)
}

/// Most memory the process has held at once, MiB; known on Linux only.
fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

pub(super) fn print_text(planned: &PlannedCase) {
    let angles = planned.plan.cup.angles(&planned.anatomy.pelvis.app, planned.plan.side);
    println!("case {} · {} hip", planned.pseudonym, planned.plan.side);
    let liner = planned.plan.cup.liner.as_ref().map_or_else(String::new, |liner| format!(" with {}", liner.liner));
    println!(
        "cup {}{liner} at {:.1}° inclination / {:.1}° anteversion (radiographic, anterior pelvic plane)",
        planned.plan.cup.cup, angles.inclination_deg, angles.anteversion_deg
    );
    if let Some(stem) = &planned.plan.stem {
        let estimate = if stem.estimated { " (an estimate, see below)" } else { "" };
        println!("stem {} with {}{estimate}", stem.stem, stem.head);
    }
    if let (Some(length), Some(offset)) = (planned.plan.leg_length_change_mm, planned.plan.offset_change_mm) {
        println!("leg length {length:+.1} mm, global offset {offset:+.1} mm against the scan");
    }
    for [name, first, second] in side_by_side(&planned.plan, &Texts::new(Language::English)) {
        println!("{name:<44}  {first:<28}  {second}");
    }
    for finding in findings(planned) {
        println!("note: {}", finding.text);
    }
    for sentence in runners_up(&planned.plan, &Texts::new(Language::English)) {
        println!("next best: {sentence}");
    }
    if let Some(mib) = peak_memory_mib() {
        println!("peak memory {mib} MiB");
    }
    println!("written to {}; open report.html there, or run: coxa view {}", planned.case.display(), planned.case.display());
    println!("{}", crate::DISCLAIMER);
}

fn findings(planned: &PlannedCase) -> impl Iterator<Item = &Finding> {
    planned.anatomy.findings.iter().chain(&planned.plan.findings).chain(&planned.assessment.findings)
}

fn print_json(planned: &PlannedCase, times: &[StageTime]) -> Outcome {
    let angles = planned.plan.cup.angles(&planned.anatomy.pelvis.app, planned.plan.side);
    let value = json!({
        "case": planned.case,
        "pseudonym": planned.pseudonym,
        "side": planned.plan.side.to_string(),
        "cup": {
            "id": planned.plan.cup.cup,
            "liner": planned.plan.cup.liner.as_ref().map(|liner| &liner.liner),
            "radiographic_inclination_deg": angles.inclination_deg,
            "radiographic_anteversion_deg": angles.anteversion_deg,
            "centre_lps_mm": planned.plan.cup.centre,
        },
        "stem": planned.plan.stem.as_ref().map(|stem| json!({ "id": stem.stem, "head": stem.head, "estimated": stem.estimated })),
        "leg_length_change_mm": planned.plan.leg_length_change_mm,
        "offset_change_mm": planned.plan.offset_change_mm,
        "deformity": planned.plan.deformity,
        "judged_by": planned.plan.terms,
        "runners_up": planned.plan.runners_up,
        "range_of_motion": planned.rom,
        "assessment": planned.assessment,
        "findings": findings(planned).collect::<Vec<_>>(),
        "stages": times.iter().map(|time| json!({ "stage": time.stage, "seconds": time.seconds, "note": time.note })).collect::<Vec<_>>(),
        "peak_memory_mib": peak_memory_mib(),
        "disclaimer": crate::DISCLAIMER,
    });
    println!("{}", serde_json::to_string_pretty(&value)?);
    Ok(())
}
