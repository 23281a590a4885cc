//! Stems.

use super::{Head, head::usual_taper};
use nalgebra::{Point3, Vector3};
use serde::{Deserialize, Serialize};

/// Which neck a stem has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OffsetOption {
    /// Standard offset.
    #[default]
    Standard,
    /// High offset: the neck's base is moved medially, the length of the leg stays.
    High,
    /// For a femur in varus: the head further medial and lower, the neck's angle smaller.
    CoxaVara,
}

impl OffsetOption {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Standard, Self::High, Self::CoxaVara];

    /// As it ends the id of a stem.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Standard => "std",
            Self::High => "high",
            Self::CoxaVara => "vara",
        }
    }
}

/// One elliptical cross-section of a stem.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StemSection {
    /// Distance distal of the stem's origin along its axis, mm (negative: proximal of it).
    pub distal_mm: f64,
    /// Full width in the frontal plane of the stem, mm.
    pub width_mm: f64,
    /// Full depth (antero-posterior), mm.
    pub depth_mm: f64,
    /// Shift of the section's centre towards the neck (medially), mm.
    pub medial_shift_mm: f64,
}

/// A plate that rests on the cut neck.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collar {
    /// How far it reaches medially from the neck's axis, along the plane of the neck resection, mm.
    pub medial_mm: f64,
    /// Its whole depth from front to back, mm.
    pub depth_mm: f64,
    /// Thickness above the plane of the neck resection, mm.
    pub thickness_mm: f64,
}

/// How a stem is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StemFixation {
    /// Without cement.
    Cementless,
    /// In a mantle of cement.
    Cemented,
}

/// A straight stem.
///
/// Stem frame of a **right** hip, following the femoral frame: +Y along the stem axis, proximal; −Z medial, towards the head; +X anterior.
/// Origin: where the neck axis meets the stem axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stem {
    /// Unique id, e.g. `stem-taper-5-std`.
    pub id: String,
    /// Id of its family; empty in a catalogue of format 1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// Size as printed on the box.
    pub size: u32,
    /// Neck option.
    pub offset_option: OffsetOption,
    /// Neck–shaft angle, degrees.
    pub neck_shaft_angle_deg: f64,
    /// Distance from the origin along the neck to the centre of a head of offset 0, mm.
    pub neck_length_mm: f64,
    /// Diameter of the neck at its taper; where there is no `neck_profile`, of the whole neck, mm.
    pub neck_diameter_mm: f64,
    /// Distance from the origin along the neck to the plane of the neck resection, mm; the plane is perpendicular to the neck axis.
    pub resection_mm: f64,
    /// Cross-sections from proximal to distal.
    pub sections: Vec<StemSection>,
    /// The taper that heads sit on.
    #[serde(default = "usual_taper")]
    pub taper: String,
    /// Diameters of a neck that is no cylinder: (distance from the centre of a head of offset 0 along the neck towards the shaft,
    /// diameter), mm, straight between; from the head on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub neck_profile: Vec<(f64, f64)>,
    /// How far the neck is turned about the stem's axis against the body, degrees; more anteversion is positive.
    #[serde(default)]
    pub neck_version_deg: f64,
    /// The plate that rests on the cut neck.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collar: Option<Collar>,
    /// Thickness of the cement that it needs all round, mm; 0 without cement.
    #[serde(default)]
    pub mantle_mm: f64,
}

impl Default for Stem {
    /// A stem without sections, on a 12/14 taper, to start from.
    fn default() -> Self {
        Self {
            id: String::new(),
            family: String::new(),
            size: 1,
            offset_option: OffsetOption::Standard,
            neck_shaft_angle_deg: 135.0,
            neck_length_mm: 0.0,
            neck_diameter_mm: 0.0,
            resection_mm: 0.0,
            sections: Vec::new(),
            taper: usual_taper(),
            neck_profile: Vec::new(),
            neck_version_deg: 0.0,
            collar: None,
            mantle_mm: 0.0,
        }
    }
}

impl Stem {
    /// Unit direction along the neck from the origin to the head, in the frame of a right stem.
    #[must_use]
    pub fn towards_head(&self) -> Vector3<f64> {
        let (sin, cos) = self.neck_shaft_angle_deg.to_radians().sin_cos();
        let (forward, medial) = self.neck_version_deg.to_radians().sin_cos();
        Vector3::new(sin * forward, -cos, -sin * medial)
    }

    /// Centre of a head on this stem, in the frame of a right stem, mm.
    #[must_use]
    pub fn head_centre(&self, head: &Head) -> Point3<f64> {
        Point3::from(self.towards_head() * (self.neck_length_mm + head.offset_mm))
    }

    /// The cross-section at a distance below the origin, linearly between those listed; `None` above the first or below the last.
    #[must_use]
    pub fn section_at(&self, distal_mm: f64) -> Option<StemSection> {
        let [above, below] =
            self.sections.array_windows().find(|[above, below]| (above.distal_mm..=below.distal_mm).contains(&distal_mm))?;
        let part = (distal_mm - above.distal_mm) / (below.distal_mm - above.distal_mm).max(1e-9);
        let between = |from: f64, to: f64| from + part * (to - from);
        Some(StemSection {
            distal_mm,
            width_mm: between(above.width_mm, below.width_mm),
            depth_mm: between(above.depth_mm, below.depth_mm),
            medial_shift_mm: between(above.medial_shift_mm, below.medial_shift_mm),
        })
    }

    /// Distance of the tip below the origin along the stem axis, mm.
    #[must_use]
    pub fn tip_mm(&self) -> f64 {
        self.sections.last().map_or(0.0, |section| section.distal_mm)
    }

    /// How much further below another stem's origin the body lies that both share, mm; `None` when it is another body.
    #[must_use]
    pub fn body_shift_mm(&self, other: &Self) -> Option<f64> {
        let shift_mm = other.sections.first()?.distal_mm - self.sections.first()?.distal_mm;
        let alike = |(a, b): (&StemSection, &StemSection)| {
            let lengths = [
                (a.width_mm, b.width_mm),
                (a.depth_mm, b.depth_mm),
                (a.medial_shift_mm, b.medial_shift_mm),
                (a.distal_mm + shift_mm, b.distal_mm),
            ];
            lengths.iter().all(|(a, b)| (a - b).abs() < 0.01)
        };
        let same = self.family == other.family && self.size == other.size && self.mantle_mm == other.mantle_mm;
        let sections = self.sections.len() == other.sections.len() && self.sections.iter().zip(&other.sections).all(alike);
        (same && sections).then_some(shift_mm)
    }

    /// Femoral offset of the stem with a given head: distance of the head centre from the stem axis, mm.
    #[must_use]
    pub fn offset_mm(&self, head: &Head) -> f64 {
        (self.neck_length_mm + head.offset_mm) * self.neck_shaft_angle_deg.to_radians().sin()
    }

    /// How it is held.
    #[must_use]
    pub fn fixation(&self) -> StemFixation {
        if self.mantle_mm > 0.0 { StemFixation::Cemented } else { StemFixation::Cementless }
    }
}
