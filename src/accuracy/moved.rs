//! How exact motion is: limits, zones and jump distances against closed forms, known shapes, real bones and another program.

pub mod ball_hip;
mod drawn_hip;
mod fcl;
pub mod jump;
pub mod known_shapes;
pub mod native;
pub mod properties;
pub mod sweep;
pub mod vectors;
pub mod zone_sizes;

pub use drawn_hip::DrawnHip;
pub use fcl::{Fcl, FclSweep};

use super::errors::{ErrorTable, Gathered};
use native::BonyRom;
use std::path::Path;

/// What the suite of motion found.
#[derive(Clone, Debug, Default)]
pub struct MotionSuite {
    /// Errors by set and quantity, each with what it may be.
    pub table: ErrorTable,
    /// How far the bones of real, native hips go: no bar, since nobody knows.
    pub bony: Vec<BonyRom>,
}

/// Holds motion against all that is known of it. Real bones are read below `data` (`vsd_bones`; the vectors lie in `vectors` beside it), the
/// meshes that other programs were timed on in `peers` (`socket.stl`, `ball.stl`); `fcl` answers on the same meshes where it is installed.
/// `released` are further ways of letting a head go, each with its name: the window's rigid bodies.
#[must_use]
pub fn motion_suite(data: &Path, peers: &Path, fcl: Option<&Fcl>, released: &[jump::Released<'_>]) -> MotionSuite {
    let mut gathered = Gathered::default();
    let mut skipped = Vec::new();
    let mut bony = Vec::new();
    vectors::hold_published(&mut gathered);
    skipped.extend(vectors::hold_file(&data.join("../vectors/rom_vectors.csv"), &mut gathered).err());
    properties::hold(&mut gathered);
    let computed = [zone_sizes::hold(&mut gathered), known_shapes::hold(&mut gathered)];
    skipped.extend(computed.into_iter().filter_map(Result::err).map(|error| error.to_string()));
    jump::hold(released, &mut gathered);
    skipped.extend(sweep::hold(peers, fcl, &mut gathered).err());
    skipped.extend(native::hold(&data.join("vsd_bones"), fcl, &mut gathered).err());
    match native::bony_roms(&data.join("vsd_bones")) {
        Ok(found) => bony = found,
        Err(why) => skipped.push(why),
    }
    MotionSuite { table: ErrorTable { errors: gathered.errors, skipped }, bony }
}
