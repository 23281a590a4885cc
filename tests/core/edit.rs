//! A correction by hand changes exactly the voxels that it says, and is taken back bit by bit.

use coxa::{
    labels::{
        Label, LabelMap,
        edit::{BY_HAND, Change, Edit, EditAction, EditError, EditHistory, GridAxis, Holes, Region, apply},
    },
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Rotation3, Vector3};
use proptest::prelude::*;
use std::{collections::BTreeSet, f64::consts::PI};

const BALL: f64 = 4.0 / 3.0 * PI;

fn cubic(size: usize) -> Grid {
    Grid::axis_aligned([size; 3], [1.0; 3], Point3::origin())
}

fn oblique(size: [usize; 3], spacing: [f64; 3]) -> Grid {
    let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.5);
    Grid { size, spacing, origin: Point3::new(-20.0, 35.0, -60.0), direction: *turn.matrix() }
}

fn middle(grid: &Grid) -> Point3<f64> {
    grid.lps(&Vector3::from(grid.size.map(|n| (n as f64 - 1.0) / 2.0)))
}

/// Labels drawn by a function of the voxel's centre, of confidence 100, and a CT of 0 HU.
fn drawn(grid: Grid, label: impl Fn(Point3<f64>) -> Label) -> (LabelMap, Volume) {
    let ids: Vec<u8> = (0..grid.len()).map(|at| label(grid.centre(grid.voxel(at))).id()).collect();
    let volume = Volume { grid: grid.clone(), hu: vec![0; ids.len()] };
    (LabelMap { confidence: vec![100; ids.len()], grid, ids }, volume)
}

fn bone_or_not(bone: bool) -> Label {
    if bone { Label::FemurRight } else { Label::Background }
}

fn brush(region: Region, over: Option<Label>, to: Label) -> Edit {
    Edit::Brush { region, over, to, allow_other_side: false }
}

fn ball(centre: Point3<f64>, radius_mm: f64) -> Region {
    Region::Ball { centre, radius_mm }
}

fn done(edit: &Edit, map: &mut LabelMap, volume: &Volume) -> Change {
    apply(edit, map, volume).unwrap_or_else(|error| panic!("{}: {error}", edit.name()))
}

#[test]
fn a_brush_has_the_volume_of_its_shape_within_half_a_voxel() {
    for spacing in [[1.0; 3], [0.7, 0.7, 0.7], [0.6, 0.9, 3.0]] {
        for grid in [Grid::axis_aligned([61, 51, 31], spacing, Point3::new(-9.0, 4.0, 70.0)), oblique([61, 51, 31], spacing)] {
            let centre = middle(&grid);
            let half_diagonal = Vector3::from(spacing).norm() / 2.0;
            for radius in [4.0, 8.0, 11.5] {
                let along = grid.direction * Vector3::new(6.0, 2.0, 1.0);
                let length = along.norm();
                let stroke = Region::Stroke { points: vec![centre, centre + along / 3.0, centre + along], radius_mm: radius };
                let sphere = |r: f64| BALL * r.powi(3);
                let capsule = |r: f64| BALL * r.powi(3) + PI * r * r * length;
                for (region, volume_of) in
                    [(ball(centre, radius), &sphere as &dyn Fn(f64) -> f64), (stroke, &capsule as &dyn Fn(f64) -> f64)]
                {
                    let (mut map, volume) = drawn(grid.clone(), |_| Label::Background);
                    let change = done(&brush(region, None, Label::Sacrum), &mut map, &volume);
                    let mm3 = map.count(Label::Sacrum) as f64 * grid.voxel_mm3();
                    // Every cell whose centre is inside lies within a half diagonal of the shape, and the other way round.
                    assert!(mm3 > volume_of(radius - half_diagonal) && mm3 < volume_of(radius + half_diagonal), "{radius} {mm3}");
                    if half_diagonal < 0.9 && radius > 6.0 {
                        assert!((mm3 / volume_of(radius) - 1.0).abs() < 0.02, "{radius} mm: {mm3}, {}", volume_of(radius));
                    }
                    let told = change.labels().into_iter().find(|told| told.label == Label::Sacrum).unwrap();
                    assert_eq!((told.gained, told.lost, change.voxels()), (map.count(Label::Sacrum), 0, told.gained));
                    assert!((told.ml - mm3 / 1000.0).abs() < 1e-9);
                }
            }
        }
    }
}

