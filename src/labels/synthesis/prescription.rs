//! The recipe of each preset: which numbers it draws, and from which ranges.

use super::{
    phantom::{DrawOptions, FieldOfView},
    preset::Preset,
    random::{Dice, hash},
    recipe::{HipRecipe, Implant, Migration, Recipe},
    settings::CtSettings,
};
use crate::frames::Side;

impl Recipe {
    /// The recipe of a preset; the same seed gives the same recipe.
    pub(super) fn of(preset: Preset, seed: u64) -> Self {
        let mut dice = Dice::new(hash(seed), 20);
        let mut recipe = Self::ordinary(DrawOptions::default());
        recipe.spacing = spacing(&mut dice);
        let side = if dice.chance(0.5) { Side::Left } else { Side::Right };
        // Every preset but the ordinary one has an anatomy of its own; scanners stay those of practice.
        if !matches!(preset, Preset::Normal | Preset::Wild) {
            recipe.individual(&mut dice);
            recipe.settings = CtSettings { metal_hu: dice.uniform(7000.0..=16_000.0), ..CtSettings::random(hash(seed)) };
            recipe.settings.metal_artefact = dice.uniform(0.3..=1.0);
            recipe.settings.slice_thickness_mm = recipe.spacing[2];
        }
        match preset {
            Preset::Normal | Preset::FeetFirst => {}
            Preset::Varied => recipe.vary(&mut dice),
            Preset::Wild => recipe.wild(seed, side, &mut dice),
            Preset::Osteoarthritis => recipe.both(&mut dice, osteoarthritis),
            Preset::Dysplasia => recipe.both(&mut dice, dysplasia),
            Preset::Subluxation => recipe.dislocate(side, 0.15..=0.45, &mut dice),
            Preset::Crowe2 => recipe.dislocate(side, 0.5..=0.75, &mut dice),
            Preset::Crowe3 => recipe.dislocate(side, 0.75..=1.0, &mut dice),
            Preset::Crowe4 => recipe.dislocate(side, 1.05..=1.5, &mut dice),
            Preset::Osteoporosis => recipe.osteoporosis(&mut dice),
            Preset::Varus => recipe.both(&mut dice, |hip, dice| hip.valgus_deg = -dice.uniform(8.0..=18.0)),
            Preset::Stovepipe => {
                recipe.osteoporosis(&mut dice);
                recipe.settings.cortex_scale = dice.uniform(0.25..=0.4);
            }
            Preset::Cam => recipe.both(&mut dice, |hip, dice| hip.cam_mm = dice.uniform(2.0..=6.0)),
            Preset::NeckFracture => recipe.hip_mut(side).fracture_mm = Some(dice.uniform(2.0..=11.0)),
            Preset::ShortFemur => recipe.view.below_mm = Some(dice.uniform(18.0..=85.0)),
            Preset::OneSided => recipe.view.only = Some((side, dice.uniform(-35.0..=15.0))),
            Preset::Cropped => {
                recipe.view.above_mm = Some(dice.uniform(30.0..=75.0));
                recipe.view.below_mm = Some(dice.uniform(40.0..=110.0));
            }
            Preset::Stem => recipe.hip_mut(side).implant = Implant::Stem,
            Preset::TotalHip => recipe.hip_mut(side).implant = Implant::TotalHip,
            Preset::Plate => recipe.hip_mut(side).implant = Implant::Plate,
            Preset::Nail => recipe.hip_mut(side).implant = Implant::Nail,
            Preset::Screws => recipe.hip_mut(side).implant = Implant::Screws,
            Preset::Contrast => {
                recipe.settings.vessel_hu = dice.uniform(150.0..=450.0);
                recipe.settings.contrast_hu = dice.uniform(150.0..=800.0);
                recipe.settings.calcifications = dice.uniform(10.0..=60.0) as u32;
            }
            Preset::BowelGas => recipe.settings.bowel_gas = dice.uniform(0.8..=1.0),
            Preset::ArmsOnBelly => recipe.arms = true,
            Preset::Cast => (recipe.cast, recipe.settings.table) = (true, false),
            Preset::NoTable => (recipe.round_view, recipe.settings.table) = (true, false),
            Preset::Noisy => recipe.settings.noise_hu = dice.uniform(50.0..=100.0),
            Preset::ThickSlices => {
                recipe.spacing[2] = dice.uniform(3.0..=5.0);
                recipe.settings.slice_thickness_mm = recipe.spacing[2];
            }
            Preset::SharpKernel => {
                recipe.settings.kernel_mm = 0.25;
                recipe.settings.sharpening = dice.uniform(0.6..=1.2);
                recipe.settings.noise_hu = dice.uniform(20.0..=45.0);
            }
            Preset::Rotated => {
                let mut turn = || dice.uniform(10.0..=20.0) * if dice.chance(0.5) { 1.0 } else { -1.0 };
                recipe.pelvis_deg = [turn(), turn(), turn()];
                // The thighs go with the pelvis.
                let [tilt, obliquity, _] = recipe.pelvis_deg;
                for side in Side::BOTH {
                    recipe.hip_mut(side).thigh_deg = [-0.5 * tilt, 0.5 * obliquity * side.lps_sign(), 0.0];
                }
            }
        }
        recipe.feet_first |= preset == Preset::FeetFirst;
        recipe
    }

