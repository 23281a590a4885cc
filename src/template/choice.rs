//! Which implants, and where on the film.

use super::{
    Figures, FilmPlane, Planned, TemplateError,
    plane::{FilmLine, StemPlace},
};
use crate::{
    implants::{Catalogue, Cup, Head, Stem},
    plan::PlanSettings,
};
use nalgebra::Point2;

/// What a socket is larger than the head in it where its own edge was not clicked, mm in diameter: cartilage on both sides.
const JOINT_SPACE_MM: f64 = 4.0;
/// Where a stem's origin may lie along the shaft, mm up from beside the native head, and the steps in which that is tried.
const LEVELS_MM: std::ops::RangeInclusive<i32> = -80..=10;
/// What a millimetre of missing room weighs against one of leg length: a stem that does not go in is only taken when none does.
const TIGHT_WEIGHT: f64 = 100.0;
/// Levels of the canal beside a stem that it must be held against.
const LEAST_LEVELS: usize = 2;

/// What a person names; the rest is chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Id of the cup.
    pub cup: Option<String>,
    /// Id of the stem.
    pub stem: Option<String>,
    /// Id of the head.
    pub head: Option<String>,
    /// Height of the neck cut above the lesser trochanter along the shaft, on the neck's axis, mm.
    pub resection_mm: Option<f64>,
}

/// What the depth of the stem was chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seating {
    /// The width of the canal together with leg length and offset.
    Canal,
    /// The height of the neck cut that was typed.
    Resection,
    /// Leg length alone: nothing says whether the stem fits there.
    LegLength,
}

/// How the stem fits the canal where it is tightest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Room on each side, mm.
    pub room_mm: f64,
    /// Share of the canal's width that is filled.
    pub fill: f64,
}

/// A neck option and head at the same depth, with what would come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Option2d {
    /// Id of the stem.
    pub stem: String,
    /// Id of the head.
    pub head: String,
    /// Change against the film.
    pub planned: Planned,
    /// What remains of the difference in leg length, or the change itself where it is not known, mm.
    pub leg_length_after_mm: f64,
    /// The same of the global offset, mm.
    pub offset_after_mm: f64,
}

/// Implants in their places.
#[derive(Clone, Debug)]
pub struct Choice<'a> {
    /// The cup.
    pub cup: &'a Cup,
    /// Diameter that was looked for, mm, and whether the socket itself was clicked; `None` for a cup that was named.
    pub cup_for_mm: Option<(f64, bool)>,
    /// Its centre, pixels.
    pub cup_centre: [f64; 2],
    /// The stem.
    pub stem: &'a Stem,
    /// The head.
    pub head: &'a Head,
    /// Where the stem's origin is along the shaft, mm up from beside the native head.
    pub level_mm: f64,
    /// What that was chosen by.
    pub seating: Seating,
    /// How it fits, where the canal was clicked beside it.
    pub fit: Option<Fit>,
    /// Height of the neck cut above the lesser trochanter, mm.
    pub resection_mm: Option<f64>,
    /// Other neck options and heads at this depth, the closest to equal leg length and offset first.
    pub options: Vec<Option2d>,
}

/// What is looked at while choosing.
struct Search<'p> {
    plane: &'p FilmPlane<'p>,
    cup: Point2<f64>,
    leg_length_mm: f64,
    offset_mm: f64,
    /// Levels of the canal, mm up from beside the native head, and its width there, mm.
    canal: Vec<[f64; 2]>,
    clearance_mm: f64,
}

