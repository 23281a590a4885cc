//! Plans with every family: chosen by a setting, free of what may not be, and with the liner recorded.

use super::plan::{Patient, planned};
use coxa::{
    frames::Side,
    implants::{Catalogue, OffsetOption, PartKind},
    motion::RomScene,
    plan::{ImplantPart, Plan, PlanSettings, TermKind, first_plan, placed, placed_shell, stock, validate},
};
use std::collections::BTreeMap;

fn with(families: &[&str]) -> PlanSettings {
    PlanSettings { families: families.iter().map(|id| (*id).to_owned()).collect(), ..PlanSettings::default() }
}

fn plan(patient: &Patient, families: &[&str]) -> Plan {
    let catalogue = Catalogue::shipped().unwrap();
    first_plan(&patient.anatomy(), &catalogue, Side::Right, &BTreeMap::new(), &with(families)).unwrap()
}

fn value(plan: &Plan, kind: TermKind) -> f64 {
    plan.terms.iter().find(|term| term.kind == kind).unwrap().value
}

#[test]
fn every_family_of_cups_liners_and_stems_makes_a_plan() {
    let catalogue = Catalogue::shipped().unwrap();
    let anatomy = Patient::default().anatomy();
    for family in catalogue.families.iter().filter(|f| matches!(f.kind, PartKind::Cup | PartKind::Liner | PartKind::Stem)) {
        // A ball of a dual mobility goes into its own cups.
        let families: Vec<&str> =
            if family.id == "ball-dual-mobility" { vec!["cup-dual-mobility"] } else { vec![family.id.as_str()] };
        let plan = plan(&Patient::default(), &families);
        let chosen = plan.chosen(&catalogue).unwrap();
        let (stem, head) = chosen.stem.unwrap();
        let found = [chosen.cup.family.as_str(), stem.family.as_str(), chosen.liner.map_or("", |liner| liner.family.as_str())];
        assert!(found.contains(&family.id.as_str()), "{}: {found:?}", family.id);
        assert!(plan.terms.iter().all(|term| !term.hard), "{}: {:?}", family.id, plan.terms);
        // What goes together went together, and the numbers are the plan's own.
        let told: Vec<String> = validate(&plan, &catalogue, &anatomy).into_iter().map(|finding| finding.key).collect();
        for key in
            ["finding-liner-cup", "finding-head-liner", "finding-head-taper", "finding-change-stale", "finding-unknown-implant"]
        {
            assert!(!told.contains(&key.to_owned()), "{}: {told:?}", family.id);
        }
        assert!(chosen.liner.is_some() != (chosen.cup.family == "cup-cemented"), "{}", family.id);
        // Leg length and offset come out, whatever the family.
        assert!(
            plan.leg_length_change_mm.unwrap().abs() < 3.0 && plan.offset_change_mm.unwrap().abs() < 3.0,
            "{}: {plan:?}",
            family.id
        );
        let parts = placed(&plan, &catalogue).unwrap();
        assert!([ImplantPart::Cup, ImplantPart::Head, ImplantPart::Stem].iter().all(|part| parts[part].is_watertight()));
        let angle = chosen.oscillation_deg().unwrap();
        assert!((60.0..165.0).contains(&angle), "{}: {angle}° with {}", family.id, head.id);
        assert!(RomScene::of_plan(&plan, &catalogue, &anatomy, &BTreeMap::new()).unwrap().is_some());
    }
}

#[test]
fn the_usual_plan_records_its_liner_and_one_without_is_the_same_hip() {
    let catalogue = Catalogue::shipped().unwrap();
    let plan = planned(&Patient::default().anatomy(), Side::Left);
    let liner = plan.cup.liner.as_ref().unwrap();
    assert_eq!((plan.cup.cup.as_str(), liner.liner.as_str()), ("cup-hemi-50", "liner-neutral-43-32"));
    assert!(liner.towards.dot(&plan.cup.axis).abs() < 1e-12);
    // Towards 10 o'clock: superior and posterior.
    assert!(liner.towards.z > 0.2 && liner.towards.y > 0.2, "{:?}", liner.towards);
    let mut older = plan.clone();
    older.cup.liner = None;
    let text = ron::to_string(&older).unwrap();
    assert!(!text.contains("liner"));
    assert_eq!(ron::from_str::<Plan>(&text).unwrap(), older);
    let volume = |plan: &Plan| placed(plan, &catalogue).unwrap()[&ImplantPart::Cup].volume_mm3();
    assert!((volume(&plan) - volume(&older)).abs() < 1e-6);
    let angle = |plan: &Plan| plan.chosen(&catalogue).unwrap().oscillation_deg().unwrap();
    assert_eq!(angle(&plan), angle(&older));
    // A liner that is too small, and a cup that takes none, are told.
    for (liner, key) in [("liner-neutral-46-36", "finding-liner-cup"), ("liner-neutral-43-28", "finding-head-liner")] {
        let mut wrong = plan.clone();
        wrong.cup.liner.as_mut().unwrap().liner = liner.into();
        let told = validate(&wrong, &catalogue, &Patient::default().anatomy());
        assert!(told.iter().any(|finding| finding.key == key), "{told:?}");
    }
}

