//! The same search level by level, over many tracks at once: all angles that a level needs are asked for together, as a graphics card likes it.
//! What is answered only says what need not be looked at: every least is measured in f64 before it counts.

use super::{
    BoneLeast, BoneRoom, ENOUGH_DEG, FINE_DEG, MovingBones,
    search::{Least, Part, Points, Stretch, Way},
    slices::angle,
};
use crate::motion::{Track, joint};
use nalgebra::Vector3;
use rayon::prelude::*;
use std::f64::consts::PI;

/// More is not asked on one level.
const MOST: usize = 1 << 22;
/// Answers of each level that are held against the processor.
const CHECKED: usize = 16;
/// How far they may differ, degrees.
const AGREES_DEG: f64 = 0.01;
/// So often a point may be on the other side of the surface: beside its ridges f32 and f64 may take another point for the nearest.
const OTHER_SIDE: usize = 32;

/// A direction whose signed angle from the pelvis is asked.
pub(crate) struct Query {
    /// On the sphere of this radius about the joint's centre, mm.
    pub radius_mm: usize,
    pub direction: Vector3<f64>,
    /// The pelvis is no further, radians.
    pub within: f64,
}

/// Gives the signed angle of every query, degrees, or a clause that says how it failed.
pub(crate) type Ask<'a> = dyn FnMut(&[Query]) -> Result<Vec<f32>, String> + 'a;

/// Some points on a stretch of a track.
struct Item<'a> {
    track: usize,
    stretch: usize,
    part: Part<'a>,
    points: Points,
    /// Their middle in the middle of the stretch.
    turned: Vector3<f64>,
    /// The pelvis is no further from it, radians.
    within: f64,
}

struct Search<'t> {
    tracks: &'t [Track],
    stretches: Vec<Vec<Stretch>>,
    /// Something has no more than this, radians.
    upper: f64,
    least: Option<(usize, Least)>,
    other_side: usize,
}

/// Where femur and stem have least room on the pelvis over all tracks, and on which; `None` where there is more than [`ENOUGH_DEG`] everywhere.
///
/// # Errors
/// As those of `ask`; and a clause that says how its answers cannot be.
pub(crate) fn binding(
    room: &BoneRoom,
    moving: &MovingBones,
    tracks: &[Track],
    ask: &mut Ask<'_>,
) -> Result<Option<(usize, BoneLeast)>, String> {
    let stretches = tracks.iter().map(|_| Vec::new()).collect();
    let mut search = Search { tracks, stretches, upper: ENOUGH_DEG.to_radians(), least: None, other_side: 0 };
    let mut open = Vec::new();
    for (track, of) in tracks.iter().enumerate() {
        // Arcs have no samples.
        let Some(last) = of.samples().checked_sub(1).map(|last| last as f64) else { continue };
        // As in the other search: at the ends the answer often is.
        let ends: &[(f64, f64)] = if last > 0.0 { &[(0.0, last), (0.0, 0.0), (last, last)] } else { &[(0.0, 0.0)] };
        for &(from, to) in ends {
            let (stretch, points) = (search.add(track, from, to), Points::Node(0));
            let turn = search.stretches[track][stretch].rotation;
            open.extend(moving.parts(&room.pelvis).map(|part| {
                let turned = joint::turned(&turn, points.middle(&part));
                Item { track, stretch, part, points, turned, within: PI }
            }));
        }
    }
    while !open.is_empty() {
        if open.len() > MOST {
            return Err(format!("{} angles would have to be asked at once", open.len()));
        }
        let query =
            |item: &Item<'_>| Query { radius_mm: item.part.radius_mm as usize, direction: item.turned, within: item.within };
        let answers = ask(&open.par_iter().map(query).collect::<Vec<_>>())?;
        let signed = search.checked(&open, &answers)?;
        search.take(&open, &signed)?;
        open = search.halved(&open, &signed);
    }
    // Poses are looked at so close to each other.
    if search.least_known() > search.upper + 2.0 * FINE_DEG.to_radians() {
        let upper = search.upper.to_degrees();
        return Err(format!("with the graphics card nothing is found that has the room of {upper}° that something has"));
    }
    Ok(search.least.map(|(track, least)| (track, room.least_on(&tracks[track], &least))))
}

