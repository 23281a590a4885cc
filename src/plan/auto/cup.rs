//! All ways to put the cups of a catalogue into a socket, and what speaks against each.

use super::{
    centre::Centre,
    restore::has_left_socket,
    settings::{PlanSettings, Weights},
    term::{Cost, Term, TermKind},
};
use crate::{
    anatomy::{CupAngles, Hip, Pelvis},
    frames::Side,
    implants::{Catalogue, Cup, Liner},
    mesh::TriMesh,
    plan::{CupPlacement, Dome, LinerPlacement, PlanError, room::SocketBone},
};
use nalgebra::{Point3, Unit, Vector3};
use std::f64::consts::{FRAC_PI_4, FRAC_PI_8, TAU};

/// Steps in which the centre is tried, mm.
const SHIFT_STEP_MM: f64 = 1.0;
/// Steps in which a high centre is tried, mm.
pub(super) const HIGH_STEP_MM: f64 = 2.0;
/// How far a high centre may lie to the front, the back and the sides, mm.
const HIGH_ASIDE_MM: f64 = 4.0;

/// One cup somewhere.
#[derive(Clone)]
pub(super) struct CupWay<'a> {
    pub cup: &'a Cup,
    /// `None` for a cup that states its usual liner itself, or has none.
    pub liner: Option<&'a Liner>,
    /// Of the shell.
    pub centre: Point3<f64>,
    /// Of the bearing: further out where the liner puts it there.
    pub bearing: Point3<f64>,
    /// `None` when no hip bone was given.
    pub coverage: Option<f64>,
    /// Bone that remains medially, mm; `None` when it could not be measured.
    pub medial_wall_mm: Option<f64>,
    /// How much higher than the true socket a high centre of a dislocated hip is, mm: the leg is not made longer to make up for it.
    pub high_mm: f64,
    pub terms: Vec<Term>,
}

impl CupWay<'_> {
    /// Diameter of the heads that go into it, mm.
    pub fn head_diameter_mm(&self) -> f64 {
        self.liner.map_or(self.cup.head_diameter_mm, |liner| liner.head_diameter_mm)
    }

    /// What speaks against it in a socket whose radius is so much larger than measured.
    pub fn terms_off_by(&self, larger_mm: f64, weights: &Weights) -> Vec<Term> {
        let off = |term: &Term| match term.kind {
            TermKind::CupSize => {
                let value = term.value - 2.0 * larger_mm;
                Term::new(TermKind::CupSize, value, value.abs(), weights.cup_size)
            }
            _ => *term,
        };
        self.terms.iter().map(off).collect()
    }
}

/// What a cup costs where it is, but for its size.
fn besides_size(way: &CupWay) -> f64 {
    way.terms.iter().filter(|term| term.kind != TermKind::CupSize).map(|term| term.cost).sum()
}

/// What is asked of a socket's bone, and what of its walls: made ready once for all the cups that are tried in it.
#[derive(Clone)]
pub(super) struct Ground {
    bone: Option<SocketBone>,
    asked_mm: [f64; 2],
}

/// How much bone there is where a cup is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Around {
    /// Part of the cup that bone covers, 0 to 1; `None` when no hip bone was given.
    pub coverage: Option<f64>,
    /// Distances from the centre to the far sides of the medial, the anterior and the posterior wall, mm.
    pub ends: [Option<f64>; 3],
}

/// A socket for which a cup is wanted.
pub(super) struct Socket<'a> {
    hip: &'a Hip,
    axis: Unit<Vector3<f64>>,
    /// Medial, anterior and posterior (the latter two half medial), superior: unit vectors.
    medial: Unit<Vector3<f64>>,
    walls: [Unit<Vector3<f64>>; 2],
    aside: [Vector3<f64>; 3],
    bone: Option<SocketBone>,
    settings: &'a PlanSettings,
    /// Thickness that is asked of the anterior and the posterior wall, mm.
    asked_mm: [f64; 2],
    /// The outer diameter that the socket asks for, mm.
    pub wanted_mm: f64,
    /// The one in the catalogue that comes nearest, mm.
    pub nearest_mm: f64,
}

/// The best of several cups by themselves, in a socket whose radius is so much larger than measured.
pub(super) fn best<'w, 'c>(ways: &'w [CupWay<'c>], larger_mm: f64, settings: &PlanSettings) -> Option<&'w CupWay<'c>> {
    let cost = |way: &CupWay| Cost::of(&way.terms_off_by(larger_mm, &settings.weights));
    ways.iter().min_by(|a, b| cost(a).total_cmp(&cost(b)))
}

