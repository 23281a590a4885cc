//! After an edit the room over the cup, old metal in the way, the other centre and the osteotomy are those of the plan as it is then.

use crate::{
    deformity::dislocated,
    hardware::rod,
    plan::{Patient, planned},
};
use coxa::{
    anatomy::Anatomy,
    frames::Side,
    implants::Catalogue,
    labels::{Label, synthesis::Preset},
    plan::{
        Alternative, Correction, Dome, Hinge, Judge, Osteotomy, OsteotomyChoice, OsteotomyFault, Plan, PlanError, PlanSettings,
        Planned, Scan,
        edit::{Command, Context, EditError, History, apply},
        first_plan, operated_femur,
    },
};
use nalgebra::Point3;
use std::{collections::BTreeMap, f64::consts::PI};

fn up(superior_mm: f64) -> Command {
    Command::MoveCup { medial_mm: 0.0, superior_mm, anterior_mm: 0.0 }
}

fn keys(plan: &Plan) -> Vec<&str> {
    plan.findings.iter().map(|finding| finding.key.as_str()).collect()
}

#[test]
fn an_edited_dysplastic_hip_says_what_is_true_of_it_now_and_undo_what_was() {
    let (catalogue, settings) = (Catalogue::shipped().unwrap(), PlanSettings::default());
    let (bones, anatomy, side) = dislocated(Preset::Crowe3, 900);
    let automatic = first_plan(&anatomy, &catalogue, side, &bones.meshes, &settings).unwrap();
    let judge = || Judge::new(&anatomy, &catalogue, side, &bones.meshes, &settings, Scan::default()).unwrap();
    let one = judge();
    // Of the automatic plan it says what the search has said, to the last bit but for sums.
    let judged = one.judged(&automatic).unwrap();
    let (a, b) = (&judged.deformity, &automatic.deformity);
    assert_eq!((a.osteotomy, a.junction, a.alignment, a.dome), (b.osteotomy, b.junction, b.alignment, b.dome));
    let same = |a: &Alternative, b: &Alternative| {
        assert!((a.cost - b.cost).abs() < 1e-6, "{a:?} {b:?}");
        assert_eq!(Alternative { cost: 0.0, ..a.clone() }, Alternative { cost: 0.0, ..b.clone() });
    };
    assert_eq!((a.alternatives.len(), b.alternatives.len()), (2, 2));
    a.alternatives.iter().zip(&b.alternatives).for_each(|(a, b)| same(a, b));
    let without = |plan: &Plan| -> Vec<String> {
        keys(plan).into_iter().filter(|key| *key != "finding-osteotomy-proposed").map(str::to_owned).collect()
    };
    assert_eq!(without(&judged), without(&automatic));

    let context = Context { judge: &one, automatic: &automatic };
    let mut history = History::new(automatic.clone());
    assert!(history.apply(up(3.0), &context).unwrap());
    let edited = history.plan().clone();
    // The room is that over the cup where it is now, asked of the bone anew.
    let shell = edited.cup.shell_centre(edited.chosen(&catalogue).unwrap().liner);
    let radius = edited.chosen(&catalogue).unwrap().cup.reamed_diameter_mm() / 2.0;
    let app = &anatomy.pelvis.app;
    let ways = [&app.superior().into_inner(), &app.anterior().into_inner()];
    let bone = &bones.meshes[&Label::hip(side)];
    let fresh = Dome::over((&shell, &edited.cup.axis), radius, side, ways, bone, settings.graft_depth_mm);
    let dome = edited.deformity.dome.unwrap();
    assert_eq!(Dome { head_ml: None, ..dome }, fresh);
    assert!(dome.volume_ml != automatic.deformity.dome.unwrap().volume_ml);
    // The plan's own centre is 3 mm higher, the other one is where the search has put it.
    let of = |plan: &Plan, chosen: bool| plan.deformity.alternatives.iter().find(|one| one.chosen == chosen).unwrap().clone();
    let higher = of(&edited, true).shift_mm[1] - of(&automatic, true).shift_mm[1];
    assert!((higher - 3.0).abs() < 1e-9, "{higher}");
    same(&of(&edited, false), &of(&automatic, false));
    assert_eq!(of(&edited, true).dome_ml, Some(dome.volume_ml));
    // Another judge, asked nothing before, says the same; taken back, all is as it was.
    assert_eq!(judge().judged(&edited).unwrap(), edited);
    assert!(history.apply(Command::DeepenStem { mm: 1.0 }, &context).unwrap());
    history.undo().unwrap();
    assert_eq!(*history.plan(), edited);
    history.undo().unwrap();
    assert_eq!(*history.plan(), automatic);
}

