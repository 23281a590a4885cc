//! The colours of distances.

use super::FAR_MM;

/// Colours (sRGB) at distances, mm: red where bodies touch, the pale colour of bone from the last on.
pub const STOPS: [(f64, [u8; 3]); 6] = [
    (0.0, [196, 22, 34]),
    (2.0, [240, 120, 40]),
    (5.0, [246, 214, 84]),
    (10.0, [104, 186, 120]),
    (15.0, [84, 140, 190]),
    (FAR_MM, [196, 190, 180]),
];

/// The colour of a distance, sRGB.
#[must_use]
pub fn srgb(mm: f64) -> [u8; 3] {
    let above = STOPS.iter().position(|(at, _)| mm < *at).unwrap_or(STOPS.len());
    match above {
        0 => STOPS[0].1,
        place if place == STOPS.len() => STOPS[place - 1].1,
        place => {
            let ((from, low), (to, high)) = (STOPS[place - 1], STOPS[place]);
            let part = (mm - from) / (to - from);
            std::array::from_fn(|channel| {
                let [low, high] = [low, high].map(|colour| f64::from(colour[channel]));
                (low + (high - low) * part).round() as u8
            })
        }
    }
}

/// The same in linear light, opaque, as the renderer wants it.
#[must_use]
pub fn heat(mm: f64) -> [f32; 4] {
    let linear = |channel: u8| {
        let value = f32::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [r, g, b] = srgb(mm).map(linear);
    [r, g, b, 1.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_is_red_far_is_pale_and_between_is_between() {
        assert_eq!(srgb(-1.0), STOPS[0].1);
        assert_eq!(srgb(0.0), STOPS[0].1);
        assert_eq!(srgb(5.0), STOPS[2].1);
        assert_eq!(srgb(500.0), STOPS[5].1);
        assert_eq!(srgb(3.5), [243, 167, 62]);
        assert!(heat(0.0)[0] > 5.0 * heat(0.0)[1]);
    }
}
