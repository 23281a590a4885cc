//! The first plan is what its rules say, on an anatomy whose every number is known, and says what it could not know.

use coxa::{
    anatomy::{Acetabulum, Anatomy, Axis, CanalSection, CupAngles, Femur, Finding, Hip, Landmark, Pelvis, ShaftSource, Sphere},
    frames::{AnatomicalFrame, Side},
    implants::{Catalogue, Head, OffsetOption, Stem, geometry},
    labels::Label,
    mesh::TriMesh,
    plan::{Change, ImplantPart, Plan, PlanError, PlanSettings, TermKind, first_plan, placed, validate},
};
use nalgebra::{Isometry3, Point3, Rotation3, Translation3, Unit, UnitQuaternion, Vector3};
use std::{collections::BTreeMap, f64::consts::FRAC_1_SQRT_2};

/// Radius of the canal at a distance below the lesser trochanter, mm: 10.5 at 20 mm, 0.04 less a millimetre.
fn canal_radius_mm(level_mm: f64) -> f64 {
    10.5 - 0.04 * (level_mm - 20.0)
}

/// The shape of a made-up right hip; a left one is its mirror image.
pub struct Patient {
    /// Neck–shaft angle, degrees.
    pub neck_shaft_angle_deg: f64,
    /// Femoral offset, mm.
    pub offset_mm: f64,
    /// Neck version to the frame's Z axis, degrees.
    pub version_deg: f64,
    /// Radius of the lunate sphere, mm.
    pub socket_radius_mm: f64,
    /// Posterior pelvic tilt, degrees.
    pub tilt_deg: f64,
    /// How far down the canal was measured, mm below the lesser trochanter.
    pub canal_to_mm: f64,
    /// Where the shaft axis comes from.
    pub source: ShaftSource,
}

impl Default for Patient {
    fn default() -> Self {
        Self {
            neck_shaft_angle_deg: 132.0,
            offset_mm: 40.0,
            version_deg: 12.0,
            socket_radius_mm: 25.0,
            tilt_deg: 6.0,
            canal_to_mm: 160.0,
            source: ShaftSource::Measured,
        }
    }
}

impl Patient {
    /// The anatomy with hips on both sides, hip centres 90 mm from the midline, shafts along LPS z.
    pub fn anatomy(&self) -> Anatomy {
        let landmark = |x: f64, y: f64, z: f64| Landmark {
            position: Point3::new(x, y, z),
            sd_mm: None,
            along: None,
            method: "made".into(),
            doubt: None,
        };
        // Posterior tilt turns the pelvis' own axes about Z (right): the table's frame is the plane's frame tilted back.
        let table = AnatomicalFrame::scanner(Point3::new(0.0, -40.0, 90.0));
        let app = table.tilted_posteriorly(-self.tilt_deg);
        Anatomy {
            pelvis: Pelvis {
                asis_left: landmark(120.0, -40.0, 90.0),
                asis_right: landmark(-120.0, -40.0, 90.0),
                tubercle_left: landmark(30.0, -40.0, 0.0),
                tubercle_right: landmark(-30.0, -40.0, 0.0),
                app,
                tilt_deg: self.tilt_deg,
                obliquity_deg: 0.0,
            },
            left: Some(self.hip(Side::Left, &app)),
            right: Some(self.hip(Side::Right, &app)),
            findings: Vec::new(),
        }
    }

