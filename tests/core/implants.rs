//! The catalogue is refused when its dimensions make no sense, and the geometry drawn from it has the dimensions it states.

use coxa::{
    frames::Side,
    implants::{Catalogue, CatalogueError, Cup, Head, OffsetOption, Stem, StemSection, check, geometry, oscillation_angle_deg},
    mesh::TriMesh,
    report::catalogue_sheets,
};
use nalgebra::Point3;
use std::{
    f64::consts::{FRAC_1_SQRT_2, PI},
    process::{Command, Stdio},
};

fn cup(outer_mm: f64, head_mm: f64) -> Cup {
    Cup {
        id: "cup".into(),
        outer_diameter_mm: outer_mm,
        head_diameter_mm: head_mm,
        rim_height_mm: 0.0,
        chamfer_mm: 0.0,
        shell_thickness_mm: 3.0,
        ..Cup::default()
    }
}

fn head(diameter_mm: f64, offset_mm: f64) -> Head {
    Head { id: "head".into(), diameter_mm, offset_mm, taper: "12/14".into(), ..Head::default() }
}

fn stem(neck_mm: f64) -> Stem {
    let section = |distal_mm, width_mm, depth_mm, medial_shift_mm| StemSection { distal_mm, width_mm, depth_mm, medial_shift_mm };
    Stem {
        id: "stem".into(),
        size: 1,
        offset_option: OffsetOption::Standard,
        neck_shaft_angle_deg: 135.0,
        neck_length_mm: 50.0,
        neck_diameter_mm: neck_mm,
        resection_mm: 15.0,
        sections: vec![section(-10.0, 24.0, 14.0, 4.0), section(20.0, 18.0, 12.0, 1.0), section(100.0, 8.0, 7.0, 0.0)],
        ..Stem::default()
    }
}

/// Largest distance of triangle corners, edge middles and centroids from a surface given by its distance function.
fn deviation(mesh: &TriMesh, of: impl Fn(&Point3<f64>) -> bool, distance: impl Fn(&Point3<f64>) -> f64) -> f64 {
    (0..mesh.triangles.len())
        .map(|t| mesh.corners(t))
        .filter(|corners| corners.iter().all(&of))
        .flat_map(|[a, b, c]| {
            [a, nalgebra::center(&a, &b), nalgebra::center(&b, &c), Point3::from((a.coords + b.coords + c.coords) / 3.0)]
        })
        .map(|point| distance(&point).abs())
        .fold(0.0, f64::max)
}

#[test]
fn the_shipped_catalogue_is_sound_and_covers_the_sizes_in_use() {
    let catalogue = Catalogue::shipped().unwrap();
    assert_eq!(catalogue.sha256.len(), 64);
    let sizes: Vec<f64> = catalogue.cups.iter().map(|cup| cup.outer_diameter_mm).collect();
    assert_eq!(sizes, (20..=34).map(|half| f64::from(half) * 2.0).collect::<Vec<_>>());
    for cup in &catalogue.cups {
        let expected = match cup.outer_diameter_mm {
            d if d >= 52.0 => 36.0,
            d if d >= 48.0 => 32.0,
            d if d >= 44.0 => 28.0,
            _ => 22.225,
        };
        assert_eq!(cup.head_diameter_mm, expected, "{}", cup.id);
        assert!(catalogue.heads_for(cup).any(|head| head.offset_mm == 0.0));
    }
    for option in OffsetOption::ALL {
        assert_eq!(catalogue.stems.iter().filter(|stem| stem.offset_option == option).count(), 12);
    }
}

