//! What must be known about the numbers of a hip that is moved.

use super::{ImpingementEngine, SceneBody, sweep::Pair};
use crate::{
    anatomy::Finding,
    frames::Side,
    motion::{Couple, Motion, Posture},
};
use nalgebra::Isometry3;

/// What a scene lacks, and surfaces that are not closed.
pub(super) fn of_scene(engine: &ImpingementEngine) -> Vec<Finding> {
    let finding = |key: &str, text: String| Finding::new(key, Some(engine.side), text);
    let mut findings = Vec::new();
    if engine.pelvis.is_empty() || engine.femur.is_none() {
        let missing = if engine.pelvis.is_empty() { "pelvis" } else { "femur" };
        findings.push(finding(
            "finding-motion-without-bone",
            format!("The {missing} is not part of the motion: contact of bone with bone cannot be seen."),
        ));
    }
    for (body, open) in engine.bodies().map(|(name, body)| (name, body.open_edges())).filter(|(_, open)| *open > 0) {
        let text = format!("The surface of the {} has {open} open edges: distances beside them are uncertain.", name(body));
        findings.push(finding("finding-motion-open-surface", text));
    }
    findings
}

const fn name(body: SceneBody) -> &'static str {
    match body {
        SceneBody::Pelvis(_) => "pelvis",
        SceneBody::Cup => "cup",
        SceneBody::Femur => "femur",
        SceneBody::Stem => "stem",
    }
}

/// Which bodies share space where a motion begins, how deep, and what that usually comes from.
pub(super) fn shared_space(side: Side, pose: &Isometry3<f64>, pairs: &[Pair<'_>], couple: Couple) -> Vec<Finding> {
    let of_couple = pairs.iter().filter(|pair| pair.couple() == couple);
    let told = of_couple.filter_map(|pair| {
        let depth = -pair.depth(pose)?.clearance_mm;
        let [moving, fixed] = pair.bodies.map(name);
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
        let found = Finding::new(key, Some(side), text).with("depth", format!("{depth:.1}"));
        Some(values.into_iter().fold(found, |found, (name, body)| found.with(name, body)))
    });
    told.collect()
}

/// A motion that begins in contact.
pub(super) fn already_touching(side: Side, motion: Motion, couple: Couple) -> Finding {
    let start = if motion.start() == Posture::NEUTRAL { "the neutral posture" } else { "90° of flexion" };
    let couple = match couple {
        Couple::ImplantImplant => "stem and cup",
        Couple::ImplantBone => "an implant and bone",
        Couple::BoneBone => "femur and pelvis",
    };
    let text = format!("In {start}, where {motion} begins, {couple} share space already: its limit is given as 0°.");
    Finding::new("finding-motion-starts-in-contact", Some(side), text)
}
