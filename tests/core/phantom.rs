//! A phantom is what it says it is: repeatable, anatomical, open at the joints, and its CT agrees with its truth.

use coxa::{
    anatomy::CupAngles,
    frames::Side,
    labels::{
        Label,
        synthesis::{CtSettings, DrawOptions, Phantom, ShapeModel, Truth},
    },
    volume::Grid,
};
use nalgebra::Point3;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

static MODEL: LazyLock<ShapeModel> = LazyLock::new(|| ShapeModel::load().expect("the shape model ships with the program"));
static PATIENTS: LazyLock<Vec<Phantom>> =
    LazyLock::new(|| (0..10).map(|seed| Phantom::draw(&MODEL, seed, &DrawOptions::default())).collect());

fn digest(phantom: &Phantom, seed: u64) -> String {
    let (volume, labels) = phantom.ct(&phantom.grid([5.0; 3]), &CtSettings::random(seed), seed);
    let mut hash = Sha256::new();
    volume.hu.iter().for_each(|hu| hash.update(hu.to_le_bytes()));
    hash.update(&labels.ids);
    hash.update(serde_json::to_string(&phantom.truth).unwrap());
    format!("{:?}", hash.finalize())
}

#[test]
fn the_same_seed_gives_the_same_patient_and_scan() {
    let again = || digest(&Phantom::draw(&MODEL, 3, &DrawOptions::default()), 3);
    let first = again();
    assert_eq!(first, again());
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(first, one_thread.install(again), "independent of the number of threads");
    assert_ne!(first, digest(&PATIENTS[4], 4));
}

#[test]
fn left_is_at_larger_x_and_the_patient_lies_supine() {
    for patient in PATIENTS.iter() {
        let truth = &patient.truth;
        assert!(truth.left.head.centre.x > truth.right.head.centre.x + 120.0);
        for side in Side::BOTH {
            let hip = truth.hip(side);
            let out = side.lps_sign();
            assert!((hip.greater_trochanter.x - hip.head.centre.x) * out > 20.0, "the trochanter is lateral");
            assert!(hip.acetabular_axis.x * out > 0.3 && hip.acetabular_axis.z < 0.0, "the socket opens outwards and down");
            assert!(hip.shaft.direction.z > 0.88, "{side} shaft {:?}", hip.shaft.direction);
            assert!(hip.neck_axis.direction.x * out > 0.3, "{side} neck {:?}", hip.neck_axis.direction);
            assert!(hip.medial_epicondyle.z < hip.head.centre.z - 300.0);
            assert!((hip.lateral_epicondyle.x - hip.medial_epicondyle.x) * out > 40.0);
        }
        assert!(truth.app.anterior().y < -0.95 && truth.app.superior().z > 0.95);
        assert!(truth.pelvic_tilt_deg.abs() < 12.0 && truth.obliquity_deg.abs() < 6.0);
        let sacrum = patient.meshes[&Label::Sacrum].bounds().unwrap();
        assert!(sacrum.1.y > truth.left.head.centre.y + 30.0, "the sacrum is posterior of the hips");
    }
}

#[test]
fn measures_lie_in_the_published_ranges() {
    for (seed, patient) in PATIENTS.iter().enumerate() {
        let hips: Vec<_> = Side::BOTH.iter().flat_map(|s| &patient.meshes[&Label::hip(*s)].vertices).collect();
        let across = |p: &&Point3<f64>| patient.truth.app.local_point(p).z;
        let width = hips.iter().map(across).fold(f64::MIN, f64::max) - hips.iter().map(across).fold(f64::MAX, f64::min);
        assert!((230.0..325.0).contains(&width), "{seed}: pelvic width {width:.1} mm");
        for side in Side::BOTH {
            let hip = patient.truth.hip(side);
            let (head, cup) = (hip.head.radius_mm, hip.acetabulum.radius_mm);
            assert!((19.0..27.5).contains(&head), "{seed} {side}: head radius {head:.1} mm");
            assert!((21.0..31.5).contains(&cup) && cup > head, "{seed} {side}: socket radius {cup:.1} mm");
            let angle = hip.neck_shaft_angle_deg;
            assert!((107.0..140.0).contains(&angle), "{seed} {side}: neck–shaft angle {angle:.1}°");
            assert!((20.0..65.0).contains(&hip.femoral_offset_mm), "{seed} {side}: offset {:.1} mm", hip.femoral_offset_mm);
            let length = (hip.head.centre - nalgebra::center(&hip.medial_epicondyle, &hip.lateral_epicondyle)).norm();
            assert!((330.0..500.0).contains(&length), "{seed} {side}: mechanical length {length:.0} mm");
        }
    }
}

