//! The least turn that one surface still has before it touches another, along a path of it, by branch and bound over the path and both trees.
//!
//! Whatever could hold a lesser value is halved: the stretch of the path where the femur's turn leaves most open, else the larger ball. So
//! the answer is certain to the stated slack, everywhere on the path and not only at samples of it.

use super::{
    between::between,
    lean,
    meeting::{Meeting, Placing, nearest_last},
    triangle::{self, Triangle},
    way::{Stretch, Stretches, Way},
    work::{Undecided, Work},
};
use crate::motion::joint;
use nalgebra::{Point3, Vector3};

/// A value this much above a known one may be the known one itself, rounded.
const ROUNDING: f64 = 1e-9;

/// Where two surfaces come closest along a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closest {
    /// Value of the measure.
    pub value: f64,
    /// Leg of the path and part of it.
    pub leg: usize,
    pub part: f64,
    /// Points of the moving and the fixed surface there, LPS mm.
    pub points: [Point3<f64>; 2],
}

#[derive(Clone, Copy)]
enum Part {
    Node(u32),
    /// By its number among the pieces that were made.
    Piece(u32),
}

/// A part with its ball, relative to the joint's centre.
#[derive(Clone, Copy)]
struct Side {
    part: Part,
    centre: Vector3<f64>,
    radius_mm: f64,
    leaf: bool,
}

struct Item {
    stretch: u32,
    sides: [Side; 2],
    bound: f64,
}

struct Search<'a> {
    meeting: &'a Meeting<'a>,
    placing: Placing,
    /// Of triangles, relative to the joint's centre, the moving ones before they turn.
    pieces: Vec<Triangle>,
    /// The least lean that some pair is known to have.
    known: f64,
    work: &'a mut Work,
}

/// The least lean below `below` radians along a path, to 0.5° and 10 %.
pub(super) fn least(meeting: &Meeting<'_>, way: &dyn Way, below: f64, work: &mut Work) -> Result<Option<Closest>, Undecided> {
    let mut search = Search {
        meeting,
        placing: Placing::new(&meeting.start, &meeting.centre),
        pieces: Vec::new(),
        known: f64::INFINITY,
        work,
    };
    search.run(way, below)
}

