//! The numbers of a plan whose implants somebody has put where they are.

use super::{
    PlanSettings, STEM_LEFT_OUT,
    cup::{Around, Ground, Socket},
    fit::Edge,
    shaft::{Shaft, ShaftGround},
    stem::{Aim, Way},
    told::{self, Maker},
};
use crate::{
    anatomy::{Anatomy, Femur, Hip},
    frames::Side,
    implants::{Catalogue, Cup, Stem},
    labels::Label,
    mesh::TriMesh,
    plan::{Alignment, Change, CupPlacement, Deformity, Junction, Osteotomy, Plan, PlanError, Restore, StemPlacement, validate},
};
use nalgebra::{Isometry3, Point3, Vector3};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// What plans of one hip are judged against: bones, canal, catalogue and aims, made ready once, so that the numbers follow an edit at once.
///
/// It judges by the same terms as the search of [`super::first_plan`], with the same methods and as finely, so that of the automatic plan it
/// says what the search has said.
pub struct Judge {
    anatomy: Anatomy,
    catalogue: Catalogue,
    settings: PlanSettings,
    side: Side,
    socket: Ground,
    shaft: Result<ShaftGround, String>,
    osteotomy: Option<Osteotomy>,
    /// The cup that was asked for last: while the stem is moved nothing changes about it.
    last: Mutex<Option<(CupPlacement, Around)>>,
}

