//! The tools that repair a segmentation, and the edit that each makes of the pointer's way. Plain data, no Bevy types.

use crate::{
    labels::{
        Label, LabelMap,
        edit::{Edit, GridAxis, Region},
    },
    surface::nearest_index,
    volume::{Grid, slice::SlicePlane},
};
use nalgebra::{Point3, Unit, Vector3};

/// Directions are the same within this (sine of the angle between them).
const PARALLEL: f64 = 1e-6;
/// A picked bone begins at most so far behind its surface, mm: surfaces are smoothed, and thin bones thinner.
const BEHIND_MM: f64 = 6.0;
/// In steps of.
const STEP_MM: f64 = 0.25;

/// What repairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepairTool {
    /// Paints a label.
    Brush,
    /// Makes background.
    Eraser,
    /// Labels what hangs together with a point.
    Region,
    /// Splits a bone by a ball.
    Sphere,
    /// Splits a bone by a plane.
    Plane,
    /// Gives the piece under a point another label.
    Piece,
}

impl RepairTool {
    /// All of them, as they stand in the strip.
    pub const ALL: [Self; 6] = [Self::Brush, Self::Eraser, Self::Region, Self::Sphere, Self::Plane, Self::Piece];

    /// The end of its keys in the language files, and its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brush => "brush",
            Self::Eraser => "eraser",
            Self::Region => "region",
            Self::Sphere => "sphere",
            Self::Plane => "plane",
            Self::Piece => "piece",
        }
    }

    /// True for what is drawn along the pointer's way.
    #[must_use]
    pub const fn draws(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser)
    }

    /// True where the radius matters.
    #[must_use]
    pub const fn has_radius(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser | Self::Region | Self::Sphere)
    }

    /// True where densities matter.
    #[must_use]
    pub const fn has_hu(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser | Self::Region)
    }

    /// True where a label is given.
    #[must_use]
    pub const fn has_label(self) -> bool {
        !matches!(self, Self::Eraser)
    }

    /// True where it can be asked that only one label is changed.
    #[must_use]
    pub const fn has_over(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser | Self::Sphere | Self::Plane)
    }
}

impl std::str::FromStr for RepairTool {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|tool| tool.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("'{text}' repairs nothing; these do: {names}")
        })
    }
}

/// How the tools work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RepairSettings {
    /// What is in hand; at first nothing.
    pub tool: Option<RepairTool>,
    /// The label that is given.
    pub label: Label,
    /// Only this label is changed; `None` for any, and for the one under the pointer where a bone is split.
    pub over: Option<Label>,
    /// Of brush and ball, mm.
    pub radius_mm: f64,
    /// Only densities in this range, HU, while it is switched on.
    pub hu: [i16; 2],
    /// Densities matter.
    pub by_density: bool,
    /// The brush stays within a slice of the scan.
    pub flat: bool,
}

impl RepairSettings {
    /// The smallest and the largest radius of the tools, mm.
    pub const RADIUS_MM: (f64, f64) = (0.5, 60.0);

    /// With nothing in hand, for a bone.
    #[must_use]
    pub const fn of(label: Label) -> Self {
        Self { tool: None, label, over: None, radius_mm: 4.0, hu: [150, 3000], by_density: false, flat: true }
    }

    /// The range of densities that is asked for.
    #[must_use]
    pub fn densities(&self) -> Option<[i16; 2]> {
        let asked = self.by_density && self.tool.is_some_and(RepairTool::has_hu);
        asked.then_some(self.hu)
    }
}

/// Where the pointer went, in the scan.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// LPS mm; at least one.
    pub points: Vec<Point3<f64>>,
    /// Where it was seen.
    pub on: Ground,
}

/// Where a way is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ground {
    /// In a slice, by its place in the layout.
    Slice(usize, SlicePlane),
    /// On the surface of a bone, along a line of sight.
    Bone(Label, Unit<Vector3<f64>>),
}

impl Way {
    /// Begins somewhere.
    #[must_use]
    pub fn from(point: Point3<f64>, on: Ground) -> Self {
        Self { points: vec![point], on }
    }

    /// Goes on; a hand at rest adds nothing. True when it went on.
    pub fn go(&mut self, point: Point3<f64>, least_mm: f64) -> bool {
        let moved = self.points.last().is_none_or(|last| (point - last).norm() >= least_mm);
        if moved {
            self.points.push(point);
        }
        moved
    }

