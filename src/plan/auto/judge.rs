//! The numbers of a plan whose implants somebody has put where they are.

use super::{
    Alternative, Centre, PlanSettings, STEM_LEFT_OUT,
    centre::{beside, is_a_question, searched},
    cup::{Around, Ground, Socket},
    fit::Edge,
    shaft::{self, Shaft, ShaftGround},
    stem::{Aim, Way},
    task::head_ml,
    told::{self, Maker},
};
use crate::{
    anatomy::{Anatomy, Femur, Hip},
    frames::Side,
    implants::{Catalogue, Cup, Stem},
    labels::Label,
    mesh::TriMesh,
    plan::{
        Change, Correction, CupPlacement, Deformity, Dome, MetalPiece, OldMetal, Osteotomy, Plan, PlanError, Restore,
        StemPlacement, alignment, validate,
    },
};
use nalgebra::{Isometry3, Point3, Vector3};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// What only the whole scan tells of a hip: nothing of it is needed for a plan of cup and stem.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Metal that is in the patient already.
    pub metal: Vec<MetalPiece>,
    /// The knee's centre, LPS mm, where it is in the scan.
    pub knee: Option<Point3<f64>>,
    /// The ankle's.
    pub ankle: Option<Point3<f64>>,
}

/// A femur that is cut in one way, or not at all, made ready for stems; or why no stem can be judged in it.
type Cut = Result<Arc<ShaftGround>, &'static str>;

/// What plans of one hip are judged against: bones, canal, catalogue and aims, made ready once, so that the numbers follow an edit at once.
///
/// It judges by the same terms as the search of [`super::first_plan`], with the same methods and as finely, so that of the automatic plan it
/// says what the search has said.
pub struct Judge {
    anatomy: Anatomy,
    catalogue: Catalogue,
    settings: PlanSettings,
    side: Side,
    /// Hip bone and femur.
    bones: BTreeMap<Label, TriMesh>,
    socket: Ground,
    metal: OldMetal,
    leg: [Option<Point3<f64>>; 2],
    /// The femur as the plan that was asked about last cuts it.
    cut: Mutex<Option<(Option<Osteotomy>, Cut)>>,
    /// The cup that was asked for last: while the stem is moved nothing changes about it.
    last: Mutex<Option<(CupPlacement, Around, Option<Dome>)>>,
    /// What the search makes of the true and of the high centre, once somebody asks.
    searched: [OnceLock<Result<Alternative, PlanError>>; 2],
}

impl Judge {
    /// Makes ready what plans of a hip are judged against; `bones` as for [`super::first_plan`].
    ///
    /// # Errors
    /// When the hip is not in the scan, or the other side is aimed at but was not measured.
    pub fn new(
        anatomy: &Anatomy,
        catalogue: &Catalogue,
        side: Side,
        bones: &BTreeMap<Label, TriMesh>,
        settings: &PlanSettings,
        scan: Scan,
    ) -> Result<Self, PlanError> {
        let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(anatomy, side))?;
        settings.restore.aim(anatomy, side).ok_or(PlanError::OtherSideUnknown { side: side.opposite() })?;
        let own = [Label::hip(side), Label::femur(side)];
        let own = own.into_iter().filter_map(|label| Some((label, bones.get(&label)?.clone())));
        Ok(Self {
            socket: Socket::new(&anatomy.pelvis, hip, bones.get(&Label::hip(side)), settings).ground(),
            metal: OldMetal::new(scan.metal, bones, side),
            leg: [scan.knee, scan.ankle],
            bones: own.collect(),
            anatomy: anatomy.clone(),
            catalogue: catalogue.clone(),
            settings: settings.clone(),
            side,
            cut: Mutex::default(),
            last: Mutex::default(),
            searched: Default::default(),
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

    /// The femur and what is known of its shaft as a plan cuts it.
    fn shaft(&self, plan: &Plan) -> Result<(&Femur, Arc<ShaftGround>), PlanError> {
        let no_canal = |reason: &str| PlanError::NoCanal { side: self.side, reason: reason.into() };
        let femur = self.hip()?.femur.as_ref().ok_or_else(|| no_canal("the femur was not measured."))?;
        Ok((femur, self.cut(plan.deformity.osteotomy)?.map_err(no_canal)?))
    }

    /// Not made ready again while the femur is cut alike.
    fn cut(&self, osteotomy: Option<Osteotomy>) -> Result<Cut, PlanError> {
        let mut last = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cut)) = last.as_ref().filter(|(of, _)| *of == osteotomy) {
            return Ok(cut.clone());
        }
        let bone = self.bones.get(&Label::femur(self.side));
        let cut = match Shaft::new(&self.anatomy, self.hip()?, &self.catalogue, bone, &self.settings, osteotomy.as_ref()) {
            Ok(shaft) => Ok(Arc::new(shaft.ground(&self.settings)?)),
            Err(why) => Err(why),
        };
        *last = Some((osteotomy, cut.clone()));
        Ok(cut)
    }

    /// An osteotomy as it is asked for, laid into the femur.
    pub(in crate::plan) fn osteotomy(&self, asked: Correction) -> Result<Osteotomy, PlanError> {
        let bone = self.bones.get(&Label::femur(self.side));
        shaft::typed(asked, &self.anatomy, self.hip()?, &self.catalogue, bone, &self.settings)
    }

    /// The pose of a stem as the native neck and the canal have it: at the native crossing, in native version, along the canal.
    pub(in crate::plan) fn native_pose(&self, plan: &Plan, stem: &Stem) -> Result<Isometry3<f64>, PlanError> {
        Ok(self.shaft(plan)?.1.seat.pose(stem, &Default::default()))
    }

