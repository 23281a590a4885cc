//! Templates on plain films: closed forms on drawn pictures, files that are refused, and what must stand on every overlay.

use crate::support::dicom::{CANARY, set, set_number};
use coxa::{
    dicom::Stated,
    frames::Side,
    i18n::{Language, Texts},
    implants::Catalogue,
    template::{
        Ball, Calibration, Figures, FilmLandmarks, FilmPlane, Planned, Radiograph, Seating, SideLandmarks, Spread, Template,
        TemplateError, TemplateRequest, Wanted, example, find_ball, fit_circle, lines, make, overlay, with_spread,
    },
};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{DefaultDicomObject, FileMetaTableBuilder, InMemDicomObject};
use nalgebra::Point2;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const SIZE: usize = 400;

/// A square picture of a value a place.
fn film(value: impl Fn(f64, f64) -> f64) -> Radiograph {
    let values = (0..SIZE * SIZE).map(|at| value((at % SIZE) as f64, (at / SIZE) as f64) as f32).collect();
    Radiograph { columns: SIZE, rows: SIZE, values, window: [0.0, 255.0], stated: None, sha256: String::new() }
}

fn even() -> Radiograph {
    film(|_, _| 100.0)
}

fn dicom_film(stated: Stated) -> Radiograph {
    Radiograph { stated: Some(stated), ..even() }
}

/// The shade of a sphere, mean over the pixel and as soft as `blur` pixels (standard deviation); 1 in the middle, with `strength` along its
/// diameter: a small one in proportion to the chord, a large one white all over.
fn ball(centre: [f64; 2], radius: f64, strength: f64, blur: f64) -> impl Fn(f64, f64) -> f64 {
    move |x, y| {
        let of = |x: f64, y: f64| {
            let chord = (1.0 - ((x - centre[0]).powi(2) + (y - centre[1]).powi(2)) / (radius * radius)).max(0.0).sqrt();
            1.0 - (-strength * chord).exp()
        };
        if (x - centre[0]).hypot(y - centre[1]) > radius + 5.0 * blur + 1.0 {
            return 0.0;
        }
        let (mut sum, mut weight) = (0.0, 0.0);
        let reach = 0.5 + 3.0 * blur;
        for j in 0..24 {
            for i in 0..24 {
                let [dx, dy] = [i, j].map(|number: i32| ((f64::from(number) + 0.5) / 12.0 - 1.0) * reach);
                let soft = |d: f64| if blur > 0.0 { (-(d / blur).powi(2) / 2.0).exp() } else { 1.0 };
                sum += of(x + dx, y + dy) * soft(dx) * soft(dy);
                weight += soft(dx) * soft(dy);
            }
        }
        sum / weight / (1.0 - (-strength).exp())
    }
}

#[test]
fn the_shade_of_a_ball_is_measured_to_a_fraction_of_a_pixel() {
    for (centre, radius, strength, blur) in [
        ([200.3, 180.7], 33.4, 3.0, 0.0),
        ([90.5, 300.0], 21.15, 0.2, 0.0),
        ([310.0, 90.2], 45.0, 20.0, 0.0),
        ([150.8, 250.1], 28.0, 1.0, 0.8),
        ([120.2, 140.9], 36.6, 8.0, 1.0),
    ] {
        let shade = ball(centre, radius, strength, blur);
        // A slope behind it, a bright bar that crosses its edge, and grain.
        let grain = |x: f64, y: f64| ((x * 12.9898 + y * 78.233).sin() * 43_758.545).fract() * 2.0;
        let bar = |x: f64| if (x - centre[0] - 0.9 * radius).abs() < 3.0 { 8.0 } else { 0.0 };
        let seen = film(|x, y| 60.0 + 0.05 * x - 0.03 * y + bar(x) + grain(x, y) + 110.0 * shade(x, y));
        let found = find_ball(&seen, 25.0).unwrap();
        let off = (found.centre[0] - centre[0]).hypot(found.centre[1] - centre[1]);
        let wide = found.diameter - 2.0 * radius;
        eprintln!("{radius} {strength} {blur}: centre {off:.3} px, diameter {wide:+.3} ± {:.3} px", found.diameter_sd);
        assert!(off < 0.2, "{centre:?}: {off} pixels off");
        assert!(wide.abs() < 0.2 && (wide / (2.0 * radius)).abs() < 0.003, "{radius}: {}", found.diameter);
    }
}