impl Judge {
    /// Makes ready what plans of a hip are judged against; `bones` as for [`super::first_plan`], `osteotomy` that of the plans.
    ///
    /// # Errors
    /// When the hip is not in the scan, or the other side is aimed at but was not measured.
    pub fn new(
        anatomy: &Anatomy,
        catalogue: &Catalogue,
        side: Side,
        bones: &BTreeMap<Label, TriMesh>,
        settings: &PlanSettings,
        osteotomy: Option<&Osteotomy>,
    ) -> Result<Self, PlanError> {
        let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(anatomy, side))?;
        settings.restore.aim(anatomy, side).ok_or(PlanError::OtherSideUnknown { side: side.opposite() })?;
        let shaft = match Shaft::new(anatomy, hip, catalogue, bones.get(&Label::femur(side)), settings, osteotomy) {
            Ok(shaft) => Ok(shaft.ground(settings)?),
            Err(why) => Err(why.into()),
        };
        Ok(Self {
            socket: Socket::new(&anatomy.pelvis, hip, bones.get(&Label::hip(side)), settings).ground(),
            shaft,
            anatomy: anatomy.clone(),
            catalogue: catalogue.clone(),
            settings: settings.clone(),
            side,
            osteotomy: osteotomy.copied(),
            last: Mutex::new(None),
        })
    }

    /// The anatomy that is judged against.
    #[must_use]
    pub const fn anatomy(&self) -> &Anatomy {
        &self.anatomy
    }

    /// The catalogue that implants are chosen from.
    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Refuses a plan for the other side.
    pub(in crate::plan) fn refuse_other_hip(&self, plan: &Plan) -> Result<(), PlanError> {
        if plan.side == self.side { Ok(()) } else { Err(PlanError::OtherHip { plan: plan.side, judged: self.side }) }
    }

    /// The hip, which was there when this was made.
    pub(in crate::plan) fn hip(&self) -> Result<&Hip, PlanError> {
        self.anatomy.hip(self.side).ok_or_else(|| PlanError::no_hip(&self.anatomy, self.side))
    }

    /// The femur and what is known of its shaft.
    fn shaft(&self) -> Result<(&Femur, &ShaftGround), PlanError> {
        let no_canal = |reason: &str| PlanError::NoCanal { side: self.side, reason: reason.into() };
        let femur = self.hip()?.femur.as_ref().ok_or_else(|| no_canal("the femur was not measured."))?;
        Ok((femur, self.shaft.as_ref().map_err(|reason| no_canal(reason))?))
    }

    /// The pose of a stem as the native neck and the canal have it: at the native crossing, in native version, along the canal.
    pub(in crate::plan) fn native_pose(&self, stem: &Stem) -> Result<Isometry3<f64>, PlanError> {
        Ok(self.shaft()?.1.seat.pose(stem, &Default::default()))
    }

    /// How far a stem with this pose lies distal of the native crossing (mm), leans (varus) and is turned (anteversion), degrees.
    pub(in crate::plan) fn seated(&self, pose: &Isometry3<f64>) -> Result<[f64; 3], PlanError> {
        let seating = self.shaft()?.1.seat.seating(pose);
        Ok([seating.depth_mm, seating.varus_deg, seating.turn_deg])
    }

    /// About it stems lean in the frontal plane, LPS; positive turns are varus.
    pub(in crate::plan) fn lean_axis(&self) -> Result<Vector3<f64>, PlanError> {
        Ok(self.shaft()?.1.seat.lean_axis())
    }

    /// The same plan with every number and finding that follows from its implants and where they are. What came next in a search is dropped:
    /// it was held against another plan. Reasons whose findings say something else now lapse.
    ///
    /// # Errors
    /// When the plan is for the other side or of another catalogue, names an implant that it does not list, or has a stem where none can be
    /// judged, or outside the canal that is known.
    pub fn judged(&self, plan: &Plan) -> Result<Plan, PlanError> {
        self.refuse_other_hip(plan)?;
        plan.refuse_other(&self.catalogue)?;
        let (hip, pelvis) = (self.hip()?, &self.anatomy.pelvis);
        let chosen = plan.chosen(&self.catalogue)?;
        let mut socket = Socket::on(pelvis, hip, self.socket.clone(), &self.settings).facing(plan.cup.axis);
        socket.nearest_mm = socket.nearest(&self.catalogue).unwrap_or(chosen.cup).reamed_diameter_mm();
        let shell = plan.cup.shell_centre(chosen.liner);
        let cup = socket.way(chosen.cup, chosen.liner, shell, self.around(&socket, chosen.cup, &shell, &plan.cup));
        let placed = CupPlacement { bone_coverage: cup.coverage, ..plan.cup.clone() };
        let mut judged = Plan { cup: placed, runners_up: Vec::new(), deformity: self.deformity(plan)?, ..plan.clone() };
        let mut findings = told::cup(pelvis, &judged.cup, &cup, &socket, (&self.settings, Maker::Person));
        judged.terms = cup.terms;
        let high_mm = cup.high_mm;
        (judged.leg_length_change_mm, judged.offset_change_mm) = (None, None);
        match plan.stem.as_ref().zip(chosen.stem) {
            Some((placed, (stem, head))) => {
                let (femur, shaft) = self.shaft()?;
                let centre = plan.distal_motion().inverse() * placed.lps_point(self.side, &stem.head_centre(head));
                let change = Change::of(pelvis, hip, femur, &plan.cup.centre, &centre);
                let way = self.way(stem, &placed.pose, shaft)?;
                let aim = Aim { cup_anteversion_deg: plan.cup.angles(&pelvis.app, self.side).anteversion_deg, ..shaft.aim };
                // As the search does: a dislocated femur as it is under a head in the cup, wherever that is.
                let mut aimed = change;
                if self.settings.restore == Restore::AsScanned {
                    aimed.leg_length_mm += high_mm;
                }
                judged.terms.extend(way.terms(head, &aimed, 0.0, &aim, &self.settings).into_iter().flatten());
                if let (Some(junction), Some(bridge)) = (&mut judged.deformity.junction, shaft.aim.bridge) {
                    junction.bridging_mm = bridge.reached_mm(stem, &placed.pose);
                }
                judged.stem = Some(StemPlacement { estimated: shaft.estimated, ..placed.clone() });
                (judged.leg_length_change_mm, judged.offset_change_mm) = (Some(change.leg_length_mm), Some(change.offset_mm));
                findings.extend(told::stem(
                    self.side,
                    &way,
                    &shaft.canal,
                    shaft.estimated,
                    shaft.more_anteverted_deg,
                    (&self.settings, Maker::Person),
                ));
                findings.extend(told::turned(self.side, &judged.terms));
            }
            None => findings.extend(plan.findings.iter().filter(|finding| finding.key == STEM_LEFT_OUT).cloned()),
        }
        findings.extend(told::osteotomy(&judged, &self.settings));
        findings.extend(validate(&judged, &self.catalogue, &self.anatomy));
        judged.findings = findings;
        judged.lapse();
        Ok(judged)
    }

    /// What a plan with this osteotomy still says of it. What is asked of whole bones and of the metal in the scan, and the other centre, are
    /// left out: they were found out for another plan.
    fn deformity(&self, plan: &Plan) -> Result<Deformity, PlanError> {
        let osteotomy = plan.deformity.osteotomy;
        if osteotomy != self.osteotomy {
            return Err(PlanError::OtherOsteotomy { side: self.side });
        }
        let junction = plan.deformity.junction.map(|junction| Junction { above: None, below: None, ..junction });
        // Where the head lies decides the mechanical axis.
        let alignment = plan.deformity.alignment.map(|alignment| Alignment { mechanical: None, ..alignment });
        Ok(Deformity { osteotomy, junction, alignment, ..Deformity::default() })
    }

    /// A stem where it is.
    fn way<'s>(&self, stem: &'s Stem, pose: &Isometry3<f64>, shaft: &ShaftGround) -> Result<Way<'s>, PlanError> {
        let fit = Edge::of(stem, self.side).fit(pose, &shaft.canal, self.settings.fit_from_mm);
        let (from, to) = shaft.canal.known_mm();
        let outside =
            || PlanError::OutsideCanal { stem: stem.id.clone(), from_mm: from.round() as i64, to_mm: to.round() as i64 };
        let fit = fit.ok_or_else(outside)?;
        Ok(Way { stem, seating: shaft.seat.seating(pose), pose: *pose, fit })
    }

    /// The bone about a cup; not asked for again while the cup stays where it is.
    fn around(&self, socket: &Socket, cup: &Cup, shell: &Point3<f64>, placed: &CupPlacement) -> Around {
        let same = |last: &CupPlacement| {
            CupPlacement { bone_coverage: None, ..last.clone() } == CupPlacement { bone_coverage: None, ..placed.clone() }
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, around)) = last.as_ref().filter(|(of, _)| same(of)) {
            return *around;
        }
        let around = socket.around(cup, shell);
        *last = Some((placed.clone(), around));
        around
    }
}