    /// What a tool makes of it; `None` while it is too short for a plane.
    #[must_use]
    pub fn edit(&self, settings: &RepairSettings, map: &LabelMap) -> Option<Edit> {
        let (&first, &last) = (self.points.first()?, self.points.last()?);
        let (to, radius_mm) = (settings.label, settings.radius_mm);
        let seed = self.inside(map, first);
        let under = || settings.over.unwrap_or_else(|| label_at(map, &seed));
        Some(match settings.tool? {
            RepairTool::Brush => self.stroke(settings, &map.grid, to),
            RepairTool::Eraser => self.stroke(settings, &map.grid, Label::Background),
            RepairTool::Region => {
                let region = Region::Ball { centre: seed, radius_mm };
                Edit::Flood { seed, region, hu: settings.densities(), to, allow_other_side: false }
            }
            RepairTool::Sphere => Edit::Split { label: under(), at: Region::Ball { centre: first, radius_mm }, to },
            RepairTool::Plane => {
                let Ground::Slice(_, plane) = self.on else { return None };
                let normal = plane.towards_viewer().cross(&(last - first));
                // Shorter, it has no direction that a hand could mean.
                if normal.norm() < 2.0 {
                    return None;
                }
                Edit::Split { label: under(), at: Region::HalfSpace { point: first, normal }, to }
            }
            RepairTool::Piece => Edit::Move { seed, from: label_at(map, &seed), to },
        })
    }

    fn stroke(&self, settings: &RepairSettings, grid: &Grid, to: Label) -> Edit {
        let (radius_mm, over, points) = (settings.radius_mm, settings.over, self.points.clone());
        let region = match (self.flat(settings, grid), &points[..]) {
            (Some((across, slice)), _) => {
                let in_slice = |point: &Point3<f64>| {
                    let mut voxel = grid.fractional(point);
                    voxel[across as usize] = slice;
                    grid.lps(&voxel)
                };
                Region::SliceStroke { points: points.iter().map(in_slice).collect(), radius_mm, across }
            }
            (None, [centre]) => Region::Ball { centre: *centre, radius_mm },
            (None, _) => Region::Stroke { points, radius_mm },
        };
        // The label that is painted cannot be the one that alone may be painted over.
        let over = over.filter(|over| *over != to);
        match settings.densities() {
            Some(hu) => Edit::Threshold { region, hu, over, to, allow_other_side: false },
            None => Edit::Brush { region, over, to, allow_other_side: false },
        }
    }

    /// The axis across the slice in which it was drawn, and the slice's index, where the brush is flat and the slice is one of the scan's.
    fn flat(&self, settings: &RepairSettings, grid: &Grid) -> Option<(GridAxis, f64)> {
        let Ground::Slice(_, plane) = self.on else { return None };
        let across = scan_axis(grid, &plane).filter(|_| settings.flat)?;
        Some((across, nearest_index(grid.fractional(self.points.first()?)[across as usize])))
    }

    /// The point within the bone whose surface was picked.
    fn inside(&self, map: &LabelMap, point: Point3<f64>) -> Point3<f64> {
        let Ground::Bone(bone, direction) = self.on else { return point };
        let behind = |step: usize| point + direction.into_inner() * (step as f64 * STEP_MM);
        (0..(BEHIND_MM / STEP_MM) as usize).map(behind).find(|at| label_at(map, at) == bone).unwrap_or(point)
    }
}

/// The axis of the scan across a slice, where it is one of the scan's own.
#[must_use]
pub fn scan_axis(grid: &Grid, plane: &SlicePlane) -> Option<GridAxis> {
    let local = grid.direction.transpose() * plane.towards_viewer().into_inner();
    let axis = local.iamax();
    let own = local[axis].abs() > 1.0 - PARALLEL * PARALLEL;
    own.then(|| [GridAxis::I, GridAxis::J, GridAxis::K][axis])
}

