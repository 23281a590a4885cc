//! Every part of the library is a closed solid within the chord error, and has the volume of its closed form.

use coxa::{
    frames::Side,
    implants::{Augment, Catalogue, Collar, Cup, Head, Liner, Lip, MobileBall, Skirt, Stem, StemSection, geometry},
    mesh::TriMesh,
};
use nalgebra::Point3;
use std::{collections::BTreeMap, f64::consts::PI, sync::Arc};

const FINE_MM: f64 = 0.005;

fn close(mesh: &TriMesh, expected: f64, what: &str) {
    assert!(mesh.is_watertight(), "{what} is open");
    let found = mesh.volume_mm3();
    assert!((found / expected - 1.0).abs() < 2e-3, "{what}: {found} instead of {expected} mm³");
}

fn liner(seat_mm: f64, head_mm: f64) -> Liner {
    Liner { id: "liner".into(), seat_diameter_mm: seat_mm, head_diameter_mm: head_mm, ..Liner::default() }
}

/// A ball up to a height above its centre.
fn ball_to(radius: f64, height: f64) -> f64 {
    PI * (2.0 / 3.0 * radius.powi(3) + radius * radius * height - height.powi(3) / 3.0)
}

#[test]
fn every_part_of_the_library_is_a_closed_solid() {
    let catalogue = Catalogue::shipped().unwrap();
    // Of each family of liners the smallest, one in the middle and the largest.
    let mut families: BTreeMap<&str, Vec<&Liner>> = BTreeMap::new();
    catalogue.all_liners().for_each(|liner| families.entry(&liner.family).or_default().push(liner));
    for (family, liners) in families {
        for liner in [liners[0], liners[liners.len() / 2], liners[liners.len() - 1]] {
            for chord_error_mm in [0.05, 0.4] {
                let mesh = geometry::liner_mesh(liner, chord_error_mm);
                assert!(mesh.is_watertight() && mesh.volume_mm3() > 0.0, "{}", liner.id);
            }
            let cup = catalogue.all_cups().find(|cup| catalogue.liner_refused(cup, liner).is_none());
            let cup = cup.unwrap_or_else(|| panic!("no cup takes the {family} {}", liner.id));
            let seated = geometry::seated_cup_mesh(cup, Some(liner), 0.1);
            assert!(
                seated.is_watertight() && seated.volume_mm3() > geometry::liner_mesh(liner, 0.1).volume_mm3(),
                "{}",
                liner.id
            );
        }
    }
    for cup in catalogue.all_cups() {
        assert!(geometry::cup_mesh(cup, 0.4).is_watertight(), "{}", cup.id);
        assert_eq!(geometry::shell_mesh(cup, None, 0.4).is_some(), cup.shell_thickness_mm > 0.0, "{}", cup.id);
    }
    for head in catalogue.all_heads() {
        let mesh = geometry::head_mesh(head, 12.0, 0.05);
        assert!(mesh.is_watertight() && mesh.volume_mm3() > 0.0, "{}", head.id);
    }
    for stem in catalogue.all_stems() {
        for side in Side::BOTH {
            let mesh = geometry::stem_mesh(stem, side, 0.2);
            assert!(mesh.is_watertight() && mesh.volume_mm3() > 0.0, "{}", stem.id);
        }
    }
    for augment in catalogue.all_augments() {
        let mesh = geometry::augment_mesh(augment, 0.2);
        assert!(mesh.is_watertight() && mesh.volume_mm3() > 0.0, "{}", augment.id);
    }
}

