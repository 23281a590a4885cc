//! How the sockets look at the tilt of the pelvis in a posture.

use super::{
    measurement::{Measurement, Quantity, Unit},
    murray::CupAngles,
};

const MURRAY: &str = "Murray 1993, 10.1302/0301-620X.75B2.8444942";
const INCLINATION: &str = "acetabular_inclination_radiographic";
const ANTEVERSION: &str = "acetabular_anteversion_radiographic";

/// The socket's angles in one posture.
pub(super) struct SocketQuantities {
    inclination: Quantity,
    anteversion: Quantity,
}

macro_rules! socket {
    ($static:ident, $posture:literal, $how:literal) => {
        pub(super) static $static: SocketQuantities = SocketQuantities {
            inclination: Quantity::new(
                concat!("acetabular_inclination_radiographic_", $posture),
                Unit::Degrees,
                None,
                concat!(
                    "radiographic inclination of the normal of the rim's plane, the pelvis turned from the anterior pelvic plane \
                     about the line of the anterior superior iliac spines to its tilt ",
                    $how
                ),
                MURRAY,
            ),
            anteversion: Quantity::new(
                concat!("acetabular_anteversion_radiographic_", $posture),
                Unit::Degrees,
                None,
                concat!(
                    "radiographic anteversion of the normal of the rim's plane, the pelvis turned from the anterior pelvic plane \
                     about the line of the anterior superior iliac spines to its tilt ",
                    $how,
                    "; forwards positive"
                ),
                MURRAY,
            ),
        };
    };
}
socket!(SUPINE, "supine", "as scanned");
socket!(STANDING, "standing", "when standing, from the sagittal values given");
socket!(SITTING, "sitting", "when sitting, from the sagittal values given");

/// The angles of every socket that was measured in the anterior pelvic plane, at a tilt of that plane. The spread is that of both angles
/// and of the tilt, each moved alone.
pub(super) fn of_sockets(measured: &[Measurement], tilt: &Measurement, of: &'static SocketQuantities) -> Vec<Measurement> {
    let mut found = Vec::new();
    for inclination in measured.iter().filter(|m| m.quantity.key == INCLINATION) {
        let side = inclination.side;
        let Some(anteversion) = measured.iter().find(|m| m.quantity.key == ANTEVERSION && m.side == side) else { continue };
        let at = |[i, a, t]: [f64; 3]| {
            let inputs = CupAngles {
                inclination_deg: inclination.value + i * inclination.sd,
                anteversion_deg: anteversion.value + a * anteversion.sd,
            };
            let seen = inputs.tilted_posteriorly(tilt.value + t * tilt.sd);
            [seen.inclination_deg, seen.anteversion_deg]
        };
        let mut variances = [0.0; 2];
        for input in 0..3 {
            let beside = |step: f64| at(std::array::from_fn(|i| if i == input { step } else { 0.0 }));
            for ((variance, ahead), behind) in variances.iter_mut().zip(beside(1.0)).zip(beside(-1.0)) {
                *variance += ((ahead - behind) / 2.0).powi(2);
            }
        }
        for ((quantity, value), variance) in [&of.inclination, &of.anteversion].into_iter().zip(at([0.0; 3])).zip(variances) {
            found.push(Measurement { quantity, side, value, sd: variance.sqrt() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anteversion_follows_the_formula_of_tilt() {
        for (tilt, anteversion) in [(-20.0, -0.565), (-10.0, 7.261), (10.0, 22.543), (13.0, 24.749), (30.0, 36.450)] {
            let seen = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 }.tilted_posteriorly(tilt);
            assert!((seen.anteversion_deg - anteversion).abs() < 6e-4, "{tilt}: {}", seen.anteversion_deg);
        }
    }
}
