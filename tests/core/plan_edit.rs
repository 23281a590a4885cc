//! An edit does exactly what it says, everything that follows from it is reckoned again, and all of it can be taken back.

use crate::{
    plan::{Patient, planned},
    support::shapes::cuboid,
};
use coxa::{
    anatomy::{Anatomy, CupAngles, CupDefinition},
    frames::Side,
    implants::{Catalogue, Liner},
    labels::Label,
    mesh::TriMesh,
    plan::{
        Change, Judge, Plan, PlanError, PlanSettings, PlanState, Review, Scan, TermKind,
        edit::{Command, Context, EditError, History, Limit, PelvicFrame, apply},
        first_plan,
    },
    report::of_plan,
};
use nalgebra::{Point3, Vector3};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::LazyLock};

/// A plan on an anatomy whose every number is known, with what it is judged against.
struct Table {
    anatomy: Anatomy,
    judge: Judge,
    automatic: Plan,
}

impl Table {
    fn of(anatomy: Anatomy, side: Side, bones: &BTreeMap<Label, TriMesh>) -> Self {
        let catalogue = Catalogue::shipped().unwrap();
        let settings = PlanSettings::default();
        let automatic = first_plan(&anatomy, &catalogue, side, bones, &settings).unwrap();
        let judge = Judge::new(&anatomy, &catalogue, side, bones, &settings, Scan::default()).unwrap();
        Self { anatomy, judge, automatic }
    }

    fn new(side: Side) -> Self {
        Self::of(Patient::default().anatomy(), side, &BTreeMap::new())
    }

    fn context(&self) -> Context<'_> {
        Context { judge: &self.judge, automatic: &self.automatic }
    }

    fn apply(&self, plan: &Plan, command: &Command) -> Result<Plan, EditError> {
        apply(plan, command, &self.context())
    }

    /// The automatic plan after one command.
    fn after(&self, command: Command) -> Plan {
        self.apply(&self.automatic, &command).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Changes of leg length and offset by a command.
    fn changes(&self, command: Command) -> [f64; 2] {
        let name = command.to_string();
        let (before, after) = (&self.automatic, self.after(command));
        assert!(after.findings.iter().all(|finding| finding.key != "finding-change-stale"), "{name}");
        [
            after.leg_length_change_mm.unwrap() - before.leg_length_change_mm.unwrap(),
            after.offset_change_mm.unwrap() - before.offset_change_mm.unwrap(),
        ]
    }
}

/// The same for both sides, made once for all that is tried at random.
static TABLES: LazyLock<[Table; 2]> = LazyLock::new(|| [Side::Left, Side::Right].map(Table::new));

fn near(found: [f64; 2], expected: [f64; 2], what: &str) {
    assert!(
        found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9),
        "{what}: {found:?} for {expected:?}"
    );
}

fn term(plan: &Plan, kind: TermKind) -> f64 {
    plan.terms.iter().find(|term| term.kind == kind).unwrap_or_else(|| panic!("{kind:?}")).value
}

fn move_cup(medial_mm: f64, superior_mm: f64, anterior_mm: f64) -> Command {
    Command::MoveCup { medial_mm, superior_mm, anterior_mm }
}

fn turn_cup(inclination_deg: f64, anteversion_deg: f64) -> Command {
    let (definition, frame) = (CupDefinition::Radiographic, PelvicFrame::AnteriorPelvicPlane);
    Command::TurnCup { inclination_deg, anteversion_deg, definition, frame }
}

fn keys(plan: &Plan) -> Vec<&str> {
    plan.findings.iter().map(|finding| finding.key.as_str()).collect()
}

#[test]
fn a_head_moves_along_the_neck_and_leg_and_offset_with_it() {
    for side in Side::BOTH {
        let table = Table::new(side);
        let catalogue = table.judge.catalogue();
        let chosen = table.automatic.chosen(catalogue).unwrap();
        let (stem, head) = chosen.stem.unwrap();
        let (sin, cos) = stem.neck_shaft_angle_deg.to_radians().sin_cos();
        let others: Vec<_> = catalogue.heads_for(chosen.cup).filter(|other| other.id != head.id).collect();
        assert!(others.len() >= 3);
        for other in others {
            let longer = other.offset_mm - head.offset_mm;
            let found = table.changes(Command::ChooseHead { id: other.id.clone() });
            near(found, [-longer * cos, longer * sin], &other.id);
        }
    }
}

