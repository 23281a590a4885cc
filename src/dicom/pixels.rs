//! From stored pixels to Hounsfield units.

use super::{
    error::SliceError,
    header::{Format, Slice},
    jpeg_ls,
    layout::{BIG_ENDIAN, Layout, PixelData},
};
use dicom_object::OpenFileOptions;
use dicom_pixeldata::PixelDecoder;
use std::{
    borrow::Cow,
    cell::Cell,
    ops::Range,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

/// What a padding pixel becomes: air, HU.
const AIR_HU: i16 = -1024;

const RLE: &str = "1.2.840.10008.1.2.5";

/// The compressions that are read: UID, name, lossy, decoder.
const COMPRESSIONS: [(&str, &str, bool, Decoder); 9] = [
    (RLE, "RLE lossless", false, Decoder::Registry),
    ("1.2.840.10008.1.2.4.50", "JPEG baseline, lossy", true, Decoder::Registry),
    ("1.2.840.10008.1.2.4.51", "JPEG extended, lossy", true, Decoder::Registry),
    ("1.2.840.10008.1.2.4.57", "JPEG lossless", false, Decoder::Registry),
    ("1.2.840.10008.1.2.4.70", "JPEG lossless SV1", false, Decoder::Registry),
    ("1.2.840.10008.1.2.4.80", "JPEG-LS lossless", false, Decoder::JpegLs),
    ("1.2.840.10008.1.2.4.81", "JPEG-LS near-lossless", true, Decoder::JpegLs),
    ("1.2.840.10008.1.2.4.90", "JPEG 2000 lossless", false, Decoder::Registry),
    ("1.2.840.10008.1.2.4.91", "JPEG 2000", true, Decoder::Registry),
];

#[derive(Clone, Copy, PartialEq)]
enum Decoder {
    /// dicom-pixeldata's.
    Registry,
    JpegLs,
}

/// True for transfer syntaxes that may have changed the pixels.
pub(super) fn is_lossy(syntax: &str) -> bool {
    COMPRESSIONS.iter().any(|&(uid, _, lossy, _)| uid == syntax && lossy)
}

/// Decodes one file into its slice of the volume.
pub(super) fn decode(file: &[u8], slice: &Slice, out: &mut [i16]) -> Result<(), SliceError> {
    let layout = Layout::of(file)?;
    let hounsfield = Hounsfield::new(&slice.format);
    let words = Words::of(file, &layout, [slice.rows, slice.columns], &slice.format)?;
    words.read(out, |word| hounsfield.of(word));
    Ok(())
}

/// The words in which pixels are stored.
pub(super) struct Words<'a> {
    bytes: Cow<'a, [u8]>,
    big: bool,
    wide: bool,
}

impl<'a> Words<'a> {
    /// Those of a file of `size` rows and columns, decompressed where they are compressed.
    pub(super) fn of(file: &[u8], layout: &'a Layout<'_>, size: [usize; 2], format: &Format) -> Result<Self, SliceError> {
        let (bytes, big) = match &layout.pixels {
            PixelData::Native(place) => (Cow::Borrowed(&layout.dataset[place.clone()]), layout.syntax == BIG_ENDIAN),
            PixelData::Fragments(fragments) => (Cow::Owned(decompress(file, layout, fragments, size, format)?), false),
            PixelData::Truncated { expected, found } => {
                return Err(SliceError::Truncated { expected: *expected, found: *found });
            }
            PixelData::Absent => return Err(SliceError::Missing("PixelData (7FE0,0010)")),
        };
        let [rows, columns] = size;
        let needed = rows * columns * format.bits_allocated as usize / 8;
        if bytes.len() < needed {
            return Err(SliceError::WrongSize { rows, columns, expected: needed as u64, found: bytes.len() as u64 });
        }
        Ok(Self { bytes, big, wide: format.bits_allocated == 16 })
    }

    /// Turns each into a value.
    pub(super) fn read<T>(&self, out: &mut [T], value: impl Fn(u16) -> T) {
        if self.wide {
            let word = if self.big { u16::from_be_bytes } else { u16::from_le_bytes };
            out.iter_mut().zip(self.bytes.as_chunks().0).for_each(|(out, pair)| *out = value(word(*pair)));
        } else {
            out.iter_mut().zip(&*self.bytes).for_each(|(out, &byte)| *out = value(u16::from(byte)));
        }
    }
}

/// Stored words to HU.
pub(super) struct Hounsfield<'a> {
    format: &'a Format,
    shift_up: u32,
    shift_down: u32,
    /// The rescale where it needs no rounding: the common case.
    whole: Option<i32>,
}

impl<'a> Hounsfield<'a> {
    pub(super) fn new(format: &'a Format) -> Self {
        let whole = (format.slope == 1.0 && format.intercept.fract() == 0.0 && format.intercept.abs() < 1e6)
            .then_some(format.intercept as i32);
        Self { format, shift_up: 15 - format.high_bit, shift_down: 16 - format.bits_stored, whole }
    }

    /// The stored value of a word: whatever lies above the high bit (overlays in old files) is shifted out, then the sign bit comes
    /// down again.
    pub(super) fn stored(&self, word: u16) -> i32 {
        let shifted = word << self.shift_up;
        if self.format.signed { i32::from((shifted as i16) >> self.shift_down) } else { i32::from(shifted >> self.shift_down) }
    }