#[test]
fn a_brush_paints_only_over_what_it_may_and_erases() {
    let (mut map, volume) = drawn(cubic(30), |p| match p.x {
        x if x < 10.0 => Label::HipRight,
        x if x < 20.0 => Label::Background,
        _ => Label::Metal,
    });
    let before = map.clone();
    let region = || ball(Point3::new(15.0, 15.0, 15.0), 9.0);
    let inside = |at: usize| (before.grid.centre(before.grid.voxel(at)) - Point3::new(15.0, 15.0, 15.0)).norm() <= 9.0;
    for (over, to) in [
        (Some(Label::Background), Label::FemurRight),
        (Some(Label::HipRight), Label::FemurRight),
        (None, Label::FemurRight),
        (Some(Label::Metal), Label::Background),
        (None, Label::Background),
    ] {
        let change = done(&brush(region(), over, to), &mut map, &volume);
        for at in 0..map.ids.len() {
            let old = before.ids[at];
            let changes = inside(at) && over.is_none_or(|over| over.id() == old) && old != to.id();
            assert_eq!(map.ids[at], if changes { to.id() } else { old });
            assert_eq!(map.confidence[at], if changes { BY_HAND } else { 100 });
        }
        change.undo(&mut map).unwrap();
        assert!(map == before);
    }
}

#[test]
fn a_threshold_takes_what_is_dense_enough_within_its_region() {
    let (mut map, mut volume) = drawn(cubic(20), |_| Label::Background);
    volume.hu = (0..map.ids.len()).map(|at| (at % 500) as i16).collect();
    let region = Region::Box { low: Point3::new(3.0, 4.0, 5.0), high: Point3::new(12.0, 13.5, 9.0) };
    let edit = Edit::Threshold { region, hu: [200, 300], over: None, to: Label::Sacrum, allow_other_side: false };
    done(&edit, &mut map, &volume);
    for at in 0..map.ids.len() {
        let [i, j, k] = map.grid.voxel(at);
        let wanted =
            (3..=12).contains(&i) && (4..=13).contains(&j) && (5..=9).contains(&k) && (200..=300).contains(&volume.hu[at]);
        assert_eq!(map.ids[at] == Label::Sacrum.id(), wanted);
    }
    assert!(map.count(Label::Sacrum) > 50);
}

#[test]
fn a_head_fused_to_its_socket_is_split_off_exactly() {
    let grid = oblique([60, 50, 40], [1.0, 1.1, 1.4]);
    let head = middle(&grid);
    let socket = head + Vector3::new(26.0, 3.0, 12.0);
    let (head_mm, socket_mm) = (16.0, 18.0);
    let in_head = |p: Point3<f64>| (p - head).norm() <= head_mm;
    let in_socket = |p: Point3<f64>| (p - socket).norm() <= socket_mm;
    let fused = |p: Point3<f64>| if in_head(p) || in_socket(p) { Label::HipRight } else { Label::Background };

    // By a sphere: what lies in the head is femur, what lies in the socket alone is hip bone.
    let (mut map, volume) = drawn(grid.clone(), fused);
    let (truth, _) = drawn(grid.clone(), |p| if in_head(p) { Label::FemurRight } else { fused(p) });
    assert!(truth.count(Label::FemurRight) < (0..grid.len()).filter(|&at| in_head(grid.centre(grid.voxel(at)))).count() + 1);
    let change = done(&Edit::Split { label: Label::HipRight, at: ball(head, head_mm), to: Label::FemurRight }, &mut map, &volume);
    assert_eq!(map.ids, truth.ids);
    assert_eq!(change.voxels(), truth.count(Label::FemurRight));

    // By a plane: that of the circle in which the spheres meet.
    let (mut map, volume) = drawn(grid.clone(), fused);
    let towards_head = head - socket;
    let distance = towards_head.norm();
    let from_socket = (distance * distance + socket_mm * socket_mm - head_mm * head_mm) / (2.0 * distance);
    assert!(from_socket < socket_mm, "the spheres overlap");
    let point = socket + towards_head * (from_socket / distance);
    let (truth, _) = drawn(grid, |p| {
        if (p - point).dot(&towards_head) >= 0.0 {
            if in_head(p) { Label::FemurRight } else { Label::Background }
        } else if in_socket(p) {
            Label::HipRight
        } else {
            Label::Background
        }
    });
    let plane = Region::HalfSpace { point, normal: towards_head };
    done(&Edit::Split { label: Label::HipRight, at: plane, to: Label::FemurRight }, &mut map, &volume);
    assert_eq!(map.ids, truth.ids);
}

