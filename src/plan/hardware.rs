//! Metal that is in the patient already: what of the plan it is in the way of.

use super::{ImplantPart, Plan, PlanError, finding, osteotomy::Piece, placed};
use crate::{
    anatomy::{Bones, Finding},
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    surface::MeshIndex,
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Vector3};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Denser than any bone, HU: metal, whatever its label (our choice; cortex stays below 2000).
const METAL_HU: i16 = 2500;
/// Smaller pieces are noise, mm³.
const LEAST_MM3: f64 = 20.0;
/// Metal nearer than this to an implant is told of although it is not in its way, mm.
const NEAR_MM: f64 = 2.0;
/// Width of a saw's cut, mm.
const KERF_MM: f64 = 1.3;
/// A saw goes no further than this from the middle of its cut, mm.
const CUT_REACH_MM: f64 = 40.0;

/// A piece of metal in the scan.
#[derive(Clone, Debug, PartialEq)]
pub struct MetalPiece {
    /// Centres of its voxels, LPS mm.
    pub voxels: Vec<Point3<f64>>,
    /// Volume of a voxel, mm³.
    pub voxel_mm3: f64,
}

impl MetalPiece {
    /// Its volume, mm³.
    #[must_use]
    pub fn volume_mm3(&self) -> f64 {
        self.voxels.len() as f64 * self.voxel_mm3
    }

    /// Its middle, LPS mm.
    #[must_use]
    pub fn middle(&self) -> Point3<f64> {
        Point3::from(self.voxels.iter().map(|p| p.coords).sum::<Vector3<f64>>() / self.voxels.len().max(1) as f64)
    }

    /// Half the edge of a cube as large as a voxel, mm: how far its metal may reach beyond the centre.
    fn half_voxel_mm(&self) -> f64 {
        self.voxel_mm3.cbrt() / 2.0
    }
}

/// The metal of a scan in pieces that hang together, largest first: what is labelled so, and what is denser than any bone.
#[must_use]
pub fn metal_pieces(bones: &Bones, ct: Option<&Volume>) -> Vec<MetalPiece> {
    let Some(grid) = &bones.field_of_view else { return Vec::new() };
    let labelled = bones.metal.iter().filter_map(|p| grid.nearest(p)).map(|voxel| grid.index(voxel));
    let dense = ct.filter(|ct| ct.grid.same_place(grid, 0.01)).into_iter();
    let dense = dense.flat_map(|ct| ct.hu.iter().enumerate().filter(|(_, hu)| **hu >= METAL_HU).map(|(at, _)| at));
    pieces(grid, labelled.chain(dense).map(|at| (at, 0)).collect())
}

/// Voxels by the number of their piece, from 1; 0 before they were reached.
fn pieces(grid: &Grid, mut voxels: BTreeMap<usize, usize>) -> Vec<MetalPiece> {
    let all: Vec<usize> = voxels.keys().copied().collect();
    let mut found: Vec<MetalPiece> = Vec::new();
    for start in all {
        if voxels.get(&start).is_none_or(|piece| *piece > 0) {
            continue;
        }
        let number = found.len() + 1;
        let (mut open, mut members) = (vec![start], Vec::new());
        while let Some(at) = open.pop() {
            let Some(piece) = voxels.get_mut(&at).filter(|piece| **piece == 0) else { continue };
            *piece = number;
            members.push(at);
            open.extend(around(grid, at));
        }
        members.sort_unstable();
        let centres = members.into_iter().map(|at| grid.centre(grid.voxel(at))).collect();
        found.push(MetalPiece { voxels: centres, voxel_mm3: grid.voxel_mm3() });
    }
    found.retain(|piece| piece.volume_mm3() >= LEAST_MM3);
    found.sort_by_key(|piece| std::cmp::Reverse(piece.voxels.len()));
    found
}

