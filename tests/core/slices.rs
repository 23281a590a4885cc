//! Slices show what was scanned where it was scanned: exact values, contours of the right size, left where left belongs.

use coxa::{
    anatomy::{Acetabulum, Anatomy, Axis, Femur, Hip, Landmark, Pelvis, ShaftSource, SliceKind, Sphere},
    frames::{AnatomicalFrame, Side},
    i18n::Language,
    labels::Label,
    mesh::TriMesh,
    pipeline::{PipelineError, SliceRequest, slice_of_case},
    plan::storage::{Case, CaseFolder, Provenance},
    report::bone_outline,
    surface::{cross_section, section_lines},
    volume::{
        GreyWindow, Grid, Volume, WindowPreset, range_hu,
        resample::trilinear,
        slice::{NOT_SCANNED, SlicePlane, SliceSize, slice, step_mm, stepped},
    },
};
use nalgebra::{Point3, Rotation3, Unit, Vector3};

/// Whole at voxel centres of grids whose steps are whole numbers of it, so that nothing is rounded when it is written.
fn ramp(p: &Point3<f64>) -> f64 {
    6.0 * p.x - 4.0 * p.y + 9.0 * p.z + 100.0
}

/// A linear field on a grid; rounded to whole HU, as every CT is.
fn volume(grid: Grid) -> Volume {
    let hu = (0..grid.len()).map(|index| ramp(&grid.centre(grid.voxel(index))).round() as i16).collect();
    Volume { grid, hu }
}

fn oblique() -> Grid {
    let direction = *Rotation3::from_euler_angles(0.3, -0.5, 0.9).matrix();
    Grid { size: [60, 50, 40], spacing: [0.7, 0.9, 1.6], origin: Point3::new(-30.0, 12.0, 40.0), direction }
}

#[test]
fn a_ramp_has_its_value_in_every_pixel_of_any_plane_through_any_grid() {
    let turns = [(0.0, 0.0, 0.0), (0.4, 0.2, -1.1), (1.3, -0.7, 2.4)];
    for grid in [oblique(), Grid::axis_aligned([60, 50, 40], [0.5, 1.0, 2.0], Point3::new(-15.0, -20.0, -40.0))] {
        let volume = volume(grid);
        let middle = volume.grid.lps(&Vector3::new(29.5, 24.5, 19.5));
        for turn in turns.map(|(x, y, z)| Rotation3::from_euler_angles(x, y, z)) {
            let plane = SlicePlane::new(middle, &(turn * Vector3::x()), &(turn * Vector3::y())).unwrap();
            let size = SliceSize { pixels: [91, 70], mm_per_pixel: 0.63 };
            let hu = slice(&volume, &plane, &size);
            let (mut inside, mut outside) = (0, 0);
            for (n, &hu) in hu.iter().enumerate() {
                let (column, row) = ((n % 91) as f64, (n / 91) as f64);
                let point = plane.at([(column - 45.0) * 0.63, (34.5 - row) * 0.63]);
                let voxel = volume.grid.fractional(&point);
                let last = volume.grid.size.map(|n| n as f64 - 1.0);
                // In the outermost half voxel the border's value holds; beyond it nothing was scanned.
                let beyond = (0..3).map(|a| (-voxel[a]).max(voxel[a] - last[a])).fold(f64::NEG_INFINITY, f64::max);
                if let Some(exact) = trilinear(&volume, &point) {
                    assert!((f64::from(hu) - exact).abs() <= 0.5 + 1e-6, "{hu} instead of {exact} at {voxel}");
                }
                if beyond <= 0.0 {
                    // Voxels are whole HU, and so is the slice.
                    assert!((f64::from(hu) - ramp(&point)).abs() <= 1.0, "{hu} instead of {} at {voxel}", ramp(&point));
                    inside += 1;
                } else if beyond > 0.51 {
                    assert_eq!(hu, NOT_SCANNED, "{voxel}");
                    outside += 1;
                }
            }
            assert!(inside > 2000 && outside > 100, "{inside} {outside}");
        }
    }
}

#[test]
fn values_are_exact_where_voxels_are_whole() {
    // Steps of whole numbers: the trilinear value of every quarter of a voxel is exact, and rounding is all that is left.
    let volume = volume(Grid::axis_aligned([40, 30, 20], [0.5, 1.0, 2.0], Point3::new(-10.0, -15.0, -20.0)));
    let plane = SlicePlane::new(Point3::new(0.25, 0.0, 0.5), &Vector3::x(), &Vector3::z()).unwrap();
    let hu = slice(&volume, &plane, &SliceSize { pixels: [9, 9], mm_per_pixel: 1.0 });
    for (n, hu) in hu.into_iter().enumerate() {
        let point = plane.at([(n % 9) as f64 - 4.0, 4.0 - (n / 9) as f64]);
        assert_eq!(f64::from(hu), ramp(&point).round(), "{point}");
    }
}

