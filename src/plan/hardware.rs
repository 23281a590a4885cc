//! Metal that is in the patient already: what of the plan it is in the way of.

use super::{MetalPiece, Osteotomy, Plan, PlanError, StemPlacement, finding, osteotomy::Piece, placed::stem_body};
use crate::{
    anatomy::Finding,
    frames::Side,
    implants::{Catalogue, Stem},
    labels::Label,
    mesh::TriMesh,
    surface::MeshIndex,
};
use nalgebra::Point3;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Metal nearer than this to an implant is told of although it is not in its way, mm.
const NEAR_MM: f64 = 2.0;
/// Width of a saw's cut, mm.
const KERF_MM: f64 = 1.3;
/// A saw goes no further than this from the middle of its cut, mm.
const CUT_REACH_MM: f64 = 40.0;

/// A part of a plan that metal can be in the way of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Planned {
    /// The cup, with all that is reamed for it.
    Cup,
    /// The stem.
    Stem,
    /// The cut through the femoral neck.
    Resection,
    /// The cuts of the osteotomy.
    Osteotomy,
}

/// Metal in the way of a part of the plan, or near it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Obstacle {
    /// Number of the piece of metal, from 1, the largest first.
    pub piece: usize,
    /// Its volume, ml.
    pub volume_ml: f64,
    /// Its middle, LPS mm.
    pub middle: Point3<f64>,
    /// The part of the plan.
    pub with: Planned,
    /// Room that both would take, ml.
    pub overlap_ml: f64,
    /// How deep the metal reaches into the implant, or beyond the cut, mm; nought where it does not touch it.
    pub depth_mm: f64,
    /// Least distance, mm; nought where it touches.
    pub distance_mm: f64,
}

impl Obstacle {
    /// True when the metal must be removed for the plan; false when it is only near.
    #[must_use]
    pub fn must_go(&self) -> bool {
        self.overlap_ml > 0.0
    }

    /// What the surgeon must know of it.
    #[must_use]
    pub fn finding(&self, side: Side) -> Finding {
        let [volume, overlap, depth, distance] = [
            format!("{:.1}", self.volume_ml),
            format!("{:.2}", self.overlap_ml),
            format!("{:.1}", self.depth_mm),
            format!("{:.1}", self.distance_mm),
        ];
        let piece = self.piece;
        let what = format!("Metal that is in the patient already (piece {piece}, {volume} ml)");
        let in_the_way = |part: &str| {
            format!("{what} lies in the way of {part}: {overlap} ml of it, up to {depth} mm deep; it must be removed.")
        };
        let across = |cut: &str| {
            format!(
                "{what} lies across {cut} and reaches {depth} mm beyond it: {overlap} ml are in the saw's way; it must be removed."
            )
        };
        let (key, text) = match (self.with, self.must_go()) {
            (Planned::Cup, true) => ("finding-hardware-cup", in_the_way("the cup")),
            (Planned::Stem, true) => ("finding-hardware-stem", in_the_way("the stem")),
            (Planned::Resection, _) => ("finding-hardware-resection", across("the cut through the neck")),
            (Planned::Osteotomy, _) => ("finding-hardware-osteotomy", across("the osteotomy")),
            (Planned::Cup, false) => ("finding-hardware-near-cup", format!("{what} lies {distance} mm from the cup.")),
            (Planned::Stem, false) => ("finding-hardware-near-stem", format!("{what} lies {distance} mm from the stem.")),
        };
        let told = finding(key, side, text).with("piece", piece).with("volume", volume);
        if self.must_go() { told.with("overlap", overlap).with("depth", depth) } else { told.with("distance", distance) }
    }
}

/// All metal that is in the way of a plan, or within 2 mm of an implant: see [`OldMetal::obstacles`].
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn obstacles(
    plan: &Plan,
    catalogue: &Catalogue,
    bones: &BTreeMap<Label, TriMesh>,
    metal: &[MetalPiece],
) -> Result<Vec<Obstacle>, PlanError> {
    OldMetal::new(metal.to_vec(), bones, plan.side).obstacles(plan, catalogue)
}

/// The metal in a patient, made ready once to be asked about any plan for one hip.
#[derive(Default)]
pub struct OldMetal {
    /// Each with whether it is in the hip bone.
    pieces: Vec<(MetalPiece, bool)>,
    /// The stem that was asked about last, in its own frame.
    stem: Mutex<Option<(String, Arc<MeshIndex>)>>,
}

