//! What is asked of an osteotomy of the proximal femur, in a surgeon's terms.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// A cut through the femur at a level, and how the piece below it is moved. What is left out is nought: a transverse cut, nothing moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Correction {
    /// Where the cut crosses the shaft axis, mm below the tip of the lesser trochanter along it.
    pub level_mm: f64,
    /// Length of the segment that is taken out below the cut, along the shaft axis, mm.
    pub shortening_mm: f64,
    /// How far the distal piece is turned outwards about the shaft axis, degrees; it takes as much from the anteversion.
    pub derotation_deg: f64,
    /// How far the distal piece is abducted in the femur's frontal plane, degrees: valgus positive, varus negative.
    pub valgus_deg: f64,
    /// How far the distal piece is flexed in the femur's sagittal plane, degrees; extension is negative.
    pub flexion_deg: f64,
    /// About what place of the cut the distal piece is tilted.
    pub hinge: Hinge,
    /// How the cut runs.
    pub form: CutForm,
}

/// The place of the cut that stays where it is when the distal piece is tilted: a wedge is taken out opposite of it, or left open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hinge {
    /// The shaft axis.
    #[default]
    Axis,
    /// The medial border of the bone.
    Medial,
    /// The lateral border.
    Lateral,
    /// The anterior border.
    Anterior,
    /// The posterior border.
    Posterior,
}

/// How a cut runs. `towards_deg` is a direction across the shaft: 0° lateral, 90° anterior, 180° medial, on both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum CutForm {
    /// Across the shaft axis.
    #[default]
    Transverse,
    /// In a plane that rises towards a direction.
    Oblique {
        /// Angle to the transverse plane, degrees.
        tilt_deg: f64,
        /// Where it rises to, degrees.
        towards_deg: f64,
    },
    /// In two transverse halves, joined by a cut along the shaft axis: on the side of the direction the proximal piece reaches further down.
    Step {
        /// Height of the step, mm.
        height_mm: f64,
        /// The side on which the proximal piece is the longer, degrees.
        towards_deg: f64,
    },
}

/// Why an osteotomy cannot be planned.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum OsteotomyFault {
    /// There is no femur to cut.
    #[error("too little of the femur is in the scan")]
    NoFemur,
    /// The level cannot be counted.
    #[error("the lesser trochanter, from which its level counts, was not found")]
    NoTrochanter,
    /// The shaft ends before the cut.
    #[error("the scan ends above the cut {level_mm:.0} mm below the lesser trochanter")]
    ScanEnds {
        /// Level of the lower of both cuts, mm.
        level_mm: f64,
    },
    /// A hinge at the border of a bone that is not known.
    #[error("a hinge at the border of the bone needs the surface of the femur; without it, tilt about the shaft axis")]
    NoBorder,
    /// A step does not fit on another after a turn.
    #[error("the halves of a step meet only when nothing is turned or tilted; take a transverse or an oblique cut")]
    StepTurned,
    /// A number is out of what it can be.
    #[error("{name} is {value}, it must lie between {from} and {to}")]
    OutOfRange {
        /// Name of the number, as in [`Correction`].
        name: &'static str,
        /// What was given.
        value: f64,
        /// Least value.
        from: f64,
        /// Largest value.
        to: f64,
    },
}

impl Correction {
    /// A transverse shortening.
    #[must_use]
    pub fn shortening(level_mm: f64, shortening_mm: f64) -> Self {
        Self { level_mm, shortening_mm, ..Self::default() }
    }

    /// True when the distal piece changes its direction, not only its place or its turn.
    #[must_use]
    pub fn tilts(&self) -> bool {
        self.valgus_deg != 0.0 || self.flexion_deg != 0.0
    }