#[test]
fn no_ball_and_two_balls_are_said() {
    let ring = film(|x, y| if ((x - 200.0).hypot(y - 200.0) - 30.0).abs() < 2.0 { 200.0 } else { 50.0 });
    let dark = film(|x, y| 200.0 - 150.0 * ball([200.0, 200.0], 30.0, 3.0, 0.0)(x, y));
    // The half of a disc, as a head that goes over into its neck.
    let half = film(|x, y| if x < 200.0 { 60.0 + 110.0 * ball([200.0, 200.0], 30.0, 3.0, 0.0)(x, y) } else { 60.0 });
    for (name, seen) in [("even", even()), ("ring", ring), ("dark", dark), ("half", half)] {
        assert!(matches!(find_ball(&seen, 25.0), Err(TemplateError::NoMarker)), "{name}: {:?}", find_ball(&seen, 25.0));
    }
    let [one, other] = [[100.0, 100.0], [300.0, 290.0]].map(|centre| ball(centre, 30.0, 3.0, 0.0));
    let two = film(|x, y| 60.0 + 110.0 * (one(x, y) + other(x, y)));
    let said = find_ball(&two, 25.0).unwrap_err().to_string();
    assert!(said.contains("2 discs") && said.contains("--marker") && said.contains("100.0,100.0,60.0"), "{said}");
    for (centre, diameter) in [([390.0, 200.0], 60.0), ([-5.0, 200.0], 3.0), ([200.0, 200.0], 0.0), ([200.0, f64::NAN], 50.0)] {
        let refused = Ball::by_hand(&even(), centre, diameter);
        assert!(matches!(refused, Err(TemplateError::MarkerOutside { .. })), "{centre:?} {diameter}");
    }
}

#[test]
fn a_circle_goes_through_its_points_and_a_line_is_none() {
    let at = |angle: f64| [100.0 + 31.0 * angle.cos(), 250.0 + 31.0 * angle.sin()];
    let found = fit_circle(&[0.1, 1.0, 2.2, 4.0].map(at)).unwrap();
    assert!((found.centre[0] - 100.0).hypot(found.centre[1] - 250.0) < 1e-9 && (found.radius - 31.0).abs() < 1e-9);
    assert!(fit_circle(&[at(0.1), at(2.0)]).is_none());
    assert!(fit_circle(&[[0.0, 0.0], [10.0, 10.0], [20.0, 20.0]]).is_none());
    assert!(fit_circle(&[[5.0, 5.0]; 4]).is_none());
}

/// A drawn pelvis in pixels of half a millimetre, of which the right leg is `shorter_px` shorter; square in the picture.
fn drawn(shorter_px: f64) -> FilmLandmarks {
    let hip = |sign: f64, up: f64| {
        let at = |x: f64, y: f64| [200.0 + sign * x, y - up];
        let around = |x: f64, y: f64, r: f64| [0.4, 1.9, 3.3, 5.0].map(|a: f64| at(x + r * a.cos(), y + r * a.sin())).to_vec();
        SideLandmarks {
            teardrop: Some([200.0 + sign * 50.0, 180.0]),
            ischium: Some([200.0 + sign * 60.0, 230.0]),
            lesser_trochanter: Some(at(110.0, 250.0)),
            greater_trochanter: Some(at(190.0, 158.0)),
            head: around(100.0, 160.0, 46.0),
            shaft: vec![at(180.0, 280.0), at(180.0, 380.0)],
            ..SideLandmarks::default()
        }
    };
    FilmLandmarks { format_version: 1, right: hip(-1.0, shorter_px), left: hip(1.0, 0.0) }
}

fn turned(landmarks: &FilmLandmarks, degrees: f64) -> FilmLandmarks {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let turn = |[x, y]: [f64; 2]| [200.0 + cos * (x - 200.0) - sin * (y - 200.0), 200.0 + sin * (x - 200.0) + cos * (y - 200.0)];
    let hip = |hip: &SideLandmarks| SideLandmarks {
        teardrop: hip.teardrop.map(turn),
        ischium: hip.ischium.map(turn),
        lesser_trochanter: hip.lesser_trochanter.map(turn),
        greater_trochanter: hip.greater_trochanter.map(turn),
        cup_centre: hip.cup_centre.map(turn),
        head: hip.head.iter().copied().map(turn).collect(),
        socket: hip.socket.iter().copied().map(turn).collect(),
        shaft: hip.shaft.iter().copied().map(turn).collect(),
        canal: hip.canal.iter().map(|pair| pair.map(turn)).collect(),
    };
    FilmLandmarks { format_version: 1, right: hip(&landmarks.right), left: hip(&landmarks.left) }
}

