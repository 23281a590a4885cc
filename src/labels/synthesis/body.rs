//! The soft tissue around the bones: skin, fat, muscles, vessels, bowel, and the table below.

use super::{
    bone_tissue::smoothstep,
    phantom::Phantom,
    random::{Dice, Texture, hash},
    settings::CtSettings,
};
use crate::{frames::Side, labels::Label};
use nalgebra::{Point3, Vector3};

/// A cone with round ends: from `a` with radius `ra` to `b` with radius `rb`, mm, filled with a tissue.
pub(super) struct Blob {
    a: Vector3<f32>,
    along: Vector3<f32>,
    per_squared: f32,
    ra: f32,
    rb: f32,
    tissue: Tissue,
}

#[derive(Clone, Copy, PartialEq)]
enum Tissue {
    /// A muscle in a thin sheath of fat.
    Muscle,
    Fat,
    Plain(f32),
}

/// Thickness of the fat between one muscle and the next, mm.
const SHEATH_MM: f32 = 1.6;

/// One limb or the trunk: a stack of ellipses along z.
struct Trunk {
    x: f64,
    back: f64,
    front: f64,
    half_width_hips: f64,
    half_width_waist: f64,
    hips_z: f64,
    waist_z: f64,
    crotch_z: f64,
}

struct Thigh {
    top: Point3<f64>,
    slope: Vector3<f64>,
    half_width: f64,
    half_depth: f64,
}

/// Everything of the patient that is not bone.
pub(super) struct Body {
    trunk: Trunk,
    thighs: [Thigh; 2],
    blobs: Vec<Blob>,
    skin_hu: f32,
    fat_hu: f32,
    muscle_hu: f32,
    fat_mm: f32,
    infiltration: f32,
    table: bool,
    texture: Texture,
    packing: Texture,
}

const AIR_HU: f32 = -1000.0;

impl Body {
    pub(super) fn new(phantom: &Phantom, settings: &CtSettings, seed: u64) -> Self {
        let mut dice = Dice::new(seed, 2);
        let fat = settings.subcutaneous_fat_mm;
        let truth = &phantom.truth;
        let landmark = |name: &str| truth.landmarks.get(name).copied().unwrap_or(truth.app.origin);
        let bounds = |label: Label| phantom.meshes.get(&label).and_then(crate::mesh::TriMesh::bounds);
        let wide = |label: fn(Side) -> Label, z_above: f64| {
            let vertices = Side::BOTH.into_iter().filter_map(|s| phantom.meshes.get(&label(s))).flat_map(|m| &m.vertices);
            vertices.filter(|p| p.z > z_above).fold((f64::MAX, f64::MIN), |(l, h), p| (l.min(p.x), h.max(p.x)))
        };
        let heads = Side::BOTH.map(|s| truth.hip(s).head.centre);
        let hips_z = f64::midpoint(heads[0].z, heads[1].z) - 10.0;
        let (hip_low, hip_high) = wide(Label::femur, hips_z - 40.0);
        let (crest_low, crest_high) = wide(Label::hip, hips_z);
        let back = [Label::Sacrum, Label::LumbarVertebra]
            .into_iter()
            .filter_map(bounds)
            .map(|(_, high)| high.y)
            .fold(f64::MIN, f64::max);
        let front = [landmark("LASIS").y - 12.0, landmark("RASIS").y - 12.0, landmark("LPT").y - 22.0, landmark("RPT").y - 22.0];
        let thighs = Side::BOTH.map(|side| Thigh::new(phantom, side, fat, &mut dice));
        let middle = f64::midpoint(hip_low, hip_high);
        let trunk = Trunk {
            x: middle,
            back: back + 10.0 + 0.5 * fat,
            front: front.into_iter().fold(f64::MAX, f64::min) - dice.uniform(0.4..=1.3) * fat,
            half_width_hips: thighs
                .iter()
                .map(|t| (t.top.x - middle).abs() + t.half_width)
                .fold((hip_high - hip_low) / 2.0 + 8.0 + fat, f64::max),
            half_width_waist: (crest_high - crest_low) / 2.0 + 12.0 + dice.uniform(0.4..=1.0) * fat,
            hips_z,
            waist_z: phantom.z_range_mm[1] - 30.0,
            crotch_z: landmark("LIT").z.min(landmark("RIT").z) - dice.uniform(15.0..=35.0),
        };
        Self {
            blobs: blobs(phantom, settings, &trunk, &mut dice),
            trunk,
            thighs,
            skin_hu: 10.0,
            fat_hu: settings.fat_hu as f32,
            muscle_hu: settings.muscle_hu as f32,
            fat_mm: fat as f32,
            infiltration: settings.fatty_infiltration as f32,
            table: settings.table,
            texture: Texture::new(hash(seed ^ 0xfa7), 7.0),
            packing: Texture::new(hash(seed ^ 0x9ac), 26.0),
        }
    }

