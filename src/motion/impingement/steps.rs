//! Two surfaces of which one turns in whole steps, as programs that only answer whether meshes collide are asked.

use super::{
    meeting::Meeting,
    tree::{BallTree, Shells},
    triangle::{self, Triangle},
    turn::{Angle, Turn},
    work::Work,
};
use crate::motion::joint;
use nalgebra::{Isometry3, Point3, Rotation3, Unit, Vector3};

/// A surface that turns about the origin, and one that stays.
pub struct TurningSurfaces {
    trees: [BallTree; 2],
    shells: [Shells; 2],
}

impl TurningSurfaces {
    /// Prepares triangles, mm. What no turn brings near the other surface is left out; `None` when nothing is left of either.
    #[must_use]
    pub fn new(moving: Vec<Triangle>, fixed: Vec<Triangle>) -> Option<Self> {
        let shells = [&moving, &fixed].map(|all| all.iter().map(shell).collect::<Vec<_>>());
        let reach = shells.each_ref().map(|shells| {
            shells.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), (near, far)| (low.min(*near), high.max(*far)))
        });
        let near = |triangles: Vec<Triangle>, shells: &[(f64, f64)], (low, high): (f64, f64)| {
            let met = triangles.into_iter().zip(shells).filter(|(_, (near, far))| *far >= low && *near <= high);
            BallTree::new(met.map(|(triangle, _)| triangle))
        };
        let trees = [near(moving, &shells[0], reach[1])?, near(fixed, &shells[1], reach[0])?];
        let shells = trees.each_ref().map(|tree| Shells::new(tree, &Point3::origin()));
        Some(Self { trees, shells })
    }

    /// Degrees of a turn until the surfaces first touch, when they do within so many; they must be apart where it begins.
    #[must_use]
    pub fn first_touch_deg(&self, axis: &Unit<Vector3<f64>>, up_to_deg: f64) -> Option<f64> {
        let meeting = self.meeting(Isometry3::identity());
        let met = meeting.first_touch(&Turn { axis: *axis }, Angle::radians(up_to_deg.to_radians()), &mut Work::any());
        met.ok().flatten().map(|met| met.angle.to_radians().to_degrees())
    }

    fn meeting(&self, start: Isometry3<f64>) -> Meeting<'_> {
        let [moving, fixed] = &self.trees;
        let shells = self.shells.each_ref();
        Meeting { moving, start, fixed, centre: Point3::origin(), gone: None, shells }
    }

    /// The first of the poses at 0, 1, 2 … steps up to `steps` in which the surfaces cross; `None` when they do in none.
    ///
    /// Poses before the first touch are known to be free without a look; so are those up to the next touch, where the surfaces
    /// have parted again by the next step.
    #[must_use]
    pub fn first_crossing(&self, axis: &Unit<Vector3<f64>>, step_deg: f64, steps: u32) -> Option<u32> {
        let turn = Turn { axis: *axis };
        let pose = |step: u32| {
            let angle = (f64::from(step) * step_deg).to_radians();
            joint::about(&Point3::origin(), &Rotation3::from_axis_angle(axis, angle))
        };
        let crosses = |step: u32| self.meeting(Isometry3::identity()).crossing(&pose(step), &mut Work::any()).is_some();
        let mut step = 0;
        if crosses(0) {
            return Some(0);
        }
        while step < steps {
            let left_rad = (f64::from(steps - step) * step_deg).to_radians();
            let met = self.meeting(pose(step)).first_touch(&turn, Angle::radians(left_rad), &mut Work::any()).ok()??;
            step += ((met.angle.to_radians().to_degrees() / step_deg).ceil() as u32).max(1);
            if step <= steps && crosses(step) {
                return Some(step);
            }
        }
        None
    }
}

/// How near to the origin a triangle may come and how far from it it reaches, mm.
fn shell(corners: &Triangle) -> (f64, f64) {
    let squares = corners.map(|p| p.coords.norm_squared());
    let nearest = squares[0].min(squares[1]).min(squares[2]).sqrt();
    (nearest - triangle::longest_edge_mm(corners), squares[0].max(squares[1]).max(squares[2]).sqrt())
}
