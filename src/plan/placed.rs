//! Where the implants of a plan are in the patient.

use super::{Plan, PlanError, StemPlacement};
use crate::{
    frames::{Side, as_right_hip},
    implants::{Catalogue, Cup, Head, Liner, Stem, geometry},
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
    /// The liner in it; `None` when the cup states its usual one itself.
    pub liner: Option<&'a Liner>,
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
        Ok(Chosen { cup, liner, stem })
    }

    /// Centre of the new head on the femur as scanned, before it is reduced into the cup, LPS mm; `None` without a stem.
    ///
    /// # Errors
    /// When the catalogue does not list an implant of the plan.
    pub fn head_centre(&self, catalogue: &Catalogue) -> Result<Option<Point3<f64>>, PlanError> {
        let stem = self.chosen(catalogue)?.stem;
        Ok(self.stem.as_ref().zip(stem).map(|(placed, (stem, head))| placed.lps_point(self.side, &stem.head_centre(head))))
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
