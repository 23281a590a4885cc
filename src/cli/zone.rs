//! `coxa zone`.

use super::{Outcome, hip::Options, segment::Device};
use crate::{
    anatomy::CupAngles,
    files::write_atomically,
    i18n::Texts,
    motion::{Activity, ENOUGH_DEG, FemurChange, PelvicPosture},
    progress::Silent,
    report::{ZonePicture, hold_in_words, name_in, posture_in_words, zone_plot},
    risk::{LEWINNEK_DEG, TargetZone, Variant, ZoneBones, ZoneDevice, ZoneGrid, ZoneHold, ZoneRequest, widmer_anteversion_deg},
};
use serde_json::{Value, json};
use std::{error::Error, io::Write as _, path::PathBuf};

/// Nodes along either side of the picture.
const PICTURE_NODES: usize = 161;
/// Nothing is changed by more, degrees or mm.
const MOST: f64 = 45.0;

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
    /// Leave bones aside, which is quicker.
    #[arg(long)]
    implants_only: bool,
    /// Where it is computed.
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    device: Device,
    #[command(flatten)]
    instead: Instead,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// What the zone is asked for instead of the plan's own parts and places.
#[derive(clap::Args)]
struct Instead {
    /// Another head by its id, of whatever diameter and length; `coxa implants` lists them.
    #[arg(long, value_name = "ID")]
    head: Option<String>,
    /// Another liner by its id; a head of another diameter needs its liner.
    #[arg(long, value_name = "ID")]
    liner: Option<String>,
    /// The liner locked so many of its 12 positions further round, forwards from twelve o'clock.
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-6..=6))]
    liner_positions: i32,
    /// The stem turned in the femur; more anteversion is positive.
    #[arg(long, value_name = "DEG", default_value_t = 0.0, allow_negative_numbers = true)]
    stem_version: f64,
    /// The neck longer, the femur moved along it.
    #[arg(long, value_name = "MM", default_value_t = 0.0, allow_negative_numbers = true)]
    neck_length: f64,
    /// The leg longer, by a stem that is seated less deep.
    #[arg(long, value_name = "MM", default_value_t = 0.0, allow_negative_numbers = true)]
    leg_length: f64,
    /// The femur further lateral, by a stem of higher offset.
    #[arg(long, value_name = "MM", default_value_t = 0.0, allow_negative_numbers = true)]
    offset: f64,
}

impl Instead {
    fn variant(self) -> Result<Variant, Box<dyn Error>> {
        let limits = [
            ("--stem-version", self.stem_version, "°"),
            ("--neck-length", self.neck_length, " mm"),
            ("--leg-length", self.leg_length, " mm"),
            ("--offset", self.offset, " mm"),
        ];
        if let Some((name, value, unit)) = limits.into_iter().find(|(_, value, _)| !(-MOST..=MOST).contains(value)) {
            return Err(format!("{name} is {value}{unit}, expected −{MOST} to {MOST}").into());
        }
        Ok(Variant {
            head: self.head,
            liner: self.liner,
            liner_positions: self.liner_positions,
            femur: FemurChange {
                stem_version_deg: self.stem_version,
                stem_varus_deg: 0.0,
                neck_length_mm: self.neck_length,
                leg_length_mm: self.leg_length,
                offset_mm: self.offset,
            },
        })
    }
}

