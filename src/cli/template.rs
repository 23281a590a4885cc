//! `coxa template`: templating on a plain film, where there is no CT.

use super::Outcome;
use crate::{
    files::write_atomically,
    frames::Side,
    i18n::{Language, Texts},
    template::{
        Ball, Calibration, CalibrationSource, FilmLandmarks, Radiograph, Template, TemplateError, TemplateRequest, Wanted,
        calibration_in_words, example, find_ball, limits, lines, make, overlay,
    },
};
use serde_json::{Value, json};
use std::{io::Write as _, path::PathBuf};

/// Arguments of `coxa template`.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("calibration").args(["marker_mm", "magnification", "pixel_mm"])))]
pub struct Arguments {
    /// The antero-posterior film of the pelvis: DICOM (CR, DX, RG), PNG or JPEG.
    #[arg(required_unless_present = "example")]
    film: Option<PathBuf>,
    /// The clicks on it (RON, or JSON in a file that ends in .json); `--example` prints one.
    #[arg(long, value_name = "FILE", required_unless_present = "example")]
    landmarks: Option<PathBuf>,
    /// The hip that is planned: left or right.
    #[arg(long, required_unless_present = "example")]
    side: Option<Side>,
    /// Print an example of a file of landmarks, with what each is.
    #[arg(long)]
    example: bool,
    #[command(flatten)]
    calibration: CalibrationArguments,
    #[command(flatten)]
    picture: PictureArguments,
    /// Standard deviation of a click along each axis, mm in the plane of the hip.
    #[arg(long, value_name = "MM", default_value_t = 1.0)]
    click_sd: f64,
    /// The cup's inclination against the line across the pelvis, degrees.
    #[arg(long, value_name = "DEGREES", default_value_t = 40.0)]
    inclination: f64,
    /// Id of the cup, instead of the one nearest to the socket.
    #[arg(long, value_name = "ID")]
    cup: Option<String>,
    /// Id of the stem; without the canal's edges among the landmarks it must be named.
    #[arg(long, value_name = "ID")]
    stem: Option<String>,
    /// Id of the head.
    #[arg(long, value_name = "ID")]
    head: Option<String>,
    /// Height of the neck cut above the lesser trochanter, mm along the shaft, instead of the depth that is chosen.
    #[arg(long, value_name = "MM")]
    resection: Option<f64>,
    /// The implant catalogue; without it the one that ships with Coxa.
    #[arg(long)]
    catalogue: Option<PathBuf>,
    /// The film with the templates over it, to be written (SVG, in true size of the plane of the hip).
    #[arg(long, value_name = "FILE.svg")]
    out: Option<PathBuf>,
    /// Language of what is said and written: en or zh.
    #[arg(long, default_value = "en")]
    language: Language,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Exactly one of three.
#[derive(clap::Args)]
struct CalibrationArguments {
    /// True diameter of a marker ball in the plane of the hip, mm; it is looked for unless --marker gives it.
    #[arg(long, value_name = "MM")]
    marker_mm: Option<f64>,
    /// The ball on the picture: centre and diameter in pixels.
    #[arg(long, value_name = "X,Y,DIAMETER", value_parser = three, allow_hyphen_values = true, requires = "marker_mm")]
    marker: Option<[f64; 3]>,
    /// Magnification of the hip, percent (such as 115), of a DICOM film with ImagerPixelSpacing.
    #[arg(long, value_name = "PERCENT")]
    magnification: Option<f64>,
    /// Size of a pixel in the plane of the hip, mm.
    #[arg(long, value_name = "MM")]
    pixel_mm: Option<f64>,
    /// Standard deviation of the calibration, percent, instead of 1 for a ball and 3 for what is typed.
    #[arg(long, value_name = "PERCENT")]
    calibration_sd: Option<f64>,
}

#[derive(clap::Args)]
struct PictureArguments {
    /// The patient's left is at the picture's left; films are read the other way round.
    #[arg(long)]
    mirrored: bool,
    /// Bone is dark in the picture (PNG or JPEG; DICOM says so itself).
    #[arg(long)]
    inverted: bool,
    /// Somebody looked: no name is written into a DICOM film that says BurnedInAnnotation YES.
    #[arg(long)]
    no_names_in_picture: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Outcome {
    if arguments.example {
        print!("{}", example());
        return Ok(());
    }
    let (Some(film), Some(landmarks), Some(side)) = (&arguments.film, &arguments.landmarks, arguments.side) else {
        return Err("a film, --landmarks and --side are needed".into());
    };
    let film = Radiograph::read(film, arguments.picture.inverted)?;
    if film.stated.as_ref().is_some_and(|stated| stated.burned_in) && !arguments.picture.no_names_in_picture {
        return Err(TemplateError::BurnedIn.into());
    }
    let calibration = calibrate(&film, &arguments.calibration)?;
    let landmarks = FilmLandmarks::read(landmarks)?;
    let catalogue = super::catalogue(arguments.catalogue.as_deref())?;
    let wanted = Wanted { cup: arguments.cup, stem: arguments.stem, head: arguments.head, resection_mm: arguments.resection };
    let template = make(TemplateRequest {
        film: &film,
        landmarks: &landmarks,
        side,
        mirrored: arguments.picture.mirrored,
        calibration,
        catalogue: &catalogue,
        wanted: &wanted,
        inclination_deg: arguments.inclination,
        click_sd_mm: arguments.click_sd,
    })?;
    let texts = Texts::new(arguments.language);
    if let Some(out) = &arguments.out {
        let svg = overlay(&template, &texts)?;
        write_atomically(out, |file| file.write_all(svg.as_bytes())).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&told(&template, &texts))?);
        return Ok(());
    }
    lines(&template, &texts).iter().for_each(|line| println!("{line}"));
    if arguments.out.is_some() {
        println!("{}", texts.get("template-look-for-names"));
    }
    println!("{}", texts.get("disclaimer"));
    Ok(())
}

