//! What is measured on the film before anything is planned.

use super::{FilmPlane, SideLandmarks};
use crate::frames::Side;
use nalgebra::Point2;

/// One length, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Its name in documents.
    pub key: &'static str,
    /// The side it is measured on; `None` for a difference, planned hip less the other.
    pub side: Option<Side>,
    /// mm.
    pub value: f64,
}

/// The lengths of a film.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(pub Vec<Figure>);

impl Figures {
    /// All that the clicks allow.
    #[must_use]
    pub fn of(plane: &FilmPlane<'_>) -> Self {
        let (side, other) = (plane.side, plane.side.opposite());
        let mut found = Vec::new();
        let mut add = |key, side, value: Option<f64>| found.extend(value.map(|value| Figure { key, side, value }));
        let teardrop: fn(&SideLandmarks) -> Option<[f64; 2]> = |hip| hip.teardrop;
        let ischium: fn(&SideLandmarks) -> Option<[f64; 2]> = |hip| hip.ischium;
        for (key, line) in [("leg-length-teardrop", teardrop), ("leg-length-ischial", ischium)] {
            // A trochanter further below the line belongs to a longer leg.
            let below = |side: Side| {
                let trochanter = plane.landmarks.of(side).lesser_trochanter?;
                plane.above(line, &plane.mm(trochanter)).map(|above| -above)
            };
            add(key, None, below(side).zip(below(other)).map(|(planned, other)| planned - other));
        }
        for side in [side, other] {
            add("femoral-offset", Some(side), femoral_offset(plane, side));
            add("acetabular-offset", Some(side), acetabular_offset(plane, side));
            add("global-offset", Some(side), global_offset(plane, side));
            add("head-diameter", Some(side), plane.head(side).map(|head| 2.0 * head.radius));
            add("trochanter-height", Some(side), trochanter_height(plane, side));
        }
        let both = global_offset(plane, side).zip(global_offset(plane, other));
        add("global-offset-difference", None, both.map(|(planned, other)| planned - other));
        add("socket-diameter", Some(side), plane.socket().map(|socket| 2.0 * socket.radius));
        Self(found)
    }

    /// The value with a name; of a side where it has one.
    #[must_use]
    pub fn get(&self, key: &str, side: Option<Side>) -> Option<f64> {
        self.0.iter().find(|figure| figure.key == key && figure.side == side).map(|figure| figure.value)
    }

    /// How much longer the planned leg is: by the teardrops, or by the ischia where those are not given.
    #[must_use]
    pub fn leg_length(&self) -> Option<f64> {
        self.get("leg-length-teardrop", None).or_else(|| self.get("leg-length-ischial", None))
    }
}

fn femoral_offset(plane: &FilmPlane<'_>, side: Side) -> Option<f64> {
    Some(plane.shaft(side)?.distance(&Point2::from(plane.head(side)?.centre)))
}

/// How far lateral of the teardrop the head's centre lies, along the line through both.
fn acetabular_offset(plane: &FilmPlane<'_>, side: Side) -> Option<f64> {
    let teardrop = plane.mm(plane.landmarks.of(side).teardrop?);
    Some((Point2::from(plane.head(side)?.centre) - teardrop).dot(&plane.lateral(side)))
}

fn global_offset(plane: &FilmPlane<'_>, side: Side) -> Option<f64> {
    Some(femoral_offset(plane, side)? + acetabular_offset(plane, side)?)
}

/// How far the tip of the greater trochanter stands above the head's centre, along the shaft.
fn trochanter_height(plane: &FilmPlane<'_>, side: Side) -> Option<f64> {
    let tip = plane.mm(plane.landmarks.of(side).greater_trochanter?);
    Some((tip - Point2::from(plane.head(side)?.centre)).dot(&plane.shaft(side)?.up))
}
