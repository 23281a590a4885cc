//! The first plan on a CT of real bone shapes: the cup in its socket, the stem inside the femur.

use crate::support::shared;
use coxa::{
    anatomy::{Bones, measure},
    dicom::read_ct,
    frames::Side,
    implants::Catalogue,
    labels::{Label, LabelMap},
    plan::{ImplantPart, PlanSettings, first_plan, placed},
    progress::Silent,
    surface::{MeshIndex, SurfaceSettings, is_inside},
    volume::nifti,
};

/// One of the four developer subjects, because a test has seconds: `coxa plan` runs on all of them elsewhere.
const SUBJECT: &str = "z023";

#[test]
fn cup_and_stem_lie_in_the_bones_of_a_scan() {
    let Some(folder) = shared("data/vsd_ct") else { return };
    let catalogue = Catalogue::shipped().unwrap();
    let ct = read_ct(&folder.join(SUBJECT).join("dicom"), None, &Silent).unwrap().volume;
    let (grid, ids) = nifti::read_labels(&folder.join(SUBJECT).join("labels.nii.gz")).unwrap();
    let bones = Bones::from_labels(&LabelMap::certain(grid, ids), &SurfaceSettings::default()).unwrap();
    let anatomy = measure(&bones, Some(&ct), &Silent).unwrap();
    for side in Side::BOTH {
        let plan = first_plan(&anatomy, &catalogue, side, &bones.meshes, &PlanSettings::default()).unwrap();
        let keys: Vec<&str> = plan.findings.iter().map(|finding| finding.key.as_str()).collect();
        let (length, offset) = (plan.leg_length_change_mm.unwrap(), plan.offset_change_mm.unwrap());
        let coverage = plan.cup.bone_coverage.unwrap();
        eprintln!(
            "{SUBJECT} {side}: {} {:?} leg {length:+.1} mm, offset {offset:+.1} mm, coverage {coverage:.2}, {keys:?}",
            plan.cup.cup, plan.stem
        );
        assert!(length.abs() < 3.0 && offset.abs() < 3.0);
        assert!((0.7..1.0).contains(&coverage), "a native socket covers a cup that is set into it");
        assert!(!keys.contains(&"finding-cup-wall") && !keys.contains(&"finding-head-anteroposterior"));

        let parts = placed(&plan, &catalogue).unwrap();
        let stem = plan.stem.as_ref().unwrap();
        assert!(!stem.estimated);
        let femur = &bones.meshes[&Label::femur(side)];
        let lowest = femur.bounds().unwrap().0.z;
        // Below the lesser trochanter and above the end of the scan the stem's surface lies inside the bone, with cortex around it.
        let origin = stem.pose.translation.vector.z;
        let surface = &parts[&ImplantPart::Stem];
        let along = (0..surface.triangles.len()).step_by(5).flat_map(|t| {
            let [a, b, c] = surface.corners(t);
            [0.0, 0.25, 0.5, 0.75].map(|part| nalgebra::center(&a, &b) + (c - nalgebra::center(&a, &b)) * part)
        });
        let index = MeshIndex::new(femur);
        let mut count = 0;
        for point in along.filter(|p| p.z < origin - 30.0 && p.z > lowest + 5.0) {
            assert!(is_inside(femur, &point) && index.distance_mm(&point) > 2.0, "{side}: {point}");
            count += 1;
        }
        assert!(count > 100, "{count}");
        // The pelvic side of the hip bone is not reached by the cup: no vertex of its dome near the pole is outside on that side.
        let hip = &bones.meshes[&Label::hip(side)];
        let medial = anatomy.pelvis.app.right().into_inner() * if side == Side::Right { -1.0 } else { 1.0 };
        let pole = parts[&ImplantPart::Cup].vertices.iter().filter(|p| (*p - plan.cup.centre).normalize().dot(&medial) > 0.9);
        let radius = plan.chosen(&catalogue).unwrap().cup.outer_diameter_mm / 2.0;
        let wall = MeshIndex::new(hip);
        let thin = pole
            .filter(|p| ((*p - plan.cup.centre).norm() - radius).abs() < 1e-6)
            .filter(|p| wall.ray(p, &medial).is_none_or(|hit| hit.distance > 40.0))
            .count();
        assert_eq!(thin, 0, "{side}: behind every part of the dome there is bone");
    }
}
