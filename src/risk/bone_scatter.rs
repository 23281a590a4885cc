//! What scatter does to bone, to first order: at the posture where each activity has least room, the room one standard deviation of each
//! source to either side, and straight between.

use super::{HipRoom, Source, Spread};
use crate::motion::{
    Activity, BONE_FINE_DEG, BoneLeast, ENOUGH_DEG, FemurChange, MotionError, MovingBones, PelvicPosture, Posture,
};
use nalgebra::{Rotation3, Vector3};
use rayon::prelude::*;

const SOURCES: usize = Source::ALL.len();

/// The bones of some activities under scatter.
pub struct BoneScatter {
    /// `None` where bone has more room than is looked for.
    activities: Vec<Option<Slopes>>,
}

/// Room as planned, and its change by one unit of each source, down and up.
struct Slopes {
    planned: BoneLeast,
    by_unit: [[f64; 2]; SOURCES],
}

/// Where scatter puts femur and pelvis.
struct Scattered {
    moving: MovingBones,
    /// Of the pelvis against how it was measured, standing or sitting, and lying.
    pelvis: [Rotation3<f64>; 2],
    /// Of the femur about its long axis, against how that was measured.
    femur: Rotation3<f64>,
}

impl Scattered {
    /// So many degrees or mm of each source, in the order of [`Source::ALL`]; `None` without bones.
    fn new(hip: &HipRoom, by: &[f64; SOURCES]) -> Option<Self> {
        let [_, _, version, varus, leg, centre, obliquity, rotation, frame_tilt, femoral, tilt] = *by;
        let change = FemurChange {
            stem_version_deg: version,
            stem_varus_deg: varus,
            leg_length_mm: leg + centre,
            ..FemurChange::default()
        };
        let lying = Rotation3::from_scaled_axis(Vector3::new(obliquity, rotation, frame_tilt).map(f64::to_radians));
        let upright = Rotation3::from_axis_angle(&Vector3::z_axis(), tilt.to_radians()) * lying;
        let femur = Rotation3::from_axis_angle(&Vector3::y_axis(), femoral.to_radians());
        Some(Self { moving: hip.bones.as_ref()?.moving(&change), pelvis: [upright, lying], femur })
    }

    /// The posture in which the pelvis as measured sees the femur as measured.
    fn posture(&self, posture: &Posture, supine: bool) -> Posture {
        let seen = self.pelvis[usize::from(supine)].inverse() * posture.right_hip_rotation() * self.femur;
        Posture::of_rotation(&seen, crate::frames::Side::Right)
    }
}

impl BoneScatter {
    /// Follows the activities as planned, and each source to either side; `None` without bones.
    ///
    /// # Errors
    /// When an activity cannot be followed.
    pub fn new(hip: &HipRoom, activities: &[Activity], spread: &Spread) -> Result<Option<Self>, MotionError> {
        let (Some(room), Some(planned)) = (&hip.bones, Scattered::new(hip, &[0.0; SOURCES])) else { return Ok(None) };
        let tracks = activities.iter().map(Activity::track).collect::<Result<Vec<_>, _>>()?;
        let least: Vec<Option<BoneLeast>> =
            tracks.par_iter().map(|track| room.least(&planned.moving, track, ENOUGH_DEG)).collect();
        let sides = (0..SOURCES).flat_map(|source| [(source, -1.0), (source, 1.0)]).filter(|(source, _)| spread.0[*source] > 0.0);
        let changes: Vec<(usize, usize, Vec<f64>)> = sides
            .collect::<Vec<_>>()
            .into_par_iter()
            .filter_map(|(source, sign)| {
                let by = std::array::from_fn(|i| if i == source { sign * spread.0[i] } else { 0.0 });
                let scattered = Scattered::new(hip, &by)?;
                let at = |(activity, least): (&Activity, &Option<BoneLeast>)| {
                    let Some(least) = least else { return 0.0 };
                    let posture = scattered.posture(&least.posture, activity.posture == PelvicPosture::Supine);
                    (room.margin_deg(&scattered.moving, &posture, ENOUGH_DEG).0 - least.margin_deg) / spread.0[source]
                };
                Some((source, usize::from(sign > 0.0), activities.iter().zip(&least).map(at).collect()))
            })
            .collect();
        let slopes = |(index, least): (usize, Option<BoneLeast>)| {
            let mut by_unit = [[0.0; 2]; SOURCES];
            changes.iter().for_each(|(source, side, all)| by_unit[*source][*side] = all[index]);
            least.map(|planned| Slopes { planned, by_unit })
        };
        Ok(Some(Self { activities: least.into_iter().enumerate().map(slopes).collect() }))
    }

    /// Room as planned in an activity, by its place; `None` where there is more than is looked for.
    #[must_use]
    pub fn planned(&self, activity: usize) -> Option<&BoneLeast> {
        self.activities[activity].as_ref().map(|slopes| &slopes.planned)
    }

    /// Room in an activity after so many degrees or mm of each source (order of [`Source::ALL`]), to first order, degrees.
    #[must_use]
    pub fn margin_deg(&self, activity: usize, by: &[f64; SOURCES]) -> Option<f64> {
        let slopes = self.activities[activity].as_ref()?;
        let change = |(by, [down, up]): (&f64, &[f64; 2])| by.abs() * if *by < 0.0 { *down } else { *up };
        Some(slopes.planned.margin_deg + by.iter().zip(&slopes.by_unit).map(change).sum::<f64>())
    }

    /// The same followed anew along the whole path, which is slow: what the first order is held against.
    ///
    /// # Errors
    /// When the activity cannot be followed.
    pub fn exact_deg(hip: &HipRoom, activity: &Activity, by: &[f64; SOURCES]) -> Result<Option<f64>, MotionError> {
        let (Some(room), Some(scattered), track) = (&hip.bones, Scattered::new(hip, by), activity.track()?) else {
            return Ok(None);
        };
        let supine = activity.posture == PelvicPosture::Supine;
        let at =
            |posture: &Posture, enough: f64| room.margin_deg(&scattered.moving, &scattered.posture(posture, supine), enough).0;
        Ok(track.least_room(ENOUGH_DEG, BONE_FINE_DEG, &at).map(|least| least.margin_deg))
    }
}