#[test]
fn lengths_are_those_drawn_however_the_film_is_turned() {
    let drawn = drawn(16.0);
    for degrees in [0.0, 4.0, -7.0] {
        let clicks = turned(&drawn, degrees);
        for (side, sign) in [(Side::Right, 1.0), (Side::Left, -1.0)] {
            let found = Figures::of(&FilmPlane::new(&clicks, side, 0.5).unwrap());
            for (key, of, expected) in [
                ("leg-length-teardrop", None, -8.0 * sign),
                ("leg-length-ischial", None, -8.0 * sign),
                ("femoral-offset", Some(Side::Right), 40.0),
                ("femoral-offset", Some(Side::Left), 40.0),
                ("acetabular-offset", Some(Side::Right), 25.0),
                ("global-offset", Some(Side::Left), 65.0),
                ("global-offset-difference", None, 0.0),
                ("head-diameter", Some(Side::Right), 46.0),
                ("trochanter-height", Some(Side::Left), 1.0),
            ] {
                let value = found.get(key, of).unwrap();
                assert!((value - expected).abs() < 1e-6, "{degrees}° {side} {key}: {value} instead of {expected}");
            }
        }
    }
}

#[test]
fn a_plan_changes_leg_and_offset_as_the_closed_form_says() {
    let clicks = turned(&drawn(16.0), 3.0);
    for side in Side::BOTH {
        let plane = FilmPlane::new(&clicks, side, 0.5).unwrap();
        let native = Point2::from(plane.head(side).unwrap().centre);
        let lateral = plane.lateral(side);
        // The shaft stands square to the pelvis here: a cup 3 mm higher and 5 mm medial, a head 4 mm higher and 6 mm further from the shaft.
        let cup = native + plane.superior * 3.0 - lateral * 5.0;
        let head = native + plane.superior * 4.0 - lateral * 6.0;
        let planned = Planned::of(&plane, &cup, &head).unwrap();
        assert!((planned.leg_length_mm - 1.0).abs() < 1e-9 && (planned.offset_mm - 1.0).abs() < 1e-9, "{side}: {planned:?}");
    }
}

#[test]
fn spreads_are_those_of_clicks_and_calibration() {
    let clicks = drawn(16.0);
    let values = |landmarks: &FilmLandmarks, mm: f64| {
        let found = Figures::of(&FilmPlane::new(landmarks, Side::Right, mm).ok()?);
        Some(vec![found.get("leg-length-teardrop", None)?, found.get("acetabular-offset", Some(Side::Right))?])
    };
    let only = |click_px, calibration| with_spread(&clicks, 0.5, Spread { click_px, calibration }, values).unwrap();
    // The calibration alone: in proportion.
    let [[leg, leg_sd], [offset, offset_sd]] = only(0.0, 0.03)[..] else { panic!() };
    assert!((leg_sd - 0.03 * leg.abs()).abs() < 1e-9 && (offset_sd - 0.03 * offset).abs() < 1e-9);
    // Clicks of 1 mm: both trochanters along the legs, and the line that turns about both teardrops, 50 mm apart, with trochanters 110 mm apart:
    // the same shift of a teardrop moves the difference by 110 / 50.
    let [[_, leg_sd], _] = only(2.0, 0.0)[..] else { panic!() };
    let expected = (2.0_f64 + 2.0 * (110.0_f64 / 50.0).powi(2)).sqrt();
    assert!((leg_sd / expected - 1.0).abs() < 0.05, "{leg_sd} instead of {expected}");
}

fn request<'a>(
    film: &'a Radiograph,
    landmarks: &'a FilmLandmarks,
    catalogue: &'a Catalogue,
    wanted: &'a Wanted,
) -> TemplateRequest<'a> {
    TemplateRequest {
        film,
        landmarks,
        side: Side::Right,
        mirrored: false,
        calibration: Calibration::by_pixel(film, 0.5).unwrap(),
        catalogue,
        wanted,
        inclination_deg: 40.0,
        click_sd_mm: 1.0,
    }
}

fn figure(template: &Template<'_>, key: &str) -> [f64; 2] {
    template.figures.iter().find(|(figure, _)| figure.key == key).map(|(figure, sd)| [figure.value, *sd]).unwrap()
}

