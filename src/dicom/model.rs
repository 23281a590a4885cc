//! Writing a surface as a DICOM object: Encapsulated STL Storage (PS3.3 A.85.1), and taking it out again.

use super::{
    WriteError,
    attributes::{Attributes, Code},
    study::{Series, SourceSeries, Study},
    uid,
};
use crate::{DISCLAIMER, files::write_atomically};
use dicom_core::{PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use sha2::{Digest, Sha256};
use std::{io, path::Path};

const MILLIMETRE: Code = Code { value: "mm", scheme: "UCUM", meaning: "mm" };
const CT_MODEL: Code = Code { value: "85040-4", scheme: "LN", meaning: "CT 3D CAM model" };
const SIMULATION: Code = Code { value: "129017", scheme: "DCM", meaning: "Simulation Intent" };
const STL: &str = "model/stl";

/// A surface as STL, LPS mm, and all that is said about it.
#[derive(Clone, Copy, Debug)]
pub struct StlModel<'a> {
    /// Whose it is.
    pub study: &'a Study,
    /// What it shows, such as `left femur`.
    pub name: &'a str,
    /// InstanceNumber among the models of the study, from 1.
    pub number: u32,
    /// The STL file, whose numbers are mm in the study's frame of reference.
    pub stl: &'a [u8],
    /// False for what was never scanned, such as a planned implant.
    pub from_ct: bool,
    /// RecommendedDisplayCIELabValue: L* 0 to 100, a* and b* −128 to 127.
    pub cielab: Option<[f64; 3]>,
    /// The images it was made of, where they are at hand as DICOM.
    pub source: Option<&'a SourceSeries>,
}

/// Writes a surface into one file, which appears whole or not at all.
///
/// # Errors
/// [`WriteError::Io`].
pub fn write_stl_model(model: &StlModel<'_>, path: &Path) -> Result<(), WriteError> {
    let io = |error| WriteError::Io(path.into(), error);
    // The length is a 32-bit number, and the largest of those means another thing.
    let length = u32::try_from(model.stl.len()).ok().filter(|&length| length < u32::MAX - 1);
    let length = length.ok_or_else(|| io(io::Error::other("the surface is larger than the 4 GiB that an attribute can hold")))?;
    let object = model.object(length);
    write_atomically(path, |file| object.write(file)).map_err(io)
}

/// The STL file in an Encapsulated STL.
///
/// # Errors
/// When the file cannot be read, holds something else, or its unit is not mm.
pub fn read_stl_model(path: &Path) -> io::Result<Vec<u8>> {
    let object = dicom_object::open_file(path).map_err(io::Error::other)?;
    let told = |tag| object.get(tag).and_then(|element| element.to_str().ok()).map(|text| text.trim_end().to_owned());
    let kind = told(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT).unwrap_or_default();
    let unit = object.get(tags::MEASUREMENT_UNITS_CODE_SEQUENCE).and_then(|units| units.items()?.first()?.get(tags::CODE_VALUE));
    let unit = unit.and_then(|unit| unit.to_str().ok()).unwrap_or_default();
    if kind != STL || unit.trim_end() != MILLIMETRE.value {
        return Err(io::Error::other(format!("an encapsulated {STL} in mm was expected, found '{kind}' in '{unit}'")));
    }
    let document = object.element(tags::ENCAPSULATED_DOCUMENT).map_err(io::Error::other)?.to_bytes().map_err(io::Error::other)?;
    let length = object.element(tags::ENCAPSULATED_DOCUMENT_LENGTH).map_err(io::Error::other)?;
    let length = length.to_int::<usize>().map_err(io::Error::other)?;
    let stl = document.get(..length).ok_or_else(|| io::Error::other("the encapsulated document is shorter than it says"))?;
    Ok(stl.to_vec())
}

impl StlModel<'_> {
    fn object(&self, length: u32) -> Attributes {
        let Self { study, name, number, stl, from_ct, cielab, source } = *self;
        let said = format!("{:?}", (name, number, from_ct, cielab, source, env!("CARGO_PKG_VERSION")));
        let hash = Sha256::new().chain_update(stl).chain_update(said).finalize();
        let instance = study.uid(&format!("surface {}", uid::hex(&hash)));
        let series = Series { modality: "M3D", uid: study.uid("surfaces"), number: "102", title: "Surfaces" };
        let mut object = Attributes::new();
        study.describe_derived(uids::ENCAPSULATED_STL_STORAGE, &instance, &series, &mut object);
        object.text(tags::INSTANCE_NUMBER, VR::IS, &number.to_string());
        // The time of the images is not told, as their date is not.
        object.text(tags::ACQUISITION_DATE_TIME, VR::DT, "");
        object.text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO");
        object.text(tags::DOCUMENT_TITLE, VR::ST, &format!("{name}. {DISCLAIMER}"));
        object.codes(tags::CONCEPT_NAME_CODE_SEQUENCE, if from_ct { &[CT_MODEL] } else { &[] });
        object.codes(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, &[MILLIMETRE]);
        object.text(tags::MODEL_MODIFICATION, VR::CS, "NO");
        object.text(tags::MODEL_MIRRORING, VR::CS, "NO");
        object.codes(tags::MODEL_USAGE_CODE_SEQUENCE, &[SIMULATION]);
        // Models of one group are in one coordinate system and belong together.
        object.text(tags::MODEL_GROUP_UID, VR::UI, &study.uid("group of surfaces"));
        if let Some(cielab) = cielab {
            object.colour(cielab);
        }
        if let Some(source) = source.filter(|_| from_ct) {
            let slices = 0..source.instance_uids.len();
            object.items(tags::SOURCE_INSTANCE_SEQUENCE, source.references(slices.clone()));
            source.refer(slices, &mut object);
        }
        object.text(tags::MIME_TYPE_OF_ENCAPSULATED_DOCUMENT, VR::LO, STL);
        object.value(tags::ENCAPSULATED_DOCUMENT_LENGTH, VR::UL, PrimitiveValue::from(length));
        object.bytes(tags::ENCAPSULATED_DOCUMENT, stl.to_vec());
        object
    }
}
