//! How much two label maps overlap.

use crate::labels::Label;

/// Dice's coefficient 2·|A∩B| / (|A|+|B|) of one label (Dice 1945, doi:10.2307/1932409); `None` when neither map holds it.
#[must_use]
pub fn dice(a: &[u8], b: &[u8], label: Label) -> Option<f64> {
    dice_of(a, b, label.id())
}

/// Dice's coefficient of one number in two volumes of numbers; `None` when neither holds it.
#[must_use]
pub fn dice_of(a: &[u8], b: &[u8], id: u8) -> Option<f64> {
    let (mut both, mut sum) = (0usize, 0usize);
    for (&x, &y) in a.iter().zip(b) {
        both += usize::from(x == id && y == id);
        sum += usize::from(x == id) + usize::from(y == id);
    }
    (sum > 0).then(|| 2.0 * both as f64 / sum as f64)
}
