//! Screws through the holes of a shell against old metal on their way.

use crate::{hardware::rod, plan::Patient, plan::planned, support::shapes::cuboid};
use coxa::{
    frames::Side,
    implants::Catalogue,
    labels::Label,
    plan::{OldMetal, Plan},
};
use nalgebra::Point3;
use std::collections::BTreeMap;

#[test]
fn the_holes_whose_screws_meet_old_metal_are_told_and_no_others() {
    let catalogue = Catalogue::shipped().unwrap();
    for side in Side::BOTH {
        let anatomy = Patient { tilt_deg: 0.0, ..Patient::default() }.anatomy();
        let mut plan: Plan = planned(&anatomy, side);
        plan.cup.cup = "cup-revision-56".into();
        let chosen = plan.chosen(&catalogue).unwrap();
        let holes = plan.cup.screw_holes(chosen.cup, chosen.liner);
        // All of it is in the hip bone.
        let around = plan.cup.centre;
        let bone = cuboid(around - nalgebra::Vector3::repeat(100.0), around + nalgebra::Vector3::repeat(100.0));
        let bones = BTreeMap::from([(Label::hip(side), bone)]);
        let told = |from: &Point3<f64>, to: &Point3<f64>| {
            let metal = OldMetal::new(vec![rod(from, to, 1.5)], &bones, side);
            metal.blocked_holes(&plan, &catalogue, &anatomy.pelvis.app).unwrap()
        };
        let mut at_twelve = 0;
        for (from, way) in &holes {
            // Along the hole's own axis, 30 to 36 mm out, where screws of other holes are far away.
            let found = told(&(from + way.into_inner() * 30.0), &(from + way.into_inner() * 36.0)).unwrap();
            assert_eq!((found.values["blocked"].as_str(), found.values["all"].as_str()), ("1", "9"), "{found:?}");
            at_twelve += usize::from(found.values["at"] == "12:00");
            // Further out than any screw, and before the shell: in nobody's way.
            assert!(told(&(from + way.into_inner() * 53.0), &(from + way.into_inner() * 60.0)).is_none());
        }
        assert_eq!(at_twelve, 2, "one in each ring");
    }
}
