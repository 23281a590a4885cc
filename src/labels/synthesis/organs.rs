//! Organs, muscles, vessels and joints as rounded cones between landmarks of the bones.

use super::{phantom::Phantom, random::Dice, settings::CtSettings};
use crate::frames::Side;
use nalgebra::{Point3, Vector3};

/// A cone with round ends: from `a` with radius `ra` to `b` with radius `rb`, mm, filled with a tissue.
pub(super) struct Blob {
    a: Vector3<f32>,
    along: Vector3<f32>,
    per_squared: f32,
    ra: f32,
    rb: f32,
    pub(super) tissue: Tissue,
}

/// What a [`Blob`] is filled with.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tissue {
    /// A muscle in a thin sheath of fat.
    Muscle,
    /// Fat.
    Fat,
    /// One density, HU.
    Plain(f32),
}

/// Thickness of the fat between one muscle and the next, mm.
pub(super) const SHEATH_MM: f32 = 1.6;

impl Blob {
    fn new(a: Point3<f64>, b: Point3<f64>, ra: f64, rb: f64, tissue: Tissue) -> Self {
        let along = (b - a).cast::<f32>();
        let squared = along.norm_squared();
        let per_squared = if squared > 1e-6 { 1.0 / squared } else { 0.0 };
        Self { a: a.coords.cast(), along, per_squared, ra: ra as f32, rb: rb as f32, tissue }
    }

    /// Lowest and highest coordinate along an axis, widened by `margin` mm.
    pub(super) fn reach(&self, axis: usize, margin: f32) -> (f32, f32) {
        let (a, b) = (self.a[axis], self.a[axis] + self.along[axis]);
        let radius = self.ra.max(self.rb) + margin;
        (a.min(b) - radius, a.max(b) + radius)
    }

    /// Distance from the surface, mm; negative inside.
    pub(super) fn distance(&self, p: &Vector3<f32>) -> f32 {
        let offset = p - self.a;
        let t = (offset.dot(&self.along) * self.per_squared).clamp(0.0, 1.0);
        (offset - self.along * t).norm() - (self.ra + (self.rb - self.ra) * t)
    }
}

/// Everything inside a trunk `depth_mm` deep from front to back. Organs first, then muscles, vessels and joints: what comes later lies over what came before.
pub(super) fn blobs(phantom: &Phantom, settings: &CtSettings, depth_mm: f64, dice: &mut Dice) -> Vec<Blob> {
    let mut all = viscera(phantom, settings, depth_mm, dice);
    for side in Side::BOTH {
        all.extend(muscles(phantom, side, dice));
        all.extend(vessels(phantom, side, settings));
        let hip = phantom.truth.hip(side);
        let joint = Tissue::Plain(settings.joint_hu as f32);
        all.push(Blob::new(hip.acetabulum.centre, hip.acetabulum.centre, hip.acetabulum.radius_mm + 0.5, 0.0, joint));
    }
    all.extend(midline(phantom, settings));
    // Drawn from dice of their own, so that a body without them stays what it was.
    let mut extra = Dice::new(phantom.truth.seed, 5);
    all.extend(medium(phantom, settings, &mut extra));
    all.extend(calcifications(phantom, settings, &mut extra));
    all
}

/// Contrast medium in the bladder and in loops of bowel.
fn medium(phantom: &Phantom, settings: &CtSettings, dice: &mut Dice) -> Vec<Blob> {
    if settings.contrast_hu <= 0.0 {
        return Vec::new();
    }
    let middle = nalgebra::center(&phantom.truth.left.head.centre, &phantom.truth.right.head.centre);
    let at = |x: f64, y: f64, z: f64| middle + Vector3::new(x, y, z);
    let mut full = |share: f64| Tissue::Plain((settings.contrast_hu * share * dice.uniform(0.6..=1.2)) as f32);
    let mut all = vec![Blob::new(at(-10.0, -2.0, 22.0), at(10.0, -2.0, 22.0), 24.0, 24.0, full(1.0))];
    let tissues: Vec<_> = (0..8).map(|_| full(0.7)).collect();
    for tissue in tissues {
        let a = at(dice.uniform(-80.0..=80.0), dice.uniform(-60.0..=0.0), dice.uniform(60.0..=190.0));
        let b = a + Vector3::new(dice.uniform(-30.0..=30.0), dice.uniform(-10.0..=10.0), dice.uniform(-18.0..=18.0));
        let radius = dice.uniform(6.0..=15.0);
        all.push(Blob::new(a, b, radius, radius, tissue));
    }
    all
}

