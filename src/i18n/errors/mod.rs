//! Errors of the stages in other languages than English, by their own fields.

mod anatomy;
mod bone;
mod edit;
mod label_edit;
mod plan;
mod rehearsal;
mod storage;
