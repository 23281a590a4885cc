//! A synthetic patient: bones drawn from the shape model, put together and laid on a table.

use super::{
    metal::nail,
    random::{Dice, hash},
    sacral::{coccyx, lumbar_spine},
    seating::seat,
    shape_model::{Bone, HEAD, LUNATE, ShapeModel},
    truth::{Truth, anterior_pelvic_plane, hip_truth, landmark_plane, region_sphere, tilt_and_obliquity_deg},
};
use crate::{
    frames::{AnatomicalFrame, Side},
    labels::Label,
    mesh::TriMesh,
    volume::Grid,
};
use nalgebra::{Point3, Rotation3, Vector3};
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
}

/// Shapes whose joints cannot be opened are drawn again, each time a little nearer to the mean, which always fits.
const ATTEMPTS: u32 = 40;

/// Weights far from the subjects of the model bend heads and sockets out of round more than a healthy hip is: those are drawn again.
const ROUND_HEAD_MM: f64 = 0.7;
const ROUND_SOCKET_MM: f64 = 1.2;

impl Phantom {
    /// Draws a patient; the same seed and options give the same patient.
    #[must_use]
    pub fn draw(model: &ShapeModel, seed: u64, options: &DrawOptions) -> Self {
        (0..=ATTEMPTS)
            .find_map(|attempt| {
                let mut dice = Dice::new(hash(seed).wrapping_add(u64::from(attempt)), 0);
                attempt_draw(model, seed, &mut dice, options, 1.0 - (f64::from(attempt) / f64::from(ATTEMPTS)).powi(2))
            })
            // The last attempt is the mean shape lying square with the smallest gap; a test holds that it seats.
            .unwrap_or_else(|| unreachable!("the mean shape of the model has open joints"))
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

fn attempt_draw(model: &ShapeModel, seed: u64, dice: &mut Dice, options: &DrawOptions, spread: f64) -> Option<Phantom> {
    let weights: Vec<f64> = (0..model.mode_count()).map(|_| dice.normal_within(options.weight_limit_sd) * spread).collect();
    let other: Vec<f64> = weights.iter().map(|w| w + dice.normal_within(2.0) * options.asymmetry_sd * spread).collect();
    let size = dice.uniform(0.96..=1.04);
    let gap = options.joint_gap_mm[0] + dice.uniform(0.0..=1.0) * (options.joint_gap_mm[1] - options.joint_gap_mm[0]) * spread;
    let pose = options.pose * spread;

    let mut bones: BTreeMap<Bone, TriMesh> =
        [Bone::HipLeft, Bone::HipRight, Bone::Sacrum].into_iter().map(|b| (b, model.bone(b, &weights))).collect();
    let place = pelvic_pose(model, &bones, dice, pose)?;
    for mesh in bones.values_mut() {
        mesh.vertices.iter_mut().for_each(|p| *p = place(p, size));
    }
    let mut meshes = BTreeMap::new();
    let (mut hips, mut regions) = (Vec::new(), BTreeMap::new());
    for side in Side::BOTH {
        let (hip_bone, femur) = match side {
            Side::Left => (Bone::HipLeft, model.bone(Bone::FemurLeft, &weights)),
            Side::Right => (Bone::HipRight, model.bone(Bone::FemurLeft, &other).mirrored_x()),
        };
        let (hip, hip_part, part) = (&bones[&hip_bone], model.part(hip_bone), model.part(Bone::FemurLeft));
        let head = region_sphere(&femur, part, HEAD)?;
        let rotation =
            femoral_pose(&femur, part.landmarks.get("MEC")?, part.landmarks.get("LEC")?, &head.centre, side, dice, pose)?;
        let seat = seat(&femur, &head, rotation, hip, &region_sphere(hip, hip_part, LUNATE)?, size, gap)?;
        let femur = TriMesh { vertices: femur.vertices.iter().map(|p| seat.place(p)).collect(), triangles: femur.triangles };
        let found = hip_truth(hip, hip_part, &femur, part, side)?;
        if found.head.rms_mm > ROUND_HEAD_MM || found.acetabulum.rms_mm > ROUND_SOCKET_MM {
            return None;
        }
        hips.push(found);
        regions.extend([(Label::hip(side), hip_part.regions.clone()), (Label::femur(side), part.regions.clone())]);
        meshes.insert(Label::hip(side), hip.clone());
        meshes.insert(Label::femur(side), femur);
    }
    let [left, right] = <[_; 2]>::try_from(hips).ok()?;
    let landmarks = pelvic_landmarks(model, &bones);
    let landmark_plane = landmark_plane(&landmarks)?;
    let mut sacrum = bones.remove(&Bone::Sacrum)?;
    let plateau = model.part(Bone::Sacrum).landmarks.get("SACRAL_PLATEAU")?;
    meshes.insert(Label::LumbarVertebra, lumbar_spine(&sacrum, *plateau, &landmark_plane, dice));
    let tail = coccyx(&sacrum, &landmark_plane, dice);
    sacrum.append(&tail);
    meshes.insert(Label::Sacrum, sacrum);
    let (app, app_points) = anterior_pelvic_plane(&landmark_plane, [&bones[&Bone::HipLeft], &bones[&Bone::HipRight]])?;
    let (pelvic_tilt_deg, obliquity_deg) = tilt_and_obliquity_deg(&app);
    if dice.chance(options.metal) {
        let nailed = if dice.chance(0.5) { &left } else { &right };
        meshes.insert(Label::Metal, nail(nailed, dice));
    }
    let truth = Truth { seed, left, right, landmarks, app, app_points, landmark_plane, pelvic_tilt_deg, obliquity_deg };
    let z_range_mm = scanned_range(&meshes, &truth, options.field_of_view, dice)?;
    Some(Phantom { meshes, regions, truth, z_range_mm })
}

fn pelvic_landmarks(model: &ShapeModel, bones: &BTreeMap<Bone, TriMesh>) -> BTreeMap<String, Point3<f64>> {
    let of_bone = |(bone, mesh): (&Bone, &TriMesh)| {
        let named: Vec<_> = model.part(*bone).landmarks.iter().map(|(name, &v)| (name.clone(), mesh.vertices[v])).collect();
        named
    };
    bones.iter().flat_map(of_bone).collect()
}

/// From model axes to a patient whose pelvis lies on the table with a random tilt, obliquity, rotation and position.
fn pelvic_pose(
    model: &ShapeModel,
    bones: &BTreeMap<Bone, TriMesh>,
    dice: &mut Dice,
    pose: f64,
) -> Option<impl Fn(&Point3<f64>, f64) -> Point3<f64> + use<>> {
    let plane = landmark_plane(&pelvic_landmarks(model, bones))?;
    // Supine, the anterior pelvic plane lies within a few degrees of the table's coronal plane.
    let tilt = dice.normal_within(2.0) * 5.0 * pose;
    let (obliquity, axial) = (dice.normal_within(2.0) * 2.0 * pose, dice.normal_within(2.0) * 3.0 * pose);
    let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), axial.to_radians())
        * Rotation3::from_axis_angle(&Vector3::y_axis(), obliquity.to_radians())
        * Rotation3::from_axis_angle(&Vector3::x_axis(), -tilt.to_radians());
    let upright = AnatomicalFrame::scanner(Point3::origin());
    let rotation = turn * upright.rotation * plane.rotation.inverse();
    let shift = Point3::new(dice.uniform(-15.0..=15.0), dice.uniform(-140.0..=-80.0), dice.uniform(-200.0..=200.0));
    Some(move |p: &Point3<f64>, size: f64| shift + rotation * (p - plane.origin) * size)
}

