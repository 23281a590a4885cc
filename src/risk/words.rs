//! Numbers as the words that shaders read.

use crate::motion::Track;
use nalgebra::{Quaternion, Rotation3, UnitQuaternion, Vector3};
use std::ops::Range;

/// Words of a buffer; never none, since a card binds no empty one.
#[derive(Default)]
pub(super) struct Words(Vec<u8>);

impl Words {
    pub fn floats(&mut self, values: impl IntoIterator<Item = f64>) -> &mut Self {
        self.0.extend(values.into_iter().flat_map(|value| (value as f32).to_le_bytes()));
        self
    }

    pub fn counts(&mut self, values: impl IntoIterator<Item = usize>) -> &mut Self {
        self.0.extend(values.into_iter().flat_map(|value| (value as u32).to_le_bytes()));
        self
    }

    /// A direction and what stands beside it.
    pub fn beside(&mut self, direction: &Vector3<f64>, value: f64) -> &mut Self {
        self.floats([direction.x, direction.y, direction.z, value])
    }

    /// The bytes, at least as many as one element has.
    pub fn bytes(mut self, least: usize) -> Vec<u8> {
        let length = self.0.len().max(least);
        self.0.resize(length, 0);
        self.0
    }
}

/// A stretch of an activity's path: so short that a shader goes along it in a few turns.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Which activity, by its place.
    pub activity: usize,
    /// Its poses, of those of all activities; neighbouring pieces share one.
    pub poses: Range<usize>,
}

impl Piece {
    /// Steps of at most a degree that a piece has.
    const STEPS: usize = 8;

    /// Where it begins.
    pub fn posture(&self) -> Self {
        Self { poses: self.poses.start..self.poses.start + 1, ..self.clone() }
    }
}

/// The poses of tracks as unit quaternions, each on the side of the one before it; and the pieces that they are followed in. Arcs have none.
pub(super) fn pieces(tracks: &[Track]) -> (Vec<Piece>, Words) {
    let (mut pieces, mut poses, mut first) = (Vec::new(), Words::default(), 0);
    for (activity, track) in tracks.iter().enumerate() {
        let end = first + track.samples();
        // A posture alone is a piece too.
        let starts = (first..end).step_by(Piece::STEPS).filter(|start| start + 1 < end || *start == first);
        let poses_from = |start: usize| start..(start + Piece::STEPS + 1).min(end);
        pieces.extend(starts.map(|start| Piece { activity, poses: poses_from(start) }));
        first = end;
        let mut before = Quaternion::identity();
        for rotation in track.rotations() {
            let pose = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(*rotation)).into_inner();
            before = if pose.dot(&before) < 0.0 { -pose } else { pose };
            poses.floats([before.i, before.j, before.k, before.w]);
        }
    }
    (pieces, poses)
}
