//! A hip to be planned, with what is the same for every osteotomy that is tried.

use super::{
    STEM_LEFT_OUT,
    cup::{CupWay, Socket},
    settings::PlanSettings,
    shaft::Shaft,
    told::{self, Maker},
};
use crate::{
    anatomy::{Anatomy, Hip},
    frames::Side,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    plan::{
        Correction, Deformity, Dome, Osteotomy, OsteotomyChoice, OsteotomyFault, Plan, PlanError, alignment, finding,
        resected_femur, validate,
    },
};
use nalgebra::Point3;
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
                let osteotomy = self.laid(correction)?;
                self.refuse_beyond_canal(&osteotomy)?;
                self.planned(Some(&osteotomy))
            }
            OsteotomyChoice::Automatic => self.planned(None).and_then(|plan| self.shortened(plan)),
        }
    }

    /// Refuses to cut where nothing is known of a canal that is known further up.
    fn refuse_beyond_canal(&self, osteotomy: &Osteotomy) -> Result<(), PlanError> {
        let bone = self.bones.get(&Label::femur(self.side));
        let shaft = |cut| Shaft::new(self.anatomy, self.hip, self.catalogue, bone, self.settings, cut);
        if shaft(None).is_err() || shaft(Some(osteotomy)).is_ok() {
            return Ok(());
        }
        let Correction { level_mm, shortening_mm, .. } = osteotomy.correction;
        let fault = OsteotomyFault::ScanEnds { level_mm: level_mm + shortening_mm };
        Err(PlanError::Osteotomy { side: self.side, fault })
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
        plan.deformity.dome = self.dome(&plan, &cup.centre, cup.cup.reamed_diameter_mm() / 2.0);
        findings.extend(told::dome(&plan, settings));
        findings.extend(told::osteotomy(&plan, settings));
        findings.extend(validate(&plan, catalogue, anatomy));
        plan.findings = findings;
        Ok(plan)
    }

    /// What lacks over the cup, and the head that could fill it.
    fn dome(&self, plan: &Plan, centre: &Point3<f64>, radius_mm: f64) -> Option<Dome> {
        let bone = self.bones.get(&Label::hip(self.side)).filter(|mesh| !mesh.is_empty())?;
        let app = &self.anatomy.pelvis.app;
        let ways = [&app.superior().into_inner(), &app.anterior().into_inner()];
        let mut dome = Dome::over((centre, &plan.cup.axis), radius_mm, self.side, ways, bone, self.settings.graft_depth_mm);
        let femur = self.bones.get(&Label::femur(self.side)).zip(plan.stem.as_ref());
        dome.head_ml = femur.and_then(|(femur, stem)| {
            let rest = resected_femur(femur, stem, self.side, &self.hip.head.centre).ok()?;
            Some((femur.volume_mm3() - rest.volume_mm3()) / 1000.0)
        });
        Some(dome)
    }
}
