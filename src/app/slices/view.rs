//! How slices are looked at: layout, planes, window, cross-hair, zoom. Plain data, and what each command does to it.

use super::SliceSource;
use crate::{
    anatomy::SliceKind,
    app::film::FilmView,
    volume::{
        GreyWindow, Grid, WindowPreset,
        slice::{SlicePlane, SliceSize, stepped},
    },
};
use nalgebra::{Point3, Vector3};
use std::str::FromStr;

/// How many slices there are beside the bones.
pub const SLOTS: usize = 3;
/// What is seen of the hip at first along the shorter side of a view, mm.
const HIP_FIELD_MM: f64 = 200.0;
/// The same along a femur, and how far below the hip its middle is, mm: the tip of a stem is seen.
const FEMUR_FIELD_MM: f64 = 270.0;
const FEMUR_BELOW_MM: f64 = 75.0;
/// The nearest and the furthest, mm.
const FIELD_MM: (f64, f64) = (5.0, 1500.0);
/// Pictures have no more columns or rows than this.
const MOST_PIXELS: f64 = 1024.0;

/// What is on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrangement {
    /// The bones alone.
    #[default]
    Bones,
    /// The bones large, three slices beside them.
    OnePlusThree,
    /// Bones and slices, all of the same size.
    TwoByTwo,
    /// One slice alone, by its place.
    Slice(usize),
    /// The virtual radiograph alone.
    Film(FilmView),
}

/// What is on screen at first, and in which window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SlicesStart {
    /// The layout.
    pub arrangement: Arrangement,
    /// The plane of a slice that is alone.
    pub kind: Option<SliceKind>,
    /// The window; bone without a word.
    pub preset: Option<WindowPreset>,
}

impl FromStr for SlicesStart {
    type Err = String;

    /// A layout by its name: `3d`, `1+3`, `2x2`, a radiograph (`film`, `film-lateral`, either with `-before`), or a plane that is alone.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let of = |arrangement| Ok(Self { arrangement, ..Self::default() });
        match text {
            "3d" => of(Arrangement::Bones),
            "1+3" => of(Arrangement::OnePlusThree),
            "2x2" => of(Arrangement::TwoByTwo),
            "film" => of(Arrangement::Film(FilmView::default())),
            "film-before" => of(Arrangement::Film(FilmView { before: true, ..FilmView::default() })),
            "film-lateral" => of(Arrangement::Film(FilmView { lateral: true, ..FilmView::default() })),
            "film-lateral-before" => of(Arrangement::Film(FilmView { lateral: true, before: true })),
            plane => match plane.parse() {
                Ok(kind) => Ok(Self { arrangement: Arrangement::Slice(0), kind: Some(kind), preset: None }),
                Err(_) => {
                    let planes = SliceKind::ALL.map(SliceKind::name).join(", ");
                    Err(format!(
                        "unknown layout '{text}'; known: 3d, 1+3, 2x2, film, film-lateral, film-before, film-lateral-before, {planes}"
                    ))
                }
            },
        }
    }
}

/// A place in the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The bones.
    Bones,
    /// A slice.
    Slice(usize),
}

/// How one slice is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slot {
    /// In which plane.
    pub kind: SliceKind,
    /// What its middle shows, projected into the plane, LPS mm.
    pub centre: Point3<f64>,
    /// What is seen along its shorter side, mm.
    pub field_mm: f64,
    /// Width and height on screen, points.
    pub points: [f32; 2],
    /// Parts of a step that the wheel has turned.
    turned: f64,
}

/// What a person asks of the slices.
#[derive(Clone, Debug, PartialEq)]
pub enum SlicesCommand {
    /// Another layout.
    Arrange(Arrangement),
    /// One view alone, or back to all of them.
    Toggle(Pane),
    /// Another plane for a slice.
    Plane(usize, SliceKind),
    /// All planes at once.
    Planes([SliceKind; SLOTS]),
    /// Other greys.
    Window(GreyWindow),
    /// Greys with a name.
    Preset(WindowPreset),
    /// The cross-hair somewhere else, LPS mm.
    Cross(Point3<f64>),
    /// So many slices away from the viewer.
    Scroll(usize, f64),
    /// So many times larger, with a point that stays where it is.
    Zoom(usize, f64, Point3<f64>),
    /// The picture moved, LPS mm.
    Pan(usize, Vector3<f64>),
    /// The planned hip in all views.
    ShowHip,
    /// All that was scanned in all views.
    ShowAll,
    /// Outlines of bones and implants, or none.
    Outlines(bool),
    /// The cross-hair, or none.
    CrossHair(bool),
    /// A slice has this size on screen, points.
    Sized(usize, [f32; 2]),
}

