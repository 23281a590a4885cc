//! Spines and tuberosities of the hip bone.
//!
//! In the frame of the anterior pelvic plane, counted from the socket's centre in its radii, each lies nearly at the same place in every
//! hip bone; there it is the point that stands out furthest in its own direction. Places and directions were read off the raters' means
//! on eight hip bones (Fischer 2023, 10.1038/s41597-023-02669-z); the distance from these means is the stated spread.

use super::{
    bones::Bone,
    landmark::{Landmark, LandmarkName, Landmarks},
    model::Sphere,
    prominence::{Blunt, blunt_mm, prominence},
};
use crate::frames::{AnatomicalFrame, Side, as_right_hip};
use nalgebra::{Point3, Vector3};

/// Where a point is looked for, and what makes it the point. Anterior, superior, lateral.
struct Prominence {
    name: LandmarkName,
    /// From the centre of the socket, in its radii.
    place: [f64; 3],
    /// How far around that, in radii.
    reach: f64,
    /// Which way it stands out.
    outwards: [f64; 3],
    sd: Blunt,
    method: &'static str,
}

const PROMINENCES: [Prominence; 4] = [
    Prominence {
        name: LandmarkName::Psis,
        place: [-3.44, 3.53, -1.49],
        reach: 0.9,
        outwards: [-0.99, 0.07, 0.1],
        sd: Blunt { outwards_mm: 0.9, along_mm: 1.4 },
        method: "most posterior point of the iliac crest",
    },
    Prominence {
        name: LandmarkName::Piis,
        place: [-2.92, 2.29, -1.35],
        reach: 0.5,
        outwards: [-0.77, -0.63, 0.04],
        sd: Blunt { outwards_mm: 1.7, along_mm: 2.1 },
        method: "point above the greater sciatic notch that stands out furthest backwards and downwards",
    },
    Prominence {
        name: LandmarkName::IschialSpine,
        place: [-2.12, 0.16, -1.3],
        reach: 0.7,
        outwards: [-0.97, 0.21, -0.12],
        sd: Blunt { outwards_mm: 0.9, along_mm: 1.2 },
        method: "point between the sciatic notches that stands out furthest backwards",
    },
    Prominence {
        name: LandmarkName::IschialTuberosity,
        place: [-1.3, -2.4, -1.0],
        reach: 1.4,
        outwards: [0.0, -1.0, 0.0],
        sd: Blunt { outwards_mm: 0.5, along_mm: 1.5 },
        method: "lowest point of the ischium",
    },
];

/// The prominences of one hip bone about its socket, in the frame of the anterior pelvic plane.
pub(super) fn spines(bone: &Bone, socket: &Sphere, app: &AnatomicalFrame, side: Side, found: &mut Landmarks) {
    let local: Vec<(Vector3<f64>, f64)> = bone
        .vertices()
        .map(|v| (as_right_hip(side, &app.local_vector(&(bone.position(v) - socket.centre))), bone.areas[v]))
        .collect();
    for sought in &PROMINENCES {
        let place = Vector3::from(sought.place) * socket.radius_mm;
        let reach = sought.reach * socket.radius_mm;
        let near = local.iter().copied().filter(|(p, _)| (p - place).norm() < reach);
        let Some(best) = prominence(near, &Vector3::from(sought.outwards), blunt_mm(bone)) else { continue };
        let edge = (best - place).norm() > 0.97 * reach;
        found.insert(
            sought.name,
            side,
            Landmark {
                position: socket.centre + app.lps_vector(&as_right_hip(side, &best)),
                sd_mm: Some(sought.sd.along_mm),
                along: sought.sd.outwards(app.lps_vector(&as_right_hip(side, &Vector3::from(sought.outwards)))),
                method: format!("{}, in the frame of the anterior pelvic plane", sought.method),
                doubt: edge.then(|| "it was found at the very edge of where it is looked for".to_owned()),
            },
        );
    }
}

/// The middle of the symphysis: midway between the two pubic bones where they come nearest to each other.
pub(super) fn symphysis(left: &Bone, right: &Bone, app: &AnatomicalFrame) -> Option<Landmark> {
    let innermost = |bone: &Bone, side: Side| {
        let lateral = |p: &Point3<f64>| app.local_point(p).z * -side.lps_sign();
        // The pubic bodies lie well below the spines and in front of everything else that comes near the midline.
        let low = bone.vertices().map(|v| bone.position(v)).filter(|p| (-130.0..-60.0).contains(&app.local_point(p).y));
        let face: Vec<Point3<f64>> = low.filter(|p| app.local_point(p).x > -45.0).collect();
        let nearest = face.iter().map(&lateral).min_by(f64::total_cmp)?;
        let near: Vec<&Point3<f64>> = face.iter().filter(|p| lateral(p) < nearest + 3.0).collect();
        Some(Point3::from(near.iter().map(|p| p.coords).sum::<Vector3<f64>>() / near.len() as f64))
    };
    Some(Landmark {
        position: nalgebra::center(&innermost(left, Side::Left)?, &innermost(right, Side::Right)?),
        sd_mm: Some(2.0),
        along: None,
        method: "midway between the facing surfaces of the two pubic bones".into(),
        doubt: None,
    })
}

/// The pubic bones within this distance of the middle of the symphysis, along the transverse axis, are beside it, mm.
const BESIDE_SYMPHYSIS_MM: f64 = 10.0;
/// … and within this in the median plane.
const ABOUT_SYMPHYSIS_MM: f64 = 35.0;

/// The front of the symphysis: midway between the most anterior points of both pubic bones beside it.
pub(super) fn symphysis_front(left: &Bone, right: &Bone, app: &AnatomicalFrame, middle: &Point3<f64>) -> Option<Landmark> {
    let foremost = |bone: &Bone| {
        let beside = |p: &Point3<f64>| {
            let off = app.local_vector(&(p - middle));
            off.z.abs() < BESIDE_SYMPHYSIS_MM && off.xy().norm() < ABOUT_SYMPHYSIS_MM
        };
        let near = bone.vertices().map(|v| bone.position(v)).filter(beside);
        near.max_by(|a, b| app.local_point(a).x.total_cmp(&app.local_point(b).x))
    };
    Some(Landmark {
        position: nalgebra::center(&foremost(left)?, &foremost(right)?),
        sd_mm: Some(2.0),
        along: None,
        method: "midway between the most anterior points of the two pubic bones beside the symphysis".into(),
        doubt: None,
    })
}
