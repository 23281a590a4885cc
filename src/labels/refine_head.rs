//! Head and socket parted along the joint space.
//!
//! Where a network leaks one into the other (a known weakness of published ones), physics knows better: the head is a ball, and
//! around it runs a dark shell between two bright plates. The ball is fitted to the bright-to-dark step of the CT itself, then the
//! darkest place between the plates is looked up along every ray from its centre.

use crate::volume::{Volume, resample::trilinear};
use nalgebra::{Point3, Vector3};
use rayon::prelude::*;

/// A femoral head found in a CT.
#[derive(Clone, Debug)]
pub struct Head {
    /// Centre, LPS mm.
    pub centre: Point3<f64>,
    /// Radius of the bony head, mm.
    pub radius_mm: f64,
    /// How clearly it stands out, HU: see [`Head::find`].
    pub contrast_hu: f64,
}

/// Radii of adult femoral heads with a margin, mm.
const RADII_MM: [f64; 2] = [17.0, 31.0];
/// Radius that is neither small nor large, mm: the median of 20 draws of the shape model (20.3 to 25.7).
const USUAL_RADIUS_MM: f64 = 22.5;
/// How much contrast a centre must gain for each square millimetre away from the guess, HU.
const PER_MM2_AWAY: f64 = 0.15;
/// How much contrast a radius 3 mm from the usual must gain, HU: where a joint is narrow and voxels are long, a ball that takes in the
/// socket's plate shows nearly as well.
const PER_UNUSUAL_RADIUS: f64 = 30.0;
/// What a ball gains when the network sees femur throughout it, HU.
const BELIEF_HU: f64 = 200.0;
/// More belief than this gains nothing: beyond it the CT knows better where the ball ends than the network's coarse grid.
const ENOUGH_BELIEF: f64 = 0.5;
/// Certainty in a volume of beliefs.
pub const CERTAIN: i16 = 1000;
/// Share of the rays that must see the ball's surface; the others may look into the neck.
const SEEN: f64 = 0.65;

impl Head {
    /// Fits the ball near `guess` (LPS mm): every place and size in reach, then finer around the best few.
    ///
    /// `belief` is the network's opinion on its own grid: [`CERTAIN`] where it sees femur, −[`CERTAIN`] where it sees hip bone.
    #[must_use]
    pub fn find(volume: &Volume, belief: &Volume, guess: &Point3<f64>) -> Self {
        let search = Search { volume, belief, guess };
        let start = Self { centre: *guess, radius_mm: USUAL_RADIUS_MM, contrast_hu: f64::NEG_INFINITY };
        let mut best = search.around(&[start], [10.0, 2.0], [5.5, 1.0], 90, 24);
        for (reach, step, rays, keep) in [(1.5, 0.75, 150, 4), (0.5, 0.25, 400, 1)] {
            best = search.around(&best, [reach, step], [reach, step], rays, keep);
        }
        // There is always one: the guess itself is a candidate.
        best.swap_remove(0)
    }

    /// How clearly the CT alone shows this ball, HU.
    pub fn stands_out_hu(&self, volume: &Volume) -> f64 {
        contrast(volume, &self.centre, self.radius_mm, &directions(400))
    }
}

struct Search<'a> {
    volume: &'a Volume,
    belief: &'a Volume,
    guess: &'a Point3<f64>,
}

impl Search<'_> {
    /// The `keep` best balls among all whose centre and radius lie on grids of `[reach, step]` mm around some others.
    fn around(&self, others: &[Head], centre: [f64; 2], radius: [f64; 2], rays: usize, keep: usize) -> Vec<Head> {
        let directions = directions(rays);
        let (shifts, growths) = (cube(&offsets(centre)), offsets(radius));
        let of_ball = |ball: &Head| -> Vec<(Point3<f64>, f64)> {
            let grown =
                |shift: &Vector3<f64>| growths.iter().map(|r| (ball.centre + shift, ball.radius_mm + r)).collect::<Vec<_>>();
            shifts.iter().flat_map(grown).filter(|(_, radius)| (RADII_MM[0]..=RADII_MM[1]).contains(radius)).collect()
        };
        let candidates: Vec<_> = others.iter().flat_map(of_ball).collect();
        let mut balls: Vec<Head> = candidates
            .into_par_iter()
            .map(|(centre, radius_mm)| {
                let unusual = (centre - self.guess).norm_squared() * PER_MM2_AWAY
                    + ((radius_mm - USUAL_RADIUS_MM) / 3.0).powi(2) * PER_UNUSUAL_RADIUS;
                let within = BELIEF_HU * believed(self.belief, &centre, radius_mm, &directions).min(ENOUGH_BELIEF);
                let contrast_hu = contrast(self.volume, &centre, radius_mm, &directions) + within - unusual;
                Head { centre, radius_mm, contrast_hu }
            })
            .collect();
        balls.sort_by(|a, b| b.contrast_hu.total_cmp(&a.contrast_hu));
        balls.truncate(keep);
        balls
    }
}

