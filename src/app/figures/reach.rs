//! The edge of what the thigh can reach, drawn over the bones in the colour of what meets.

use super::Figure;
use crate::{
    app::{model::Layer, reach::ConePiece},
    frames::Side,
};

/// A line for each piece of the cone.
#[must_use]
pub fn rims(side: Side, pieces: Vec<ConePiece>) -> Vec<Figure> {
    let line = |piece: ConePiece| Figure { couple: piece.couple, ..Figure::line(Layer::Reach, Some(side), piece.rim) };
    pieces.into_iter().map(line).collect()
}
