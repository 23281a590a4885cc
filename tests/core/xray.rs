//! Virtual radiographs against closed forms: path lengths, magnification, the ellipse of the cup's rim, sides, and the operated CT.

use coxa::{
    anatomy::CupAngles,
    frames::{AnatomicalFrame, Side},
    i18n::{Language, Texts},
    implants::{Catalogue, geometry::revolve},
    labels::Label,
    mesh::TriMesh,
    plan::{CupPlacement, Deformity, Plan, ResectionPlane, StemPlacement},
    report::LetteringError,
    surface::MeshIndex,
    volume::{Grid, Volume},
    xray::{
        Attenuation, Beam, BeamError, BeamSettings, FilmError, Inscription, METAL_PER_MM, Projection, WATER_PER_MM,
        after_operation, attenuation, film, metal,
    },
};
use nalgebra::{Isometry3, Point3, Rotation3, Translation3, UnitQuaternion, Vector3};
use std::f64::consts::FRAC_PI_2;

const AIM: Point3<f64> = Point3::new(10.0, -20.0, 30.0);

fn small(film_mm: f64, pixel_mm: f64) -> BeamSettings {
    BeamSettings { film_mm: [film_mm; 2], pixel_mm, ..BeamSettings::default() }
}

/// A block of one value about the point aimed at, odd in its number of voxels so that the central ray meets their centres.
fn block(size: [usize; 3], spacing: [f64; 3], hu: i16) -> Volume {
    let half = |axis: usize| (size[axis] as f64 - 1.0) / 2.0 * spacing[axis];
    let grid = Grid::axis_aligned(size, spacing, AIM - Vector3::new(half(0), half(1), half(2)));
    let hu = vec![hu; grid.len()];
    Volume { grid, hu }
}

fn air() -> Volume {
    block([3; 3], [1.0; 3], -1000)
}

fn ball(centre: Point3<f64>, radius: f64) -> TriMesh {
    let profile: Vec<(f64, f64)> = (0..=180)
        .map(|step| -FRAC_PI_2 + std::f64::consts::PI * f64::from(step) / 180.0)
        .map(|angle| {
            if angle.abs() > FRAC_PI_2 - 1e-9 {
                (0.0, radius * angle.sin())
            } else {
                (radius * angle.cos(), radius * angle.sin())
            }
        })
        .collect();
    revolve(&profile, 360).transformed(&Isometry3::from_parts(Translation3::from(centre), UnitQuaternion::identity()))
}

#[test]
fn the_central_ray_loses_what_water_and_bone_of_that_thickness_take() {
    for (projection, axis) in
        [(Projection::AnteroPosterior, 1), (Projection::Lateral(Side::Left), 0), (Projection::Lateral(Side::Right), 0)]
    {
        for (hu, share) in [(0, 1.0), (1000, 2.0), (-1000, 0.0), (-3000, 0.0)] {
            let (size, spacing) = ([41, 61, 21], [1.0, 0.7, 2.5]);
            // One pixel: the central ray alone.
            let beam = Beam::new(projection, &AIM, small(1.0, 1.0)).unwrap();
            assert_eq!((beam.columns, beam.rows), (1, 1));
            let found = attenuation(&beam, &block(size, spacing, hu), &[])[0].total();
            let expected = share * WATER_PER_MM * size[axis] as f64 * spacing[axis];
            assert!((found - expected).abs() < 1e-9, "{projection:?} {hu}: {found} instead of {expected}");
        }
    }
}

#[test]
fn metal_takes_the_place_of_bone_and_is_not_counted_twice() {
    let beam = Beam::new(Projection::AnteroPosterior, &AIM, small(1.0, 1.0)).unwrap();
    let bone = block([61, 101, 61], [1.0; 3], 500);
    let balls = [ball(AIM, 20.0), ball(AIM + Vector3::y() * 10.0, 20.0)].map(|mesh| MeshIndex::new(&mesh));
    for (bodies, chord_mm) in [(&balls[..1], 40.0), (&balls[..], 50.0)] {
        let found = attenuation(&beam, &bone, bodies)[0].total();
        let expected = chord_mm * METAL_PER_MM + (101.0 - chord_mm) * 1.5 * WATER_PER_MM;
        // The ball is a polyhedron that lies up to 0.003 mm within the sphere; the voxels beside it are in or out as a whole.
        let tolerance = 0.02 * METAL_PER_MM + 2.0 * 1.5 * WATER_PER_MM;
        assert!((found - expected).abs() < tolerance, "{chord_mm} mm: {found} instead of {expected}");
    }
}