    /// The tissues that reach a slice, to be painted row by row.
    pub(super) fn slice(&self, z: f64, blur_mm: f64) -> Slice<'_> {
        let reach = |blob: &&Blob| {
            let (low, high) = (blob.a.z.min(blob.a.z + blob.along.z), blob.a.z.max(blob.a.z + blob.along.z));
            let radius = blob.ra.max(blob.rb) + 2.0;
            f64::from(low - radius) < z && z < f64::from(high + radius)
        };
        let mut ellipses: Vec<Ellipse> = self.trunk.ellipse(z).into_iter().collect();
        ellipses.extend(self.thighs.iter().filter_map(|thigh| thigh.ellipse(z)));
        Slice {
            body: self,
            z: z as f32,
            ellipses,
            blobs: self.blobs.iter().filter(reach).collect(),
            per_blur: 1.0 / blur_mm.max(1.0) as f32,
        }
    }
}

impl Trunk {
    fn ellipse(&self, z: f64) -> Option<Ellipse> {
        let round = ((self.crotch_z + 45.0 - z) / 45.0).max(0.0);
        if round >= 1.0 {
            return None;
        }
        let waist = smoothstep(self.hips_z, self.waist_z, z);
        let close = (1.0 - round * round).sqrt();
        let half_width = (self.half_width_hips + (self.half_width_waist - self.half_width_hips) * waist) * close;
        let half_depth = (self.back - self.front) / 2.0 * (0.7 + 0.3 * close);
        Some(Ellipse::new(self.x, f64::midpoint(self.back, self.front), half_width, half_depth))
    }
}

impl Thigh {
    fn new(phantom: &Phantom, side: Side, fat: f64, dice: &mut Dice) -> Self {
        let hip = phantom.truth.hip(side);
        let direction = -hip.shaft.direction.into_inner();
        let top = hip.lesser_trochanter - direction * (direction.dot(&(hip.lesser_trochanter - hip.shaft.point)));
        let on_line = hip.shaft.point + direction * direction.dot(&(top - hip.shaft.point));
        let medial = -side.lps_sign() * dice.uniform(8.0..=18.0);
        let bulk = dice.uniform(62.0..=78.0) + 0.55 * fat;
        Self {
            top: on_line + Vector3::new(medial, dice.uniform(0.0..=10.0), 0.0),
            slope: direction / -direction.z.min(-0.5),
            half_width: bulk,
            half_depth: bulk * dice.uniform(0.98..=1.12),
        }
    }

    fn ellipse(&self, z: f64) -> Option<Ellipse> {
        let below = self.top.z - z;
        if below < -70.0 {
            return None;
        }
        let centre = self.top + self.slope * below;
        let taper = 1.0 - below.max(0.0) * 0.0011;
        let close = if below < 0.0 { (1.0 - (below / 70.0).powi(2)).max(0.0).sqrt() } else { 1.0 };
        Some(Ellipse::new(centre.x, centre.y, self.half_width * taper.max(0.5) * close, self.half_depth * taper.max(0.5) * close))
    }
}

#[derive(Clone, Copy)]
struct Ellipse {
    x: f32,
    y: f32,
    per_width: f32,
    per_depth: f32,
    smaller: f32,
}

impl Ellipse {
    fn new(x: f64, y: f64, half_width: f64, half_depth: f64) -> Self {
        let (half_width, half_depth) = (half_width.max(1.0), half_depth.max(1.0));
        Self {
            x: x as f32,
            y: y as f32,
            per_width: 1.0 / half_width as f32,
            per_depth: 1.0 / half_depth as f32,
            smaller: half_width.min(half_depth) as f32,
        }
    }