#[test]
fn a_cup_moves_leg_and_offset_by_its_own_way_in_the_pelvis() {
    for side in Side::BOTH {
        let table = Table::of(Patient { tilt_deg: 14.0, ..Patient::default() }.anatomy(), side, &BTreeMap::new());
        near(table.changes(move_cup(0.0, 3.0, 0.0)), [-3.0, 0.0], "3 mm up");
        near(table.changes(move_cup(2.5, 0.0, 0.0)), [0.0, -2.5], "2.5 mm medially");
        near(table.changes(move_cup(0.0, 0.0, 4.0)), [0.0, 0.0], "4 mm forwards");
        let app = table.anatomy.pelvis.app;
        let way = table.after(move_cup(1.0, 2.0, 3.0)).cup.centre - table.automatic.cup.centre;
        let medial = app.right().into_inner() * side.lps_sign();
        near([way.dot(&medial), way.dot(&app.superior())], [1.0, 2.0], "in the pelvis");
        assert!((way.dot(&app.anterior()) - 3.0).abs() < 1e-9);
        // Along its own axis, which leans by the operative inclination from the sagittal plane.
        let (operative, _) = table.automatic.cup.angles(&app, side).operative_deg();
        let deeper = table.after(Command::DeepenCup { mm: 2.0 }).cup.centre - table.automatic.cup.centre;
        assert!((deeper.dot(&medial) - 2.0 * operative.to_radians().sin()).abs() < 1e-9 && (deeper.norm() - 2.0).abs() < 1e-9);
        // To a point, and back to the native centre.
        let centre = table.automatic.cup.centre + Vector3::new(1.0, -2.0, 0.5);
        let there = table.after(Command::PlaceCup { centre });
        assert_eq!(there.cup.centre, centre);
        let back = table.apply(&there, &Command::CupToNativeCentre).unwrap();
        assert_eq!(back.cup.centre, table.anatomy.hip(side).unwrap().acetabulum.sphere.centre);
    }
}

#[test]
fn a_cup_is_turned_by_exactly_what_is_asked_in_every_definition_and_frame() {
    for side in Side::BOTH {
        let table = Table::new(side);
        let pelvis = &table.anatomy.pelvis;
        let frames = [
            (PelvicFrame::AnteriorPelvicPlane, pelvis.app),
            (PelvicFrame::AsScanned, pelvis.app.tilted_posteriorly(pelvis.tilt_deg)),
            (PelvicFrame::Tilted(-11.0), pelvis.app.tilted_posteriorly(-11.0)),
        ];
        for (frame, in_lps) in frames {
            for definition in CupDefinition::ALL {
                let of = |plan: &Plan| plan.cup.angles(&in_lps, side).as_given(definition);
                let before = of(&table.automatic);
                let more = Command::TurnCup { inclination_deg: -3.0, anteversion_deg: 5.0, definition, frame };
                let after = of(&table.after(more));
                near([after.0 - before.0, after.1 - before.1], [-3.0, 5.0], definition.name());
                let given = Command::OrientCup { inclination_deg: None, anteversion_deg: Some(21.0), definition, frame };
                let plan = table.after(given);
                near([of(&plan).0, of(&plan).1], [before.0, 21.0], definition.name());
                assert_eq!(plan.cup.centre, table.automatic.cup.centre);
            }
        }
        // A native version is not known without the knee; with it, combined anteversion follows.
        near(table.changes(turn_cup(4.0, 5.0)), [0.0, 0.0], "a turn about the centre");
    }
}

