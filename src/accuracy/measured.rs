//! How good the measurements are: errors against sets whose truth is known.

mod bones;
mod phantoms;
mod raters;

use std::path::Path;

/// Errors of one quantity over a set.
#[derive(Clone, Debug, PartialEq)]
pub struct Errors {
    /// Which set.
    pub set: &'static str,
    /// What was measured.
    pub what: String,
    /// Unit of the errors: `mm` or `deg`.
    pub unit: &'static str,
    /// Size of every error.
    pub sizes: Vec<f64>,
    /// The limit of each, in the same order.
    pub limits: Vec<f64>,
    /// Standard error of the value that each was held against, where that is known: raters differ. Else 0.
    pub reference: Vec<f64>,
    /// How many true values lie within 1.96 stated standard deviations of the measured; 0 where none is stated.
    pub covered: usize,
}

impl Errors {
    /// Mean size.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.sizes.iter().sum::<f64>() / self.sizes.len().max(1) as f64
    }

    /// Largest size.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.sizes.iter().copied().fold(0.0, f64::max)
    }

    /// Root mean square of the standard errors of what they were held against.
    #[must_use]
    pub fn reference_error(&self) -> f64 {
        (self.reference.iter().map(|error| error * error).sum::<f64>() / self.reference.len().max(1) as f64).sqrt()
    }

    /// How many lie within their limits.
    #[must_use]
    pub fn within(&self) -> usize {
        self.sizes.iter().zip(&self.limits).filter(|(size, limit)| size <= limit).count()
    }
}

/// Errors being gathered, in the order in which their quantities were first named.
#[derive(Default)]
struct Gathered(Vec<Errors>);

impl Gathered {
    /// Adds an error of a quantity, its limit, and the stated standard deviation of the measured value (0 where there is none).
    fn add(&mut self, set: &'static str, what: &str, unit: &'static str, size: f64, limit: f64, sd: f64) {
        let errors = self.of(set, what, unit);
        errors.sizes.push(size.abs());
        errors.limits.push(limit);
        errors.reference.push(0.0);
        errors.covered += usize::from(size.abs() <= 1.96 * sd);
    }

    /// Adds an error against a value that is itself uncertain by a standard error.
    fn against(&mut self, set: &'static str, what: &str, unit: &'static str, size: f64, limit: f64, reference: f64) {
        let errors = self.of(set, what, unit);
        errors.sizes.push(size.abs());
        errors.limits.push(limit);
        errors.reference.push(reference);
    }

    /// The errors of a quantity.
    fn of(&mut self, set: &'static str, what: &str, unit: &'static str) -> &mut Errors {
        let at = self.0.iter().position(|errors| errors.set == set && errors.what == what).unwrap_or_else(|| {
            let (sizes, limits, reference) = (Vec::new(), Vec::new(), Vec::new());
            self.0.push(Errors { set, what: what.into(), unit, sizes, limits, reference, covered: 0 });
            self.0.len() - 1
        });
        &mut self.0[at]
    }
}

/// What the suite found: errors by set and quantity, and why a set was left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeasureSuite {
    /// Errors by set and quantity.
    pub errors: Vec<Errors>,
    /// Sets that are not at hand or could not be measured.
    pub skipped: Vec<String>,
}

/// Measures `count` phantoms at the voxels of a usual CT, and the real bones below `data` (`vsd_bones`, `staple_lhdl`).
#[must_use]
pub fn measure_suite(data: &Path, count: u64) -> MeasureSuite {
    let mut gathered = Gathered::default();
    let mut skipped = Vec::new();
    let sets =
        [phantoms::measure(count, &mut gathered), bones::four_skeletons(data, &mut gathered), bones::lhdl(data, &mut gathered)];
    sets.into_iter().for_each(|outcome| skipped.extend(outcome.err()));
    MeasureSuite { errors: gathered.0, skipped }
}
