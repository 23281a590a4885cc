//! A decoder of JPEG-LS (ITU-T T.87 | ISO/IEC 14495-1): one component, lossless and near-lossless, 2 to 16 bits.
//!
//! Written out here because no Rust decoder was found that reads the streams of other encoders and builds without C++.
//! Names follow the standard's: A, B, C, N are the context's statistics, Ra to Rd the neighbours of a sample.

/// Run lengths as powers of two, by run index (A.2.1).
const J: [u32; 32] = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The samples of an image of the given size, row by row. The message of an error says what is wrong with the stream.
pub(super) fn decode(stream: &[u8], rows: usize, columns: usize) -> Result<Vec<u16>, &'static str> {
    let (frame, start) = Frame::parse(stream)?;
    if (frame.rows, frame.columns) != (rows, columns) {
        return Err("an image of another size");
    }
    Scan::new(&frame, &stream[start..]).decode()
}

/// What the markers in front of the scan say.
struct Frame {
    rows: usize,
    columns: usize,
    near: i32,
    max: i32,
    thresholds: [i32; 3],
    reset: i32,
}

impl Frame {
    /// Reads the markers; also tells where the scan's bits begin.
    fn parse(stream: &[u8]) -> Result<(Self, usize), &'static str> {
        let u16_at = |at: usize| stream.get(at..at + 2).map(|b| i32::from(u16::from_be_bytes([b[0], b[1]])));
        let broken = "a marker breaks off";
        let mut size = None;
        let mut preset = [0; 5];
        let mut at = 2;
        loop {
            let &[0xff, marker] = stream.get(at..at + 2).ok_or(broken)? else { return Err("a marker is missing") };
            let length = u16_at(at + 2).ok_or(broken)? as usize;
            let segment = stream.get(at + 4..at + 2 + length).ok_or(broken)?;
            match marker {
                0xf7 => match segment {
                    &[bits @ 2..=16, y1, y0, x1, x0, 1, ..] => {
                        let [rows, columns] = [[y1, y0], [x1, x0]].map(|bytes| usize::from(u16::from_be_bytes(bytes)));
                        size = Some((i32::from(bits), rows, columns));
                    }
                    _ => return Err("not an image of one component of 2 to 16 bits"),
                },
                0xf8 => match segment {
                    [1, ..] if length == 13 => preset = [5, 7, 9, 11, 13].map(|offset| u16_at(at + offset).unwrap_or(0)),
                    _ => return Err("an extension that is not a preset of thresholds"),
                },
                0xdd if segment.iter().any(|&byte| byte != 0) => return Err("restart intervals"),
                0xda => {
                    let (bits, rows, columns) = size.ok_or("a scan without a frame")?;
                    let &[1, _, 0, near, 0, 0] = segment else { return Err("a scan of more than one component") };
                    let [max, t1, t2, t3, reset] = preset;
                    let max = if max == 0 { (1 << bits) - 1 } else { max };
                    let near = i32::from(near);
                    let default = default_thresholds(max, near);
                    let or = |value: i32, default: i32| if value == 0 { default } else { value };
                    let thresholds = [or(t1, default[0]), or(t2, default[1]), or(t3, default[2])];
                    let frame = Self { rows, columns, near, max, thresholds, reset: or(reset, 64) };
                    return Ok((frame, at + 2 + length));
                }
                _ => {}
            }
            at += 2 + length;
        }
    }
}

/// C.2.4.1.1.
fn default_thresholds(max: i32, near: i32) -> [i32; 3] {
    let clamp = |value: i32, low: i32| if value > max || value < low { low } else { value };
    let [t1, t2, t3] = if max >= 128 {
        let factor = (max.min(4095) + 128) / 256;
        [factor + 2 + 3 * near, 4 * factor + 3 + 5 * near, 17 * factor + 4 + 7 * near]
    } else {
        let factor = 256 / (max + 1);
        [(3 / factor + 3 * near).max(2), (7 / factor + 5 * near).max(3), (21 / factor + 7 * near).max(4)]
    };
    let t1 = clamp(t1, near + 1);
    let t2 = clamp(t2, t1);
    [t1, t2, clamp(t3, t2)]
}

#[derive(Clone)]
struct Context {
    a: i32,
    b: i32,
    c: i32,
    n: i32,
}

/// Statistics of the samples that end a run (A.7.2).
struct RunContext {
    a: i32,
    n: i32,
    negative: i32,
}

struct Scan<'a> {
    frame: &'a Frame,
    bits: Bits<'a>,
    /// 2·NEAR + 1, the step between values that near-lossless coding tells apart.
    step: i32,
    range: i32,
    /// Bits of an escaped error.
    qbpp: u32,
    /// Longest Golomb code.
    limit: u32,
    contexts: Vec<Context>,
    runs: [RunContext; 2],
    run_index: usize,
}

