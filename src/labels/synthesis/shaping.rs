//! Bones bent into the shapes of disease: necks, torsion, sockets, bumps.

use super::{
    bone_tissue::smoothstep,
    nearest::NearestSurface,
    random::{Texture, hash},
    recipe::HipRecipe,
    shape_model::{BoneModel, HEAD, LUNATE, NECK},
    truth::{region_sphere, rim, shaft_axis},
};
use crate::{frames::Side, mesh::TriMesh};
use nalgebra::{Point3, Rotation3, Unit, Vector3};

/// The shaft about whose axis a femur is bent ends this far below the lesser trochanter, mm.
const SHAFT_TO_MM: f64 = 80.0;
/// Osteophytes and bumps keep this distance from the other bone, mm.
const KEEP_MM: f64 = 0.35;

/// Bends the neck and twists the shaft of a femur that lies in the model's axes, by a share (0 to 1) of what the recipe says.
pub(super) fn bend_femur(femur: &mut TriMesh, part: &BoneModel, recipe: &HipRecipe, share: f64, side: Side) -> Option<()> {
    if recipe.valgus_deg == 0.0 && recipe.torsion_deg == 0.0 {
        return Some(());
    }
    let landmark = |name: &str| part.landmarks.get(name).map(|&v| femur.vertices[v]);
    let lesser = landmark("LT")?;
    let head = region_sphere(femur, part, HEAD)?.centre;
    let proximal = (head - nalgebra::center(&landmark("MEC")?, &landmark("LEC")?)).try_normalize(1e-9)?;
    let shaft = shaft_axis(femur, &lesser, &proximal, SHAFT_TO_MM)?;
    let up = shaft.direction;
    let necks: Vec<_> = part.region(NECK).map(|v| femur.vertices[v].coords).collect();
    let middle = necks.iter().sum::<Vector3<f64>>() / necks.len().max(1) as f64;
    let neck = (head.coords - middle).try_normalize(1e-9)?;
    // The foot of the neck: the point of the shaft line nearest to the neck's own line.
    let (offset, along) = (head - shaft.point, up.dot(&neck));
    let foot = shaft.point + up.scale((offset.dot(&up) - along * offset.dot(&neck)) / (1.0 - along * along).max(0.1));
    let (reach, length) = ((head - foot).normalize(), (head - foot).norm());
    let hinge = Unit::try_new(reach.cross(&up), 1e-9)?;
    for p in &mut femur.vertices {
        let on_neck = smoothstep(0.12, 0.75, (*p - foot).dot(&reach) / length);
        let bend = Rotation3::from_axis_angle(&hinge, (recipe.valgus_deg * share * on_neck).to_radians());
        *p = foot + bend * (*p - foot);
        // Above the lesser trochanter everything is turned; the shaft takes the torsion.
        let above = smoothstep(-60.0, -5.0, (*p - lesser).dot(&up));
        let twist = Rotation3::from_axis_angle(&up, (recipe.torsion_deg * share * above).to_radians() * side.lps_sign());
        *p = foot + twist * (*p - foot);
    }
    Some(())
}

/// Raises the edge of the roof of a socket, which leaves it shallow and steep.
pub(super) fn flatten_socket(hip: &mut TriMesh, part: &BoneModel, shallow_mm: f64, side: Side) -> Option<()> {
    let socket = region_sphere(hip, part, LUNATE)?;
    for p in &mut hip.vertices {
        let offset = (*p - socket.centre) / socket.radius_mm;
        let (lateral, forward, up) = (offset.x * side.lps_sign(), -offset.y, offset.z);
        // Strongest at the outer and front edge, nothing in the depth and below the centre; the bone above takes it up.
        let edge = smoothstep(-0.3, 0.9, lateral + 0.35 * forward.max(0.0));
        let near = 1.0 - smoothstep(1.1, 2.9, offset.norm());
        let raised = shallow_mm * edge * smoothstep(-0.15, 0.55, up) * near;
        *p += Vector3::new(-0.35 * side.lps_sign(), 0.0, 1.0) * raised;
    }
    Some(())
}