#[test]
fn the_named_stem_makes_legs_equal_and_the_canal_chooses_size_and_depth() {
    let (film, catalogue) = (even(), Catalogue::shipped().unwrap());
    let mut clicks = drawn(16.0);
    let free = Wanted::default();
    let refused = make(request(&film, &clicks, &catalogue, &free)).unwrap_err();
    assert!(matches!(refused, TemplateError::NoStem), "{refused}");
    let stem = catalogue.stems[4].clone();
    let wanted = Wanted { stem: Some(stem.id.clone()), ..Wanted::default() };
    let template = make(request(&film, &clicks, &catalogue, &wanted)).unwrap();
    assert_eq!(template.choice.seating, Seating::LegLength);
    assert!(
        figure(&template, "leg-length-after")[0].abs() < 1e-9 && (figure(&template, "leg-length-change")[0] - 8.0).abs() < 1e-9
    );
    // Without a socket the cup is that of the head: 46 + 4 mm.
    assert_eq!(
        (template.choice.cup.outer_diameter_mm, template.choice.cup_for_mm.map(|(_, socket)| socket)),
        (50.0, Some(false))
    );
    let off: Vec<f64> = template.choice.options.iter().map(|option| option.off_mm()).collect();
    assert!(off.len() >= 8 && off.is_sorted(), "{off:?}");
    // The cut that follows, typed in, gives the same plan.
    let height = template.choice.resection_mm.unwrap();
    let typed = Wanted { resection_mm: Some(height), ..wanted.clone() };
    let again = make(request(&film, &clicks, &catalogue, &typed)).unwrap();
    assert_eq!(again.choice.seating, Seating::Resection);
    assert!((again.choice.level_mm - template.choice.level_mm).abs() < 1e-9);

    // A canal that this very stem fills but for the clearance, at the depth where it makes legs equal.
    let level = template.choice.level_mm;
    let plane = FilmPlane::new(&clicks, Side::Right, 0.5).unwrap();
    let (head, shaft) = (Point2::from(plane.head(Side::Right).unwrap().centre), plane.shaft(Side::Right).unwrap());
    let beside = shaft.point + shaft.up * (head - shaft.point).dot(&shaft.up);
    let canal: Vec<[[f64; 2]; 2]> = [20.0, 40.0, 60.0]
        .map(|distal: f64| {
            let half = stem.section_at(distal).unwrap().width_mm / 2.0 + 0.3;
            let middle = beside + shaft.up * (level - distal);
            [middle - plane.leftwards * half, middle + plane.leftwards * half].map(|point| plane.pixels(&point))
        })
        .to_vec();
    clicks.right.canal = canal;
    clicks.right.socket = [0.0, 1.0, 2.0].map(|a: f64| [100.0 + 54.0 * a.cos(), 144.0 - 54.0 * a.sin()]).to_vec();
    let template = make(request(&film, &clicks, &catalogue, &free)).unwrap();
    let choice = &template.choice;
    assert_eq!(choice.seating, Seating::Canal);
    assert_eq!(choice.stem.size, stem.size);
    // A longer head on a deeper stem may do as well.
    assert!((choice.level_mm - level).abs() < 4.0, "{} instead of {level}", choice.level_mm);
    assert!(figure(&template, "leg-length-after")[0].abs() < 1.5 && figure(&template, "offset-after")[0].abs() < 2.5);
    let fit = choice.fit.unwrap();
    assert!((-0.1..1.0).contains(&fit.room_mm), "{fit:?}");
    assert_eq!((choice.cup.outer_diameter_mm, choice.cup_for_mm.unwrap().1), (54.0, true));
    // A canal half as wide is too narrow for all: the smallest is taken, and it is said.
    clicks.right.canal.iter_mut().for_each(|[a, b]| (a[0], b[0]) = (0.75 * a[0] + 0.25 * b[0], 0.25 * a[0] + 0.75 * b[0]));
    let template = make(request(&film, &clicks, &catalogue, &free)).unwrap();
    assert!(template.choice.fit.unwrap().room_mm < 0.0);
    let said = lines(&template, &Texts::new(Language::English)).join("\n");
    assert!(said.contains("too wide on each side"), "{said}");
}

#[test]
fn contradicting_clicks_and_sides_are_refused() {
    let (film, catalogue) = (even(), Catalogue::shipped().unwrap());
    let wanted = Wanted { stem: Some(catalogue.stems[0].id.clone()), ..Wanted::default() };
    let good = drawn(0.0);
    let said = |change: &dyn Fn(&mut FilmLandmarks)| {
        let mut clicks = good.clone();
        change(&mut clicks);
        make(request(&film, &clicks, &catalogue, &wanted)).unwrap_err().to_string()
    };
    let swapped = said(&|clicks| std::mem::swap(&mut clicks.right, &mut clicks.left));
    assert!(swapped.contains("--mirrored") && swapped.contains("exchange right and left"), "{swapped}");
    let outside = said(&|clicks| clicks.left.teardrop = Some([401.0, 100.0]));
    assert!(outside.contains("(401, 100) does not lie within the picture of 400 × 400 pixels"), "{outside}");
    let not_a_number = said(&|clicks| clicks.left.head[0] = [f64::NAN, 1.0]);
    assert!(not_a_number.contains("does not lie within"), "{not_a_number}");
    let without = said(&|clicks| (clicks.left.teardrop, clicks.left.ischium) = (None, None));
    assert!(without.contains("both teardrops"), "{without}");
    assert!(said(&|clicks| clicks.right.head.truncate(2)).contains("'head'"));
    assert!(said(&|clicks| clicks.right.shaft.truncate(1)).contains("'shaft'"));
    assert!(said(&|clicks| clicks.right.head = vec![[1.0, 1.0], [5.0, 5.0], [9.0, 9.0]]).contains("'head'"));
    // Ischia alone do; lengths that need teardrops are left out.
    let mut clicks = good.clone();
    (clicks.right.teardrop, clicks.left.teardrop) = (None, None);
    let template = make(request(&film, &clicks, &catalogue, &wanted)).unwrap();
    assert!(template.figures.iter().all(|(figure, _)| !figure.key.contains("acetabular")));
    // A DICOM file that says which way it is read is believed, not overruled.
    let stated = dicom_film(Stated { mirrored: Some(true), ..Stated::default() });
    let refused = make(request(&stated, &good, &catalogue, &wanted)).unwrap_err().to_string();
    assert!(refused.contains("--mirrored"), "{refused}");
    // Mirrored and said so: the same lengths.
    let mut mirrored = good.clone();
    std::mem::swap(&mut mirrored.right, &mut mirrored.left);
    let template = make(TemplateRequest { mirrored: true, ..request(&stated, &mirrored, &catalogue, &wanted) }).unwrap();
    assert!((figure(&template, "leg-length-change")[0]).abs() < 1e-9);
}

