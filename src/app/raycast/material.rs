//! The material that draws a CT as a solid.

use crate::{
    app::space::ViewSpace,
    volume::{Grid, Solid},
};
use bevy::{
    asset::{RenderAssetUsages, uuid_handle},
    image::{ImageAddressMode, ImageFilterMode, ImageSampler, ImageSamplerDescriptor},
    mesh::{Indices, MeshVertexBufferLayoutRef, PrimitiveTopology},
    pbr::{MaterialPipeline, MaterialPipelineKey},
    prelude::*,
    render::render_resource::{
        AsBindGroup, CompareFunction, Extent3d, Face, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
        TextureDimension, TextureFormat,
    },
    shader::ShaderRef,
};
use nalgebra::Vector3;

/// The shader, which is part of the program.
pub const SHADER: Handle<Shader> = uuid_handle!("5f1c2c4e-0f0a-4d0e-9a5e-6a1d2f7c8b31");
/// Its text.
pub const SHADER_TEXT: &str = include_str!("../../../shaders/raycast.wgsl");

/// How it looks, as the shader has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, ShaderType)]
pub struct Looks {
    /// From view space to the texture.
    pub to_texture: Mat4,
    /// Normal and offset of the cut; nought for none.
    pub cut: Vec4,
    /// Voxels along each side, metres between samples.
    pub voxels: Vec4,
    /// Preset and density.
    pub look: Vec4,
}

/// A CT as a solid.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
pub struct SolidMaterial {
    /// How it looks.
    #[uniform(0)]
    pub looks: Looks,
    /// The CT.
    #[texture(1, dimension = "3d")]
    #[sampler(2)]
    pub scan: Handle<Image>,
}

impl Material for SolidMaterial {
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        AlphaMode::Premultiplied
    }

    fn specialize(
        _pipeline: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _layout: &MeshVertexBufferLayoutRef,
        _key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        // The far walls of the scan are drawn, so that the eye may be inside it; bodies before them are met by the rays.
        descriptor.primitive.cull_mode = Some(Face::Front);
        if let Some(depth) = &mut descriptor.depth_stencil {
            depth.depth_compare = Some(CompareFunction::Always);
            depth.depth_write_enabled = Some(false);
        }
        Ok(())
    }
}

/// The CT as a texture.
#[must_use]
pub fn texture(solid: &Solid) -> Image {
    let [width, height, depth_or_array_layers] = solid.grid.size.map(|side| side as u32);
    let mut image = Image::new(
        Extent3d { width, height, depth_or_array_layers },
        TextureDimension::D3,
        solid.values.clone(),
        TextureFormat::R8Unorm,
        RenderAssetUsages::RENDER_WORLD,
    );
    let (filter, edge) = (ImageFilterMode::Linear, ImageAddressMode::ClampToEdge);
    image.sampler = ImageSampler::Descriptor(ImageSamplerDescriptor {
        mag_filter: filter,
        min_filter: filter,
        address_mode_u: edge,
        address_mode_v: edge,
        address_mode_w: edge,
        ..default()
    });
    image
}

/// Corner and edges of the box that the voxels fill, in view space.
fn block(grid: &Grid, space: &ViewSpace) -> (Vec3, [Vec3; 3]) {
    let point = |voxel: Vector3<f64>| space.point(&grid.lps(&voxel));
    let first = Vector3::repeat(-0.5);
    let corner = point(first);
    let edge = |axis: usize| {
        let mut far = first;
        far[axis] += grid.size[axis] as f64;
        point(far) - corner
    };
    (corner, [0, 1, 2].map(edge))
}

/// From view space to the texture.
#[must_use]
pub fn to_texture(grid: &Grid, space: &ViewSpace) -> Mat4 {
    let (corner, [x, y, z]) = block(grid, space);
    Mat4::from_cols(x.extend(0.0), y.extend(0.0), z.extend(0.0), corner.extend(1.0)).inverse()
}

/// The walls of the scan, seen from outside.
#[must_use]
pub fn walls(grid: &Grid, space: &ViewSpace) -> Mesh {
    let (corner, [x, y, z]) = block(grid, space);
    let outwards = x.cross(y).dot(z) > 0.0;
    let positions: Vec<[f32; 3]> = (0..8)
        .map(|n| {
            let on = |bit: u32| ((n >> bit) & 1) as f32;
            (corner + x * on(0) + y * on(1) + z * on(2)).to_array()
        })
        .collect();
    let mut indices: Vec<u32> =
        [[0, 2, 1, 1, 2, 3], [4, 5, 6, 5, 7, 6], [0, 1, 4, 1, 5, 4], [2, 6, 3, 3, 6, 7], [0, 4, 2, 2, 4, 6], [1, 3, 5, 3, 7, 5]]
            .concat();
    if !outwards {
        indices.chunks_exact_mut(3).for_each(|triangle| triangle.swap(1, 2));
    }
    let normals = vec![[0.0, 0.0, 1.0]; positions.len()];
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
        .with_inserted_indices(Indices::U32(indices))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Matrix3, Point3};

    #[test]
    fn walls_look_outwards_and_the_texture_lies_where_its_voxels_are() {
        let space = ViewSpace { origin: Point3::new(10.0, -5.0, 90.0) };
        let upright = Grid::axis_aligned([4, 5, 6], [1.0, 2.0, 3.0], Point3::new(-7.0, 3.0, 100.0));
        // Stored from the feet upwards or the other way, a picture is the same.
        let turned = Matrix3::from_columns(&[Vector3::y(), Vector3::x(), Vector3::z()]);
        let grids = [upright.clone(), Grid { direction: turned, ..upright }];
        for grid in &grids {
            let to_texture = to_texture(grid, &space);
            let middle = to_texture.transform_point3(space.point(&grid.centre([1, 2, 3])));
            assert!((middle - Vec3::new(1.5 / 4.0, 2.5 / 5.0, 3.5 / 6.0)).length() < 1e-5, "{middle}");
            let mesh = walls(grid, &space);
            let Some(Indices::U32(indices)) = mesh.indices() else { panic!("no indices") };
            let points: Vec<Vec3> = mesh
                .attribute(Mesh::ATTRIBUTE_POSITION)
                .and_then(|values| values.as_float3())
                .unwrap()
                .iter()
                .map(|p| Vec3::from_array(*p))
                .collect();
            let middle = points.iter().sum::<Vec3>() / 8.0;
            for triangle in indices.chunks_exact(3) {
                let [a, b, c] = [0, 1, 2].map(|corner| points[triangle[corner] as usize]);
                assert!((b - a).cross(c - a).dot(a - middle) > 0.0);
            }
        }
    }
}
