//! The anterior inferior iliac spine.
//!
//! It is the swelling of the anterior border of the ilium between two notches: that below the anterior superior spine, and that above
//! the rim of the socket. Seen from the side, across the anterior pelvic plane, it stands out from the chord between the deepest places
//! of both notches; the landmark is the middle of what stands out by at least half its height. A blunt spine has no sharp tip, but it
//! has a middle. No constant here was read off anyone's landmarks.

use super::{bones::Bone, landmark::Landmark, model::Sphere};
use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Point2, Point3, Vector3};

/// Heights at which the border is looked at; a fixed number, so that the border depends on its own length without steps.
const HEIGHTS: usize = 200;
/// The border ends half-way between the centre of the socket and its roof: below is the front of the rim.
const END_ABOVE_SOCKET: f64 = 0.5;
/// The spine reaches from where it stands out by this much of its height to where it no longer does.
const STANDS_OUT: f64 = 0.5;
/// Along each axis, mm: distance from the raters' means on eight hip bones (Fischer 2023, 10.1038/s41597-023-02669-z).
const SD_MM: f64 = 1.5;

/// The spine of a side; `None` when the border between superior spine and socket is not in the mesh.
pub(super) fn inferior_spine(
    bone: &Bone,
    superior_spine: &Point3<f64>,
    socket: &Sphere,
    app: &AnatomicalFrame,
    side: Side,
) -> Option<Landmark> {
    let local = |p: &Point3<f64>| as_right_hip(side, &app.local_vector(&(p - superior_spine)));
    let centre = local(&socket.centre).y;
    let border = border(bone, local, centre + END_ABOVE_SOCKET * socket.radius_mm)?;
    let profile: Vec<Point2<f64>> = border.iter().map(|p| Point2::new(p.x, p.y)).collect();
    let (spine, notched) = middle(&profile, centre / 2.0)?;
    Some(Landmark {
        position: superior_spine + app.lps_vector(&as_right_hip(side, &border[spine])),
        sd_mm: Some(SD_MM),
        method: "middle of the swelling between both notches of the anterior border of the ilium, seen along the anterior pelvic plane".into(),
        doubt: (!notched).then(|| "no notch parts it from the superior spine or from the rim of the socket".to_owned()),
    })
}

/// The foremost points of the bone at every height from the superior spine (the origin) down to `end`; `None` where the bone has a gap.
fn border(bone: &Bone, local: impl Fn(&Point3<f64>) -> Vector3<f64>, end: f64) -> Option<Vec<Vector3<f64>>> {
    if end >= 0.0 {
        return None;
    }
    let step = end / (HEIGHTS - 1) as f64;
    let points: Vec<Vector3<f64>> = bone.mesh.vertices.iter().map(local).collect();
    let mut border: Vec<Option<Vector3<f64>>> = vec![None; HEIGHTS];
    for &[a, b, c] in &bone.mesh.triangles {
        for (from, to) in [(a, b), (b, c), (c, a)] {
            let (p, q) = (points[from as usize], points[to as usize]);
            // Each edge belongs to two triangles, which run along it in opposite directions.
            if p.y <= q.y || bone.cut[from as usize] || bone.cut[to as usize] {
                continue;
            }
            let first = (p.y / step).ceil().max(0.0) as usize;
            for (level, foremost) in border.iter_mut().enumerate().skip(first) {
                let height = step * level as f64;
                if height < q.y {
                    break;
                }
                let crossing = p + (q - p) * ((height - p.y) / (q.y - p.y));
                if foremost.is_none_or(|other| crossing.x > other.x) {
                    *foremost = Some(crossing);
                }
            }
        }
    }
    border.into_iter().collect()
}

/// The place in a profile (forwards, upwards; from top to bottom) where its spine has its middle, and whether there is a notch on either
/// side. `start` is a height on the spine.
fn middle(profile: &[Point2<f64>], start: f64) -> Option<(usize, bool)> {
    let last = profile.len() - 1;
    let off = |at: usize| (profile[at].y - start).abs();
    let mut tip = (0..=last).min_by(|&a, &b| off(a).total_cmp(&off(b)))?;
    let (mut above, mut below) = (0, last);
    // Notches and tip, each found with the other until they agree.
    for _ in 0..HEIGHTS {
        // Where there is no notch, the end of the border takes its place.
        above = deepest(profile, [0, tip], 0..=tip)?;
        below = deepest(profile, [tip, last], (tip..=last).rev())?;
        let next = foremost(profile, above, below);
        if next == tip {
            break;
        }
        tip = next;
    }
    let height = |at: usize| ahead(profile, above, below, at);
    let half = STANDS_OUT * height(tip);
    if half <= 0.0 {
        return None;
    }
    let upper = (above..=tip).rev().take_while(|&at| height(at) >= half).last()?;
    let lower = (tip..=below).take_while(|&at| height(at) >= half).last()?;
    let length = |to: usize| (upper..to).map(|at| (profile[at + 1] - profile[at]).norm()).sum::<f64>();
    let middle = (upper..=lower).find(|&at| length(at) >= length(lower) / 2.0)?;
    Some((middle, above > 0 && below < last))
}

/// How far a place lies in front of the chord between two others.
fn ahead(profile: &[Point2<f64>], above: usize, below: usize, at: usize) -> f64 {
    let chord = profile[below] - profile[above];
    let off = profile[at] - profile[above];
    if chord.norm() > 0.0 { (off.y * chord.x - off.x * chord.y) / chord.norm() } else { 0.0 }
}

/// The place furthest behind the chord between two others, the first of equals.
fn deepest(profile: &[Point2<f64>], [above, below]: [usize; 2], mut places: impl Iterator<Item = usize>) -> Option<usize> {
    let first = places.next()?;
    let depth = |at: usize| ahead(profile, above, below, at);
    Some(places.fold(first, |deepest, at| if depth(at) < depth(deepest) { at } else { deepest }))
}

/// The place furthest in front of it, the first of equals.
fn foremost(profile: &[Point2<f64>], above: usize, below: usize) -> usize {
    let height = |at: usize| ahead(profile, above, below, at);
    (above..=below).fold(above, |foremost, at| if height(at) > height(foremost) { at } else { foremost })
}
