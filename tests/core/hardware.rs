//! Metal of known shape in the way of a plan: how much, how deep, how far.

use super::plan::{Patient, planned};
use coxa::{
    anatomy::Bones,
    frames::Side,
    implants::Catalogue,
    labels::Label,
    mesh::TriMesh,
    plan::{Correction, ImplantPart, MetalPiece, Obstacle, Osteotomy, Plan, Planned, metal_pieces, obstacles, placed},
    surface::MeshIndex,
    volume::{Grid, Volume},
};
use nalgebra::{Point3, Vector3};
use std::{collections::BTreeMap, f64::consts::PI};

/// Edge of the voxels, mm.
const VOXEL_MM: f64 = 0.5;

/// A rod from one point to another.
pub fn rod(from: &Point3<f64>, to: &Point3<f64>, radius: f64) -> MetalPiece {
    let (low, high) = (from.inf(to), from.sup(to));
    let margin = Vector3::repeat(radius + VOXEL_MM);
    let along = (to - from).normalize();
    let count = ((high - low + margin * 2.0) / VOXEL_MM).map(|n| n.ceil() as usize);
    let corner = low - margin;
    let voxels = (0..count.x * count.y * count.z).map(|i| {
        let at = Vector3::new((i % count.x) as f64, (i / count.x % count.y) as f64, (i / count.x / count.y) as f64);
        corner + at * VOXEL_MM
    });
    let inside = |p: &Point3<f64>| {
        let length = (p - from).dot(&along);
        (0.0..=(to - from).norm()).contains(&length) && (p - from - along * length).norm() <= radius
    };
    MetalPiece { voxels: voxels.filter(inside).collect(), voxel_mm3: VOXEL_MM.powi(3) }
}

fn of(plan: &Plan, metal: &[MetalPiece]) -> Vec<Obstacle> {
    obstacles(plan, &Catalogue::shipped().unwrap(), &BTreeMap::new(), metal).unwrap()
}

fn with(found: &[Obstacle], part: Planned) -> Option<&Obstacle> {
    found.iter().find(|obstacle| obstacle.with == part)
}

#[test]
fn a_rod_at_the_tip_of_a_stem_overlaps_by_what_lies_in_it() {
    let catalogue = Catalogue::shipped().unwrap();
    for side in Side::BOTH {
        let plan = planned(&Patient::default().anatomy(), side);
        let stem = plan.stem.as_ref().unwrap();
        let (entry, _) = plan.chosen(&catalogue).unwrap().stem.unwrap();
        let at = |distal_mm: f64, anterior: f64| stem.lps_point(side, &Point3::new(anterior, -distal_mm, 0.0));
        let tip = entry.tip_mm();
        // Along the axis, 20 mm in the stem and 30 mm below it: a rod thinner than the stem is there.
        let thin = rod(&at(tip - 20.0, 0.0), &at(tip + 30.0, 0.0), 1.0);
        let found = of(&plan, std::slice::from_ref(&thin));
        let hit = with(&found, Planned::Stem).unwrap();
        assert!(hit.must_go() && (hit.overlap_ml * 1000.0 / (PI * 20.0) - 1.0).abs() < 0.06, "{hit:?}");
        assert!((hit.volume_ml * 1000.0 / (PI * 50.0) - 1.0).abs() < 0.06, "{hit:?}");
        assert_eq!((hit.distance_mm, hit.piece), (0.0, 1));
        // As deep as the stem is thick about its axis 20 mm above its tip.
        let section = entry.section_at(tip - 20.0).unwrap();
        assert!((hit.depth_mm - section.depth_mm.min(section.width_mm) / 2.0).abs() < 0.6, "{hit:?} {section:?}");
        assert!(found.len() == 1, "{found:?}");
        // Beside it, 1.2 mm from its surface: near, and nothing to remove.
        let level = tip - 30.0;
        let section = entry.section_at(level).unwrap();
        let beside = section.depth_mm / 2.0 + 1.2 + 1.0;
        let found = of(&plan, &[rod(&at(level, beside), &at(level + 10.0, beside + 1.0), 1.0)]);
        let hit = with(&found, Planned::Stem).unwrap();
        assert!(!hit.must_go() && (hit.distance_mm - 1.2).abs() < 0.4, "{hit:?}");
        assert!(hit.finding(side).key == "finding-hardware-near-stem");
        // Far away: nothing is said.
        assert!(of(&plan, &[rod(&at(level, 30.0), &at(level + 10.0, 30.0), 1.0)]).is_empty());
    }
}

#[test]
fn a_screw_through_the_neck_is_in_the_way_of_the_saw_and_one_in_the_head_is_not() {
    let plan = planned(&Patient::default().anatomy(), Side::Right);
    let stem = plan.stem.as_ref().unwrap();
    let cut = stem.resection;
    let through = rod(&(cut.point - cut.normal.into_inner() * 8.0), &(cut.point + cut.normal.into_inner() * 15.0), 3.0);
    let found = of(&plan, &[through]);
    let sawn = with(&found, Planned::Resection).unwrap();
    // The saw meets the rod's section over the width of its cut.
    assert!((sawn.overlap_ml * 1000.0 / (PI * 9.0 * 1.3) - 1.0).abs() < 0.1, "{sawn:?}");
    assert!((sawn.depth_mm - 8.0).abs() < 0.6, "{sawn:?}");
    // What is taken out with the head is in nobody's way.
    let in_head = rod(&(cut.point + cut.normal.into_inner() * 5.0), &(cut.point + cut.normal.into_inner() * 20.0), 3.0);
    assert!(of(&plan, &[in_head]).is_empty());
}