#[test]
fn a_stem_that_is_driven_onto_old_metal_meets_it() {
    let catalogue = Catalogue::shipped().unwrap();
    for side in Side::BOTH {
        let anatomy = Patient::default().anatomy();
        let automatic = planned(&anatomy, side);
        let stem = automatic.stem.as_ref().unwrap();
        let tip = automatic.chosen(&catalogue).unwrap().stem.unwrap().0.tip_mm();
        let at = |distal_mm: f64| stem.lps_point(side, &Point3::new(0.0, -distal_mm, 0.0));
        let metal = vec![rod(&at(tip + 5.0), &at(tip + 45.0), 1.0)];
        let scan = Scan { metal, ..Scan::default() };
        let judge = Judge::new(&anatomy, &catalogue, side, &BTreeMap::new(), &PlanSettings::default(), scan).unwrap();
        let context = Context { judge: &judge, automatic: &automatic };
        assert!(judge.judged(&automatic).unwrap().deformity.hardware.is_empty());
        let near = apply(&automatic, &Command::DeepenStem { mm: 4.0 }, &context).unwrap();
        assert!(keys(&near).contains(&"finding-hardware-near-stem"), "{:?}", near.deformity.hardware);
        let onto = apply(&near, &Command::DeepenStem { mm: 21.0 }, &context).unwrap();
        let [hit] = &onto.deformity.hardware[..] else { panic!("{:?}", onto.deformity.hardware) };
        assert!(hit.with == Planned::Stem && (hit.overlap_ml * 1000.0 / (PI * 20.0) - 1.0).abs() < 0.06, "{hit:?}");
        assert!(keys(&onto).contains(&"finding-hardware-stem"));
        let back = apply(&onto, &Command::DeepenStem { mm: -25.0 }, &context).unwrap();
        assert!(back.deformity.hardware.is_empty() && !keys(&back).iter().any(|key| key.contains("hardware")));
    }
}

/// A judge and the automatic plan that does not cut.
fn uncut(anatomy: &Anatomy, side: Side) -> (Judge, Plan) {
    let (catalogue, bones) = (Catalogue::shipped().unwrap(), BTreeMap::new());
    let settings = PlanSettings { osteotomy: OsteotomyChoice::Never, ..PlanSettings::default() };
    let plan = first_plan(anatomy, &catalogue, side, &bones, &settings).unwrap();
    (Judge::new(anatomy, &catalogue, side, &bones, &settings, Scan::default()).unwrap(), plan)
}