#[test]
fn a_high_offset_moves_the_head_medially_and_leaves_the_leg_as_long() {
    let catalogue = Catalogue::shipped().unwrap();
    for size in 1..=12 {
        let standard = catalogue.stem(&format!("stem-taper-{size}-std")).unwrap();
        let high = catalogue.stem(&format!("stem-taper-{size}-high")).unwrap();
        let head = catalogue.head("head-32+0").unwrap();
        // The body is where it was, so positions are compared from its first section. The file has three decimals.
        let from_body = |stem: &Stem| stem.head_centre(head).coords + nalgebra::Vector3::y() * stem.sections[0].distal_mm;
        let moved = from_body(high) - from_body(standard);
        let medially = -moved.z;
        assert!(moved.y.abs() < 2e-3, "size {size}: the leg changes by {} mm", moved.y);
        assert!(
            (5.0..=7.0).contains(&medially.round()) && (medially - medially.round()).abs() < 2e-3,
            "size {size}: {medially} mm"
        );
        assert_eq!(standard.sections.len(), high.sections.len());
        let cut = |stem: &Stem| {
            // Where the resection plane crosses the plane z = 0 of the body, from the first section.
            let u = stem.towards_head();
            stem.resection_mm / u.y + stem.sections[0].distal_mm
        };
        // A cut that follows the neck: parallel in both, through the same line of the body.
        assert!((cut(high) - cut(standard)).abs() < 5e-3, "size {size}: {} and {}", cut(high), cut(standard));
    }
}

#[test]
fn faults_of_a_catalogue_are_told_with_file_and_entry() {
    let good = Catalogue::shipped().unwrap();
    assert_eq!(check(&good), Vec::<String>::new());
    type Fault = fn(&mut Catalogue);
    let faults: [(Fault, &str); 10] = [
        (|c| c.cups[3].id = c.cups[2].id.clone(), "the id 'cup-hemi-44' is used twice"),
        (|c| c.cups[0].head_diameter_mm = 28.0, "'cup-hemi-40' leaves 2.50 mm of polyethylene"),
        (|c| c.cups[1].shell_thickness_mm = 1.0, "'cup-hemi-42' has a shell of 1 mm"),
        (
            |c| [&mut c.heads, &mut c.further.heads].into_iter().for_each(|heads| heads.retain(|h| h.diameter_mm != 32.0)),
            "'cup-hemi-48' takes a 32 mm head, but no head of that diameter is listed",
        ),
        (|c| c.cups[5].outer_diameter_mm = -50.0, "'cup-hemi-50' has outer_diameter_mm -50"),
        (|c| c.cups.swap(1, 2), "'cup-hemi-42' is not larger than 'cup-hemi-44'"),
        (|c| c.stems[0].sections[2].width_mm = f64::NAN, "'stem-taper-1-std, section 3' has width_mm NaN"),
        (|c| c.stems[0].sections.reverse(), "'stem-taper-1-std' does not list its sections from proximal to distal"),
        (|c| c.stems[6].neck_shaft_angle_deg = 2.3, "'stem-taper-3-std' has a neck–shaft angle of 2.3°"),
        (|c| c.heads[2].offset_mm = 9.0, "'head-22.225+3.5' has an offset of 9 mm"),
    ];
    for (spoil, expected) in faults {
        let mut bad = good.clone();
        spoil(&mut bad);
        let problems = check(&bad).join("; ");
        assert!(problems.contains(expected), "expected '{expected}' in '{problems}'");
    }
}

#[test]
fn a_catalogue_file_that_cannot_be_used_says_where_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ours.ron");
    let shipped = std::fs::read_to_string(coxa::files::shipped("models/implants/generic.ron").unwrap()).unwrap();
    let told = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let error = Catalogue::load(&path).unwrap_err();
        assert!(error.to_string().contains("ours.ron"), "{error}");
        error
    };
    let CatalogueError::Syntax { line, .. } = told(&shipped.replacen("outer_diameter_mm: 40.0", "outer_diameter_mm: forty", 1))
    else {
        panic!("not a syntax error")
    };
    assert_eq!(line, 1 + shipped.lines().position(|l| l.contains("cup-hemi-40")).unwrap());
    assert!(matches!(
        told(&shipped.replacen("format_version: 1", "format_version: 3", 1)),
        CatalogueError::Version { found: 3, .. }
    ));
    assert!(matches!(told(&shipped[..shipped.len() / 2]), CatalogueError::Syntax { .. }));
    assert!(matches!(told("solid bone"), CatalogueError::Syntax { .. }));
    assert!(matches!(told(&shipped.replacen("cup-hemi-42", "cup-hemi-40", 1)), CatalogueError::Content { .. }));
    assert!(matches!(Catalogue::load(&folder.path().join("absent.ron")), Err(CatalogueError::Read { .. })));
}

