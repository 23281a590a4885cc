//! Bones put together: drawn, bent, posed, seated, moved and cut until a patient lies on the table.

use super::{
    deform::Warp,
    pelvic_plane::{anterior_pelvic_plane, landmark_plane, tilt_and_obliquity_deg},
    phantom::{Extras, FieldOfView, Phantom},
    random::{Dice, hash},
    recipe::{HipRecipe, Migration, Recipe},
    sacral::{coccyx, crest, foramina, lumbar_spine},
    seating::{free_way, seat},
    shape_model::{Bone, HEAD, LUNATE, ShapeModel},
    shaping::{bend_femur, flatten_socket, grow_on_femur, grow_on_rim, open_sacroiliac},
    surgery::operate,
    truth::{Truth, hip_truth, region_sphere},
};
use crate::{
    frames::{AnatomicalFrame, Side},
    labels::Label,
    mesh::TriMesh,
};
use nalgebra::{Point3, Rotation3, Vector3};
use std::collections::BTreeMap;

/// Shapes whose joints cannot be opened are drawn again, each time a little nearer to the mean, which always fits.
const ATTEMPTS: u32 = 40;

/// Weights far from the subjects of the model bend heads and sockets out of round more than a healthy hip is: those are drawn again.
const ROUND_HEAD_MM: f64 = 0.7;
const ROUND_SOCKET_MM: f64 = 1.2;
/// What deformation, osteophytes and disease may add to that, mm.
const DISEASED_MM: f64 = 1.8;

/// From far beside the socket a dislocated head comes back until bone nearly meets bone, mm.
const FAR_MM: f64 = 90.0;

/// Draws the patient of a recipe; the same seed and recipe give the same patient.
pub(super) fn draw(model: &ShapeModel, seed: u64, recipe: &Recipe) -> Phantom {
    (0..=ATTEMPTS)
        .find_map(|attempt| {
            let spread = 1.0 - (f64::from(attempt) / f64::from(ATTEMPTS)).powi(2);
            Assembly::new(model, seed, attempt, recipe, spread).build()
        })
        // The last attempt is the mean shape lying square with the smallest gap; a test holds that it seats.
        .unwrap_or_else(|| unreachable!("the mean shape of the model has open joints"))
}

struct Assembly<'a> {
    model: &'a ShapeModel,
    seed: u64,
    recipe: &'a Recipe,
    /// 1 draws from the whole range of shapes and poses, 0 the mean.
    spread: f64,
    dice: Dice,
    /// For what ordinary patients do not have, so that it does not change them.
    free: Dice,
}

impl<'a> Assembly<'a> {
    fn new(model: &'a ShapeModel, seed: u64, attempt: u32, recipe: &'a Recipe, spread: f64) -> Self {
        let start = hash(seed).wrapping_add(u64::from(attempt));
        Self { model, seed, recipe, spread, dice: Dice::new(start, 0), free: Dice::new(start, 7) }
    }

    /// The lie of the pelvis is a promise of some presets: it is given up last.
    fn firmness(&self) -> f64 {
        (self.spread / 0.3).min(1.0)
    }

