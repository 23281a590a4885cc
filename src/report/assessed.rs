//! What an assessment tells, as the rows of tables.

use crate::{
    anatomy::{Measurement, Quantity, Unit},
    i18n::Texts,
    plan::assessment::{Assessment, CanalLevel, CoverageHour, Screw, ScrewHole, Zone},
};

/// One number of a plan with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberLine {
    /// Its name.
    pub name: String,
    /// Value ± standard deviation with unit.
    pub value: String,
    /// The range that is aimed at; empty without one.
    pub norm: String,
    /// True where the value lies outside it.
    pub outside: bool,
    /// Definition and source.
    pub definition: String,
}

/// A heading's key in the language files and the numbers below it.
pub type NumberTable = (&'static str, Vec<NumberLine>);

/// The numbers in three tables: leg and centre of rotation, cup, stem.
#[must_use]
pub fn number_tables(found: &Assessment, texts: &Texts) -> Vec<NumberTable> {
    let table = |heading: &'static str| {
        let own = found.numbers.iter().filter(|number| heading_of(number.quantity.key) == heading);
        (heading, own.map(|number| line(number, texts)).collect::<Vec<_>>())
    };
    ["assess-leg", "assess-cup", "assess-stem"].map(table).into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
}

fn heading_of(key: &str) -> &'static str {
    let begins = |with: &[&str]| with.iter().any(|with| key.starts_with(with));
    if begins(&["cup_", "ream", "augment", "density_cup"]) {
        "assess-cup"
    } else if begins(&["stem_", "combined", "resection", "cortical", "density_stem"]) {
        "assess-stem"
    } else {
        "assess-leg"
    }
}

fn line(number: &Measurement, texts: &Texts) -> NumberLine {
    let quantity = number.quantity;
    let [definition, citation] = [("definition", quantity.definition), ("citation", quantity.citation)]
        .map(|(kind, english)| texts.of(kind, quantity.key, english));
    NumberLine {
        name: texts.of("quantity", quantity.key, quantity.key),
        value: shown(quantity, number.value, Some(number.sd)),
        norm: quantity.norm.map_or_else(String::new, |[low, high]| match high.is_finite() {
            true => format!("{}–{}", plain(quantity, low), plain(quantity, high)),
            false => format!("≥ {}", plain(quantity, low)),
        }),
        outside: quantity.norm.is_some_and(|[low, high]| !(low..=high).contains(&number.value)),
        definition: format!("{definition} [{citation}]"),
    }
}

const fn decimals(unit: Unit) -> usize {
    match unit {
        Unit::Hounsfield | Unit::Percent => 0,
        Unit::Ratio => 2,
        _ => 1,
    }
}

fn plain(quantity: &Quantity, value: f64) -> String {
    let decimals = if value.fract() == 0.0 { 0 } else { decimals(quantity.unit) };
    format!("{value:.decimals$}")
}

/// A value as it is read, with its spread where one is given.
fn shown(quantity: &Quantity, value: f64, sd: Option<f64>) -> String {
    if quantity.unit == Unit::Hours {
        return clock(value);
    }
    let decimals = decimals(quantity.unit);
    let scale = 10_f64.powi(decimals as i32);
    // Rounded first, so that −0.04 does not become "-0.0".
    let value = (value * scale).round() / scale + 0.0;
    let sign = if signed(quantity.key) && value > 0.0 { "+" } else { "" };
    let spread = sd.map_or_else(String::new, |sd| format!(" ± {sd:.decimals$}"));
    let unit = match quantity.unit {
        Unit::Degrees => "°".to_owned(),
        Unit::Ratio => String::new(),
        unit => format!(" {}", unit.symbol()),
    };
    format!("{sign}{value:.decimals$}{spread}{unit}")
}

/// Of what has two directions both are shown with their sign.
fn signed(key: &str) -> bool {
    key.contains("_change")
        || key.contains("_to_")
        || key.contains("_shift_")
        || matches!(key, "stem_varus" | "stem_tip_anterior")
}

/// An hour as a clock shows it.
fn clock(hours: f64) -> String {
    let minutes = (hours * 60.0).round() as i64;
    let hour = minutes.div_euclid(60).rem_euclid(12);
    format!("{}:{:02}", if hour == 0 { 12 } else { hour }, minutes.rem_euclid(60))
}

/// Clock position, covered share of its twelfth, overhang.
#[must_use]
pub fn hour_row(at: &CoverageHour) -> [String; 3] {
    [at.hour.to_string(), format!("{:.0} %", at.covered_percent), format!("{:.1} mm ({:.0}°)", at.overhang_mm, at.uncovered_deg)]
}

/// Hole, quadrant with what lies behind it, bone.
#[must_use]
pub fn screw_row(screw: &Screw, texts: &Texts) -> [String; 3] {
    let ScrewHole { hour, from_pole_deg } = screw.hole;
    let bone = match screw.gap_mm {
        Some(gap) if gap >= 0.05 => {
            texts.with("assess-bone-after", &[("bone", &format!("{:.0}", screw.bone.value)), ("gap", &format!("{gap:.1}"))])
        }
        Some(_) => format!("{:.0} mm", screw.bone.value),
        None => texts.get("assess-no-bone"),
    };
    [format!("{} · {from_pole_deg:.0}°", clock(hour)), texts.get(screw.quadrant.key()), bone]
}

/// Level, frontal and sagittal widths with their share, share of the area.
#[must_use]
pub fn level_row(level: &CanalLevel) -> [String; 4] {
    let width = |[stem, canal]: [f64; 2], [share, sd]: [f64; 2]| format!("{stem:.1} / {canal:.1} mm · {share:.0} ± {sd:.0} %");
    let [area, sd] = level.area_percent;
    [
        format!("{:.0} mm", level.level_mm),
        width(level.frontal_mm, level.frontal_percent),
        width(level.sagittal_mm, level.sagittal_percent),
        format!("{area:.0} ± {sd:.0} %"),
    ]
}

/// Zone, contact, density.
#[must_use]
pub fn zone_row(zone: &Zone, texts: &Texts) -> [String; 3] {
    let none = || texts.get("not-available");
    [
        zone.zone.to_string(),
        zone.contact_percent.map_or_else(none, |percent| format!("{percent:.0} %")),
        zone.hu.map_or_else(none, |[mean, sd]| format!("{mean:.0} ± {sd:.0} HU")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_round_and_values_carry_sign_spread_and_unit() {
        for (hours, shown) in [(0.0, "12:00"), (12.5, "12:30"), (1.25, "1:15"), (11.999, "12:00"), (23.5, "11:30")] {
            assert_eq!(clock(hours), shown);
        }
        let quantity = |key, unit| Quantity { key, unit, definition: "", norm: None, citation: "" };
        assert_eq!(shown(&quantity("leg_length_change", Unit::Millimetres), 2.04, Some(0.31)), "+2.0 ± 0.3 mm");
        assert_eq!(shown(&quantity("leg_length_change", Unit::Millimetres), -0.04, Some(0.31)), "0.0 ± 0.3 mm");
        assert_eq!(shown(&quantity("cup_inclination", Unit::Degrees), 40.0, Some(1.0)), "40.0 ± 1.0°");
        assert_eq!(shown(&quantity("cup_coverage", Unit::Percent), 71.6, None), "72 %");
    }
}
