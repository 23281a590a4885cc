//! What the fine network learns from: pieces of phantoms around bones, most of them at the joint, with the coarse network's opinion.

use super::{
    engine::Engine,
    examples::{Cut, Example, draw_scan, mirror},
    fine::{channels, priors},
    manifest::Manifest,
    predict::{Probabilities, field, predict},
};
use crate::{
    labels::{Label, LabelMap, synthesis::ShapeModel},
    progress::Silent,
    volume::{
        Grid, Volume,
        resample::{OUTSIDE_HU, nearest, resample},
    },
};
use nalgebra::{Point3, Rotation3, Vector3};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Voxels of the truth, mm: finer than the network's, whatever the scan's slices.
const TRUTH_MM: f64 = 1.2;
/// A voxel counts so much more in the joint space, where head and socket must be told apart.
const JOINT_WEIGHT: f32 = 4.0;
/// Within so many voxels of both bones is the joint space.
const JOINT_REACH: usize = 2;

/// A scanned phantom, its truth, what the coarse network thinks of it, and places worth looking at.
pub(super) struct FinePatient {
    volume: Volume,
    truth: LabelMap,
    coarse: Probabilities,
    joints: Vec<Point3<f64>>,
    bones: Vec<Point3<f64>>,
}

impl FinePatient {
    /// Draws, scans and roughly labels the phantom of a seed; spacing and everything else at random.
    pub(super) fn draw(model: &ShapeModel, network: &Engine, manifest: &Manifest, seed: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        // Now and then a scan that was resampled to large voxels, as collections of CTs are.
        let in_plane = if dice.random_bool(0.8) { dice.random_range(0.9..=1.6) } else { dice.random_range(1.6..=3.0) };
        // Half of all scans have voxels as long as they are wide, the others slices up to 4 mm.
        let slices = if dice.random_bool(0.5) { in_plane } else { dice.random_range(1.6..=4.0) };
        let (volume, truth) = draw_scan(model, seed, [in_plane, in_plane, slices], Some(TRUTH_MM));
        let seen = field(&volume, manifest);
        let coarse = predict(network, manifest, &seen, &Silent).unwrap_or_else(|| unreachable!("nobody cancels"));
        let mut centres = |accept: &dyn Fn(u8) -> bool, count: usize| {
            let there: Vec<usize> = (0..truth.ids.len()).step_by(7).filter(|&at| accept(truth.ids[at])).collect();
            let pick = |_| truth.grid.centre(truth.grid.voxel(there[dice.random_range(0..there.len())]));
            if there.is_empty() { Vec::new() } else { (0..count).map(pick).collect::<Vec<_>>() }
        };
        let is = |of: &[Label], id: u8| of.iter().any(|l| l.id() == id);
        let bones = centres(&|id| id >= 1 && id != Label::Metal.id(), 64);
        let femora = centres(&|id| is(&[Label::FemurLeft, Label::FemurRight], id), 400);
        let hips = centres(&|id| is(&[Label::HipLeft, Label::HipRight], id), 400);
        // A point of the femur with hip bone nearby lies in the head.
        let joints = femora.into_iter().filter(|f| hips.iter().any(|h| (f - h).norm_squared() < 900.0)).collect();
        Self { volume, truth, coarse, joints, bones }
    }
}