    fn build(mut self) -> Option<Phantom> {
        let (model, recipe, spread) = (self.model, self.recipe, self.spread);
        let options = &recipe.draw;
        let dice = &mut self.dice;
        let weights: Vec<f64> =
            (0..model.mode_count()).map(|_| dice.normal_within(options.weight_limit_sd) * spread * recipe.weight_sd).collect();
        let other: Vec<f64> = weights.iter().map(|w| w + dice.normal_within(2.0) * options.asymmetry_sd * spread).collect();
        let size = dice.uniform(recipe.size[0]..=recipe.size[1]);
        let [least, most] = options.joint_gap_mm;
        let gap = least + dice.uniform(0.0..=1.0) * (most - least) * spread;

        let mut bones: BTreeMap<Bone, TriMesh> =
            [Bone::HipLeft, Bone::HipRight, Bone::Sacrum].into_iter().map(|b| (b, model.bone(b, &weights))).collect();
        let place = self.pelvic_pose(&bones)?;
        for mesh in bones.values_mut() {
            mesh.vertices.iter_mut().for_each(|p| *p = place(p, size));
        }
        let up = landmark_plane(&pelvic_landmarks(model, |bone| bones.get(&bone)))?.superior().into_inner();
        let mut meshes = BTreeMap::new();
        let mut regions = BTreeMap::new();
        for side in Side::BOTH {
            let femur = match side {
                Side::Left => model.bone(Bone::FemurLeft, &weights),
                Side::Right => model.bone(Bone::FemurLeft, &other).mirrored_x(),
            };
            let mut hip = bones.get(&hip_bone(side))?.clone();
            let femur = self.join(side, &mut hip, femur, [size, gap], &up)?;
            regions.insert(Label::hip(side), model.part(hip_bone(side)).regions.clone());
            regions.insert(Label::femur(side), model.part(Bone::FemurLeft).regions.clone());
            meshes.insert(Label::hip(side), hip);
            meshes.insert(Label::femur(side), femur);
        }
        let mut extras = Extras { roll_deg: recipe.pelvis_deg[2] * self.firmness(), ..Extras::default() };
        (extras.arms, extras.cast) = (recipe.arms, recipe.cast);
        self.add_spine(bones.remove(&Bone::Sacrum)?, &mut meshes, &mut extras)?;
        if recipe.warp_mm > 0.0 {
            self.warp(&mut meshes, &mut extras)?;
        }
        let truth = self.truth(&meshes)?;
        operate(&mut meshes, &mut regions, &truth, recipe, &mut extras, [&mut self.dice, &mut self.free]);
        let z_range_mm = self.scanned_range(&meshes, &truth, &mut extras)?;
        Some(Phantom { meshes, regions, truth, z_range_mm, extras })
    }

    /// Bends a femur in the model's axes, seats it, and lets disease move it and grow on it; the hip bone changes with it.
    fn join(
        &mut self,
        side: Side,
        hip: &mut TriMesh,
        mut femur: TriMesh,
        [size, gap]: [f64; 2],
        up: &Vector3<f64>,
    ) -> Option<TriMesh> {
        let recipe = self.recipe.hip(side);
        let (hip_part, part) = (self.model.part(hip_bone(side)), self.model.part(Bone::FemurLeft));
        bend_femur(&mut femur, part, recipe, self.spread, side)?;
        let head = region_sphere(&femur, part, HEAD)?;
        let rotation = self.femoral_pose(&femur, part.landmarks.get("MEC")?, part.landmarks.get("LEC")?, &head.centre, side)?;
        let seat = seat(&femur, &head, rotation, hip, &region_sphere(hip, hip_part, LUNATE)?, size, gap)?;
        let mut femur = TriMesh { vertices: femur.vertices.iter().map(|p| seat.place(p)).collect(), triangles: femur.triangles };
        if recipe.shallow_mm > 0.0 {
            flatten_socket(hip, hip_part, recipe.shallow_mm, side)?;
        }
        let radius = head.radius_mm * seat.scale;
        let socket = region_sphere(hip, hip_part, LUNATE)?.centre - seat.target;
        let shift = migrate(recipe, &femur, hip, radius, &socket, side, up)?;
        femur.vertices.iter_mut().for_each(|p| *p += shift);
        let seed = self.seed ^ u64::from(Label::femur(side).id());
        if recipe.cam_mm > 0.0 || recipe.osteophytes_mm > 0.0 {
            grow_on_femur(&mut femur, part, hip, recipe, side, seed)?;
        }
        if recipe.osteophytes_mm > 0.0 {
            grow_on_rim(hip, hip_part, &femur, recipe.osteophytes_mm, seed)?;
        }
        Some(femur)
    }

