//! `coxa rom CASE --surface`: what a planned hip can reach, as numbers, as pictures of planes, or as a shape.

use super::{
    Outcome,
    hip::{Hip, Options},
};
use crate::{
    files::write_atomically,
    i18n::Texts,
    motion::{Activity, FemurChange, FreeHip, Motion, Posture, PostureBox, RomSurface},
    report::{SurfacePicture, surface_plot},
    risk::Variant,
    surface::io::{ending, stl},
};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// What the header of an STL says of its axes, which are no millimetres.
const STL_NOTE: &str = "degrees: flexion, adduction, internal rotation. Coxa, not a medical device";
const STL_HEADER: usize = 80;

/// Arguments of the surface.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write what can be reached over flexion, adduction and rotation: margins as .json, planes as .svg, or a closed surface in degrees as .stl.
    #[arg(long, value_name = "FILE", requires = "case")]
    pub surface: Option<PathBuf>,
    /// Postures are so far apart; half as far near a limit.
    #[arg(long, value_name = "DEG", default_value_t = RomSurface::STEP_DEG, requires = "surface")]
    surface_step: f64,
    /// Adduction of the plane of flexion and rotation.
    #[arg(long, value_name = "DEG", default_value_t = 0.0, allow_negative_numbers = true, requires = "surface")]
    at_adduction: f64,
    /// Internal rotation of the plane of flexion and adduction.
    #[arg(long, value_name = "DEG", default_value_t = 0.0, allow_negative_numbers = true, requires = "surface")]
    at_rotation: f64,
    /// Flexion of the plane of rotation and adduction.
    #[arg(long, value_name = "DEG", default_value_t = 90.0, allow_negative_numbers = true, requires = "surface")]
    at_flexion: f64,
}

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Svg,
    Stl,
}

impl Form {
    fn of(path: &Path) -> Result<Self, String> {
        match ending(path).as_str() {
            "json" => Ok(Self::Json),
            "svg" => Ok(Self::Svg),
            "stl" => Ok(Self::Stl),
            other => Err(format!("{}: a surface of motion ends in .json, .svg or .stl, found '.{other}'", path.display())),
        }
    }
}

