//! `coxa bench zone`.

use super::{Outcome, hip::Options};
use crate::{
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side},
    motion::{Activity, BoneRoom, CupReach, FemurChange, NeckAngles, NeckInLiner, RomCase, RomScene, theoretical},
    risk::{HipRoom, TargetZone, Variant, ZoneGrid, ZoneRequest},
    surface::io::stl,
};
use nalgebra::{Isometry3, Point3};
use serde_json::json;
use std::{error::Error, path::PathBuf, time::Instant};

/// How often each part is timed; the median is printed.
const RUNS: usize = 5;

/// Arguments of `coxa bench zone`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A case, or a folder with the meshes socket.stl and ball.stl about a hip centre at the origin.
    #[arg(value_name = "CASE|DATA")]
    case: PathBuf,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    timed: Timed,
}

/// What is timed.
#[derive(Default, clap::Args)]
pub(super) struct Timed {
    /// Leave bones aside.
    #[arg(long)]
    implants_only: bool,
    /// Time a software driver in place of a graphics card: the same shaders on the processor, slowly.
    #[arg(long)]
    software_driver: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    let Arguments { case, options, timed } = arguments;
    let start = Instant::now();
    let (room, activities) = if case.join("socket.stl").is_file() {
        (meshes(&case)?, options.asked_activities()?)
    } else {
        let hip = options.hip(&case)?;
        (hip.room(&Variant::default())?, hip.activities)
    };
    let prepared = start.elapsed().as_secs_f64();
    let times = zone_times(&room, &activities, &timed)?;
    let ms = |seconds: f64| (seconds * 1e6).round() / 1e3;
    let card = |pick: &dyn Fn(&CardTimes) -> f64| times.card.as_ref().ok().map(pick);
    let line = json!({
        "what": "zone", "cells": times.cells, "coarse_cells": times.coarse_cells, "activities": activities.len(),
        "threads": rayon::current_num_threads(), "bones": times.bones, "rim_same_all_round": room.joint.range.is_same_all_round(),
        "read_and_prepare_ms": ms(prepared), "bones_ms": ms(times.bone_s), "binding_bones_ms": ms(times.binding_s),
        "coarse_ms": ms(times.coarse_s), "fine_ms": ms(times.fine_s),
        "bones_and_coarse_ms": ms(times.binding_s + times.coarse_s), "bones_and_fine_ms": ms(times.bone_s + times.fine_s),
        "free_percent": times.free_percent,
        "gpu": times.card.as_ref().map_or_else(|why| format!("not measured: {why}"), |card| card.title.clone()),
        "gpu_ms": card(&|card| ms(card.zone_s())), "gpu_pelvis_ms": card(&|card| ms(card.pelvis_s)),
        "gpu_binding_bones_ms": card(&|card| ms(card.binding_s)), "gpu_fine_ms": card(&|card| ms(card.fine_s)),
        "gpu_off_deg": card(&|card| card.off_deg),
    });
    println!("{line}");
    Ok(())
}

/// How long the parts of a zone take, s.
pub(super) struct ZoneTimes {
    pub bone_s: f64,
    pub binding_s: f64,
    pub coarse_s: f64,
    pub fine_s: f64,
    /// The same by a graphics card, or why there is none.
    pub card: Result<CardTimes, String>,
    cells: usize,
    coarse_cells: usize,
    bones: bool,
    free_percent: f64,
}

/// Times the zone of a hip, coarse and fine.
pub(super) fn zone_times(room: &HipRoom, activities: &[Activity], what: &Timed) -> Result<ZoneTimes, Box<dyn Error>> {
    let dragged = FemurChange { stem_version_deg: 3.0, ..FemurChange::default() };
    let (_, binding_s) = timed(|| if what.implants_only { Ok(None) } else { room.binding_bones(&dragged, activities) })?;
    let (bones, bone_s) =
        timed(|| if what.implants_only { Ok(None) } else { room.zone_bones(&FemurChange::default(), activities) })?;
    let grid = ZoneGrid::holding(&room.joint.cup);
    let request = ZoneRequest { activities, joint: &room.joint, tilt_deg: 0.0, grid, bones: bones.as_ref() };
    let coarse = request.coarse();
    let (rough, coarse_s) = timed(|| TargetZone::of(&coarse))?;
    let (zone, fine_s) = timed(|| TargetZone::of(&request))?;
    Ok(ZoneTimes {
        bone_s,
        binding_s,
        coarse_s,
        fine_s,
        card: card_times(room, &dragged, &request, &zone, what.software_driver),
        cells: zone.margins_deg.len(),
        coarse_cells: rough.margins_deg.len(),
        bones: bones.is_some(),
        free_percent: zone.area_percent(0.0),
    })
}

