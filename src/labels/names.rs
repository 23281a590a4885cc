//! Label maps of other programs: what their numbers mean, by name.

use super::Label;
use serde_json::Value;
use thiserror::Error;

/// Which number of a foreign label map means which of Coxa's labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelNames {
    /// `None` for a number that the list does not name.
    labels: [Option<Label>; 256],
}

/// Why a list of names, or a label map with it, cannot be used.
#[derive(Debug, Error)]
pub enum NamesError {
    /// No JSON.
    #[error("it is not well-formed JSON ({0})")]
    Json(#[from] serde_json::Error),
    /// JSON of another form.
    #[error("{found}; an object of names and numbers from 0 to 255 is expected, such as {{\"labels\": {{\"hip_left\": 2}}}}")]
    Form {
        /// What was found.
        found: String,
    },
    /// None of the names is a bone of the hip.
    #[error("none of its names is one that Coxa knows, such as 'hip_left', 'femur_right', 'sacrum' or 'vertebrae_L5'")]
    Strange,
    /// One number, two names.
    #[error("the number {id} has two names that mean different bones")]
    Twice {
        /// The number.
        id: u64,
    },
    /// A voxel with a number that is not named.
    #[error("it holds the label {id}, which {list}")]
    Unnamed {
        /// The number.
        id: u8,
        /// Which list does not hold it.
        list: &'static str,
    },
}

impl LabelNames {
    /// Reads `{"labels": {"hip_left": 2, …}}`, or the inner object alone. The names are Coxa's or TotalSegmentator's; other structures of
    /// the list are taken for background.
    ///
    /// # Errors
    /// See [`NamesError`].
    pub fn parse(json: &str) -> Result<Self, NamesError> {
        let document: Value = serde_json::from_str(json)?;
        let form = |found: String| NamesError::Form { found };
        let list = document.get("labels").unwrap_or(&document);
        let list = list.as_object().ok_or_else(|| form("it holds no object of names".into()))?;
        let mut labels = [None; 256];
        for (name, number) in list {
            let id = number.as_u64().filter(|&id| id < 256).ok_or_else(|| form(format!("'{name}' is {number}")))?;
            let label = known(name).unwrap_or(Label::Background);
            let place = &mut labels[id as usize];
            if place.is_some_and(|other| other != label) {
                return Err(NamesError::Twice { id });
            }
            *place = Some(label);
        }
        // Nothing has no name in most lists.
        labels[0].get_or_insert(Label::Background);
        if labels.iter().flatten().all(|&label| label == Label::Background) {
            return Err(NamesError::Strange);
        }
        Ok(Self { labels })
    }

    /// Turns the numbers into Coxa's.
    ///
    /// # Errors
    /// [`NamesError::Unnamed`] for a number that the list does not name; nothing is changed then.
    pub fn translate(&self, ids: &mut [u8]) -> Result<(), NamesError> {
        if let Some(&id) = ids.iter().find(|&&id| self.labels[usize::from(id)].is_none()) {
            return Err(NamesError::Unnamed { id, list: "its list of names does not name" });
        }
        for id in ids {
            *id = self.labels[usize::from(*id)].unwrap_or(Label::Background).id();
        }
        Ok(())
    }
}

/// Refuses a label map with numbers that are none of Coxa's.
///
/// # Errors
/// [`NamesError::Unnamed`].
pub fn check_ids(ids: &[u8]) -> Result<(), NamesError> {
    match ids.iter().find(|&&id| Label::from_id(id).is_none()) {
        None => Ok(()),
        Some(&id) => {
            Err(NamesError::Unnamed { id, list: "is none of Coxa's 0 to 13; say what its numbers mean with a list of names" })
        }
    }
}

/// Coxa's label for a name of Coxa's or TotalSegmentator's.
fn known(name: &str) -> Option<Label> {
    if name.starts_with("vertebrae_L") {
        return Some(Label::LumbarVertebra);
    }
    Label::ALL.into_iter().find(|label| label.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_translated_by_name() {
        let names =
            LabelNames::parse(r#"{"labels": {"hip_left": 77, "vertebrae_L5": 27, "vertebrae_L4": 28, "spleen": 1}}"#).unwrap();
        let mut ids = [0, 1, 77, 27, 28];
        names.translate(&mut ids).unwrap();
        assert_eq!(ids, [0, 0, 2, 6, 6]);
        let mut ids = [77, 9];
        let error = names.translate(&mut ids).unwrap_err();
        assert!(error.to_string().contains("label 9") && ids == [77, 9], "{error}");
        assert_eq!(LabelNames::parse(r#"{"femur_right": 5}"#).unwrap().labels[5], Some(Label::FemurRight));
    }

    #[test]
    fn lists_that_are_none_are_refused() {
        let refused = |json: &str| LabelNames::parse(json).unwrap_err().to_string();
        assert!(refused("hip_left = 2").contains("not well-formed JSON"));
        assert!(refused("[1, 2]").contains("no object of names"));
        assert!(refused(r#"{"hip_left": 300}"#).contains("'hip_left' is 300"));
        assert!(refused(r#"{"hip_left": "2"}"#).contains("numbers from 0 to 255"));
        assert!(refused(r#"{"liver": 5}"#).contains("none of its names"));
        assert!(refused(r#"{"hip_left": 5, "hip_right": 5}"#).contains("two names"));
        assert!(check_ids(&[0, 13]).is_ok() && check_ids(&[14]).unwrap_err().to_string().contains("14"));
    }
}
