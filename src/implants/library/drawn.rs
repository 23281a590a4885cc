//! A part whose surface was drawn elsewhere: an STL, and beside it a file that says in which unit and frame it is.

use super::{CatalogueError, drawn_checks, file::parse};
use crate::{
    frames::Side,
    implants::{Cup, Family, Fixation, Head, Liner, OffsetOption, PartKind, Parts, ScrewHole, Stem, head::usual_taper},
    mesh::TriMesh,
    surface::io::stl,
};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};
use serde::Deserialize;
use std::{fs, path::Path};

/// A frame file. Directions and points are in the coordinates of the STL, points in its unit; lengths that end in `_mm` are in mm.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrameFile {
    #[expect(dead_code, reason = "was read with the header")]
    format_version: u32,
    /// The STL, from the folder of this file.
    pub surface: String,
    /// Of the STL: `mm` or `inch`.
    pub unit: String,
    /// Lengths of the box about the part along the STL's own axes, from the vendor's drawing or measured with calipers.
    pub extent_mm: [f64; 3],
    /// The origin of the part's frame.
    pub origin: [f64; 3],
    /// Axes of the part's frame, as the family of its kind documents them.
    pub x: [f64; 3],
    pub y: [f64; 3],
    pub z: [f64; 3],
    pub family: String,
    pub family_name: String,
    pub part: DrawnPart,
}