/// Plaques along the arteries and phleboliths in the small pelvis: small, bright, and no bone.
fn calcifications(phantom: &Phantom, settings: &CtSettings, dice: &mut Dice) -> Vec<Blob> {
    let arteries: Vec<_> = Side::BOTH.into_iter().flat_map(|side| artery(phantom, side)).collect();
    let mut spots = Vec::new();
    for n in 0..settings.calcifications {
        let tissue = Tissue::Plain(dice.uniform(220.0..=1100.0) as f32);
        if n % 6 == 5 {
            let middle = nalgebra::center(&phantom.truth.left.head.centre, &phantom.truth.right.head.centre);
            let at = middle + Vector3::new(dice.uniform(-50.0..=50.0), dice.uniform(-10.0..=50.0), dice.uniform(-20.0..=50.0));
            let radius = dice.uniform(1.2..=3.5);
            spots.push(Blob::new(at, at, radius, radius, tissue));
            continue;
        }
        let (from, to) = arteries[(n as usize) % arteries.len()];
        let along = from + (to - from) * dice.uniform(0.0..=1.0);
        let wall = Vector3::new(dice.uniform(-1.0..=1.0), dice.uniform(-1.0..=1.0), 0.0).try_normalize(1e-6).unwrap_or_default();
        let start = along + wall * 4.3;
        let end = start + (to - from).normalize() * dice.uniform(1.0..=14.0);
        let radius = dice.uniform(0.8..=2.0);
        spots.push(Blob::new(start, end, radius, radius, tissue));
    }
    spots
}

/// A forearm and hand from each side upon a belly whose front is at `front` (its middle at the height of the hips), `half_width` wide.
pub(super) fn arms(front: Point3<f64>, half_width: f64, settings: &CtSettings, dice: &mut Dice) -> Vec<Blob> {
    let plain = |hu: f64| Tissue::Plain(hu as f32);
    let (flesh, bone, marrow) =
        (plain(settings.muscle_hu), plain(settings.cortex_hu * 0.85), plain(settings.cancellous_hu.max(0.0)));
    let mut all = Vec::new();
    for side in Side::BOTH {
        let out = side.lps_sign();
        let height = dice.uniform(40.0..=150.0);
        let elbow = front
            + Vector3::new(
                out * (half_width + dice.uniform(5.0..=30.0)),
                dice.uniform(10.0..=50.0),
                height + dice.uniform(0.0..=60.0),
            );
        let wrist = front
            + Vector3::new(out * dice.uniform(15.0..=80.0), -dice.uniform(26.0..=34.0), height + dice.uniform(-40.0..=30.0));
        let along = (wrist - elbow).normalize();
        let beside = along.cross(&Vector3::y()).try_normalize(1e-6).unwrap_or(Vector3::z());
        let fingers = wrist + along * 85.0;
        all.push(Blob::new(elbow, wrist, 38.0, 25.0, plain(settings.fat_hu)));
        all.push(Blob::new(elbow, wrist, 33.0, 20.0, flesh));
        all.push(Blob::new(wrist, fingers, 20.0, 14.0, flesh));
        for (off, thick) in [(9.0, 7.0), (-9.0, 6.0)] {
            let (a, b) = (elbow + beside * (off * 1.3), wrist + beside * off);
            all.push(Blob::new(a, b, thick + 2.0, thick, bone));
            all.push(Blob::new(a, b, thick - 1.5, thick - 3.0, marrow));
        }
        let rays = (-2..=2).map(|finger| beside * (f64::from(finger) * 9.0));
        let rays: Vec<_> = rays.map(|off| (wrist + off * 0.6 + along * 12.0, fingers + off)).collect();
        // All of the flesh first: it would else cover the bones of the finger before.
        all.extend(rays.iter().map(|&(a, b)| Blob::new(a, b, 10.0, 9.0, flesh)));
        all.extend(rays.iter().map(|&(a, b)| Blob::new(a, b, 4.5, 3.5, bone)));
    }
    all
}

