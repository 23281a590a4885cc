//! Where things lie in a DICOM file, found by walking over its element lengths before anything is parsed or allocated.
//!
//! Every length is held against the bytes that are there, and nesting is bounded, so that the parser behind it only ever sees
//! files that are whole.

use super::error::SliceError;
use flate2::read::DeflateDecoder;
use std::{borrow::Cow, io::Read, ops::Range};

/// A slice inflates to less than this; a file that does not is a bomb.
const LARGEST_INFLATED: u64 = 256 << 20;
/// Sequences in sequences; real files stay below ten.
const DEEPEST: usize = 32;

const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
pub(super) const IMPLICIT: &str = "1.2.840.10008.1.2";
pub(super) const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// A DICOM file, taken apart.
pub(super) struct Layout<'a> {
    /// Transfer syntax UID.
    pub syntax: String,
    /// The data set, inflated where it was deflated.
    pub dataset: Cow<'a, [u8]>,
    /// The part of the data set in front of the pixel data.
    pub header: Range<usize>,
    /// The pixel data.
    pub pixels: PixelData,
}

/// The top-level PixelData element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PixelData {
    /// There is none.
    Absent,
    /// Uncompressed, at this place in the data set.
    Native(Range<usize>),
    /// Uncompressed, but cut off.
    Truncated {
        /// Bytes announced.
        expected: u64,
        /// Bytes present.
        found: u64,
    },
    /// Compressed fragments (without the offset table), at these places in the data set.
    Fragments(Vec<Range<usize>>),
}

/// True when the file carries the mark of DICOM.
pub(super) fn is_dicom(bytes: &[u8]) -> bool {
    bytes.get(128..132) == Some(b"DICM")
}

impl<'a> Layout<'a> {
    /// Walks over a file that [`is_dicom`].
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, SliceError> {
        let mut meta = Walk { bytes, at: 132, encoding: Encoding::Explicit { big: false } };
        let mut syntax = None;
        while meta.peek_group()? == Some(2) {
            let element = meta.element()?;
            let value = meta.value(&element)?;
            if element.tag == (0x0002, 0x0010) {
                let text = String::from_utf8_lossy(&bytes[value]);
                syntax = Some(text.trim_end_matches(['\0', ' ']).to_owned());
            }
        }
        let syntax = syntax.ok_or(SliceError::Missing("TransferSyntaxUID (0002,0010)"))?;
        let (dataset, encoding) = match syntax.as_str() {
            DEFLATED => (Cow::Owned(inflate(&bytes[meta.at..])?), Encoding::Explicit { big: false }),
            IMPLICIT => (Cow::Borrowed(&bytes[meta.at..]), Encoding::Implicit),
            other => (Cow::Borrowed(&bytes[meta.at..]), Encoding::Explicit { big: other == BIG_ENDIAN }),
        };
        let (header, pixels) = Walk { bytes: &dataset, at: 0, encoding }.top_level()?;
        Ok(Self { syntax, header: 0..header, dataset, pixels })
    }
}

fn inflate(deflated: &[u8]) -> Result<Vec<u8>, SliceError> {
    let mut inflated = Vec::new();
    DeflateDecoder::new(deflated)
        .take(LARGEST_INFLATED + 1)
        .read_to_end(&mut inflated)
        .map_err(|_| SliceError::Damaged("its deflated data set breaks off".into()))?;
    if inflated.len() as u64 > LARGEST_INFLATED {
        return Err(SliceError::Damaged(format!("its data set inflates to more than {LARGEST_INFLATED} bytes")));
    }
    Ok(inflated)
}

#[derive(Clone, Copy)]
enum Encoding {
    Implicit,
    Explicit { big: bool },
}

struct Element {
    tag: (u16, u16),
    /// `None`: of undefined length, ended by a delimiter.
    length: Option<u32>,
    sequence: bool,
    /// How the elements inside are encoded: a sequence of unknown VR holds implicit ones (PS3.5 6.2.2).
    inside: Encoding,
}