/// The rotation that takes a femur from model axes to a supine thigh.
fn femoral_pose(
    femur: &TriMesh,
    medial: &usize,
    lateral: &usize,
    head: &Point3<f64>,
    side: Side,
    dice: &mut Dice,
    pose: f64,
) -> Option<Rotation3<f64>> {
    let (medial, lateral) = (femur.vertices[*medial], femur.vertices[*lateral]);
    let right = (medial - lateral) * side.lps_sign();
    let frame = AnatomicalFrame::from_superior_and_right(*head, &(head - nalgebra::center(&medial, &lateral)), &right)?;
    // A relaxed leg lies slightly flexed and falls into external rotation.
    let flexion = dice.uniform(-4.0..=8.0) * pose;
    let adduction = dice.uniform(-7.0..=5.0) * pose;
    let internal = dice.uniform(-20.0..=10.0) * pose;
    // Mirroring a left hip in Z keeps turns about Z and reverses those about X and Y.
    let mirror = -side.lps_sign();
    let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), flexion.to_radians())
        * Rotation3::from_axis_angle(&Vector3::x_axis(), mirror * adduction.to_radians())
        * Rotation3::from_axis_angle(&Vector3::y_axis(), mirror * internal.to_radians());
    Some(AnatomicalFrame::scanner(*head).rotation * turn * frame.rotation.inverse())
}

fn scanned_range(meshes: &BTreeMap<Label, TriMesh>, truth: &Truth, view: FieldOfView, dice: &mut Dice) -> Option<[f64; 2]> {
    let crest =
        Side::BOTH.iter().filter_map(|s| meshes.get(&Label::hip(*s))?.bounds()).map(|(_, high)| high.z).fold(f64::MIN, f64::max);
    let heads = Side::BOTH.map(|side| truth.hip(side).head.centre.z);
    let knees = Side::BOTH.iter().filter_map(|s| meshes.get(&Label::femur(*s))?.bounds()).map(|(low, _)| low.z);
    let low = match view {
        FieldOfView::PelvisAndProximalFemora => heads[0].min(heads[1]) - dice.uniform(150.0..=180.0),
        FieldOfView::WholeFemora => knees.fold(f64::MAX, f64::min) - 15.0,
    };
    Some([low, crest + dice.uniform(15.0..=30.0)])
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
        [low.z, high.z] = self.z_range_mm;
        (low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::synthesis::seating::gap_mm;

    #[test]
    fn joints_are_open_all_around() {
        let model = ShapeModel::load().unwrap();
        for seed in 0..4 {
            let options = DrawOptions::default();
            let phantom = Phantom::draw(&model, seed, &options);
            for side in Side::BOTH {
                let (femur, hip) = (&phantom.meshes[&Label::femur(side)], &phantom.meshes[&Label::hip(side)]);
                let gap = gap_mm(femur, hip, &phantom.truth.hip(side).head.centre);
                // Seating asks the hip's vertices only; the other way round may find a little less.
                assert!(gap > options.joint_gap_mm[0] - 0.15 && gap < 6.0, "{seed} {side}: {gap:.2} mm");
            }
        }
    }

    #[test]
    fn the_mean_shape_seats_whatever_is_drawn() {
        let model = ShapeModel::load().unwrap();
        for seed in 0..3 {
            assert!(attempt_draw(&model, seed, &mut Dice::new(seed, 0), &DrawOptions::default(), 0.0).is_some());
        }
    }
}
