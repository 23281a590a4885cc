//! What a bone encloses.

use super::{EditError, Holes, connected, crop::Crop};
use crate::labels::{
    Label, LabelMap,
    components::{fill_holes, fill_slices},
};

/// Background that a label encloses; what carries another label there, such as a stem in its canal, keeps it.
pub fn enclosed(map: &LabelMap, label: Label, holes: &Holes) -> Result<Vec<usize>, EditError> {
    let through = match holes {
        Holes::Slice(point) => Some(map.grid.voxel(connected::seed(&map.grid, point)?)[2]),
        _ => None,
    };
    // One voxel more, so that what is open around the bone is one piece up to the border of the box.
    let Some(crop) = Crop::around(map, label, [1; 3]) else { return Ok(Vec::new()) };
    let (size, mut filled) = (crop.grid.size, crop.mask.clone());
    match through {
        None if *holes == Holes::Volume => fill_holes(&mut filled, size),
        None => fill_slices(&mut filled, size),
        Some(k) => {
            let Some(k) = crop.slice(k) else { return Ok(Vec::new()) };
            let area = size[0] * size[1];
            fill_slices(&mut filled[k * area..(k + 1) * area], [size[0], size[1], 1]);
        }
    }
    let new = (0..filled.len()).filter(|&at| filled[at] && !crop.mask[at]).map(|at| crop.in_map(at));
    Ok(new.filter(|&at| map.ids[at] == Label::Background.id()).collect())
}
