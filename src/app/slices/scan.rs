//! What slices are made of: the CT, and the bones as they were scanned.

use crate::{
    anatomy::{Hip, SliceKind},
    app::bodies::BodyKind,
    i18n::Sentence,
    mesh::TriMesh,
    plan::storage::CaseFolder,
    progress::Progress,
    volume::{Volume, range_hu, slice::SlicePlane},
};
use std::{fmt, sync::Arc};

/// The CT of a case.
#[derive(Clone, Debug)]
pub enum Ct {
    /// As scanned, with its least and greatest value, HU.
    There(Arc<Volume>, [i16; 2]),
    /// The case has none, as some teaching cases.
    Absent,
    /// It cannot be read.
    Damaged(Sentence),
}

impl Ct {
    /// A volume, ready to be looked at.
    #[must_use]
    pub fn of(volume: Volume) -> Self {
        let range = range_hu(&volume);
        Self::There(Arc::new(volume), range)
    }

    /// The volume, where there is one.
    #[must_use]
    pub fn volume(&self) -> Option<&Arc<Volume>> {
        match self {
            Self::There(volume, _) => Some(volume),
            Self::Absent | Self::Damaged(_) => None,
        }
    }

    /// Least and greatest value, HU; without a CT those of a usual one.
    #[must_use]
    pub const fn range(&self) -> [i16; 2] {
        match self {
            Self::There(_, range) => *range,
            Self::Absent | Self::Damaged(_) => [-1024, 3071],
        }
    }
}

/// A scan in memory: one copy of the CT, and the surfaces of its bones before any operation, LPS mm.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The CT.
    pub ct: Ct,
    /// Bones as scanned.
    pub bones: Vec<(BodyKind, Arc<TriMesh>)>,
}

type Read = dyn Fn(&dyn Progress) -> Scan + Send + Sync;

/// Reads the scan of a document when it is asked to, and knows the planes in which it is looked at.
#[derive(Clone)]
pub struct SliceSource {
    read: Arc<Read>,
    /// As [`SliceKind::ALL`] has them.
    planes: [Option<SlicePlane>; 7],
}

impl fmt::Debug for SliceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SliceSource").field("planes", &self.planes).finish_non_exhaustive()
    }
}

impl SliceSource {
    /// What `read` reads, looked at along the axes of the body and of `hip`.
    #[must_use]
    pub fn new(hip: Option<&Hip>, read: impl Fn(&dyn Progress) -> Scan + Send + Sync + 'static) -> Self {
        Self { read: Arc::new(read), planes: SliceKind::ALL.map(|kind| kind.plane(hip)) }
    }

    /// The scan of a case on disk. What cannot be read is told in its place, and hinders nothing else.
    #[must_use]
    pub fn of_case(folder: CaseFolder, hip: Option<&Hip>) -> Self {
        Self::new(hip, move |progress| {
            let bone = |(label, mesh)| (BodyKind::Bone(label), Arc::new(mesh));
            // Bones that cannot be read were told when the case was opened.
            let bones = folder.read_bones().unwrap_or_default().into_iter().map(bone).collect();
            let ct = if folder.has_volume() {
                folder.read_volume_telling(progress).map_or_else(|error| Ct::Damaged(Sentence::of(&error)), Ct::of)
            } else {
                Ct::Absent
            };
            Scan { ct, bones }
        })
    }

    /// Reads it.
    #[must_use]
    pub fn read(&self, progress: &dyn Progress) -> Scan {
        (self.read)(progress)
    }

    /// The plane of a kind, through the point from which its position is counted; `None` where the femur it needs was not measured.
    #[must_use]
    pub fn plane(&self, kind: SliceKind) -> Option<SlicePlane> {
        self.planes[kind as usize]
    }
}
