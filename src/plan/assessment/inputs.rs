//! What the numbers of a plan rest on that is known only within its spread, and what that spread makes of them.

use crate::{
    anatomy::{
        Anatomy, Axis, Femur, Hip, ISTHMUS_SD_MM, SADDLE_SD_MM, SHAFT_BELOW_LESSER_TROCHANTER_MM, SHAFT_SD_MM, app_frame,
        centre_sd_mm, lean_deg, turn_sd_deg,
    },
    frames::{AnatomicalFrame, Side},
    plan::leg::Leg,
};
use nalgebra::{Point3, Rotation3, Unit, Vector3};

/// The narrowest place of a neck lies about this many head radii from the head's centre (1.1 on the shape model).
const ISTHMUS_IN_HEAD_RADII: f64 = 1.1;

/// The measured points and frames of one patient.
#[derive(Clone, Copy)]
pub(super) struct Inputs {
    pub side: Side,
    /// The frame of the anterior pelvic plane.
    pub app: AnatomicalFrame,
    /// Its posterior tilt as scanned, degrees.
    pub tilt_deg: f64,
    /// Centre of the native socket, LPS mm.
    pub socket: Point3<f64>,
    /// The planned side, and the other one.
    pub thighs: [Option<Thigh>; 2],
    /// Both anterior superior iliac spines and pubic tubercles, left before right.
    plane: [Point3<f64>; 4],
}

/// One femur.
#[derive(Clone, Copy)]
pub(super) struct Thigh {
    pub leg: Leg,
    /// Narrowest place of the neck, LPS mm.
    isthmus: Point3<f64>,
    /// Lowest point between neck and greater trochanter, LPS mm.
    pub saddle: Option<Point3<f64>>,
    pub knee_in_scan: bool,
    /// Two points of the shaft axis, the upper one first.
    shaft: [Point3<f64>; 2],
}

impl Thigh {
    fn of(hip: &Hip, femur: &Femur, saddle: Option<Point3<f64>>) -> Self {
        let leg = Leg::of(hip, femur);
        let Axis { point, direction } = leg.shaft;
        let from = leg.lesser_trochanter.unwrap_or(leg.head);
        let beside = point + direction.into_inner() * (from - point).dot(&direction);
        Self {
            leg,
            isthmus: leg.head + femur.neck_axis.direction.into_inner() * (ISTHMUS_IN_HEAD_RADII * hip.head.radius_mm),
            saddle,
            knee_in_scan: femur.knee_in_scan,
            shaft: SHAFT_BELOW_LESSER_TROCHANTER_MM.map(|below| beside - direction.into_inner() * below),
        }
    }

    /// From the shaft to the head along the native neck.
    pub fn towards_head(&self) -> Vector3<f64> {
        self.leg.head - self.isthmus
    }

    fn with_shaft(mut self, shaft: [Point3<f64>; 2]) -> Self {
        self.shaft = shaft;
        let direction = Unit::new_normalize(shaft[0] - shaft[1]);
        if !self.knee_in_scan {
            // Without a knee the frame follows the shaft.
            let turn = Rotation3::rotation_between(&self.leg.shaft.direction, &direction).unwrap_or_default();
            self.leg.frame.rotation = turn * self.leg.frame.rotation;
        }
        self.leg.shaft = Axis { point: shaft[0], direction };
        self
    }
}

/// One of the independent things that may be off.
#[derive(Clone, Copy)]
enum Source {
    /// A landmark of the anterior pelvic plane.
    Plane(usize),
    Socket,
    Head(usize),
    Isthmus(usize),
    LesserTrochanter(usize),
    Saddle(usize),
    Shaft(usize, usize),
    /// The femoral frame's turn about its long axis, degrees.
    Turn(usize),
}

/// [`Inputs`] with the standard deviations that are stated for them.
pub(super) struct Known {
    pub inputs: Inputs,
    /// Each source with its independent errors of one standard deviation, LPS mm (for a turn, degrees as x).
    sources: Vec<(Source, Vec<Vector3<f64>>)>,
}

