//! What each measure of the socket is, where it comes from and what is normal.

use crate::anatomy::measurement::{Quantity, Unit};

/// Lateral centre–edge angle.
pub(super) static LCE: Quantity = Quantity::new(
    "lateral_centre_edge_angle",
    Unit::Degrees,
    Some([23.0, 33.0]),
    "angle at the femoral head centre, in the frontal plane of the pelvic frame through it, from the frame's vertical \
        to the lateral edge of the socket's rim; negative when the edge lies medially of the centre",
    "Wiberg 1939; norm: Tannast et al. 2015, 10.1007/s11999-014-4038-3",
);

/// Anterior centre–edge angle.
pub(super) static ACE: Quantity = Quantity::new(
    "anterior_centre_edge_angle",
    Unit::Degrees,
    None,
    "angle at the femoral head centre, in the vertical plane of the pelvic frame turned 65° forwards from the frontal \
        plane (that of a false profile), from the vertical to the anterior edge of the socket's rim",
    "Lequesne and de Sèze 1961",
);

/// Posterior centre–edge angle.
pub(super) static PCE: Quantity = Quantity::new(
    "posterior_centre_edge_angle",
    Unit::Degrees,
    None,
    "angle at the femoral head centre, in the sagittal plane of the pelvic frame through it, from the vertical \
        backwards to the posterior edge of the socket's rim",
    "as Wiberg 1939, in the sagittal plane",
);

/// Medial centre–edge angle.
pub(super) static MCE: Quantity = Quantity::new(
    "medial_centre_edge_angle",
    Unit::Degrees,
    Some([35.0, 44.0]),
    "angle at the femoral head centre, in the frontal plane of the pelvic frame through it, from the vertical to the \
        medial end of the roof, where the surface has left the socket's sphere for the fossa by 1.2 mm",
    "norm: Tannast et al. 2015, 10.1007/s11999-014-4038-3",
);

/// Acetabular index.
pub(super) static TONNIS: Quantity = Quantity::new(
    "tonnis_angle",
    Unit::Degrees,
    Some([3.0, 13.0]),
    "slope against the horizontal of the pelvic frame, in the frontal plane through the femoral head centre, of the \
        line from the medial end of the roof (where the surface has left the socket's sphere for the fossa by 1.2 mm) to \
        the lateral edge of the socket's rim; positive when the lateral edge is higher",
    "Tönnis 1987; norm: Tannast et al. 2015, 10.1007/s11999-014-4038-3",
);

/// Sharp's angle.
pub(super) static SHARP: Quantity = Quantity::new(
    "sharp_angle",
    Unit::Degrees,
    Some([38.0, 42.0]),
    "slope against the horizontal of the pelvic frame, projected on its frontal plane, of the line from the lower end \
        of the teardrop (deepest point of the acetabular notch's edge, where the floor of the fossa ends) to the lateral \
        edge of the socket's rim in the frontal plane through the femoral head centre",
    "Sharp 1961; norm: Tannast et al. 2015, 10.1007/s11999-014-4038-3",
);

/// Inclination, radiographic.
pub(super) static INCLINATION_RADIOGRAPHIC: Quantity = Quantity::new(
    "acetabular_inclination_radiographic",
    Unit::Degrees,
    None,
    "radiographic inclination of the normal of the rim's plane in the pelvic frame: angle between the vertical and \
        the socket's axis projected on the frontal plane",
    "Murray 1993, 10.1302/0301-620X.75B2.8444942; mean of native sockets 48.8° (PMC5576350)",
);

/// Anteversion, radiographic.
pub(super) static ANTEVERSION_RADIOGRAPHIC: Quantity = Quantity::new(
    "acetabular_anteversion_radiographic",
    Unit::Degrees,
    None,
    "radiographic anteversion of the normal of the rim's plane in the pelvic frame: angle between the socket's axis \
        and the frontal plane; forwards positive",
    "Murray 1993, 10.1302/0301-620X.75B2.8444942; mean of native sockets 14.3° (PMC5576350)",
);

/// Inclination, operative.
pub(super) static INCLINATION_OPERATIVE: Quantity = Quantity::new(
    "acetabular_inclination_operative",
    Unit::Degrees,
    None,
    "operative inclination of the normal of the rim's plane in the pelvic frame: angle between the socket's axis and \
        the sagittal plane",
    "Murray 1993, 10.1302/0301-620X.75B2.8444942; mean of native sockets 45.1° (PMC5576350)",
);