/// How long the parts of a zone take on a graphics card that was made ready before, s.
pub(super) struct CardTimes {
    title: String,
    /// Laying the pelvis on the card, once a hip.
    pelvis_s: f64,
    /// As `binding_s` and `fine_s` of the processor.
    binding_s: f64,
    fine_s: f64,
    /// The largest difference from the processor's zone, degrees.
    off_deg: f64,
}

impl CardTimes {
    /// What has to be done anew when the femur was changed.
    pub fn zone_s(&self) -> f64 {
        self.binding_s + self.fine_s
    }

    pub fn title(&self) -> &str {
        &self.title
    }
}

#[cfg(feature = "card")]
fn card_times(
    room: &HipRoom,
    dragged: &FemurChange,
    request: &ZoneRequest<'_>,
    expected: &TargetZone,
    software_driver: bool,
) -> Result<CardTimes, String> {
    use crate::{
        graphics_card::{GraphicsCard, Kind},
        progress::Silent,
        risk::ZoneCard,
    };
    let card = ZoneCard::new(GraphicsCard::open(if software_driver { Kind::Software } else { Kind::Real })?)?;
    let told = |error: Box<dyn Error>| error.to_string();
    let (mut pelvis_s, mut binding_s) = (0.0, 0.0);
    if let Some(bones) = room.bones.as_ref().filter(|_| request.bones.is_some()) {
        let pelvis;
        (pelvis, pelvis_s) = timed(|| card.pelvis(bones)).map_err(told)?;
        let binding = || card.binding_bones(&pelvis, room.reach.clone(), dragged, request.activities);
        (_, binding_s) = timed(binding).map_err(told)?;
    }
    let (found, fine_s) = timed(|| TargetZone::on_card(&card, request, &Silent)).map_err(told)?;
    let apart = found.margins_deg.iter().zip(&expected.margins_deg).map(|(found, expected)| (found - expected).abs());
    Ok(CardTimes { title: card.title().into(), pelvis_s, binding_s, fine_s, off_deg: apart.fold(0.0, f64::max) })
}

#[cfg(not(feature = "card"))]
fn card_times(_: &HipRoom, _: &FemurChange, _: &ZoneRequest<'_>, _: &TargetZone, _: bool) -> Result<CardTimes, String> {
    Err("this build cannot use a graphics card".into())
}

/// The result of the last run and the median of the seconds.
pub(super) fn timed<T, E: Into<Box<dyn Error>>>(mut run: impl FnMut() -> Result<T, E>) -> Result<(T, f64), Box<dyn Error>> {
    let mut seconds = Vec::new();
    loop {
        let start = Instant::now();
        let found = run().map_err(Into::into)?;
        seconds.push(start.elapsed().as_secs_f64());
        if seconds.len() == RUNS {
            seconds.sort_by(f64::total_cmp);
            return Ok((found, seconds[RUNS / 2]));
        }
    }
}

/// Socket and ball as pelvis and femur of a right hip, with a usual neck and liner.
fn meshes(folder: &std::path::Path) -> Result<HipRoom, Box<dyn Error>> {
    let [socket, ball] = ["socket.stl", "ball.stl"].map(|name| stl::read(&folder.join(name)));
    let (frame, side) = (AnatomicalFrame::scanner(Point3::origin()), Side::Right);
    let cup = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };
    let neck = NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 };
    let oscillation_deg = theoretical::oscillation_deg(16.0, 0.0, 6.0).ok_or("a neck of 12 mm does not fit a head of 32 mm")?;
    let scene = RomScene {
        side,
        pelvic_frame: frame,
        femoral_frame: frame,
        cup_centre: Point3::origin(),
        cup_axis: cup.axis(&frame, side),
        shell_centre: Point3::origin(),
        cup_outer_radius_mm: 0.0,
        neck_axis: neck.axis(&frame, side),
        oscillation_deg,
        reduction: Isometry3::identity(),
        pelvis: vec![socket?],
        cup: None,
        femur: Some(ball?),
        stem: None,
        reaming_clearance_mm: 0.0,
    };
    let joint = NeckInLiner::from(&RomCase { cup, neck, oscillation_deg });
    Ok(HipRoom { joint, bones: BoneRoom::new(&scene, 50.0)?, reach: CupReach::default() })
}