impl<'a> Socket<'a> {
    pub fn new(pelvis: &Pelvis, hip: &'a Hip, bone: Option<&TriMesh>, settings: &'a PlanSettings) -> Self {
        let bone = bone.filter(|mesh| !mesh.is_empty()).map(SocketBone::new);
        let mut socket = Self::on(pelvis, hip, Ground { bone, asked_mm: [settings.wall_mm; 2] }, settings);
        let native = socket.ends(&hip.acetabulum.sphere.centre);
        for (asked, end) in socket.asked_mm.iter_mut().zip(&native[1..]) {
            *asked = end.map_or(*asked, |end| asked.min((end - hip.acetabulum.sphere.radius_mm).max(0.0)));
        }
        socket
    }

    /// The same socket again, on ground that was made ready before.
    pub fn on(pelvis: &Pelvis, hip: &'a Hip, ground: Ground, settings: &'a PlanSettings) -> Self {
        let angles = CupAngles { inclination_deg: settings.inclination_deg, anteversion_deg: settings.anteversion_deg };
        let app = &pelvis.app;
        let medial = app.right().into_inner() * hip.side.lps_sign();
        let (anterior, superior) = (app.anterior().into_inner(), app.superior().into_inner());
        Self {
            hip,
            axis: angles.axis(app, hip.side),
            medial: Unit::new_unchecked(medial),
            walls: [anterior, -anterior].map(|way| Unit::new_normalize(way + medial)),
            aside: [medial, anterior, superior],
            bone: ground.bone,
            settings,
            asked_mm: ground.asked_mm,
            wanted_mm: 2.0 * (hip.acetabulum.sphere.radius_mm + settings.reaming_mm),
            nearest_mm: f64::NAN,
        }
    }

    /// What the next socket on this bone need not make ready again.
    pub fn ground(&self) -> Ground {
        Ground { bone: self.bone.clone(), asked_mm: self.asked_mm }
    }

    /// Another axis for the cup than the one that is aimed at.
    pub fn facing(mut self, axis: Unit<Vector3<f64>>) -> Self {
        self.axis = axis;
        self
    }

    /// The side of the hip.
    pub const fn side(&self) -> Side {
        self.hip.side
    }

