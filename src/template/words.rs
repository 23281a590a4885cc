//! A template in words, in the reader's language.

use super::{CalibrationSource, Choice, Figure, Seating, Template};
use crate::i18n::Texts;

/// Diameter of the cup by which the weight of the calibration is told, mm.
const CUP_MM: f64 = 50.0;
/// Options that are told.
const OPTIONS: usize = 5;
/// What a film cannot show.
const LIMITS: [&str; 5] = [
    "template-limit-anteversion",
    "template-limit-rotation",
    "template-limit-depth",
    "template-limit-posture",
    "template-limit-canal",
];

/// Everything that is said of a template, line by line: calibration, lengths, implants, options, limits.
#[must_use]
pub fn lines(template: &Template<'_>, texts: &Texts) -> Vec<String> {
    let mut said = vec![title(template, texts), calibration(template, texts)];
    said.push(texts.with("template-click", &[("sd", &format!("{:.1}", template.request.click_sd_mm))]));
    said.extend(template.figures.iter().map(|(figure, sd)| figure_line(figure, *sd, texts)));
    said.extend(implants(template, texts));
    said.push(texts.get("template-options"));
    said.extend(options(&template.choice, texts));
    said.extend(limits(texts));
    said
}

/// What a film cannot show.
#[must_use]
pub fn limits(texts: &Texts) -> Vec<String> {
    LIMITS.iter().map(|key| texts.get(key)).collect()
}

pub(super) fn title(template: &Template<'_>, texts: &Texts) -> String {
    texts.with("template-title", &[("side", &texts.side(template.request.side))])
}

/// How the size of a pixel is known, and what its doubt means for a cup.
#[must_use]
pub fn calibration(template: &Template<'_>, texts: &Texts) -> String {
    let calibration = &template.request.calibration;
    let factor = calibration.magnification.map(|factor| format!("{:.1}", 100.0 * factor));
    let (pixel, percent) = (format!("{:.4}", calibration.mm_per_pixel), factor.clone().unwrap_or_default());
    let first = match calibration.source {
        CalibrationSource::Marker { diameter_mm, ball } => {
            let key = if ball.by_hand { "template-by-marker-by-hand" } else { "template-by-marker" };
            let values = [("ball", format!("{diameter_mm}")), ("width", format!("{:.1}", ball.diameter)), ("pixel", pixel)];
            texts.with(key, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
        }
        CalibrationSource::Magnification { imager_pixel_mm } => texts.with(
            "template-by-magnification",
            &[("percent", &percent), ("imager", &format!("{imager_pixel_mm}")), ("pixel", &pixel)],
        ),
        CalibrationSource::PixelSize => texts.with("template-by-pixel", &[("pixel", &pixel)]),
    };
    let measured = match (calibration.source, factor) {
        (CalibrationSource::Magnification { .. }, _) | (_, None) => String::new(),
        (_, Some(percent)) => texts.with("template-magnification-follows", &[("percent", &percent)]),
    };
    let sd = 100.0 * calibration.relative_sd;
    let weight = texts.with(
        "template-calibration-weight",
        &[("sd", &format!("{sd:.1}")), ("mm", &format!("{:.1}", sd / 100.0 * CUP_MM)), ("cup", &format!("{CUP_MM:.0}"))],
    );
    [first, measured, weight].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A length with its name, side and spread.
pub(super) fn figure_line(figure: &Figure, sd: f64, texts: &Texts) -> String {
    let name = texts.get(&format!("template-{}", figure.key));
    let (value, sd) = (figure.value, format!("{sd:.1}"));
    // A difference has its sign.
    let [signed, plain] = [format!("{value:+.1}"), format!("{value:.1}")];
    figure.side.map_or_else(
        || texts.with("template-difference", &[("name", &name), ("value", &signed), ("sd", &sd)]),
        |side| {
            let side = texts.side(side);
            texts.with("template-length", &[("name", &name), ("side", &side), ("value", &plain), ("sd", &sd)])
        },
    )
}

/// The implants and what they were chosen by.
pub(super) fn implants(template: &Template<'_>, texts: &Texts) -> Vec<String> {
    let choice = &template.choice;
    let inclination = format!("{:.0}", template.request.inclination_deg);
    let cup = match choice.cup_for_mm {
        None => texts.with("template-cup-named", &[("id", &choice.cup.id), ("inclination", &inclination)]),
        Some((wanted, by_socket)) => {
            let key = if by_socket { "template-cup-by-socket" } else { "template-cup-by-head" };
            texts.with(key, &[("id", &choice.cup.id), ("wanted", &format!("{wanted:.1}")), ("inclination", &inclination)])
        }
    };
    let seated = match choice.seating {
        Seating::Canal => "template-stem-by-canal",
        Seating::Resection => "template-stem-by-cut",
        Seating::LegLength => "template-stem-by-length",
    };
    let mut said = vec![cup, texts.with(seated, &[("stem", &choice.stem.id), ("head", &choice.head.id)])];
    if let Some(fit) = choice.fit {
        let key = if fit.room_mm < 0.0 { "template-fit-tight" } else { "template-fit" };
        let (room, fill) = (format!("{:.1}", fit.room_mm.abs()), format!("{:.0}", 100.0 * fit.fill));
        said.push(texts.with(key, &[("room", &room), ("fill", &fill)]));
    }
    said.extend(choice.resection_mm.map(|mm| texts.with("template-cut", &[("height", &format!("{mm:.0}"))])));
    said
}

/// The neck options and heads that come closest to equal, the best first.
fn options(choice: &Choice<'_>, texts: &Texts) -> Vec<String> {
    let line = |option: &super::Option2d| {
        let (leg, offset) = (format!("{:+.1}", option.leg_length_after_mm), format!("{:+.1}", option.offset_after_mm));
        let values = [("stem", option.stem.as_str()), ("head", &option.head), ("leg", &leg), ("offset", &offset)];
        texts.with("template-option", &values)
    };
    choice.options.iter().take(OPTIONS).map(line).collect()
}
