//! What each bone is made of: how thick its cortex is at each vertex and how dense the spongy bone or marrow behind it.

use super::{
    random::{Texture, hash},
    sacral::sacral_canal,
    settings::CtSettings,
    shape_model::{HEAD, LUNATE, NECK},
    truth::{HipTruth, Truth},
};
use crate::{frames::Side, labels::Label, mesh::TriMesh};
use nalgebra::Point3;

/// The tissue of one bone.
pub(super) struct BoneTissue<'a> {
    label: Label,
    hip: Option<&'a HipTruth>,
    settings: &'a CtSettings,
    /// Centre line of the sacral canal, for the sacrum.
    canal: Vec<Point3<f64>>,
    coarse: Texture,
    fine: Texture,
}

/// Rises smoothly from 0 at `from` to 1 at `to`.
pub(super) fn smoothstep(from: f64, to: f64, x: f64) -> f64 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

impl<'a> BoneTissue<'a> {
    pub(super) fn new(label: Label, mesh: &TriMesh, truth: &'a Truth, settings: &'a CtSettings, seed: u64) -> Self {
        let side = Side::BOTH.into_iter().find(|s| label == Label::femur(*s) || label == Label::hip(*s));
        let seed = hash(seed ^ u64::from(label.id()));
        Self {
            label,
            hip: side.map(|s| truth.hip(s)),
            settings,
            canal: if label == Label::Sacrum { sacral_canal(mesh, &truth.landmark_plane) } else { Vec::new() },
            coarse: Texture::new(seed, 14.0),
            fine: Texture::new(hash(seed), 4.0),
        }
    }

    fn is_femur(&self) -> bool {
        matches!(self.label, Label::FemurLeft | Label::FemurRight)
    }

    /// Thickness of the cortex at a vertex of a region of the shape model, mm.
    pub(super) fn cortex_mm(&self, p: &Point3<f64>, region: u8) -> f64 {
        let uneven = 1.0 + 0.3 * f64::from(self.coarse.at(at(p)));
        let thickness = match (self.label, self.hip) {
            (Label::FemurLeft | Label::FemurRight, Some(hip)) => femoral_cortex_mm(hip, region, p),
            // The roof of the socket, which bears the load, is thickest: the sourcil of a radiograph.
            (Label::HipLeft | Label::HipRight, Some(hip)) if region == LUNATE => {
                1.2 + 1.2 * smoothstep(0.3, 0.9, (p - hip.acetabulum.centre).normalize().z)
            }
            (Label::HipLeft | Label::HipRight, _) => 0.95,
            (Label::Sacrum, _) => 0.65,
            _ => 0.65,
        };
        thickness * uneven * self.settings.cortex_scale
    }

    /// Density behind the cortex at `p`, HU.
    pub(super) fn core_hu(&self, p: &Point3<f64>) -> f64 {
        let settings = self.settings;
        let place = at(p);
        // A lattice texture interpolated linearly has about a third of its range as standard deviation.
        let texture = f64::from(0.6 * self.fine.at(place) + 0.8 * self.coarse.at(place)) * settings.cancellous_texture_hu * 2.5;
        let spongy = settings.cancellous_hu;
        match (self.label, self.hip) {
            (Label::FemurLeft | Label::FemurRight, Some(hip)) => {
                let below = -(p - hip.lesser_trochanter).dot(&hip.shaft.direction);
                let marrow = smoothstep(-25.0, 45.0, below) * (1.0 - smoothstep(240.0, 300.0, below));
                let head = 1.0 - smoothstep(0.6, 1.3, (p - hip.head.centre).norm() / hip.head.radius_mm);
                let lateral = smoothstep(8.0, 30.0, hip.head_side_distance(p));
                let pressed = smoothstep(0.3, 1.0, (p - hip.head.centre).z / hip.head.radius_mm) * head;
                let bone = spongy * 0.75 + head * 140.0 - lateral * 70.0 + settings.sclerosis_hu * pressed;
                (bone + texture) * (1.0 - marrow) + (settings.marrow_hu + texture * 0.15) * marrow
            }
            (Label::HipLeft | Label::HipRight, Some(hip)) => {
                let roof = p - hip.acetabulum.centre;
                let bearing = smoothstep(0.2, 0.9, roof.normalize().z)
                    * (1.0 - smoothstep(1.0, 1.9, roof.norm() / hip.acetabulum.radius_mm));
                let close = 1.0 - smoothstep(1.0, 1.5, roof.norm() / hip.acetabulum.radius_mm);
                spongy + (150.0 + settings.sclerosis_hu * close) * bearing + texture
            }
            (Label::Sacrum, _) => {
                let nearest = self.canal.iter().map(|c| (p - c).norm_squared()).fold(f64::INFINITY, f64::min).sqrt();
                // Nerves and fat, in a wall of compact bone.
                let wall = smoothstep(5.0, 7.0, nearest) * (1.0 - smoothstep(7.0, 9.0, nearest));
                let hollow = 1.0 - smoothstep(5.0, 7.0, nearest);
                (spongy * 0.75 + 15.0 + texture) * (1.0 - hollow) + 5.0 * hollow + 200.0 * wall * self.settings.cortex_scale
            }
            (Label::LumbarVertebra, _) => spongy * 0.8 + 40.0 + texture * 0.6,
            (Label::Metal, _) => settings.metal_hu,
            _ => spongy + texture,
        }
    }

    /// Density of the cortex, HU.
    pub(super) fn cortex_hu(&self) -> f64 {
        if self.label == Label::Metal {
            self.settings.metal_hu
        } else {
            self.settings.cortex_hu * if self.is_femur() { 1.08 } else { 1.0 }
        }
    }
}

fn at(p: &Point3<f64>) -> [f32; 3] {
    [p.x as f32, p.y as f32, p.z as f32]
}

/// Thin over head and trochanters, strong along the calcar, thickest at mid-shaft, thin again above the knee.
fn femoral_cortex_mm(hip: &HipTruth, region: u8, p: &Point3<f64>) -> f64 {
    let below = -(p - hip.lesser_trochanter).dot(&hip.shaft.direction);
    let length = (hip.head.centre - hip.medial_epicondyle).norm();
    let shaft = 0.9 + 2.7 * smoothstep(-20.0, 25.0, below) + 2.9 * smoothstep(25.0, 120.0, below)
        - 5.2 * smoothstep(0.55 * length, 0.78 * length, below);
    let calcar = if region == NECK || region == 0 {
        let down = -(p - hip.head.centre - hip.neck_axis.direction.scale(hip.head.radius_mm * 1.4)).z;
        2.0 * smoothstep(5.0, 18.0, down) * (1.0 - smoothstep(-25.0, 0.0, below))
    } else {
        0.0
    };
    // A canal is left even in the thinnest shaft.
    let outer = hip.shaft.distance_mm(p);
    let limit = if below > 0.0 && below < 0.7 * length { 0.58 * outer } else { f64::INFINITY };
    if region == HEAD { 0.8 } else { (shaft + calcar).min(limit).max(0.6) }
}

impl HipTruth {
    /// How far a point lies beyond the shaft line on the side away from the head, mm (negative towards the head).
    fn head_side_distance(&self, p: &Point3<f64>) -> f64 {
        let along = |q: &Point3<f64>| {
            let offset = q - self.shaft.point;
            offset - self.shaft.direction.scale(offset.dot(&self.shaft.direction))
        };
        let towards_head = along(&self.head.centre).try_normalize(1e-9).unwrap_or_default();
        -along(p).dot(&towards_head)
    }
}