/// From −reach to reach in steps.
fn offsets([reach, step]: [f64; 2]) -> Vec<f64> {
    let steps = (reach / step).round() as i32;
    (-steps..=steps).map(|n| f64::from(n) * step).collect()
}

/// Every vector whose three parts are among the values.
fn cube(values: &[f64]) -> Vec<Vector3<f64>> {
    let n = values.len();
    (0..n.pow(3)).map(|at| Vector3::new(values[at % n], values[at / n % n], values[at / (n * n)])).collect()
}

/// How much the CT around a ball looks like a head in its socket: bright within its surface, dark outside it, bright again beyond.
/// Mean over the rays that show it best. (Bright to dark alone would also fit the socket's own plate and its spongy bone.)
fn contrast(volume: &Volume, centre: &Point3<f64>, radius: f64, directions: &[Vector3<f64>]) -> f64 {
    let along = |d: &Vector3<f64>| {
        let at = |r: f64| trilinear(volume, &(centre + d * r));
        let (bright, dark) = (at(radius - 1.0)?, at(radius + 1.75)?);
        let beyond = [3.25, 4.5, 6.0].into_iter().filter_map(|r| at(radius + r)).fold(dark, f64::max);
        // Limited so that a strip of metal or a vessel does not outweigh the ball; half for the socket, which covers only a part.
        Some((bright - dark).clamp(-300.0, 500.0) + 0.5 * (beyond - dark).min(400.0))
    };
    // A ray that leaves the scan tells nothing.
    let mut steps: Vec<f64> = directions.iter().map(|d| along(d).unwrap_or(0.0)).collect();
    let seen = (steps.len() as f64 * SEEN) as usize;
    steps.sort_unstable_by(|a, b| b.total_cmp(a));
    steps[..seen].iter().sum::<f64>() / seen as f64
}

/// Mean belief in femur, −1 to 1, on a shell well within the ball.
fn believed(belief: &Volume, centre: &Point3<f64>, radius: f64, directions: &[Vector3<f64>]) -> f64 {
    let at = |d: &Vector3<f64>| trilinear(belief, &(centre + d * (0.8 * radius))).unwrap_or(0.0);
    directions.iter().step_by(3).map(at).sum::<f64>() / (directions.len().div_ceil(3) as f64 * f64::from(CERTAIN))
}

/// HU at a point; air outside the volume.
fn sample(volume: &Volume, p: &Point3<f64>) -> f64 {
    trilinear(volume, p).unwrap_or(-1000.0)
}

/// Directions spread evenly over the sphere (golden spiral).
fn directions(count: usize) -> Vec<Vector3<f64>> {
    let golden = std::f64::consts::PI * (3.0 - 5f64.sqrt());
    (0..count)
        .map(|n| {
            let z = 1.0 - (2.0 * n as f64 + 1.0) / count as f64;
            let (sin, cos) = (golden * n as f64).sin_cos();
            let r = (1.0 - z * z).sqrt();
            Vector3::new(r * cos, r * sin, z)
        })
        .collect()
}

/// The dark shell around a head: its distance from the centre along every direction.
#[derive(Clone, Debug)]
pub struct JointSpace {
    head: Head,
    /// Distance of the shell, mm, on a grid of inclination × azimuth.
    distance_mm: Vec<f32>,
}

/// Cells of inclination and azimuth, 3° each.
const CELLS: [usize; 2] = [60, 120];
/// Radial samples from the radius − 2 mm outwards, half a millimetre apart.
const RADIAL: usize = 18;
const RADIAL_STEP_MM: f64 = 0.5;

impl JointSpace {
    /// Looks along every ray for the darkest place near the ball's surface; neighbouring rays help each other.
    #[must_use]
    pub fn find(volume: &Volume, head: Head) -> Self {
        let start = head.radius_mm - 2.0;
        let radius = |n: usize| start + RADIAL_STEP_MM * n as f64;
        let profile = |cell: usize| -> [f32; RADIAL] {
            let direction = cell_direction(cell);
            let hu: [f64; RADIAL] =
                std::array::from_fn(|n| sample(volume, &(head.centre + direction * radius(n))).clamp(-150.0, 900.0));
            let brightest = |part: &[f64]| part.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // How much darker than the plates on both sides; the further from where a joint space is expected, the darker it must be.
            std::array::from_fn(|n| {
                let plates = brightest(&hu[..=n]).min(brightest(&hu[n..]));
                (hu[n] - plates + 12.0 * (radius(n) - head.radius_mm - 1.5).powi(2)) as f32
            })
        };
        let mut costs: Vec<[f32; RADIAL]> = (0..CELLS[0] * CELLS[1]).into_par_iter().map(profile).collect();
        for _ in 0..3 {
            costs = smoothed(&costs);
        }
        let darkest = |cost: &[f32; RADIAL]| (0..RADIAL).fold(0, |best, n| if cost[n] < cost[best] { n } else { best });
        let distance_mm = costs.iter().map(|cost| radius(darkest(cost)) as f32).collect();
        Self { head, distance_mm }
    }

