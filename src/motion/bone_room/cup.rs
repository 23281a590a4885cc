//! The femur's bone against cup and liner, however they are turned.

use super::{MovingBones, slices::angle, tree::Tree};
use crate::{
    implants::{Bearing, Cup},
    motion::Posture,
};
use nalgebra::Vector3;

/// How far from the cup's axis cup and liner begin on each sphere about the bearing's centre.
///
/// The rim's face counts as high all round as it is at its highest, so that a lip is never passed over: a lower bound. The default reaches nowhere.
#[derive(Clone, Debug, Default)]
pub struct CupReach {
    /// On the sphere of radius n mm in place n, radians; π where they do not reach.
    begins: Vec<f64>,
}

impl CupReach {
    /// The reach of a cup with its bearing.
    #[must_use]
    pub fn new(cup: &Cup, bearing: &Bearing) -> Self {
        let (inner, outer, lateral) = (bearing.diameter_mm / 2.0, cup.outer_diameter_mm / 2.0, bearing.lateral_mm);
        let face =
            (0..360).map(|degree| bearing.face_height_mm(f64::from(degree).to_radians())).fold(f64::NEG_INFINITY, f64::max);
        let begins = |radius: usize| {
            let r = radius as f64;
            if r < inner || r > outer + lateral {
                return std::f64::consts::PI;
            }
            let below_face = (face / r).clamp(-1.0, 1.0).acos();
            // Within the shell's outside, whose centre lies behind the bearing's by the liner's lateral part.
            let within = (outer.powi(2) - r.powi(2) - lateral.powi(2)) / (2.0 * r * lateral.max(1e-9));
            below_face.max(within.clamp(-1.0, 1.0).acos())
        };
        Self { begins: (0..=(outer + lateral).floor().max(0.0) as usize).map(begins).collect() }
    }

    /// True when some of the femur's bone is near enough to the joint's centre to meet the cup at all.
    #[must_use]
    pub fn reaches(&self, moving: &MovingBones) -> bool {
        self.trees(moving).next().is_some()
    }

    pub(super) fn trees<'m>(&'m self, moving: &'m MovingBones) -> impl Iterator<Item = (f64, &'m Tree<Vector3<f64>>)> + 'm {
        let femur = self.begins.iter().zip(&moving.bodies[0].0);
        femur.filter(|(begins, tree)| **begins < std::f64::consts::PI && !tree.nodes.is_empty()).map(|(b, tree)| (*b, tree))
    }

    /// How far the femur can still turn in a posture until its bone meets the cup of this axis (pelvic frame of a right hip), degrees;
    /// negative where it does. More than `enough_deg` is not looked for.
    #[must_use]
    pub fn margin_deg(&self, moving: &MovingBones, axis: &Vector3<f64>, posture: &Posture, enough_deg: f64) -> f64 {
        let seen = posture.right_hip_rotation().inverse() * axis;
        let mut least = enough_deg.to_radians();
        for (begins, tree) in self.trees(moving) {
            let mut open = vec![0];
            while let Some(place) = open.pop() {
                let node = &tree.nodes[place];
                if begins - angle(&seen, &node.centre) - node.radius >= least {
                    continue;
                }
                match node.second {
                    Some(second) => open.extend([second, place + 1]),
                    None => {
                        let points = tree.points[node.points.clone()].iter();
                        least = points.map(|point| begins - angle(&seen, point)).fold(least, f64::min);
                    }
                }
            }
        }
        least.to_degrees()
    }
}
