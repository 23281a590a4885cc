//! A femur cut off in the scan, completed by the statistical shape model.

use super::{
    bones::Bone,
    fit::{biweight, fit_sphere, robust_sigma},
    model::Sphere,
    neck::neck_axis,
};
use crate::{
    frames::Side,
    labels::synthesis::{Bone as Part, BoneModel, HEAD, ShapeModel},
    mesh::TriMesh,
};
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use nalgebra::{DMatrix, DVector, Matrix3, Point3, Rotation3, Vector3};

/// Modes of variation that are fitted; the rest is noise to a bone of which little is seen.
const MODES: usize = 12;
/// Points of the visible bone that take part.
const SAMPLES: usize = 1500;
/// The model misses a real femur by about this much, mm: it keeps the fit from following noise with impossible shapes.
const MISFIT_MM: f64 = 1.0;
/// The misfit of neighbouring points is the same, so the samples count for no more than this many independent ones.
const INDEPENDENT_SAMPLES: f64 = 150.0;
/// Standard deviation of the size beyond what the modes hold (natural logarithm).
const SIZE_SD: f64 = 0.05;
/// Only the model's proximal part can lie next to a femur that is cut off, mm from the head centre.
const PROXIMAL_MM: f64 = 250.0;
/// Rounds of finding partners and solving; the first few move the mean shape only.
const ROUNDS: usize = 40;
const POSE_ROUNDS: usize = 8;

/// The whole femur that the shape model makes of a visible proximal part, LPS mm.
///
/// Regularised iterative closest points: each visible point is drawn to the nearest model point along its own normal; pose, size and the
/// first modes are solved together, the modes held by their standard deviations (partial data against the Gaussian prior of a shape
/// model, as in Albrecht et al. 2013, 10.1016/j.media.2013.02.002). Points on the cut face take no part. `up` is superior of the pelvis,
/// where the fit starts from. `None` when head or neck are not in the mesh.
pub(super) fn completed_femur(femur: &Bone, head: &Sphere, side: Side, up: &Vector3<f64>, model: &ShapeModel) -> Option<TriMesh> {
    // The model is a left femur: a right one is fitted in the mirror.
    let mirror = Matrix3::from_diagonal(&Vector3::new(side.lps_sign(), 1.0, 1.0));
    let neck = neck_axis(femur, head)?.direction;
    let target = Target {
        head: (mirror * head.centre.coords).into(),
        neck: mirror * neck.into_inner(),
        up: mirror * up,
        points: samples(femur).iter().map(|&v| (mirror * femur.position(v).coords).into()).collect(),
        normals: samples(femur).iter().map(|&v| mirror * femur.normals[v]).collect(),
    };
    let part = model.part(Part::FemurLeft);
    let mut fit = Fit::start(part, &target)?;
    let near: Vec<usize> = fit.near(part, &target);
    for round in 0..ROUNDS {
        fit.improve(part, &near, &target, if round < POSE_ROUNDS { 0 } else { MODES.min(part.modes.len()) })?;
    }
    let vertices = part.vertices(fit.weights.as_slice()).iter().map(|p| fit.place(p)).collect();
    let mesh = TriMesh { vertices, triangles: part.triangles.clone() };
    Some(if side == Side::Left { mesh } else { mesh.mirrored_x() })
}

/// The visible bone, seen as a left femur.
struct Target {
    head: Point3<f64>,
    neck: Vector3<f64>,
    up: Vector3<f64>,
    points: Vec<Point3<f64>>,
    normals: Vec<Vector3<f64>>,
}

fn samples(femur: &Bone) -> Vec<usize> {
    let visible: Vec<usize> = femur.vertices().collect();
    visible.iter().copied().step_by((visible.len() / SAMPLES).max(1)).collect()
}

/// Pose, size and shape of the model: x ↦ size · rotation · x + shift.
struct Fit {
    rotation: Rotation3<f64>,
    size: f64,
    shift: Vector3<f64>,
    weights: DVector<f64>,
}

