//! The film in millimetres, and what a plan does to leg length and offset in it.

use super::{Circle, FilmLandmarks, SideLandmarks, TemplateError, fit_circle};
use crate::{
    frames::Side,
    implants::{Head, Stem},
};
use nalgebra::{Point2, Vector2};

/// Directions of the film's pelvis, and of the femur that is planned. Points and lengths in mm in the plane of the calibration, x to the
/// picture's right, y down; directions are unit vectors.
#[derive(Clone, Debug)]
pub struct FilmPlane<'a> {
    /// The clicks.
    pub landmarks: &'a FilmLandmarks,
    /// The hip that is planned.
    pub side: Side,
    /// Size of a pixel.
    pub mm_per_pixel: f64,
    /// Up the pelvis: at right angles to the line through the teardrops, or through the ischia where there are none.
    pub superior: Vector2<f64>,
    /// From the patient's right to the left.
    pub leftwards: Vector2<f64>,
}

/// A straight line on the film.
#[derive(Clone, Copy, Debug)]
pub struct FilmLine {
    /// A point of it, mm.
    pub point: Point2<f64>,
    /// Its direction, up.
    pub up: Vector2<f64>,
}

impl FilmLine {
    /// Distance of a point, mm.
    #[must_use]
    pub fn distance(&self, point: &Point2<f64>) -> f64 {
        let from = point - self.point;
        (from - self.up * from.dot(&self.up)).norm()
    }
}

impl<'a> FilmPlane<'a> {
    /// The plane of a film with a calibration.
    ///
    /// # Errors
    /// When neither both teardrops nor both ischia are given, or they lie on each other.
    pub fn new(landmarks: &'a FilmLandmarks, side: Side, mm_per_pixel: f64) -> Result<Self, TemplateError> {
        let pair = |of: fn(&SideLandmarks) -> Option<[f64; 2]>| of(&landmarks.right).zip(of(&landmarks.left));
        let line = pair(|hip| hip.teardrop).or_else(|| pair(|hip| hip.ischium)).ok_or_else(|| {
            TemplateError::Landmarks("both teardrops, or both ischia, are needed: they give the line across the pelvis".into())
        })?;
        let across = Point2::from(line.1) - Point2::from(line.0);
        let leftwards = across
            .try_normalize(1.0)
            .ok_or_else(|| TemplateError::Landmarks("both ends of the line across the pelvis are the same point".into()))?;
        Ok(Self { landmarks, side, mm_per_pixel, superior: up(Vector2::new(-leftwards.y, leftwards.x)), leftwards })
    }

    /// A place on the film, mm.
    #[must_use]
    pub fn mm(&self, place: [f64; 2]) -> Point2<f64> {
        Point2::from(place) * self.mm_per_pixel
    }

    /// A point, pixels.
    #[must_use]
    pub fn pixels(&self, point: &Point2<f64>) -> [f64; 2] {
        (point / self.mm_per_pixel).into()
    }

    /// Away from the midline on a side.
    #[must_use]
    pub fn lateral(&self, side: Side) -> Vector2<f64> {
        self.leftwards * side.lps_sign()
    }

    /// The head of a side, mm.
    #[must_use]
    pub fn head(&self, side: Side) -> Option<Circle> {
        self.circle(&self.landmarks.of(side).head)
    }

    /// The socket of the hip that is planned, mm.
    #[must_use]
    pub fn socket(&self) -> Option<Circle> {
        self.circle(&self.landmarks.of(self.side).socket)
    }

    fn circle(&self, points: &[[f64; 2]]) -> Option<Circle> {
        let Circle { centre, radius } = fit_circle(points)?;
        Some(Circle { centre: self.mm(centre).into(), radius: radius * self.mm_per_pixel })
    }

