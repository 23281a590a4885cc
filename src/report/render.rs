//! Pictures of bones and implants without a GPU: orthographic, z-buffered, deterministic, so that every machine prints the same report.

use crate::mesh::TriMesh;
use nalgebra::{Point3, Unit, Vector3};
use std::io;

/// A body to draw.
pub struct Body<'a> {
    /// Its surface, LPS mm.
    pub mesh: &'a TriMesh,
    /// Colour, linear red, green, blue in 0..=1.
    pub colour: [f64; 3],
    /// 1 is solid; below that what lies behind shines through.
    pub opacity: f64,
}

/// From where the patient is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// From the front: the patient's right is on the left of the picture, as on a radiograph.
    Anterior,
    /// From the patient's left: anterior is on the left of the picture.
    FromLeft,
    /// From the patient's right: anterior is on the right of the picture.
    FromRight,
    /// From the feet, as CT slices are read: the patient's right is on the left of the picture, anterior is up.
    Inferior,
}

impl View {
    /// Unit LPS directions of the picture's right, its up, and towards the viewer.
    #[must_use]
    pub fn axes(self) -> [Vector3<f64>; 3] {
        let (left, posterior, superior) = (Vector3::x(), Vector3::y(), Vector3::z());
        match self {
            Self::Anterior => [left, superior, -posterior],
            Self::FromLeft => [posterior, superior, left],
            Self::FromRight => [-posterior, superior, -left],
            Self::Inferior => [left, -posterior, -superior],
        }
    }

    /// Letters of the patient's directions at the picture's left, right, top and bottom.
    #[must_use]
    pub const fn letters(self) -> [char; 4] {
        match self {
            Self::Anterior => ['R', 'L', 'S', 'I'],
            Self::FromLeft => ['A', 'P', 'S', 'I'],
            Self::FromRight => ['P', 'A', 'S', 'I'],
            Self::Inferior => ['R', 'L', 'A', 'P'],
        }
    }
}

/// An 8-bit RGB picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Three bytes a pixel, row by row from the top.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// The picture as a PNG file, without any metadata.
    ///
    /// # Errors
    /// What the encoder reports.
    pub fn png(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(io::Error::other)?;
        writer.write_image_data(&self.rgb).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)?;
        Ok(bytes)
    }
}

/// Pixels are computed twice as fine in both directions and averaged.
const SUPERSAMPLING: usize = 2;
const BACKGROUND: [f64; 3] = [0.965, 0.97, 0.975];

/// Depth towards the viewer and brightness of the frontmost surface of one body.
struct Layer {
    depth: Vec<f64>,
    light: Vec<f64>,
}