#[test]
fn fill_closes_a_cavity_and_leaves_an_open_one() {
    // Two hollow boxes; the second has a hole of one voxel in its wall. Metal lies in the first.
    let within = |v: [usize; 3], low: [usize; 3], high: [usize; 3]| (0..3).all(|a| (low[a]..high[a]).contains(&v[a]));
    let (mut map, volume) = drawn(cubic(30), |p| {
        let v = [p.x as usize, p.y as usize, p.z as usize];
        let closed = within(v, [2; 3], [12; 3]) && !within(v, [4; 3], [10; 3]);
        let open = within(v, [15; 3], [27; 3]) && !within(v, [17; 3], [25; 3]) && v[1..] != [20, 20];
        if within(v, [6; 3], [8; 3]) { Label::Metal } else { bone_or_not(closed || open) }
    });
    let before = map.clone();
    let fill = |holes| Edit::Fill { label: Label::FemurRight, holes };
    let change = done(&fill(Holes::Volume), &mut map, &volume);
    assert_eq!((change.voxels(), map.count(Label::Metal)), (6 * 6 * 6 - 8, 8));
    assert_eq!(map.ids[map.grid.index([20, 20, 20])], 0, "an open cavity stays");
    change.undo(&mut map).unwrap();

    // Slice by slice the open one is closed too, but for the slice with the hole.
    let change = done(&fill(Holes::Slices), &mut map, &volume);
    assert_eq!(change.voxels(), 6 * 6 * 6 - 8 + 8 * 8 * 7);
    change.undo(&mut map).unwrap();
    let change = done(&fill(Holes::Slice(Point3::new(20.0, 20.0, 18.4))), &mut map, &volume);
    assert_eq!(change.voxels(), 8 * 8);
    change.undo(&mut map).unwrap();
    let change = done(&fill(Holes::Slice(Point3::new(20.0, 20.0, 0.0))), &mut map, &volume);
    assert!(change.is_empty(), "nothing is there to be filled");
    assert!(map == before);
}

#[test]
fn a_flood_fills_what_hangs_together_and_no_more() {
    // A box with a wall across it; the wall has no gap, a bridge of a lower density lies in one half.
    let (mut map, mut volume) = drawn(cubic(24), |p| bone_or_not(p.x == 12.0));
    for at in 0..map.ids.len() {
        volume.hu[at] = if map.grid.voxel(at)[1] == 12 { 500 } else { 40 };
    }
    let flood = |hu| Edit::Flood {
        seed: Point3::new(5.0, 5.0, 5.0),
        region: Region::Box { low: Point3::new(2.0, 2.0, 2.0), high: Point3::new(20.0, 20.0, 8.0) },
        hu,
        to: Label::Sacrum,
        allow_other_side: false,
    };
    let change = done(&flood(None), &mut map, &volume);
    assert_eq!(change.voxels(), 10 * 19 * 7, "up to the wall and the region's border");
    change.undo(&mut map).unwrap();
    assert_eq!(done(&flood(Some([0, 100])), &mut map, &volume).voxels(), 10 * 10 * 7, "and up to the denser layer");
    let (mut map, _) = drawn(cubic(24), |p| bone_or_not(p.x == 12.0));
    assert_eq!(apply(&flood(Some([200, 300])), &mut map, &volume), Err(EditError::SeedBarred { hu: 40 }));
}

#[test]
fn the_piece_under_a_point_is_moved_and_the_others_stay() {
    let (mut map, volume) = drawn(cubic(30), |p| {
        let near = |x: f64| (p - Point3::new(x, 15.0, 15.0)).norm() <= 6.0;
        if near(8.0) || near(22.0) { Label::HipLeft } else { Label::Background }
    });
    let (piece, whole) = (map.count(Label::HipLeft) / 2, map.count(Label::HipLeft));
    let edit = |x: f64, from| Edit::Move { seed: Point3::new(x, 15.0, 15.0), from, to: Label::FemurRight };
    // Both labels are named, so it may even change sides.
    let change = done(&edit(22.0, Label::HipLeft), &mut map, &volume);
    assert_eq!((change.voxels(), map.count(Label::HipLeft), map.count(Label::FemurRight)), (piece, whole - piece, piece));
    let error = apply(&edit(22.0, Label::HipLeft), &mut map, &volume).unwrap_err();
    assert_eq!(error, EditError::OtherLabel { found: Label::FemurRight.id(), expected: Label::HipLeft });
    assert!(error.to_string().contains("lies in femur_right, not in hip_left"), "{error}");
}

mod smoothing {
    use super::*;

    fn smooth(map: &mut LabelMap, volume: &Volume, sigma_mm: f64) -> Change {
        done(&Edit::Smooth { label: Label::FemurRight, sigma_mm }, map, volume)
    }

