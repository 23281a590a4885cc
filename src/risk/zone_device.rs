//! Working out zones: by a graphics card that proves to compute the same, otherwise by the processor.

use super::{TargetZone, ZoneRequest};
use crate::{device::DeviceChoice, motion::MotionError, progress::Progress};
use thiserror::Error;

/// Where zones are worked out.
pub enum ZoneDevice {
    /// By the processor, and why not by a card that might have been.
    Processor(Option<String>),
    /// By a graphics card, and by nothing else where it was asked for.
    #[cfg(feature = "card")]
    Card {
        /// The card.
        card: super::ZoneCard,
        /// True where it was asked for.
        asked_for: bool,
    },
}

/// Why there is no zone.
#[derive(Debug, Error)]
pub enum ZoneError {
    /// The request, or nobody wants it any longer.
    #[error(transparent)]
    Refused(#[from] MotionError),
    /// The graphics card was asked for and cannot do it.
    #[error(
        "the zone cannot be worked out by the graphics card: {0}; leave the device to Coxa (auto) or choose the processor (cpu)"
    )]
    Card(String),
}

impl ZoneDevice {
    /// Makes ready what is chosen. A software driver is no graphics card: it is never chosen.
    ///
    /// # Errors
    /// [`ZoneError::Card`] when the graphics card is asked for and there is none.
    pub fn open(choice: DeviceChoice) -> Result<Self, ZoneError> {
        if choice == DeviceChoice::Cpu {
            return Ok(Self::Processor(None));
        }
        let asked_for = choice == DeviceChoice::Gpu;
        match card(asked_for) {
            Err(reason) if asked_for => Err(ZoneError::Card(reason)),
            Err(reason) => Ok(Self::Processor(Some(reason))),
            Ok(card) => Ok(card),
        }
    }

    /// Works out a zone, and says where that was done. A graphics card is only believed after it computed some dozens of these very cups like
    /// the processor.
    ///
    /// # Errors
    /// As [`TargetZone::watched`]; and when the graphics card was asked for and fails or disagrees.
    pub fn zone(&self, request: &ZoneRequest<'_>, progress: &dyn Progress) -> Result<(TargetZone, String), ZoneError> {
        match self {
            Self::Processor(reason) => by_processor(request, progress, reason.as_deref()),
            #[cfg(feature = "card")]
            Self::Card { card, asked_for } => {
                settled(TargetZone::on_card(card, request, progress), card.title(), *asked_for, request, progress)
            }
        }
    }
}

fn by_processor(
    request: &ZoneRequest<'_>,
    progress: &dyn Progress,
    reason: Option<&str>,
) -> Result<(TargetZone, String), ZoneError> {
    let device = reason.map_or_else(|| "CPU".into(), |reason| format!("CPU ({reason})"));
    tracing::info!("the zone is worked out by: {device}");
    Ok((TargetZone::watched(request, progress)?, device))
}

/// What a card gave, or the processor's where it gave none that may be believed.
#[cfg(feature = "card")]
fn settled(
    by_card: Result<TargetZone, super::ZoneCardError>,
    title: &str,
    asked_for: bool,
    request: &ZoneRequest<'_>,
    progress: &dyn Progress,
) -> Result<(TargetZone, String), ZoneError> {
    use super::ZoneCardError;
    match by_card {
        Ok(zone) => Ok((zone, format!("{title}, checked against the CPU"))),
        Err(ZoneCardError::Refused(error)) => Err(error.into()),
        Err(ZoneCardError::Card(reason)) if asked_for => Err(ZoneError::Card(reason)),
        Err(ZoneCardError::Card(reason)) => by_processor(request, progress, Some(&reason)),
    }
}

#[cfg(feature = "card")]
fn card(asked_for: bool) -> Result<ZoneDevice, String> {
    use crate::graphics_card::{GraphicsCard, Kind};
    let card = super::ZoneCard::new(GraphicsCard::open(Kind::Real)?)?;
    Ok(ZoneDevice::Card { card, asked_for })
}

#[cfg(not(feature = "card"))]
fn card(_: bool) -> Result<ZoneDevice, String> {
    Err("this build cannot use a graphics card".into())
}

#[cfg(all(test, feature = "card"))]
mod tests {
    use super::*;
    use crate::{
        progress::Silent,
        risk::{
            zone_request::Followed,
            zone_said::{
                Said,
                tests::{GRID, hip, right},
            },
        },
    };

    type Falsified = dyn Fn(&mut Vec<Said>);

    /// A card that answers as the processor does but for one thing.
    fn answered(request: &ZoneRequest<'_>, falsified: &Falsified) -> Result<TargetZone, crate::risk::ZoneCardError> {
        let said = |followed: &Followed<'_>| {
            let mut said = right(followed);
            falsified(&mut said);
            Ok(said)
        };
        TargetZone::as_said(request, &said)
    }

    #[test]
    fn a_card_that_falsifies_one_margin_gives_way_to_the_processor_or_to_an_error_where_it_was_asked_for() {
        let (activities, joint) = hip();
        let request = ZoneRequest { activities: &activities, joint: &joint, tilt_deg: 0.0, grid: GRID, bones: None };
        let expected = TargetZone::of(&request).unwrap();
        let settled = |falsified: &Falsified, asked_for: bool| {
            settled(answered(&request, falsified), "a card", asked_for, &request, &Silent)
        };
        let (zone, device) = settled(&|_| {}, false).unwrap();
        let off = zone.margins_deg.iter().zip(&expected.margins_deg).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(device == "a card, checked against the CPU" && off < 1e-4 && zone.binding == expected.binding, "{device} {off}");
        let falsified: [&Falsified; 3] = [
            &|said| {
                let Said::Less { margin_deg, .. } = &mut said[5] else { panic!("nothing binds") };
                *margin_deg += 0.2;
            },
            &|said| said[0] = Said::Nonsense(f32::NAN),
            &|said| said.fill(Said::Cut),
        ];
        for falsified in falsified {
            let (zone, device) = settled(falsified, false).unwrap();
            assert!(zone == expected && device.starts_with("CPU (the graphics card"), "{device}");
            let refused = settled(falsified, true).unwrap_err();
            assert!(matches!(&refused, ZoneError::Card(_)) && refused.to_string().contains("cpu"), "{refused}");
        }
    }
}