    /// Deformation, asymmetry, a spine of its own, joint spaces of any width.
    fn individual(&mut self, dice: &mut Dice) {
        self.warp_mm = dice.uniform(0.85..=1.5);
        self.spine = dice.uniform(0.5..=1.0);
        self.size = [0.9, 1.1];
        self.draw = DrawOptions { weight_limit_sd: 2.5, asymmetry_sd: 0.25, joint_gap_mm: [1.0, 4.5], ..DrawOptions::default() };
    }

    /// Shapes, poses and densities beyond those met in practice.
    fn vary(&mut self, dice: &mut Dice) {
        self.draw.weight_limit_sd = 3.0;
        self.weight_sd = 1.25;
        self.size = [0.85, 1.15];
        self.draw.joint_gap_mm = [0.8, 5.0];
        self.pelvis_deg = [dice.uniform(-16.0..=16.0), dice.uniform(-6.0..=6.0), dice.uniform(-8.0..=8.0)];
        for side in Side::BOTH {
            let hip = self.hip_mut(side);
            hip.thigh_deg = [dice.uniform(-2.0..=24.0), dice.uniform(-10.0..=12.0), dice.uniform(-25.0..=32.0)];
            hip.valgus_deg = dice.normal_within(2.0) * 4.0;
            hip.torsion_deg = dice.normal_within(2.0) * 7.0;
        }
        self.settings.cancellous_hu = dice.uniform(-50.0..=300.0);
        self.settings.cortex_scale = dice.uniform(0.4..=1.3);
    }

    fn both(&mut self, dice: &mut Dice, disease: impl Fn(&mut HipRecipe, &mut Dice)) {
        for side in Side::BOTH {
            disease(self.hip_mut(side), dice);
            self.adapt(side, dice);
        }
    }

    /// What a disease of the hip brings with it elsewhere.
    fn adapt(&mut self, side: Side, dice: &mut Dice) {
        if self.hip(side).osteophytes_mm > 0.0 {
            self.settings.sclerosis_hu = self.settings.sclerosis_hu.max(dice.uniform(100.0..=550.0));
            self.draw.joint_gap_mm = [1.0, 2.0];
        }
    }

    fn dislocate(&mut self, side: Side, share: std::ops::RangeInclusive<f64>, dice: &mut Dice) {
        dislocated(self.hip_mut(side), share, dice);
        // Half of them have a dysplastic hip on the other side as well.
        if dice.chance(0.5) {
            dysplasia(self.hip_mut(side.opposite()), dice);
        }
    }

    fn osteoporosis(&mut self, dice: &mut Dice) {
        self.settings.cortex_scale = dice.uniform(0.3..=0.55);
        self.settings.cortex_hu = dice.uniform(750.0..=1150.0);
        self.settings.cancellous_hu = dice.uniform(-50.0..=60.0);
        self.settings.marrow_hu = dice.uniform(-110.0..=-50.0);
    }

