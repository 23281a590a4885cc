//! What is the same for all plans of one hip, made ready once so that an edit is answered at once.

use super::{
    Assessment, CupAssessment, Detail, StemAssessment, augment,
    canal_fit::StemInCanal,
    contact, coverage, cup_map, densities, fill,
    inputs::Known,
    look::Look,
    placement::{self, Placed},
    reaming, screws, warnings,
};
use crate::{
    anatomy::{Anatomy, Femur, Hip, Measurement},
    frames::Side,
    implants::{Catalogue, Head, Stem},
    labels::Label,
    mesh::TriMesh,
    plan::{
        Chosen, Plan, PlanError, PlanSettings, Spread,
        room::{Canal, SocketBone},
    },
    volume::Volume,
};
use std::collections::BTreeMap;

/// One hip of one patient, ready to be asked about any plan for it.
pub struct Prepared {
    anatomy: Anatomy,
    side: Side,
    socket: Option<SocketBone>,
    canal: Option<Canal>,
    known: Known,
    spread: Spread,
    fit_from_mm: f64,
}

impl Prepared {
    /// `bones` are closed surfaces in LPS mm; without the hip bone nothing is told of the bone about the cup, without canal nothing of the fit
    /// of the stem. `settings` tell how sure socket and canal are, and from where on the stem is held against the canal.
    ///
    /// # Errors
    /// When the hip was not measured.
    pub fn new(
        anatomy: &Anatomy,
        side: Side,
        bones: &BTreeMap<Label, TriMesh>,
        settings: &PlanSettings,
    ) -> Result<Self, PlanError> {
        let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(anatomy, side))?;
        let bone = |label| bones.get(&label).filter(|mesh| !mesh.is_empty());
        let femur = bone(Label::femur(side));
        let saddle = femur.and_then(|mesh| hip.saddle(mesh));
        let known = Known::new(anatomy, side, saddle).ok_or_else(|| PlanError::no_hip(anatomy, side))?;
        let canal = hip.femur.as_ref().and_then(|measured| Canal::of(hip, measured, femur, settings.fit_from_mm));
        Ok(Self {
            anatomy: anatomy.clone(),
            side,
            socket: bone(Label::hip(side)).map(SocketBone::new),
            canal,
            known,
            spread: settings.spread.clone(),
            fit_from_mm: settings.fit_from_mm,
        })
    }

    /// Everything that can be told of a plan.
    ///
    /// # Errors
    /// When the plan is for the other hip, or the catalogue does not list one of its implants.
    pub fn assess(
        &self,
        plan: &Plan,
        catalogue: &Catalogue,
        ct: Option<&Volume>,
        detail: Detail,
    ) -> Result<Assessment, PlanError> {
        let hip = self.anatomy.hip(plan.side).filter(|_| plan.side == self.side);
        let hip = hip.ok_or_else(|| PlanError::no_hip(&self.anatomy, plan.side))?;
        let chosen = plan.chosen(catalogue)?;
        let mut numbers = placement::numbers(&self.known, &Placed::of(plan, chosen.stem));
        // Of a catalogue that knows nothing of holes the usual ones are looked at.
        let holes_known = !catalogue.families.is_empty();
        let (cup, stem) = rayon::join(
            || self.cup(plan, hip, (&chosen, holes_known), ct, detail),
            || self.stem(plan, hip, chosen.stem, ct, detail),
        );
        if let Some((more, _)) = &cup {
            numbers.extend_from_slice(more);
        }
        if let Some((more, _)) = &stem {
            numbers.extend_from_slice(more);
        }
        let mut found = Assessment {
            side: plan.side,
            numbers,
            cup: cup.map(|cup| cup.1),
            stem: stem.map(|stem| stem.1),
            findings: Vec::new(),
        };
        found.findings = warnings::raised(&found, plan);
        Ok(found)
    }

    fn cup(
        &self,
        plan: &Plan,
        hip: &Hip,
        (chosen, holes_known): (&Chosen, bool),
        ct: Option<&Volume>,
        detail: Detail,
    ) -> Option<(Vec<Measurement>, CupAssessment)> {
        let pelvis = &self.anatomy.pelvis;
        let (cup, liner) = (chosen.cup, chosen.liner);
        let radii = [cup.reamed_diameter_mm() / 2.0, hip.acetabulum.sphere.radius_mm, self.spread.socket_radius_mm];
        let look =
            Look::new(self.socket.as_ref()?, (plan.cup.shell_centre(liner), plan.cup.axis), radii, &pelvis.app, self.side)?;
        let holes = match holes_known {
            true => look.holes(plan.cup.screw_holes(cup, liner).into_iter().map(|(_, direction)| direction)),
            false => screws::STANDARD_HOLES.to_vec(),
        };
        let spine = match self.side {
            Side::Left => &pelvis.asis_left,
            Side::Right => &pelvis.asis_right,
        };
        let zones = densities::of_cup(&look, ct);
        let edge = coverage::Edge::of(&look);
        let mut numbers = coverage::numbers(&look, &edge, self.side);
        numbers.extend(reaming::numbers(&look, self.side));
        if let Some((placed, augment)) = plan.deformity.augment.as_ref().zip(chosen.augment) {
            numbers.extend(augment::numbers(&look, augment, &placed.pose(&plan.cup, liner), self.side));
        }
        numbers.extend(densities::numbers(&densities::CUP_ZONES, &zones, self.side));
        let cup = CupAssessment {
            hours: coverage::hours(&look, &edge),
            screws: screws::screws(&look, &holes, &spine.position, self.side),
            zones,
            map: (detail == Detail::Maps).then(|| cup_map::cup_map(&look)),
        };
        Some((numbers, cup))
    }

    fn stem(
        &self,
        plan: &Plan,
        hip: &Hip,
        chosen: Option<(&Stem, &Head)>,
        ct: Option<&Volume>,
        detail: Detail,
    ) -> Option<(Vec<Measurement>, StemAssessment)> {
        let femur: &Femur = hip.femur.as_ref()?;
        let (placed, (stem, _)) = (plan.stem.as_ref()?, chosen?);
        let fit = StemInCanal { stem, placed, side: self.side, canal: self.canal.as_ref()? };
        let canal_sd_mm = self.spread.canal_radius_mm;
        let (levels, map) = (fill::levels(&fit, femur, canal_sd_mm), contact::contact_map(&fit));
        let zones = densities::of_stem(&fit, &map, ct);
        let mut numbers = fill::numbers(&fit, femur, &levels, self.fit_from_mm, canal_sd_mm);
        numbers.extend(contact::numbers(&fit, &map, self.fit_from_mm, canal_sd_mm));
        numbers.extend(densities::numbers(&densities::STEM_ZONES, &zones, self.side));
        let thinnest = map.thinnest().map(|(row, column, _)| [map.level_mm[row], map.turn_deg[column]]);
        let map = (detail == Detail::Maps).then_some(map);
        Some((numbers, StemAssessment { estimated: placed.estimated, levels, zones, thinnest, map }))
    }
}