#[test]
fn a_calibration_is_named_and_planes_are_not_mixed() {
    let stated = |imager, pixel, kind: Option<&str>| {
        dicom_film(Stated {
            imager_pixel_mm: imager,
            pixel_mm: pixel,
            calibration_type: kind.map(str::to_owned),
            magnification: Some(1.15),
            ..Stated::default()
        })
    };
    let film = stated(Some(0.23), Some(0.2), Some("FIDUCIAL"));
    let by = Calibration::by_magnification(&film, 115.0).unwrap();
    assert!((by.mm_per_pixel - 0.2).abs() < 1e-12 && by.relative_sd == 0.03);
    let hint = Calibration::missing(&film).to_string();
    assert!(hint.contains("--pixel-mm 0.2") && hint.contains("FIDUCIAL") && hint.contains("--magnification 115"), "{hint}");
    let vague = Calibration::missing(&stated(None, Some(0.2), None)).to_string();
    assert!(vague.contains("may be the detector's"), "{vague}");
    // PixelSpacing alone is never taken for the detector's.
    let refused = Calibration::by_magnification(&stated(None, Some(0.2), None), 115.0).unwrap_err().to_string();
    assert!(refused.contains("ImagerPixelSpacing") && refused.contains("not taken instead"), "{refused}");
    for percent in [1.15, 95.0, 400.0, f64::NAN] {
        assert!(Calibration::by_magnification(&film, percent).is_err(), "{percent}");
    }
    // 0.25 mm in the patient with 0.23 on the detector would be a film before the patient.
    assert!(Calibration::by_pixel(&film, 0.25).is_err() && Calibration::by_pixel(&film, 0.0).is_err());
    assert!((Calibration::by_pixel(&film, 0.2).unwrap().magnification.unwrap() - 1.15).abs() < 1e-9);
    let ball = |diameter| Ball::by_hand(&film, [200.0, 200.0], diameter).unwrap();
    let by = Calibration::by_marker(&film, 25.0, ball(125.0)).unwrap();
    assert!((by.magnification.unwrap() - 1.15).abs() < 1e-12 && by.relative_sd > 0.01);
    assert!(Calibration::by_marker(&film, 25.0, ball(100.0)).is_err(), "smaller than it is");
    assert!(Calibration::by_marker(&film, 2.5, ball(100.0)).is_err(), "no ball has 2.5 mm");
    assert!(by.with_sd(0.5).is_err());
}

#[test]
fn the_calibration_and_the_limits_stand_on_everything_in_both_languages() {
    let film = dicom_film(Stated { imager_pixel_mm: Some(0.575), ..Stated::default() });
    let (catalogue, clicks) = (Catalogue::shipped().unwrap(), drawn(16.0));
    let wanted = Wanted { stem: Some(catalogue.stems[4].id.clone()), ..Wanted::default() };
    let calibration = Calibration::by_magnification(&film, 115.0).unwrap();
    let template = make(TemplateRequest { calibration, ..request(&film, &clicks, &catalogue, &wanted) }).unwrap();
    for (language, parts) in [
        (
            Language::English,
            ["Magnification 115.0 % typed in, not measured", "±3.0 %", "±1.5 mm on a cup of 50 mm", "no anteversion", "R", "L"],
        ),
        (Language::Chinese, ["放大率 115.0 % 为人工输入", "±3.0 %", "±1.5 mm", "前倾", "R", "L"]),
    ] {
        let texts = Texts::new(language);
        let told = lines(&template, &texts).join("\n");
        let svg = overlay(&template, &texts).unwrap();
        // A line of the overlay may be broken anywhere between words.
        let words: String =
            svg.split("<text").skip(1).filter_map(|part| part.split_once('>')?.1.split("</text>").next()).collect();
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        for part in parts {
            assert!(bare(&words).contains(&bare(part)), "{language:?}: '{part}' is not in the overlay: {words}");
            assert!(part.len() == 1 || told.contains(part), "{language:?}: '{part}' is not in: {told}");
        }
        assert!(bare(&words).contains(&bare(&texts.get("disclaimer"))));
        assert!(!told.contains(['⟨', '{']) && !words.contains(['⟨', '{']), "{told}\n{words}");
        assert!(svg.contains("width=\"200.00mm\""), "true size: 400 pixels of half a millimetre");
    }
}