#[test]
fn a_plate_across_an_osteotomy_is_in_its_way_and_metal_that_is_taken_out_is_not() {
    let anatomy = Patient { version_deg: 0.0, ..Patient::default() }.anatomy();
    let mut plan = planned(&anatomy, Side::Right);
    plan.deformity.osteotomy =
        Some(Osteotomy::new(Correction::shortening(30.0, 40.0), anatomy.right.as_ref().unwrap(), None).unwrap());
    let shaft = anatomy.right.as_ref().unwrap().femur.as_ref().unwrap().shaft.point;
    // The trochanter lies at −50: cuts at −80 and −120.
    let lateral = |z: f64| Point3::new(shaft.x - 20.0, shaft.y, z);
    let found = of(&plan, &[rod(&lateral(-60.0), &lateral(-100.0), 2.0)]);
    assert!(with(&found, Planned::Osteotomy).unwrap().must_go());
    assert!(of(&plan, &[rod(&lateral(-85.0), &lateral(-115.0), 2.0)]).is_empty());
    // A cross screw 10 mm below the lower cut comes up to where the stem is.
    let across = |z: f64| rod(&Point3::new(shaft.x - 14.0, shaft.y, z), &Point3::new(shaft.x + 14.0, shaft.y, z), 2.0);
    assert!(with(&of(&plan, &[across(-130.0)]), Planned::Stem).unwrap().must_go());
    plan.deformity.osteotomy = None;
    let tip = placed(&plan, &Catalogue::shipped().unwrap()).unwrap()[&ImplantPart::Stem].bounds().unwrap().0.z;
    assert!(tip > -200.0 && of(&plan, &[across(tip - 5.0)]).is_empty());
}

#[test]
fn metal_in_the_hip_bone_is_asked_of_the_cup() {
    let plan = planned(&Patient::default().anatomy(), Side::Right);
    let bones = BTreeMap::from([(
        Label::HipRight,
        crate::support::shapes::cuboid(Point3::new(-95.0, -60.0, 0.0), Point3::new(-20.0, 60.0, 90.0)),
    )]);
    let up = |from: f64, to: f64| rod(&(plan.cup.centre + Vector3::z() * from), &(plan.cup.centre + Vector3::z() * to), 2.0);
    let ask = |metal: MetalPiece| obstacles(&plan, &Catalogue::shipped().unwrap(), &bones, &[metal]).unwrap();
    // The cup has 50 mm: 5 mm of the screw are in it.
    let found = ask(up(20.0, 50.0));
    let hit = with(&found, Planned::Cup).unwrap();
    assert!((hit.overlap_ml * 1000.0 / (PI * 4.0 * 5.0) - 1.0).abs() < 0.1 && (hit.depth_mm - 5.0).abs() < 0.7, "{hit:?}");
    let near = ask(up(26.5, 50.0));
    let near = with(&near, Planned::Cup).unwrap();
    assert!(!near.must_go() && (near.distance_mm - 1.5).abs() < 0.4, "{near:?}");
    assert!(ask(up(30.0, 50.0)).is_empty());
}

#[test]
fn metal_is_found_by_its_label_and_by_its_density_and_told_apart() {
    let grid = Grid::axis_aligned([40, 40, 40], [1.0; 3], Point3::origin());
    let mut hu = vec![40_i16; grid.len()];
    let block = |low: usize, high: usize| {
        let span = low..high;
        span.clone().flat_map(move |k| (low..high).flat_map(move |j| (low..high).map(move |i| [i, j, k])))
    };
    // Two blocks of 4³ and 3³ mm, one by label, one by density, and a grain.
    block(20, 23).for_each(|voxel| hu[grid.index(voxel)] = 3000);
    hu[grid.index([35, 35, 35])] = 3000;
    let bones = Bones {
        meshes: BTreeMap::new(),
        metal: block(4, 8).map(|voxel| grid.centre(voxel)).collect(),
        field_of_view: Some(grid.clone()),
    };
    let found = metal_pieces(&bones, Some(&Volume { grid, hu }));
    assert_eq!(found.iter().map(MetalPiece::volume_mm3).collect::<Vec<_>>(), [64.0, 27.0]);
    assert!((found[1].middle() - Point3::new(21.0, 21.0, 21.0)).norm() < 1e-9);
    assert!(metal_pieces(&bones, None).len() == 1 && metal_pieces(&Bones::default(), None).is_empty());
}

#[test]
fn a_point_in_overlapping_bodies_is_inside_them() {
    let mut both: TriMesh = crate::support::shapes::sphere(Point3::origin(), 10.0, 40);
    both.append(&crate::support::shapes::sphere(Point3::new(0.0, 0.0, 8.0), 10.0, 40));
    let index = MeshIndex::new(&both);
    for (z, inside) in [(-9.0, true), (0.0, true), (4.0, true), (17.0, true), (-10.5, false), (18.5, false)] {
        assert_eq!(index.holds(&Point3::new(0.1, 0.2, z)), inside, "{z}");
    }
}
