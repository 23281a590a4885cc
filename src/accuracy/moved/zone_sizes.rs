//! Sizes of target zones that brute force found.

use crate::{
    accuracy::errors::Gathered,
    motion::{
        Activity, Demand, Motion, MotionError, NeckAngles, PelvicPosture,
        activity::{Evidence, Grade, Group, Name},
    },
    risk::{TargetZone, ZoneGrid},
};

/// The neck of these zones.
pub const NECK: NeckAngles = NeckAngles { elevation_deg: 45.0, anteversion_deg: 10.0 };
/// Flexion 110°, extension 30°, internal rotation at 90° of flexion 30°, external rotation 40°.
pub const CRITERIA: [(Motion, f64); 4] =
    [(Motion::Flexion, 110.0), (Motion::Extension, 30.0), (Motion::InternalRotation90, 30.0), (Motion::ExternalRotation0, 40.0)];
/// Inclination 30° to 50°, anteversion 0° to 40°.
pub const GRID: ZoneGrid = ZoneGrid { inclination_deg: (30.0, 50.0), anteversion_deg: (0.0, 40.0), nodes: [41, 41] };
/// Oscillation angle, and the size of its zone in percent: of nodes 1° apart, and of the area (nodes 0.1° apart).
pub const SIZES: [(f64, f64, f64); 7] = [
    (110.0, 0.0, 0.0),
    (120.0, 11.0, 11.09),
    (125.0, 23.0, 24.12),
    (130.0, 39.1, 39.77),
    (135.0, 53.7, 55.13),
    (140.0, 68.8, 70.28),
    (150.0, 90.9, 92.03),
];
/// How far a size may be off, percentage points.
pub const LIMIT_PP: f64 = 0.3;

/// Motions that are asked for, as activities.
#[must_use]
pub fn demands(criteria: &[(Motion, f64)]) -> Vec<Activity> {
    let demand = |(motion, degrees): &(Motion, f64)| {
        let id = motion.short_name().to_owned();
        let name = Name { en: id.clone(), zh: id.clone() };
        let evidence = Evidence { grade: Grade::Criterion, recalled: false, source: "size of a published zone".into() };
        let demand = Demand::motion(*motion, *degrees);
        Activity { id, name, group: Group::Passive, posture: PelvicPosture::Supine, demand, evidence }
    };
    criteria.iter().map(demand).collect()
}

/// The size of the zone of an oscillation angle, percent: of the nodes and of the area.
///
/// # Errors
/// When the angle makes no zone.
pub fn sizes(oscillation_deg: f64) -> Result<[f64; 2], MotionError> {
    let (activities, lattice) = (demands(&CRITERIA), ZoneGrid { nodes: [21, 41], ..GRID });
    let counted = TargetZone::new(&activities, &NECK, oscillation_deg, 0.0, lattice)?.nodes_percent(0.0);
    Ok([counted, TargetZone::new(&activities, &NECK, oscillation_deg, 0.0, GRID)?.area_percent(0.0)])
}

pub(super) fn hold(gathered: &mut Gathered) -> Result<(), MotionError> {
    for (theta, nodes, area) in SIZES {
        let found = sizes(theta)?;
        gathered.case = format!("oscillation angle {theta}°");
        gathered.add("target zones", "size, nodes 1° apart", "pp", found[0] - nodes, LIMIT_PP, 0.0);
        gathered.add("target zones", "size, area", "pp", found[1] - area, LIMIT_PP, 0.0);
    }
    Ok(())
}
