//! A planned hip, prepared once and then asked for its range of motion and for single postures.

use super::{
    body::Body,
    clearance::Still,
    field::{Field, Reamed},
    lean,
    lean_room::{AboutAxis, lean_room},
    meeting::Gone,
    nearness::Nearness,
    room::{self, Asked, PathRoom},
    sweep::{Pair, Path, Surface, Touch},
    tree::{BallTree, Shells},
    work::{MOST, Work},
};
use crate::{
    anatomy::Finding,
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
    motion::{
        BoneRoom, Couple, CoupleLimit, Demand, FemurChange, Keyframe, Limit, Motion, MotionError, MovingBones, Posture, RomCase,
        RomRow, RomScene, RomTable, Track, joint, theoretical,
    },
    progress::Progress,
    surface,
};
use nalgebra::{Isometry3, Matrix3, Point3, Unit, Vector3};
use rayon::prelude::*;
use std::{
    f64::consts::PI,
    sync::{Arc, OnceLock},
};

/// How far a motion is followed before it counts as unlimited, degrees.
const RANGE_DEG: f64 = 180.0;
/// The mesh engine's stated accuracy, degrees. Within it the closed form, which is exact for a neck on a rim, has the word.
const MESH_ACCURACY_DEG: f64 = 0.25;
/// Where the neck glances along the rim meshes and closed form may be so far apart, degrees.
const GLANCING_DEG: f64 = 3.0;
/// No turn is larger.
const MOST_TURN_DEG: f64 = 180.0;
/// How exactly the depth of implants in each other is told, mm.
const IMPLANT_RESOLUTION_MM: f64 = 0.01;
/// How exactly a depth in bone is told, mm: far below what a CT can tell.
const BONE_RESOLUTION_MM: f64 = 0.05;

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

/// A fixed body as the plan leaves it.
pub(super) struct Fixed {
    body: Arc<Body>,
    field: Box<dyn Field>,
    /// Points of what is left of its surface, one of each piece among them.
    probes: Vec<Point3<f64>>,
    /// How many of them, the first, stand for a piece each.
    pieces: usize,
    shells: Shells,
    /// What a reamer took away, and the edge that it left.
    gone: Option<Gone>,
    edge: Option<(BallTree, Shells)>,
    near: Nearness,
}

/// A moving body with its distances from the joint's centre.
pub(super) struct Moving {
    pub body: Arc<Body>,
    pub shells: Shells,
}

impl Fixed {
    /// A body whole, or without the bone in a ball.
    pub fn new(body: Arc<Body>, centre: &Point3<f64>, gone: Option<Gone>) -> Self {
        let field: Box<dyn Field> = match gone {
            Some(Gone { centre, radius_mm }) => Box::new(Reamed { bone: Arc::clone(&body), centre, radius_mm }),
            None => Box::new(Arc::clone(&body)),
        };
        let left = |point: &&Point3<f64>| gone.is_none_or(|gone| (*point - gone.centre).norm() >= gone.radius_mm);
        let probes = body.probes.iter().filter(left).copied().collect();
        let pieces = body.pieces().iter().filter(left).count();
        let edge = gone.and_then(|gone| body.cut_along(&gone)).map(|tree| {
            let shells = Shells::new(&tree, centre);
            (tree, shells)
        });
        let near = Nearness::new(std::iter::once(&body.tree).chain(edge.iter().map(|(tree, _)| tree)));
        Self { field, probes, pieces, shells: Shells::new(&body.tree, centre), gone, edge, near, body }
    }

    fn surfaces(&self) -> Vec<Surface<'_>> {
        let whole = Surface { tree: &self.body.tree, shells: &self.shells, gone: self.gone };
        let edge = self.edge.as_ref().map(|(tree, shells)| Surface { tree, shells, gone: None });
        std::iter::once(whole).chain(edge).collect()
    }
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
    femur: Option<Moving>,
    stem: Option<Moving>,
    findings: Vec<Finding>,
    scene: RomScene,
    /// What activities need and passive motions do not: made when it is first asked for.
    slices: OnceLock<Option<(BoneRoom, MovingBones)>>,
    lean_room: OnceLock<f64>,
}

impl ImpingementEngine {
    /// Prepares a hip: some tens of milliseconds for each 50 000 triangles.
    ///
    /// # Errors
    /// A body without triangles, a corner that is no number, or an oscillation angle that is not between 0° and 180°.
    pub fn new(scene: &RomScene) -> Result<Self, MotionError> {
        Self::prepare(scene, &[])
    }