impl OldMetal {
    /// Each piece is in the bone that it is nearer to, hip bone or femur.
    #[must_use]
    pub fn new(pieces: Vec<MetalPiece>, bones: &BTreeMap<Label, TriMesh>, side: Side) -> Self {
        if pieces.is_empty() {
            return Self::default();
        }
        let [hip, femur] = [Label::hip(side), Label::femur(side)].map(|label| bones.get(&label).map(MeshIndex::new));
        let away = |bone: &Option<MeshIndex>, p: &Point3<f64>| {
            bone.as_ref().map_or(f64::INFINITY, |bone| if bone.holds(p) { 0.0 } else { bone.distance_mm(p) })
        };
        let in_hip = |piece: &MetalPiece| {
            let (to_femur, to_hip): (f64, f64) = piece
                .voxels
                .iter()
                .step_by(piece.voxels.len() / 200 + 1)
                .fold((0.0, 0.0), |(femur_sum, hip_sum), p| (femur_sum + away(&femur, p), hip_sum + away(&hip, p)));
            to_hip < to_femur
        };
        let placed = |piece: MetalPiece| {
            let in_hip = in_hip(&piece);
            (piece, in_hip)
        };
        let pieces = pieces.into_iter().map(placed).collect();
        Self { pieces, stem: Mutex::default() }
    }

    /// All metal that is in the way of a plan, or within 2 mm of an implant, by piece and part. Of metal in a femur, stem and cuts are asked,
    /// and what is taken out with the head or at an osteotomy is in nobody's way; of metal in a hip bone, the cup. Metal is counted voxel by
    /// voxel, so that overlap is exact to some voxels of the border, depth and distance to half a voxel.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan.
    pub fn obstacles(&self, plan: &Plan, catalogue: &Catalogue) -> Result<Vec<Obstacle>, PlanError> {
        let chosen = plan.chosen(catalogue)?;
        let (cup, shell) = (chosen.cup, plan.cup.shell_centre(chosen.liner));
        let mut found = Vec::new();
        for (number, (piece, in_hip)) in self.pieces.iter().enumerate() {
            let mut tell = |with, share: Share| {
                let obstacle = Obstacle {
                    piece: number + 1,
                    volume_ml: piece.volume_mm3() / 1000.0,
                    middle: piece.middle(),
                    with,
                    overlap_ml: share.overlap_mm3 / 1000.0,
                    depth_mm: share.depth_mm,
                    distance_mm: share.distance_mm,
                };
                if obstacle.must_go() || obstacle.distance_mm < NEAR_MM {
                    found.push(obstacle);
                }
            };
            if *in_hip {
                tell(
                    Planned::Cup,
                    Share::of(piece, piece.voxels.iter().copied(), |p, _| {
                        // Above nought within the hemisphere, or within what the liner's rim stands out.
                        let from = p - shell;
                        (cup.reamed_diameter_mm() / 2.0 - from.norm()).min(cup.rim_height_mm.max(0.0) - from.dot(&plan.cup.axis))
                    }),
                );
                continue;
            }
            if let Some((placement, (stem, _))) = plan.stem.as_ref().zip(chosen.stem) {
                tell(Planned::Stem, self.in_stem(piece, plan, placement, stem, catalogue));
                let cut = placement.resection;
                let heights = piece.voxels.iter().filter(|p| (*p - cut.point).norm() < CUT_REACH_MM);
                let heights: Vec<f64> = heights.map(|p| (p - cut.point).dot(&cut.normal)).collect();
                if let Some(share) = Share::sawn(piece, &heights) {
                    tell(Planned::Resection, share);
                }
            }
            if let Some(share) = plan.deformity.osteotomy.and_then(|osteotomy| at_osteotomy(piece, &osteotomy, plan.side)) {
                tell(Planned::Osteotomy, share);
            }
        }
        Ok(found)
    }

    /// The pieces that are in the hip bone.
    pub(super) fn in_hip(&self) -> impl Iterator<Item = &MetalPiece> {
        self.pieces.iter().filter(|(_, in_hip)| *in_hip).map(|(piece, _)| piece)
    }

