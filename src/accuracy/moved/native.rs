//! Native hips of real skeletons: where the femur meets the hip bone, held against FCL, and how far the bones alone let it go.

use super::{fcl::Fcl, sweep::Triangles};
use crate::{
    accuracy::{errors::Gathered, skeletons::Skeleton},
    anatomy::{Femur, Hip, measure},
    frames::{AnatomicalFrame, Side},
    labels::Label,
    motion::{ImpingementEngine, Motion, MotionError, RomScene, impingement::TurningSurfaces},
    progress::Silent,
    surface::io::ply,
};
use nalgebra::{Isometry3, Point3, Unit, Vector3};
use serde::Serialize;
use std::{f64::consts::TAU, path::Path};

/// How far a limit may be from FCL's, degrees.
pub const LIMIT_DEG: f64 = 0.1;

/// A native hip with the limits that FCL found once.
#[derive(Clone, Copy, Debug)]
pub struct KnownHip {
    /// The subject, and the side as the files name it.
    pub subject: &'static str,
    /// `L` or `R`.
    pub side: &'static str,
    /// Turned about this point in the coordinates of the files, a sphere through landmarks of the head, to 0.1 mm.
    pub centre: [f64; 3],
    /// Degrees until FCL (python-fcl 0.7.0.11, `fcl.collide` on two `BVHModel`s, the femur's pose set anew each time) first says that the
    /// surfaces touch, searched in steps of 0.1° and bisected to 0.0001°: about axes every 15° from the files' x towards their y, then
    /// about z and against it.
    pub fcl_deg: [f64; 26],
}

/// Both of them.
pub const KNOWN: [KnownHip; 2] = [
    KnownHip {
        subject: "z001",
        side: "L",
        centre: [201.2, -266.7, -623.8],
        fcl_deg: [
            103.2210, 106.2130, 107.4559, 72.7763, 52.7038, 40.6382, 34.0755, 31.5058, 27.5592, 21.4605, 18.0171, 16.3097,
            15.8283, 16.4140, 18.2800, 22.2268, 23.2146, 22.1094, 23.9551, 34.9162, 35.2704, 44.2021, 75.1324, 90.8513, 21.1681,
            55.1113,
        ],
    },
    KnownHip {
        subject: "z019",
        side: "R",
        centre: [376.3, -308.5, -610.7],
        fcl_deg: [
            86.6870, 76.0676, 67.4786, 70.8593, 50.5242, 24.3028, 17.1202, 13.9185, 12.2016, 11.6034, 11.6108, 12.8738, 13.4276,
            14.3017, 16.3835, 17.9935, 21.2940, 27.9292, 29.4414, 32.8026, 40.0805, 55.1209, 91.0843, 112.7809, 54.1272, 11.2227,
        ],
    },
];

impl KnownHip {
    /// The axes of its limits.
    #[must_use]
    pub fn axes() -> Vec<Unit<Vector3<f64>>> {
        let across = (0..24).map(|number| {
            let angle = TAU * f64::from(number) / 24.0;
            Unit::new_normalize(Vector3::new(angle.cos(), angle.sin(), 0.0))
        });
        across.chain([Vector3::z_axis(), -Vector3::z_axis()]).collect()
    }

    /// Femur and hip bone about its centre, as the files have them.
    ///
    /// # Errors
    /// The file that cannot be read.
    pub fn triangles(&self, folder: &Path) -> Result<[Triangles; 2], String> {
        let read = |bone: &str| {
            let path = folder.join(self.subject).join(format!("{bone}_{}.ply", self.side));
            let mesh = ply::read(&path).map_err(|error| error.to_string())?;
            let about = |point: Point3<f64>| point - Vector3::from(self.centre);
            Ok::<Triangles, String>((0..mesh.triangles.len()).map(|t| mesh.corners(t).map(about)).collect())
        };
        Ok([read("Femur")?, read("Hip")?])
    }
}