/// The 26 voxels about one.
fn around(grid: &Grid, at: usize) -> impl Iterator<Item = usize> {
    let [i, j, k] = grid.voxel(at);
    let size = grid.size;
    let near = |x: usize, size: usize| x.saturating_sub(1)..=(x + 1).min(size - 1);
    near(k, size[2])
        .flat_map(move |k| near(j, size[1]).map(move |j| (j, k)))
        .flat_map(move |(j, k)| near(i, size[0]).map(move |i| [i, j, k]))
        .map(|voxel| grid.index(voxel))
        .collect::<Vec<_>>()
        .into_iter()
}

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
    pub fn finding(&self, side: crate::frames::Side) -> Finding {
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

/// All metal that is in the way of a plan, or within 2 mm of an implant, by piece and part. Of metal in a femur, stem and cuts are asked, and
/// what is taken out with the head or at an osteotomy is in nobody's way; of metal in a hip bone, the cup. Metal is counted voxel by voxel, so
/// that overlap is exact to some voxels of the border, depth and distance to half a voxel.
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn obstacles(
    plan: &Plan,
    catalogue: &Catalogue,
    bones: &BTreeMap<Label, TriMesh>,
    metal: &[MetalPiece],
) -> Result<Vec<Obstacle>, PlanError> {
    if metal.is_empty() {
        return Ok(Vec::new());
    }
    let [hip, femur] = [Label::hip(plan.side), Label::femur(plan.side)].map(|label| bones.get(&label).map(MeshIndex::new));
    let stem = placed(plan, catalogue)?.remove(&ImplantPart::Stem).map(|mesh| MeshIndex::new(&mesh));
    let chosen = plan.chosen(catalogue)?;
    let (cup, shell) = (chosen.cup, plan.cup.shell_centre(chosen.liner));
    let away = |bone: &Option<MeshIndex>, p: &Point3<f64>| {
        bone.as_ref().map_or(f64::INFINITY, |bone| if bone.holds(p) { 0.0 } else { bone.distance_mm(p) })
    };
    let mut found = Vec::new();
    for (number, piece) in metal.iter().enumerate() {
        let (to_femur, to_hip): (f64, f64) = piece
            .voxels
            .iter()
            .step_by(piece.voxels.len() / 200 + 1)
            .fold((0.0, 0.0), |(femur_sum, hip_sum), p| (femur_sum + away(&femur, p), hip_sum + away(&hip, p)));
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
        if to_hip < to_femur {
            tell(
                Planned::Cup,
                Share::of(piece, piece.voxels.iter().copied(), |p| {
                    // Above nought within the hemisphere, or within what the liner's rim stands out.
                    let from = p - shell;
                    (cup.reamed_diameter_mm() / 2.0 - from.norm()).min(cup.rim_height_mm.max(0.0) - from.dot(&plan.cup.axis))
                }),
            );
            continue;
        }
        if let Some((stem, placement)) = stem.as_ref().zip(plan.stem.as_ref()) {
            let stays = piece.voxels.iter().filter(|p| !placement.beyond_cuts(plan.side, p));
            let moved = stays.filter_map(|p| match &plan.deformity.osteotomy {
                Some(osteotomy) => match osteotomy.piece(plan.side, p) {
                    Piece::Proximal => Some(*p),
                    Piece::Removed => None,
                    Piece::Distal => Some(osteotomy.motion(plan.side) * p),
                },
                None => Some(*p),
            });
            tell(
                Planned::Stem,
                Share::of(piece, moved, |p| {
                    let distance = stem.distance_mm(p);
                    if stem.holds(p) { distance } else { -distance }
                }),
            );
            let cut = placement.resection;
            let heights = piece.voxels.iter().filter(|p| (*p - cut.point).norm() < CUT_REACH_MM);
            let heights: Vec<f64> = heights.map(|p| (p - cut.point).dot(&cut.normal)).collect();
            if let Some(share) = Share::sawn(piece, &heights) {
                tell(Planned::Resection, share);
            }
        }
        if let Some(osteotomy) = &plan.deformity.osteotomy {
            let motion = osteotomy.motion(plan.side);
            // The upper cut by where the voxels are, the lower one by where they go.
            let heights = |at: &dyn Fn(&Point3<f64>) -> Point3<f64>| -> Vec<f64> {
                let near = piece.voxels.iter().map(at).filter(|p| (p - osteotomy.frame.origin).norm() < CUT_REACH_MM);
                near.map(|p| osteotomy.height_mm(plan.side, &p)).collect()
            };
            let cuts = [heights(&|p| *p), heights(&|p| motion * p)].map(|heights| Share::sawn(piece, &heights));
            let share = cuts.into_iter().flatten().reduce(|a, b| Share {
                overlap_mm3: a.overlap_mm3 + b.overlap_mm3,
                depth_mm: a.depth_mm.max(b.depth_mm),
                distance_mm: 0.0,
            });
            if let Some(share) = share {
                tell(Planned::Osteotomy, share);
            }
        }
    }
    Ok(found)
}

/// What metal and a part of the plan share.
struct Share {
    overlap_mm3: f64,
    depth_mm: f64,
    distance_mm: f64,
}

impl Share {
    /// By how deep each voxel's centre lies in the part, mm, negative outside.
    fn of(piece: &MetalPiece, voxels: impl Iterator<Item = Point3<f64>>, depth: impl Fn(&Point3<f64>) -> f64) -> Self {
        let half = piece.half_voxel_mm();
        let (inside, deepest) = voxels.map(|p| depth(&p)).fold((0_usize, f64::NEG_INFINITY), |(inside, deepest), depth| {
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