#[test]
fn liners_have_the_volumes_of_their_closed_forms() {
    let (seat, radius) = (23.0_f64, 16.0_f64);
    let (outside, inside) = (2.0 / 3.0 * PI * seat.powi(3), 2.0 / 3.0 * PI * radius.powi(3));
    let of = |liner: Liner| geometry::liner_mesh(&liner, FINE_MM);
    let plain = liner(2.0 * seat, 2.0 * radius);
    close(&of(plain.clone()), outside - inside, "neutral");
    close(&of(Liner { lateral_mm: 4.0, ..plain.clone() }), outside + PI * seat * seat * 4.0 - inside, "lateralised");
    // The face's plane cuts a wedge off the half ball outside and adds one of the cylinder above: 2/3·R³·β and 2/3·R³·tan β.
    let turn = 10.0_f64.to_radians();
    let wedge = 2.0 / 3.0 * seat.powi(3) * (turn.tan() - turn);
    close(&of(Liner { face_deg: 10.0, ..plain.clone() }), outside + wedge - inside, "face turned by 10°");
    let captive = Liner { captive: true, rim_height_mm: 4.0, ..plain.clone() };
    close(&of(captive), outside + PI * seat * seat * 4.0 - ball_to(radius, 4.0), "constrained");
    let ball = MobileBall { diameter_mm: 2.0 * seat, rim_height_mm: 0.0, chamfer_mm: 0.0 };
    let mobile = Liner { captive: true, rim_height_mm: 3.0, ball: Some(ball), ..plain.clone() };
    close(&of(mobile), ball_to(seat, 3.0) - ball_to(radius, 3.0), "mobile ball");
    // A lip all round its half, upright where it is at its full height: between a neutral liner and one that is captive all round.
    let raised = radius * 20.0_f64.to_radians().sin();
    let lip = Liner { lip: Some(Lip { angle_deg: 20.0, half_arc_deg: 35.0, slope_deg: 45.0 }), ..plain.clone() };
    let all_round = outside + PI * seat * seat * raised - ball_to(radius, raised);
    let share = (of(lip).volume_mm3() - (outside - inside)) / (all_round - (outside - inside));
    // 70° of full height, and twice 45° whose heights average a half: 115/360 were the wall's thickness the same at all heights.
    assert!((share - 115.0 / 360.0).abs() < 0.02, "{share}");
    // The torus' rounding takes a little away.
    let rounded = of(Liner { edge_round_mm: 1.5, ..plain }).volume_mm3();
    assert!(rounded < outside - inside && rounded > outside - inside - 2.0 * PI * (radius + 1.5) * 1.5 * 1.5, "{rounded}");
}

