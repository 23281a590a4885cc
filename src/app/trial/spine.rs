//! What a person types of the pelvis in postures.

use crate::motion::Spinopelvic;

/// What is known of the pelvis in postures besides the scan, degrees; tilts are those of the anterior pelvic plane, posterior positive.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spine {
    /// Tilt when standing; `None` where it is not known.
    pub standing_tilt_deg: Option<f64>,
    /// The same when sitting.
    pub sitting_tilt_deg: Option<f64>,
    /// How far the pelvis rolls back, where the tilts are not both known.
    pub roll_back: Option<RollBack>,
    /// Pelvic incidence less lumbar lordosis.
    pub incidence_less_lordosis_deg: Option<f64>,
}

/// How far the pelvis rolls back from standing to sitting, by one of the angles that are read off lateral radiographs, degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RollBack {
    /// Sacral slope standing and sitting: it falls as the pelvis rolls back.
    SacralSlope([f64; 2]),
    /// Spinopelvic tilt (PT, sacrum to hips) standing and sitting: it grows as the pelvis rolls back, since incidence is slope and tilt together.
    PelvicTilt([f64; 2]),
}

impl RollBack {
    /// Mean values of healthy adults to begin with: slope 40° standing and 20° sitting (PMC7340719, table 1), and of an incidence of 52° what is
    /// left of it.
    pub const USUAL: [Self; 2] = [Self::SacralSlope([40.0, 20.0]), Self::PelvicTilt([12.0, 32.0])];

    /// Key of its name in the language files.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::SacralSlope(_) => "spine-slope",
            Self::PelvicTilt(_) => "spine-tilt",
        }
    }

    /// Standing and sitting.
    #[must_use]
    pub const fn angles_mut(&mut self) -> &mut [f64; 2] {
        match self {
            Self::SacralSlope(angles) | Self::PelvicTilt(angles) => angles,
        }
    }

    /// The roll-back, degrees.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        match self {
            Self::SacralSlope([standing, sitting]) => standing - sitting,
            Self::PelvicTilt([standing, sitting]) => sitting - standing,
        }
    }
}

impl Spine {
    /// The same with the tilt of the scan, as activities and postures take it.
    #[must_use]
    pub fn known(&self, supine_tilt_deg: f64) -> Spinopelvic {
        Spinopelvic {
            supine_tilt_deg: Some(supine_tilt_deg),
            standing_tilt_deg: self.standing_tilt_deg,
            sitting_tilt_deg: self.sitting_tilt_deg,
            // As on the command line: a tilt sitting that is known has the word.
            slope_change_deg: self.roll_back.filter(|_| self.sitting_tilt_deg.is_none()).map(|roll_back| roll_back.degrees()),
            incidence_less_lordosis_deg: self.incidence_less_lordosis_deg,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::PelvicPosture;

    #[test]
    fn slope_and_tilt_of_one_pelvis_say_the_same_and_a_known_tilt_has_the_word() {
        // An incidence of 52°: slope and tilt add up to it standing and sitting.
        let [slope, tilt] = RollBack::USUAL;
        assert_eq!((slope.degrees(), tilt.degrees()), (20.0, 20.0));
        for roll_back in RollBack::USUAL {
            let spine = Spine { standing_tilt_deg: Some(3.0), roll_back: Some(roll_back), ..Spine::default() };
            assert_eq!(spine.known(-4.0).tilt_deg(PelvicPosture::Sitting), Some(23.0));
            let known = Spine { sitting_tilt_deg: Some(8.0), ..spine }.known(-4.0);
            assert_eq!((known.tilt_deg(PelvicPosture::Sitting), known.roll_back_deg()), (Some(8.0), Some(5.0)));
        }
    }
}
