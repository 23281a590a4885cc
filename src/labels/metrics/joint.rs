//! What is mistaken across the hip joint.

use crate::{frames::Side, labels::Label, volume::Grid};

/// Voxels that a prediction gave to the wrong side of a hip joint.
///
/// The two bones meet nowhere but in the joint, so every voxel of a femur that is called the hip bone of the same side lies in or at the
/// head, and every voxel of a hip bone that is called femur in or at the socket; no outline of the head is needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JointConfusion {
    /// Which hip.
    pub side: Side,
    /// Voxels of the truth's femur that the prediction calls hip bone.
    pub head_as_socket_voxels: usize,
    /// Their volume, mm³.
    pub head_as_socket_mm3: f64,
    /// Voxels of the truth's hip bone that the prediction calls femur.
    pub socket_as_head_voxels: usize,
    /// Their volume, mm³.
    pub socket_as_head_mm3: f64,
}

/// Counts what is mistaken across one hip joint; `None` where either map lacks one of its bones.
#[must_use]
pub fn joint_confusion(predicted: &[u8], truth: &[u8], grid: &Grid, side: Side) -> Option<JointConfusion> {
    let (hip, femur) = (Label::hip(side).id(), Label::femur(side).id());
    let (mut in_predicted, mut in_truth) = ([false; 2], [false; 2]);
    let (mut head_as_socket_voxels, mut socket_as_head_voxels) = (0, 0);
    for (&found, &real) in predicted.iter().zip(truth) {
        in_predicted[0] |= found == hip;
        in_predicted[1] |= found == femur;
        in_truth[0] |= real == hip;
        in_truth[1] |= real == femur;
        head_as_socket_voxels += usize::from(real == femur && found == hip);
        socket_as_head_voxels += usize::from(real == hip && found == femur);
    }
    (in_predicted == [true; 2] && in_truth == [true; 2]).then(|| JointConfusion {
        side,
        head_as_socket_voxels,
        head_as_socket_mm3: head_as_socket_voxels as f64 * grid.voxel_mm3(),
        socket_as_head_voxels,
        socket_as_head_mm3: socket_as_head_voxels as f64 * grid.voxel_mm3(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    #[test]
    fn each_direction_is_counted_for_its_own_side() {
        let grid = Grid::axis_aligned([8, 1, 1], [1.0, 2.0, 3.0], Point3::origin());
        let truth = [2, 2, 4, 4, 3, 3, 5, 5];
        let found = [2, 4, 2, 2, 3, 3, 5, 4];
        let left = joint_confusion(&found, &truth, &grid, Side::Left).unwrap();
        assert_eq!((left.head_as_socket_voxels, left.socket_as_head_voxels), (2, 1));
        assert_eq!((left.head_as_socket_mm3, left.socket_as_head_mm3), (12.0, 6.0));
        // A femur called the other side's femur is wrong, but not across the joint.
        let right = joint_confusion(&found, &truth, &grid, Side::Right).unwrap();
        assert_eq!((right.head_as_socket_voxels, right.socket_as_head_voxels), (0, 0));
        assert_eq!(joint_confusion(&[2; 8], &truth, &grid, Side::Left), None);
    }
}
