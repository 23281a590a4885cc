//! `coxa zone`.

use super::{Outcome, hip::Options};
use crate::{
    anatomy::CupAngles,
    files::write_atomically,
    i18n::Texts,
    motion::{PelvicPosture, activity::margins},
    report::{ZonePicture, name_in, zone_plot},
    risk::{LEWINNEK_DEG, TargetZone, ZoneGrid, widmer_anteversion_deg},
};
use serde_json::{Value, json};
use std::{io::Write as _, path::PathBuf};

/// Nodes along either side of the picture.
const PICTURE_NODES: usize = 161;

/// Arguments of `coxa zone`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A case.
    case: PathBuf,
    #[command(flatten)]
    options: Options,
    /// Frame in which inclination and anteversion are counted.
    #[arg(long, value_enum, default_value_t = Frame::App)]
    frame: Frame,
    /// The picture to write (SVG).
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Frame {
    /// The anterior pelvic plane.
    App,
    /// The pelvis as scanned.
    Supine,
    /// The pelvis standing (--standing-tilt).
    Standing,
    /// The pelvis sitting (--sitting-tilt, or --standing-tilt and --standing-ss and --sitting-ss).
    Sitting,
}

impl Frame {
    const fn posture(self) -> Option<PelvicPosture> {
        match self {
            Self::App => None,
            Self::Supine => Some(PelvicPosture::Supine),
            Self::Standing => Some(PelvicPosture::Standing),
            Self::Sitting => Some(PelvicPosture::Sitting),
        }
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { case, options, frame, svg, json } = arguments;
    let hip = options.hip(&case)?;
    let posture = frame.posture();
    let name = posture.map_or("app", PelvicPosture::name);
    let tilt_deg = match posture {
        None => 0.0,
        Some(posture) => hip.spinopelvic.tilt_deg(posture).ok_or_else(|| {
            format!("the tilt of the pelvis {name} is not known: give it with --{name}-tilt (coxa measure prints it)")
        })?,
    };
    let cup = hip.case.cup.tilted_posteriorly(tilt_deg);
    let grid = ZoneGrid::holding(&cup);
    let zone = TargetZone::new(&hip.activities, &hip.case.neck, hip.case.oscillation_deg, tilt_deg, grid)?;
    let planned = margins(&hip.activities, &hip.case, None)?;
    let least = planned.iter().min_by(|a, b| a.margin_deg.total_cmp(&b.margin_deg)).ok_or("no activity was named")?;
    let texts = Texts::new(options.language);
    let frame_name = texts.get(&format!("zone-frame-{name}"));
    if let Some(path) = &svg {
        // Finer than the numbers, so that lines are smooth where two activities meet.
        let fine = ZoneGrid { nodes: [PICTURE_NODES; 2], ..grid };
        let fine = TargetZone::new(&hip.activities, &hip.case.neck, hip.case.oscillation_deg, tilt_deg, fine)?;
        let picture = ZonePicture {
            zone: &fine,
            activities: &hip.activities,
            plan: (cup, least.margin_deg),
            neck_anteversion_deg: hip.case.neck.anteversion_deg,
            frame: &frame_name,
        };
        write_atomically(path, |file| file.write_all(zone_plot(&picture, &texts).as_bytes()))
            .map_err(|error| format!("{} cannot be written: {error}; check permissions and free space", path.display()))?;
    }
    if json {
        let mut value = hip.head();
        value["zone"] = document(&zone, &cup, hip.case.neck.anteversion_deg, name);
        value["plan_margin_deg"] = json!(least.margin_deg);
        value["plan_binding"] = json!(least.activity);
        value["scope"] = json!(Texts::new(crate::i18n::Language::English).get("activity-scope"));
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    let mut lines = hip.lines(&texts);
    lines.push(texts.with("zone-frame", &[("frame", &frame_name)]));
    let number = |value: f64| format!("{value:.1}");
    let plan = [number(cup.inclination_deg), number(cup.anteversion_deg), number(least.margin_deg)];
    lines.push(texts.with("zone-plan", &[("inclination", &plan[0]), ("anteversion", &plan[1]), ("margin", &plan[2])]));
    let area = [number(zone.area_percent(0.0)), number(zone.area_percent(5.0))];
    lines.push(texts.with("zone-area", &[("percent", &area[0]), ("percent5", &area[1])]));
    let (best, margin) = zone.best();
    let best = [number(best.inclination_deg), number(best.anteversion_deg), number(margin)];
    lines.push(texts.with("zone-best", &[("inclination", &best[0]), ("anteversion", &best[1]), ("margin", &best[2])]));
    lines.push(texts.get("zone-binding"));
    for (id, share) in zone.binding_shares() {
        let name = hip.activities.iter().find(|activity| activity.id == id).map_or(id, |a| name_in(&a.name, &texts));
        lines.push(format!("  {share:>5.1} %  {name}"));
    }
    lines.extend(["activity-scope", "disclaimer"].map(|key| texts.get(key)));
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn document(zone: &TargetZone, cup: &CupAngles, neck_anteversion_deg: f64, frame: &str) -> Value {
    let lines = |level: f64| -> Vec<Vec<[f64; 2]>> {
        let contours = zone.contours(level);
        contours.iter().map(|line| line.iter().map(|c| [c.inclination_deg, c.anteversion_deg]).collect()).collect()
    };
    let (best, margin) = zone.best();
    let contours = [0.0, 5.0, 10.0].map(|level| json!({ "margin_deg": level, "lines": lines(level) }));
    let binding = zone.binding_shares().into_iter().map(|(id, share)| json!({ "activity": id, "percent": share }));
    json!({
        "frame": frame,
        "tilt_deg": zone.tilt_deg,
        "plan": { "inclination_deg": cup.inclination_deg, "anteversion_deg": cup.anteversion_deg },
        "best": { "inclination_deg": best.inclination_deg, "anteversion_deg": best.anteversion_deg, "margin_deg": margin },
        "area_percent": zone.area_percent(0.0),
        "area_percent_with_5_deg": zone.area_percent(5.0),
        "nodes_percent": zone.nodes_percent(0.0),
        "lewinnek_deg": LEWINNEK_DEG,
        "widmer_anteversion_deg": widmer_anteversion_deg(neck_anteversion_deg),
        "binding": binding.collect::<Vec<_>>(),
        "contours": contours,
        "grid": zone.grid,
        "activities": zone.activities,
        "margins_deg": zone.margins_deg,
        "binding_at_nodes": zone.binding,
    })
}