#[test]
fn shells_heads_collars_necks_and_augments_have_the_volumes_of_their_closed_forms() {
    let cup = Cup { outer_diameter_mm: 54.0, head_diameter_mm: 36.0, shell_thickness_mm: 4.0, ..Cup::default() };
    let shell = geometry::shell_mesh(&cup, None, FINE_MM).unwrap();
    close(&shell, 2.0 / 3.0 * PI * (27.0_f64.powi(3) - 23.0_f64.powi(3)), "shell");
    let lateral = Liner { lateral_mm: 4.0, ..liner(46.0, 32.0) };
    let moved = geometry::shell_mesh(&cup, Some(&lateral), 0.1).unwrap().bounds().unwrap();
    assert!(
        (moved.0.z + 31.0).abs() < 1e-9 && (moved.1.z + 4.0).abs() < 1e-9,
        "the bearing's centre lies 4 mm out of the shell's"
    );

    let (radius, skirt, bore, end, offset) = (14.0_f64, 8.0_f64, 6.0_f64, 18.5, 10.5);
    let opening = (radius * radius - skirt * skirt).sqrt();
    let head = Head {
        diameter_mm: 2.0 * radius,
        offset_mm: offset,
        skirt: Some(Skirt { diameter_mm: 2.0 * skirt, end_mm: end }),
        ..Head::default()
    };
    let expected = ball_to(radius, opening) + PI * skirt * skirt * (end - opening) - PI * bore * bore * (end - offset);
    close(&geometry::head_mesh(&head, 2.0 * bore, FINE_MM), expected, "skirted head");

    let section = |distal_mm| StemSection { distal_mm, width_mm: 20.0, depth_mm: 12.0, medial_shift_mm: 0.0 };
    let stem = Stem {
        neck_length_mm: 50.0,
        neck_diameter_mm: 12.0,
        neck_profile: vec![(0.0, 12.0), (20.0, 12.0), (40.0, 16.0)],
        resection_mm: 15.0,
        collar: Some(Collar { medial_mm: 14.0, depth_mm: 20.0, thickness_mm: 2.5 }),
        neck_version_deg: 20.0,
        sections: vec![section(-10.0), section(100.0)],
        ..Stem::default()
    };
    close(&geometry::collar_mesh(&stem, FINE_MM).unwrap(), PI * 10.0 * 10.0 * 2.5, "collar");
    let cone = PI * 20.0 / 3.0 * (36.0 + 48.0 + 64.0);
    close(&geometry::neck_mesh(&stem, FINE_MM), PI * 36.0 * 20.0 + cone + PI * 64.0 * 10.0, "tapered neck");
    // The collar lies on the plane of the resection, and reaches further medially and down than elsewhere.
    let up = stem.towards_head();
    let collar = geometry::collar_mesh(&stem, 0.1).unwrap();
    let heights = collar.vertices.iter().map(|p| p.coords.dot(&up));
    assert!((heights.clone().fold(f64::INFINITY, f64::min) - 15.0).abs() < 1e-9);
    assert!((heights.fold(f64::NEG_INFINITY, f64::max) - 17.5).abs() < 1e-9);
    let from_axis = |p: &&Point3<f64>| p.coords.cross(&up).norm();
    let farthest = collar.vertices.iter().max_by(|a, b| from_axis(a).total_cmp(&from_axis(b))).unwrap();
    assert!((from_axis(&farthest) - 14.0).abs() < 1e-6 && farthest.y < 15.0 * up.y && farthest.z < 15.0 * up.z);

    let augment =
        Augment { cup_diameter_mm: 60.0, thickness_mm: 15.0, arc_deg: 120.0, latitudes_deg: (-60.0, -5.0), ..Augment::default() };
    let latitudes = (-5.0_f64).to_radians().sin() - (-60.0_f64).to_radians().sin();
    let expected = 120.0_f64.to_radians() * latitudes * (45.0_f64.powi(3) - 30.0_f64.powi(3)) / 3.0;
    close(&geometry::augment_mesh(&augment, FINE_MM), expected, "augment");
}

#[test]
fn liners_stay_within_the_chord_error() {
    let catalogue = Catalogue::shipped().unwrap();
    for id in ["liner-lip-20-46-36", "liner-face-10-46-36", "liner-lateral-4-46-36", "liner-constrained-46-36"] {
        let liner = catalogue.liner(id).unwrap();
        let mesh = geometry::liner_mesh(liner, geometry::CHORD_ERROR_MM);
        let shell = Point3::new(0.0, 0.0, -liner.lateral_mm);
        for (radius, centre) in [(18.0, Point3::origin()), (23.0, shell)] {
            let on = |p: &Point3<f64>| ((p - centre).norm() - radius).abs() < 1e-9 && p.z < centre.z + 1e-9;
            let found = (0..mesh.triangles.len())
                .map(|t| mesh.corners(t))
                .filter(|corners| corners.iter().all(on))
                .flat_map(|[a, b, c]| [nalgebra::center(&a, &b), Point3::from((a.coords + b.coords + c.coords) / 3.0)])
                .map(|p| ((p - centre).norm() - radius).abs())
                .fold(0.0, f64::max);
            assert!(found <= geometry::CHORD_ERROR_MM && found > 0.005, "{id}, radius {radius}: {found} mm");
        }
    }
}

#[test]
fn a_mesh_is_drawn_once_and_another_part_has_another() {
    let catalogue = Catalogue::shipped().unwrap();
    let cup = catalogue.cup("cup-hemi-52").unwrap();
    let of = |cup: &Cup| geometry::cached(&("test", cup), || geometry::cup_mesh(cup, 0.2));
    assert!(Arc::ptr_eq(&of(cup), &of(&cup.clone())));
    let wider = Cup { outer_diameter_mm: 53.0, ..cup.clone() };
    assert!(!Arc::ptr_eq(&of(cup), &of(&wider)) && of(&wider).bounds().unwrap().1.x > of(cup).bounds().unwrap().1.x);
}