    /// Depth under the outline of a superellipse of third degree, about mm; negative outside.
    fn depth(&self, x: f32, y: f32) -> f32 {
        let (u, v) = (((x - self.x) * self.per_width).abs(), ((y - self.y) * self.per_depth).abs());
        let cubed = u * u * u + v * v * v;
        if cubed > 2.0 { -self.smaller } else { (1.0 - cubed.cbrt()) * self.smaller }
    }
}

/// The soft tissue of one transverse slice.
pub(super) struct Slice<'a> {
    body: &'a Body,
    z: f32,
    ellipses: Vec<Ellipse>,
    blobs: Vec<&'a Blob>,
    per_blur: f32,
}

/// Work space for one row: depth under the skin and texture of each voxel.
#[derive(Default)]
pub(super) struct Row {
    depth: Vec<f32>,
    texture: Vec<f32>,
}

impl Slice<'_> {
    /// Writes HU for the voxels of a row at `y`, whose centres begin at `x0` and are `step` apart.
    pub(super) fn paint(&self, x0: f64, step: f64, y: f64, hu: &mut [f32], row: &mut Row) {
        let (x0, step, y) = (x0 as f32, step as f32, y as f32);
        // The back is flattened where it lies.
        let lying = self.body.trunk.back as f32 - 5.0 - y;
        row.depth.clear();
        row.texture.clear();
        for (i, value) in hu.iter_mut().enumerate() {
            let x = x0 + step * i as f32;
            let depth = self.ellipses.iter().map(|e| e.depth(x, y)).fold(f32::MIN, f32::max).min(lying);
            let covered = (0.5 + depth * self.per_blur).clamp(0.0, 1.0);
            let texture = if covered > 0.0 { self.body.texture.at([x, y, self.z]) } else { 0.0 };
            let outside = self.body.outside(y);
            *value = if covered > 0.0 {
                let packing = self.body.packing.at([x, y, self.z]);
                outside + (self.body.layer(depth, texture, packing) - outside) * covered
            } else {
                outside
            };
            row.depth.push(depth);
            row.texture.push(texture);
        }
        for blob in &self.blobs {
            self.paint_blob(blob, x0, step, y, hu, row);
        }
    }

    fn paint_blob(&self, blob: &Blob, x0: f32, step: f32, y: f32, hu: &mut [f32], row: &Row) {
        let radius = blob.ra.max(blob.rb) + 1.0 / self.per_blur;
        let reach = |axis: usize| {
            let (a, b) = (blob.a[axis], blob.a[axis] + blob.along[axis]);
            (a.min(b) - radius, a.max(b) + radius)
        };
        let ((low_x, high_x), (low_y, high_y)) = (reach(0), reach(1));
        if y < low_y || y > high_y {
            return;
        }
        let first = ((low_x - x0) / step).ceil().max(0.0) as usize;
        let last = (((high_x - x0) / step).floor() + 1.0).clamp(0.0, hu.len() as f32) as usize;
        for i in first..last.max(first) {
            let distance = blob.distance(&Vector3::new(x0 + step * i as f32, y, self.z));
            // Nothing but fat lies close under the skin.
            let cover = 0.5 + (row.depth[i] - 0.55 * self.body.fat_mm - 2.0) * 0.3;
            let share = (0.5 - distance * self.per_blur).min(cover).clamp(0.0, 1.0);
            if share > 0.0 {
                let tissue = match blob.tissue {
                    Tissue::Muscle => {
                        let within = (0.5 - (distance + SHEATH_MM) * self.per_blur).clamp(0.0, 1.0);
                        let fat = self.body.fat(row.texture[i]);
                        fat + (self.body.muscle(row.texture[i]) - fat) * within
                    }
                    Tissue::Fat => self.body.fat(row.texture[i]),
                    Tissue::Plain(hu) => hu,
                };
                hu[i] += (tissue - hu[i]) * share;
            }
        }
    }
}

impl Body {
    /// Skin, then fat of uneven thickness, then muscle packed in fat, before anything in particular is placed there.
    fn layer(&self, depth: f32, texture: f32, packing: f32) -> f32 {
        if depth < 1.6 {
            return self.skin_hu;
        }
        let packed = (0.5 + (0.3 - packing) * 6.0).min(0.5 + (depth - self.fat_mm * (1.0 + 0.3 * packing)) * 0.7).clamp(0.0, 1.0);
        let fat = self.fat(texture);
        fat + (self.muscle(texture) - fat) * packed
    }

