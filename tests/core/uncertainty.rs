//! Scatter: Monte Carlo against normal distributions that are known, determinism, and dangers with what takes them away.

use super::activities::activity;
use crate::plan::{Patient, planned};
use coxa::{
    anatomy::CupAngles,
    frames::Side,
    implants::Catalogue,
    motion::{
        Activity, Couple, Demand, Keyframe, Motion, NeckAngles, PelvicPosture, RomCase, RomScene, Track,
        activity::{ActivityMargin, margins},
    },
    risk::{
        Chance, Danger, HeadChoice, RESERVE_DEG, RimPlace, Source, Spread, SpreadSettings, Uncertainty, dangers, head_choices,
        margin_sd_deg, uncertainty,
    },
};
use std::{collections::BTreeMap, fs};

const SAMPLES: usize = 20_000;

fn case() -> RomCase {
    let cup = CupAngles { inclination_deg: 40.0, anteversion_deg: 20.0 };
    RomCase { cup, neck: NeckAngles { elevation_deg: 45.0, anteversion_deg: 15.0 }, oscillation_deg: 135.0 }
}

/// Probability that a standard normal number is below a value: Simpson's rule over its density.
fn below(z: f64) -> f64 {
    let (n, from) = (4000, -9.0);
    let h = (z - from) / f64::from(n);
    let density = |i: i32| (-0.5 * (from + h * f64::from(i)).powi(2)).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let inner: f64 = (1..n).map(|i| density(i) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
    h / 3.0 * (density(0) + inner + density(n))
}

fn motion(motion: Motion, degrees: f64, posture: PelvicPosture) -> Activity {
    activity(motion.short_name(), posture, Demand::motion(motion, degrees))
}

fn run(activities: &[Activity], spread: &Spread) -> Uncertainty {
    uncertainty(activities, &case(), spread, SAMPLES, 7).unwrap()
}

#[track_caller]
fn agrees(found: &Chance, expected: f64) {
    let error = (expected * (1.0 - expected) / SAMPLES as f64).sqrt();
    let off = (found.probability - expected).abs();
    assert!(off < 4.0 * error + 1e-9, "{} instead of {expected}, {:.1} standard errors off", found.probability, off / error);
}

/// Rotation at 90° of flexion gains exactly what the stem is turned: the neck meets the liner when it is turned back by more than is left.
#[test]
fn scatter_of_the_stem_alone_gives_the_normal_distribution_of_rotation() {
    let limit = case().limits()[6].degrees().unwrap();
    for (asked, sd) in [(limit - 5.0, 5.0), (limit - 2.0, 4.0), (limit + 3.0, 6.0)] {
        let found =
            run(&[motion(Motion::InternalRotation90, asked, PelvicPosture::Supine)], &Spread::only(Source::StemVersion, sd));
        agrees(&found.outside_zone, below((asked - limit) / sd));
        assert_eq!(found.activities[0].impingement, found.outside_zone);
        agrees(&found.leg_length_beyond_5_mm, 0.0);
    }
    // Two sources of the same turning add in quadrature.
    let mut both = Spread::only(Source::StemVersion, 3.0);
    both.0[Source::ALL.iter().position(|source| *source == Source::FemoralRotation).unwrap()] = 4.0;
    let found = run(&[motion(Motion::InternalRotation90, limit - 5.0, PelvicPosture::Supine)], &both);
    agrees(&found.outside_zone, below(-1.0));
}

/// Flexion gains exactly what the pelvis tilts posteriorly, standing and sitting; lying, its tilt of other postures has no part in it.
#[test]
fn scatter_of_tilt_alone_gives_the_normal_distribution_of_flexion() {
    let limit = case().limits()[0].degrees().unwrap();
    let spread = Spread::only(Source::PelvicTilt, 6.0);
    for posture in [PelvicPosture::Standing, PelvicPosture::Sitting] {
        let found = run(&[motion(Motion::Flexion, limit - 4.0, posture)], &spread);
        agrees(&found.outside_zone, below(-4.0 / 6.0));
    }
    agrees(&run(&[motion(Motion::Flexion, limit - 4.0, PelvicPosture::Supine)], &spread).outside_zone, 0.0);
}

#[test]
fn leg_length_and_lewinnek_have_their_normal_distributions() {
    let activities = [motion(Motion::Flexion, 60.0, PelvicPosture::Supine)];
    let mut spread = Spread::only(Source::LegLength, 4.0);
    spread.0[Source::ALL.iter().position(|source| *source == Source::HipCentre).unwrap()] = 3.0;
    agrees(&run(&activities, &spread).leg_length_beyond_5_mm, 2.0 * below(-1.0));
    let found = run(&activities, &Spread::only(Source::CupInclination, 8.0));
    agrees(&found.outside_lewinnek, 2.0 * below(-10.0 / 8.0));
    let found = run(&activities, &Spread::only(Source::CupAnteversion, 8.0));
    agrees(&found.outside_lewinnek, below(-15.0 / 8.0) + below(-5.0 / 8.0));
}

/// First order: where the margin is nearly linear its spread is the slope times the source's.
#[test]
fn the_spread_of_a_margin_follows_its_slope_and_the_samples() {
    let asked =
        activity("pose", PelvicPosture::Standing, Demand::Path(vec![Keyframe { flexion_deg: 95.0, ..Keyframe::default() }]));
    let spread = Spread::only(Source::PelvicTilt, 2.0);
    let at = |tilt: f64| {
        let case = RomCase { cup: case().cup.tilted_posteriorly(tilt), ..case() };
        Track::new(&asked.demand).unwrap().least(&case).margin_deg
    };
    let slope = (at(0.01) - at(-0.01)) / 0.02;
    let sd = margin_sd_deg(&asked, &case(), &spread).unwrap();
    assert!((sd - 2.0 * slope.abs()).abs() < 0.01 * sd, "{sd} instead of {}", 2.0 * slope);
    let found = run(std::slice::from_ref(&asked), &spread);
    let q = &found.least_margin_deg;
    assert!((q.p50 - at(0.0)).abs() < 0.1 && ((q.p95 - q.p5) / (2.0 * 1.6449) - sd).abs() < 0.05 * sd, "{q:?}, sd {sd}");
    assert_eq!(found.activities[0].sd_deg, sd);
}

#[test]
fn the_same_seed_gives_the_same_answer_on_any_number_of_threads() {
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["clinical".into()]).unwrap();
    let settings = SpreadSettings::shipped().unwrap();
    let spread = settings.spread(settings.preset("freehand").unwrap());
    let with = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| uncertainty(&activities, &case(), &spread, 3000, seed).unwrap())
    };
    let one = with(1, 5);
    assert_eq!(one, with(3, 5));
    assert_ne!(one.least_margin_deg, with(2, 6).least_margin_deg);
    assert!(one.outside_zone.probability > 0.0 && one.outside_zone.probability < 1.0);
}