    /// How far a stem with this pose lies distal of the native crossing (mm), leans (varus) and is turned (anteversion), degrees.
    pub(in crate::plan) fn seated(&self, plan: &Plan, pose: &Isometry3<f64>) -> Result<[f64; 3], PlanError> {
        let seating = self.shaft(plan)?.1.seat.seating(pose);
        Ok([seating.depth_mm, seating.varus_deg, seating.turn_deg])
    }

    /// About it stems lean in the frontal plane, LPS; positive turns are varus.
    pub(in crate::plan) fn lean_axis(&self, plan: &Plan) -> Result<Vector3<f64>, PlanError> {
        Ok(self.shaft(plan)?.1.seat.lean_axis())
    }

    /// The same plan with every number and finding that follows from its implants and where they are: cup, stem, osteotomy, the room over the
    /// cup, old metal in the way, and where the height of the cup is a question the answer beside it. What came next in a search is dropped:
    /// it was held against another plan. Reasons whose findings say something else now lapse. The same plan is judged alike to the last bit,
    /// whatever was judged before.
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
        let (around, dome) = self.around(&socket, chosen.cup, &shell, &plan.cup);
        let cup = socket.way(chosen.cup, chosen.liner, shell, around);
        let placed = CupPlacement { bone_coverage: cup.coverage, ..plan.cup.clone() };
        let Deformity { osteotomy, augment, .. } = plan.deformity.clone();
        let deformity = Deformity { osteotomy, augment, dome, ..Deformity::default() };
        let mut judged = Plan { cup: placed, runners_up: Vec::new(), deformity, ..plan.clone() };
        let mut findings = told::cup(pelvis, &judged.cup, &cup, &socket, (&self.settings, Maker::Person));
        judged.terms = cup.terms;
        let high_mm = cup.high_mm;
        (judged.leg_length_change_mm, judged.offset_change_mm) = (None, None);
        match plan.stem.as_ref().zip(chosen.stem) {
            Some((placed, (stem, head))) => {
                let (femur, shaft) = self.shaft(plan)?;
                let centre = plan.distal_motion().inverse() * placed.lps_point(self.side, &stem.head_centre(head));
                let change = Change::of(pelvis, hip, femur, &plan.cup.centre, &centre);
                let way = self.way(stem, &placed.pose, &shaft)?;
                let aim = Aim { cup_anteversion_deg: plan.cup.angles(&pelvis.app, self.side).anteversion_deg, ..shaft.aim };
                // As the search does: a dislocated femur as it is under a head in the cup, wherever that is.
                let mut aimed = change;
                if self.settings.restore == Restore::AsScanned {
                    aimed.leg_length_mm += high_mm;
                }
                judged.terms.extend(way.terms(head, &aimed, 0.0, &aim, &self.settings).into_iter().flatten());
                judged.deformity.junction = shaft.junction(&way, &self.settings);
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
        if let Some(osteotomy) = &plan.deformity.osteotomy {
            let native = osteotomy.motion(self.side).inverse() * hip.head.centre;
            let head = plan.head_centre_from_below(&self.catalogue)?.unwrap_or(native);
            let [knee, ankle] = self.leg.each_ref().map(Option::as_ref);
            judged.deformity.alignment = alignment(osteotomy, hip, &head, knee, ankle);
        }
        let head_ml = head_ml(&judged, self.bones.get(&Label::femur(self.side)), &self.anatomy, &self.settings);
        judged.deformity.dome = dome.map(|dome| Dome { head_ml, ..dome });
        judged.deformity.hardware = self.metal.obstacles(&judged, &self.catalogue)?;
        if is_a_question(&judged, &self.anatomy, &self.settings) {
            judged.deformity.alternatives = beside(&judged, &self.anatomy, &self.settings, |centre| self.searched(centre))?;
        }
        findings.extend(told::dome(&judged, chosen.cup, &self.catalogue, &self.settings));
        findings.extend(told::osteotomy(&judged, &self.settings));
        findings.extend(validate(&judged, &self.catalogue, &self.anatomy));
        findings.extend(judged.deformity.hardware.iter().map(|obstacle| obstacle.finding(self.side)));
        findings.extend(self.metal.blocked_holes(&judged, &self.catalogue, &pelvis.app)?);
        judged.findings = findings;
        judged.lapse();
        Ok(judged)
    }

    /// What the search makes of a centre: it does not depend on the plan in hand, and is asked once.
    fn searched(&self, centre: Centre) -> Result<Alternative, PlanError> {
        let search = || {
            let catalogue = self.catalogue.choosing(&self.settings.families)?;
            searched(centre, &self.anatomy, &catalogue, self.side, &self.bones, &self.settings)
        };
        self.searched[usize::from(centre == Centre::High)].get_or_init(search).clone()
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

    /// The bone about a cup and the room over it; not asked for again while the cup stays where it is.
    fn around(&self, socket: &Socket, cup: &Cup, shell: &Point3<f64>, placed: &CupPlacement) -> (Around, Option<Dome>) {
        let bare = CupPlacement { bone_coverage: None, ..placed.clone() };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, around, dome)) = last.as_ref().filter(|(of, ..)| *of == bare) {
            return (*around, *dome);
        }
        let (around, dome) = rayon::join(|| socket.around(cup, shell), || socket.dome(cup, shell));
        *last = Some((bare, around, dome));
        (around, dome)
    }
}
