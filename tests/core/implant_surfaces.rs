//! A part from an STL with a frame file: it stands where a part drawn from the same dimensions would, or is refused with the reason.

use super::plan::Patient;
use coxa::{
    frames::Side,
    implants::{Catalogue, geometry},
    mesh::TriMesh,
    plan::{ImplantPart, PlanSettings, first_plan, placed},
    surface::io::stl,
};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// A stem of the library as one closed body, somewhere else and turned, as a vendor might draw it.
struct Vendor {
    folder: tempfile::TempDir,
    pose: Isometry3<f64>,
    mesh: TriMesh,
    head: Point3<f64>,
    up: Vector3<f64>,
}

impl Vendor {
    fn new(side: Side) -> Self {
        let catalogue = Catalogue::shipped().unwrap();
        let stem = catalogue.stem("stem-fit-fill-4-std").unwrap();
        let pose = Isometry3::from_parts(Translation3::new(12.0, -7.0, 130.0), UnitQuaternion::from_euler_angles(0.3, -1.1, 2.0));
        let mesh = geometry::stem_mesh(stem, side, 0.05).transformed(&pose);
        let mirrored = |v: Vector3<f64>| if side == Side::Left { Vector3::new(v.x, v.y, -v.z) } else { v };
        let head = stem.head_centre(catalogue.head("head-32+0").unwrap());
        Self {
            folder: tempfile::tempdir().unwrap(),
            head: pose * Point3::from(mirrored(head.coords)),
            up: pose * mirrored(stem.towards_head()),
            pose,
            mesh,
        }
    }

    /// The frame file with its lengths divided by a scale, changed by hand, and the STL beside it.
    fn files(&self, mesh: &TriMesh, scale: f64, side: Side, change: impl Fn(String) -> String) -> PathBuf {
        let (low, high) = self.mesh.bounds().unwrap();
        let list = |v: Vector3<f64>| format!("({:?}, {:?}, {:?})", v.x, v.y, v.z);
        let axis = |v: Vector3<f64>| list(self.pose * v);
        let text = format!(
            "(\n    format_version: 2, surface: \"ours.stl\", unit: \"mm\", extent_mm: {},\n    origin: {}, x: {}, y: {}, z: {},\n    \
             family: \"stem-vendor\", family_name: \"Vendor's stem\",\n    part: Stem((\n        id: \"stem-vendor-4\", size: 4, side: {side:?}, \
             head_centre: {}, neck_axis: {},\n        neck_diameter_mm: 12.0, resection_mm: 15.9, taper: \"12/14\",\n    )),\n)",
            list(high - low),
            list(self.pose.translation.vector / scale),
            axis(Vector3::x()),
            axis(Vector3::y()),
            axis(Vector3::z()),
            list(self.head.coords / scale),
            list(-self.up),
        );
        stl::write(mesh, &self.folder.path().join("ours.stl")).unwrap();
        let path = self.folder.path().join("ours.ron");
        fs::write(&path, change(text)).unwrap();
        path
    }

    fn scaled(&self, scale: f64) -> TriMesh {
        let mut mesh = self.mesh.clone();
        mesh.vertices.iter_mut().for_each(|p| *p /= scale);
        mesh
    }
}

#[test]
fn a_vendors_stem_is_planned_and_placed_as_the_drawn_one() {
    let shipped = Catalogue::shipped().unwrap();
    let twin = shipped.stem("stem-fit-fill-4-std").unwrap();
    for drawn_for in Side::BOTH {
        let vendor = Vendor::new(drawn_for);
        let catalogue = Catalogue::load(&vendor.files(&vendor.mesh, 1.0, drawn_for, |text| text)).unwrap();
        assert_ne!(catalogue.sha256, shipped.sha256);
        let stem = catalogue.stem("stem-vendor-4").unwrap();
        assert!((stem.neck_shaft_angle_deg - twin.neck_shaft_angle_deg).abs() < 1e-4, "{}", stem.neck_shaft_angle_deg);
        assert!((stem.neck_length_mm - twin.neck_length_mm).abs() < 1e-4 && stem.neck_version_deg.abs() < 1e-4);
        assert!((stem.tip_mm() - twin.tip_mm()).abs() < 0.3);
        // Below the neck its sections are those that it was drawn from.
        for distal in [30.0, 50.0, 70.0, 90.0, 110.0] {
            let (found, made) = (stem.section_at(distal).unwrap(), twin.section_at(distal).unwrap());
            assert!(
                (found.width_mm - made.width_mm).abs() < 0.3 && (found.depth_mm - made.depth_mm).abs() < 0.3,
                "{distal}: {found:?} {made:?}"
            );
            assert!((found.medial_shift_mm - made.medial_shift_mm).abs() < 0.2, "{distal}: {found:?} {made:?}");
        }
        // Planned on both sides, exported like any other part: the surface is the vendor's, in the bone.
        for side in Side::BOTH {
            let plan =
                first_plan(&Patient::default().anatomy(), &catalogue, side, &BTreeMap::new(), &PlanSettings::default()).unwrap();
            let placement = plan.stem.as_ref().unwrap();
            assert_eq!(placement.stem, "stem-vendor-4");
            let found = &placed(&plan, &catalogue).unwrap()[&ImplantPart::Stem];
            let expected = geometry::stem_mesh(twin, side, 0.05).transformed(&placement.pose);
            assert!((found.volume_mm3() / expected.volume_mm3() - 1.0).abs() < 1e-4 && found.is_watertight());
            let ((a, b), (c, d)) = (found.bounds().unwrap(), expected.bounds().unwrap());
            assert!((a - c).norm() < 0.01 && (b - d).norm() < 0.01, "{side}");
            let head = plan.head_centre(&catalogue).unwrap().unwrap();
            let nearest = found.vertices.iter().map(|p| (p - head).norm()).fold(f64::INFINITY, f64::min);
            assert!(nearest < 12.0, "the taper ends in the head: {nearest} mm");
        }
    }
}