    fn hip(&self, side: Side, app: &AnatomicalFrame) -> Hip {
        let lateral = Vector3::x() * side.lps_sign();
        let centre = Point3::from(lateral * 90.0);
        // From the head to the shaft: laterally and backwards by the version, and down by the neck–shaft angle.
        let (sin, cos) = self.version_deg.to_radians().sin_cos();
        let outwards = lateral * cos + Vector3::y() * sin;
        let drop = self.offset_mm / (self.neck_shaft_angle_deg - 90.0).to_radians().tan().recip();
        let on_shaft = centre + outwards * self.offset_mm;
        let neck = Unit::new_normalize(outwards * self.offset_mm - Vector3::z() * drop);
        let trochanter_z = -50.0;
        let canal = (0..)
            .map(|step| f64::from(step) * 5.0)
            .take_while(|&level| level <= self.canal_to_mm)
            .map(|level| CanalSection {
                distal_of_lesser_trochanter_mm: level,
                centre: Point3::new(on_shaft.x, on_shaft.y, trochanter_z - level),
                inscribed_radius_mm: canal_radius_mm(level),
                outer_radius_mm: canal_radius_mm(level) + 5.0,
                endosteal_mm: Vec::new(),
                periosteal_mm: Vec::new(),
            })
            .collect();
        let angles = CupAngles { inclination_deg: 48.0, anteversion_deg: 14.0 };
        Hip {
            side,
            acetabulum: Acetabulum {
                sphere: Sphere { centre, radius_mm: self.socket_radius_mm, rms_mm: 0.3 },
                axis: angles.axis(app, side),
            },
            head: Sphere { centre, radius_mm: self.socket_radius_mm - 2.0, rms_mm: 0.3 },
            femur: Some(Femur {
                neck_axis: Axis { point: centre, direction: neck },
                shaft: Axis { point: on_shaft, direction: Vector3::z_axis() },
                shaft_source: self.source,
                frame: AnatomicalFrame::scanner(centre),
                knee_in_scan: false,
                lesser_trochanter: Some(Landmark {
                    position: Point3::new(on_shaft.x, on_shaft.y + 20.0, trochanter_z),
                    sd_mm: None,
                    along: None,
                    method: "made".into(),
                    doubt: None,
                }),
                greater_trochanter: None,
                neck_shaft_angle_deg: self.neck_shaft_angle_deg,
                femoral_offset_mm: self.offset_mm,
                version_murphy_deg: None,
                estimated_knee: None,
                canal,
            }),
        }
    }
}

/// The first plan without bones.
pub fn planned(anatomy: &Anatomy, side: Side) -> Plan {
    first_plan(anatomy, &Catalogue::shipped().unwrap(), side, &BTreeMap::new(), &PlanSettings::default()).unwrap()
}

fn keys(plan: &Plan) -> Vec<&str> {
    plan.findings.iter().map(|finding| finding.key.as_str()).collect()
}

fn chosen<'a>(plan: &Plan, catalogue: &'a Catalogue) -> (&'a Stem, &'a Head) {
    plan.chosen(catalogue).unwrap().stem.unwrap()
}

#[test]
fn the_cup_has_the_wanted_angles_centre_and_size() {
    for tilt_deg in [-10.0, 0.0, 13.0] {
        let anatomy = Patient { tilt_deg, ..Patient::default() }.anatomy();
        for side in Side::BOTH {
            let plan = planned(&anatomy, side);
            let angles = plan.cup.angles(&anatomy.pelvis.app, side);
            assert!((angles.inclination_deg - 40.0).abs() < 1e-9 && (angles.anteversion_deg - 15.0).abs() < 1e-9);
            assert_eq!(plan.cup.centre, Point3::new(90.0 * side.lps_sign(), 0.0, 0.0));
            assert_eq!(plan.cup.cup, "cup-hemi-50", "the socket has 50 mm");
            let table = plan.cup.angles(&AnatomicalFrame::scanner(Point3::origin()), side);
            // 13° of posterior tilt make 15° of anteversion 24.749°.
            if tilt_deg == 13.0 {
                assert!((table.anteversion_deg - 24.749).abs() < 5e-4, "{}", table.anteversion_deg);
            }
            let told = plan.findings.iter().find(|finding| finding.key == "finding-cup-functional").unwrap();
            assert!(
                told.text.contains(&format!("{:.1}° and {:.1}°", table.inclination_deg, table.anteversion_deg)),
                "{}",
                told.text
            );
        }
    }
    for (radius, expected) in [(20.4, 40.0), (22.9, 46.0), (24.6, 50.0), (25.4, 50.0), (27.4, 54.0), (33.6, 68.0)] {
        let anatomy = Patient { socket_radius_mm: radius, ..Patient::default() }.anatomy();
        assert_eq!(planned(&anatomy, Side::Right).cup.cup, format!("cup-hemi-{expected}"), "socket radius {radius}");
    }
    let huge = Patient { socket_radius_mm: 37.0, ..Patient::default() }.anatomy();
    assert!(keys(&planned(&huge, Side::Left)).contains(&"finding-cup-size-range"));
}

