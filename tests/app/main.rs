//! The window, tested without a screen. One module a promise to the user.

mod activity;
mod answers;
mod bodies;
mod case;
mod compare;
mod dislocation;
mod distance;
mod examination;
mod film;
mod fonts;
mod hands;
mod help;
mod keeping;
mod motion_page;
mod opening;
mod panels;
mod physics;
mod reach;
mod rehearsal;
mod risks;
mod scene;
mod screenshot;
mod signing;
mod slices;
mod trial;
mod zone;
