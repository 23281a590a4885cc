//! The core, tested without a window. One module a promise to the user.

mod anatomy;
mod architecture;
mod bad_input;
mod implants;
mod import;
mod mesh_files;
mod motion;
mod phantom;
mod plan;
mod resection;
mod rom_vectors;
mod signed_distance;
mod storage;
mod support;
mod surface;
