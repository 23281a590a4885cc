//! `coxa dislocate`.

use super::{
    Outcome,
    dislocate_told::{Told, document, lines},
    hip::{Hip, Options},
};
use crate::{
    files::{refuse_used_folder, write_folder},
    i18n::Texts,
    labels::Label,
    mesh::TriMesh,
    motion::{ImpingementEngine, PelvicPosture, RomScene},
    plan::{ImplantPart, placed},
    report::{Paint, PictureSource, rehearsal_frame},
    risk::{
        dislocation::{Rehearsal, RehearsalError, RehearsalHip, SoftTissue, Step, driven_on, stations},
        head_offset_mm, jump_distance_mm, jump_distance_of,
    },
};
use nalgebra::{Unit, Vector3};
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Other names of activities.
const ALIASES: [(&str, &str); 2] = [("low-chair", "rise-low-seat"), ("chair", "rise-chair")];
/// Directions over the rim in which the shortest way out is searched.
const DIRECTIONS: u32 = 36;
/// Bones are looked at every so many steps of 0.25°.
const BONE_STEPS: usize = 4;
/// Most pictures of one rehearsal.
const FRAMES: usize = 120;
const FRAMES_A_SECOND: u32 = 25;

/// Arguments of `coxa dislocate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A case.
    case: PathBuf,
    /// What is done, by id; `coxa rom --list` names the activities. low-chair is rise-low-seat.
    #[arg(long, default_value = "low-chair")]
    activity: String,
    /// Approach whose releases are not repaired: posterior, lateral, anterior; without it all soft tissue holds.
    #[arg(long)]
    approach: Option<String>,
    /// Ligaments and muscles that are released besides, by id, commas between them (ischiofemoral, piriformis, …).
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    release: Vec<String>,
    /// Body weight, kg; assumed where it is not given.
    #[arg(long, value_name = "KG", default_value_t = 75.0)]
    weight: f64,
    /// Capsule, muscles and loads, instead of those that ship with Coxa.
    #[arg(long, value_name = "FILE")]
    soft_tissue: Option<PathBuf>,
    /// Also write pictures: into a new folder, or as a video where the name ends in .mp4 and ffmpeg is installed.
    #[arg(long, value_name = "FOLDER|FILE.mp4")]
    video: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { case, activity, approach, release, weight, soft_tissue, video, options, json } = arguments;
    video.as_deref().map(film_possible).transpose()?;
    let wanted = ALIASES.iter().find(|(alias, _)| *alias == activity).map_or(activity.as_str(), |(_, id)| id);
    let hip = options.hip_doing(&case, &[wanted.to_owned()])?;
    let [activity] = &hip.activities[..] else {
        return Err(format!("'{wanted}' names {} activities; name one", hip.activities.len()).into());
    };
    let texts = Texts::new(options.language);
    let refused = |error: RehearsalError| texts.say(&error);
    let tissue = soft_tissue.as_deref().map_or_else(SoftTissue::shipped, SoftTissue::load_file).map_err(refused)?;
    let holding = tissue.holding(approach.as_deref(), &release).map_err(refused)?;
    let load = tissue.load_of(&activity.id).ok_or("the soft tissue settings have no load for this activity")?;
    let rehearsed =
        RehearsalHip::of_plan(&hip.plan, &hip.catalogue, &hip.anatomy, &tissue, &holding, load, weight).map_err(refused)?;
    let path = stations(activity).map_err(refused)?;
    let on = driven_on(&rehearsed, &path);
    let (within, further) = rayon::join(|| Rehearsal::of(&rehearsed, &path), || Rehearsal::of(&rehearsed, &on));
    let told = Told {
        activity,
        approach: approach.as_deref().and_then(|id| tissue.approaches.iter().find(|approach| approach.id == id)),
        tissue: &tissue,
        holding: &holding,
        load,
        weight_kg: weight,
        bones: bones(&hip, [&within, &further])?,
        jumps: jumps(&hip, &rehearsed),
        weakest: weakest(&rehearsed),
        physics: physics(&rehearsed, &on),
        within: &within,
        further: &further,
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&document(&hip, &told))?);
    } else {
        lines(&hip, &told, &options.language).iter().for_each(|line| println!("{line}"));
    }
    if let Some(place) = video {
        let words = ["dislocate-assumed", "disclaimer"].map(|key| texts.get(key));
        film(&place, &hip, &further, &words)?;
    }
    Ok(())
}

