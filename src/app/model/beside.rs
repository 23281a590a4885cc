//! What stands beside what is planned: plain data, no Bevy types.

use crate::app::beside::{Compared, Other};

/// What stands there, and what could.
#[derive(Clone, Debug, PartialEq)]
pub struct BesideModel<'a> {
    /// `None` for nothing.
    pub other: Option<Other>,
    /// What could.
    pub choices: Vec<Other>,
    /// How they differ, once that is known.
    pub compared: Option<&'a Compared>,
    /// It is being worked out.
    pub busy: bool,
}
