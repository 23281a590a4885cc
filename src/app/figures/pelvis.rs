//! The anterior pelvic plane.

use super::{Figure, axes};
use crate::{
    anatomy::{
        Examination,
        LandmarkName::{Asis, PubicTubercle},
    },
    app::{examination::Shown, model::Layer},
    frames::Side,
};

/// Length of the drawn axes, mm.
const AXIS_MM: f64 = 60.0;

/// The plane between both spines and tubercles, and the axes of its frame.
pub(super) fn draw(examination: &Examination, shown: &Shown, found: &mut Vec<Figure>) {
    let corners = [(Asis, Side::Left), (Asis, Side::Right), (PubicTubercle, Side::Right), (PubicTubercle, Side::Left)];
    let corners: Vec<_> = corners.into_iter().filter_map(|(name, side)| shown.landmarks.position(name, side)).collect();
    if corners.len() == 4 {
        found.push(Figure { filled: true, ..Figure::line(Layer::Planes, None, corners) });
    }
    if let Some(pelvis) = &examination.anatomy.pelvis {
        found.extend(axes(&pelvis.app, None, AXIS_MM));
    }
}