    /// What a piece in the femur shares with the stem.
    fn in_stem(&self, piece: &MetalPiece, plan: &Plan, placed: &StemPlacement, stem: &Stem, catalogue: &Catalogue) -> Share {
        let body = self.body(stem, plan.side, catalogue);
        let stays = piece.voxels.iter().filter(|p| !placed.beyond_cuts(plan.side, p));
        let moved = stays.filter_map(|p| match &plan.deformity.osteotomy {
            Some(osteotomy) => match osteotomy.piece(plan.side, p) {
                Piece::Proximal => Some(*p),
                Piece::Removed => None,
                Piece::Distal => Some(osteotomy.motion(plan.side) * p),
            },
            None => Some(*p),
        });
        let into_stem = placed.pose.inverse();
        Share::of(piece, moved.map(|p| into_stem * p), |p, deepest| {
            if body.holds(p) {
                return body.distance_mm(p);
            }
            // Further away than what was found already it need not be known how far.
            let near_mm = if deepest > 0.0 { 0.0 } else { -deepest };
            body.closest_within(p, near_mm).map_or(f64::NEG_INFINITY, |closest| -closest.distance_mm)
        })
    }

    /// A stem in its own frame, the last one kept.
    fn body(&self, stem: &Stem, side: Side, catalogue: &Catalogue) -> Arc<MeshIndex> {
        let mut last = self.stem.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, body)) = last.as_ref().filter(|(id, _)| *id == stem.id) {
            return Arc::clone(body);
        }
        let body = Arc::new(MeshIndex::new(&stem_body(stem, side, catalogue)));
        *last = Some((stem.id.clone(), Arc::clone(&body)));
        body
    }
}

/// What lies in the saw's way at an osteotomy: the upper cut by where the voxels are, the lower one by where they go.
fn at_osteotomy(piece: &MetalPiece, osteotomy: &Osteotomy, side: Side) -> Option<Share> {
    let motion = osteotomy.motion(side);
    let heights = |at: &dyn Fn(&Point3<f64>) -> Point3<f64>| -> Vec<f64> {
        let near = piece.voxels.iter().map(at).filter(|p| (p - osteotomy.frame.origin).norm() < CUT_REACH_MM);
        near.map(|p| osteotomy.height_mm(side, &p)).collect()
    };
    let cuts = [heights(&|p| *p), heights(&|p| motion * p)].map(|heights| Share::sawn(piece, &heights));
    cuts.into_iter().flatten().reduce(|a, b| Share {
        overlap_mm3: a.overlap_mm3 + b.overlap_mm3,
        depth_mm: a.depth_mm.max(b.depth_mm),
        distance_mm: 0.0,
    })
}

/// What metal and a part of the plan share.
struct Share {
    overlap_mm3: f64,
    depth_mm: f64,
    distance_mm: f64,
}

impl Share {
    /// By how deep each voxel's centre lies in the part, mm, negative outside; `depth` hears of the deepest so far.
    fn of(piece: &MetalPiece, voxels: impl Iterator<Item = Point3<f64>>, depth: impl Fn(&Point3<f64>, f64) -> f64) -> Self {
        let half = piece.half_voxel_mm();
        let (inside, deepest) = voxels.fold((0_usize, f64::NEG_INFINITY), |(inside, deepest), p| {
            let depth = depth(&p, deepest);
            (inside + usize::from(depth > 0.0), deepest.max(depth))
        });
        let depth_mm = if inside > 0 { deepest + half } else { 0.0 };
        let distance_mm = if inside > 0 { 0.0 } else { (-deepest - half).max(0.0) };
        Self { overlap_mm3: inside as f64 * piece.voxel_mm3, depth_mm, distance_mm }
    }

    /// By the heights of the voxels over the plane of a saw; `None` when the metal lies on one side of it.
    fn sawn(piece: &MetalPiece, heights: &[f64]) -> Option<Self> {
        let (low, high) = heights.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), h| (low.min(*h), high.max(*h)));
        if low > 0.0 || high < 0.0 {
            return None;
        }
        // A layer as thick as a voxel stands for the plane.
        let half = piece.half_voxel_mm();
        let layer = heights.iter().filter(|height| height.abs() <= half).count();
        let area_mm2 = layer as f64 * piece.voxel_mm3 / (2.0 * half);
        (layer > 0).then_some(Self { overlap_mm3: area_mm2 * KERF_MM, depth_mm: high.min(-low) + half, distance_mm: 0.0 })
    }
}
