//! From a NIfTI affine to a grid and back.

use crate::volume::Grid;
use nalgebra::{Matrix3, Matrix4, Point3, Quaternion, UnitQuaternion, Vector3};
use nifti::NiftiHeader;

/// Changes RAS into LPS or back: x and y change sign. The one place where this is done.
pub(super) fn flip(affine: &Matrix4<f64>) -> Matrix4<f64> {
    Matrix4::from_diagonal(&nalgebra::Vector4::new(-1.0, -1.0, 1.0, 1.0)) * affine
}

/// The grid of a header, and the voxel axis that must be reversed in memory because the file's affine is left-handed.
///
/// The message of an error says what was found and what was expected.
pub(super) fn grid(header: &NiftiHeader, size: [usize; 3]) -> Result<(Grid, Option<usize>), String> {
    let affine = flip(&millimetres(header, ras(header)?)?);
    let mut columns = [0, 1, 2].map(|axis| affine.fixed_view::<3, 1>(0, axis).into_owned());
    let spacing = columns.map(|column| column.norm());
    if !affine.iter().all(|value| value.is_finite()) || spacing.iter().any(|&mm| !(1e-3..=1e3).contains(&mm)) {
        return Err(format!("its affine gives voxels of {spacing:?} mm; finite values between 0.001 and 1000 mm are expected"));
    }
    columns.iter_mut().zip(spacing).for_each(|(column, mm)| *column /= mm);
    let skew = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| columns[a].dot(&columns[b]).abs()).into_iter().fold(0.0, f64::max);
    if skew > 1e-3 {
        return Err(format!(
            "its affine is sheared (cosine {skew:.4} between two axes); resample it to an orthogonal grid first"
        ));
    }
    let mut origin = Point3::from(affine.fixed_view::<3, 1>(0, 3).into_owned());
    let reversed = (columns[0].cross(&columns[1]).dot(&columns[2]) < 0.0).then(|| {
        // Of the three axes that could be reversed, take the one that brings the grid nearest to the axes of LPS.
        let axis = (0..3).min_by(|&a, &b| columns[a][a].total_cmp(&columns[b][b])).unwrap_or(2);
        origin += columns[axis] * (spacing[axis] * (size[axis] as f64 - 1.0));
        columns[axis] = -columns[axis];
        axis
    });
    let direction = Grid::right_handed(&columns[0], &columns[1]).ok_or("its affine is degenerate")?;
    Ok((Grid { size, spacing, origin, direction }, reversed))
}

/// The affine of the header, in the header's unit: the sform where it is set, else the qform.
fn ras(header: &NiftiHeader) -> Result<Matrix4<f64>, String> {
    if header.sform_code > 0 {
        let rows = [header.srow_x, header.srow_y, header.srow_z].map(|row| row.map(decimal));
        return Ok(Matrix4::from_fn(|r, c| if r < 3 { rows[r][c] } else { f64::from(u8::from(c == 3)) }));
    }
    if header.qform_code > 0 {
        return Ok(qform(header));
    }
    Err("neither its sform nor its qform is set, so position and side of the voxels are unknown; \
         write it again with the scanner's affine"
        .into())
}

/// The affine of a qform: rotation from a quaternion, spacing from `pixdim`, handedness from `pixdim[0]`.
fn qform(header: &NiftiHeader) -> Matrix4<f64> {
    let vector = Vector3::new(header.quatern_b, header.quatern_c, header.quatern_d).map(decimal);
    let scalar = (1.0 - vector.norm_squared()).max(0.0).sqrt();
    let rotation = UnitQuaternion::from_quaternion(Quaternion::from_parts(scalar, vector)).to_rotation_matrix();
    let handedness = if header.pixdim[0] < 0.0 { -1.0 } else { 1.0 };
    let spacing = Vector3::new(decimal(header.pixdim[1]), decimal(header.pixdim[2]), decimal(header.pixdim[3]) * handedness);
    let origin = Vector3::new(header.quatern_x, header.quatern_y, header.quatern_z).map(decimal);
    let mut affine = Matrix4::identity();
    affine.fixed_view_mut::<3, 3>(0, 0).copy_from(&(rotation.into_inner() * Matrix3::from_diagonal(&spacing)));
    affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&origin);
    affine
}

