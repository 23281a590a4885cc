//! The DICOM side of `coxa export`: labels as one segmentation, each surface as an Encapsulated STL, and the CT where asked for.
//!
//! Nothing refers to the hospital's own study: a case keeps none of its identifiers. All UIDs are derived from the case, so that
//! everything exported from it lies in one study and one frame of reference, today as in a year.

use crate::{
    cli::Outcome,
    dicom::{
        Segment, Segmentation, SeriesDescription, SourceSeries, StlModel, Study, read_stl_model, write_segmentation,
        write_series, write_stl_model,
    },
    labels::Label,
    mesh::TriMesh,
    plan::storage::{Case, CaseFolder},
    progress::Silent,
    surface::{SurfaceError, io::stl},
    volume::{Grid, Volume},
};
use std::{error::Error, path::Path};

/// The segmentation's file.
pub(super) const LABELS: &str = "labels.dcm";
/// The folder of the CT.
pub(super) const CT: &str = "ct";

/// What of a case becomes DICOM beside its surfaces.
pub(super) struct Objects {
    study: Study,
    grid: Grid,
    ids: Vec<u8>,
    segments: Vec<Segment>,
    algorithm: Option<String>,
    corrected: bool,
    ct: Option<(Volume, SeriesDescription)>,
    source: Option<SourceSeries>,
}

impl Objects {
    /// Reads labels, and the CT if it is wanted too.
    pub(super) fn read(folder: &CaseFolder, case: &Case, with_ct: bool) -> Result<Self, Box<dyn Error>> {
        let Case { pseudonym, provenance, .. } = case;
        let seed = provenance.inputs_sha256.clone();
        let study = Study { seed: seed.clone(), pseudonym: pseudonym.clone(), date: Study::NO_DATE.into() };
        let (grid, ids) = folder.read_labels()?;
        let segments = Label::segments(&ids).map_err(|id| {
            format!("{}: its labels hold the number {id}, which is none of Coxa's labels", folder.path().display())
        })?;
        let algorithm = (!provenance.labelled_by_hand()).then(|| provenance.segmentation_model.clone());
        let corrected = folder.labels_are_corrected();
        let mut ct = None;
        if with_ct {
            let volume = folder.read_volume()?;
            // Both files' affines have six digits or so.
            if !volume.grid.same_place(&grid, 0.01) {
                return Err(format!("{}: its CT and its labels do not lie on the same grid", folder.path().display()).into());
            }
            let description = SeriesDescription {
                seed,
                pseudonym: pseudonym.clone(),
                title: "CT of the case, pseudonymous".into(),
                kernel: String::new(),
                tube_kv: None,
                patient_position: String::new(),
                date: study.date.clone(),
                ..SeriesDescription::default()
            };
            ct = Some((volume, description));
        }
        let source = ct.as_ref().map(|(volume, description)| description.source(&volume.grid));
        Ok(Self { study, grid, ids, segments, algorithm, corrected, ct, source })
    }

    /// True when the CT was read.
    pub(super) fn has_ct(&self) -> bool {
        self.ct.is_some()
    }

    /// Writes the segmentation, and the CT if it was read.
    pub(super) fn write(&self, folder: &Path) -> Outcome {
        let Self { study, grid, ids, segments, algorithm, corrected, ct, source } = self;
        let (algorithm, corrected) = (algorithm.as_deref(), *corrected);
        let segmentation = Segmentation { study, grid, ids, segments, algorithm, corrected, source: source.as_ref() };
        write_segmentation(&segmentation, &folder.join(LABELS))?;
        if let Some((volume, description)) = ct {
            write_series(volume, description, &folder.join(CT), &Silent)?;
        }
        Ok(())
    }

    /// Writes a surface, the `number`th of the export; bones are told by the names of their labels.
    pub(super) fn write_surface(&self, number: u32, name: &str, mesh: &TriMesh, path: &Path) -> Outcome {
        let label = Label::ALL.into_iter().find(|label| label.name() == name);
        let said = label.map_or_else(|| name.replace('_', " "), Label::spoken);
        let model = StlModel {
            study: &self.study,
            name: &said,
            number,
            stl: &stl::to_bytes(mesh, path)?,
            from_ct: label.is_some(),
            cielab: label.and_then(Label::segment).map(|segment| segment.cielab),
            source: self.source.as_ref(),
        };
        Ok(write_stl_model(&model, path)?)
    }

    /// A line a file besides the surfaces, for the reader of the export.
    pub(super) fn lines(&self) -> Vec<String> {
        let names = self.segments.iter().map(|segment| segment.name.as_str()).collect::<Vec<_>>().join(", ");
        let labels = format!("{LABELS:24} DICOM segmentation: {names}");
        let ct = self.ct.as_ref().map(|(volume, _)| format!("{:24} {} slices of the CT", format!("{CT}/"), volume.grid.size[2]));
        [labels].into_iter().chain(ct).collect()
    }
}

/// The surface in an Encapsulated STL.
pub(super) fn read_surface(path: &Path) -> Result<TriMesh, SurfaceError> {
    let bytes = read_stl_model(path).map_err(|source| SurfaceError::Io { path: path.into(), source })?;
    stl::from_bytes(&bytes, path)
}
