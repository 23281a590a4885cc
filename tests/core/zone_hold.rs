//! Beside the target zone stands what it does not know: how well the plan and the cup with the most room hold the head.

use coxa::{
    accuracy::moved::jump::plain_hip,
    anatomy::CupAngles,
    i18n::{Language, Texts},
    implants::{Bearing, Liner},
    report::{hold_in_words, steep_in_words},
    risk::{SteepCup, ZoneHold},
};
use std::{path::Path, process::Command};

fn cup(inclination_deg: f64, anteversion_deg: f64) -> CupAngles {
    CupAngles { inclination_deg, anteversion_deg }
}

/// By hand: 32 mm, the head's centre in the plane of the opening: 32 sin((90° − inclination) / 2).
#[test]
fn figures_are_the_closed_form_s_and_a_steep_cup_is_no_lesser_risk() {
    let bearing = plain_hip(32.0, 45.0, 0.0).bearing;
    let jump = |inclination: f64| 32.0 * ((90.0 - inclination) / 2.0_f64).to_radians().sin();
    for (plan, most_room, costs) in
        [(40.0, 55.0, true), (40.0, 44.0, true), (45.0, 40.0, false), (45.0, 45.5, false), (60.0, 52.0, true)]
    {
        let hold = ZoneHold::of(&bearing, &cup(plan, 15.0), &cup(most_room, 25.0));
        assert!((hold.plan_mm.unwrap() - jump(plan)).abs() < 1e-9 && (hold.most_room_mm.unwrap() - jump(most_room)).abs() < 1e-9);
        assert_eq!(hold.most_room_costs_hold(), costs, "{plan} {most_room}");
        for (language, least, steep, jump_words) in [
            (Language::English, "is not least risk", "a steep cup holds the head less", "Jump distance"),
            (Language::Chinese, "并不等于风险最小", "髋臼杯外展过大", "跳跃距离"),
        ] {
            let said = hold_in_words(&hold, &Texts::new(language)).join("\n");
            assert!(said.contains(least) && said.contains(jump_words) && !said.contains(['{', '⟨']), "{said}");
            assert_eq!(said.contains(steep), costs, "{said}");
            for inclination in [plan, most_room] {
                assert!(said.contains(&format!("{:.1} mm", jump(inclination))), "{said}");
            }
        }
    }
}

/// A steep cup frees the neck, so that it is said what it costs: 32 sin((90° − inclination) / 2) in a plain liner.
#[test]
fn a_steep_cup_is_a_danger_of_its_own() {
    let bearing = plain_hip(32.0, 45.0, 0.0).bearing;
    assert_eq!(SteepCup::of(&bearing, &cup(50.0, 15.0)), None);
    let steep = SteepCup::of(&bearing, &cup(60.0, 15.0)).unwrap();
    let jump = |inclination: f64| 32.0 * ((90.0 - inclination) / 2.0_f64).to_radians().sin();
    assert!((steep.jump_mm.unwrap() - jump(60.0)).abs() < 1e-9 && (steep.usual_mm.unwrap() - jump(40.0)).abs() < 1e-9);
    let captive = Bearing::of_liner(&Liner { head_diameter_mm: 32.0, captive: true, ..Liner::default() });
    let held = SteepCup::of(&captive, &cup(60.0, 15.0)).unwrap();
    assert_eq!((held.jump_mm, held.usual_mm), (None, None));
    for (language, edge) in [(Language::English, "liner's edge"), (Language::Chinese, "内衬边缘")] {
        let [plain, held] = [steep, held].map(|steep| steep_in_words(&steep, &Texts::new(language)));
        assert!(
            plain.contains("60.0°") && plain.contains("8.3 mm") && plain.contains("13.5 mm") && plain.contains(edge),
            "{plain}"
        );
        assert!(held.contains("60.0°") && !held.contains("mm") && held.contains(edge), "{held}");
    }
}

#[test]
fn a_liner_that_holds_the_head_has_no_jump_distance() {
    let captive = Bearing::of_liner(&Liner { head_diameter_mm: 32.0, captive: true, ..Liner::default() });
    let hold = ZoneHold::of(&captive, &cup(40.0, 15.0), &cup(40.0, 15.0));
    assert_eq!((hold.plan_mm, hold.most_room_mm, hold.most_room_costs_hold()), (None, None, false));
    assert_eq!(hold_in_words(&hold, &Texts::new(Language::English)), ["The liner holds the head: it has no jump distance."]);
}

fn zone(case: &Path, more: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_coxa")).arg("zone").arg(case).arg("--implants-only").args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_command_prints_both_in_either_language() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join("case");
    crate::export::case(&place);
    let english = zone(&place, &[]);
    assert!(english.contains("Jump distance by the closed form") && english.contains("is not least risk"), "{english}");
    assert!(zone(&place, &["--language", "zh"]).contains("并不等于风险最小"));
    let json: serde_json::Value = serde_json::from_str(&zone(&place, &["--json"])).unwrap();
    let jump = |key: &str| json["jump_distance"]["hold"][key].as_f64().unwrap();
    assert!((2.0..30.0).contains(&jump("plan_mm")) && jump("most_room_mm") > 0.0);
    for value in [jump("plan_mm"), jump("most_room_mm")] {
        assert!(english.contains(&format!("{value:.1} mm")), "{value} is not in {english}");
    }
}
