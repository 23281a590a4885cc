//! What all objects of a case share, so that they belong together wherever they are read: patient, study, frame of reference.

use super::{attributes::Attributes, uid};
use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

/// A study that is nobody's. Objects written with the same study share its frame of reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Study {
    /// Identifiers are derived from this by hash: the same seed and pseudonym give the same UIDs.
    pub seed: String,
    /// Stands for the patient's name and id.
    pub pseudonym: String,
    /// Study, series and content date, `YYYYMMDD`.
    pub date: String,
}

/// A CT series of the same study, of which an object was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSeries {
    /// SeriesInstanceUID.
    pub series_uid: String,
    /// SOPInstanceUID of each slice, along k.
    pub instance_uids: Vec<String>,
}

impl Study {
    /// The date of a study whose own is not known or must not be told: as PS3.15 E.1 has it, a dummy, and one that nobody
    /// takes for the day of the scan.
    pub const NO_DATE: &str = "19000101";

    /// An identifier within the study.
    pub(super) fn uid(&self, of: &str) -> String {
        uid::derived(&[&self.seed, &self.pseudonym, of])
    }

    /// Patient, study, frame of reference, equipment, and SOP class and instance.
    pub(super) fn describe(&self, class: &str, instance_uid: &str, object: &mut Attributes) {
        object.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
        object.text(tags::SOP_CLASS_UID, VR::UI, class);
        object.text(tags::SOP_INSTANCE_UID, VR::UI, instance_uid);
        for tag in [tags::STUDY_DATE, tags::SERIES_DATE, tags::CONTENT_DATE] {
            object.text(tag, VR::DA, &self.date);
        }
        for tag in [tags::STUDY_TIME, tags::SERIES_TIME, tags::CONTENT_TIME] {
            object.text(tag, VR::TM, "120000");
        }
        object.text(tags::ACCESSION_NUMBER, VR::SH, "");
        object.line(tags::MANUFACTURER, "Coxa");
        object.line(tags::MANUFACTURER_MODEL_NAME, "Coxa");
        object.line(tags::SOFTWARE_VERSIONS, env!("CARGO_PKG_VERSION"));
        object.text(tags::REFERRING_PHYSICIAN_NAME, VR::PN, "");
        object.text(tags::PATIENT_NAME, VR::PN, &self.pseudonym);
        object.line(tags::PATIENT_ID, &self.pseudonym);
        object.text(tags::PATIENT_BIRTH_DATE, VR::DA, "");
        object.text(tags::PATIENT_SEX, VR::CS, "");
        object.text(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES");
        object.line(tags::DEIDENTIFICATION_METHOD, "Synthetic or pseudonymous");
        object.text(tags::STUDY_INSTANCE_UID, VR::UI, &self.uid("study"));
        object.text(tags::STUDY_ID, VR::SH, "1");
        object.text(tags::FRAME_OF_REFERENCE_UID, VR::UI, &self.uid("frame of reference"));
        object.line(tags::POSITION_REFERENCE_INDICATOR, "");
    }

    /// What the objects that are no images of the patient say besides: [`Study::describe`], that they are for research, and their
    /// series.
    pub(super) fn describe_derived(&self, class: &str, instance_uid: &str, series: &Series<'_>, object: &mut Attributes) {
        self.describe(class, instance_uid, object);
        object.text(tags::MODALITY, VR::CS, series.modality);
        object.text(tags::SERIES_INSTANCE_UID, VR::UI, &series.uid);
        object.text(tags::SERIES_NUMBER, VR::IS, series.number);
        object.line(tags::SERIES_DESCRIPTION, &format!("{}; research, education, rehearsal; not a medical device", series.title));
        object.line(tags::CONTENT_DESCRIPTION, "Not a medical device; the surgeon decides");
        // Of the three that there are (product, research, service) the one that keeps an object out of clinical work.
        object.text(tags::CONTENT_QUALIFICATION, VR::CS, "RESEARCH");
        // A program has none, and the attribute may not be empty.
        object.line(tags::DEVICE_SERIAL_NUMBER, "0");
    }
}

/// The series of an object.
pub(super) struct Series<'a> {
    pub modality: &'a str,
    pub uid: String,
    pub number: &'a str,
    /// One word.
    pub title: &'a str,
}

impl SourceSeries {
    /// References to some of the slices, by their number along k.
    pub(super) fn references(&self, slices: impl IntoIterator<Item = usize>) -> Vec<Attributes> {
        let instances = slices.into_iter().filter_map(|k| self.instance_uids.get(k));
        instances.map(|uid| Attributes::reference(uids::CT_IMAGE_STORAGE, uid)).collect()
    }

    /// ReferencedSeriesSequence.
    pub(super) fn refer(&self, slices: impl IntoIterator<Item = usize>, object: &mut Attributes) {
        let mut series = Attributes::new();
        series.text(tags::SERIES_INSTANCE_UID, VR::UI, &self.series_uid);
        series.items(tags::REFERENCED_INSTANCE_SEQUENCE, self.references(slices));
        object.items(tags::REFERENCED_SERIES_SEQUENCE, [series]);
    }
}
