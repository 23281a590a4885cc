//! How often labels of a stated confidence are right, measured on phantoms, so that the confidence can say just that.

use super::cases::{Case, phantoms_for_calibration};
use crate::{
    labels::{
        Calibration, Label, LabelMap, SegmentOptions, Tally,
        neural::{CONFIDENCE_FORMAT_VERSION, Confidence, Networks},
        segment_with, squared_edt,
    },
    progress::Silent,
};

/// Background further from any labelled bone is no question, mm.
const NEAR_BONE_MM: f64 = 6.0;

/// Tallies of voxels labelled as bone, and as no bone near bone.
#[derive(Clone, Debug, Default)]
struct Tallies {
    bone: Tally,
    background: Tally,
}

impl Tallies {
    fn count(&mut self, found: &LabelMap, truth: &[u8]) {
        let bone: Vec<bool> = found.ids.iter().map(|&id| id != Label::Background.id()).collect();
        let away = squared_edt(&bone, &found.grid);
        for (at, (&id, &confidence)) in found.ids.iter().zip(&found.confidence).enumerate() {
            if id == Label::Metal.id() || truth[at] == Label::Metal.id() {
                continue;
            }
            if bone[at] {
                self.bone.count(confidence, id == truth[at]);
            } else if f64::from(away[at]) <= NEAR_BONE_MM * NEAR_BONE_MM {
                self.background.count(confidence, id == truth[at]);
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.bone.add(&other.bone);
        self.background.add(&other.background);
    }

    /// Mean of the two errors, weighted by voxels.
    fn error(&self, bone: &Calibration, background: &Calibration) -> f64 {
        let parts = [(&self.bone, bone), (&self.background, background)];
        let sum: f64 = parts.iter().map(|(t, c)| t.voxels() as f64 * t.expected_calibration_error(c)).sum();
        sum / parts.iter().map(|(t, _)| t.voxels() as f64).sum::<f64>().max(1.0)
    }
}

/// Measures how often the networks are right, on two thirds of so many phantoms, and checks the result on the others. `told` hears of each
/// phantom: its name and why it was left out, if so.
///
/// # Errors
/// In words, when no phantom could be labelled.
pub fn calibrate(networks: &Networks, phantoms: usize, told: &mut dyn FnMut(&str, Option<&str>)) -> Result<Confidence, String> {
    let raw = Networks { confidence: Confidence::none(networks.sha256()), ..networks.clone() };
    let mut counted = Vec::new();
    for case in phantoms_for_calibration(phantoms) {
        match tallies(&raw, &case) {
            Ok(tallies) => {
                told(&case.name, None);
                counted.push(tallies);
            }
            Err(why) => told(&case.name, Some(&why)),
        }
    }
    let (made_from, checked_on) = counted.split_at((counted.len() * 2).div_ceil(3));
    if checked_on.is_empty() {
        return Err("too few phantoms could be labelled to calibrate and to check".into());
    }
    let sum = |of: &[Tallies]| {
        of.iter().fold(Tallies::default(), |mut sum, tallies| {
            sum.add(tallies);
            sum
        })
    };
    let (all, check) = (sum(made_from), sum(checked_on));
    let (bone, background) = (Calibration::fit(&all.bone), Calibration::fit(&all.background));
    let round = |error: f64| (error * 1e4).round() / 1e4;
    Ok(Confidence {
        format_version: CONFIDENCE_FORMAT_VERSION,
        networks_sha256: networks.sha256(),
        error_before: round(check.error(&Calibration::identity(), &Calibration::identity())),
        error_after: round(check.error(&bone, &background)),
        bone,
        background,
        phantoms: [made_from.len(), checked_on.len()],
        command: format!("coxa calibrate --phantoms {phantoms}"),
    })
}

fn tallies(networks: &Networks, case: &Case) -> Result<Tallies, String> {
    let scan = case.load().map_err(|error| error.to_string())?;
    let found = segment_with(networks, &scan.volume, &SegmentOptions::default(), &Silent).map_err(|error| error.to_string())?;
    let mut tallies = Tallies::default();
    tallies.count(&found.map, &scan.truth);
    Ok(tallies)
}