#[test]
fn oscillation_angles_are_those_of_the_table() {
    // Rows: head diameter; columns: neck diameter 10, 11, 12, 12.5, 13, 14; a plain hemisphere. Two decimals.
    let necks = [10.0, 11.0, 12.0, 12.5, 13.0, 14.0];
    for (diameter, row) in [
        (22.225, [126.52, 120.67, 114.64, 111.55, 108.40, 101.91]),
        (28.0, [138.15, 133.74, 129.25, 126.97, 124.67, 120.00]),
        (32.0, [143.58, 139.79, 135.95, 134.01, 132.06, 128.11]),
        (36.0, [147.74, 144.42, 141.06, 139.36, 137.66, 134.23]),
        (40.0, [151.04, 148.08, 145.08, 143.58, 142.07, 139.03]),
    ] {
        for (neck, expected) in necks.iter().zip(row) {
            let found = oscillation_angle_deg(&cup(60.0, diameter), &head(diameter, 0.0), &stem(*neck));
            assert!((found - expected).abs() <= 0.005 + 1e-9, "{diameter}/{neck}: {found} instead of {expected}");
        }
    }
}

#[test]
fn rim_height_and_chamfer_change_the_oscillation_as_the_geometry_says() {
    // Neck of radius r, edge circle (ρ, h): the neck touches where the distance of the edge's nearest point from its axis is r.
    let touches = |rho: f64, h: f64, r: f64| {
        let (mut low, mut high) = (0.0_f64, PI / 2.0 + 0.5);
        for _ in 0..60 {
            let angle = (low + high) / 2.0;
            let axis = nalgebra::Vector3::new(angle.sin(), 0.0, angle.cos());
            // Nearest to the neck's axis of 3600 points of the edge, of those on its side: the neck begins at the centre.
            let nearest = (0..3600)
                .map(|i| 2.0 * PI * f64::from(i) / 3600.0)
                .map(|phi| nalgebra::Vector3::new(rho * phi.cos(), rho * phi.sin(), h))
                .filter(|p| p.dot(&axis) > 0.0)
                .map(|p| p.cross(&axis).norm())
                .fold(f64::INFINITY, f64::min);
            if nearest > r { low = angle } else { high = angle }
        }
        2.0 * low.to_degrees()
    };
    let mut raised = cup(54.0, 36.0);
    raised.rim_height_mm = 2.0;
    let found = oscillation_angle_deg(&raised, &head(36.0, 0.0), &stem(12.0));
    assert!((found - touches(18.0, 2.0, 6.0)).abs() < 0.01);
    let mut chamfered = cup(54.0, 36.0);
    chamfered.chamfer_mm = 1.5;
    let found = oscillation_angle_deg(&chamfered, &head(36.0, 0.0), &stem(12.0));
    let inner = (18.0_f64.powi(2) - 1.5_f64.powi(2)).sqrt();
    assert!((found - touches(inner + 1.5, 0.0, 6.0).min(touches(inner, -1.5, 6.0))).abs() < 0.01);
    assert!(found > 141.06, "a chamfer gives room");
}

#[test]
fn every_shipped_implant_is_a_closed_solid() {
    let catalogue = Catalogue::shipped().unwrap();
    for chord_error_mm in [0.05, 0.4] {
        for cup in &catalogue.cups {
            let mesh = geometry::cup_mesh(cup, chord_error_mm);
            assert!(mesh.is_watertight() && mesh.volume_mm3() > 0.0, "{}", cup.id);
        }
        for head in &catalogue.heads {
            let mesh = geometry::head_mesh(head, 12.0, chord_error_mm);
            assert!(mesh.is_watertight() && mesh.volume_mm3() > 0.0, "{}", head.id);
        }
        for stem in &catalogue.stems {
            for side in Side::BOTH {
                let mesh = geometry::stem_mesh(stem, side, chord_error_mm);
                assert!(mesh.is_watertight() && mesh.volume_mm3() > 0.0, "{}", stem.id);
            }
        }
    }
}

