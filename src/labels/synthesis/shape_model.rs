//! The statistical shape model of pelvis and left leg that ships under `assets/anatomy`.
//!
//! LLP26 of the `musculoskeletal-models` package (Auckland Bioengineering Institute, MPL-2.0), triangulated: 25 modes over 26 subjects,
//! axes LPS, millimetres. See `assets/anatomy/README.md` for what it can and cannot do.

use crate::{files, mesh::TriMesh};
use nalgebra::{Point3, Vector3};
use safetensors::{Dtype, SafeTensors};
use std::{collections::BTreeMap, fs, io, path::Path};

/// Where the model lies below the program's folder.
pub const MODEL_FILE: &str = "assets/anatomy/llp26.safetensors";

/// A bone of the model. Right femur, tibia, fibula and patella are mirrored left ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bone {
    /// Left hip bone.
    HipLeft,
    /// Right hip bone.
    HipRight,
    /// Sacrum.
    Sacrum,
    /// Left femur.
    FemurLeft,
    /// Left patella.
    PatellaLeft,
    /// Left tibia.
    TibiaLeft,
    /// Left fibula.
    FibulaLeft,
}

impl Bone {
    /// Every bone of the model.
    pub const ALL: [Self; 7] =
        [Self::HipLeft, Self::HipRight, Self::Sacrum, Self::FemurLeft, Self::PatellaLeft, Self::TibiaLeft, Self::FibulaLeft];

    /// The bone's name in the model file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HipLeft => "hip_left",
            Self::HipRight => "hip_right",
            Self::Sacrum => "sacrum",
            Self::FemurLeft => "femur_left",
            Self::PatellaLeft => "patella_left",
            Self::TibiaLeft => "tibia_left",
            Self::FibulaLeft => "fibula_left",
        }
    }
}

/// Region of the hip bone's vertices: the lunate surface.
pub const LUNATE: u8 = 1;
/// Region of the hip bone's vertices: the acetabular fossa and the side of the notch.
pub const FOSSA: u8 = 2;
/// Region of the femur's vertices: the head.
pub const HEAD: u8 = 1;
/// Region of the femur's vertices: the greater trochanter.
pub const GREATER_TROCHANTER: u8 = 2;
/// Region of the femur's vertices: the neck.
pub const NECK: u8 = 3;
/// Region of the femur's vertices: the lateral condyle.
pub const LATERAL_CONDYLE: u8 = 4;
/// Region of the femur's vertices: the medial condyle.
pub const MEDIAL_CONDYLE: u8 = 5;

/// One bone of the model: a mean shape, its modes and what is known of its vertices.
#[derive(Clone, Debug)]
pub struct BoneModel {
    /// Mean position of each vertex, mm, in the model's own axes (LPS, pose not anatomical).
    pub mean: Vec<Point3<f64>>,
    /// `modes[k][v]`: displacement of vertex `v` per standard deviation of mode `k`, mm.
    pub modes: Vec<Vec<Vector3<f64>>>,
    /// Vertex indices, counter-clockwise seen from outside; the surface is closed.
    pub triangles: Vec<[u32; 3]>,
    /// Region of each vertex ([`LUNATE`], [`FOSSA`]; [`HEAD`], [`GREATER_TROCHANTER`], [`NECK`], [`LATERAL_CONDYLE`],
    /// [`MEDIAL_CONDYLE`]; 0 rest).
    pub regions: Vec<u8>,
    /// Named vertices, e.g. `LASIS`, `MEC`.
    pub landmarks: BTreeMap<String, usize>,
}

impl BoneModel {
    /// Vertices of the shape `mean + Σ weights[k] · modes[k]`; missing weights count as zero, weights are in standard deviations.
    #[must_use]
    pub fn vertices(&self, weights: &[f64]) -> Vec<Point3<f64>> {
        let mut vertices = self.mean.clone();
        for (mode, &weight) in self.modes.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
            for (vertex, shift) in vertices.iter_mut().zip(mode) {
                *vertex += shift * weight;
            }
        }
        vertices
    }

    /// Indices of the vertices of a region.
    pub fn region(&self, region: u8) -> impl Iterator<Item = usize> + '_ {
        self.regions.iter().enumerate().filter(move |(_, r)| **r == region).map(|(v, _)| v)
    }
}

/// Why the shape model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ShapeModelError {
    /// The file is not there or cannot be read.
    #[error("the shape model could not be read: {0}; restore {MODEL_FILE} from the distribution")]
    Unreadable(#[from] io::Error),
    /// The file is not a safetensors file or lacks a tensor.
    #[error("{path} is not the expected safetensors file: {reason}; restore it from the distribution")]
    Damaged {
        /// The file.
        path: String,
        /// What was found.
        reason: String,
    },
}

/// The shape model of pelvis and left leg: one set of weights moves every bone.
#[derive(Clone, Debug)]
pub struct ShapeModel {
    bones: BTreeMap<Bone, BoneModel>,
}

impl ShapeModel {
    /// Reads the model that ships with the program.
    ///
    /// # Errors
    /// [`ShapeModelError`] when the file is missing, unreadable or damaged.
    pub fn load() -> Result<Self, ShapeModelError> {
        Self::load_from(&files::shipped(MODEL_FILE)?)
    }

