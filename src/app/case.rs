//! A case folder as the window's document.

use super::{
    about::About,
    bodies::BodyKind,
    contact::{ContactQuery, ContactSource},
    document::{BodyMesh, Document, Placed, Scanned},
    examination::OfCase,
    joint::Joint,
    keeping::Desk,
    model::{Contact, ContactPair, PlanNumbers, StemNumbers},
    physics::takes_part,
    rehearsal::RehearsalSource,
    slices::SliceSource,
    trial::{Judging, PlannedHip},
};
use crate::{
    anatomy::{Anatomy, Finding},
    frames::Side,
    i18n::{Said, Sentence},
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    motion::{self, Activity, Couple, Posture, RomScene, RomTable, SceneBody},
    pipeline::{self, PipelineError},
    plan::{ImplantPart, Plan, ResectionPlane, assessment::placement_numbers, operated_femur, placed, storage::CaseFolder},
    progress::Progress,
    risk::{
        SteepCup,
        dislocation::{Rehearsal, RehearsalError, RehearsalHip, SoftTissue, driven_on, stations},
        held_mm,
    },
    surface,
};
use nalgebra::{Isometry3, Point3};
use std::{collections::BTreeMap, error::Error, path::Path, sync::Arc};

/// How far a bone's surface for the physics engine may lie from the true one, mm.
const SENSOR_ERROR_MM: f64 = 0.5;

/// Reads a case folder.
pub fn read(folder: &Path, progress: &dyn Progress) -> Result<Document, Sentence> {
    load(folder, progress).map_err(|error| said(&error))
}

/// Why the road ended, in a sentence.
pub fn said(error: &PipelineError) -> Sentence {
    Sentence::new(|texts| error.find(texts).unwrap_or_else(|| with_causes(error)))
}

/// The window has one line for an error, so its causes go into it.
fn with_causes(error: &PipelineError) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn load(folder: &Path, progress: &dyn Progress) -> Result<Document, PipelineError> {
    let folder = CaseFolder::open(folder)?;
    let case = folder.read_case()?;
    let mut anatomy = folder.read_anatomy()?;
    anatomy.findings.splice(0..0, folder.stale_finding()?);
    let bones = folder.read_bones()?;
    progress.report("", 0.5);
    let about = About::read(&folder, &case, &anatomy)?;
    let plan = about.newest().cloned();
    let catalogue = Catalogue::known_as(plan.as_ref().map_or("", |plan| plan.catalogue_sha256.as_str()))?;
    let scene = plan.as_ref().map(|plan| RomScene::of_plan(plan, &catalogue, &anatomy, &bones)).transpose()?.flatten();
    let rom = folder.path().join(pipeline::ROM).is_file();
    let rom: Option<RomTable> = rom.then(|| folder.read_document(pipeline::ROM)).transpose()?;
    let head = anatomy.hip(case.side).map(|hip| hip.head.centre);
    let focus = plan.as_ref().map(|plan| plan.cup.centre).or(head).unwrap_or(anatomy.pelvis.app.origin);
    let by_hand = folder.read_landmarks_by_hand()?;
    let planned = plan.as_ref().filter(|_| scene.is_some());
    let activities = Activity::shipped_with(&[]).unwrap_or_default();
    let hip = planned.map(|plan| {
        let case = folder.clone();
        let judging: Judging = Box::new(move |plan, catalogue| pipeline::judge_of(&case, plan, catalogue));
        Arc::new(PlannedHip::new(plan.clone(), catalogue.clone(), anatomy.clone(), &bones, activities, judging))
    });
    let operated = [Label::hip(case.side), Label::femur(case.side)];
    let as_scanned = operated.into_iter().filter_map(|label| Some((label, Arc::new(bones.get(&label)?.clone()))));
    let scanned = Scanned { bones: as_scanned.collect(), joint: native_joint(&anatomy, case.side) };
    Ok(Document {
        about: Some(Arc::new(about)),
        pseudonym: case.pseudonym,
        side: case.side,
        focus,
        bodies: bodies(&bones, case.side, &anatomy, plan.as_ref(), &catalogue)?,
        plan: plan.as_ref().map(|plan| numbers(plan, &catalogue, &anatomy, hip.as_deref())).transpose()?,
        joint: joint(&anatomy, case.side, scene.as_ref()),
        findings: findings(&anatomy, plan.as_ref(), rom.as_ref()),
        rom,
        rehearsal: hip.as_ref().map(|hip| rehearsal(hip, hip.plan.clone())),
        placed: plan.as_ref().map(|plan| placing(plan, &catalogue)).transpose()?,
        contact: scene.zip(hip.as_ref()).map(|(scene, hip)| solver(hip, scene, Ready::ForActivities)),
        desk: plan.map(|plan| Arc::new(Desk::new(folder.clone(), plan, catalogue, anatomy.clone()))),
        scanned,
        slices: Some(SliceSource::of_case(folder.clone(), anatomy.hip(case.side))),
        again: false,
        hip,
        by_hand: by_hand.clone(),
        examiner: Some(Arc::new(OfCase::new(folder, by_hand))),
    })
}