/// At which steps of either motion bone meets first, to a degree: from there on the lever lies there. The head is taken to be in its seat.
fn bones(hip: &Hip, motions: [&Rehearsal; 2]) -> Result<[Option<usize>; 2], Box<dyn Error>> {
    let bones = hip.folder.read_bones()?;
    let Some(scene) = RomScene::of_plan(&hip.plan, &hip.catalogue, &hip.anatomy, &bones)? else { return Ok([None; 2]) };
    let engine = ImpingementEngine::new(&scene)?;
    let meets = |step: &Step| engine.query(&step.posture).bone_clearance_mm.is_some_and(|room| room < 0.0);
    Ok(motions.map(|found| (0..found.steps.len()).step_by(BONE_STEPS).find(|index| meets(&found.steps[*index]))))
}

/// Jump distance laterally under a vertical load in each posture whose tilt is known, mm: by the closed form, and over the liner's own rim.
fn jumps(hip: &Hip, rehearsed: &RehearsalHip) -> Vec<(PelvicPosture, f64, Option<f64>)> {
    let bearing = &rehearsed.bearing;
    let of = |posture: PelvicPosture| {
        let tilt = hip.spinopelvic.tilt_deg(posture)?;
        let cup = hip.spinopelvic.functional_cup(&hip.case.cup, posture)?;
        let closed = jump_distance_mm(bearing.diameter_mm, &cup, head_offset_mm(bearing))?;
        let turn = nalgebra::Rotation3::from_axis_angle(&Vector3::z_axis(), tilt.to_radians()) * rehearsed.cup_turn;
        Some((posture, closed, jump_distance_of(bearing, &turn, &Vector3::y_axis(), &Vector3::z())))
    };
    [PelvicPosture::Supine, PelvicPosture::Standing, PelvicPosture::Sitting].into_iter().filter_map(of).collect()
}

/// The shortest way out under the activity's load, mm, and its direction in the pelvic frame of a right hip.
fn weakest(hip: &RehearsalHip) -> Option<(f64, Vector3<f64>)> {
    let (axis, load) = (hip.cup_axis(), Unit::try_new(hip.load, 1e-9)?);
    let across = axis.cross(&if axis.x.abs() < 0.7 { Vector3::x() } else { Vector3::y() }).normalize();
    let beside = axis.cross(&across);
    let way = |step: u32| {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(step) / f64::from(DIRECTIONS)).sin_cos();
        let towards = across * cos + beside * sin;
        Some((jump_distance_of(&hip.bearing, &hip.cup_turn, &load, &towards)?, towards))
    };
    let found: Vec<_> = (0..DIRECTIONS).into_par_iter().filter_map(way).collect();
    found.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))
}

/// What the rigid bodies of the window's engine make of the same motion.
#[cfg(feature = "app")]
fn physics(hip: &RehearsalHip, path: &[crate::risk::dislocation::Station]) -> Result<super::dislocate_told::Physics, String> {
    let replay = crate::app::physics::rehearsal::replay(hip, path).ok_or("the physics engine refused a shape")?;
    let out_deg = replay.out.map(|out| {
        let turns = path[..=out].windows(2).map(|pair| crate::frames::angle_between(&pair[0].turn, &pair[1].turn).to_degrees());
        turns.sum()
    });
    Ok(super::dislocate_told::Physics { heads_mm: replay.heads_mm, out_deg, sha256: replay.sha256 })
}

#[cfg(not(feature = "app"))]
fn physics(_: &RehearsalHip, _: &[crate::risk::dislocation::Station]) -> Result<super::dislocate_told::Physics, String> {
    Err("this build has no physics engine (cargo feature 'app')".into())
}

