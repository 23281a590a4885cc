//! Inside or outside, one bit a sample, cropped to what is inside and padded by one sample of outside all around.

use rayon::prelude::*;

/// A padded block of bits. Sample (1, 1, 1) is voxel `low`.
pub(super) struct Samples {
    /// Samples along i, j, k, padding included.
    pub size: [usize; 3],
    /// Voxel of sample (1, 1, 1).
    pub low: [usize; 3],
    /// Words of 64 samples a row; one spare bit at the end at least.
    pub words: usize,
    bits: Vec<u64>,
}

impl Samples {
    /// The samples of a volume of `size` for which `inside` holds; `None` when there is none.
    pub fn new<T: Sync>(size: [usize; 3], values: &[T], inside: impl Fn(&T) -> bool + Sync) -> Option<Self> {
        let (low, high) = extent(size, values, &inside)?;
        let padded: [usize; 3] = std::array::from_fn(|axis| high[axis] - low[axis] + 3);
        let words = padded[0] / 64 + 1;
        let mut bits = vec![0; words * padded[1] * padded[2]];
        bits.par_chunks_mut(words * padded[1]).enumerate().skip(1).take(padded[2] - 2).for_each(|(k, layer)| {
            for (j, row) in layer.chunks_mut(words).enumerate().skip(1).take(padded[1] - 2) {
                let start = ((low[2] + k - 1) * size[1] + low[1] + j - 1) * size[0];
                pack(row, &values[start + low[0]..=start + high[0]], &inside);
            }
        });
        Some(Self { size: padded, low, words, bits })
    }

    /// The bits of row (j, k).
    pub fn row(&self, j: usize, k: usize) -> &[u64] {
        let start = (k * self.size[1] + j) * self.words;
        &self.bits[start..start + self.words]
    }

    /// The eight corners of cell (i, j, k) as bits, x fastest.
    pub fn corners(&self, [i, j, k]: [usize; 3]) -> u8 {
        let pair = |j, k| {
            let row = self.row(j, k);
            let bit = |n: usize| (row[n / 64] >> (n % 64) & 1) as u8;
            bit(i) | bit(i + 1) << 1
        };
        pair(j, k) | pair(j + 1, k) << 2 | pair(j, k + 1) << 4 | pair(j + 1, k + 1) << 6
    }

    /// The cells of row (j, k) whose corners are not all alike, one bit each.
    pub fn mixed(&self, j: usize, k: usize, cells: &mut [u64]) {
        let rows = [self.row(j, k), self.row(j + 1, k), self.row(j, k + 1), self.row(j + 1, k + 1)];
        let word = |w: usize| {
            let [a, b, c, d] = rows.map(|row| row.get(w).copied().unwrap_or_default());
            (a | b | c | d, a & b & c & d)
        };
        let mut this = word(0);
        for (w, cell) in cells.iter_mut().enumerate() {
            let next = word(w + 1);
            let (any, all) = (this.0 | this.0 >> 1 | next.0 << 63, this.1 & (this.1 >> 1 | next.1 << 63));
            *cell = any & !all;
            this = next;
        }
    }
}

/// Smallest and largest voxel inside.
fn extent<T: Sync>(size: [usize; 3], values: &[T], inside: &(impl Fn(&T) -> bool + Sync)) -> Option<([usize; 3], [usize; 3])> {
    if size.contains(&0) {
        return None;
    }
    values
        .par_chunks(size[0] * size[1])
        .enumerate()
        .filter_map(|(k, layer)| {
            let mut found: Option<([usize; 3], [usize; 3])> = None;
            for (j, row) in layer.chunks(size[0]).enumerate() {
                // Blocks first, without early exit inside one: that loop is vectorised, and most blocks hold nothing.
                let touched = |block: &[T]| block.iter().fold(false, |any, value| any | inside(value));
                let Some(first) = row.chunks(64).position(touched) else { continue };
                let last = row.chunks(64).rposition(touched).unwrap_or(first);
                let first = (first * 64..row.len()).find(|&i| inside(&row[i])).unwrap_or_default();
                let last = (0..row.len().min(last * 64 + 64)).rev().find(|&i| inside(&row[i])).unwrap_or_default();
                let (low, high) = found.get_or_insert(([first, j, k], [last, j, k]));
                (low[0], high[0], high[1]) = (low[0].min(first), high[0].max(last), j);
            }
            found
        })
        .reduce_with(|(a, b), (c, d)| {
            (std::array::from_fn(|axis| a[axis].min(c[axis])), std::array::from_fn(|axis| b[axis].max(d[axis])))
        })
}

/// Writes the bits of `values` from bit 1 on.
fn pack<T>(row: &mut [u64], values: &[T], inside: &impl Fn(&T) -> bool) {
    for (w, block) in values.chunks(64).enumerate() {
        let bits = block.iter().enumerate().fold(0, |bits, (n, value)| bits | u64::from(inside(value)) << n);
        row[w] |= bits << 1;
        if bits >> 63 == 1 {
            row[w + 1] |= 1;
        }
    }
}