#[test]
fn left_stays_left_and_each_picture_is_read_as_radiologists_read_it() {
    // A bright voxel on the patient's left, behind and above the middle.
    let grid = Grid::axis_aligned([41, 41, 41], [2.0; 3], Point3::new(-40.0, -40.0, -40.0));
    let marked = [30, 28, 33];
    let mut hu = vec![0; grid.len()];
    hu[grid.index(marked)] = 1000;
    let mark = grid.centre(marked);
    let volume = Volume { grid, hu };
    for (kind, right, up) in
        [(SliceKind::Axial, mark.x, -mark.y), (SliceKind::Coronal, mark.x, mark.z), (SliceKind::Sagittal, mark.y, mark.z)]
    {
        let plane = kind.plane(None).unwrap().through(&mark);
        let pixels = slice(&volume, &plane, &SliceSize { pixels: [81, 81], mm_per_pixel: 1.0 });
        let brightest = (0..pixels.len()).max_by_key(|&n| pixels[n]).unwrap();
        let seen = [(brightest % 81) as f64 - 40.0, 40.0 - (brightest / 81) as f64];
        assert_eq!(seen, [right, up], "{kind:?}");
        assert!(kind == SliceKind::Sagittal || seen[0] > 0.0, "the patient's left is on the right of the picture");
        assert_eq!(plane.place(&mark), [right, up]);
        assert!(plane.before_mm(&mark).abs() < 1e-12);
    }
    // Looked at from the feet, the front and the left.
    let viewer = |kind: SliceKind| kind.plane(None).unwrap().towards_viewer().into_inner();
    assert!((viewer(SliceKind::Axial) + Vector3::z()).norm() < 1e-12);
    assert!((viewer(SliceKind::Coronal) + Vector3::y()).norm() < 1e-12);
    assert!((viewer(SliceKind::Sagittal) - Vector3::x()).norm() < 1e-12);
}

/// A sphere of triangles whose corners lie on it.
fn sphere(centre: Point3<f64>, radius_mm: f64) -> TriMesh {
    let (rows, columns) = (60u32, 120u32);
    let mut vertices = vec![centre + Vector3::z() * radius_mm];
    for row in 1..rows {
        for column in 0..columns {
            let (theta, phi) = (f64::from(row) / f64::from(rows) * 180.0, f64::from(column) / f64::from(columns) * 360.0);
            let (theta, phi) = (theta.to_radians(), phi.to_radians());
            let direction = Vector3::new(theta.sin() * phi.cos(), theta.sin() * phi.sin(), theta.cos());
            vertices.push(centre + direction * radius_mm);
        }
    }
    vertices.push(centre - Vector3::z() * radius_mm);
    let at = |row: u32, column: u32| 1 + (row - 1) * columns + column % columns;
    let last = vertices.len() as u32 - 1;
    let mut triangles = Vec::new();
    for column in 0..columns {
        triangles.push([0, at(1, column), at(1, column + 1)]);
        triangles.push([last, at(rows - 1, column + 1), at(rows - 1, column)]);
        for row in 1..rows - 1 {
            let [a, b, c, d] = [at(row, column), at(row + 1, column), at(row + 1, column + 1), at(row, column + 1)];
            triangles.extend([[a, b, c], [a, c, d]]);
        }
    }
    TriMesh { vertices, triangles }
}

#[test]
fn the_contour_of_a_sphere_is_a_circle_of_its_radius() {
    let (centre, radius) = (Point3::new(-90.0, 20.0, 700.0), 24.0);
    let mesh = sphere(centre, radius);
    assert!(mesh.is_watertight());
    for (normal, off) in [(Vector3::new(0.3, -0.5, 0.8), 0.0), (Vector3::x(), 10.0), (Vector3::new(-1.0, 1.0, 0.2), -17.0)] {
        let normal = normal.normalize();
        let lines = section_lines(&mesh, &(centre + normal * off), &normal);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].closed && lines[0].points.len() > 100);
        let expected = f64::sqrt(radius * radius - off * off);
        for point in &lines[0].points {
            let from = point - centre;
            assert!((from.dot(&normal) - off).abs() < 1e-6, "out of the plane");
            let found = (from - normal * off).norm();
            // Triangles lie at most the sagitta of 3° within the sphere: 0.03 mm of depth, more where the plane cuts them flatly.
            assert!(found <= expected + 1e-6 && found > expected - 0.06, "{found} instead of {expected}");
        }
    }
    assert!(section_lines(&mesh, &(centre + Vector3::x() * 24.5), &Vector3::x()).is_empty());
}

