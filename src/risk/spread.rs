//! How far placement, measurements and posture scatter: data, not code, and each number says what it rests on.

use crate::{files::shipped, motion::activity::Name};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

const FORMAT_VERSION: u32 = 1;
/// Where the shipped settings lie below the program's data folder.
const SHIPPED: &str = "assets/risk/placement.ron";
/// No standard deviation is larger, degrees or mm: more is a slip.
const LARGEST: f64 = 45.0;

/// What a number rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// A figure of this source.
    Published(String),
    /// Computed from a published figure, as stated.
    Derived(String),
    /// Nobody's figure.
    Assumed(String),
}

/// A standard deviation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// Degrees or mm, as the field's name says.
    pub sd: f64,
    /// What it rests on.
    pub basis: Basis,
}

/// How well a way of operating places implants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Its name on the command line.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Radiographic inclination of the cup.
    pub cup_inclination_deg: Deviation,
    /// Radiographic anteversion of the cup.
    pub cup_anteversion_deg: Deviation,
    /// Anteversion of the stem.
    pub stem_version_deg: Deviation,
    /// Varus of the stem.
    pub stem_varus_deg: Deviation,
    /// Leg length that depth of cup and stem make.
    pub leg_length_mm: Deviation,
}

/// How well what the plan rests on is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasurementSpread {
    /// Hip centre along each axis.
    pub hip_centre_mm: Deviation,
    /// Pelvic frame about each axis.
    pub pelvic_frame_deg: Deviation,
    /// Femoral frame about its long axis.
    pub femoral_frame_deg: Deviation,
}

/// The settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadSettings {
    /// Version of the format.
    pub format_version: u32,
    /// Ways of operating.
    pub presets: Vec<Preset>,
    /// Measurements.
    pub measurement: MeasurementSpread,
    /// Pelvic tilt when standing and sitting.
    pub pelvic_tilt_deg: Deviation,
}

/// Something that scatters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// Inclination of the cup as placed.
    CupInclination,
    /// Anteversion of the cup as placed.
    CupAnteversion,
    /// Anteversion of the stem as placed.
    StemVersion,
    /// Varus of the stem as placed.
    StemVarus,
    /// Depth of cup and stem as placed.
    LegLength,
    /// The measured hip centre, up and down.
    HipCentre,
    /// The measured pelvic frame about its antero-posterior axis.
    PelvicObliquity,
    /// The measured pelvic frame about its long axis.
    PelvicRotation,
    /// The measured pelvic frame about its transverse axis.
    PelvicFrameTilt,
    /// The measured femoral frame about its long axis.
    FemoralRotation,
    /// The tilt of the pelvis when standing and sitting.
    PelvicTilt,
}

impl Source {
    /// All of them; their order is that of [`Spread`].
    pub const ALL: [Self; 11] = [
        Self::CupInclination,
        Self::CupAnteversion,
        Self::StemVersion,
        Self::StemVarus,
        Self::LegLength,
        Self::HipCentre,
        Self::PelvicObliquity,
        Self::PelvicRotation,
        Self::PelvicFrameTilt,
        Self::FemoralRotation,
        Self::PelvicTilt,
    ];

    /// Key of its name in the language files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::CupInclination => "scatter-cup-inclination",
            Self::CupAnteversion => "scatter-cup-anteversion",
            Self::StemVersion => "scatter-stem-version",
            Self::StemVarus => "scatter-stem-varus",
            Self::LegLength => "scatter-leg-length",
            Self::HipCentre => "scatter-hip-centre",
            Self::PelvicObliquity => "scatter-pelvic-obliquity",
            Self::PelvicRotation => "scatter-pelvic-rotation",
            Self::PelvicFrameTilt => "scatter-pelvic-frame-tilt",
            Self::FemoralRotation => "scatter-femoral-rotation",
            Self::PelvicTilt => "scatter-pelvic-tilt",
        }
    }
}

/// Standard deviations in the order of [`Source::ALL`], degrees or mm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread(pub [f64; Source::ALL.len()]);

impl Spread {
    /// Only one thing scatters.
    #[must_use]
    pub fn only(source: Source, sd: f64) -> Self {
        Self(Source::ALL.map(|other| if other == source { sd } else { 0.0 }))
    }
}