/// What differs from the plan, in a few words.
fn told(variant: &Variant) -> String {
    let FemurChange { stem_version_deg, neck_length_mm, leg_length_mm, offset_mm, .. } = variant.femur;
    let named = [("--head", &variant.head), ("--liner", &variant.liner)];
    let numbers = [
        ("--liner-positions", f64::from(variant.liner_positions)),
        ("--stem-version", stem_version_deg),
        ("--neck-length", neck_length_mm),
        ("--leg-length", leg_length_mm),
        ("--offset", offset_mm),
    ];
    let named = named.into_iter().filter_map(|(name, id)| id.as_ref().map(|id| format!("{name} {id}")));
    let numbers = numbers.into_iter().filter(|(_, value)| *value != 0.0).map(|(name, value)| format!("{name} {value}"));
    named.chain(numbers).collect::<Vec<_>>().join(", ")
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
    let Arguments { case, options, frame, svg, implants_only, device, instead, json } = arguments;
    let (hip, variant) = (options.hip(&case)?, instead.variant()?);
    let posture = frame.posture();
    let name = posture.map_or("app", PelvicPosture::name);
    let tilt_deg = match posture {
        None => 0.0,
        Some(posture) => hip.spinopelvic.tilt_deg(posture).ok_or_else(|| {
            format!("the tilt of the pelvis {name} is not known: give it with --{name}-tilt (coxa measure prints it)")
        })?,
    };
    let room = hip.room(&variant)?;
    let joint = variant.joint(&room.joint);
    let bones = if implants_only { None } else { room.zone_bones(&variant.femur, &hip.activities)? };
    let cup = joint.cup.tilted_posteriorly(tilt_deg);
    let grid = ZoneGrid::holding(&cup);
    let request = ZoneRequest { activities: &hip.activities, joint: &joint, tilt_deg, grid, bones: bones.as_ref() };
    let worker = ZoneDevice::open(device.into())?;
    let (zone, device) = worker.zone(&request, &Silent)?;
    let planned = request.at(&joint.cup)?;
    let changed = variant.plan(&hip.plan, &hip.catalogue)?;
    let hold = ZoneHold::of(&changed.chosen(&hip.catalogue)?.bearing(), &cup, &zone.best().0);
    let texts = Texts::new(options.language);
    let frame_name = texts.get(&format!("zone-frame-{name}"));
    if let Some(path) = &svg {
        // Finer than the numbers, so that lines are smooth where two activities meet.
        let fine = ZoneGrid { nodes: [PICTURE_NODES; 2], ..grid };
        let fine = worker.zone(&ZoneRequest { grid: fine, ..request }, &Silent)?.0;
        let picture = ZonePicture {
            zone: &fine,
            activities: &hip.activities,
            plan: (cup, planned.margin_deg),
            neck_anteversion_deg: joint.neck.anteversion_deg,
            bones: bones.is_some(),
            frame: &frame_name,
        };
        write_atomically(path, |file| file.write_all(zone_plot(&picture, &texts).as_bytes()))
            .map_err(|error| format!("{} cannot be written: {error}; check permissions and free space", path.display()))?;
    }
    if json {
        let mut value = hip.head();
        value["zone"] = document(&zone, &cup, joint.neck.anteversion_deg, name);
        value["device"] = json!(device);
        value["plan_margin_deg"] = json!(planned.margin_deg);
        value["plan_binding"] = json!(hip.activities[planned.activity].id);
        value["plan_couple"] = json!(planned.couple);
        value["jump_distance"] = json!({ "hold": hold, "most_room_costs_hold": hold.most_room_costs_hold() });
        value["bones"] = json!(bones.is_some());
        value["bone_least"] = bones.as_ref().map_or(Value::Null, |bones| {
            let of = |(activity, least)| json!({ "activity": activity, "least": least });
            hip.activities.iter().map(|activity| &activity.id).zip(&bones.least).map(of).collect()
        });
        value["instead"] = json!(told(&variant));
        value["scope"] = json!(Texts::new(crate::i18n::Language::English).get("activity-scope"));
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(());
    }
    let mut lines = hip.lines(&texts);
    lines.push(texts.with("zone-frame", &[("frame", &frame_name)]));
    lines.push(texts.with("zone-device", &[("device", &device)]));
    let number = |value: f64| format!("{value:.1}");
    if variant != Variant::default() {
        lines.push(texts.with("zone-variant", &[("what", &told(&variant))]));
    }
    let plan = [number(cup.inclination_deg), number(cup.anteversion_deg), number(planned.margin_deg)];
    lines.push(texts.with("zone-plan", &[("inclination", &plan[0]), ("anteversion", &plan[1]), ("margin", &plan[2])]));
    let area = [number(zone.area_percent(0.0)), number(zone.area_percent(5.0))];
    lines.push(texts.with("zone-area", &[("percent", &area[0]), ("percent5", &area[1])]));
    let (best, margin) = zone.best();
    let best = [number(best.inclination_deg), number(best.anteversion_deg), number(margin)];
    lines.push(texts.with("zone-best", &[("inclination", &best[0]), ("anteversion", &best[1]), ("margin", &best[2])]));
    lines.extend(hold_in_words(&hold, &texts));
    lines.push(texts.get("zone-binding"));
    for (id, share) in zone.binding_shares() {
        let name = hip.activities.iter().find(|activity| activity.id == id).map_or(id, |a| name_in(&a.name, &texts));
        lines.push(format!("  {share:>5.1} %  {name}"));
    }
    lines.push(texts.get("zone-couples"));
    lines
        .extend(zone.couple_shares().into_iter().map(|(couple, share)| format!("  {share:>5.1} %  {}", texts.get(couple.key()))));
    lines.extend(bone_lines(bones.as_ref(), &hip.activities, &texts));
    lines.extend(["activity-scope", "disclaimer"].map(|key| texts.get(key)));
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// What bones leave wherever the cup looks, and whether they were counted.
fn bone_lines(bones: Option<&ZoneBones>, activities: &[Activity], texts: &Texts) -> Vec<String> {
    let Some(bones) = bones else { return vec![texts.get("zone-no-bones")] };
    let said = match bones.least_of_all() {
        Some((index, least)) => {
            let (couple, pose) = (texts.get(least.couple.key()), posture_in_words(&least.posture, texts));
            let (margin, activity) = (format!("{:.1}", least.margin_deg), name_in(&activities[index].name, texts));
            let values = [("margin", margin.as_str()), ("couple", &couple), ("activity", activity), ("pose", &pose)];
            texts.with("zone-bone-least", &values)
        }
        None => texts.with("zone-bone-far", &[("margin", &format!("{ENOUGH_DEG:.0}"))]),
    };
    vec![said, texts.get("zone-bones")]
}

fn document(zone: &TargetZone, cup: &CupAngles, neck_anteversion_deg: f64, frame: &str) -> Value {
    let lines = |level: f64| -> Vec<Vec<[f64; 2]>> {
        let contours = zone.contours(level);
        contours.iter().map(|line| line.iter().map(|c| [c.inclination_deg, c.anteversion_deg]).collect()).collect()
    };
    let (best, margin) = zone.best();
    let contours = [0.0, 5.0, 10.0].map(|level| json!({ "margin_deg": level, "lines": lines(level) }));
    let couples = zone.couple_shares().into_iter().map(|(couple, share)| json!({ "couple": couple, "percent": share }));
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
        "couples": couples.collect::<Vec<_>>(),
        "contours": contours,
        "grid": zone.grid,
        "activities": zone.activities,
        "margins_deg": zone.margins_deg,
        "binding_at_nodes": zone.binding,
        "couple_at_nodes": zone.couples,
    })
}