#[test]
fn a_surface_in_inches_is_told_or_taken_as_what_it_is() {
    let vendor = Vendor::new(Side::Right);
    let inches = vendor.scaled(25.4);
    let load = |scale: f64, mesh: &TriMesh, change: &dyn Fn(String) -> String| {
        Catalogue::load(&vendor.files(mesh, scale, Side::Right, change))
    };
    let told = load(25.4, &inches, &|text| text).unwrap_err().to_string();
    assert!(
        told.contains("it is in inches; convert it to millimetres or write unit: \"inch\"") && told.contains("ours.stl"),
        "{told}"
    );
    let right = load(25.4, &inches, &|text| text.replace("unit: \"mm\"", "unit: \"inch\"")).unwrap();
    assert!((right.stem("stem-vendor-4").unwrap().neck_length_mm - 51.8).abs() < 3.0);
    let told = load(1.0, &vendor.mesh, &|text| text.replace("unit: \"mm\"", "unit: \"inch\"")).unwrap_err().to_string();
    assert!(told.contains("it is in millimetres"), "{told}");
    let told = load(10.0, &vendor.scaled(10.0), &|text| text).unwrap_err().to_string();
    assert!(told.contains("it is in centimetres"), "{told}");
    let told = load(1.0, &vendor.mesh, &|text| text.replace("extent_mm: (", "extent_mm: (9")).unwrap_err().to_string();
    assert!(told.contains("correct extent_mm"), "{told}");
    let told = load(1.0, &vendor.mesh, &|text| text.replace("unit: \"mm\"", "unit: \"cubit\"")).unwrap_err().to_string();
    assert!(told.contains("its unit is 'cubit'"), "{told}");
}

#[test]
fn an_open_or_inverted_surface_and_a_wrong_frame_are_refused() {
    let vendor = Vendor::new(Side::Right);
    let load = |mesh: &TriMesh, side: Side, change: &dyn Fn(String) -> String| {
        Catalogue::load(&vendor.files(mesh, 1.0, side, change)).unwrap_err().to_string()
    };
    let mut open = vendor.mesh.clone();
    open.triangles.remove(100);
    assert!(load(&open, Side::Right, &|text| text).contains("is not closed"));
    let mut inverted = vendor.mesh.clone();
    inverted.triangles.iter_mut().for_each(|t| t.swap(1, 2));
    assert!(load(&inverted, Side::Right, &|text| text).contains("inside out"));
    // The right stem as a left one: its head is on the wrong side.
    let told = load(&vendor.mesh, Side::Left, &|text| text);
    assert!(told.contains("the head lies on the lateral side"), "{told}");
    let axis = |v: Vector3<f64>| {
        let v = vendor.pose * v;
        format!("({:?}, {:?}, {:?})", v.x, v.y, v.z)
    };
    let exchange = |from: String, to: String| move |text: String| text.replacen(&from, &to, 1);
    // Y and Z point the other way: the stem stands on its head.
    let up_side_down = exchange(
        format!("y: {}, z: {}", axis(Vector3::y()), axis(Vector3::z())),
        format!("y: {}, z: {}", axis(-Vector3::y()), axis(-Vector3::z())),
    );
    assert!(load(&vendor.mesh, Side::Right, &up_side_down).contains("the head lies below the origin"));
    let left_handed = exchange(format!("x: {}", axis(Vector3::x())), format!("x: {}", axis(-Vector3::x())));
    assert!(load(&vendor.mesh, Side::Right, &left_handed).contains("left-handed"));
    let skew = exchange(format!("x: {}", axis(Vector3::x())), format!("x: {}", axis(Vector3::new(1.0, 0.4, 0.0))));
    assert!(load(&vendor.mesh, Side::Right, &skew).contains("away from right angles"));
    let list = |p: Vector3<f64>| format!("({:?}, {:?}, {:?})", p.x, p.y, p.z);
    let origin = vendor.pose.translation.vector;
    let moved =
        exchange(format!("origin: {}", list(origin)), format!("origin: {}", list(origin + vendor.pose * Vector3::y() * 9.0)));
    assert!(load(&vendor.mesh, Side::Right, &moved).contains("beside the origin"));
    let backwards = exchange(format!("neck_axis: {}", list(-vendor.up)), format!("neck_axis: {}", list(vendor.up)));
    assert!(load(&vendor.mesh, Side::Right, &backwards).contains("from the shaft to the head"));
    let far = vendor.head.coords + vendor.up * 30.0;
    let far = exchange(format!("head_centre: {}", list(vendor.head.coords)), format!("head_centre: {}", list(far)));
    assert!(load(&vendor.mesh, Side::Right, &far).contains("from head_centre"));
    let unknown = load(&vendor.mesh, Side::Right, &|text: String| text.replace("size: 4", "size: 4, colour: 3"));
    assert!(unknown.contains("not well formed at line"), "{unknown}");
    vendor.files(&vendor.mesh, 1.0, Side::Right, |text| text);
    fs::remove_file(vendor.folder.path().join("ours.stl")).unwrap();
    let gone = Catalogue::load(&vendor.folder.path().join("ours.ron")).unwrap_err().to_string();
    assert!(gone.contains("ours.stl cannot be read"), "{gone}");
}