/// How the fine network's pieces are cut.
impl Cut {
    /// A piece around a random place, varied.
    pub(super) fn varied_piece(&self, patient: &FinePatient, dice: &mut ChaCha8Rng) -> Example {
        let mut angle = |limit: f64| dice.random_range(-limit..=limit).to_radians();
        let turn = Rotation3::from_euler_angles(angle(15.0), angle(15.0), angle(20.0));
        let spacing = self.spacing_mm * dice.random_range(0.88..=1.14);
        let at_joint = !patient.joints.is_empty() && dice.random_bool(0.45);
        let places = if at_joint { &patient.joints } else { &patient.bones };
        let centre = match places.len() {
            0 => patient.volume.grid.origin,
            n => places[dice.random_range(0..n)],
        };
        let shift = Vector3::from([25.0; 3].map(|limit: f64| dice.random_range(-limit..=limit)));
        let grid = self.around(centre + shift, turn, spacing);
        let mirrored = dice.random_bool(0.5);
        let offset_of_opinion = Vector3::from([3.0; 3].map(|limit: f64| dice.random_range(-limit..=limit)));
        let deaf = dice.random_bool(0.06);
        let doubt = dice.random_range(0.0..=0.3_f32);
        let scale = dice.random_range(0.82..=1.22_f32);
        let shift_hu = dice.random_range(-35.0..=35.0_f32);
        let noise = dice.random_range(0.0..=30.0_f32);
        let mut noise_dice = ChaCha8Rng::seed_from_u64(dice.random());
        let mut example = self.piece(patient, grid, mirrored, &offset_of_opinion, |hu, priors| {
            for value in hu.iter_mut().filter(|hu| **hu > -800.0) {
                *value = value.max(0.0) * scale + value.min(0.0) + shift_hu + noise * noise_dice.random_range(-1.0..=1.0_f32);
            }
            let keep = if deaf { 0.0 } else { 1.0 - doubt };
            priors.iter_mut().for_each(|p| *p *= keep);
        });
        self.weigh_joint(&mut example);
        example
    }

    /// Pieces as in use, for validation: around the first joint and two other places.
    pub(super) fn plain_pieces(&self, patient: &FinePatient) -> Vec<Example> {
        let places = patient.joints.iter().take(1).chain(patient.bones.iter().take(2));
        let grids = places.map(|&centre| self.around(centre, Rotation3::identity(), self.spacing_mm));
        grids.map(|grid| self.piece(patient, grid, false, &Vector3::zeros(), |_, _| ())).collect()
    }

    fn piece(
        &self,
        patient: &FinePatient,
        mut grid: Grid,
        mirrored: bool,
        offset_of_opinion: &Vector3<f64>,
        vary: impl FnOnce(&mut [f32], &mut [f32]),
    ) -> Example {
        if mirrored {
            // The fine network knows no sides: labels stay.
            mirror(&mut grid);
        }
        let of_either_side = |label: &Label| self.class(*label).max(self.class(label.mirrored()));
        let class_of: Vec<u8> = Label::ALL.iter().map(of_either_side).collect();
        let seen = resample(&patient.volume, &grid).hu;
        let ids = nearest(&patient.truth.grid, &patient.truth.ids, &grid);
        // Beyond the scan there is nothing to find.
        let target = ids.into_iter().zip(&seen).map(|(id, &hu)| if hu == OUTSIDE_HU { 0 } else { class_of[usize::from(id)] });
        let target = target.collect();
        let mut hu: Vec<f32> = seen.into_iter().map(f32::from).collect();
        let seen_from = Grid { origin: grid.origin + offset_of_opinion, ..grid };
        let mut priors = priors(&patient.coarse, &seen_from);
        vary(&mut hu, &mut priors);
        Example::new(channels(&hu, &priors), target)
    }

    /// Voxels between femur and hip bone count more.
    fn weigh_joint(&self, example: &mut Example) {
        let [ni, nj, nk] = self.patch;
        let near = |label: Label| {
            let mut marked: Vec<bool> = example.target.iter().map(|&t| t == self.class(label)).collect();
            // A box grown along one axis after the other.
            for (step, count) in [(1, ni), (ni, nj), (ni * nj, nk)] {
                let before = marked.clone();
                for (at, mark) in marked.iter_mut().enumerate() {
                    let along = at / step % count;
                    let (low, high) = (along.min(JOINT_REACH), (count - 1 - along).min(JOINT_REACH));
                    *mark = (0..=low).any(|d| before[at - d * step]) || (1..=high).any(|d| before[at + d * step]);
                }
            }
            marked
        };
        let (femur, hip) = (near(Label::FemurLeft), near(Label::HipLeft));
        for (weight, _) in example.weights.iter_mut().zip(femur.iter().zip(&hip)).filter(|(_, (f, h))| **f && **h) {
            *weight = JOINT_WEIGHT;
        }
    }
}
