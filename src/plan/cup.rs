//! The cup of the first plan: which size, and where.

use super::{CupPlacement, PlanError, PlanSettings, finding, socket_bone::SocketBone};
use crate::{
    anatomy::{CupAngles, Finding, Hip, Pelvis},
    frames::Side,
    implants::{Catalogue, Cup},
    mesh::TriMesh,
};
use nalgebra::Unit;

/// Largest difference between the wanted and the nearest outer diameter that is not worth a word, mm.
const SIZE_STEP_MM: f64 = 2.0;

/// Sizes and places the cup.
///
/// The bearing's centre is the native centre of the socket, the axis has the wanted radiographic angles in the frame of the
/// anterior pelvic plane. The outer diameter is the one nearest to that of the sphere through the bony lunate surface after reaming;
/// a smaller one, by at most `settings.smaller_cups` sizes, is taken when less than `settings.medial_wall_mm` of the medial wall
/// would remain.
pub(super) fn choose<'a>(
    pelvis: &Pelvis,
    hip: &Hip,
    catalogue: &'a Catalogue,
    bone: Option<&TriMesh>,
    settings: &PlanSettings,
) -> Result<(&'a Cup, CupPlacement, Vec<Finding>), PlanError> {
    let socket = hip.acetabulum.sphere;
    let wanted_mm = 2.0 * (socket.radius_mm + settings.reaming_mm);
    let bone = bone.filter(|mesh| !mesh.is_empty()).map(|mesh| SocketBone::around(mesh, socket.centre));
    let medial = match hip.side {
        Side::Right => -pelvis.app.right().into_inner(),
        Side::Left => pelvis.app.right().into_inner(),
    };
    let inner_wall_mm = bone.as_ref().and_then(|bone| bone.inner_wall_mm(&Unit::new_unchecked(medial), socket.radius_mm));

    let missing = || PlanError::NothingToImplant { catalogue: catalogue.title(), kind: "cup".into() };
    let away = |cup: &Cup| (cup.outer_diameter_mm - wanted_mm).abs();
    let nearest = (0..catalogue.cups.len())
        .min_by(|&a, &b| away(&catalogue.cups[a]).total_cmp(&away(&catalogue.cups[b])))
        .ok_or_else(missing)?;
    let wall_mm = |cup: &Cup| inner_wall_mm.map(|inner| inner - cup.outer_diameter_mm / 2.0);
    let spares = |cup: &Cup| wall_mm(cup).is_none_or(|wall| wall >= settings.medial_wall_mm);
    let smallest = nearest.saturating_sub(settings.smaller_cups);
    let chosen = (smallest..=nearest).rev().find(|&index| spares(&catalogue.cups[index])).unwrap_or(nearest);
    let cup = &catalogue.cups[chosen];

    let angles = CupAngles { inclination_deg: settings.inclination_deg, anteversion_deg: settings.anteversion_deg };
    let axis = angles.axis(&pelvis.app, hip.side);
    let bone_coverage = bone.as_ref().map(|bone| bone.coverage(&axis, cup.outer_diameter_mm / 2.0));
    let placement = CupPlacement { cup: cup.id.clone(), centre: socket.centre, axis, bone_coverage };
    let mut findings = vec![functional(pelvis, hip.side, &placement)];
    findings.extend(told(hip.side, cup, &catalogue.cups[nearest], wanted_mm, wall_mm(cup), settings));
    Ok((cup, placement, findings))
}

/// The same cup as the patient lay: the anterior pelvic plane is not the table's.
fn functional(pelvis: &Pelvis, side: Side, cup: &CupPlacement) -> Finding {
    let (app, supine) = (cup.angles(&pelvis.app, side), cup.angles(&pelvis.app.tilted_posteriorly(pelvis.tilt_deg), side));
    finding(
        "finding-cup-functional",
        side,
        format!(
            "The cup has {:.1}° of inclination and {:.1}° of anteversion (radiographic) in the frame of the anterior pelvic plane; with the pelvis as it lay in the scanner ({:.1}° of posterior tilt) that is {:.1}° and {:.1}°.",
            app.inclination_deg, app.anteversion_deg, pelvis.tilt_deg, supine.inclination_deg, supine.anteversion_deg
        ),
    )
    .with("inclination", format!("{:.1}", app.inclination_deg))
    .with("anteversion", format!("{:.1}", app.anteversion_deg))
    .with("tilt", format!("{:.1}", pelvis.tilt_deg))
    .with("supine-inclination", format!("{:.1}", supine.inclination_deg))
    .with("supine-anteversion", format!("{:.1}", supine.anteversion_deg))
}

fn told(side: Side, cup: &Cup, nearest: &Cup, wanted_mm: f64, wall_mm: Option<f64>, settings: &PlanSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    if (nearest.outer_diameter_mm - wanted_mm).abs() > SIZE_STEP_MM {
        findings.push(
            finding(
                "finding-cup-size-range",
                side,
                format!(
                    "The socket asks for a cup of {wanted_mm:.1} mm; the nearest in the catalogue has {} mm.",
                    nearest.outer_diameter_mm
                ),
            )
            .with("wanted", format!("{wanted_mm:.1}"))
            .with("nearest", nearest.outer_diameter_mm),
        );
    }
    if cup.id != nearest.id {
        findings.push(
            finding(
                "finding-cup-smaller",
                side,
                format!(
                    "A cup of {} mm was chosen instead of {} mm, to leave at least {} mm of the medial wall.",
                    cup.outer_diameter_mm, nearest.outer_diameter_mm, settings.medial_wall_mm
                ),
            )
            .with("chosen", cup.outer_diameter_mm)
            .with("nearest", nearest.outer_diameter_mm)
            .with("wall", settings.medial_wall_mm),
        );
    }
    match wall_mm {
        None => findings.push(finding(
            "finding-cup-wall-unknown",
            side,
            "The medial wall behind the cup could not be measured: check on the slices that the cup does not breach it.".into(),
        )),
        Some(wall) if wall < settings.medial_wall_mm => findings.push(
            finding(
                "finding-cup-wall",
                side,
                format!("Behind the cup {wall:.1} mm of the medial wall remain, {} mm were asked for.", settings.medial_wall_mm),
            )
            .with("wall", format!("{wall:.1}"))
            .with("asked", settings.medial_wall_mm),
        ),
        Some(_) => {}
    }
    findings
}
