//! A synthetic patient: bones drawn from the shape model, put together and laid on a table.

use super::{assembly, recipe::Recipe, sacral::Foramen, seating::gap_mm, shape_model::ShapeModel, truth::Truth};
use crate::{frames::Side, labels::Label, mesh::TriMesh, volume::Grid};
use nalgebra::{Point3, Vector3};
use std::collections::BTreeMap;

/// How much of the patient is scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldOfView {
    /// From about 20 mm above the iliac crests to 150–180 mm below the head centres.
    #[default]
    PelvisAndProximalFemora,
    /// From about 20 mm above the iliac crests to just below the knees. Only the femora are drawn at the knee.
    WholeFemora,
}

/// Choices for drawing a phantom.
#[derive(Clone, Debug)]
pub struct DrawOptions {
    /// How much of the patient is scanned.
    pub field_of_view: FieldOfView,
    /// Shape weights are normal, drawn again beyond this many standard deviations.
    pub weight_limit_sd: f64,
    /// Standard deviation of the right femur's weights about the left's.
    pub asymmetry_sd: f64,
    /// Smallest and largest distance to keep between femur and hip bone, mm; drawn between them.
    pub joint_gap_mm: [f64; 2],
    /// Chance that one femur holds a nail, 0 to 1.
    pub metal: f64,
    /// Multiplies the random angles of the pelvis and thighs; 0 lays the patient square on the table.
    pub pose: f64,
}

impl Default for DrawOptions {
    fn default() -> Self {
        let field_of_view = FieldOfView::PelvisAndProximalFemora;
        Self { field_of_view, weight_limit_sd: 2.0, asymmetry_sd: 0.15, joint_gap_mm: [1.5, 3.5], metal: 0.0, pose: 1.0 }
    }
}

/// A synthetic patient lying supine. Everything LPS mm.
#[derive(Clone, Debug)]
pub struct Phantom {
    /// The surface of each bone.
    pub meshes: BTreeMap<Label, TriMesh>,
    /// The shape model's region of each vertex, for bones that have regions.
    pub(super) regions: BTreeMap<Label, Vec<u8>>,
    /// What is exactly known of it.
    pub truth: Truth,
    /// Lowest and highest z of the scan, mm.
    pub z_range_mm: [f64; 2],
    /// What only special patients have.
    pub(super) extras: Extras,
}

/// What an ordinary phantom does not have.
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    /// Mean distance by which the free-form deformation moved the vertices, mm.
    pub(super) deformation_mm: f64,
    /// Lowest and highest x of the scan, mm, where it does not hold the whole body.
    pub(super) x_range_mm: Option<[f64; 2]>,
    /// How far the trunk is turned about its long axis, degrees.
    pub(super) roll_deg: f64,
    pub(super) arms: bool,
    pub(super) cast: bool,
    pub(super) foramina: Vec<Foramen>,
    /// Sides on which the truth is that before a fracture or an implant.
    pub(super) altered: Vec<Side>,
    /// Sides that hold metal.
    pub(super) metal: Vec<Side>,
}

impl Phantom {
    /// Draws a patient; the same seed and options give the same patient.
    #[must_use]
    pub fn draw(model: &ShapeModel, seed: u64, options: &DrawOptions) -> Self {
        assembly::draw(model, seed, &Recipe::ordinary(options.clone()))
    }

    /// Smallest distance between femur and hip bone of a side, mm, by the vertices of each against the other; negative where they
    /// overlap. `None` when one of them is missing.
    #[must_use]
    pub fn joint_gap_mm(&self, side: Side) -> Option<f64> {
        let (femur, hip) = (self.meshes.get(&Label::femur(side))?, self.meshes.get(&Label::hip(side))?);
        gap_mm(femur, hip, &self.truth.hip(side).head.centre)
    }

    /// Mean distance by which the free-form deformation moved the bones' vertices, mm; 0 where there is none.
    #[must_use]
    pub const fn deformation_mm(&self) -> f64 {
        self.extras.deformation_mm
    }

    /// A grid of this spacing (mm) over the patient's body and the scanned range of z.
    #[must_use]
    pub fn grid(&self, spacing: [f64; 3]) -> Grid {
        let (low, high) = self.body_bounds();
        let size = [0, 1, 2].map(|a| (((high[a] - low[a]) / spacing[a]).ceil() as usize).max(1));
        let centre = nalgebra::center(&low, &high);
        let half = Vector3::from([0, 1, 2].map(|a| (size[a] as f64 - 1.0) / 2.0 * spacing[a]));
        Grid::axis_aligned(size, spacing, centre - half)
    }
}

impl Phantom {
    /// Smallest and largest corner of the scanned body: the bones with soft tissue around them, cut at the scanned range of z.
    fn body_bounds(&self) -> (Point3<f64>, Point3<f64>) {
        let mut bounds: Option<(Point3<f64>, Point3<f64>)> = None;
        for (low, high) in self.meshes.values().filter_map(TriMesh::bounds) {
            bounds = Some(bounds.map_or((low, high), |(l, h)| (l.inf(&low), h.sup(&high))));
        }
        let (mut low, mut high) = bounds.unwrap_or((Point3::origin(), Point3::origin()));
        low -= Vector3::new(70.0, 60.0, 0.0);
        high += Vector3::new(70.0, 60.0, 0.0);
        if self.extras.arms {
            low -= Vector3::new(45.0, 85.0, 0.0);
            high.x += 45.0;
        }
        [low.z, high.z] = self.z_range_mm;
        if let Some([from, to]) = self.extras.x_range_mm {
            (low.x, high.x) = (low.x.max(from), high.x.min(to));
        }
        (low, high)
    }
}
