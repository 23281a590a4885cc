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

impl Alpha {
    /// Angle about the neck axis from 12 to 3 o'clock, degrees.
    fn direction_deg(&self) -> f64 {
        if self.hour > 6.0 { (self.hour - 12.0) * 30.0 } else { self.hour * 30.0 }
    }
}

/// What a look at the contours found.
pub(super) struct Look {
    /// By hour; planes in which the contour never leaves the head are not there.
    pub alpha: Vec<Alpha>,
    pub offset_ratio: Option<f64>,
}

impl Look {
    /// The planes in which a cam may lie.
    fn cams(&self) -> impl Iterator<Item = &Alpha> {
        self.alpha.iter().filter(|a| a.hour >= CAM_HOURS.0 || a.hour <= CAM_HOURS.1)
    }

    /// The variance of the direction of the greatest alpha angle, degrees², when that is uncertain by `sd` degrees: the mean square distance
    /// to the planes that come as near to it, and what the distance of the planes leaves open.
    fn direction_variance(&self, sd: f64) -> f64 {
        let between = (360.0 / PLANES as f64).powi(2) / 12.0;
        let [.., Some(greatest), Some(direction), _] = self.values() else { return between };
        let (sum, count) = self
            .cams()
            .filter(|a| a.deg >= greatest - sd)
            .fold((0.0, 0.0), |(sum, count), a| (sum + (a.direction_deg() - direction).powi(2), count + 1.0));
        sum / f64::max(count, 1.0) + between
    }

