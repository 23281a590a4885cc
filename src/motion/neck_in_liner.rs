//! Neck and liner as they are: a cup with its liner turned in it, and a neck.

use super::{
    NeckAngles, Posture, RomCase,
    activity::{FINE_DEG, Least, Track, best_arc},
};
use crate::{anatomy::CupAngles, implants::NeckRange};
use nalgebra::{Matrix3, Rotation3, Unit, Vector3};
use std::sync::Arc;

/// A cup with its liner, and a neck, as those of a right hip in its pelvic and femoral frame.
///
/// Where the rim is the same all round this is a [`RomCase`] and answered by its closed form; a lip is followed along its exact rim.
#[derive(Clone, Debug, PartialEq)]
pub struct NeckInLiner {
    /// The cup, that is the shell, radiographic.
    pub cup: CupAngles,
    /// Where the middle of the liner's lip is, or the side on which its face stands out: a direction of the pelvic frame.
    pub towards: Unit<Vector3<f64>>,
    /// The neck.
    pub neck: NeckAngles,
    /// Where the neck is free, in the cup's frame.
    pub range: Arc<NeckRange>,
}

impl From<&RomCase> for NeckInLiner {
    fn from(case: &RomCase) -> Self {
        let range = Arc::new(NeckRange::cone(case.oscillation_deg));
        Self { cup: case.cup, towards: Vector3::y_axis(), neck: case.neck, range }
    }
}

impl From<&Self> for NeckInLiner {
    fn from(joint: &Self) -> Self {
        joint.clone()
    }
}

impl NeckInLiner {
    /// The same with the cup turned, its lip going round with the axis by the shortest way, as editing a plan turns it.
    #[must_use]
    pub fn with_cup(&self, cup: CupAngles) -> Self {
        let turn = Rotation3::rotation_between(&self.cup.right_hip_axis(), &cup.right_hip_axis()).unwrap_or_default();
        Self { cup, towards: turn * self.towards, ..self.clone() }
    }

    /// The same with the liner locked so many degrees further round the cup's axis, clockwise as seen from outside: on a right hip forwards
    /// from twelve o'clock.
    #[must_use]
    pub fn with_liner_turned(&self, degrees: f64) -> Self {
        let turn = Rotation3::from_axis_angle(&self.cup.right_hip_axis(), -degrees.to_radians());
        Self { towards: turn * self.towards, ..self.clone() }
    }

    /// From the cup's frame to the pelvic frame.
    #[must_use]
    pub fn rotation(&self) -> Rotation3<f64> {
        let z = self.cup.right_hip_axis().into_inner();
        let across = |x: &Vector3<f64>| z.cross(x).try_normalize(1e-9);
        let y = across(&self.towards).or_else(|| across(&Vector3::y())).unwrap_or_else(Vector3::x);
        Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[y.cross(&z), y, z]))
    }

    /// The case of the closed form: cone and axis of the rim. All there is of a rim that is the same all round; of a lip the cone that is
    /// free all round.
    #[must_use]
    pub fn case(&self) -> RomCase {
        let cup = if *self.range.axis() == Vector3::z_axis() {
            self.cup
        } else {
            let axis = self.rotation() * self.range.axis();
            CupAngles {
                inclination_deg: axis.z.atan2(-axis.y).to_degrees(),
                anteversion_deg: axis.x.clamp(-1.0, 1.0).asin().to_degrees(),
            }
        };
        RomCase { cup, neck: self.neck, oscillation_deg: self.range.oscillation_deg() }
    }

    /// Degrees that the neck can still lean in a posture, in the direction of least room.
    #[must_use]
    pub fn margin_deg(&self, posture: &Posture) -> f64 {
        self.range.margin_deg(&(self.rotation().inverse() * self.turned_neck(posture)))
    }

    /// Where in the pelvic frame the neck leans to in a posture, across the rim's axis, and whether it is the lip that it comes nearest to.
    #[must_use]
    pub fn leaning(&self, posture: &Posture) -> (Vector3<f64>, bool) {
        let (rotation, neck) = (self.rotation(), self.turned_neck(posture));
        let axis = rotation * self.range.axis().into_inner();
        (neck - axis * axis.dot(&neck), self.range.is_at_lip(&(rotation.inverse() * neck)))
    }

    /// Where along a track neck and liner come closest: exact to 1e-9° where the rim is the same all round, to 0.01° at a lip.
    #[must_use]
    pub fn least(&self, track: &Track) -> Least {
        if self.range.is_cone() {
            return track.least(&self.case());
        }
        let room = self.room();
        if let Some((motion, total_deg)) = track.arc() {
            return best_arc(motion, total_deg, &room);
        }
        let everywhere = track.least_room(f64::INFINITY, FINE_DEG, &|posture, _| room(posture));
        everywhere.unwrap_or(Least { margin_deg: f64::NEG_INFINITY, part: 0.0, posture: Posture::NEUTRAL })
    }

    /// Where, from its beginning on, neck and liner first touch; `None` when they never do, or when it has no beginning (an arc).
    #[must_use]
    pub fn first_contact(&self, track: &Track) -> Option<Least> {
        if self.range.is_cone() {
            return track.first_contact(&self.case());
        }
        let room = self.room();
        track.least_room(0.0, FINE_DEG, &|posture, _| room(posture)).and_then(|_| track.first_without_room(&room))
    }

    fn turned_neck(&self, posture: &Posture) -> Vector3<f64> {
        posture.right_hip_rotation() * self.neck.right_hip_axis().into_inner()
    }

    fn room(&self) -> impl Fn(&Posture) -> f64 {
        let (into_cup, neck) = (self.rotation().inverse(), self.neck.right_hip_axis().into_inner());
        let range = self.range.clone();
        move |posture| range.margin_deg(&(into_cup * (posture.right_hip_rotation() * neck)))
    }
}

impl Track {
    /// The least margin of a neck (femoral frame) in a rim turned anyhow (cup's to pelvic frame), where it is below so many degrees; what is
    /// told of a cone may be 0.005° too much.
    pub(crate) fn least_margin(
        &self,
        cup: &Rotation3<f64>,
        range: &NeckRange,
        neck: &Vector3<f64>,
        below_deg: f64,
    ) -> Option<f64> {
        let margin_deg = if range.is_cone() {
            let cosine = self.sampled_cosine(&(cup * range.axis().into_inner()), neck);
            range.oscillation_deg() / 2.0 - cosine.clamp(-1.0, 1.0).acos().to_degrees()
        } else {
            let into_cup = cup.inverse();
            let room = |posture: &Posture| range.margin_deg(&(into_cup * (posture.right_hip_rotation() * neck)));
            match self.arc() {
                Some((motion, total_deg)) => best_arc(motion, total_deg, &room).margin_deg,
                None => self.least_room(below_deg, FINE_DEG, &|posture, _| room(posture))?.margin_deg,
            }
        };
        (margin_deg < below_deg).then_some(margin_deg)
    }
}
