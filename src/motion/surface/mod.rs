//! The reachable set of a planned hip over flexion, adduction and internal rotation, as margins on a grid of postures.
//!
//! Margins are **degrees**, positive inside: how far the femur can still turn until something meets. Millimetres would say nothing of a neck
//! that leans towards its rim and cannot be compared between lever arms; degrees can, and no turn by one degree changes them by more than
//! one, which says how far apart postures may be asked.
//!
//! Reachable is what is joined to neutral without contact in between: a posture that is free beyond one that is not cannot be got to.
//! Bone and implant only: capsule and muscles end most motions earlier.

mod free_hip;
mod sample;

pub use free_hip::FreeHip;

use super::{Couple, MotionError, Posture};
use crate::{
    mesh::TriMesh,
    progress::{Progress, Silent},
    surface::isosurface_from_field,
    volume::Grid,
};
use nalgebra::Point3;
use serde::Serialize;

/// Which postures are looked at: flexion, adduction and internal rotation, each from and to, degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PostureBox {
    /// Flexion.
    pub flexion_deg: [f64; 2],
    /// Adduction; abduction is negative.
    pub adduction_deg: [f64; 2],
    /// Internal rotation; external rotation is negative.
    pub internal_rotation_deg: [f64; 2],
}

impl Default for PostureBox {
    /// More than any hip with its soft tissue does.
    fn default() -> Self {
        Self { flexion_deg: [-60.0, 150.0], adduction_deg: [-80.0, 60.0], internal_rotation_deg: [-90.0, 90.0] }
    }
}

impl PostureBox {
    /// The soft limits of an early planning system (HipNav): 120° of flexion, 40° of extension, 50° of abduction, 30° of adduction, 45° of
    /// rotation either way. Figures noted second-hand from an abstract of Thornberry; a box, not what any patient does.
    pub const HIPNAV: Self =
        Self { flexion_deg: [-40.0, 120.0], adduction_deg: [-50.0, 30.0], internal_rotation_deg: [-45.0, 45.0] };

    const fn spans(&self) -> [[f64; 2]; 3] {
        [self.flexion_deg, self.adduction_deg, self.internal_rotation_deg]
    }
}

/// Margins of the postures of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct RomSurface {
    /// The grid, one voxel a posture: flexion, adduction and internal rotation in degrees where a grid in space has x, y and z in mm.
    grid: Grid,
    /// Margin of each posture, degrees; see [`FreeHip::margin_deg`].
    margins_deg: Vec<f64>,
    /// What meets first there.
    couples: Vec<Couple>,
    /// Whether it can be got to.
    reachable: Vec<bool>,
    /// Of how many postures neck and bones were asked; of the others the margin is known to be large, and interpolated.
    asked: usize,
    /// More margin was not looked for, degrees.
    enough_deg: f64,
}

impl RomSurface {
    /// Usual distance of postures far from a limit, degrees; near one it is half of it.
    pub const STEP_DEG: f64 = 5.0;

    /// Samples a hip: postures `step_deg` apart, half of that wherever a limit may be within reach.
    ///
    /// # Errors
    /// When the step is not from 1° to 20°, or the box is empty or not of numbers.
    pub fn of(hip: &FreeHip<'_>, postures: &PostureBox, step_deg: f64) -> Result<Self, MotionError> {
        Self::watched(hip, postures, step_deg, &Silent)
    }

    /// The same, told how far it is, and stopped when nobody wants it any more.
    ///
    /// # Errors
    /// As [`Self::of`], and [`MotionError::Cancelled`].
    pub fn watched(
        hip: &FreeHip<'_>,
        postures: &PostureBox,
        step_deg: f64,
        progress: &dyn Progress,
    ) -> Result<Self, MotionError> {
        let refused = |what, expected, found| Err(MotionError::OutOfRange { what, expected, found });
        if !(1.0..=20.0).contains(&step_deg) {
            return refused("the step of a surface of motion", "1° to 20°", step_deg);
        }
        for [from, to] in postures.spans() {
            if !(to - from >= step_deg && (-360.0..=360.0).contains(&from) && to <= 360.0) {
                return refused("the span of a surface of motion", "at least one step, within ±360°", to - from);
            }
        }
        sample::sample(hip, postures, step_deg, progress)
    }