    fn fat(&self, texture: f32) -> f32 {
        self.fat_hu + 8.0 * texture
    }

    fn muscle(&self, texture: f32) -> f32 {
        // Texture above a threshold is fat: the threshold falls as more of the muscle has turned.
        let fatty = ((texture - (0.75 - 0.9 * self.infiltration)) * 2.5).clamp(0.0, 1.0);
        let fibres = self.muscle_hu + 4.0 * texture;
        fibres + (self.fat_hu - fibres) * fatty
    }

    /// Air, or the table: a thin shell over foam.
    fn outside(&self, y: f32) -> f32 {
        let below = y - (self.trunk.back as f32 - 5.0);
        match below {
            d if !self.table || d < 2.0 => AIR_HU,
            d if d < 4.0 => -150.0,
            d if d < 32.0 => -930.0,
            d if d < 34.0 => -150.0,
            _ => AIR_HU,
        }
    }
}

impl Blob {
    fn new(a: Point3<f64>, b: Point3<f64>, ra: f64, rb: f64, tissue: Tissue) -> Self {
        let along = (b - a).cast::<f32>();
        let squared = along.norm_squared();
        let per_squared = if squared > 1e-6 { 1.0 / squared } else { 0.0 };
        Self { a: a.coords.cast(), along, per_squared, ra: ra as f32, rb: rb as f32, tissue }
    }

    fn distance(&self, p: &Vector3<f32>) -> f32 {
        let offset = p - self.a;
        let t = (offset.dot(&self.along) * self.per_squared).clamp(0.0, 1.0);
        (offset - self.along * t).norm() - (self.ra + (self.rb - self.ra) * t)
    }
}

/// Organs first, then muscles, vessels and joints: what comes later lies over what came before.
fn blobs(phantom: &Phantom, settings: &CtSettings, trunk: &Trunk, dice: &mut Dice) -> Vec<Blob> {
    let mut all = viscera(phantom, settings, trunk, dice);
    for side in Side::BOTH {
        all.extend(muscles(phantom, side, dice));
        all.extend(vessels(phantom, side, settings));
        let hip = phantom.truth.hip(side);
        let joint = Tissue::Plain(settings.joint_hu as f32);
        all.push(Blob::new(hip.acetabulum.centre, hip.acetabulum.centre, hip.acetabulum.radius_mm + 0.5, 0.0, joint));
    }
    all.extend(midline(phantom, settings));
    all
}

/// Discs and the symphysis.
fn midline(phantom: &Phantom, settings: &CtSettings) -> Vec<Blob> {
    let joint = Tissue::Plain(settings.joint_hu as f32 + 15.0);
    let landmark = |name: &str| phantom.truth.landmarks.get(name).copied().unwrap_or(phantom.truth.app.origin);
    let symphysis = nalgebra::center(&landmark("LPS"), &landmark("RPS"));
    let plateau = landmark("SACRAL_PLATEAU");
    let app = &phantom.truth.app;
    let column = plateau + app.superior().scale(125.0) + app.anterior().scale(8.0);
    vec![
        Blob::new(symphysis + app.superior().scale(8.0), symphysis - app.superior().scale(14.0), 9.0, 8.0, joint),
        Blob::new(plateau + app.superior().scale(4.0), column, 15.0, 15.0, joint),
        // The spinal canal.
        Blob::new(plateau - app.anterior().scale(24.0), column - app.anterior().scale(30.0), 8.0, 8.0, Tissue::Plain(12.0)),
    ]
}

fn viscera(phantom: &Phantom, settings: &CtSettings, trunk: &Trunk, dice: &mut Dice) -> Vec<Blob> {
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
    let depth = (trunk.back - trunk.front) * 0.22;
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
    let hip = phantom.truth.hip(side);
    let out = side.lps_sign();
    let groin = hip.head.centre + Vector3::new(-12.0 * out, -38.0, 15.0);
    let high = hip.head.centre + Vector3::new(-55.0 * out, 5.0, 110.0);
    let low = groin + Vector3::new(8.0 * out, 25.0, -170.0);
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