/// Bones as they are after the operation, then the implants.
fn bodies(
    bones: &BTreeMap<Label, TriMesh>,
    side: Side,
    anatomy: &Anatomy,
    plan: Option<&Plan>,
    catalogue: &Catalogue,
) -> Result<Vec<BodyMesh>, PipelineError> {
    let mut bodies = Vec::new();
    for (&label, mesh) in bones {
        let kind = BodyKind::Bone(label);
        let left = |mesh: &TriMesh| match plan {
            Some(plan) => operated(label, mesh, anatomy, plan, catalogue),
            None => Ok(mesh.clone()),
        };
        let coarse = takes_part(kind, side).then(|| left(&surface::decimate(mesh, SENSOR_ERROR_MM))).transpose()?;
        bodies.push(BodyMesh { kind, mesh: Arc::new(left(mesh)?), sensor: coarse.map(Arc::new) });
    }
    if let Some(plan) = plan {
        for (part, mesh) in placed(plan, catalogue)? {
            let (kind, mesh) = (BodyKind::Implant(part), Arc::new(mesh));
            bodies.push(BodyMesh { kind, sensor: takes_part(kind, side).then(|| mesh.clone()), mesh });
        }
    }
    Ok(bodies)
}

/// A bone with what the plan takes away from it: the head of the femur and what an osteotomy takes out, the reamed floor of the socket.
fn operated(
    label: Label,
    mesh: &TriMesh,
    anatomy: &Anatomy,
    plan: &Plan,
    catalogue: &Catalogue,
) -> Result<TriMesh, PipelineError> {
    if label == Label::hip(plan.side) {
        let (centre, radius_mm) = reaming(plan, catalogue)?;
        return Ok(reamed(mesh, &centre, radius_mm));
    }
    Ok(match anatomy.hip(plan.side) {
        Some(hip) if label == Label::femur(plan.side) => operated_femur(mesh, plan, &hip.head.centre)?,
        _ => mesh.clone(),
    })
}

/// The ball that is reamed for a plan's cup, with the clearance that the solver leaves it: centre, LPS mm, and radius, mm.
fn reaming(plan: &Plan, catalogue: &Catalogue) -> Result<(Point3<f64>, f64), PipelineError> {
    let chosen = plan.chosen(catalogue)?;
    Ok((plan.cup.shell_centre(chosen.liner), chosen.cup.outer_diameter_mm / 2.0 + RomScene::REAMING_CLEARANCE_MM))
}

/// Where the implants of a plan are.
fn placing(plan: &Plan, catalogue: &Catalogue) -> Result<Placed, PipelineError> {
    let stem = plan.stem.as_ref().map(|stem| stem.pose);
    Ok(Placed { reamed: reaming(plan, catalogue)?, cup_axis: plan.cup.axis, stem })
}