impl<'a> Scan<'a> {
    fn new(frame: &'a Frame, bits: &'a [u8]) -> Self {
        let ceil_log2 = |n: i32| (n - 1).max(0).checked_ilog2().map_or(0, |log| log + 1);
        let step = 2 * frame.near + 1;
        let range = (frame.max + 2 * frame.near) / step + 1;
        let bpp = ceil_log2(frame.max + 1).max(2);
        let a = ((range + 32) / 64).max(2);
        let run = || RunContext { a, n: 1, negative: 0 };
        Self {
            frame,
            bits: Bits { bytes: bits, at: 0, cache: 0, count: 0, after_ff: false },
            step,
            range,
            qbpp: ceil_log2(range),
            limit: 2 * (bpp + bpp.max(8)),
            contexts: vec![Context { a, b: 0, c: 0, n: 1 }; 365],
            runs: [run(), run()],
            run_index: 0,
        }
    }

    fn decode(mut self) -> Result<Vec<u16>, &'static str> {
        let Frame { rows, columns, .. } = *self.frame;
        let mut samples = Vec::with_capacity(rows * columns);
        // Both lines with one sample more on each side, for the neighbours of the border.
        let (mut above, mut line) = (vec![0; columns + 2], vec![0; columns + 2]);
        for _ in 0..rows {
            above[columns + 1] = above[columns];
            line[0] = above[1];
            self.line(&above, &mut line)?;
            samples.extend(line[1..=columns].iter().map(|&value| value as u16));
            std::mem::swap(&mut above, &mut line);
        }
        Ok(samples)
    }

    fn line(&mut self, above: &[i32], line: &mut [i32]) -> Result<(), &'static str> {
        let last = line.len() - 2;
        let mut x = 1;
        while x <= last {
            let (ra, rb, rc, rd) = (line[x - 1], above[x], above[x - 1], above[x + 1]);
            let gradients = [rd - rb, rb - rc, rc - ra];
            if gradients.iter().all(|gradient| gradient.abs() <= self.frame.near) {
                let run = self.run_length(last + 1 - x)?;
                line[x..x + run].fill(ra);
                x += run;
                if x <= last {
                    line[x] = self.end_of_run(ra, above[x])?;
                    x += 1;
                }
            } else {
                line[x] = self.regular(gradients, ra, rb, rc)?;
                x += 1;
            }
        }
        Ok(())
    }

    /// A.3 to A.6: a sample predicted from its neighbours.
    fn regular(&mut self, gradients: [i32; 3], ra: i32, rb: i32, rc: i32) -> Result<i32, &'static str> {
        let [q1, q2, q3] = gradients.map(|gradient| self.quantise(gradient));
        let signed = 81 * q1 + 9 * q2 + q3;
        let (sign, index) = (signed.signum(), signed.unsigned_abs() as usize);
        let Context { a, b, c, n } = self.contexts[index];
        let median = if rc >= ra.max(rb) {
            ra.min(rb)
        } else if rc <= ra.min(rb) {
            ra.max(rb)
        } else {
            ra + rb - rc
        };
        let predicted = (median + sign * c).clamp(0, self.frame.max);
        let k = golomb_parameter(a, n);
        let mapped = self.golomb(k, self.limit)?;
        let (half, odd) = (mapped / 2, mapped % 2 == 1);
        let error = match (self.frame.near == 0 && k == 0 && 2 * b <= -n, odd) {
            (false, false) | (true, true) => half,
            (false, true) | (true, false) => -half - 1,
        };
        self.contexts[index].update(error, self.step, self.frame.reset);
        Ok(self.reconstruct(predicted, sign * error))
    }

    fn quantise(&self, gradient: i32) -> i32 {
        if gradient.abs() <= self.frame.near {
            return 0;
        }
        let reached = self.frame.thresholds.iter().filter(|&&threshold| gradient.abs() >= threshold).count();
        gradient.signum() * (1 + reached as i32)
    }

    /// A.7.1: how many samples repeat their left neighbour.
    fn run_length(&mut self, most: usize) -> Result<usize, &'static str> {
        let mut run = 0;
        while self.bits.read(1)? == 1 {
            let whole = 1 << J[self.run_index];
            run += whole;
            if run <= most {
                self.run_index = (self.run_index + 1).min(31);
            }
            if run >= most {
                return Ok(most);
            }
        }
        run += self.bits.read(J[self.run_index])? as usize;
        if run < most { Ok(run) } else { Err("a run is longer than its line") }
    }

    /// A.7.2: the sample that differs and so ends a run.
    fn end_of_run(&mut self, ra: i32, rb: i32) -> Result<i32, &'static str> {
        let kind = usize::from((ra - rb).abs() <= self.frame.near);
        let (predicted, sign) = match kind {
            1 => (ra, 1),
            _ => (rb, if ra > rb { -1 } else { 1 }),
        };
        let RunContext { a, n, negative } = self.runs[kind];
        let k = golomb_parameter(if kind == 1 { a + n / 2 } else { a }, n);
        let mapped = self.golomb(k, self.limit - J[self.run_index] - 1)?;
        let kind_bit = kind as i32;
        let folded = mapped + kind_bit;
        let size = (folded + 1) / 2;
        let error = if (k != 0 || 2 * negative >= n) == (folded % 2 == 1) { -size } else { size };
        let run = &mut self.runs[kind];
        run.negative += i32::from(error < 0);
        run.a += (mapped + 1 - kind_bit) / 2;
        if run.n == self.frame.reset {
            run.a /= 2;
            run.n /= 2;
            run.negative /= 2;
        }
        run.n += 1;
        self.run_index = self.run_index.saturating_sub(1);
        Ok(self.reconstruct(predicted, sign * error))
    }

    /// A limited-length Golomb code (A.5.3).
    fn golomb(&mut self, k: u32, limit: u32) -> Result<i32, &'static str> {
        let longest = limit - self.qbpp - 1;
        let mut zeros = 0;
        while self.bits.read(1)? == 0 {
            zeros += 1;
            if zeros > longest {
                return Err("a code is too long");
            }
        }
        let value = if zeros < longest { (zeros << k) + self.bits.read(k)? } else { self.bits.read(self.qbpp)? + 1 };
        if value > 2 * self.range as u32 { Err("an error value is out of range") } else { Ok(value as i32) }
    }

    fn reconstruct(&self, predicted: i32, error: i32) -> i32 {
        let whole_range = self.range * self.step;
        let value = predicted + error * self.step;
        let wrapped = if value < -self.frame.near {
            value + whole_range
        } else if value > self.frame.max + self.frame.near {
            value - whole_range
        } else {
            value
        };
        wrapped.clamp(0, self.frame.max)
    }
}

