//! How much two label maps overlap.

use crate::labels::Label;

/// Dice's coefficient 2·|A∩B| / (|A|+|B|) of one label (Dice 1945, doi:10.2307/1932409); `None` when neither map holds it.
#[must_use]
pub fn dice(a: &[u8], b: &[u8], label: Label) -> Option<f64> {
    let id = label.id();
    let (mut both, mut sum) = (0usize, 0usize);
    for (&x, &y) in a.iter().zip(b) {
        both += usize::from(x == id && y == id);
        sum += usize::from(x == id) + usize::from(y == id);
    }
    (sum > 0).then(|| 2.0 * both as f64 / sum as f64)
}