/// Centroid (column, row), and square roots of the principal second moments, of the pixels that metal shades.
fn shade(beam: &Beam, body: &TriMesh) -> ([f64; 2], [f64; 2], f64) {
    let lost = attenuation(beam, &air(), &[MeshIndex::new(body)]);
    let shaded: Vec<[f64; 2]> = (0..lost.len())
        .filter(|&at| lost[at].metal > 1e-9)
        .map(|at| [(at % beam.columns) as f64, (at / beam.columns) as f64])
        .collect();
    let count = shaded.len() as f64;
    let mean = [0, 1].map(|axis| shaded.iter().map(|p| p[axis]).sum::<f64>() / count);
    let moment = |a: usize, b: usize| shaded.iter().map(|p| (p[a] - mean[a]) * (p[b] - mean[b])).sum::<f64>() / count;
    let (xx, yy, xy) = (moment(0, 0), moment(1, 1), moment(0, 1));
    let root = ((xx - yy) / 2.0).hypot(xy);
    let major_deg = (0.5 * (2.0 * xy).atan2(xx - yy)).to_degrees();
    (mean, [(xx + yy) / 2.0 - root, (xx + yy) / 2.0 + root].map(f64::sqrt), major_deg)
}

#[test]
fn a_ball_is_magnified_and_stands_where_the_closed_form_says() {
    let beam = Beam::new(Projection::AnteroPosterior, &AIM, small(200.0, 0.25)).unwrap();
    for offset in [Vector3::zeros(), Vector3::new(40.0, 0.0, 0.0), Vector3::new(0.0, 0.0, -45.0), Vector3::new(-30.0, 60.0, 20.0)]
    {
        let centre = AIM + offset;
        let (mean, [minor, major], _) = shade(&beam, &ball(centre, 11.0));
        let seen = beam.seen_at(&centre).unwrap();
        // A ball off the central ray throws an ellipse whose middle lies a little beyond the shade of its centre.
        assert!((mean[0] - seen[0]).hypot(mean[1] - seen[1]) < 0.15, "{offset:?}: {mean:?} {seen:?}");
        let factor = 1150.0 / (1000.0 + offset.y);
        let x = 399.5 + offset.x * factor / 0.25;
        assert!((seen[0] - x).abs() < 1e-9 && (seen[1] - (399.5 - offset.z * factor / 0.25)).abs() < 1e-9, "{seen:?}");
        // Half the minor axis of the ellipse is the radius in the plane of the tangents, in pixels.
        let radius = 11.0 * factor / 0.25;
        assert!((2.0 * minor - radius).abs() < 0.3, "{offset:?}: {} instead of {radius}", 2.0 * minor);
        assert!(major / minor < 1.005, "{offset:?}");
    }
}

#[test]
fn the_ellipse_of_the_rim_has_the_radiographic_anteversion_and_inclination() {
    // A face like a rim, 0.01 mm thick, in the middle of the film; both sides.
    let disc = revolve(&[(0.0, -0.005), (26.0, -0.005), (26.0, 0.005), (0.0, 0.005)], 720);
    let frame = AnatomicalFrame::scanner(AIM);
    let beam = Beam::new(Projection::AnteroPosterior, &AIM, small(70.0, 0.1)).unwrap();
    for side in Side::BOTH {
        for (inclination_deg, anteversion_deg) in [(40.0, 15.0), (30.0, 5.0), (45.0, 25.0), (55.0, 10.0), (40.0, -12.0)] {
            let axis = CupAngles { inclination_deg, anteversion_deg }.axis(&frame, side);
            let turn = Rotation3::rotation_between(&Vector3::z(), &axis).unwrap();
            let placed = disc.transformed(&Isometry3::from_parts(Translation3::from(AIM), turn.into()));
            let (_, [minor, major], major_deg) = shade(&beam, &placed);
            let expected = anteversion_deg.to_radians().sin().abs();
            assert!(
                (minor / major - expected).abs() < 0.002,
                "{side} {inclination_deg}/{anteversion_deg}: {} {expected}",
                minor / major
            );
            // Rows count downwards: on a right hip, on the left of the film, the rim's upper end is lateral.
            let lifted = match side {
                Side::Right => major_deg,
                Side::Left => -major_deg,
            };
            assert!((lifted.rem_euclid(180.0) - inclination_deg).abs() < 0.2, "{side} {inclination_deg}: {major_deg}");
        }
    }
}