#[test]
fn a_stem_moves_turns_and_leans_about_its_own_axis_and_origin() {
    for side in Side::BOTH {
        let table = Table::new(side);
        let catalogue = table.judge.catalogue();
        let (stem, head) = table.automatic.chosen(catalogue).unwrap().stem.unwrap();
        near(table.changes(Command::DeepenStem { mm: 4.0 }), [-4.0, 0.0], "4 mm deeper");
        // Turned: the head goes round the stem's axis, as high and as far out as before.
        near(table.changes(Command::TurnStem { deg: 7.5 }), [0.0, 0.0], "turned");
        let turned = table.after(Command::TurnStem { deg: 7.5 });
        assert!((term(&turned, TermKind::Turn) - term(&table.automatic, TermKind::Turn) - 7.5).abs() < 1e-9);
        let forward = |plan: &Plan| plan.head_centre(catalogue).unwrap().unwrap();
        assert!(forward(&turned).y < forward(&table.automatic).y - 1.0, "more anteversion brings the head forwards");
        // Leaned: the neck of length L at φ to the axis ends L cos(φ + v) high and L sin(φ + v) medial.
        let (length, angle) = (stem.neck_length_mm + head.offset_mm, 180.0 - stem.neck_shaft_angle_deg);
        for varus in [2.0_f64, -3.0] {
            let at = |deg: f64| [deg.to_radians().cos(), deg.to_radians().sin()];
            let [[up, out], [up_before, out_before]] = [at(angle + varus), at(angle)];
            let found = table.changes(Command::LeanStem { deg: varus });
            near(found, [length * (up - up_before), length * (out - out_before)], "leaned");
            let plan = table.after(Command::LeanStem { deg: varus });
            assert!((term(&plan, TermKind::Varus) - term(&table.automatic, TermKind::Varus) - varus).abs() < 1e-9);
            let [a, b] = [&plan, &table.automatic].map(|plan| plan.stem.as_ref().unwrap().pose.translation.vector);
            assert!((a - b).norm() < 1e-12, "about its origin");
            // The tip goes laterally in varus.
            let tip = plan.stem.as_ref().unwrap().lps_point(side, &Point3::new(0.0, -stem.tip_mm(), 0.0));
            let straight = table.automatic.stem.as_ref().unwrap().lps_point(side, &Point3::new(0.0, -stem.tip_mm(), 0.0));
            assert_eq!((tip.x - straight.x) * side.lps_sign() > 0.0, varus > 0.0);
        }
        // Turn and lean do not disturb each other, in either order.
        let both = |first: Command, second: Command| table.apply(&table.after(first), &second).unwrap();
        let (turn, lean) = (Command::TurnStem { deg: 20.0 }, Command::LeanStem { deg: 3.0 });
        for plan in [both(turn.clone(), lean.clone()), both(lean, turn)] {
            assert!((term(&plan, TermKind::Turn) - term(&table.automatic, TermKind::Turn) - 20.0).abs() < 1e-9);
            assert!((term(&plan, TermKind::Varus) - term(&table.automatic, TermKind::Varus) - 3.0).abs() < 1e-9);
        }
    }
}

#[test]
fn another_neck_leaves_the_body_where_it_is() {
    let table = Table::new(Side::Right);
    let catalogue = table.judge.catalogue();
    let (stem, _) = table.automatic.chosen(catalogue).unwrap().stem.unwrap();
    let other = catalogue.stems.iter().find(|s| s.size == stem.size && s.offset_option != stem.offset_option).unwrap();
    let plan = table.after(Command::ChooseStem { id: other.id.clone(), head: None });
    let tip = |plan: &Plan, tip_mm: f64| plan.stem.as_ref().unwrap().lps_point(Side::Right, &Point3::new(0.0, -tip_mm, 0.0));
    let moved = (tip(&plan, other.tip_mm()) - tip(&table.automatic, stem.tip_mm())).norm();
    assert!(moved < 1e-9, "the tip moved by {moved} mm");
    // The other neck: as high, and further out or in by what the catalogue says (to the thousandths that it is written in).
    let [leg, offset] = table.changes(Command::ChooseStem { id: other.id.clone(), head: None });
    assert!(leg.abs() < 0.01 && offset.abs() > 4.0, "{leg} {offset}");
    let back = table.apply(&plan, &Command::ChooseStem { id: stem.id.clone(), head: None }).unwrap();
    let [a, b] = [&back, &table.automatic].map(|plan| plan.stem.as_ref().unwrap().resection.point);
    assert!((a - b).norm() < 1e-9, "the cut comes back with it");
}

#[test]
fn the_cut_is_where_the_report_says() {
    let height = |table: &Table, plan: &Plan| -> f64 {
        let measures = of_plan(plan, table.judge.catalogue(), &table.anatomy);
        let value = &measures.iter().find(|measure| measure.key == "measure-resection-height").unwrap().value;
        value.split(' ').next().unwrap().parse().unwrap()
    };
    for side in Side::BOTH {
        let table = Table::new(side);
        let at = table.after(Command::SetCutHeight { mm: 24.0 });
        assert!((height(&table, &at) - 24.0).abs() < 0.051);
        let up = table.apply(&at, &Command::MoveCut { mm: 2.5 }).unwrap();
        assert!((height(&table, &up) - 26.5).abs() < 0.051);
        let again = table.apply(&up, &Command::SetCutHeight { mm: 24.0 }).unwrap();
        let [a, b] = [&at, &again].map(|plan| plan.stem.as_ref().unwrap().resection);
        assert!((a.point - b.point).norm() < 1e-9 && (a.normal.into_inner() - b.normal.into_inner()).norm() < 1e-12);
        // It goes with the stem, on the neck's axis and across it.
        let deeper = table.apply(&at, &Command::DeepenStem { mm: 3.0 }).unwrap();
        assert!((height(&table, &deeper) - 21.0).abs() < 0.051);
        near(table.changes(Command::MoveCut { mm: 1.0 }), [0.0, 0.0], "the cut moves no joint");
    }
}

