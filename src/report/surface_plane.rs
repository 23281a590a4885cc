//! A plane through the set of postures that a hip can reach: margins on a lattice, and the limit in pieces of one couple each. What the picture
//! on the command line and the window both draw.

use crate::{
    motion::{Couple, Posture, PostureBox, RomSurface},
    risk::Field,
};

/// Two angles that vary and one that is fixed; angles are counted flexion, adduction, internal rotation from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct SurfacePlane {
    /// The angle along, the one across, and the one that is fixed.
    pub angles: [usize; 3],
    /// The fixed angle, degrees.
    pub fixed_deg: f64,
    /// From and to of the angles along and across, degrees.
    pub spans: [[f64; 2]; 2],
    /// Signed margins, degrees: row by row from the least angle across.
    pub margins_deg: Vec<f64>,
    /// Nodes along and across.
    pub nodes: [usize; 2],
    /// Where the set ends: pieces that follow each other, each with what meets and its degrees along and across. It has none where the set
    /// reaches beyond what was looked at.
    pub limit: Vec<(Option<Couple>, Vec<[f64; 2]>)>,
}

impl SurfacePlane {
    /// Flexion and rotation, flexion and adduction, rotation and adduction: the angles along, across and fixed of each.
    pub const ALL: [[usize; 3]; 3] = [[0, 2, 1], [0, 1, 2], [2, 1, 0]];

    /// The plane of two angles where the third is `fixed_deg`, with `finer` nodes for each of the surface.
    #[must_use]
    pub fn of(surface: &RomSurface, postures: &PostureBox, angles: [usize; 3], fixed_deg: f64, finer: f64) -> Self {
        let all = [postures.flexion_deg, postures.adduction_deg, postures.internal_rotation_deg];
        let spans = [all[angles[0]], all[angles[1]]];
        let step = surface.resolution_deg() / finer;
        let nodes = spans.map(|[from, to]| ((to - from) / step + 1e-9).floor() as usize + 1);
        let mut plane = Self { angles, fixed_deg, spans, margins_deg: Vec::new(), nodes, limit: Vec::new() };
        let margin = |index: usize| {
            let at = |place: usize, [from, to]: [f64; 2]| (from + place as f64 * step).min(to);
            let posture = plane.posture(at(index % nodes[0], spans[0]), at(index / nodes[0], spans[1]));
            surface.sample(&posture).unwrap_or(f64::NEG_INFINITY)
        };
        plane.margins_deg = (0..nodes[0] * nodes[1]).map(margin).collect();
        for line in (Field { values: &plane.margins_deg, columns: nodes[0] }).contours(0.0) {
            let place = |[column, row]: [f64; 2]| [spans[0][0] + column * step, spans[1][0] + row * step];
            let places: Vec<[f64; 2]> = line.into_iter().map(place).collect();
            let couple = |at: &[f64; 2]| surface.couple_at(&plane.posture(at[0], at[1]));
            plane.limit.extend(pieces(&places, couple));
        }
        plane
    }

    /// The posture at two angles.
    #[must_use]
    pub fn posture(&self, along_deg: f64, across_deg: f64) -> Posture {
        let mut values = [0.0; 3];
        for (angle, value) in self.angles.into_iter().zip([along_deg, across_deg, self.fixed_deg]) {
            values[angle] = value;
        }
        Posture { flexion_deg: values[0], adduction_deg: values[1], internal_rotation_deg: values[2] }
    }

    /// The three angles of a posture as they stand on the plane: along, across, fixed.
    #[must_use]
    pub fn place(&self, posture: &Posture) -> [f64; 3] {
        let values = [posture.flexion_deg, posture.adduction_deg, posture.internal_rotation_deg];
        self.angles.map(|angle| values[angle])
    }
}

/// A line in pieces of one couple, each on to the first place of the next, so that no gap is left.
fn pieces(places: &[[f64; 2]], couple: impl Fn(&[f64; 2]) -> Option<Couple>) -> Vec<(Option<Couple>, Vec<[f64; 2]>)> {
    let couples: Vec<Option<Couple>> = places.iter().map(couple).collect();
    let (mut found, mut first) = (Vec::new(), 0);
    while first + 1 < places.len() {
        let run = couples[first..].iter().take_while(|couple| **couple == couples[first]).count();
        let last = (first + run).min(places.len() - 1);
        found.push((couples[first], places[first..=last].to_vec()));
        first = last;
    }
    found
}
