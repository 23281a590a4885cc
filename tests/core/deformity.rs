//! Dysplastic hips planned on their true surfaces: Crowe II, III and IV; and where their cups go.

use coxa::{
    anatomy::{Anatomy, Bones, measure, measure_accepting},
    frames::Side,
    i18n::{Language, Texts},
    implants::Catalogue,
    labels::{
        Label,
        synthesis::{Preset, ShapeModel, scan},
    },
    mesh::TriMesh,
    motion::RomScene,
    plan::{Alternative, Centre, ImplantPart, OsteotomyChoice, Plan, PlanSettings, femur_pieces, first_plan, placed},
    progress::Silent,
    report::{of_plan, side_by_side},
    surface::is_inside,
};

/// The worse hip of a phantom, measured, as someone who accepts that its socket is doubtful has it.
pub fn dislocated(preset: Preset, seed: u64) -> (Bones, Anatomy, Side) {
    let phantom = scan(&ShapeModel::load().unwrap(), preset, seed, Some([3.0; 3])).phantom;
    let bones = Bones { meshes: phantom.meshes.clone(), ..Bones::default() };
    let apart = |side: Side| (phantom.truth.hip(side).head.centre - phantom.truth.hip(side).acetabulum.centre).norm();
    let side = if apart(Side::Left) > apart(Side::Right) { Side::Left } else { Side::Right };
    let anatomy = measure(&bones, None, &Silent).unwrap();
    let anatomy = if anatomy.hip(side).is_some() { anatomy } else { measure_accepting(&bones, None, side, &Silent).unwrap() };
    (bones, anatomy, side)
}

fn told(plan: &Plan, key: &str) -> bool {
    plan.findings.iter().any(|finding| finding.key == key)
}

/// What must hold of every plan of a dislocated hip.
fn sane(plan: &Plan, anatomy: &Anatomy, bones: &Bones, what: &str) {
    let catalogue = Catalogue::shipped().unwrap();
    let (side, deformity) = (plan.side, &plan.deformity);
    let change = plan.leg_length_change_mm.unwrap();
    assert!(change <= 40.0 && !told(plan, "finding-nerve") && !told(plan, "finding-nerve-shortened"), "{what}: {change}");
    assert!(!plan.terms.iter().any(|term| term.hard), "{what}: {:?}", plan.terms);
    let dome = deformity.dome.unwrap();
    let covered = plan.cup.bone_coverage.unwrap() >= PlanSettings::default().coverage_goal;
    assert!(covered || (told(plan, "finding-dome") && dome.volume_ml > 0.5 && dome.volume_ml < 60.0), "{what}: {dome:?}");
    assert!((10.0..150.0).contains(&dome.head_ml.unwrap()), "{what}: {dome:?}");
    // Both centres stand side by side, and the high one is higher and makes the leg no longer.
    let [low, high] = &deformity.alternatives[..] else { panic!("{what}: {:?}", deformity.alternatives) };
    assert_eq!((low.centre, high.centre, low.chosen != high.chosen), (Centre::TrueSocket, Centre::High, true));
    assert!(low.shift_mm[1] <= 5.0 + 1e-6 && high.shift_mm[1] > 5.0, "{what}");
    let length = |one: &Alternative| one.leg_length_change_mm.unwrap() + one.shortening_mm;
    let lower = length(low) - length(high);
    assert!((lower - (high.shift_mm[1] - low.shift_mm[1])).abs() < 8.0, "{what}: {lower} {low:?} {high:?}");
    let texts = Texts::new(Language::Chinese);
    assert_eq!(side_by_side(plan, &texts).len(), 10);
    // In Chinese what is said of it is said with the same numbers.
    for finding in
        plan.findings.iter().filter(|finding| finding.values.contains_key("volume") || finding.key.contains("osteotomy"))
    {
        let chinese = texts.say(finding);
        assert_ne!(chinese, finding.text);
        let numbers = |text: &str| {
            let mut found: Vec<String> =
                text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|n| n.trim_matches('.').to_owned()).collect();
            found.retain(|n| !n.is_empty());
            found.sort();
            found
        };
        assert_eq!(numbers(&chinese), numbers(&finding.text), "{chinese}");
    }
    assert!(
        of_plan(plan, &catalogue, anatomy)
            .iter()
            .all(|measure| texts.has(measure.key) && texts.has(&format!("{}-definition", measure.key)))
    );
    let Some(osteotomy) = deformity.osteotomy else { return };
    let junction = deformity.junction.unwrap();
    assert!(
        junction.bridging_mm >= junction.bridging_asked_mm || told(plan, "finding-osteotomy-bridging"),
        "{what}: {junction:?}"
    );
    assert!(junction.bridging_mm > 20.0 && junction.below.unwrap().clearance_mm > 0.0, "{what}: {junction:?}");
    let share = junction.contact.unwrap().share();
    assert!(share > 0.8 && share <= 1.0 + 1e-9, "{what}: {share}");
    // The pieces: closed, as long together as the femur less the segment, the stem's tip in the distal one.
    let head = anatomy.hip(side).unwrap().head.centre;
    let femur = &bones.meshes[&Label::femur(side)];
    let pieces = femur_pieces(femur, plan, &head).unwrap();
    for piece in [&pieces.proximal, &pieces.distal, &pieces.removed] {
        assert!(coxa::surface::components(piece).iter().all(TriMesh::is_watertight), "{what}");
    }
    let removed = pieces.removed.volume_mm3();
    assert!((junction.removed_ml.unwrap() - removed / 1000.0).abs() < 0.01, "{what}");
    let area = junction.contact.unwrap().proximal_mm2;
    let expected = area * osteotomy.correction.shortening_mm;
    assert!((removed / expected - 1.0).abs() < 0.2, "{what}: {removed} for {expected}");
    let stem = &placed(plan, &catalogue).unwrap()[&ImplantPart::Stem];
    let below = stem.vertices.iter().filter(|p| (3.0..junction.bridging_mm - 1.0).contains(&osteotomy.below_mm(side, p)));
    let (mut inside, mut all) = (0, 0);
    for point in below {
        all += 1;
        inside += usize::from(is_inside(&pieces.distal, point));
    }
    assert!(all > 40 && inside == all, "{what}: {inside} of {all}");
    // The moving femur is the one that was put together, and its head is in the cup.
    let scene = RomScene::of_plan(plan, &catalogue, anatomy, &bones.meshes).unwrap().unwrap();
    let volume = pieces.proximal.volume_mm3() + pieces.distal.volume_mm3();
    assert!((scene.femur.unwrap().volume_mm3() - volume).abs() < 1.0);
    assert!((scene.reduction * plan.head_centre(&catalogue).unwrap().unwrap() - plan.cup.centre).norm() < 1e-9);
}