    /// Reads the model from a file.
    ///
    /// # Errors
    /// [`ShapeModelError`] when the file is missing, unreadable or damaged.
    pub fn load_from(path: &Path) -> Result<Self, ShapeModelError> {
        parse(&fs::read(path)?).map_err(|reason| ShapeModelError::Damaged { path: path.display().to_string(), reason })
    }

    /// Number of modes of variation.
    #[must_use]
    pub fn mode_count(&self) -> usize {
        self.part(Bone::FemurLeft).modes.len()
    }

    /// One bone's mean, modes, triangles, regions and landmarks.
    #[must_use]
    pub fn part(&self, bone: Bone) -> &BoneModel {
        // Loading fails unless every bone is there.
        &self.bones[&bone]
    }

    /// The surface of a bone for shape weights in standard deviations; the model's own axes (LPS), mm.
    #[must_use]
    pub fn bone(&self, bone: Bone, weights: &[f64]) -> TriMesh {
        let part = self.part(bone);
        TriMesh { vertices: part.vertices(weights), triangles: part.triangles.clone() }
    }
}

fn parse(bytes: &[u8]) -> Result<ShapeModel, String> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| e.to_string())?;
    let tensors = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
    let text = header.metadata().as_ref().and_then(|m| m.get("landmarks")).ok_or("its metadata has no landmarks")?;
    let landmarks: BTreeMap<String, (String, usize)> = serde_json::from_str(text).map_err(|e| format!("landmarks: {e}"))?;
    let bones = Bone::ALL.into_iter().map(|bone| Ok((bone, parse_bone(&tensors, bone, &landmarks)?)));
    Ok(ShapeModel { bones: bones.collect::<Result<_, String>>()? })
}

fn parse_bone(tensors: &SafeTensors, bone: Bone, landmarks: &BTreeMap<String, (String, usize)>) -> Result<BoneModel, String> {
    let name = bone.name();
    let mean: Vec<Point3<f64>> = vectors(tensors, &format!("{name}/mean"))?.into_iter().map(Point3::from).collect();
    let flat = vectors(tensors, &format!("{name}/modes"))?;
    let regions = raw(tensors, &format!("{name}/labels"), Dtype::U8)?.to_vec();
    let triangles: Vec<[u32; 3]> = raw(tensors, &format!("{name}/triangles"), Dtype::I32)?
        .chunks_exact(12)
        .map(|t| [0, 4, 8].map(|at| u32::from_le_bytes([t[at], t[at + 1], t[at + 2], t[at + 3]])))
        .collect();
    let count = mean.len();
    if count == 0 || flat.len() % count != 0 || regions.len() != count {
        return Err(format!(
            "{name}: {count} vertices, {} mode vectors, {} labels do not fit together",
            flat.len(),
            regions.len()
        ));
    }
    let landmarks: BTreeMap<_, _> =
        landmarks.iter().filter(|(_, (of, _))| of == name).map(|(landmark, (_, vertex))| (landmark.clone(), *vertex)).collect();
    if landmarks.values().any(|&v| v >= count) || triangles.iter().flatten().any(|&v| v as usize >= count) {
        return Err(format!("{name}: a triangle or landmark names a vertex beyond {count}"));
    }
    Ok(BoneModel { mean, modes: flat.chunks_exact(count).map(<[_]>::to_vec).collect(), triangles, regions, landmarks })
}

fn raw<'a>(tensors: &SafeTensors<'a>, name: &str, dtype: Dtype) -> Result<&'a [u8], String> {
    let view = tensors.tensor(name).map_err(|e| e.to_string())?;
    if view.dtype() == dtype { Ok(view.data()) } else { Err(format!("{name} is {:?}, expected {dtype:?}", view.dtype())) }
}

fn vectors(tensors: &SafeTensors, name: &str) -> Result<Vec<Vector3<f64>>, String> {
    let bytes = raw(tensors, name, Dtype::F32)?;
    let coordinate = |t: &[u8], at: usize| f64::from(f32::from_le_bytes([t[at], t[at + 1], t[at + 2], t[at + 3]]));
    let vectors: Vec<_> =
        bytes.chunks_exact(12).map(|t| Vector3::new(coordinate(t, 0), coordinate(t, 4), coordinate(t, 8))).collect();
    if vectors.iter().all(|v| v.iter().all(|c| c.is_finite())) {
        Ok(vectors)
    } else {
        Err(format!("{name} holds NaN or infinity"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bone_is_closed_and_faces_outwards() {
        let model = ShapeModel::load().unwrap();
        assert_eq!(model.mode_count(), 25);
        for bone in Bone::ALL {
            let mesh = model.bone(bone, &[]);
            assert!(mesh.is_watertight(), "{}", bone.name());
            assert!(mesh.volume_mm3() > 5_000.0, "{}: {} mm³", bone.name(), mesh.volume_mm3());
        }
    }

    #[test]
    fn weights_move_vertices_along_the_modes() {
        let model = ShapeModel::load().unwrap();
        let femur = model.part(Bone::FemurLeft);
        let moved = femur.vertices(&[0.0, 2.0]);
        let expected = femur.mean[100] + femur.modes[1][100] * 2.0;
        assert!((moved[100] - expected).norm() < 1e-12);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("broken.safetensors");
        fs::write(&path, b"not a model").unwrap();
        let message = ShapeModel::load_from(&path).unwrap_err().to_string();
        assert!(message.contains("broken.safetensors"), "{message}");
    }
}