    fn add_spine(&mut self, mut sacrum: TriMesh, meshes: &mut BTreeMap<Label, TriMesh>, extras: &mut Extras) -> Option<()> {
        let freedom = self.recipe.spine;
        let bone_of = |bone: Bone| if bone == Bone::Sacrum { Some(&sacrum) } else { meshes.get(&label_of(bone)?) };
        let plane = landmark_plane(&pelvic_landmarks(self.model, bone_of))?;
        let plateau = *self.model.part(Bone::Sacrum).landmarks.get("SACRAL_PLATEAU")?;
        if freedom > 0.0 {
            let hips = [meshes.get(&Label::HipLeft)?, meshes.get(&Label::HipRight)?];
            open_sacroiliac(&mut sacrum, hips, self.free.uniform(0.4..=2.6))?;
        }
        let spine = lumbar_spine(&sacrum, plateau, &plane, &mut self.dice, freedom, &mut self.free);
        let mut parts = coccyx(&sacrum, &plane, &mut self.dice, freedom, &mut self.free);
        if freedom > 0.0 {
            parts.append(&crest(&sacrum, &plane, &mut self.free));
            extras.foramina = foramina(&sacrum, &plane, &mut self.free);
        }
        sacrum.append(&parts);
        meshes.insert(Label::LumbarVertebra, spine);
        meshes.insert(Label::Sacrum, sacrum);
        Some(())
    }

    fn warp(&self, meshes: &mut BTreeMap<Label, TriMesh>, extras: &mut Extras) -> Option<()> {
        let mut joints = Vec::new();
        for side in Side::BOTH {
            let socket = region_sphere(meshes.get(&Label::hip(side))?, self.model.part(hip_bone(side)), LUNATE)?;
            let head = region_sphere(meshes.get(&Label::femur(side))?, self.model.part(Bone::FemurLeft), HEAD)?;
            joints.push((socket.centre, socket.radius_mm));
            if (head.centre - socket.centre).norm() > 0.5 * socket.radius_mm {
                joints.push((head.centre, head.radius_mm));
            }
        }
        let warp = Warp::new(self.seed, self.recipe.warp_mm, &joints);
        extras.deformation_mm = warp.bend(meshes);
        for foramen in &mut extras.foramina {
            foramen.from += warp.at(&foramen.from);
            foramen.to += warp.at(&foramen.to);
        }
        Some(())
    }

    fn truth(&self, meshes: &BTreeMap<Label, TriMesh>) -> Option<Truth> {
        let recipe = self.recipe;
        let mut hips = Vec::new();
        for side in Side::BOTH {
            let (hip, femur) = (meshes.get(&Label::hip(side))?, meshes.get(&Label::femur(side))?);
            let found = hip_truth(hip, self.model.part(hip_bone(side)), femur, self.model.part(Bone::FemurLeft), side)?;
            let of = recipe.hip(side);
            let diseased = recipe.warp_mm > 0.0 || of.osteophytes_mm > 0.0 || of.cam_mm > 0.0 || of.shallow_mm > 0.0;
            let more = if diseased { DISEASED_MM } else { 0.0 };
            if found.head.rms_mm > ROUND_HEAD_MM + more || found.acetabulum.rms_mm > ROUND_SOCKET_MM + more {
                return None;
            }
            hips.push(found);
        }
        let [left, right] = <[_; 2]>::try_from(hips).ok()?;
        let bone_of = |bone: Bone| meshes.get(&label_of(bone)?);
        let landmarks = pelvic_landmarks(self.model, bone_of);
        let landmark_plane = landmark_plane(&landmarks)?;
        let hip_bones = [meshes.get(&Label::HipLeft)?, meshes.get(&Label::HipRight)?];
        let (app, app_points) = anterior_pelvic_plane(&landmark_plane, hip_bones)?;
        let (pelvic_tilt_deg, obliquity_deg) = tilt_and_obliquity_deg(&app);
        Some(Truth { seed: self.seed, left, right, landmarks, app, app_points, landmark_plane, pelvic_tilt_deg, obliquity_deg })
    }