/// The surface without what lies within the cup. For the eye and for sensors only: it is left open where the cup closes it.
fn reamed(mesh: &TriMesh, centre: &Point3<f64>, radius_mm: f64) -> TriMesh {
    let gone: Vec<bool> = mesh.vertices.iter().map(|p| (p - centre).norm() < radius_mm).collect();
    let triangles = mesh.triangles.iter().filter(|t| !t.iter().all(|&v| gone[v as usize])).copied().collect();
    TriMesh { vertices: mesh.vertices.clone(), triangles }
}

fn numbers(
    plan: &Plan,
    catalogue: &Catalogue,
    anatomy: &Anatomy,
    hip: Option<&PlannedHip>,
) -> Result<PlanNumbers, PipelineError> {
    let chosen = plan.chosen(catalogue)?;
    let (bearing, cup_angles) = (chosen.bearing(), plan.cup.angles(&anatomy.pelvis.app, plan.side));
    // Without a stem nothing is tried on a hip: what follows from places is told all the same.
    let told = hip.map_or_else(|| placement_numbers(plan, catalogue, anatomy).unwrap_or_default(), |hip| hip.numbers(plan));
    Ok(PlanNumbers {
        number: plan.number,
        cup_diameter_mm: chosen.cup.outer_diameter_mm,
        jump_mm: held_mm(&bearing, &cup_angles),
        steep: SteepCup::of(&bearing, &cup_angles),
        cup_angles,
        stem: plan.stem.as_ref().zip(chosen.stem).map(|(placed, (stem, head))| StemNumbers {
            size: stem.size,
            offset_option: stem.offset_option,
            head_diameter_mm: head.diameter_mm,
            neck_offset_mm: head.offset_mm,
            estimated: placed.estimated,
        }),
        leg_length_change_mm: plan.leg_length_change_mm,
        offset_change_mm: plan.offset_change_mm,
        told,
    })
}

/// The planned joint, or without a stem the native one.
fn joint(anatomy: &Anatomy, side: Side, scene: Option<&RomScene>) -> Option<Joint> {
    scene.map(joint_of).or_else(|| native_joint(anatomy, side))
}

/// The joint as it was scanned.
fn native_joint(anatomy: &Anatomy, side: Side) -> Option<Joint> {
    let hip = anatomy.hip(side)?;
    let femoral = hip.femur.as_ref()?.frame;
    Some(Joint { side, pelvic: anatomy.pelvis.app, femoral, centre: hip.head.centre, reduction: Isometry3::identity() })
}

const fn joint_of(scene: &RomScene) -> Joint {
    Joint {
        side: scene.side,
        pelvic: scene.pelvic_frame,
        femoral: scene.femoral_frame,
        centre: scene.cup_centre,
        reduction: scene.reduction,
    }
}

/// Another state of a planned hip: what of its bodies may be otherwise, and its joint.
#[derive(Debug)]
pub(super) struct Stands {
    pub bodies: Vec<BodyMesh>,
    pub joint: Option<Joint>,
}

/// A hip with another plan of it, or as it was scanned.
pub(super) fn stands(hip: &PlannedHip, plan: Option<&Plan>) -> Result<Stands, PipelineError> {
    let (anatomy, side) = (&hip.anatomy, hip.side());
    let catalogue = Catalogue::known_as(plan.map_or("", |plan| plan.catalogue_sha256.as_str()))?;
    let scene = plan.map(|plan| RomScene::of_plan(plan, &catalogue, anatomy, &hip.bones)).transpose()?.flatten();
    let mut bodies = Vec::new();
    for (&label, mesh) in &hip.bones {
        let mesh = plan.map_or_else(|| Ok(mesh.clone()), |plan| operated(label, mesh, anatomy, plan, &catalogue))?;
        bodies.push(BodyMesh { kind: BodyKind::Bone(label), mesh: Arc::new(mesh), sensor: None });
    }
    let implants = plan.map(|plan| placed(plan, &catalogue)).transpose()?.into_iter().flatten();
    bodies.extend(implants.map(|(part, mesh)| BodyMesh { kind: BodyKind::Implant(part), mesh: Arc::new(mesh), sensor: None }));
    Ok(Stands { bodies, joint: joint(anatomy, side, scene.as_ref()) })
}

