//! What the reamer takes away, and what it leaves of the walls.

use super::look::Look;
use crate::{
    anatomy::{Measurement, Quantity, Unit},
    frames::Side,
    plan::room::directions,
};
use nalgebra::{Unit as UnitVector, Vector3};
use rayon::prelude::*;
use std::f64::consts::{FRAC_PI_4, FRAC_PI_8, PI};

/// How deep is judged within this of a direction, degrees, by the middle value.
const ABOUT_DEG: f64 = 15.0;
/// Rays that look for the far side of a wall, and for the depth along a direction.
const RAYS: usize = 400;
const FEW_RAYS: usize = 60;
/// Rays on the disc of the opening, and how far before it bone is in the reamer's way, mm.
const DISC_RAYS: usize = 400;
const BEFORE_MM: f64 = 30.0;

const OWN: &str = "Coxa";

pub(super) static DEPTH_AXIAL: Quantity = Quantity::new(
    "reaming_depth_axial",
    Unit::Millimetres,
    None,
    "How deep a reamer of the cup's outer diameter goes beyond the native surface along the cup's axis: the middle value of the rays within 15° of the pole; \
     negative where the bone is not reached.",
    OWN,
);
pub(super) static DEPTH_MEDIAL: Quantity = Quantity::new(
    "reaming_depth_medial",
    Unit::Millimetres,
    None,
    "How deep a reamer of the cup's outer diameter goes beyond the native surface straight medially: the middle value of the rays within 15°; negative where \
     the bone is not reached.",
    OWN,
);
pub(super) static REAMED: Quantity = Quantity::new(
    "reamed_bone",
    Unit::Millilitres,
    None,
    "Bone inside the outer hemisphere of the cup, which the reamer takes away.",
    OWN,
);
pub(super) static REAMED_RIM: Quantity = Quantity::new(
    "reamed_rim",
    Unit::Millilitres,
    None,
    "Bone before the opening of the cup, within 30 mm and its outer diameter, which stands in the reamer's way along the cup's axis.",
    OWN,
);
pub(super) static WALL_MEDIAL: Quantity = Quantity::new(
    "cup_wall_medial",
    Unit::Millimetres,
    Some([2.0, f64::INFINITY]),
    "Bone that remains medially of the cup: from its outer surface to the far side of the bone within 45° of straight medially, thinnest tenth left \
     aside; negative for a breach. The range is a rule of thumb.",
    OWN,
);
pub(super) static WALL_ANTERIOR: Quantity = Quantity::new(
    "cup_wall_anterior",
    Unit::Millimetres,
    None,
    "Bone that remains before the cup: as medially, within 22.5° of the direction midway between anterior and medial.",
    OWN,
);
pub(super) static WALL_POSTERIOR: Quantity = Quantity::new(
    "cup_wall_posterior",
    Unit::Millimetres,
    None,
    "Bone that remains behind the cup: as medially, within 22.5° of the direction midway between posterior and medial.",
    OWN,
);

pub(super) fn numbers(look: &Look, side: Side) -> Vec<Measurement> {
    let medial = UnitVector::new_normalize(-Vector3::z());
    let [anterior, posterior] = [1.0, -1.0].map(|x| UnitVector::new_normalize(Vector3::new(x, 0.0, -1.0)));
    let along_surface = |value: Option<f64>| value.map(|value| (value, look.surface_sd_mm));
    let [reamed, more, less] = [0.0, look.surface_sd_mm, -look.surface_sd_mm].map(|grown_mm| reamed_ml(look, grown_mm));
    let reamed = (reamed, (more - less) / 2.0);
    let found = [
        (&DEPTH_AXIAL, along_surface(depth_mm(look, &-look.face.axis))),
        (&DEPTH_MEDIAL, along_surface(depth_mm(look, &medial))),
        (&REAMED, Some(reamed)),
        (&REAMED_RIM, Some(rim_ml(look))),
        (&WALL_MEDIAL, along_surface(wall_mm(look, &medial, FRAC_PI_4))),
        (&WALL_ANTERIOR, along_surface(wall_mm(look, &anterior, FRAC_PI_8))),
        (&WALL_POSTERIOR, along_surface(wall_mm(look, &posterior, FRAC_PI_8))),
    ];
    let said = |(quantity, found): (&'static Quantity, Option<(f64, f64)>)| {
        found.map(|(value, sd)| Measurement { quantity, side: Some(side), value, sd })
    };
    found.into_iter().filter_map(said).collect()
}

/// Directions of a right hip within an angle (radians) of one, in LPS.
fn about(look: &Look, seen: &UnitVector<Vector3<f64>>, half_angle: f64, count: usize) -> Vec<Vector3<f64>> {
    directions(seen, half_angle.cos(), count).iter().map(|direction| look.lps(direction)).collect()
}

/// `None` where half of the rays meet no bone.
fn depth_mm(look: &Look, seen: &UnitVector<Vector3<f64>>) -> Option<f64> {
    let around = about(look, seen, ABOUT_DEG.to_radians(), FEW_RAYS);
    let stretches = look.bone.stretches(&look.centre, &around);
    let mut depths: Vec<f64> = stretches.iter().filter_map(|bone| Some(look.radius_mm - bone.first()?.0)).collect();
    depths.sort_by(f64::total_cmp);
    (2 * depths.len() >= around.len()).then(|| depths[depths.len() / 2])
}

fn wall_mm(look: &Look, seen: &UnitVector<Vector3<f64>>, half_angle: f64) -> Option<f64> {
    let around = about(look, seen, half_angle, RAYS);
    look.bone.wall_end_along(&look.centre, &around, look.native_radius_mm).map(|end| end - look.radius_mm)
}

/// Of bone whose surface lies so much further out, mm.
fn reamed_ml(look: &Look, grown_mm: f64) -> f64 {
    let cube = |mm: f64| mm.clamp(0.0, look.radius_mm).powi(3);
    let cubes = |&(from, to): &(f64, f64)| (cube(to + grown_mm) - cube(from - grown_mm)).max(0.0);
    look.stretches.iter().flatten().map(cubes).sum::<f64>() / 3.0 * look.solid_angle() / 1000.0
}

/// With the standard deviation of a surface before and behind, for the share of the disc that has bone before it.
fn rim_ml(look: &Look) -> (f64, f64) {
    let golden = PI * (3.0 - 5.0_f64.sqrt());
    let out = look.lps(&look.face.axis);
    let area_mm2 = PI * look.radius_mm.powi(2) / DISC_RAYS as f64;
    let before: Vec<Vec<(f64, f64)>> = (0..DISC_RAYS)
        .into_par_iter()
        .map(|i| {
            let from_axis = look.radius_mm * ((i as f64 + 0.5) / DISC_RAYS as f64).sqrt();
            let aside = look.face.direction(golden * i as f64 / (2.0 * PI) * 12.0).into_inner() * from_axis;
            look.bone.along(&(look.centre + look.lps(&aside)), &out, BEFORE_MM)
        })
        .collect();
    let sum = before.iter().flatten().map(|(from, to)| to - from).sum::<f64>() * area_mm2;
    let met = before.iter().filter(|bone| !bone.is_empty()).count() as f64 * area_mm2;
    (sum / 1000.0, met * look.surface_sd_mm / 1000.0)
}
