//! Thick and thin parts of the body made alike, so that bone is seen in both.

/// How far the mean reaches that is taken away, mm on the film.
const REACH_MM: f64 = 25.0;
/// Which share of the mean is taken away.
const SHARE: f64 = 0.7;
/// A box mean this often is nearly a Gaussian one.
const PASSES: usize = 3;

/// Values less a share of the mean around them; pixels that are not `hit` neither count nor matter.
pub(super) fn equalised(values: &[f64], hit: &[bool], columns: usize, pixel_mm: f64) -> Vec<f64> {
    let reach = (REACH_MM / pixel_mm).round() as usize;
    let mut sums: Vec<f64> = values.iter().zip(hit).map(|(value, hit)| if *hit { *value } else { 0.0 }).collect();
    let mut weights: Vec<f64> = hit.iter().map(|hit| f64::from(u8::from(*hit))).collect();
    for field in [&mut sums, &mut weights] {
        for _ in 0..PASSES {
            let rows = field.len() / columns;
            (0..rows).for_each(|row| box_mean(field, row * columns, 1, columns, reach));
            (0..columns).for_each(|column| box_mean(field, column, columns, rows, reach));
        }
    }
    let mean = |at: usize| sums[at] / weights[at].max(1e-9);
    (0..values.len()).map(|at| values[at] - SHARE * mean(at)).collect()
}

/// The mean over `reach` neighbours on either side, along a line of the field; beyond its ends is nothing.
fn box_mean(field: &mut [f64], first: usize, stride: usize, count: usize, reach: usize) {
    let mut before = Vec::with_capacity(count + 1);
    before.push(0.0);
    for step in 0..count {
        before.push(before[step] + field[first + step * stride]);
    }
    for step in 0..count {
        let (from, to) = (step.saturating_sub(reach), (step + reach + 1).min(count));
        field[first + step * stride] = (before[to] - before[from]) / (2 * reach + 1) as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_field_stays_even_up_to_its_border_and_a_step_is_kept() {
        let (columns, rows) = (60, 50);
        let inside = |at: usize| (10..50).contains(&(at % columns));
        let hit: Vec<bool> = (0..columns * rows).map(inside).collect();
        let even: Vec<f64> = hit.iter().map(|hit| if *hit { 4.0 } else { 99.0 }).collect();
        let found = equalised(&even, &hit, columns, 5.0);
        for at in (0..found.len()).filter(|&at| inside(at)) {
            assert!((found[at] - (1.0 - SHARE) * 4.0).abs() < 1e-9, "{at}: {}", found[at]);
        }
        let mut step = even.clone();
        step[25 * columns + 30] += 1.0;
        let found = equalised(&step, &hit, columns, 5.0);
        assert!(found[25 * columns + 30] - found[25 * columns + 31] > 0.99);
    }
}