#[test]
fn crowe_ii_to_iv_are_planned_within_what_the_nerve_allows() {
    let catalogue = Catalogue::shipped().unwrap();
    let mut shortened = 0;
    for (preset, seed) in [(Preset::Crowe2, 900), (Preset::Crowe3, 900), (Preset::Crowe4, 900), (Preset::Crowe4, 902)] {
        let (bones, anatomy, side) = dislocated(preset, seed);
        let plan = first_plan(&anatomy, &catalogue, side, &bones.meshes, &PlanSettings::default()).unwrap();
        let hip = anatomy.hip(side).unwrap();
        let too_high = (hip.head.centre - hip.acetabulum.sphere.centre).dot(&anatomy.pelvis.app.superior());
        let osteotomy = plan.deformity.osteotomy;
        eprintln!(
            "{preset} {seed} {side}: head {too_high:.0} mm too high, leg {:+.1}, shortened by {:?}, coverage {:.2}, {:.1?}\n  {:?}\n  {:?}",
            plan.leg_length_change_mm.unwrap(),
            osteotomy.map(|osteotomy| osteotomy.correction.shortening_mm),
            plan.cup.bone_coverage.unwrap(),
            plan.deformity.dome.unwrap(),
            plan.deformity.junction,
            plan.deformity.alternatives,
        );
        sane(&plan, &anatomy, &bones, &format!("{preset} {seed}"));
        assert_eq!(told(&plan, "finding-osteotomy-proposed"), osteotomy.is_some());
        shortened += usize::from(osteotomy.is_some());
        // As much as is needed, and no more than a stem's steps and a rounded millimetre.
        if osteotomy.is_some() {
            assert!(plan.leg_length_change_mm.unwrap() > 34.0, "{:?}", plan.leg_length_change_mm);
        }
    }
    assert!(shortened >= 2, "{shortened}");
}

#[test]
fn a_centre_that_is_asked_for_is_kept_to() {
    let catalogue = Catalogue::shipped().unwrap();
    let (bones, anatomy, side) = dislocated(Preset::Crowe2, 900);
    let plan = |centre| {
        let settings = PlanSettings { centre, osteotomy: OsteotomyChoice::Never, ..PlanSettings::default() };
        first_plan(&anatomy, &catalogue, side, &bones.meshes, &settings).unwrap()
    };
    for centre in [Centre::TrueSocket, Centre::High] {
        let plan = plan(centre);
        let chosen: Vec<_> = plan.deformity.alternatives.iter().filter(|one| one.chosen).collect();
        let [chosen] = chosen[..] else { panic!("{:?}", plan.deformity.alternatives) };
        assert_eq!((chosen.centre, &chosen.cup), (centre, &plan.cup.cup));
        assert_eq!(chosen.leg_length_change_mm, plan.leg_length_change_mm);
        assert_eq!(chosen.dome_ml, plan.deformity.dome.map(|dome| dome.volume_ml));
    }
}
