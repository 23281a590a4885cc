//! A projection radiograph (CR, DX): its pixels, and what its header says about their size. Nothing else is taken from it, above all
//! nobody's name.

use super::{
    SliceError,
    header::Attributes,
    layout::Layout,
    pixels::{self, Hounsfield, Words},
};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use thiserror::Error;

/// Digital X-ray, computed radiography, and films that were digitised.
const MODALITIES: [&str; 3] = ["CR", "DX", "RG"];
/// Rows and columns of a film may differ by less than this in their spacing.
const SQUARE: f64 = 1e-3;

/// One film.
#[derive(Clone, Debug)]
pub struct DicomRadiograph {
    /// Pixels in a row.
    pub columns: usize,
    /// Pixels in a column.
    pub rows: usize,
    /// Row by row from the top; larger is what is to be shown brighter, which on a film is what is denser.
    pub values: Vec<f32>,
    /// The darkest and the brightest value of the first window of the file, where it has one.
    pub window: Option<[f32; 2]>,
    /// What the file says about size and position.
    pub says: Stated,
}

/// What a film's header says about itself; claims, none of them applied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stated {
    /// ImagerPixelSpacing: size of a pixel at the front of the detector, mm. It holds for nothing inside the patient.
    pub imager_pixel_mm: Option<f64>,
    /// PixelSpacing, mm. In a projection its plane is what PixelSpacingCalibrationType says (PS3.3 10.7.1.3); without that it may be the
    /// detector's as well.
    pub pixel_mm: Option<f64>,
    /// PixelSpacingCalibrationType: `GEOMETRY` (an assumed depth in the patient) or `FIDUCIAL` (an object of known size was measured).
    pub calibration_type: Option<String>,
    /// EstimatedRadiographicMagnificationFactor: distance source to detector over distance source to patient.
    pub magnification: Option<f64>,
    /// True when rows run to the patient's right (PatientOrientation), so that the patient's left is at the picture's left.
    pub mirrored: Option<bool>,
    /// True when BurnedInAnnotation is `YES`: names may be written into the pixels.
    pub burned_in: bool,
}