    /// From model axes to a patient whose pelvis lies on the table with a random tilt, obliquity, rotation and position.
    fn pelvic_pose(&mut self, bones: &BTreeMap<Bone, TriMesh>) -> Option<impl Fn(&Point3<f64>, f64) -> Point3<f64> + use<>> {
        let plane = landmark_plane(&pelvic_landmarks(self.model, |bone| bones.get(&bone)))?;
        let pose = self.recipe.draw.pose * self.spread;
        let [more_tilt, more_obliquity, more_axial] = self.recipe.pelvis_deg.map(|angle| angle * self.firmness());
        let dice = &mut self.dice;
        // Supine, the anterior pelvic plane lies within a few degrees of the table's coronal plane.
        let tilt = dice.normal_within(2.0) * 5.0 * pose + more_tilt;
        let (obliquity, axial) = (dice.normal_within(2.0) * 2.0 * pose, dice.normal_within(2.0) * 3.0 * pose);
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), (axial + more_axial).to_radians())
            * Rotation3::from_axis_angle(&Vector3::y_axis(), (obliquity + more_obliquity).to_radians())
            * Rotation3::from_axis_angle(&Vector3::x_axis(), -tilt.to_radians());
        let upright = AnatomicalFrame::scanner(Point3::origin());
        let rotation = turn * upright.rotation * plane.rotation.inverse();
        let shift = Point3::new(dice.uniform(-15.0..=15.0), dice.uniform(-140.0..=-80.0), dice.uniform(-200.0..=200.0));
        Some(move |p: &Point3<f64>, size: f64| shift + rotation * (p - plane.origin) * size)
    }

    /// The rotation that takes a femur from model axes to a supine thigh.
    fn femoral_pose(
        &mut self,
        femur: &TriMesh,
        medial: &usize,
        lateral: &usize,
        head: &Point3<f64>,
        side: Side,
    ) -> Option<Rotation3<f64>> {
        let (medial, lateral) = (femur.vertices[*medial], femur.vertices[*lateral]);
        let right = (medial - lateral) * side.lps_sign();
        let frame = AnatomicalFrame::from_superior_and_right(*head, &(head - nalgebra::center(&medial, &lateral)), &right)?;
        let pose = self.recipe.draw.pose * self.spread;
        let more = self.recipe.hip(side).thigh_deg.map(|angle| angle * self.spread);
        let dice = &mut self.dice;
        // A relaxed leg lies slightly flexed and falls into external rotation.
        let flexion = dice.uniform(-4.0..=8.0) * pose + more[0];
        let adduction = dice.uniform(-7.0..=5.0) * pose + more[1];
        let internal = dice.uniform(-20.0..=10.0) * pose + more[2];
        // Mirroring a left hip in Z keeps turns about Z and reverses those about X and Y.
        let mirror = -side.lps_sign();
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), flexion.to_radians())
            * Rotation3::from_axis_angle(&Vector3::x_axis(), mirror * adduction.to_radians())
            * Rotation3::from_axis_angle(&Vector3::y_axis(), mirror * internal.to_radians());
        Some(AnatomicalFrame::scanner(*head).rotation * turn * frame.rotation.inverse())
    }

    fn scanned_range(&mut self, meshes: &BTreeMap<Label, TriMesh>, truth: &Truth, extras: &mut Extras) -> Option<[f64; 2]> {
        let bounds = |label: Label| meshes.get(&label).and_then(TriMesh::bounds);
        let crest = Side::BOTH.iter().filter_map(|s| bounds(Label::hip(*s))).map(|(_, high)| high.z).fold(f64::MIN, f64::max);
        let heads = Side::BOTH.map(|side| truth.hip(side).head.centre);
        let knees = Side::BOTH.iter().filter_map(|s| bounds(Label::femur(*s))).map(|(low, _)| low.z);
        let dice = &mut self.dice;
        let (lower, higher) = (heads[0].z.min(heads[1].z), heads[0].z.max(heads[1].z));
        let low = match self.recipe.draw.field_of_view {
            FieldOfView::PelvisAndProximalFemora => lower - dice.uniform(150.0..=180.0),
            FieldOfView::WholeFemora => knees.fold(f64::MAX, f64::min) - 15.0,
        };
        let high = crest + dice.uniform(15.0..=30.0);
        let view = &self.recipe.view;
        if let Some((side, beyond)) = view.only {
            let edge = nalgebra::center(&heads[0], &heads[1]).x - beyond * side.lps_sign();
            extras.x_range_mm = Some(if side == Side::Left { [edge, f64::MAX] } else { [f64::MIN, edge] });
        }
        Some([view.below_mm.map_or(low, |mm| lower - mm), view.above_mm.map_or(high, |mm| higher + mm)])
    }
}