    /// Refuses numbers that make no sense.
    ///
    /// # Errors
    /// [`OsteotomyFault::OutOfRange`] for the first of them, [`OsteotomyFault::StepTurned`].
    pub fn check(&self) -> Result<(), OsteotomyFault> {
        let form = match self.form {
            CutForm::Transverse => [("tilt_deg", 0.0, 0.0, 0.0), ("towards_deg", 0.0, 0.0, 0.0)],
            CutForm::Oblique { tilt_deg, towards_deg } => {
                [("tilt_deg", tilt_deg, 0.0, 60.0), ("towards_deg", towards_deg, -360.0, 360.0)]
            }
            CutForm::Step { height_mm, towards_deg } => {
                [("height_mm", height_mm, 1.0, 60.0), ("towards_deg", towards_deg, -360.0, 360.0)]
            }
        };
        let numbers = [
            ("level_mm", self.level_mm, -30.0, 200.0),
            ("shortening_mm", self.shortening_mm, 0.0, 80.0),
            ("derotation_deg", self.derotation_deg, -60.0, 60.0),
            ("valgus_deg", self.valgus_deg, -45.0, 45.0),
            ("flexion_deg", self.flexion_deg, -45.0, 45.0),
        ];
        // What is no number lies in no range.
        let outside = numbers.into_iter().chain(form).find(|&(_, value, from, to)| !(from..=to).contains(&value));
        if let Some((name, value, from, to)) = outside {
            return Err(OsteotomyFault::OutOfRange { name, value, from, to });
        }
        if matches!(self.form, CutForm::Step { .. }) && (self.tilts() || self.derotation_deg != 0.0) {
            return Err(OsteotomyFault::StepTurned);
        }
        Ok(())
    }
}

/// Whether the femur is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum OsteotomyChoice {
    /// It is shortened where the leg would else become longer than is allowed.
    #[default]
    Automatic,
    /// It is not cut.
    Never,
    /// It is cut like this.
    Typed(Correction),
}

impl FromStr for OsteotomyChoice {
    type Err = String;

    /// `automatic`, `never`, `shorten:LEVEL,LENGTH[,ROTATION]` or `correct:LEVEL,VALGUS[,FLEXION[,ROTATION[,HINGE]]]`; behind either of the
    /// latter two `@oblique:TILT,TOWARDS` or `@step:HEIGHT,TOWARDS`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "automatic" => return Ok(Self::Automatic),
            "never" => return Ok(Self::Never),
            _ => {}
        }
        let asked = typed(text).ok_or_else(|| {
            format!(
                "'{text}' is no osteotomy: write automatic, never, shorten:LEVEL,LENGTH[,ROTATION] or \
                 correct:LEVEL,VALGUS[,FLEXION[,ROTATION[,HINGE]]] with lengths in mm below the lesser trochanter, angles in degrees and the \
                 hinge axis, medial, lateral, anterior or posterior, such as shorten:20,35,15; behind it @oblique:TILT,TOWARDS or \
                 @step:HEIGHT,TOWARDS for another cut than a transverse one"
            )
        })?;
        asked.check().map_err(|fault| format!("'{text}' is no osteotomy that can be planned: {fault}"))?;
        Ok(Self::Typed(asked))
    }
}

/// As it is typed: what is read from it again is the same.
impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level_mm, shortening_mm, derotation_deg, valgus_deg, flexion_deg, hinge, form } = *self;
        if self.tilts() || hinge != Hinge::Axis {
            write!(f, "correct:{level_mm},{valgus_deg},{flexion_deg},{derotation_deg},{}", hinge.word())?;
            // No text holds both; what is typed never asks for both.
            if shortening_mm != 0.0 {
                write!(f, " (shortened by {shortening_mm} mm)")?;
            }
        } else {
            write!(f, "shorten:{level_mm},{shortening_mm},{derotation_deg}")?;
        }
        match form {
            CutForm::Transverse => Ok(()),
            CutForm::Oblique { tilt_deg, towards_deg } => write!(f, "@oblique:{tilt_deg},{towards_deg}"),
            CutForm::Step { height_mm, towards_deg } => write!(f, "@step:{height_mm},{towards_deg}"),
        }
    }
}