impl Search<'_> {
    fn run(&mut self, way: &dyn Way, below: f64) -> Result<Option<Closest>, Undecided> {
        let mut stretches = Stretches::new(way);
        let mut found = None;
        self.known = below;
        let mut stack: Vec<Item> = Vec::with_capacity(256);
        let roots = [self.side(true, 0), self.side(false, 0)];
        // Keyframes come first: there the answer often is, and it is exact.
        for number in 0..stretches.count() {
            stack.extend(self.weigh(&stretches, number, roots));
        }
        while let Some(item) = stack.pop() {
            if lean::settled(item.bound, self.known) {
                continue;
            }
            self.work.check()?;
            let stretch = *stretches.get(item.stretch);
            let [a, b] = &item.sides;
            if a.leaf && b.leaf {
                let Some([moving, fixed]) = self.triangles(&item.sides) else { continue };
                let turned = moving.map(|p| Point3::from(joint::turned(&stretch.rotation, &p.coords)));
                let again = matches!([a.part, b.part], [Part::Piece(_), _] | [_, Part::Piece(_)]);
                if let Some((value, points)) = lean::value(&turned, &fixed, self.known + ROUNDING, again) {
                    self.known = value.min(self.known);
                    let points = points.map(|p| self.meeting.centre + p.coords);
                    found = Some(Closest { value, leg: stretch.leg, part: stretch.middle(), points });
                }
                if lean::settled(item.bound, self.known) || !lean::may_meet(&turned, &fixed) {
                    continue;
                }
            }
            // What leaves most open is halved: the path, or the larger ball.
            let way_mm = stretch.half_turn_rad * (a.centre.norm() + a.radius_mm);
            let children: [Option<Item>; 2] = if way_mm > 0.0 && way_mm >= a.radius_mm.max(b.radius_mm) {
                stretches.halves(item.stretch).map(|half| self.weigh(&stretches, half, item.sides))
            } else if b.leaf && !a.leaf || (a.leaf == b.leaf && a.radius_mm >= b.radius_mm) {
                self.halves(true, a).map(|half| self.weigh(&stretches, item.stretch, [half, *b]))
            } else {
                self.halves(false, b).map(|half| self.weigh(&stretches, item.stretch, [*a, half]))
            };
            nearest_last(&mut stack, children, |item| item.bound);
        }
        Ok(found)
    }

    fn side(&self, moving: bool, index: u32) -> Side {
        let meeting = self.meeting;
        let node = if moving { &meeting.moving.nodes[index as usize] } else { &meeting.fixed.nodes[index as usize] };
        let centre = if moving { self.placing.apply(&node.centre) } else { node.centre - meeting.centre };
        Side { part: Part::Node(index), centre, radius_mm: node.radius_mm, leaf: node.leaf }
    }

    fn halves(&mut self, moving: bool, side: &Side) -> [Side; 2] {
        let tree = if moving { self.meeting.moving } else { self.meeting.fixed };
        let piece = match &side.part {
            Part::Node(index) if !side.leaf => {
                return [index + 1, tree.nodes[*index as usize].link].map(|child| self.side(moving, child));
            }
            part => self.corners(moving, part),
        };
        triangle::halves(&piece).map(|half| {
            let (centre, radius_mm) = triangle::ball(&half);
            self.pieces.push(half);
            Side { part: Part::Piece(self.pieces.len() as u32 - 1), centre: centre.coords, radius_mm, leaf: true }
        })
    }

    fn corners(&self, moving: bool, part: &Part) -> Triangle {
        let meeting = self.meeting;
        match part {
            Part::Piece(number) => self.pieces[*number as usize],
            Part::Node(index) if moving => {
                let link = meeting.moving.nodes[*index as usize].link;
                meeting.moving.triangles[link as usize].map(|p| Point3::from(self.placing.apply(&p)))
            }
            Part::Node(index) => {
                let link = meeting.fixed.nodes[*index as usize].link;
                meeting.fixed.triangles[link as usize].map(|p| Point3::from(p - meeting.centre))
            }
        }
    }

    /// Triangles of two leaves, the moving one before it turns; `None` when the fixed one does not count.
    fn triangles(&self, [a, b]: &[Side; 2]) -> Option<[Triangle; 2]> {
        if let (Part::Node(index), Some(gone)) = (b.part, self.meeting.gone) {
            let link = self.meeting.fixed.nodes[index as usize].link;
            if !gone.spares(&self.meeting.fixed.triangles[link as usize]) {
                return None;
            }
        }
        Some([self.corners(true, &a.part), self.corners(false, &b.part)])
    }

    fn weigh(&mut self, stretches: &Stretches<'_>, stretch: u32, sides: [Side; 2]) -> Option<Item> {
        self.work.step();
        let meeting = self.meeting;
        if let [Part::Node(a), Part::Node(b)] = [sides[0].part, sides[1].part] {
            if !meeting.shells[0].may_meet(a, meeting.shells[1], b) {
                return None;
            }
            if meeting.gone.is_some_and(|gone| gone.holds_ball(&meeting.fixed.nodes[b as usize])) {
                return None;
            }
        }
        let along = stretches.get(stretch);
        let [a, b] = &sides;
        let (turned, radii) = (joint::turned(&along.rotation, &a.centre), [a.radius_mm, b.radius_mm]);
        let bound = lean::bound(&turned, &b.centre, radii, along.half_turn_rad);
        (!lean::settled(bound, self.known)).then_some(Item { stretch, sides, bound })
    }
}

/// Where on a path two surfaces that are apart at its beginning first touch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contact {
    pub leg: usize,
    pub part: f64,
    /// LPS mm.
    pub point: Point3<f64>,
}

/// Stretches in which the femur turns by less than this are not halved any more, radians (0.02°): at their ends and in their middle the
/// surfaces are looked at. What touches and parts again within one, 0.03 mm at 100 mm from the centre, is not seen.
const SHORTEST_RAD: f64 = 0.02 * std::f64::consts::PI / 180.0;

/// The first contact along a path.
pub(super) fn first_contact(meeting: &Meeting<'_>, way: &dyn Way, work: &mut Work) -> Result<Option<Contact>, Undecided> {
    for leg in 0..way.legs() {
        let mut open = vec![Stretch::new(way, leg, 0.0, 1.0)];
        while let Some(stretch) = open.pop() {
            work.check()?;
            if certainly_free(meeting, &stretch, work) {
                continue;
            }
            if 2.0 * stretch.half_turn_rad > SHORTEST_RAD {
                let [first, second] = stretch.halves(way);
                open.extend([second, first]);
                continue;
            }
            for part in [stretch.from, stretch.middle(), stretch.to] {
                if let Some(point) = meeting.crossing(&meeting.placed(&way.rotation(leg, part)), work) {
                    return Ok(Some(Contact { leg, part, point }));
                }
            }
        }
    }
    Ok(None)
}

