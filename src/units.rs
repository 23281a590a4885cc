//! Units as types at the edges of the program; inside algorithms a plain `f64` carries its unit in its name (`_mm`, `_deg`).

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident, $suffix:literal, $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("{:.", $digits, "}{}"), self.0, $suffix)
            }
        }
    };
}

unit!(
    /// A length in millimetres.
    Millimetres, " mm", 1
);
unit!(
    /// An angle in degrees.
    Degrees, "°", 1
);
unit!(
    /// A radiodensity in Hounsfield units (air −1000, water 0).
    Hounsfield, " HU", 0
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_shown_with_its_unit() {
        assert_eq!(Millimetres(3.149).to_string(), "3.1 mm");
        assert_eq!(Degrees(-40.04).to_string(), "-40.0°");
        assert_eq!(Hounsfield(230.4).to_string(), "230 HU");
    }
}