/// Why settings cannot be used.
#[derive(Debug, Error)]
pub enum SpreadError {
    /// The file cannot be read.
    #[error("the placement settings {} cannot be read: {source}; check the path and the permissions", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is no settings.
    #[error("the placement settings {} are not well formed at line {line}, column {column}: {reason}; correct that line", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found and expected.
        reason: String,
    },
    /// A number makes no sense.
    #[error("the placement settings {} cannot be used: {problem}; correct this entry", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the entry's name.
        problem: String,
    },
    /// No preset has this id.
    #[error("there is no preset '{wanted}'; there are {known}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// All ids.
        known: String,
    },
}

impl SpreadSettings {
    /// Reads and checks settings.
    ///
    /// # Errors
    /// When the file cannot be read, is not well formed, of another version, or holds a number that makes no sense.
    pub fn load(path: &Path) -> Result<Self, SpreadError> {
        let text = fs::read_to_string(path).map_err(|source| SpreadError::Read { path: path.into(), source })?;
        let settings: Self = ron::from_str(&text).map_err(|error| SpreadError::Syntax {
            path: path.into(),
            line: error.span.start.line,
            column: error.span.start.col,
            reason: error.code.to_string(),
        })?;
        match settings.problem() {
            Some(problem) => Err(SpreadError::Content { path: path.into(), problem }),
            None => Ok(settings),
        }
    }

    /// The settings that ship with the program.
    ///
    /// # Errors
    /// As [`SpreadSettings::load`].
    pub fn shipped() -> Result<Self, SpreadError> {
        let path = shipped(SHIPPED).map_err(|source| SpreadError::Read { path: SHIPPED.into(), source })?;
        Self::load(&path)
    }

    /// The preset with this id.
    ///
    /// # Errors
    /// [`SpreadError::Unknown`].
    pub fn preset(&self, id: &str) -> Result<&Preset, SpreadError> {
        self.presets.iter().find(|preset| preset.id == id).ok_or_else(|| {
            let known = self.presets.iter().map(|preset| preset.id.as_str()).collect::<Vec<_>>().join(", ");
            SpreadError::Unknown { wanted: id.into(), known }
        })
    }

    /// Each source with its deviation under a preset.
    #[must_use]
    pub fn deviations<'a>(&'a self, preset: &'a Preset) -> [(Source, &'a Deviation); Source::ALL.len()] {
        let measurement = &self.measurement;
        Source::ALL.map(|source| {
            let deviation = match source {
                Source::CupInclination => &preset.cup_inclination_deg,
                Source::CupAnteversion => &preset.cup_anteversion_deg,
                Source::StemVersion => &preset.stem_version_deg,
                Source::StemVarus => &preset.stem_varus_deg,
                Source::LegLength => &preset.leg_length_mm,
                Source::HipCentre => &measurement.hip_centre_mm,
                Source::PelvicObliquity | Source::PelvicRotation | Source::PelvicFrameTilt => &measurement.pelvic_frame_deg,
                Source::FemoralRotation => &measurement.femoral_frame_deg,
                Source::PelvicTilt => &self.pelvic_tilt_deg,
            };
            (source, deviation)
        })
    }

    /// The standard deviations under a preset.
    #[must_use]
    pub fn spread(&self, preset: &Preset) -> Spread {
        Spread(self.deviations(preset).map(|(_, deviation)| deviation.sd))
    }

    fn problem(&self) -> Option<String> {
        if self.format_version != FORMAT_VERSION {
            return Some(format!("format_version is {}, this program reads version {FORMAT_VERSION}", self.format_version));
        }
        for (index, preset) in self.presets.iter().enumerate() {
            if self.presets[..index].iter().any(|other| other.id == preset.id) {
                return Some(format!("the preset '{}' is there twice", preset.id));
            }
            for (source, Deviation { sd, .. }) in self.deviations(preset) {
                // What is no number lies in no range.
                if !(0.0..=LARGEST).contains(sd) {
                    return Some(format!("preset '{}', {source:?}: sd is {sd}, expected 0 to {LARGEST}", preset.id));
                }
            }
        }
        self.presets.is_empty().then(|| "there are no presets".into())
    }
}
