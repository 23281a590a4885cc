//! A planned hip, prepared once and then asked for its range of motion and for single postures.

use super::{
    body::Body,
    field::{Field, Reamed},
    mesh_field::MeshField,
    sweep::{Pair, Path, Touch},
};
use crate::{
    anatomy::Finding,
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
    motion::{Couple, Limit, Motion, MotionError, Posture, RomCase, RomRow, RomScene, RomTable, joint, theoretical},
    progress::Progress,
    surface,
};
use nalgebra::{Isometry3, Point3, Unit, Vector3};
use rayon::prelude::*;

/// How far a motion is followed before it counts as unlimited, degrees.
const RANGE_DEG: f64 = 180.0;
/// The mesh engine's stated accuracy, degrees. Within it the closed form, which is exact for a neck on a rim, has the word.
const MESH_ACCURACY_DEG: f64 = 0.25;
/// Contact between implants shallower than this may be missed, mm.
const IMPLANT_RESOLUTION_MM: f64 = 0.01;
/// Contact with bone shallower than this may be missed, mm; far below what a CT can tell.
const BONE_RESOLUTION_MM: f64 = 0.02;
/// How exactly the distance in a single posture is told, mm: it is shown while the hand moves.
const CLEARANCE_RESOLUTION_MM: f64 = 0.05;

/// A body of the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SceneBody {
    /// The pelvic bone of this place in [`RomScene::pelvis`].
    Pelvis(usize),
    /// Cup and liner.
    Cup,
    /// The femur.
    Femur,
    /// Stem and neck.
    Stem,
}

impl Couple {
    /// The couple of two bodies.
    #[must_use]
    pub const fn of([moving, fixed]: [SceneBody; 2]) -> Self {
        const fn is_implant(body: SceneBody) -> bool {
            matches!(body, SceneBody::Cup | SceneBody::Stem)
        }
        match (is_implant(moving), is_implant(fixed)) {
            (true, true) => Self::ImplantImplant,
            (false, false) => Self::BoneBone,
            _ => Self::ImplantBone,
        }
    }
}

/// How a hip stands in one posture.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// Degrees that the neck can still lean before it meets the liner's rim, closed form; negative beyond contact.
    pub implant_margin_deg: f64,
    /// Least distance between the two sides where bone has a part in it, mm; negative when they share space, then the depth. `None`
    /// without bones.
    pub bone_clearance_mm: Option<f64>,
    /// Couple that has this distance; implant on implant when the neck is beyond the rim and no bone touches.
    pub couple: Option<Couple>,
    /// Point of the pelvic side where it is, LPS mm.
    pub point: Option<Point3<f64>>,
    /// All pairs that touch, femoral body first.
    pub touching: Vec<[SceneBody; 2]>,
}

impl Contact {
    /// True when anything touches.
    #[must_use]
    pub fn touches(&self) -> bool {
        !self.touching.is_empty()
    }
}

/// A fixed body with a point of each of its pieces.
struct Fixed {
    field: Box<dyn Field>,
    probes: Vec<Point3<f64>>,
}

/// A planned hip ready to be moved.
pub struct ImpingementEngine {
    side: Side,
    pelvic_frame: AnatomicalFrame,
    /// The femoral frame after the reduction.
    femoral_frame: AnatomicalFrame,
    centre: Point3<f64>,
    reduction: Isometry3<f64>,
    /// Both axes as those of a right hip, each in its own frame.
    cup_axis: Unit<Vector3<f64>>,
    neck_axis: Unit<Vector3<f64>>,
    oscillation_deg: f64,
    pelvis: Vec<Fixed>,
    cup: Option<Fixed>,
    femur: Option<Body>,
    stem: Option<Body>,
    findings: Vec<Finding>,
}