#[test]
fn an_open_mesh_has_open_lines_which_a_cross_section_leaves_out() {
    let centre = Point3::origin();
    let mut bowl = sphere(centre, 20.0);
    // The upper half is gone.
    bowl.triangles.retain(|t| t.iter().all(|&v| bowl.vertices[v as usize].z <= 1e-9));
    let lines = section_lines(&bowl, &centre, &Vector3::x());
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].closed);
    let ends = [lines[0].points[0], lines[0].points[lines[0].points.len() - 1]];
    assert!(ends.iter().all(|end| end.z.abs() < 1e-6 && (end.y.abs() - 20.0).abs() < 0.1), "{ends:?}");
    assert!(cross_section(&bowl, &centre, &Vector3::x()).is_empty());
    assert_eq!(cross_section(&bowl, &Point3::new(0.0, 0.0, -10.0), &Vector3::z()).len(), 1, "and closed ones are kept");
}

#[test]
fn scrolling_passes_from_slice_to_slice_as_scanned_and_stays_in_the_scan() {
    let grid = Grid::axis_aligned([20, 20, 10], [0.8, 0.8, 2.5], Point3::new(0.0, 0.0, 100.0));
    let up = Unit::new_normalize(Vector3::z());
    assert!((step_mm(&grid, &up) - 2.5).abs() < 1e-12);
    let from = Point3::new(4.1, 3.3, 104.0);
    let z = |steps: f64| stepped(&grid, &from, &up, steps).z;
    assert_eq!([z(0.0), z(1.0), z(-1.0), z(100.0), z(-100.0)], [105.0, 107.5, 102.5, 122.5, 100.0]);
    assert!((stepped(&grid, &from, &-up, 1.0) - Point3::new(4.1, 3.3, 102.5)).norm() < 1e-9, "only along the way");
    // Half way between two axes of the same spacing a voxel is passed in that spacing; no step leads out of the scan.
    let slanting = Unit::new_normalize(Vector3::new(1.0, 1.0, 0.0));
    assert!((step_mm(&grid, &slanting) - 0.8).abs() < 1e-12);
    let moved = stepped(&grid, &from, &slanting, 2.0);
    assert!((moved - from - slanting.into_inner() * 1.6).norm() < 1e-9);
    assert_eq!(stepped(&grid, &from, &slanting, 1000.0), from);
}

#[test]
fn windows_are_those_of_the_standard() {
    let window = GreyWindow { centre_hu: 40.0, width_hu: 400.0 };
    // PS3.3 C.11.2.1.2: black up to c − 0.5 − (w−1)/2, white beyond c − 0.5 + (w−1)/2.
    assert_eq!([-160, -161, 239, 240, 3000, -1000].map(|hu| window.grey(hu)), [0, 0, 255, 255, 255, 0]);
    assert!((i16::from(window.grey(40)) - 128).abs() <= 1);
    let step = GreyWindow { centre_hu: 100.0, width_hu: 1.0 };
    assert_eq!([99, 100].map(|hu| step.grey(hu)), [0, 255]);
    let volume = volume(oblique());
    let range = range_hu(&volume);
    assert_eq!(range, [*volume.hu.iter().min().unwrap(), *volume.hu.iter().max().unwrap()]);
    let full = WindowPreset::Full.window(range);
    assert_eq!(range.map(|hu| full.grey(hu)), [0, 255]);
    assert!(full.grey(range[0] + 20) > 0 && full.grey(range[1] - 20) < 255, "no wider than needed");
    for preset in WindowPreset::ALL {
        assert_eq!(preset.name().parse(), Ok(preset));
    }
    assert!("bones".parse::<WindowPreset>().unwrap_err().contains("bone, soft, metal, full"));
}

