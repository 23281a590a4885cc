//! Polygons with holes into triangles, by ear clipping (Meisters 1975, 10.1080/00029890.1975.11993898).
//!
//! Every corner of every loop is used, also those on a straight line, so that the triangles fit the mesh around them exactly.

use nalgebra::Vector2;

type Points<'a> = &'a [Vector2<f64>];

/// Triangles of the area left of the loops: counter-clockwise outlines, clockwise holes in them.
pub(super) fn triangulate(points: Points, loops: Vec<Vec<u32>>) -> Vec<[u32; 3]> {
    let (mut outlines, holes): (Vec<_>, Vec<_>) = loops.into_iter().partition(|ring| area(points, ring) > 0.0);
    // Smallest first, so that a hole goes to the innermost outline around it.
    outlines.sort_by(|a, b| area(points, a).total_cmp(&area(points, b)));
    let mut holes_of: Vec<Vec<Vec<u32>>> = vec![Vec::new(); outlines.len()];
    let mut alone = Vec::new();
    for hole in holes {
        match outlines.iter().position(|outline| contains(points, outline, at(points, hole[0]))) {
            Some(outline) => holes_of[outline].push(hole),
            // A sliver whose area rounds to nothing: closed all the same.
            None => alone.push(hole),
        }
    }
    let joined = outlines.into_iter().zip(holes_of).map(|(outline, holes)| join(points, outline, holes));
    joined.chain(alone).flat_map(|ring| clip(points, ring)).collect()
}

fn at(points: Points, v: u32) -> Vector2<f64> {
    points[v as usize]
}

/// Twice the signed area of a triangle; positive when `c` lies left of the line from `a` to `b`.
fn turn(a: Vector2<f64>, b: Vector2<f64>, c: Vector2<f64>) -> f64 {
    (b - a).perp(&(c - a))
}

fn area(points: Points, ring: &[u32]) -> f64 {
    let first = at(points, ring[0]);
    ring.windows(2).map(|edge| turn(first, at(points, edge[0]), at(points, edge[1]))).sum::<f64>() / 2.0
}