#[test]
fn left_is_left_on_every_film() {
    let beam = |projection| Beam::new(projection, &AIM, small(300.0, 1.0)).unwrap();
    let column = |beam: &Beam, way: Vector3<f64>| beam.seen_at(&(AIM + way)).unwrap()[0] - 149.5;
    let (left, posterior, superior) = (Vector3::x() * 30.0, Vector3::y() * 30.0, Vector3::z() * 30.0);
    let front = beam(Projection::AnteroPosterior);
    assert!(column(&front, left) > 30.0 && front.projection.letters() == ['R', 'L']);
    assert!(front.source.y < AIM.y - 900.0, "the tube stands before the patient");
    let right_hip = beam(Projection::Lateral(Side::Right));
    assert!(column(&right_hip, posterior) > 30.0 && right_hip.projection.letters() == ['A', 'P']);
    assert!(right_hip.source.x > AIM.x + 900.0, "the film lies beside the right hip");
    let left_hip = beam(Projection::Lateral(Side::Left));
    assert!(column(&left_hip, posterior) < -30.0 && left_hip.projection.letters() == ['P', 'A']);
    for beam in [front, right_hip, left_hip] {
        assert!(beam.seen_at(&(AIM + superior)).unwrap()[1] < 149.5 - 30.0, "up is up");
        let back = beam.seen_at(&beam.pixel(17, 250)).unwrap();
        assert!((back[0] - 17.0).abs() < 1e-9 && (back[1] - 250.0).abs() < 1e-9);
        assert_eq!(beam.seen_at(&beam.source), None);
    }
}

#[test]
fn a_film_says_its_side_in_both_languages_and_is_white_where_bone_is() {
    let mut scan = block([121, 61, 121], [2.0; 3], 0);
    let grid = scan.grid.clone();
    for (at, hu) in scan.hu.iter_mut().enumerate() {
        let p = grid.centre(grid.voxel(at)) - AIM;
        // A bone in the patient's left half.
        if (p - Vector3::new(60.0, 0.0, 0.0)).norm() < 25.0 {
            *hu = 1000;
        }
    }
    let beam = Beam::new(Projection::AnteroPosterior, &AIM, small(300.0, 1.0)).unwrap();
    let lost = attenuation(&beam, &scan, &[]);
    for language in Language::ALL {
        let texts = Texts::new(language);
        let inscription =
            Inscription { letters: beam.projection.letters(), lines: vec![texts.get("xray-before"), texts.get("disclaimer")] };
        let picture = film(&beam, &lost, &inscription).unwrap();
        let grey = |column: usize, row: usize| picture.rgb[3 * (row * picture.width + column)];
        let seen = beam.seen_at(&(AIM + Vector3::x() * 60.0)).unwrap();
        let [bone, water] = [seen[0] as usize, 300 - seen[0] as usize].map(|column| grey(column, seen[1] as usize));
        assert!(bone > 195 && water < 160, "{bone} {water}");
        let lit = |columns: std::ops::Range<usize>, rows: std::ops::Range<usize>| {
            rows.flat_map(|row| columns.clone().map(move |column| (column, row))).filter(|&(c, r)| grey(c, r) > 128).count()
        };
        // R and L in the upper corners; the sentence below. An R has more ink than an L.
        let [r, l] = [lit(0..30, 0..30), lit(270..300, 0..30)];
        assert!(l > 10 && r > l, "R {r}, L {l}");
        assert!(lit(0..300, 275..300) > 200, "{language:?}: the disclaimer is not on the film");
        assert!(picture.png().unwrap().starts_with(b"\x89PNG"));
    }
    let nowhere = Inscription { letters: ['R', 'L'], lines: Vec::new() };
    assert_eq!(film(&beam, &vec![Attenuation::default(); lost.len()], &nowhere).err(), Some(FilmError::Empty));
    let unknown = Inscription { letters: ['R', 'L'], lines: vec!["\u{1F9B4}".into()] };
    assert_eq!(film(&beam, &lost, &unknown).err(), Some(LetteringError::Sign('\u{1F9B4}').into()));
}