/// Anteversion, operative.
pub(super) static ANTEVERSION_OPERATIVE: Quantity = Quantity::new(
    "acetabular_anteversion_operative",
    Unit::Degrees,
    None,
    "operative anteversion of the normal of the rim's plane in the pelvic frame: angle between the vertical and the \
        socket's axis projected on the sagittal plane; forwards positive",
    "Murray 1993, 10.1302/0301-620X.75B2.8444942; mean of native sockets 25.0° (PMC5576350)",
);

/// Inclination, anatomic.
pub(super) static INCLINATION_ANATOMIC: Quantity = Quantity::new(
    "acetabular_inclination_anatomic",
    Unit::Degrees,
    None,
    "anatomic inclination of the normal of the rim's plane in the pelvic frame: angle between the socket's axis and \
        the vertical",
    "Murray 1993, 10.1302/0301-620X.75B2.8444942",
);

/// Anteversion, anatomic.
pub(super) static ANTEVERSION_ANATOMIC: Quantity = Quantity::new(
    "acetabular_anteversion_anatomic",
    Unit::Degrees,
    None,
    "anatomic anteversion of the normal of the rim's plane in the pelvic frame: angle between the transverse axis and \
        the socket's axis projected on the horizontal plane; forwards positive",
    "Murray 1993, 10.1302/0301-620X.75B2.8444942; mean of native sockets 18.1° (PMC5576350)",
);

/// Version of the socket at the level 1.
pub(super) static VERSION_1: Quantity = Quantity::new(
    "acetabular_version_1_oclock",
    Unit::Degrees,
    None,
    "angle from the sagittal direction to the line from the posterior to the anterior edge of the socket in the \
        horizontal plane of the pelvic frame that passes through the rim at 1 o'clock (cranial version); negative when \
        the anterior edge lies further laterally",
    "axial-section version; mean 18.8° in 466 Chinese adults (PMC4616413), 19° in 86 Indian adults (PMC2911927), \
        levels not distinguished",
);

/// Version of the socket at the level 2.
pub(super) static VERSION_2: Quantity = Quantity::new(
    "acetabular_version_2_oclock",
    Unit::Degrees,
    None,
    "angle from the sagittal direction to the line from the posterior to the anterior edge of the socket in the \
        horizontal plane of the pelvic frame that passes through the rim at 2 o'clock; negative when the anterior edge \
        lies further laterally",
    "axial-section version; mean 18.8° in 466 Chinese adults (PMC4616413), 19° in 86 Indian adults (PMC2911927), \
        levels not distinguished",
);

/// Version of the socket at the level 3.
pub(super) static VERSION_3: Quantity = Quantity::new(
    "acetabular_version_3_oclock",
    Unit::Degrees,
    None,
    "angle from the sagittal direction to the line from the posterior to the anterior edge of the socket in the \
        horizontal plane of the pelvic frame that passes through the rim at 3 o'clock; negative when the anterior edge \
        lies further laterally",
    "axial-section version; mean 18.8° in 466 Chinese adults (PMC4616413), 19° in 86 Indian adults (PMC2911927), \
        levels not distinguished",
);

/// Version of the socket at the level CENTRAL.
pub(super) static VERSION_CENTRAL: Quantity = Quantity::new(
    "acetabular_version_central",
    Unit::Degrees,
    None,
    "angle from the sagittal direction to the line from the posterior to the anterior edge of the socket in the \
        horizontal plane of the pelvic frame through the femoral head centre (central version); negative when the \
        anterior edge lies further laterally",
    "axial-section version; mean 18.8° in 466 Chinese adults (PMC4616413), 19° in 86 Indian adults (PMC2911927), \
        levels not distinguished",
);

/// Retroverted share of the front wall.
pub(super) static CROSSOVER: Quantity = Quantity::new(
    "acetabular_crossover",
    Unit::Percent,
    Some([0.0, 0.0]),
    "share of the height from the top of the rim down to its 4 o'clock position over which the anterior edge lies \
        further laterally than the posterior edge, seen along the sagittal direction of the pelvic frame (a cross-over \
        sign where it is neither 0 nor 100)",
    "cross-over sign: Reynolds et al. 1999, J Bone Joint Surg Br 81:281; norm: Tannast et al. 2015, \
        10.1007/s11999-014-4038-3",
);

