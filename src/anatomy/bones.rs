//! What the anatomy is measured on: the bones' surfaces and the bounds of the scan.

use crate::{
    labels::{Label, LabelMap},
    mesh::TriMesh,
    surface::{SurfaceError, SurfaceSettings, bone_surface},
    volume::Grid,
};
use nalgebra::{Point3, Vector3};
use std::collections::BTreeMap;

/// The bones of one patient, LPS mm, watertight, triangles facing outwards. Any bone may be missing.
#[derive(Clone, Debug, Default)]
pub struct Bones {
    /// Surfaces by label; sacrum, hip bones and femora are read, others ignored.
    pub meshes: BTreeMap<Label, TriMesh>,
    /// The scan's voxels, to know where a bone is cut off; `None` when the surfaces come from elsewhere and nothing is cut off.
    pub field_of_view: Option<Grid>,
    /// Centres of the voxels labelled metal.
    pub metal: Vec<Point3<f64>>,
}

impl Bones {
    /// The surfaces of every bone that a label map holds, with its bounds and its metal.
    ///
    /// # Errors
    /// [`SurfaceError`] when a surface does not close; an absent label is no error.
    pub fn from_labels(map: &LabelMap, settings: &SurfaceSettings) -> Result<Self, SurfaceError> {
        let mut meshes = BTreeMap::new();
        for label in BONES.into_iter().filter(|label| map.count(*label) > 0) {
            meshes.insert(label, bone_surface(map, label, settings)?);
        }
        Ok(Self::in_scan(meshes, map))
    }

    /// Surfaces with the bounds and the metal of the label map that they come from.
    #[must_use]
    pub fn in_scan(meshes: BTreeMap<Label, TriMesh>, map: &LabelMap) -> Self {
        let metal = (0..map.ids.len()).filter(|&i| map.ids[i] == Label::Metal.id());
        let metal = metal.map(|i| map.grid.centre(map.grid.voxel(i))).collect();
        Self { meshes, metal, field_of_view: Some(map.grid.clone()) }
    }
}

impl Bones {
    /// A bone with what every measurement asks of it; `None` when it is missing.
    pub(super) fn bone(&self, label: Label) -> Option<Bone<'_>> {
        let mesh = self.meshes.get(&label).filter(|mesh| !mesh.is_empty())?;
        Some(Bone::new(mesh, self.field_of_view.as_ref()))
    }
}

/// The bones that are measured or shown beside them.
const BONES: [Label; 5] = [Label::Sacrum, Label::HipLeft, Label::HipRight, Label::FemurLeft, Label::FemurRight];

/// How far from the outermost voxel centres a vertex still counts as lying on the cut face, in voxels.
const CUT_FACE_VOXELS: f64 = 1.6;

/// One bone's surface with what every measurement asks of it.
pub(super) struct Bone<'a> {
    pub mesh: &'a TriMesh,
    /// Outward unit normal of each vertex.
    pub normals: Vec<Vector3<f64>>,
    /// Area that each vertex stands for, mm².
    pub areas: Vec<f64>,
    /// True where the vertex lies on the face at which the field of view cuts the bone.
    pub cut: Vec<bool>,
    /// Scatter to expect of the surface, mm: a quarter of the scan's coarsest spacing, at least 0.3 mm.
    pub scatter_mm: f64,
}

impl<'a> Bone<'a> {
    pub fn new(mesh: &'a TriMesh, field_of_view: Option<&Grid>) -> Self {
        let mut areas = vec![0.0; mesh.vertices.len()];
        for (t, triangle) in mesh.triangles.iter().enumerate() {
            let [a, b, c] = mesh.corners(t);
            let third = (b - a).cross(&(c - a)).norm() / 6.0;
            for &v in triangle {
                areas[v as usize] += third;
            }
        }
        let cut = mesh.vertices.iter().map(|p| field_of_view.is_some_and(|grid| on_boundary(grid, p))).collect();
        let coarsest = field_of_view.map_or(0.0, |grid| grid.spacing.iter().copied().fold(0.0, f64::max));
        Self { mesh, normals: mesh.vertex_normals(), areas, cut, scatter_mm: (0.25 * coarsest).max(0.3) }
    }

    /// Indices of the vertices that are not on a cut face.
    pub fn vertices(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.mesh.vertices.len()).filter(|&v| !self.cut[v])
    }

    pub fn position(&self, vertex: usize) -> Point3<f64> {
        self.mesh.vertices[vertex]
    }

    /// Area-weighted mean of the surface.
    pub fn centroid(&self) -> Point3<f64> {
        let total: f64 = self.areas.iter().sum();
        (self.mesh.vertices.iter().zip(&self.areas).map(|(p, a)| p.coords * *a).sum::<Vector3<f64>>() / total.max(1e-9)).into()
    }

    /// The part of the surface within a distance of a point; open where it was parted.
    pub fn near(&self, centre: &Point3<f64>, radius_mm: f64) -> TriMesh {
        let mut number = vec![None; self.mesh.vertices.len()];
        let mut part = TriMesh::default();
        for triangle in &self.mesh.triangles {
            if triangle.iter().all(|&v| (self.position(v as usize) - centre).norm() < radius_mm) {
                part.triangles.push(triangle.map(|v| {
                    *number[v as usize].get_or_insert_with(|| {
                        part.vertices.push(self.position(v as usize));
                        part.vertices.len() as u32 - 1
                    })
                }));
            }
        }
        part
    }

    pub fn is_cut(&self) -> bool {
        self.cut.iter().any(|&cut| cut)
    }

    /// Positions and areas of a choice of vertices.
    pub fn choose(&self, chosen: &[usize]) -> (Vec<Point3<f64>>, Vec<f64>) {
        chosen.iter().map(|&v| (self.position(v), self.areas[v])).unzip()
    }
}

fn on_boundary(grid: &Grid, p: &Point3<f64>) -> bool {
    let voxel = grid.fractional(p);
    (0..3).any(|axis| voxel[axis] < CUT_FACE_VOXELS - 1.0 || voxel[axis] > grid.size[axis] as f64 - CUT_FACE_VOXELS)
}
