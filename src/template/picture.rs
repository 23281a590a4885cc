//! The film as it comes: a DICOM file, or a picture of it.

use super::TemplateError;
use crate::dicom::{Stated, read_radiograph};
use sha2::{Digest, Sha256};
use std::{fs, io::Cursor, path::Path};

/// No detector has more pixels a side.
const LARGEST_SIDE: usize = 16_384;
/// Nor more pixels in all.
const MOST_PIXELS: usize = 128 << 20;
/// Shares of the pixels that are black and white where a file names no window.
const WINDOW: [f64; 2] = [0.005, 0.995];

/// A film in memory, without anybody's name.
#[derive(Clone, Debug)]
pub struct Radiograph {
    /// Pixels in a row.
    pub columns: usize,
    /// Pixels in a column.
    pub rows: usize,
    /// Row by row from the top; larger is brighter, which is what is denser.
    pub values: Vec<f32>,
    /// The values that are shown black and white.
    pub window: [f32; 2],
    /// What a DICOM file says about its pixels; `None` for a picture, which says nothing.
    pub stated: Option<Stated>,
    /// SHA-256 of the file, hexadecimal: names it without its name, which may be a patient's.
    pub sha256: String,
}

impl Radiograph {
    /// Reads a film: DICOM (CR, DX, RG), PNG (8 or 16 bits) or JPEG; of a colour picture the luminance. `inverted`: bone is dark in a picture;
    /// DICOM says so itself.
    ///
    /// # Errors
    /// When the file cannot be read, is damaged, or is no film.
    pub fn read(path: &Path, inverted: bool) -> Result<Self, TemplateError> {
        let bytes = fs::read(path).map_err(|source| TemplateError::Read { path: path.into(), source })?;
        let picture = |problem: String| TemplateError::Picture { path: path.into(), problem };
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if bytes.get(128..132) == Some(b"DICM") {
            let film = read_radiograph(&bytes).map_err(|problem| TemplateError::Dicom { path: path.into(), problem })?;
            if inverted {
                return Err(TemplateError::InvertedDicom { path: path.into() });
            }
            let window = film.window.unwrap_or_else(|| quantiles(&film.values));
            let (columns, rows, values) = (film.columns, film.rows, film.values);
            return Ok(Self { columns, rows, values, window, stated: Some(film.says), sha256 });
        }
        let Grey { columns, rows, mut values, eight_bits } = match bytes.as_slice() {
            [0x89, b'P', b'N', b'G', ..] => read_png(&bytes).map_err(picture)?,
            [0xff, 0xd8, ..] => read_jpeg(&bytes).map_err(picture)?,
            _ => return Err(picture("it is neither DICOM nor PNG nor JPEG".into())),
        };
        // Eight bits are shown as they are: somebody chose their window already.
        let mut window = if eight_bits { [0.0, 255.0] } else { quantiles(&values) };
        if inverted {
            values.iter_mut().for_each(|value| *value = -*value);
            window = [-window[1], -window[0]];
        }
        Ok(Self { columns, rows, values, window, stated: None, sha256 })
    }

    /// The value of a pixel.
    #[must_use]
    pub fn at(&self, column: usize, row: usize) -> f32 {
        self.values[row * self.columns + column]
    }

    /// True for a place on the picture, pixels.
    #[must_use]
    pub fn holds(&self, [x, y]: [f64; 2]) -> bool {
        (-0.5..=self.columns as f64 - 0.5).contains(&x) && (-0.5..=self.rows as f64 - 0.5).contains(&y)
    }
}

/// The values that few pixels are below and above.
fn quantiles(values: &[f32]) -> [f32; 2] {
    let mut sorted: Vec<f32> = values.iter().copied().step_by((values.len() / 200_000).max(1)).collect();
    sorted.sort_by(f32::total_cmp);
    let at = |share: f64| sorted.get((share * (sorted.len() as f64 - 1.0)) as usize).copied().unwrap_or_default();
    WINDOW.map(at)
}

fn checked(columns: usize, rows: usize) -> Result<usize, String> {
    match columns.checked_mul(rows) {
        Some(pixels) if columns.max(rows) <= LARGEST_SIDE && (1..=MOST_PIXELS).contains(&pixels) => Ok(pixels),
        _ => Err(format!("it announces {columns} × {rows} pixels, more than any film has")),
    }
}

/// What the eye takes for brightness (Rec. 709).
fn luminance([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// A picture in grey.
struct Grey {
    columns: usize,
    rows: usize,
    values: Vec<f32>,
    /// True for samples of eight bits, 0 to 255.
    eight_bits: bool,
}

fn read_png(bytes: &[u8]) -> Result<Grey, String> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(|error| damaged(&error))?;
    let (columns, rows) = (reader.info().width as usize, reader.info().height as usize);
    checked(columns, rows)?;
    let mut buffer = vec![0; reader.output_buffer_size().ok_or("it announces more than memory holds")?];
    let info = reader.next_frame(&mut buffer).map_err(|error| damaged(&error))?;
    let wide = info.bit_depth == png::BitDepth::Sixteen;
    let samples: Vec<f32> = if wide {
        buffer[..info.buffer_size()].as_chunks().0.iter().map(|&pair| f32::from(u16::from_be_bytes(pair))).collect()
    } else {
        buffer[..info.buffer_size()].iter().map(|&byte| f32::from(byte)).collect()
    };
    grey(columns, rows, &samples, !wide)
}

fn read_jpeg(bytes: &[u8]) -> Result<Grey, String> {
    // A stream that breaks off would be filled with grey; some writers add a few bytes behind the end marker.
    if !bytes.windows(2).rev().take(4096).any(|pair| pair == [0xff, 0xd9]) {
        return Err("it is damaged: its stream breaks off before its end marker; copy or export it again".into());
    }
    let mut decoder = jpeg_decoder::Decoder::new(Cursor::new(bytes));
    decoder.read_info().map_err(|error| damaged(&error))?;
    let info = decoder.info().ok_or("it has no frame header")?;
    let (columns, rows) = (usize::from(info.width), usize::from(info.height));
    checked(columns, rows)?;
    let buffer = decoder.decode().map_err(|error| damaged(&error))?;
    let samples: Vec<f32> = match info.pixel_format {
        jpeg_decoder::PixelFormat::L16 => buffer.as_chunks().0.iter().map(|&pair| f32::from(u16::from_ne_bytes(pair))).collect(),
        jpeg_decoder::PixelFormat::CMYK32 => return Err("its colours are those of print (CMYK); save it in grey".into()),
        _ => buffer.iter().map(|&byte| f32::from(byte)).collect(),
    };
    grey(columns, rows, &samples, info.pixel_format != jpeg_decoder::PixelFormat::L16)
}

fn damaged(error: &dyn std::error::Error) -> String {
    format!("it is damaged ({error}); copy or export it again")
}

/// One value a pixel, of grey (with or without opacity) or colour.
fn grey(columns: usize, rows: usize, samples: &[f32], eight_bits: bool) -> Result<Grey, String> {
    let pixels = checked(columns, rows)?;
    let channels = samples.len() / pixels;
    let value = |pixel: &[f32]| match *pixel {
        [red, green, blue, ..] => luminance([red, green, blue]),
        [grey, ..] => grey,
        [] => 0.0,
    };
    if channels == 0 || samples.len() != channels * pixels {
        return Err(format!("{} samples for {columns} × {rows} pixels were found", samples.len()));
    }
    Ok(Grey { columns, rows, values: samples.chunks_exact(channels).map(value).collect(), eight_bits })
}