    fn random(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1u64 << 31) as f64
        }
    }

    /// Faces do not move at all; only within 1.5 σ of an edge is anything rounded.
    #[test]
    fn a_box_keeps_its_faces() {
        for (spacing, sigma) in [([1.0; 3], 1.0), ([1.0; 3], 2.0), ([0.7, 0.7, 1.5], 1.0), ([0.8, 0.8, 3.0], 1.5)] {
            let grid = Grid::axis_aligned([60, 60, 30], spacing, Point3::origin());
            let (low, high) = (Vector3::new(11.2, 12.0, 20.0), Vector3::new(31.1, 29.0, 38.0));
            let depths = |p: Point3<f64>| {
                let mut depths = [0, 1, 2].map(|a| (p[a] - low[a]).min(high[a] - p[a]));
                depths.sort_by(f64::total_cmp);
                depths
            };
            let (mut map, volume) = drawn(grid, |p| bone_or_not(depths(p)[0] >= 0.0));
            let before = map.clone();
            smooth(&mut map, &volume, sigma);
            let longest = spacing.into_iter().fold(0.0, f64::max);
            for at in (0..map.ids.len()).filter(|&at| map.ids[at] != before.ids[at]) {
                let depths = depths(map.grid.centre(map.grid.voxel(at)));
                assert!(before.ids[at] != 0, "a box grows nowhere");
                assert!(depths[1] <= 1.5 * sigma.max(longest), "{spacing:?} {sigma}: a face lost a voxel, {depths:?} mm deep");
            }
            let lost_mm3 = (before.count(Label::FemurRight) - map.count(Label::FemurRight)) as f64 * map.grid.voxel_mm3();
            let edges_mm = 4.0 * (high - low).sum();
            assert!(lost_mm3 <= edges_mm * sigma.max(longest).powi(2), "{spacing:?} {sigma}: {lost_mm3} mm³");
        }
    }

    /// Through a grid at any angle, a plane stays within 0.05 voxels on average and nowhere moves by a voxel.
    #[test]
    fn an_oblique_plane_stays() {
        let grid = cubic(40);
        for normal in [Vector3::new(1.0, 2.0, 3.0), Vector3::new(1.0, 1.0, 0.2), Vector3::new(0.1, 1.0, 0.05)] {
            let normal = normal.normalize();
            let depth = |p: Point3<f64>| (p - middle(&grid)).dot(&normal) + 0.2;
            let (mut map, volume) = drawn(grid.clone(), |p| bone_or_not(depth(p) >= 0.0));
            let before = map.clone();
            for sigma in [1.0, 2.0] {
                smooth(&mut map, &volume, sigma);
                let changed = (0..map.ids.len()).filter(|&at| map.ids[at] != before.ids[at]);
                let depths: Vec<f64> = changed.map(|at| depth(map.grid.centre(map.grid.voxel(at)))).collect();
                assert!(depths.iter().all(|depth| depth.abs() < 1.0), "{depths:?}");
                let moved_mm = depths.len() as f64 / (40.0 * 40.0);
                assert!(moved_mm < 0.05, "{normal:?} {sigma}: {moved_mm}");
            }
        }
    }

    /// Plates of one voxel and more, free or standing on a block, keep every voxel that is not at their rim.
    #[test]
    fn walls_and_gaps_stay_whole() {
        for sigma in [1.0, 1.5, 2.5] {
            for voxels in 1..=6 {
                for standing in [false, true] {
                    // A wall of bone, and the same as a gap in bone.
                    for gap in [false, true] {
                        let shape = |p: Point3<f64>| {
                            let plate = (p.x - 20.0) >= 0.0 && (p.x - 20.0) < f64::from(voxels) && (8.0..=40.0).contains(&p.z);
                            let block = standing && p.z >= 34.0;
                            bone_or_not((plate || block) != gap)
                        };
                        let (mut map, volume) = drawn(cubic(46), shape);
                        let before = map.clone();
                        smooth(&mut map, &volume, sigma);
                        let wall = if gap { 0 } else { Label::FemurRight.id() };
                        // Away from the free end, and from the corner in which it stands.
                        let end = if standing { 33.0 - 1.5 * sigma } else { 40.0 - 1.5 * sigma };
                        let eaten = (0..map.ids.len()).filter(|&at| {
                            let p = map.grid.centre(map.grid.voxel(at));
                            let inner = p.z >= 8.0 + 1.5 * sigma && p.z <= end;
                            before.ids[at] == wall
                                && map.ids[at] != wall
                                && inner
                                && p.x >= 20.0
                                && p.x < 20.0 + f64::from(voxels)
                        });
                        assert_eq!(eaten.count(), 0, "σ {sigma}, {voxels} voxels, standing {standing}, gap {gap}");
                    }
                }
            }
        }
    }

    /// A ball recedes by σ²/R; bumps and pits on it go.
    #[test]
    fn noise_goes_and_a_ball_keeps_its_size() {
        let (radius, sigma) = (15.0, 1.2);
        let grid = oblique([50, 50, 50], [0.8; 3]);
        let centre = middle(&grid);
        let depth = |p: Point3<f64>| radius - (p - centre).norm();
        let (truth, volume) = drawn(grid, |p| bone_or_not(depth(p) >= 0.0));
        let mut clean = truth.clone();
        smooth(&mut clean, &volume, sigma);
        let volume_of = |map: &LabelMap| map.count(Label::FemurRight) as f64 * map.grid.voxel_mm3();
        let recedes = radius - (volume_of(&clean) / BALL).cbrt();
        assert!((recedes - sigma * sigma / radius).abs() < 0.05, "recedes by {recedes} mm");

        let mut noisy = truth.clone();
        let mut random = random(7);
        for at in 0..noisy.ids.len() {
            let depth = depth(noisy.grid.centre(noisy.grid.voxel(at)));
            if depth.abs() < 0.8 && random() < 0.2 {
                noisy.ids[at] = if noisy.ids[at] == 0 { Label::FemurRight.id() } else { 0 };
            }
        }
        let wrong = |map: &LabelMap| map.ids.iter().zip(&truth.ids).filter(|(a, b)| a != b).count();
        let before = wrong(&noisy);
        smooth(&mut noisy, &volume, sigma);
        let left = noisy.ids.iter().zip(&clean.ids).filter(|(a, b)| a != b).count();
        assert!(before > 1000 && left * 4 < before, "{left} of {before} wrong voxels are left");
    }

    #[test]
    fn other_bones_are_not_grown_into() {
        let (mut map, volume) = drawn(cubic(30), |p| {
            let pit = p.x == 14.0 && (p.y - 15.0).abs() < 2.0 && (p.z - 15.0).abs() < 2.0;
            if pit { Label::Metal } else { bone_or_not(p.x < 15.0) }
        });
        let metal = map.count(Label::Metal);
        assert!(smooth(&mut map, &volume, 2.0).is_empty());
        assert_eq!(map.count(Label::Metal), metal);
    }
}