#[test]
fn a_thin_medial_wall_gets_a_smaller_cup_or_a_warning() {
    let anatomy = Patient::default().anatomy();
    let catalogue = Catalogue::shipped().unwrap();
    // Bone around the right socket: a thick shell of a ball whose inner radius is the socket's and whose outer one is the inner wall.
    let planned_with = |inner_wall_mm: f64, settings: &PlanSettings| {
        let ball = geometry::revolve(&half_circle(inner_wall_mm), 96);
        let mut shell = ball.clone();
        let mut hollow = geometry::revolve(&half_circle(25.0), 96);
        hollow.triangles.iter_mut().for_each(|triangle| triangle.swap(0, 1));
        shell.append(&hollow);
        let shell = shell.transformed(&Isometry3::translation(-90.0, 0.0, 0.0));
        let bones = BTreeMap::from([(Label::HipRight, shell)]);
        first_plan(&anatomy, &catalogue, Side::Right, &bones, settings).unwrap()
    };
    let with_wall = |inner_wall_mm: f64| planned_with(inner_wall_mm, &PlanSettings::default());
    let ample = with_wall(30.0);
    assert_eq!(ample.cup.cup, "cup-hemi-50");
    assert!(ample.cup.bone_coverage.unwrap() > 0.99 && !keys(&ample).iter().any(|key| key.contains("wall")));
    assert_eq!(ample.cup.centre, Point3::new(-90.0, 0.0, 0.0), "nothing asks for another place");
    // 0.3 mm behind the socket: a little more laterally 2 mm remain, and no smaller cup is needed.
    let thin = with_wall(25.3);
    let lateral = -90.0 - thin.cup.centre.x;
    assert_eq!(thin.cup.cup, "cup-hemi-50");
    assert!((1.0..=3.0).contains(&lateral), "{lateral}");
    // Not allowed to move: smaller, and still less than was asked for.
    let settings = PlanSettings { cup_shift_mm: 0.0, ..PlanSettings::default() };
    let smaller = planned_with(25.3, &settings);
    assert_eq!(smaller.cup.cup, "cup-hemi-48");
    assert!(keys(&smaller).contains(&"finding-cup-smaller") && keys(&smaller).contains(&"finding-cup-wall"));
    // Reamed into the pelvis, and nothing allowed that would avoid it: said.
    let breached = planned_with(25.3, &PlanSettings { reaming_mm: 2.0, smaller_cups: 0, high_centre_mm: 0.0, ..settings });
    assert!(keys(&breached).contains(&"finding-cup-breach"), "{:?}", keys(&breached));
    assert!(breached.terms.iter().any(|term| term.kind == TermKind::MedialWall && term.hard));
    assert!(keys(&planned(&anatomy, Side::Right)).contains(&"finding-cup-wall-unknown"));
}

fn half_circle(radius: f64) -> Vec<(f64, f64)> {
    let angle = |i: i32| (f64::from(i) / 48.0 - 0.5) * std::f64::consts::PI;
    (0..=48).map(|i| (radius * angle(i).cos(), radius * angle(i).sin())).collect()
}

#[test]
fn the_stem_stands_in_the_canal_with_the_native_version() {
    let catalogue = Catalogue::shipped().unwrap();
    for version_deg in [-8.0, 0.0, 12.0, 35.0] {
        for side in Side::BOTH {
            let anatomy = Patient { version_deg, ..Patient::default() }.anatomy();
            let plan = planned(&anatomy, side);
            let stem = plan.stem.as_ref().unwrap();
            assert!(!stem.estimated);
            assert!((stem.pose.rotation.to_rotation_matrix().matrix().determinant() - 1.0).abs() < 1e-12);
            let femur = anatomy.hip(side).unwrap().femur.as_ref().unwrap();
            assert!((stem.lps_vector(side, &Vector3::y()) - Vector3::z()).norm() < 1e-9, "along the canal");
            // The neck's version about the shaft is the native one: seen from above, both point the same way.
            let (entry, _) = chosen(&plan, &catalogue);
            let towards_shaft = -stem.lps_vector(side, &entry.towards_head());
            let flat = |v: &Vector3<f64>| Vector3::new(v.x, v.y, 0.0).normalize();
            assert!((flat(&towards_shaft) - flat(&femur.neck_axis.direction)).norm() < 1e-9, "{side}, version {version_deg}");
            assert!(towards_shaft.x * side.lps_sign() > 0.0, "from the head outwards");
            // On the shaft axis.
            let origin = Point3::from(stem.pose.translation.vector);
            assert!((origin - femur.shaft.point).cross(&femur.shaft.direction).norm() < 1e-9);
        }
    }
}