#[test]
fn the_example_can_be_read_in_both_forms() {
    let folder = tempfile::tempdir().unwrap();
    let [ron, json] = ["clicks.ron", "clicks.json"].map(|name| folder.path().join(name));
    fs::write(&ron, example()).unwrap();
    let clicks = FilmLandmarks::read(&ron).unwrap();
    assert_eq!((clicks.right.head.len(), clicks.right.canal.len(), clicks.left.teardrop), (4, 3, Some([588.0, 561.0])));
    fs::write(&json, serde_json::to_string(&clicks).unwrap()).unwrap();
    assert_eq!(FilmLandmarks::read(&json).unwrap(), clicks);
    for (name, text, phrase) in [
        ("newer.ron", "(format_version: 2)", "format version 2"),
        ("unknown.ron", "(format_version: 1, right: (tear_drop: (1, 2)))", "tear_drop"),
        ("broken.json", "{\"format_version\": 1,", "line 1"),
        ("broken.ron", "(format_version: 1, right: (teardrop: (1, )))", "line 1"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let said = FilmLandmarks::read(&path).unwrap_err().to_string();
        assert!(said.contains(phrase), "{name}: {said}");
    }
    assert!(matches!(FilmLandmarks::read(&folder.path().join("none.ron")), Err(TemplateError::Read { .. })));
}

/// The value of the drawn film at a pixel, 12 bits.
fn twelve_bits(at: usize) -> u16 {
    ((at % 60) * 37 + (at / 60) * 11) as u16 % 4096
}

/// A small film as DICOM, of 60 × 40 pixels.
fn write_dicom(path: &Path, change: impl Fn(&mut DefaultDicomObject)) {
    let mut object = InMemDicomObject::new_empty();
    for (tag, vr, value) in [
        (tags::SOP_CLASS_UID, VR::UI, "1.2.840.10008.5.1.4.1.1.1.1"),
        (tags::SOP_INSTANCE_UID, VR::UI, "2.25.1"),
        (tags::MODALITY, VR::CS, "DX"),
        (tags::PATIENT_NAME, VR::PN, CANARY),
        (tags::PATIENT_ID, VR::LO, CANARY),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        (tags::IMAGER_PIXEL_SPACING, VR::DS, "0.23\\0.23"),
        (tags::WINDOW_CENTER, VR::DS, "2000"),
        (tags::WINDOW_WIDTH, VR::DS, "1001"),
    ] {
        object.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
    }
    let numbers = [
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::ROWS, 40),
        (tags::COLUMNS, 60),
        (tags::BITS_ALLOCATED, 16),
        (tags::BITS_STORED, 12),
        (tags::HIGH_BIT, 11),
        (tags::PIXEL_REPRESENTATION, 0),
    ];
    for (tag, value) in numbers {
        object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value as u16)));
    }
    let values = (0..60 * 40).map(twelve_bits).collect();
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(values)));
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let mut file = object.with_meta(meta).unwrap();
    change(&mut file);
    file.write_to_file(path).unwrap();
}

