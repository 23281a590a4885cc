//! The contour of head and neck in radial planes about the neck axis.

use super::{
    clock::ClockFace,
    meridian::{Meridian, Surroundings},
};
use nalgebra::{Point3, Rotation3, Unit, Vector3};

/// Radial planes: every 15° of the clock.
const PLANES: usize = 24;
/// The bone within this many head radii of the centre is looked at.
pub(super) const AROUND: f64 = 2.2;
/// The contour has left the circle for good where it lies this far outside, mm: more than a round head's surface waves.
const LEFT_MM: f64 = 0.6;
/// … and it left within this many degrees before.
const DRAWN_OUT_DEG: f64 = 3.0;
/// What lies outside over less than this is a bump of the head, degrees.
const BUMP_DEG: f64 = 8.0;
/// Step along the contour, degrees.
const STEP_DEG: f64 = 0.5;
/// The walk along the contour starts on the head at this angle from the neck axis; the fovea lies beyond.
const START_DEG: f64 = 120.0;
/// The neck's waist is looked for between these distances from the head centre along the neck axis, head radii.
const WAIST: std::ops::Range<f64> = 0.7..1.7;
/// Cams lie in front and on top; behind and below the neck's own flare would be the greatest. Hours before and after 12.
const CAM_HOURS: (f64, f64) = (9.0, 4.0);
/// Standard deviation of the neck axis about either perpendicular, degrees: half of what raters and methods may differ by.
const NECK_SD_DEG: f64 = 1.2;
/// A sphere's residuals hang together over patches; its fit averages about this many independent ones.
pub(super) const PATCHES: f64 = 12.0;

/// Head and neck of a femur seen as a right one: X anterior, Y superior, Z lateral, mm.
#[derive(Clone)]
pub(super) struct Junction {
    pub centre: Point3<f64>,
    pub radius_mm: f64,
    /// From the head centre to the shaft.
    pub neck: Unit<Vector3<f64>>,
    /// Along the shaft to its proximal end.
    pub proximal: Vector3<f64>,
}

/// Where the contour leaves the head in one radial plane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alpha {
    pub hour: f64,
    pub deg: f64,
    pub place: Point3<f64>,
}

/// What a look at the contours found.
pub(super) struct Look {
    /// By hour; planes in which the contour never leaves the head are not there.
    pub alpha: Vec<Alpha>,
    pub offset_ratio: Option<f64>,
}

impl Look {
    /// Alpha at 12, 1:30 and 3 o'clock, the greatest one and its direction (degrees from 12 to 3 o'clock), offset ratio.
    pub fn values(&self) -> [Option<f64>; 6] {
        let at = |hour: f64| self.alpha.iter().find(|a| (a.hour - hour).abs() < 1e-9).map(|a| a.deg);
        let greatest = self
            .alpha
            .iter()
            .filter(|a| a.hour >= CAM_HOURS.0 || a.hour <= CAM_HOURS.1)
            .max_by(|a, b| a.deg.total_cmp(&b.deg).then(b.hour.total_cmp(&a.hour)));
        let direction = |a: &Alpha| if a.hour > 6.0 { (a.hour - 12.0) * 30.0 } else { a.hour * 30.0 };
        [at(0.0), at(1.5), at(3.0), greatest.map(|a| a.deg), greatest.map(direction), self.offset_ratio]
    }
}

impl Junction {
    /// Follows the contour in every radial plane; `None` when it leaves the head in none.
    pub fn look(&self, around: &Surroundings) -> Option<Look> {
        let face = ClockFace::new(self.neck, &self.proximal)?;
        let hours = (0..PLANES).map(|i| i as f64 / PLANES as f64 * 12.0);
        let (mut alpha, mut offset_ratio) = (Vec::new(), None);
        for hour in hours {
            let direction = face.direction(hour);
            let contour = around.meridian(&self.centre, &self.neck, &direction);
            if let Some(deg) = leaves_at(&contour, self.radius_mm) {
                let (sin, cos) = deg.to_radians().sin_cos();
                let place = self.centre + (self.neck.into_inner() * cos + direction.into_inner() * sin) * self.radius_mm;
                alpha.push(Alpha { hour, deg, place });
            }
            if (hour - 3.0).abs() < 1e-9 {
                offset_ratio = waist_mm(&contour, self.radius_mm).map(|w| (self.radius_mm - w) / (2.0 * self.radius_mm));
            }
        }
        (!alpha.is_empty()).then_some(Look { alpha, offset_ratio })
    }