/// Brings an affine to millimetres. An unset unit means millimetres in NIfTI practice; anything else must be named.
fn millimetres(header: &NiftiHeader, affine: Matrix4<f64>) -> Result<Matrix4<f64>, String> {
    let scale = match header.xyzt_units & 7 {
        0 | 2 => 1.0,
        1 => 1e3,
        3 => 1e-3,
        other => return Err(format!("its unit of length has the unknown code {other}; 2 (millimetres) is expected")),
    };
    let mut scaled = affine * scale;
    scaled[(3, 3)] = 1.0;
    Ok(scaled)
}

/// The shortest decimal that the stored `f32` stands for: 0.7 is read as 0.7, not as 0.699999988.
fn decimal(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// The RAS affine (mm) of a grid.
pub(super) fn of(grid: &Grid) -> Matrix4<f64> {
    let mut lps = Matrix4::identity();
    lps.fixed_view_mut::<3, 3>(0, 0).copy_from(&(grid.direction * Matrix3::from_diagonal(&Vector3::from(grid.spacing))));
    lps.fixed_view_mut::<3, 1>(0, 3).copy_from(&grid.origin.coords);
    flip(&lps)
}

/// The rotation of an orthonormal RAS matrix with determinant +1, as (b, c, d) of a unit quaternion with a scalar part ≥ 0.
pub(super) fn quaternion(rotation: &Matrix3<f64>) -> Vector3<f64> {
    let quaternion = UnitQuaternion::from_rotation_matrix(&nalgebra::Rotation3::from_matrix_unchecked(*rotation));
    quaternion.imag() * if quaternion.scalar() < 0.0 { -1.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(ras: [[f32; 4]; 3]) -> NiftiHeader {
        let [srow_x, srow_y, srow_z] = ras;
        NiftiHeader { sform_code: 1, qform_code: 0, srow_x, srow_y, srow_z, ..Default::default() }
    }

    #[test]
    fn ras_becomes_lps() {
        let header = header([[0.7, 0.0, 0.0, -10.0], [0.0, 0.8, 0.0, -20.0], [0.0, 0.0, 1.5, 30.0]]);
        let (grid, reversed) = grid(&header, [4, 5, 6]).unwrap();
        assert_eq!(reversed, None);
        assert_eq!(grid.spacing, [0.7, 0.8, 1.5]);
        assert_eq!(grid.centre([0, 0, 0]), Point3::new(10.0, 20.0, 30.0));
        assert!((grid.centre([1, 0, 0]) - Point3::new(9.3, 20.0, 30.0)).norm() < 1e-12);
    }

    #[test]
    fn a_left_handed_affine_is_reindexed_not_mislabelled() {
        // LAS: i runs to the patient's left, j to anterior, k up: left-handed in any space.
        let header = header([[-2.0, 0.0, 0.0, 10.0], [0.0, 2.0, 0.0, -20.0], [0.0, 0.0, 3.0, 30.0]]);
        let (grid, reversed) = grid(&header, [4, 5, 6]).unwrap();
        assert_eq!(reversed, Some(1));
        assert!((grid.direction.determinant() - 1.0).abs() < 1e-12);
        // The file's voxel (1, 2, 3) lies at RAS (8, -16, 39), LPS (-8, 16, 39); it is voxel (1, 5-1-2, 3) here.
        assert!((grid.centre([1, 2, 3]) - Point3::new(-8.0, 16.0, 39.0)).norm() < 1e-12);
    }

    #[test]
    fn without_sform_and_qform_nothing_is_guessed() {
        let header = NiftiHeader { sform_code: 0, qform_code: 0, ..Default::default() };
        assert!(grid(&header, [4, 5, 6]).unwrap_err().contains("neither its sform nor its qform"));
    }

    #[test]
    fn a_sheared_affine_is_refused() {
        let header = header([[1.0, 0.0, 0.1, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
        assert!(grid(&header, [4, 5, 6]).unwrap_err().contains("sheared"));
    }

    #[test]
    fn qform_and_sform_of_an_oblique_grid_agree() {
        let turn = nalgebra::Rotation3::from_euler_angles(2.2, -0.3, 1.4);
        let truth =
            Grid { size: [4, 5, 6], spacing: [0.7, 0.8, 1.5], origin: Point3::new(-10.0, 20.0, 30.0), direction: *turn.matrix() };
        let written = super::super::write::header(&truth, 4, 16);
        let sform = grid(&written, truth.size).unwrap().0;
        let qform = grid(&NiftiHeader { sform_code: 0, ..written }, truth.size).unwrap().0;
        assert!(sform.same_place(&truth, 1e-4), "{sform:?}");
        assert!(qform.same_place(&truth, 1e-4), "{qform:?}");
    }
}
