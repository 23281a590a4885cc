//! A figure beside its aim, as suites print it.

use serde_json::{Value, json};

/// One figure beside its aim.
pub struct Figure {
    pub what: &'static str,
    pub value: f64,
    /// Least value; of times the largest.
    pub aim: Option<f64>,
    pub unit: &'static str,
    pub at_most: bool,
}

impl Figure {
    pub fn reached(&self) -> bool {
        self.aim.is_none_or(|aim| if self.at_most { self.value <= aim } else { self.value >= aim })
    }

    pub fn line(&self) -> String {
        let sign = if self.at_most { "≤" } else { "≥" };
        let aim = self.aim.map_or_else(String::new, |aim| format!("  ({sign} {aim} {})", self.unit));
        let missed = if self.reached() { "" } else { "  MISSED" };
        format!("{:<58} {:>6.1} {}{aim}{missed}", self.what, self.value, self.unit)
    }

    pub fn as_json(&self) -> Value {
        json!({ "what": self.what, "value": self.value, "aim": self.aim, "unit": self.unit, "reached": self.reached() })
    }
}
