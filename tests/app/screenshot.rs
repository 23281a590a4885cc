//! Real pictures through a software or hardware Vulkan driver; skipped, with the reason, where there is none.

use crate::scene;
use coxa::app::{self, ViewOptions};
use std::{fs, path::Path};

/// False, with the reason printed, where no Vulkan driver is registered with the loader.
pub fn vulkan() -> bool {
    let folders = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
    let found = std::env::var_os("VK_DRIVER_FILES").is_some()
        || folders.iter().any(|folder| fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()));
    if !found {
        eprintln!("skipped: no Vulkan driver is installed (package mesa-vulkan-drivers)");
    }
    found
}

pub struct Picture {
    width: usize,
    rgb: Vec<[u8; 3]>,
}

impl Picture {
    pub fn read(file: &Path) -> Self {
        let mut reader = png::Decoder::new(std::io::BufReader::new(fs::File::open(file).unwrap())).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgba, png::BitDepth::Eight));
        Self { width: info.width as usize, rgb: bytes.chunks_exact(4).map(|p| [p[0], p[1], p[2]]).collect() }
    }

    /// Part of the pixels between columns `from` and `to` (fractions of the width) for which `is` holds.
    pub fn part(&self, from: f64, to: f64, is: impl Fn([u8; 3]) -> bool) -> f64 {
        let columns = (self.width as f64 * from) as usize..(self.width as f64 * to) as usize;
        let chosen: Vec<_> = self.rgb.chunks_exact(self.width).flat_map(|row| &row[columns.clone()]).collect();
        chosen.iter().filter(|p| is(***p)).count() as f64 / chosen.len() as f64
    }
}

#[test]
fn a_case_is_rendered_without_a_window_with_bones_and_panels() {
    if !vulkan() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("view.png");
    app::show(scene::document(), ViewOptions { screenshot: Some(file.clone()), ..ViewOptions::default() }).unwrap();
    let picture = Picture::read(&file);
    let bone = picture.part(0.2, 0.75, |[r, g, b]| r > 90 && r > b && g > b);
    assert!(bone > 0.02, "only {:.2} % of the view look like bone", 100.0 * bone);
    let text = picture.part(0.8, 1.0, |[r, g, b]| r > 180 && g > 180 && b > 180);
    assert!(text > 0.003, "only {:.2} % of the right panel look like text", 100.0 * text);
}
