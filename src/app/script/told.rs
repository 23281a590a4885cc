//! What the window's document says, for whoever holds it against the case on disk.

use super::Scene;
use crate::app::{
    model::{Mark, Step},
    steps,
    theme::Look,
};
use serde_json::{Value, json};

/// As JSON.
pub fn document(scene: &Scene) -> Value {
    let look = match scene.appearance.0 {
        Look::Dark => "dark",
        Look::Light => "light",
    };
    let case = scene.document.as_ref().map(|document| {
        let marks = steps::marks(document, scene.examination.examined(), scene.risks.meeting());
        let marks: serde_json::Map<_, _> =
            Step::ALL.into_iter().zip(marks).map(|(step, mark)| (step.name().into(), said(mark))).collect();
        let plan = document.plan.as_ref().zip(document.about.as_ref().and_then(|about| about.newest())).map(|(numbers, plan)| {
            json!({
                "number": plan.number,
                "state": format!("{:?}", plan.state()).to_lowercase(),
                "cup": plan.cup.cup,
                "cup_diameter_mm": numbers.cup_diameter_mm,
                "inclination_deg": numbers.cup_angles.inclination_deg,
                "anteversion_deg": numbers.cup_angles.anteversion_deg,
                "leg_length_change_mm": numbers.leg_length_change_mm,
                "offset_change_mm": numbers.offset_change_mm,
            })
        });
        json!({
            "folder": document.about.as_ref().map(|about| about.folder.display().to_string()),
            "pseudonym": document.pseudonym,
            "side": document.side.to_string(),
            "bodies": document.bodies.len(),
            "findings": document.findings.iter().map(|finding| &finding.key).collect::<Vec<_>>(),
            "plan": plan,
            "marks": marks,
            "tried": !scene.trial.as_planned(),
            "slices": scene.slices.scan().is_some_and(|scan| scan.ct.volume().is_some()),
        })
    });
    json!({
        "case": case,
        "step": scene.at.0.name(),
        "language": format!("{:?}", scene.words.0.language()).to_lowercase(),
        "look": look,
        "device": scene.device.as_ref().map(|device| device.name.clone()),
    })
}

fn said(mark: Mark) -> Value {
    match mark {
        Mark::Done => "done".into(),
        Mark::Open => "open".into(),
        Mark::Look(count) => json!({ "look": count }),
        Mark::Hard(count) => json!({ "hard": count }),
        Mark::Missing => "missing".into(),
    }
}