/// The label at a point; outside the scan background.
#[must_use]
pub fn label_at(map: &LabelMap, point: &Point3<f64>) -> Label {
    let voxel = map.grid.fractional(point).map(nearest_index);
    let within = (0..3).all(|axis| voxel[axis] >= 0.0 && voxel[axis] < map.grid.size[axis] as f64);
    let index = |()| map.grid.index([voxel.x as usize, voxel.y as usize, voxel.z as usize]);
    let id = within.then_some(()).map(index).and_then(|index| map.ids.get(index));
    id.and_then(|id| Label::from_id(*id)).unwrap_or(Label::Background)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        labels::edit::{EditHistory, apply},
        volume::Volume,
    };

    /// A right hip bone of 20 × 20 × 20 mm in a scan of slices of 2 mm.
    fn scene() -> (LabelMap, Volume) {
        let grid = Grid::axis_aligned([40, 40, 20], [1.0, 1.0, 2.0], Point3::new(-120.0, -20.0, 0.0));
        let bone = |[i, j, k]: [usize; 3]| (10..30).contains(&i) && (10..30).contains(&j) && (5..15).contains(&k);
        let ids: Vec<u8> = (0..grid.len()).map(|at| if bone(grid.voxel(at)) { Label::HipRight.id() } else { 0 }).collect();
        let hu = ids.iter().map(|id| if *id == 0 { 0 } else { 400 }).collect();
        (LabelMap::certain(grid.clone(), ids), Volume { grid, hu })
    }

    fn axial(z: f64) -> SlicePlane {
        SlicePlane::new(Point3::new(-100.0, 0.0, z), &Vector3::x(), &-Vector3::y()).unwrap()
    }

    fn with(tool: RepairTool, label: Label) -> RepairSettings {
        RepairSettings { tool: Some(tool), ..RepairSettings::of(label) }
    }

    #[test]
    fn a_flat_stroke_stays_in_the_slice_that_is_seen_wherever_between_two_it_was_drawn() {
        let (map, volume) = scene();
        for (z, slice) in [(20.0, 10), (20.9, 10), (21.0, 11), (19.1, 10)] {
            let mut way = Way::from(Point3::new(-110.0, -15.0, z), Ground::Slice(0, axial(z)));
            // Rounding of the hand's own points changes nothing.
            assert!(way.go(Point3::new(-90.0, -15.0, z + 1e-9), 0.5) && !way.go(Point3::new(-90.0, -15.1, z), 0.5));
            let edit = way.edit(&with(RepairTool::Brush, Label::Sacrum), &map).unwrap();
            let mut painted = map.clone();
            let change = apply(&edit, &mut painted, &volume).unwrap();
            assert!(change.voxels() > 8 * 20, "no gap: {}", change.voxels());
            let slices: Vec<_> =
                (0..map.ids.len()).filter(|at| painted.ids[*at] == Label::Sacrum.id()).map(|at| map.grid.voxel(at)[2]).collect();
            assert!(slices.iter().all(|k| *k == slice), "{z}");
        }
        // In space, and in a slice that is not the scan's, it is a ball.
        let oblique = SlicePlane::new(Point3::new(-100.0, 0.0, 20.0), &Vector3::x(), &Vector3::new(0.0, 1.0, 1.0)).unwrap();
        let in_space = RepairSettings { flat: false, ..with(RepairTool::Eraser, Label::Sacrum) };
        for (settings, plane) in [(in_space, axial(20.0)), (with(RepairTool::Eraser, Label::Sacrum), oblique)] {
            let way = Way::from(Point3::new(-100.0, 0.0, 20.0), Ground::Slice(0, plane));
            let edit = way.edit(&settings, &map).unwrap();
            assert!(matches!(edit, Edit::Brush { region: Region::Ball { .. }, to: Label::Background, .. }), "{edit:?}");
        }
    }

    #[test]
    fn a_bone_is_split_on_the_left_of_the_line_and_the_bone_under_the_pointer_is_meant() {
        let (mut map, volume) = scene();
        // From anterior to posterior in an axial picture: on its left is what is seen on the right, the patient's left, +x.
        let mut way = Way::from(Point3::new(-100.5, -8.0, 20.0), Ground::Slice(0, axial(20.0)));
        let settings = with(RepairTool::Plane, Label::FemurRight);
        assert_eq!(way.edit(&settings, &map), None, "a point is no line");
        way.go(Point3::new(-100.5, 8.0, 20.0), 0.5);
        let edit = way.edit(&settings, &map).unwrap();
        assert_eq!(apply(&edit, &mut map, &volume).unwrap().voxels(), 10 * 20 * 10);
        assert_eq!(label_at(&map, &Point3::new(-95.0, 0.0, 20.0)), Label::FemurRight);
        assert_eq!(label_at(&map, &Point3::new(-106.0, 0.0, 20.0)), Label::HipRight);
        // The ball about a point, and the piece under it.
        let way = Way::from(Point3::new(-95.0, 0.0, 20.0), Ground::Slice(0, axial(20.0)));
        let sphere = way.edit(&with(RepairTool::Sphere, Label::HipRight), &map).unwrap();
        assert!(matches!(sphere, Edit::Split { label: Label::FemurRight, to: Label::HipRight, .. }));
        let piece = way.edit(&with(RepairTool::Piece, Label::HipRight), &map).unwrap();
        assert_eq!(apply(&piece, &mut map, &volume).unwrap().voxels(), 10 * 20 * 10);
    }

    #[test]
    fn what_is_picked_on_a_surface_lies_in_its_bone() {
        let (map, volume) = scene();
        // The surface lies half a voxel before the first voxel's middle, and a smoothed one further.
        let way = Way::from(Point3::new(-100.0, -11.9, 20.0), Ground::Bone(Label::HipRight, Vector3::y_axis()));
        let mut settings = with(RepairTool::Region, Label::FemurRight);
        (settings.radius_mm, settings.by_density) = (60.0, true);
        let edit = way.edit(&settings, &map).unwrap();
        let mut history = EditHistory::default();
        let mut painted = map.clone();
        assert_eq!(history.apply(edit, &mut painted, &volume).unwrap().voxels(), 4000);
        let edit = way.edit(&with(RepairTool::Piece, Label::Background), &map).unwrap();
        assert!(matches!(edit, Edit::Move { from: Label::HipRight, to: Label::Background, .. }), "{edit:?}");
    }
}