#[derive(Deserialize)]
pub(super) enum DrawnPart {
    Stem(DrawnStem),
    Cup(DrawnCup),
    Head(DrawnHead),
    Liner(DrawnLiner),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrawnStem {
    id: String,
    size: u32,
    #[serde(default)]
    offset_option: OffsetOption,
    /// Which hip the STL is for; a stem that fits both is drawn as for either.
    pub side: Side,
    /// Centre of a head of offset 0.
    pub head_centre: [f64; 3],
    /// From the head to the shaft.
    pub neck_axis: [f64; 3],
    neck_diameter_mm: f64,
    #[serde(default)]
    neck_profile: Vec<(f64, f64)>,
    /// From where the neck's axis meets the stem's axis to the plane of the neck resection.
    resection_mm: f64,
    #[serde(default = "usual_taper")]
    taper: String,
    #[serde(default)]
    mantle_mm: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrawnCup {
    id: String,
    #[serde(default)]
    fixation: Fixation,
    pub outer_diameter_mm: f64,
    head_diameter_mm: f64,
    pub shell_thickness_mm: f64,
    #[serde(default)]
    rim_height_mm: f64,
    #[serde(default)]
    chamfer_mm: f64,
    #[serde(default)]
    mantle_mm: f64,
    #[serde(default)]
    dual_mobility: bool,
    #[serde(default)]
    screw_holes: Vec<ScrewHole>,
    /// Families of liners that go into it, the usual one first.
    #[serde(default)]
    pub liners: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrawnHead {
    id: String,
    pub diameter_mm: f64,
    offset_mm: f64,
    #[serde(default = "usual_taper")]
    taper: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrawnLiner {
    id: String,
    pub seat_diameter_mm: f64,
    pub head_diameter_mm: f64,
    #[serde(default)]
    lateral_mm: f64,
    #[serde(default)]
    rim_height_mm: f64,
    #[serde(default)]
    chamfer_mm: f64,
    /// Families of cups that take it.
    #[serde(default)]
    pub cups: Vec<String>,
}

/// A part from a frame file.
pub(super) struct Drawn {
    pub family: Family,
    pub id: String,
    pub parts: Parts,
    /// In the frame of the part, of a right stem; mm.
    pub mesh: TriMesh,
    /// Pairs of families of cups and liners that go together.
    pub rules: Vec<(String, String)>,
    /// What the library's hash is taken of.
    pub surface: Vec<u8>,
}

/// Reads a frame file and its STL, and refuses a surface that is not what the file says.
pub(super) fn read_drawn(path: &Path, text: &str) -> Result<Drawn, CatalogueError> {
    let file: FrameFile = parse(path, text)?;
    let told = |problem: String| CatalogueError::content(path, problem);
    let scale = match file.unit.as_str() {
        "mm" => 1.0,
        "inch" => drawn_checks::INCH_MM,
        other => return Err(told(format!("its unit is '{other}'; the unit of an STL is \"mm\" or \"inch\""))),
    };
    let surface_path = path.parent().unwrap_or(Path::new(".")).join(&file.surface);
    let surface = fs::read(&surface_path).map_err(|source| CatalogueError::Read { path: surface_path.clone(), source })?;
    let mut mesh = stl::from_bytes(&surface, &surface_path).map_err(|error| told(error.to_string()))?;
    mesh.vertices.iter_mut().for_each(|p| *p *= scale);
    drawn_checks::size(&file, &mesh).map_err(told)?;
    drawn_checks::closed(&file, &mesh).map_err(told)?;
    let to_part = frame(&file, scale).map_err(told)?;
    let mesh = mesh.transformed(&to_part);
    let in_part = |point: [f64; 3]| to_part * (Point3::from(point) * scale);
    let family = |kind| Family {
        id: file.family.clone(),
        name: file.family_name.clone(),
        kind,
        frame: "As in its frame file.".into(),
        step_mm: None,
    };
    let (kind, id, parts, mesh, rules) = match &file.part {
        DrawnPart::Stem(stem) => {
            let right = stem.of_right(mesh, in_part(stem.head_centre), to_part * Vector3::from(stem.neck_axis));
            let (part, mesh) = right.and_then(|(head, axis, mesh)| stem.part(&file.family, &head, &axis, mesh)).map_err(told)?;
            let id = part.id.clone();
            (PartKind::Stem, id, Parts { stems: vec![part], ..Parts::default() }, mesh, Vec::new())
        }
        DrawnPart::Cup(cup) => {
            drawn_checks::cup(cup, &mesh).map_err(told)?;
            let part = cup.part(&file.family);
            let rules = cup.liners.iter().map(|liner| (file.family.clone(), liner.clone())).collect();
            (PartKind::Cup, part.id.clone(), Parts { cups: vec![part], ..Parts::default() }, mesh, rules)
        }
        DrawnPart::Head(head) => {
            drawn_checks::head(head, &mesh).map_err(told)?;
            let part = head.part(&file.family);
            (PartKind::Head, part.id.clone(), Parts { heads: vec![part], ..Parts::default() }, mesh, Vec::new())
        }
        DrawnPart::Liner(liner) => {
            drawn_checks::liner(liner, &mesh).map_err(told)?;
            let part = liner.part(&file.family);
            let rules = liner.cups.iter().map(|cup| (cup.clone(), file.family.clone())).collect();
            (PartKind::Liner, part.id.clone(), Parts { liners: vec![part], ..Parts::default() }, mesh, rules)
        }
    };
    Ok(Drawn { family: family(kind), id, parts, mesh, rules, surface })
}

/// From the STL, in mm, to the part's frame.
fn frame(file: &FrameFile, scale: f64) -> Result<Isometry3<f64>, String> {
    let axes = Matrix3::from_columns(&[file.x, file.y, file.z].map(Vector3::from));
    let rotation = drawn_checks::right_handed(&axes)?;
    let origin = Point3::from(file.origin) * scale;
    let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(rotation)).inverse();
    Ok(Isometry3::from_parts(Translation3::identity(), turn) * Translation3::from(-origin.coords))
}

type RightStem = (Point3<f64>, Vector3<f64>, TriMesh);

impl DrawnStem {
    /// Head centre, neck axis and surface of the right stem: a left one is mirrored in Z.
    fn of_right(&self, mesh: TriMesh, head: Point3<f64>, axis: Vector3<f64>) -> Result<RightStem, String> {
        let (head, axis, mesh) = match self.side {
            Side::Right => (head, axis, mesh),
            Side::Left => (
                Point3::new(head.x, head.y, -head.z),
                Vector3::new(axis.x, axis.y, -axis.z),
                crate::implants::geometry::mirrored_stem(mesh, Side::Left),
            ),
        };
        drawn_checks::stem(&head, &axis, &mesh)?;
        Ok((head, axis, mesh))
    }

    fn part(&self, family: &str, head: &Point3<f64>, axis: &Vector3<f64>, mesh: TriMesh) -> Result<(Stem, TriMesh), String> {
        let up = -axis.normalize();
        let stem = Stem {
            id: self.id.clone(),
            family: family.into(),
            size: self.size,
            offset_option: self.offset_option,
            neck_shaft_angle_deg: up.y.clamp(-1.0, 1.0).asin().to_degrees() + 90.0,
            neck_length_mm: head.coords.norm(),
            neck_diameter_mm: self.neck_diameter_mm,
            resection_mm: self.resection_mm,
            sections: drawn_checks::sections(&mesh, &up, self.resection_mm)?,
            taper: self.taper.clone(),
            neck_profile: self.neck_profile.clone(),
            neck_version_deg: up.x.atan2(-up.z).to_degrees(),
            collar: None,
            mantle_mm: self.mantle_mm,
        };
        Ok((stem, mesh))
    }
}

impl DrawnCup {
    fn part(&self, family: &str) -> Cup {
        Cup {
            id: self.id.clone(),
            family: family.into(),
            fixation: self.fixation,
            outer_diameter_mm: self.outer_diameter_mm,
            head_diameter_mm: self.head_diameter_mm,
            rim_height_mm: self.rim_height_mm,
            chamfer_mm: self.chamfer_mm,
            shell_thickness_mm: self.shell_thickness_mm,
            mantle_mm: self.mantle_mm,
            dual_mobility: self.dual_mobility,
            screw_holes: self.screw_holes.clone(),
        }
    }
}

impl DrawnHead {
    fn part(&self, family: &str) -> Head {
        Head {
            id: self.id.clone(),
            family: family.into(),
            diameter_mm: self.diameter_mm,
            offset_mm: self.offset_mm,
            taper: self.taper.clone(),
            skirt: None,
        }
    }
}

impl DrawnLiner {
    fn part(&self, family: &str) -> Liner {
        Liner {
            id: self.id.clone(),
            family: family.into(),
            seat_diameter_mm: self.seat_diameter_mm,
            head_diameter_mm: self.head_diameter_mm,
            lateral_mm: self.lateral_mm,
            rim_height_mm: self.rim_height_mm,
            chamfer_mm: self.chamfer_mm,
            ..Liner::default()
        }
    }
}