    /// Everything at once, each by chance.
    fn wild(&mut self, seed: u64, side: Side, dice: &mut Dice) {
        self.individual(dice);
        self.settings = CtSettings::wild(seed);
        self.warp_mm = dice.uniform(0.5..=1.8);
        self.spine = 1.0;
        self.vary(dice);
        if dice.chance(0.35) {
            self.pelvis_deg = [dice.uniform(-20.0..=20.0), dice.uniform(-8.0..=8.0), dice.uniform(-18.0..=18.0)];
        }
        if dice.chance(0.3) {
            self.settings.cancellous_hu = dice.uniform(150.0..=300.0);
        } else if dice.chance(0.3) {
            self.osteoporosis(dice);
        }
        for side in Side::BOTH {
            let hip = self.hip_mut(side);
            if dice.chance(0.5) {
                hip.thigh_deg = [dice.uniform(-5.0..=30.0), dice.uniform(-15.0..=15.0), dice.uniform(-40.0..=40.0)];
            }
            match dice.uniform(0.0..=1.0) {
                d if d < 0.25 => osteoarthritis(hip, dice),
                d if d < 0.37 => dysplasia(hip, dice),
                d if d < 0.43 => dislocated(hip, 0.15..=1.5, dice),
                d if d < 0.50 => hip.cam_mm = dice.uniform(1.0..=7.0),
                d if d < 0.54 => hip.fracture_mm = Some(dice.uniform(1.0..=12.0)),
                _ => {}
            }
            self.adapt(side, dice);
        }
        if dice.chance(0.25) {
            const IMPLANTS: [Implant; 5] = [Implant::Nail, Implant::Stem, Implant::TotalHip, Implant::Plate, Implant::Screws];
            let any = |dice: &mut Dice| IMPLANTS[dice.uniform(0.0..=4.999) as usize];
            self.hip_mut(side).implant = any(dice);
            if dice.chance(0.2) {
                self.hip_mut(side.opposite()).implant = any(dice);
            }
        }
        match dice.uniform(0.0..=1.0) {
            d if d < 0.10 => self.draw.field_of_view = FieldOfView::WholeFemora,
            d if d < 0.22 => self.view.below_mm = Some(dice.uniform(10.0..=90.0)),
            d if d < 0.34 => self.view.above_mm = Some(dice.uniform(25.0..=130.0)),
            d if d < 0.42 => {
                (self.view.above_mm, self.view.below_mm) = (Some(dice.uniform(30.0..=90.0)), Some(dice.uniform(30.0..=120.0)));
            }
            _ => {}
        }
        if dice.chance(0.1) {
            self.view.only = Some((side, dice.uniform(-40.0..=30.0)));
        }
        self.arms = dice.chance(0.12);
        self.cast = dice.chance(0.05);
        self.round_view = dice.chance(0.2);
        self.feet_first = dice.chance(0.1);
        self.settings.slice_thickness_mm = self.settings.slice_thickness_mm.max(self.spacing[2]);
    }
}

/// Distance between voxels in the plane and between slices, mm; small ones in the plane go with thick slices, as on real scanners.
fn spacing(dice: &mut Dice) -> [f64; 3] {
    const LEAST_MM3: f64 = 0.45;
    let plane = f64::exp(dice.uniform(0.5_f64.ln()..=1.2_f64.ln()));
    let slice = f64::exp(dice.uniform(0.6_f64.ln()..=5.0_f64.ln())).max(LEAST_MM3 / (plane * plane));
    // Scanners state them to a few digits.
    [plane, plane, slice].map(|mm| (mm * 100.0).round() / 100.0)
}

fn osteoarthritis(hip: &mut HipRecipe, dice: &mut Dice) {
    // Most heads wander up and outwards, some straight in.
    let direction = if dice.chance(0.7) {
        [dice.uniform(0.0..=0.5), dice.uniform(-0.3..=0.2), 1.0]
    } else {
        [-1.0, dice.uniform(-0.2..=0.3), dice.uniform(0.0..=0.5)]
    };
    hip.migration = Migration::Towards { direction, gap_mm: dice.uniform(0.15..=1.5), limit_mm: 6.0 };
    hip.osteophytes_mm = dice.uniform(1.5..=6.0);
    hip.cam_mm = if dice.chance(0.4) { dice.uniform(1.0..=4.0) } else { 0.0 };
}

fn dysplasia(hip: &mut HipRecipe, dice: &mut Dice) {
    hip.shallow_mm = dice.uniform(5.0..=12.0);
    hip.valgus_deg = dice.uniform(4.0..=18.0);
    hip.torsion_deg = dice.uniform(0.0..=25.0);
    hip.migration = Migration::Towards { direction: [0.7, -0.1, 0.7], gap_mm: dice.uniform(0.8..=3.0), limit_mm: 8.0 };
}

fn dislocated(hip: &mut HipRecipe, share: std::ops::RangeInclusive<f64>, dice: &mut Dice) {
    dysplasia(hip, dice);
    let (share, posterior_mm) = (dice.uniform(share), dice.uniform(-4.0..=12.0));
    hip.migration = Migration::Dislocated { share, posterior_mm, gap_mm: dice.uniform(1.5..=6.0) };
}
