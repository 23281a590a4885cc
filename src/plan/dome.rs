//! What lacks over a cup: the room between its dome and the bone that an augment or a graft must fill.

use super::room::{FOSSA_MM, SocketBone, directions};
use crate::{frames::Side, mesh::TriMesh};
use nalgebra::{Point3, Unit, Vector3};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, TAU};

/// Directions that are looked into.
const RAYS: usize = 10_000;
/// Parts of an hour in which the clock face is looked at.
const PARTS: usize = 4;
/// The extent round the clock is read off within this of the rim, degrees.
const RIM_DEG: f64 = 30.0;
/// Share of the directions in a part of the clock that must lack bone for it to count.
const LACKING: f64 = 0.5;
/// Share of the directions that may reach further than what is stated.
const REST: f64 = 0.05;

/// Room over a cup that no bone fills.
///
/// The region: of the shell outside the cup's hemisphere, from the pole to the plane of the rim, the half that lies above the cup's axis (from
/// 9 by way of 12 to 3 o'clock). In each direction in which bone begins more than 6 mm outside the cup, or never, all between the cup and the
/// bone counts, but no more than `depth_mm`: an augment or a graft stands on the ilium and is as thick as that.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dome {
    /// Volume that lacks, ml.
    pub volume_ml: f64,
    /// How far out the region goes, mm.
    pub depth_mm: f64,
    /// Part of the upper half of the cup that no bone covers, 0 to 1.
    pub uncovered: f64,
    /// Where it lacks at the rim: the first and the last hour, counted from 12 (−3 is posterior, 3 anterior); `None` where nothing lacks there.
    pub hours: Option<[f64; 2]>,
    /// How far up the dome, degrees from the plane of the rim (95 % of the directions).
    pub height_deg: f64,
    /// How far the bone is from the cup there, mm (95 % of the directions); `depth_mm` where it is further.
    pub deepest_mm: f64,
    /// Volume of the patient's own head that is cut off, ml; `None` without a stem or the femur's surface, and where
    /// neither the cup's height nor its cover is a question.
    pub head_ml: Option<f64>,
}

impl Dome {
    /// The room over a cup of an outer radius. `bone` is the hip bone's closed surface, LPS mm; `superior` and `anterior` are the pelvis' own.
    #[must_use]
    pub fn over(
        cup: (&Point3<f64>, &Unit<Vector3<f64>>),
        radius_mm: f64,
        side: Side,
        ways: [&Vector3<f64>; 2],
        bone: &TriMesh,
        depth_mm: f64,
    ) -> Self {
        Self::in_bone(cup, radius_mm, side, ways, &SocketBone::new(bone), depth_mm)
    }

    /// The same in a bone that was made ready before.
    pub(super) fn in_bone(
        (centre, axis): (&Point3<f64>, &Unit<Vector3<f64>>),
        radius_mm: f64,
        side: Side,
        [superior, anterior]: [&Vector3<f64>; 2],
        bone: &SocketBone,
        depth_mm: f64,
    ) -> Self {
        let face = Face::new(axis, superior, anterior);
        // Mirrored directions for a left hip, so that it is looked at exactly as the right one.
        let all = match side {
            Side::Right => directions(&-*axis, 0.0, RAYS),
            Side::Left => {
                let mirrored = |v: Vector3<f64>| Vector3::new(-v.x, v.y, v.z);
                let pole = Unit::new_unchecked(mirrored(-axis.into_inner()));
                directions(&pole, 0.0, RAYS).into_iter().map(mirrored).collect()
            }
        };
        let upper: Vec<Vector3<f64>> = all.into_iter().filter(|way| face.up(way) > 0.0).collect();
        // How far bone is from the cup in the directions that it does not cover.
        let gap = |way: &Vector3<f64>| Some(bone.gap_mm(centre, way, radius_mm)).filter(|gap| *gap > FOSSA_MM);
        let gaps: Vec<Option<f64>> = upper.par_iter().map(|way| gap(way).map(|gap| gap.min(depth_mm))).collect();
        let solid_angle = TAU / RAYS as f64;
        let shell = |gap: f64| ((radius_mm + gap).powi(3) - radius_mm.powi(3)) / 3.0 * solid_angle;
        let lacking: Vec<(&Vector3<f64>, f64)> = upper.iter().zip(&gaps).filter_map(|(way, gap)| Some((way, (*gap)?))).collect();
        Self {
            volume_ml: lacking.iter().map(|(_, gap)| shell(*gap)).sum::<f64>() / 1000.0,
            depth_mm,
            uncovered: lacking.len() as f64 / upper.len().max(1) as f64,
            hours: face.extent(&upper, &gaps),
            height_deg: most(lacking.iter().map(|(way, _)| face.height_deg(way)).collect()),
            deepest_mm: most(lacking.iter().map(|(_, gap)| *gap).collect()),
            head_ml: None,
        }
    }
}