#[test]
fn a_dicom_film_is_read_as_the_standard_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.dcm");
    write_dicom(&path, |_| ());
    let film = Radiograph::read(&path, false).unwrap();
    assert_eq!((film.columns, film.rows, film.window), (60, 40, [1499.5, 2499.5]));
    assert!((0..2400).all(|at| film.values[at] == f32::from(twelve_bits(at))));
    assert_eq!(film.stated.as_ref().unwrap().imager_pixel_mm, Some(0.23));
    assert!(matches!(Radiograph::read(&path, true), Err(TemplateError::InvertedDicom { .. })));
    // MONOCHROME1: the smallest is white; the window turns with it.
    write_dicom(&path, |object| set(object, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1"));
    let inverted = Radiograph::read(&path, false).unwrap();
    assert_eq!(inverted.window, [-2499.5, -1499.5]);
    assert!((0..2400).all(|at| inverted.values[at] == -f32::from(twelve_bits(at))));
    // Both spacings are kept apart, with what the second one means.
    write_dicom(&path, |object| {
        set(object, tags::PIXEL_SPACING, VR::DS, "0.2\\0.2");
        set(object, tags::PIXEL_SPACING_CALIBRATION_TYPE, VR::CS, "GEOMETRY");
        set(object, tags::ESTIMATED_RADIOGRAPHIC_MAGNIFICATION_FACTOR, VR::DS, "1.15");
        set(object, tags::PATIENT_ORIENTATION, VR::CS, "R\\F");
        set(object, tags::BURNED_IN_ANNOTATION, VR::CS, "YES");
    });
    let stated = Radiograph::read(&path, false).unwrap().stated.unwrap();
    let expected = Stated {
        imager_pixel_mm: Some(0.23),
        pixel_mm: Some(0.2),
        calibration_type: Some("GEOMETRY".into()),
        magnification: Some(1.15),
        mirrored: Some(true),
        burned_in: true,
    };
    assert_eq!(stated, expected);
}

#[test]
fn what_is_no_film_is_refused_with_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.dcm");
    let said = |change: &dyn Fn(&mut DefaultDicomObject)| {
        write_dicom(&path, change);
        Radiograph::read(&path, false).unwrap_err().to_string()
    };
    for (phrase, change) in [
        ("modality 'CT'", &(|object: &mut DefaultDicomObject| set(object, tags::MODALITY, VR::CS, "CT")) as &dyn Fn(&mut _)),
        ("view 'LL'", &|object| set(object, tags::VIEW_POSITION, VR::CS, "LL")),
        ("12 frames", &|object| set(object, tags::NUMBER_OF_FRAMES, VR::IS, "12")),
        ("'RGB'", &|object| set(object, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB")),
        ("not square", &|object| set(object, tags::IMAGER_PIXEL_SPACING, VR::DS, "0.2\\0.23")),
        ("not square", &|object| set(object, tags::PIXEL_ASPECT_RATIO, VR::IS, "1\\2")),
        ("ImagerPixelSpacing (0018,1164) is '0\\0'", &|object| set(object, tags::IMAGER_PIXEL_SPACING, VR::DS, "0\\0")),
        ("RescaleSlope (0028,1053) is 0", &|object| set(object, tags::RESCALE_SLOPE, VR::DS, "0")),
        ("needs 4920 bytes", &|object| set_number(object, tags::ROWS, 41)),
        ("PixelData (7FE0,0010) is missing", &|object| {
            object.remove_element(tags::PIXEL_DATA);
        }),
    ] {
        let said = said(change);
        assert!(said.contains(phrase), "'{phrase}' is not in: {said}");
        assert!(!said.contains("ZZCANARY"), "{said}");
    }
    write_dicom(&path, |_| ());
    let bytes = fs::read(&path).unwrap();
    for length in [140, 300, bytes.len() - 100] {
        fs::write(&path, &bytes[..length]).unwrap();
        assert!(matches!(Radiograph::read(&path, false), Err(TemplateError::Dicom { .. })), "{length}");
    }
}

/// A picture file that counts up.
fn write_png(path: &Path, colour: png::ColorType, depth: png::BitDepth) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), 30, 20);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    let bytes = 30 * 20 * colour.samples() * if depth == png::BitDepth::Sixteen { 2 } else { 1 };
    let data: Vec<u8> = (0..bytes).map(|at| (at * 7 % 256) as u8).collect();
    encoder.write_header().unwrap().write_image_data(&data).unwrap();
}

#[test]
fn pictures_are_read_and_damaged_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.png");
    write_png(&path, png::ColorType::Grayscale, png::BitDepth::Eight);
    let film = Radiograph::read(&path, false).unwrap();
    assert_eq!((film.columns, film.rows, film.at(3, 1)), (30, 20, 231.0));
    assert_eq!(Radiograph::read(&path, true).unwrap().at(3, 1), -film.at(3, 1));
    write_png(&path, png::ColorType::Grayscale, png::BitDepth::Sixteen);
    let sixteen = Radiograph::read(&path, false).unwrap();
    assert_eq!(sixteen.at(1, 0), f32::from(u16::from_be_bytes([14, 21])));
    write_png(&path, png::ColorType::Rgb, png::BitDepth::Eight);
    let colour = Radiograph::read(&path, false).unwrap();
    assert!((colour.at(0, 0) - (0.7152 * 7.0 + 0.0722 * 14.0)).abs() < 1e-4);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let said = Radiograph::read(&path, false).unwrap_err().to_string();
    assert!(said.contains("damaged"), "{said}");
    for (text, phrase) in
        [(&b"not a picture at all"[..], "neither DICOM nor PNG nor JPEG"), (b"", "neither"), (b"\xff\xd8\xff\xe0", "breaks off")]
    {
        fs::write(&path, text).unwrap();
        let said = Radiograph::read(&path, false).unwrap_err().to_string();
        assert!(said.contains(phrase), "{said}");
    }
    // A colour JPEG of 16 × 16 red pixels: its luminance.
    let jpeg = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/core/support/streams/red.jpg");
    let red = Radiograph::read(&jpeg, false).unwrap();
    assert_eq!((red.columns, red.rows), (16, 16));
    assert!((red.at(8, 8) - 0.2126 * 254.0).abs() < 3.0, "{}", red.at(8, 8));
    let bytes = fs::read(&jpeg).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 20]).unwrap();
    assert!(matches!(Radiograph::read(&path, false), Err(TemplateError::Picture { .. })));
}

