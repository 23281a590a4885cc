//! Native hips as scanned: where the femur meets the hip bone, held against FCL.

use crate::support::shared;
use coxa::{
    accuracy::moved::native::{KNOWN, KnownHip, LIMIT_DEG},
    motion::impingement::TurningSurfaces,
};

#[test]
fn limits_of_bone_on_bone_are_those_of_fcl() {
    let Some(folder) = shared("data/vsd_bones") else { return };
    for known in KNOWN {
        let [femur, hip] = known.triangles(&folder).unwrap();
        let (surfaces, name) = (TurningSurfaces::new(femur, hip).unwrap(), format!("{} {}", known.subject, known.side));
        let mut worst = 0.0_f64;
        for (number, (axis, expected)) in KnownHip::axes().iter().zip(known.fcl_deg).enumerate() {
            let found = surfaces.first_touch_deg(axis, 180.0).unwrap();
            assert!((found - expected).abs() < LIMIT_DEG, "{name}, axis {number}: {found} instead of {expected}");
            worst = worst.max((found - expected).abs());
            // In whole degrees, as collision libraries are asked: the next one is in contact, none before it.
            let whole = surfaces.first_crossing(axis, 1.0, 180).unwrap();
            assert!(f64::from(whole) >= found && f64::from(whole) < found + 1.0, "{name}, axis {number}: {whole}°");
        }
        eprintln!("{name}: no more than {worst:.5}° from FCL");
    }
}
