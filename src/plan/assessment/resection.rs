//! Where the neck is cut.

use super::{inputs::Inputs, placement::Placed};
use crate::anatomy::{Quantity, Unit};
use nalgebra::Point3;

pub(super) static OVER_LESSER_TROCHANTER: Quantity = Quantity::new(
    "resection_over_lesser_trochanter",
    Unit::Millimetres,
    None,
    "How far along the shaft axis the plane of the neck's resection lies above the tip of the lesser trochanter.",
    "Coxa",
);
pub(super) static OVER_SADDLE: Quantity = Quantity::new(
    "resection_over_saddle",
    Unit::Millimetres,
    None,
    "How far along the shaft axis the plane of the neck's resection lies above the saddle (the lowest point between neck and greater trochanter); \
     negative below it.",
    "Coxa",
);

pub(super) fn over_lesser_trochanter(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    over(inputs, placed, &inputs.thighs[0]?.leg.lesser_trochanter?)
}

pub(super) fn over_saddle(inputs: &Inputs, placed: &Placed) -> Option<f64> {
    over(inputs, placed, &inputs.thighs[0]?.saddle?)
}

fn over(inputs: &Inputs, placed: &Placed, point: &Point3<f64>) -> Option<f64> {
    let cut = placed.stem.as_ref()?.cut;
    Some((cut.point - point).dot(&cut.normal) / inputs.thighs[0]?.leg.shaft.direction.dot(&cut.normal))
}