impl Fit {
    /// The mean shape with its head centre, neck and superior direction on the target's.
    fn start(part: &BoneModel, target: &Target) -> Option<Self> {
        let mean = TriMesh { vertices: part.mean.clone(), triangles: part.triangles.clone() };
        let bone = Bone::new(&mean, None);
        let (points, areas) = bone.choose(&part.region(HEAD).collect::<Vec<_>>());
        let head = fit_sphere(&points, &areas)?;
        let neck = neck_axis(&bone, &head)?.direction;
        let knee = nalgebra::center(&part.mean[*part.landmarks.get("MEC")?], &part.mean[*part.landmarks.get("LEC")?]);
        let axes = |neck: &Vector3<f64>, up: &Vector3<f64>| {
            let across = neck.cross(up).try_normalize(1e-6)?;
            Some(Matrix3::from_columns(&[*neck, across, neck.cross(&across)]))
        };
        let turn = axes(&target.neck, &target.up)? * axes(&neck, &(head.centre - knee))?.transpose();
        let rotation = Rotation3::from_matrix_unchecked(turn);
        Some(Self {
            rotation,
            size: 1.0,
            shift: target.head.coords - rotation * head.centre.coords,
            weights: DVector::zeros(part.modes.len()),
        })
    }

    fn place(&self, p: &Point3<f64>) -> Point3<f64> {
        Point3::from(self.rotation * p.coords * self.size + self.shift)
    }

    fn near(&self, part: &BoneModel, target: &Target) -> Vec<usize> {
        (0..part.mean.len()).filter(|&v| (self.place(&part.mean[v]) - target.head).norm() < PROXIMAL_MM).collect()
    }

    /// One Gauss–Newton step of pose (3 turns, 3 shifts), size and the first `modes` weights.
    fn improve(&mut self, part: &BoneModel, near: &[usize], target: &Target, modes: usize) -> Option<()> {
        let shape = part.vertices(self.weights.as_slice());
        let placed: Vec<Point3<f64>> = near.iter().map(|&v| self.place(&shape[v])).collect();
        let cloud: Vec<[f64; 3]> = placed.iter().map(|p| (*p).into()).collect();
        let tree: ImmutableKdTree<f64, 3> = ImmutableKdTree::new_from_slice(&cloud).ok()?;
        let partners: Vec<usize> = target
            .points
            .iter()
            .map(|p| tree.query(&(*p).into()).nearest_one::<SquaredEuclidean<f64>>().execute().item as usize)
            .collect();
        let residuals: Vec<f64> =
            target.points.iter().zip(&target.normals).zip(&partners).map(|((p, n), &m)| n.dot(&(p - placed[m]))).collect();
        let sigma = robust_sigma(&residuals, MISFIT_MM);
        let share = (INDEPENDENT_SAMPLES / residuals.len() as f64).min(1.0) / (MISFIT_MM * MISFIT_MM);
        let unknowns = 7 + modes;
        let (mut normal, mut right) = (DMatrix::zeros(unknowns, unknowns), DVector::zeros(unknowns));
        for ((residual, n), &partner) in residuals.iter().zip(&target.normals).zip(&partners) {
            let weight = share * biweight(*residual, sigma);
            if weight <= 0.0 {
                continue;
            }
            let arm = placed[partner] - target.head;
            let turn = arm.cross(n);
            let back = self.rotation.inverse_transform_vector(n) * self.size;
            let mut row = DVector::zeros(unknowns);
            row.fixed_rows_mut::<3>(0).copy_from(&turn);
            row.fixed_rows_mut::<3>(3).copy_from(n);
            row[6] = n.dot(&arm);
            for mode in 0..modes {
                row[7 + mode] = part.modes[mode][near[partner]].dot(&back);
            }
            normal.ger(weight, &row, &row, 1.0);
            right.axpy(weight * residual, &row, 1.0);
        }
        // Priors: the size about 1, each mode's weight about 0.
        normal[(6, 6)] += SIZE_SD.powi(-2);
        right[6] -= self.size.ln() * SIZE_SD.powi(-2);
        for mode in 0..modes {
            normal[(7 + mode, 7 + mode)] += 1.0;
            right[7 + mode] -= self.weights[mode];
        }
        let step = normal.cholesky()?.solve(&right);
        let turn = Rotation3::new(step.fixed_rows::<3>(0).into_owned());
        let growth = step[6].exp();
        self.shift = target.head.coords + turn * (self.shift - target.head.coords) * growth + step.fixed_rows::<3>(3);
        self.rotation = turn * self.rotation;
        self.size *= growth;
        for mode in 0..modes {
            self.weights[mode] += step[7 + mode];
        }
        Some(())
    }
}