#[test]
fn impossible_films_are_refused_with_what_was_found() {
    for (to_detector, to_patient, pixel) in
        [(900.0, 1000.0, 0.5), (1150.0, 0.0, 0.5), (f64::NAN, 1000.0, 0.5), (1150.0, 1000.0, -1.0)]
    {
        let settings = BeamSettings {
            source_to_detector_mm: to_detector,
            source_to_patient_mm: to_patient,
            pixel_mm: pixel,
            ..BeamSettings::default()
        };
        let error = Beam::new(Projection::AnteroPosterior, &AIM, settings).unwrap_err();
        assert!(matches!(error, BeamError::Distances { .. }), "{error}");
        assert!(error.to_string().contains(&format!("{to_patient}")), "{error}");
    }
    let error = Beam::new(Projection::AnteroPosterior, &AIM, small(430.0, 0.01)).unwrap_err();
    assert_eq!(error, BeamError::Pixels { columns: 43_000, rows: 43_000 });
}

/// A femur of a ball and a shaft beside a block of hip bone, a right hip; and a plan that cuts the ball off.
pub fn operated() -> (Volume, Vec<u8>, Plan, Catalogue, Point3<f64>) {
    let grid = Grid::axis_aligned([81, 61, 121], [1.0; 3], Point3::new(-140.0, -30.0, -100.0));
    let native = Point3::new(-90.0, 0.0, 0.0);
    let (mut hu, mut ids) = (vec![20_i16; grid.len()], vec![Label::Background.id(); grid.len()]);
    for at in 0..grid.len() {
        let p = grid.centre(grid.voxel(at));
        // Head, neck along +x from the shaft, and a shaft whose upper end stands above the plane of the cut.
        let head = (p - native).norm() < 20.0;
        let neck = (-120.0..-90.0).contains(&p.x) && p.y.hypot(p.z) < 8.0;
        let shaft = (p.x + 120.0).hypot(p.y) < 10.0 && p.z < 12.0;
        if head || neck || shaft {
            (hu[at], ids[at]) = (900, Label::FemurRight.id());
        } else if p.x > -66.0 {
            (hu[at], ids[at]) = (700, Label::HipRight.id());
        }
    }
    let catalogue = Catalogue::shipped().unwrap();
    let stem = catalogue.stems[0].clone();
    let cup = catalogue.cups.iter().find(|cup| cup.outer_diameter_mm == 50.0).unwrap().clone();
    let head = catalogue.heads_for(&cup).next().unwrap().clone();
    let mut placement = StemPlacement {
        stem: stem.id.clone(),
        head: head.id.clone(),
        pose: Isometry3::identity(),
        resection: ResectionPlane { point: Point3::new(-105.0, 0.0, 0.0), normal: Vector3::x_axis() },
        estimated: false,
    };
    let frame = AnatomicalFrame::scanner(Point3::new(-120.0, 0.0, 0.0));
    placement.pose = Isometry3::from_parts(Translation3::from(frame.origin), frame.rotation.into());
    // The cup is where the new head comes to lie 6 mm further medially and 4 mm further up.
    let centre = placement.lps_point(Side::Right, &stem.head_centre(&head)) + Vector3::new(6.0, 0.0, 4.0);
    let axis = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 }.axis(&frame, Side::Right);
    let plan = Plan {
        format_version: Plan::FORMAT_VERSION,
        number: 1,
        side: Side::Right,
        catalogue: catalogue.title(),
        catalogue_sha256: catalogue.sha256.clone(),
        cup: CupPlacement { cup: cup.id.clone(), centre, axis, liner: None, bone_coverage: None },
        stem: Some(placement),
        leg_length_change_mm: None,
        offset_change_mm: None,
        terms: Vec::new(),
        runners_up: Vec::new(),
        aim: None,
        revision_of: None,
        deformity: Deformity::default(),
        findings: Vec::new(),
        overrides: Vec::new(),
        review: None,
        approval: None,
    };
    (Volume { grid, hu }, ids, plan, catalogue, native)
}