#[test]
fn volumes_are_those_of_the_closed_forms() {
    let fine = 0.005;
    let hemisphere = |r: f64| 2.0 / 3.0 * PI * r.powi(3);
    let close = |found: f64, expected: f64, what: &str| {
        assert!((found / expected - 1.0).abs() < 2e-3, "{what}: {found} instead of {expected} mm³");
    };
    close(geometry::cup_mesh(&cup(52.0, 36.0), fine).volume_mm3(), hemisphere(26.0) - hemisphere(18.0), "plain cup");
    let mut raised = cup(52.0, 36.0);
    raised.rim_height_mm = 3.0;
    let ring = PI * (26.0_f64.powi(2) - 18.0_f64.powi(2)) * 3.0;
    close(geometry::cup_mesh(&raised, fine).volume_mm3(), hemisphere(26.0) - hemisphere(18.0) + ring, "raised rim");
    let mut sunk = cup(52.0, 36.0);
    sunk.rim_height_mm = -3.0;
    // A ball's slice between the equator and 3 mm below it: π h (R² − h²/3).
    let slice = |r: f64| PI * 3.0 * (r * r - 3.0);
    close(
        geometry::cup_mesh(&sunk, fine).volume_mm3(),
        hemisphere(26.0) - hemisphere(18.0) - slice(26.0) + slice(18.0),
        "sunk rim",
    );
    for offset in [-3.5, 0.0, 7.0] {
        // A ball less its bore: the cap above the opening's plane and the cylinder below it down to the floor.
        let (r, b) = (16.0_f64, 6.0_f64);
        let opening = (r * r - b * b).sqrt();
        let cap = PI * (r - opening).powi(2) * (2.0 * r + opening) / 3.0;
        let expected = 4.0 / 3.0 * PI * r.powi(3) - cap - PI * b * b * (opening - offset);
        close(geometry::head_mesh(&head(32.0, offset), 12.0, fine).volume_mm3(), expected, "head");
    }
    close(geometry::neck_mesh(&stem(12.0), fine).volume_mm3(), PI * 36.0 * 50.0, "neck");
    let stem = stem(12.0);
    let frusta: f64 = stem
        .sections
        .windows(2)
        .map(|s| {
            let (a0, b0, a1, b1) = (s[0].width_mm / 2.0, s[0].depth_mm / 2.0, s[1].width_mm / 2.0, s[1].depth_mm / 2.0);
            PI * (s[1].distal_mm - s[0].distal_mm) / 6.0 * (2.0 * a0 * b0 + a0 * b1 + a1 * b0 + 2.0 * a1 * b1)
        })
        .sum();
    close(geometry::stem_body_mesh(&stem, fine).volume_mm3(), frusta, "stem body");
}

#[test]
fn surfaces_stay_within_the_chord_error() {
    for chord_error_mm in [0.05, 0.2] {
        let mesh = geometry::cup_mesh(&cup(60.0, 36.0), chord_error_mm);
        let on = |r: f64| move |p: &Point3<f64>| (p.coords.norm() - r).abs() < 1e-9;
        for radius in [30.0, 18.0] {
            let found = deviation(&mesh, on(radius), |p| p.coords.norm() - radius);
            assert!(found <= chord_error_mm && found > chord_error_mm / 8.0, "radius {radius}: {found} mm");
        }
        let neck = geometry::neck_mesh(&stem(12.0), chord_error_mm);
        let axis = stem(12.0).towards_head();
        let from_axis = |p: &Point3<f64>| p.coords.cross(&axis).norm();
        let found = deviation(&neck, |p| (from_axis(p) - 6.0).abs() < 1e-9 && p.coords.norm() > 0.0, |p| from_axis(p) - 6.0);
        assert!(found <= chord_error_mm, "neck: {found} mm");
    }
}