/// Writes the surface of a case's plan.
pub fn run(arguments: &Arguments, path: &Path, case: &Path, options: &Options, implants_only: bool, as_json: bool) -> Outcome {
    let form = Form::of(path)?;
    let postures = PostureBox::default();
    let at = [arguments.at_adduction, arguments.at_rotation, arguments.at_flexion];
    let spans = [postures.adduction_deg, postures.internal_rotation_deg, postures.flexion_deg];
    for ((name, value), [from, to]) in ["--at-adduction", "--at-rotation", "--at-flexion"].iter().zip(at).zip(spans) {
        if !(from..=to).contains(&value) {
            return Err(format!("{name} is {value}°, expected {from} to {to}").into());
        }
    }
    let hip = options.hip(case)?;
    let room = hip.room(&Variant::default())?;
    let moving = room.bones.as_ref().filter(|_| !implants_only).map(|bones| bones.moving(&FemurChange::default()));
    let bones = room.bones.as_ref().zip(moving.as_ref()).map(|(bones, moving)| (bones, moving, &room.reach));
    let free = FreeHip { joint: &room.joint, bones };
    let surface = RomSurface::of(&free, &postures, arguments.surface_step)?;
    let texts = Texts::new(options.language);
    let bytes = match form {
        Form::Json => serde_json::to_vec(&document(&hip, &surface, &postures, &free))?,
        Form::Svg => picture(&hip, &surface, &postures, &free, at, options, &texts)?.into_bytes(),
        Form::Stl => {
            let mut bytes = stl::to_bytes(&surface.mesh(), path)?;
            bytes[..STL_HEADER].fill(b' ');
            bytes[..STL_NOTE.len()].copy_from_slice(STL_NOTE.as_bytes());
            bytes
        }
    };
    write_atomically(path, |file| file.write_all(&bytes))
        .map_err(|error| format!("{} cannot be written: {error}; check permissions and free space", path.display()))?;
    if as_json {
        let mut told = hip.head();
        told["surface"] = summary(&surface, &postures, &free);
        told["written"] = json!(path);
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(());
    }
    lines(&hip, &surface, &postures, path, free.bones.is_some(), &texts).iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn lines(hip: &Hip, surface: &RomSurface, postures: &PostureBox, path: &Path, bones: bool, texts: &Texts) -> Vec<String> {
    let mut lines = hip.lines(texts);
    let written = [
        ("path", path.display().to_string()),
        ("nodes", surface.margins_deg().len().to_string()),
        ("asked", surface.asked().to_string()),
        ("resolution", surface.resolution_deg().to_string()),
    ];
    lines.push(texts.with("reach-written", &written.each_ref().map(|(name, value)| (*name, value.as_str()))));
    if surface.reachable().contains(&true) {
        let percent = format!("{:.1}", 100.0 * surface.covered(&PostureBox::HIPNAV));
        lines.push(texts.with("reach-covered", &[("percent", &percent)]));
    } else {
        lines.push(texts.get("reach-blocked"));
    }
    let span = |[from, to]: [f64; 2]| format!("{from}° … {to}°");
    let spans = [
        ("flexion", span(postures.flexion_deg)),
        ("adduction", span(postures.adduction_deg)),
        ("rotation", span(postures.internal_rotation_deg)),
    ];
    lines.push(texts.with("reach-box", &spans.each_ref().map(|(name, value)| (*name, value.as_str()))));
    let counted = if bones { "zone-bones" } else { "zone-no-bones" };
    lines.extend([counted, "activity-scope", "disclaimer"].map(|key| texts.get(key)));
    lines
}

fn picture(
    hip: &Hip,
    surface: &RomSurface,
    postures: &PostureBox,
    free: &FreeHip<'_>,
    at: [f64; 3],
    options: &Options,
    texts: &Texts,
) -> Result<String, Box<dyn std::error::Error>> {
    let passive: Vec<Posture> =
        Motion::ALL.into_iter().filter_map(|motion| free.passive_limit(motion).map(|(limit, _)| motion.posture(limit))).collect();
    let examined = Activity::named(&options.all_activities()?, &["passive".into()])?;
    let asked: Vec<Posture> =
        examined.iter().filter_map(|activity| activity.demand.keyframes().last().map(|keyframe| keyframe.posture())).collect();
    let side = texts.side(hip.plan.side);
    let bones = free.bones.is_some();
    Ok(surface_plot(&SurfacePicture { surface, postures, at, passive: &passive, asked: &asked, side: &side, bones }, texts))
}

/// What is told of a surface besides its margins.
fn summary(surface: &RomSurface, postures: &PostureBox, free: &FreeHip<'_>) -> Value {
    let passive = Motion::ALL.map(|motion| {
        let limit = free.passive_limit(motion);
        json!({ "motion": motion.short_name(), "limit_deg": limit.map(|(limit, _)| limit), "couple": limit.map(|(_, couple)| couple) })
    });
    json!({
        "bones": free.bones.is_some(),
        "postures": postures,
        "nodes": surface.nodes(),
        "asked": surface.asked(),
        "resolution_deg": surface.resolution_deg(),
        "enough_deg": surface.enough_deg(),
        "reachable_share_of_hipnav_box": surface.covered(&PostureBox::HIPNAV),
        "reachable_share_of_postures": surface.covered(postures),
        "passive_limits": passive,
        "scope": Texts::new(crate::i18n::Language::English).get("activity-scope"),
    })
}

fn document(hip: &Hip, surface: &RomSurface, postures: &PostureBox, free: &FreeHip<'_>) -> Value {
    let mut value = hip.head();
    value["surface"] = summary(surface, postures, free);
    let rounded = |margin: f64| (margin * 100.0).round() / 100.0;
    value["order"] = json!("flexion fastest, then adduction, then internal rotation");
    value["signed_margins_deg"] = (0..surface.margins_deg().len()).map(|index| rounded(surface.signed_deg(index))).collect();
    let kinds = surface.couples().iter().map(|couple| *couple as u8);
    value["couples"] = kinds.collect();
    value["couple_names"] = json!({ "0": "implant on implant", "1": "implant on bone", "2": "bone on bone" });
    value
}