fn coxa(arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_coxa")).arg("template").args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("panicked") && !said.contains("ZZCANARY"), "{said}");
    (output, said)
}

#[test]
fn the_command_refuses_without_or_with_two_calibrations_and_tells_nobodys_name() {
    let (output, said) = coxa(&["--example"]);
    assert!(output.status.success() && said == example());
    let folder = tempfile::tempdir().unwrap();
    let [film, clicks, out] = ["film.dcm", "clicks.ron", "overlay.svg"].map(|name| folder.path().join(name));
    let [film_path, clicks_path, out_path] = [&film, &clicks, &out].map(|path| path.to_str().unwrap());
    write_dicom(&film, |object| set(object, tags::BURNED_IN_ANNOTATION, VR::CS, "NO"));
    let mut small = drawn(16.0);
    let scaled = ron::to_string(&{
        let shrink = |[x, y]: [f64; 2]| [x * 0.1 + 5.0, y * 0.1];
        for hip in [&mut small.right, &mut small.left] {
            for place in [&mut hip.teardrop, &mut hip.ischium, &mut hip.lesser_trochanter, &mut hip.greater_trochanter] {
                *place = place.map(shrink);
            }
            hip.head.iter_mut().chain(&mut hip.shaft).for_each(|place| *place = shrink(*place));
        }
        small
    });
    fs::write(&clicks, scaled.unwrap()).unwrap();
    let common = [film_path, "--landmarks", clicks_path, "--side", "right", "--stem", "stem-taper-5-std"];
    let run = |more: &[&str]| coxa(&[&common[..], more].concat());
    let (output, said) = run(&[]);
    assert!(!output.status.success() && said.contains("has no calibration, and none is guessed"), "{said}");
    let (output, said) = run(&["--magnification", "115", "--pixel-mm", "0.2"]);
    assert!(!output.status.success() && said.contains("cannot be used with"), "{said}");
    let (output, said) = run(&["--marker-mm", "25"]);
    assert!(!output.status.success() && said.contains("no marker ball was found"), "{said}");
    let (output, said) = run(&["--marker-mm", "25", "--marker", "70,20,10"]);
    assert!(!output.status.success() && said.contains("does not lie within the picture of 60 × 40 pixels"), "{said}");
    assert!(!out.exists());
    // Five millimetres a pixel, as the drawing was shrunk to a tenth: the film itself would contradict that, so a marker is given by hand.
    write_dicom(&film, |object| {
        object.remove_element(tags::IMAGER_PIXEL_SPACING);
    });
    let (output, said) = run(&["--pixel-mm", "5", "--json", "--out", out_path]);
    assert!(output.status.success(), "{said}");
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told["disclaimer"], coxa::DISCLAIMER);
    assert!(told["calibration"]["in_words"].as_str().unwrap().contains("typed in, not measured"));
    let leg = told["figures"].as_array().unwrap().iter().find(|figure| figure["name"] == "leg-length-teardrop").unwrap();
    assert!((leg["value_mm"].as_f64().unwrap() + 8.0).abs() < 1e-6, "{leg}");
    let svg = fs::read_to_string(&out).unwrap();
    assert!(svg.contains(coxa::DISCLAIMER.split(';').next().unwrap()) && !svg.contains("ZZCANARY") && !svg.contains("film.dcm"));
    // Names that may be in the pixels stop it until somebody has looked.
    write_dicom(&film, |object| {
        set(object, tags::BURNED_IN_ANNOTATION, VR::CS, "YES");
        object.remove_element(tags::IMAGER_PIXEL_SPACING);
    });
    let (output, said) = run(&["--pixel-mm", "5"]);
    assert!(!output.status.success() && said.contains("BurnedInAnnotation YES"), "{said}");
    let (output, said) = run(&["--pixel-mm", "5", "--no-names-in-picture", "--language", "zh"]);
    assert!(output.status.success() && said.contains("下肢长度差") && said.contains("不是医疗器械"), "{said}");
}