impl Search<'_> {
    fn add(&mut self, track: usize, from: f64, to: f64) -> usize {
        let rotation = |place: f64| self.tracks[track].along(place).0.right_hip_rotation().into_inner();
        let way = Way { rotation: &rotation, evenly: &|from, to| self.tracks[track].evenly(from, to), last: to };
        self.stretches[track].push(Stretch::new(&way, from, to));
        self.stretches[track].len() - 1
    }

    /// Radians.
    fn least_known(&self) -> f64 {
        self.least.as_ref().map_or(ENOUGH_DEG.to_radians(), |(_, least)| least.signed)
    }

    /// The answers in radians, some of them held against the processor.
    fn checked(&mut self, open: &[Item<'_>], answers: &[f32]) -> Result<Vec<f64>, String> {
        if answers.len() != open.len() {
            return Err(format!("the graphics card answered {} of {} angles", answers.len(), open.len()));
        }
        let signed: Vec<f64> = answers.iter().map(|answer| f64::from(*answer).to_radians()).collect();
        // Written so that a NaN fails.
        let possible = |signed: &f64| signed.abs() <= 1.001 * PI;
        if let Some(wrong) = signed.iter().find(|signed| !possible(signed)) {
            return Err(format!("the graphics card computes an angle of {}°", wrong.to_degrees()));
        }
        for place in (0..open.len()).step_by(open.len().div_ceil(CHECKED)) {
            self.exact(&open[place], signed[place])?;
        }
        Ok(signed)
    }

    /// What the processor measures, and the pelvis' nearest point, where the card measured something.
    fn exact(&mut self, item: &Item<'_>, signed: f64) -> Result<(f64, Vector3<f64>), String> {
        let exact = item.part.signed(&item.turned);
        let (exact, nearest) = exact.ok_or("the graphics card is asked about a sphere that the pelvis does not reach")?;
        let off = |signed: f64| (signed - exact).abs().to_degrees();
        self.other_side += usize::from(off(signed) > AGREES_DEG);
        if off(signed).min(off(-signed)) > AGREES_DEG || self.other_side > OTHER_SIDE {
            let [signed, exact] = [signed, exact].map(f64::to_degrees);
            return Err(format!("the graphics card computes an angle of {signed}° where the processor computes {exact}°"));
        }
        Ok((exact, nearest))
    }

    /// Takes what is less than was known, once it is measured in f64.
    fn take(&mut self, open: &[Item<'_>], signed: &[f64]) -> Result<(), String> {
        for (item, &signed) in open.iter().zip(signed) {
            let (radius, one) = (item.points.radius(&item.part), matches!(item.points, Points::One(_)));
            if signed + radius < if one { self.least_known() } else { self.upper } {
                let (exact, nearest) = self.exact(item, signed)?;
                self.upper = self.upper.min(exact + radius);
                if one && exact < self.least_known() {
                    let Stretch { from, to, .. } = &self.stretches[item.track][item.stretch];
                    let points = [*item.points.middle(&item.part), nearest].map(|way| way * item.part.radius_mm);
                    let (place, couple) = (0.5 * (from + to), item.part.couple);
                    self.least = Some((item.track, Least { signed: exact, place, couple, points }));
                }
            }
        }
        Ok(())
    }

    /// The halves of what may hold less than is known: of the stretch where the femur turns more on it than the points are apart, else of the
    /// points.
    fn halved<'a>(&mut self, open: &[Item<'a>], signed: &[f64]) -> Vec<Item<'a>> {
        let fine = FINE_DEG.to_radians();
        // What is known to be somewhere is still to be found there.
        let limit = if self.least_known() <= self.upper { self.upper - fine } else { self.upper + fine };
        let mut kept = Vec::with_capacity(open.len());
        for (item, &signed) in open.iter().zip(signed) {
            let radius = item.points.radius(&item.part);
            let half_turn = self.stretches[item.track][item.stretch].turn(item.points.middle(&item.part), radius);
            if signed - radius - half_turn < limit {
                let halves = (half_turn > fine && half_turn >= radius).then(|| self.halves(item.track, item.stretch));
                kept.push((item, signed, halves));
            }
        }
        let child = |item: &Item<'a>, signed: f64, stretch: usize, points: Points| {
            let (along, middle, radius) =
                (&self.stretches[item.track][stretch], points.middle(&item.part), points.radius(&item.part));
            let turned = joint::turned(&along.rotation, middle);
            let way = angle(&item.turned, &turned);
            let within = (signed.abs() + way + fine).min(PI);
            let bound = signed - way - radius - along.turn(middle, radius);
            (bound < limit).then_some(Item { stretch, points, turned, within, ..*item })
        };
        let children = |(item, signed, halves): (&Item<'a>, f64, Option<[usize; 2]>)| -> Vec<Item<'a>> {
            let in_two = |stretch: usize| child(item, signed, stretch, item.points);
            let of_them = |points: Points| child(item, signed, item.stretch, points);
            match (halves, item.points) {
                (Some(halves), _) => halves.into_iter().filter_map(in_two).collect(),
                (None, Points::One(_)) => Vec::new(),
                (None, Points::Node(node)) => match item.part.tree.nodes[node].second {
                    Some(second) => [node + 1, second].into_iter().map(Points::Node).filter_map(of_them).collect(),
                    None => item.part.tree.nodes[node].points.clone().map(Points::One).filter_map(of_them).collect(),
                },
            }
        };
        kept.into_par_iter().flat_map_iter(children).collect()
    }

    fn halves(&mut self, track: usize, stretch: usize) -> [usize; 2] {
        let Stretch { from, to, halves, .. } = self.stretches[track][stretch];
        let first = halves.unwrap_or_else(|| {
            let middle = 0.5 * (from + to);
            let first = self.add(track, from, middle);
            self.add(track, middle, to);
            first
        });
        self.stretches[track][stretch].halves = Some(first);
        [first, first + 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        anatomy::CupAngles,
        frames::{AnatomicalFrame, Side},
        implants::geometry::revolve,
        mesh::TriMesh,
        motion::{Demand, FemurChange, Keyframe, NeckAngles, RomScene},
    };
    use nalgebra::{Isometry3, Point3, Translation3};

    /// A ball about the joint's centre, which is the origin.
    fn ball(local: [f64; 3], radius_mm: f64) -> TriMesh {
        let profile: Vec<(f64, f64)> = (0..=24)
            .map(|step| (PI * f64::from(step) / 24.0).sin_cos())
            .map(|(sin, cos)| (radius_mm * sin.max(0.0), -radius_mm * cos))
            .collect();
        let centre = AnatomicalFrame::scanner(Point3::origin()).lps_vector(&Vector3::from(local));
        revolve(&profile, 48).transformed(&Isometry3::from(Translation3::from(centre)))
    }

    /// Two balls for a pelvis, one for a femur.
    fn room() -> BoneRoom {
        let (frame, side) = (AnatomicalFrame::scanner(Point3::origin()), Side::Right);
        let scene = RomScene {
            side,
            pelvic_frame: frame,
            femoral_frame: frame,
            cup_centre: Point3::origin(),
            cup_axis: CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 }.axis(&frame, side),
            shell_centre: Point3::origin(),
            cup_outer_radius_mm: 0.0,
            neck_axis: NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 }.axis(&frame, side),
            oscillation_deg: 120.0,
            reduction: Isometry3::identity(),
            pelvis: vec![ball([55.0, -10.0, 5.0], 9.0), ball([-40.0, -35.0, 20.0], 8.0)],
            cup: None,
            femur: Some(ball([4.0, -56.0, 6.0], 10.0)),
            stem: None,
            reaming_clearance_mm: 0.0,
        };
        BoneRoom::new(&scene, 40.0).unwrap().unwrap()
    }

    fn tracks() -> Vec<Track> {
        let to = |flexion_deg: f64, adduction_deg: f64, internal_rotation_deg: f64| {
            let keyframes = [[0.0; 3], [flexion_deg, adduction_deg, internal_rotation_deg]];
            let keyframe = |[flexion_deg, adduction_deg, internal_rotation_deg]: [f64; 3]| Keyframe {
                flexion_deg,
                adduction_deg,
                internal_rotation_deg,
                ..Keyframe::default()
            };
            Track::new(&Demand::Path(keyframes.map(keyframe).into())).unwrap()
        };
        vec![to(40.0, 0.0, 0.0), to(95.0, 5.0, 20.0), to(-20.0, 0.0, -10.0), to(30.0, -30.0, 0.0)]
    }

    /// The processor in the card's place.
    fn answers(room: &BoneRoom, queries: &[Query]) -> Vec<f32> {
        let of = |query: &Query| {
            let (sphere, radius_mm) = (&room.pelvis[query.radius_mm], query.radius_mm as f64);
            super::super::search::signed(sphere, &query.direction, radius_mm).unwrap().0.to_degrees() as f32
        };
        queries.iter().map(of).collect()
    }

    #[test]
    fn level_by_level_the_same_least_is_found() {
        let (room, tracks) = (room(), tracks());
        for offset_mm in [-6.0, 0.0, 3.0, 8.0] {
            let moving = room.moving(&FemurChange { offset_mm, ..FemurChange::default() });
            for some in [&tracks[..1], &tracks[1..2], &tracks[2..], &tracks[..]] {
                let expected =
                    some.iter().filter_map(|track| room.least(&moving, track, ENOUGH_DEG)).map(|least| least.margin_deg);
                let expected = expected.fold(ENOUGH_DEG, f64::min);
                let found = binding(&room, &moving, some, &mut |queries| Ok(answers(&room, queries))).unwrap();
                let found = found.map_or(ENOUGH_DEG, |(_, least)| least.margin_deg);
                assert!((found - expected).abs() <= 2.0 * FINE_DEG, "{offset_mm}: {found} instead of {expected}");
            }
        }
    }

    #[test]
    fn falsified_angles_are_refused() {
        let (room, tracks) = (room(), tracks());
        let moving = room.moving(&FemurChange::default());
        let refused = |falsified: &dyn Fn(&mut Vec<f32>)| {
            let mut ask = |queries: &[Query]| {
                let mut answers = answers(&room, queries);
                falsified(&mut answers);
                Ok(answers)
            };
            binding(&room, &moving, &tracks, &mut ask).unwrap_err()
        };
        let errors = [
            refused(&|angles| angles.fill(0.0)),
            refused(&|angles| angles[0] = f32::NAN),
            refused(&|angles| angles[0] = -1e9),
            refused(&|angles| _ = angles.pop()),
            refused(&|angles| angles.iter_mut().for_each(|angle| *angle += 1.0)),
            refused(&|angles| angles.iter_mut().for_each(|angle| *angle = -*angle)),
            refused(&|angles| *angles.iter_mut().min_by(|a, b| a.total_cmp(b)).unwrap() = -30.0),
        ];
        assert!(errors.iter().all(|error| error.contains("the graphics card")), "{errors:?}");
    }
}