    /// The head inside it.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// Distance of the shell from the head's centre along a direction, mm.
    #[must_use]
    pub fn distance_mm(&self, direction: &Vector3<f64>) -> f64 {
        let d = direction.normalize();
        let theta = d.z.clamp(-1.0, 1.0).acos() / std::f64::consts::PI * CELLS[0] as f64;
        let phi = d.y.atan2(d.x).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU * CELLS[1] as f64;
        let (theta, phi) = ((theta as usize).min(CELLS[0] - 1), phi as usize % CELLS[1]);
        f64::from(self.distance_mm[theta * CELLS[1] + phi])
    }
}

fn cell_direction(cell: usize) -> Vector3<f64> {
    let theta = ((cell / CELLS[1]) as f64 + 0.5) / CELLS[0] as f64 * std::f64::consts::PI;
    let phi = ((cell % CELLS[1]) as f64 + 0.5) / CELLS[1] as f64 * std::f64::consts::TAU;
    Vector3::new(theta.sin() * phi.cos(), theta.sin() * phi.sin(), theta.cos())
}

/// Mean of each ray's costs with its neighbours'.
fn smoothed(costs: &[[f32; RADIAL]]) -> Vec<[f32; RADIAL]> {
    (0..costs.len())
        .into_par_iter()
        .map(|cell| {
            let (theta, phi) = (cell / CELLS[1], cell % CELLS[1]);
            let mut sum = [0.0; RADIAL];
            let mut count = 0.0;
            for t in theta.saturating_sub(1)..=(theta + 1).min(CELLS[0] - 1) {
                for p in [phi + CELLS[1] - 1, phi, phi + 1] {
                    let neighbour = &costs[t * CELLS[1] + p % CELLS[1]];
                    sum.iter_mut().zip(neighbour).for_each(|(s, c)| *s += c);
                    count += 1.0;
                }
            }
            sum.map(|s| s / count)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Grid;

    /// A ball of radius 24 mm in a socket that begins 3 mm outside it, in soft tissue.
    pub(crate) fn ball_in_socket(centre: Point3<f64>) -> Volume {
        let grid = Grid::axis_aligned([80, 80, 80], [1.0; 3], Point3::new(-40.0, -40.0, -40.0));
        let hu = (0..grid.len())
            .map(|at| {
                let from = grid.centre(grid.voxel(at)) - centre;
                let r = from.norm();
                // Each edge as blurred as a CT shows it: 1.5 mm from a tenth to nine tenths.
                let above = |edge: f64| 1.0 / (1.0 + (-(r - edge) / 0.34).exp());
                let socket = if from.x > -5.0 { above(27.0) * (1.0 - above(33.0)) } else { 0.0 };
                (50.0 + 250.0 * (1.0 - above(24.0)) + 400.0 * socket).round() as i16
            })
            .collect();
        Volume { grid, hu }
    }

    #[test]
    fn the_ball_and_the_dark_shell_are_found() {
        let truth = Point3::new(2.3, -1.1, 0.7);
        let volume = ball_in_socket(truth);
        // What the network would see on its own grid.
        let coarse = Grid::axis_aligned([14, 14, 14], [6.0; 3], Point3::new(-40.0, -40.0, -40.0));
        let sees = |r: f64| if r < 24.0 { CERTAIN } else { -CERTAIN };
        let hu = (0..coarse.len()).map(|at| sees((coarse.centre(coarse.voxel(at)) - truth).norm())).collect();
        let head = Head::find(&volume, &Volume { grid: coarse, hu }, &Point3::new(9.0, 4.0, 8.0));
        assert!((head.centre - truth).norm() < 0.4, "{:?}", head);
        assert!((head.radius_mm - 24.0).abs() < 0.6, "{:?}", head);
        let joint = JointSpace::find(&volume, head);
        let into_socket = joint.distance_mm(&Vector3::new(1.0, 0.2, 0.3));
        assert!((into_socket - 25.5).abs() < 1.1, "{into_socket}");
    }
}
