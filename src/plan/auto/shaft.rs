//! A femur for which a stem is wanted.

use super::{
    Restore,
    choice::{Field, Off, first},
    cup::CupWay,
    fit::{Edge, Fit},
    runner_up::{RunnerUp, runners_up},
    seat::Seat,
    settings::PlanSettings,
    stem::{Aim, Bridge, Way},
    term::Term,
    told::{self, Maker},
};
use crate::{
    anatomy::{Anatomy, Femur, Finding, Hip, ShaftSource},
    implants::{Catalogue, Stem},
    mesh::TriMesh,
    plan::{
        Junction, Osteotomy, OsteotomyChoice, PieceFit, PlanError, StemPlacement, contact,
        room::{Canal, CanalSource},
    },
};
use nalgebra::Isometry3;

/// The room that a femur has.
pub(super) struct Shaft<'a> {
    anatomy: &'a Anatomy,
    hip: &'a Hip,
    femur: &'a Femur,
    bone: Option<&'a TriMesh>,
    canal: Canal,
    seat: Seat,
    bridge: Option<Bridge>,
}

/// The same, kept between one edit and the next.
pub(super) struct ShaftGround {
    pub canal: Canal,
    pub seat: Seat,
    /// True when the shaft or the canal is not the scan's.
    pub estimated: bool,
    /// How much more a stem in native version is anteverted than the native neck axis, degrees.
    pub more_anteverted_deg: f64,
    /// What stems in it are judged against.
    pub aim: Aim,
}

/// Stem and head that were chosen, for which cup, and why.
pub(super) struct Chosen<'a> {
    pub cup: &'a CupWay<'a>,
    pub placement: StemPlacement,
    pub terms: Vec<Term>,
    pub runners_up: Vec<RunnerUp>,
    pub findings: Vec<Finding>,
    /// How the stem holds the pieces of an osteotomy together.
    pub junction: Option<Junction>,
}