#[test]
fn a_better_way_of_operating_leaves_the_zone_less_often_and_the_tornado_is_sorted() {
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["daily".into()]).unwrap();
    let settings = SpreadSettings::shipped().unwrap();
    let outside = ["freehand", "guide", "navigated", "robot"].map(|id| {
        let spread = settings.spread(settings.preset(id).unwrap());
        let found = run(&activities, &spread);
        let planned =
            activities.iter().map(|a| Track::new(&a.demand).unwrap().least(&case()).margin_deg).fold(f64::INFINITY, f64::min);
        let sizes: Vec<f64> =
            found.tornado.iter().map(|s| (s.low_deg - planned).abs().max((s.high_deg - planned).abs())).collect();
        assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1] - 0.02), "{sizes:?}");
        let last: Vec<Source> = found.tornado[found.tornado.len() - 2..].iter().map(|swing| swing.source).collect();
        assert_eq!(last, [Source::LegLength, Source::HipCentre], "lengths do not turn a neck");
        found.outside_zone.probability
    });
    assert!(outside.windows(2).all(|pair| pair[0] >= pair[1]), "{outside:?}");
}

#[test]
fn settings_that_make_no_sense_are_refused_with_the_entry() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(format!("{}/assets/risk/placement.ron", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let refused = |from: &str, to: &str, phrase: &str| {
        let path = folder.path().join("ours.ron");
        assert!(text.contains(from));
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let error = SpreadSettings::load(&path).unwrap_err().to_string();
        assert!(error.contains(phrase) && error.contains("ours.ron"), "'{phrase}' is not in: {error}");
    };
    refused("sd: 6.6", "sd: NaN", "'freehand', CupInclination: sd is NaN");
    refused("sd: 6.6", "sd: -1", "sd is -1");
    refused("id: \"guide\"", "id: \"freehand\"", "'freehand' is there twice");
    refused("format_version: 1", "format_version: 2", "format_version is 2");
    refused("stem_varus_deg", "varus", "line");
    assert!(uncertainty(&[], &case(), &Spread::default(), 10, 1).is_err());
    assert!(uncertainty(&[motion(Motion::Flexion, 60.0, PelvicPosture::Supine)], &case(), &Spread::default(), 0, 1).is_err());
}

pub fn retroverted() -> RomCase {
    RomCase { cup: CupAngles { inclination_deg: 40.0, anteversion_deg: -5.0 }, ..case() }
}

pub fn found(case: &RomCase, activities: &[Activity], heads: &[HeadChoice]) -> (Vec<ActivityMargin>, Vec<Danger>) {
    let margins = margins(activities, case, None).unwrap();
    let dangers = dangers(Side::Right, activities, &margins, case, heads).unwrap();
    (margins, dangers)
}

pub fn head() -> HeadChoice {
    HeadChoice { head: "head-36+0".into(), cup: "cup-hemi-52".into(), liner: None, diameter_mm: 36.0, oscillation_deg: 141.06 }
}

#[test]
fn a_retroverted_cup_is_in_danger_in_front_and_what_is_offered_takes_it_away() {
    let activities = Activity::named(&Activity::shipped_with(&[]).unwrap(), &["daily".into(), "clinical".into()]).unwrap();
    let case = retroverted();
    let (before, dangers) = found(&case, &activities, &[head()]);
    let exceeded: Vec<&Danger> = dangers.iter().filter(|danger| danger.exceeded).collect();
    assert!(exceeded.len() > 3, "{dangers:#?}");
    let mut offers = 0;
    for danger in dangers {
        assert_eq!(danger.couple, Couple::ImplantImplant);
        // All that a retroverted cup does not allow is flexion with internal rotation: the front of the rim.
        let front = [RimPlace::Anterior, RimPlace::AnteroSuperior, RimPlace::Superior];
        assert!(front.contains(&danger.place.unwrap()), "{danger:?}");
        let Some(offer) = danger.offer else { continue };
        offers += 1;
        let after = RomCase {
            cup: CupAngles {
                inclination_deg: case.cup.inclination_deg + offer.remedy.inclination_deg,
                anteversion_deg: case.cup.anteversion_deg + offer.remedy.anteversion_deg,
            },
            neck: NeckAngles { anteversion_deg: case.neck.anteversion_deg + offer.remedy.stem_version_deg, ..case.neck },
            oscillation_deg: offer.remedy.head.as_ref().map_or(case.oscillation_deg, |head| head.oscillation_deg),
        };
        let changed = margins(&activities, &after, None).unwrap();
        let own = changed.iter().find(|margin| margin.activity == danger.activity).unwrap();
        assert!((own.margin_deg - offer.margin_deg).abs() < 0.01 && own.margin_deg > -0.01, "{own:?}, promised {offer:?}");
        for (now, then) in changed.iter().zip(&before) {
            assert!(now.margin_deg > then.margin_deg.min(0.0) - 0.01, "{} is worse: {now:?}", now.activity);
            assert!(now.margin_deg >= offer.least_deg - 0.01);
        }
        assert!(offer.remedy.anteversion_deg >= 0.0, "{offer:?}");
    }
    assert!(offers > 0);
}

/// Every head that is offered goes into the bearing that is offered with it, stays where the joint was, and gains what the formula says.
#[test]
fn heads_that_are_offered_fit_and_gain_motion() {
    let (anatomy, catalogue) = (Patient::default().anatomy(), Catalogue::shipped().unwrap());
    let plan = planned(&anatomy, Side::Right);
    let (stem, head) = plan.chosen(&catalogue).unwrap().stem.unwrap();
    let scene = RomScene::of_plan(&plan, &catalogue, &anatomy, &BTreeMap::new()).unwrap().unwrap();
    // A plan with the smallest head of its cup has larger ones to gain.
    let mut small = plan.clone();
    let cup = plan.chosen(&catalogue).unwrap().cup;
    let smallest = catalogue.liners_for(cup).min_by(|a, b| a.head_diameter_mm.total_cmp(&b.head_diameter_mm)).unwrap();
    let other = catalogue.heads_of(smallest.head_diameter_mm).find(|other| other.offset_mm == head.offset_mm).unwrap();
    small.cup.liner.as_mut().unwrap().liner.clone_from(&smallest.id);
    small.stem.as_mut().unwrap().head.clone_from(&other.id);
    for (plan, least) in [(&plan, 0), (&small, 1)] {
        let choices = head_choices(plan, &catalogue, &anatomy).unwrap();
        eprintln!("{choices:#?}");
        assert!(choices.len() >= least);
        for choice in choices {
            let (liner, head) = (catalogue.liner(choice.liner.as_ref().unwrap()).unwrap(), catalogue.head(&choice.head).unwrap());
            let cup = catalogue.cup(&choice.cup).unwrap();
            assert!(cup.head_refused(Some(liner), head).is_none() && stem.head_refused(head).is_none());
            assert!(catalogue.liner_refused(cup, liner).is_none() && choice.diameter_mm == head.diameter_mm);
            let neutral = 2.0 * (stem.neck_diameter_mm / head.diameter_mm).acos().to_degrees();
            assert!(choice.oscillation_deg > neutral - 20.0 && choice.oscillation_deg < 180.0);
        }
    }
    assert!((scene.case().unwrap().oscillation_deg - scene.oscillation_deg).abs() < 1e-12);
}

/// A single danger that one turn takes away: nothing smaller does.
#[test]
fn the_offer_is_the_smallest_turn_that_does_it() {
    let limit = case().limits()[6].degrees().unwrap();
    let activities = [motion(Motion::InternalRotation90, limit - 2.0, PelvicPosture::Supine)];
    let (_, dangers) = found(&case(), &activities, &[]);
    let offer = dangers[0].offer.clone().unwrap();
    assert!(offer.margin_deg >= RESERVE_DEG - 0.01 && dangers.len() == 1 && !dangers[0].exceeded, "{dangers:?}");
    let remedy = &offer.remedy;
    let total = remedy.inclination_deg.abs() + remedy.anteversion_deg.abs();
    assert!(total > 0.0 && remedy.stem_version_deg == 0.0 && remedy.head.is_none(), "{remedy:?}");
    for by in 1..total as i32 {
        for (inclination, anteversion) in [(by, 0), (-by, 0), (0, by), (0, -by)] {
            let cup = CupAngles {
                inclination_deg: case().cup.inclination_deg + f64::from(inclination),
                anteversion_deg: case().cup.anteversion_deg + f64::from(anteversion),
            };
            let margin = Track::new(&activities[0].demand).unwrap().least(&RomCase { cup, ..case() }).margin_deg;
            assert!(margin < RESERVE_DEG, "{inclination}/{anteversion} had done it: {margin}");
        }
    }
    // A larger head comes before any turn where it is enough.
    let (_, with_head) = found(&case(), &activities, &[HeadChoice { oscillation_deg: 148.0, ..head() }]);
    let remedy = with_head[0].offer.clone().unwrap().remedy;
    assert!(remedy.head.is_some() && remedy.anteversion_deg == 0.0 && remedy.inclination_deg == 0.0, "{remedy:?}");
}

#[test]
fn a_plan_with_room_has_no_danger_and_extension_touches_behind() {
    let activities = [motion(Motion::Flexion, 60.0, PelvicPosture::Supine)];
    assert!(found(&case(), &activities, &[]).1.is_empty());
    let limit = case().limits()[1].degrees().unwrap();
    let (_, dangers) = found(&case(), &[motion(Motion::Extension, limit + 3.0, PelvicPosture::Supine)], &[]);
    let back = [RimPlace::Posterior, RimPlace::PosteroInferior, RimPlace::PosteroSuperior];
    assert!(dangers[0].exceeded && back.contains(&dangers[0].place.unwrap()), "{dangers:?}");
    assert!((dangers[0].short_deg.unwrap() - 3.0).abs() < 1e-4 && (dangers[0].posture.flexion_deg + limit).abs() < 1e-4);
}
