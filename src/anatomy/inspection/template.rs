//! Which bone a surface is, and of which side, told by its shape alone.

use super::{pose::Pose, samples::Samples};
use crate::{
    frames::Side,
    labels::synthesis::{Bone as Part, ShapeModel},
    mesh::{TriMesh, bounds_of},
};
use kiddo::{ImmutableKdTree, SquaredEuclidean};
use nalgebra::{Matrix3, Point3, Rotation3, Vector3};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// Every so many of the model's vertices take part.
const MODEL_STEP: usize = 4;
/// A normal that turns by a radian counts like a point this far off, mm.
const NORMAL_MM: f64 = 15.0;
/// Rounds of finding partners and moving.
const FEW_ROUNDS: usize = 8;
const ROUNDS: usize = 15;
/// A point further off than this says no more than that it does not fit, mm.
const FAR_MM: f64 = 12.0;

/// A kind of bone whose sides can be told apart, or that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::anatomy) enum Kind {
    HipBone,
    Femur,
    Sacrum,
    Tibia,
}

/// The poses from which a fit starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::anatomy) enum Starts {
    /// That of a patient lying in LPS axes, and the three half turns of that: RAS, and other ways round that files come in.
    HalfTurns,
    /// All 24 ways that axes can be turned into each other. Takes six times as long.
    QuarterTurns,
}

/// How a surface fits a bone of a side.
#[derive(Clone, Copy, Debug)]
pub(in crate::anatomy) struct Fitted {
    /// Mean distance of the surface from the model, mm.
    pub misfit_mm: f64,
    /// How the bone is turned against a patient lying in LPS axes.
    pub turn: Rotation3<f64>,
    /// Where the surface, of a right bone its mirror image, lies on the model.
    pub pose: Pose,
    side: Side,
}

impl Fitted {
    /// Where a point of the model's left bone comes to lie on the surface, LPS mm.
    pub fn on_surface(&self, model: &Point3<f64>) -> Point3<f64> {
        let p = self.pose.take_back(model);
        Point3::new(p.x * self.side.lps_sign(), p.y, p.z)
    }
}

/// A bone of the shape model, ready to be fitted.
pub(in crate::anatomy) struct Template {
    points: Vec<Point3<f64>>,
    tree: ImmutableKdTree<f64, 6>,
}

impl Template {
    /// The mean left bone of a kind.
    pub fn left(model: &ShapeModel, kind: Kind) -> Option<Self> {
        let part = model.part(match kind {
            Kind::HipBone => Part::HipLeft,
            Kind::Femur => Part::FemurLeft,
            Kind::Sacrum => Part::Sacrum,
            Kind::Tibia => Part::TibiaLeft,
        });
        let mesh = TriMesh { vertices: part.mean.clone(), triangles: part.triangles.clone() };
        let normals = mesh.vertex_normals();
        let chosen = || (0..mesh.vertices.len()).step_by(MODEL_STEP);
        let cloud: Vec<[f64; 6]> = chosen().map(|v| with_normal(&mesh.vertices[v], &normals[v])).collect();
        let tree = ImmutableKdTree::new_from_slice(&cloud).ok()?;
        Some(Self { points: chosen().map(|v| mesh.vertices[v]).collect(), tree })
    }

