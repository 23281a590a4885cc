//! An augment on a plan's cup: where it is, what it meets of the bone in closed form, and that it goes wherever the cup goes.

use crate::{
    assessment::{ANGLES, by_clock, cup_plan, medial_slab, patient, told, value},
    plan::{Patient, planned},
    support::shapes::cuboid,
};
use coxa::{
    anatomy::CupDefinition,
    frames::Side,
    implants::{Augment, Catalogue},
    labels::Label,
    mesh::TriMesh,
    motion::RomScene,
    plan::{
        AugmentPlacement, ImplantPart, Judge, Plan, PlanSettings, Scan,
        edit::{Command, Context, EditError, History, Limit, PelvicFrame, apply},
        placed,
    },
    xray::metal,
};
use nalgebra::{Point3, Unit, Vector3};
use std::{
    collections::BTreeMap,
    f64::consts::{PI, TAU},
};

const ID: &str = "augment-segment-56-15";

fn augment(catalogue: &Catalogue) -> Augment {
    catalogue.augment(ID).unwrap().clone()
}

/// Its volume by the closed form: a part of a shell between two spheres, two cones and two half planes, mm³.
fn volume_mm3(augment: &Augment) -> f64 {
    let [low, high] = [augment.latitudes_deg.0, augment.latitudes_deg.1].map(|deg| deg.to_radians().sin());
    let inside = augment.cup_diameter_mm / 2.0;
    augment.arc_deg.to_radians() * (high - low) * ((inside + augment.thickness_mm).powi(3) - inside.powi(3)) / 3.0
}

/// A plan with a revision cup and an augment at an hour.
fn augmented(side: Side, hour: f64, tilt_deg: f64) -> Plan {
    let mut plan = cup_plan(&patient(), side, "cup-revision-56", ANGLES);
    let towards = Unit::new_normalize(by_clock(&ANGLES, side, hour, 90.0));
    plan.deformity.augment = Some(AugmentPlacement { augment: ID.into(), towards, tilt_deg });
    plan
}

#[test]
fn what_it_meets_of_a_half_space_is_half_of_it_and_without_bone_it_covers_its_own_part() {
    let (anatomy, catalogue) = (patient(), Catalogue::shipped().unwrap());
    let augment = augment(&catalogue);
    let (volume, share) = (volume_mm3(&augment) / 1000.0, augment.solid_angle() / TAU);
    assert!((augment.volume_mm3() / 1000.0 - volume).abs() < 1e-9);
    for side in Side::BOTH {
        for tilt_deg in [0.0, 15.0] {
            // No bone near: it fills all of its room, and covers as much of the hemisphere as its solid angle is.
            let plan = augmented(side, 1.0, tilt_deg);
            let found = told(&plan, &catalogue, &anatomy, Some(medial_slab(side, 100.0, 130.0, 60.0)), None);
            assert_eq!(["augment_contact", "augment_removed", "cup_coverage"].map(|key| value(&found, key)), [0.0; 3]);
            assert!((value(&found, "augment_filled") - volume).abs() < 1e-9);
            assert!((value(&found, "augment_cup_coverage") - 100.0 * share).abs() < 0.3, "{tilt_deg}");
            // All in bone: what is there must go, and nothing is filled.
            let found = told(&plan, &catalogue, &anatomy, Some(medial_slab(side, -100.0, 130.0, 90.0)), None);
            assert!((value(&found, "augment_removed") - volume).abs() < 1e-6 && value(&found, "augment_filled").abs() < 1e-6);
            assert_eq!(["augment_contact", "augment_cup_coverage"].map(|key| value(&found, key)), [100.0; 2]);
        }
        // Bone on one side of the plane of the augment's middle: half of everything.
        let plan = augmented(side, 0.0, 0.0);
        let three = by_clock(&ANGLES, side, 3.0, 90.0);
        let half = cuboid(Point3::new(-90.0, 0.0, -90.0), Point3::new(90.0, 90.0, 90.0));
        // Turned so that its face is that plane, behind it.
        let turn = nalgebra::Rotation3::rotation_between(&-Vector3::y(), &three).unwrap();
        let bone = TriMesh { vertices: half.vertices.iter().map(|p| plan.cup.centre + turn * p.coords).collect(), ..half };
        let found = told(&plan, &catalogue, &anatomy, Some(bone), None);
        assert!((value(&found, "augment_removed") / volume - 0.5).abs() < 0.005, "{}", value(&found, "augment_removed"));
        assert!((value(&found, "augment_filled") / volume - 0.5).abs() < 0.005);
        // A strip beside the plane is touched as well: as far as bone begins within a millimetre along the ray.
        let contact = value(&found, "augment_contact");
        assert!((50.0 - 0.2..52.5).contains(&contact), "{contact}");
        let coverage = value(&found, "augment_cup_coverage") - value(&found, "cup_coverage");
        assert!((coverage - 50.0 * share).abs() < 1.5, "{coverage} of {}", 100.0 * share);
    }
}

