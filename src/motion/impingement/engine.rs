//! A planned hip, prepared once and then asked for its range of motion and for single postures.

use super::{
    Contact, SceneBody,
    body::Body,
    clearance::Still,
    findings, lean,
    lean_room::{AboutAxis, lean_room},
    meeting::Gone,
    passive::Known,
    prepared::{Fixed, Moving, pair},
    room::{self, Asked, PathRoom},
    sweep::{Pair, Path},
    tree::Shells,
};
use crate::{
    anatomy::Finding,
    frames::{AnatomicalFrame, Side},
    mesh::TriMesh,
    motion::{
        BoneRoom, Couple, Demand, FemurChange, Keyframe, Motion, MotionError, MovingBones, Posture, RomCase, RomScene, Track,
        joint, theoretical,
    },
};
use nalgebra::{Isometry3, Matrix3, Point3, Unit, Vector3};
use rayon::prelude::*;
use std::{
    f64::consts::PI,
    sync::{Arc, OnceLock},
};

/// How far a motion is followed before it counts as unlimited, degrees.
pub(super) const RANGE_DEG: f64 = 180.0;
/// The mesh engine's stated accuracy, degrees. Within it the closed form, which is exact for a neck on a rim, has the word.
pub(super) const MESH_ACCURACY_DEG: f64 = 0.25;
/// No turn is larger.
const MOST_TURN_DEG: f64 = 180.0;

/// A planned hip ready to be moved.
pub struct ImpingementEngine {
    pub(super) side: Side,
    pub(super) pelvic_frame: AnatomicalFrame,
    /// The femoral frame after the reduction.
    femoral_frame: AnatomicalFrame,
    pub(super) centre: Point3<f64>,
    pub(super) reduction: Isometry3<f64>,
    /// Both axes as those of a right hip, each in its own frame.
    pub(super) cup_axis: Unit<Vector3<f64>>,
    pub(super) neck_axis: Unit<Vector3<f64>>,
    pub(super) oscillation_deg: f64,
    pub(super) pelvis: Vec<Arc<Fixed>>,
    pub(super) cup: Option<Fixed>,
    pub(super) femur: Option<Moving>,
    pub(super) stem: Option<Moving>,
    pub(super) findings: Vec<Finding>,
    pub(super) scene: RomScene,
    /// What was found already of the eight motions.
    pub(super) known: Known,
    /// What activities need and passive motions do not: made when it is first asked for.
    pub(super) slices: OnceLock<Option<Slices>>,
    pub(super) lean_room: OnceLock<f64>,
}

/// Femur and stem on the pelvis, sphere by sphere.
#[derive(Clone)]
pub(super) struct Slices {
    pub pelvis: Arc<BoneRoom>,
    pub moving: Arc<MovingBones>,
}

impl ImpingementEngine {
    /// Prepares a hip: some tens of milliseconds for each 50 000 triangles.
    ///
    /// # Errors
    /// A body without triangles, a corner that is no number, or an oscillation angle that is not between 0° and 180°.
    pub fn new(scene: &RomScene) -> Result<Self, MotionError> {
        Self::prepare(scene, None)
    }