fn is_video(place: &Path) -> bool {
    place.extension().is_some_and(|extension| extension == "mp4")
}

/// Refuses before anything is worked out what could not be written in the end.
fn film_possible(place: &Path) -> Outcome {
    if !is_video(place) {
        return Ok(refuse_used_folder(place)?);
    }
    let frames = place.with_extension("frames");
    refuse_used_folder(&frames)?;
    let installed = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if installed.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let how = ffmpeg_words(&frames, place);
    Err(format!("ffmpeg is not installed: give a folder, e.g. --video {}, and then run: {how}", frames.display()).into())
}

/// Writes the pictures, or the video.
fn film(place: &Path, hip: &Hip, found: &Rehearsal, words: &[String]) -> Outcome {
    if !is_video(place) {
        write_folder(place, |folder| pictures(folder, hip, found, words))?;
        eprintln!("{}: numbered pictures; as a video: {}", place.display(), ffmpeg_words(place, Path::new("rehearsal.mp4")));
        return Ok(());
    }
    let frames = place.with_extension("frames");
    write_folder(&frames, |folder| pictures(folder, hip, found, words))?;
    let made = Command::new("ffmpeg").args(ffmpeg(&frames, place)).stdout(Stdio::null()).stderr(Stdio::null()).status();
    fs::remove_dir_all(&frames).ok();
    match made {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("ffmpeg ended with {status} and {} was not written", place.display()).into()),
        Err(error) => Err(format!("ffmpeg cannot be run: {error}").into()),
    }
}

fn ffmpeg(frames: &Path, video: &Path) -> Vec<String> {
    let rate = FRAMES_A_SECOND.to_string();
    let pictures = frames.join("%04d.png").display().to_string();
    let video = video.display().to_string();
    ["-y", "-framerate", &rate, "-i", &pictures, "-pix_fmt", "yuv420p", &video].map(str::to_owned).into()
}

fn ffmpeg_words(frames: &Path, video: &Path) -> String {
    format!("ffmpeg {}", ffmpeg(frames, video).join(" "))
}

fn pictures(folder: &Path, hip: &Hip, found: &Rehearsal, words: &[String]) -> Result<(), Box<dyn Error>> {
    let bones = hip.folder.read_bones()?;
    let scene = RomScene::of_plan(&hip.plan, &hip.catalogue, &hip.anatomy, &bones)?.ok_or("the plan has no stem")?;
    let implants: BTreeMap<ImplantPart, TriMesh> = placed(&hip.plan, &hip.catalogue)?;
    let (mut fixed, mut moving) = (Vec::new(), Vec::new());
    fixed.extend(bones.get(&Label::hip(hip.plan.side)).map(|mesh| PictureSource { mesh, paint: Paint::Pelvis }));
    moving.extend(scene.femur.as_ref().map(|mesh| PictureSource { mesh, paint: Paint::Femur }));
    for (part, mesh) in &implants {
        match part {
            ImplantPart::Cup | ImplantPart::Augment => fixed.push(PictureSource { mesh, paint: Paint::Cup }),
            ImplantPart::Head => moving.push(PictureSource { mesh, paint: Paint::Head }),
            ImplantPart::Stem => moving.push(PictureSource { mesh, paint: Paint::Stem }),
        }
    }
    let every = found.steps.len().div_ceil(FRAMES).max(1);
    // The last step is the one that matters.
    let chosen: Vec<_> = found.steps.iter().rev().step_by(every).collect();
    let draw = |(index, step): (usize, &&Step)| -> io::Result<()> {
        let picture = rehearsal_frame(&fixed, &moving, &scene, step, words).map_err(io::Error::other)?;
        fs::write(folder.join(format!("{index:04}.png")), picture.png()?)
    };
    chosen.iter().rev().enumerate().collect::<Vec<_>>().into_par_iter().try_for_each(draw)?;
    Ok(())
}
