//! What of the lines of overlapping solids is seen from outside: a stem made of a body and a neck has one outline, not two that cross.

use super::cut::{SectionLine, section_lines};
use crate::{mesh::TriMesh, volume::slice::SlicePlane};

/// A line in a plane, mm, and whether it is closed. Closed ones run counter-clockwise around solid and clockwise around holes.
pub type FlatLine = (Vec<[f64; 2]>, bool);

type Point = [f64; 2];

/// The lines in which a plane meets a mesh, as they are seen in its picture: mm right of and above its middle.
#[must_use]
pub fn flat_section(mesh: &TriMesh, plane: &SlicePlane) -> Vec<FlatLine> {
    let line = |line: SectionLine| (line.points.iter().map(|p| plane.place(p)).collect(), line.closed);
    section_lines(mesh, &plane.point, &plane.towards_viewer()).into_iter().map(line).collect()
}

/// So far beside a line it is asked whether there is solid, mm.
const BESIDE_MM: f64 = 1e-4;

/// The lines without what lies within solid, cut where they cross each other. Open lines stay as they are.
#[must_use]
pub fn outer_lines(lines: &[FlatLine]) -> Vec<FlatLine> {
    if lines.len() < 2 {
        return lines.to_vec();
    }
    let boxes: Vec<[Point; 2]> = lines.iter().map(|(line, _)| bounds(line)).collect();
    let mut outer = Vec::new();
    for (own, (line, closed)) in lines.iter().enumerate() {
        if !closed {
            outer.push((line.clone(), false));
            continue;
        }
        let mut pieces: Vec<(Point, Point, bool)> = Vec::with_capacity(line.len());
        for (a, b) in edges(line) {
            let mut cuts = vec![0.0, 1.0];
            let others = lines.iter().zip(&boxes).enumerate();
            let others = others.filter(|(other, ((_, closed), bounds))| *other != own && *closed && meets(bounds, a, b));
            for (_, ((other, _), _)) in others {
                cuts.extend(edges(other).filter_map(|(c, d)| crossing(a, b, c, d)));
            }
            cuts.sort_by(f64::total_cmp);
            let at = |t: f64| [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
            for part in cuts.windows(2).filter(|part| part[1] - part[0] > 1e-12) {
                pieces.push((at(part[0]), at(part[1]), free(lines, &boxes, at((part[0] + part[1]) / 2.0), a, b)));
            }
        }
        if pieces.iter().all(|(.., free)| *free) {
            outer.push((line.clone(), true));
        } else {
            outer.extend(joined(&pieces).into_iter().map(|line| (line, false)));
        }
    }
    outer
}

/// Runs of pieces that are free, the first after one that is not.
fn joined(pieces: &[(Point, Point, bool)]) -> Vec<Vec<Point>> {
    let begin = pieces.iter().position(|(.., free)| !free).unwrap_or_default();
    let mut runs: Vec<Vec<Point>> = Vec::new();
    let mut going = false;
    for (from, to, free) in pieces[begin..].iter().chain(&pieces[..begin]) {
        if *free {
            if !going {
                runs.push(vec![*from]);
            }
            runs.last_mut().into_iter().for_each(|run| run.push(*to));
        }
        going = *free;
    }
    runs
}

fn edges(line: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    line.iter().copied().zip(line.iter().copied().cycle().skip(1))
}

fn bounds(line: &[Point]) -> [Point; 2] {
    let far = [f64::INFINITY; 2];
    line.iter().fold([far, far.map(|v| -v)], |[low, high], p| {
        [[low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])]]
    })
}

fn meets([low, high]: &[Point; 2], a: Point, b: Point) -> bool {
    (0..2).all(|axis| a[axis].max(b[axis]) >= low[axis] && a[axis].min(b[axis]) <= high[axis])
}

/// Where on the way from `a` to `b`, 0 to 1, the way from `c` to `d` is crossed.
fn crossing(a: Point, b: Point, c: Point, d: Point) -> Option<f64> {
    let [ab, cd, ac] = [(a, b), (c, d), (a, c)].map(|(from, to)| [to[0] - from[0], to[1] - from[1]]);
    let turn = |u: Point, v: Point| u[0] * v[1] - u[1] * v[0];
    let across = turn(ab, cd);
    let (t, s) = (turn(ac, cd) / across, turn(ac, ab) / across);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&s)).then_some(t)
}

/// Is there no solid to the right of the way from `a` to `b`, at a point of it?
fn free(lines: &[FlatLine], boxes: &[[Point; 2]], at: Point, a: Point, b: Point) -> bool {
    let (x, y) = (b[0] - a[0], b[1] - a[1]);
    let beside = BESIDE_MM / x.hypot(y);
    let at = [at[0] + y * beside, at[1] - x * beside];
    let near = lines.iter().zip(boxes).filter(|((_, closed), bounds)| *closed && meets(bounds, at, at));
    near.map(|((line, _), _)| windings(line, at)).sum::<i32>() <= 0
}

/// How often a closed line runs around a point, counter-clockwise.
fn windings(line: &[Point], at: Point) -> i32 {
    let of = |(a, b): (Point, Point)| {
        let left = (b[0] - a[0]) * (at[1] - a[1]) - (at[0] - a[0]) * (b[1] - a[1]);
        match (a[1] <= at[1], b[1] <= at[1]) {
            (true, false) if left > 0.0 => 1,
            (false, true) if left < 0.0 => -1,
            _ => 0,
        }
    };
    edges(line).map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(middle: Point, half: f64) -> FlatLine {
        let corner = |x: f64, y: f64| [middle[0] + x * half, middle[1] + y * half];
        (vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)], true)
    }

    fn hole(middle: Point, half: f64) -> FlatLine {
        let (mut line, closed) = square(middle, half);
        line.reverse();
        (line, closed)
    }

    fn length(lines: &[FlatLine]) -> f64 {
        let of = |(line, closed): &FlatLine| {
            let edges = edges(line).take(line.len() - usize::from(!closed));
            edges.map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum::<f64>()
        };
        lines.iter().map(of).sum()
    }

    #[test]
    fn two_squares_that_overlap_have_the_outline_of_their_union() {
        let lines = [square([0.0, 0.0], 2.0), square([3.0, 1.0], 2.0)];
        let outer = outer_lines(&lines);
        // Both perimeters without what lies in the other: 1 × 3 of overlap.
        assert!((length(&outer) - (32.0 - 8.0)).abs() < 1e-9, "{outer:?}");
        assert_eq!(outer.len(), 2, "one run of each");
        assert!(outer.iter().all(|(_, closed)| !closed));
    }

    #[test]
    fn holes_stay_and_what_is_buried_goes() {
        let ring = [square([0.0, 0.0], 5.0), hole([0.0, 0.0], 3.0)];
        assert_eq!(outer_lines(&ring), ring);
        let buried = [square([0.0, 0.0], 5.0), square([1.0, 0.0], 2.0)];
        assert_eq!(outer_lines(&buried), buried[..1]);
        // In the hole of a ring it is seen.
        let within = [ring[0].clone(), ring[1].clone(), square([0.0, 0.0], 1.0)];
        assert_eq!(outer_lines(&within), within);
        let apart = [square([0.0, 0.0], 1.0), square([9.0, 0.0], 1.0)];
        assert_eq!(outer_lines(&apart), apart);
    }
}