/// The course of the external iliac and the femoral artery.
fn artery(phantom: &Phantom, side: Side) -> [(Point3<f64>, Point3<f64>); 2] {
    let hip = phantom.truth.hip(side);
    let out = side.lps_sign();
    let groin = hip.head.centre + Vector3::new(-12.0 * out, -38.0, 15.0);
    let high = hip.head.centre + Vector3::new(-55.0 * out, 5.0, 110.0);
    let low = groin + Vector3::new(8.0 * out, 25.0, -170.0);
    [(high, groin), (groin, low)]
}

/// Discs and the symphysis.
fn midline(phantom: &Phantom, settings: &CtSettings) -> Vec<Blob> {
    let joint = Tissue::Plain(settings.joint_hu as f32 + 15.0);
    let landmark = |name: &str| phantom.truth.landmarks.get(name).copied().unwrap_or(phantom.truth.landmark_plane.origin);
    let symphysis = nalgebra::center(&landmark("LPS"), &landmark("RPS"));
    let plateau = landmark("SACRAL_PLATEAU");
    let app = &phantom.truth.landmark_plane;
    let column = plateau + app.superior().scale(125.0) + app.anterior().scale(8.0);
    vec![
        Blob::new(symphysis + app.superior().scale(8.0), symphysis - app.superior().scale(14.0), 9.0, 8.0, joint),
        Blob::new(plateau + app.superior().scale(4.0), column, 15.0, 15.0, joint),
        // The spinal canal.
        Blob::new(plateau - app.anterior().scale(24.0), column - app.anterior().scale(30.0), 8.0, 8.0, Tissue::Plain(12.0)),
    ]
}

fn viscera(phantom: &Phantom, settings: &CtSettings, depth_mm: f64, dice: &mut Dice) -> Vec<Blob> {
    let truth = &phantom.truth;
    let middle = nalgebra::center(&truth.left.head.centre, &truth.right.head.centre);
    let at = |x: f64, y: f64, z: f64| middle + Vector3::new(x, y, z);
    let soft = |hu: f64| Tissue::Plain(hu as f32);
    let bladder = dice.uniform(18.0..=34.0);
    // The belly and the true pelvis are hollows of fat, in which the organs lie.
    let roomy = dice.uniform(0.9..=1.1);
    let mut all: Vec<_> = [-55.0, 0.0, 55.0]
        .into_iter()
        .map(|x| Blob::new(at(x, -28.0, 95.0), at(x, -30.0, 300.0), 62.0 * roomy, 66.0 * roomy, Tissue::Fat))
        .collect();
    all.push(Blob::new(at(0.0, 2.0, 90.0), at(0.0, 12.0, 8.0), 56.0, 44.0, Tissue::Fat));
    all.extend([
        Blob::new(at(-22.0, 12.0, 25.0), at(22.0, 12.0, 25.0), 34.0, 34.0, soft(32.0)),
        Blob::new(at(-10.0, -2.0, 22.0), at(10.0, -2.0, 22.0), bladder, bladder, soft(dice.uniform(0.0..=15.0))),
        Blob::new(at(0.0, 50.0, 0.0), at(0.0, 42.0, 70.0), 15.0, 17.0, soft(35.0)),
    ]);
    if dice.chance(settings.bowel_gas) {
        all.push(Blob::new(at(0.0, 48.0, 10.0), at(2.0, 42.0, 50.0), 8.0, 10.0, soft(-950.0)));
    }
    let depth = depth_mm * 0.22;
    for _ in 0..26 {
        let a = at(dice.uniform(-85.0..=85.0), dice.uniform(-1.0..=1.0) * depth - 25.0, dice.uniform(70.0..=230.0));
        let b = a + Vector3::new(dice.uniform(-35.0..=35.0), dice.uniform(-15.0..=15.0), dice.uniform(-20.0..=20.0));
        let radius = dice.uniform(11.0..=22.0);
        all.push(Blob::new(a, b, radius, radius, soft(dice.uniform(20.0..=45.0))));
        if dice.chance(settings.bowel_gas) {
            all.push(Blob::new(a, b, radius - 4.0, radius - 6.0, soft(-960.0)));
        }
    }
    all
}

fn vessels(phantom: &Phantom, side: Side, settings: &CtSettings) -> Vec<Blob> {
    let out = side.lps_sign();
    let [(high, groin), (_, low)] = artery(phantom, side);
    let blood = Tissue::Plain(settings.vessel_hu as f32);
    let beside = Vector3::new(-12.0 * out, 4.0, 0.0);
    vec![
        Blob::new(high, groin, 5.0, 4.5, blood),
        Blob::new(groin, low, 4.5, 4.0, blood),
        Blob::new(high + beside, groin + beside, 6.5, 6.0, blood),
        Blob::new(groin + beside, low + beside * 0.5, 6.0, 5.0, blood),
    ]
}