    fn of(&self, word: u16) -> i16 {
        let stored = self.stored(word);
        if let Some([low, high]) = self.format.padding {
            let raw = if self.format.signed { i64::from(word as i16) } else { i64::from(word) };
            if (low..=high).contains(&raw) || (low..=high).contains(&i64::from(stored)) {
                return AIR_HU;
            }
        }
        match self.whole {
            Some(intercept) => (stored + intercept).clamp(-32767, 32767) as i16,
            None => (f64::from(stored) * self.format.slope + self.format.intercept).round().clamp(-32767.0, 32767.0) as i16,
        }
    }
}

fn decompress(
    file: &[u8],
    layout: &Layout<'_>,
    fragments: &[Range<usize>],
    [rows, columns]: [usize; 2],
    format: &Format,
) -> Result<Vec<u8>, SliceError> {
    let &(_, syntax, _, decoder) = COMPRESSIONS
        .iter()
        .find(|(uid, ..)| *uid == layout.syntax)
        .ok_or_else(|| SliceError::TransferSyntax(layout.syntax.clone()))?;
    let failed = |why: String| SliceError::Codec { syntax, why };
    let stream = fragments.iter().flat_map(|place| &layout.dataset[place.clone()]).copied().collect::<Vec<_>>();
    // Decoders allocate what the stream announces: hold it against the header first.
    match frame_size(&stream) {
        Some(size) if size != [rows, columns] => {
            return Err(failed(format!("it announces {} × {} pixels, the header {rows} × {columns}", size[0], size[1])));
        }
        None if layout.syntax != RLE => return Err(failed("its stream has no frame header".into())),
        _ => {}
    }
    // Some decoders fill what is missing with whatever is at hand; RLE streams have no end to look for, but a length.
    if layout.syntax != RLE && !stream.strip_suffix(&[0]).unwrap_or(&stream).ends_with(&[0xff, 0xd9]) {
        return Err(failed("its stream breaks off before its end marker".into()));
    }
    let bytes = format.bits_allocated / 8;
    quietly(|| match decoder {
        Decoder::Registry => {
            let object = OpenFileOptions::new().from_reader(file).map_err(|error| error.to_string())?;
            let decoded = object.decode_pixel_data_frame(0).map_err(|error| chain(&error))?;
            Ok(decoded.into_data())
        }
        Decoder::JpegLs => {
            let mut samples = jpeg_ls::decode(&stream, rows, columns)?;
            if !format.signed {
                // Near-lossless coding may overshoot the bits that the header keeps: saturate rather than wrap.
                let largest = u16::MAX >> (16 - format.bits_stored);
                samples.iter_mut().for_each(|sample| *sample = (*sample).min(largest));
            }
            match bytes {
                2 => Ok(samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()),
                _ => Ok(samples.iter().map(|&sample| sample as u8).collect()),
            }
        }
    })
    .and_then(|result| result)
    .map_err(failed)
}

/// Rows and columns as announced by the frame header of a JPEG, JPEG-LS or JPEG 2000 stream.
fn frame_size(stream: &[u8]) -> Option<[usize; 2]> {
    let u16_at = |at: usize| stream.get(at..at + 2).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]])));
    let u32_at = |at: usize| stream.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
    if stream.starts_with(&[0xff, 0x4f, 0xff, 0x51]) {
        // SIZ: length, capabilities, then size and offset of the reference grid.
        let [width, height, left, top] = [8, 12, 16, 20].map(u32_at);
        return Some([height?.checked_sub(top?)?, width?.checked_sub(left?)?]);
    }
    if !stream.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut at = 2;
    loop {
        while *stream.get(at)? == 0xff && *stream.get(at + 1)? == 0xff {
            at += 1;
        }
        match (stream.get(at)?, *stream.get(at + 1)?) {
            (0xff, 0xc4 | 0xc8 | 0xcc) => {}
            (0xff, 0xc0..=0xcf | 0xf7) => return Some([u16_at(at + 5)?, u16_at(at + 7)?]),
            (0xff, 0xda) => return None,
            (0xff, _) => {}
            _ => return None,
        }
        at += 2 + u16_at(at + 2)?;
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

/// Runs a decoder that may panic on damaged input; the panic becomes an error and is not printed.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.map_err(|_| "the decoder gave up on damaged data".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format() -> Format {
        Format { bits_allocated: 16, bits_stored: 12, high_bit: 11, signed: false, slope: 1.0, intercept: -1024.0, padding: None }
    }

    #[test]
    fn bits_above_the_high_bit_are_masked_and_signs_extended() {
        assert_eq!(Hounsfield::new(&format()).of(0xf000 | 1024), 0);
        let signed = Format { signed: true, intercept: 0.0, ..format() };
        assert_eq!(Hounsfield::new(&signed).of(0x0fff), -1);
        assert_eq!(Hounsfield::new(&signed).of(0x7801), -2047);
    }

    #[test]
    fn padding_becomes_air_and_a_fractional_slope_is_rounded() {
        // -2000 in an unsigned file of 16 bits, as scanners write it.
        let padded = Format { bits_stored: 16, high_bit: 15, padding: Some([63536, 63536]), ..format() };
        assert_eq!(Hounsfield::new(&padded).of(63536), AIR_HU);
        assert_eq!(Hounsfield::new(&padded).of(1000), -24);
        let scaled = Format { slope: 0.5, intercept: -100.25, ..format() };
        assert_eq!(Hounsfield::new(&scaled).of(3), -99);
    }

    #[test]
    fn a_panicking_decoder_becomes_an_error() {
        assert!(quietly(|| [0u8; 1][std::hint::black_box(3)]).is_err());
        assert_eq!(quietly(|| 5), Ok(5));
    }
}
