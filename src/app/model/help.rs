//! What of the help is on screen: plain data, no Bevy types.

/// Keys and cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HelpModel {
    /// The list of keys.
    pub keys: bool,
    /// The card of the first tour.
    pub card: Option<usize>,
}