#[test]
fn the_head_is_restored_where_the_neck_axis_passes_beside_the_shaft() {
    let catalogue = Catalogue::shipped().unwrap();
    for (turn_deg, way) in [(9.0_f64, "9° less"), (-9.0, "9° more")] {
        for side in Side::BOTH {
            let mut anatomy = Patient::default().anatomy();
            let hip = if side == Side::Left { anatomy.left.as_mut() } else { anatomy.right.as_mut() }.unwrap();
            let (head, femur) = (hip.head.centre, hip.femur.as_mut().unwrap());
            // The neck axis turned about the vertical through the head: more anteversion for a positive turn.
            let about = Rotation3::from_axis_angle(&Vector3::z_axis(), (turn_deg * side.lps_sign()).to_radians());
            femur.neck_axis.direction = Unit::new_normalize(about * femur.neck_axis.direction.into_inner());
            let shaft = femur.shaft.point;
            let plan = planned(&anatomy, side);
            let new = plan.head_centre(&catalogue).unwrap().unwrap();
            let flat = |p: Point3<f64>| Vector3::new(p.x - shaft.x, p.y - shaft.y, 0.0).normalize();
            assert!((flat(new) - flat(head)).norm() < 1e-9, "{side}: the head is neither before nor behind");
            let told = plan.findings.iter().find(|finding| finding.key == "finding-stem-version").unwrap();
            assert!(told.text.contains(way), "{side} {turn_deg}: {}", told.text);
        }
    }
    assert!(!keys(&planned(&Patient::default().anatomy(), Side::Left)).contains(&"finding-stem-version"));
}

#[test]
fn the_stem_keeps_its_distance_from_the_cortex_and_the_next_size_would_not() {
    let catalogue = Catalogue::shipped().unwrap();
    let anatomy = Patient::default().anatomy();
    let plan = planned(&anatomy, Side::Right);
    let (stem, _) = chosen(&plan, &catalogue);
    let origin_z = plan.stem.as_ref().unwrap().pose.translation.vector.z;
    // The truth: in a round, straight canal a concentric ellipse keeps radius minus half its larger diameter.
    let clearance = |stem: &Stem| {
        (20..160)
            .filter_map(|level| {
                let section = stem.section_at(f64::from(level) + 50.0 + origin_z)?;
                Some(
                    canal_radius_mm(f64::from(level))
                        - section.width_mm.max(section.depth_mm) / 2.0
                        - section.medial_shift_mm.abs(),
                )
            })
            .fold(f64::INFINITY, f64::min)
    };
    let room = clearance(stem);
    // The search samples every 4 mm, along which the taper changes by 0.1 mm.
    assert!(room > 0.5 - 0.1 && room < 1.2, "{room} mm for {}", stem.id);
    let larger = catalogue.stems.iter().find(|s| s.size == stem.size + 1 && s.offset_option == stem.offset_option).unwrap();
    assert!(clearance(larger) < 0.5, "{} would have {} mm", larger.id, clearance(larger));
    assert!(!keys(&plan).iter().any(|key| key.starts_with("finding-canal")), "{:?}", keys(&plan));
}

#[test]
fn leg_length_and_offset_are_restored_where_the_catalogue_can() {
    // Femora of a middle-sized canal; those with less offset than the stem of that size has are the catalogue's limit.
    let mut worst = (0.0_f64, 0.0_f64);
    for offset_mm in [38.0, 40.0, 42.0, 44.0, 46.0, 48.0, 50.0] {
        for neck_shaft_angle_deg in [126.0, 130.0, 134.0] {
            let anatomy = Patient { offset_mm, neck_shaft_angle_deg, ..Patient::default() }.anatomy();
            let plan = planned(&anatomy, Side::Left);
            let (length, offset) = (plan.leg_length_change_mm.unwrap(), plan.offset_change_mm.unwrap());
            worst = (worst.0.max(length.abs()), worst.1.max(offset.abs()));
        }
    }
    assert!(worst.0 < 2.0 && worst.1 < 2.0, "{worst:?}");
}