#[test]
fn spheres_lie_on_the_bones_and_heads_in_their_sockets() {
    for patient in PATIENTS.iter() {
        for side in Side::BOTH {
            let hip = patient.truth.hip(side);
            assert!(hip.head.rms_mm <= 0.7 && hip.acetabulum.rms_mm <= 1.2, "{:?} {:?}", hip.head, hip.acetabulum);
            assert!((hip.head.centre - hip.acetabulum.centre).norm() < 1.51, "concentric");
            let femur = &patient.meshes[&Label::femur(side)];
            let nearest = femur.vertices.iter().map(|p| (p - hip.head.centre).norm()).fold(f64::MAX, f64::min);
            assert!(
                (nearest - hip.head.radius_mm).abs() < 4.5,
                "nothing but the fovea lies inside the head sphere: {nearest:.1} mm"
            );
        }
    }
}

#[test]
fn the_anterior_pelvic_plane_touches_the_pelvis() {
    for patient in PATIENTS.iter() {
        let plane = &patient.truth.app;
        let heights = Side::BOTH.iter().flat_map(|s| &patient.meshes[&Label::hip(*s)].vertices).map(|p| plane.local_point(p).x);
        let highest = heights.fold(f64::MIN, f64::max);
        // It goes through the mid-point of the two pubic points, so one side of a pubis may stand a little proud.
        assert!((0.0..4.0).contains(&highest), "a bone stands {highest:.1} mm in front of the plane");
        assert!(plane.anterior().angle(&patient.truth.landmark_plane.anterior()).to_degrees() < 9.0);
    }
}

#[test]
fn versions_and_sockets_are_those_of_people() {
    let mut versions = Vec::new();
    for patient in PATIENTS.iter() {
        for side in Side::BOTH {
            let hip = patient.truth.hip(side);
            let cup = CupAngles::of_axis(&hip.acetabular_axis, &patient.truth.app, side);
            assert!((35.0..66.0).contains(&cup.inclination_deg), "{side} socket inclination {:.1}°", cup.inclination_deg);
            assert!((5.0..32.0).contains(&cup.anteversion_deg), "{side} socket anteversion {:.1}°", cup.anteversion_deg);
            assert!((-12.0..35.0).contains(&hip.version_condylar_deg), "{side} version {:.1}°", hip.version_condylar_deg);
            versions.push(hip.version_condylar_deg);
        }
    }
    let mean = versions.iter().sum::<f64>() / versions.len() as f64;
    assert!((4.0..20.0).contains(&mean), "mean femoral version {mean:.1}°");
}

#[test]
fn a_nail_is_metal_and_lies_in_one_femur() {
    let patient = Phantom::draw(&MODEL, 5, &DrawOptions { metal: 1.0, ..DrawOptions::default() });
    let (volume, labels) = patient.ct(&patient.grid([3.0; 3]), &CtSettings::default(), 5);
    let metal: Vec<_> = (0..labels.ids.len()).filter(|&v| labels.ids[v] == Label::Metal.id()).collect();
    assert!(metal.len() > 200, "{} voxels of metal", metal.len());
    let bright = metal.iter().filter(|&&v| volume.hu[v] > 2000).count();
    assert!(bright * 10 > metal.len() * 7, "{bright} of {} are as dense as metal", metal.len());
    let across = metal.iter().map(|&v| labels.grid.centre(labels.grid.voxel(v)).x - patient.truth.app.origin.x);
    assert_eq!(across.clone().any(|x| x > 20.0), across.clone().all(|x| x > -20.0), "on one side only");
    assert!(!PATIENTS[5].meshes.contains_key(&Label::Metal), "none unless asked for");
}

#[test]
fn the_command_writes_a_folder_whole_and_refuses_a_used_one() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("patient");
    let command = |format: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_coxa"));
        command.args(["phantom", "--seed", "4", "--spacing", "4,4,5", "--format", format, "--out"]).arg(&out);
        command.output().unwrap()
    };
    let first = command("dicom");
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    // As text: every digit that `f64` has is written.
    let truth = std::fs::read_to_string(out.join("truth.json")).unwrap();
    assert!(truth == serde_json::to_string_pretty(&PATIENTS[4].truth).unwrap(), "the truth of another patient");
    assert!(serde_json::from_str::<Truth>(&truth).is_ok());
    let imported = coxa::dicom::read_ct(&out.join("dicom"), None, &coxa::progress::Silent).unwrap().volume;
    let expected = PATIENTS[4].ct(&PATIENTS[4].grid([4.0, 4.0, 5.0]), &CtSettings::default(), 4).0;
    assert_eq!(imported.hu, expected.hu);
    assert!((imported.grid.origin - expected.grid.origin).norm() < 1e-3);
    assert!(out.join("labels.nii.gz").is_file());

    let again = command("nifti");
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("is not free"));
    assert!(!out.join("ct.nii.gz").exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written is left");
}

