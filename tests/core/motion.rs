//! Motion keeps the properties that geometry proves, whatever the implants and the patient.

use coxa::{
    accuracy::moved::properties::{mirror_error_deg, tilt_error_deg, version_error_deg},
    anatomy::CupAngles,
    frames::Side,
    motion::{Limit, Motion, NeckAngles, Posture, RomCase, theoretical},
};
use proptest::prelude::*;

prop_compose! {
    /// Cups, necks and oscillation angles that leave every motion some room and none of them free for ever.
    fn ordinary()(ri in 30.0..50.0, ra in 5.0..30.0, a in 35.0..50.0, b in 0.0..30.0, theta in 115.0..150.0)
        -> (CupAngles, NeckAngles, f64) {
        let cup = CupAngles { inclination_deg: ri, anteversion_deg: ra };
        (cup, NeckAngles { elevation_deg: a, anteversion_deg: b }, theta)
    }
}

fn degrees(cup: &CupAngles, neck: &NeckAngles, theta: f64) -> [f64; 8] {
    theoretical::limits(cup, neck, theta).map(|limit| limit.degrees().unwrap_or(f64::INFINITY))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Property (i): posterior tilt t moves t degrees from extension to flexion, exactly.
    #[test]
    fn posterior_tilt_gives_to_flexion_what_it_takes_from_extension((cup, neck, theta) in ordinary(), tilt in -8.0..8.0_f64) {
        let error = tilt_error_deg(&RomCase { cup, neck, oscillation_deg: theta }, tilt);
        prop_assume!(error.is_some());
        prop_assert!(error.is_some_and(|error| error < 1e-9), "{error:?}");
    }

    /// Property (ii): neck anteversion goes one to one into rotation, at 0° and at 90° of flexion.
    #[test]
    fn neck_anteversion_moves_both_rotations_one_to_one((cup, neck, theta) in ordinary(), delta in -3.0..3.0_f64) {
        let error = version_error_deg(&RomCase { cup, neck, oscillation_deg: theta }, delta);
        prop_assume!(error.is_some());
        prop_assert!(error.is_some_and(|error| error < 1e-9), "{error:?}");
    }

    /// Property (iii): a larger oscillation angle never takes motion away.
    #[test]
    fn more_oscillation_is_never_less_motion((cup, neck, theta) in ordinary(), more in 0.0..20.0_f64) {
        let (before, after) = (degrees(&cup, &neck, theta), degrees(&cup, &neck, theta + more));
        prop_assert!(before.iter().zip(after).all(|(low, high)| *low <= high + 1e-9));
    }

    /// Property (iv): a hip and its mirror image have the same angles, hence the same limits.
    #[test]
    fn a_mirrored_hip_moves_alike((cup, neck, theta) in ordinary()) {
        let error = mirror_error_deg(&RomCase { cup, neck, oscillation_deg: theta });
        prop_assert!(error < 1e-9, "{error}");
    }

    /// At its limit a motion has no margin left, and one degree before it has some.
    #[test]
    fn a_limit_is_where_the_margin_ends((cup, neck, theta) in ordinary()) {
        let (c, n) = (cup.right_hip_axis(), neck.right_hip_axis());
        for (motion, limit) in Motion::ALL.iter().zip(theoretical::limits(&cup, &neck, theta)) {
            let Limit::At(limit) = limit else { continue };
            prop_assert!(theoretical::margin_deg(&c, &n, theta, &motion.posture(limit)).abs() < 1e-6);
            prop_assume!(limit > 1.0);
            prop_assert!(theoretical::margin_deg(&c, &n, theta, &motion.posture(limit - 0.5)) > 0.0);
        }
    }

    /// Every posture survives its rotation on both sides.
    #[test]
    fn postures_and_rotations_are_inverse(f in -170.0..170.0_f64, a in -89.0..89.0_f64, r in -170.0..170.0_f64) {
        let posture = Posture { flexion_deg: f, adduction_deg: a, internal_rotation_deg: r };
        for side in Side::BOTH {
            let back = Posture::of_rotation(&posture.rotation(side), side);
            let gaps = [back.flexion_deg - f, back.adduction_deg - a, back.internal_rotation_deg - r];
            prop_assert!(gaps.iter().all(|gap| gap.abs() < 1e-6), "{:?}", gaps);
        }
    }
}