#[test]
fn a_shell_and_a_head_stand_in_their_frames() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::shipped().unwrap();
    let write = |name: &str, mesh: &TriMesh, part: &str| {
        stl::write(mesh, &folder.path().join(format!("{name}.stl"))).unwrap();
        let (low, high) = mesh.bounds().unwrap();
        let extent = high - low;
        let text = format!(
            "(format_version: 2, surface: \"{name}.stl\", unit: \"mm\", extent_mm: ({:?}, {:?}, {:?}), origin: (0, 0, 0), x: (1, 0, 0), y: (0, 1, 0), \
             z: (0, 0, 1), family: \"{name}-vendor\", family_name: \"Vendor's\", part: {part})",
            extent.x, extent.y, extent.z
        );
        let path = folder.path().join(format!("{name}.ron"));
        fs::write(&path, text).unwrap();
        path
    };
    let cup = catalogue.cup("cup-hemi-50").unwrap();
    let shell = geometry::shell_mesh(cup, None, 0.05).unwrap();
    let part = "Cup((id: \"cup-vendor-50\", outer_diameter_mm: 50.0, head_diameter_mm: 32.0, shell_thickness_mm: 3.5, liners: [\"liner-neutral\"]))";
    let with_cup = Catalogue::load(&write("cup", &shell, part)).unwrap();
    let plan =
        first_plan(&Patient::default().anatomy(), &with_cup, Side::Right, &BTreeMap::new(), &PlanSettings::default()).unwrap();
    assert_eq!(
        (plan.cup.cup.as_str(), plan.cup.liner.as_ref().unwrap().liner.as_str()),
        ("cup-vendor-50", "liner-neutral-43-32")
    );
    let parts = placed(&plan, &with_cup).unwrap();
    let farthest = parts[&ImplantPart::Cup].vertices.iter().map(|p| (p - plan.cup.centre).norm()).fold(0.0, f64::max);
    assert!((farthest - 25.0).abs() < 1e-4);
    // The wrong way up, and beside its origin.
    let half_turn = Isometry3::rotation(Vector3::x() * std::f64::consts::PI);
    let told = Catalogue::load(&write("cup", &shell.transformed(&half_turn), part)).unwrap_err().to_string();
    assert!(told.contains("+Z points out of the opening"), "{told}");
    let beside = shell.transformed(&Isometry3::translation(3.0, 0.0, 0.0));
    assert!(Catalogue::load(&write("cup", &beside, part)).unwrap_err().to_string().contains("the frame of the cup is not right"));

    let head = catalogue.head("head-32+3.5").unwrap();
    let ball = geometry::head_mesh(head, 12.0, 0.05);
    let part = "Head((id: \"head-vendor-32\", diameter_mm: 32.0, offset_mm: 3.5))";
    assert!(Catalogue::load(&write("head", &ball, part)).is_ok());
    let told = Catalogue::load(&write("head", &ball.transformed(&half_turn), part)).unwrap_err().to_string();
    assert!(told.contains("its bore opens towards −Z"), "{told}");
}