    /// How far apart postures near a limit are, degrees. At the surface that [`Self::sample`] and [`Self::mesh`] give, the true margin is no
    /// more than this.
    #[must_use]
    pub fn resolution_deg(&self) -> f64 {
        self.grid.spacing[0]
    }

    /// Postures along flexion, adduction and internal rotation.
    #[must_use]
    pub const fn nodes(&self) -> [usize; 3] {
        self.grid.size
    }

    /// The posture of a node, counted along flexion first, then adduction, then internal rotation.
    #[must_use]
    pub fn posture(&self, index: usize) -> Posture {
        let at = self.grid.centre(self.grid.voxel(index));
        Posture { flexion_deg: at.x, adduction_deg: at.y, internal_rotation_deg: at.z }
    }

    /// Margin of each node, degrees, whether it can be got to or not; above [`Self::enough_deg`] not looked for.
    #[must_use]
    pub fn margins_deg(&self) -> &[f64] {
        &self.margins_deg
    }

    /// What meets first at each node.
    #[must_use]
    pub fn couples(&self) -> &[Couple] {
        &self.couples
    }

    /// Whether each node can be got to.
    #[must_use]
    pub fn reachable(&self) -> &[bool] {
        &self.reachable
    }

    /// Of how many nodes the hip was asked.
    #[must_use]
    pub const fn asked(&self) -> usize {
        self.asked
    }

    /// More margin was not looked for, degrees.
    #[must_use]
    pub const fn enough_deg(&self) -> f64 {
        self.enough_deg
    }

    /// Signed margin of a node, degrees: positive where it can be got to, negative where something meets, and where it is free but cannot be
    /// got to.
    #[must_use]
    pub fn signed_deg(&self, index: usize) -> f64 {
        let margin = self.margins_deg[index];
        if self.reachable[index] { margin } else { -margin.abs() }
    }

    /// Signed margin of a posture, degrees, between nodes linear along each angle; `None` outside the box.
    #[must_use]
    pub fn sample(&self, posture: &Posture) -> Option<f64> {
        let at = self.grid.fractional(&place(posture));
        let mut sum = 0.0;
        let low: [usize; 3] = std::array::from_fn(|axis| (at[axis].floor().max(0.0) as usize).min(self.grid.size[axis] - 2));
        for corner in 0..8 {
            let mut weight = 1.0;
            let mut node = low;
            for axis in 0..3 {
                let part = at[axis] - low[axis] as f64;
                if !(-1e-9..=1.0 + 1e-9).contains(&part) {
                    return None;
                }
                let upper = corner >> axis & 1;
                node[axis] += upper;
                weight *= if upper == 1 { part } else { 1.0 - part };
            }
            sum += weight * self.signed_deg(self.grid.index(node));
        }
        Some(sum)
    }

    /// What meets first at the node nearest to a posture; `None` outside the box.
    #[must_use]
    pub fn couple_at(&self, posture: &Posture) -> Option<Couple> {
        self.grid.nearest(&place(posture)).map(|node| self.couples[self.grid.index(node)])
    }

    /// Share of a box of postures that can be got to, 0 to 1: nodes within it, each as much as lies about it.
    #[must_use]
    pub fn covered(&self, postures: &PostureBox) -> f64 {
        let (spans, half) = (postures.spans(), self.resolution_deg() / 2.0);
        let (mut reached, mut all) = (0.0, 0.0);
        for index in 0..self.margins_deg.len() {
            let at = place(&self.posture(index));
            let within = spans
                .iter()
                .zip(at.iter())
                .map(|([from, to], angle)| ((angle + half).min(*to) - (angle - half).max(*from)).max(0.0));
            let volume: f64 = within.product();
            all += volume;
            reached += if self.reachable[index] { volume } else { 0.0 };
        }
        if all > 0.0 { reached / all } else { 0.0 }
    }

    /// The surface of what can be got to: closed, facing outwards, flexion, adduction and internal rotation in **degrees** as x, y and z.
    /// It ends at the box where the set does not end before it.
    #[must_use]
    pub fn mesh(&self) -> TriMesh {
        let values: Vec<f32> = (0..self.margins_deg.len()).map(|index| self.signed_deg(index) as f32).collect();
        isosurface_from_field(&self.grid, &values, 0.0)
    }
}

const fn place(posture: &Posture) -> Point3<f64> {
    Point3::new(posture.flexion_deg, posture.adduction_deg, posture.internal_rotation_deg)
}
