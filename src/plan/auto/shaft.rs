//! A femur for which a stem is wanted.

use super::{
    choice::{Field, Off, first},
    cup::CupWay,
    runner_up::{RunnerUp, runners_up},
    seat::Seat,
    settings::PlanSettings,
    stem::{Aim, Way},
    term::Term,
    told::{self, Maker},
};
use crate::{
    anatomy::{Anatomy, Femur, Finding, Hip, ShaftSource},
    implants::{Catalogue, Stem},
    mesh::TriMesh,
    plan::{
        PlanError, StemPlacement,
        room::{Canal, CanalSource},
    },
};

/// The room that a femur has.
pub(super) struct Shaft<'a> {
    anatomy: &'a Anatomy,
    hip: &'a Hip,
    femur: &'a Femur,
    canal: Canal,
    seat: Seat,
}

/// The same, kept between one edit and the next.
pub(super) struct ShaftGround {
    pub canal: Canal,
    pub seat: Seat,
    /// True when the shaft or the canal is not the scan's.
    pub estimated: bool,
    /// How much more a stem in native version is anteverted than the native neck axis, degrees.
    pub more_anteverted_deg: f64,
}

/// Stem and head that were chosen, for which cup, and why.
pub(super) struct Chosen<'a> {
    pub cup: &'a CupWay<'a>,
    pub placement: StemPlacement,
    pub terms: Vec<Term>,
    pub runners_up: Vec<RunnerUp>,
    pub findings: Vec<Finding>,
}

impl<'a> Shaft<'a> {
    /// # Errors
    /// Why no stem can be planned in this femur, the end of a sentence.
    pub fn new(
        anatomy: &'a Anatomy,
        hip: &'a Hip,
        catalogue: &Catalogue,
        bone: Option<&TriMesh>,
        settings: &PlanSettings,
    ) -> Result<Self, &'static str> {
        let femur = hip.femur.as_ref().ok_or("too little of the femur is in the scan even for an estimate.")?;
        let canal = Canal::of(hip, femur, bone, settings.fit_from_mm)
            .ok_or("too little of the femoral canal below the lesser trochanter is in the scan to choose a size by.")?;
        let longest_mm = catalogue.stems.iter().map(Stem::tip_mm).fold(0.0, f64::max);
        let axis = canal.axis(settings.fit_from_mm, longest_mm);
        let seat = Seat::new(hip.side, &hip.head.centre, &femur.neck_axis, &axis)
            .ok_or("the neck axis that was measured runs along the shaft axis, or the head lies on it, which no femur has.")?;
        Ok(Self { anatomy, hip, femur, canal, seat })
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
        let change = settings.restore.aim(self.anatomy, side).ok_or(PlanError::OtherSideUnknown { side: side.opposite() })?;
        let aim =
            Aim { change, native_version_deg: self.femur.version_murphy_deg, cup_anteversion_deg: settings.anteversion_deg };
        let stems = Way::all(catalogue, side, &self.seat, &self.canal, settings);
        Ok(Field { pelvis: &self.anatomy.pelvis, hip: self.hip, femur: self.femur, catalogue, cups, stems, aim, settings })
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

    fn estimated(&self) -> bool {
        self.femur.shaft_source == ShaftSource::FittedShapeModel || self.canal.source != CanalSource::Measured
    }

    /// What need not be made ready again for the next stem in this femur.
    pub fn ground(self) -> ShaftGround {
        ShaftGround {
            estimated: self.estimated(),
            more_anteverted_deg: self.seat.more_anteverted_deg(&self.femur.neck_axis),
            canal: self.canal,
            seat: self.seat,
        }
    }
}
