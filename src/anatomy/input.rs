//! Bones from a folder of surfaces.

use super::{bones::Bones, model::Finding};
use crate::{
    labels::Label,
    mesh::TriMesh,
    surface::{
        SurfaceError,
        io::{self, READABLE, ending},
        repair::weld,
    },
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The bones that are read, by the names of their files without ending.
const NAMES: [Label; 7] =
    [Label::HipLeft, Label::HipRight, Label::Sacrum, Label::FemurLeft, Label::FemurRight, Label::TibiaLeft, Label::TibiaRight];

/// Axes of a file's coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Space {
    /// x to the patient's left, y posterior, z superior: DICOM's, and Coxa's.
    #[default]
    Lps,
    /// x to the patient's right, y anterior, z superior: NIfTI's and 3D Slicer's.
    Ras,
}

impl Space {
    /// A surface of this space in LPS. RAS and LPS differ by half a turn about z, which leaves a surface's outside outside.
    #[must_use]
    pub fn in_lps(self, mut mesh: TriMesh) -> TriMesh {
        if self == Self::Ras {
            mesh.vertices.iter_mut().for_each(|p| (p.x, p.y) = (-p.x, -p.y));
        }
        mesh
    }
}

/// Why a folder gives no bones.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The folder cannot be listed.
    #[error("{}: the folder of bones cannot be read", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// No file has a bone's name.
    #[error(
        "{}: no bone was found; expected files named {}, ending in .stl, .obj or .ply; found {}",
        path.display(),
        NAMES.map(Label::name).join(", "),
        if others.is_empty() { "no surface at all".into() } else { others.join(", ") }
    )]
    NoBone {
        /// The folder.
        path: PathBuf,
        /// Surfaces with other names, in order.
        others: Vec<String>,
    },
    /// Two files with the name of one bone.
    #[error("{} and {} are both the {}; keep one of them", first.display(), second.display(), bone.spoken())]
    TwoFiles {
        /// The bone.
        bone: Label,
        /// One file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A file that cannot be read.
    #[error(transparent)]
    Surface(#[from] SurfaceError),
}

/// What a folder holds.
#[derive(Clone, Debug)]
pub struct BoneFolder {
    /// Its bones, LPS mm, as the files say: what they are is for [`inspect`](super::inspect) to see.
    pub bones: Bones,
    /// The files they were read from.
    pub files: BTreeMap<Label, PathBuf>,
    /// Surfaces that were passed over because their names are no bone's.
    pub findings: Vec<Finding>,
}

/// Reads `hip_left`, `hip_right`, `sacrum`, `femur_left`, `femur_right`, `tibia_left` and `tibia_right` as STL, OBJ or PLY, mm; any may be
/// missing. Capital letters count as small ones. Corners at the same position become one vertex, and triangles that this collapses are left out.
///
/// # Errors
/// [`InputError`] when the folder holds none of them or one of them twice, or a file cannot be read.
pub fn read_bones(folder: &Path, space: Space) -> Result<BoneFolder, InputError> {
    let failed = |source| InputError::Folder { path: folder.into(), source };
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).map_err(failed)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>().map_err(failed)?;
    paths.retain(|path| path.is_file() && READABLE.contains(&ending(path).as_str()));
    paths.sort();
    let mut files: BTreeMap<Label, PathBuf> = BTreeMap::new();
    let mut others = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let Some(bone) = NAMES.into_iter().find(|bone| bone.name() == name) else {
            others.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
            continue;
        };
        if let Some(first) = files.get(&bone) {
            return Err(InputError::TwoFiles { bone, first: first.clone(), second: path });
        }
        files.insert(bone, path);
    }
    if files.is_empty() {
        return Err(InputError::NoBone { path: folder.into(), others });
    }
    let meshes = files.iter().map(|(bone, path)| Ok((*bone, space.in_lps(weld(&io::read(path)?)))));
    let meshes = meshes.collect::<Result<_, SurfaceError>>()?;
    let ignored = |file: &String| {
        let text = format!("{file} is not read: its name is none of {}.", NAMES.map(Label::name).join(", "));
        Finding::new("finding-file-ignored", None, text)
    };
    Ok(BoneFolder { bones: Bones { meshes, ..Bones::default() }, files, findings: others.iter().map(ignored).collect() })
}
