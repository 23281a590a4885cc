//! What is typed and chosen before a case is opened or a CT planned.

use crate::{frames::Side, pipeline::PlanRequest, plan::PlanSettings};
use std::path::{Path, PathBuf};

/// What lies at the path that is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Found {
    /// Nothing is typed.
    #[default]
    Nothing,
    /// There is no such file or folder.
    Missing,
    /// A case, which can be opened.
    Case(PathBuf),
    /// Something that images are looked for in.
    Images(PathBuf),
}

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportForm {
    /// A case folder, a DICOM folder, a zip or NIfTI file, as typed.
    pub path: String,
    /// The hip to plan; never guessed.
    pub side: Option<Side>,
    /// The case folder to write.
    pub out: String,
    /// Which series, by its number in the list.
    pub series: Option<String>,
    /// Somebody has seen that the labels are doubtful, and plans nevertheless.
    pub accept_doubtful: bool,
    found: Found,
}

impl ImportForm {
    /// Empty, but for a place for the new case.
    #[must_use]
    pub fn new() -> Self {
        Self { out: free_folder().map(|folder| folder.display().to_string()).unwrap_or_default(), ..Self::default() }
    }

    /// What lies at the path, as it was looked up last.
    #[must_use]
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// Looks up what lies at the path. A path in quotes, as file managers copy it, is one too.
    pub fn look(&mut self) {
        let text = self.path.trim().trim_matches(['"', '\'']);
        let path = Path::new(text);
        self.found = match text {
            "" => Found::Nothing,
            _ if !path.exists() => Found::Missing,
            _ if path.join("case.ron").is_file() => Found::Case(path.into()),
            _ if path.file_name().is_some_and(|name| name == "case.ron") => {
                path.parent().map_or(Found::Missing, |folder| Found::Case(folder.into()))
            }
            _ => Found::Images(path.into()),
        };
    }

    /// True when nothing is missing in it.
    #[must_use]
    pub fn complete(&self) -> bool {
        match self.found {
            Found::Case(_) => true,
            Found::Images(_) => self.side.is_some() && !self.out.trim().is_empty(),
            Found::Nothing | Found::Missing => false,
        }
    }

    /// As the road from CT to plan wants it; `None` while something is missing.
    pub(super) fn request(&self) -> Option<PlanRequest> {
        let Found::Images(source) = &self.found else { return None };
        let side = self.side.filter(|_| self.complete())?;
        Some(PlanRequest {
            source: source.clone(),
            series: self.series.clone(),
            side,
            case: self.out.trim().into(),
            labels: None,
            settings: PlanSettings::shipped().ok()?,
            accept_doubtful: self.accept_doubtful,
            #[cfg(feature = "neural")]
            device: crate::device::DeviceChoice::Auto,
        })
    }
}

/// The first free `case-0001` of the user's own folder of cases.
fn free_folder() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from)?;
    (1..10_000).map(|number| home.join("Coxa").join(format!("case-{number:04}"))).find(|folder| !folder.exists())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_lies_there_is_told_apart_and_the_side_is_never_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let [case, images] = ["case", "images"].map(|name| folder.path().join(name));
        [&case, &images].into_iter().for_each(|folder| fs::create_dir(folder).unwrap());
        fs::write(case.join("case.ron"), "()").unwrap();
        let form = |path: &Path| {
            let mut form = ImportForm { path: format!(" \"{}\" ", path.display()), out: "there".into(), ..ImportForm::default() };
            form.look();
            form
        };
        assert_eq!(*form(&case).found(), Found::Case(case.clone()));
        assert_eq!(*form(&case.join("case.ron")).found(), Found::Case(case.clone()));
        assert_eq!(*form(&folder.path().join("nowhere")).found(), Found::Missing);
        let unsided = form(&images);
        assert_eq!(*unsided.found(), Found::Images(images.clone()));
        assert!(!unsided.complete() && unsided.request().is_none());
        let sided = ImportForm { side: Some(Side::Left), ..unsided };
        let request = sided.request().unwrap();
        assert_eq!((request.side, request.source, request.case), (Side::Left, images, "there".into()));
        assert!(ImportForm { out: " ".into(), ..sided }.request().is_none());
    }
}