#[test]
fn femur_and_hip_bone_share_no_voxel() {
    for patient in PATIENTS.iter().take(5) {
        for side in Side::BOTH {
            let half = nalgebra::Vector3::repeat(45.0);
            let grid = Grid::axis_aligned([91; 3], [1.0; 3], patient.truth.hip(side).head.centre - half);
            let alone = |label: Label| {
                let mut alone = patient.clone();
                alone.meshes.retain(|l, _| *l == label);
                alone.label_map(&grid).ids
            };
            let (hip, femur) = (alone(Label::hip(side)), alone(Label::femur(side)));
            assert!(femur.iter().any(|id| *id != 0) && hip.iter().any(|id| *id != 0));
            assert!(hip.iter().zip(&femur).all(|(a, b)| *a == 0 || *b == 0), "patient {} {side}", patient.truth.seed);
        }
    }
}

#[test]
fn voxels_hold_the_volume_of_the_mesh() {
    let patient = &PATIENTS[1];
    // Alone, so that neither overlap at the sacroiliac joint nor the field of view takes anything away.
    for label in [Label::Sacrum, Label::HipLeft, Label::HipRight, Label::FemurLeft, Label::FemurRight] {
        let mut alone = patient.clone();
        alone.meshes.retain(|l, _| *l == label);
        let (low, high) = alone.meshes[&label].bounds().unwrap();
        let size = [0, 1, 2].map(|a| ((high[a] - low[a]) / 1.5).ceil() as usize + 3);
        let grid = Grid::axis_aligned(size, [1.5; 3], low - nalgebra::Vector3::repeat(1.5));
        let voxels = alone.label_map(&grid).count(label) as f64 * grid.voxel_mm3();
        let mesh = alone.meshes[&label].volume_mm3();
        assert!((voxels / mesh - 1.0).abs() < 0.02, "{}: {voxels:.0} mm³ in voxels, {mesh:.0} mm³ in the mesh", label.name());
    }
}

#[test]
fn a_joint_space_is_seen_and_tissues_have_their_densities() {
    let patient = &PATIENTS[2];
    let settings = CtSettings { noise_hu: 0.0, streak_hu: 0.0, bias_hu: 0.0, ..CtSettings::default() };
    let hip = &patient.truth.left;
    let around = |half: [f64; 3]| {
        let spacing = [0.9, 0.9, 1.25];
        let size = [0, 1, 2].map(|a| (2.0 * half[a] / spacing[a]) as usize);
        Grid::axis_aligned(size, spacing, hip.head.centre - nalgebra::Vector3::from(half))
    };
    let (volume, labels) = patient.ct(&around([60.0, 60.0, 120.0]), &settings, 1);
    let grid = &volume.grid;
    let (mut gap, mut pelvis, mut canal, mut shaft) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (v, &hu) in volume.hu.iter().enumerate() {
        let p = grid.centre(grid.voxel(v));
        let label = Label::from_id(labels.ids[v]).unwrap();
        let from_head = (p - hip.head.centre).norm();
        let below = hip.lesser_trochanter.z - p.z;
        match label {
            Label::Background if from_head < hip.acetabulum.radius_mm - 0.5 && p.z > hip.head.centre.z + 8.0 => gap.push(hu),
            Label::HipLeft => pelvis.push(hu),
            Label::FemurLeft if below > 45.0 && hip.shaft.distance_mm(&p) < 4.0 => canal.push(hu),
            Label::FemurLeft if below > 45.0 => shaft.push(hu),
            _ => {}
        }
    }
    let mean = |values: &[i16]| values.iter().map(|&hu| f64::from(hu)).sum::<f64>() / values.len() as f64;
    assert!(gap.len() > 300, "{} voxels between head and roof", gap.len());
    let darkest_half = |values: &mut Vec<i16>| {
        values.sort_unstable();
        mean(&values[..values.len() / 2])
    };
    let space = darkest_half(&mut gap);
    assert!((20.0..420.0).contains(&space), "joint space {space:.0} HU");
    assert!((120.0..420.0).contains(&mean(&pelvis)), "hip bone {:.0} HU", mean(&pelvis));
    assert!((-90.0..60.0).contains(&mean(&canal)), "marrow {:.0} HU", mean(&canal));
    let compact = *shaft.iter().max().unwrap();
    assert!((1000..1700).contains(&compact), "compact bone {compact} HU");
}
