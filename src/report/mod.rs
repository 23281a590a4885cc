//! What leaves the program for a reader: the report.

mod render;

pub use render::{Body, Picture, View, render};