/// Diameter of the socket.
pub(super) static SOCKET_DIAMETER: Quantity = Quantity::new(
    "acetabular_diameter",
    Unit::Millimetres,
    None,
    "diameter of the sphere through the bony lunate surface",
    "sphere fit; no reference range",
);

/// Depth of the socket.
pub(super) static DEPTH: Quantity = Quantity::new(
    "acetabular_depth",
    Unit::Millimetres,
    None,
    "distance of the deepest point of the socket's bony floor from the plane of its rim",
    "rim plane as in Murtha et al. 2008, 10.1016/j.clinbiomech.2008.01.016; no reference range",
);

/// Width of the socket.
pub(super) static WIDTH: Quantity = Quantity::new(
    "acetabular_width",
    Unit::Millimetres,
    None,
    "mean diameter of the rim about the opening axis through the socket's centre, the notch left aside",
    "rim plane as in Murtha et al. 2008, 10.1016/j.clinbiomech.2008.01.016; no reference range",
);

/// Depth over width.
pub(super) static DEPTH_TO_WIDTH: Quantity = Quantity::new(
    "acetabular_depth_to_width",
    Unit::Ratio,
    None,
    "depth of the socket (rim plane to floor) divided by its width (mean diameter of the rim), in space, not on a \
        radiograph",
    "in space; ranges published for radiographs do not apply",
);

/// Angle that the socket subtends.
pub(super) static RIM_ANGLE: Quantity = Quantity::new(
    "acetabular_rim_angle",
    Unit::Degrees,
    Some([79.0, 95.0]),
    "mean over the rim, the notch left aside, of the angle at the socket's centre between the bottom of the opening \
        axis and the rim; 90° for half a sphere",
    "Cobb et al. 2010 (PMC2895857): 87° ± 4° in normal hips; norm: two standard deviations",
);

/// Coverage seen from above.
pub(super) static COVERAGE_TOTAL: Quantity = Quantity::new(
    "head_coverage_total",
    Unit::Percent,
    None,
    "share of the femoral head's disc, seen from above in the pelvic frame, where the half of the head that looks \
        this way lies inside the socket's rim as the head centre sees it",
    "projected as in Tannast et al. 2015, 10.1007/s11999-014-4038-3",
);

/// Coverage seen from the front.
pub(super) static COVERAGE_ANTERIOR: Quantity = Quantity::new(
    "head_coverage_anterior",
    Unit::Percent,
    None,
    "share of the femoral head's disc, seen from the front in the pelvic frame, where the half of the head that looks \
        this way lies inside the socket's rim as the head centre sees it",
    "as seen from the head centre; on radiographs 15 to 26 % (Tannast et al. 2015, 10.1007/s11999-014-4038-3)",
);

/// Coverage seen from behind.
pub(super) static COVERAGE_POSTERIOR: Quantity = Quantity::new(
    "head_coverage_posterior",
    Unit::Percent,
    None,
    "share of the femoral head's disc, seen from behind in the pelvic frame, where the half of the head that looks \
        this way lies inside the socket's rim as the head centre sees it",
    "as seen from the head centre; on radiographs 36 to 47 % (Tannast et al. 2015, 10.1007/s11999-014-4038-3)",
);

/// Reach at 12.
pub(super) static REACH_12: Quantity = Quantity::new(
    "acetabular_reach_12_oclock",
    Unit::Degrees,
    None,
    "angle at the femoral head centre from the bottom of the socket's opening axis to its rim at 12 o'clock of the \
        pelvic frame (12 superior, 3 anterior on both sides); 90° where the rim reaches the head's equator",
    "as Cobb et al. 2010 (PMC2895857), at one hour and about the head centre",
);

/// Reach at 1:30.
pub(super) static REACH_1_30: Quantity = Quantity::new(
    "acetabular_reach_1_30",
    Unit::Degrees,
    None,
    "angle at the femoral head centre from the bottom of the socket's opening axis to its rim at 1:30 o'clock of the \
        pelvic frame (12 superior, 3 anterior on both sides); 90° where the rim reaches the head's equator",
    "as Cobb et al. 2010 (PMC2895857), at one hour and about the head centre",
);