impl Context {
    /// A.6: statistics and bias.
    fn update(&mut self, error: i32, step: i32, reset: i32) {
        self.a += error.abs();
        self.b += error * step;
        if self.n == reset {
            self.a >>= 1;
            self.b >>= 1;
            self.n >>= 1;
        }
        self.n += 1;
        if self.b <= -self.n {
            self.c = (self.c - 1).max(-128);
            self.b = (self.b + self.n).max(1 - self.n);
        } else if self.b > 0 {
            self.c = (self.c + 1).min(127);
            self.b = (self.b - self.n).min(0);
        }
    }
}

fn golomb_parameter(a: i32, n: i32) -> u32 {
    (0..24).find(|k| n << k >= a).unwrap_or(24)
}

/// Bits from the most significant on; after a byte of 0xFF the next one carries seven (A.1).
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    cache: u64,
    count: u32,
    after_ff: bool,
}

impl Bits<'_> {
    fn read(&mut self, wanted: u32) -> Result<u32, &'static str> {
        while self.count < wanted {
            let byte = *self.bytes.get(self.at).ok_or("the stream breaks off")?;
            if self.after_ff && byte & 0x80 != 0 {
                return Err("the stream ends before its last sample");
            }
            let bits = if self.after_ff { 7 } else { 8 };
            self.cache = self.cache << bits | u64::from(byte);
            self.count += bits;
            self.after_ff = byte == 0xff;
            self.at += 1;
        }
        self.count -= wanted;
        Ok((self.cache >> self.count) as u32 & ((1u64 << wanted) - 1) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of T.87 Annex H.3: a 4 × 4 image of 8 bits and its stream.
    #[test]
    fn the_example_of_the_standard_is_decoded() {
        let stream = [
            0xff, 0xd8, 0xff, 0xf7, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0xc0, 0x00, 0x00,
            0x6c, 0x80, 0x20, 0x8e, 0x01, 0xc0, 0x00, 0x00, 0x57, 0x40, 0x00, 0x00, 0x6e, 0xe6, 0x00, 0x00, 0x01, 0xbc, 0x18,
            0x00, 0x00, 0x05, 0xd8, 0x00, 0x00, 0x91, 0x60, 0xff, 0xd9,
        ];
        assert_eq!(decode(&stream, 4, 4).unwrap(), [0, 0, 90, 74, 68, 50, 43, 205, 64, 145, 145, 145, 100, 145, 145, 145]);
    }

    #[test]
    fn a_stream_that_breaks_off_is_an_error() {
        let stream = [0xff, 0xd8, 0xff, 0xf7, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0xc0];
        (0..=stream.len()).for_each(|length| assert!(decode(&stream[..length], 4, 4).is_err()));
    }

    #[test]
    fn default_thresholds_are_those_of_the_standard() {
        assert_eq!(default_thresholds(255, 0), [3, 7, 21]);
        assert_eq!(default_thresholds(4095, 0), [18, 67, 276]);
        assert_eq!(default_thresholds(65535, 0), [18, 67, 276]);
    }
}