#[test]
fn its_surface_is_the_segment_at_its_hour_and_is_fixed_to_the_cup() {
    let (anatomy, catalogue) = (patient(), Catalogue::shipped().unwrap());
    let entry = augment(&catalogue);
    for side in Side::BOTH {
        let plan = augmented(side, 1.5, 10.0);
        let mesh = &placed(&plan, &catalogue).unwrap()[&ImplantPart::Augment];
        assert!(mesh.is_watertight() && (mesh.volume_mm3() / volume_mm3(&entry) - 1.0).abs() < 0.01);
        let centre = plan.cup.shell_centre(None);
        let far = mesh.vertices.iter().map(|p| (p - centre).norm());
        let (least, most) = far.fold((f64::INFINITY, 0.0_f64), |(least, most), mm| (least.min(mm), most.max(mm)));
        assert!((least - 28.0).abs() < 1e-6 && (most - 43.0).abs() < 1e-6, "{least} {most}");
        // By symmetry its middle lies at the hour; the mean of directions spread evenly over its arc and latitudes in closed form.
        let [low, high] = [entry.latitudes_deg.0, entry.latitudes_deg.1].map(f64::to_radians);
        let half_arc = entry.arc_deg.to_radians() / 2.0;
        let towards_pole = (high.cos() - low.cos()).atan2((high.sin() - low.sin()) * half_arc.sin() / half_arc).to_degrees();
        let middle = mesh.vertices.iter().map(|p| (p - centre).normalize()).sum::<Vector3<f64>>();
        let expected = by_clock(&ANGLES, side, 1.5, 90.0 - towards_pole - 10.0);
        let off_deg = middle.angle(&expected).to_degrees();
        assert!(off_deg < 1.0, "{off_deg}");
        let beside = expected.cross(&plan.cup.axis);
        assert!(middle.normalize().dot(&beside.normalize()).abs() < 1e-6, "it is not turned aside");
        let hour = plan.deformity.augment.as_ref().unwrap().hour(&plan.cup, &anatomy.pelvis.app, side).unwrap();
        assert!((hour - 1.5).abs() < 1e-9);
        // On the film it is metal beside the shell, where it is.
        let bodies = metal(&plan, &catalogue).unwrap();
        let bare = Plan { deformity: Default::default(), ..plan.clone() };
        assert!(bodies.len() == metal(&bare, &catalogue).unwrap().len() + 1 && bodies.contains(mesh));
    }
}

fn choose(cup: &str) -> Command {
    Command::ChooseCup { id: cup.into(), head: Some("head-36+0".into()) }
}

fn put(id: &str, hour: f64, tilt_deg: f64) -> Command {
    Command::PutAugment { id: id.into(), hour, tilt_deg }
}

#[test]
fn it_is_put_on_by_an_edit_goes_with_the_cup_and_comes_off() {
    let catalogue = Catalogue::shipped().unwrap();
    for side in Side::BOTH {
        let anatomy = Patient::default().anatomy();
        let automatic = planned(&anatomy, side);
        let judge = Judge::new(&anatomy, &catalogue, side, &BTreeMap::new(), &PlanSettings::default(), Scan::default()).unwrap();
        let context = Context { judge: &judge, automatic: &automatic };
        let refused = |plan: &Plan, command: Command| apply(plan, &command, &context).unwrap_err();
        // The usual cup takes none.
        let error = refused(&automatic, put(ID, 0.0, 0.0));
        assert!(matches!(&error, EditError::Augment { allowed, .. } if allowed.is_empty()), "{error}");
        let mut history = History::new(automatic.clone());
        history.apply(choose("cup-revision-56"), &context).unwrap();
        let bare = history.plan().clone();
        for (command, limit) in [
            (put(ID, 13.0, 0.0), Limit::AugmentHour),
            (put(ID, 1.0, -7.0), Limit::AugmentTilt),
            (put(ID, 1.0, 29.0), Limit::AugmentTilt),
        ] {
            assert!(matches!(refused(&bare, command), EditError::Beyond { limit: found, .. } if found == limit));
        }
        let error = refused(&bare, put("augment-segment-58-15", 1.0, 0.0));
        assert!(error.to_string().contains(ID) && error.to_string().contains("remove-augment"), "{error}");
        assert!(history.apply(put(ID, 11.0, 5.0), &context).unwrap());
        let with = history.plan().clone();
        let app = &anatomy.pelvis.app;
        let of = |plan: &Plan| plan.deformity.augment.clone().unwrap();
        assert!((of(&with).hour(&with.cup, app, side).unwrap() - 11.0).abs() < 1e-9);
        assert_eq!((with.leg_length_change_mm, &with.stem), (bare.leg_length_change_mm, &bare.stem));
        // With the cup it moves and turns; a larger cup has it in its own size.
        let mesh = |plan: &Plan| placed(plan, &catalogue).unwrap()[&ImplantPart::Augment].clone();
        let up = Command::MoveCup { medial_mm: 0.0, superior_mm: 4.0, anterior_mm: 0.0 };
        let higher = apply(&with, &up, &context).unwrap();
        let way = app.superior().into_inner() * 4.0;
        assert!(mesh(&higher).vertices.iter().zip(&mesh(&with).vertices).all(|(a, b)| (a - b - way).norm() < 1e-9));
        let (definition, frame) = (CupDefinition::Radiographic, PelvicFrame::AnteriorPelvicPlane);
        let turn = Command::TurnCup { inclination_deg: 5.0, anteversion_deg: 7.0, definition, frame };
        let turned = apply(&with, &turn, &context).unwrap();
        assert!(of(&turned).towards.dot(&turned.cup.axis).abs() < 1e-9);
        assert!((of(&turned).hour(&turned.cup, app, side).unwrap() - 11.0).abs() < 0.3);
        let larger = apply(&with, &choose("cup-revision-58"), &context).unwrap();
        assert_eq!((of(&larger).augment.as_str(), of(&larger).towards), ("augment-segment-58-15", of(&with).towards));
        assert!(matches!(refused(&with, choose("cup-hemi-56")), EditError::Augment { .. }));
        // It takes part in impingement as part of the cup.
        let shell = cuboid(Point3::new(-5.0, -5.0, -5.0), Point3::new(5.0, 5.0, 5.0));
        let bones = BTreeMap::from([(Label::hip(side), shell)]);
        let cup_of = |plan: &Plan| RomScene::of_plan(plan, &catalogue, &anatomy, &bones).unwrap().unwrap().cup.unwrap();
        let more = cup_of(&with).triangles.len() - cup_of(&bare).triangles.len();
        assert_eq!(more, mesh(&with).triangles.len());
        // Off again, and back to the beginning.
        assert!(history.apply(Command::RemoveAugment, &context).unwrap());
        assert_eq!(*history.plan(), bare);
        assert!(!history.apply(Command::RemoveAugment, &context).unwrap());
        for _ in 0..3 {
            history.undo().unwrap();
        }
        assert_eq!(*history.plan(), automatic);
        // A plan without one is written as older programs wrote it.
        assert!(!ron::to_string(&automatic).unwrap().contains("augment:"));
        let text = ron::to_string(&with).unwrap();
        assert_eq!(ron::from_str::<Plan>(&text).unwrap(), with);
    }
}

