//! What the widths of the canal say of the shape and strength of the proximal femur: the published indices of radiographs.

use super::{
    canal::levels,
    canal_contours::CanalScan,
    canal_widths::{STRAIGHT, WIDTH_SD_MM, Width, Widths},
    landmark::{Landmark, LandmarkName},
    measurement::{Measurement, Quantity, Unit},
    metal::Metal,
    model::{CanalSection, Femur},
};
use crate::frames::Side;

/// What all indices have in common.
macro_rules! by_widths {
    ($text:literal) => {
        concat!(
            $text,
            " Levels count along the shaft axis from the tip of the lesser trochanter; widths are those of the cross-section's contours, seen ",
            "along the normal of the frontal plane, which contains the shaft axis and is turned as the femoral frame is: with the posterior ",
            "condyles, or without the knee as the pelvis lies."
        )
    };
}

static FLARE: Quantity = Quantity::new(
    "canal_flare_index",
    Unit::Ratio,
    Some([3.0, 4.7]),
    by_widths!(
        "Mediolateral width of the canal 20 mm above the lesser trochanter over that at the isthmus, its narrowest place below. Below 3 a \
         stovepipe, above 4.7 a champagne flute. Not given where the canal still narrows at the end of the scan."
    ),
    "Noble 1988, CORR 235:148; limits as in PMC7371079",
);
pub(super) static CORTICAL: Quantity = Quantity::new(
    "cortical_thickness_index",
    Unit::Ratio,
    None,
    by_widths!(
        "Outer mediolateral width of the femur less that of its canal, over the former, 100 mm below the lesser trochanter. Dorr's means: 0.58 \
         in type A, 0.50 in B, 0.42 in C."
    ),
    "Dorr 1993, Bone 14:231; levels as in Nguyen 2018, 10.4055/cios.2018.10.2.149",
);
static CORTICAL_LATERAL: Quantity = Quantity::new(
    "cortical_thickness_index_lateral",
    Unit::Ratio,
    None,
    by_widths!(
        "Outer anteroposterior width of the femur less that of its canal, over the former, 100 mm below the lesser trochanter, as in a \
         lateral radiograph."
    ),
    "Dorr 1993, Bone 14:231",
);
static CALCAR: Quantity = Quantity::new(
    "canal_to_calcar_ratio",
    Unit::Ratio,
    None,
    by_widths!(
        "Mediolateral width of the canal 100 mm below the lesser trochanter over that 30 mm below it. Dorr's means: 0.57 in type A, 0.64 in \
         C. Other authors take the lower width at the isthmus or the upper one at the lesser trochanter and get other numbers."
    ),
    "Dorr 1993, Bone 14:231, as told by medicalalgorithms.com",
);
static CANAL_BONE: Quantity = Quantity::new(
    "canal_bone_ratio",
    Unit::Ratio,
    None,
    by_widths!(
        "Mediolateral width of the canal over the outer one of the femur, 100 mm below the lesser trochanter. From 0.49 on the bone is likely \
         to be osteoporotic."
    ),
    "Yeung 2006, 10.1016/j.arth.2005.04.037",
);
static ISTHMUS: Quantity = Quantity::new(
    "canal_isthmus_diameter",
    Unit::Millimetres,
    None,
    "Diameter of the largest circle in the narrowest cross-section of the canal that is in the scan.",
    "Inscribed circle at half height between cortex and marrow",
);

/// Where the flare is taken, where the calcar and where the cortex, mm below the lesser trochanter.
const FLARE_AT_MM: f64 = -20.0;
const CALCAR_AT_MM: f64 = 30.0;
const CORTEX_AT_MM: f64 = 100.0;
/// The narrowest place is the isthmus when the canal goes on this far below it, or is in the scan this far below the lesser trochanter, mm.
const WIDENS_OVER_MM: f64 = 10.0;
const ISTHMUS_AT_MOST_MM: f64 = 130.0;
/// The circle in it is told when the canal is in the scan at least this far below the lesser trochanter, mm.
const ISTHMUS_BELOW_MM: f64 = 90.0;

/// Indices of the canal of a side from its widths in the CT, where no metal disturbs them.
pub(super) fn of_widths(scan: &CanalScan, metal: &Metal, femur: &Femur, side: Side, found: &mut Vec<Measurement>) {
    let Some(widths) = Widths::new(scan, metal, femur, side) else { return };
    let mut say = |quantity, ratio: Option<(f64, f64)>| {
        found.extend(ratio.map(|(value, sd)| Measurement { quantity, side: Some(side), value, sd }));
    };
    let filled = |width: Width| (width.canal, width.outer);
    let rest = |(share, sd): (f64, f64)| (1.0 - share, sd);
    let frontal = widths.ratio(|look| widths.frontal(CORTEX_AT_MM, look).map(filled));
    say(&CORTICAL, frontal.map(rest));
    say(&CORTICAL_LATERAL, widths.ratio(|look| widths.sagittal(CORTEX_AT_MM, look).map(filled)).map(rest));
    say(&CANAL_BONE, frontal);
    let canal = |level: f64, look| widths.frontal(level, look).map(|width| width.canal);
    say(&CALCAR, widths.ratio(|look| canal(CORTEX_AT_MM, look).zip(canal(CALCAR_AT_MM, look))));
    let below: Vec<(f64, f64)> =
        levels(scan).filter(|level| *level > 0.0).filter_map(|level| Some((level, canal(level, STRAIGHT)?))).collect();
    let deepest = below.last().map_or(0.0, |section| section.0);
    if let Some((isthmus, _)) = below.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))
        && (deepest >= isthmus + WIDENS_OVER_MM || deepest >= ISTHMUS_AT_MOST_MM)
    {
        say(&FLARE, widths.ratio(|look| canal(FLARE_AT_MM, look).zip(canal(isthmus, look))));
    }
}