#[test]
fn frames_are_those_that_the_catalogue_documents() {
    let stem = stem(12.0);
    let centre = stem.head_centre(&head(32.0, 0.0));
    // 50 mm along a neck at 135°: proximal and medial (−Z in a right stem) in equal parts.
    let part = 50.0 / 2.0_f64.sqrt();
    assert!((centre - Point3::new(0.0, part, -part)).norm() < 1e-12);
    assert!((stem.offset_mm(&head(32.0, 0.0)) - part).abs() < 1e-12);
    // 3.5 mm more neck: 2.475 mm longer and more lateral each (0.7071 per mm).
    let longer = stem.head_centre(&head(32.0, 3.5)) - centre;
    assert!((longer.y - 3.5 * FRAC_1_SQRT_2).abs() < 1e-8 && (longer.z + 3.5 * FRAC_1_SQRT_2).abs() < 1e-8);
    let (right, left) = (geometry::stem_mesh(&stem, Side::Right, 0.2), geometry::stem_mesh(&stem, Side::Left, 0.2));
    assert!(right.bounds().unwrap().0.z < -30.0 && left.bounds().unwrap().1.z > 30.0, "the neck points medially on both sides");
    assert!((right.volume_mm3() - left.volume_mm3()).abs() < 1e-6);
    let cup = geometry::cup_mesh(&cup(52.0, 36.0), 0.2);
    let (low, high) = cup.bounds().unwrap();
    assert!((low.z + 26.0).abs() < 1e-9 && high.z.abs() < 1e-9, "the cup opens towards +Z with its rim at the bearing's centre");
}

/// Numbers of an attribute in an SVG.
fn attribute(svg: &str, name: &str) -> Vec<f64> {
    let start = format!(" {name}=\"");
    svg.split(&start).skip(1).filter_map(|rest| rest.split('"').next()?.trim_end_matches("mm").parse().ok()).collect()
}

