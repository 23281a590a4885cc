//! The core, tested without a window. One module a promise to the user.

mod anatomy;
mod bad_input;
mod implants;
mod import;
mod motion;
mod phantom;
mod plan;
mod rom_vectors;
mod storage;
mod support;
mod surface;