    /// Fits the mean bone of a side to a surface: rigid iterative closest points (Besl & McKay 1992, 10.1109/34.121791) with size, points
    /// and normals together.
    pub fn fit(&self, surface: &Samples, side: Side, starts: Starts) -> Option<Fitted> {
        // The template is a left bone: a right one is fitted in the mirror.
        let mirrored;
        let surface = match side {
            Side::Left => surface,
            Side::Right => {
                mirrored = surface.mirrored();
                &mirrored
            }
        };
        let few = surface.few();
        let mut best: Option<(f64, Pose)> = None;
        for start in self.starts(surface, starts) {
            let (misfit, pose) = self.settle(&few, start, FEW_ROUNDS)?;
            if best.is_none_or(|(least, _)| misfit < least) {
                best = Some((misfit, pose));
            }
        }
        let (misfit_mm, pose) = self.settle(surface, best?.1, ROUNDS)?;
        let turn = pose.rotation.inverse();
        let turn = match side {
            Side::Left => turn,
            Side::Right => {
                let mirror = Matrix3::from_diagonal(&Vector3::new(-1.0, 1.0, 1.0));
                Rotation3::from_matrix_unchecked(mirror * turn.matrix() * mirror)
            }
        };
        Some(Fitted { misfit_mm, turn, pose, side })
    }

    /// Each way round with the middles, the upper and the lower ends together: part of a bone may be missing at either end.
    fn starts(&self, surface: &Samples, turns: Starts) -> Vec<Pose> {
        let mut starts = Vec::new();
        let (model_low, model_high) = bounds_of(self.points.iter().copied()).unwrap_or_default();
        for rotation in turns.rotations() {
            let (low, high) = bounds_of(surface.points.iter().map(|p| rotation * p)).unwrap_or_default();
            let middle = nalgebra::center(&model_low, &model_high) - nalgebra::center(&low, &high);
            for lift in [middle.z, model_high.z - high.z, model_low.z - low.z] {
                starts.push(Pose { rotation, size: 1.0, shift: Vector3::new(middle.x, middle.y, lift) });
            }
        }
        starts
    }

    fn settle(&self, surface: &Samples, mut pose: Pose, rounds: usize) -> Option<(f64, Pose)> {
        for _ in 0..rounds {
            let pairs: Vec<(Point3<f64>, Point3<f64>)> = self.partners(surface, &pose).map(|(p, q, _)| (p, q)).collect();
            pose = Pose::between(&pairs)?;
        }
        let far = |(_, _, distance): (Point3<f64>, Point3<f64>, f64)| distance.min(FAR_MM);
        let misfit = self.partners(surface, &pose).map(far).sum::<f64>() / surface.points.len() as f64;
        Some((misfit, pose))
    }

    /// Each point of the surface, the model's point that is nearest to it when it is placed, and how far the two then are, mm.
    fn partners<'a>(
        &'a self,
        surface: &'a Samples,
        pose: &'a Pose,
    ) -> impl Iterator<Item = (Point3<f64>, Point3<f64>, f64)> + 'a {
        surface.points.iter().zip(&surface.normals).map(|(p, n)| {
            let query = with_normal(&pose.place(p), &(pose.rotation * n));
            let found = self.tree.query(&query).nearest_one::<SquaredEuclidean<f64>>().execute();
            (*p, self.points[found.item as usize], found.distance.sqrt())
        })
    }
}

fn with_normal(p: &Point3<f64>, normal: &Vector3<f64>) -> [f64; 6] {
    let n = normal * NORMAL_MM;
    [p.x, p.y, p.z, n.x, n.y, n.z]
}

impl Starts {
    fn rotations(self) -> Vec<Rotation3<f64>> {
        let half = [Vector3::zeros(), Vector3::x(), Vector3::y(), Vector3::z()].map(|axis| Rotation3::new(axis * PI));
        if self == Self::HalfTurns {
            return half.into();
        }
        // The half turns permute no axes: with the three cyclic changes of axes and a quarter turn they make all 24.
        let cycle = |n: f64| Rotation3::new(Vector3::repeat(3_f64.sqrt().recip()) * (n * TAU / 3.0));
        let quarters = [Rotation3::identity(), Rotation3::new(Vector3::z() * FRAC_PI_2)];
        let cosets = [0.0, 1.0, 2.0].into_iter().flat_map(|n| quarters.map(|quarter| quarter * cycle(n)));
        cosets.flat_map(|coset| half.map(|turn| turn * coset)).collect()
    }
}
