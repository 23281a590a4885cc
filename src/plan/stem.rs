//! The stem of the first plan: size, offset, head and depth by what the canal holds and what leg and offset need.

use super::{
    PlanError, PlanSettings, ResectionPlane, StemPlacement,
    canal::{Canal, CanalSource},
    change::Change,
    finding,
};
use crate::{
    anatomy::{Axis, Femur, Finding, Hip, Pelvis, ShaftSource},
    frames::Side,
    implants::{Catalogue, Cup, Head, Stem},
    mesh::TriMesh,
};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};

/// Steps in which the depth of the stem is tried, mm.
const DEPTH_STEP_MM: f64 = 1.0;
/// Steps along the stem at which it is held against the canal, mm.
const LEVEL_STEP_MM: f64 = 4.0;
/// Differences between the two measures of version beyond this are worth a word, degrees.
const VERSION_DEG: f64 = 5.0;
/// What a millimetre of unused room at the tightest place weighs against a millimetre of leg length or offset: a size smaller
/// (half a millimetre) is worth taking for 2 mm.
const SLACK_WEIGHT: f64 = 4.0;
/// What a millimetre of head offset weighs: of two equal plans the one with the standard head is better.
const HEAD_WEIGHT: f64 = 0.2;
/// What a millimetre of missing room weighs when no stem of the catalogue fits.
const TIGHT_WEIGHT: f64 = 100.0;

/// The frame in which a stem is pushed up and down: its axis, the native version, and the native crossing of neck and shaft.
struct Seat {
    side: Side,
    /// Nearest point of the stem axis to the native neck axis.
    crossing: Point3<f64>,
    proximal: Vector3<f64>,
    medial: Vector3<f64>,
}

impl Seat {
    /// `None` when neck and shaft are parallel, or the head lies on the shaft.
    fn new(side: Side, head: &Point3<f64>, neck: &Axis, shaft: &Axis) -> Option<Self> {
        let (n, y) = (neck.direction.into_inner(), shaft.direction.into_inner());
        let medial = across(&(head - shaft.point), &y).try_normalize(1.0)?;
        across(&n, &y).try_normalize(1e-3)?;
        // Both lines' common perpendicular: the foot on the stem axis.
        let between = neck.point - shaft.point;
        let along = (between.dot(&y) - between.dot(&n) * n.dot(&y)) / (1.0 - n.dot(&y).powi(2));
        Some(Self { side, crossing: shaft.point + y * along, proximal: y, medial })
    }

    /// How much more the stem is anteverted than an axis from the head to the shaft, degrees.
    fn more_anteverted_deg(&self, neck: &Axis) -> f64 {
        let native = across(&-neck.direction.into_inner(), &self.proximal);
        let turn = self.proximal.dot(&native.cross(&self.medial)).atan2(native.dot(&self.medial)).to_degrees();
        match self.side {
            Side::Right => -turn,
            Side::Left => turn,
        }
    }

    /// The pose of a stem whose origin lies `depth_mm` distal of the native crossing.
    fn pose(&self, depth_mm: f64) -> Isometry3<f64> {
        // A right stem's −Z points medially; a left one is mirrored in Z before it is placed, so there +Z does.
        let z = match self.side {
            Side::Right => -self.medial,
            Side::Left => self.medial,
        };
        let axes = Matrix3::from_columns(&[self.proximal.cross(&z), self.proximal, z]);
        let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes));
        Isometry3::from_parts(Translation3::from(self.crossing - self.proximal * depth_mm), turn)
    }

    /// A point of a right stem's frame, LPS mm, for a stem at a depth.
    fn lps(&self, depth_mm: f64, local: &Point3<f64>) -> Point3<f64> {
        let anterior = self.proximal.cross(&match self.side {
            Side::Right => -self.medial,
            Side::Left => self.medial,
        });
        self.crossing + anterior * local.x + self.proximal * (local.y - depth_mm) - self.medial * local.z
    }

    /// How a stem at a depth fits: least distance to the canal's circle, mm, and the share of its radius filled there.
    /// `None` when no part of it lies in the known canal.
    fn fit(&self, stem: &Stem, depth_mm: f64, canal: &Canal, from_mm: f64) -> Option<Fit> {
        let start = from_mm.max(canal.known_mm().0);
        let origin_level = canal.level_mm(&self.lps(depth_mm, &Point3::origin()));
        let steps = ((stem.tip_mm() + origin_level - start) / LEVEL_STEP_MM).floor() as i32;
        (0..=steps)
            .filter_map(|step| {
                let distal_mm = start - origin_level + f64::from(step) * LEVEL_STEP_MM;
                let (section, (centre, radius_mm)) =
                    (stem.section_at(distal_mm)?, canal.at(start + f64::from(step) * LEVEL_STEP_MM)?);
                let middle = Point3::new(0.0, -distal_mm, -section.medial_shift_mm);
                let farthest = (0..16)
                    .map(|i| {
                        let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / 16.0).sin_cos();
                        let edge = middle + Vector3::new(section.depth_mm / 2.0 * sin, 0.0, section.width_mm / 2.0 * cos);
                        let from_centre = self.lps(depth_mm, &edge) - centre;
                        across(&from_centre, &self.proximal).norm()
                    })
                    .fold(0.0, f64::max);
                Some(Fit { clearance_mm: radius_mm - farthest, fill: farthest / radius_mm })
            })
            .min_by(|a, b| a.clearance_mm.total_cmp(&b.clearance_mm))
    }
}

