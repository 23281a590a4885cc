//! The same line integrals by a graphics card.

use super::{
    Attenuation, Beam,
    attenuation::{Ray, Stretch},
};
use crate::{graphics_card::GraphicsCard, surface::MeshIndex, volume::Volume};
use rayon::prelude::*;
use wgpu::{Extent3d, TextureDimension, TextureFormat, TextureUsages};

const SHADER: &str = include_str!("../../shaders/attenuation.wgsl");
/// Rays that are sent at once: a driver ends what keeps a card busy for too long.
const RAYS: usize = 1 << 18;
/// Slices of the scan that are sent at once.
const SLICES: usize = 16;
/// Invocations of a group, as in the shader.
const GROUP: u32 = 64;
/// Groups in a row: no card must take more.
const ROW: u32 = 32_768;
/// Words of a stretch in the shader's layout.
const WORDS: usize = 8;
/// Stretches that are checked.
const CHECKED: usize = 512;
/// How far the card may differ, as a share of the sum: f32 in a sum of a thousand keeps to a tenth of this.
const AGREES: f64 = 1e-4;

/// What the ray to every pixel loses, row by row; as [`attenuation`](super::attenuation), but in f32. A sample of the rays is held against the
/// processor each time.
///
/// # Errors
/// A clause that says how the card failed, or that it disagrees.
pub fn attenuation_on_card(
    card: &GraphicsCard,
    beam: &Beam,
    volume: &Volume,
    metal: &[MeshIndex],
) -> Result<Vec<Attenuation>, String> {
    let most = card.device.limits().max_texture_dimension_3d as usize;
    if let Some(side) = volume.grid.size.iter().find(|side| **side > most) {
        return Err(format!("the scan has {side} voxels in a direction, the graphics card takes {most}"));
    }
    let sums = card.run(|card| Ok(Sums::prepare(card, volume)))?;
    let pixels: Vec<usize> = (0..beam.columns * beam.rows).collect();
    let spread = pixels.len().div_ceil(CHECKED);
    let mut lost = Vec::with_capacity(pixels.len());
    for chunk in pixels.chunks(RAYS) {
        let rays: Vec<Ray> = chunk.par_iter().map(|&number| Ray::to_pixel(beam, number, volume, metal)).collect();
        let stretches: Vec<Stretch> = rays.iter().flat_map(|ray| ray.stretches.iter().copied()).collect();
        let found = if stretches.is_empty() { Vec::new() } else { card.run(|card| sums.of(card, &stretches))? };
        check(&stretches, &found, spread, volume)?;
        let mut found = found.into_iter().map(f64::from);
        lost.extend(rays.iter().map(|ray| ray.attenuation(found.by_ref().take(ray.stretches.len()).sum())));
    }
    Ok(lost)
}

/// Holds every so many of the sums against the processor's.
fn check(stretches: &[Stretch], found: &[f32], spread: usize, volume: &Volume) -> Result<(), String> {
    if found.len() != stretches.len() {
        return Err(format!("the graphics card answered {} of {} sums", found.len(), stretches.len()));
    }
    let sample: Vec<usize> = (0..stretches.len()).step_by(spread).collect();
    sample.par_iter().try_for_each(|&at| {
        let (expected, found) = (stretches[at].sum(volume), f64::from(found[at]));
        // Written so that a NaN fails.
        let agrees = (found - expected).abs() <= AGREES * expected.max(1.0);
        agrees.then_some(()).ok_or_else(|| format!("the graphics card computes {found} where the processor computes {expected}"))
    })
}

/// The shader with a scan.
struct Sums {
    pipeline: wgpu::ComputePipeline,
    scan: wgpu::TextureView,
}

impl Sums {
    fn prepare(card: &GraphicsCard, volume: &Volume) -> Self {
        Self { pipeline: card.pipeline(SHADER, "sum_stretches"), scan: upload(card, volume) }
    }

    /// The sum of each stretch.
    fn of(&self, card: &GraphicsCard, stretches: &[Stretch]) -> Result<Vec<f32>, String> {
        let words: Vec<u8> = stretches.iter().flat_map(|stretch| words(stretch).into_iter().flatten()).collect();
        let asked = card.upload(&words);
        let asked = [wgpu::BindingResource::TextureView(&self.scan), asked.as_entire_binding()];
        let groups = (stretches.len() as u32).div_ceil(GROUP);
        card.answers(&self.pipeline, &asked, stretches.len(), [groups.min(ROW), groups.div_ceil(ROW)])
    }
}

/// A stretch in the shader's layout.
fn words(stretch: &Stretch) -> [[u8; 4]; WORDS] {
    let float = |value: f64| (value as f32).to_le_bytes();
    let Stretch { start, stride, first, count } = stretch;
    [
        float(start.x),
        float(start.y),
        float(start.z),
        first.to_le_bytes(),
        float(stride.x),
        float(stride.y),
        float(stride.z),
        count.to_le_bytes(),
    ]
}

/// The scan as a texture of whole Hounsfield units.
fn upload(card: &GraphicsCard, volume: &Volume) -> wgpu::TextureView {
    let [columns, rows, slices] = volume.grid.size;
    let extent = |slices: usize| Extent3d { width: columns as u32, height: rows as u32, depth_or_array_layers: slices as u32 };
    let texture = card.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("scan"),
        size: extent(slices),
        mip_level_count: 1,
        sample_count: 1,
        dimension: TextureDimension::D3,
        format: TextureFormat::R16Sint,
        usage: TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST,
        view_formats: &[],
    });
    for (number, part) in volume.hu.chunks(columns * rows * SLICES).enumerate() {
        let bytes: Vec<u8> = part.iter().flat_map(|hu| hu.to_le_bytes()).collect();
        let origin = wgpu::Origin3d { x: 0, y: 0, z: (number * SLICES) as u32 };
        let to = wgpu::TexelCopyTextureInfo { texture: &texture, mip_level: 0, origin, aspect: wgpu::TextureAspect::All };
        let layout =
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(2 * columns as u32), rows_per_image: Some(rows as u32) };
        card.queue.write_texture(to, &bytes, layout, extent(part.len() / (columns * rows)));
    }
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Grid;
    use nalgebra::{Point3, Vector3};

    #[test]
    fn a_card_that_answers_zeros_nan_or_too_little_is_not_believed() {
        let grid = Grid::axis_aligned([9; 3], [1.0; 3], Point3::origin());
        let volume = Volume { hu: vec![0; grid.len()], grid };
        let stretch = Stretch { start: Vector3::repeat(1.0), stride: Vector3::x(), first: 0, count: 5 };
        let believed = |answers: &[f32]| check(&[stretch; 2], answers, 1, &volume);
        assert_eq!(believed(&[5.0, 5.0]), Ok(()));
        for wrong in [&[5.0, 0.0][..], &[f32::NAN, 5.0], &[5.0], &[5.001, 5.0]] {
            assert!(believed(wrong).is_err(), "{wrong:?}");
        }
    }
}