#[test]
fn a_lateralised_liner_leaves_the_shell_and_moves_the_bearing() {
    let catalogue = Catalogue::shipped().unwrap();
    let (usual, lateral) = (plan(&Patient::default(), &[]), plan(&Patient::default(), &["liner-lateral-4"]));
    let liner = |plan: &Plan| plan.chosen(&catalogue).unwrap().liner.cloned().unwrap();
    let shell = |plan: &Plan| plan.cup.shell_centre(Some(&liner(plan)));
    assert!((shell(&usual) - shell(&lateral)).norm() < 1e-9);
    let moved = lateral.cup.centre - usual.cup.centre;
    assert!((moved - lateral.cup.axis.into_inner() * 4.0).norm() < 1e-9);
    // The metal stays where it is, and the plan makes up for the offset with the stem.
    let low = |plan: &Plan| placed_shell(plan, &catalogue).unwrap().unwrap().bounds().unwrap().0;
    assert!((low(&usual) - low(&lateral)).norm() < 0.1);
    assert!(value(&lateral, TermKind::CupShift).abs() < 1e-9 && lateral.offset_change_mm.unwrap().abs() < 2.0);
    // Screws leave the shell along its radii, from its outside.
    let chosen = lateral.chosen(&catalogue).unwrap();
    let holes = lateral.cup.screw_holes(chosen.cup, chosen.liner);
    assert_eq!(holes.len(), 3);
    for (position, direction) in holes {
        let from = position - shell(&lateral);
        assert!((from.norm() - chosen.cup.outer_diameter_mm / 2.0).abs() < 1e-9 && from.cross(&direction).norm() < 1e-9);
        // The cluster lies above: superior of the shell's equator.
        assert!(position.z > shell(&lateral).z);
    }
}

#[test]
fn a_varus_femur_gets_the_neck_for_coxa_vara_and_does_not_lean() {
    let catalogue = Catalogue::shipped().unwrap();
    for (angle, offset_mm) in [(118.0, 50.0), (120.0, 50.0), (122.0, 52.0)] {
        let patient = Patient { neck_shaft_angle_deg: angle, offset_mm, ..Patient::default() };
        let plan = plan(&patient, &[]);
        let (stem, _) = plan.chosen(&catalogue).unwrap().stem.unwrap();
        assert_eq!(stem.offset_option, OffsetOption::CoxaVara, "{angle}: {} {:?}", stem.id, plan.terms);
        assert_eq!(value(&plan, TermKind::Varus), 0.0, "{angle}: {}", stem.id);
        assert!(
            plan.leg_length_change_mm.unwrap().abs() < 2.0 && plan.offset_change_mm.unwrap().abs() < 2.0,
            "{angle}: {plan:?}"
        );
    }
}

#[test]
fn a_femur_with_much_version_gets_a_neck_that_is_turned_back() {
    let catalogue = Catalogue::shipped().unwrap();
    let mut anatomy = Patient { version_deg: 50.0, ..Patient::default() }.anatomy();
    anatomy.right.as_mut().unwrap().femur.as_mut().unwrap().version_murphy_deg = Some(50.0);
    let plan = first_plan(&anatomy, &catalogue, Side::Right, &BTreeMap::new(), &with(&["stem-modular"])).unwrap();
    let (stem, _) = plan.chosen(&catalogue).unwrap().stem.unwrap();
    assert!(stem.neck_version_deg <= -20.0, "{}: {:?}", stem.id, plan.terms);
    // The body stays in the canal's own version, the sum comes into its range (25° to 50°).
    assert_eq!(value(&plan, TermKind::Turn), 0.0, "{:?}", plan.terms);
    let sum = value(&plan, TermKind::CombinedAnteversion);
    assert!((sum - (50.0 + 15.0 + stem.neck_version_deg)).abs() < 1e-9 && (25.0..=50.0).contains(&sum), "{sum}");
    // The head turns with the neck: the angle between native and new head about the shaft.
    let femur = anatomy.right.as_ref().unwrap().femur.as_ref().unwrap();
    let flat = |p: nalgebra::Point3<f64>| nalgebra::Vector2::new(p.x - femur.shaft.point.x, p.y - femur.shaft.point.y);
    let (new, native) = (flat(plan.head_centre(&catalogue).unwrap().unwrap()), flat(anatomy.right.as_ref().unwrap().head.centre));
    let turned = new.perp(&native).atan2(new.dot(&native)).to_degrees();
    assert!((turned.abs() - stem.neck_version_deg.abs()).abs() < 1e-6, "{turned}");
    // Retroverted: further back than the native head.
    assert!(new.y > native.y, "{new} {native}");
}

#[test]
fn a_cement_mantle_takes_its_room() {
    let catalogue = Catalogue::shipped().unwrap();
    let plan = plan(&Patient::default(), &["stem-polished", "cup-cemented"]);
    let chosen = plan.chosen(&catalogue).unwrap();
    let (stem, _) = chosen.stem.unwrap();
    assert_eq!(stem.mantle_mm, 2.0);
    // A cup 6 mm smaller than the socket, less what cement fills.
    assert_eq!(chosen.cup.id, "cup-cemented-44");
    assert!(value(&plan, TermKind::Room) >= 0.1, "{:?}", plan.terms);
    assert!(placed_shell(&plan, &catalogue).unwrap().is_none(), "no metal");
    let stock =
        stock(&Patient::default().anatomy(), &catalogue, Side::Right, &BTreeMap::new(), &with(&["cup-dual-mobility"])).unwrap();
    assert!(
        stock.cups[0].id.starts_with("cup-dual-mobility") && stock.liners[0].id.starts_with("ball-dual-mobility"),
        "{stock:?}"
    );
}
