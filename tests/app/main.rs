//! The window, tested without a screen. One module a promise to the user.

mod bodies;
mod case;
mod dislocation;
mod examination;
mod fonts;
mod panels;
mod physics;
mod rehearsal;
mod scene;
mod screenshot;