#[test]
fn after_the_operation_the_head_is_gone_and_the_femur_is_where_the_plan_brings_it() {
    let (volume, ids, plan, catalogue, native) = operated();
    let after = after_operation(&volume, &ids, &plan, &catalogue, &native).unwrap();
    let at =
        |volume: &Volume, x: f64, z: f64| volume.hu[volume.grid.index(volume.grid.nearest(&Point3::new(x, 0.0, z)).unwrap())];
    // The shaft has moved by (6, 0, 4): its lateral edge at -130 is muscle now, its medial one at -110 is bone up to -104.
    assert_eq!((at(&volume, -128.0, -60.0), at(&after, -128.0, -60.0)), (900, 40));
    assert_eq!((at(&volume, -106.0, -60.0), at(&after, -106.0, -60.0)), (20, 900));
    assert_eq!((at(&volume, -114.0, 14.0), at(&after, -114.0, 14.0)), (20, 900));
    // The head is gone: nothing of bone between the cut and the hip bone outside the cup.
    let bone = |volume: &Volume| (0..volume.hu.len()).filter(|&at| volume.hu[at] == 900).count();
    let head =
        volume.hu.iter().zip(0..).filter(|&(hu, at)| *hu == 900 && volume.grid.centre(volume.grid.voxel(at)).x > -105.0).count();
    let left = bone(&volume) - head;
    assert!((bone(&after) as f64 / left as f64 - 1.0).abs() < 0.05, "{} of {left} voxels are left", bone(&after));
    // The hip bone stays as it is but for the reamed socket, whose volume is that of the cup's.
    let cup = plan.cup.centre;
    let changed = (0..ids.len()).filter(|&at| ids[at] == Label::HipRight.id() && after.hu[at] != volume.hu[at]);
    for at in changed {
        let from = (volume.grid.centre(volume.grid.voxel(at)) - cup).norm();
        assert!(from < 25.0, "changed {from} mm from the cup's centre");
    }
    // The metal is that of a shell, a head in its middle and a stem.
    let bodies = metal(&plan, &catalogue).unwrap();
    assert!(bodies.len() >= 3, "{}", bodies.len());
    assert!(bodies.iter().all(TriMesh::is_watertight));
    let (low, high) = bodies[1].bounds().unwrap();
    assert!((nalgebra::center(&low, &high) - cup).norm() < 1.5, "the head is in the cup");
    let cup_entry = plan.chosen(&catalogue).unwrap().cup;
    let [outer, inner] = [cup_entry.outer_diameter_mm / 2.0, cup_entry.outer_diameter_mm / 2.0 - cup_entry.shell_thickness_mm];
    let expected = 2.0 / 3.0 * std::f64::consts::PI * (outer.powi(3) - inner.powi(3));
    let found = bodies[0].volume_mm3();
    assert!((found / expected - 1.0).abs() < 0.01 || cup_entry.rim_height_mm != 0.0, "{found} instead of {expected}");
}

#[test]
fn without_a_stem_the_femur_stays() {
    let (volume, ids, mut plan, catalogue, native) = operated();
    plan.stem = None;
    let after = after_operation(&volume, &ids, &plan, &catalogue, &native).unwrap();
    for at in 0..ids.len() {
        if after.hu[at] != volume.hu[at] {
            assert!((volume.grid.centre(volume.grid.voxel(at)) - plan.cup.centre).norm() < 25.0);
        }
    }
    assert_eq!(metal(&plan, &catalogue).unwrap().len(), 1, "the shell alone");
}
