//! Where the implants of a plan are in the patient.

use super::{Change, Plan, PlanError, StemPlacement};
use crate::{
    anatomy::Anatomy,
    frames::{Side, as_right_hip},
    implants::{Catalogue, Cup, Head, Stem, geometry},
    mesh::TriMesh,
};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A part of the implant that is shown and moved as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ImplantPart {
    /// Shell and liner, fixed to the pelvis.
    Cup,
    /// The modular head, fixed to the stem.
    Head,
    /// Stem with its neck, fixed to the femur.
    Stem,
}

/// The catalogue entries that a plan names.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// The cup.
    pub cup: &'a Cup,
    /// Stem and head, when the plan has a stem.
    pub stem: Option<(&'a Stem, &'a Head)>,
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
        let stem = match &self.stem {
            None => None,
            Some(placed) => Some((
                catalogue.stem(&placed.stem).ok_or_else(|| unknown("stem", &placed.stem))?,
                catalogue.head(&placed.head).ok_or_else(|| unknown("head", &placed.head))?,
            )),
        };
        Ok(Chosen { cup, stem })
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

    /// A direction in the frame of a right stem, in LPS.
    #[must_use]
    pub fn lps_vector(&self, side: Side, right_stem: &Vector3<f64>) -> Vector3<f64> {
        self.pose * as_right_hip(side, right_stem)
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
    let at = |origin: Point3<f64>, z: &Vector3<f64>| Isometry3::from_parts(Translation3::from(origin), turning_z_to(z));
    let cup_pose = at(plan.cup.centre, &plan.cup.axis);
    let mut parts = BTreeMap::from([(ImplantPart::Cup, geometry::cup_mesh(chosen.cup, error).transformed(&cup_pose))]);
    if let Some((placed, (stem, head))) = plan.stem.as_ref().zip(chosen.stem) {
        let centre = placed.lps_point(plan.side, &stem.head_centre(head));
        let towards_shaft = -placed.lps_vector(plan.side, &stem.towards_head());
        let ball = geometry::head_mesh(head, stem.neck_diameter_mm, error);
        parts.insert(ImplantPart::Head, ball.transformed(&at(centre, &towards_shaft)));
        parts.insert(ImplantPart::Stem, geometry::stem_mesh(stem, plan.side, error).transformed(&placed.pose));
    }
    Ok(parts)
}

/// The shortest turn that takes +Z to a direction; about X when it points the other way.
fn turning_z_to(direction: &Vector3<f64>) -> UnitQuaternion<f64> {
    UnitQuaternion::rotation_between(&Vector3::z(), direction)
        .unwrap_or_else(|| UnitQuaternion::from_axis_angle(&Vector3::x_axis(), std::f64::consts::PI))
}