fn calibrate(film: &Radiograph, arguments: &CalibrationArguments) -> Result<Calibration, TemplateError> {
    let calibration = match (arguments.marker_mm, arguments.magnification, arguments.pixel_mm) {
        (Some(diameter_mm), ..) => Calibration::by_marker(film, diameter_mm, ball(film, diameter_mm, arguments.marker)?)?,
        (None, Some(percent), _) => Calibration::by_magnification(film, percent)?,
        (None, None, Some(mm)) => Calibration::by_pixel(film, mm)?,
        (None, None, None) => return Err(Calibration::missing(film)),
    };
    arguments.calibration_sd.map_or(Ok(calibration), |percent| calibration.with_sd(percent / 100.0))
}

fn ball(film: &Radiograph, diameter_mm: f64, by_hand: Option<[f64; 3]>) -> Result<Ball, TemplateError> {
    match by_hand {
        Some([x, y, diameter]) => Ball::by_hand(film, [x, y], diameter),
        None => find_ball(film, diameter_mm),
    }
}

/// Three numbers with commas between them.
fn three(text: &str) -> Result<[f64; 3], String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|number| number.trim().parse()).collect();
    numbers
        .ok()
        .and_then(|numbers| numbers.try_into().ok())
        .ok_or_else(|| format!("three numbers with commas between them are expected, such as 512,820.5,74; found '{text}'"))
}

fn told(template: &Template<'_>, texts: &Texts) -> Value {
    let (request, choice) = (&template.request, &template.choice);
    let calibration = &request.calibration;
    let how = match calibration.source {
        CalibrationSource::Marker { diameter_mm, ball } => json!({
            "by": if ball.by_hand { "marker by hand" } else { "marker" },
            "marker_mm": diameter_mm,
            "marker_centre_px": ball.centre,
            "marker_diameter_px": ball.diameter,
            "marker_diameter_sd_px": ball.diameter_sd,
        }),
        CalibrationSource::Magnification { imager_pixel_mm } => {
            json!({ "by": "magnification typed in", "imager_pixel_spacing_mm": imager_pixel_mm })
        }
        CalibrationSource::PixelSize => json!({ "by": "pixel size typed in" }),
    };
    let figure = |(figure, sd): &(crate::template::Figure, f64)| {
        let side = figure.side.map(|side| side.to_string());
        json!({ "name": figure.key, "side": side, "value_mm": figure.value, "sd_mm": sd })
    };
    let option = |option: &crate::template::Option2d| {
        json!({
            "stem": option.stem,
            "head": option.head,
            "leg_length_change_mm": option.planned.leg_length_mm,
            "offset_change_mm": option.planned.offset_mm,
            "leg_length_after_mm": option.leg_length_after_mm,
            "offset_after_mm": option.offset_after_mm,
        })
    };
    json!({
        "film_sha256": request.film.sha256,
        "side": request.side.to_string(),
        "mirrored": request.mirrored,
        "calibration": {
            "how": how,
            "mm_per_pixel": calibration.mm_per_pixel,
            "magnification_percent": calibration.magnification.map(|factor| 100.0 * factor),
            "relative_sd_percent": 100.0 * calibration.relative_sd,
            "in_words": calibration_in_words(template, texts),
        },
        "click_sd_mm": request.click_sd_mm,
        "figures": template.figures.iter().map(figure).collect::<Vec<_>>(),
        "catalogue": request.catalogue.title(),
        "cup": { "id": choice.cup.id, "centre_px": choice.cup_centre, "inclination_deg": request.inclination_deg,
                 "wanted_diameter_mm": choice.cup_for_mm.map(|(mm, _)| mm) },
        "stem": { "id": choice.stem.id, "seating": format!("{:?}", choice.seating), "level_above_native_head_mm": choice.level_mm,
                  "room_mm": choice.fit.map(|fit| fit.room_mm), "fill": choice.fit.map(|fit| fit.fill),
                  "neck_cut_above_lesser_trochanter_mm": choice.resection_mm },
        "head": choice.head.id,
        "options": choice.options.iter().map(option).collect::<Vec<_>>(),
        "limits": limits(texts),
        "disclaimer": crate::DISCLAIMER,
    })
}