    /// Alpha at 12, 1:30 and 3 o'clock, the greatest one and its direction (degrees from 12 to 3 o'clock), offset ratio.
    pub fn values(&self) -> [Option<f64>; 6] {
        let at = |hour: f64| self.alpha.iter().find(|a| (a.hour - hour).abs() < 1e-9).map(|a| a.deg);
        let greatest = self.cams().max_by(|a, b| a.deg.total_cmp(&b.deg).then(b.hour.total_cmp(&a.hour)));
        [at(0.0), at(1.5), at(3.0), greatest.map(|a| a.deg), greatest.map(Alpha::direction_deg), self.offset_ratio]
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

    /// The variances of [`Look::values`]: each input is moved by its standard deviation either way, and the mean squares of the changes are
    /// added: where a contour hardly leaves the head, a step to one side changes all and to the other nothing.
    /// Inputs are head centre and radius (from the surface's scatter), the contour's own scatter and the neck axis.
    pub fn variances(&self, around: &Surroundings, look: &Look, scatter_mm: f64) -> [f64; 6] {
        let sphere_sd = scatter_mm / PATCHES.sqrt();
        let mut moved: Vec<Self> = Vec::new();
        for way in [1.0, -1.0] {
            let along =
                |axis: Vector3<f64>| Self { centre: self.centre + axis * (way * sphere_sd * 3.0_f64.sqrt()), ..self.clone() };
            moved.extend([Vector3::x(), Vector3::y(), Vector3::z()].map(along));
            moved.extend([sphere_sd, scatter_mm].map(|sd| Self { radius_mm: self.radius_mm + way * sd, ..self.clone() }));
            if let Some(face) = ClockFace::new(self.neck, &self.proximal) {
                moved.extend([0.0, 3.0].map(|hour| {
                    let turn = Rotation3::from_axis_angle(&face.direction(hour), way * NECK_SD_DEG.to_radians());
                    Self { neck: turn * self.neck, ..self.clone() }
                }));
            }
        }
        let nominal = look.values();
        let mut variances =
            moved.iter().filter_map(|junction| Some(junction.look(around)?.values())).fold([0.0; 6], |mut sum, values| {
                for ((sum, before), after) in sum.iter_mut().zip(nominal).zip(values) {
                    *sum += before.zip(after).map_or(0.0, |(before, after)| (after - before).powi(2) / 2.0);
                }
                sum
            });
        // The direction jumps from one place to another, which no step tells: every plane that may be the greatest is one it may have.
        variances[4] = look.direction_variance(variances[3].sqrt());
        variances
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        anatomy::{bones::Bone, view::View},
        frames::{AnatomicalFrame, Side},
        mesh::TriMesh,
    };

    const HEAD: f64 = 24.0;
    const NECK: f64 = 16.0;
    const AROUND_AXIS: usize = 96;

    /// A right head on a cylindrical neck; `cam_deg`: over 1:30 ± 0:45 the contour leaves the head there, rising by 12 mm a radian.
    fn proximal_femur(cam_deg: Option<f64>) -> (Junction, TriMesh, AnatomicalFrame) {
        let frame = AnatomicalFrame::scanner(Point3::new(-80.0, 5.0, -20.0));
        let (neck, proximal) = (Unit::new_normalize(Vector3::new(-0.2, -0.65, 0.75)), Vector3::y());
        let face = ClockFace::new(neck, &proximal).unwrap();
        // From the pole of the head (180°) to far along the neck (8°), by half degrees.
        let rings: Vec<f64> = (16..360).rev().map(|half| f64::from(half) / 2.0).collect();
        let mut local = Vec::new();
        for deg in &rings {
            for i in 0..AROUND_AXIS {
                let hour = i as f64 / AROUND_AXIS as f64 * 12.0;
                let (sin, cos) = deg.to_radians().sin_cos();
                let cylinder = if *deg < 90.0 { NECK / sin } else { 0.0 };
                let cam = cam_deg.filter(|cam| (hour - 1.5).abs() <= 0.75 && deg < cam);
                let bump = cam.map_or(0.0, |cam| HEAD + (12.0 * (cam - deg).to_radians()).min(3.0));
                local.push((neck.into_inner() * cos + face.direction(hour).into_inner() * sin) * cylinder.max(HEAD).max(bump));
            }
        }
        let mut mesh =
            TriMesh { vertices: local.iter().map(|p| frame.lps_point(&Point3::from(*p))).collect(), triangles: Vec::new() };
        for (ring, i) in (1..rings.len()).flat_map(|ring| (0..AROUND_AXIS).map(move |i| (ring, i))) {
            let at = |ring: usize, i: usize| (ring * AROUND_AXIS + i % AROUND_AXIS) as u32;
            let [a, b, c, d] = [at(ring - 1, i), at(ring - 1, i + 1), at(ring, i + 1), at(ring, i)];
            mesh.triangles.extend([[a, b, c], [a, c, d]]);
        }
        (Junction { centre: Point3::origin(), radius_mm: HEAD, neck, proximal }, mesh, frame)
    }

    fn look(junction: &Junction, mesh: &TriMesh, frame: &AnatomicalFrame, side: Side) -> Look {
        let view = View { frame, side };
        junction.look(&Surroundings::new(&Bone::new(mesh, None), &frame.origin, AROUND * HEAD, &view)).unwrap()
    }

    #[test]
    fn a_cylinder_on_a_sphere_leaves_it_at_the_arcsine_of_their_radii() {
        let (junction, mesh, frame) = proximal_femur(None);
        let look = look(&junction, &mesh, &frame, Side::Right);
        let expected = (NECK / HEAD).asin().to_degrees();
        assert_eq!(look.alpha.len(), PLANES);
        assert!(look.alpha.iter().all(|a| (a.deg - expected).abs() < 0.3), "{expected}: {:?}", look.alpha);
        assert!((look.offset_ratio.unwrap() - (HEAD - NECK) / (2.0 * HEAD)).abs() < 0.002, "{:?}", look.offset_ratio);
    }

    #[test]
    fn a_cam_is_found_where_it_is() {
        let (junction, mesh, frame) = proximal_femur(Some(70.0));
        let look = look(&junction, &mesh, &frame, Side::Right);
        let [twelve, half_past_one, three, greatest, direction, _] = look.values().map(Option::unwrap);
        assert!((half_past_one - 70.0).abs() < 0.5 && greatest - half_past_one < 0.5, "{half_past_one} {greatest}");
        assert!((direction - 45.0).abs() < 16.0 && twelve < 43.0 && three < 43.0, "{direction} {twelve} {three}");
        assert!(junction.variances(&surroundings(&mesh, &frame), &look, 0.3)[1].sqrt() < 5.0);
    }

    fn surroundings(mesh: &TriMesh, frame: &AnatomicalFrame) -> Surroundings {
        let view = View { frame, side: Side::Right };
        Surroundings::new(&Bone::new(mesh, None), &frame.origin, AROUND * HEAD, &view)
    }

    #[test]
    fn the_mirrored_head_has_the_same_angles() {
        let (junction, mesh, frame) = proximal_femur(Some(62.0));
        let other = AnatomicalFrame { origin: Point3::new(-frame.origin.x, frame.origin.y, frame.origin.z), ..frame };
        let right = look(&junction, &mesh, &frame, Side::Right);
        let left = look(&junction, &mesh.mirrored_x(), &other, Side::Left);
        for (a, b) in right.alpha.iter().zip(&left.alpha) {
            assert!((a.deg - b.deg).abs() < 1e-9 && a.hour == b.hour, "{a:?} {b:?}");
        }
    }
}