/// A pelvis of boxes: left is at larger x.
fn patient(with_sacrum: bool) -> (LabelMap, Volume) {
    let grid = Grid::axis_aligned([100, 20, 20], [2.0; 3], Point3::new(-100.0, 0.0, 0.0));
    drawn(grid, |p| match p.x {
        x if x < -60.0 => Label::FemurRight,
        x if x < -30.0 => Label::HipRight,
        x if x.abs() < 10.0 && with_sacrum => Label::Sacrum,
        x if x > 60.0 => Label::FemurLeft,
        x if x > 30.0 => Label::HipLeft,
        _ => Label::Background,
    })
}

#[test]
fn a_bone_painted_on_the_other_side_is_refused_unless_it_is_meant() {
    for with_sacrum in [true, false] {
        let (mut map, volume) = patient(with_sacrum);
        let before = map.clone();
        let paint = |x: f64, to, allow_other_side| Edit::Brush {
            region: ball(Point3::new(x, 20.0, 20.0), 8.0),
            over: None,
            to,
            allow_other_side,
        };
        let error = apply(&paint(-50.0, Label::HipLeft, false), &mut map, &volume).unwrap_err();
        assert!(map == before);
        let text = error.to_string();
        let landmark = if with_sacrum { "the sacrum" } else { "the bones of both sides" };
        assert!(text.contains("hip_left") && text.contains(landmark) && text.contains("allow_other_side: true"), "{text}");
        assert!(matches!(error, EditError::OtherSide { beyond_mm, .. } if (beyond_mm - 42.0).abs() < 2.5), "{text}");
        assert!(apply(&paint(50.0, Label::FemurRight, false), &mut map, &volume).is_err());
        for allowed in [
            paint(-50.0, Label::HipLeft, true),
            paint(20.0, Label::HipLeft, false),
            paint(-8.0, Label::HipLeft, false),
            paint(-50.0, Label::Sacrum, false),
            paint(-50.0, Label::Background, false),
            Edit::Split {
                label: Label::HipRight,
                at: Region::HalfSpace { point: Point3::new(-45.0, 0.0, 0.0), normal: Vector3::x() },
                to: Label::HipLeft,
            },
        ] {
            let change = done(&allowed, &mut map, &volume);
            assert!(!change.is_empty());
            change.undo(&mut map).unwrap();
        }
        assert!(map == before);
    }
    // In a scan of one hip the other bone's label is refused beyond the one that is there, and where nothing is known nothing is refused.
    let (mut map, volume) = drawn(cubic(40), |p| if p.x > 20.0 { Label::FemurLeft } else { Label::Background });
    let edit = brush(ball(Point3::new(37.0, 20.0, 20.0), 2.0), None, Label::FemurRight);
    assert!(apply(&edit, &mut map, &volume).is_ok(), "15 mm are not yet beyond doubt");
    let (mut map, volume) = drawn(cubic(90), |p| if p.x > 10.0 { Label::FemurLeft } else { Label::Background });
    let edit = brush(ball(Point3::new(80.0, 20.0, 20.0), 2.0), None, Label::FemurRight);
    assert!(matches!(apply(&edit, &mut map, &volume), Err(EditError::OtherSide { .. })));
    let (mut map, volume) = drawn(cubic(90), |_| Label::Background);
    assert!(apply(&edit, &mut map, &volume).is_ok());
}

