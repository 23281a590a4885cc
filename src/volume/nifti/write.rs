//! Writing: sform and qform both set, millimetres, the file whole or not at all.

use super::{NiftiError, affine, is_gzip, name};
use crate::{
    files::write_atomically,
    volume::{Grid, Volume},
};
use flate2::{Compression, write::GzEncoder};
use nifti::NiftiHeader;
use std::{
    io::{self, Write},
    path::Path,
};

/// Data type codes of NIfTI-1.
const U8: i16 = 2;
const I16: i16 = 4;

/// Writes a CT in Hounsfield units (`.nii.gz` compressed, `.nii` plain). Positions are kept as `f32`, as the format has it.
///
/// # Errors
/// The file system; or as many values as the grid does not hold.
pub fn write_volume(path: &Path, volume: &Volume) -> Result<(), NiftiError> {
    write(path, &volume.grid, I16, &volume.hu, |value| value.to_le_bytes())
}

/// Writes one label id a voxel (`.nii.gz` compressed, `.nii` plain).
///
/// # Errors
/// As [`write_volume`].
pub fn write_labels(path: &Path, grid: &Grid, ids: &[u8]) -> Result<(), NiftiError> {
    write(path, grid, U8, ids, |id| [*id])
}

fn write<T, const N: usize>(
    path: &Path,
    grid: &Grid,
    datatype: i16,
    values: &[T],
    bytes: impl Fn(&T) -> [u8; N],
) -> Result<(), NiftiError> {
    if values.len() != grid.len() || grid.size.iter().any(|&n| n == 0 || n > 0x7fff) {
        return Err(NiftiError::WrongLength { voxels: values.len(), size: grid.size });
    }
    let header = serialise(&header(grid, datatype, 8 * N as i16));
    let fill = |out: &mut dyn Write| -> io::Result<()> {
        out.write_all(&header)?;
        let mut buffer = Vec::with_capacity(N << 16);
        for chunk in values.chunks(1 << 16) {
            buffer.clear();
            chunk.iter().for_each(|value| buffer.extend_from_slice(&bytes(value)));
            out.write_all(&buffer)?;
        }
        Ok(())
    };
    write_atomically(path, |file| {
        if is_gzip(path) {
            // A fast level: CT noise hardly compresses better at a slower one.
            let mut encoder = GzEncoder::new(file, Compression::new(3));
            fill(&mut encoder)?;
            encoder.finish().map(|_| ())
        } else {
            fill(file)
        }
    })
    .map_err(|source| NiftiError::Io { file: name(path), source })
}

/// The header of a grid: sform and qform both say "scanner".
pub(super) fn header(grid: &Grid, datatype: i16, bitpix: i16) -> NiftiHeader {
    let ras = affine::of(grid);
    let row = |r: usize| [0, 1, 2, 3].map(|c| ras[(r, c)] as f32);
    let mut axes = ras.fixed_view::<3, 3>(0, 0).into_owned();
    axes.column_iter_mut().zip(grid.spacing).for_each(|(mut column, mm)| column /= mm);
    let turn = affine::quaternion(&axes);
    let [nx, ny, nz] = grid.size.map(|n| n as u16);
    let [dx, dy, dz] = grid.spacing.map(|mm| mm as f32);
    NiftiHeader {
        dim: [3, nx, ny, nz, 1, 1, 1, 1],
        pixdim: [1.0, dx, dy, dz, 0.0, 0.0, 0.0, 0.0],
        datatype,
        bitpix,
        vox_offset: 352.0,
        scl_slope: 1.0,
        xyzt_units: 2,
        qform_code: 1,
        sform_code: 1,
        quatern_b: turn.x as f32,
        quatern_c: turn.y as f32,
        quatern_d: turn.z as f32,
        quatern_x: ras[(0, 3)] as f32,
        quatern_y: ras[(1, 3)] as f32,
        quatern_z: ras[(2, 3)] as f32,
        srow_x: row(0),
        srow_y: row(1),
        srow_z: row(2),
        ..Default::default()
    }
}

/// The 348 bytes of a NIfTI-1 header, little endian, and the four that say that no extension follows.
fn serialise(header: &NiftiHeader) -> Vec<u8> {
    let mut bytes = vec![0; 352];
    let mut put = |offset: usize, value: &[u8]| bytes[offset..offset + value.len()].copy_from_slice(value);
    put(0, &348i32.to_le_bytes());
    put(38, b"r");
    (0..8).for_each(|n| put(40 + 2 * n, &header.dim[n].to_le_bytes()));
    put(70, &header.datatype.to_le_bytes());
    put(72, &header.bitpix.to_le_bytes());
    (0..8).for_each(|n| put(76 + 4 * n, &header.pixdim[n].to_le_bytes()));
    put(108, &header.vox_offset.to_le_bytes());
    put(112, &header.scl_slope.to_le_bytes());
    put(116, &header.scl_inter.to_le_bytes());
    put(123, &[header.xyzt_units]);
    put(252, &header.qform_code.to_le_bytes());
    put(254, &header.sform_code.to_le_bytes());
    let quaternion = [header.quatern_b, header.quatern_c, header.quatern_d];
    let origin = [header.quatern_x, header.quatern_y, header.quatern_z];
    let floats = quaternion.iter().chain(&origin).chain(&header.srow_x).chain(&header.srow_y).chain(&header.srow_z);
    floats.enumerate().for_each(|(n, value)| put(256 + 4 * n, &value.to_le_bytes()));
    put(344, b"n+1\0");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serialised_header_is_read_back_as_it_was() {
        let grid = Grid::axis_aligned([4, 5, 6], [0.7, 0.8, 1.5], nalgebra::Point3::new(-10.0, 20.0, 30.0));
        let written = header(&grid, I16, 16);
        let bytes = serialise(&written);
        let read = NiftiHeader::from_reader(&bytes[..348]).unwrap();
        assert_eq!((read.dim, read.datatype, read.bitpix), (written.dim, I16, 16));
        assert_eq!((read.srow_x, read.srow_y, read.srow_z), (written.srow_x, written.srow_y, written.srow_z));
        assert_eq!((read.pixdim, read.xyzt_units), (written.pixdim, 2));
        assert_eq!((read.qform_code, read.sform_code, &read.magic), (1, 1, b"n+1\0"));
    }
}