/// Chooses cup, stem, depth and head.
///
/// # Errors
/// When head or shaft were not clicked, something named is not in the catalogue, or there is nothing to choose a stem by.
pub fn choose<'a>(plane: &FilmPlane<'_>, catalogue: &'a Catalogue, wanted: &Wanted) -> Result<Choice<'a>, TemplateError> {
    let side = plane.side;
    let needed = |what: &str| TemplateError::Landmarks(format!("{what} of the {side} hip, which is planned, is needed"));
    let native = plane.head(side).ok_or_else(|| needed("'head' (three or more points on a circle)"))?;
    let shaft = plane.shaft(side).ok_or_else(|| needed("'shaft' (two or more points)"))?;
    let (cup, cup_for_mm) = cup(plane, catalogue, wanted, 2.0 * native.radius)?;
    let clicked = plane.landmarks.of(side).cup_centre.map(|place| plane.mm(place));
    let native = Point2::from(native.centre);
    let cup_centre = clicked.or_else(|| Some(Point2::from(plane.socket()?.centre))).unwrap_or(native);
    let figures = Figures::of(plane);
    let search = Search {
        plane,
        cup: cup_centre,
        leg_length_mm: figures.leg_length().unwrap_or_default(),
        offset_mm: figures.get("global-offset-difference", None).unwrap_or_default(),
        canal: canal(plane, &native, &shaft),
        clearance_mm: PlanSettings::default().cortical_clearance_mm,
    };
    let heads = heads(catalogue, cup, wanted)?;
    let stems = stems(catalogue, wanted)?;
    let trochanter = plane.landmarks.of(side).lesser_trochanter.map(|place| (plane.mm(place) - native).dot(&shaft.up));
    let cut = |stem: &Stem| stem.towards_head().y * stem.resection_mm;
    let fixed = match (wanted.resection_mm, trochanter) {
        (Some(_), None) => return Err(needed("'lesser_trochanter', which --resection is measured from,")),
        (height, trochanter) => height.zip(trochanter).map(|(height, trochanter)| height + trochanter),
    };
    let (stem, head, level_mm, seating) = if search.canal.len() >= LEAST_LEVELS {
        let (stem, head, level) = search.best(&stems, &heads, |stem| fixed.map(|height| height - cut(stem)))?;
        (stem, head, level, if fixed.is_some() { Seating::Resection } else { Seating::Canal })
    } else {
        let (Some(stem), Some(_)) = (stems.first(), &wanted.stem) else { return Err(TemplateError::NoStem) };
        let standard =
            heads.iter().min_by(|a, b| a.offset_mm.abs().total_cmp(&b.offset_mm.abs())).ok_or(TemplateError::NoStem)?;
        match fixed {
            Some(height) => (*stem, *standard, height - cut(stem), Seating::Resection),
            None => (*stem, *standard, search.level_for_leg_length(stem, standard)?, Seating::LegLength),
        }
    };
    let mut options: Vec<Option2d> = Vec::new();
    for other in catalogue.all_stems().filter(|other| other.family == stem.family) {
        let Some(lower_mm) = other.body_shift_mm(stem) else { continue };
        options.extend(catalogue.heads_for(cup).filter_map(|head| search.outcome(other, head, level_mm - lower_mm)));
    }
    options.sort_by(|a, b| a.off_mm().total_cmp(&b.off_mm()));
    Ok(Choice {
        cup,
        cup_for_mm,
        cup_centre: plane.pixels(&cup_centre),
        stem,
        head,
        level_mm,
        seating,
        fit: search.fit(stem, level_mm),
        resection_mm: trochanter.map(|trochanter| level_mm + cut(stem) - trochanter),
        options,
    })
}

impl Option2d {
    /// How far from equal, mm.
    #[must_use]
    pub fn off_mm(&self) -> f64 {
        self.leg_length_after_mm.hypot(self.offset_after_mm)
    }
}

impl Search<'_> {
    fn outcome(&self, stem: &Stem, head: &Head, level_mm: f64) -> Option<Option2d> {
        let centre = StemPlace::at(self.plane, level_mm)?.head(stem, head);
        let planned = Planned::of(self.plane, &self.cup, &centre)?;
        Some(Option2d {
            stem: stem.id.clone(),
            head: head.id.clone(),
            planned,
            leg_length_after_mm: self.leg_length_mm + planned.leg_length_mm,
            offset_after_mm: self.offset_mm + planned.offset_mm,
        })
    }

    /// The stem against the canal at every level beside it; `None` where there are fewer than [`LEAST_LEVELS`].
    fn fit(&self, stem: &Stem, level_mm: f64) -> Option<Fit> {
        let beside: Vec<Fit> = self
            .canal
            .iter()
            .filter_map(|[level, width]| {
                let section = stem.section_at(level_mm - level)?;
                Some(Fit { room_mm: (width - section.width_mm) / 2.0, fill: section.width_mm / width })
            })
            .collect();
        if beside.len() < LEAST_LEVELS { None } else { beside.into_iter().min_by(|a, b| a.room_mm.total_cmp(&b.room_mm)) }
    }

    /// Size, depth and head with the least cost, leg length, offset, unused room and head weighed as in the plan in three dimensions.
    fn best<'a>(
        &self,
        stems: &[&'a Stem],
        heads: &[&'a Head],
        fixed: impl Fn(&Stem) -> Option<f64>,
    ) -> Result<(&'a Stem, &'a Head, f64), TemplateError> {
        let weights = PlanSettings::default().weights;
        let mut best: Option<(f64, &Stem, &Head, f64)> = None;
        for &stem in stems {
            let levels = fixed(stem).map_or_else(|| LEVELS_MM.map(f64::from).collect(), |level| vec![level]);
            for level_mm in levels {
                let Some(fit) = self.fit(stem, level_mm) else { continue };
                let slack = fit.room_mm - self.clearance_mm;
                let room = if slack >= 0.0 { weights.unused_room * slack } else { TIGHT_WEIGHT * (1.0 - slack) };
                for &head in heads {
                    let Some(outcome) = self.outcome(stem, head, level_mm) else { continue };
                    let cost = outcome.off_mm().powi(2) + room.powi(2) + (weights.head_offset * head.offset_mm).powi(2);
                    if best.is_none_or(|(least, ..)| cost < least) {
                        best = Some((cost, stem, head, level_mm));
                    }
                }
            }
        }
        best.map(|(_, stem, head, level)| (stem, head, level)).ok_or_else(|| {
            TemplateError::Landmarks(
                "the levels of 'canal' lie where no stem reaches: click them between the lesser trochanter and 15 cm below"
                    .into(),
            )
        })
    }

    /// The depth at which a head makes the legs equal.
    fn level_for_leg_length(&self, stem: &Stem, head: &Head) -> Result<f64, TemplateError> {
        let beside = self.outcome(stem, head, 0.0).ok_or(TemplateError::NoStem)?;
        // Lifting the stem lengthens the leg by as much.
        Ok(-beside.leg_length_after_mm)
    }
}

