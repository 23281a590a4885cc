//! What the canal's cross-sections say of the shape and strength of the proximal femur.

use super::{
    landmark::{Landmark, LandmarkName},
    measurement::{Measurement, Quantity, Unit},
    model::{CanalSection, Femur},
};
use crate::frames::Side;

static FLARE: Quantity = Quantity::new(
    "canal_flare_inscribed",
    Unit::Ratio,
    None,
    "Diameter of the largest circle in the canal 20 mm above the lesser trochanter over that at its isthmus. Smaller than the canal flare \
     index of Noble, which compares widths in a radiograph: its limits do not hold here.",
    "After Noble 1988, CORR 235:148",
);
static CORTICAL: Quantity = Quantity::new(
    "cortical_thickness_inscribed",
    Unit::Ratio,
    None,
    "Mean outer diameter less the diameter of the largest circle in the canal, over the former, 100 mm below the lesser trochanter. Larger \
     than the cortical thickness index of Dorr, which compares widths in a radiograph: its limits do not hold here.",
    "After Dorr 1993, Bone 14:231",
);
static ISTHMUS: Quantity = Quantity::new(
    "canal_isthmus_diameter",
    Unit::Millimetres,
    None,
    "Diameter of the largest circle in the narrowest cross-section of the canal that is in the scan.",
    "Inscribed circle at half height between cortex and marrow",
);

/// Where the flare is taken and where the cortex, mm below the lesser trochanter.
const FLARE_AT_MM: f64 = -20.0;
const CORTEX_AT_MM: f64 = 100.0;
/// Error of an inscribed radius and of an outer radius, mm: a tube in a CT of 0.9 mm voxels is found within 0.2 mm.
const RADIUS_SD_MM: f64 = 0.25;
/// The isthmus is seen when the canal is in the scan at least this far below the lesser trochanter, mm.
const ISTHMUS_BELOW_MM: f64 = 90.0;

/// Indices of the canal of a side, and its isthmus, as far as the canal is in the scan.
pub(super) fn of_canal(femur: &Femur, side: Side, found: &mut Vec<Measurement>) -> Option<(LandmarkName, Landmark)> {
    let at = |level: f64| femur.canal.iter().find(|s| (s.distal_of_lesser_trochanter_mm - level).abs() < 2.5);
    let mut say = |quantity, value: f64, sd: f64| found.push(Measurement { quantity, side: Some(side), value, sd });
    if let Some(CanalSection { inscribed_radius_mm: inner, outer_radius_mm: outer, .. }) = at(CORTEX_AT_MM) {
        say(&CORTICAL, (outer - inner) / outer, RADIUS_SD_MM / outer * (1.0 + (inner / outer).powi(2)).sqrt());
    }
    let below: Vec<&CanalSection> = femur.canal.iter().filter(|s| s.distal_of_lesser_trochanter_mm > 0.0).collect();
    let deepest = below.last()?.distal_of_lesser_trochanter_mm;
    let isthmus = below.into_iter().min_by(|a, b| a.inscribed_radius_mm.total_cmp(&b.inscribed_radius_mm))?;
    if deepest < ISTHMUS_BELOW_MM {
        return None;
    }
    let narrow = isthmus.inscribed_radius_mm;
    say(&ISTHMUS, 2.0 * narrow, 2.0 * RADIUS_SD_MM);
    if let Some(wide) = at(FLARE_AT_MM).map(|s| s.inscribed_radius_mm) {
        say(&FLARE, wide / narrow, RADIUS_SD_MM / narrow * (1.0 + (wide / narrow).powi(2)).sqrt());
    }
    let landmark = Landmark {
        position: isthmus.centre,
        sd_mm: Some(2.5),
        method: "centre of the canal's narrowest cross-section".into(),
        doubt: None,
    };
    Some((LandmarkName::CanalIsthmus, landmark))
}
