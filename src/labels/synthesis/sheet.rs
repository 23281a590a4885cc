//! A contact sheet: many draws at a glance, each as one coronal and one transverse slice through its hips.

use super::{
    font,
    preset::Preset,
    scan::{Scan, scan},
    shape_model::ShapeModel,
};
use crate::{frames::Side, labels::Label};
use nalgebra::Point3;
use rayon::prelude::*;

/// Side of a pixel, mm; patients are scanned at this spacing.
const PIXEL_MM: f64 = 1.5;
/// Columns of the sheet, and size of a tile and of its two pictures in pixels.
const COLUMNS: usize = 6;
const TILE: [usize; 2] = [288, 452];
const CORONAL_ROWS: usize = 262;
const AXIAL_ROWS: usize = 170;
/// Darkest and brightest HU shown.
const WINDOW_HU: [f32; 2] = [-250.0, 1050.0];
/// Space between the heads' plane and the ends of the coronal picture: this share lies above it.
const ABOVE: f64 = 0.56;

/// An 8-bit RGB picture.
#[derive(Clone, Debug)]
pub struct ContactSheet {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Three bytes a pixel, row by row from the top.
    pub rgb: Vec<u8>,
}

/// Draws these patients (preset, seed), six in a row, with their names and numbers below.
#[must_use]
pub fn contact_sheet(model: &ShapeModel, patients: &[(Preset, u64)]) -> ContactSheet {
    let (width, height) = (COLUMNS * TILE[0], patients.len().div_ceil(COLUMNS) * TILE[1]);
    let mut sheet = ContactSheet { width, height, rgb: vec![0; width * height * 3] };
    let tiles: Vec<ContactSheet> =
        patients.par_iter().map(|&(preset, seed)| tile(&scan(model, preset, seed, Some([PIXEL_MM; 3])))).collect();
    for (n, tile) in tiles.iter().enumerate() {
        let (x, y) = (n % COLUMNS * TILE[0], n / COLUMNS * TILE[1]);
        for row in 0..TILE[1] {
            let (to, from) = (((y + row) * width + x) * 3, row * TILE[0] * 3);
            sheet.rgb[to..to + TILE[0] * 3].copy_from_slice(&tile.rgb[from..from + TILE[0] * 3]);
        }
    }
    sheet
}

fn tile(scan: &Scan) -> ContactSheet {
    let mut tile = ContactSheet { width: TILE[0], height: TILE[1], rgb: vec![0; TILE[0] * TILE[1] * 3] };
    let heads = Side::BOTH.map(|side| scan.phantom.truth.hip(side).head.centre);
    let middle = nalgebra::center(&heads[0], &heads[1]);
    let wide = |x: usize| (x as f64 + 0.5 - TILE[0] as f64 / 2.0) * PIXEL_MM;
    // Seen from the front and from the feet: the patient's right is on the left of the picture, where x is smallest.
    tile.paint(scan, 0..CORONAL_ROWS, |x, y| {
        let share = ((wide(x) - (heads[1].x - middle.x)) / (heads[0].x - heads[1].x)).clamp(0.0, 1.0);
        let depth = heads[1].y + (heads[0].y - heads[1].y) * share;
        Point3::new(middle.x + wide(x), depth, middle.z + (ABOVE * CORONAL_ROWS as f64 - y as f64) * PIXEL_MM)
    });
    tile.paint(scan, CORONAL_ROWS..CORONAL_ROWS + AXIAL_ROWS, |x, y| {
        let share = ((wide(x) - (heads[1].x - middle.x)) / (heads[0].x - heads[1].x)).clamp(0.0, 1.0);
        let height = heads[1].z + (heads[0].z - heads[1].z) * share;
        Point3::new(middle.x + wide(x), middle.y + (y as f64 - 0.55 * AXIAL_ROWS as f64) * PIXEL_MM, height)
    });
    let name = format!("{} {}", scan.preset, scan.seed);
    font::write(&mut tile.rgb, TILE[0], [6, CORONAL_ROWS + AXIAL_ROWS + 3], &name, [235; 3]);
    tile
}

impl ContactSheet {
    /// Fills rows with what lies at the points that `at` gives for pixels of the picture, bones outlined.
    fn paint(&mut self, scan: &Scan, rows: std::ops::Range<usize>, at: impl Fn(usize, usize) -> Point3<f64>) {
        let grid = &scan.volume.grid;
        let voxel = |x: usize, y: usize| grid.nearest(&at(x, y)).map(|v| grid.index(v));
        let label = |x: usize, y: usize| voxel(x, y).map_or(0, |v| scan.labels.ids[v]);
        let tall = rows.len();
        for y in 0..tall {
            for x in 0..self.width {
                let Some(v) = voxel(x, y) else { continue };
                let shown = (f32::from(scan.volume.hu[v]) - WINDOW_HU[0]) / (WINDOW_HU[1] - WINDOW_HU[0]);
                let grey = (shown.clamp(0.0, 1.0) * 255.0) as u8;
                let mut colour = [grey; 3];
                let id = label(x, y);
                let border = (x + 1 < self.width && label(x + 1, y) != id) || (y + 1 < tall && label(x, y + 1) != id);
                let inner = (x > 0 && label(x - 1, y) != id) || (y > 0 && label(x, y - 1) != id);
                if let Some(tint) = Label::from_id(id).and_then(tint).filter(|_| border || inner) {
                    colour = [0, 1, 2].map(|c| ((u16::from(colour[c]) + 2 * u16::from(tint[c])) / 3) as u8);
                }
                let to = ((rows.start + y) * self.width + x) * 3;
                self.rgb[to..to + 3].copy_from_slice(&colour);
            }
        }
    }
}

/// Colour of a bone's outline.
const fn tint(label: Label) -> Option<[u8; 3]> {
    match label {
        Label::Background => None,
        Label::Sacrum => Some([240, 200, 40]),
        Label::HipLeft => Some([60, 200, 90]),
        Label::HipRight => Some([70, 150, 255]),
        Label::FemurLeft => Some([255, 90, 90]),
        Label::FemurRight => Some([255, 140, 30]),
        Label::LumbarVertebra => Some([200, 100, 240]),
        Label::Metal => Some([0, 230, 230]),
        _ => Some([200, 200, 200]),
    }
}