/// True when no two parts of the surfaces can touch anywhere on a stretch.
fn certainly_free(meeting: &Meeting<'_>, stretch: &Stretch, work: &mut Work) -> bool {
    let pose = meeting.placed(&stretch.rotation);
    let placing = Placing::new(&pose, &meeting.centre);
    let mut open = vec![[0u32, 0]];
    while let Some([i, j]) = open.pop() {
        work.step();
        let (a, b) = (&meeting.moving.nodes[i as usize], &meeting.fixed.nodes[j as usize]);
        if !meeting.shells[0].may_meet(i, meeting.shells[1], j) || meeting.gone.is_some_and(|gone| gone.holds_ball(b)) {
            continue;
        }
        let turned = placing.apply(&a.centre);
        let way_mm = stretch.half_turn_rad * (turned.norm() + a.radius_mm);
        if (turned - (b.centre - meeting.centre)).norm() > a.radius_mm + b.radius_mm + way_mm {
            continue;
        }
        if a.leaf && b.leaf {
            let corners = meeting.corners(&placing, [a.link, b.link]);
            let lever = |moving: &Triangle| moving.iter().map(|p| p.coords.norm()).fold(0.0, f64::max);
            let reach = |moving: &Triangle| stretch.half_turn_rad * lever(moving);
            if corners.is_some_and(|[moving, fixed]| between(&moving, &fixed).0 <= reach(&moving)) {
                return false;
            }
        } else if b.leaf || (!a.leaf && a.radius_mm >= b.radius_mm) {
            open.extend([[a.link, j], [i + 1, j]]);
        } else {
            open.extend([[i, b.link], [i, j + 1]]);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            clearance::Approach,
            nearness::Nearness,
            sweep::Surface,
            tree::{BallTree, Shells},
            work::MOST,
        },
        *,
    };
    use crate::{implants::geometry::revolve, mesh::TriMesh};
    use nalgebra::{Isometry3, Matrix3, Rotation3};
    use std::f64::consts::PI;

    /// A ball of facets, at most 0.01 mm inside the true one up to 7 mm.
    fn ball(centre: Point3<f64>, radius: f64) -> TriMesh {
        let profile: Vec<_> = (0..=35).map(|i| f64::from(i) * PI / 35.0).map(|a| (radius * a.sin(), -radius * a.cos())).collect();
        revolve(&profile, 70).transformed(&Isometry3::translation(centre.x, centre.y, centre.z))
    }

    fn tree(mesh: &TriMesh) -> BallTree {
        BallTree::new((0..mesh.triangles.len()).map(|t| mesh.corners(t))).unwrap()
    }

    fn with<T>(moving: &TriMesh, fixed: &TriMesh, ask: impl FnOnce(&Meeting<'_>) -> T) -> T {
        let (moving, fixed) = (tree(moving), tree(fixed));
        let shells = [&moving, &fixed].map(|tree| Shells::new(tree, &Point3::origin()));
        let (start, centre) = (Isometry3::identity(), Point3::origin());
        ask(&Meeting { moving: &moving, start, fixed: &fixed, centre, gone: None, shells: shells.each_ref() })
    }

    /// Turns about z, then about x.
    struct Legs(f64, f64);

    impl Way for Legs {
        fn legs(&self) -> usize {
            2
        }
        fn rotation(&self, leg: usize, part: f64) -> Matrix3<f64> {
            let about_z = Rotation3::from_axis_angle(&Vector3::z_axis(), self.0 * if leg == 0 { part } else { 1.0 });
            let about_x = Rotation3::from_axis_angle(&Vector3::x_axis(), self.1 * if leg == 0 { 0.0 } else { part });
            (about_x * about_z).into_inner()
        }
        fn turn_rad(&self, leg: usize) -> f64 {
            if leg == 0 { self.0.abs() } else { self.1.abs() }
        }
    }

    /// A ball on a lever passes a ball beside its path: distance and least turn between the keyframes are those of the formulas.
    #[test]
    fn the_nearest_place_lies_between_keyframes_where_the_formula_says() {
        let (a, b) = (Point3::new(40.0, 0.0, 0.0), Point3::new(30.0, 33.0, 16.0));
        let (moving, fixed) = (ball(a, 6.0), ball(b, 7.0));
        let way = Legs(1.6, 0.9);
        let at = |leg, part| way.rotation(leg, part) * a.coords;
        let places = (0..2).flat_map(|leg| (0..=2000).map(move |i| (leg, f64::from(i) / 2000.0)));
        let gap_mm = places.clone().map(|(leg, part)| (at(leg, part) - b.coords).norm() - 13.0).fold(f64::INFINITY, f64::min);
        let reach = ((1600.0 + b.coords.norm_squared() - 169.0) / (2.0 * 40.0 * b.coords.norm())).acos();
        let lean_rad = places.map(|(leg, part)| at(leg, part).angle(&b.coords) - reach).fold(f64::INFINITY, f64::min);
        assert!(gap_mm > 1.0 && lean_rad > 0.02, "{gap_mm} {lean_rad}");
        let gap = with(&moving, &fixed, |meeting| nearest(meeting, &way)).0.unwrap();
        assert!(gap.distance_mm > gap_mm - 1e-3 && gap.distance_mm < gap_mm * 1.1 + 0.15, "{gap:?} instead of {gap_mm}");
        assert_eq!(gap.leg, 0);
        let lean = with(&moving, &fixed, |meeting| least(meeting, &way, PI, &mut Work::any())).unwrap();
        let (lean, slack) = (lean.unwrap(), 0.6_f64.to_radians());
        let near = lean.value > lean_rad - 1e-4 && lean.value < lean_rad * 1.1 + slack;
        assert!(near, "{lean:?} instead of {lean_rad}");
    }

    #[test]
    fn first_contact_is_where_the_formula_says_and_a_dip_between_keyframes_is_seen() {
        // About z through 2 rad; the balls touch on the way and are far apart at both ends.
        let (a, b) = (Point3::new(40.0, 0.0, 0.0), Point3::new(0.0, 45.0, 2.0));
        let way = Legs(2.6, 0.0);
        let contact = with(&ball(a, 6.0), &ball(b, 7.0), |meeting| first_contact(meeting, &way, &mut Work::any()));
        let contact = contact.unwrap().unwrap();
        let sine = (1600.0 + b.coords.norm_squared() - 169.0) / (2.0 * 40.0 * 45.0);
        let expected = sine.asin();
        assert!(contact.leg == 0 && (contact.part * 2.6 - expected).abs() < 0.05_f64.to_radians(), "{contact:?}, {expected}");
        let beside = ball(Point3::new(0.0, 45.0, 20.0), 7.0);
        assert!(with(&ball(a, 6.0), &beside, |meeting| first_contact(meeting, &way, &mut Work::any()).unwrap().is_none()));
    }

    fn nearest(meeting: &Meeting<'_>, way: &dyn Way) -> (Option<super::super::clearance::Nearest>, usize) {
        let fixed = [Surface { tree: meeting.fixed, shells: meeting.shells[1], gone: None }];
        let near = Nearness::new(std::iter::once(meeting.fixed));
        let (moving, shells, start, centre) = (meeting.moving, meeting.shells[0], &meeting.start, &meeting.centre);
        Approach { moving, shells, start, fixed: &fixed, near: &near, centre }.least(way, f64::INFINITY)
    }

    /// No scene hangs: what is looked at stays bounded where surfaces lie on each other, or a hair apart, all over. Where it is not decided
    /// then that is said.
    #[test]
    fn surfaces_that_lie_on_each_other_end_the_search_soon() {
        let lying = ball(Point3::origin(), 20.0);
        for radius in [20.0, 20.003, 19.9, 20.1] {
            let other = ball(Point3::origin(), radius);
            for way in [Legs(0.0, 0.0), Legs(1.0, 0.7)] {
                let (gap, measured) = with(&lying, &other, |meeting| nearest(meeting, &way));
                assert!(measured < 100_000 && gap.unwrap().distance_mm < 0.15, "{radius}: {gap:?} after {measured}");
                let mut work = Work::up_to(MOST);
                let lean = with(&lying, &other, |meeting| least(meeting, &way, PI, &mut work));
                assert!(lean.is_ok() && work.steps() < 3_000_000, "{radius}: {lean:?} after {}", work.steps());
                let mut work = Work::up_to(300_000);
                let met = with(&lying, &other, |meeting| first_contact(meeting, &way, &mut work));
                assert!(met.is_ok() || work.steps() < 600_000, "{radius}: {met:?} after {}", work.steps());
            }
        }
    }
}
