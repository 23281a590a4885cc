//! How a whole femur is bowed.

use super::{
    bones::Bone,
    measurement::{Measurement, Quantity, Unit},
    section::contour_at,
};
use crate::frames::{AnatomicalFrame, Side};
use nalgebra::{Matrix3, Point3, Vector3};

static ANTERIOR: Quantity = Quantity::new(
    "femoral_bow_anterior",
    Unit::Degrees,
    None,
    "angle in the sagittal plane of the femoral frame between the upper and the lower half of the shaft from 20 mm below the lesser trochanter to \
     100 mm above the knee centre, by the parabola through the centroids of its outer contour every 5 mm; positive when convex forwards",
    "as Surg Radiol Anat 2019 41:1489, 10.1007/s00276-019-02323-7 (there of the canal: 8.7 ± 1.8°)",
);
static LATERAL: Quantity = Quantity::new(
    "femoral_bow_lateral",
    Unit::Degrees,
    None,
    "the same in the frontal plane of the femoral frame; positive when convex laterally",
    "as Surg Radiol Anat 2019 41:1489, 10.1007/s00276-019-02323-7 (there of the canal: 0.1 ± 1.9°)",
);
static RADIUS: Quantity = Quantity::new(
    "femoral_bow_radius",
    Unit::Millimetres,
    None,
    "radius of the anterior bow between the same levels; not stated where the bow is less than twice its standard deviation",
    "mean of 1232 femora 943 mm by another method: PMC6177158; of Chinese femora 959 mm in men and 884 mm in women: PMC8589507",
);

/// The part that is measured, and how finely, mm.
const FROM_LESSER_TROCHANTER_MM: f64 = 20.0;
const ABOVE_KNEE_MM: f64 = 100.0;
const STEP_MM: f64 = 5.0;
/// Shortest part from which a bow is told, mm.
const SHORTEST_MM: f64 = 120.0;
/// Ridges and flares run through this many sections: so many count as one.
const ALIKE: f64 = 5.0;
/// The frontal plane is known to about this much, radians: so much of one bow is taken for the other.
const TURNED: f64 = 0.035;

/// The bows of a femur whose knee is in the scan; nothing where too little of its shaft lies between trochanter and knee.
pub(super) fn of_shaft(
    femur: &Bone,
    frame: &AnatomicalFrame,
    side: Side,
    lesser_trochanter: &Point3<f64>,
    knee_centre: &Point3<f64>,
) -> Vec<Measurement> {
    let top = frame.local_point(lesser_trochanter).y - FROM_LESSER_TROCHANTER_MM;
    let length = top - frame.local_point(knee_centre).y - ABOVE_KNEE_MM;
    if length < SHORTEST_MM {
        return Vec::new();
    }
    let Some(centres) = centres(femur, frame, side, top, length) else { return Vec::new() };
    let bend = |across: fn(&Point3<f64>) -> f64| Bend::of(centres.iter().map(|p| (p.y - top + length / 2.0, across(p))), length);
    let (Some(anterior), Some(lateral)) = (bend(|p| p.x), bend(|p| p.z)) else { return Vec::new() };
    let sd = |bend: &Bend, other: &Bend| bend.sd.hypot(TURNED * other.angle);
    let stated = |quantity, value: f64, sd: f64| Measurement { quantity, side: Some(side), value, sd };
    let (sd_anterior, sd_lateral) = (sd(&anterior, &lateral), sd(&lateral, &anterior));
    let mut found = vec![
        stated(&ANTERIOR, anterior.angle.to_degrees(), sd_anterior.to_degrees()),
        stated(&LATERAL, lateral.angle.to_degrees(), sd_lateral.to_degrees()),
    ];
    if anterior.angle > 2.0 * sd_anterior {
        let radius = length / 2.0 / anterior.angle;
        found.push(stated(&RADIUS, radius, radius * sd_anterior / anterior.angle));
    }
    found
}

