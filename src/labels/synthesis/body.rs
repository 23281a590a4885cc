//! The soft tissue around the bones: skin, fat, muscles, vessels, bowel, and the table below.

use super::{
    bone_tissue::smoothstep,
    organs::{Blob, SHEATH_MM, Tissue, arms, blobs},
    phantom::Phantom,
    random::{Dice, Texture, hash},
    settings::CtSettings,
};
use crate::{frames::Side, labels::Label};
use nalgebra::{Point3, Vector3};

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
    /// How far it is turned about its long axis, radians.
    roll: f64,
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
    /// What lies on the skin: arms.
    outside: Vec<Blob>,
    /// Density of a plaster cast, HU.
    cast_hu: Option<f32>,
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
        let landmark = |name: &str| truth.landmarks.get(name).copied().unwrap_or(truth.landmark_plane.origin);
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
            roll: phantom.extras.roll_deg.to_radians(),
        };
        let mut extra = Dice::new(seed, 4);
        let outside = if phantom.extras.arms {
            arms(Point3::new(trunk.x, trunk.front, trunk.hips_z), trunk.half_width_hips, settings, &mut extra)
        } else {
            Vec::new()
        };
        Self {
            outside,
            cast_hu: phantom.extras.cast.then(|| extra.uniform(250.0..=700.0) as f32),
            blobs: blobs(phantom, settings, trunk.back - trunk.front, &mut dice),
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
            let (low, high) = blob.reach(2, 2.0);
            f64::from(low) < z && z < f64::from(high)
        };
        let mut ellipses: Vec<Ellipse> = self.trunk.ellipse(z).into_iter().collect();
        ellipses.extend(self.thighs.iter().filter_map(|thigh| thigh.ellipse(z)));
        Slice {
            body: self,
            z: z as f32,
            ellipses,
            blobs: self.blobs.iter().filter(reach).collect(),
            outside: self.outside.iter().filter(reach).collect(),
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
        let mut ellipse = Ellipse::new(self.x, f64::midpoint(self.back, self.front), half_width, half_depth);
        (ellipse.sine, ellipse.cosine) = (self.roll.sin() as f32, self.roll.cos() as f32);
        Some(ellipse)
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
    sine: f32,
    cosine: f32,
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
            sine: 0.0,
            cosine: 1.0,
        }
    }

    /// Depth under the outline of a superellipse of third degree, about mm; negative outside.
    fn depth(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x - self.x, y - self.y);
        let (x, y) = (x * self.cosine + y * self.sine, y * self.cosine - x * self.sine);
        let (u, v) = ((x * self.per_width).abs(), (y * self.per_depth).abs());
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
    outside: Vec<&'a Blob>,
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
            let mut outside = self.body.outside(y);
            if let Some(plaster) = self.body.cast_hu.filter(|_| (-9.0..-2.0).contains(&depth)) {
                outside = plaster;
            }
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
        // What lies on the skin has no skin over it.
        row.depth.fill(f32::MAX);
        for blob in &self.outside {
            self.paint_blob(blob, x0, step, y, hu, row);
        }
    }

    fn paint_blob(&self, blob: &Blob, x0: f32, step: f32, y: f32, hu: &mut [f32], row: &Row) {
        let margin = 1.0 / self.per_blur;
        let ((low_x, high_x), (low_y, high_y)) = (blob.reach(0, margin), blob.reach(1, margin));
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