impl ImpingementEngine {
    /// Prepares a hip: some tens of milliseconds for each 50 000 triangles.
    ///
    /// # Errors
    /// A body without triangles, or an oscillation angle that is not between 0° and 180°.
    pub fn new(scene: &RomScene) -> Result<Self, MotionError> {
        let RomScene { side, pelvic_frame, reduction, .. } = *scene;
        let cup = crate::anatomy::CupAngles::of_axis(&scene.cup_axis, &pelvic_frame, side);
        let neck = crate::motion::NeckAngles::of_axis(&scene.neck_axis, &scene.femoral_frame, side);
        RomCase::new(cup, neck, scene.oscillation_deg)?;
        let reamed = scene.cup_outer_radius_mm + scene.reaming_clearance_mm;
        let pelvis = scene.pelvis.iter().map(|mesh| {
            let bone = MeshField::new(mesh).ok_or(MotionError::EmptyBody("pelvic bone"))?;
            Ok(fixed(mesh, Reamed { bone, centre: scene.shell_centre, radius_mm: reamed }))
        });
        let moving = |mesh: &Option<TriMesh>, name| {
            mesh.as_ref().map(|mesh| Body::new(mesh).ok_or(MotionError::EmptyBody(name))).transpose()
        };
        let cup_field = scene
            .cup
            .as_ref()
            .map(|mesh| MeshField::new(mesh).map(|field| fixed(mesh, field)).ok_or(MotionError::EmptyBody("cup")));
        let turned = reduction.rotation.to_rotation_matrix() * scene.femoral_frame.rotation;
        Ok(Self {
            side,
            pelvic_frame,
            femoral_frame: AnatomicalFrame { origin: reduction * scene.femoral_frame.origin, rotation: turned },
            centre: scene.cup_centre,
            reduction,
            cup_axis: cup.right_hip_axis(),
            neck_axis: neck.right_hip_axis(),
            oscillation_deg: scene.oscillation_deg,
            pelvis: pelvis.collect::<Result<_, MotionError>>()?,
            cup: cup_field.transpose()?,
            femur: moving(&scene.femur, "femur")?,
            stem: moving(&scene.stem, "stem")?,
            findings: scene_findings(scene),
        })
    }

    /// Where the femur as scanned, and the stem on it, go in a posture (LPS mm): reduction first, then the joint.
    #[must_use]
    pub fn femur_pose(&self, posture: &Posture) -> Isometry3<f64> {
        joint::femur_transform(&self.pelvic_frame, &self.femoral_frame, &self.centre, posture, self.side) * self.reduction
    }

    /// How the hip stands in a posture.
    #[must_use]
    pub fn query(&self, posture: &Posture) -> Contact {
        let pose = self.femur_pose(posture);
        let implant_margin_deg = theoretical::margin_deg(&self.cup_axis, &self.neck_axis, self.oscillation_deg, posture);
        let mut contact =
            Contact { implant_margin_deg, bone_clearance_mm: None, couple: None, point: None, touching: Vec::new() };
        for pair in self.bone_pairs() {
            let least = contact.bone_clearance_mm.unwrap_or(f64::INFINITY);
            let Some((clearance, at)) = pair.clearance(&pose, least.max(0.0), CLEARANCE_RESOLUTION_MM) else { continue };
            if clearance < 0.0 {
                contact.touching.push(pair.bodies);
            }
            if clearance < least {
                contact.bone_clearance_mm = Some(clearance);
                contact.couple = Some(pair.couple());
                contact.point = Some(pair.field.nearest(&at));
            }
        }
        if implant_margin_deg < 0.0 {
            if contact.touching.is_empty() {
                contact.couple = Some(Couple::ImplantImplant);
                contact.point = self.implant_pairs().first().and_then(|pair| contact_point(pair, &pose));
            }
            contact.touching.push([SceneBody::Stem, SceneBody::Cup]);
        }
        contact
    }

    /// Least distance in mm where bone has a part in it; see [`Contact::bone_clearance_mm`].
    #[must_use]
    pub fn margin_mm(&self, posture: &Posture) -> Option<f64> {
        self.query(posture).bone_clearance_mm
    }