pub(super) fn findings(anatomy: &Anatomy, plan: Option<&Plan>, rom: Option<&RomTable>) -> Vec<Finding> {
    let of_plan = plan.iter().flat_map(|plan| &plan.findings);
    let of_rom = rom.iter().flat_map(|rom| &rom.findings);
    let mut all: Vec<Finding> = Vec::new();
    for finding in anatomy.findings.iter().chain(of_plan).chain(of_rom) {
        // Stages may repeat what an earlier one has said.
        if !all.contains(finding) {
            all.push(finding.clone());
        }
    }
    all
}

/// What a trial changes of a document.
#[derive(Debug)]
pub(super) struct Tried {
    pub joint: Joint,
    pub implants: Vec<BodyMesh>,
    pub numbers: PlanNumbers,
    pub findings: Vec<Finding>,
    pub contact: ContactSource,
    pub rehearsal: RehearsalSource,
    pub placed: Placed,
}

/// A planned hip with other components, as `plan` and its scene have them.
pub(super) fn tried(hip: &Arc<PlannedHip>, plan: &Plan, scene: &RomScene) -> Result<Tried, PipelineError> {
    let implant = |(part, mesh)| BodyMesh { kind: BodyKind::Implant(part), mesh: Arc::new(mesh), sensor: None };
    Ok(Tried {
        joint: joint_of(scene),
        implants: placed(plan, &hip.catalogue)?.into_iter().map(implant).collect(),
        numbers: numbers(plan, &hip.catalogue, &hip.anatomy, Some(hip))?,
        findings: findings(&hip.anatomy, Some(plan), None),
        contact: solver(hip, scene.clone(), Ready::ForPostures),
        rehearsal: rehearsal(hip, plan.clone()),
        placed: placing(plan, &hip.catalogue)?,
    })
}

/// Where a plan takes bone away: two plans with the same cuts leave the same bones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cuts {
    reamed: (Point3<f64>, f64),
    /// The neck's cut, and the longitudinal one along the stem.
    neck: Option<(ResectionPlane, ResectionPlane)>,
}

impl Cuts {
    /// Of a plan.
    pub fn of(plan: &Plan, catalogue: &Catalogue) -> Result<Self, PipelineError> {
        let neck = plan.stem.as_ref().map(|stem| (stem.resection, stem.longitudinal_cut(plan.side)));
        Ok(Self { reamed: reaming(plan, catalogue)?, neck })
    }
}

/// Hip bone and femur with what a plan takes away from them; of those that are cut as they were before, nothing.
pub(super) fn cut_bones(hip: &PlannedHip, plan: &Plan, before: &Cuts) -> Result<Vec<BodyMesh>, PipelineError> {
    let cuts = Cuts::of(plan, &hip.catalogue)?;
    let other =
        |label: Label| if label == Label::hip(plan.side) { cuts.reamed != before.reamed } else { cuts.neck != before.neck };
    let cut = |(&label, mesh): (&Label, &TriMesh)| {
        let mesh = Arc::new(operated(label, mesh, &hip.anatomy, plan, &hip.catalogue)?);
        Ok(BodyMesh { kind: BodyKind::Bone(label), mesh, sensor: None })
    };
    hip.bones.iter().filter(|(label, _)| other(**label)).map(cut).collect()
}

/// What a solver is made ready for before it answers.
#[derive(Clone, Copy, PartialEq)]
enum Ready {
    /// For what is only tried: most of it is left again before anybody asks for more.
    ForPostures,
    /// For the plan as it is opened: what activities need as well, so that nobody waits for it later.
    ForActivities,
}

/// The motion solver of a planned hip.
fn solver(hip: &Arc<PlannedHip>, scene: RomScene, ready: Ready) -> ContactSource {
    let hip = Arc::clone(hip);
    ContactSource::new(move || {
        let engine = hip.engine(&scene).map_err(|error| error.to_string())?;
        if ready == Ready::ForActivities {
            engine.make_ready();
        }
        let side = scene.side;
        let query: ContactQuery = Box::new(move |posture: &Posture| answer(side, &engine.query(posture)));
        Ok(query)
    })
}

