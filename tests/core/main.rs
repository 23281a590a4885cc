//! The core, tested without a window. One module a promise to the user.

#[cfg(feature = "neural")]
mod accuracy;
mod acetabulum;
mod activities;
mod anatomy;
mod architecture;
mod assessment;
mod augment;
mod auto_plan;
mod bad_input;
#[cfg(feature = "neural")]
mod bad_scan;
mod blocked_holes;
mod bone_room;
mod by_hand;
mod canal;
mod case_kill;
mod case_lock;
mod changed_plan;
mod chinese;
mod crowe;
mod deformity;
mod dicom_out;
mod dislocation;
mod dome;
#[cfg(feature = "neural")]
mod doubt;
mod edit;
mod edited_case;
mod edited_deformity;
mod evaluate;
mod export;
mod hardware;
mod hip_scene;
mod impingement;
mod implant_bearings;
mod implant_families;
mod implant_library;
mod implant_shapes;
mod implant_surfaces;
mod implants;
mod import;
mod journal;
mod landmarks;
mod measure;
mod mesh_files;
mod missing_bones;
mod motion;
mod moved;
mod native_hips;
mod neck_range;
#[cfg(feature = "neural")]
mod network;
#[cfg(unix)]
mod no_room;
mod older_plan;
mod osteotomy;
mod phantom;
mod plan;
mod plan_edit;
mod plan_history;
mod plan_on_scans;
#[cfg(feature = "neural")]
mod planned_twice;
mod postures;
mod presets;
mod rehearsal;
mod resection;
mod road;
mod rom_surface;
mod rom_vectors;
#[cfg(feature = "neural")]
mod segment;
#[cfg(feature = "neural")]
mod segment_folder;
mod signed_distance;
mod slices;
mod storage;
mod support;
mod surface;
mod target_zone;
mod template;
mod template_on_films;
mod tibia;
mod uncertainty;
mod xray;
#[cfg(feature = "card")]
mod xray_on_card;
mod zone_hold;
mod zone_on_bones;
#[cfg(feature = "card")]
mod zone_on_card;
