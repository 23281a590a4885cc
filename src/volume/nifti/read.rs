//! Reading: the voxels are converted while they stream in, so that a file never lies in memory beside its volume.

use super::{NiftiError, affine, is_gzip, name};
use crate::{
    progress::{Progress, Silent},
    volume::{Grid, Volume, not_hounsfield},
};
use flate2::bufread::MultiGzDecoder;
use nifti::{Endianness, NiftiHeader};
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};

/// More voxels than any CT that this program is for; a header that claims more is refused before anything is allocated.
const MOST_VOXELS: usize = 1 << 31;

/// Reads a CT in Hounsfield units.
///
/// # Errors
/// Not a NIfTI-1 file, no affine, a sheared affine, more than three dimensions, values that are not numbers,
/// or values that [cannot be Hounsfield units](not_hounsfield).
pub fn read_volume(path: &Path) -> Result<Volume, NiftiError> {
    read_volume_telling(path, &Silent)
}

/// The same, telling how far it is; a reading that is cancelled ends with an error.
///
/// # Errors
/// As [`read_volume`], and when it was cancelled.
pub fn read_volume_telling(path: &Path, progress: &dyn Progress) -> Result<Volume, NiftiError> {
    let convert = |value: f64| {
        if value.is_finite() { Ok(value.round().clamp(-32767.0, 32767.0) as i16) } else { Err("a value that is not a number") }
    };
    let (grid, hu) = read(path, convert, progress)?;
    if let Some(why) = not_hounsfield(&hu) {
        return Err(NiftiError::Unusable { file: name(path), problem: format!("its values {why}") });
    }
    Ok(Volume { grid, hu })
}

/// Reads a label map: whole numbers from 0 to 255, one a voxel.
///
/// # Errors
/// As [`read_volume`]; and any value that is not a whole number from 0 to 255.
pub fn read_labels(path: &Path) -> Result<(Grid, Vec<u8>), NiftiError> {
    let convert = |value: f64| {
        let id = value as u8;
        if f64::from(id) == value { Ok(id) } else { Err("a value that is not a label (whole numbers from 0 to 255)") }
    };
    read(path, convert, &Silent)
}

fn read<T: Copy>(
    path: &Path,
    convert: impl Fn(f64) -> Result<T, &'static str>,
    progress: &dyn Progress,
) -> Result<(Grid, Vec<T>), NiftiError> {
    let io = |source| NiftiError::Io { file: name(path), source };
    let file = BufReader::with_capacity(1 << 16, File::open(path).map_err(io)?);
    let mut stream: Box<dyn Read> = if is_gzip(path) { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let header = header(path, &mut stream)?;
    let unusable = |problem: String| NiftiError::Unusable { file: name(path), problem };
    let size = size(&header).map_err(unusable)?;
    let (grid, reversed) = affine::grid(&header, size).map_err(unusable)?;
    let extra = (header.vox_offset as u64).saturating_sub(348);
    io::copy(&mut stream.by_ref().take(extra), &mut io::sink()).map_err(io)?;
    let mut values = voxels(&mut stream, &header, grid.len(), convert, progress).map_err(|problem| match problem {
        Problem::Io(source) if source.kind() == io::ErrorKind::UnexpectedEof => {
            unusable(format!("it breaks off before the last of its {} voxels", grid.len()))
        }
        Problem::Io(source) => io(source),
        Problem::Value(what) => unusable(format!("it holds {what}")),
        Problem::Type(code) => unusable(format!("its data type {code} is not a plain number")),
    })?;
    if let Some(axis) = reversed {
        reverse(&mut values, size, axis);
    }
    Ok((grid, values))
}

fn header(path: &Path, stream: &mut dyn Read) -> Result<NiftiHeader, NiftiError> {
    let mut bytes = [0; 348];
    let not_nifti = |found: &str| NiftiError::NotNifti { file: name(path), found: found.into() };
    stream.read_exact(&mut bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => not_nifti("it is shorter than a header"),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => not_nifti("it is not compressed with gzip"),
        _ => NiftiError::Io { file: name(path), source: error },
    })?;
    let header = NiftiHeader::from_reader(&bytes[..]).map_err(|_| not_nifti("its header lacks the mark 'n+1'"))?;
    if &header.magic != b"n+1\0" || header.sizeof_hdr != 348 {
        return Err(not_nifti("its header is not that of a single NIfTI-1 file"));
    }
    Ok(header)
}

