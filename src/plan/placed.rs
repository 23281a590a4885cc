//! Where the implants of a plan are in the patient.

use super::{Change, CupPlacement, Plan, PlanError, StemPlacement};
use crate::{
    anatomy::Anatomy,
    frames::{Side, as_right_hip},
    implants::{Augment, Bearing, Catalogue, Cup, Head, Liner, NeckOutline, Stem, geometry},
    mesh::TriMesh,
};
use nalgebra::{Isometry3, Matrix3, Point3, Rotation3, Translation3, Unit, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A part of the implant that is shown and moved as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ImplantPart {
    /// Shell and liner, fixed to the pelvis.
    Cup,
    /// The modular head, fixed to the stem.
    Head,
    /// Stem with its neck, fixed to the femur.
    Stem,
    /// What fills a defect beside the cup, fixed to it and to the pelvis.
    Augment,
}

/// The catalogue entries that a plan names.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// The cup.
    pub cup: &'a Cup,
    /// The liner in it; `None` when the cup states its usual one itself.
    pub liner: Option<&'a Liner>,
    /// Stem and head, when the plan has a stem.
    pub stem: Option<(&'a Stem, &'a Head)>,
    /// The augment on the cup.
    pub augment: Option<&'a Augment>,
}

impl Plan {
    /// Refuses a catalogue whose content is not that of the one the plan was made with.
    ///
    /// # Errors
    /// When the hashes differ.
    pub fn refuse_other(&self, catalogue: &Catalogue) -> Result<(), PlanError> {
        if catalogue.sha256 == self.catalogue_sha256 {
            return Ok(());
        }
        Err(PlanError::OtherCatalogue {
            number: self.number,
            made_with: self.catalogue.clone(),
            made_with_sha256: self.catalogue_sha256.clone(),
            found: catalogue.title(),
            found_sha256: catalogue.sha256.clone(),
        })
    }

    /// Looks up the implants of the plan.
    ///
    /// # Errors
    /// When the catalogue does not list one of them.
    pub fn chosen<'a>(&self, catalogue: &'a Catalogue) -> Result<Chosen<'a>, PlanError> {
        let unknown = |kind, id: &str| PlanError::UnknownImplant { catalogue: catalogue.title(), kind, id: id.into() };
        let cup = catalogue.cup(&self.cup.cup).ok_or_else(|| unknown("cup", &self.cup.cup))?;
        let liner = match &self.cup.liner {
            None => None,
            Some(placed) => Some(catalogue.liner(&placed.liner).ok_or_else(|| unknown("liner", &placed.liner))?),
        };
        let stem = match &self.stem {
            None => None,
            Some(placed) => Some((
                catalogue.stem(&placed.stem).ok_or_else(|| unknown("stem", &placed.stem))?,
                catalogue.head(&placed.head).ok_or_else(|| unknown("head", &placed.head))?,
            )),
        };
        let augment = match &self.deformity.augment {
            None => None,
            Some(placed) => Some(catalogue.augment(&placed.augment).ok_or_else(|| unknown("augment", &placed.augment))?),
        };
        Ok(Chosen { cup, liner, stem, augment })
    }

    /// Centre of the new head on the femur as scanned (on its proximal piece where it is cut), before it is reduced into the cup, LPS mm;
    /// `None` without a stem.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan.
    pub fn head_centre(&self, catalogue: &Catalogue) -> Result<Option<Point3<f64>>, PlanError> {
        let stem = self.chosen(catalogue)?.stem;
        Ok(self.stem.as_ref().zip(stem).map(|(placed, (stem, head))| placed.lps_point(self.side, &stem.head_centre(head))))
    }

    /// The same centre as the femur below an osteotomy sees it, LPS mm: what decides the length of the leg. Without an osteotomy it is
    /// [`Plan::head_centre`] itself.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan.
    pub fn head_centre_from_below(&self, catalogue: &Catalogue) -> Result<Option<Point3<f64>>, PlanError> {
        let carried = |centre| self.distal_motion().inverse() * centre;
        Ok(self.head_centre(catalogue)?.map(carried))
    }

    /// Where the part of the femur below an osteotomy goes, before the joint is reduced, LPS mm; nowhere without one.
    #[must_use]
    pub fn distal_motion(&self) -> Isometry3<f64> {
        self.deformity.osteotomy.map_or_else(Isometry3::identity, |osteotomy| osteotomy.motion(self.side))
    }

    /// Brings the proximal femur as scanned, with stem and head, to where the new head is in the cup, LPS mm; `None` without a stem. The leg
    /// below keeps the direction it was scanned in: after an osteotomy that turns or tilts it is the proximal piece that turns.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan.
    pub fn reduction(&self, catalogue: &Catalogue) -> Result<Option<Isometry3<f64>>, PlanError> {
        let turn = self.distal_motion().rotation.inverse();
        let into_cup = |head: Point3<f64>| Isometry3::from_parts(Translation3::from(self.cup.centre - turn * head), turn);
        Ok(self.head_centre(catalogue)?.map(into_cup))
    }

    /// What the plan changes against the scan; `None` without a stem or a femur that was measured.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan.
    pub fn change(&self, catalogue: &Catalogue, anatomy: &Anatomy) -> Result<Option<Change>, PlanError> {
        let hip = anatomy.hip(self.side);
        let femur = hip.and_then(|hip| hip.femur.as_ref().map(|femur| (hip, femur)));
        let change = |(head, (hip, femur))| Change::of(&anatomy.pelvis, hip, femur, &self.cup.centre, &head);
        Ok(self.head_centre_from_below(catalogue)?.zip(femur).map(change))
    }
}