/// The part of a vector across an axis.
fn across(vector: &Vector3<f64>, axis: &Vector3<f64>) -> Vector3<f64> {
    vector - axis * vector.dot(axis)
}

/// Room at the tightest place.
#[derive(Clone, Copy)]
struct Fit {
    clearance_mm: f64,
    fill: f64,
}

/// One way to implant, with what speaks against it.
struct Candidate<'a> {
    stem: &'a Stem,
    head: &'a Head,
    depth_mm: f64,
    fit: Fit,
    cost: f64,
}

/// Chooses size, offset option, head and depth, every combination tried.
///
/// The axis is the canal's. The version is the native one as Murphy (1987) defines it: of the line from the shaft to the head's centre,
/// so that the new head stands neither before nor behind the native one; where the neck axis itself is turned otherwise, a finding says so.
/// A stem fits when its sections stay `cortical_clearance_mm`
/// inside the canal from `fit_from_mm` below the lesser trochanter to its tip. Among those that fit the one with the least cost is
/// taken: the squares of the changes of leg length and offset (mm), of the unused room and of the head's offset, weighted.
/// `None` with a finding that says why.
pub(super) fn choose(
    pelvis: &Pelvis,
    hip: &Hip,
    femur: &Femur,
    (cup, cup_centre): (&Cup, &Point3<f64>),
    catalogue: &Catalogue,
    bone: Option<&TriMesh>,
    settings: &PlanSettings,
) -> Result<(Option<StemPlacement>, Vec<Finding>), PlanError> {
    let side = hip.side;
    let left_out = |why: &str| Ok((None, vec![finding("finding-stem-left-out", side, format!("No stem is planned: {why}"))]));
    let missing = |kind: String| PlanError::NothingToImplant { catalogue: catalogue.title(), kind };
    if catalogue.heads_for(cup).next().is_none() {
        return Err(missing(format!("head of {} mm for the cup '{}'", cup.head_diameter_mm, cup.id)));
    }
    let Some(longest_mm) = catalogue.stems.iter().map(Stem::tip_mm).max_by(f64::total_cmp) else {
        return Err(missing("stem".into()));
    };
    let Some(canal) = Canal::of(hip, femur, bone, settings.fit_from_mm) else {
        return left_out("too little of the femoral canal below the lesser trochanter is in the scan to choose a size by.");
    };
    let axis = canal.axis(settings.fit_from_mm, longest_mm);
    let Some(seat) = Seat::new(side, &hip.head.centre, &femur.neck_axis, &axis) else {
        return left_out(
            "the neck axis that was measured runs along the shaft axis, or the head lies on it, which no femur has.",
        );
    };
    let Some(best) = search(&seat, pelvis, hip, femur, (cup, cup_centre), catalogue, &canal, settings) else {
        return left_out("the canal that is known lies beyond the reach of every stem in the catalogue.");
    };
    let towards_head = best.stem.towards_head();
    let pose = seat.pose(best.depth_mm);
    let estimated = femur.shaft_source == ShaftSource::FittedShapeModel || canal.source != CanalSource::Measured;
    let mut placement = StemPlacement {
        stem: best.stem.id.clone(),
        head: best.head.id.clone(),
        pose,
        resection: ResectionPlane { point: Point3::origin(), normal: Vector3::y_axis() },
        estimated,
    };
    placement.resection = ResectionPlane {
        point: placement.lps_point(side, &Point3::from(towards_head * best.stem.resection_mm)),
        normal: nalgebra::Unit::new_normalize(placement.lps_vector(side, &towards_head)),
    };
    let mut findings =
        told(side, &best, &canal, canal.level_mm(&seat.lps(best.depth_mm, &Point3::origin())), estimated, settings);
    let more = seat.more_anteverted_deg(&femur.neck_axis);
    if more.abs() > VERSION_DEG {
        let way = if more > 0.0 { "more" } else { "less" };
        let text = format!(
            "The stem is turned towards the native head's centre (version after Murphy); that is {:.0}° {way} anteversion than the native neck axis has, which passes beside the shaft axis.",
            more.abs()
        );
        findings.push(finding("finding-stem-version", side, text).with("more", format!("{more:+.0}")));
    }
    Ok((Some(placement), findings))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one question: which combination of all is best")]
fn search<'a>(
    seat: &Seat,
    pelvis: &Pelvis,
    hip: &Hip,
    femur: &Femur,
    (cup, cup_centre): (&Cup, &Point3<f64>),
    catalogue: &'a Catalogue,
    canal: &Canal,
    settings: &PlanSettings,
) -> Option<Candidate<'a>> {
    let steps = (settings.depth_range_mm / DEPTH_STEP_MM).round() as i32;
    let mut best: Option<Candidate<'a>> = None;
    for stem in &catalogue.stems {
        for depth_mm in (-steps..=steps).map(|step| f64::from(step) * DEPTH_STEP_MM) {
            let Some(fit) = seat.fit(stem, depth_mm, canal, settings.fit_from_mm) else { continue };
            let slack = fit.clearance_mm - settings.cortical_clearance_mm;
            let room = if slack >= 0.0 { SLACK_WEIGHT * slack } else { TIGHT_WEIGHT * (1.0 - slack) };
            for head in catalogue.heads_for(cup) {
                let change = Change::of(pelvis, hip, femur, cup_centre, &seat.lps(depth_mm, &stem.head_centre(head)));
                let parts = [change.leg_length_mm, change.offset_mm, room, HEAD_WEIGHT * head.offset_mm];
                let cost = parts.iter().map(|part| part * part).sum();
                if best.as_ref().is_none_or(|best| cost < best.cost) {
                    best = Some(Candidate { stem, head, depth_mm, fit, cost });
                }
            }
        }
    }
    best
}