/// Centroids of the outer contour, from proximal to distal: x anterior, y superior, z lateral, mm. `None` where the shaft is not there.
fn centres(femur: &Bone, frame: &AnatomicalFrame, side: Side, top: f64, length: f64) -> Option<Vec<Point3<f64>>> {
    let steps = (length / STEP_MM).floor() as usize;
    let normal = frame.superior();
    // The head stands medially of the shaft: from there each contour leads to the next.
    let mut near = Point3::new(0.0, top, 30.0 * -side.lps_sign());
    (0..=steps)
        .map(|step| {
            near.y = top - length * step as f64 / steps as f64;
            near = frame.local_point(&contour_at(femur.mesh, &frame.lps_point(&near), &normal)?.centroid);
            Some(Point3::new(near.x, near.y, near.z * -side.lps_sign()))
        })
        .collect()
}

/// The angle between the halves of a line, radians.
struct Bend {
    angle: f64,
    sd: f64,
}

impl Bend {
    /// Of places along a middle (mm from it, proximal positive) and across it, by the parabola of least squares.
    fn of(places: impl Iterator<Item = (f64, f64)> + Clone, length: f64) -> Option<Self> {
        let row = |along: f64| Vector3::new(1.0, along, along * along);
        let count = places.clone().count() as f64;
        let normal: Matrix3<f64> = places.clone().map(|(along, _)| row(along) * row(along).transpose()).sum();
        let right: Vector3<f64> = places.clone().map(|(along, across)| row(along) * across).sum();
        let inverse = normal.try_inverse()?;
        let fitted = inverse * right;
        let squares: f64 = places.map(|(along, across)| (across - row(along).dot(&fitted)).powi(2)).sum();
        let slope = |along: f64| (fitted.y + 2.0 * fitted.z * along).atan();
        let sd = (inverse[(2, 2)] * squares / (count - 3.0) * ALIKE).sqrt();
        Some(Self { angle: slope(-length / 4.0) - slope(length / 4.0), sd: length * sd })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::TriMesh;

    /// A round shaft of 14 mm bent forwards on a circle of 943 mm and laterally on one of 5000 mm.
    #[test]
    fn a_bent_tube_has_its_radius_and_angles() {
        const CORNERS: u32 = 90;
        for side in Side::BOTH {
            let bow = |level: f64, radius: f64| (radius * radius - (level - 200.0).powi(2)).sqrt() - radius;
            let mut mesh = TriMesh::default();
            for ring in 0..=200 {
                let level = f64::from(ring) * 2.0;
                mesh.vertices.extend((0..CORNERS).map(|i| {
                    let angle = f64::from(i) * std::f64::consts::TAU / f64::from(CORNERS);
                    let (lateral, anterior) = (14.0 * angle.cos() + bow(level, 5000.0), 14.0 * angle.sin() + bow(level, 943.0));
                    Point3::new((30.0 + lateral) * side.lps_sign(), -anterior, -level)
                }));
            }
            for ring in 0..200 {
                for i in 0..CORNERS {
                    let at = |ring: u32, i: u32| ring * CORNERS + i % CORNERS;
                    let [a, b, c, d] = [at(ring, i), at(ring, i + 1), at(ring + 1, i), at(ring + 1, i + 1)];
                    mesh.triangles.extend([[a, b, d], [a, d, c]]);
                }
            }
            if mesh.volume_mm3() < 0.0 {
                mesh.triangles.iter_mut().for_each(|t| t.swap(1, 2));
            }
            let (bone, frame) = (Bone::new(&mesh, None), AnatomicalFrame::scanner(Point3::origin()));
            let at = |level: f64| Point3::new(30.0 * side.lps_sign(), 0.0, -level);
            let found = of_shaft(&bone, &frame, side, &at(60.0), &at(420.0));
            let value = |quantity: &Quantity| found.iter().find(|m| m.quantity == quantity).unwrap().value;
            assert!((value(&RADIUS) - 943.0).abs() < 5.0, "{}", value(&RADIUS));
            // From 80 to 320 mm along the chord.
            let turned = |radius: f64| (120.0 / radius).asin().to_degrees();
            assert!((value(&ANTERIOR) - turned(943.0)).abs() < 0.1, "{}", value(&ANTERIOR));
            assert!((value(&LATERAL) - turned(5000.0)).abs() < 0.05, "{}", value(&LATERAL));
            assert!(of_shaft(&bone, &frame, side, &at(60.0), &at(290.0)).is_empty(), "too short");
        }
    }
}