#[test]
fn coverage_follows_the_cup_as_the_closed_form_says() {
    // Bone medial to the sagittal plane through the centre covers (90° + operative inclination) / 180° of the hemisphere.
    let mut anatomy = Patient { tilt_deg: 0.0, ..Patient::default() }.anatomy();
    anatomy.right.as_mut().unwrap().acetabulum.sphere.centre.x = -90.0;
    let bone = cuboid(Point3::new(-90.0, -70.0, -70.0), Point3::new(-20.0, 70.0, 70.0));
    let table = Table::of(anatomy, Side::Right, &BTreeMap::from([(Label::HipRight, bone)]));
    let native = table.after(Command::CupToNativeCentre);
    for (inclination, anteversion) in [(30.0, 5.0), (40.0, 15.0), (50.0, 25.0), (45.0, -10.0)] {
        let command = Command::OrientCup {
            inclination_deg: Some(inclination),
            anteversion_deg: Some(anteversion),
            definition: CupDefinition::Radiographic,
            frame: PelvicFrame::AnteriorPelvicPlane,
        };
        let plan = table.apply(&native, &command).unwrap();
        let angles = CupAngles { inclination_deg: inclination, anteversion_deg: anteversion };
        let expected = (90.0 + angles.operative_deg().0) / 180.0;
        let found = plan.cup.bone_coverage.unwrap();
        assert!((found - expected).abs() < 0.002, "{inclination}/{anteversion}: {found} for {expected}");
        assert!((term(&plan, TermKind::CupCoverage) - 100.0 * found).abs() < 1e-9);
    }
}

#[test]
fn of_the_automatic_plan_the_judge_says_what_the_search_has_said() {
    let bone = cuboid(Point3::new(-90.0, -70.0, -70.0), Point3::new(-62.0, 70.0, 70.0));
    let with_bone = BTreeMap::from([(Label::HipRight, bone)]);
    for bones in [BTreeMap::new(), with_bone] {
        let table = Table::of(Patient::default().anatomy(), Side::Right, &bones);
        let (automatic, judged) = (&table.automatic, table.judge.judged(&table.automatic).unwrap());
        assert_eq!(judged.cup.bone_coverage, automatic.cup.bone_coverage);
        assert_eq!(
            (judged.stem.as_ref(), judged.leg_length_change_mm),
            (automatic.stem.as_ref(), automatic.leg_length_change_mm)
        );
        assert_eq!(judged.terms.len(), automatic.terms.len());
        for (a, b) in judged.terms.iter().zip(&automatic.terms) {
            assert!(a.kind == b.kind && (a.value - b.value).abs() < 1e-9 && (a.cost - b.cost).abs() < 1e-9, "{a:?} {b:?}");
        }
        assert_eq!(keys(&judged), keys(automatic));
        assert!(!automatic.runners_up.is_empty() && judged.runners_up.is_empty(), "held against another plan than this");
    }
}