impl Known {
    /// `None` when the hip was not measured.
    pub fn new(anatomy: &Anatomy, side: Side, saddle: Option<Point3<f64>>) -> Option<Self> {
        let (pelvis, hip) = (&anatomy.pelvis, anatomy.hip(side)?);
        let plane = [&pelvis.asis_left, &pelvis.asis_right, &pelvis.tubercle_left, &pelvis.tubercle_right];
        let thigh = |side, saddle| {
            let hip = anatomy.hip(side)?;
            Some(Thigh::of(hip, hip.femur.as_ref()?, saddle))
        };
        let inputs = Inputs {
            side,
            app: pelvis.app,
            tilt_deg: pelvis.tilt_deg,
            socket: hip.acetabulum.sphere.centre,
            thighs: [thigh(side, saddle), thigh(side.opposite(), None)],
            plane: plane.map(|landmark| landmark.position),
        };
        let alike = |sd: f64| [Vector3::x(), Vector3::y(), Vector3::z()].map(|axis| axis * sd).to_vec();
        let mut sources: Vec<(Source, Vec<Vector3<f64>>)> =
            plane.iter().enumerate().map(|(at, landmark)| (Source::Plane(at), landmark.deviations().to_vec())).collect();
        sources.push((Source::Socket, alike(centre_sd_mm(&hip.acetabulum.sphere))));
        for (whose, side) in [side, side.opposite()].into_iter().enumerate() {
            let Some((hip, femur)) = anatomy.hip(side).and_then(|hip| Some((hip, hip.femur.as_ref()?))) else { continue };
            let tip = femur.lesser_trochanter.as_ref().map(|tip| tip.deviations().to_vec());
            sources.extend([
                (Source::Head(whose), alike(centre_sd_mm(&hip.head))),
                (Source::Isthmus(whose), alike(ISTHMUS_SD_MM)),
                (Source::LesserTrochanter(whose), tip.unwrap_or_default()),
                (Source::Saddle(whose), alike(SADDLE_SD_MM)),
                (Source::Shaft(whose, 0), alike(SHAFT_SD_MM)),
                (Source::Shaft(whose, 1), alike(SHAFT_SD_MM)),
                (Source::Turn(whose), vec![Vector3::x() * turn_sd_deg(femur)]),
            ]);
        }
        Some(Self { inputs, sources })
    }

    /// The variance that the spread gives each of the numbers that `compute` makes of the inputs: to first order, by central differences
    /// (GUM, JCGM 100:2008, §5.1).
    pub fn variances<const N: usize>(&self, compute: impl Fn(&Inputs) -> [Option<f64>; N]) -> [f64; N] {
        let mut variances = [0.0; N];
        for (source, deviations) in &self.sources {
            for deviation in deviations {
                let [ahead, behind] = [1.0, -1.0].map(|sign| compute(&self.inputs.moved(*source, &(deviation * sign))));
                for (variance, pair) in variances.iter_mut().zip(ahead.into_iter().zip(behind)) {
                    if let (Some(ahead), Some(behind)) = pair {
                        *variance += ((ahead - behind) / 2.0).powi(2);
                    }
                }
            }
        }
        variances
    }
}

impl Inputs {
    fn moved(&self, source: Source, shift: &Vector3<f64>) -> Self {
        let mut moved = *self;
        let mut thigh = |whose: usize, change: &dyn Fn(Thigh) -> Thigh| {
            moved.thighs[whose] = self.thighs[whose].map(change);
        };
        match source {
            Source::Plane(at) => moved = self.with_plane(at, shift),
            Source::Socket => moved.socket += shift,
            Source::Head(whose) => {
                thigh(whose, &|thigh| Thigh { leg: Leg { head: thigh.leg.head + shift, ..thigh.leg }, ..thigh })
            }
            Source::Isthmus(whose) => thigh(whose, &|thigh| Thigh { isthmus: thigh.isthmus + shift, ..thigh }),
            Source::LesserTrochanter(whose) => thigh(whose, &|thigh| {
                let lesser_trochanter = thigh.leg.lesser_trochanter.map(|tip| tip + shift);
                Thigh { leg: Leg { lesser_trochanter, ..thigh.leg }, ..thigh }
            }),
            Source::Saddle(whose) => thigh(whose, &|thigh| Thigh { saddle: thigh.saddle.map(|place| place + shift), ..thigh }),
            Source::Shaft(whose, end) => thigh(whose, &|thigh| {
                let mut shaft = thigh.shaft;
                shaft[end] += shift;
                thigh.with_shaft(shaft)
            }),
            Source::Turn(whose) => thigh(whose, &|mut thigh| {
                let turn = Rotation3::from_axis_angle(&thigh.leg.frame.superior(), shift.x.to_radians());
                thigh.leg.frame.rotation = turn * thigh.leg.frame.rotation;
                thigh
            }),
        }
        moved
    }

    /// The anterior pelvic plane turns as its landmarks make it, and its tilt as scanned with it.
    fn with_plane(&self, at: usize, shift: &Vector3<f64>) -> Self {
        let frame = |[left, right, a, b]: &[Point3<f64>; 4]| {
            app_frame(left, right, &nalgebra::center(a, b), nalgebra::center(left, right))
        };
        let mut plane = self.plane;
        plane[at] += shift;
        let Some((before, after)) = frame(&self.plane).zip(frame(&plane)) else { return *self };
        let turn = after.rotation * before.rotation.inverse();
        let app =
            AnatomicalFrame { origin: self.app.origin + (after.origin - before.origin), rotation: turn * self.app.rotation };
        let table = AnatomicalFrame::scanner(Point3::origin());
        let lean = |frame: &AnatomicalFrame| lean_deg(&table, &frame.superior());
        Self { app, tilt_deg: self.tilt_deg + lean(&app) - lean(&self.app), plane, ..*self }
    }
}