    /// The best place for each size from one larger than the socket asks for down to the smallest that is allowed, best first.
    ///
    /// # Errors
    /// When the catalogue has no cup.
    pub fn ways<'c>(&mut self, catalogue: &'c Catalogue) -> Result<Vec<CupWay<'c>>, PlanError> {
        let missing = || PlanError::NothingToImplant { catalogue: catalogue.title(), kind: "cup".into() };
        let families = catalogue.cups.chunk_by(|a, b| a.family == b.family);
        let near = families.filter_map(|cups| {
            let nearest = (0..cups.len()).min_by(|&a, &b| self.away_mm(&cups[a]).total_cmp(&self.away_mm(&cups[b])))?;
            let from = nearest.saturating_sub(self.settings.smaller_cups);
            Some(&cups[from..(nearest + 2).min(cups.len())])
        });
        let cups: Vec<(&Cup, Option<&Liner>)> = near.flatten().map(|cup| (cup, catalogue.usual_liner(cup))).collect();
        self.nearest_mm = self.nearest(catalogue).ok_or_else(missing)?.reamed_diameter_mm();
        let mut ways = self.ways_at(&cups, self.hip.acetabulum.sphere.centre);
        if let Some(centres) = self.centres_to_try(&ways) {
            // The native place is no candidate where a high one is asked for.
            if let (Centre::High, Some(first)) = (self.settings.centre, centres.first()) {
                ways = self.ways_at(&cups, *first);
            }
            for centre in centres {
                // Whatever a place is like, its distance costs this much: from there on nothing can be won.
                let shift = (centre - self.hip.acetabulum.sphere.centre).norm() * self.settings.weights.cup_shift;
                if ways.iter().all(|way| !way.terms.iter().any(|term| term.hard) && besides_size(way) <= shift.powi(2)) {
                    break;
                }
                for (best, way) in ways.iter_mut().zip(self.ways_at(&cups, centre)) {
                    if Cost::of(&way.terms).less_than(&Cost::of(&best.terms)) {
                        *best = way;
                    }
                }
            }
        }
        ways.sort_by(|a, b| Cost::of(&a.terms).total_cmp(&Cost::of(&b.terms)));
        // What is told of a cup is asked of more of the bone.
        Ok(ways.into_iter().map(|way| self.way(way.cup, way.liner, way.centre, self.around(way.cup, &way.centre))).collect())
    }

    /// Which cup of the catalogue comes nearest to what the socket asks for.
    pub fn nearest<'c>(&self, catalogue: &'c Catalogue) -> Option<&'c Cup> {
        catalogue.cups.iter().min_by(|a, b| self.away_mm(a).total_cmp(&self.away_mm(b)))
    }

    fn away_mm(&self, cup: &Cup) -> f64 {
        (cup.reamed_diameter_mm() - self.wanted_mm).abs()
    }

    /// The bone about a cup whose shell has its centre there, as it is told.
    pub fn around(&self, cup: &Cup, centre: &Point3<f64>) -> Around {
        let coverage = |bone: &SocketBone| bone.coverage(centre, &self.axis, cup.reamed_diameter_mm() / 2.0);
        let (coverage, ends) = rayon::join(|| self.bone.as_ref().map(coverage), || self.ends(centre));
        Around { coverage, ends }
    }

    /// What lacks over a cup whose shell has its centre there; `None` when no hip bone was given.
    pub fn dome(&self, cup: &Cup, centre: &Point3<f64>) -> Option<Dome> {
        let [_, anterior, superior] = &self.aside;
        let (radius_mm, depth_mm) = (cup.reamed_diameter_mm() / 2.0, self.settings.graft_depth_mm);
        let over = |bone| Dome::in_bone((centre, &self.axis), radius_mm, self.hip.side, [superior, anterior], bone, depth_mm);
        self.bone.as_ref().map(over)
    }

    /// Places other than the native one from the nearest on, when any size lacks anything there: otherwise every other place costs more.
    fn centres_to_try(&self, at_home: &[CupWay]) -> Option<Vec<Point3<f64>>> {
        let lacks = |way: &CupWay, high: bool| {
            let counts = |kind| if high { kind == TermKind::CupCoverage } else { kind != TermKind::CupSize };
            way.terms.iter().any(|term| counts(term.kind) && term.excess > 0.0)
        };
        let asked = self.settings.centre;
        if asked != Centre::High {
            self.bone.as_ref().filter(|_| at_home.iter().any(|way| lacks(way, false)))?;
        }
        let native = self.hip.acetabulum.sphere.centre;
        let place = |[medial, anterior, superior]: [f64; 3]| {
            native + self.aside[0] * medial + self.aside[1] * anterior + self.aside[2] * superior
        };
        let reach = self.settings.cup_shift_mm;
        let steps = |reach: f64, step: f64| {
            let count = (reach / step).floor() as i32;
            (-count..=count).map(move |i| f64::from(i) * step)
        };
        let cube = |reach: f64, step: f64| {
            steps(reach, step).flat_map(move |x| steps(reach, step).flat_map(move |y| steps(reach, step).map(move |z| [x, y, z])))
        };
        let near = cube(reach, SHIFT_STEP_MM).filter(|at| Vector3::from(*at).norm() <= reach);
        let mut centres: Vec<Point3<f64>> = if asked == Centre::High { Vec::new() } else { near.map(place).collect() };
        let high = match asked {
            Centre::Automatic => at_home.iter().all(|way| lacks(way, true)),
            Centre::TrueSocket => false,
            Centre::High => true,
        };
        if high {
            let heights = (1..).map(|i| reach + f64::from(i) * HIGH_STEP_MM);
            for height in heights.take_while(|height| *height <= reach + self.settings.high_centre_mm) {
                let plane =
                    steps(HIGH_ASIDE_MM, HIGH_STEP_MM).flat_map(|x| steps(HIGH_ASIDE_MM, HIGH_STEP_MM).map(move |y| [x, y]));
                centres.extend(plane.map(|[x, y]| place([x, y, height])));
            }
        }
        centres.sort_by(|a, b| (a - native).norm().total_cmp(&(b - native).norm()));
        Some(centres)
    }

    /// Distances from a centre to the far sides of the medial, the anterior and the posterior wall, mm.
    fn ends(&self, centre: &Point3<f64>) -> [Option<f64>; 3] {
        let radius_mm = self.hip.acetabulum.sphere.radius_mm;
        let end = |direction, half_angle| self.bone.as_ref()?.wall_end_mm(centre, direction, half_angle, radius_mm);
        [end(&self.medial, FRAC_PI_4), end(&self.walls[0], FRAC_PI_8), end(&self.walls[1], FRAC_PI_8)]
    }

    /// Cups of several sizes with their centres at one place.
    fn ways_at<'c>(&self, cups: &[(&'c Cup, Option<&'c Liner>)], centre: Point3<f64>) -> Vec<CupWay<'c>> {
        let radii: Vec<f64> = cups.iter().map(|(cup, _)| cup.reamed_diameter_mm() / 2.0).collect();
        let coverage = self.bone.as_ref().map(|bone| bone.coverages(&centre, &self.axis, &radii));
        let ends = self.ends(&centre);
        let around = |at: usize| Around { coverage: coverage.as_ref().map(|parts| parts[at]), ends };
        cups.iter().enumerate().map(|(at, (cup, liner))| self.way(cup, *liner, centre, around(at))).collect()
    }

    /// A cup with so much bone around its shell, whose centre this is.
    pub fn way<'c>(&self, cup: &'c Cup, liner: Option<&'c Liner>, centre: Point3<f64>, around: Around) -> CupWay<'c> {
        let Around { coverage, ends } = around;
        let (settings, weights) = (self.settings, &self.settings.weights);
        let shift_mm = (centre - self.hip.acetabulum.sphere.centre).norm();
        let larger_mm = cup.reamed_diameter_mm() - self.wanted_mm;
        let [medial, anterior, posterior] = ends.map(|end| end.map(|end| end - cup.reamed_diameter_mm() / 2.0));
        let mut terms = vec![
            Term::new(TermKind::CupSize, larger_mm, larger_mm.abs(), weights.cup_size),
            Term::new(TermKind::CupShift, shift_mm, shift_mm, weights.cup_shift),
        ];
        terms.extend(coverage.map(|part| {
            Term::at_least(TermKind::CupCoverage, 100.0 * part, 100.0 * settings.coverage_goal, weights.cup_coverage)
        }));
        let walls = [
            (TermKind::MedialWall, medial, settings.medial_wall_mm),
            (TermKind::AnteriorWall, anterior, self.asked_mm[0]),
            (TermKind::PosteriorWall, posterior, self.asked_mm[1]),
        ];
        for (kind, wall, asked) in walls {
            terms.extend(
                wall.map(|mm| Term::at_least(kind, mm, asked, weights.wall).hard_if(kind == TermKind::MedialWall && mm < 0.0)),
            );
        }
        let bearing = centre + self.axis.into_inner() * liner.map_or(0.0, |liner| liner.lateral_mm);
        let height_mm = (centre - self.hip.acetabulum.sphere.centre).dot(&self.aside[2]);
        let high = has_left_socket(self.hip) && height_mm > settings.cup_shift_mm + 1e-6;
        let high_mm = if high { height_mm } else { 0.0 };
        CupWay { cup, liner, centre, bearing, coverage, medial_wall_mm: medial, high_mm, terms }
    }

    /// A way as a plan holds it.
    pub fn placement(&self, way: &CupWay) -> CupPlacement {
        let liner = way.liner.map(|liner| LinerPlacement { liner: liner.id.clone(), towards: self.lip() });
        CupPlacement { cup: way.cup.id.clone(), centre: way.bearing, axis: self.axis, liner, bone_coverage: way.coverage }
    }

    /// Where a lip points, across the cup's axis.
    fn lip(&self) -> Unit<Vector3<f64>> {
        let across = |way: &Vector3<f64>| way - self.axis.into_inner() * self.axis.dot(way);
        let twelve = Unit::new_normalize(across(&self.aside[2]));
        // At right angles to both, on the side of the front.
        let beside = twelve.cross(&self.axis);
        let three = if beside.dot(&self.aside[1]) < 0.0 { -beside } else { beside };
        // Liners are locked in so many positions.
        let positions = f64::from(Liner::POSITIONS);
        let position = (self.settings.lip_hour / 12.0 * positions).round();
        let (sin, cos) = (position / positions * TAU).sin_cos();
        Unit::new_normalize(twelve.into_inner() * cos + three * sin)
    }
}