/// What all but a few do not exceed.
fn most(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let rest = (REST * values.len() as f64) as usize;
    values.iter().rev().nth(rest).copied().unwrap_or(0.0)
}

/// The clock face of a cup.
struct Face {
    axis: Vector3<f64>,
    twelve: Vector3<f64>,
    three: Vector3<f64>,
}

impl Face {
    fn new(axis: &Unit<Vector3<f64>>, superior: &Vector3<f64>, anterior: &Vector3<f64>) -> Self {
        let axis = axis.into_inner();
        let across = |way: &Vector3<f64>| way - axis * axis.dot(way);
        let twelve = across(superior).try_normalize(1e-9).unwrap_or_else(|| across(anterior).normalize());
        let three = twelve.cross(&axis);
        Self { axis, twelve, three: if three.dot(anterior) < 0.0 { -three } else { three } }
    }

    fn up(&self, way: &Vector3<f64>) -> f64 {
        way.dot(&self.twelve)
    }

    fn height_deg(&self, way: &Vector3<f64>) -> f64 {
        (-way.dot(&self.axis)).clamp(-1.0, 1.0).asin().to_degrees()
    }

    /// From −3 by way of 0, which is 12 o'clock, to 3.
    fn hour(&self, way: &Vector3<f64>) -> f64 {
        way.dot(&self.three).atan2(self.up(way)) / PI * 6.0
    }

    /// The first and the last hour at which bone lacks near the rim.
    fn extent(&self, upper: &[Vector3<f64>], gaps: &[Option<f64>]) -> Option<[f64; 2]> {
        let mut counts = [[0_usize; 2]; 6 * PARTS];
        for (way, gap) in upper.iter().zip(gaps).filter(|(way, _)| self.height_deg(way) < RIM_DEG) {
            let part = ((self.hour(way) + 3.0) * PARTS as f64) as usize;
            let count = &mut counts[part.min(6 * PARTS - 1)];
            count[0] += 1;
            count[1] += usize::from(gap.is_some());
        }
        let lacks = |count: &[usize; 2]| count[0] > 0 && count[1] as f64 >= LACKING * count[0] as f64;
        let (first, last) = (counts.iter().position(lacks)?, counts.iter().rposition(lacks)?);
        Some([first as f64, last as f64 + 1.0].map(|part| part / PARTS as f64 - 3.0))
    }
}

/// A block or shell of metal that is fixed above a cup, in sizes of a generic series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augment {
    /// Its name.
    pub id: String,
    /// How thick it is outside the cup, mm.
    pub thickness_mm: f64,
    /// How far it goes round the rim, degrees.
    pub arc_deg: f64,
    /// How far up the dome, degrees from the rim.
    pub height_deg: f64,
}

impl Augment {
    /// The smallest of a series that fills a room; `None` when none does.
    #[must_use]
    pub fn for_dome<'a>(series: &'a [Self], dome: &Dome) -> Option<&'a Self> {
        let arc_deg = dome.hours.map_or(0.0, |[from, to]| 30.0 * (to - from));
        let fills = |augment: &&Self| {
            augment.thickness_mm >= dome.deepest_mm && augment.arc_deg >= arc_deg && augment.height_deg >= dome.height_deg
        };
        let size = |augment: &Self| augment.thickness_mm * augment.arc_deg * augment.height_deg.to_radians().sin();
        series.iter().filter(fills).min_by(|a, b| size(a).total_cmp(&size(b)))
    }
}