    /// The axis of a side's shaft: the line with the least squares of distances to its points.
    #[must_use]
    pub fn shaft(&self, side: Side) -> Option<FilmLine> {
        let points: Vec<Point2<f64>> = self.landmarks.of(side).shaft.iter().map(|&place| self.mm(place)).collect();
        if points.len() < 2 {
            return None;
        }
        let middle = points.iter().map(|p| p.coords).sum::<Vector2<f64>>() / points.len() as f64;
        let moment = |a: usize, b: usize| points.iter().map(|p| (p[a] - middle[a]) * (p[b] - middle[b])).sum::<f64>();
        let (xx, yy, xy) = (moment(0, 0), moment(1, 1), moment(0, 1));
        let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
        (xx + yy > 1.0).then(|| FilmLine { point: Point2::from(middle), up: up(Vector2::new(angle.cos(), angle.sin())) })
    }

    /// How far a point lies above the line through both teardrops or ischia, mm.
    #[must_use]
    pub fn above(&self, of: fn(&SideLandmarks) -> Option<[f64; 2]>, point: &Point2<f64>) -> Option<f64> {
        let (right, left) = (self.mm(of(&self.landmarks.right)?), self.mm(of(&self.landmarks.left)?));
        let across = (left - right).try_normalize(1e-9)?;
        Some((point - right).dot(&up(Vector2::new(-across.y, across.x))))
    }
}

/// The same direction, or its opposite, whichever points up the picture.
fn up(direction: Vector2<f64>) -> Vector2<f64> {
    if direction.y > 0.0 { -direction } else { direction }
}

/// What a plan changes, in the plane of the film; mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    /// Longer is positive.
    pub leg_length_mm: f64,
    /// The femur further lateral of the pelvis is positive.
    pub offset_mm: f64,
}

impl Planned {
    /// As [`plan::Change`](crate::plan::Change) defines it, seen from the front: H is the native head centre, C that of the cup and P that of
    /// the new head on the femur. The leg becomes longer by (P − H) along the shaft less (C − H) up the pelvis; the offset grows by the change of
    /// the head's distance from the shaft axis plus (C − H) laterally. The film does not show the knee, so that the shaft stands for the
    /// femur's own axis.
    ///
    /// `None` without head or shaft.
    #[must_use]
    pub fn of(plane: &FilmPlane<'_>, cup: &Point2<f64>, head: &Point2<f64>) -> Option<Self> {
        let native = Point2::from(plane.head(plane.side)?.centre);
        let shaft = plane.shaft(plane.side)?;
        let (on_pelvis, on_femur) = (cup - native, head - native);
        Some(Self {
            leg_length_mm: on_femur.dot(&shaft.up) - on_pelvis.dot(&plane.superior),
            offset_mm: shaft.distance(head) - shaft.distance(&native) + on_pelvis.dot(&plane.lateral(plane.side)),
        })
    }
}

/// The stem's frame on the film: its origin on the shaft axis, up the axis, and towards the midline.
#[derive(Clone, Copy, Debug)]
pub struct StemPlace {
    /// Where neck axis and stem axis meet, mm.
    pub origin: Point2<f64>,
    /// Proximal.
    pub up: Vector2<f64>,
    /// Medial.
    pub medial: Vector2<f64>,
}

impl StemPlace {
    /// A stem whose origin is `level_mm` up the shaft axis from beside the native head.
    #[must_use]
    pub fn at(plane: &FilmPlane<'_>, level_mm: f64) -> Option<Self> {
        let head = Point2::from(plane.head(plane.side)?.centre);
        let shaft = plane.shaft(plane.side)?;
        let beside = shaft.point + shaft.up * (head - shaft.point).dot(&shaft.up);
        let across = Vector2::new(-shaft.up.y, shaft.up.x);
        let medial = if across.dot(&plane.lateral(plane.side)) > 0.0 { -across } else { across };
        Some(Self { origin: beside + shaft.up * level_mm, up: shaft.up, medial })
    }

    /// A point of the stem's frontal outline (medial, distal), mm on the film.
    #[must_use]
    pub fn point(&self, [medial, distal]: [f64; 2]) -> Point2<f64> {
        self.origin + self.medial * medial - self.up * distal
    }

    /// Centre of a head on a stem here.
    #[must_use]
    pub fn head(&self, stem: &Stem, head: &Head) -> Point2<f64> {
        let centre = stem.head_centre(head);
        self.point([-centre.z, -centre.y])
    }
}