const ITEM: (u16, u16) = (0xfffe, 0xe000);
const ITEM_END: (u16, u16) = (0xfffe, 0xe00d);
const SEQUENCE_END: (u16, u16) = (0xfffe, 0xe0dd);
const PIXEL_DATA: (u16, u16) = (0x7fe0, 0x0010);

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    encoding: Encoding,
}

impl Walk<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SliceError> {
        let bytes = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<N>()).ok_or_else(breaks_off)?;
        self.at += N;
        Ok(*bytes)
    }

    fn u16(&mut self) -> Result<u16, SliceError> {
        let bytes = self.take()?;
        Ok(if self.big() { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&mut self) -> Result<u32, SliceError> {
        let bytes = self.take()?;
        Ok(if self.big() { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn big(&self) -> bool {
        matches!(self.encoding, Encoding::Explicit { big: true })
    }

    fn done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn peek_group(&mut self) -> Result<Option<u16>, SliceError> {
        if self.done() {
            return Ok(None);
        }
        let group = self.u16()?;
        self.at -= 2;
        Ok(Some(group))
    }

    /// Tag, length and whether the value is a sequence.
    fn element(&mut self) -> Result<Element, SliceError> {
        let tag = (self.u16()?, self.u16()?);
        let mut inside = self.encoding;
        let (length, sequence) = match self.encoding {
            // Items and delimiters have no value representation in any encoding.
            _ if tag.0 == 0xfffe => (self.u32()?, false),
            Encoding::Implicit => (self.u32()?, false),
            Encoding::Explicit { .. } => {
                let vr = self.take::<2>()?;
                match &vr {
                    b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT" | b"UV" => {
                        self.at += 2;
                        if &vr == b"UN" {
                            inside = Encoding::Implicit;
                        }
                        (self.u32()?, &vr == b"SQ")
                    }
                    _ if vr.iter().all(u8::is_ascii_uppercase) => (u32::from(self.u16()?), false),
                    _ => {
                        return Err(SliceError::Damaged(format!(
                            "element ({:04x},{:04x}) has no value representation",
                            tag.0, tag.1
                        )));
                    }
                }
            }
        };
        let length = (length != u32::MAX).then_some(length);
        Ok(Element { tag, length, sequence: sequence || length.is_none(), inside })
    }

    /// The place of a value of defined length; moves behind it.
    fn value(&mut self, element: &Element) -> Result<Range<usize>, SliceError> {
        let length = element.length.ok_or_else(breaks_off)? as usize;
        let start = self.at;
        let end = start.checked_add(length).filter(|&end| end <= self.bytes.len()).ok_or_else(|| {
            let (group, number) = element.tag;
            let found = self.bytes.len() - start;
            SliceError::Damaged(format!("element ({group:04x},{number:04x}) announces {length} bytes, {found} are left"))
        })?;
        self.at = end;
        Ok(start..end)
    }

    /// Walks to the pixel data: where it begins, and what it is.
    fn top_level(mut self) -> Result<(usize, PixelData), SliceError> {
        while !self.done() {
            let start = self.at;
            let element = self.element()?;
            if element.tag == PIXEL_DATA {
                return Ok((start, self.pixel_data(&element)?));
            }
            self.skip(&element, 0)?;
        }
        Ok((self.bytes.len(), PixelData::Absent))
    }

    fn pixel_data(&mut self, element: &Element) -> Result<PixelData, SliceError> {
        let left = self.bytes.len() - self.at;
        match element.length {
            Some(length) if length as usize > left => {
                return Ok(PixelData::Truncated { expected: u64::from(length), found: left as u64 });
            }
            Some(length) => return Ok(PixelData::Native(self.at..self.at + length as usize)),
            None => {}
        }
        let mut fragments = Vec::new();
        loop {
            let item = self.element()?;
            match item.tag {
                ITEM => fragments.push(self.value(&item)?),
                SEQUENCE_END => break,
                _ => return Err(SliceError::Damaged("its compressed pixel data is not a list of fragments".into())),
            }
        }
        // The first item is the offset table.
        fragments.drain(..fragments.len().min(1));
        Ok(PixelData::Fragments(fragments))
    }

    /// Moves behind an element's value, through whatever is nested in it.
    fn skip(&mut self, element: &Element, depth: usize) -> Result<(), SliceError> {
        if depth > DEEPEST {
            return Err(SliceError::Damaged(format!("its sequences are nested deeper than {DEEPEST}")));
        }
        let outside = std::mem::replace(&mut self.encoding, element.inside);
        let result = self.skip_inside(element, depth);
        self.encoding = outside;
        result
    }

    fn skip_inside(&mut self, element: &Element, depth: usize) -> Result<(), SliceError> {
        let end = match element.length {
            Some(_) if !element.sequence => return self.value(element).map(|_| ()),
            Some(_) => {
                let start = self.at;
                let end = self.value(element)?.end;
                self.at = start;
                Some(end)
            }
            None => None,
        };
        while end.is_none_or(|end| self.at < end) {
            let inner = self.element()?;
            match inner.tag {
                SEQUENCE_END | ITEM_END if end.is_none() => return Ok(()),
                // An item holds elements, just as a sequence holds items.
                ITEM => self.skip(&Element { sequence: true, ..inner }, depth + 1)?,
                _ => self.skip(&inner, depth + 1)?,
            }
        }
        Ok(())
    }
}

fn breaks_off() -> SliceError {
    SliceError::Damaged("it breaks off in its header".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dataset: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes.extend_from_slice(b"DICM");
        bytes.extend_from_slice(&[2, 0, 0x10, 0, b'U', b'I', 20, 0]);
        bytes.extend_from_slice(b"1.2.840.10008.1.2.1\0");
        bytes.extend_from_slice(dataset);
        bytes
    }

    #[test]
    fn native_pixel_data_is_found_behind_nested_sequences() {
        // (0008,1140) SQ of undefined length > item of undefined length > (0008,1150) UI, then PixelData of 4 bytes.
        let mut dataset = vec![8, 0, 0x40, 0x11, b'S', b'Q', 0, 0, 0xff, 0xff, 0xff, 0xff];
        dataset.extend([0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff]);
        dataset.extend([8, 0, 0x50, 0x11, b'U', b'I', 2, 0, b'1', 0]);
        dataset.extend([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
        let header = dataset.len();
        dataset.extend([0xe0, 0x7f, 0x10, 0, b'O', b'W', 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]);
        let bytes = file(&dataset);
        let layout = Layout::of(&bytes).unwrap();
        assert_eq!(layout.header, 0..header);
        let PixelData::Native(place) = layout.pixels else { panic!("{:?}", layout.pixels) };
        assert_eq!(&layout.dataset[place], [1, 2, 3, 4]);
        // Cut off, the same file says by how much.
        let cut = Layout::of(&bytes[..bytes.len() - 3]).unwrap();
        assert_eq!(cut.pixels, PixelData::Truncated { expected: 4, found: 1 });
    }

    #[test]
    fn a_length_beyond_the_file_is_refused_before_allocation() {
        let bytes = file(&[0x10, 0, 0x10, 0, b'U', b'T', 0, 0, 0xfe, 0xff, 0xff, 0xff, b'x', b'y']);
        assert!(matches!(Layout::of(&bytes), Err(SliceError::Damaged(_))));
    }

    #[test]
    fn ten_thousand_nested_sequences_do_not_overflow_the_stack() {
        let nest = [8, 0, 0x40, 0x11, b'S', b'Q', 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff];
        let bytes = file(&nest.repeat(10_000));
        assert!(matches!(Layout::of(&bytes), Err(SliceError::Damaged(why)) if why.contains("nested")));
    }
}