/// How slices are looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct SlicesView {
    /// What is on screen.
    pub arrangement: Arrangement,
    /// What was, before one view was alone.
    before: Arrangement,
    /// The slices.
    pub slots: [Slot; SLOTS],
    /// Black and white.
    pub window: GreyWindow,
    /// The name of the window, until it is changed.
    pub preset: Option<WindowPreset>,
    /// Where the slices meet, LPS mm as scanned.
    pub cross: Point3<f64>,
    /// The planned hip, LPS mm.
    home: Point3<f64>,
    /// Bones and implants are outlined.
    pub outlines: bool,
    /// The cross-hair is drawn.
    pub cross_hair: bool,
}

/// Planes of the body, and those along the femur.
pub const BODY_PLANES: [SliceKind; SLOTS] = [SliceKind::Axial, SliceKind::Coronal, SliceKind::Sagittal];
/// Across the canal, along neck and shaft, along the canal from the side.
pub const FEMUR_PLANES: [SliceKind; SLOTS] = [SliceKind::CanalAcross, SliceKind::Neck, SliceKind::CanalLateral];

impl SlicesView {
    /// What is looked at first, at a hip.
    #[must_use]
    pub fn new(start: &SlicesStart, home: Point3<f64>, range: [i16; 2]) -> Self {
        let slot = |kind| Slot { kind, centre: home, field_mm: HIP_FIELD_MM, points: [0.0; 2], turned: 0.0 };
        let preset = start.preset.unwrap_or(WindowPreset::Bone);
        let mut view = Self {
            arrangement: start.arrangement,
            before: Arrangement::TwoByTwo,
            slots: BODY_PLANES.map(slot),
            window: preset.window(range),
            preset: Some(preset),
            cross: home,
            home,
            outlines: true,
            cross_hair: true,
        };
        if let Some(kind) = start.kind {
            view.slots[0].kind = kind;
        }
        view
    }

    /// True while a slice is on screen.
    #[must_use]
    pub const fn shows(&self, slot: usize) -> bool {
        match self.arrangement {
            Arrangement::Bones | Arrangement::Film(_) => false,
            Arrangement::OnePlusThree | Arrangement::TwoByTwo => true,
            Arrangement::Slice(alone) => alone == slot,
        }
    }

    /// The plane of a slice through the cross-hair, with what its middle shows; `None` where the femur it needs was not measured.
    #[must_use]
    pub fn plane(&self, slot: usize, source: &SliceSource) -> Option<SlicePlane> {
        let Slot { kind, centre, .. } = self.slots[slot];
        let plane = source.plane(kind)?.through(&self.cross);
        Some(SlicePlane { point: plane.at(plane.place(&centre)), ..plane })
    }

    /// How large a slice is drawn, with so many pixels a point; `None` before it has a size.
    #[must_use]
    pub fn size(&self, slot: usize, pixels_per_point: f32) -> Option<SliceSize> {
        let points = self.slots[slot].points.map(f64::from);
        let longest = points[0].max(points[1]);
        let per_point = f64::from(pixels_per_point).min(MOST_PIXELS / longest);
        let pixels = points.map(|points| (points * per_point).round() as usize);
        (longest > 0.0 && pixels[0] > 0 && pixels[1] > 0)
            .then(|| SliceSize { pixels, mm_per_pixel: self.mm_per_point(slot) * points[0] / pixels[0] as f64 })
    }

    /// Millimetres a point of the screen.
    #[must_use]
    pub fn mm_per_point(&self, slot: usize) -> f64 {
        let Slot { field_mm, points, .. } = self.slots[slot];
        field_mm / f64::from(points[0].min(points[1])).max(1.0)
    }