/// Three sizes; further dimensions must be 1.
fn size(header: &NiftiHeader) -> Result<[usize; 3], String> {
    let dimensions = header.dim[1..].iter().take(usize::from(header.dim[0])).map(|&n| usize::from(n)).collect::<Vec<_>>();
    let three = matches!(dimensions.len(), 3..=7) && dimensions[3..].iter().all(|&n| n == 1);
    // Sizes are signed 16-bit numbers in the file.
    let possible = dimensions.iter().all(|n| (1..=0x7fff).contains(n));
    let voxels = dimensions.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
    match (three && possible, voxels) {
        (true, Some(voxels)) if voxels <= MOST_VOXELS => Ok([dimensions[0], dimensions[1], dimensions[2]]),
        _ => Err(format!("its dimensions are {dimensions:?}; three dimensions of a single volume are expected")),
    }
}

enum Problem {
    Io(io::Error),
    Value(&'static str),
    Type(i16),
}

/// Streams `count` voxels through the header's data type, scaling and `convert`.
fn voxels<T>(
    stream: &mut dyn Read,
    header: &NiftiHeader,
    count: usize,
    convert: impl Fn(f64) -> Result<T, &'static str>,
    progress: &dyn Progress,
) -> Result<Vec<T>, Problem> {
    let (slope, intercept) = match (f64::from(header.scl_slope), f64::from(header.scl_inter)) {
        (slope, intercept) if slope != 0.0 && slope.is_finite() && intercept.is_finite() => (slope, intercept),
        _ => (1.0, 0.0),
    };
    let convert = |value: f64| convert(value * slope + intercept);
    macro_rules! stream {
        ($type:ty) => {{
            const N: usize = size_of::<$type>();
            let number = match header.endianness {
                Endianness::Little => <$type>::from_le_bytes,
                Endianness::Big => <$type>::from_be_bytes,
            };
            chunks::<N, T>(stream, count, |bytes| convert(number(bytes) as f64), progress)
        }};
    }
    match header.datatype {
        2 => stream!(u8),
        4 => stream!(i16),
        8 => stream!(i32),
        16 => stream!(f32),
        64 => stream!(f64),
        256 => stream!(i8),
        512 => stream!(u16),
        768 => stream!(u32),
        1024 => stream!(i64),
        1280 => stream!(u64),
        other => Err(Problem::Type(other)),
    }
}

fn chunks<const N: usize, T>(
    stream: &mut dyn Read,
    count: usize,
    convert: impl Fn([u8; N]) -> Result<T, &'static str>,
    progress: &dyn Progress,
) -> Result<Vec<T>, Problem> {
    const CHUNK: usize = 1 << 16;
    // Grown as the data arrive: a header that lies about its size must not cost its claim in memory.
    let mut values = Vec::with_capacity(count.min(1 << 24));
    let mut buffer = vec![0; CHUNK * N];
    while values.len() < count {
        progress.report("", values.len() as f64 / count as f64);
        if progress.cancelled() {
            return Err(Problem::Io(io::Error::other("the reading was cancelled")));
        }
        let bytes = &mut buffer[..CHUNK.min(count - values.len()) * N];
        stream.read_exact(bytes).map_err(Problem::Io)?;
        for voxel in bytes.as_chunks::<N>().0 {
            values.push(convert(*voxel).map_err(Problem::Value)?);
        }
    }
    Ok(values)
}

/// Reverses one axis in memory.
fn reverse<T: Copy>(values: &mut [T], size: [usize; 3], axis: usize) {
    let stride: usize = size[..axis].iter().product();
    for block in values.chunks_exact_mut(stride * size[axis]) {
        for low in 0..size[axis] / 2 {
            let (head, tail) = block.split_at_mut((size[axis] - 1 - low) * stride);
            head[low * stride..(low + 1) * stride].swap_with_slice(&mut tail[..stride]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_axis_is_reversed_alone() {
        let values = (0..24).collect::<Vec<i32>>();
        let at = |v: &[i32], i: usize, j: usize, k: usize| v[(k * 3 + j) * 2 + i];
        for axis in 0..3 {
            let mut reversed = values.clone();
            reverse(&mut reversed, [2, 3, 4], axis);
            for (i, j, k) in [(0, 0, 0), (1, 2, 3), (0, 1, 2)] {
                let mirrored = match axis {
                    0 => at(&values, 1 - i, j, k),
                    1 => at(&values, i, 2 - j, k),
                    _ => at(&values, i, j, 3 - k),
                };
                assert_eq!(at(&reversed, i, j, k), mirrored);
            }
        }
    }
}
