//! The core, tested without a window. One module a promise to the user.

mod anatomy;
mod bad_input;
mod import;
mod motion;
mod phantom;
mod rom_vectors;
mod support;
mod surface;