#[test]
fn the_smallest_that_fills_the_hole_over_the_cup_is_suggested_and_not_placed() {
    let catalogue = Catalogue::shipped().unwrap();
    let anatomy = Patient { tilt_deg: 0.0, ..Patient::default() }.anatomy();
    let side = Side::Right;
    let centre = anatomy.hip(side).unwrap().acetabulum.sphere.centre;
    // A roof that lacks: bone below a height over the centre, and medially above it.
    let mut bone = cuboid(centre + Vector3::new(-40.0, -70.0, -70.0), centre + Vector3::new(70.0, 70.0, 17.0));
    bone.append(&cuboid(centre + Vector3::new(4.0, -70.0, 17.0), centre + Vector3::new(70.0, 70.0, 90.0)));
    let bones = BTreeMap::from([(Label::hip(side), bone)]);
    let settings = PlanSettings { coverage_goal: 0.95, ..PlanSettings::default() };
    let judge = Judge::new(&anatomy, &catalogue, side, &bones, &settings, Scan::default()).unwrap();
    let automatic = planned(&anatomy, side);
    let context = Context { judge: &judge, automatic: &automatic };
    let native = apply(&automatic, &Command::CupToNativeCentre, &context).unwrap();
    let usual = apply(&native, &choose("cup-hemi-56"), &context).unwrap();
    let told = |plan: &Plan, key: &str| plan.findings.iter().find(|finding| finding.key == key).cloned();
    let other = told(&usual, "finding-augment-other-cup").unwrap_or_else(|| panic!("{:?}", usual.deformity.dome));
    assert_eq!(other.values["cup"], "cup-revision-56");
    let revision = apply(&usual, &choose("cup-revision-56"), &context).unwrap();
    let dome = revision.deformity.dome.unwrap();
    let [from, to] = dome.hours.unwrap();
    let mut fitting: Vec<&Augment> = catalogue
        .all_augments()
        .filter(|augment| augment.cup_diameter_mm == 56.0 && augment.thickness_mm >= dome.deepest_mm)
        .filter(|augment| augment.arc_deg >= 30.0 * (to - from) && -augment.latitudes_deg.0 >= dome.height_deg)
        .collect();
    fitting.sort_by(|a, b| a.thickness_mm.total_cmp(&b.thickness_mm));
    let suggested = told(&revision, "finding-augment-suggested").unwrap_or_else(|| panic!("{dome:?}"));
    assert_eq!(suggested.values["augment"], fitting[0].id);
    assert!(["11:30", "12:00", "12:30"].contains(&suggested.values["hour"].as_str()), "{suggested:?} {dome:?}");
    assert!(revision.deformity.augment.is_none(), "it is not placed unasked");
    let placed = apply(&revision, &put(&fitting[0].id, 0.0, 0.0), &context).unwrap();
    assert!(told(&placed, "finding-augment-suggested").is_none());
    assert!((fitting[0].solid_angle() / (2.0 * PI)) < 1.0);
}
