//! The room that the bones have for implants: the hip bone about a cup, and the femoral canal.

mod canal;
mod expected_canal;
mod ring;
mod socket_bone;

pub(super) use canal::{Canal, CanalSource};
pub(super) use ring::{area_mm2, border, room_mm};
pub(super) use socket_bone::{FOSSA_MM, REACH_MM, SocketBone, covering, directions};