    /// Prepares the same hip with another plan: bodies that are as they were are not prepared again.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_scene(&self, scene: &RomScene) -> Result<Self, MotionError> {
        let fixed = self.pelvis.iter().chain(&self.cup).map(|fixed| &fixed.body);
        let moving = self.femur.iter().chain(&self.stem).map(|moving| &moving.body);
        Self::prepare(scene, &fixed.chain(moving).cloned().collect::<Vec<_>>())
    }

    fn prepare(scene: &RomScene, known: &[Arc<Body>]) -> Result<Self, MotionError> {
        scene.check()?;
        let RomScene { side, pelvic_frame, reduction, cup_centre, .. } = *scene;
        let cup = crate::anatomy::CupAngles::of_axis(&scene.cup_axis, &pelvic_frame, side);
        let neck = crate::motion::NeckAngles::of_axis(&scene.neck_axis, &scene.femoral_frame, side);
        RomCase::new(cup, neck, scene.oscillation_deg)?;
        let body = |mesh: &TriMesh, name: &'static str| {
            let as_before = known.iter().find(|body| body.is_of(mesh)).cloned();
            as_before.or_else(|| Body::new(mesh).map(Arc::new)).ok_or(MotionError::EmptyBody(name))
        };
        let radius_mm = scene.cup_outer_radius_mm + scene.reaming_clearance_mm;
        let reamed = Gone { centre: scene.shell_centre, radius_mm };
        let bone = |mesh: &TriMesh| Ok(Fixed::new(body(mesh, "pelvic bone")?, &cup_centre, Some(reamed)));
        let on_femur = reduction.inverse_transform_point(&cup_centre);
        let moving = |mesh: &Option<TriMesh>, name| -> Result<Option<Moving>, MotionError> {
            let body = mesh.as_ref().map(|mesh| body(mesh, name)).transpose()?;
            Ok(body.map(|body| Moving { shells: Shells::new(&body.tree, &on_femur), body }))
        };
        let (pelvis, ((cup_body, femur), (stem, findings))) = rayon::join(
            || scene.pelvis.par_iter().map(bone).collect::<Result<Vec<_>, MotionError>>(),
            || {
                let cup = || scene.cup.as_ref().map(|mesh| body(mesh, "cup")).transpose();
                rayon::join(
                    || rayon::join(cup, || moving(&scene.femur, "femur")),
                    || rayon::join(|| moving(&scene.stem, "stem"), || scene_findings(scene)),
                )
            },
        );
        let turned = reduction.rotation.to_rotation_matrix() * scene.femoral_frame.rotation;
        Ok(Self {
            side,
            pelvic_frame,
            femoral_frame: AnatomicalFrame { origin: reduction * scene.femoral_frame.origin, rotation: turned },
            centre: cup_centre,
            reduction,
            cup_axis: cup.right_hip_axis(),
            neck_axis: neck.right_hip_axis(),
            oscillation_deg: scene.oscillation_deg,
            pelvis: pelvis?,
            cup: cup_body?.map(|body| Fixed::new(body, &cup_centre, None)),
            femur: femur?,
            stem: stem?,
            findings,
            scene: scene.clone(),
            slices: OnceLock::new(),
            lean_room: OnceLock::new(),
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
            // The reduced femur may share space in more than one place: each is named, the deepest is told.
            let Some(apart) = pair.clearance(&pose, &self.centre, least) else { continue };
            if apart.clearance_mm < 0.0 {
                contact.touching.push(pair.bodies);
            }
            if apart.clearance_mm < least {
                contact.bone_clearance_mm = Some(apart.clearance_mm);
                contact.couple = Some(pair.couple());
                contact.point = Some(apart.points[1]);
            }
        }
        if implant_margin_deg < 0.0 {
            if contact.touching.is_empty() {
                contact.couple = Some(Couple::ImplantImplant);
                contact.point = self.implant_point(&pose);
            }
            contact.touching.push([SceneBody::Stem, SceneBody::Cup]);
        }
        contact
    }

    /// Where stem and cup come closest, on the cup, LPS mm.
    fn implant_point(&self, pose: &Isometry3<f64>) -> Option<Point3<f64>> {
        let pairs = self.implant_pairs();
        let (nearest, _) = pairs.first()?.approach(pose, &self.centre).least(&Still, f64::INFINITY);
        nearest.map(|nearest| nearest.points[1])
    }

    /// How much room every couple of bodies has along a path, everywhere on it; `None` of an empty one.
    ///
    /// `neck_margin_deg` is the neck's on the same path: of stem and cup only what comes before it is of interest.
    ///
    /// # Errors
    /// [`MotionError::Undecided`] where surfaces lie on each other.
    pub fn along(&self, keyframes: &[Keyframe], neck_margin_deg: f64) -> Result<Option<PathRoom>, MotionError> {
        let Some(way) = room::FemurWay::new(keyframes, |posture| self.rotation(posture)) else { return Ok(None) };
        let track = Track::new(&Demand::Path(keyframes.to_vec()))?;
        let (bones, implants) = (self.bone_pairs(), self.implant_pairs());
        let asked = Asked { way: &way, start: &self.reduction, centre: &self.centre, bones: &bones, implants: &implants };
        let slices = || {
            let (room, moving) = self.slices()?;
            room.least(moving, &track, MOST_TURN_DEG)
        };
        let below_deg = neck_margin_deg - MESH_ACCURACY_DEG;
        let neck = self.reduction.rotation * self.scene.neck_axis.into_inner();
        let lean_room = self.lean_room() - asked.most_lean(&neck, &self.scene.cup_axis);
        let nothing_else = lean::settled(lean_room, below_deg.to_radians());
        Ok(Some(asked.room(slices, (!nothing_else).then_some(below_deg))?))
    }

    /// Femur and stem on the pelvis, sphere by sphere.
    fn slices(&self) -> Option<&(BoneRoom, MovingBones)> {
        let made = || {
            // The scene was checked. A change of the stem is never asked for here, so that the neck's length does not matter.
            let room = BoneRoom::new(&self.scene, 0.0).ok()??;
            let moving = room.moving(&FemurChange::default());
            Some((room, moving))
        };
        self.slices.get_or_init(made).as_ref()
    }

    /// How far the stem leans in the cup before anything touches, wherever it leans to, radians.
    fn lean_room(&self) -> f64 {
        *self.lean_room.get_or_init(|| {
            let (Some(stem), Some(cup)) = (&self.stem, &self.cup) else { return PI };
            let head = self.reduction.inverse_transform_point(&self.centre);
            let stem = AboutAxis { triangles: &stem.body.tree.triangles, centre: head, axis: self.scene.neck_axis };
            let cup = AboutAxis { triangles: &cup.body.tree.triangles, centre: self.centre, axis: self.scene.cup_axis };
            lean_room(&stem, &cup)
        })
    }

    /// How a posture turns the reduced femur about the joint's centre, LPS.
    fn rotation(&self, posture: &Posture) -> Matrix3<f64> {
        *(self.pelvic_frame.rotation * posture.rotation(self.side) * self.femoral_frame.rotation.inverse()).matrix()
    }

    /// Least distance in mm where bone has a part in it; see [`Contact::bone_clearance_mm`].
    #[must_use]
    pub fn margin_mm(&self, posture: &Posture) -> Option<f64> {
        self.query(posture).bone_clearance_mm
    }

    /// Follows all eight motions to their limits, up to 180°.
    ///
    /// # Errors
    /// [`MotionError::Cancelled`], or [`MotionError::Undecided`] where surfaces lie on each other.
    pub fn range_of_motion(&self, progress: &dyn Progress) -> Result<RomTable, MotionError> {
        let done = std::sync::atomic::AtomicUsize::new(0);
        let row = |motion: &Motion| {
            if progress.cancelled() {
                return Err(MotionError::Cancelled);
            }
            let row = self.row(*motion)?;
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

    fn row(&self, motion: Motion) -> Result<(RomRow, Vec<Finding>), MotionError> {
        let path = self.path(motion);
        let (bone_pairs, implant_pairs) = (self.bone_pairs(), self.implant_pairs());
        let mut work = Work::up_to(MOST);
        let closed = theoretical::limit(&self.cup_axis, &self.neck_axis, self.oscillation_deg, motion);
        // Where nothing of stem and cup comes before the neck on the rim the closed form has the word, and the meshes are followed about there
        // for the place alone.
        let neck_alone = self.lean_room().to_degrees() > self.oscillation_deg / 2.0 - MESH_ACCURACY_DEG;
        let about =
            closed.degrees().filter(|degrees| neck_alone && *degrees > GLANCING_DEG).map(|degrees| degrees - GLANCING_DEG);
        let from = about.unwrap_or(0.0);
        let near = Path { start: path.pose(from), range_deg: about.map_or(RANGE_DEG, |_| 2.0 * GLANCING_DEG), ..path };
        let mut mesh = near.follow(&implant_pairs, &mut work)?;
        if mesh.limit == Limit::AlreadyTouching {
            mesh = path.follow(&implant_pairs, &mut work)?;
        } else if let Limit::At(degrees) = &mut mesh.limit {
            *degrees += from;
        }
        let mut findings = Vec::new();
        let implant_deg = self.implant_limit(motion, closed, &mesh, &mut findings);
        let implants = implant_deg.map(|degrees| CoupleLimit {
            couple: Couple::ImplantImplant,
            degrees,
            contact: mesh.point.or_else(|| self.implant_point(&path.pose(degrees))),
        });
        let mut bones: Vec<(CoupleLimit, Limit)> = Vec::new();
        for couple in [Couple::ImplantBone, Couple::BoneBone] {
            let pairs: Vec<Pair<'_>> = self.bone_pairs().into_iter().filter(|pair| pair.couple() == couple).collect();
            let Touch { limit, point, .. } = path.follow(&pairs, &mut work)?;
            bones.extend(limit.degrees().map(|degrees| (CoupleLimit { couple, degrees, contact: point }, limit)));
        }
        for (found, limit) in &bones {
            if *limit == Limit::AlreadyTouching {
                findings.push(self.already_touching(motion, found.couple));
                findings.extend(self.shared_space(&path.start, &bone_pairs, found.couple));
            }
        }
        let bone_deg = bones.iter().map(|(found, _)| found.degrees).min_by(f64::total_cmp);
        let mut limits: Vec<CoupleLimit> = bones.into_iter().map(|(found, _)| found).chain(implants).collect();
        // The neck's limit is exact: it stands first among equals.
        limits.sort_by(|a, b| {
            a.degrees.total_cmp(&b.degrees).then((b.couple == Couple::ImplantImplant).cmp(&(a.couple == Couple::ImplantImplant)))
        });
        let (first, contact) = (limits.first().map(|limit| limit.couple), limits.first().and_then(|limit| limit.contact));
        Ok((RomRow { motion, implant_deg, bone_deg, first, contact, limits }, findings))
    }

    /// Which bodies share space where a motion begins, how deep, and what that usually comes from.
    fn shared_space(&self, pose: &Isometry3<f64>, pairs: &[Pair<'_>], couple: Couple) -> Vec<Finding> {
        let of_couple = pairs.iter().filter(|pair| pair.couple() == couple);
        let told = of_couple.filter_map(|pair| {
            let depth = -pair.depth(pose)?.clearance_mm;
            let [moving, fixed] = pair.bodies.map(|body| match body {
                SceneBody::Pelvis(_) => "pelvis",
                SceneBody::Cup => "cup",
                SceneBody::Femur => "femur",
                SceneBody::Stem => "stem",
            });
            let (key, why) = match couple {
                Couple::BoneBone => (
                    "finding-motion-bone-in-bone",
                    "the head may be left on the femur or labelled as pelvis, the neck cut too high, or the hip's centre misplaced",
                ),
                _ => (
                    "finding-motion-implant-in-bone",
                    "an implant may stand too deep or too high, or bone that the operation takes away is still there",
                ),
            };
            let text = format!("The {moving} is {depth:.1} mm inside the {fixed}: {why}.");
            let values = [("moving", moving), ("fixed", fixed)];
            let found = Finding::new(key, Some(self.side), text).with("depth", format!("{depth:.1}"));
            Some(values.into_iter().fold(found, |found, (name, body)| found.with(name, body)))
        });
        told.collect()
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

pub(super) fn pair<'a>(moving: &'a Moving, fixed: &'a Fixed, bodies: [SceneBody; 2]) -> Pair<'a> {
    let resolution_mm = if Couple::of(bodies) == Couple::ImplantImplant { IMPLANT_RESOLUTION_MM } else { BONE_RESOLUTION_MM };
    Pair {
        body: &moving.body,
        shells: &moving.shells,
        field: fixed.field.as_ref(),
        surfaces: fixed.surfaces(),
        near: &fixed.near,
        probes: &fixed.probes,
        pieces: &fixed.probes[..fixed.pieces],
        bodies,
        resolution_mm,
    }
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