#[test]
fn what_makes_no_sense_is_refused_with_a_reason() {
    let (mut map, volume) = drawn(cubic(20), |p| bone_or_not(p.x < 10.0));
    let before = map.clone();
    let centre = Point3::new(9.0, 9.0, 9.0);
    let nan = Point3::new(0.0, f64::NAN, 0.0);
    let painted = |region| brush(region, None, Label::Sacrum);
    let stroke = |points| Region::SliceStroke { points, radius_mm: 2.0, across: GridAxis::K };
    let cases = [
        (painted(ball(nan, 3.0)), "centre of the edit is (0, NaN, 0)"),
        (painted(ball(centre, 0.0)), "radius of the edit is 0 mm; more than 0 and at most 200"),
        (painted(ball(centre, -3.0)), "radius"),
        (painted(ball(centre, f64::NAN)), "radius of the edit is NaN"),
        (painted(ball(centre, 201.0)), "at most 200 mm"),
        (painted(ball(Point3::new(500.0, 0.0, 0.0), 5.0)), "outside the volume"),
        (painted(Region::Stroke { points: vec![], radius_mm: 2.0 }), "no point"),
        (painted(stroke(vec![centre, centre + Vector3::z() * 3.0])), "slices 9 and 12"),
        (painted(Region::Box { low: centre, high: Point3::origin() }), "ends before it begins"),
        (painted(Region::HalfSpace { point: centre, normal: Vector3::zeros() }), "no length"),
        (brush(ball(centre, 3.0), Some(Label::Sacrum), Label::Sacrum), "sacrum into sacrum"),
        (
            Edit::Threshold { region: ball(centre, 3.0), hu: [300, 200], over: None, to: Label::Sacrum, allow_other_side: false },
            "300 to 200 HU",
        ),
        (Edit::Smooth { label: Label::FemurRight, sigma_mm: 0.0 }, "sigma_mm is 0"),
        (Edit::Smooth { label: Label::FemurRight, sigma_mm: 99.0 }, "at most 10 mm"),
        (Edit::Smooth { label: Label::Background, sigma_mm: 1.0 }, "no bone"),
        (Edit::Fill { label: Label::Background, holes: Holes::Volume }, "no bone"),
        (Edit::Fill { label: Label::Sacrum, holes: Holes::Slice(nan) }, "point of the slice"),
        (Edit::Move { seed: Point3::new(0.0, 0.0, 50.0), from: Label::FemurRight, to: Label::Sacrum }, "outside the volume"),
        (Edit::Move { seed: centre, from: Label::FemurRight, to: Label::FemurRight }, "two different labels"),
        (Edit::Split { label: Label::Background, at: ball(centre, 3.0), to: Label::Sacrum }, "no bone"),
    ];
    for (edit, expected) in cases {
        let error = apply(&edit, &mut map, &volume).unwrap_err().to_string();
        assert!(error.contains(expected), "'{expected}' is not in: {error}");
        assert!(map == before);
    }
    let other = Volume { grid: Grid { spacing: [1.0, 1.0, 1.1], ..map.grid.clone() }, ..volume.clone() };
    assert_eq!(apply(&painted(ball(centre, 3.0)), &mut map, &other), Err(EditError::OtherGrid));
    map.confidence.pop();
    assert_eq!(apply(&painted(ball(centre, 3.0)), &mut map, &volume), Err(EditError::OtherGrid));
}

#[test]
fn what_meets_nothing_changes_nothing_and_is_no_error() {
    let (mut map, volume) = drawn(cubic(20), |p| bone_or_not(p.x < 10.0));
    let before = map.clone();
    let centre = Point3::new(5.0, 9.0, 9.0);
    for edit in [
        brush(ball(centre, 3.0), None, Label::FemurRight),
        brush(ball(centre, 3.0), Some(Label::Metal), Label::FemurRight),
        Edit::Smooth { label: Label::TibiaLeft, sigma_mm: 1.0 },
        Edit::Fill { label: Label::FemurRight, holes: Holes::Volume },
        Edit::Split { label: Label::Sacrum, at: ball(centre, 3.0), to: Label::HipLeft },
    ] {
        let change = done(&edit, &mut map, &volume);
        assert!(change.is_empty() && change.voxels() == 0 && change.labels().is_empty());
    }
    assert!(map == before);
}