/// Draws the bodies so that a sphere of `radius_mm` about `centre` fills the shorter side of the picture.
#[must_use]
pub fn render(bodies: &[Body<'_>], view: View, centre: &Point3<f64>, radius_mm: f64, width: usize, height: usize) -> Picture {
    let (w, h) = (width * SUPERSAMPLING, height * SUPERSAMPLING);
    let pixels_per_mm = w.min(h) as f64 / (2.0 * radius_mm);
    let layers: Vec<Layer> = bodies.iter().map(|body| layer(body.mesh, view, centre, pixels_per_mm, w, h)).collect();
    let mut fine = vec![BACKGROUND; w * h];
    let mut order: Vec<(f64, usize)> = Vec::with_capacity(bodies.len());
    for (pixel, colour) in fine.iter_mut().enumerate() {
        order.clear();
        order.extend(layers.iter().enumerate().map(|(b, l)| (l.depth[pixel], b)).filter(|(depth, _)| depth.is_finite()));
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for &(_, b) in &order {
            let (body, light) = (&bodies[b], layers[b].light[pixel]);
            for (shown, own) in colour.iter_mut().zip(body.colour) {
                *shown += (own * light - *shown) * body.opacity;
            }
        }
    }
    Picture { width, height, rgb: averaged(&fine, width, height) }
}

fn layer(mesh: &TriMesh, view: View, centre: &Point3<f64>, pixels_per_mm: f64, w: usize, h: usize) -> Layer {
    let [right, up, viewer] = view.axes();
    let light_from = Unit::new_normalize(viewer + 0.45 * up - 0.35 * right);
    let normals = mesh.vertex_normals();
    let projected: Vec<Vector3<f64>> = mesh
        .vertices
        .iter()
        .map(|p| {
            let d = p - centre;
            Vector3::new(
                w as f64 / 2.0 + d.dot(&right) * pixels_per_mm,
                h as f64 / 2.0 - d.dot(&up) * pixels_per_mm,
                d.dot(&viewer),
            )
        })
        .collect();
    let shade: Vec<f64> = normals.iter().map(|n| 0.34 + 0.66 * n.dot(&light_from).max(0.0)).collect();
    let mut layer = Layer { depth: vec![f64::NEG_INFINITY; w * h], light: vec![0.0; w * h] };
    for triangle in &mesh.triangles {
        let corner = triangle.map(|v| projected[v as usize]);
        let light = triangle.map(|v| shade[v as usize]);
        fill(&mut layer, &corner, light, w, h);
    }
    layer
}

/// Rasterises one triangle with barycentric interpolation of depth and brightness.
fn fill(layer: &mut Layer, corner: &[Vector3<f64>; 3], light: [f64; 3], w: usize, h: usize) {
    let cross = |a: &Vector3<f64>, b: &Vector3<f64>, x: f64, y: f64| (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
    let area = cross(&corner[0], &corner[1], corner[2].x, corner[2].y);
    if area.abs() < 1e-12 {
        return;
    }
    let range = |low: f64, high: f64, end: usize| (low.floor().max(0.0) as usize)..(high.ceil().clamp(0.0, end as f64) as usize);
    let (low, high) = (corner[0].inf(&corner[1]).inf(&corner[2]), corner[0].sup(&corner[1]).sup(&corner[2]));
    for y in range(low.y - 0.5, high.y + 0.5, h) {
        for x in range(low.x - 0.5, high.x + 0.5, w) {
            let (px, py) = (x as f64 + 0.5, y as f64 + 0.5);
            let a = cross(&corner[1], &corner[2], px, py) / area;
            let b = cross(&corner[2], &corner[0], px, py) / area;
            let c = 1.0 - a - b;
            if a < 0.0 || b < 0.0 || c < 0.0 {
                continue;
            }
            let depth = a * corner[0].z + b * corner[1].z + c * corner[2].z;
            let pixel = y * w + x;
            if depth > layer.depth[pixel] {
                layer.depth[pixel] = depth;
                layer.light[pixel] = a * light[0] + b * light[1] + c * light[2];
            }
        }
    }
}

fn averaged(fine: &[[f64; 3]], width: usize, height: usize) -> Vec<u8> {
    let samples = (SUPERSAMPLING * SUPERSAMPLING) as f64;
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let mut sum = [0.0; 3];
            for dy in 0..SUPERSAMPLING {
                let row = (y * SUPERSAMPLING + dy) * width * SUPERSAMPLING + x * SUPERSAMPLING;
                for colour in &fine[row..row + SUPERSAMPLING] {
                    sum.iter_mut().zip(colour).for_each(|(total, value)| *total += value);
                }
            }
            rgb.extend(sum.map(|total| (total / samples * 255.0).round().clamp(0.0, 255.0) as u8));
        }
    }
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of 20 mm facing anterior, centred at `x` (LPS) and depth `y`.
    fn square(x: f64, y: f64) -> TriMesh {
        let corner = |dx: f64, dz: f64| Point3::new(x + dx, y, dz);
        TriMesh {
            vertices: vec![corner(-10.0, -10.0), corner(10.0, -10.0), corner(10.0, 10.0), corner(-10.0, 10.0)],
            triangles: vec![[0, 1, 2], [0, 2, 3]],
        }
    }

    fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
        let at = (y * picture.width + x) * 3;
        [picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]]
    }

    #[test]
    fn the_patients_left_is_on_the_right_of_the_anterior_view_and_axes_are_right_handed() {
        let left = square(50.0, 0.0);
        let bodies = [Body { mesh: &left, colour: [1.0, 0.0, 0.0], opacity: 1.0 }];
        let picture = render(&bodies, View::Anterior, &Point3::origin(), 100.0, 100, 100);
        assert!(pixel(&picture, 75, 50)[1] < 20, "red square at x = +50 mm");
        assert!(pixel(&picture, 25, 50)[1] > 200, "background at x = −50 mm");
        for view in [View::Anterior, View::FromLeft, View::FromRight, View::Inferior] {
            let [right, up, viewer] = view.axes();
            assert!((right.cross(&up) - viewer).norm() < 1e-15, "{view:?} mirrors the patient");
        }
    }

    #[test]
    fn the_nearer_body_hides_the_farther_and_a_translucent_one_lets_it_shine_through() {
        let (near, far) = (square(0.0, -10.0), square(0.0, 10.0));
        let see = |opacity| {
            let bodies = [
                Body { mesh: &near, colour: [1.0, 0.0, 0.0], opacity },
                Body { mesh: &far, colour: [0.0, 0.0, 1.0], opacity: 1.0 },
            ];
            pixel(&render(&bodies, View::Anterior, &Point3::origin(), 20.0, 40, 40), 20, 20)
        };
        assert_eq!(see(1.0)[2], 0);
        assert!(see(0.5)[2] > 50 && see(0.5)[0] > 50);
    }

    #[test]
    fn a_ball_covers_pi_quarters_of_its_square_and_the_png_reads_back() {
        // A fine octahedral ball of 40 mm radius in a picture 80 mm wide.
        let mut ball = TriMesh::default();
        let n = 24_u32;
        for ring in 0..=n {
            for step in 0..2 * n {
                let (theta, phi) = (
                    f64::from(ring) * std::f64::consts::PI / f64::from(n),
                    f64::from(step) * std::f64::consts::PI / f64::from(n),
                );
                ball.vertices.push(Point3::new(theta.sin() * phi.cos(), theta.sin() * phi.sin(), theta.cos()) * 40.0);
                if ring < n {
                    let (a, b) = (ring * 2 * n + step, ring * 2 * n + (step + 1) % (2 * n));
                    ball.triangles.extend([[a, a + 2 * n, b], [b, a + 2 * n, b + 2 * n]]);
                }
            }
        }
        let picture = render(
            &[Body { mesh: &ball, colour: [0.0, 0.0, 0.0], opacity: 1.0 }],
            View::FromLeft,
            &Point3::origin(),
            40.0,
            200,
            200,
        );
        let dark = picture.rgb.chunks(3).filter(|p| p[0] < 128).count() as f64 / 40_000.0;
        assert!((dark - std::f64::consts::FRAC_PI_4).abs() < 0.01, "covered share {dark}");
        let png = picture.png().unwrap();
        let mut reader = png::Decoder::new(io::Cursor::new(png)).read_info().unwrap();
        let mut back = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut back).unwrap();
        assert_eq!(back, picture.rgb);
    }
}