/// The narrowest place of the canal by the circle that fits into it, when it is in the scan.
pub(super) fn of_isthmus(femur: &Femur, side: Side, found: &mut Vec<Measurement>) -> Option<(LandmarkName, Landmark)> {
    let below: Vec<&CanalSection> = femur.canal.iter().filter(|s| s.distal_of_lesser_trochanter_mm > 0.0).collect();
    let deepest = below.last()?.distal_of_lesser_trochanter_mm;
    let isthmus = below.into_iter().min_by(|a, b| a.inscribed_radius_mm.total_cmp(&b.inscribed_radius_mm))?;
    if deepest < ISTHMUS_BELOW_MM {
        return None;
    }
    let value = 2.0 * isthmus.inscribed_radius_mm;
    found.push(Measurement { quantity: &ISTHMUS, side: Some(side), value, sd: WIDTH_SD_MM });
    let landmark = Landmark {
        position: isthmus.centre,
        sd_mm: Some(2.5),
        along: None,
        method: "centre of the canal's narrowest cross-section".into(),
        doubt: None,
    };
    Some((LandmarkName::CanalIsthmus, landmark))
}

#[cfg(test)]
mod tests {
    use super::super::tube::{Tube, blurred, inside_mm};
    use super::*;
    use nalgebra::Vector3;

    /// Half widths of the canal at a level: a funnel down to its isthmus 110 mm below the lesser trochanter.
    fn inner_mm(level: f64) -> [f64; 2] {
        let funnel = if level < 40.0 { 8.0 + (40.0 - level) * 0.2 } else { 8.0 };
        let waist = 0.02 * (level - 110.0).abs();
        [funnel + waist - 1.4, funnel * 0.85 + waist]
    }

    /// A wall that is thicker at the sides than in front.
    fn outer_mm(level: f64) -> [f64; 2] {
        let [lateral, anterior] = inner_mm(level);
        [lateral + 6.5, anterior + 5.0]
    }

    fn hu(p: &Vector3<f64>) -> f64 {
        let (outer, inner) = (inside_mm(outer_mm(p.z), p.x, p.y), inside_mm(inner_mm(p.z), p.x, p.y));
        40.0 + 1210.0 * blurred(outer) * blurred(-inner) - 80.0 * blurred(inner)
    }

    fn indices(side: Side, version_deg: f64) -> Vec<Measurement> {
        let tube = Tube { side, version_deg, outer_mm, hu, voxel_mm: 0.9 };
        let (mesh, ct, (hip, femur)) = (tube.mesh(), tube.ct(), tube.hip());
        let bone = tube.bone(&mesh);
        let scan = CanalScan::new(&bone, &ct, &hip.head, side, &femur).unwrap();
        let mut found = Vec::new();
        of_widths(&scan, &Metal::new(&[]), &femur, side, &mut found);
        found
    }

    /// Within 0.02, the flare, whose divisor is 13 mm and dividend 36 mm, within 0.06: widths to 0.4 mm.
    #[test]
    fn the_indices_are_those_of_a_tube_however_its_head_is_turned() {
        let ml = |level| 2.0 * inner_mm(level)[0];
        let [outer, outer_ap] = outer_mm(100.0).map(|half| 2.0 * half);
        let truth = [
            ("cortical_thickness_index", 1.0 - ml(100.0) / outer, 0.02),
            ("cortical_thickness_index_lateral", 1.0 - 2.0 * inner_mm(100.0)[1] / outer_ap, 0.02),
            ("canal_bone_ratio", ml(100.0) / outer, 0.02),
            ("canal_to_calcar_ratio", ml(100.0) / ml(30.0), 0.02),
            ("canal_flare_index", ml(-20.0) / ml(110.0), 0.06),
        ];
        for version_deg in [0.0, 23.0, -11.0] {
            let found = indices(Side::Left, version_deg);
            assert_eq!(found.len(), truth.len());
            for ((key, expected, bound), m) in truth.iter().zip(&found) {
                eprintln!("{version_deg}° {key}: {:.4} ± {:.4} for {expected:.4}", m.value, m.sd);
                assert_eq!(m.quantity.key, *key);
                assert!((m.value - expected).abs() < *bound, "{version_deg}° {key}: {} for {expected}", m.value);
                assert!(m.sd > 0.005 && m.sd < 0.25, "{key} ± {}", m.sd);
            }
        }
    }

    #[test]
    fn the_mirrored_femur_has_the_same_indices() {
        for (left, right) in indices(Side::Left, 15.0).iter().zip(indices(Side::Right, 15.0)) {
            assert_eq!((left.quantity, right.side), (right.quantity, Some(Side::Right)));
            assert!((left.value - right.value).abs() < 1e-9 && (left.sd - right.sd).abs() < 1e-9, "{left:?} {right:?}");
        }
    }
}