#[test]
fn a_femur_cut_by_an_edit_is_shorter_by_what_is_taken_out_and_whole_again_without() {
    for side in Side::BOTH {
        let anatomy = Patient::default().anatomy();
        let (judge, plan) = uncut(&anatomy, side);
        let context = Context { judge: &judge, automatic: &plan };
        let hip = anatomy.hip(side).unwrap();
        let femur = hip.femur.as_ref().unwrap();
        let along = femur.shaft.direction.dot(&femur.frame.superior());
        let set = |plan: &Plan, correction| apply(plan, &Command::SetOsteotomy { correction }, &context);
        let mut history = History::new(plan.clone());
        for length_mm in [12.0, 20.0] {
            let correction = Correction::shortening(30.0, length_mm);
            assert!(history.apply(Command::SetOsteotomy { correction }, &context).unwrap());
            let cut = history.plan();
            assert_eq!(cut.deformity.osteotomy, Some(Osteotomy::new(correction, hip, None).unwrap()));
            let shorter = plan.leg_length_change_mm.unwrap() - cut.leg_length_change_mm.unwrap();
            assert!((shorter - length_mm * along).abs() < 1e-6, "{shorter} for {length_mm}");
            assert_eq!(cut.stem.as_ref().unwrap().pose, plan.stem.as_ref().unwrap().pose, "it stays in the proximal piece");
            let told = cut.findings.iter().find(|finding| finding.key == "finding-osteotomy").unwrap();
            assert_eq!(told.values["length"], format!("{length_mm:.0}"));
            assert!(cut.deformity.junction.is_some() && cut.deformity.alignment.is_some());
        }
        // Set to what it is: nothing is done.
        let cut = history.plan().clone();
        assert_eq!(set(&cut, Correction::shortening(30.0, 20.0)).unwrap(), cut);
        // A tilt of the distal piece by 12° of valgus opens the neck-shaft angle by as much.
        let tilted = set(&plan, "correct:20,12,0,0,axis".parse().map(typed).unwrap()).unwrap();
        let [before, after] = tilted.deformity.alignment.unwrap().neck_shaft_angle_deg;
        assert!((after - before - 12.0).abs() < 0.5, "{before} {after}");
        assert!(history.apply(Command::RemoveOsteotomy, &context).unwrap());
        assert_eq!(*history.plan(), judge.judged(&plan).unwrap());
        for _ in 0..3 {
            history.undo().unwrap();
        }
        assert_eq!(*history.plan(), plan);
        // What cannot be is refused by name, and nothing is lost.
        let refused = |correction| set(&plan, correction).unwrap_err();
        let EditError::Plan(PlanError::Osteotomy { fault, .. }) = refused(Correction::shortening(30.0, 120.0)) else { panic!() };
        assert!(matches!(fault, OsteotomyFault::OutOfRange { name: "shortening_mm", .. }), "{fault}");
        let EditError::Plan(PlanError::Osteotomy { fault, .. }) =
            refused(Correction { valgus_deg: 10.0, hinge: Hinge::Lateral, ..Correction::shortening(30.0, 0.0) })
        else {
            panic!()
        };
        assert_eq!(fault, OsteotomyFault::NoBorder);
    }
}

fn typed(choice: OsteotomyChoice) -> Correction {
    match choice {
        OsteotomyChoice::Typed(correction) => correction,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_osteotomy_by_an_edit_is_the_one_of_a_plan_that_was_asked_for_it() {
    let catalogue = Catalogue::shipped().unwrap();
    let (bones, anatomy, side) = dislocated(Preset::Crowe2, 900);
    let asked = typed("shorten:30,15,10".parse().unwrap());
    let settings = |osteotomy| PlanSettings { osteotomy, ..PlanSettings::default() };
    let plan = |choice| first_plan(&anatomy, &catalogue, side, &bones.meshes, &settings(choice)).unwrap();
    let (whole, cut) = (plan(OsteotomyChoice::Never), plan(OsteotomyChoice::Typed(asked)));
    let judge = Judge::new(&anatomy, &catalogue, side, &bones.meshes, &PlanSettings::default(), Scan::default()).unwrap();
    let context = Context { judge: &judge, automatic: &whole };
    let edited = apply(&whole, &Command::SetOsteotomy { correction: asked }, &context).unwrap();
    assert_eq!(edited.deformity.osteotomy, cut.deformity.osteotomy);
    let head = anatomy.hip(side).unwrap().head.centre;
    let femur = &bones.meshes[&Label::femur(side)];
    let removed_ml = |plan: &Plan| plan.deformity.junction.unwrap().removed_ml.unwrap();
    assert_eq!(removed_ml(&edited), removed_ml(&cut));
    let [with, without] = [&edited, &whole].map(|plan| operated_femur(femur, plan, &head).unwrap().volume_mm3());
    assert!((without - with - 1000.0 * removed_ml(&edited)).abs() < 1.0, "{without} {with}");
    // With the implants of the plan that was asked for it, everything is as in that plan.
    let put = Plan { cup: cut.cup.clone(), stem: cut.stem.clone(), ..edited };
    let judged = judge.judged(&put).unwrap();
    assert_eq!((judged.deformity.junction, judged.deformity.alignment), (cut.deformity.junction, cut.deformity.alignment));
    assert_eq!(judged.leg_length_change_mm, cut.leg_length_change_mm);
    assert_eq!(judged.terms.len(), cut.terms.len());
    for (a, b) in judged.terms.iter().zip(&cut.terms) {
        assert!(a.kind == b.kind && (a.value - b.value).abs() < 1e-6, "{a:?} {b:?}");
    }
}
