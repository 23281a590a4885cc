//! The anterior inferior iliac spine.
//!
//! It is the swelling of the anterior border of the ilium between two notches: that below the anterior superior spine, and that above
//! the rim of the socket. Seen from the side, across the anterior pelvic plane, it stands out from the chord between the deepest places
//! of both notches; the landmark is the middle of what stands out by at least half its height. A blunt spine has no sharp tip, but it
//! has a middle. No constant here was read off anyone's landmarks.

use super::{
    bones::Bone,
    landmark::Landmark,
    model::Sphere,
    outline::{LEVELS, outline},
};
use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Point2, Point3, Vector3};

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
    let points: Vec<Vector3<f64>> = bone.mesh.vertices.iter().map(local).collect();
    let border: Option<Vec<_>> = outline(bone, &points, centre + END_ABOVE_SOCKET * socket.radius_mm).into_iter().collect();
    let border = border?;
    let profile: Vec<Point2<f64>> = border.iter().map(|p| Point2::new(p.x, p.y)).collect();
    let (spine, notched) = middle(&profile, centre / 2.0)?;
    Some(Landmark {
        position: superior_spine + app.lps_vector(&as_right_hip(side, &border[spine])),
        sd_mm: Some(SD_MM),
        along: None,
        method: "middle of the swelling between both notches of the anterior border of the ilium, seen along the anterior pelvic plane".into(),
        doubt: (!notched).then(|| "no notch parts it from the superior spine or from the rim of the socket".to_owned()),
    })
}

/// The place in a profile (forwards, upwards; from top to bottom) where its spine has its middle, and whether there is a notch on either
/// side. `start` is a height on the spine.
fn middle(profile: &[Point2<f64>], start: f64) -> Option<(usize, bool)> {
    let last = profile.len() - 1;
    let off = |at: usize| (profile[at].y - start).abs();
    let mut tip = (0..=last).min_by(|&a, &b| off(a).total_cmp(&off(b)))?;
    let (mut above, mut below) = (0, last);
    // Notches and tip, each found with the other until they agree.
    for _ in 0..LEVELS {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A border that runs down from (0, 0) by way of some corners, a point each half millimetre of height.
    fn profile(corners: &[[f64; 2]]) -> Vec<Point2<f64>> {
        let pieces = corners.windows(2).flat_map(|pair| {
            let ([x, y], [u, v]) = (pair[0], pair[1]);
            let steps = ((y - v) * 2.0).round() as usize;
            (0..steps).map(move |i| Point2::new(x + (u - x) * i as f64 / steps as f64, y + (v - y) * i as f64 / steps as f64))
        });
        pieces.collect()
    }

    #[test]
    fn the_middle_of_a_blunt_spine_is_found_from_wherever_one_begins_on_it() {
        // Notches at heights of -15 and -45; a plateau from -25 to -35.
        let border = profile(&[[0.0, 0.0], [-15.0, -15.0], [-7.0, -25.0], [-7.0, -35.0], [-15.0, -45.0], [-10.0, -60.0]]);
        for start in [-22.0, -30.0, -38.0] {
            let (middle, notched) = middle(&border, start).unwrap();
            assert!(notched && (border[middle].y + 30.0).abs() <= 0.5, "{start}: {}", border[middle]);
        }
    }

    #[test]
    fn a_spine_that_runs_into_the_rim_is_found_and_said_to_have_no_notch() {
        let border = profile(&[[0.0, 0.0], [-15.0, -15.0], [-7.0, -25.0], [-7.0, -35.0], [-9.0, -60.0]]);
        let (middle, notched) = middle(&border, -30.0).unwrap();
        assert!(!notched && (-60.0..-20.0).contains(&border[middle].y), "{}", border[middle]);
        assert!(super::middle(&profile(&[[0.0, 0.0], [-10.0, -40.0]]), -20.0).is_none());
    }
}
