//! What can be implanted: cups, heads and stems as tables of dimensions. Generic families with generic names, no brand.

use nalgebra::{Point3, Vector3};
use serde::{Deserialize, Serialize};

/// A hospital's implant catalogue, read from RON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Version of this document's format.
    pub format_version: u32,
    /// Name shown to the user.
    pub name: String,
    /// Version of the catalogue's content; every plan records it.
    pub version: String,
    /// Hemispherical press-fit cups with their liner, smallest first.
    pub cups: Vec<Cup>,
    /// Modular heads.
    pub heads: Vec<Head>,
    /// Stems: one entry a size and offset option.
    pub stems: Vec<Stem>,
    /// SHA-256 of the file it was read from, hexadecimal; empty for a catalogue made in memory.
    #[serde(skip)]
    pub sha256: String,
}

/// A hemispherical cup with a neutral liner. Cup frame: origin at the centre of the bearing, +Z out of the opening.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cup {
    /// Unique id, e.g. `cup-hemi-52`.
    pub id: String,
    /// Outer diameter, mm.
    pub outer_diameter_mm: f64,
    /// Head diameter that its liner takes, mm.
    pub head_diameter_mm: f64,
    /// Height of the liner's rim above the bearing's centre along the cup axis, mm (0: a plain hemisphere).
    pub rim_height_mm: f64,
    /// Width of the 45° chamfer on the inner edge of the liner's rim, mm (0: a sharp edge).
    pub chamfer_mm: f64,
    /// Wall thickness of the metal shell, mm; the rest up to the head is polyethylene.
    pub shell_thickness_mm: f64,
}

/// A modular head on a 12/14 taper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Unique id, e.g. `head-32+3.5`.
    pub id: String,
    /// Diameter, mm.
    pub diameter_mm: f64,
    /// Distance of the head centre from the taper's reference point along the neck, mm (0: standard).
    pub offset_mm: f64,
}

/// Which neck a stem has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OffsetOption {
    /// Standard offset.
    Standard,
    /// High offset: the neck's base is moved medially, the length of the leg stays.
    High,
}

/// One elliptical cross-section of a stem.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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

/// A straight cementless stem.
///
/// Stem frame of a **right** hip, following the femoral frame: +Y along the stem axis, proximal; −Z medial, towards the head; +X anterior.
/// Origin: where the neck axis meets the stem axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stem {
    /// Unique id, e.g. `stem-taper-5-std`.
    pub id: String,
    /// Size as printed on the box.
    pub size: u32,
    /// Neck option.
    pub offset_option: OffsetOption,
    /// Neck–shaft angle, degrees.
    pub neck_shaft_angle_deg: f64,
    /// Distance from the origin along the neck to the centre of a head of offset 0, mm.
    pub neck_length_mm: f64,
    /// Diameter of the cylindrical neck where it can touch the liner's rim, mm.
    pub neck_diameter_mm: f64,
    /// Distance from the origin along the neck to the plane of the neck resection, mm; the plane is perpendicular to the neck axis.
    pub resection_mm: f64,
    /// Cross-sections from proximal to distal.
    pub sections: Vec<StemSection>,
}

impl Catalogue {
    /// Version of the format that this program writes and reads.
    pub const FORMAT_VERSION: u32 = 1;

    /// Name and version, as plans record them.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// The ids of all cups, heads and stems.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let (cups, heads) = (self.cups.iter().map(|cup| &cup.id), self.heads.iter().map(|head| &head.id));
        cups.chain(heads).chain(self.stems.iter().map(|stem| &stem.id)).map(String::as_str)
    }

    /// The cup with this id.
    #[must_use]
    pub fn cup(&self, id: &str) -> Option<&Cup> {
        self.cups.iter().find(|cup| cup.id == id)
    }

    /// The head with this id.
    #[must_use]
    pub fn head(&self, id: &str) -> Option<&Head> {
        self.heads.iter().find(|head| head.id == id)
    }

    /// The stem with this id.
    #[must_use]
    pub fn stem(&self, id: &str) -> Option<&Stem> {
        self.stems.iter().find(|stem| stem.id == id)
    }

    /// The heads that a cup's liner takes, in the catalogue's order.
    pub fn heads_for(&self, cup: &Cup) -> impl Iterator<Item = &Head> {
        let diameter_mm = cup.head_diameter_mm;
        self.heads.iter().filter(move |head| (head.diameter_mm - diameter_mm).abs() < 1e-6)
    }
}

impl Cup {
    /// Thickness of the polyethylene between shell and head, mm.
    #[must_use]
    pub fn polyethylene_mm(&self) -> f64 {
        (self.outer_diameter_mm - self.head_diameter_mm) / 2.0 - self.shell_thickness_mm
    }
}

impl Stem {
    /// Unit direction along the neck from the origin to the head, in the frame of a right stem.
    #[must_use]
    pub fn towards_head(&self) -> Vector3<f64> {
        let (sin, cos) = self.neck_shaft_angle_deg.to_radians().sin_cos();
        Vector3::new(0.0, -cos, -sin)
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

    /// Femoral offset of the stem with a given head: distance of the head centre from the stem axis, mm.
    #[must_use]
    pub fn offset_mm(&self, head: &Head) -> f64 {
        (self.neck_length_mm + head.offset_mm) * self.neck_shaft_angle_deg.to_radians().sin()
    }
}