/// A hip whose neck leaves the shaft at 130° with 20° of anteversion.
fn hip(side: Side) -> Hip {
    let (head, out) = (Point3::new(side.lps_sign() * 90.0, 10.0, 650.0), side.lps_sign());
    let (elevation, version) = (40f64.to_radians(), 20f64.to_radians());
    // From the head to the shaft: outwards, backwards, down.
    let neck = Vector3::new(out * elevation.cos() * version.cos(), elevation.cos() * version.sin(), -elevation.sin());
    let sphere = Sphere { centre: head, radius_mm: 24.0, rms_mm: 0.1 };
    let shaft = Axis { point: head + neck * 55.0 + Vector3::new(0.0, 3.0, -40.0), direction: Unit::new_normalize(Vector3::z()) };
    let femur = Femur {
        neck_axis: Axis { point: head, direction: Unit::new_normalize(neck) },
        shaft,
        shaft_source: ShaftSource::Measured,
        frame: AnatomicalFrame::scanner(head),
        knee_in_scan: false,
        lesser_trochanter: None,
        greater_trochanter: None,
        neck_shaft_angle_deg: 130.0,
        femoral_offset_mm: 42.0,
        version_murphy_deg: None,
        estimated_knee: None,
        canal: Vec::new(),
    };
    Hip { side, acetabulum: Acetabulum { sphere, axis: Unit::new_normalize(-neck) }, head: sphere, femur: Some(femur) }
}

#[test]
fn planes_of_the_femur_hold_its_axes_and_are_looked_at_like_those_of_the_body() {
    for side in Side::BOTH {
        let hip = hip(side);
        let femur = hip.femur.clone().unwrap();
        let of = |kind: SliceKind| kind.plane(Some(&hip)).unwrap();
        let on = |plane: SlicePlane, axis: &Axis| {
            [0.0, 40.0].iter().all(|&mm| plane.before_mm(&(axis.point + axis.direction.into_inner() * mm)).abs() < 1e-9)
        };
        assert!(on(of(SliceKind::Neck), &femur.neck_axis));
        assert!(on(of(SliceKind::Canal), &femur.shaft) && on(of(SliceKind::CanalLateral), &femur.shaft));
        let across = of(SliceKind::CanalAcross);
        assert!((across.towards_viewer().dot(&femur.shaft.direction) + 1.0).abs() < 1e-12, "from below");
        for kind in [SliceKind::Neck, SliceKind::Canal] {
            assert!(of(kind).towards_viewer().y < -0.9, "{kind:?} of the {side} femur from the front");
            assert!(of(kind).right.x > 0.9, "the patient's left on the right");
            assert!((of(kind).up.into_inner() - Vector3::z()).norm() < 1e-9);
        }
        // The neck's angle is seen in full, and the head on the inner side.
        let neck = of(SliceKind::Neck);
        let [right, up] = neck.place(&(hip.head.centre + femur.neck_axis.direction.into_inner() * 10.0));
        assert!(((right * side.lps_sign()).atan2(-up).to_degrees() - 50.0).abs() < 1e-9, "{right} {up}");
        let lateral = of(SliceKind::CanalLateral);
        assert!(lateral.right.y > 0.9 && lateral.towards_viewer().x > 0.9, "anterior on the left, as sagittal slices");
        assert!(across.up.y < -0.9 && across.right.x > 0.9, "anterior above, as axial slices");
    }
    assert!(SliceKind::ALL.iter().all(|kind| kind.plane(None).is_some() != kind.of_femur()));
    assert!("oblique".parse::<SliceKind>().unwrap_err().contains("axial, coronal, sagittal, neck"));
}

/// A case of a left hip without a plan: a scan of 2 mm about its head with a bright ball there, which is also its femur's surface.
fn case_of(folder: &std::path::Path, femur: Option<Femur>) -> CaseFolder {
    let hip = Hip { femur, ..hip(Side::Left) };
    let landmark = |x: f64| Landmark {
        position: hip.head.centre + Vector3::new(x, -30.0, 60.0),
        sd_mm: None,
        along: None,
        method: "made up".into(),
        doubt: None,
    };
    let head = hip.head.centre;
    let grid = Grid::axis_aligned([71, 71, 71], [2.0; 3], head - Vector3::repeat(70.0));
    let inside = |n: usize| (grid.centre(grid.voxel(n)) - head).norm() < 24.0;
    let hu = (0..grid.len()).map(|n| if inside(n) { 1200 } else { -900 }).collect();
    let provenance = Provenance {
        input: "made up".into(),
        inputs_sha256: String::new(),
        software_version: env!("CARGO_PKG_VERSION").into(),
        segmentation_model: "none".into(),
        segmentation_sha256: String::new(),
        device: "none".into(),
        catalogue: String::new(),
        catalogue_sha256: String::new(),
        warnings: Vec::new(),
    };
    let draft = CaseFolder::create(folder).unwrap();
    draft.write_case(&Case { pseudonym: "CX-SLICE".into(), side: Side::Left, provenance }).unwrap();
    let pelvis = Pelvis {
        asis_left: landmark(30.0),
        asis_right: landmark(-210.0),
        tubercle_left: landmark(-70.0),
        tubercle_right: landmark(-110.0),
        app: AnatomicalFrame::scanner(head),
        tilt_deg: 0.0,
        obliquity_deg: 0.0,
    };
    draft.write_anatomy(&Anatomy { pelvis, left: Some(hip), right: None, findings: Vec::new() }).unwrap();
    draft.write_bones(&[(Label::FemurLeft, sphere(head, 24.0))].into()).unwrap();
    draft.write_volume(&Volume { grid, hu }).unwrap();
    draft.commit().unwrap()
}