    /// Does what is asked. `grid` is where the scan lies, and `range` what it holds, HU.
    pub fn apply(&mut self, command: SlicesCommand, source: &SliceSource, grid: Option<&Grid>, range: [i16; 2]) {
        match command {
            SlicesCommand::Arrange(arrangement) => self.arrangement = arrangement,
            SlicesCommand::Toggle(pane) => self.toggle(pane),
            SlicesCommand::Plane(slot, kind) => self.turn(slot, kind, source),
            SlicesCommand::Planes(kinds) => kinds.into_iter().enumerate().for_each(|(slot, kind)| self.turn(slot, kind, source)),
            SlicesCommand::Window(window) => {
                let width_hu = window.width_hu.max(GreyWindow::NARROWEST_HU);
                (self.window, self.preset) = (GreyWindow { width_hu, ..window }, None);
            }
            SlicesCommand::Preset(preset) => (self.window, self.preset) = (preset.window(range), Some(preset)),
            SlicesCommand::Cross(point) => self.cross = point,
            SlicesCommand::Scroll(slot, steps) => self.scroll(slot, steps, source, grid),
            SlicesCommand::Zoom(slot, times, about) => {
                let slot = &mut self.slots[slot];
                let field_mm = (slot.field_mm / times).clamp(FIELD_MM.0, FIELD_MM.1);
                slot.centre = about + (slot.centre - about) * (field_mm / slot.field_mm);
                slot.field_mm = field_mm;
            }
            SlicesCommand::Pan(slot, by) => self.slots[slot].centre += by,
            SlicesCommand::ShowHip => (0..SLOTS).for_each(|slot| self.show_hip(slot, source)),
            SlicesCommand::ShowAll => self.show_all(source, grid),
            SlicesCommand::Outlines(outlines) => self.outlines = outlines,
            SlicesCommand::CrossHair(shown) => self.cross_hair = shown,
            SlicesCommand::Sized(slot, points) => self.slots[slot].points = points,
        }
    }

    fn toggle(&mut self, pane: Pane) {
        let alone = match pane {
            Pane::Bones => Arrangement::Bones,
            Pane::Slice(slot) => Arrangement::Slice(slot),
        };
        if self.arrangement == alone {
            self.arrangement = self.before;
        } else {
            (self.before, self.arrangement) = (self.arrangement, alone);
        }
    }

    fn scroll(&mut self, slot: usize, steps: f64, source: &SliceSource, grid: Option<&Grid>) {
        let Some(plane) = source.plane(self.slots[slot].kind) else { return };
        let turned = &mut self.slots[slot].turned;
        *turned += steps;
        let whole = turned.trunc();
        *turned -= whole;
        if whole == 0.0 {
            return;
        }
        let away = -plane.towards_viewer();
        self.cross = match grid {
            Some(grid) => stepped(grid, &self.cross, &away, whole),
            None => self.cross + away.into_inner() * whole,
        };
    }

    /// Another plane for a slice; between the body and the femur it is looked at anew.
    fn turn(&mut self, slot: usize, kind: SliceKind, source: &SliceSource) {
        let before = std::mem::replace(&mut self.slots[slot].kind, kind);
        if before.of_femur() != kind.of_femur() {
            self.show_hip(slot, source);
        }
    }

    /// The planned hip in a slice; along a femur with as much of it as a stem reaches.
    pub(super) fn show_hip(&mut self, slot: usize, source: &SliceSource) {
        let along = matches!(self.slots[slot].kind, SliceKind::Neck | SliceKind::Canal | SliceKind::CanalLateral);
        let plane = source.plane(self.slots[slot].kind).filter(|_| along);
        let (below, field_mm) =
            plane.map_or((Vector3::zeros(), HIP_FIELD_MM), |plane| (plane.up.into_inner() * FEMUR_BELOW_MM, FEMUR_FIELD_MM));
        let centre = self.home - below;
        self.slots[slot] = Slot { centre, field_mm, ..self.slots[slot] };
    }

    fn show_all(&mut self, source: &SliceSource, grid: Option<&Grid>) {
        let Some(grid) = grid else { return };
        let (low, high) = grid.bounds();
        for slot in &mut self.slots {
            slot.centre = nalgebra::center(&low, &high);
            let Some(plane) = source.plane(slot.kind) else { continue };
            let extent = |axis: &Vector3<f64>| axis.abs().dot(&(high - low));
            let [width, height] = slot.points.map(|points| f64::from(points.max(1.0)));
            let field_mm = width.min(height) * (extent(&plane.right) / width).max(extent(&plane.up) / height);
            slot.field_mm = field_mm.clamp(FIELD_MM.0, FIELD_MM.1);
        }
    }
}