    /// Follows all eight motions to their limits, up to 180°.
    ///
    /// # Errors
    /// [`MotionError::Cancelled`].
    pub fn range_of_motion(&self, progress: &dyn Progress) -> Result<RomTable, MotionError> {
        let done = std::sync::atomic::AtomicUsize::new(0);
        let row = |motion: &Motion| {
            if progress.cancelled() {
                return Err(MotionError::Cancelled);
            }
            let row = self.row(*motion);
            let finished = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            progress.report("range of motion", finished as f64 / Motion::ALL.len() as f64);
            Ok(row)
        };
        let rows: Vec<(RomRow, Vec<Finding>)> = Motion::ALL.par_iter().map(row).collect::<Result<_, _>>()?;
        let mut table = RomTable { rows: Vec::new(), findings: self.findings.clone() };
        for (row, findings) in rows {
            table.rows.push(row);
            table.findings.extend(findings);
        }
        Ok(table)
    }

    fn row(&self, motion: Motion) -> (RomRow, Vec<Finding>) {
        let path = self.path(motion);
        let (bone_pairs, implant_pairs) = (self.bone_pairs(), self.implant_pairs());
        let bone = path.follow(&bone_pairs);
        let mesh = path.follow(&implant_pairs);
        let closed = theoretical::limit(&self.cup_axis, &self.neck_axis, self.oscillation_deg, motion);
        let mut findings = Vec::new();
        let implant_deg = self.implant_limit(motion, closed, &mesh, &mut findings);
        let bone_deg = bone.limit.degrees();
        let bone_first = bone_deg.is_some_and(|bone| implant_deg.is_none_or(|implant| bone < implant));
        if let (Limit::AlreadyTouching, Some(pair)) = (bone.limit, bone.pair) {
            findings.push(self.already_touching(motion, bone_pairs[pair].couple()));
        }
        let (first, contact) = match (bone_first, bone.pair, implant_deg) {
            (true, Some(index), Some(_) | None) => {
                let pair = &bone_pairs[index];
                (Some(pair.couple()), contact_point(pair, &path.pose(bone_deg.unwrap_or(0.0))))
            }
            (_, _, Some(degrees)) => {
                let pose = path.pose(degrees);
                (Some(Couple::ImplantImplant), implant_pairs.first().and_then(|pair| contact_point(pair, &pose)))
            }
            _ => (None, None),
        };
        (RomRow { motion, implant_deg, bone_deg, first, contact }, findings)
    }

    /// The closed form's limit, unless the meshes touch clearly earlier: then it is another part of the stem, or of the cup.
    fn implant_limit(&self, motion: Motion, closed: Limit, mesh: &Touch, findings: &mut Vec<Finding>) -> Option<f64> {
        let closed_deg = closed.degrees().filter(|&degrees| degrees <= RANGE_DEG);
        let earlier = |mesh: &f64| closed_deg.is_none_or(|closed| *mesh < closed - MESH_ACCURACY_DEG);
        let Some(mesh_deg) = mesh.limit.degrees().filter(earlier) else { return closed_deg };
        let text = format!("In {motion}, the stem meets the cup at {mesh_deg:.1}°, before its neck meets the liner's rim.");
        findings.push(Finding::new("finding-stem-meets-cup", Some(self.side), text));
        Some(mesh_deg)
    }

    fn already_touching(&self, motion: Motion, couple: Couple) -> Finding {
        let start = if motion.start() == Posture::NEUTRAL { "the neutral posture" } else { "90° of flexion" };
        let couple = match couple {
            Couple::ImplantImplant => "stem and cup",
            Couple::ImplantBone => "an implant and bone",
            Couple::BoneBone => "femur and pelvis",
        };
        let text = format!("In {start}, where {motion} begins, {couple} share space already: its limit is given as 0°.");
        Finding::new("finding-motion-starts-in-contact", Some(self.side), text)
    }

