//! Letters of 5 × 7 pixels, enough for names and numbers on a contact sheet.

/// Rows from the top; the lowest five bits are the pixels, the highest of them on the left.
const LETTERS: [(char, [u8; 7]); 37] = [
    ('a', [0, 0, 14, 1, 15, 17, 15]),
    ('b', [16, 16, 30, 17, 17, 17, 30]),
    ('c', [0, 0, 14, 16, 16, 17, 14]),
    ('d', [1, 1, 15, 17, 17, 17, 15]),
    ('e', [0, 0, 14, 17, 31, 16, 14]),
    ('f', [6, 9, 8, 28, 8, 8, 8]),
    ('g', [0, 15, 17, 17, 15, 1, 14]),
    ('h', [16, 16, 22, 25, 17, 17, 17]),
    ('i', [4, 0, 12, 4, 4, 4, 14]),
    ('j', [2, 0, 6, 2, 2, 18, 12]),
    ('k', [16, 16, 18, 20, 24, 20, 18]),
    ('l', [12, 4, 4, 4, 4, 4, 14]),
    ('m', [0, 0, 26, 21, 21, 17, 17]),
    ('n', [0, 0, 22, 25, 17, 17, 17]),
    ('o', [0, 0, 14, 17, 17, 17, 14]),
    ('p', [0, 0, 30, 17, 30, 16, 16]),
    ('q', [0, 0, 13, 19, 15, 1, 1]),
    ('r', [0, 0, 22, 25, 16, 16, 16]),
    ('s', [0, 0, 14, 16, 14, 1, 30]),
    ('t', [8, 8, 28, 8, 8, 9, 6]),
    ('u', [0, 0, 17, 17, 17, 19, 13]),
    ('v', [0, 0, 17, 17, 17, 10, 4]),
    ('w', [0, 0, 17, 17, 21, 21, 10]),
    ('x', [0, 0, 17, 10, 4, 10, 17]),
    ('y', [0, 0, 17, 17, 15, 1, 14]),
    ('z', [0, 0, 31, 2, 4, 8, 31]),
    ('-', [0, 0, 0, 31, 0, 0, 0]),
    ('0', [14, 17, 19, 21, 25, 17, 14]),
    ('1', [4, 12, 4, 4, 4, 4, 14]),
    ('2', [14, 17, 1, 2, 4, 8, 31]),
    ('3', [31, 2, 4, 2, 1, 17, 14]),
    ('4', [2, 6, 10, 18, 31, 2, 2]),
    ('5', [31, 16, 30, 1, 1, 17, 14]),
    ('6', [6, 8, 16, 30, 17, 17, 14]),
    ('7', [31, 1, 2, 4, 8, 8, 8]),
    ('8', [14, 17, 17, 14, 17, 17, 14]),
    ('9', [14, 17, 17, 15, 1, 2, 12]),
];

/// Pixels a letter takes from left to right, and how much each of its pixels is enlarged.
const ADVANCE: usize = 6;
const SCALE: usize = 2;

/// Writes text into an RGB picture of this width, its upper left corner at `[x, y]`; what does not fit is left out.
pub(super) fn write(rgb: &mut [u8], width: usize, [x, y]: [usize; 2], text: &str, colour: [u8; 3]) {
    for (n, letter) in text.chars().enumerate() {
        let Some((_, rows)) = LETTERS.iter().find(|(name, _)| *name == letter) else { continue };
        for (dy, dx) in (0..7 * SCALE).flat_map(|dy| (0..5 * SCALE).map(move |dx| (dy, dx))) {
            let (px, py) = (x + n * ADVANCE * SCALE + dx, y + dy);
            let at = (py * width + px) * 3;
            let lit = rows[dy / SCALE] >> (4 - dx / SCALE) & 1 == 1 && px < width;
            if let Some(pixel) = rgb.get_mut(at..at + 3).filter(|_| lit) {
                pixel.copy_from_slice(&colour);
            }
        }
    }
}