#[test]
fn the_history_undoes_redoes_and_names_what_was_done() {
    let (mut map, volume) = patient(true);
    let first = map.clone();
    let mut history = EditHistory::default();
    let at = |x: f64| ball(Point3::new(x, 20.0, 20.0), 9.0);
    let edits = [
        brush(at(50.0), Some(Label::HipLeft), Label::FemurLeft),
        Edit::Smooth { label: Label::FemurLeft, sigma_mm: 2.0 },
        brush(at(0.0), None, Label::Background),
    ];
    let mut states = vec![map.clone()];
    for edit in &edits {
        assert!(!history.apply(edit.clone(), &mut map, &volume).unwrap().is_empty());
        states.push(map.clone());
    }
    // What changes nothing is not kept.
    assert!(history.apply(edits[2].clone(), &mut map, &volume).unwrap().is_empty());
    let names: Vec<String> = history.done().iter().map(|step| step.edit.name()).collect();
    assert_eq!(names, ["brush on femur_left over hip_left only", "smooth femur_left by 2 mm", "erase"]);
    assert_eq!(history.touched(), BTreeSet::from([Label::Sacrum, Label::HipLeft, Label::FemurLeft]));

    assert_eq!(history.undo(&mut map).unwrap().unwrap().edit, edits[2]);
    assert!(map == states[2]);
    assert_eq!(history.touched(), BTreeSet::from([Label::HipLeft, Label::FemurLeft]));
    assert_eq!(history.undo(&mut map).unwrap().unwrap().edit, edits[1]);
    assert!(map == states[1]);
    assert_eq!(history.redo(&mut map).unwrap().unwrap().edit, edits[1]);
    assert!(map == states[2]);
    // A new edit forgets what was taken back.
    assert!(!history.apply(brush(at(-80.0), None, Label::HipRight), &mut map, &volume).unwrap().is_empty());
    assert!(history.redo(&mut map).unwrap().is_none() && history.undone().is_empty());

    let actions = [
        EditAction::Edit(edits[0].clone()),
        EditAction::Edit(edits[1].clone()),
        EditAction::Edit(edits[2].clone()),
        EditAction::Undo,
        EditAction::Undo,
        EditAction::Redo,
        EditAction::Edit(brush(at(-80.0), None, Label::HipRight)),
    ];
    let mut replayed = first.clone();
    let again = EditHistory::replay(&actions, &mut replayed, &volume).unwrap();
    assert!(replayed == map && again == history);
    while history.undo(&mut map).unwrap().is_some() {}
    assert!(map == first && history.touched().is_empty());
}

#[test]
fn an_edit_is_kept_as_text_and_a_misspelt_field_is_noticed() {
    let text = "[Brush(region: Ball(centre: (1.5, -2.0, 3.0), radius_mm: 4.0), over: Some(Background), to: FemurLeft), \
                Fill(label: HipRight, holes: Slice((0.0, 0.0, 1.0)))]";
    let edits: Vec<Edit> = ron::from_str(text).unwrap();
    assert_eq!(edits[0], brush(ball(Point3::new(1.5, -2.0, 3.0), 4.0), Some(Label::Background), Label::FemurLeft));
    assert_eq!(ron::from_str::<Vec<Edit>>(&ron::to_string(&edits).unwrap()).unwrap(), edits);
    for wrong in [
        text.replace("over:", "only_over:"),
        text.replace("radius_mm", "radius"),
        text.replace("FemurLeft", "Femur"),
        text.replace("to: FemurLeft", "to: FemurLeft, allow_otherside: true"),
    ] {
        assert!(ron::from_str::<Vec<Edit>>(&wrong).is_err(), "{wrong}");
    }
}

fn any_point() -> impl Strategy<Value = Point3<f64>> {
    proptest::array::uniform3(0.0..1.0_f64).prop_map(|share| {
        let grid = scene_grid();
        grid.lps(&Vector3::from([0, 1, 2].map(|a| share[a] * (grid.size[a] as f64 - 1.0))))
    })
}

fn any_label() -> impl Strategy<Value = Label> {
    proptest::sample::select(&Label::ALL[..])
}

