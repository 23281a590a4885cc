//! Activities in the window: one is chosen, followed in the background, played and scrubbed, and its first contact marked on both bodies.

mod followed;
mod pelvis;
mod state;

pub use followed::{Followed, Meeting, NEAR_DEG, Pose, Standing, follow};
pub use pelvis::{PelvisPlugin, PelvisView};
pub use state::{ActivityPlugin, ActivityState};
