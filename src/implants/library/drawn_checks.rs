//! Whether an STL is what its frame file says: its unit, that it is closed, and its frame as far as that can be seen.

use super::drawn::{DrawnCup, DrawnHead, DrawnLiner, FrameFile};
use crate::{implants::StemSection, mesh::TriMesh, surface::cross_section};
use nalgebra::{Matrix3, Point3, Vector3};

/// Millimetres in an inch.
pub(super) const INCH_MM: f64 = 25.4;
/// Units that an STL comes in by mistake, and what is then to be done.
const UNITS: [(&str, f64); 4] =
    [("inches", INCH_MM), ("centimetres", 10.0), ("metres", 1000.0), ("thousandths of a millimetre", 1e-3)];
/// Stated and found lengths agree within this share, and this many mm.
const SIZE_SHARE: f64 = 0.01;
const SIZE_MM: f64 = 0.5;
/// Surfaces and what is stated of them agree within this, mm.
const SURFACE_MM: f64 = 0.3;
/// A neck's axis and a stem's axis meet within this, mm.
const MEET_MM: f64 = 0.5;
/// A stem's lower third lies about its axis within this, mm: short stems and bowed ones lean away.
const ABOUT_AXIS_MM: f64 = 6.0;
/// How far the taper may end from the standard head's centre, mm: inside the head.
const TAPER_END_MM: f64 = 12.0;
/// Steps in which a stem is cut into sections, mm.
const SECTION_MM: f64 = 3.0;
/// The ends of a stem that a cut misses, mm.
const END_MM: f64 = 0.2;

/// The box about the surface against the one that is stated.
pub(super) fn size(file: &FrameFile, mesh: &TriMesh) -> Result<(), String> {
    let (low, high) = mesh.bounds().ok_or_else(|| format!("{} holds no surface", file.surface))?;
    let found: [f64; 3] = (high - low).into();
    let agrees = |factor: f64| {
        let alike = |(found, stated): (&f64, &f64)| (found * factor - stated).abs() <= SIZE_MM.max(stated * SIZE_SHARE);
        found.iter().zip(&file.extent_mm).all(alike)
    };
    if agrees(1.0) {
        return Ok(());
    }
    let lengths = |of: &[f64; 3]| of.map(|mm| format!("{mm:.2}")).join(" × ");
    let told = format!(
        "{} measures {} mm when its unit is {}, but extent_mm says {} mm",
        file.surface,
        lengths(&found),
        file.unit,
        lengths(&file.extent_mm)
    );
    // What the numbers would be in another unit than the one that is stated.
    let stated = if file.unit == "inch" { INCH_MM } else { 1.0 };
    let units = UNITS.iter().chain(&[("millimetres", 1.0)]).filter(|(_, factor)| (factor - stated).abs() > 1e-9);
    match units.into_iter().find(|(_, factor)| agrees(factor / stated)) {
        Some(("inches", _)) => Err(format!("{told}: it is in inches; convert it to millimetres or write unit: \"inch\"")),
        Some((unit, _)) => Err(format!("{told}: it is in {unit}; convert it to millimetres")),
        None => Err(format!("{told}: correct extent_mm, or name the surface that belongs to it")),
    }
}

/// Every edge twice, and the inside inside.
pub(super) fn closed(file: &FrameFile, mesh: &TriMesh) -> Result<(), String> {
    if !mesh.is_watertight() {
        return Err(format!(
            "{} is not closed, or some of its triangles face the wrong way: mend it where it was drawn",
            file.surface
        ));
    }
    if mesh.volume_mm3() <= 0.0 {
        return Err(format!("{} is inside out: its triangles face inwards; turn them where it was drawn", file.surface));
    }
    Ok(())
}

/// Axes as a rotation, brought to right angles where they are rounded.
pub(super) fn right_handed(axes: &Matrix3<f64>) -> Result<Matrix3<f64>, String> {
    let columns: Vec<Vector3<f64>> = axes.column_iter().filter_map(|axis| axis.into_owned().try_normalize(1e-6)).collect();
    let [x, y, z] = columns.as_slice() else { return Err("one of the axes x, y, z of its frame has no length".into()) };
    let skew = x.dot(y).abs().max(y.dot(z).abs()).max(z.dot(x).abs());
    if skew > 0.01 {
        return Err(format!("the axes x, y, z of its frame are {:.1}° away from right angles", skew.asin().to_degrees()));
    }
    if x.cross(y).dot(z) < 0.0 {
        return Err("the axes x, y, z of its frame are left-handed: turn one of them round".into());
    }
    let z = x.cross(y).normalize();
    Ok(Matrix3::from_columns(&[*x, z.cross(x), z]))
}

