//! How far the femur can still turn, about any axis through the joint's centre, until bone is met.
//!
//! The least further turn that brings two points at the same distance from the centre together is the angle between them; points at
//! different distances never meet. So the room of a posture is the least angle, over all spheres about the centre, between what the femur
//! and what the pelvis has there: exact, and no turn of the femur by one degree changes it by more than one degree. Spheres are looked at
//! every millimetre and lines on them every 0.6 mm, which costs about 0.1° (`tests/core/bone_room.rs`).
//!
//! One implementation for all who ask how far: activities, target zone, remedies and scatter. Whether and where meshes touch is a question of
//! its own, which [`ImpingementEngine`](super::ImpingementEngine) answers exactly; the same tests hold the one against the other.

mod cavity;
mod change;
mod cup;
#[cfg(feature = "card")]
mod flat;
#[cfg(feature = "card")]
mod levels;
mod search;
mod slices;
mod tree;

pub use change::FemurChange;
pub use cup::CupReach;
#[cfg(feature = "card")]
pub(crate) use flat::FlatPelvis;
#[cfg(feature = "card")]
pub(crate) use levels::{Query, binding};

use super::{Couple, MotionError, Posture, RomScene, Track};
use crate::{
    frames::{AnatomicalFrame, Side, as_right_hip},
    mesh::TriMesh,
};
use cavity::Cavity;
use nalgebra::{Matrix3, Point3, Vector3};
use rayon::prelude::*;
use serde::Serialize;
use slices::{Crossing, Facet, slices};
use tree::Tree;

/// More room than this is not looked for, degrees.
pub const ENOUGH_DEG: f64 = 45.0;
/// How far the least along a path is narrowed down, degrees: well below what spheres and lines cost.
pub(crate) const FINE_DEG: f64 = 0.02;
/// Beyond the pelvis nothing is met; it ends nearer than this, mm.
const FURTHEST_MM: f64 = 300.0;

/// The pelvis of a planned hip, and its femur and stem, about the joint's centre.
pub struct BoneRoom {
    side: Side,
    pelvic_frame: AnatomicalFrame,
    centre: Point3<f64>,
    pelvis: Vec<Sphere>,
    femur: Vec<Facet>,
    stem: Vec<Facet>,
    /// From the head's centre along the neck to where it meets the stem's axis, femoral frame of a right hip, mm.
    neck: Vector3<f64>,
}

/// What the pelvis has on one sphere.
type Sphere = Tree<Crossing>;

/// Femur and stem as a change of the plan leaves them.
pub struct MovingBones {
    bodies: [(Vec<Tree<Vector3<f64>>>, Couple); 2],
}

/// Where bone has least room.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BoneLeast {
    /// How far the femur can still turn until bone is met, degrees; negative where it is met already, then how far the deepest point is in.
    pub margin_deg: f64,
    /// What meets.
    pub couple: Couple,
    /// Place on the path, 0 to 1.
    pub part: f64,
    /// The joint's posture there.
    pub posture: Posture,
    /// The points that would meet, of the femoral and of the pelvic side, LPS mm in that posture; `None` of femur and cup.
    #[serde(skip)]
    pub points: Option<[Point3<f64>; 2]>,
}

/// From LPS to an anatomical frame of a right hip about a point.
struct Local<'a> {
    side: Side,
    frame: &'a AnatomicalFrame,
    centre: Point3<f64>,
}

impl Local<'_> {
    fn vector(&self, lps: &Vector3<f64>) -> Vector3<f64> {
        as_right_hip(self.side, &self.frame.local_vector(lps))
    }

    fn facets<'m>(&'m self, mesh: &'m TriMesh) -> impl Iterator<Item = Facet> + 'm {
        (0..mesh.triangles.len()).map(|index| {
            let [a, b, c] = mesh.corners(index);
            let corners = [a, b, c].map(|corner| self.vector(&(corner - self.centre)));
            Facet { corners, outward: self.vector(&(b - a).cross(&(c - a))).try_normalize(1e-12).unwrap_or_default() }
        })
    }
}