/// Bumps on the head–neck junction: a cam on its front and top, osteophytes here and there all around it.
pub(super) fn grow_on_femur(
    femur: &mut TriMesh,
    part: &BoneModel,
    hip: &TriMesh,
    recipe: &HipRecipe,
    side: Side,
    seed: u64,
) -> Option<()> {
    let head = region_sphere(femur, part, HEAD)?;
    let necks: Vec<_> = part.region(NECK).map(|v| femur.vertices[v].coords).collect();
    let neck = Unit::try_new(necks.iter().sum::<Vector3<f64>>() / necks.len().max(1) as f64 - head.centre.coords, 1e-9)?;
    let towards = Vector3::new(0.3 * side.lps_sign(), -0.7, 0.7);
    let cam = (towards - neck.scale(towards.dot(&neck))).try_normalize(1e-9)?;
    let texture = Texture::new(hash(seed ^ 0x05fe), 8.0);
    let heights: Vec<f64> = femur
        .vertices
        .iter()
        .map(|p| {
            let offset = p - head.centre;
            let (away, along) = (offset.norm() / head.radius_mm, offset.dot(&neck));
            if !(0.6..1.7).contains(&away) {
                return 0.0;
            }
            let across = (offset - neck.scale(along)).try_normalize(1e-9).unwrap_or_default();
            let ring = |at: f64, width: f64| (-((along / head.radius_mm - at) / width).powi(2)).exp();
            let front = (-(across.angle(&cam).to_degrees() / 48.0).powi(2)).exp();
            recipe.cam_mm * ring(0.8, 0.3) * front + recipe.osteophytes_mm * ring(0.6, 0.2) * patchy(&texture, p)
        })
        .collect();
    grow(femur, &heights, hip)
}

/// Osteophytes on the rim of the socket.
pub(super) fn grow_on_rim(hip: &mut TriMesh, part: &BoneModel, femur: &TriMesh, height_mm: f64, seed: u64) -> Option<()> {
    let socket = region_sphere(hip, part, LUNATE)?;
    let edge = rim(hip, part, &socket)?.points;
    let texture = Texture::new(hash(seed ^ 0x0a1b), 8.0);
    let heights: Vec<f64> = hip
        .vertices
        .iter()
        .map(|p| {
            if (p - socket.centre).norm() > 1.8 * socket.radius_mm {
                return 0.0;
            }
            let squared = edge.iter().map(|q| (p - q).norm_squared()).fold(f64::INFINITY, f64::min);
            height_mm * (-squared / 20.0).exp() * patchy(&texture, p)
        })
        .collect();
    grow(hip, &heights, femur)
}

/// Mostly nothing, in places up to one.
fn patchy(texture: &Texture, p: &Point3<f64>) -> f64 {
    smoothstep(-0.1, 0.55, f64::from(texture.at([p.x as f32, p.y as f32, p.z as f32])))
}

/// Pushes vertices outwards, but not up to the other bone.
fn grow(mesh: &mut TriMesh, heights: &[f64], other: &TriMesh) -> Option<()> {
    let surface = NearestSurface::new(other, |_| true)?;
    let outwards = mesh.vertex_normals();
    for (v, p) in mesh.vertices.iter_mut().enumerate().filter(|(v, _)| heights[*v] > 0.05) {
        let found = surface.query(p);
        let free = if found.behind && found.distance_mm < 5.0 { 0.0 } else { found.distance_mm - KEEP_MM };
        *p += outwards[v] * heights[v].min(free.max(0.0));
    }
    Some(())
}

/// Moves the sacrum's joint surfaces off the hip bones, so that at least `gap_mm` is left: the model lets them overlap.
pub(super) fn open_sacroiliac(sacrum: &mut TriMesh, hips: [&TriMesh; 2], gap_mm: f64) -> Option<()> {
    let middle = sacrum.vertices.iter().map(|p| p.coords).sum::<Vector3<f64>>() / sacrum.vertices.len().max(1) as f64;
    let mut lacking = vec![Vector3::zeros(); sacrum.vertices.len()];
    for hip in hips {
        let (low, high) = hip.bounds()?;
        let surface = NearestSurface::new(hip, |_| true)?;
        for (v, p) in sacrum.vertices.iter().enumerate() {
            if (0..3).any(|a| p[a] < low[a] - gap_mm || p[a] > high[a] + gap_mm) {
                continue;
            }
            let found = surface.query(p);
            let inside = found.behind && found.distance_mm < 8.0;
            let signed = if inside { -found.distance_mm } else { found.distance_mm };
            if signed < gap_mm {
                let out = if inside { -found.away } else { found.away };
                // Thin wings can be nearest from behind: never outwards, away from the middle of the sacrum.
                let medial = Vector3::new(middle.x - p.x, 0.0, 0.0).normalize();
                let out = if out.dot(&medial) > 0.0 { out } else { medial };
                lacking[v] = out * (gap_mm - signed);
            }
        }
    }
    // Spread over the neighbours, so that no step is left at the border of the joint.
    let mut spread = lacking.clone();
    for _ in 0..6 {
        let (mut sum, mut count) = (vec![Vector3::zeros(); spread.len()], vec![0.0; spread.len()]);
        for [a, b] in sacrum.triangles.iter().flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]]) {
            for (from, to) in [(a as usize, b as usize), (b as usize, a as usize)] {
                sum[to] += spread[from];
                count[to] += 1.0;
            }
        }
        for v in 0..spread.len() {
            let mean = sum[v] / f64::max(count[v], 1.0);
            spread[v] = if mean.norm_squared() > lacking[v].norm_squared() { mean } else { lacking[v] };
        }
    }
    sacrum.vertices.iter_mut().zip(&spread).for_each(|(p, shift)| *p += shift);
    Some(())
}