const fn hip_bone(side: Side) -> Bone {
    match side {
        Side::Left => Bone::HipLeft,
        Side::Right => Bone::HipRight,
    }
}

const fn label_of(bone: Bone) -> Option<Label> {
    match bone {
        Bone::HipLeft => Some(Label::HipLeft),
        Bone::HipRight => Some(Label::HipRight),
        Bone::Sacrum => Some(Label::Sacrum),
        _ => None,
    }
}

/// How far disease has carried the head, whose socket's centre lies at `socket` from it.
fn migrate(
    recipe: &HipRecipe,
    femur: &TriMesh,
    hip: &TriMesh,
    radius_mm: f64,
    socket: &Vector3<f64>,
    side: Side,
    up: &Vector3<f64>,
) -> Option<Vector3<f64>> {
    let out = Vector3::x() * side.lps_sign();
    match recipe.migration {
        Migration::None => Some(Vector3::zeros()),
        Migration::Towards { direction: [lateral, posterior, superior], gap_mm, limit_mm } => {
            let direction = (out * lateral + Vector3::y() * posterior + up * superior).try_normalize(1e-9)?;
            Some(direction * free_way(femur, hip, &direction, gap_mm, limit_mm)?)
        }
        Migration::Dislocated { share, posterior_mm, gap_mm } => {
            let start = up * (2.0 * radius_mm * share + socket.dot(up)) + Vector3::y() * posterior_mm + out * FAR_MM;
            let far =
                TriMesh { vertices: femur.vertices.iter().map(|p| p + start).collect(), triangles: femur.triangles.clone() };
            Some(start - out * free_way(&far, hip, &-out, gap_mm, FAR_MM)?)
        }
    }
}

fn pelvic_landmarks<'m>(model: &ShapeModel, mesh_of: impl Fn(Bone) -> Option<&'m TriMesh>) -> BTreeMap<String, Point3<f64>> {
    let mut found = BTreeMap::new();
    for bone in [Bone::HipLeft, Bone::HipRight, Bone::Sacrum] {
        if let Some(mesh) = mesh_of(bone) {
            found.extend(model.part(bone).landmarks.iter().map(|(name, &v)| (name.clone(), mesh.vertices[v])));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::synthesis::{DrawOptions, seating::gap_mm};

    #[test]
    fn joints_are_open_all_around() {
        let model = ShapeModel::load().unwrap();
        for seed in 0..4 {
            let options = DrawOptions::default();
            let phantom = Phantom::draw(&model, seed, &options);
            for side in Side::BOTH {
                let (femur, hip) = (&phantom.meshes[&Label::femur(side)], &phantom.meshes[&Label::hip(side)]);
                let gap = gap_mm(femur, hip, &phantom.truth.hip(side).head.centre).unwrap();
                // Seating asks the hip's vertices only; the other way round may find a little less.
                assert!(gap > options.joint_gap_mm[0] - 0.15 && gap < 6.0, "{seed} {side}: {gap:.2} mm");
            }
        }
    }

    #[test]
    fn the_mean_shape_seats_whatever_is_drawn() {
        let model = ShapeModel::load().unwrap();
        for seed in 0..3 {
            let recipe = Recipe::ordinary(DrawOptions::default());
            assert!(Assembly::new(&model, seed, 0, &recipe, 0.0).build().is_some());
        }
    }
}
