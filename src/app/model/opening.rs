//! What the panels show while a case is being chosen: plain data, no Bevy types.

use crate::app::opening::{ImportForm, Recent, Trouble};

/// The form.
#[derive(Clone, Debug)]
pub struct OpeningModel<'a> {
    /// What is typed and chosen.
    pub form: &'a ImportForm,
    /// Cases that were open last, the newest first.
    pub recent: &'a [Recent],
    /// What the last import stumbled over.
    pub trouble: Trouble,
}
