//! The core, tested without a window. One module a promise to the user.

mod motion;
mod rom_vectors;
mod support;
mod surface;
mod phantom;
