//! A slice of a case as a picture.

use super::PipelineError;
use crate::{
    anatomy::SliceKind,
    frames::Side,
    i18n::{Language, Texts},
    implants::Catalogue,
    plan::{Plan, PlanError, placed, storage::CaseFolder},
    report::{SliceSheet, bone_outline, implant_outline},
    surface::{flat_section, outer_lines},
    volume::{
        WindowPreset, range_hu,
        slice::{SlicePlane, SliceSize},
    },
};

/// Which slice is wanted.
pub struct SliceRequest<'a> {
    /// In which plane.
    pub kind: SliceKind,
    /// Where, mm: of the body's planes the coordinate in LPS across them, of the femur's planes how far before its axis, towards who looks at
    /// it. `None`: through the planned cup or the head, and of the femur's planes through its axis.
    pub at_mm: Option<f64>,
    /// The greys.
    pub window: WindowPreset,
    /// Width and height, pixels.
    pub pixels: [usize; 2],
    /// What is seen along the shorter side, mm.
    pub field_mm: f64,
    /// The plan whose implants are outlined, with its catalogue.
    pub plan: Option<(&'a Plan, &'a Catalogue)>,
    /// As SVG, else as PNG.
    pub svg: bool,
    /// The language of what is written on it.
    pub language: Language,
}

/// A slice as a file, and where it lies.
pub struct SliceFile {
    /// SVG or PNG.
    pub bytes: Vec<u8>,
    /// Where it was cut, with the middle of the picture.
    pub plane: SlicePlane,
    /// Width, height, and side of a pixel.
    pub size: SliceSize,
    /// Letters of directions at the left, right, top and bottom.
    pub letters: [String; 4],
}

/// Cuts the CT of a case: bones are outlined as they were scanned, implants where they are planned in them.
///
/// # Errors
/// When the case cannot be read, has no CT or no such plane, or the picture cannot be made.
pub fn slice_of_case(folder: &CaseFolder, request: &SliceRequest<'_>) -> Result<SliceFile, PipelineError> {
    let case = folder.read_case()?;
    let anatomy = folder.read_anatomy()?;
    let side = request.plan.map_or(case.side, |(plan, _)| plan.side);
    let hip = anatomy.hip(side).ok_or_else(|| PlanError::no_hip(&anatomy, side))?;
    let from = request.kind.plane(Some(hip)).ok_or(PipelineError::NoSlicePlane { side })?;
    let centre = request.plan.map_or(hip.head.centre, |(plan, _)| plan.cup.centre);
    // Across the body positions are coordinates: superior, posterior, left.
    let sign = if matches!(request.kind, SliceKind::Axial | SliceKind::Coronal) { -1.0 } else { 1.0 };
    let before_mm = match request.at_mm {
        Some(mm) if request.kind.of_femur() => mm,
        Some(mm) => sign * mm,
        None if request.kind.of_femur() => 0.0,
        None => from.before_mm(&centre),
    };
    let plane = from.through(&(from.point + from.towards_viewer().into_inner() * before_mm));
    let plane = SlicePlane { point: plane.at(plane.place(&centre)), ..plane };
    let volume = folder.read_volume()?;
    let mm_per_pixel = request.field_mm / request.pixels[0].min(request.pixels[1]).max(1) as f64;
    let size = SliceSize { pixels: request.pixels, mm_per_pixel };
    let mut outlines: Vec<_> =
        folder.read_bones()?.iter().map(|(label, mesh)| (bone_outline(*label), flat_section(mesh, &plane))).collect();
    if let Some((plan, catalogue)) = request.plan {
        let parts = placed(plan, catalogue)?;
        outlines.extend(parts.iter().map(|(part, mesh)| (implant_outline(*part), outer_lines(&flat_section(mesh, &plane)))));
    }
    let lines = words(&case.pseudonym, request, side, sign, before_mm);
    let window = request.window.window(range_hu(&volume));
    let sheet = SliceSheet { volume: &volume, plane, size, window, outlines, lines };
    let bytes = if request.svg { sheet.svg()?.into_bytes() } else { sheet.png()? };
    Ok(SliceFile { bytes, plane, size, letters: sheet.letters() })
}

/// Whose, in which plane and where; how it is to be read; and what it is not.
fn words(pseudonym: &str, request: &SliceRequest<'_>, side: Side, sign: f64, before_mm: f64) -> Vec<String> {
    let texts = Texts::new(request.language);
    let at = if request.kind.of_femur() { before_mm } else { sign * before_mm };
    let badge = match side {
        Side::Left => "side-badge-left",
        Side::Right => "side-badge-right",
    };
    let window = texts.get(&format!("window-{}", request.window.name()));
    let kind = texts.get(&format!("slice-{}", request.kind.name()));
    let plan = request.plan.map(|(plan, _)| texts.with("plan-number", &[("number", &plan.number.to_string())]));
    let first = [Some(texts.get(badge)), Some(pseudonym.to_owned()), plan, Some(format!("{kind} {at:.1} mm")), Some(window)];
    let first: Vec<String> = first.into_iter().flatten().collect();
    vec![first.join(" · "), texts.get("slices-scanned"), texts.get("disclaimer")]
}
