//! Where a surface is placed on a model.

use nalgebra::{Matrix3, Point3, Rotation3, Vector3};

/// Bones are this much larger or smaller than the model's mean.
const SIZES: [f64; 2] = [0.8, 1.25];

/// Where a surface is placed on the model: x ↦ size · rotation · x + shift.
#[derive(Clone, Copy, Debug)]
pub(in crate::anatomy) struct Pose {
    pub rotation: Rotation3<f64>,
    pub size: f64,
    pub shift: Vector3<f64>,
}

impl Pose {
    pub fn place(&self, p: &Point3<f64>) -> Point3<f64> {
        (self.rotation * p.coords * self.size + self.shift).into()
    }

    /// The inverse of [`Self::place`].
    pub fn take_back(&self, p: &Point3<f64>) -> Point3<f64> {
        (self.rotation.inverse_transform_vector(&(p.coords - self.shift)) / self.size).into()
    }

    /// The pose that brings first points nearest to second ones in the mean square (Umeyama 1991, 10.1109/34.88573).
    pub fn between(pairs: &[(Point3<f64>, Point3<f64>)]) -> Option<Self> {
        let count = pairs.len() as f64;
        let sums = pairs.iter().fold((Vector3::zeros(), Vector3::zeros()), |(a, b), (p, q)| (a + p.coords, b + q.coords));
        let (from, to) = (sums.0 / count, sums.1 / count);
        let (mut spread, mut square) = (Matrix3::zeros(), 0.0);
        for (p, q) in pairs {
            let (p, q) = (p.coords - from, q.coords - to);
            spread += q * p.transpose();
            square += p.norm_squared();
        }
        let svd = spread.svd(true, true);
        let (u, v_t) = (svd.u?, svd.v_t?);
        let sign = Matrix3::from_diagonal(&Vector3::new(1.0, 1.0, (u * v_t).determinant().signum()));
        let rotation = Rotation3::from_matrix_unchecked(u * sign * v_t);
        let size = (Matrix3::from_diagonal(&svd.singular_values) * sign).trace() / square;
        let size = if size.is_finite() { size.clamp(SIZES[0], SIZES[1]) } else { return None };
        Some(Self { rotation, size, shift: to - rotation * from * size })
    }
}