impl StemPlacement {
    /// A point in the frame of a right stem, in LPS mm.
    #[must_use]
    pub fn lps_point(&self, side: Side, right_stem: &Point3<f64>) -> Point3<f64> {
        self.pose * Point3::from(as_right_hip(side, &right_stem.coords))
    }

    /// Its pose once it is turned about its own axis through its origin, where neck and stem meet; degrees of anteversion.
    #[must_use]
    pub fn turned(&self, side: Side, deg: f64) -> Isometry3<f64> {
        let axis = Unit::new_normalize(self.pose * Vector3::y());
        let turn = UnitQuaternion::from_axis_angle(&axis, deg.to_radians() * side.lps_sign());
        Isometry3::from_parts(self.pose.translation, turn * self.pose.rotation)
    }

    /// A direction in the frame of a right stem, in LPS.
    #[must_use]
    pub fn lps_vector(&self, side: Side, right_stem: &Vector3<f64>) -> Vector3<f64> {
        self.pose * as_right_hip(side, right_stem)
    }
}

impl CupPlacement {
    /// From the cup's frame, whose origin is the centre of the bearing, to LPS mm. +X points to the liner's lip; without a liner it is turned
    /// from +Z by the shortest way.
    #[must_use]
    pub fn pose(&self) -> Isometry3<f64> {
        let turn = match &self.liner {
            Some(liner) => turning_zx_to(&self.axis, &liner.towards),
            None => turning_z_to(&self.axis),
        };
        Isometry3::from_parts(Translation3::from(self.centre), turn)
    }

    /// From the frame of the shell, whose origin is the centre of its outside and whose +X is as superior as the axis allows, to LPS mm.
    #[must_use]
    pub fn shell_pose(&self, liner: Option<&Liner>) -> Isometry3<f64> {
        let centre = self.shell_centre(liner);
        Isometry3::from_parts(Translation3::from(centre), turning_zx_to(&self.axis, &Vector3::z_axis()))
    }

    /// Centre of the shell's outside, LPS mm: that of the bearing, unless the liner puts the bearing further out.
    #[must_use]
    pub fn shell_centre(&self, liner: Option<&Liner>) -> Point3<f64> {
        self.centre - self.axis.into_inner() * liner.map_or(0.0, |liner| liner.lateral_mm)
    }

    /// The shell's screw holes: their middles on its outside and the directions in which screws leave it, LPS mm.
    #[must_use]
    pub fn screw_holes(&self, cup: &Cup, liner: Option<&Liner>) -> Vec<(Point3<f64>, Unit<Vector3<f64>>)> {
        let pose = self.shell_pose(liner);
        cup.screw_holes.iter().map(|hole| (pose * cup.screw_hole_position(hole), pose * hole.direction())).collect()
    }
}

impl Chosen<'_> {
    /// The bearing of cup and liner, in its exact form.
    #[must_use]
    pub fn bearing(&self) -> Bearing {
        Bearing::of(self.cup, self.liner)
    }

    /// Oscillation angle of neck and rim, degrees; `None` without a stem.
    #[must_use]
    pub fn oscillation_deg(&self) -> Option<f64> {
        self.stem.map(|(stem, head)| self.bearing().oscillation_angle_deg(&NeckOutline::of(head, stem)))
    }
}

