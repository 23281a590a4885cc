//! Tables of errors as text.

use crate::accuracy::ErrorTable;

/// Prints a table; below each row, where asked for, every error of it.
pub fn print(table: &ErrorTable, each: bool) {
    println!(
        "{:<32} {:<48} {:>4} {:>8} {:>9} {:>18} {:>16}  within 1.96 sd",
        "set", "quantity", "n", "mean", "largest", "within limit", "reference's s.e."
    );
    for errors in &table.errors {
        let (set, what, n, unit) = (errors.set, &errors.what, errors.each.len(), errors.unit);
        let covered = errors.covered().map_or_else(String::new, |covered| covered.to_string());
        let (mean, largest, within) = (errors.mean(), errors.largest(), errors.within());
        let reference =
            Some(errors.reference_error()).filter(|error| *error > 0.0).map_or_else(String::new, |e| format!("{e:.2}"));
        println!(
            "{set:<32} {what:<48} {n:>4} {mean:>8.2} {largest:>9.2} {within:>6} of {n:<3} {unit:<4} {reference:>16}  {covered}"
        );
        for held in errors.each.iter().filter(|_| each) {
            let (case, error, limit) = (&held.case, held.error, held.limit);
            let beyond = if held.within() { "" } else { "  beyond" };
            println!("{:<32} {case:<48} {error:>13.2} {limit:>9.2}{beyond}", "");
        }
    }
    table.skipped.iter().for_each(|why| println!("skipped: {why}"));
}

/// An error as short as it can be read: very small ones by their power of ten.
pub fn size(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 {
        "0".into()
    } else if magnitude < 1e-3 {
        format!("{value:.1e}")
    } else if magnitude < 1.0 {
        format!("{value:.4}")
    } else {
        format!("{value:.3}")
    }
}