/// The large muscle groups about one hip, from bone to bone.
fn muscles(phantom: &Phantom, side: Side, dice: &mut Dice) -> Vec<Blob> {
    let truth = &phantom.truth;
    let hip = truth.hip(side);
    let out = side.lps_sign();
    let bulk = dice.uniform(0.85..=1.15);
    let named = |name: &str| {
        let key = format!("{}{name}", side.letter());
        truth.landmarks.get(&key).copied().unwrap_or(hip.head.centre)
    };
    let (asis, psis, sit, tubercle) = (named("ASIS"), named("PSIS"), named("IT"), named("PT"));
    let (gt, lt, head) = (hip.greater_trochanter, hip.lesser_trochanter, hip.head.centre);
    let wing = nalgebra::center(&asis, &psis);
    // Lateral, posterior, superior from a bone.
    let by = |p: Point3<f64>, lateral: f64, posterior: f64, up: f64| p + Vector3::new(lateral * out, posterior, up);
    let distal = lt - hip.shaft.direction.scale(150.0);
    let plateau = truth.landmarks.get("SACRAL_PLATEAU").copied().unwrap_or(psis);
    let table: [(Point3<f64>, Point3<f64>, f64, f64); 17] = [
        // Gluteus maximus in two bellies, medius in two, minimus.
        (by(psis, 12.0, 6.0, -25.0), by(gt, -8.0, 32.0, -45.0), 24.0, 27.0),
        (by(nalgebra::center(&psis, &sit), 15.0, 22.0, -10.0), by(gt, -12.0, 34.0, -85.0), 27.0, 25.0),
        (by(wing, 16.0, 5.0, 18.0), by(gt, -2.0, -2.0, 8.0), 25.0, 13.0),
        (by(asis, 6.0, 24.0, -12.0), by(gt, 0.0, -8.0, 5.0), 17.0, 12.0),
        (by(wing, 12.0, 0.0, -25.0), by(gt, -8.0, -8.0, 8.0), 17.0, 12.0),
        // Psoas and iliacus.
        (by(plateau, 42.0, 5.0, 120.0), by(head, -8.0, -26.0, 28.0), 22.0, 18.0),
        (by(head, -8.0, -26.0, 28.0), lt, 18.0, 10.0),
        (by(wing, -16.0, -6.0, 12.0), by(head, 0.0, -26.0, 25.0), 17.0, 16.0),
        // Obturators and short rotators.
        (by(nalgebra::center(&sit, &tubercle), -6.0, 0.0, 22.0), by(gt, -14.0, 8.0, 2.0), 13.0, 8.0),
        (by(nalgebra::center(&sit, &tubercle), 8.0, -6.0, 10.0), by(lt, -4.0, 10.0, 12.0), 15.0, 9.0),
        // Adductors, quadriceps, lateral vastus, hamstrings.
        (by(tubercle, 12.0, 16.0, -18.0), by(distal, -38.0, 8.0, 0.0), 19.0, 27.0),
        (by(nalgebra::center(&sit, &tubercle), 8.0, 4.0, -22.0), by(distal, -30.0, 22.0, 0.0), 22.0, 26.0),
        (by(head, 8.0, -28.0, -25.0), by(distal, 0.0, -30.0, 0.0), 14.0, 27.0),
        (by(gt, -4.0, -8.0, -38.0), by(distal, 24.0, -6.0, 0.0), 15.0, 26.0),
        (by(sit, 2.0, 8.0, -12.0), by(distal, -6.0, 40.0, 0.0), 16.0, 27.0),
        // Tensor of the fascia lata with sartorius; erector of the spine.
        (by(asis, 6.0, 2.0, -14.0), by(gt, 4.0, -36.0, -50.0), 10.0, 14.0),
        (by(psis, -18.0, 0.0, -5.0), by(plateau, 30.0, 48.0, 130.0), 14.0, 24.0),
    ];
    table.into_iter().map(|(a, b, ra, rb)| Blob::new(a, b, ra * bulk, rb * bulk, Tissue::Muscle)).collect()
}
