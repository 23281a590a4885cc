//! The library: families in files of their own, what goes together, what is refused and how that is told.

use coxa::implants::{Catalogue, CatalogueError, Fixation, Incompatible, OffsetOption, PartKind, check};
use std::{fs, path::PathBuf};

/// A copy of the shipped library in which one file was changed.
fn spoilt(file: &str, from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let shipped = coxa::files::shipped("models/implants").unwrap();
    for entry in fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let text = if name == file {
            assert!(text.contains(from), "'{from}' is not in {file}");
            text.replacen(from, to, 1)
        } else {
            text
        };
        fs::write(folder.path().join(name), text).unwrap();
    }
    let library = folder.path().join("library.ron");
    (folder, library)
}

fn told(file: &str, from: &str, to: &str) -> String {
    let (_folder, library) = spoilt(file, from, to);
    match Catalogue::load(&library) {
        Ok(_) => panic!("{file}: '{to}' was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_families_of_the_issue_are_there() {
    let catalogue = Catalogue::shipped().unwrap();
    assert_eq!(check(&catalogue), Vec::<String>::new());
    assert_eq!(catalogue.format_version, Catalogue::FORMAT_VERSION);
    let kinds = |kind| catalogue.families.iter().filter(|family| family.kind == kind).count();
    let found = [PartKind::Cup, PartKind::Liner, PartKind::Head, PartKind::Stem, PartKind::Augment].map(kinds);
    assert_eq!(found, [4, 8, 2, 10, 1]);
    assert!(catalogue.families.iter().all(|family| family.frame.contains("rigin") && !family.name.is_empty()));
    // Heads: five diameters by five offsets; the long small ones have a skirt.
    for diameter in [22.225, 28.0, 32.0, 36.0, 40.0] {
        let mut offsets: Vec<f64> = catalogue.all_heads().filter(|h| h.diameter_mm == diameter).map(|h| h.offset_mm).collect();
        offsets.sort_by(f64::total_cmp);
        assert_eq!(offsets, [-3.5, 0.0, 3.5, 7.0, 10.5], "{diameter}");
    }
    assert!(catalogue.all_heads().all(|head| head.skirt.is_some() == (head.family == "head-skirted")));
    // Every size of every stem has three necks; where there is a collar, with and without.
    for family in catalogue.families.iter().filter(|family| family.kind == PartKind::Stem) {
        for option in OffsetOption::ALL {
            let sizes: Vec<u32> = catalogue
                .all_stems()
                .filter(|s| s.family == family.id && s.offset_option == option && s.neck_version_deg == 0.0)
                .map(|s| s.size)
                .collect();
            assert!(sizes.len() >= 7 && sizes.windows(2).all(|pair| pair[1] == pair[0] + 1), "{} {option:?}", family.id);
        }
        let collared = catalogue.all_stems().filter(|s| s.family == family.id).all(|s| s.collar.is_some());
        assert_eq!(collared, family.id.ends_with("-collar"), "{}", family.id);
    }
    let mut turns: Vec<f64> = catalogue
        .all_stems()
        .filter(|s| s.family == "stem-modular" && s.size == 1 && s.offset_option == OffsetOption::Standard)
        .map(|s| s.neck_version_deg)
        .collect();
    turns.sort_by(f64::total_cmp);
    assert_eq!(turns, [-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0]);
    assert!(catalogue.all_cups().filter(|cup| cup.family == "cup-cemented").all(|cup| cup.fixation == Fixation::Cemented));
    assert!(catalogue.cup("cup-hemi-52").unwrap().screw_holes.len() == 3);
}

#[test]
fn the_usual_stem_is_the_one_of_the_library_before() {
    let path = coxa::files::shipped("models/implants/generic.ron").unwrap();
    let (before, now) = (Catalogue::load(&path).unwrap(), Catalogue::shipped().unwrap());
    assert_eq!((before.format_version, before.stems.len(), before.families.len()), (1, 24, 0));
    for old in &before.stems {
        let new = now.stem(&old.id).unwrap();
        let lengths = |a: f64, b: f64| (a - b).abs() < 2e-3;
        assert!(lengths(old.neck_length_mm, new.neck_length_mm) && lengths(old.resection_mm, new.resection_mm), "{}", old.id);
        assert_eq!(
            (old.size, old.offset_option, old.neck_shaft_angle_deg),
            (new.size, new.offset_option, new.neck_shaft_angle_deg)
        );
        for (a, b) in old.sections.iter().zip(&new.sections) {
            assert!(lengths(a.distal_mm, b.distal_mm) && lengths(a.medial_shift_mm, b.medial_shift_mm), "{}", old.id);
            assert_eq!((a.width_mm, a.depth_mm), (b.width_mm, b.depth_mm));
        }
    }
    // Plans that were made with it find it by its hash; one that nobody knows gets the present library, which it then refuses.
    assert_eq!(Catalogue::known_as(&before.sha256).unwrap(), before);
    assert_eq!(Catalogue::known_as("0".repeat(64).as_str()).unwrap().sha256, now.sha256);
}

#[test]
fn parts_go_together_by_the_rules() {
    let catalogue = Catalogue::shipped().unwrap();
    let (cup, liner) = (|id: &str| catalogue.cup(id).unwrap(), |id: &str| catalogue.liner(id).unwrap());
    let refused = |c: &str, l: &str| catalogue.liner_refused(cup(c), liner(l));
    assert_eq!(refused("cup-hemi-52", "liner-lip-20-46-32"), None);
    assert!(matches!(refused("cup-hemi-54", "liner-neutral-46-36"), Some(Incompatible::Seat { .. })));
    assert!(matches!(refused("cup-hemi-52", "ball-dual-mobility-46-28"), Some(Incompatible::Families { .. })));
    assert!(matches!(refused("cup-cemented-52", "liner-neutral-46-36"), Some(Incompatible::Families { .. })));
    let (head, stem) = (catalogue.head("head-36+0").unwrap(), catalogue.stem("stem-short-3-std").unwrap());
    assert_eq!(cup("cup-hemi-52").head_refused(None, head), None);
    assert!(cup("cup-hemi-52").head_refused(Some(liner("liner-neutral-46-32")), head).is_some());
    assert_eq!(stem.head_refused(head), None);
    let mut other = head.clone();
    other.taper = "14/16".into();
    assert!(stem.head_refused(&other).unwrap().to_string().contains("14/16"));
    // The usual liner of each usual cup takes its usual head; every cup of a family with liners has one in the library.
    for cup in &catalogue.cups {
        let usual = catalogue.usual_liner(cup).unwrap();
        assert_eq!((usual.head_diameter_mm, usual.family.as_str()), (cup.head_diameter_mm, "liner-neutral"), "{}", cup.id);
        assert!((usual.polyethylene_mm() - cup.polyethylene_mm()).abs() < 1e-9);
    }
    for liner in catalogue.all_liners() {
        assert!(liner.polyethylene_mm() >= 5.0 - 1e-9, "{}", liner.id);
        assert!(catalogue.all_cups().any(|cup| catalogue.liner_refused(cup, liner).is_none()), "no cup takes {}", liner.id);
    }
    assert_eq!(catalogue.augments_for(cup("cup-revision-60")).count(), 3);
    assert_eq!(catalogue.augments_for(cup("cup-hemi-60")).count(), 0);
}

#[test]
fn other_families_are_put_in_use_with_what_belongs_to_them() {
    let catalogue = Catalogue::shipped().unwrap();
    let choose = |families: &[&str]| {
        let families: Vec<String> = families.iter().map(|id| (*id).to_owned()).collect();
        catalogue.choosing(&families).unwrap().into_owned()
    };
    let used = |catalogue: &Catalogue| {
        let mut families: Vec<String> = catalogue.cups.iter().map(|p| p.family.clone()).collect();
        families.extend(catalogue.liners.iter().map(|p| p.family.clone()));
        families.extend(catalogue.heads.iter().map(|p| p.family.clone()));
        families.extend(catalogue.stems.iter().map(|p| p.family.clone()));
        families.dedup();
        families
    };
    assert_eq!(used(&catalogue), ["cup-hemi", "liner-neutral", "head", "stem-taper"]);
    assert_eq!(
        used(&choose(&["stem-short", "stem-fit-fill"])),
        ["cup-hemi", "liner-neutral", "head", "stem-short", "stem-fit-fill"]
    );
    assert_eq!(used(&choose(&["cup-dual-mobility"])), ["cup-dual-mobility", "ball-dual-mobility", "head", "stem-taper"]);
    assert_eq!(used(&choose(&["cup-cemented"])), ["cup-cemented", "head", "stem-taper"]);
    assert_eq!(used(&choose(&["cup-revision"])), ["cup-revision", "liner-neutral", "head", "stem-taper"]);
    assert_eq!(
        used(&choose(&["liner-lip-20", "head", "head-skirted"])),
        ["cup-hemi", "liner-lip-20", "head", "head-skirted", "stem-taper"]
    );
    // Nothing is lost or doubled.
    for families in [vec!["cup-cemented"], vec!["stem-modular", "head-skirted"], vec![]] {
        let chosen = choose(&families);
        let sorted = |catalogue: &Catalogue| {
            let mut ids: Vec<String> = catalogue.ids().map(str::to_owned).collect();
            ids.sort();
            ids
        };
        assert_eq!(sorted(&chosen), sorted(&catalogue));
        assert_eq!(check(&chosen), Vec::<String>::new());
    }
    let unknown = catalogue.choosing(&["cup-gold".into()]).unwrap_err().to_string();
    assert!(unknown.contains("cup-gold") && unknown.contains("cup-dual-mobility"), "{unknown}");
}

#[test]
fn a_library_that_is_wrong_says_where_and_why() {
    for (file, from, to, expected) in [
        (
            "cup-hemi.ron",
            "outer_diameter_mm: 54.0",
            "outer_diameter_mm: 55.0",
            "the family 'cup-hemi' goes in steps of 2 mm, but has no size 54",
        ),
        ("stem-short.ron", "size: 4,", "size: 14,", "is not larger than 'stem-short-14"),
        ("stem-polished.ron", "size: 7,", "size: 8,", "the family 'stem-polished' has no size 7 between 'stem-polished-6"),
        ("cup-hemi.ron", "outer_diameter_mm: 40.0", "outer_diameter_mm: 4.0", "cups have 36 to 80 mm"),
        ("cup-hemi.ron", "unit: \"mm\"", "unit: \"inch\"", "cup-hemi.ron cannot be used: its unit is 'inch'"),
        (
            "head.ron",
            "family: \"head\"",
            "family: \"stem-taper\"",
            "the id 'stem-taper' is used twice, in head.ron and in stem-taper.ron",
        ),
        ("head.ron", "taper: \"12/14\"", "taper: \"12/14\", colour: \"blue\"", "head.ron is not well formed at line"),
        ("head.ron", "[-3.5, 0.0, 3.5]", "[-3.5, 0.0, 9.0]", "'head-22.225+9' has an offset of 9 mm"),
        (
            "stem-short.ron",
            "taper: \"12/14\"",
            "taper: \"14/16\"",
            "'stem-short-1-std' has a taper 14/16, but no head takes that taper",
        ),
        ("head-skirted.ron", "skirt_length_mm: 8.0", "skirt_length_mm: 1.0", "has a skirt that ends 8 mm from its centre"),
        ("liner-lip-20.ron", "angle_deg: 20.0", "angle_deg: 200.0", "has lip.angle_deg 200, it must lie between 1 and 30"),
        ("liner-neutral.ron", "[22.225, 28.0]", "[22.225, 30.0]", "'liner-neutral-38-30' has 4.00 mm of polyethylene"),
        ("cup-cemented.ron", "mantle_mm: 3.0", "mantle_mm: 0.5", "has a mantle of 0.5 mm of cement, at least 2 mm"),
        (
            "stem-taper.ron",
            "heads: [(36.0, 0.0), (41.0, 0.0), (45.0, -8.0)]",
            "heads: [(36.0, 0.0)]",
            "size 1 of the family 'stem-taper' states 1 heads",
        ),
        (
            "library.ron",
            "take: [\"augment-segment\"]",
            "take: [\"augment-gold\"]",
            "names the family 'augment-gold', which is in none of the files",
        ),
        ("library.ron", "\"stem-taper\"]", "\"stem-gold\"]", "`in_use` names the family 'stem-gold'"),
        ("library.ron", "format_version: 2", "format_version: 9", "has format version 9"),
        ("library.ron", "\"head.ron\"", "\"heads.ron\"", "heads.ron cannot be read"),
    ] {
        let told = told(file, from, to);
        assert!(told.contains(expected), "{file}, {to}: expected '{expected}' in '{told}'");
    }
}

#[test]
fn what_is_no_ron_is_refused_by_its_kind_and_not_looked_into() {
    let folder = tempfile::tempdir().unwrap();
    let load = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        Catalogue::load(&path).unwrap_err()
    };
    // An entity that would fill the memory were it expanded.
    let laughs =
        b"<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><lolz>&lol2;</lolz>";
    for (name, bytes, kind) in [
        ("cups.ron", laughs.as_slice(), "XML"),
        ("cups.ron", b"\xef\xbb\xbf  <!doctype html>", "XML with a DOCTYPE"),
        ("cups.ron", b"PK\x03\x04rest", "3MF or another zip"),
        ("cups.3mf", b"(format_version: 2)", "3MF or another zip"),
        ("cups.xml", b"(format_version: 2)", "XML"),
        ("cups.stl", b"solid cup", "an STL surface"),
    ] {
        let error = load(name, bytes);
        assert!(matches!(error, CatalogueError::Foreign { .. }), "{error}");
        assert!(error.to_string().contains(kind) && error.to_string().contains(name), "{error}");
    }
    assert!(load("cups.ron", b"\xff\xfe(\0f\0").to_string().contains("not text in UTF-8"));
}

#[test]
fn a_hospital_adds_a_family_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let ours = fs::read_to_string(coxa::files::shipped("models/implants/stem-short.ron").unwrap()).unwrap();
    let ours = ours.replace("stem-short", "stem-ours").replace("Short stem", "Our stem");
    fs::write(folder.path().join("stem-ours.ron"), &ours).unwrap();
    // The family by itself joins the shipped library and is planned with.
    let alone = Catalogue::load(&folder.path().join("stem-ours.ron")).unwrap();
    let shipped = Catalogue::shipped().unwrap();
    assert_eq!(alone.name, "Generic + Our stem");
    assert!(alone.stems.iter().all(|stem| stem.family.starts_with("stem-ours")) && alone.stem("stem-taper-5-std").is_some());
    assert_ne!(alone.sha256, shipped.sha256);
    // As a library with the shipped one beside it.
    let library = "(format_version: 2, name: \"Ours\", version: \"1\", with_shipped: true, files: [\"stem-ours.ron\"], in_use: [\"stem-ours\"])";
    let path = folder.path().join("ours.ron");
    fs::write(&path, library).unwrap();
    let catalogue = Catalogue::load(&path).unwrap();
    assert_eq!(catalogue.title(), "Ours 1");
    assert!(catalogue.stems.iter().all(|stem| stem.family == "stem-ours") && catalogue.cups == shipped.cups);
    assert!(catalogue.stem("stem-ours-collar-3-high").is_some());
    // Any change of any file is another library.
    fs::write(folder.path().join("stem-ours.ron"), ours.replacen("size: 9,", "size: 9 ,", 1)).unwrap();
    assert_ne!(Catalogue::load(&path).unwrap().sha256, catalogue.sha256);
    fs::write(folder.path().join("stem-ours.ron"), ours.replace("stem-ours", "stem-taper")).unwrap();
    let twice = Catalogue::load(&path).unwrap_err().to_string();
    assert!(twice.contains("'stem-taper' is used twice, in the library that ships with Coxa and in stem-ours.ron"), "{twice}");
}