/// A right stem in its frame.
pub(super) fn stem(head: &Point3<f64>, axis: &Vector3<f64>, mesh: &TriMesh) -> Result<(), String> {
    let wrong = |what: String| Err(format!("the frame of the stem is not right: {what}"));
    let Some(axis) = axis.try_normalize(1e-6) else { return wrong("neck_axis has no length".into()) };
    let missed = head.coords.cross(&axis).norm();
    if missed > MEET_MM {
        return wrong(format!("the neck's axis passes {missed:.1} mm beside the origin, which is where neck and stem axis meet"));
    }
    if head.coords.dot(&axis) > 0.0 {
        return wrong("neck_axis points from the shaft to the head, it must point from the head to the shaft".into());
    }
    if head.y <= 0.0 {
        return wrong("the head lies below the origin: +Y is proximal along the stem's axis".into());
    }
    if head.z >= 0.0 {
        return wrong(
            "the head lies on the lateral side: −Z is medial in a right stem, +Z in a left one; check `side` as well".into(),
        );
    }
    let Some((low, _)) = mesh.bounds() else { return wrong("it has no surface".into()) };
    let tip: Vec<&Point3<f64>> = mesh.vertices.iter().filter(|p| p.y < low.y / 1.5).collect();
    let middle = tip.iter().map(|p| p.coords).sum::<Vector3<f64>>() / tip.len().max(1) as f64;
    if tip.is_empty() || middle.x.hypot(middle.z) > ABOUT_AXIS_MM {
        let apart = middle.x.hypot(middle.z);
        return wrong(format!("the lower third of the surface lies {apart:.1} mm beside the stem's axis: +Y runs along it"));
    }
    let end = mesh.vertices.iter().map(|p| (p - head).norm()).fold(f64::INFINITY, f64::min);
    if end > TAPER_END_MM {
        return wrong(format!(
            "the surface ends {end:.1} mm from head_centre, which is the centre of a head of offset 0 on its taper"
        ));
    }
    Ok(())
}

/// A shell in its frame.
pub(super) fn cup(cup: &DrawnCup, mesh: &TriMesh) -> Result<(), String> {
    bowl("cup", mesh, cup.outer_diameter_mm / 2.0, cup.outer_diameter_mm / 2.0 - cup.shell_thickness_mm)
}

/// A liner in its frame.
pub(super) fn liner(liner: &DrawnLiner, mesh: &TriMesh) -> Result<(), String> {
    bowl("liner", mesh, f64::NAN, liner.head_diameter_mm / 2.0)
}

/// A bowl about the origin that opens to +Z. Its outside is not asked for where it is no number.
fn bowl(what: &str, mesh: &TriMesh, outside_mm: f64, inside_mm: f64) -> Result<(), String> {
    let wrong = |why: String| Err(format!("the frame of the {what} is not right: {why}"));
    let distances = || mesh.vertices.iter().map(|p| p.coords.norm());
    let deepest = mesh.vertices.iter().map(|p| p.z).fold(f64::INFINITY, f64::min);
    let highest = mesh.vertices.iter().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max);
    if -deepest < highest {
        return wrong("it lies above the origin: +Z points out of the opening".into());
    }
    let nearest = distances().fold(f64::INFINITY, f64::min);
    if (nearest - inside_mm).abs() > SURFACE_MM && nearest < inside_mm {
        return wrong(format!(
            "its surface comes within {nearest:.2} mm of the origin, its inside has a radius of {inside_mm} mm"
        ));
    }
    let below = || mesh.vertices.iter().filter(|p| p.z < deepest / 2.0).map(|p| p.coords.norm());
    let farthest = below().fold(0.0, f64::max);
    if (farthest - outside_mm).abs() > SURFACE_MM {
        return wrong(format!(
            "its dome lies up to {farthest:.2} mm from the origin, its outside has a radius of {outside_mm} mm"
        ));
    }
    Ok(())
}

/// A head in its frame.
pub(super) fn head(head: &DrawnHead, mesh: &TriMesh) -> Result<(), String> {
    let wrong = |why: String| Err(format!("the frame of the head is not right: {why}"));
    let radius = head.diameter_mm / 2.0;
    let on_ball = mesh.vertices.iter().filter(|p| p.z < 0.0).map(|p| p.coords.norm());
    let farthest = on_ball.fold(0.0, f64::max);
    if (farthest - radius).abs() > SURFACE_MM {
        return wrong(format!("its ball lies up to {farthest:.2} mm from the origin, its radius is {radius} mm"));
    }
    // The bore opens towards the shaft: that end is cut off.
    let reach = |sign: f64| mesh.vertices.iter().map(|p| sign * p.z).fold(f64::NEG_INFINITY, f64::max);
    if (reach(-1.0) - radius).abs() > SURFACE_MM {
        return wrong("its bore opens towards −Z: +Z points along the neck to the shaft".into());
    }
    Ok(())
}

/// Sections of a stem's body below the plane of its neck resection.
pub(super) fn sections(mesh: &TriMesh, up: &Vector3<f64>, resection_mm: f64) -> Result<Vec<StemSection>, String> {
    let (low, high) = mesh.bounds().ok_or("the stem has no surface")?;
    let steps = ((high.y - low.y - 2.0 * END_MM) / SECTION_MM).floor().max(0.0) as u32;
    let levels = (0..=steps).map(|step| low.y + END_MM + f64::from(step) * SECTION_MM).rev();
    let section = |level: f64| {
        let lines = cross_section(mesh, &Point3::new(0.0, level, 0.0), &Vector3::y());
        let body: Vec<Point3<f64>> = lines.into_iter().flatten().filter(|p| p.coords.dot(up) <= resection_mm).collect();
        let (from, to) = crate::mesh::bounds_of(body.iter().copied())?;
        let (width_mm, depth_mm) = (to.z - from.z, to.x - from.x);
        let medial_shift_mm = -f64::midpoint(to.z, from.z);
        (body.len() > 2 && width_mm > 0.0 && depth_mm > 0.0).then_some(StemSection {
            distal_mm: -level,
            width_mm,
            depth_mm,
            medial_shift_mm,
        })
    };
    Ok(levels.filter_map(section).collect())
}