    /// Prepares the same hip with another plan: bodies that are as they were are not prepared again, and what stands to each other as it did is
    /// not followed again.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_scene(&self, scene: &RomScene) -> Result<Self, MotionError> {
        let mut again = Self::prepare(scene, Some(self))?;
        again.keep_what_is_known_of(self);
        Ok(again)
    }

    fn prepare(scene: &RomScene, before: Option<&Self>) -> Result<Self, MotionError> {
        scene.check()?;
        let RomScene { side, pelvic_frame, reduction, cup_centre, .. } = *scene;
        let cup = crate::anatomy::CupAngles::of_axis(&scene.cup_axis, &pelvic_frame, side);
        let neck = crate::motion::NeckAngles::of_axis(&scene.neck_axis, &scene.femoral_frame, side);
        RomCase::new(cup, neck, scene.oscillation_deg)?;
        let known: Vec<&Arc<Body>> = before.map_or_else(Vec::new, |before| before.bodies().map(|(_, body)| body).collect());
        let body = |mesh: &TriMesh, name: &'static str| {
            let as_before = known.iter().find(|body| body.is_of(mesh)).copied().cloned();
            as_before.or_else(|| Body::new(mesh).map(Arc::new)).ok_or(MotionError::EmptyBody(name))
        };
        let radius_mm = scene.cup_outer_radius_mm + scene.reaming_clearance_mm;
        let reamed = Gone { centre: scene.shell_centre, radius_mm };
        let bone = |mesh: &TriMesh| {
            let body = body(mesh, "pelvic bone")?;
            let as_before = before.filter(|before| before.centre == cup_centre).and_then(|before| {
                before.pelvis.iter().find(|fixed| Arc::ptr_eq(&fixed.body, &body) && fixed.gone == Some(reamed)).cloned()
            });
            Ok(as_before.unwrap_or_else(|| Arc::new(Fixed::new(body, &cup_centre, Some(reamed)))))
        };
        let on_femur = reduction.inverse_transform_point(&cup_centre);
        let moving = |mesh: &Option<TriMesh>, name| -> Result<Option<Moving>, MotionError> {
            let body = mesh.as_ref().map(|mesh| body(mesh, name)).transpose()?;
            Ok(body.map(|body| Moving { shells: Shells::new(&body.tree, &on_femur), body }))
        };
        let (pelvis, (cup_body, (femur, stem))) = rayon::join(
            || scene.pelvis.par_iter().map(bone).collect::<Result<Vec<_>, MotionError>>(),
            || {
                rayon::join(
                    || scene.cup.as_ref().map(|mesh| body(mesh, "cup")).transpose(),
                    || rayon::join(|| moving(&scene.femur, "femur"), || moving(&scene.stem, "stem")),
                )
            },
        );
        let turned = reduction.rotation.to_rotation_matrix() * scene.femoral_frame.rotation;
        let mut prepared = Self {
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
            findings: Vec::new(),
            scene: scene.clone(),
            known: Known::default(),
            slices: OnceLock::new(),
            lean_room: OnceLock::new(),
        };
        prepared.findings = findings::of_scene(&prepared);
        Ok(prepared)
    }

    /// All bodies, by what they are.
    pub(super) fn bodies(&self) -> impl Iterator<Item = (SceneBody, &Arc<Body>)> {
        let pelvis = self.pelvis.iter().enumerate().map(|(index, fixed)| (SceneBody::Pelvis(index), &fixed.body));
        let cup = self.cup.iter().map(|fixed| (SceneBody::Cup, &fixed.body));
        let femur = self.femur.iter().map(|moving| (SceneBody::Femur, &moving.body));
        pelvis.chain(cup).chain(femur).chain(self.stem.iter().map(|moving| (SceneBody::Stem, &moving.body)))
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
    pub(super) fn implant_point(&self, pose: &Isometry3<f64>) -> Option<Point3<f64>> {
        let pairs = self.implant_pairs();
        let (nearest, _) = pairs.first()?.approach(pose, &self.centre).least(&Still, f64::INFINITY);
        nearest.map(|nearest| nearest.points[1])
    }

    /// Makes ready what all motions and activities need of bones and implants as they are, on all cores: once, when a hip is opened. Without it
    /// the first to ask does, alone.
    pub fn make_ready(&self) {
        let others = || {
            self.lean_room();
            self.pelvis.iter().map(Arc::as_ref).chain(&self.cup).for_each(Fixed::make_ready);
        };
        rayon::join(|| self.slices(), others);
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
            let Slices { pelvis, moving } = self.slices()?;
            pelvis.least(moving, &track, MOST_TURN_DEG)
        };
        let below_deg = neck_margin_deg - MESH_ACCURACY_DEG;
        let neck = self.reduction.rotation * self.scene.neck_axis.into_inner();
        let lean_room = self.lean_room() - asked.most_lean(&neck, &self.scene.cup_axis);
        let nothing_else = lean::settled(lean_room, below_deg.to_radians());
        Ok(Some(asked.room(slices, (!nothing_else).then_some(below_deg))?))
    }

    /// Femur and stem on the pelvis, sphere by sphere.
    fn slices(&self) -> Option<&Slices> {
        if self.slices.get().is_none() {
            // The scene was checked. A change of the stem is never asked for here, so that the neck's length does not matter.
            let pelvis = BoneRoom::new(&self.scene, 0.0).ok().flatten();
            // Not made inside the lock: this may run on several cores, and who waits for a lock must not be who it waits for.
            _ = self.slices.set(pelvis.map(|pelvis| {
                let moving = Arc::new(pelvis.moving(&FemurChange::default()));
                Slices { pelvis: Arc::new(pelvis), moving }
            }));
        }
        self.slices.get().and_then(Option::as_ref)
    }

    /// How far the stem leans in the cup before anything touches, wherever it leans to, radians.
    pub(super) fn lean_room(&self) -> f64 {
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

    /// A motion as a turn.
    pub(super) fn path(&self, motion: Motion) -> Path {
        let axis = joint::axis_of_side(self.side, &motion.axis());
        Path {
            centre: self.centre,
            axis: Unit::new_normalize(self.pelvic_frame.lps_vector(&axis)),
            start: self.femur_pose(&motion.start()),
            range_deg: RANGE_DEG,
        }
    }

    /// Femur or stem on the pelvis, a pair for each of its bones.
    pub(super) fn on_pelvis(&self, moving: SceneBody) -> Vec<Pair<'_>> {
        let body = if moving == SceneBody::Femur { &self.femur } else { &self.stem };
        let bones = self.pelvis.iter().enumerate();
        let of = |body| bones.map(move |(index, bone)| pair(body, bone, [moving, SceneBody::Pelvis(index)])).collect();
        body.as_ref().map_or_else(Vec::new, of)
    }

    /// Femur or stem on the cup.
    pub(super) fn on_cup(&self, moving: SceneBody) -> Vec<Pair<'_>> {
        let body = if moving == SceneBody::Femur { &self.femur } else { &self.stem };
        let both = body.as_ref().zip(self.cup.as_ref());
        both.map(|(body, cup)| pair(body, cup, [moving, SceneBody::Cup])).into_iter().collect()
    }

    /// All that may touch where bone has a part in it: femur on pelvis, stem on pelvis, femur on cup.
    pub(super) fn bone_pairs(&self) -> Vec<Pair<'_>> {
        let on_pelvis = [SceneBody::Femur, SceneBody::Stem].into_iter().flat_map(|body| self.on_pelvis(body));
        on_pelvis.chain(self.on_cup(SceneBody::Femur)).collect()
    }

    fn implant_pairs(&self) -> Vec<Pair<'_>> {
        self.on_cup(SceneBody::Stem)
    }
}
