//! A hip to be planned, with what is the same for every osteotomy that is tried.

use super::{
    STEM_LEFT_OUT,
    centre::is_a_question,
    cup::{CupWay, Socket},
    settings::PlanSettings,
    shaft::{self, Shaft},
    told::{self, Maker},
};
use crate::{
    anatomy::{Anatomy, Hip},
    frames::Side,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    plan::{
        Correction, Deformity, Dome, Osteotomy, OsteotomyChoice, Plan, PlanError, alignment, finding, resected_femur, validate,
    },
};
use std::collections::BTreeMap;

/// How often a shortening is lengthened until the leg is short enough.
const TRIES: usize = 5;

/// One hip with everything that it is planned from, and the cups that go into it.
pub(super) struct Task<'a> {
    anatomy: &'a Anatomy,
    catalogue: &'a Catalogue,
    side: Side,
    bones: &'a BTreeMap<Label, TriMesh>,
    settings: &'a PlanSettings,
    hip: &'a Hip,
    socket: Socket<'a>,
    cups: Vec<CupWay<'a>>,
}

impl<'a> Task<'a> {
    /// # Errors
    /// When the hip is not in the scan, or the catalogue has no cup.
    pub fn new(
        anatomy: &'a Anatomy,
        catalogue: &'a Catalogue,
        side: Side,
        bones: &'a BTreeMap<Label, TriMesh>,
        settings: &'a PlanSettings,
    ) -> Result<Self, PlanError> {
        let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(anatomy, side))?;
        let mut socket = Socket::new(&anatomy.pelvis, hip, bones.get(&Label::hip(side)), settings);
        let cups = socket.ways(catalogue)?;
        Ok(Self { anatomy, catalogue, side, bones, settings, hip, socket, cups })
    }

    /// The plan, with the osteotomy that is asked for, or that the leg asks for.
    ///
    /// # Errors
    /// As [`super::first_plan`].
    pub fn plan(&self) -> Result<Plan, PlanError> {
        match self.settings.osteotomy {
            OsteotomyChoice::Never => self.planned(None),
            OsteotomyChoice::Typed(correction) => {
                let bone = self.bones.get(&Label::femur(self.side));
                self.planned(Some(&shaft::typed(correction, self.anatomy, self.hip, self.catalogue, bone, self.settings)?))
            }
            OsteotomyChoice::Automatic => self.planned(None).and_then(|plan| self.shortened(plan)),
        }
    }

    fn laid(&self, correction: Correction) -> Result<Osteotomy, PlanError> {
        Osteotomy::new(correction, self.hip, self.bones.get(&Label::femur(self.side)))
    }

    /// The same with as much taken out of the femur as keeps the leg from becoming too long; as it is where it does not.
    fn shortened(&self, mut plan: Plan) -> Result<Plan, PlanError> {
        let most_mm = self.settings.most_lengthening_mm;
        let too_long = plan.leg_length_change_mm.filter(|mm| *mm > most_mm);
        let Some((longer_mm, femur)) = too_long.zip(self.hip.femur.as_ref()) else { return Ok(plan) };
        // What a millimetre of the shaft is of the leg.
        let share = femur.shaft.direction.dot(&femur.frame.superior()).max(0.5);
        let mut length_mm = ((longer_mm - most_mm) / share).ceil();
        for _ in 0..TRIES {
            let Ok(osteotomy) = self.laid(Correction::shortening(self.settings.osteotomy_level_mm, length_mm)) else { break };
            let mut shorter = self.planned(Some(&osteotomy))?;
            match shorter.leg_length_change_mm {
                Some(left_mm) if left_mm > most_mm => length_mm += ((left_mm - most_mm) / share).ceil(),
                Some(left_mm) => {
                    shorter.findings.insert(0, told::shortened(self.side, &osteotomy, [longer_mm, left_mm, most_mm]));
                    return Ok(shorter);
                }
                None => break,
            }
        }
        let text = "A shortening that would avoid so much lengthening cannot be planned on this femur: the lesser trochanter was not found, or \
                    too little of the shaft and its canal is known.";
        plan.findings.push(finding("finding-osteotomy-impossible", self.side, text.into()));
        Ok(plan)
    }

    /// The plan on a femur that is cut like this.
    fn planned(&self, osteotomy: Option<&Osteotomy>) -> Result<Plan, PlanError> {
        let Self { anatomy, catalogue, side, settings, hip, .. } = *self;
        let femur_bone = self.bones.get(&Label::femur(side));
        let shaft = Shaft::new(anatomy, hip, catalogue, femur_bone, settings, osteotomy);
        let field = shaft.as_ref().map_err(|why| *why).map(|shaft| shaft.field(catalogue, &self.cups, settings));
        let chosen = match (&shaft, &field) {
            (Ok(shaft), Ok(Ok(field))) => {
                shaft.chosen(field).ok_or("the canal that is known lies beyond the reach of every stem in the catalogue.")
            }
            (_, Ok(Err(error))) => return Err(error.clone()),
            (Err(why), _) | (_, Err(why)) => Err(*why),
        };
        let cup = chosen.as_ref().map_or(&self.cups[0], |chosen| chosen.cup);
        let placed = self.socket.placement(cup);
        let mut findings = told::cup(&anatomy.pelvis, &placed, cup, &self.socket, (settings, Maker::Search));
        let mut plan = Plan {
            format_version: Plan::FORMAT_VERSION,
            number: 1,
            side,
            catalogue: catalogue.title(),
            catalogue_sha256: catalogue.sha256.clone(),
            cup: placed,
            stem: None,
            leg_length_change_mm: None,
            offset_change_mm: None,
            terms: cup.terms.clone(),
            runners_up: Vec::new(),
            aim: Some(settings.restore),
            revision_of: None,
            deformity: Deformity { osteotomy: osteotomy.copied(), ..Deformity::default() },
            findings: Vec::new(),
            overrides: Vec::new(),
            review: None,
            approval: None,
        };
        match chosen {
            Ok(chosen) => {
                findings.extend(chosen.findings);
                findings.extend(told::turned(side, &chosen.terms));
                (plan.stem, plan.terms, plan.runners_up) = (Some(chosen.placement), chosen.terms, chosen.runners_up);
                plan.deformity.junction = chosen.junction;
            }
            Err(why) => findings.push(finding(STEM_LEFT_OUT, side, format!("No stem is planned: {why}"))),
        }
        if let Some(change) = plan.change(catalogue, anatomy)? {
            plan.leg_length_change_mm = Some(change.leg_length_mm);
            plan.offset_change_mm = Some(change.offset_mm);
        }
        if let Some(osteotomy) = osteotomy {
            let native = osteotomy.motion(side).inverse() * hip.head.centre;
            let head = plan.head_centre_from_below(catalogue)?.unwrap_or(native);
            plan.deformity.alignment = alignment(osteotomy, hip, &head, None, None);
        }
        plan.deformity.dome = self.socket.dome(cup.cup, &cup.centre);
        let head_ml = head_ml(&plan, femur_bone, anatomy, settings);
        plan.deformity.dome = plan.deformity.dome.map(|dome| Dome { head_ml, ..dome });
        findings.extend(told::dome(&plan, cup.cup, catalogue, settings));
        findings.extend(told::osteotomy(&plan, settings));
        findings.extend(validate(&plan, catalogue, anatomy));
        plan.findings = findings;
        Ok(plan)
    }
}

/// What of the patient's head is cut off and could fill the room over the cup, ml; `None` without a stem or the femur's surface, and where
/// neither the cup's height nor its cover is a question.
pub(super) fn head_ml(plan: &Plan, femur: Option<&TriMesh>, anatomy: &Anatomy, settings: &PlanSettings) -> Option<f64> {
    let hip = anatomy.hip(plan.side).filter(|_| is_a_question(plan, anatomy, settings))?;
    let (femur, stem) = femur.zip(plan.stem.as_ref())?;
    let rest = resected_femur(femur, stem, plan.side, &hip.head.centre).ok()?;
    Some((femur.volume_mm3() - rest.volume_mm3()) / 1000.0)
}
