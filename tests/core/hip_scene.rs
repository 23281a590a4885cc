//! A hip whose bones are balls: `coxa rom --suite` asks it too.

pub use coxa::accuracy::moved::ball_hip::*;