impl BoneRoom {
    /// Prepares a scene; `None` when it has no pelvis or neither femur nor stem. `neck_length_mm` is the distance from the head's centre to
    /// where the neck meets the stem's axis.
    ///
    /// # Errors
    /// When a corner of a mesh, the joint's centre or the neck's length is no number.
    pub fn new(scene: &RomScene, neck_length_mm: f64) -> Result<Option<Self>, MotionError> {
        scene.check()?;
        if !neck_length_mm.is_finite() {
            let (what, expected) = ("the neck's length", "a finite number of mm");
            return Err(MotionError::OutOfRange { what, expected, found: neck_length_mm });
        }
        if scene.pelvis.is_empty() || (scene.femur.is_none() && scene.stem.is_none()) {
            return Ok(None);
        }
        let on_pelvis = Local { side: scene.side, frame: &scene.pelvic_frame, centre: scene.cup_centre };
        let shell = on_pelvis.vector(&(scene.shell_centre - scene.cup_centre));
        let cavity = Cavity { centre: shell, radius_mm: scene.cup_outer_radius_mm + scene.reaming_clearance_mm };
        let facets = scene.pelvis.iter().flat_map(|mesh| on_pelvis.facets(mesh));
        let lines = slices(facets, FURTHEST_MM);
        let sphere = |(radius, lines)| cavity.reamed(Sphere::new(lines), radius as f64);
        let pelvis: Vec<Sphere> = lines.into_par_iter().enumerate().map(sphere).collect();
        let head = scene.reduction.inverse() * scene.cup_centre;
        let on_femur = Local { side: scene.side, frame: &scene.femoral_frame, centre: head };
        let body = |mesh: &Option<TriMesh>| mesh.as_ref().map_or_else(Vec::new, |mesh| on_femur.facets(mesh).collect());
        let neck = on_femur.vector(&(scene.neck_axis.into_inner() * neck_length_mm));
        let (side, pelvic_frame, centre) = (scene.side, scene.pelvic_frame, scene.cup_centre);
        Ok(Some(Self { side, pelvic_frame, centre, pelvis, femur: body(&scene.femur), stem: body(&scene.stem), neck }))
    }

    /// Femur and stem after a change.
    #[must_use]
    pub fn moving(&self, change: &FemurChange) -> MovingBones {
        let (femur, (turn, stem)) = (change.femur_shift(&self.neck), change.stem_motion(&self.neck));
        let trees = |facets: &[Facet], turn: &Matrix3<f64>, shift: &Vector3<f64>| -> Vec<Tree<Vector3<f64>>> {
            let moved = facets
                .iter()
                .map(|facet| Facet { corners: facet.corners.map(|corner| turn * corner + shift), outward: turn * facet.outward });
            let lines = slices(moved, (self.pelvis.len().max(1) - 1) as f64);
            lines.into_par_iter().map(|line| Tree::new(line.into_iter().map(|crossing| crossing.at).collect())).collect()
        };
        let (femur, stem) = rayon::join(|| trees(&self.femur, &Matrix3::identity(), &femur), || trees(&self.stem, &turn, &stem));
        MovingBones { bodies: [(femur, Couple::BoneBone), (stem, Couple::ImplantBone)] }
    }

    /// How far femur and stem can still turn in a posture until they meet the pelvis, degrees, and which couple meets; negative where they
    /// meet already. More than `enough_deg` is not looked for.
    #[must_use]
    pub fn margin_deg(&self, moving: &MovingBones, posture: &Posture, enough_deg: f64) -> (f64, Couple) {
        let turn = posture.right_hip_rotation().into_inner();
        let still = search::Way { rotation: &|_| turn, evenly: &|_, _| true, last: 0.0 };
        let found = search::least(&self.pelvis, moving, &still, [enough_deg.to_radians(), 0.0]);
        found.map_or((enough_deg, Couple::BoneBone), |least| (least.signed.to_degrees(), least.couple))
    }

    /// Where along a track bone has least room, to 0.02° of what [`Self::margin_deg`] tells; `None` where it has more than `enough_deg`
    /// everywhere, and of an arc, which asks for components only.
    #[must_use]
    pub fn least(&self, moving: &MovingBones, track: &Track, enough_deg: f64) -> Option<BoneLeast> {
        let last = track.samples().checked_sub(1)? as f64;
        let rotation = |place: f64| track.along(place).0.right_hip_rotation().into_inner();
        let limits = [enough_deg, FINE_DEG].map(f64::to_radians);
        let way = search::Way { rotation: &rotation, evenly: &|from, to| track.evenly(from, to), last };
        Some(self.least_on(track, &search::least(&self.pelvis, moving, &way, limits)?))
    }

    fn least_on(&self, track: &Track, least: &search::Least) -> BoneLeast {
        let (posture, part) = track.along(least.place);
        let turn = posture.right_hip_rotation().into_inner();
        let [femur, pelvis] = least.points;
        let points = Some([turn * femur, pelvis].map(|point| self.lps(&point)));
        BoneLeast { margin_deg: least.signed.to_degrees(), couple: least.couple, part, posture, points }
    }

    /// Where a point about the joint's centre is, LPS mm.
    fn lps(&self, local: &Vector3<f64>) -> Point3<f64> {
        self.centre + self.pelvic_frame.lps_vector(&as_right_hip(self.side, local))
    }
}
