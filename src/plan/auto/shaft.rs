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
        Contact, Correction, Junction, Osteotomy, OsteotomyChoice, OsteotomyFault, PieceFit, PlanError, StemPlacement, contact,
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
    pieces: Pieces,
}

/// What an osteotomy makes of the bone, whatever stem is in it.
#[derive(Clone, Copy, Default)]
struct Pieces {
    contact: Option<Contact>,
    removed_ml: Option<f64>,
}

/// An osteotomy that somebody asks for, laid into a femur. It is refused where nothing is known of a canal that is known further up.
///
/// # Errors
/// [`PlanError::Osteotomy`] when it makes no sense, or the femur does not show where it would be.
pub(super) fn typed(
    correction: Correction,
    anatomy: &Anatomy,
    hip: &Hip,
    catalogue: &Catalogue,
    bone: Option<&TriMesh>,
    settings: &PlanSettings,
) -> Result<Osteotomy, PlanError> {
    let osteotomy = Osteotomy::new(correction, hip, bone)?;
    let shaft = |cut| Shaft::new(anatomy, hip, catalogue, bone, settings, cut);
    if shaft(None).is_err() || shaft(Some(&osteotomy)).is_ok() {
        return Ok(osteotomy);
    }
    let fault = OsteotomyFault::ScanEnds { level_mm: correction.level_mm + correction.shortening_mm };
    Err(PlanError::Osteotomy { side: hip.side, fault })
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
            junction: self.bridge.map(|bridge| junction(&bridge, &self.canal, self.pieces(), best.way, field.settings)),
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

    fn pieces(&self) -> Pieces {
        let of = |(bridge, bone): (Bridge, &TriMesh)| {
            let pieces = bridge.osteotomy.pieces(bone, bridge.side).ok();
            let removed_ml = pieces.map(|pieces| pieces.removed.volume_mm3() / 1000.0);
            Pieces { contact: contact(&bridge.osteotomy, self.hip, bone), removed_ml }
        };
        self.bridge.zip(self.bone).map(of).unwrap_or_default()
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
            pieces: self.pieces(),
            canal: self.canal,
            seat: self.seat,
        })
    }
}

impl ShaftGround {
    /// How a stem holds the pieces of the osteotomy together; `None` where the femur is not cut.
    pub fn junction(&self, way: &Way, settings: &PlanSettings) -> Option<Junction> {
        self.aim.bridge.map(|bridge| junction(&bridge, &self.canal, self.pieces, way, settings))
    }
}

fn junction(bridge: &Bridge, canal: &Canal, pieces: Pieces, way: &Way, settings: &PlanSettings) -> Junction {
    let edge = Edge::of(way.stem, bridge.side);
    let fit = |from_mm: f64, to_mm: f64| {
        let fit = edge.fit_between(&way.pose, canal, [from_mm, to_mm]);
        fit.map(|Fit { clearance_mm, fill, .. }| PieceFit { clearance_mm, fill })
    };
    let cut_mm = canal.level_mm(&bridge.osteotomy.frame.origin);
    Junction {
        contact: pieces.contact,
        removed_ml: pieces.removed_ml,
        bridging_mm: bridge.reached_mm(way.stem, &way.pose),
        bridging_asked_mm: bridge.asked_mm,
        above: fit(settings.fit_from_mm, cut_mm),
        below: fit(cut_mm, f64::INFINITY),
    }
}