/// The edges of a ring.
fn edges(ring: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

fn contains(points: Points, ring: &[u32], p: Vector2<f64>) -> bool {
    let crossed = edges(ring).filter(|&(a, b)| {
        let (a, b) = (at(points, a), at(points, b));
        (a.y > p.y) != (b.y > p.y) && p.x < a.x + (b.x - a.x) * (p.y - a.y) / (b.y - a.y)
    });
    crossed.count() % 2 == 1
}

/// One ring of an outline and its holes, joined by bridges that are walked there and back.
fn join(points: Points, mut ring: Vec<u32>, mut holes: Vec<Vec<u32>>) -> Vec<u32> {
    for hole in &mut holes {
        let rightmost = (0..hole.len()).max_by(|&a, &b| at(points, hole[a]).x.total_cmp(&at(points, hole[b]).x));
        hole.rotate_left(rightmost.unwrap_or_default());
    }
    // From right to left: then a hole is never hidden from the outline by one that is not joined yet.
    holes.sort_by(|a, b| at(points, b[0]).x.total_cmp(&at(points, a[0]).x));
    for next in 0..holes.len() {
        let from = at(points, holes[next][0]);
        let mut corners: Vec<usize> = (0..ring.len()).collect();
        let far = |&n: &usize| (at(points, ring[n]) - from).norm_squared();
        corners.sort_by(|a, b| far(a).total_cmp(&far(b)));
        let sees = |&n: &usize| {
            let to = at(points, ring[n]);
            let blocks = |(a, b): (u32, u32)| {
                let (a, b) = (at(points, a), at(points, b));
                let apart = [a, b].iter().all(|end| *end != from && *end != to);
                apart
                    && (turn(from, to, a) > 0.0) != (turn(from, to, b) > 0.0)
                    && (turn(a, b, from) > 0.0) != (turn(a, b, to) > 0.0)
            };
            opens_towards(points, &ring, n, from) && !edges(&ring).chain(holes[next..].iter().flat_map(|h| edges(h))).any(blocks)
        };
        let bridge = corners.iter().copied().find(sees).unwrap_or(corners[0]);
        let there = [&holes[next][..], &[holes[next][0], ring[bridge]]].concat();
        ring.splice(bridge + 1..bridge + 1, there);
    }
    ring
}

/// True when the inside of the ring at its corner `n` lies towards `p`.
fn opens_towards(points: Points, ring: &[u32], n: usize, p: Vector2<f64>) -> bool {
    let [before, here, after] = [n + ring.len() - 1, n, n + 1].map(|n| at(points, ring[n % ring.len()]));
    let (left_in, left_out) = (turn(before, here, p) > 0.0, turn(here, after, p) > 0.0);
    if turn(before, here, after) > 0.0 { left_in && left_out } else { left_in || left_out }
}

/// Cuts one ear after the other off a ring.
fn clip(points: Points, mut ring: Vec<u32>) -> Vec<[u32; 3]> {
    let mut triangles = Vec::with_capacity(ring.len());
    let mut look = 0;
    while ring.len() > 3 {
        let count = ring.len();
        let corner = |n: usize| [n + count - 1, n, n + 1].map(|n| ring[n % count]);
        let ear = (0..count).map(|step| (look + step) % count).find(|&n| is_ear(points, &ring, corner(n)));
        // Where rounding leaves no ear, the most convex corner: the result is still closed.
        let bend = |n: &usize| {
            let [a, b, c] = corner(*n).map(|v| at(points, v));
            turn(a, b, c)
        };
        let ear = ear.or_else(|| (0..count).max_by(|a, b| bend(a).total_cmp(&bend(b)))).unwrap_or_default();
        triangles.push(corner(ear));
        ring.remove(ear);
        // Not the same corner's neighbour at once: that would make a fan of slivers.
        look = (ear + 1) % ring.len();
    }
    triangles.push([ring[0], ring[1], ring[2]]);
    triangles
}

fn is_ear(points: Points, ring: &[u32], [a, b, c]: [u32; 3]) -> bool {
    let corners = [a, b, c].map(|v| at(points, v));
    let [p, q, r] = corners;
    turn(p, q, r) > 0.0
        && !ring.iter().map(|&v| at(points, v)).any(|other| {
            turn(p, q, other) >= 0.0 && turn(q, r, other) >= 0.0 && turn(r, p, other) >= 0.0 && !corners.contains(&other)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A star of `n` corners between two radii; clockwise when `n` is negative.
    fn star(points: &mut Vec<Vector2<f64>>, centre: [f64; 2], n: i32, inner: f64, outer: f64) -> Vec<u32> {
        let first = points.len() as u32;
        for k in 0..n.abs() {
            let angle = f64::from(k) * std::f64::consts::TAU / f64::from(n);
            let radius = if k % 2 == 0 { outer } else { inner };
            points.push(Vector2::from(centre) + Vector2::new(angle.cos(), angle.sin()) * radius);
        }
        (first..points.len() as u32).collect()
    }

    #[test]
    fn outlines_with_holes_keep_their_area_and_every_edge() {
        let mut points = Vec::new();
        let mut loops = vec![
            star(&mut points, [0.0, 0.0], 60, 7.0, 10.0),
            star(&mut points, [-3.0, 1.0], -14, 1.0, 2.0),
            star(&mut points, [2.0, -2.0], -9, 1.0, 1.5),
            star(&mut points, [2.5, 3.0], -30, 1.2, 1.2),
            star(&mut points, [2.5, 3.0], 12, 0.4, 0.9),
            star(&mut points, [30.0, 0.0], 4, 3.0, 3.0),
        ];
        // Corners on straight lines must not be left out.
        points.extend([[40.0, 0.0], [42.0, 0.0], [44.0, 0.0], [44.0, 2.0], [44.0, 4.0], [40.0, 4.0]].map(Vector2::from));
        loops.push((points.len() as u32 - 6..points.len() as u32).collect());
        let expected: f64 = loops.iter().map(|ring| area(&points, ring)).sum();
        let mut boundary: Vec<(u32, u32)> = loops.iter().flat_map(|ring| edges(ring)).collect();
        let triangles = triangulate(&points, loops);
        let areas: Vec<f64> =
            triangles.iter().map(|t| turn(at(&points, t[0]), at(&points, t[1]), at(&points, t[2])) / 2.0).collect();
        assert!(areas.iter().all(|&a| a > 0.0), "no triangle is turned over");
        assert!((areas.iter().sum::<f64>() - expected).abs() < 1e-9);
        // Each edge once, or once in each direction; those that stay alone are the loops.
        let mut directed: Vec<(u32, u32)> = triangles.iter().flat_map(|&[a, b, c]| [(a, b), (b, c), (c, a)]).collect();
        directed.sort_unstable();
        assert!(directed.windows(2).all(|pair| pair[0] != pair[1]));
        let all = directed.clone();
        directed.retain(|&(a, b)| all.binary_search(&(b, a)).is_err());
        boundary.sort_unstable();
        assert_eq!(directed, boundary);
    }
}
