//! The interface in two languages: Fluent messages from `assets/i18n`, embedded in the program.
//!
//! A sentence is asked for by its key; a test keeps the keys of both languages equal, so a missing one is a programming error
//! that shows as `⟨key⟩` and never stops the program. Definitions and errors say themselves in English where they stand; Chinese has
//! messages of its own for them.

mod errors;
mod said;
mod texts;

pub use said::{Said, Sentence};
pub use texts::{Language, Texts};