fn request(kind: SliceKind) -> SliceRequest<'static> {
    SliceRequest {
        kind,
        at_mm: None,
        window: WindowPreset::Bone,
        pixels: [300, 240],
        field_mm: 120.0,
        plan: None,
        svg: false,
        language: Language::English,
    }
}

#[test]
fn a_slice_of_a_case_is_written_with_its_outline_letters_and_words() {
    let folder = tempfile::tempdir().unwrap();
    let case = case_of(&folder.path().join("case"), hip(Side::Left).femur);
    for kind in SliceKind::ALL {
        let slice = slice_of_case(&case, &request(kind)).unwrap();
        assert!((slice.size.mm_per_pixel - 0.5).abs() < 1e-12);
        let mut reader = png::Decoder::new(std::io::Cursor::new(&slice.bytes)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!((info.width, info.height, info.color_type), (300, 240, png::ColorType::Rgb));
        let at = |column: usize, row: usize| <[u8; 3]>::try_from(&rgb[3 * (row * 300 + column)..][..3]).unwrap();
        if !kind.of_femur() || matches!(kind, SliceKind::Neck | SliceKind::CanalAcross) {
            // Through the middle of the ball: white within, black beyond, and its outline in the femur's colour at its radius.
            assert_eq!(at(150, 120), [245; 3].map(|_| at(150, 120)[0]), "{kind:?}");
            assert!(at(150, 120)[0] > 230 && at(150, 40)[0] < 10, "{kind:?} {:?} {:?}", at(150, 120), at(150, 40));
            let [r, g, b] = bone_outline(Label::FemurLeft);
            let near = |p: [u8; 3]| p[0].abs_diff(r) < 30 && p[1].abs_diff(g) < 30 && p[2].abs_diff(b) < 60;
            let coloured: Vec<usize> = (150..300).filter(|column| near(at(*column, 120))).collect();
            assert!(!coloured.is_empty() && coloured.iter().all(|c| c.abs_diff(150 + 48) <= 2), "{kind:?} {coloured:?}");
        }
    }
    let axial =
        slice_of_case(&case, &SliceRequest { svg: true, language: Language::Chinese, ..request(SliceKind::Axial) }).unwrap();
    let svg = String::from_utf8(axial.bytes).unwrap();
    assert_eq!(axial.letters, ["R", "L", "A", "P"], "the patient's right on the left of the picture");
    for part in ["<image ", "<polygon ", "CX-SLICE", "左 L", "横断面", "不是医疗器械", ">R</text>"] {
        assert!(svg.contains(part), "{part}");
    }
    // In true size.
    assert!(svg.contains("width=\"150.00mm\""), "{}", &svg[..200]);
    // Where it is asked for: 30 mm above the head nothing is met.
    let above = SliceRequest { at_mm: Some(680.0), svg: true, ..request(SliceKind::Axial) };
    let above = slice_of_case(&case, &above).unwrap();
    assert!((above.plane.point - Point3::new(90.0, 10.0, 680.0)).norm() < 1e-9, "{}", above.plane.point);
    assert!(!String::from_utf8(above.bytes).unwrap().contains("<polygon"));
    let left = slice_of_case(&case, &SliceRequest { at_mm: Some(85.0), ..request(SliceKind::Sagittal) }).unwrap();
    assert!((left.plane.point.x - 85.0).abs() < 1e-9);
    let front = slice_of_case(&case, &SliceRequest { at_mm: Some(4.0), ..request(SliceKind::Coronal) }).unwrap();
    assert!((front.plane.point.y - 4.0).abs() < 1e-9);
    let before = slice_of_case(&case, &SliceRequest { at_mm: Some(6.0), ..request(SliceKind::Neck) }).unwrap();
    assert!(before.plane.point.y < 5.0, "towards who looks from the front: {}", before.plane.point);
}

#[test]
fn a_plane_of_a_femur_that_was_not_measured_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let case = case_of(&folder.path().join("case"), None);
    let refused = slice_of_case(&case, &request(SliceKind::Canal)).err().unwrap();
    assert!(matches!(refused, PipelineError::NoSlicePlane { side: Side::Left }), "{refused}");
    slice_of_case(&case, &request(SliceKind::Axial)).unwrap();
}
