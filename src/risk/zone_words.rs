//! A followed zone as the words that its shader reads (shaders/target_zone.wgsl).

use super::{
    words::{Piece, Words, pieces},
    zone_request::Followed,
};
use crate::{anatomy::CupAngles, motion::Couple};
use nalgebra::{Matrix3, Rotation3, Vector3};

/// What is the same for all cups, as the shader reads it.
pub(super) struct ZoneWords {
    /// Postures, a few of every path; then the paths.
    pub pieces: [Vec<Piece>; 2],
    poses: Vec<u8>,
    rim: Vec<u8>,
    nodes: Vec<u8>,
    points: Vec<u8>,
    balls: usize,
    steps: usize,
    bone_nodes: usize,
}

impl ZoneWords {
    pub fn of(followed: &Followed<'_>) -> Self {
        let (mut rim, mut balls, mut steps) = (Words::default(), 0, 0);
        if let Some(line) = followed.request.joint.range.line() {
            (balls, steps) = (line.balls.len(), line.points.len() - 1);
            line.balls.iter().for_each(|(centre, radius)| _ = rim.beside(centre, *radius));
            line.points.iter().for_each(|point| _ = rim.beside(point, 0.0));
        }
        let bones = followed.request.bones.map(|bones| bones.reach.flat(&bones.moving));
        let (bones, begins) = bones.unwrap_or_default();
        let (pieces, poses) = pieces(&followed.tracks);
        let (mut nodes, mut points) = (Words::default(), Words::default());
        for (node, begins) in bones.nodes.iter().zip(begins) {
            nodes.beside(&node.centre, node.radius.to_degrees()).floats([begins.to_degrees()]);
            nodes.counts([node.points.start, node.points.end, node.after]);
        }
        bones.points.iter().for_each(|point| _ = points.beside(point, 0.0));
        Self {
            pieces: [pieces.iter().map(Piece::posture).collect(), pieces],
            poses: poses.bytes(16),
            rim: rim.bytes(16),
            nodes: nodes.bytes(32),
            points: points.bytes(16),
            balls,
            steps,
            bone_nodes: bones.nodes.len(),
        }
    }

    /// True when some of the femur's bone is near enough to meet the cup.
    pub fn has_bone(&self) -> bool {
        self.bone_nodes > 0
    }

    /// What the shader binds after settings, cups and pieces.
    pub fn shared(&self) -> [&[u8]; 4] {
        [&self.poses, &self.rim, &self.nodes, &self.points]
    }

    /// What so many cups are asked: how far the neck can lean, or how far the femur can turn until its bone meets the cup.
    pub fn settings(&self, followed: &Followed<'_>, cups: usize, couple: Couple) -> Vec<u8> {
        let (joint, mut words) = (followed.request.joint, Words::default());
        words.beside(&joint.neck.right_hip_axis(), joint.range.oscillation_deg() / 2.0);
        words.counts([cups, self.balls, self.steps, if couple == Couple::ImplantBone { self.bone_nodes } else { 0 }]);
        words.bytes(32)
    }
}

/// Cups, each with the way from the pelvic frame to its rim's, and with what is known to bind it, degrees.
pub(super) fn cup_words(followed: &Followed<'_>, cups: &[CupAngles], below_deg: impl Fn(usize) -> f64) -> Vec<u8> {
    let (joint, mut words) = (followed.request.joint, Words::default());
    let cone = || Rotation3::rotation_between(&Vector3::z(), joint.range.axis()).unwrap_or_default();
    let to_cup = joint.range.line().map_or_else(cone, |line| *line.turn);
    for (place, cup) in cups.iter().enumerate() {
        let to_pelvis: Matrix3<f64> = (joint.with_cup(*cup).rotation() * to_cup).into_inner();
        let [x, y, z] = [0, 1, 2].map(|axis| to_pelvis.column(axis).into_owned());
        words.beside(&x, below_deg(place)).beside(&y, 0.0).beside(&z, 0.0);
        words.beside(&cup.right_hip_axis(), 0.0);
    }
    words.bytes(64)
}

/// Where the poses of pieces are.
pub(super) fn piece_words(pieces: &[Piece]) -> Vec<u8> {
    let mut words = Words::default();
    pieces.iter().for_each(|piece| _ = words.counts([piece.poses.start, piece.poses.len()]));
    words.bytes(8)
}