fn typed(text: &str) -> Option<Correction> {
    let (what, form) = text.split_once('@').map_or((text, None), |(what, form)| (what, Some(form)));
    let (kind, values) = what.split_once(':')?;
    let words: Vec<&str> = values.split(',').map(str::trim).collect();
    let number = |at: usize| words.get(at).map_or(Some(0.0), |word| word.parse::<f64>().ok());
    let mut asked = match kind {
        "shorten" if (2..=3).contains(&words.len()) => {
            Correction { derotation_deg: number(2)?, ..Correction::shortening(number(0)?, number(1)?) }
        }
        "correct" if (2..=5).contains(&words.len()) => Correction {
            level_mm: number(0)?,
            valgus_deg: number(1)?,
            flexion_deg: number(2)?,
            derotation_deg: number(3)?,
            hinge: words.get(4).map_or(Some(Hinge::Axis), |word| hinge(word))?,
            ..Correction::default()
        },
        _ => return None,
    };
    if let Some(form) = form {
        let (kind, values) = form.split_once(':')?;
        let (first, towards) = values.split_once(',')?;
        let (first, towards_deg) = (first.trim().parse().ok()?, towards.trim().parse().ok()?);
        asked.form = match kind {
            "oblique" => CutForm::Oblique { tilt_deg: first, towards_deg },
            "step" => CutForm::Step { height_mm: first, towards_deg },
            _ => return None,
        };
    }
    Some(asked)
}

fn hinge(word: &str) -> Option<Hinge> {
    [Hinge::Axis, Hinge::Medial, Hinge::Lateral, Hinge::Anterior, Hinge::Posterior].into_iter().find(|hinge| hinge.word() == word)
}

impl Hinge {
    /// As it is typed.
    const fn word(self) -> &'static str {
        match self {
            Self::Axis => "axis",
            Self::Medial => "medial",
            Self::Lateral => "lateral",
            Self::Anterior => "anterior",
            Self::Posterior => "posterior",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_is_asked_and_nonsense_is_refused_by_name() {
        let parsed = |text: &str| text.parse::<OsteotomyChoice>();
        let typed = |correction| Ok(OsteotomyChoice::Typed(correction));
        assert_eq!(parsed("automatic"), Ok(OsteotomyChoice::Automatic));
        assert_eq!(parsed("shorten:20,35"), typed(Correction::shortening(20.0, 35.0)));
        let turned = Correction { derotation_deg: -12.5, ..Correction::shortening(20.0, 35.0) };
        assert_eq!(parsed("shorten:20, 35,-12.5"), typed(turned));
        let tilted =
            Correction { level_mm: 5.0, valgus_deg: 20.0, flexion_deg: -10.0, hinge: Hinge::Lateral, ..Correction::default() };
        assert_eq!(parsed("correct:5,20,-10,0,lateral"), typed(tilted));
        let form = CutForm::Oblique { tilt_deg: 30.0, towards_deg: 90.0 };
        assert_eq!(parsed("shorten:20,35@oblique:30,90"), typed(Correction { form, ..Correction::shortening(20.0, 35.0) }));
        for correction in [turned, tilted, Correction { form, ..Correction::shortening(20.0, 35.0) }] {
            assert_eq!(parsed(&correction.to_string()), typed(correction));
        }
        for (text, told) in [
            ("shorten:20", "write automatic"),
            ("shorten:20,x", "write automatic"),
            ("correct:5,20,0,0,knee", "hinge axis, medial"),
            ("shorten:20,120", "shortening_mm is 120, it must lie between 0 and 80"),
            ("shorten:20,NaN", "shortening_mm is NaN"),
            ("shorten:20,30,10@step:10,0", "nothing is turned"),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.contains(told) && error.contains(text), "{error}");
        }
    }
}
