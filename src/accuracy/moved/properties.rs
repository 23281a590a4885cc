//! What geometry proves of every hip: what tilt, the stem's version and a mirror do to its limits.

use crate::{
    accuracy::errors::Gathered,
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side},
    motion::{NeckAngles, RomCase},
};
use nalgebra::{Point3, Unit};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How exactly they hold, degrees.
const EXACT_DEG: f64 = 1e-6;
/// Hips that are drawn.
const DRAWN: usize = 256;
const SEED: u64 = 6;

fn degrees(case: &RomCase) -> [f64; 8] {
    case.limits().map(|limit| limit.degrees().unwrap_or(f64::INFINITY))
}

/// Posterior tilt t under a femur that stays gives t degrees to flexion and takes them from extension: by how much it is missed. `None` where
/// extension would come to its end.
#[must_use]
pub fn tilt_error_deg(case: &RomCase, tilt_deg: f64) -> Option<f64> {
    let app = AnatomicalFrame::scanner(Point3::origin());
    let tilted = CupAngles::of_axis(&case.cup.axis(&app, Side::Right), &app.tilted_posteriorly(tilt_deg), Side::Right);
    let (before, after) = (degrees(case), degrees(&RomCase { cup: tilted, ..*case }));
    let error = (after[0] - before[0] - tilt_deg).abs().max((after[1] - before[1] + tilt_deg).abs());
    (before[..2].iter().chain(&after[..2]).all(|limit| limit.is_finite() && *limit > 1.0)).then_some(error)
}

/// The neck's anteversion goes one to one into internal and out of external rotation, at 0° and at 90° of flexion: by how much it is missed.
/// `None` where a rotation would come to its end.
#[must_use]
pub fn version_error_deg(case: &RomCase, more_deg: f64) -> Option<f64> {
    let turned = NeckAngles { anteversion_deg: case.neck.anteversion_deg + more_deg, ..case.neck };
    let (before, after) = (degrees(case), degrees(&RomCase { neck: turned, ..*case }));
    let known = before[4..].iter().chain(&after[4..]).all(|limit| limit.is_finite() && *limit > 1.0);
    let error = |at: usize, sign: f64| (after[at] - before[at] - sign * more_deg).abs();
    known.then(|| [error(4, 1.0), error(5, -1.0), error(6, 1.0), error(7, -1.0)].into_iter().fold(0.0, f64::max))
}

/// A hip and its mirror image have the same angles, hence the same limits: by how much they differ.
#[must_use]
pub fn mirror_error_deg(case: &RomCase) -> f64 {
    let app = AnatomicalFrame::scanner(Point3::origin());
    let mut mirrored = case.cup.axis(&app, Side::Right).into_inner();
    mirrored.x = -mirrored.x;
    let left = CupAngles::of_axis(&Unit::new_unchecked(mirrored), &app, Side::Left);
    let (one, other) = (degrees(case), degrees(&RomCase { cup: left, ..*case }));
    // A motion without a limit has none in the mirror either.
    one.iter().zip(other).map(|(a, b)| if *a == b { 0.0 } else { (a - b).abs() }).fold(0.0, f64::max)
}

pub(super) fn hold(gathered: &mut Gathered) {
    const SET: &str = "drawn hips";
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    for number in 0..DRAWN {
        let mut draw = |from: f64, to: f64| random.random_range(from..to);
        let case = RomCase {
            cup: CupAngles { inclination_deg: draw(30.0, 50.0), anteversion_deg: draw(5.0, 30.0) },
            neck: NeckAngles { elevation_deg: draw(35.0, 50.0), anteversion_deg: draw(0.0, 30.0) },
            oscillation_deg: draw(115.0, 150.0),
        };
        let (tilt, more) = (draw(-8.0, 8.0), draw(-3.0, 3.0));
        gathered.case = format!("{number}");
        if let Some(error) = tilt_error_deg(&case, tilt) {
            gathered.add(SET, "posterior tilt: to flexion, from extension", "deg", error, EXACT_DEG, 0.0);
        }
        if let Some(error) = version_error_deg(&case, more) {
            gathered.add(SET, "neck version: one to one into rotation", "deg", error, EXACT_DEG, 0.0);
        }
        gathered.add(SET, "left and right: the same limits", "deg", mirror_error_deg(&case), EXACT_DEG, 0.0);
    }
}
