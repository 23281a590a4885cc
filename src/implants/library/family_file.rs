//! A family as a file: dimensions that all sizes share, and a table of the sizes.

use crate::implants::{
    Augment, Collar, Cup, Family, Fixation, Head, Liner, Lip, MobileBall, OffsetOption, PartKind, Parts, ScrewHole, Skirt, Stem,
    StemSection, head::usual_taper,
};
use serde::Deserialize;

/// One file of a library.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FamilyFile {
    #[expect(dead_code, reason = "was read with the header")]
    format_version: u32,
    pub family: String,
    pub name: String,
    /// The unit of all lengths in it.
    pub unit: String,
    /// How the frame of its parts lies.
    pub frame: String,
    pub parts: Table,
}

#[derive(Deserialize)]
pub(super) enum Table {
    Cups(CupTable),
    Liners(LinerTable),
    Heads(HeadTable),
    Stems(StemTable),
    Augments(AugmentTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CupTable {
    #[serde(default)]
    fixation: Fixation,
    #[serde(default)]
    dual_mobility: bool,
    #[serde(default)]
    mantle_mm: f64,
    #[serde(default)]
    rim_height_mm: f64,
    chamfer_mm: f64,
    /// All holes; the smaller sizes have the first ones only.
    #[serde(default)]
    screw_holes: Vec<ScrewHole>,
    /// Sizes lie so far apart, mm.
    step_mm: f64,
    sizes: Vec<CupSize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CupSize {
    outer_diameter_mm: f64,
    head_diameter_mm: f64,
    #[serde(default)]
    shell_thickness_mm: f64,
    #[serde(default)]
    holes: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinerTable {
    #[serde(default)]
    lateral_mm: f64,
    #[serde(default)]
    rim_height_mm: f64,
    #[serde(default)]
    chamfer_mm: f64,
    #[serde(default)]
    edge_round_mm: f64,
    /// Latitude at which a rim that holds the head ends, degrees above the bearing's equator.
    #[serde(default)]
    captive_deg: Option<f64>,
    #[serde(default)]
    lip: Option<Lip>,
    #[serde(default)]
    face_deg: f64,
    sizes: Vec<LinerSize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinerSize {
    seat_diameter_mm: f64,
    head_diameters_mm: Vec<f64>,
    #[serde(default)]
    ball: Option<MobileBall>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadTable {
    #[serde(default = "usual_taper")]
    taper: String,
    sizes: Vec<HeadSize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadSize {
    diameter_mm: f64,
    offsets_mm: Vec<f64>,
    #[serde(default)]
    skirt_diameter_mm: Option<f64>,
    /// Distance from the taper's reference point to the skirt's end, mm.
    #[serde(default)]
    skirt_length_mm: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StemTable {
    #[serde(default = "usual_taper")]
    taper: String,
    neck_diameter_mm: f64,
    #[serde(default)]
    neck_profile: Vec<(f64, f64)>,
    /// The standard neck first.
    necks: Vec<Neck>,
    /// Turns of the neck against the body, degrees.
    #[serde(default)]
    neck_versions_deg: Vec<f64>,
    #[serde(default)]
    mantle_mm: f64,
    /// The same stems with a collar are a family of their own.
    #[serde(default)]
    pub collared: Option<Collared>,
    sizes: Vec<StemSize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Neck {
    option: OffsetOption,
    neck_shaft_angle_deg: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Collared {
    family: String,
    name: String,
    /// True when there are none without.
    #[serde(default)]
    only: bool,
    thickness_mm: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StemSize {
    size: u32,
    /// For each neck: distance of the standard head's centre from the stem axis, and how much higher it stands than on the standard neck, mm.
    heads: Vec<(f64, f64)>,
    /// Of the standard neck; the other necks are cut through the same point, each across its own axis.
    resection_mm: f64,
    /// How far a collar reaches medially from the neck's axis, and its depth, mm.
    #[serde(default)]
    collar_mm: (f64, f64),
    /// (distance below the standard neck's crossing with the stem axis, width, depth, medial shift), mm.
    sections: Vec<(f64, f64, f64, f64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AugmentTable {
    arc_deg: f64,
    latitudes_deg: (f64, f64),
    cup_diameters_mm: Vec<f64>,
    thicknesses_mm: Vec<f64>,
}

impl FamilyFile {
    /// The families and the parts of the file; an error is the end of a sentence.
    pub fn expanded(self) -> Result<(Vec<Family>, Parts), String> {
        let Self { family: id, name, frame, parts: table, .. } = self;
        let mut parts = Parts::default();
        let step_mm = if let Table::Cups(table) = &table { Some(table.step_mm) } else { None };
        let mut families = vec![Family { id: id.clone(), name, kind: table.kind(), frame: frame.clone(), step_mm }];
        match table {
            Table::Cups(table) => parts.cups = table.cups(&id),
            Table::Liners(table) => parts.liners = table.liners(&id),
            Table::Heads(table) => parts.heads = table.heads(&id),
            Table::Stems(table) => {
                parts.stems = table.stems(&id)?;
                if let Some(collared) = &table.collared {
                    let kept = if collared.only { Vec::new() } else { parts.stems.clone() };
                    let with_collar = parts.stems.iter().zip(table.collars());
                    parts.stems = kept.into_iter().chain(with_collar.map(|(stem, mm)| collared.of(stem, mm))).collect();
                    if collared.only {
                        families.clear();
                    }
                    let (id, name) = (collared.family.clone(), collared.name.clone());
                    families.push(Family { id, name, kind: PartKind::Stem, frame, step_mm: None });
                }
            }
            Table::Augments(table) => parts.augments = table.augments(&id),
        }
        Ok((families, parts))
    }
}

impl Table {
    const fn kind(&self) -> PartKind {
        match self {
            Self::Cups(_) => PartKind::Cup,
            Self::Liners(_) => PartKind::Liner,
            Self::Heads(_) => PartKind::Head,
            Self::Stems(_) => PartKind::Stem,
            Self::Augments(_) => PartKind::Augment,
        }
    }
}

impl CupTable {
    fn cups(&self, family: &str) -> Vec<Cup> {
        let cup = |size: &CupSize| Cup {
            id: format!("{family}-{}", size.outer_diameter_mm),
            family: family.into(),
            fixation: self.fixation,
            outer_diameter_mm: size.outer_diameter_mm,
            head_diameter_mm: size.head_diameter_mm,
            rim_height_mm: self.rim_height_mm,
            chamfer_mm: self.chamfer_mm,
            shell_thickness_mm: size.shell_thickness_mm,
            mantle_mm: self.mantle_mm,
            dual_mobility: self.dual_mobility,
            screw_holes: self.screw_holes.iter().take(size.holes).copied().collect(),
        };
        self.sizes.iter().map(cup).collect()
    }
}

impl LinerTable {
    fn liners(&self, family: &str) -> Vec<Liner> {
        let liner = |size: &LinerSize, head_diameter_mm: f64| Liner {
            id: format!("{family}-{}-{head_diameter_mm}", size.seat_diameter_mm),
            family: family.into(),
            seat_diameter_mm: size.seat_diameter_mm,
            head_diameter_mm,
            lateral_mm: self.lateral_mm,
            rim_height_mm: self.captive_deg.map_or(self.rim_height_mm, |deg| head_diameter_mm / 2.0 * deg.to_radians().sin()),
            chamfer_mm: self.chamfer_mm,
            edge_round_mm: self.edge_round_mm,
            captive: self.captive_deg.is_some(),
            lip: self.lip,
            face_deg: self.face_deg,
            ball: size.ball,
        };
        self.sizes.iter().flat_map(|size| size.head_diameters_mm.iter().map(move |head| liner(size, *head))).collect()
    }
}

impl HeadTable {
    fn heads(&self, family: &str) -> Vec<Head> {
        let head = |size: &HeadSize, offset_mm: f64| Head {
            id: format!("{family}-{}{offset_mm:+}", size.diameter_mm),
            family: family.into(),
            diameter_mm: size.diameter_mm,
            offset_mm,
            taper: self.taper.clone(),
            skirt: size.skirt_diameter_mm.map(|diameter_mm| Skirt { diameter_mm, end_mm: offset_mm + size.skirt_length_mm }),
        };
        self.sizes.iter().flat_map(|size| size.offsets_mm.iter().map(move |offset| head(size, *offset))).collect()
    }
}

/// A size, a neck, the place of the head on it, and how far it is turned.
type Combination<'t> = (&'t StemSize, &'t Neck, (f64, f64), Option<f64>);

impl StemTable {
    /// Every size with every neck at every turn.
    fn stems(&self, family: &str) -> Result<Vec<Stem>, String> {
        let mut stems = Vec::new();
        for (size, neck, head, version) in self.combinations(family)? {
            stems.push(self.stem(family, size, neck, head, version));
        }
        Ok(stems)
    }

    fn combinations(&self, family: &str) -> Result<Vec<Combination<'_>>, String> {
        if self.necks.is_empty() {
            return Err(format!("the family '{family}' lists no necks"));
        }
        let versions: Vec<Option<f64>> = match self.neck_versions_deg.as_slice() {
            [] => vec![None],
            turned => turned.iter().copied().map(Some).collect(),
        };
        let mut all = Vec::new();
        for size in &self.sizes {
            if size.heads.len() != self.necks.len() {
                return Err(format!(
                    "size {} of the family '{family}' states {} heads, the family has {} necks",
                    size.size,
                    size.heads.len(),
                    self.necks.len()
                ));
            }
            for (neck, head) in self.necks.iter().zip(&size.heads) {
                all.extend(versions.iter().map(|version| (size, neck, *head, *version)));
            }
        }
        Ok(all)
    }

    fn stem(&self, family: &str, size: &StemSize, neck: &Neck, (offset_mm, rise_mm): (f64, f64), version: Option<f64>) -> Stem {
        // Heights above the standard neck's crossing with the stem axis; a neck rises by so much on a millimetre of offset.
        let rise = |angle_deg: f64| -1.0 / angle_deg.to_radians().tan();
        let standard_deg = self.necks[0].neck_shaft_angle_deg;
        let head_mm = size.heads[0].0 * rise(standard_deg) + rise_mm;
        let origin_mm = head_mm - offset_mm * rise(neck.neck_shaft_angle_deg);
        let (sin, cos) = neck.neck_shaft_angle_deg.to_radians().sin_cos();
        let (standard_sin, standard_cos) = standard_deg.to_radians().sin_cos();
        // The point in which the standard neck is cut, from this neck's own origin.
        let cut = (size.resection_mm * standard_sin, -size.resection_mm * standard_cos - origin_mm);
        let turned = version.map_or_else(String::new, |deg| format!("-v{deg:+}"));
        Stem {
            id: format!("{family}-{}-{}{turned}", size.size, neck.option.suffix()),
            family: family.into(),
            size: size.size,
            offset_option: neck.option,
            neck_shaft_angle_deg: neck.neck_shaft_angle_deg,
            neck_length_mm: offset_mm / sin,
            neck_diameter_mm: self.neck_diameter_mm,
            resection_mm: cut.0 * sin - cut.1 * cos,
            sections: size
                .sections
                .iter()
                .map(|&(distal_mm, width_mm, depth_mm, medial_shift_mm)| StemSection {
                    distal_mm: distal_mm + origin_mm,
                    width_mm,
                    depth_mm,
                    medial_shift_mm,
                })
                .collect(),
            taper: self.taper.clone(),
            neck_profile: self.neck_profile.clone(),
            neck_version_deg: version.unwrap_or_default(),
            collar: None,
            mantle_mm: self.mantle_mm,
        }
    }

    /// Reach and depth of the collar of each stem, in their order.
    fn collars(&self) -> impl Iterator<Item = (f64, f64)> {
        let each = self.necks.len() * self.neck_versions_deg.len().max(1);
        self.sizes.iter().flat_map(move |size| std::iter::repeat_n(size.collar_mm, each))
    }
}

impl Collared {
    fn of(&self, stem: &Stem, (medial_mm, depth_mm): (f64, f64)) -> Stem {
        let rest = stem.id.strip_prefix(&stem.family).unwrap_or_default();
        Stem {
            id: format!("{}{rest}", self.family),
            family: self.family.clone(),
            collar: Some(Collar { medial_mm, depth_mm, thickness_mm: self.thickness_mm }),
            ..stem.clone()
        }
    }
}

impl AugmentTable {
    fn augments(&self, family: &str) -> Vec<Augment> {
        let augment = |cup_diameter_mm: f64, thickness_mm: f64| Augment {
            id: format!("{family}-{cup_diameter_mm}-{thickness_mm}"),
            family: family.into(),
            cup_diameter_mm,
            thickness_mm,
            arc_deg: self.arc_deg,
            latitudes_deg: self.latitudes_deg,
        };
        self.cup_diameters_mm.iter().flat_map(|cup| self.thicknesses_mm.iter().map(move |mm| augment(*cup, *mm))).collect()
    }
}
