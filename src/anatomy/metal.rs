//! How near metal is.

use kiddo::{ImmutableKdTree, SquaredEuclidean};
use nalgebra::Point3;

/// Metal within this distance disturbs the densities of a CT, mm: its streaks and its shadow.
const DISTURBED_MM: f64 = 10.0;

/// The metal of a scan.
pub(super) struct Metal {
    anywhere: bool,
    tree: Option<ImmutableKdTree<f64, 3>>,
}

impl Metal {
    /// From the centres of its voxels, LPS mm.
    pub fn new(voxels: &[Point3<f64>]) -> Self {
        let cloud: Vec<[f64; 3]> = voxels.iter().map(|p| (*p).into()).collect();
        let anywhere = !cloud.is_empty();
        Self { anywhere, tree: if anywhere { ImmutableKdTree::new_from_slice(&cloud).ok() } else { None } }
    }

    /// True where the values of the CT are not to be trusted.
    pub fn disturbs(&self, p: &Point3<f64>) -> bool {
        self.disturbs_ball(p, 0.0)
    }

    /// The same anywhere in a ball.
    pub fn disturbs_ball(&self, centre: &Point3<f64>, radius_mm: f64) -> bool {
        // Metal that cannot be looked up may be anywhere.
        let near = |tree: &ImmutableKdTree<f64, 3>| {
            let nearest = tree.query(&(*centre).into()).nearest_one::<SquaredEuclidean<f64>>().execute();
            nearest.distance < (DISTURBED_MM + radius_mm).powi(2)
        };
        self.anywhere && self.tree.as_ref().is_none_or(near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_voxels_disturbs_ten_millimetres_round_it() {
        let voxels: Vec<_> =
            (0..40 * 40 * 40).map(|i| Point3::new(f64::from(i % 40), f64::from(i / 40 % 40), f64::from(i / 1600))).collect();
        let metal = Metal::new(&voxels);
        for (x, disturbed) in [(20.0, true), (48.9, true), (49.1, false), (-9.9, true), (-10.1, false)] {
            assert_eq!(metal.disturbs(&Point3::new(x, 7.0, 31.0)), disturbed, "{x}");
        }
        assert!(!Metal::new(&[]).disturbs(&Point3::origin()));
    }
}