    fn path(&self, motion: Motion) -> Path {
        let axis = joint::axis_of_side(self.side, &motion.axis());
        Path {
            centre: self.centre,
            axis: Unit::new_normalize(self.pelvic_frame.lps_vector(&axis)),
            start: self.femur_pose(&motion.start()),
            range_deg: RANGE_DEG,
        }
    }

    /// All that may touch where bone has a part in it: femur on pelvis, stem on pelvis, femur on cup.
    fn bone_pairs(&self) -> Vec<Pair<'_>> {
        let on_pelvis = [(self.femur.as_ref(), SceneBody::Femur), (self.stem.as_ref(), SceneBody::Stem)];
        let mut pairs = Vec::new();
        for (body, name) in on_pelvis {
            for (index, bone) in self.pelvis.iter().enumerate() {
                pairs.extend(body.map(|body| pair(body, bone, [name, SceneBody::Pelvis(index)])));
            }
        }
        let femur_on_cup = self.femur.as_ref().zip(self.cup.as_ref());
        pairs.extend(femur_on_cup.map(|(femur, cup)| pair(femur, cup, [SceneBody::Femur, SceneBody::Cup])));
        pairs
    }

    fn implant_pairs(&self) -> Vec<Pair<'_>> {
        let both = self.stem.as_ref().zip(self.cup.as_ref());
        both.map(|(stem, cup)| pair(stem, cup, [SceneBody::Stem, SceneBody::Cup])).into_iter().collect()
    }
}

fn fixed(mesh: &TriMesh, field: impl Field + 'static) -> Fixed {
    // What was reamed away is no part of the body any more.
    let on_surface = |point: &&Point3<f64>| field.distance(point, f64::INFINITY).0.abs() < 1e-6;
    let pieces = surface::components(mesh);
    let probes = pieces.iter().filter_map(|piece| piece.vertices.iter().find(on_surface).copied()).collect();
    Fixed { probes, field: Box::new(field) }
}

fn pair<'a>(body: &'a Body, fixed: &'a Fixed, bodies: [SceneBody; 2]) -> Pair<'a> {
    let resolution_mm = if Couple::of(bodies) == Couple::ImplantImplant { IMPLANT_RESOLUTION_MM } else { BONE_RESOLUTION_MM };
    Pair { body, field: fixed.field.as_ref(), probes: &fixed.probes, bodies, resolution_mm }
}

/// The point of the pelvic side that is nearest to, or deepest in, the moving body.
fn contact_point(pair: &Pair<'_>, pose: &Isometry3<f64>) -> Option<Point3<f64>> {
    pair.clearance(pose, f64::INFINITY, pair.resolution_mm).map(|(_, at)| pair.field.nearest(&at))
}

fn scene_findings(scene: &RomScene) -> Vec<Finding> {
    let finding = |key: &str, text: String| Finding::new(key, Some(scene.side), text);
    let mut findings = Vec::new();
    if scene.pelvis.is_empty() || scene.femur.is_none() {
        let missing = if scene.pelvis.is_empty() { "pelvis" } else { "femur" };
        findings.push(finding(
            "finding-motion-without-bone",
            format!("The {missing} is not part of the motion: contact of bone with bone cannot be seen."),
        ));
    }
    let named = scene.pelvis.iter().map(|mesh| ("pelvis", mesh));
    let rest = [("cup", &scene.cup), ("femur", &scene.femur), ("stem", &scene.stem)];
    for (name, mesh) in named.chain(rest.into_iter().filter_map(|(name, mesh)| Some((name, mesh.as_ref()?)))) {
        let open = surface::repair::open_edges(mesh);
        if open > 0 {
            findings.push(finding(
                "finding-motion-open-surface",
                format!("The surface of the {name} has {open} open edges: distances beside them are uncertain."),
            ));
        }
    }
    findings
}