pub(super) fn hold(folder: &Path, fcl: Option<&Fcl>, gathered: &mut Gathered) -> Result<(), String> {
    const SET: &str = "native hips, 26 axes";
    if !folder.is_dir() {
        return Err(format!("native hips: {} is not at hand", folder.display()));
    }
    for known in KNOWN {
        let [femur, hip] = known.triangles(folder)?;
        let now = fcl.map(|fcl| fcl.first_touch_deg(&femur, &hip, &KnownHip::axes(), 180.0)).transpose()?;
        let surfaces = TurningSurfaces::new(femur, hip).ok_or("no turn brings femur and hip bone together")?;
        for (number, axis) in KnownHip::axes().iter().enumerate() {
            let found = surfaces.first_touch_deg(axis, 180.0).unwrap_or(f64::INFINITY);
            gathered.case = format!("{} {}, axis {number}", known.subject, known.side);
            gathered.add(SET, "bone on bone against FCL's stored limits", "deg", found - known.fcl_deg[number], LIMIT_DEG, 0.0);
            if let Some(now) = &now {
                let error = found - now[number].unwrap_or(f64::INFINITY);
                gathered.add(SET, "bone on bone against FCL's bisection now", "deg", error, LIMIT_DEG, 0.0);
            }
        }
    }
    Ok(())
}

/// How far the bones of a native hip let it go.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BonyRom {
    /// The subject.
    pub subject: &'static str,
    /// The hip.
    pub side: Side,
    /// Degrees in the order of [`Motion::ALL`]; `None` where bones never meet within 180°.
    pub limits_deg: [Option<f64>; 8],
}

/// What lies in the socket's cavity, up to so far beyond the head, does not count: cartilage, labrum and the true centre of motion are not
/// known to a millimetre, mm.
const JOINT_SPACE_MM: f64 = 4.0;

/// The bony range of motion of the four skeletons, both sides: about the head's centre, from femoral and anterior pelvic frame aligned.
///
/// There is no bar: bones without cartilage, labrum and capsule go further than a living hip. What is published, for comparison: internal
/// rotation at 90° of flexion ends 4.9 ± 3.8° beyond what soft tissue allows (Han et al. 2022, J Orthop Res 40:1779), which is 37.9° in adults
/// (Kouyoumdjian et al. 2012, Orthop Traumatol Surg Res 98:17); extension 53.2 ± 9.5° beyond.
///
/// # Errors
/// The file that cannot be read, or the subject that cannot be measured.
pub fn bony_roms(folder: &Path) -> Result<Vec<BonyRom>, String> {
    if !folder.is_dir() {
        return Err(format!("bony range of motion: {} is not at hand", folder.display()));
    }
    let mut found = Vec::new();
    for skeleton in Skeleton::four(folder)? {
        let failed = |why: &dyn std::fmt::Display| format!("bony range of motion of {}: {why}", skeleton.name);
        let anatomy = measure(&skeleton.bones, None, &Silent).map_err(|error| failed(&error))?;
        for side in Side::BOTH {
            let hip = anatomy.hip(side).ok_or_else(|| failed(&"a hip was not measured"))?;
            let femur = hip.femur.as_ref().ok_or_else(|| failed(&"a femur was not measured"))?;
            let limits_deg = bony_limits(&skeleton, &anatomy.pelvis.app, hip, femur).map_err(|error| failed(&error))?;
            found.push(BonyRom { subject: skeleton.name, side, limits_deg });
        }
    }
    Ok(found)
}

fn bony_limits(
    skeleton: &Skeleton,
    pelvic_frame: &AnatomicalFrame,
    hip: &Hip,
    femur: &Femur,
) -> Result<[Option<f64>; 8], MotionError> {
    let bone = |label: Label| skeleton.bones.meshes.get(&label).cloned();
    let scene = RomScene {
        side: hip.side,
        pelvic_frame: *pelvic_frame,
        femoral_frame: femur.frame,
        cup_centre: hip.head.centre,
        // No implants: the native axes, and a neck and a cup that leave each other all the room there is.
        cup_axis: hip.acetabulum.axis,
        shell_centre: hip.head.centre,
        cup_outer_radius_mm: hip.head.radius_mm + JOINT_SPACE_MM,
        neck_axis: femur.neck_axis.direction,
        oscillation_deg: 179.0,
        reduction: Isometry3::identity(),
        pelvis: bone(Label::hip(hip.side)).into_iter().collect(),
        cup: None,
        femur: bone(Label::femur(hip.side)),
        stem: None,
        reaming_clearance_mm: 0.0,
    };
    let table = ImpingementEngine::new(&scene)?.range_of_motion(&Silent)?;
    let of = |motion: Motion| table.rows.iter().find(|row| row.motion == motion).and_then(|row| row.bone_deg);
    Ok(Motion::ALL.map(of))
}
