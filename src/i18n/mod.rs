//! The interface in two languages: Fluent messages from `assets/i18n`, embedded in the program.
//!
//! A sentence is asked for by its key; a test keeps the keys of both languages equal, so a missing one is a programming error
//! that shows as `⟨key⟩` and never stops the program.

mod texts;

pub use texts::{Language, Texts};