impl<'a> Shaft<'a> {
    /// # Errors
    /// Why no stem can be planned in this femur, the end of a sentence.
    pub fn new(
        anatomy: &'a Anatomy,
        hip: &'a Hip,
        catalogue: &Catalogue,
        bone: Option<&'a TriMesh>,
        settings: &PlanSettings,
        osteotomy: Option<&Osteotomy>,
    ) -> Result<Self, &'static str> {
        let femur = hip.femur.as_ref().ok_or("too little of the femur is in the scan even for an estimate.")?;
        let canal = Canal::of(hip, femur, bone, settings.fit_from_mm)
            .ok_or("too little of the femoral canal below the lesser trochanter is in the scan to choose a size by.")?;
        let (canal, bridge) = match osteotomy {
            None => (canal, None),
            Some(osteotomy) => {
                let unknown = "the canal that is known ends above the lower cut of the osteotomy.";
                let below = osteotomy.motion(hip.side).inverse() * osteotomy.frame.origin;
                let diameter_mm = canal.diameter_mm(canal.level_mm(&below)).ok_or(unknown)?;
                let asked_mm = settings.bridging_diameters * diameter_mm;
                let bridge = Bridge { osteotomy: *osteotomy, side: hip.side, asked_mm };
                (canal.operated(osteotomy, hip.side).ok_or(unknown)?, Some(bridge))
            }
        };
        let longest_mm = catalogue.stems.iter().map(Stem::tip_mm).fold(0.0, f64::max);
        let axis = canal.axis(settings.fit_from_mm, longest_mm);
        let seat = Seat::new(hip.side, &hip.head.centre, &femur.neck_axis, &axis)
            .ok_or("the neck axis that was measured runs along the shaft axis, or the head lies on it, which no femur has.")?;
        Ok(Self { anatomy, hip, femur, bone, canal, seat, bridge })
    }

    /// Everything there is to choose from.
    ///
    /// # Errors
    /// When the catalogue has no stem, or no head for any of the cups, or the other side is aimed at but was not measured.
    pub fn field<'f>(
        &'f self,
        catalogue: &'f Catalogue,
        cups: &'f [CupWay<'f>],
        settings: &'f PlanSettings,
    ) -> Result<Field<'f>, PlanError> {
        let missing = |kind: String| PlanError::NothingToImplant { catalogue: catalogue.title(), kind };
        if let Some(headless) = cups.iter().find(|way| catalogue.heads_of(way.head_diameter_mm()).next().is_none()) {
            return Err(missing(format!("head of {} mm for the cup '{}'", headless.head_diameter_mm(), headless.cup.id)));
        }
        if catalogue.stems.is_empty() {
            return Err(missing("stem".into()));
        }
        let side = self.hip.side;
        let aim = self.aim(settings)?;
        let osteotomy = self.bridge.map(|bridge| bridge.osteotomy);
        let from_below = osteotomy.map_or_else(Isometry3::identity, |osteotomy| osteotomy.motion(side).inverse());
        let stems = Way::all(catalogue, side, &self.seat, &self.canal, settings);
        let (pelvis, hip, femur) = (&self.anatomy.pelvis, self.hip, self.femur);
        Ok(Field { pelvis, hip, femur, from_below, catalogue, cups, stems, aim, settings })
    }

    /// What stems in this femur are judged against.
    ///
    /// # Errors
    /// When the other side is aimed at but was not measured.
    pub fn aim(&self, settings: &PlanSettings) -> Result<Aim, PlanError> {
        let side = self.hip.side;
        let mut change = settings.restore.aim(self.anatomy, side).ok_or(PlanError::OtherSideUnknown { side: side.opposite() })?;
        let osteotomy = self.bridge.map(|bridge| bridge.osteotomy);
        // Who types both an aim and an osteotomy means both; else the aim is that of the femur as it is cut.
        let typed = matches!(settings.osteotomy, OsteotomyChoice::Typed(_)) && settings.restore != Restore::AsScanned;
        if let Some(osteotomy) = osteotomy.filter(|_| !typed) {
            change.leg_length_mm -= osteotomy.shortens_leg_by_mm(side, self.femur);
        }
        let derotation_deg = osteotomy.map_or(0.0, |osteotomy| osteotomy.correction.derotation_deg);
        Ok(Aim {
            change,
            native_version_deg: self.femur.version_murphy_deg.map(|version| version - derotation_deg),
            cup_anteversion_deg: settings.anteversion_deg,
            bridge: self.bridge,
        })
    }

    /// The best of a field; `None` when no stem reaches the canal that is known.
    pub fn chosen<'f>(&self, field: &'f Field<'f>) -> Option<Chosen<'f>> {
        let all = field.best_of_each(&Off::default());
        let coarse = first(all.values().copied())?;
        let side = self.hip.side;
        let finer = Field { stems: coarse.way.finer(side, &self.seat, &self.canal, field.settings), aim: field.aim, ..*field };
        let best = finer.best(&Off::default())?;
        let estimated = self.estimated();
        let runners_up = runners_up(field, &all, &coarse);
        Some(Chosen {
            cup: coarse.cup,
            placement: best.way.placement(side, best.head, estimated),
            terms: finer.terms(&best),
            runners_up,
            junction: self.junction(best.way, field.settings),
            findings: told::stem(
                side,
                best.way,
                &self.canal,
                estimated,
                self.seat.more_anteverted_deg(&self.femur.neck_axis),
                (field.settings, Maker::Search),
            ),
        })
    }

    /// How a stem holds the pieces of an osteotomy together.
    fn junction(&self, way: &Way, settings: &PlanSettings) -> Option<Junction> {
        let Bridge { osteotomy, side, asked_mm } = self.bridge?;
        let edge = Edge::of(way.stem, side);
        let fit = |from_mm: f64, to_mm: f64| {
            let fit = edge.fit_between(&way.pose, &self.canal, [from_mm, to_mm]);
            fit.map(|Fit { clearance_mm, fill, .. }| PieceFit { clearance_mm, fill })
        };
        let cut_mm = self.canal.level_mm(&osteotomy.frame.origin);
        let pieces = self.bone.and_then(|bone| osteotomy.pieces(bone, side).ok());
        Some(Junction {
            contact: self.bone.and_then(|bone| contact(&osteotomy, self.hip, bone)),
            removed_ml: pieces.map(|pieces| pieces.removed.volume_mm3() / 1000.0),
            bridging_mm: self.bridge?.reached_mm(way.stem, &way.pose),
            bridging_asked_mm: asked_mm,
            above: fit(settings.fit_from_mm, cut_mm),
            below: fit(cut_mm, f64::INFINITY),
        })
    }

    fn estimated(&self) -> bool {
        self.femur.shaft_source == ShaftSource::FittedShapeModel || self.canal.source != CanalSource::Measured
    }

    /// What need not be made ready again for the next stem in this femur.
    ///
    /// # Errors
    /// As [`Shaft::aim`].
    pub fn ground(self, settings: &PlanSettings) -> Result<ShaftGround, PlanError> {
        Ok(ShaftGround {
            aim: self.aim(settings)?,
            estimated: self.estimated(),
            more_anteverted_deg: self.seat.more_anteverted_deg(&self.femur.neck_axis),
            canal: self.canal,
            seat: self.seat,
        })
    }
}
