//! Jump distance: how far the head's centre must move before it rolls out over the rim.

use super::dislocation::Seat;
use crate::{anatomy::CupAngles, implants::Bearing};
use nalgebra::{Rotation3, Unit, Vector3};

/// Steps in which the way out is searched before the crest is narrowed down, mm.
const STEP_MM: f64 = 0.25;
/// Thirds by which it is narrowed down: 0.5 mm × (2/3)³².
const THIRDS: u32 = 32;

/// Jump distance of Sariali et al. (2009, Acta Orthopaedica 80:277, 10.3109/17453670902988378), mm: the head rolls over the superolateral
/// edge under a vertical load, JD = 2R · sin[(π/2 − ψ − asin(o/R)) / 2], ψ the inclination of the cup in the coronal plane
/// (tan ψ = tan AI · cos AA), which is the radiographic one.
///
/// `cup` is in the frame in which the load is vertical, `offset_mm` is how far the head's centre lies outside the opening plane. 0 where the
/// head has no hold at all; `None` when the centre lies further from the plane than the head's radius, or a number is not finite.
#[must_use]
pub fn jump_distance_mm(head_diameter_mm: f64, cup: &CupAngles, offset_mm: f64) -> Option<f64> {
    let radius = head_diameter_mm / 2.0;
    let hold = std::f64::consts::FRAC_PI_2 - cup.inclination_deg.to_radians() - (offset_mm / radius).asin();
    (radius > 0.0 && hold.is_finite()).then(|| 2.0 * radius * (hold / 2.0).sin().max(0.0))
}

/// How far the head's centre lies outside the plane of the opening, mm: what the closed form takes as offset. Negative where the rim stands
/// higher than the centre. Of a lipped liner it is counted where there is no lip.
#[must_use]
pub fn head_offset_mm(bearing: &Bearing) -> f64 {
    -bearing.face_height_mm(std::f64::consts::PI)
}

/// Jump distance over a chosen edge in the bearing's exact form, mm: lip, chamfer and rounded edge included.
///
/// `pressed` is the direction in which the load presses the head, `towards` that in which it goes out; both in the frame in which `cup_turn`
/// is the turn of the cup's frame. The head stays in the plane of the rim's axis and the edge that lies that way (a head that fits its liner
/// has no other way), gives way against the load as little as that half of the rim lets it, until it is over the crest; the distance is that of
/// its centre from its seat there. 0 where the load itself drives it out; `None` where nothing lets it out: of a liner that holds
/// the head, and within two diameters.
///
/// In a neutral liner it is Sariali's formula, with the angle between load and rim in that plane for ψ.
#[must_use]
pub fn jump_distance_of(
    bearing: &Bearing,
    cup_turn: &Rotation3<f64>,
    pressed: &Unit<Vector3<f64>>,
    towards: &Vector3<f64>,
) -> Option<f64> {
    let seat = Seat::new(bearing, *cup_turn);
    let way = WayOut::new(&seat, pressed, towards)?;
    let reach = 2.0 * bearing.diameter_mm;
    let (mut driven, mut crest) = (0.0, (0.0, way.down_mm(0.0)?));
    loop {
        driven += STEP_MM;
        let down = way.down_mm(driven)?;
        if down <= crest.1 {
            break;
        }
        crest = (driven, down);
        if driven > reach {
            return None;
        }
    }
    let (mut low, mut high) = ((crest.0 - STEP_MM).max(0.0), driven);
    for _ in 0..THIRDS {
        let third = (high - low) / 3.0;
        if way.down_mm(low + third)? < way.down_mm(high - third)? { low += third } else { high -= third }
    }
    Some(way.head(f64::midpoint(low, high))?.norm())
}

/// The way on which a head is driven out under a load.
#[derive(Clone, Copy, Debug)]
pub(super) struct WayOut<'a> {
    seat: &'a Seat,
    edge: Unit<Vector3<f64>>,
    pressed: Unit<Vector3<f64>>,
    out: Unit<Vector3<f64>>,
}

impl<'a> WayOut<'a> {
    /// The way over the edge in a direction; `None` along the axis, where the load has no part in its plane, and of a liner that holds the head.
    pub fn new(seat: &'a Seat, pressed: &Unit<Vector3<f64>>, towards: &Vector3<f64>) -> Option<Self> {
        let axis = seat.axis();
        let edge = Unit::try_new(towards - axis * axis.dot(towards), 1e-9).filter(|_| !seat.holds())?;
        let (along, inwards) = (pressed.dot(&edge), -pressed.dot(axis));
        let pressed = Unit::try_new(edge.as_ref() * along - axis * inwards, 1e-9)?;
        let out = Unit::try_new(edge.as_ref() * inwards + axis * along, 1e-9)?;
        Some(Self { seat, edge, pressed, out })
    }

    /// How far the head must give way against the load when it is driven out by so much, mm.
    fn down_mm(&self, driven_mm: f64) -> Option<f64> {
        let free = |down: f64| self.seat.is_clear_ahead(&self.at(driven_mm, down), &self.edge);
        let mut step = 0.0;
        while !free(step) {
            step += STEP_MM;
            if step > 4.0 * self.seat.radius_mm() {
                return None;
            }
        }
        let (mut low, mut high) = ((step - STEP_MM).max(0.0), step);
        for _ in 0..32 {
            let middle = f64::midpoint(low, high);
            if free(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }

    fn at(&self, driven_mm: f64, down_mm: f64) -> Vector3<f64> {
        self.out.as_ref() * driven_mm - self.pressed.as_ref() * down_mm
    }

    /// The head's centre then, mm from its seat.
    pub fn head(&self, driven_mm: f64) -> Option<Vector3<f64>> {
        Some(self.at(driven_mm, self.down_mm(driven_mm)?))
    }
}