/// Reach at 3.
pub(super) static REACH_3: Quantity = Quantity::new(
    "acetabular_reach_3_oclock",
    Unit::Degrees,
    None,
    "angle at the femoral head centre from the bottom of the socket's opening axis to its rim at 3 o'clock of the \
        pelvic frame (12 superior, 3 anterior on both sides); 90° where the rim reaches the head's equator",
    "as Cobb et al. 2010 (PMC2895857), at one hour and about the head centre",
);

/// Reach at 9.
pub(super) static REACH_9: Quantity = Quantity::new(
    "acetabular_reach_9_oclock",
    Unit::Degrees,
    None,
    "angle at the femoral head centre from the bottom of the socket's opening axis to its rim at 9 o'clock of the \
        pelvic frame (12 superior, 3 anterior on both sides); 90° where the rim reaches the head's equator",
    "as Cobb et al. 2010 (PMC2895857), at one hour and about the head centre",
);

/// Reach at 10:30.
pub(super) static REACH_10_30: Quantity = Quantity::new(
    "acetabular_reach_10_30",
    Unit::Degrees,
    None,
    "angle at the femoral head centre from the bottom of the socket's opening axis to its rim at 10:30 o'clock of the \
        pelvic frame (12 superior, 3 anterior on both sides); 90° where the rim reaches the head's equator",
    "as Cobb et al. 2010 (PMC2895857), at one hour and about the head centre",
);

/// Reach all round.
pub(super) static REACH: Quantity = Quantity::new(
    "acetabular_reach",
    Unit::Degrees,
    None,
    "angle at the femoral head centre from the bottom of the socket's opening axis to its rim, by clock position in \
        the pelvic frame (12 superior, 3 anterior on both sides); 90° where the rim reaches the head's equator",
    "as Cobb et al. 2010 (PMC2895857), about the head centre",
);

/// Extrusion index.
pub(super) static EXTRUSION: Quantity = Quantity::new(
    "extrusion_index",
    Unit::Percent,
    Some([17.0, 27.0]),
    "share of the femoral head's transverse diameter that lies laterally of the lateral edge of the socket's rim, in \
        the frontal plane of the pelvic frame through the head centre",
    "Heyman and Herndon 1950; norm: Tannast et al. 2015, 10.1007/s11999-014-4038-3",
);

/// Head anterior of the socket.
pub(super) static HEAD_ANTERIOR: Quantity = Quantity::new(
    "head_anterior_of_socket",
    Unit::Millimetres,
    None,
    "how far the centre of the femoral head lies anterior of the centre of the bony socket's sphere, in the pelvic \
        frame",
    "difference of two sphere fits; no reference range",
);

/// Head superior of the socket.
pub(super) static HEAD_SUPERIOR: Quantity = Quantity::new(
    "head_superior_of_socket",
    Unit::Millimetres,
    None,
    "how far the centre of the femoral head lies superior of the centre of the bony socket's sphere, in the pelvic \
        frame",
    "difference of two sphere fits; no reference range",
);

/// Head lateral of the socket.
pub(super) static HEAD_LATERAL: Quantity = Quantity::new(
    "head_lateral_of_socket",
    Unit::Millimetres,
    None,
    "how far the centre of the femoral head lies lateral of the centre of the bony socket's sphere, in the pelvic \
        frame",
    "difference of two sphere fits; no reference range",
);

/// Head from the ilioischial line.
pub(super) static HEAD_ILIOISCHIAL: Quantity = Quantity::new(
    "head_to_ilioischial_line",
    Unit::Millimetres,
    None,
    "horizontal distance in the frontal plane of the pelvic frame from the inner surface of the hip bone behind the femoral head at the \
        level of its centre, which the ilioischial line of a radiograph follows, to the medial end of the head; negative when the head \
        stands medially of it (protrusio)",
    "protrusio as in Armbuster et al. 1978, Radiology 128:1, there of the socket's floor",
);

/// Head from socket.
pub(super) static HEAD_SOCKET: Quantity = Quantity::new(
    "head_socket_distance",
    Unit::Millimetres,
    None,
    "distance between the centres of the femoral head and of the bony socket's sphere",
    "difference of two sphere fits; no reference range",
);
