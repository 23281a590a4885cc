//! A surface is what the labels say, in millimetres: closed, facing outwards, and no further from the truth than stated.

use crate::support::{ply::read_ply, shared};

#[test]
fn the_reference_bones_are_closed_and_face_outwards() {
    let Some(folder) = shared("data/vsd_bones/z019") else { return };
    for (bone, litres) in [("Femur_L", 0.3..0.9), ("Hip_R", 0.2..0.6)] {
        let mesh = read_ply(&folder.join(format!("{bone}.ply")));
        let volume = mesh.volume_mm3() / 1e6;
        assert!(litres.contains(&volume), "{bone}: {volume} l");
        assert!(mesh.is_watertight(), "{bone}");
    }
}
