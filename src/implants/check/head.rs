//! Heads.

use super::positive;
use crate::implants::{Head, Rules};

pub(super) fn check(head: &Head, neck_mm: f64, rules: &Rules, problems: &mut Vec<String>) {
    let id = &head.id;
    if !positive(id, &[("diameter_mm", head.diameter_mm)], problems) {
        return;
    }
    let (radius, bore) = (head.diameter_mm / 2.0, neck_mm / 2.0);
    if bore >= radius {
        problems.push(format!("'{id}' is no larger than a neck of {neck_mm} mm"));
        return;
    }
    if head.taper.trim().is_empty() {
        problems.push(format!("'{id}' does not say which taper it takes"));
    }
    // The bore opens where it leaves the sphere, or at the end of the skirt, and ends where the taper ends.
    let opening = (radius * radius - bore * bore).sqrt();
    let end = head.skirt.map_or(opening, |skirt| skirt.end_mm);
    let ends_inside = head.offset_mm.is_finite() && -head.offset_mm <= opening - rules.minimum_taper_mm;
    if !ends_inside || head.offset_mm > end - rules.minimum_taper_mm {
        let skirt = if head.skirt.is_none() && head.offset_mm > 0.0 { " without a skirt" } else { "" };
        problems
            .push(format!("'{id}' has an offset of {} mm, for which it is too small to hold the taper{skirt}", head.offset_mm));
    }
    if let Some(skirt) = head.skirt {
        if !(skirt.diameter_mm > neck_mm && skirt.diameter_mm < head.diameter_mm) {
            problems.push(format!(
                "'{id}' has a skirt of {} mm, which must be thicker than the neck of {neck_mm} mm and thinner than the head",
                skirt.diameter_mm
            ));
        } else if skirt.end_mm.is_nan() || skirt.end_mm <= opening {
            problems.push(format!("'{id}' has a skirt that ends {} mm from its centre, inside its ball", skirt.end_mm));
        }
    }
}