#[test]
fn the_sheets_show_every_implant_in_true_size() {
    let mut catalogue = Catalogue::shipped().unwrap();
    catalogue.name = "Generic <&> \"quoted\"".into();
    let sheets = catalogue_sheets(&catalogue);
    let families: Vec<String> = catalogue.families.iter().map(|family| format!("{}.svg", family.id)).collect();
    assert_eq!(sheets.iter().map(|(name, _)| name).collect::<Vec<_>>(), families.iter().collect::<Vec<_>>());
    let of = |family: &str| &sheets.iter().find(|(name, _)| *name == format!("{family}.svg")).unwrap().1;
    // Necks that are turned share a drawing, which tells how their ids end.
    for id in catalogue.ids().filter(|id| !id.contains("-v+") && !id.contains("-v-")) {
        assert!(sheets.iter().any(|(_, svg)| svg.contains(id)), "{id} is on no sheet");
    }
    for (name, svg) in &sheets {
        assert!(svg.contains(coxa::DISCLAIMER) && svg.contains("Generic &lt;&amp;&gt; &quot;quoted&quot;"), "{name}");
        // A unit of the picture is a millimetre of the print.
        let size = attribute(svg, "width")[0];
        assert!(svg.contains(&format!("viewBox=\"0 0 {size:.1} ")), "{name}: {size} mm");
    }
    let radii = attribute(of("head"), "r");
    let heads: Vec<f64> = catalogue.all_heads().filter(|h| h.family == "head").map(|h| h.diameter_mm / 2.0).collect();
    assert_eq!(radii.len(), heads.len());
    assert!(radii.iter().zip(&heads).all(|(drawn, radius)| (drawn - radius).abs() < 1e-3));
    for cup in catalogue.all_cups() {
        assert!(of(&cup.family).contains(&format!("A {0:.3} {0:.3}", cup.outer_diameter_mm / 2.0)), "{}", cup.id);
    }
    // The bodies' outlines are as long as the stems, and no narrower than their widest section.
    for family in ["stem-taper", "stem-fit-fill", "stem-cylinder", "stem-short", "stem-polished", "stem-modular"] {
        let outlines: Vec<&str> =
            of(family).split("<polygon points=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let standard = |s: &&Stem| s.family == family && s.offset_option == OffsetOption::Standard && s.neck_version_deg == 0.0;
        let stems: Vec<&Stem> = catalogue.all_stems().filter(standard).collect();
        assert_eq!(outlines.len(), stems.len(), "{family}");
        for (outline, stem) in outlines.iter().zip(stems) {
            let points: Vec<[f64; 2]> = outline
                .split(' ')
                .map(|p| p.split_once(',').map(|(x, y)| [x.parse().unwrap(), y.parse().unwrap()]).unwrap())
                .collect();
            let span = |axis: usize| {
                let of = points.iter().map(|p| p[axis]);
                of.clone().fold(f64::NEG_INFINITY, f64::max) - of.fold(f64::INFINITY, f64::min)
            };
            assert!((span(1) - (stem.tip_mm() - stem.sections[0].distal_mm)).abs() < 2e-3, "{}", stem.id);
            assert!(span(0) >= stem.sections.iter().map(|s| s.width_mm).fold(0.0, f64::max) - 2e-3, "{}", stem.id);
        }
    }
}

#[test]
fn the_catalogue_is_listed_shown_checked_and_drawn_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let coxa = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_coxa")).arg("implants").args(arguments).output().unwrap();
        let [out, told] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.success(), out, told)
    };
    let json = |arguments: &[&str]| -> serde_json::Value {
        let (good, out, told) = coxa(&[arguments, &["--json"]].concat());
        assert!(good, "{told}");
        serde_json::from_str(&out).unwrap()
    };
    let catalogue = Catalogue::shipped().unwrap();
    let listed = json(&["list", "--all"]);
    assert_eq!((&listed["sha256"], &listed["disclaimer"]), (&catalogue.sha256.as_str().into(), &coxa::DISCLAIMER.into()));
    assert_eq!(listed["result"]["stems"].as_array().unwrap().len(), catalogue.all_stems().count());
    let short = json(&["list"]);
    assert!(short["result"]["stems"].is_null());
    assert_eq!(short["result"]["families"].as_array().unwrap().len(), catalogue.families.len());
    let stem = &catalogue.stems[4];
    let shown = json(&["show", &stem.id]);
    for (row, head) in shown["result"]["with_heads"].as_array().unwrap().iter().zip(&catalogue.heads) {
        // Offset and height of the head by the neck's angle.
        let (sin, cos) = stem.neck_shaft_angle_deg.to_radians().sin_cos();
        let length = stem.neck_length_mm + head.offset_mm;
        assert!((row["offset_mm"].as_f64().unwrap() - length * sin).abs() < 1e-9);
        assert!((row["height_above_origin_mm"].as_f64().unwrap() + length * cos).abs() < 1e-9);
    }
    let (good, _, told) = coxa(&["show", "cup-brand-52"]);
    assert!(!good && told.contains("cup-brand-52") && told.contains("cup-dual-mobility"), "{told}");

    // A catalogue in which a cup is impossible is refused with its name; the shipped one is in order.
    let path = folder.path().join("mine.ron");
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/models/implants/generic.ron")).unwrap();
    std::fs::write(&path, &text).unwrap();
    assert_eq!(json(&["check", path.to_str().unwrap()])["result"]["cups"], catalogue.cups.len());
    std::fs::write(&path, text.replacen("shell_thickness_mm: ", "shell_thickness_mm: 1", 1)).unwrap();
    let (good, _, told) = coxa(&["check", path.to_str().unwrap()]);
    assert!(!good && told.contains("mine.ron") && told.contains(&catalogue.cups[0].id), "{told}");

    let out = folder.path().join("sheets");
    assert_eq!(
        json(&["sheets", "--out", out.to_str().unwrap()])["result"]["files"].as_array().unwrap().len(),
        catalogue.families.len()
    );
    assert!(out.join("stem-fit-fill.svg").is_file());
    assert!(!coxa(&["sheets", "--out", out.to_str().unwrap()]).0, "a folder in use is refused");
}

#[test]
fn who_reads_only_the_beginning_of_a_list_sees_no_panic() {
    let mut coxa = Command::new(env!("CARGO_BIN_EXE_coxa"));
    let mut child = coxa.args(["implants", "list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let told = child.wait_with_output().unwrap().stderr;
    assert_eq!(String::from_utf8(told).unwrap(), "");
}