#[test]
fn what_cannot_be_is_refused_with_what_was_found_and_what_is_possible() {
    let table = Table::new(Side::Left);
    let refused = |command: Command| match table.apply(&table.automatic, &command) {
        Err(error) => error,
        Ok(_) => panic!("{command} was carried out"),
    };
    for (command, limit, told) in [
        (turn_cup(55.0, 0.0), Limit::CupInclination, "95.0°; from 0.0 to 90.0°"),
        (turn_cup(-45.0, 0.0), Limit::CupInclination, "-5.0°; from 0.0 to 90.0°"),
        (turn_cup(0.0, 50.0), Limit::CupAnteversion, "65.0°; from -45.0 to 60.0°"),
        (move_cup(0.0, 61.0, 0.0), Limit::CupShift, "61.0 mm; from 0.0 to 60.0 mm"),
        (Command::DeepenStem { mm: 90.0 }, Limit::StemDepth, "to 60.0 mm"),
        (Command::LeanStem { deg: -16.0 }, Limit::StemLean, "-16.0°; from -15.0 to 15.0°"),
        (Command::TurnStem { deg: 75.0 }, Limit::StemTurn, "75.0°; from -60.0 to 60.0°"),
        (Command::MoveCut { mm: 80.0 }, Limit::Cut, "from 0.0 to"),
        (
            Command::OrientCup {
                inclination_deg: Some(40.0),
                anteversion_deg: None,
                definition: CupDefinition::Radiographic,
                frame: PelvicFrame::Tilted(80.0),
            },
            Limit::PelvicTilt,
            "80.0°; from -60.0 to 60.0°",
        ),
    ] {
        let error = refused(command);
        assert!(matches!(error, EditError::Beyond { limit: found, .. } if found == limit), "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
    for value in [f64::NAN, f64::INFINITY] {
        assert!(matches!(refused(move_cup(0.0, value, 0.0)), EditError::NotFinite { what: "superior_mm" }));
        assert!(matches!(refused(turn_cup(value, 0.0)), EditError::NotFinite { .. }));
        assert!(matches!(refused(Command::TurnStem { deg: value }), EditError::NotFinite { .. }));
        assert!(matches!(refused(Command::PlaceCup { centre: Point3::new(value, 0.0, 0.0) }), EditError::NotFinite { .. }));
    }
    let nothing = Command::OrientCup {
        inclination_deg: None,
        anteversion_deg: None,
        definition: CupDefinition::Anatomic,
        frame: PelvicFrame::AsScanned,
    };
    assert_eq!(refused(nothing), EditError::NoAngle);
    // Implants that are not there, and parts that do not go together.
    for id in ["cup-hemi-99", ""] {
        let error = refused(Command::ChooseCup { id: id.into(), head: None });
        assert!(matches!(error, EditError::Plan(PlanError::UnknownImplant { kind: "cup", .. })), "{error}");
    }
    let error = refused(Command::ChooseCup { id: "cup-hemi-40".into(), head: None });
    assert!(
        matches!(&error, EditError::HeadLiner { liner_mm: 22.225, .. }) && error.to_string().contains("head-22.225+0"),
        "{error}"
    );
    let liner_of = |plan: &Plan| plan.chosen(table.judge.catalogue()).unwrap().liner.unwrap().clone();
    let larger = table.after(Command::ChooseCup { id: "cup-hemi-58".into(), head: None });
    let (before, after) = (liner_of(&table.automatic), liner_of(&larger));
    assert_eq!((before.family, before.head_diameter_mm), (after.family, after.head_diameter_mm), "the present head stays");
    assert!(matches!(refused(Command::ChooseHead { id: "head-22.225+0".into() }), EditError::HeadLiner { .. }));
    let both = table.after(Command::ChooseCup { id: "cup-hemi-58".into(), head: Some("head-36+0".into()) });
    assert_eq!((both.cup.cup.as_str(), both.stem.as_ref().unwrap().head.as_str()), ("cup-hemi-58", "head-36+0"));
    assert!(keys(&both).contains(&"finding-cup-other-size"));
    // Without a stem there is none to move, and without femur none to put in.
    let stemless = Plan { stem: None, ..table.automatic.clone() };
    assert_eq!(table.apply(&stemless, &Command::TurnStem { deg: 1.0 }), Err(EditError::NoStem));
    let first =
        table.apply(&stemless, &Command::ChooseStem { id: table.automatic.stem.as_ref().unwrap().stem.clone(), head: None });
    assert!(first.unwrap().leg_length_change_mm.is_some(), "a first stem, in its native place");
    // The other hip.
    let other = planned(&table.anatomy, Side::Right);
    let error = table.apply(&other, &move_cup(1.0, 0.0, 0.0)).unwrap_err();
    assert!(matches!(error, EditError::Plan(PlanError::OtherHip { plan: Side::Right, judged: Side::Left })), "{error}");
}

#[test]
fn another_liner_leaves_the_shell_where_it_is_and_a_lip_goes_round_the_clock() {
    for side in Side::BOTH {
        let table = Table::new(side);
        let catalogue = table.judge.catalogue();
        let chosen = table.automatic.chosen(catalogue).unwrap();
        let (cup, present) = (chosen.cup, chosen.liner.unwrap());
        let of_family = |family: &str| {
            let fits = |liner: &&Liner| {
                liner.family == family
                    && liner.head_diameter_mm == present.head_diameter_mm
                    && catalogue.liner_refused(cup, liner).is_none()
            };
            catalogue.all_liners().find(fits).unwrap().id.clone()
        };
        let axis = table.automatic.cup.axis.into_inner();
        let out = table.after(Command::ChooseLiner { id: of_family("liner-lateral-4"), head: None });
        assert!((out.cup.centre - table.automatic.cup.centre - axis * 4.0).norm() < 1e-9);
        assert_eq!(out.cup.bone_coverage, table.automatic.cup.bone_coverage, "the shell did not move");
        // The bearing went down with the axis, and so did the leg.
        let down = -axis.dot(&table.anatomy.pelvis.app.superior()) * 4.0;
        let longer = out.leg_length_change_mm.unwrap() - table.automatic.leg_length_change_mm.unwrap();
        assert!((longer - down).abs() < 1e-9 && down > 0.0, "{longer} {down}");
        let back = table.apply(&out, &Command::ChooseLiner { id: present.id.clone(), head: None }).unwrap();
        assert!((back.cup.centre - table.automatic.cup.centre).norm() < 1e-9);
        // Three of twelve positions from a lip: a right angle about the axis, from superior towards anterior.
        let lipped = table.after(Command::ChooseLiner { id: of_family("liner-lip-20"), head: None });
        let lip = |plan: &Plan| plan.cup.liner.as_ref().unwrap().towards.into_inner();
        let turned = table.apply(&lipped, &Command::TurnLiner { positions: 3 }).unwrap();
        assert!(lip(&turned).dot(&lip(&lipped)).abs() < 1e-9 && lip(&turned).dot(&axis).abs() < 1e-9);
        let upwards = lip(&lipped).dot(&table.anatomy.pelvis.app.superior());
        let forwards = lip(&turned).dot(&table.anatomy.pelvis.app.anterior());
        assert!(upwards * forwards > 0.0, "{side}: {upwards} {forwards}");
        // A cup that is turned takes its lip along.
        let tilted = table
            .apply(
                &lipped,
                &Command::TurnCup {
                    inclination_deg: 10.0,
                    anteversion_deg: 5.0,
                    definition: CupDefinition::Radiographic,
                    frame: PelvicFrame::default(),
                },
            )
            .unwrap();
        assert!(lip(&tilted).dot(&tilted.cup.axis).abs() < 1e-9);
        let refused = table.apply(&table.automatic, &Command::ChooseLiner { id: "liner-neutral-99".into(), head: None });
        assert!(matches!(refused, Err(EditError::Plan(PlanError::UnknownImplant { kind: "liner", .. }))));
        let foreign = catalogue.all_liners().find(|liner| catalogue.liner_refused(cup, liner).is_some()).unwrap().id.clone();
        let refused = table.apply(&table.automatic, &Command::ChooseLiner { id: foreign, head: None });
        assert!(matches!(&refused, Err(EditError::Liner { allowed, .. }) if !allowed.is_empty()), "{refused:?}");
    }
}

#[test]
fn an_edit_makes_a_draft_of_it_and_what_changes_nothing_is_no_edit() {
    let table = Table::new(Side::Right);
    let review = Some(Review { by: "attending".into(), when: "2026-01-01T00:00:00Z".into() });
    let reviewed = Plan { review, ..table.automatic.clone() };
    assert_eq!(reviewed.state(), PlanState::Reviewed);
    assert_eq!(table.apply(&reviewed, &move_cup(0.0, 1.0, 0.0)).unwrap().state(), PlanState::Draft);
    let angles = reviewed.cup.angles(&table.anatomy.pelvis.app, Side::Right);
    for nothing in [
        move_cup(0.0, 0.0, 0.0),
        turn_cup(0.0, 0.0),
        Command::OrientCup {
            inclination_deg: Some(angles.inclination_deg),
            anteversion_deg: Some(angles.anteversion_deg),
            definition: CupDefinition::Radiographic,
            frame: PelvicFrame::AnteriorPelvicPlane,
        },
        Command::DeepenStem { mm: 0.0 },
        Command::ChooseCup { id: reviewed.cup.cup.clone(), head: None },
        Command::Reset,
    ] {
        assert_eq!(table.apply(&reviewed, &nothing).unwrap(), reviewed, "{nothing}");
    }
    let mut history = History::new(table.automatic.clone());
    assert!(!history.apply(move_cup(0.0, 0.0, 0.0), &table.context()).unwrap() && !history.can_undo());
}

#[test]
fn reset_gives_the_automatic_plan_with_all_that_the_search_has_said() {
    let table = Table::new(Side::Left);
    let moved = table.apply(&table.after(move_cup(1.0, 2.0, 0.0)), &Command::LeanStem { deg: 1.0 }).unwrap();
    assert!(moved.runners_up.is_empty());
    assert_eq!(table.apply(&moved, &Command::Reset).unwrap(), table.automatic);
    // Of another plan the number stays.
    let other = Plan { number: 7, ..moved };
    assert_eq!(table.apply(&other, &Command::Reset).unwrap(), Plan { number: 7, ..table.automatic.clone() });
    let taken = Command::Take { from: "A".into(), plan: Box::new(table.after(move_cup(0.0, 3.0, 0.0))) };
    let taken = table.apply(&other, &taken).unwrap();
    assert_eq!(taken, Plan { number: 7, ..table.after(move_cup(0.0, 3.0, 0.0)) });
}

#[test]
fn a_reason_stands_while_the_finding_says_the_same_and_lapses_when_it_does_not() {
    let table = Table::new(Side::Right);
    let away = table.after(move_cup(0.0, 8.0, 0.0));
    let finding = away.findings.iter().find(|finding| finding.key == "finding-cup-centre").unwrap().clone();
    let answer = |finding: &str, reason: &str, by: &str| {
        let [finding, reason, by] = [finding, reason, by].map(Into::into);
        Command::Override { finding, reason, by }
    };
    let answered = table.apply(&away, &answer("cup-centre", " high centre, Crowe III ", "attending")).unwrap();
    let given = answered.overridden(&finding).unwrap();
    assert_eq!((given.reason.as_str(), given.by.as_str(), given.lapsed), ("high centre, Crowe III", "attending", false));
    assert_eq!(answered.findings, away.findings, "it is still found");
    // The stem has nothing to do with it; the cup has.
    let stem = table.apply(&answered, &Command::DeepenStem { mm: 1.0 }).unwrap();
    assert!(stem.overridden(&finding).is_some());
    let higher = table.apply(&stem, &move_cup(0.0, 1.0, 0.0)).unwrap();
    assert!(higher.overrides[0].lapsed && higher.findings.iter().all(|finding| higher.overridden(finding).is_none()));
    // Back at the same place it says the same, but the reason was given up; taking the edit back gives it again.
    let back = table.apply(&higher, &move_cup(0.0, -1.0, 0.0)).unwrap();
    assert!(back.overrides[0].lapsed);
    let mut history = History::new(answered);
    history.apply(move_cup(0.0, 1.0, 0.0), &table.context()).unwrap();
    history.undo().unwrap();
    assert!(history.plan().overridden(&finding).is_some());
    // A new reason takes its place.
    let again = table.apply(&higher, &answer("finding-cup-centre", "still so", "attending")).unwrap();
    assert!(again.overrides.len() == 1 && !again.overrides[0].lapsed);
    let error = table.apply(&away, &answer("cup-breach", "x", "y")).unwrap_err();
    assert!(matches!(&error, EditError::NoFinding { .. }) && error.to_string().contains("finding-cup-centre"), "{error}");
    assert_eq!(table.apply(&away, &answer("cup-centre", "  ", "y")), Err(EditError::Empty { what: "reason" }));
    assert_eq!(table.apply(&away, &answer("cup-centre", "x", "")), Err(EditError::Empty { what: "by" }));
}

#[test]
fn what_may_not_be_waits_for_a_reason() {
    // A stem leaned so far that it does not go in.
    let table = Table::new(Side::Right);
    assert!(table.automatic.unanswered().is_empty());
    let leaned = table.after(Command::LeanStem { deg: 6.0 });
    let hard: Vec<&str> = leaned.unanswered().iter().map(|finding| finding.key.as_str()).collect();
    assert!(hard.contains(&"finding-stem-tight"), "{hard:?}");
    assert!(leaned.terms.iter().any(|term| term.kind == TermKind::Room && term.hard));
    let answers: Vec<Command> = hard
        .iter()
        .map(|key| Command::Override { finding: (*key).into(), reason: "reamed".into(), by: "attending".into() })
        .collect();
    let answered = answers.iter().fold(leaned.clone(), |plan, command| table.apply(&plan, command).unwrap());
    assert!(answered.unanswered().is_empty());
    // The search says it in other words; the reason is the same.
    let tight = answered.overrides.iter().find(|given| given.finding.key == "finding-stem-tight").unwrap();
    let mut of_search = tight.finding.clone();
    of_search.key = "finding-canal-narrow".into();
    assert!(tight.answers(&of_search));
    of_search.values.insert("lacking".into(), "9.9".into());
    assert!(!tight.answers(&of_search));
}

fn some_command() -> impl Strategy<Value = Command> {
    let mm = -4.0..4.0_f64;
    let deg = -3.0..3.0_f64;
    let definition = prop::sample::select(CupDefinition::ALL.to_vec());
    let frame = prop_oneof![
        Just(PelvicFrame::AnteriorPelvicPlane),
        Just(PelvicFrame::AsScanned),
        (-20.0..20.0_f64).prop_map(PelvicFrame::Tilted)
    ];
    let stems = ["stem-taper-1-std", "stem-taper-2-high", "stem-taper-3-std", "no-such-stem"];
    prop_oneof![
        (mm.clone(), mm.clone(), mm.clone()).prop_map(|(x, y, z)| move_cup(x, y, z)),
        mm.clone().prop_map(|mm| Command::DeepenCup { mm }),
        (deg.clone(), deg.clone(), definition, frame).prop_map(|(inclination_deg, anteversion_deg, definition, frame)| {
            Command::TurnCup { inclination_deg, anteversion_deg, definition, frame }
        }),
        Just(Command::CupToNativeCentre),
        mm.clone().prop_map(|mm| Command::DeepenStem { mm }),
        deg.clone().prop_map(|deg| Command::TurnStem { deg }),
        deg.prop_map(|deg| Command::LeanStem { deg }),
        mm.prop_map(|mm| Command::MoveCut { mm }),
        prop::sample::select(stems.to_vec()).prop_map(|id| Command::ChooseStem { id: id.into(), head: None }),
        prop::sample::select(vec!["head-32-3.5", "head-32+3.5", "head-36+0"])
            .prop_map(|id| Command::ChooseHead { id: id.into() }),
        Just(Command::Reset),
        Just(Command::Override { finding: "cup-angles".into(), reason: "seen".into(), by: "AB".into() }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_edits_taken_back_to_the_beginning_leave_nothing(commands in prop::collection::vec(some_command(), 1..14)) {
        let table = &TABLES[1];
        let start = ron::to_string(&table.automatic).unwrap();
        let mut history = History::new(table.automatic.clone());
        for command in &commands {
            // What is refused leaves all as it was.
            let before = history.clone();
            if history.apply(command.clone(), &table.context()).is_err() {
                prop_assert_eq!(&before, &history);
            }
        }
        let plan = history.plan().clone();
        // Whatever was done, the stated numbers are those of the implants.
        let head = plan.head_centre(table.judge.catalogue()).unwrap().unwrap();
        let hip = table.anatomy.hip(Side::Right).unwrap();
        let change = Change::of(&table.anatomy.pelvis, hip, hip.femur.as_ref().unwrap(), &plan.cup.centre, &head);
        prop_assert!((plan.leg_length_change_mm.unwrap() - change.leg_length_mm).abs() < 1e-9);
        prop_assert!((plan.offset_change_mm.unwrap() - change.offset_mm).abs() < 1e-9);
        let end = ron::to_string(&plan).unwrap();
        let kept = history.clone();
        while history.undo().is_some() {}
        prop_assert_eq!(ron::to_string(history.plan()).unwrap(), start);
        while history.redo().is_some() {}
        prop_assert_eq!(ron::to_string(history.plan()).unwrap(), end);
        prop_assert_eq!(history, kept);
    }

    #[test]
    fn a_left_hip_is_the_mirrored_right_one(commands in prop::collection::vec(some_command(), 1..8)) {
        let tables = &*TABLES;
        let ends = tables.each_ref().map(|table| {
            commands.iter().fold(table.automatic.clone(), |plan, command| table.apply(&plan, command).unwrap_or(plan))
        });
        let [a, b] = ends.each_ref();
        let mirrored = |point: &Point3<f64>| Point3::new(-point.x, point.y, point.z);
        prop_assert!((a.cup.centre - mirrored(&b.cup.centre)).norm() < 1e-6);
        prop_assert!((a.leg_length_change_mm.unwrap() - b.leg_length_change_mm.unwrap()).abs() < 1e-6);
        prop_assert!((a.offset_change_mm.unwrap() - b.offset_change_mm.unwrap()).abs() < 1e-6);
        let [c, d] = [a, b].map(|plan| plan.cup.angles(&tables[0].anatomy.pelvis.app, plan.side));
        prop_assert!((c.inclination_deg - d.inclination_deg).abs() < 1e-6 && (c.anteversion_deg - d.anteversion_deg).abs() < 1e-6);
        let [p, q] = [a, b].map(|plan| plan.head_centre(tables[0].judge.catalogue()).unwrap().unwrap());
        prop_assert!((p - mirrored(&q)).norm() < 1e-6);
        prop_assert_eq!(keys(a), keys(b));
    }

    #[test]
    fn a_command_survives_its_document(command in some_command()) {
        let text = ron::to_string(&command).unwrap();
        prop_assert_eq!(ron::from_str::<Command>(&text).unwrap(), command);
    }
}

#[test]
fn the_frame_that_angles_are_given_in_counts() {
    // 13° of posterior tilt make 15° of radiographic anteversion 24.749°: whoever gives that in the tilted frame gets 15° in the other.
    let table = Table::new(Side::Right);
    let app = table.anatomy.pelvis.app;
    let wanted = CupAngles { inclination_deg: 40.0, anteversion_deg: 15.0 };
    let seen = CupAngles::of_axis(&wanted.axis(&app, Side::Right), &app.tilted_posteriorly(13.0), Side::Right);
    assert!((seen.anteversion_deg - 24.749).abs() < 5e-4);
    let command = Command::OrientCup {
        inclination_deg: Some(seen.inclination_deg),
        anteversion_deg: Some(seen.anteversion_deg),
        definition: CupDefinition::Radiographic,
        frame: PelvicFrame::Tilted(13.0),
    };
    let elsewhere = table.after(turn_cup(7.0, -4.0));
    let found = table.apply(&elsewhere, &command).unwrap().cup.angles(&app, Side::Right);
    near([found.inclination_deg, found.anteversion_deg], [40.0, 15.0], "in the anterior pelvic plane");
}
