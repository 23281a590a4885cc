//! Errors of the stages in other languages than English, by their own fields.

mod anatomy;
mod bone;
mod edit;
mod plan;
mod rehearsal;
mod storage;