/// The activity that is rehearsed, and a body weight where none is known, kg.
const REHEARSED: &str = "rise-low-seat";
const WEIGHT_KG: f64 = 75.0;

fn rehearsal(hip: &Arc<PlannedHip>, plan: Plan) -> RehearsalSource {
    let hip = Arc::clone(hip);
    RehearsalSource::new(move || {
        let work = || -> Result<Rehearsal, RehearsalError> {
            let tissue = SoftTissue::shipped()?;
            let (all, holding) = (Activity::shipped_with(&[])?, tissue.holding(None, &[])?);
            let activity = Activity::named(&all, &[REHEARSED.to_owned()])?.remove(0);
            let load = tissue.load_of(REHEARSED).ok_or_else(|| RehearsalError::NoPath { activity: REHEARSED.into() })?;
            let hip = RehearsalHip::of_plan(&plan, &hip.catalogue, &hip.anatomy, &tissue, &holding, load, WEIGHT_KG)?;
            Ok(Rehearsal::of(&hip, &driven_on(&hip, &stations(&activity)?)))
        };
        work().map_err(|error| Sentence::of(&error))
    })
}

/// The solver's answer in the window's words.
fn answer(side: Side, found: &motion::Contact) -> Contact {
    let kind = |body| match body {
        // Of the pelvis, a planned scene holds the hip bone only.
        SceneBody::Pelvis(_) => BodyKind::Bone(Label::hip(side)),
        SceneBody::Femur => BodyKind::Bone(Label::femur(side)),
        SceneBody::Cup => BodyKind::Implant(ImplantPart::Cup),
        SceneBody::Stem => BodyKind::Implant(ImplantPart::Stem),
    };
    let pair = |&[moving, fixed]: &[SceneBody; 2]| ContactPair {
        couple: Couple::of([moving, fixed]),
        moving: kind(moving),
        fixed: kind(fixed),
    };
    Contact {
        pairs: found.touching.iter().map(pair).collect(),
        neck_margin_deg: Some(found.implant_margin_deg),
        bone_clearance_mm: found.bone_clearance_mm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_that_the_solver_names_is_shown_with_its_kind() {
        let touching = vec![
            [SceneBody::Femur, SceneBody::Pelvis(0)],
            [SceneBody::Femur, SceneBody::Cup],
            [SceneBody::Stem, SceneBody::Pelvis(0)],
            [SceneBody::Stem, SceneBody::Cup],
        ];
        let found = motion::Contact { implant_margin_deg: -1.0, bone_clearance_mm: None, couple: None, point: None, touching };
        let pairs = answer(Side::Left, &found).pairs;
        let shown: Vec<_> = pairs.iter().map(|pair| (pair.couple, pair.moving, pair.fixed)).collect();
        let (femur, hip) = (BodyKind::Bone(Label::FemurLeft), BodyKind::Bone(Label::HipLeft));
        let (cup, stem) = (BodyKind::Implant(ImplantPart::Cup), BodyKind::Implant(ImplantPart::Stem));
        assert_eq!(
            shown,
            [
                (Couple::BoneBone, femur, hip),
                (Couple::ImplantBone, femur, cup),
                (Couple::ImplantBone, stem, hip),
                (Couple::ImplantImplant, stem, cup),
            ]
        );
    }

    #[test]
    fn reaming_takes_only_what_lies_within_the_cup() {
        let mesh = TriMesh {
            vertices: [0.0, 1.0, 2.0, 30.0].map(|x| Point3::new(x, 0.0, 0.0)).to_vec(),
            triangles: vec![[0, 1, 2], [1, 2, 3]],
        };
        assert_eq!(reamed(&mesh, &Point3::origin(), 25.0).triangles, [[1, 2, 3]]);
    }
}
