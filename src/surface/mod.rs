//! From labels to watertight surfaces in millimetres, and distance to them.