/// The implants of a plan as closed meshes in LPS mm, where they sit in the bones **as scanned**: the head is on its stem, and
/// reducing the joint moves femur, stem and head together by the cup's centre less [`Plan::head_centre`].
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn placed(plan: &Plan, catalogue: &Catalogue) -> Result<BTreeMap<ImplantPart, TriMesh>, PlanError> {
    let chosen = plan.chosen(catalogue)?;
    let error = geometry::CHORD_ERROR_MM;
    let cup = cup_surface(&chosen, catalogue);
    let mut parts = BTreeMap::from([(ImplantPart::Cup, cup.transformed(&plan.cup.pose()))]);
    if let Some((placed, (stem, head))) = plan.stem.as_ref().zip(chosen.stem) {
        let centre = placed.lps_point(plan.side, &stem.head_centre(head));
        let towards_shaft = -placed.lps_vector(plan.side, &stem.towards_head());
        let on_neck = Isometry3::from_parts(Translation3::from(centre), turning_z_to(&towards_shaft));
        let bore_mm = stem.neck_diameter_mm;
        let ball = drawn(catalogue, &head.id)
            .unwrap_or_else(|| geometry::cached(&(head, bore_mm), || geometry::head_mesh(head, bore_mm, error)));
        parts.insert(ImplantPart::Head, ball.transformed(&on_neck));
        parts.insert(ImplantPart::Stem, stem_body(stem, plan.side, catalogue).transformed(&placed.pose));
    }
    if let Some((placed, augment)) = plan.deformity.augment.as_ref().zip(chosen.augment) {
        let block =
            drawn(catalogue, &augment.id).unwrap_or_else(|| geometry::cached(augment, || geometry::augment_mesh(augment, error)));
        parts.insert(ImplantPart::Augment, block.transformed(&placed.pose(&plan.cup, chosen.liner)));
    }
    Ok(parts)
}

/// A stem for one side in its own frame.
pub(super) fn stem_body(stem: &Stem, side: Side, catalogue: &Catalogue) -> Arc<TriMesh> {
    drawn(catalogue, &stem.id)
        .map(|right| Arc::new(geometry::mirrored_stem(TriMesh::clone(&right), side)))
        .unwrap_or_else(|| geometry::cached(&(stem, side), || geometry::stem_mesh(stem, side, geometry::CHORD_ERROR_MM)))
}

/// The metal of a plan's cup where it is planned, LPS mm; `None` for a cup without metal.
///
/// # Errors
/// When the catalogue does not list an implant of the plan.
pub fn placed_shell(plan: &Plan, catalogue: &Catalogue) -> Result<Option<TriMesh>, PlanError> {
    let Chosen { cup, liner, .. } = plan.chosen(catalogue)?;
    if let Some(shell) = drawn(catalogue, &cup.id) {
        return Ok(Some(shell.transformed(&plan.cup.shell_pose(liner))));
    }
    let shell = geometry::shell_mesh(cup, liner, geometry::CHORD_ERROR_MM);
    Ok(shell.map(|shell| shell.transformed(&plan.cup.pose())))
}

/// Shell and liner in the cup's frame.
fn cup_surface(chosen: &Chosen<'_>, catalogue: &Catalogue) -> Arc<TriMesh> {
    let (cup, liner, error) = (chosen.cup, chosen.liner, geometry::CHORD_ERROR_MM);
    let shell = drawn(catalogue, &cup.id);
    let inside = liner.and_then(|liner| drawn(catalogue, &liner.id));
    if shell.is_none() && inside.is_none() {
        return geometry::cached(&(cup, liner), || geometry::seated_cup_mesh(cup, liner, error));
    }
    // What was drawn elsewhere is a part by itself, and so is then the other.
    let lateral = Isometry3::translation(0.0, 0.0, -liner.map_or(0.0, |liner| liner.lateral_mm));
    let mut mesh = match shell {
        Some(shell) => shell.transformed(&lateral),
        None => geometry::shell_mesh(cup, liner, error).unwrap_or_default(),
    };
    if let Some(liner) = liner {
        mesh.append(&inside.unwrap_or_else(|| Arc::new(geometry::liner_mesh(liner, error))));
    }
    Arc::new(mesh)
}

/// A part's surface from a file, in its own frame; `None` for what is drawn from its dimensions.
fn drawn(catalogue: &Catalogue, id: &str) -> Option<Arc<TriMesh>> {
    catalogue.drawn.get(id).cloned()
}

/// The shortest turn that takes +Z to a direction; about X when it points the other way.
fn turning_z_to(direction: &Vector3<f64>) -> UnitQuaternion<f64> {
    UnitQuaternion::rotation_between(&Vector3::z(), direction)
        .unwrap_or_else(|| UnitQuaternion::from_axis_angle(&Vector3::x_axis(), std::f64::consts::PI))
}

/// The turn that takes +Z to one direction and +X as near as that allows to another; the shortest for +Z where both are parallel.
pub(super) fn turning_zx_to(z: &Unit<Vector3<f64>>, x: &Unit<Vector3<f64>>) -> UnitQuaternion<f64> {
    let Some(y) = z.cross(x).try_normalize(1e-9) else { return turning_z_to(z) };
    let axes = Matrix3::from_columns(&[y.cross(z), y, z.into_inner()]);
    UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(axes))
}
