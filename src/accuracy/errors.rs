//! Errors of one quantity over a set, and tables of them: what suites find.

use serde::Serialize;

/// One measured value, held against what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// Whose, e.g. `5000003 left`.
    pub case: String,
    /// Measured less known; of points and axes the distance.
    pub error: f64,
    /// How large it may be.
    pub limit: f64,
    /// Standard deviation that was stated with the measured value; 0 where none is.
    pub stated_sd: f64,
    /// Standard error of what is known of it: raters differ. 0 where it is exact.
    pub reference_error: f64,
}

/// Errors of one quantity over a set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Errors {
    /// Which set.
    pub set: &'static str,
    /// What was measured.
    pub what: String,
    /// Unit of the errors: `mm` or `deg`.
    pub unit: &'static str,
    /// Every error.
    pub each: Vec<Held>,
}

impl Held {
    /// Whether the error is no larger than it may be.
    #[must_use]
    pub fn within(&self) -> bool {
        self.error.abs() <= self.limit
    }
}

impl Errors {
    /// Mean size.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.each.iter().map(|held| held.error.abs()).sum::<f64>() / self.each.len().max(1) as f64
    }

    /// Largest size.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.each.iter().map(|held| held.error.abs()).fold(0.0, f64::max)
    }

    /// How many lie within their limits.
    #[must_use]
    pub fn within(&self) -> usize {
        self.each.iter().filter(|held| held.within()).count()
    }

    /// Whether every one does, and there are any.
    #[must_use]
    pub fn reached(&self) -> bool {
        !self.each.is_empty() && self.within() == self.each.len()
    }

    /// How many values lie within the stated 95 % interval about the measured, widened by the standard error of what they are held against;
    /// `None` where none is stated.
    #[must_use]
    pub fn covered(&self) -> Option<usize> {
        let stated = self.each.iter().any(|held| held.stated_sd > 0.0);
        stated.then(|| {
            self.each.iter().filter(|held| held.error.abs() <= 1.96 * held.stated_sd.hypot(held.reference_error)).count()
        })
    }

    /// Root mean square of the standard errors of what the values were held against.
    #[must_use]
    pub fn reference_error(&self) -> f64 {
        let squares = self.each.iter().map(|held| held.reference_error.powi(2));
        (squares.sum::<f64>() / self.each.len().max(1) as f64).sqrt()
    }
}

/// Errors being gathered, in the order in which their quantities were first named.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) errors: Vec<Errors>,
    /// Whose are next.
    pub(super) case: String,
}

impl Gathered {
    /// Adds an error of a quantity, its limit, and the stated standard deviation of the measured value (0 where there is none).
    pub(super) fn add(&mut self, set: &'static str, what: &str, unit: &'static str, error: f64, limit: f64, stated_sd: f64) {
        self.hold(set, what, unit, Held { case: self.case.clone(), error, limit, stated_sd, reference_error: 0.0 });
    }

    pub(super) fn hold(&mut self, set: &'static str, what: &str, unit: &'static str, held: Held) {
        let at = self.errors.iter().position(|errors| errors.set == set && errors.what == what).unwrap_or_else(|| {
            self.errors.push(Errors { set, what: what.into(), unit, each: Vec::new() });
            self.errors.len() - 1
        });
        self.errors[at].each.push(held);
    }
}

/// What the suite found: errors by set and quantity, and why a set was left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ErrorTable {
    /// Errors by set and quantity.
    pub errors: Vec<Errors>,
    /// Sets that are not at hand or could not be measured.
    pub skipped: Vec<String>,
}

impl ErrorTable {
    /// How many of the values whose truth is exact lie within their stated 95 % intervals, and for how many of them one is stated.
    #[must_use]
    pub fn coverage(&self) -> (usize, usize) {
        let exact = self.errors.iter().filter(|errors| errors.reference_error() == 0.0);
        let stated = exact.filter_map(|errors| Some((errors.covered()?, errors.each.len())));
        stated.fold((0, 0), |(covered, all), (c, n)| (covered + c, all + n))
    }
}