/// Why a file is not used as a film.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RadiographError {
    /// Another kind of image.
    #[error("this is no radiograph but an image of modality '{modality}'; a plain film (CR, DX or RG) is expected{advice}")]
    Modality {
        /// What the file says.
        modality: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// A lateral film.
    #[error("this film was exposed in the view '{0}'; an antero-posterior film of the pelvis (AP or PA) is expected")]
    View(String),
    /// More than one frame.
    #[error("the file holds {0} frames; a single film is expected")]
    Frames(String),
    /// Pixels that are longer than wide.
    #[error("its pixels are not square ({attribute} is {found}); such films are not read: resample it to square pixels")]
    NotSquare {
        /// DICOM's name of the attribute.
        attribute: &'static str,
        /// What it says.
        found: String,
    },
    /// The file itself.
    #[error(transparent)]
    File(#[from] SliceError),
}

/// Reads a film from the bytes of a DICOM file.
///
/// # Errors
/// When it is damaged, no plain film, or an attribute that is needed is missing or makes no sense.
pub fn read_radiograph(bytes: &[u8]) -> Result<DicomRadiograph, RadiographError> {
    pixels::quietly(|| read(bytes)).unwrap_or_else(|why| Err(SliceError::Damaged(why).into()))
}

fn read(bytes: &[u8]) -> Result<DicomRadiograph, RadiographError> {
    let layout = Layout::of(bytes)?;
    let attributes = Attributes::of(&layout)?;
    let modality = attributes.text(tags::MODALITY);
    if !MODALITIES.contains(&modality.as_str()) {
        let advice = if modality == "CT" { ": of a CT `coxa plan` makes a plan in three dimensions" } else { "" };
        return Err(RadiographError::Modality { modality, advice });
    }
    let view = attributes.text(tags::VIEW_POSITION);
    if matches!(view.as_str(), "LL" | "RL" | "LLD" | "RLD" | "LLO" | "RLO") {
        return Err(RadiographError::View(view));
    }
    let frames = attributes.text(tags::NUMBER_OF_FRAMES);
    if !matches!(frames.trim(), "" | "1") {
        return Err(RadiographError::Frames(frames));
    }
    let inverted = inverted(&attributes)?;
    let [slope, intercept] = rescale(&attributes)?;
    let format = attributes.stored(slope, intercept)?;
    let size = attributes.size(&layout, &format)?;
    let says = stated(&attributes)?;
    let mut values = vec![0.0_f32; size[0] * size[1]];
    let sign = if inverted { -1.0 } else { 1.0 };
    let stored = Hounsfield::new(&format);
    Words::of(bytes, &layout, size, &format)?
        .read(&mut values, |word| (sign * (f64::from(stored.stored(word)) * slope + intercept)) as f32);
    let window = window(&attributes).map(|[low, high]| if inverted { [-high, -low] } else { [low, high] });
    Ok(DicomRadiograph { columns: size[1], rows: size[0], values, window, says })
}

/// True where small values are meant to be white.
fn inverted(attributes: &Attributes) -> Result<bool, SliceError> {
    let samples = attributes.whole(tags::SAMPLES_PER_PIXEL, "SamplesPerPixel (0028,0002)")?;
    match (attributes.text(tags::PHOTOMETRIC_INTERPRETATION).as_str(), samples) {
        ("MONOCHROME1", 1) => Ok(true),
        ("MONOCHROME2", 1) => Ok(false),
        (other, _) => Err(SliceError::Invalid {
            attribute: "PhotometricInterpretation (0028,0004)",
            found: format!("'{other}' with {samples} samples a pixel"),
            expected: "MONOCHROME1 or MONOCHROME2 with one sample a pixel",
        }),
    }
}

/// Slope and intercept, which a film may lack.
fn rescale(attributes: &Attributes) -> Result<[f64; 2], SliceError> {
    let value = |tag: Tag, name, otherwise: f64| match attributes.decimals(tag, name, "a finite number") {
        Ok([value]) => Ok(value),
        Err(SliceError::Missing(_)) => Ok(otherwise),
        Err(other) => Err(other),
    };
    let slope = value(tags::RESCALE_SLOPE, "RescaleSlope (0028,1053)", 1.0)?;
    let intercept = value(tags::RESCALE_INTERCEPT, "RescaleIntercept (0028,1052)", 0.0)?;
    if slope == 0.0 {
        let (attribute, expected) = ("RescaleSlope (0028,1053)", "a number that is not 0");
        return Err(SliceError::Invalid { attribute, found: "0".into(), expected });
    }
    Ok([slope, intercept])
}

/// The first window's ends (PS3.3 C.11.2.1.2, linear).
fn window(attributes: &Attributes) -> Option<[f32; 2]> {
    let first = |tag| attributes.text(tag).trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let (centre, width) = (first(tags::WINDOW_CENTER)?, first(tags::WINDOW_WIDTH)?);
    (width > 1.0).then(|| [centre - 0.5 - (width - 1.0) / 2.0, centre - 0.5 + (width - 1.0) / 2.0].map(|end| end as f32))
}

fn stated(attributes: &Attributes) -> Result<Stated, RadiographError> {
    let aspect = attributes.texts(tags::PIXEL_ASPECT_RATIO);
    if let [down, across] = aspect.as_slice()
        && down.trim() != across.trim()
    {
        let attribute = "PixelAspectRatio (0028,0034)";
        return Err(RadiographError::NotSquare { attribute, found: format!("'{down}\\{across}'") });
    }
    let calibration_type = attributes.text(tags::PIXEL_SPACING_CALIBRATION_TYPE);
    let magnification = attributes.text(tags::ESTIMATED_RADIOGRAPHIC_MAGNIFICATION_FACTOR).trim().parse::<f64>().ok();
    // Along the rows, then down the columns; F and H do not matter here.
    let mirrored = match attributes.text(tags::PATIENT_ORIENTATION).chars().next() {
        Some('L') => Some(false),
        Some('R') => Some(true),
        _ => None,
    };
    Ok(Stated {
        imager_pixel_mm: spacing(attributes, tags::IMAGER_PIXEL_SPACING, "ImagerPixelSpacing (0018,1164)")?,
        pixel_mm: spacing(attributes, tags::PIXEL_SPACING, "PixelSpacing (0028,0030)")?,
        calibration_type: (!calibration_type.is_empty()).then_some(calibration_type),
        magnification: magnification.filter(|factor| factor.is_finite() && *factor > 0.0),
        mirrored,
        burned_in: attributes.text(tags::BURNED_IN_ANNOTATION) == "YES",
    })
}

/// The one spacing of square pixels, mm; `None` where the attribute is missing.
fn spacing(attributes: &Attributes, tag: Tag, attribute: &'static str) -> Result<Option<f64>, RadiographError> {
    let expected = "two positive numbers in mm (row spacing\\column spacing)";
    let [down, across] = match attributes.decimals(tag, attribute, expected) {
        Ok(values) => values,
        Err(SliceError::Missing(_)) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let found = format!("'{down}\\{across}'");
    if down <= 0.0 || across <= 0.0 {
        return Err(SliceError::Invalid { attribute, found, expected }.into());
    }
    if (down / across - 1.0).abs() > SQUARE {
        return Err(RadiographError::NotSquare { attribute, found });
    }
    Ok(Some((down + across) / 2.0))
}