    /// The variances of [`Look::values`]: each input is moved by its standard deviation and the squares of the changes are added.
    /// Inputs are head centre and radius (from the surface's scatter), the contour's own scatter and the neck axis.
    pub fn variances(&self, around: &Surroundings, look: &Look, scatter_mm: f64) -> [f64; 6] {
        let sphere_sd = scatter_mm / PATCHES.sqrt();
        let mut moved: Vec<Self> = [Vector3::x(), Vector3::y(), Vector3::z()]
            .iter()
            .map(|axis| Self { centre: self.centre + axis * sphere_sd * 3.0_f64.sqrt(), ..self.clone() })
            .collect();
        moved.extend([sphere_sd, scatter_mm].map(|sd| Self { radius_mm: self.radius_mm + sd, ..self.clone() }));
        if let Some(face) = ClockFace::new(self.neck, &self.proximal) {
            moved.extend([0.0, 3.0].map(|hour| {
                let turn = Rotation3::from_axis_angle(&face.direction(hour), NECK_SD_DEG.to_radians());
                Self { neck: turn * self.neck, ..self.clone() }
            }));
        }
        let nominal = look.values();
        moved.iter().filter_map(|junction| Some(junction.look(around)?.values())).fold([0.0; 6], |mut sum, values| {
            for ((sum, before), after) in sum.iter_mut().zip(nominal).zip(values) {
                *sum += before.zip(after).map_or(0.0, |(before, after)| (after - before).powi(2));
            }
            sum
        })
    }
}

/// Angle from the neck axis at which the contour, followed from the head, leaves the circle, degrees.
///
/// Where it lies [`LEFT_MM`] outside it has left. The next [`LEFT_MM`] of its rise tell how far back it left, [`DRAWN_OUT_DEG`] at most
/// and never before its last touch of the circle: so the tolerance shifts nothing where head and neck meet at an edge, and a slow rise
/// is not drawn out over the head.
fn leaves_at(contour: &Meridian, radius_mm: f64) -> Option<f64> {
    let outside = |deg: f64| contour.distance_at(deg.to_radians()).map(|distance| distance - radius_mm);
    // A bump of the head's surface, unlike the neck, is soon over.
    let stays_out = |from: f64| {
        (0..=(BUMP_DEG / STEP_DEG) as usize).all(|i| outside(from - STEP_DEG * i as f64).is_none_or(|mm| mm > LEFT_MM))
    };
    // The first place after `from` (towards the neck) at which the contour rises above a height.
    let rises = |from: f64, height_mm: f64| {
        let mut low = outside(from)?;
        let mut at = from;
        while at > STEP_DEG {
            let high = outside(at - STEP_DEG)?;
            if high > height_mm && stays_out(at - STEP_DEG) {
                return Some(at - STEP_DEG * ((height_mm - low) / (high - low)).clamp(0.0, 1.0));
            }
            (low, at) = (high, at - STEP_DEG);
        }
        None
    };
    let left = rises(START_DEG, LEFT_MM)?;
    let drawn_out = rises(left + 1e-9, 2.0 * LEFT_MM).map_or(DRAWN_OUT_DEG, |further| (left - further).min(DRAWN_OUT_DEG));
    let touch = (0..=(DRAWN_OUT_DEG / STEP_DEG) as usize)
        .map(|i| left + STEP_DEG * i as f64)
        .find(|deg| outside(*deg).is_some_and(|mm| mm <= 0.0));
    Some(touch.map_or(left + drawn_out, |touch| touch.min(left + drawn_out)))
}

/// Least distance of the contour from the neck axis along the neck, mm.
fn waist_mm(contour: &Meridian, radius_mm: f64) -> Option<f64> {
    contour
        .corners()
        .map(|(angle, distance)| (distance * angle.cos(), distance * angle.sin()))
        .filter(|(along, _)| WAIST.contains(&(along / radius_mm)))
        .map(|(_, off)| off)
        .min_by(f64::total_cmp)
}