fn told(
    side: Side,
    best: &Candidate,
    canal: &Canal,
    origin_level_mm: f64,
    estimated: bool,
    settings: &PlanSettings,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let id = &best.stem.id;
    if estimated {
        let text =
            format!("The stem '{id}' is an estimate: it was sized by {}. Do not choose an implant by it.", canal.source.told());
        findings.push(finding("finding-stem-estimated", side, text));
    }
    if best.fit.clearance_mm < settings.cortical_clearance_mm {
        let text = format!(
            "The canal is too narrow for every stem in the catalogue: '{id}' lacks {:.1} mm at the tightest place.",
            settings.cortical_clearance_mm - best.fit.clearance_mm
        );
        let lacking = format!("{:.1}", settings.cortical_clearance_mm - best.fit.clearance_mm);
        findings.push(finding("finding-canal-narrow", side, text).with("stem", id).with("lacking", lacking));
    } else if best.fit.fill < settings.fill_target {
        let text = format!(
            "The stem '{id}' fills {:.0} % of the canal's width where it is tightest, {:.0} % were aimed at.",
            100.0 * best.fit.fill,
            100.0 * settings.fill_target
        );
        let [fill, target] = [best.fit.fill, settings.fill_target].map(|share| format!("{:.0}", 100.0 * share));
        findings.push(finding("finding-canal-wide", side, text).with("stem", id).with("fill", fill).with("target", target));
    }
    let (tip_mm, known_mm) = (origin_level_mm + best.stem.tip_mm(), canal.known_mm().1);
    if tip_mm > known_mm + LEVEL_STEP_MM {
        let text = format!(
            "The stem's tip lies {tip_mm:.0} mm below the lesser trochanter, but the canal is known only to {known_mm:.0} mm: further down the fit is not checked."
        );
        let unseen = finding("finding-stem-tip-unseen", side, text);
        findings.push(unseen.with("tip", format!("{tip_mm:.0}")).with("known", format!("{known_mm:.0}")));
    }
    findings
}