fn any_region() -> impl Strategy<Value = Region> {
    let points = || proptest::collection::vec(any_point(), 1..4);
    prop_oneof![
        (any_point(), 0.5..9.0_f64).prop_map(|(centre, radius_mm)| Region::Ball { centre, radius_mm }),
        (points(), 0.5..5.0_f64).prop_map(|(points, radius_mm)| Region::Stroke { points, radius_mm }),
        (any_point(), 1.0..9.0_f64).prop_map(|(point, radius_mm)| Region::SliceStroke {
            points: vec![point],
            radius_mm,
            across: GridAxis::J
        }),
        (any_point(), any_point()).prop_map(|(a, b)| Region::Box {
            low: Point3::from(a.coords.inf(&b.coords)),
            high: Point3::from(a.coords.sup(&b.coords))
        }),
        (any_point(), any_point()).prop_map(|(point, other)| Region::HalfSpace { point, normal: other - point }),
    ]
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let over = || proptest::option::of(any_label());
    let hu = || (-200..200_i16, 0..300_i16).prop_map(|(low, more)| [low, low + more]);
    prop_oneof![
        (any_region(), over(), any_label(), any::<bool>()).prop_map(|(region, over, to, allow_other_side)| Edit::Brush {
            region,
            over,
            to,
            allow_other_side
        }),
        (any_region(), hu(), over(), any_label()).prop_map(|(region, hu, over, to)| Edit::Threshold {
            region,
            hu,
            over,
            to,
            allow_other_side: true
        }),
        (any_label(), prop_oneof![Just(Holes::Volume), Just(Holes::Slices), any_point().prop_map(Holes::Slice)])
            .prop_map(|(label, holes)| Edit::Fill { label, holes }),
        (any_point(), any_region(), proptest::option::of(hu()), any_label()).prop_map(|(seed, region, hu, to)| Edit::Flood {
            seed,
            region,
            hu,
            to,
            allow_other_side: true
        }),
        (any_label(), 0.3..3.0_f64).prop_map(|(label, sigma_mm)| Edit::Smooth { label, sigma_mm }),
        (any_label(), any_region(), any_label()).prop_map(|(label, at, to)| Edit::Split { label, at, to }),
        (any_point(), any_label(), any_label()).prop_map(|(seed, from, to)| Edit::Move { seed, from, to }),
    ]
}

fn scene_grid() -> Grid {
    oblique([18, 15, 11], [1.0, 1.2, 2.0])
}

/// Blobs of several labels with holes, of any confidence, on a CT of many densities.
fn scene() -> (LabelMap, Volume) {
    let grid = scene_grid();
    let label = |voxel: [usize; 3]| {
        let cell = voxel[0] / 5 + 2 * (voxel[1] / 5) + 3 * (voxel[2] / 4);
        if (voxel[0] * 7 + voxel[1] * 3 + voxel[2] * 5).is_multiple_of(11) { 0 } else { [0, 1, 2, 4, 3, 5, 13, 0][cell % 8] }
    };
    let ids: Vec<u8> = (0..grid.len()).map(|at| label(grid.voxel(at))).collect();
    let confidence = (0..ids.len()).map(|at| (at * 31 % 256) as u8).collect();
    let hu = (0..ids.len()).map(|at| (at * 37 % 400) as i16 - 200).collect();
    (LabelMap { grid: grid.clone(), ids, confidence }, Volume { grid, hu })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done: the change counts what differs, undo brings back every id and confidence, redo what was done, and a refused edit
    /// leaves all as it was.
    #[test]
    fn any_edits_are_undone_and_redone_bit_by_bit(edits in proptest::collection::vec(any_edit(), 1..8)) {
        let (mut map, volume) = scene();
        let mut history = EditHistory::default();
        let mut states = vec![map.clone()];
        for edit in edits {
            let before = map.clone();
            let kept = ron::from_str::<Edit>(&ron::to_string(&edit).unwrap()).unwrap();
            prop_assert_eq!(&kept, &edit);
            let Ok(change) = history.apply(edit, &mut map, &volume) else {
                prop_assert!(map == before);
                continue;
            };
            let differ = (0..map.ids.len()).filter(|&at| map.ids[at] != before.ids[at]).count();
            prop_assert_eq!(change.voxels(), differ);
            let unchanged = (0..map.ids.len()).all(|at| map.ids[at] != before.ids[at] || map.confidence[at] == before.confidence[at]);
            prop_assert!(unchanged, "what keeps its label keeps its confidence");
            if !change.is_empty() {
                states.push(map.clone());
            }
        }
        prop_assert_eq!(history.done().len() + 1, states.len());
        for state in states.iter().rev().skip(1) {
            history.undo(&mut map).unwrap();
            prop_assert!(map == *state);
        }
        prop_assert!(history.undo(&mut map).unwrap().is_none());
        for state in &states[1..] {
            history.redo(&mut map).unwrap();
            prop_assert!(map == *state);
        }
    }
}