#[test]
fn changes_are_those_of_the_neck_triangle() {
    // A head moved 1 mm along a neck of this angle: offset sin, length −cos.
    for (angle_deg, offset, length) in [
        (125.0, 0.8192, 0.5736),
        (127.0, 0.7986, 0.6018),
        (130.0, 0.7660, 0.6428),
        (132.0, 0.7431, 0.6691),
        (135.0, FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    ] {
        let anatomy = Patient { neck_shaft_angle_deg: angle_deg, version_deg: 17.0, ..Patient::default() }.anatomy();
        for side in Side::BOTH {
            let hip = anatomy.hip(side).unwrap();
            let femur = hip.femur.as_ref().unwrap();
            let head = hip.head.centre - femur.neck_axis.direction.into_inner() * 10.0;
            let change = Change::of(&anatomy.pelvis, hip, femur, &hip.head.centre, &head);
            assert!((change.offset_mm - 10.0 * offset).abs() < 1e-3, "{angle_deg}: {}", change.offset_mm);
            assert!((change.leg_length_mm - 10.0 * length).abs() < 1e-3, "{angle_deg}: {}", change.leg_length_mm);
        }
    }
}

#[test]
fn a_moved_cup_changes_leg_and_offset_by_its_displacement_in_the_pelvis() {
    let anatomy = Patient { tilt_deg: 20.0, ..Patient::default() }.anatomy();
    let app = &anatomy.pelvis.app;
    for side in Side::BOTH {
        let hip = anatomy.hip(side).unwrap();
        let outwards = if side == Side::Right { 1.0 } else { -1.0 };
        // 3 mm superior, 4 mm medial, 5 mm anterior of the native centre, in the pelvic frame.
        let moved = hip.head.centre + app.lps_vector(&Vector3::new(5.0, 3.0, -4.0 * outwards));
        let change = Change::of(&anatomy.pelvis, hip, hip.femur.as_ref().unwrap(), &moved, &hip.head.centre);
        assert!((change.leg_length_mm + 3.0).abs() < 1e-9, "a higher cup shortens: {}", change.leg_length_mm);
        assert!((change.offset_mm + 4.0).abs() < 1e-9, "a medial cup takes offset: {}", change.offset_mm);
    }
}

#[test]
fn a_longer_head_of_the_same_plan_changes_what_the_formula_says() {
    let catalogue = Catalogue::shipped().unwrap();
    let anatomy = Patient::default().anatomy();
    let plan = planned(&anatomy, Side::Right);
    let mut longer = plan.clone();
    let (stem, head) = chosen(&plan, &catalogue);
    let other =
        catalogue.heads.iter().find(|h| h.diameter_mm == head.diameter_mm && h.offset_mm == head.offset_mm + 3.5).unwrap();
    longer.stem.as_mut().unwrap().head = other.id.clone();
    let hip = anatomy.right.as_ref().unwrap();
    let change = |plan: &Plan| {
        let head = plan.head_centre(&catalogue).unwrap().unwrap();
        Change::of(&anatomy.pelvis, hip, hip.femur.as_ref().unwrap(), &plan.cup.centre, &head)
    };
    let (before, after) = (change(&plan), change(&longer));
    assert_eq!(stem.neck_shaft_angle_deg, 132.0);
    assert!((after.offset_mm - before.offset_mm - 3.5 * 0.743_145).abs() < 1e-4);
    assert!((after.leg_length_mm - before.leg_length_mm - 3.5 * 0.669_131).abs() < 1e-4);
    assert!((before.leg_length_mm - plan.leg_length_change_mm.unwrap()).abs() < 1e-12);
    // The plan's own statement is stale now, and validation notices.
    let told = validate(&longer, &catalogue, &anatomy);
    assert_eq!(told.iter().filter(|finding| finding.key == "finding-change-stale").count(), 2);
}

#[test]
fn left_and_right_of_a_mirrored_patient_get_mirrored_plans() {
    let anatomy = Patient::default().anatomy();
    let catalogue = Catalogue::shipped().unwrap();
    let (left, right) = (planned(&anatomy, Side::Left), planned(&anatomy, Side::Right));
    assert_eq!(left.cup.cup, right.cup.cup);
    assert_eq!(left.stem.as_ref().unwrap().stem, right.stem.as_ref().unwrap().stem);
    assert!((left.leg_length_change_mm.unwrap() - right.leg_length_change_mm.unwrap()).abs() < 1e-9);
    assert!((left.offset_change_mm.unwrap() - right.offset_change_mm.unwrap()).abs() < 1e-9);
    let (left, right) = (placed(&left, &catalogue).unwrap(), placed(&right, &catalogue).unwrap());
    for part in [ImplantPart::Cup, ImplantPart::Head, ImplantPart::Stem] {
        let (low, high) = left[&part].bounds().unwrap();
        let (mirrored_low, mirrored_high) = right[&part].mirrored_x().bounds().unwrap();
        // Bounds of tessellated round bodies, each turned its own way, agree within the chord error.
        assert!((low - mirrored_low).norm() < 0.2 && (high - mirrored_high).norm() < 0.2, "{part:?}");
        assert!((left[&part].volume_mm3() - right[&part].volume_mm3()).abs() < 1e-3 && left[&part].is_watertight());
    }
}

#[test]
fn placed_implants_are_where_the_plan_says() {
    let catalogue = Catalogue::shipped().unwrap();
    for side in Side::BOTH {
        let plan = planned(&Patient::default().anatomy(), side);
        let parts = placed(&plan, &catalogue).unwrap();
        let cup = plan.chosen(&catalogue).unwrap().cup;
        let radius = cup.outer_diameter_mm / 2.0;
        let (centre, axis) = (plan.cup.centre, plan.cup.axis);
        let farthest = parts[&ImplantPart::Cup].vertices.iter().map(|p| (p - centre).norm()).fold(0.0, f64::max);
        assert!((farthest - radius).abs() < 1e-9);
        assert!(parts[&ImplantPart::Cup].vertices.iter().all(|p| (p - centre).dot(&axis) < 1e-9), "the cup opens along its axis");
        let head_centre = plan.head_centre(&catalogue).unwrap().unwrap();
        let (stem, head) = chosen(&plan, &catalogue);
        let on_sphere = parts[&ImplantPart::Head]
            .vertices
            .iter()
            .filter(|p| ((*p - head_centre).norm() - head.diameter_mm / 2.0).abs() < 1e-9);
        assert!(on_sphere.count() > 1000);
        // The neck ends on the floor of the head's bore: at the taper's reference point.
        let placement = plan.stem.as_ref().unwrap();
        let neck = placement.lps_vector(side, &stem.towards_head());
        let end = |mesh: &TriMesh| mesh.vertices.iter().map(|p| (p - head_centre).dot(&neck)).fold(f64::NEG_INFINITY, f64::max);
        assert!((end(&parts[&ImplantPart::Stem]) + head.offset_mm).abs() < 1e-9);
        // The resection plane lies across the neck, between the body's origin and the head, its normal towards the head.
        let plane = placement.resection;
        assert!((plane.normal.into_inner() - neck).norm() < 1e-9);
        assert!((head_centre - plane.point).dot(&plane.normal) > 15.0);
        let height = plane.point.z + 50.0;
        assert!((5.0..35.0).contains(&height), "the cut crosses the neck {height} mm above the lesser trochanter");
    }
}

#[test]
fn what_the_scan_does_not_show_is_an_estimate_or_left_out_and_said() {
    let catalogue = Catalogue::shipped().unwrap();
    let settings = PlanSettings::default();
    // The canal was not measured, but its outer contour was, to 60 mm: size by the outside, tip beyond what is known.
    let mut outer = Patient { canal_to_mm: 60.0, ..Patient::default() }.anatomy();
    for section in &mut outer.right.as_mut().unwrap().femur.as_mut().unwrap().canal {
        section.inscribed_radius_mm = 0.0;
    }
    let plan = planned(&outer, Side::Right);
    assert!(plan.stem.as_ref().unwrap().estimated);
    assert!(keys(&plan).contains(&"finding-stem-estimated") && keys(&plan).contains(&"finding-stem-tip-unseen"));

    // No canal at all, but the shaft's surface: the same from the mesh.
    let mut surface = Patient { canal_to_mm: -1.0, ..Patient::default() }.anatomy();
    let tube = geometry::revolve(&[(0.0, -150.0), (15.0, -150.0), (15.0, 0.0), (0.0, 0.0)], 64);
    let on_shaft = surface.right.as_ref().unwrap().femur.as_ref().unwrap().shaft.point;
    let bone = tube.transformed(&Isometry3::translation(on_shaft.x, on_shaft.y, 0.0));
    let bones = BTreeMap::from([(Label::FemurRight, bone)]);
    let plan = first_plan(&surface, &catalogue, Side::Right, &bones, &settings).unwrap();
    let (stem, _) = chosen(&plan, &catalogue);
    assert!(plan.stem.as_ref().unwrap().estimated);
    // Outside 15 mm: canal expected 10.5 mm at 20 mm, 7.9 mm at 90 mm: a middle size.
    assert!((6..=10).contains(&stem.size), "{}", stem.id);

    // Nothing of the shaft, and not even a model: left out.
    let plan = planned(&surface, Side::Right);
    assert!(plan.stem.is_none() && plan.leg_length_change_mm.is_none() && plan.offset_change_mm.is_none());
    assert!(keys(&plan).contains(&"finding-stem-left-out"));

    // The shaft of the fitted shape model: an estimate from the head's size.
    for side in Side::BOTH {
        surface = Patient { canal_to_mm: -1.0, source: ShaftSource::FittedShapeModel, ..Patient::default() }.anatomy();
        let plan = planned(&surface, side);
        assert!(plan.stem.as_ref().unwrap().estimated && keys(&plan).contains(&"finding-stem-estimated"));
        let text = &plan.findings.iter().find(|finding| finding.key == "finding-stem-estimated").unwrap().text;
        assert!(text.contains("size of the femoral head alone"), "{text}");
    }

    surface.right.as_mut().unwrap().femur = None;
    let plan = planned(&surface, Side::Right);
    assert!(plan.stem.is_none() && keys(&plan).contains(&"finding-stem-left-out"));
    surface.right = None;
    let reason = "The right hip is not measured: its head is no sphere.";
    surface.findings = vec![Finding::new("finding-hip-not-measured", Some(Side::Right), reason)];
    let refused = first_plan(&surface, &catalogue, Side::Right, &BTreeMap::new(), &settings).unwrap_err();
    assert_eq!(refused, PlanError::NoHip { side: Side::Right, reason: reason.into() });
    assert!(refused.to_string().contains(reason), "{refused}");
}

#[test]
fn canals_beyond_the_catalogue_are_told() {
    let resized = |by: f64| {
        let mut anatomy = Patient::default().anatomy();
        for section in &mut anatomy.right.as_mut().unwrap().femur.as_mut().unwrap().canal {
            section.inscribed_radius_mm *= by;
        }
        planned(&anatomy, Side::Right)
    };
    assert!(keys(&resized(0.4)).contains(&"finding-canal-narrow"));
    assert!(keys(&resized(2.0)).contains(&"finding-canal-wide"));
    let catalogue = Catalogue::shipped().unwrap();
    assert_eq!(chosen(&resized(0.4), &catalogue).0.size, 1);
    assert_eq!(chosen(&resized(2.0), &catalogue).0.size, 12);
}

#[test]
fn a_low_offset_femur_gets_the_standard_and_a_high_one_the_high_option() {
    let catalogue = Catalogue::shipped().unwrap();
    let option = |offset_mm: f64| {
        let plan = planned(&Patient { offset_mm, ..Patient::default() }.anatomy(), Side::Right);
        chosen(&plan, &catalogue).0.offset_option
    };
    assert_eq!((option(38.0), option(49.0)), (OffsetOption::Standard, OffsetOption::High));
}

#[test]
fn validation_finds_what_was_spoilt() {
    let catalogue = Catalogue::shipped().unwrap();
    let anatomy = Patient::default().anatomy();
    let plan = planned(&anatomy, Side::Right);
    assert_eq!(validate(&plan, &catalogue, &anatomy), Vec::new(), "a sound plan");
    type Spoil = fn(&mut Plan);
    let spoilt: [(Spoil, &str); 10] = [
        (|p| p.catalogue_sha256.clear(), "finding-catalogue-changed"),
        (|p| p.cup.cup = "cup-hemi-39".into(), "finding-unknown-implant"),
        (|p| p.stem.as_mut().unwrap().head = "head-28+0".into(), "finding-head-liner"),
        (|p| p.side = Side::Left, "finding-side"),
        (|p| p.cup.axis = Unit::new_normalize(Vector3::new(-0.2, -0.1, -1.0)), "finding-cup-angles"),
        (|p| p.cup.centre.z += 6.0, "finding-cup-centre"),
        (|p| p.cup.centre.z += 6.0, "finding-leg-length"),
        (|p| p.cup.bone_coverage = Some(0.6), "finding-cup-coverage"),
        (|p| p.stem.as_mut().unwrap().pose.translation.vector.y -= 7.0, "finding-head-anteroposterior"),
        (
            |p| {
                let pose = &mut p.stem.as_mut().unwrap().pose;
                pose.rotation = UnitQuaternion::from_axis_angle(&Vector3::y_axis(), 0.07) * pose.rotation;
            },
            "finding-stem-alignment",
        ),
    ];
    for (spoil, key) in spoilt {
        let mut bad = plan.clone();
        spoil(&mut bad);
        let told = validate(&bad, &catalogue, &anatomy);
        assert!(told.iter().any(|finding| finding.key == key), "{key} is not among {told:?}");
    }
}

#[test]
fn the_same_input_gives_the_same_plan_wherever_the_patient_lies() {
    let anatomy = Patient::default().anatomy();
    assert_eq!(planned(&anatomy, Side::Right), planned(&anatomy, Side::Right));
    // The patient turned and moved as a whole: the same implants, the same changes.
    let motion = Isometry3::from_parts(
        Translation3::new(30.0, -200.0, 1000.0),
        UnitQuaternion::from_rotation_matrix(&Rotation3::from_euler_angles(0.1, -0.07, 0.2)),
    );
    let mut moved = anatomy.clone();
    moved.pelvis.app = turned(&moved.pelvis.app, &motion);
    let hip = moved.right.as_mut().unwrap();
    hip.acetabulum.sphere.centre = motion * hip.acetabulum.sphere.centre;
    hip.head.centre = motion * hip.head.centre;
    let femur = hip.femur.as_mut().unwrap();
    for axis in [&mut femur.neck_axis, &mut femur.shaft] {
        *axis = Axis { point: motion * axis.point, direction: Unit::new_unchecked(motion * axis.direction.into_inner()) };
    }
    femur.frame = turned(&femur.frame, &motion);
    for section in &mut femur.canal {
        section.centre = motion * section.centre;
    }
    let (plan, other) = (planned(&anatomy, Side::Right), planned(&moved, Side::Right));
    let (stem, other_stem) = (plan.stem.as_ref().unwrap(), other.stem.as_ref().unwrap());
    assert_eq!((&stem.stem, &stem.head, &plan.cup.cup), (&other_stem.stem, &other_stem.head, &other.cup.cup));
    assert!((plan.leg_length_change_mm.unwrap() - other.leg_length_change_mm.unwrap()).abs() < 1e-6);
    assert!((plan.offset_change_mm.unwrap() - other.offset_change_mm.unwrap()).abs() < 1e-6);
    let expected = motion * stem.pose;
    assert!((expected.translation.vector - other_stem.pose.translation.vector).norm() < 1e-6);
    assert!(expected.rotation.angle_to(&other_stem.pose.rotation) < 1e-6);
}

fn turned(frame: &AnatomicalFrame, motion: &Isometry3<f64>) -> AnatomicalFrame {
    AnatomicalFrame { origin: motion * frame.origin, rotation: motion.rotation.to_rotation_matrix() * frame.rotation }
}