/// Levels and widths of the canal of the planned femur, across the shaft.
fn canal(plane: &FilmPlane<'_>, head: &Point2<f64>, shaft: &FilmLine) -> Vec<[f64; 2]> {
    let level = |&[one, other]: &[[f64; 2]; 2]| {
        let [one, other] = [one, other].map(|place| plane.mm(place));
        let across = other - one;
        let middle = nalgebra::center(&one, &other);
        [(middle - head).dot(&shaft.up), (across - shaft.up * across.dot(&shaft.up)).norm()]
    };
    plane.landmarks.of(plane.side).canal.iter().map(level).collect()
}

/// The cup with the diameter that was looked for and whether that is the socket's own.
type Sized2d<'a> = (&'a Cup, Option<(f64, bool)>);

fn cup<'a>(plane: &FilmPlane<'_>, catalogue: &'a Catalogue, wanted: &Wanted, head_mm: f64) -> Result<Sized2d<'a>, TemplateError> {
    let missing = |what: String| TemplateError::NotInCatalogue {
        catalogue: catalogue.title(),
        what,
        there: catalogue.cups.iter().map(|cup| cup.id.as_str()).collect::<Vec<_>>().join(", "),
    };
    if let Some(id) = &wanted.cup {
        return catalogue.cup(id).map(|cup| (cup, None)).ok_or_else(|| missing(format!("cup '{id}'")));
    }
    let socket = plane.socket();
    let native_mm = socket.map_or(head_mm + JOINT_SPACE_MM, |socket| 2.0 * socket.radius);
    let for_mm = native_mm + 2.0 * PlanSettings::default().reaming_mm;
    let away = |cup: &Cup| (cup.outer_diameter_mm - for_mm).abs();
    let nearest = catalogue.cups.iter().min_by(|a, b| away(a).total_cmp(&away(b))).ok_or_else(|| missing("cup".into()))?;
    Ok((nearest, Some((for_mm, socket.is_some()))))
}

fn heads<'a>(catalogue: &'a Catalogue, cup: &Cup, wanted: &Wanted) -> Result<Vec<&'a Head>, TemplateError> {
    let found: Vec<&Head> =
        catalogue.heads_for(cup).filter(|head| wanted.head.as_ref().is_none_or(|id| *id == head.id)).collect();
    if found.is_empty() {
        let named = wanted.head.as_ref().map_or_else(String::new, |id| format!(" called '{id}'"));
        let what = format!("head{named} of {} mm for the cup '{}'", cup.head_diameter_mm, cup.id);
        let there = catalogue.heads.iter().map(|head| head.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(TemplateError::NotInCatalogue { catalogue: catalogue.title(), what, there });
    }
    Ok(found)
}

fn stems<'a>(catalogue: &'a Catalogue, wanted: &Wanted) -> Result<Vec<&'a Stem>, TemplateError> {
    let found: Vec<&Stem> = match &wanted.stem {
        Some(id) => catalogue.stem(id).into_iter().collect(),
        None => catalogue.stems.iter().collect(),
    };
    if found.is_empty() {
        let what = wanted.stem.as_ref().map_or_else(|| "stem".into(), |id| format!("stem '{id}'"));
        let there = catalogue.stems.iter().map(|stem| stem.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(TemplateError::NotInCatalogue { catalogue: catalogue.title(), what, there });
    }
    Ok(found)
}
